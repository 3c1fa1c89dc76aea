package coverages

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/a-h/templ"

	"jalon/internal/action"
	"jalon/internal/action/coverage"
	"jalon/internal/cop"
	"jalon/internal/exchange"
	"jalon/internal/french"
	"jalon/internal/national"
	"jalon/internal/objective"
	"jalon/internal/panorama"
	"jalon/internal/territory"
	"jalon/internal/web/preview"
	"jalon/internal/web/sections"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
	"jalon/internal/web/wording"
)

const registerPath = "/national/actions"

// standing is the register of one COP, beside what its retained actions cover.
type standing struct {
	action.Standing
	region  territory.Region
	actions string // the public page of those of its COP
	covered coverage.Total
	known   bool // its objectives are
}

// registers reads the register of every COP of a cycle: the same statements whatever
// they hold.
func (d Deps) registers(r *http.Request) (out []standing, n *coverage.Nation, cycle string, err error) {
	ctx := r.Context()
	m, err := d.Model(ctx)
	if err != nil {
		return nil, nil, "", err
	}
	if cycle = r.URL.Query().Get("cycle"); cycle == "" {
		cycle, err = objective.LatestCycle(ctx, d.Q)
	} else {
		_, err = cop.FindCycle(ctx, d.Q, cycle)
	}
	if err != nil {
		return nil, nil, "", err
	}
	cops, err := cop.InCycle(ctx, d.Q, cycle)
	if err != nil {
		return nil, nil, "", err
	}
	all, err := action.StandingIn(ctx, d.Q, cycle)
	if err != nil {
		return nil, nil, "", err
	}
	if n, err = d.Coverage.OfNation(ctx, d.Q); err != nil {
		return nil, nil, "", err
	}
	covered := map[string]coverage.Total{}
	for _, x := range n.Regions {
		covered[x.Region.Code] = x.Total
	}
	for _, c := range cops {
		s := standing{Standing: all[c.ID], actions: wording.ActionsPath(c)}
		if s.region, err = m.Tree().Region(c.Region); err != nil {
			return nil, nil, "", err
		}
		s.covered, s.known = covered[c.Region]
		out = append(out, s)
	}
	return out, n, cycle, nil
}

const notRegistered = "Aucune action n’est encore inscrite dans Jalon."

// counted is a row of a table: a COP whose register is empty has no zero.
func (s standing) counted(cells ...ui.Cell) ui.Row {
	row := ui.Row{Cells: []ui.Cell{{Text: s.region.Name, Href: s.actions}}}
	for _, c := range cells {
		if !s.Any() {
			c = ui.Cell{Missing: notRegistered}
		}
		row.Cells = append(row.Cells, c)
	}
	return row
}

func integer(n int64) ui.Cell { return ui.Cell{Text: french.Integer(n)} }

// declared is a mass that covers nothing: what is on its way was said to bring it.
func (s standing) declared() ui.Cell {
	if s.WayCounted == 0 {
		return ui.Cell{Missing: "Aucune action en chemin n’est chiffrée."}
	}
	return ui.Cell{Text: french.Kt(int64(s.Way), 1), Sub: french.Integer(s.WayCounted) + nb + french.Plural(s.WayCounted, "action chiffrée", "actions chiffrées")}
}

// expected is what retained actions bring, as the coverage of the region counts it.
func (s standing) expected() ui.Cell {
	if !s.known || s.covered.Actions == 0 {
		return ui.Cell{Missing: noAction}
	}
	return ui.Cell{Text: french.Kt(int64(s.covered.Planned.Central), 1), Href: "/regions/" + s.region.Slug + "/couverture", Sub: between(s.covered.Planned, 1)}
}

func (d Deps) register(w http.ResponseWriter, r *http.Request) error {
	if err := national.MayRead(shell.Actor(r)); err != nil {
		return err
	}
	all, n, cycle, err := d.registers(r)
	if err != nil {
		return err
	}
	states := ui.Table{ID: "etats", Caption: "Actions sectorielles, par état", Columns: []ui.Column{{Label: "COP"}, {Label: "Proposées", Number: true}, {Label: "Qualifiées", Number: true}, {Label: "Débattues", Number: true}, {Label: "Retenues", Number: true}, {Label: "Au vivier", Number: true}}}
	brought := ui.Table{ID: "apports", Caption: "Ce qui est connu des actions sectorielles", Columns: []ui.Column{{Label: "COP"}, {Label: "Retenues, chiffrées", Number: true}, {Label: "Retenues, en mots", Number: true}, {Label: "Retenues, non évaluées", Number: true}, {Label: "Attendu des retenues", Unit: kilotonnes, Number: true}, {Label: "Déclaré, en chemin", Unit: kilotonnes, Number: true}}}
	cross := ui.Table{ID: "transversales-table", Caption: "Actions transversales, par état", Columns: []ui.Column{{Label: "COP"}, {Label: "En chemin", Number: true}, {Label: "Retenues", Number: true}, {Label: "Au vivier", Number: true}}}
	var way, retained, crossed, pool, begun int64
	for _, s := range all {
		debated := integer(s.Sectoral[action.Debated] + s.Sectoral[action.Retaining])
		if k := s.Sectoral[action.Retaining]; k > 0 {
			debated.Sub = "dont " + french.Integer(k) + nb + "attendent les deux têtes"
			if k == 1 {
				debated.Sub = "dont 1" + nb + "attend les deux têtes"
			}
		}
		states.Rows = append(states.Rows, s.counted(integer(s.Sectoral[action.Proposed]), integer(s.Sectoral[action.Qualified]), debated, integer(s.Sectoral[action.Retained]), integer(s.Sectoral[action.Pool])))
		brought.Rows = append(brought.Rows, s.counted(integer(s.Quantified), integer(s.Qualitative), integer(s.Unassessed), s.expected(), s.declared()))
		cross.Rows = append(cross.Rows, s.counted(integer(action.OnTheWay(s.Cross)), integer(s.Cross[action.Retained]), integer(s.Cross[action.Pool])))
		way, retained, pool = way+action.OnTheWay(s.Sectoral), retained+s.Sectoral[action.Retained], pool+s.Sectoral[action.Pool]+s.Cross[action.Pool]
		crossed += s.Cross[action.Retained]
		if s.Any() {
			begun++
		}
	}
	v := sections.View{Heading: ui.Heading{Overline: "Tableau national, actions des COP", Title: registerTitle(retained, begun), Scope: []string{"cycle " + cycle, "à cet instant", french.Integer(int64(len(all))) + nb + "COP"},
		Lead: "Où en sont les actions de chaque COP, et ce qui est connu de leur apport. Les objectifs sont indicatifs."}}
	count := func(label, key, meaning string, n int64) ui.KeyFigure {
		return ui.KeyFigure{Label: label, Value: ui.Value{Text: french.Integer(n), Name: label, Explain: "/national/indicateurs/" + key + "?cycle=" + url.QueryEscape(cycle)}, Meaning: meaning}
	}
	figures := []ui.KeyFigure{count("Actions retenues", "actions/actions", "par les deux têtes, actions sectorielles", retained), count("Transversales retenues", "actions/transversales", "sans tonne à elles, hors de la couverture", crossed),
		count("En chemin", "actions/proposees", "proposées, qualifiées ou débattues", way), count("Au vivier", "actions/vivier", "gardées hors de la COP", pool)}
	if n.Total.Actions > 0 {
		figures = append(figures, ui.KeyFigure{Label: "Attendu des actions retenues", Value: ui.Value{Text: french.Kt(int64(n.Total.Planned.Central), 0), Unit: kilotonnes, Name: "Attendu des actions retenues", Explain: nationPath}, Meaning: "en 2030, leviers de l’Hexagone et de Corse, chaque action une fois"})
	}
	csv := ui.Link{Label: "Télécharger (CSV)", Href: registerPath + ".csv?cycle=" + url.QueryEscape(cycle)}
	v.Parts = []sections.Part{
		{ID: "chiffres", Title: "En tout", Bodies: []templ.Component{ui.KeyFigures(figures)}, Links: []ui.Link{{Label: "Couverture des objectifs par les actions", Href: nationPath}, csv}},
		{ID: "par-etat", Title: "Par état", Lead: "De la proposition au relevé de décisions. Les brouillons, les actions fusionnées ou retirées n’y sont pas.", Tables: []ui.Table{states}},
		{ID: "par-apport", Title: "Par apport", Lead: "Une action est comptée par ce qu’on sait de mieux d’un de ses leviers. L’attendu est celui de la couverture de la région (recouvrements et actions abandonnées déduits, tous cycles compris)" + nb + "; ce que déclarent les actions en chemin ne couvre rien encore.", Tables: []ui.Table{brought}},
		{ID: "transversales", Title: "Actions transversales, comptées à part", Lead: "Elles servent plusieurs leviers" + nb + ": aucune tonne ne leur est attribuée, et elles n’entrent dans aucune couverture.", Tables: []ui.Table{cross}},
	}
	v.Foot = ui.Source{Text: "registres d’actions des COP, lus à l’instant.", Print: true}
	return sections.Show(d.Shell, w, r, http.StatusOK, v, true, ui.Link{Label: "France", Href: "/france/panorama"}, ui.Link{Label: "Tableau national", Href: "/national"}, ui.Link{Label: "Actions"})
}

// registerTitle is the title of the page: what there is, in words.
func registerTitle(retained, begun int64) string {
	if begun == 0 {
		return "Aucune COP n’a encore inscrit d’action"
	}
	return french.Integer(retained) + nb + french.Plural(retained, "action retenue", "actions retenues") + ", " + french.Integer(begun) + nb + french.Plural(begun, "registre ouvert", "registres ouverts")
}

func (d Deps) registerCSV(w http.ResponseWriter, r *http.Request) error {
	if err := national.MayExport(shell.Actor(r)); err != nil {
		return err
	}
	all, _, cycle, err := d.registers(r)
	if err != nil {
		return err
	}
	names := strings.Fields("proposees qualifiees debattues en_attente retenues vivier transversales_en_chemin transversales_retenues transversales_vivier retenues_chiffrees retenues_qualitatives retenues_non_evaluees attendu_kt attendu_bas_kt attendu_haut_kt en_chemin_chiffrees en_chemin_kt")
	set := exchange.Dataset{Name: "actions-par-cop-" + cycle, Fields: []exchange.Field{{Name: "territoire"}, {Name: "nom"}}}
	for _, name := range names {
		set.Fields = append(set.Fields, exchange.Field{Name: name, Number: true})
	}
	set.Fields = append(set.Fields, exchange.Field{Name: "raison"})
	set.Rows = func(yield func([]exchange.Datum, error) bool) {
		for _, s := range all {
			if !yield(s.row(len(names)), nil) {
				return
			}
		}
	}
	return preview.SendCSV(w, set)
}

// row is a COP in the file; what is missing is empty, with its reason at the end.
func (s standing) row(width int) []exchange.Datum {
	out := []exchange.Datum{exchange.Text("region:" + s.region.Code), exchange.Text(s.region.Name)}
	if !s.Any() {
		for range width {
			out = append(out, exchange.Number(""))
		}
		return append(out, exchange.Text(notRegistered))
	}
	count := func(n int64) { out = append(out, exchange.Integer(int(n))) }
	mass := func(kg panorama.Kg, known bool) {
		text := ""
		if known {
			text = exchange.Plain(kg.Kt())
		}
		out = append(out, exchange.Number(text))
	}
	for _, state := range []action.State{action.Proposed, action.Qualified, action.Debated, action.Retaining, action.Retained, action.Pool} {
		count(s.Sectoral[state])
	}
	count(action.OnTheWay(s.Cross))
	count(s.Cross[action.Retained])
	count(s.Cross[action.Pool])
	count(s.Quantified)
	count(s.Qualitative)
	count(s.Unassessed)
	known, reason := s.known && s.covered.Actions > 0, ""
	if !known {
		reason = noAction
	}
	mass(s.covered.Planned.Central, known)
	mass(s.covered.Planned.Low, known)
	mass(s.covered.Planned.High, known)
	count(s.WayCounted)
	mass(s.Way, s.WayCounted > 0)
	return append(out, exchange.Text(reason))
}
