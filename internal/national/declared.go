package national

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io/fs"
	"math"
	"strconv"
	"strings"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/french"
	"jalon/internal/policy"
)

// Declared is a figure from before Jalon, on the word of who published it. It
// stands beside the counted ones and is never added to them.
type Declared struct {
	ID          string  `json:"id"`
	Rev         int64   `json:"-"`
	Metric      string  `json:"metric"` // key of the metric it stands beside; empty when Jalon counts nothing alike
	Name        string  `json:"name"`
	Value       float64 `json:"value"`
	AsPublished string  `json:"as_published"` // «environ 3 000»
	Unit        string  `json:"unit"`
	Day         string  `json:"day"` // of the figure
	Scope       string  `json:"scope"`
	Source      string  `json:"source"`
	URL         string  `json:"url"`
	State       string  `json:"state"` // current, withdrawn
}

// The states of a declared figure: withdrawn, it is listed no more, and its
// versions stay.
const (
	Current   = "current"
	Withdrawn = "withdrawn"
)

// NeverSummed is what is said beside every declared figure.
const NeverSummed = "chiffre déclaré avant Jalon\u00a0: il n’est jamais additionné à ceux que Jalon compte"

// Text is a declared figure as it was published, with its unit.
func (x Declared) Text() string { return x.AsPublished + "\u00a0" + x.Unit }

// DeclaredVersion is a declared figure as it stood at a revision.
type DeclaredVersion struct {
	Declared
	At         time.Time
	By, Reason string
}

const seed = "jalon"

const declaredColumns = `id, rev, metric, name, value, as_published, unit, day, scope, source, url, state`

func scanDeclared(r interface{ Scan(...any) error }) (x Declared, err error) {
	err = r.Scan(&x.ID, &x.Rev, &x.Metric, &x.Name, &x.Value, &x.AsPublished, &x.Unit, &x.Day, &x.Scope, &x.Source, &x.URL, &x.State)
	return x, err
}

// DeclaredAt lists the declared figures in force whose day is not after a day,
// in the order they were entered. Whoever reads the board reads them.
func DeclaredAt(ctx context.Context, q db.Q, day string) (_ []Declared, err error) {
	defer apperr.Wrap(&err, "national.DeclaredAt(%s)", day)
	rows, err := q.Query(ctx, `SELECT `+declaredColumns+` FROM declared_figure WHERE state = 'current' AND day <= $1 ORDER BY day, id`, day)
	return db.Collect(rows, err, func(r *db.Rows) (Declared, error) { return scanDeclared(r) })
}

// FindDeclared returns a declared figure and its versions, newest first.
func FindDeclared(ctx context.Context, q db.Q, a policy.Actor, id string) (x Declared, versions []DeclaredVersion, err error) {
	defer apperr.Wrap(&err, "national.FindDeclared(%s)", id)
	if err := policy.Check(a, policy.Read, policy.Thing{Kind: policy.Metric}); err != nil {
		return x, nil, err
	}
	if x, err = declared(ctx, q, id); err != nil {
		return x, nil, err
	}
	rows, err := q.Query(ctx, `SELECT rev, at, by, reason, body FROM declared_figure_version WHERE id = $1 ORDER BY rev DESC`, id)
	versions, err = db.Collect(rows, err, func(r *db.Rows) (v DeclaredVersion, err error) {
		var at, rev int64
		var body string
		if err = r.Scan(&rev, &at, &v.By, &v.Reason, &body); err != nil {
			return v, err
		}
		err = json.Unmarshal([]byte(body), &v.Declared)
		v.Rev, v.At = rev, time.UnixMilli(at).UTC()
		return v, err
	})
	return x, versions, err
}

func declared(ctx context.Context, q db.Q, id string) (Declared, error) {
	x, err := scanDeclared(q.QueryRow(ctx, `SELECT `+declaredColumns+` FROM declared_figure WHERE id = $1`, id))
	return x, db.OrNotFound(err, "Ce chiffre déclaré n’existe pas.")
}

// check reads what a person typed; every field is theirs but the id.
func (m *Room) checkDeclared(x *Declared) error {
	for _, f := range []*string{&x.Name, &x.AsPublished, &x.Unit, &x.Scope, &x.Source, &x.URL, &x.Metric, &x.Day} {
		*f = strings.TrimSpace(*f)
	}
	switch _, bad := time.Parse(time.DateOnly, x.Day); {
	case x.Name == "" || len(x.Name) > 300:
		return apperr.Invalidf("Dites ce que le chiffre compte, en 300 caractères au plus.")
	case x.AsPublished == "" || len(x.AsPublished) > 100:
		return apperr.Invalidf("Écrivez le chiffre tel qu’il a été publié, par exemple «\u00a0environ 3\u202f000\u00a0».")
	case math.IsNaN(x.Value) || math.IsInf(x.Value, 0) || x.Value < 0 || x.Value > 1e12:
		return apperr.Invalidf("La valeur est un nombre positif.")
	case x.Unit == "" || len(x.Unit) > 60:
		return apperr.Invalidf("Donnez l’unité du chiffre\u00a0: personnes, groupes, %%…")
	case x.Unit == "%" && x.Value > 100:
		return apperr.Invalidf("Une part va de 0 à 100\u00a0%%.")
	case bad != nil:
		return apperr.New(apperr.Invalid, bad, "Date du chiffre\u00a0: écrivez une date, par exemple 2024-05-27.")
	case x.Day > m.Today():
		return apperr.Invalidf("Cette date est à venir\u00a0: un chiffre déclaré est d’une date passée.")
	case x.Scope == "" || len(x.Scope) > 1000:
		return apperr.Invalidf("Dites ce que le chiffre couvre et ce qu’il laisse de côté.")
	case x.Source == "" || len(x.Source) > 300:
		return apperr.Invalidf("Nommez la publication d’où vient le chiffre\u00a0: un chiffre sans source n’existe pas.")
	case x.URL != "" && !strings.HasPrefix(x.URL, "https://") && !strings.HasPrefix(x.URL, "http://"):
		return apperr.Invalidf("L’adresse de la source commence par https://.")
	case len(x.URL) > 1000:
		return apperr.Invalidf("L’adresse de la source est trop longue.")
	}
	if x.Metric != "" {
		if _, err := m.Registry.Find(x.Metric); err != nil {
			return apperr.Invalidf("Choisissez dans la liste l’indicateur à côté duquel montrer ce chiffre.")
		}
	}
	return nil
}

// Declare enters a figure. The same name on the same day is refused: a figure is
// entered once, then superseded.
func (m *Room) Declare(ctx context.Context, a policy.Actor, x Declared) (_ Declared, err error) {
	defer apperr.Wrap(&err, "national.Declare")
	if err := policy.Check(a, policy.Create, policy.Thing{Kind: policy.Metric}); err != nil {
		return x, err
	}
	if err := m.checkDeclared(&x); err != nil {
		return x, err
	}
	x.ID, x.Rev, x.State = declaredID(x), 1, Current
	err = db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		n, err := insertDeclared(ctx, tx, x)
		if err != nil {
			return err
		}
		if n == 0 {
			return apperr.Conflictf("Un chiffre de ce nom est déjà déclaré à cette date\u00a0: rien n’a été ajouté. Corrigez-le plutôt, avec la raison.")
		}
		if err := m.keep(ctx, tx, x, a.Person, "saisie"); err != nil {
			return err
		}
		return m.record(ctx, tx, a, "create", "declared_figure", x.ID, 1)
	})
	return x, err
}

// Supersede puts another figure in the place of one as it was at a revision, or
// withdraws it, and says why. One that moved since is a conflict.
func (m *Room) Supersede(ctx context.Context, a policy.Actor, x Declared, rev int64, reason string) (_ Declared, err error) {
	defer apperr.Wrap(&err, "national.Supersede(%s)", x.ID)
	if err := policy.Check(a, policy.Edit, policy.Thing{Kind: policy.Metric}); err != nil {
		return x, err
	}
	if err := m.checkDeclared(&x); err != nil {
		return x, err
	}
	if reason = strings.TrimSpace(reason); reason == "" || len(reason) > 1000 {
		return x, apperr.Invalidf("Dites pourquoi vous changez ce chiffre\u00a0: la raison reste à côté de l’ancien.")
	}
	if x.State != Withdrawn {
		x.State = Current
	}
	err = db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		n, err := tx.Exec(ctx, `
			UPDATE declared_figure SET rev = rev + 1, metric = $3, name = $4, value = $5, as_published = $6, unit = $7, day = $8, scope = $9, source = $10, url = $11, state = $12
			 WHERE id = $1 AND rev = $2`, x.ID, rev, x.Metric, x.Name, x.Value, x.AsPublished, x.Unit, x.Day, x.Scope, x.Source, x.URL, x.State)
		if err != nil {
			return err
		}
		if n == 0 {
			if _, err := declared(ctx, tx, x.ID); err != nil {
				return err
			}
			return apperr.Conflictf("Quelqu’un d’autre a modifié ce chiffre pendant votre saisie. Rien n’a été enregistré\u00a0: comparez les deux versions, puis recommencez.")
		}
		x.Rev = rev + 1
		if err := m.keep(ctx, tx, x, a.Person, reason); err != nil {
			return err
		}
		return m.record(ctx, tx, a, "edit", "declared_figure", x.ID, x.Rev)
	})
	return x, err
}

// declaredID is made of what the figure is, so that entering it twice, even at
// once, enters it once.
func declaredID(x Declared) string {
	return x.Day + "-" + strings.Trim(strings.Join(strings.FieldsFunc(french.Fold(x.Name), func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9')
	}), "-"), "-")
}

func insertDeclared(ctx context.Context, tx db.Q, x Declared) (int64, error) {
	return db.Insert(ctx, tx, "declared_figure", []string{"id", "rev", "metric", "name", "value", "as_published", "unit", "day", "scope", "source", "url", "state"},
		[][]any{{x.ID, x.Rev, x.Metric, x.Name, x.Value, x.AsPublished, x.Unit, x.Day, x.Scope, x.Source, x.URL, x.State}}, "ON CONFLICT (id) DO NOTHING")
}

func (m *Room) keep(ctx context.Context, tx db.Q, x Declared, by, reason string) error {
	body, err := json.Marshal(x)
	if err != nil {
		return err
	}
	_, err = db.Insert(ctx, tx, "declared_figure_version", []string{"id", "rev", "at", "by", "reason", "body"},
		[][]any{{x.ID, x.Rev, m.Now().UnixMilli(), by, reason, string(body)}}, "")
	return err
}

// Load writes the declared figures that come with the program. What is there
// already stays as it is, so that it may run at each start.
func (m *Room) Load(ctx context.Context, fsys fs.FS) (err error) {
	defer apperr.Wrap(&err, "national.Load")
	lines, err := readCSV(fsys, "declared-figures.csv")
	if err != nil {
		return err
	}
	published, err := readCSV(fsys, "sources.csv")
	if err != nil {
		return err
	}
	sources := map[string]string{}
	for _, c := range published {
		sources[c[0]] = c[2] + ", " + c[1] + ", " + french.Day(c[3])
	}
	var list []Declared
	for i, c := range lines[1:] {
		x := Declared{ID: c[0], Rev: 1, Metric: c[1], Name: c[2], AsPublished: c[4], Unit: c[5], Day: c[6], Scope: c[7], Source: sources[c[8]], URL: c[9], State: Current}
		if x.Value, err = strconv.ParseFloat(c[3], 64); err != nil {
			return fmt.Errorf("declared-figures.csv, row %d: %w", i+2, err)
		}
		if err := m.checkDeclared(&x); err != nil || x.ID == "" {
			return fmt.Errorf("declared-figures.csv, row %d: %w", i+2, err)
		}
		list = append(list, x)
	}
	return db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		for _, x := range list {
			n, err := insertDeclared(ctx, tx, x)
			if err != nil {
				return err
			}
			if n == 0 {
				continue
			}
			if err := m.keep(ctx, tx, x, seed, "données fournies avec Jalon"); err != nil {
				return err
			}
		}
		return nil
	})
}

func readCSV(fsys fs.FS, name string) ([][]string, error) {
	f, err := fsys.Open(name)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	return csv.NewReader(f).ReadAll()
}
