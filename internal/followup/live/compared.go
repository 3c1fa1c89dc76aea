package live

import (
	"cmp"
	"context"

	"jalon/internal/composition"
	"jalon/internal/document"
	"jalon/internal/figure"
	"jalon/internal/followup/outcome"
	"jalon/internal/french"
	"jalon/internal/territory"
)

// compared reads the last review that was published for a year before, as it was frozen,
// and sets its figures beside those of this one, with the difference: of all actions, then
// lever by lever.
func compared(ctx context.Context, r *reading) (composition.Made, error) {
	all, err := composition.PublishedOfKind(ctx, r.DB, composition.Review, r.COP)
	if err != nil {
		return composition.Made{}, err
	}
	var last *composition.Edition
	for i, e := range all { // the last term first
		if r.Term == "" || e.Term < r.Term {
			last = &all[i]
			break
		}
	}
	if last == nil {
		return lacking("C’est la première revue", "Aucune revue d’une année d’avant n’est publiée\u00a0: il n’y a rien à comparer encore."), nil
	}
	pub, err := document.Find(ctx, r.DB, last.Publication)
	if err != nil {
		return composition.Made{}, err
	}
	kept, err := document.Load(ctx, r.DB, pub)
	if err != nil {
		return composition.Made{}, err
	}
	was := map[string]figure.Explanation{}
	for _, e := range kept.Explanations {
		was[undated(e.Figure.Key)] = e
	}
	o, err := r.come(ctx)
	if err != nil {
		return composition.Made{}, err
	}
	d := decimals(o)
	s := &sides{r: r, last: last.Term, was: was}
	s.open("evolution", "L’ensemble, revue "+last.Term+" et revue "+cmp.Or(r.Term, "de ce jour"), "Chiffre")
	s.add("Actions retenues", outcome.All, outcome.RetainedIs, 0, float64(o.Actions), true)
	s.add("Actions terminées", outcome.All, outcome.StatusIs, 0, float64(o.Statuses["done"]), o.Actions > 0)
	s.add("Actions en retard ou bloquées", outcome.All, outcome.TroubledIs, 0, float64(o.Troubled()), o.Actions > 0)
	s.add("Actions en cours avec des nouvelles de moins d’un an", outcome.All, outcome.FreshIs, 0, float64(o.Fresh), o.Awaited > 0)
	s.lever(o, "Tous les leviers", " (kt par an)", outcome.All, o.Total, d)
	s.open("evolution-leviers", "Levier par levier, ktCO₂e par an", "Levier")
	for _, l := range o.Levers {
		s.lever(o, l.Line.Lever.ShortName, "", l.Line.Lever.Code, l.Numbers, d)
	}
	m := composition.Made{Title: s.title(), Notes: append([]string{"Les chiffres de la revue " + last.Term + " sont ceux de son édition n°" + nb + french.Integer(last.Seq) + ", publiée le " + french.Day(last.PublishedOn) + "\u00a0: figés, ils n’ont pas été recalculés. La différence est calculée avant l’arrondi."}, r.held()...)}
	for _, t := range s.tables {
		if len(t.Rows) > 0 {
			m.Blocks = append(m.Blocks, t)
		}
	}
	return m, nil
}

// sides sets the figures of two reviews side by side.
type sides struct {
	r      *reading
	last   string
	was    map[string]figure.Explanation
	tables []document.Table
	done   *float64 // how many more actions are over
}

func (s *sides) open(id, caption, first string) {
	s.tables = append(s.tables, document.Table{ID: id, Caption: caption, Columns: []document.Column{{Label: first}, {Label: "Revue " + s.last, Number: true}, {Label: "Cette revue", Number: true}, {Label: "Différence", Number: true}}})
}

// lever adds what is said of one lever, or of all of them.
func (s *sides) lever(o *outcome.Outcome, name, unit, code string, n outcome.Numbers, places int) {
	expected, known := o.Expected(code)
	s.add(name+", attendu en 2030"+unit, code, outcome.PlannedIs, places, expected.Kt(), known)
	s.add(name+", prévu à ce jour"+unit, code, outcome.DueIs, places, n.Due.Kg.Kt(), n.Due.Actions > 0)
	for _, c := range outcome.Classes() {
		said, ok := n.Said[c]
		s.add(name+", "+outcome.ByHolders(c)+unit, code, outcome.PartOf(c), places, said.Kg.Kt(), ok)
	}
	seen, known := o.Seen(code)
	s.add(name+", observé par l’indicateur"+unit, code, outcome.SeenIs, places, seen.Kt(), known)
}

// add is one figure then and now; what neither says is left out.
func (s *sides) add(name, lever string, part outcome.Part, places int, value float64, known bool) {
	e, had := s.was[outcome.Key(lever, territory.Ref{Scale: territory.RegionS, Code: s.r.Region.Code}, part)]
	had = had && e.Figure.Class != figure.Missing
	if !had && !known {
		return
	}
	before, now := document.Cell{Missing: "la revue " + s.last + " ne donnait pas ce chiffre"}, document.Cell{Missing: "il n’y a pas de chiffre à cette date"}
	change := document.Cell{Missing: "il manque l’un des deux chiffres"}
	if had {
		before = document.Cell{Text: french.Number(e.Figure.Value, places)}
	}
	if known {
		now = document.Cell{Text: french.Number(value, places), Figure: s.r.key(lever, part)}
	}
	if had && known {
		more := value - e.Figure.Value
		if change.Missing, change.Text = "", french.Number(more, places); more > 0 && french.Round(more, places) > 0 {
			change.Text = "+" + change.Text
		}
		if part == outcome.StatusIs {
			s.done = &more
		}
	}
	t := &s.tables[len(s.tables)-1]
	t.Rows = append(t.Rows, []document.Cell{{Text: name}, before, now, change})
}

// title is the finding: how many more actions are over.
func (s *sides) title() string {
	switch {
	case s.done == nil:
		return "Depuis la revue " + s.last + ", chiffre par chiffre"
	case *s.done > 0:
		return "Depuis la revue " + s.last + ", " + howMany(int64(*s.done), "action terminée de plus", "actions terminées de plus")
	case *s.done < 0:
		return "Depuis la revue " + s.last + ", " + howMany(int64(-*s.done), "action terminée de moins", "actions terminées de moins")
	}
	return "Depuis la revue " + s.last + ", aucune action terminée de plus"
}

// undated is the address of a figure without its day.
func undated(key string) string {
	const day = len("/2025-12-31")
	if n := len(key) - day; n > 0 && key[n] == '/' && key[n+5] == '-' {
		return key[:n]
	}
	return key
}
