package coverages

import (
	"net/http"

	"jalon/internal/action"
	"jalon/internal/cop"
	"jalon/internal/french"
	"jalon/internal/policy"
	"jalon/internal/web/ui"
	"jalon/internal/web/wording"
)

// byCycle says what each COP of a region retained, when it had several: the coverage of a
// region adds them up.
func (d Deps) byCycle(r *http.Request, x reading) (s section, err error) {
	_, all, err := cop.Among(r.Context(), d.Q, x.Region.Code, "")
	if err != nil || len(all) < 2 {
		return s, err
	}
	s = section{ID: "par-cop", Title: "Ce que chaque COP a retenu", Lead: []string{"L’objectif est celui de la région, quel que soit le cycle\u00a0: cette page additionne les actions retenues par toutes ses COP. Quand les deux COP ont le même levier, une action reprise de l’une dans l’autre garde ses tonnes dans la première\u00a0: elles ne comptent pas deux fois."}}
	t := ui.Table{ID: "cop-de-la-region", Caption: "Actions retenues, COP par COP", CaptionHidden: true, Columns: []ui.Column{{Label: "COP", Wide: true}, {Label: "Actions retenues", Number: true}, {Label: "Dont chiffrées", Number: true}}}
	for _, c := range all {
		tallies, err := d.Room.TallyBy(r.Context(), d.Q, policy.Actor{}, action.Filter{COP: c.ID, States: []action.State{action.Retained}}, "state")
		if err != nil {
			return s, err
		}
		row := ui.Row{Cells: []ui.Cell{{Text: "Cycle " + c.Cycle, Href: wording.ActionsPath(c)}, {Missing: "Les deux têtes n’ont encore rien retenu dans ce cycle."}, {Missing: "Aucune action n’y est retenue."}}}
		for _, one := range tallies {
			row.Cells[1], row.Cells[2] = ui.Cell{Text: french.Integer(one.Count)}, ui.Cell{Text: french.Integer(one.Counted)}
		}
		t.Rows = append(t.Rows, row)
	}
	s.Table = t
	return s, nil
}
