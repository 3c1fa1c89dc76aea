package aid

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"slices"
	"strings"

	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/french"
	"jalon/internal/intake"
	"jalon/internal/journal"
	"jalon/internal/policy"
	"jalon/internal/territory"
)

// Source is the name of the source of aids that are imported, and Site where their pages
// are.
const (
	Source = "Aides-territoires"
	Site   = "https://aides-territoires.beta.gouv.fr"
	// RunKind names its imports.
	RunKind = "aids"
)

// Raw is an aid as its source says it: labels, names of places, texts as markdown.
type Raw struct {
	Line                                           int
	ID, Slug, URL, Name, Initial, Short            string
	Financers, Instructors, Programmes, Categories []string
	Types, Steps, Audiences, Destinations          []string
	Perimeter, Scale, Recurrence, European         string
	Start, Predeposit, Deadline, Updated           string
	RateMin, RateMax, Loan, Advance                *int64
	RateNote, Origin, Apply                        string
	Call, Charged                                  bool
	Description, Eligibility, Examples, Contact    string
	Err                                            error // why it cannot be read
}

// Incoming judges what a source gives, aid after aid.
type Incoming struct {
	places map[string]string // scale and folded name → territory, empty for two of one name
	metro  []string
	over   []string
	seen   map[string]seen
	today  string
}

type seen struct {
	line   int
	digest string
}

// NewIncoming makes a judge that knows the territories by their names.
func NewIncoming(tree *territory.Tree, today string) *Incoming {
	in := &Incoming{places: map[string]string{}, seen: map[string]seen{}, today: today}
	put := func(scale, name string, ref territory.Ref) {
		key := scale + ":" + plain(name)
		if _, twice := in.places[key]; twice {
			in.places[key] = ""
			return
		}
		in.places[key] = ref.String()
	}
	for _, r := range tree.Regions() {
		ref := territory.Ref{Scale: territory.RegionS, Code: r.Code}
		put("region", r.Name, ref)
		if r.Overseas {
			in.over = append(in.over, ref.String())
		} else {
			in.metro = append(in.metro, ref.String())
		}
	}
	for _, d := range tree.Departments() {
		put("department", d.Name, territory.Ref{Scale: territory.Department, Code: d.Code})
	}
	for _, g := range tree.Groups() {
		put("epci", g.Name, territory.Ref{Scale: territory.EPCI, Code: g.SIREN})
	}
	for _, c := range tree.Communes() {
		put("commune", c.Name, territory.Ref{Scale: territory.CommuneS, Code: c.Code})
	}
	return in
}

// place finds the territories of a perimeter; none when Jalon does not know it.
func (in *Incoming) place(scale, name string) []string {
	switch scale {
	case "country", "continent":
		return []string{"nation"}
	case "mainland":
		return in.metro
	case "overseas":
		if ref := in.places["region:"+plain(name)]; ref != "" {
			return []string{ref}
		}
		if w := plain(name); w == "outre mer" || w == "france outre mer" || w == "drom" {
			return in.over
		}
		return nil
	case "region", "department", "epci", "commune":
		if ref := in.places[scale+":"+plain(name)]; ref != "" {
			return []string{ref}
		}
	}
	return nil
}

// Judge turns what a source says into an aid, with what is to be told of it. An aid without
// id or name, a date that is none, a link that is none are refused; a label that no list
// holds is told and left out, a perimeter that Jalon does not know kept by its name.
func (in *Incoming) Judge(r Raw) (x Aid, notes []string, err error) {
	if r.Err != nil {
		return x, nil, r.Err
	}
	if r.ID == "" || len(r.ID) > 100 || strings.ContainsAny(r.ID, " \t\n") {
		return x, nil, apperr.Invalidf("l’aide n’a pas d’identifiant (id)")
	}
	codes := func(kind, label string, list [][2]string, labels []string) (out []string) {
		for _, l := range labels {
			c, ok := coded(kind, list, l)
			switch {
			case !ok:
				notes = append(notes, label+" inconnu\u00a0: «\u00a0"+clip(l)+"\u00a0»")
			case !slices.Contains(out, c):
				out = append(out, c)
			}
		}
		return out
	}
	x = Aid{Rev: 1, State: Published, Checked: in.today, Facts: Facts{Source: Source, SourceID: r.ID, ReadOn: in.today, Name: r.Name, Initial: r.Initial, Short: r.Short, Holders: r.Financers, Instructors: r.Instructors,
		Opens: r.Start, Predeposit: r.Predeposit, Closes: r.Deadline, RateMin: r.RateMin, RateMax: r.RateMax, RateNote: r.RateNote, Loan: r.Loan, Advance: r.Advance, Call: r.Call, Charged: r.Charged, European: r.European,
		Programmes: r.Programmes, Categories: r.Categories, Place: r.Perimeter, Updated: r.Updated}, Texts: Texts{Description: r.Description, Eligibility: r.Eligibility, Examples: r.Examples, Contact: r.Contact}}
	x.Types, x.Moments = codes("type", "type d’aide", Types(), r.Types), codes("step", "étape", Moments(), r.Steps)
	x.Audiences, x.Pays = codes("audience", "bénéficiaire", Audiences(), r.Audiences), codes("destination", "dépense", Destinations(), r.Destinations)
	if r.Recurrence != "" {
		if got := codes("recurrence", "récurrence", Recurrences(), []string{r.Recurrence}); len(got) == 1 {
			x.Recurrence = got[0]
		}
	}
	if r.Scale != "" {
		if got := codes("scale", "échelle", Scales(), []string{r.Scale}); len(got) == 1 {
			x.Scale = got[0]
		}
	}
	if x.Territories = in.place(x.Scale, r.Perimeter); len(x.Territories) == 0 && r.Perimeter != "" {
		notes = append(notes, "périmètre gardé par son nom\u00a0: «\u00a0"+clip(r.Perimeter)+"\u00a0»")
	}
	for _, l := range []struct {
		name, text string
		to         *string
	}{{"origin_url", r.Origin, &x.Origin}, {"application_url", r.Apply, &x.Apply}} {
		if l.text == "" {
			continue
		}
		link, ok := Link(l.text)
		if !ok {
			notes = append(notes, l.name+" laissé de côté\u00a0: ce n’est pas une adresse https://…")
			continue
		}
		*l.to = link
	}
	x.Address = pageOf(r)
	if x.RateMin != nil && x.RateMax != nil && *x.RateMin > *x.RateMax {
		x.RateMin, x.RateMax = x.RateMax, x.RateMin
		notes = append(notes, "taux bas et taux haut remis dans l’ordre")
	}
	if err := x.check(); err != nil {
		return x, nil, err
	}
	p, err := x.packed()
	if err != nil {
		return x, nil, err
	}
	if was, twice := in.seen[r.ID]; twice {
		if was.digest != p.digest {
			return x, nil, apperr.Invalidf("l’identifiant %s est déjà celui de la ligne %d, qui dit autre chose", clip(r.ID), was.line)
		}
		return Aid{}, []string{fmt.Sprintf("la même aide qu’à la ligne %d\u00a0: comptée une fois", was.line)}, nil
	}
	in.seen[r.ID] = seen{r.Line, p.digest}
	return x, notes, nil
}

// pageOf is where the source shows an aid: by its url, which is a path there, or its slug.
func pageOf(r Raw) string {
	if link, ok := Link(r.URL); ok {
		return link
	}
	path := r.URL
	if !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") {
		path = ""
		if r.Slug != "" {
			path = "/aides/" + r.Slug + "/"
		}
	}
	if path == "" {
		return ""
	}
	link, _ := Link(Site + path)
	return link
}

func clip(s string) string {
	if r := []rune(s); len(r) > 80 {
		return string(r[:80]) + "…"
	}
	return s
}

// Stage reads what a source gives, judges each aid, and keeps it unseen until Apply.
func (m *Room) Stage(ctx context.Context, q db.Q, f intake.File, rows iter.Seq2[Raw, error]) (_ intake.Run, err error) {
	defer apperr.Wrap(&err, "aid.Stage")
	f.Kind = RunKind
	if _, err := q.Exec(ctx, `DELETE FROM aid_incoming WHERE run NOT IN (SELECT id FROM import_run WHERE kind = $1 AND state IN ('staging', 'staged'))`, RunKind); err != nil {
		return intake.Run{}, err
	}
	tree, err := m.Tree(ctx)
	if err != nil {
		return intake.Run{}, err
	}
	judge := NewIncoming(tree, m.Today())
	return m.Intake.Stage(ctx, q, f, judge.rows(rows), m.unseen)
}

func (in *Incoming) rows(raws iter.Seq2[Raw, error]) iter.Seq2[intake.Row, error] {
	return func(yield func(intake.Row, error) bool) {
		for r, err := range raws {
			if err != nil {
				yield(intake.Row{}, err)
				return
			}
			x, notes, err := in.Judge(r)
			var row intake.Row
			switch {
			case err != nil:
				row = intake.Refuse(r.Line, err)
			case len(notes) > 0:
				row = intake.Warn(r.Line, staged{x}, strings.Join(notes, "\u00a0; "))
			default:
				row = intake.Accept(r.Line, staged{x})
			}
			if !yield(row, nil) {
				return
			}
		}
	}
}

// staged is an aid on its way: its row of the run says its id and name alone.
type staged struct{ aid Aid }

// Told is what the list of verdicts of an import says of an aid.
type Told struct {
	ID     string `json:"id"`
	Name   string `json:"name"`
	Holder string `json:"holder"`
}

// MarshalJSON keeps what a person looks for in a list of verdicts.
func (s staged) MarshalJSON() ([]byte, error) {
	return json.Marshal(Told{s.aid.SourceID, s.aid.Name, s.aid.Holder()})
}

// unseen writes a batch beside the run.
func (m *Room) unseen(ctx context.Context, tx db.Q, run intake.Run, rows []intake.Row) error {
	var all [][]any
	for _, row := range rows {
		s, ok := row.Data.(staged)
		if !ok || s.aid.SourceID == "" {
			continue // told twice, counted once
		}
		id, err := m.IDs.New()
		if err != nil {
			return err
		}
		p, err := s.aid.packed()
		if err != nil {
			return err
		}
		all = append(all, []any{run.ID, originOf(s.aid), id, s.aid.Name, french.SortKey(s.aid.Name), p.digest, p.body, p.texts})
	}
	if len(all) == 0 {
		return nil
	}
	_, err := db.Insert(ctx, tx, "aid_incoming", []string{"run", "origin", "id", "name", "sort", "digest", "body", "texts"}, all, "")
	return err
}

func originOf(x Aid) string { return x.Source + ":" + x.SourceID }

// Applied is what an import did.
type Applied struct{ Added, Changed, Same int64 }

// String is that, in a French sentence.
func (a Applied) String() string {
	return fmt.Sprintf("Aides ajoutées\u00a0: %s\u00a0; modifiées\u00a0: %s\u00a0; inchangées\u00a0: %s.", french.Integer(a.Added), french.Integer(a.Changed), french.Integer(a.Same))
}

// Publish writes what a run brings, in the transaction that applies it, by set statements:
// what is new, what its source changed; what people added is kept. Twice is once.
func (m *Room) Publish(ctx context.Context, tx db.Q, run intake.Run) (did Applied, err error) {
	defer apperr.Wrap(&err, "aid.Publish")
	at, today := m.Now().UnixMilli(), m.Today()
	if err := tx.QueryRow(ctx, `
		SELECT CAST(COALESCE(SUM(CASE WHEN a.id IS NULL THEN 1 ELSE 0 END), 0) AS BIGINT), CAST(COALESCE(SUM(CASE WHEN a.digest = i.digest THEN 1 ELSE 0 END), 0) AS BIGINT), COUNT(*)
		  FROM aid_incoming i LEFT JOIN aid a ON a.origin = i.origin WHERE i.run = $1`, run.ID).Scan(&did.Added, &did.Same, &did.Changed); err != nil {
		return did, err
	}
	did.Changed -= did.Added + did.Same
	for _, s := range []struct {
		text string
		args []any
	}{
		{`INSERT INTO aid (id, rev, owner, origin, state, name, sort, checked, broken, tried, digest, run, changed, body, texts, ours)
		  SELECT i.id, 1, '', i.origin, 'published', i.name, i.sort, $2, FALSE, '', i.digest, i.run, $3, i.body, i.texts, '{}'
		    FROM aid_incoming i LEFT JOIN aid a ON a.origin = i.origin WHERE i.run = $1 AND (a.id IS NULL OR a.digest <> i.digest)
		      ON CONFLICT (origin) DO UPDATE SET rev = aid.rev + 1, name = excluded.name, sort = excluded.sort, broken = FALSE, tried = '', digest = excluded.digest, run = excluded.run,
		         changed = excluded.changed, body = excluded.body, texts = excluded.texts`, []any{run.ID, today, at}},
		{`UPDATE aid SET checked = $2 WHERE checked < $2 AND origin IN (SELECT i.origin FROM aid_incoming i WHERE i.run = $1)`, []any{run.ID, today}},
		{`INSERT INTO aid_version (id, rev, at, by, reason, body, texts, ours) SELECT a.id, a.rev, $2, $3, $4, a.body, a.texts, a.ours FROM aid a WHERE a.run = $1`, []any{run.ID, at, run.By, "import de " + run.FileName}},
		{`DELETE FROM aid_incoming WHERE run = $1`, []any{run.ID}},
	} {
		if _, err := tx.Exec(ctx, s.text, s.args...); err != nil {
			return did, err
		}
	}
	if _, err := m.Journal.Record(ctx, tx, journal.Entry{Actor: run.By, Verb: "import", Kind: "aid", Subject: run.ID}); err != nil {
		return did, err
	}
	_, err = db.Bump(ctx, tx, Version, m.Now())
	return did, err
}

// Apply makes a staged run real, for who may.
func (m *Room) Apply(ctx context.Context, q db.Q, a policy.Actor, run intake.Run, again bool) (did Applied, _ intake.Run, err error) {
	defer apperr.Wrap(&err, "aid.Apply")
	if err := policy.Check(a, policy.Judge, Aid{}.Thing(nil)); err != nil {
		return did, run, err
	}
	run, err = m.Intake.Apply(ctx, q, run, again, func(ctx context.Context, tx db.Q) (err error) {
		did, err = m.Publish(ctx, tx, run)
		return err
	})
	return did, run, err
}

// Unsaid counts the aids of a source that its last import did not hold, since a day: they
// may be over.
func (s *Shelf) Unsaid(since string) (n int) {
	for _, x := range s.Aids {
		if x.Imported() && x.State == Published && x.Checked < since {
			n++
		}
	}
	return n
}
