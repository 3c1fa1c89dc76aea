package restitutions

import (
	"net/http"
	"slices"
	"strings"

	"jalon/internal/apperr"
	"jalon/internal/french"
	"jalon/internal/panorama"
	"jalon/internal/report"
	"jalon/internal/restitution"
	"jalon/internal/series"
	"jalon/internal/territory"
	"jalon/internal/web/ui"
)

// lever is what the authorities of a region answer on one lever.
func (d Deps) lever(w http.ResponseWriter, r *http.Request) error {
	x, err := d.at(r)
	if err != nil {
		return err
	}
	if x.empty != "" {
		return apperr.NotFoundf("%s", x.empty)
	}
	i, ok := x.Layout.Lever(r.PathValue("lever"))
	if !ok {
		return apperr.NotFoundf("Ce levier n’est pas dans le questionnaire de cette région.")
	}
	l := x.group.Lever(i)
	th := x.Thresholds()
	rel, mob := l.Scores[restitution.Relevance], l.Scores[restitution.Mobilisation]
	s := report.Sorted{LeverOf: l, Family: th.Of(rel, mob), Stability: th.Stability(rel, mob)}
	v := view{Heading: ui.Heading{Overline: "Restitution" + nb + "– " + x.region.Name, Title: l.Lever.Title + nb + ": " + found(l, th), Scope: x.scope(d.Now()), Explain: x.figure(restitution.Relevance.Name(), l.Lever.Code)},
		Tabs: x.tabs(), Notices: x.notices(), Filters: []ui.Field{x.groups()}, FilterTo: x.base + "/" + l.Lever.Code, Hidden: x.hidden(), Foot: x.foot()}
	v.Figures = x.leverFigures(s)
	rows := part{ID: "reponses", Title: "Ce qu’elles répondent, action par action", Tables: x.rowTables(i)}
	v.Parts = append(v.Parts, rows,
		part{ID: "groupes", Title: "Qui le juge pertinent, qui l’a engagé", Bars: x.bars(i), Tables: []ui.Table{
			x.byGroup(i, restitution.ByKind, "types", "Par type de collectivité", "Type"), x.byGroup(i, restitution.ByDepartment, "departements", "Par département", "Département"),
			x.byGroup(i, restitution.BySize, "tailles", "Intercommunalités, par population", "Population")}},
		part{ID: "freins-et-besoins", Title: "Ce qui freine, et ce qui manque", Bars: x.tickBars(i)})
	pace, err := d.pace(r, x, l.Lever.Code)
	if err != nil {
		return err
	}
	v.Parts = append(v.Parts, pace, part{ID: "methode", Title: "Comment ces chiffres sont faits", List: x.method()})
	v.Parts = slices.DeleteFunc(v.Parts, func(p part) bool {
		return p.Chart == nil && len(p.Bars) == 0 && len(p.List) == 0 && !slices.ContainsFunc(p.Tables, func(t ui.Table) bool { return len(t.Rows) > 0 }) && p.Lead == ""
	})
	return d.show(w, r, x, v, x.trail(ui.Link{Label: "Restitution", Href: x.base + x.query()}, ui.Link{Label: l.Lever.Title})...)
}

// found is the finding of a lever.
func found(l restitution.LeverOf, th restitution.Thresholds) string {
	r, m := l.Scores[restitution.Relevance], l.Scores[restitution.Mobilisation]
	if !r.Known {
		return "trop peu de collectivités l’ont noté pour un score"
	}
	out := "jugé pertinent"
	if r.Value < th.Relevance {
		out = "peu jugé pertinent"
	}
	out += " (" + r.Percent() + " sur 100)"
	if !m.Known {
		return out
	}
	if m.Value >= th.Mobilisation {
		return out + ", déjà engagé (" + m.Percent() + ")"
	}
	return out + ", encore peu engagé (" + m.Percent() + ")"
}

func (x reading) leverFigures(s report.Sorted) []ui.KeyFigure {
	var out []ui.KeyFigure
	for a, label := range []string{"Pertinence perçue", "Mobilisation"} {
		axis := restitution.Axis(a)
		k := ui.KeyFigure{Label: label, Value: ui.Value{Unit: "sur 100", Missing: s.Reason(axis)}}
		if k.Value.Missing == "" {
			y := s.Scores[axis]
			k.Value = ui.Value{Text: y.Percent(), Unit: "sur 100", Range: y.Between(), Explain: x.figure(axis.Name(), s.Lever.Code), Name: label + ", " + s.Lever.Title, Provenance: "computed", ProvenanceLabel: "calculé par Jalon"}
			k.Meaning = french.Integer(y.N) + nb + "collectivités l’ont noté, sur " + french.Integer(s.Population) + " à qui il a été demandé."
		}
		out = append(out, k)
	}
	family := ui.KeyFigure{Label: "Famille", Value: ui.Value{Text: s.Family.Name()}, Meaning: "Tient avec" + nb + ": " + report.Held(s) + ".", Trend: report.HeldWhy(s)}
	if s.Family == restitution.Unsorted {
		family.Meaning = "Il faut cinq collectivités qui l’aient noté."
	}
	if !s.Hidden {
		family.Trend = strings.TrimPrefix(family.Trend+" · ", " · ") + french.Integer(s.Skipped) + nb + "ont dit «" + nb + "pas notre compétence" + nb + "»"
	}
	return append(out, family)
}

// rowTables are the answers on each row, one table an axis.
func (x reading) rowTables(i int) []ui.Table {
	rows := x.group.Rows(i)
	var out []ui.Table
	for a, caption := range []string{"Pertinence", "Mobilisation"} {
		t := ui.Table{ID: "notes-" + restitution.Axis(a).Name(), Caption: caption + ", nombre de collectivités", Columns: []ui.Column{{Label: "Action", Wide: true}}}
		for _, r := range rows {
			if len(t.Columns) == 1 {
				for _, o := range r.Row.Scales[a] {
					t.Columns = append(t.Columns, ui.Column{Label: o.Label, Number: true})
				}
				t.Columns = append(t.Columns, ui.Column{Label: "sans note", Number: true})
			}
			cells := []ui.Cell{{Text: r.Row.Label, Sub: r.Row.Step.Name()}}
			for _, n := range r.Counts[a] {
				cells = append(cells, ui.Cell{Text: french.Integer(n)})
			}
			t.Rows = append(t.Rows, ui.Row{Cells: append(cells, ui.Cell{Text: french.Integer(r.Blank[a])})})
		}
		out = append(out, t)
	}
	return out
}

// bars compares the types of authorities.
func (x reading) bars(i int) []ui.Bars {
	var out []ui.Bars
	th := x.Thresholds()
	for a, title := range []string{"Pertinence par type de collectivité", "Mobilisation par type de collectivité"} {
		axis := restitution.Axis(a)
		b := ui.Bars{ID: "barres-" + axis.Name(), Title: title, Description: "Score de 0 à 100. Le trait est le seuil.", Target: 100 * th.Relevance, Most: 100, HasTarget: true, TargetLabel: "seuil" + nb + ": " + french.Number(100*th.Relevance, 0), TableHref: "#types"}
		if axis == restitution.Mobilisation {
			b.Target, b.TargetLabel = 100*th.Mobilisation, "seuil"+nb+": "+french.Number(100*th.Mobilisation, 0)
		}
		for _, g := range x.Cut(restitution.ByKind) {
			l := g.Lever(i)
			if l.Population == 0 {
				continue
			}
			s := l.Scores[axis]
			b.Rows = append(b.Rows, ui.Stat{Name: g.Name(restitution.ByKind, x.tree), Text: s.Percent(), Amount: s.Value * 100, Missing: l.Reason(axis), Note: french.Integer(s.N) + nb + french.Plural(s.N, "a noté", "ont noté")})
			if l.Reason(axis) != "" {
				b.Rows[len(b.Rows)-1].Note = ""
			}
		}
		if len(b.Rows) > 0 {
			out = append(out, b)
		}
	}
	return out
}

// tickBars are the obstacles and the needs, by how many cite them.
func (x reading) tickBars(i int) []ui.Bars {
	var out []ui.Bars
	obstacles, n := x.group.Obstacles(i)
	needs, m := x.group.Needs(i)
	for k, all := range [][]restitution.Ticked{obstacles, needs} {
		total := []int{n, m}[k]
		if total == 0 || x.Public && total < restitution.Fewest {
			continue
		}
		b := ui.Bars{ID: []string{"barres-freins", "barres-besoins"}[k], Title: []string{"Freins cités", "Besoins cités"}[k], Description: "Par les " + french.Integer(total) + " collectivités qui ont répondu à la question\u00a0; plusieurs réponses possibles.", Most: float64(total)}
		for _, o := range all {
			b.Rows = append(b.Rows, ui.Stat{Name: o.Label, Text: french.Integer(o.N) + nb + "(" + french.Number(100*float64(o.N)/float64(total), 0) + nb + "%)", Amount: float64(o.N)})
		}
		out = append(out, b)
	}
	return out
}

// pace is what national indicators measure of a lever in the region, where a
// series exists, beside what authorities say of it.
func (d Deps) pace(r *http.Request, x reading, code string) (part, error) {
	p := part{ID: "rythme", Title: "À côté de ce qui se mesure"}
	ref := territory.Ref{Scale: territory.RegionS, Code: x.region.Code}
	curves, err := d.Book.Read(r.Context(), d.Q, ref.String())
	if err != nil {
		return p, err
	}
	d.Book.Complete(curves)
	land, err := x.m.Of(ref)
	if err != nil {
		return p, err
	}
	same := map[string]bool{code: true}
	for _, k := range x.m.Framework().Crosswalk(code) {
		same[k.Other(code)] = true
	}
	t := ui.Table{ID: "indicateurs", Caption: "Indicateurs de ce levier dans la région", Columns: []ui.Column{{Label: "Indicateur", Wide: true}, {Label: "Dernière valeur", Number: true}, {Label: "Rythme sur 3 ans", Unit: "par an", Number: true}, {Label: "Verdict"}}}
	trends := panorama.Trends(&land, d.Book, curves, panorama.NoOwn, d.Now().Year())
	seen := map[string]bool{}
	for k := range trends {
		if !same[trends[k].Line.Lever.Code] {
			continue
		}
		for _, one := range trends[k].Trends {
			ind := one.Curve.Indicator
			last, ok := one.Curve.Last()
			if seen[ind.Code] || !ok {
				continue
			}
			seen[ind.Code] = true
			pace := ui.Cell{Missing: "moins de trois ans de valeurs"}
			if one.Pace3.Known {
				pace = ui.Cell{Text: french.Significant(one.Pace3.PerYear, 3)}
			}
			t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: ind.Name, Sub: ind.Unit, Href: "/regions/" + x.region.Slug + "/tendances/" + ind.Code}, {Text: french.Significant(last.Value, 3), Sub: french.Number(float64(last.Year), 0)}, pace,
				{Verdict: verdict(one.Judgement.Verdict), Sub: one.Judgement.Reason}}})
		}
	}
	p.Lead = "Ce que les collectivités disent faire et ce que les séries publiées mesurent restent à part" + nb + ": l’un n’explique pas l’autre."
	if len(t.Rows) == 0 {
		p.Lead = "Aucune série publiée ne mesure ce levier dans la région" + nb + ": seules les réponses en parlent."
		return p, nil
	}
	for i := range t.Rows {
		t.Rows[i].Cells[1].Sub = strings.ReplaceAll(t.Rows[i].Cells[1].Sub, "\u202f", "")
	}
	p.Tables = []ui.Table{t}
	return p, nil
}

var verdictStates = map[series.Verdict]string{series.Ahead: "ahead", series.OnTrack: "on-track", series.Behind: "behind", series.Wrong: "wrong", series.NoTarget: "none"}

func verdict(v series.Verdict) *ui.VerdictMark {
	state := verdictStates[v]
	if state == "" {
		state = "insufficient"
	}
	return &ui.VerdictMark{State: state, Word: v.Label()}
}
