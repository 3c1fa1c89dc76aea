package actions

import (
	"net/http"
	"net/url"

	"github.com/a-h/templ"

	"jalon/internal/action"
	"jalon/internal/cop"
	"jalon/internal/french"
	"jalon/internal/panorama"
	"jalon/internal/policy"
	"jalon/internal/territory"
	"jalon/internal/web/sections"
	"jalon/internal/web/shell"
	"jalon/internal/web/static"
	"jalon/internal/web/ui"
	"jalon/internal/web/wording"
)

// perPage is how many actions a page of the list holds.
const perPage = 30

// list is what the COP of a region retained and what is in debate, for anyone.
func (d Deps) list(w http.ResponseWriter, r *http.Request) error {
	x, err := d.of(r)
	if err != nil {
		return err
	}
	actor, ask := shell.Actor(r), r.URL.Query()
	all := action.Filter{COP: x.cop.ID, States: []action.State{action.Retained, action.Debated, action.Retaining}}
	f, err := x.filter(all, ask)
	if err != nil {
		return err
	}
	states, err := d.Room.TallyBy(r.Context(), d.Q, policy.Actor{}, all, "state")
	if err != nil {
		return err
	}
	v := sections.View{Heading: ui.Heading{Overline: x.cop.Name, Title: finding(states), Scope: []string{"ce que les deux têtes ont retenu, et ce qui est en débat"}}, Tabs: wording.InCycles(wording.COPTabs(x.cop, x.region, tabActions), policy.Actor{}, x.cop, x.all, "")}
	if x.cop.Cycle != cop.First {
		v.Heading.Scope = append([]string{"cycle " + x.cop.Cycle}, v.Heading.Scope...)
	}
	total := int64(0)
	for _, s := range states {
		total += s.Count
	}
	page, err := d.Room.List(r.Context(), d.Q, policy.Actor{}, f, ask.Get("suite"), perPage)
	if err != nil {
		return err
	}
	part := sections.Part{ID: "actions", Title: "Les actions"}
	if total > 0 {
		holders, err := d.Room.TallyBy(r.Context(), d.Q, policy.Actor{}, all, "holder")
		if err != nil {
			return err
		}
		v.Parts = append(v.Parts, sections.Part{ID: "choisir-parmi", Forms: []sections.Form{x.filterForm(ask, holders)}, Fold: "Chercher, ou choisir parmi les actions", Open: filtered(ask)})
	}
	switch {
	case total == 0:
		v.Parts = append(v.Parts, sections.Part{ID: "actions", Empty: ui.Empty{Title: "Aucune action n’est encore en débat ni retenue", Text: "Les actions viennent du débat\u00a0: elles sont proposées, évaluées par la grille de l’action COP, débattues, puis retenues par les deux têtes.", Action: ui.Link{Label: "Lire le débat", Href: x.home() + "/debat"}}})
	case len(page.Rows) == 0:
		part.Empty = ui.Empty{Title: "Aucune action ne répond à ce choix", Action: ui.Link{Label: "Voir toutes les actions", Href: wording.ActionsPath(x.cop)}}
		v.Parts = append(v.Parts, part)
	default:
		part.Tables = []ui.Table{x.table(page.Rows)}
		part.Pager = ui.Pager{Summary: summary(page)}
		if page.Next != "" {
			next := url.Values{}
			for k, values := range ask {
				next[k] = values
			}
			next.Set("suite", page.Next)
			part.Pager.Next = "?" + next.Encode()
		}
		v.Parts = append(v.Parts, part)
		if !filtered(ask) {
			more, err := d.pictures(r, x, all)
			if err != nil {
				return err
			}
			v.Parts = append(v.Parts, more...)
			when, err := d.inTime(r, all)
			if err != nil {
				return err
			}
			v.Parts, v.Style = append(v.Parts, when...), static.URL("register.css")
		}
	}
	links := sections.Part{ID: "aussi", Title: "Aussi", Links: []ui.Link{{Label: "Ce qui couvre déjà les objectifs, et ce qu’il reste à trouver", Href: cop.RegionPath(x.region.Slug, cop.First) + "/couverture"},
		{Label: "Les relevés de décisions des deux têtes", Href: x.home() + "/actions/releves"}, {Label: "Ce qui aide chaque levier, étape par étape (mesures)", Href: "/mesures"}, {Label: "Chercher une aide\u00a0: subvention, prêt, ingénierie", Href: "/aides?lieu=region:" + x.region.Code}, {Label: "Télécharger les actions", Href: x.home() + "/actions/fichiers"}, {Label: "Des exemples publics d’autres régions", Href: "/exemples-d-actions"}}}
	if wording.Proposes(actor, x.cop) {
		links.Links = append([]ui.Link{{Label: "Proposer une action", Href: wording.ProposePath(x.cop, "", "")}}, links.Links...)
	}
	v.Parts = append(v.Parts, links)
	v.Foot = ui.Source{Text: "Registre des actions de " + x.cop.SenderName() + ".", Print: true}
	return sections.Show(d.Shell, w, r, http.StatusOK, v, filtered(ask), wording.COPTrail(x.cop, x.region, ui.Link{Label: tabActions})...)
}

// finding is what the list says, in a sentence.
func finding(states []action.Tally) string {
	var retained, debated, counted int64
	var kg panorama.Kg
	for _, s := range states {
		if s.Code == string(action.Retained) {
			retained, counted, kg = retained+s.Count, counted+s.Counted, kg+s.Kg
		} else {
			debated += s.Count
		}
	}
	if retained == 0 {
		if debated == 0 {
			return "Les actions de la COP viendront du débat"
		}
		return french.Integer(debated) + nb + french.Plural(debated, "action est en débat", "actions sont en débat") + ", aucune n’est encore retenue"
	}
	out := french.Integer(retained) + nb + french.Plural(retained, "action retenue", "actions retenues")
	if counted > 0 {
		out += ", dont " + french.Integer(counted) + nb + french.Plural(counted, "chiffrée", "chiffrées") + nb + ": " + kg.Text() + " en moins par an en 2030"
	}
	return out
}

// filtered reports whether a reader chose among the actions.
func filtered(ask url.Values) bool {
	for _, k := range []string{"mots", "theme", "levier", "departement", "etat", "nature", "statut", "suite", "porteur", "de", "a"} {
		if ask.Get(k) != "" {
			return true
		}
	}
	return false
}

// filter reads what an address asks for.
func (x where) filter(f action.Filter, ask url.Values) (action.Filter, error) {
	f.Words, f.Theme, f.Lever, f.Kind, f.Status = shell.Clean(ask.Get("mots")), ask.Get("theme"), ask.Get("levier"), action.Kind(ask.Get("nature")), ask.Get("statut")
	if s := action.State(ask.Get("etat")); s != "" && s.Public() {
		f.States = []action.State{s}
	}
	if dep := ask.Get("departement"); dep != "" {
		ref, err := territory.ParseRef("department:" + dep)
		if err != nil {
			return f, err
		}
		if f.Places, err = action.Inside(x.tree(), ref); err != nil {
			return f, err
		}
	}
	var err error
	f.Holder = shell.Clean(ask.Get("porteur"))
	f.From, f.To, err = wording.Years(ask)
	return f, err
}

func (x where) filterForm(ask url.Values, holders []action.Tally) sections.Form {
	var themes, levers [][2]string
	for _, t := range x.model.Framework().Themes() {
		themes = append(themes, [2]string{string(t.Code), t.Name})
	}
	for _, l := range x.levers() {
		levers = append(levers, [2]string{l.Code, l.Name})
	}
	return sections.Form{ID: "choisir", Action: x.home() + "/actions", Get: true, Submit: "Choisir", Secondary: true, Fields: []ui.Field{
		{ID: "mots", Label: "Mots du titre, du porteur ou du résumé", Type: "search", Value: ask.Get("mots")},
		sections.Choose("levier", "Levier (ce sur quoi une action agit\u00a0: rénover, covoiturer, planter…)", ask.Get("levier"), "tous", levers),
		sections.Choose("theme", "Thématique", ask.Get("theme"), "toutes", themes),
		sections.Choose("departement", "Département", ask.Get("departement"), "toute la région", x.departments()),
		sections.Choose("porteur", "Porteur", ask.Get("porteur"), "tous", wording.Holders(holders, ask.Get("porteur"))),
		wording.YearField("de", "En cours à partir de", ask.Get("de")),
		wording.YearField("a", "Commencée au plus tard en", ask.Get("a")),
		sections.Choose("etat", "Où en est la COP", ask.Get("etat"), "retenue ou en débat", [][2]string{{string(action.Retained), "retenue"}, {string(action.Debated), "en débat"}}),
		sections.Choose("statut", "Où en est le projet", ask.Get("statut"), "tous", action.Statuses()),
		sections.Choose("nature", "Nature", ask.Get("nature"), "toutes", [][2]string{{string(action.Sectoral), "sectorielle"}, {string(action.CrossCutting), "transversale"}}),
	}}
}

func summary(p action.Page) string {
	if p.More {
		return french.Integer(len(p.Rows)) + nb + "actions sur plus de 1" + nb + "000"
	}
	return french.Integer(len(p.Rows)) + nb + french.Plural(len(p.Rows), "action", "actions") + " sur " + french.Integer(p.Total)
}

// table is a list of actions.
func (x where) table(rows []action.Row) ui.Table {
	t := ui.Table{ID: "liste", Caption: "Actions retenues ou en débat", CaptionHidden: true, Stack: true, Columns: []ui.Column{{Label: "Action", Wide: true}, {Label: "Levier ou thème"}, {Label: "Où"}, {Label: "Porteur"}, {Label: "CO₂e en moins, par an en 2030", Number: true}, {Label: "Où elle en est"}}}
	for _, a := range rows {
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: a.Title, Href: wording.ActionPath(a.ID), Sub: number(a.Seq)}, x.aboutCell(a), {Text: x.someplaces(a.Places)}, {Text: a.Holder}, brought(a), {Text: a.State.Name(), Sub: action.Named(action.Statuses(), a.Status)}}})
	}
	return t
}

func (x where) aboutCell(a action.Row) ui.Cell {
	switch {
	case a.Kind == action.CrossCutting:
		return ui.Cell{Text: "transversale"}
	case a.Lever == "":
		return ui.Cell{Missing: "Aucun levier n’est choisi."}
	}
	return ui.Cell{Text: x.lever(a.Lever), Href: wording.LeverPath(a.Lever)}
}

// brought is what a row brings; what is not quantified says so, and is never zero.
func brought(a action.Row) ui.Cell {
	if kg, known := a.Brings(); known {
		return ui.Cell{Text: kg.Text()}
	}
	if a.Kind == action.CrossCutting {
		return ui.Cell{Missing: "Une action transversale n’a pas de tonnes à elle."}
	}
	if a.KeepsImpact() {
		return ui.Cell{Missing: keptImpact}
	}
	return ui.Cell{Missing: "Ce qu’elle apporte n’est pas chiffré."}
}

func (x where) someplaces(all []action.Place) string {
	var names []string
	for i, p := range all {
		if i == 3 {
			names = append(names, french.Integer(len(all)-i)+nb+french.Plural(len(all)-i, "autre", "autres"))
			break
		}
		names = append(names, x.place(p.Territory))
	}
	return french.List(names)
}

// pictures are what the list looks like: by theme, and by département.
func (d Deps) pictures(r *http.Request, x where, f action.Filter) (out []sections.Part, err error) {
	themes, err := d.Room.TallyBy(r.Context(), d.Q, policy.Actor{}, f, "theme")
	if err != nil {
		return nil, err
	}
	bars := ui.Bars{ID: "par-theme", Title: "Actions par thématique", Description: "Nombre d’actions retenues ou en débat.", TableHref: "#par-theme-tableau"}
	table := ui.Table{ID: "par-theme-tableau", Caption: "Actions par thématique", Columns: []ui.Column{{Label: "Thématique", Wide: true}, {Label: "Actions", Number: true}, {Label: "Chiffrées", Number: true}, {Label: "CO₂e en moins, par an en 2030", Number: true}}}
	for _, t := range themes {
		name := "sans thématique"
		if t.Code != "" {
			name = x.theme(t.Code)
		}
		bars.Rows = append(bars.Rows, ui.Stat{Name: name, Text: french.Integer(t.Count), Amount: float64(t.Count)})
		kg := ui.Cell{Missing: "Aucune de ces actions n’est chiffrée."}
		if t.Counted > 0 {
			kg = ui.Cell{Text: t.Kg.Text()}
		}
		table.Rows = append(table.Rows, ui.Row{Cells: []ui.Cell{{Text: name, Href: "?theme=" + url.QueryEscape(t.Code)}, {Text: french.Integer(t.Count)}, {Text: french.Integer(t.Counted)}, kg}})
	}
	if len(themes) > 1 {
		out = append(out, sections.Part{ID: "themes", Title: "Par thématique", Bodies: []templ.Component{ui.BarChart(bars)}, Tables: []ui.Table{table}})
	}
	deps, err := d.Room.TallyBy(r.Context(), d.Q, policy.Actor{}, f, "department")
	if err != nil {
		return nil, err
	}
	return append(out, x.byDepartment(deps)...), nil
}
