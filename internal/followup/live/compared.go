package live

import (
	"context"

	"jalon/internal/composition"
	"jalon/internal/document"
	"jalon/internal/figure"
	"jalon/internal/followup/outcome"
	"jalon/internal/french"
	"jalon/internal/territory"
)

// compared reads the last review that was published for a year before, as it was frozen,
// and sets its figures beside those of this one.
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
	ref := territory.Ref{Scale: territory.RegionS, Code: r.Region.Code}
	d := decimals(o)
	t := document.Table{ID: "evolution", Caption: "La revue " + last.Term + " et celle de cette année", Columns: []document.Column{{Label: "Chiffre"}, {Label: "Revue " + last.Term, Number: true}, {Label: "Cette revue", Number: true}}}
	add := func(name, lever string, part outcome.Part, places int, value float64, known bool) {
		e, had := was[outcome.Key(lever, ref, part)]
		had = had && e.Figure.Class != figure.Missing
		if !had && !known {
			return
		}
		before, now := document.Cell{Missing: "la revue " + last.Term + " ne donnait pas ce chiffre"}, document.Cell{Missing: "il n’y a pas de chiffre à cette date"}
		if had {
			before = document.Cell{Text: french.Number(e.Figure.Value, places)}
		}
		if known {
			now = document.Cell{Text: french.Number(value, places), Figure: r.key(lever, part)}
		}
		t.Rows = append(t.Rows, []document.Cell{{Text: name}, before, now})
	}
	add("Actions terminées", outcome.All, outcome.StatusIs, 0, float64(o.Statuses["done"]), o.Actions > 0)
	add("Actions en cours avec des nouvelles de moins d’un an", outcome.All, outcome.FreshIs, 0, float64(o.Fresh), o.Awaited > 0)
	for _, l := range o.Levers {
		name, code := l.Line.Lever.ShortName, l.Line.Lever.Code
		add(name+", prévu à ce jour (kt par an)", code, outcome.DueIs, d, l.Due.Kg.Kt(), l.Due.Actions > 0)
		for _, c := range outcome.Classes() {
			s, ok := l.Said[c]
			add(name+", "+outcome.ByHolders(c)+" (kt par an)", code, outcome.PartOf(c), d, s.Kg.Kt(), ok)
		}
	}
	return composition.Made{Title: "Depuis la revue " + last.Term + ", chiffre par chiffre", Blocks: []document.Block{t}, Notes: []string{"Les chiffres de la revue " + last.Term + " sont ceux de son édition n°" + nb + french.Integer(last.Seq) + ", publiée le " + french.Day(last.PublishedOn) + "\u00a0: figés, ils n’ont pas été recalculés.", r.until()}}, nil
}

// undated is the address of a figure without its day.
func undated(key string) string {
	const day = len("/2025-12-31")
	if n := len(key) - day; n > 0 && key[n] == '/' && key[n+5] == '-' {
		return key[:n]
	}
	return key
}
