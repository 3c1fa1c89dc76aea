package shares

import (
	"net/http"

	"jalon/internal/action"
	"jalon/internal/french"
	"jalon/internal/policy"
	"jalon/internal/support/aid"
	"jalon/internal/web/sections"
	"jalon/internal/web/ui"
	"jalon/internal/web/wording"
)

// deskThing is the desk of a département: its lead's, and that of the team of its region.
func (x share) deskThing() policy.Thing {
	t := x.cop.Thing(policy.Desk)
	t.Department = x.p.Territory.Ref.Code
	return t
}

// mostNeeds bounds the needs that are read to find those of a département.
const mostNeeds = 200

// desk is the home of whoever leads a département: what waits for them.
func (d Deps) desk(w http.ResponseWriter, r *http.Request) error {
	x, err := d.ofDepartment(r)
	if err != nil {
		return err
	}
	if err := policy.Check(x.actor, policy.Read, x.deskThing()); err != nil {
		return err
	}
	code := x.p.Territory.Ref.Code
	base := "/departements/" + code
	v := sections.View{Heading: ui.Heading{Overline: "Bureau du département", Title: x.p.Territory.Name + nb + ": " + x.finding(), Scope: []string{x.cop.Name, "au " + french.Day(x.today)}}}
	waits, err := d.there(r, x, action.Filter{States: []action.State{action.Proposed}, Order: action.ByChange})
	if err != nil {
		return err
	}
	v.Parts = append(v.Parts, x.waiting("a-decider", "Ce qui attend un avis ou une décision", "Aucune action proposée n’attend ici.", waits.Rows, true))
	debated, err := d.there(r, x, action.Filter{States: []action.State{action.Qualified}, Order: action.ByChange})
	if err != nil {
		return err
	}
	v.Parts = append(v.Parts, x.waiting("a-debattre", "Ce qui est qualifié et attend un débat", "Aucune action qualifiée n’attend de débat ici.", debated.Rows, true))
	kept, err := d.there(r, x, action.Filter{States: []action.State{action.Retained, action.Debated}, Order: action.ByStart})
	if err != nil {
		return err
	}
	var late []action.Row
	for _, a := range kept.Rows {
		if a.Status == "late" || a.Status == "blocked" || a.Status != "done" && a.Status != "abandoned" && action.Ended(a.Ends, x.today) {
			late = append(late, a)
		}
	}
	v.Parts = append(v.Parts, x.waiting("en-retard", "Les actions en retard, bloquées, ou dont la fin est passée", "Aucune action n’est en retard ici.", late, false))
	needs, err := d.needs(r, x)
	if err != nil {
		return err
	}
	next, err := d.next(r, x)
	if err != nil {
		return err
	}
	v.Parts = append(v.Parts, needs, next, x.gaps(), sections.Part{ID: "liens", Title: "Vos pages", Tiles: []sections.Tile{
		{Title: "La fiche à imprimer", Text: "Parts de l’objectif, actions, reste à trouver, dates" + nb + ": pour une réunion.", Href: base + "/fiche"},
		{Title: "La couverture", Text: "Ce que les actions retenues apportent ici, levier par levier.", Href: base + "/couverture"},
		{Title: "Les objectifs", Text: "Ce qui est sur la table pour le département.", Href: base + "/objectifs"},
		{Title: "Le bureau de la COP", Text: "Tout ce que vous y pouvez lire et faire.", Href: "/regions/" + x.region.Slug + "/bureau"},
	}})
	return sections.Show(d.Shell, w, r, http.StatusOK, v, true, append(x.trail, ui.Link{Label: "Bureau"})...)
}

// waiting lists actions, each leading to where the next step is taken.
func (x share) waiting(id, title, none string, rows []action.Row, grid bool) sections.Part {
	p := sections.Part{ID: id, Title: title}
	if len(rows) == 0 {
		p.Lead = none
		return p
	}
	p.Title = title + nb + "(" + french.Integer(len(rows)) + ")"
	t := x.table(id, title, rows)
	if grid {
		for i, a := range rows {
			t.Rows[i].Cells[0].Href = wording.GridPath(a.ID)
		}
	}
	p.Tables = []ui.Table{t}
	return p
}

// needs are what nobody helps yet here.
func (d Deps) needs(r *http.Request, x share) (p sections.Part, err error) {
	p = sections.Part{ID: "besoins", Title: "Les besoins sans aide", Lead: "Aucun besoin sans aide n’est ouvert ici."}
	all, err := aid.Needs(r.Context(), d.Q, x.actor, aid.NeedFilter{COP: x.cop.ID, State: aid.NeedOpen}, "", mostNeeds)
	if err != nil {
		return p, err
	}
	for _, n := range all {
		if n.Department != x.p.Territory.Ref.Code {
			continue
		}
		lever := n.Lever
		if l, err := x.m.Framework().Lever(n.Lever); err == nil {
			lever = l.ShortName
		}
		p.List = append(p.List, lever+nb+": "+n.Text)
	}
	if len(p.List) > 0 {
		p.Lead = french.Integer(len(p.List)) + nb + french.Plural(len(p.List), "besoin ouvert", "besoins ouverts") + ". L’équipe de la COP y répond, ou les fait remonter avec un frein."
	}
	return p, nil
}
