package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"jalon/internal/action"
	"jalon/internal/apperr"
	"jalon/internal/composition"
	"jalon/internal/db"
	"jalon/internal/debate/contribution"
	"jalon/internal/diagnosis"
	"jalon/internal/exchange"
	"jalon/internal/french"
	"jalon/internal/objective"
	"jalon/internal/panorama"
	"jalon/internal/survey"
)

// Verify recomputes everything and writes the report. An unknown residual is an
// error of kind Internal: the command then exits 1.
func (c *Core) Verify(ctx context.Context, w io.Writer) (err error) {
	defer apperr.Wrap(&err, "app.Verify")
	m, err := c.Model(ctx)
	if err != nil {
		return err
	}
	r := m.Verify()
	if _, err := io.WriteString(w, reportText(r, m)); err != nil {
		return err
	}
	n := len(r.Problems)
	if c.DB != nil {
		more, err := c.verifyAnswers(ctx, w)
		if err != nil {
			return err
		}
		n += more
		if more, err = c.verifyShared(ctx, w); err != nil {
			return err
		}
		n += more
	}
	if n > 0 {
		return apperr.New(apperr.Internal, nil, "La vérification a trouvé %d écart(s) inconnu(s).", n)
	}
	return nil
}

// verifyAnswers reads the answers of authorities again, within one snapshot, and
// says how many do not agree with themselves.
func (c *Core) verifyAnswers(ctx context.Context, w io.Writer) (int, error) {
	var v survey.Verified
	err := db.Snapshot(ctx, c.DB, func(ctx context.Context, q db.Q) (err error) {
		v, err = survey.Verify(ctx, q)
		return err
	})
	if err != nil || v.Responses == 0 {
		return 0, err
	}
	_, err = fmt.Fprintf(w, "Questionnaire\u00a0: %s réponses et %s versions validées relues, %s.\n%s", french.Integer(v.Responses), french.Integer(v.Versions),
		map[bool]string{true: "aucun écart", false: french.Integer(len(v.Problems)) + " " + french.Plural(len(v.Problems), "écart", "écarts")}[len(v.Problems) == 0], lines(v.Problems))
	return len(v.Problems), err
}

// verifyShared reads what both heads shared again, within one snapshot: lists of
// objectives, choices of themes, published diagnoses, each against its digest and
// that against what the heads validated.
func (c *Core) verifyShared(ctx context.Context, w io.Writer) (int, error) {
	var v diagnosis.Verified
	var o objective.Verified
	var x action.Verified
	var e composition.Verified
	err := db.Snapshot(ctx, c.DB, func(ctx context.Context, q db.Q) (err error) {
		if o, err = objective.Verify(ctx, q); err != nil {
			return err
		}
		if x, err = action.Verify(ctx, q); err != nil {
			return err
		}
		if e, err = composition.Verify(ctx, q); err != nil {
			return err
		}
		v, err = diagnosis.Verify(ctx, q)
		return err
	})
	problems := slices.Concat(o.Problems, v.Problems, e.Problems, x.Problems)
	if err != nil || o.Lists+v.Choices+e.Editions+x.Lists+int64(len(problems)) == 0 {
		return 0, err
	}
	count := func(n int64, one, many string) string {
		return french.Integer(n) + "\u00a0" + french.Plural(int(n), one, many)
	}
	_, err = fmt.Fprintf(w, "Ce que les têtes des COP valident\u00a0: %s, %s, %s, %s, %s.\n%s", count(o.Lists, "liste d’objectifs relue", "listes d’objectifs relues"), count(v.Choices, "choix de thèmes relu", "choix de thèmes relus"),
		count(e.Editions, "document publié relu", "documents publiés relus"), count(x.Lists, "liste d’actions relue", "listes d’actions relues"),
		map[bool]string{true: "aucun écart", false: french.Integer(len(problems)) + " " + french.Plural(len(problems), "écart", "écarts")}[len(problems) == 0], lines(problems))
	return len(problems), err
}

// VerifyCounters counts again what counters of the debate hold, within one snapshot.
func (c *Core) VerifyCounters(ctx context.Context, w io.Writer) (err error) {
	defer apperr.Wrap(&err, "app.VerifyCounters")
	var v contribution.Verified
	err = db.Snapshot(ctx, c.DB, func(ctx context.Context, q db.Q) (err error) {
		v, err = contribution.Recount(ctx, q)
		return err
	})
	if err != nil {
		return err
	}
	n := len(v.Problems)
	found := "aucun écart"
	if n > 0 {
		found = french.Integer(n) + " " + french.Plural(n, "écart", "écarts")
	}
	if _, err := fmt.Fprintf(w, "Compteurs du débat\u00a0: %s textes recomptés, %s.\n%s", french.Integer(v.Posts), found, lines(v.Problems)); err != nil {
		return err
	}
	if n > 0 {
		return apperr.New(apperr.Internal, nil, "Le recomptage a trouvé %d écart(s).", n)
	}
	return nil
}

func lines(all []string) string {
	var b strings.Builder
	for _, s := range all {
		b.WriteString("  " + s + "\n")
	}
	return b.String()
}

func reportText(r panorama.Report, m *panorama.Model) string {
	t := &textTable{
		head: []string{"lever", "national", "Σ régions 2023-12", "résidu", "Σ 13 rég. 2024-07", "réparti", "Σ départements", "Σ EPCI", "hors EPCI", "Σ communes", "écart de clé (pt)", "clé"},
	}
	t.right = map[int]bool{}
	for i := 1; i <= 10; i++ {
		t.right[i] = true
	}
	for _, l := range r.Lines {
		divided := []string{"–", "–", "–", "–", "–"}
		if l.Divided {
			divided = []string{kt(l.DividedTotal), kt(l.Departments), kt(l.Groups), kt(l.OutsideGroups), kt(l.Communes)}
		}
		gap := "–"
		if l.KeyGap.Known {
			gap = french.Number(l.KeyGap.V, 3)
		}
		t.add(append(append([]string{l.Lever, kt(l.National), kt(l.December), kt(l.Residual), kt(l.July)}, divided...), gap, l.Key)...)
	}
	var b strings.Builder
	b.WriteString("Vérification du panorama, en ktCO₂e. Version " + r.Version + "\n\n" + t.String() + "\n")
	for _, l := range r.Lines {
		if l.Named != "" {
			fmt.Fprintf(&b, "Résidu connu de décembre 2023, %s (%s kt)\u00a0: %s\n", l.Name, kt(l.Residual), l.Named)
		}
	}
	fmt.Fprintf(&b, "Cellules de l’Hexagone et de Corse ajustées en juillet 2024\u00a0: %d, chacune avec sa raison.\n", r.Adjusted)
	fmt.Fprintf(&b, "Outre-mer\u00a0: %d cellules en décembre 2023, %d en juillet 2024.\n", r.Overseas[0], r.Overseas[1])
	fmt.Fprintf(&b, "Clés recalculées à %s point près\u00a0: %d sur 30 leviers.\n", french.Number(panorama.KeyTolerance, 2), r.Recomputed)
	for _, s := range []panorama.Total{r.Scopes.National, r.Scopes.Mainland, r.Scopes.Overseas} {
		fmt.Fprintf(&b, "%s kt\u00a0: %s.\n", french.Number(s.Kg.Kt(), 2), s.Scope)
	}
	for _, c := range r.Coverages {
		b.WriteString(coverageText(c, m))
	}
	if len(r.Problems) == 0 {
		b.WriteString("Aucun écart inconnu.\n")
		return b.String()
	}
	fmt.Fprintf(&b, "%d écart(s) inconnu(s)\u00a0:\n", len(r.Problems))
	for _, p := range r.Problems {
		b.WriteString("– " + p + "\n")
	}
	return b.String()
}

func kt(k panorama.Kg) string { return french.Number(k.Kt(), 1) }

func coverageText(c panorama.Coverage, m *panorama.Model) string {
	name := c.Region
	if r, err := m.Tree().Region(c.Region); err == nil {
		name = r.Name
	}
	if c.Scale != "" {
		return fmt.Sprintf("Clé importée «\u00a0%s\u00a0» %d, %s\u00a0: complète par %s.\n", c.Key, c.Year, name, c.Scale.Label())
	}
	return fmt.Sprintf("Clé importée «\u00a0%s\u00a0» %d, %s\u00a0: incomplète, %s territoire(s) manquent\u00a0; elle n’y répartit rien.\n", c.Key, c.Year, name, french.Integer(len(c.Missing)))
}

// VerifyBundle recomputes a bundle from itself alone and writes what it found; a
// difference is an error of kind Internal, a damaged archive an invalid input.
func VerifyBundle(ctx context.Context, path string, w io.Writer) (err error) {
	defer apperr.Wrap(&err, "app.VerifyBundle(%q)", path)
	if err := ctx.Err(); err != nil {
		return err
	}
	f, err := os.Open(path)
	if err != nil {
		return apperr.New(apperr.Invalid, err, "%s\u00a0: ce fichier ne peut pas être lu. Vérifiez son nom et ses droits.", path)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	r, err := exchange.ReadBundle(filepath.Base(path), f, info.Size())
	if err != nil {
		return err
	}
	var b strings.Builder
	fmt.Fprintf(&b, "Lot %s, %d parties, manifeste SHA-256 %s\n", r.Manifest.Version, len(r.Manifest.Parts), r.Digest)
	fmt.Fprintf(&b, "%s lignes recalculées à partir du lot seul et comparées.\n", french.Integer(r.Rows))
	for _, d := range r.Differences {
		b.WriteString("– " + d + "\n")
	}
	if r.More > 0 {
		fmt.Fprintf(&b, "… et %s autres différences.\n", french.Integer(r.More))
	}
	if len(r.Differences) == 0 {
		b.WriteString("Aucune différence.\n")
	}
	if _, err := io.WriteString(w, b.String()); err != nil {
		return err
	}
	if n := int64(len(r.Differences)) + r.More; n > 0 {
		return apperr.New(apperr.Internal, nil, "Le lot ne se recalcule pas\u00a0: %s différence(s).", french.Integer(n))
	}
	return nil
}
