package renewals

import (
	"net/http"

	"jalon/internal/cop"
	"jalon/internal/french"
	"jalon/internal/renewal"
	"jalon/internal/web/sections"
	"jalon/internal/web/ui"
	"jalon/internal/web/wording"
)

// whereItWent leads from a carry-over to what it made.
func whereItWent(c cop.COP) ui.Link {
	if c.Parent != "" {
		return ui.Link{Label: "Les priorités du département, à relire", Href: c.Path() + "/bureau/adaptation"}
	}
	return ui.Link{Label: "Le registre de la COP " + c.Cycle, Href: wording.RegisterPath(c)}
}

// departments says to whom what goes: from a region, the share of each département; for a
// département, what the region keeps.
func (d Deps) departments(r *http.Request, p renewal.Proposal) ([]sections.Part, error) {
	if p.To.Parent != "" {
		return []sections.Part{stays(p)}, nil
	}
	shares, across, err := d.Room.Shares(r.Context(), d.Q, p)
	if err != nil || len(shares) < 2 {
		return nil, err
	}
	opened := 0
	t := ui.Table{ID: "departements-tableau", Caption: "Ce qui revient à chaque département", CaptionHidden: true, Stack: true, Columns: []ui.Column{{Label: "Département", Wide: true}, {Label: "Actions qui ne se passent que là", Number: true}, {Label: "Sa COP " + p.To.Cycle}, {Label: "Déjà repris par elle", Number: true}}}
	for _, s := range shares {
		row := []ui.Cell{{Text: s.Dept.Name}, {Text: french.Integer(s.Actions)}, {Missing: "Elle n’est pas ouverte."}, {Missing: "Elle n’est pas ouverte."}}
		if s.COP.ID != "" {
			opened++
			row[2], row[3] = ui.Cell{Text: "ouvrir sa reprise", Name: s.Dept.Name, Href: Path(s.COP)}, ui.Cell{Text: french.Integer(s.Taken)}
		}
		t.Rows = append(t.Rows, ui.Row{Cells: row})
	}
	part := sections.Part{ID: "departements", Title: "À qui va quoi, département par département", Tables: []ui.Table{t},
		Lead: "Les actions restent au registre de la région, avec leurs lieux. Un département qui a sa COP reprend, sur sa propre page, ses priorités d’avant, les freins qui sont les siens, les sujets laissés à la suite et les contacts.",
		List: []string{french.Integer(across) + nb + french.Plural(across, "action se passe", "actions se passent") + " dans plusieurs départements, ou dans toute la région\u00a0: " + french.Plural(across, "elle ne revient", "elles ne reviennent") + " à aucun département en particulier."}}
	if opened == 0 {
		part.Links = []ui.Link{{Label: "Ouvrir la COP d’un département", Href: p.To.Path() + "/bureau/departements"}}
	}
	return []sections.Part{part}, nil
}

// stays lists what the COP of a département does not take, with who keeps it.
func stays(p renewal.Proposal) sections.Part {
	part := sections.Part{ID: "reste", Title: "Ce que la région garde"}
	if len(p.Stays) == 0 {
		part.Lead = "Rien de ce qui touche le département ne reste ailleurs."
		return part
	}
	part.Lead = "Ce que la COP de ce département ne peut pas reprendre seule, et pourquoi. Rien n’est perdu\u00a0: chaque ligne dit qui le garde."
	t := ui.Table{ID: "reste-tableau", Caption: "Ce qui n’est pas repris ici", CaptionHidden: true, Stack: true, Columns: []ui.Column{{Label: "Quoi", Wide: true}, {Label: "Pourquoi", Wide: true}, {Label: "Dans la nouvelle COP de la région"}}}
	for _, s := range p.Stays {
		cell := ui.Cell{Text: s.Title}
		next := ui.Cell{Missing: "Sans objet\u00a0: ce n’est pas une action."}
		if s.Action != "" {
			cell.Href, next = wording.ActionPath(s.Action), ui.Cell{Missing: "La région ne l’a pas encore reprise."}
		}
		if s.Made != "" {
			next = ui.Cell{Text: "l’action qui la continue", Name: s.Title, Href: wording.ActionPath(s.Made)}
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{cell, {Text: s.Why}, next}})
	}
	part.Tables = []ui.Table{t}
	return part
}
