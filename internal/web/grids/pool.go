package grids

import (
	"net/http"
	"slices"
	"strings"

	"jalon/internal/action"
	"jalon/internal/exchange"
	"jalon/internal/french"
	"jalon/internal/policy"
	"jalon/internal/web/preview"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
	"jalon/internal/web/wording"
)

// pooled reads the vivier of a COP as an address filters it.
func (d Deps) pooled(r *http.Request, x where) (out []action.Action, err error) {
	all, err := d.listed(r, x, action.Pool)
	if err != nil {
		return nil, err
	}
	status, lever, words := asked(r, "statut"), asked(r, "levier"), strings.Fields(french.Fold(asked(r, "mots")))
	for _, a := range all {
		text := french.Fold(a.Title + " " + a.Holder.Name + " " + a.Summary)
		if (status == "" || a.PoolState == status) && (lever == "" || slices.Contains(a.Levers, lever)) && !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(text, w) }) {
			out = append(out, a)
		}
	}
	return out, nil
}

func asked(r *http.Request, name string) string { return shell.Clean(r.URL.Query().Get(name)) }

// pool lists what the grid does not let in: kept, with its status, and able to come back.
func (d Deps) pool(w http.ResponseWriter, r *http.Request) error {
	x, err := d.atDesk(r, policy.Judge)
	if err != nil {
		return err
	}
	all, err := d.pooled(r, x)
	if err != nil {
		return err
	}
	themes, err := action.CrossThemes(r.Context(), d.Q, x.cop.ID)
	if err != nil {
		return err
	}
	var levers [][2]string
	for _, l := range x.levers() {
		levers = append(levers, [2]string{l.Code, l.Name})
	}
	n := len(all)
	v := view{Heading: ui.Heading{Overline: "Vivier", Title: french.Integer(n) + nb + french.Plural(n, "action au vivier", "actions au vivier"), Scope: []string{x.cop.Name}}, Tabs: d.deskTabs(r, x, tabPool),
		Lead:   "Ce que la grille ne laisse pas entrer n’est pas perdu\u00a0: chaque action garde son statut et sa raison, et peut être proposée de nouveau.",
		Filter: []ui.Field{selected("statut", "Statut", "tous", action.PoolStates(), asked(r, "statut")), selected("levier", "Levier", "tous", levers, asked(r, "levier")), {ID: "mots", Label: "Mots du titre, du porteur ou du résumé", Type: "search", Value: asked(r, "mots")}}}
	v.Filtered = r.URL.RawQuery != ""
	t := ui.Table{ID: "vivier", Caption: "Les actions au vivier, par numéro", CaptionHidden: true, Stack: true, Columns: []ui.Column{{Label: "Action", Wide: true}, {Label: "Statut"}, {Label: "Levier ou thème"}, {Label: "Porteur"}, {Label: "Pourquoi", Wide: true}, {Label: "Suite"}}}
	for _, a := range all {
		why := ui.Cell{Missing: "La raison est dans l’historique de l’action."}
		if a.Grid.Decision != nil {
			why = ui.Cell{Text: a.Grid.Decision.Reason}
			if on := a.Grid.Decision.On; on != "" {
				why.Sub = "le" + nb + french.Day(on)
			}
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: number(a) + " " + a.Title, Href: wording.GridPath(a.ID), Sub: x.places(a.Places)}, {Text: action.Named(action.PoolStates(), a.PoolState)}, {Text: x.about(a, themes)}, {Text: a.Holder.Name}, why,
			{Text: "proposer de nouveau", Href: wording.GridPath(a.ID) + "#proposer"}}})
	}
	v.Table = t
	if n == 0 {
		v.Empty = &ui.Empty{Title: "Rien au vivier", Text: "Aucune action n’y est, ou aucune ne répond à ce filtre. Une action y entre par décision, avec l’un des quatre statuts."}
		if r.URL.RawQuery != "" {
			v.Empty.Action = ui.Link{Label: "Voir tout le vivier", Href: x.desk() + "/vivier"}
		}
	} else {
		csv := x.desk() + "/vivier.csv"
		if r.URL.RawQuery != "" {
			csv += "?" + r.URL.Query().Encode()
		}
		v.Links = []ui.Link{{Label: "Télécharger cette liste (CSV\u00a0: id, titre, millésime, statut)", Href: csv}}
	}
	return d.private(w, r, http.StatusOK, x, v, ui.Link{Label: tabPool})
}

// poolCSV gives the vivier to a spreadsheet, in the columns that regions exchange.
func (d Deps) poolCSV(w http.ResponseWriter, r *http.Request) error {
	x, err := d.atDesk(r, policy.Judge)
	if err != nil {
		return err
	}
	all, err := d.pooled(r, x)
	if err != nil {
		return err
	}
	data := exchange.Dataset{Name: "vivier-" + x.region.Slug, Fields: []exchange.Field{{Name: "id"}, {Name: "titre"}, {Name: "millesime"}, {Name: "statut"}}}
	data.Rows = func(yield func([]exchange.Datum, error) bool) {
		for _, a := range all {
			if !yield([]exchange.Datum{exchange.Text(a.ID), exchange.Text(a.Title), exchange.Text(a.Cycle), exchange.Text(a.PoolState)}, nil) {
				return
			}
		}
	}
	return preview.SendCSV(w, data)
}
