package coverages

import (
	"net/http"
	"strings"

	"jalon/internal/action/coverage"
	"jalon/internal/apperr"
	"jalon/internal/exchange"
	"jalon/internal/figure"
	"jalon/internal/framework"
	"jalon/internal/french"
	"jalon/internal/panorama"
	"jalon/internal/territory"
	"jalon/internal/web/preview"
	"jalon/internal/web/ui"
	"jalon/internal/web/wording"
)

// reading is the coverage of a territory that an address names.
type reading struct {
	coverage.Coverage
	model *panorama.Model
	base  string // of the pages of its region
}

func (d Deps) ofRegion(r *http.Request) (x reading, err error) {
	if x.model, err = d.Model(r.Context()); err != nil {
		return x, err
	}
	region, err := x.model.Tree().RegionBySlug(r.PathValue("slug"))
	if err != nil {
		return x, err
	}
	x.base = "/regions/" + region.Slug + "/couverture"
	x.Coverage, err = d.Coverage.OfRegion(r.Context(), d.Q, region.Code)
	return x, err
}

func (d Deps) ofDepartment(r *http.Request) (x reading, err error) {
	if x.model, err = d.Model(r.Context()); err != nil {
		return x, err
	}
	if x.Coverage, err = d.Coverage.OfDepartment(r.Context(), d.Q, r.PathValue("code")); err != nil {
		return x, err
	}
	x.base = "/regions/" + x.Region.Slug + "/couverture"
	return x, nil
}

// rows are the levers of a territory, what is most to find first, as the reader filters
// them.
func (x reading) rows(sector, show string) []row {
	var out []row
	for _, c := range x.Cells {
		if sector != "" && c.Line.Lever.Sector != sector || show == bare && (c.Planned.Any() || !c.Objective.Known) || show == covered && !c.Planned.Any() {
			continue
		}
		out = append(out, row{c, x.Panorama.Territory.Ref, x.leverPath(c.Line)})
	}
	byGap(out)
	return out
}

// What the reader asks to see.
const (
	bare    = "sans-action"
	covered = "avec-action"
)

func (x reading) filters(sector, show string) []ui.Field {
	s := ui.Field{ID: "secteur", Label: "Secteur", Type: "select", Options: []ui.Option{{Label: "Tous les secteurs", Selected: sector == ""}}}
	for _, f := range x.model.Framework().Sectors() {
		if x.holds(f) {
			s.Options = append(s.Options, ui.Option{Value: f.Code, Label: f.Name, Selected: f.Code == sector})
		}
	}
	v := ui.Field{ID: "voir", Label: "Leviers", Type: "select"}
	for _, o := range [][2]string{{"", "Tous"}, {covered, "Avec une action retenue"}, {bare, "Sans aucune action retenue"}} {
		v.Options = append(v.Options, ui.Option{Value: o[0], Label: o[1], Selected: o[0] == show})
	}
	return []ui.Field{s, v}
}

func (x reading) holds(f framework.Sector) bool {
	for _, c := range x.Cells {
		if c.Line.Lever.Sector == f.Code {
			return true
		}
	}
	return false
}

// asked reads the filter of the address; what is unknown is refused.
func (x reading) asked(r *http.Request) (sector, show string, err error) {
	sector, show = r.URL.Query().Get("secteur"), r.URL.Query().Get("voir")
	known := sector == ""
	for _, f := range x.model.Framework().Sectors() {
		known = known || f.Code == sector
	}
	if !known || show != "" && show != bare && show != covered {
		return "", "", apperr.NotFoundf("Ce choix n’existe pas.")
	}
	return sector, show, nil
}

// finding is the title of a coverage: what the reader learns first.
func finding(t coverage.Total) string {
	if t.Objective <= 0 {
		return "aucun objectif à couvrir n’est connu"
	}
	part := func(kg panorama.Kg) string { return percent(float64(kg) / float64(t.Objective)) }
	text := "les actions retenues couvrent " + part(t.Planned.Central) + " de l’objectif"
	if t.Actions == 0 {
		text = "aucune action retenue et chiffrée ne couvre encore l’objectif"
	}
	if t.Measured > 0 {
		if t.Done < 0 {
			return text + ", et l’observé recule de " + part(-t.Done)
		}
		text += ", et " + part(t.Done) + " sont déjà faits"
	}
	return text
}

func (d Deps) region(w http.ResponseWriter, r *http.Request) error {
	x, err := d.ofRegion(r)
	if err != nil {
		return err
	}
	v, err := d.page(r, x)
	if err != nil {
		return err
	}
	v.Heading.Overline = "Couverture des objectifs par les actions"
	v.Pages = wording.RegionTabs(x.Region, wording.TabCoverage)
	v.FilterTo = x.base
	v.Foot.Downloads = []ui.Link{{Label: "Cette couverture (CSV)", Href: x.base + ".csv"}}
	v.Foot.Sources = []ui.Link{{Label: "Les actions de la COP", Href: "/regions/" + x.Region.Slug + "/actions"}, {Label: "Les objectifs", Href: "/regions/" + x.Region.Slug + "/objectifs"}, {Label: "La couverture des régions", Href: nationPath}}
	joints, err := d.joints(x)
	if err != nil {
		return err
	}
	each, err := d.byCycle(r, x)
	if err != nil {
		return err
	}
	if each.ID != "" {
		v.Sections = append(v.Sections, each)
	}
	v.Sections = append(v.Sections, joints, rules(false))
	return d.show(w, r, v, "Levier par levier, ce qui est déjà fait depuis 2019, ce que les actions retenues apporteront, et ce qui reste à trouver.", wording.RegionTrail(x.Region, ui.Link{Label: "Couverture"})...)
}

// page is what regions and départements share.
func (d Deps) page(r *http.Request, x reading) (v view, err error) {
	sector, show, err := x.asked(r)
	if err != nil {
		return v, err
	}
	rows := x.rows(sector, show)
	decimals := wording.TableDecimals(x.Total.Objective)
	v.Heading = ui.Heading{Title: x.Panorama.Territory.Name + nb + ": " + finding(x.Total), Scope: []string{"ktCO₂e par an en 2030, par rapport à 2019", "objectifs indicatifs", "seules comptent les actions retenues par les deux têtes"}}
	v.Intro = []string{"Trois choses ne se mélangent jamais" + nb + ": ce qui est déjà fait (mesuré par une série), ce qui est attendu des actions retenues, ce qui reste à trouver. Ce qui est supposé déjà dans la mesure n’est pas ajouté."}
	v.Figures = figures(x.Total, x.Panorama.Territory.Ref)
	v.Filters = x.filters(sector, show)
	s := section{ID: "par-levier", Title: "Levier par levier, le plus à trouver d’abord", Chart: chartOf(rows)}
	at := x.Panorama.Territory.Ref
	totals := []total{{"Total", x.Total, coverage.AllLevers, at}}
	if sector != "" || show != "" {
		var only []coverage.Cell
		for _, y := range rows {
			only = append(only, y.Cell)
		}
		scope := "" // a choice of levers by their actions has no address
		if show == "" {
			scope = coverage.OfSector + sector
		}
		totals = []total{{"Total de ces leviers", coverage.Sum(only), scope, at}}
	} else if x.WithoutForest.Levers != x.Total.Levers {
		totals = []total{{"Total hors forêts", x.WithoutForest, coverage.NoForest, at}, {"Total, forêts comprises", x.Total, coverage.AllLevers, at}}
	}
	if len(rows) == 0 {
		s.Lead = []string{"Aucun levier ne répond à ce choix."}
	}
	var without []string
	if at.Scale != territory.RegionS {
		rows, without = known(rows)
	}
	s.Table = tableOf("Objectif, déjà fait, attendu et reste, par levier", rows, totals, decimals)
	v.Sections = []section{s}
	if len(without) > 0 {
		v.Sections = append(v.Sections, section{ID: "sans-part", Title: french.Integer(len(without)) + nb + french.Plural(len(without), "levier dont la part n’est pas connue ici", "leviers dont la part n’est pas connue ici"), Lead: []string{"Ils ne sont dans aucune somme, et aucune action retenue ne les concerne ici" + nb + ": une part qui manque n’est pas zéro."}, List: without})
	}
	var none []string
	for _, c := range x.Cells {
		if c.Objective.Known && !c.Planned.Any() {
			none = append(none, c.Line.Lever.ShortName)
		}
	}
	if len(none) > 0 {
		v.Sections = append(v.Sections, section{ID: "sans-action", Title: french.Integer(len(none)) + nb + french.Plural(len(none), "levier n’a aucune action retenue", "leviers n’ont aucune action retenue"), Lead: []string{strings.Join(none, ", ") + "."}})
	}
	v.Foot = ui.Source{Text: "actions retenues par la COP" + nb + "; séries observées" + nb + "; objectifs partagés par la COP, à défaut panorama de l’État (juillet 2024).", Print: true}
	return v, nil
}

// known sets apart the levers that have here neither an objective, nor what is done, nor
// a retained action: each with its reason.
func known(rows []row) (kept []row, without []string) {
	for _, x := range rows {
		if x.Objective.Known || x.Done.Kg.Known || x.Planned.Any() {
			kept = append(kept, x)
			continue
		}
		without = append(without, x.Line.Lever.ShortName+nb+": "+x.Objective.Reason)
	}
	return kept, without
}

// figures are the three parts of the whole, apart.
func figures(t coverage.Total, at territory.Ref) []ui.KeyFigure {
	class, label := wording.Class(figure.Computed)
	kt := func(kg panorama.Kg, p coverage.Part, name string) ui.Value {
		return ui.Value{Explain: wording.FigurePath(coverage.Key(coverage.AllLevers, at, p)), Name: name, Text: french.Number(kg.Kt(), wording.TableDecimals(t.Objective)), Unit: kilotonnes, Exact: wording.Exact(kg), Provenance: class, ProvenanceLabel: label}
	}
	done := ui.Value{Missing: "Aucune série ne dit ce qui est déjà fait."}
	meaning := ""
	if t.Measured > 0 {
		done, meaning = kt(t.Done, coverage.DoneIs, "déjà fait"), "Sur "+french.Integer(t.Measured)+nb+french.Plural(t.Measured, "levier mesuré", "leviers mesurés")+" par une série, de "+french.Integer(t.Levers)+"."
	}
	planned, more := ui.Value{Missing: "Aucune action retenue et chiffrée."}, ""
	if t.Actions > 0 {
		planned, more = kt(t.Planned.Central, coverage.PlannedIs, "attendu des actions"), french.Integer(t.Actions)+nb+french.Plural(t.Actions, "action chiffrée", "actions chiffrées")
		if t.Planned.Wide() {
			planned.Range = "entre " + french.Number(t.Planned.Low.Kt(), wording.TableDecimals(t.Objective)) + " et " + french.Number(t.Planned.High.Kt(), wording.TableDecimals(t.Objective))
		}
	}
	if n := t.Qualitative + t.Unassessed; n > 0 {
		more = joined(more, french.Integer(n)+nb+"sans chiffre, comptées à part, jamais comme zéro")
	}
	if more != "" {
		more += "."
	}
	return []ui.KeyFigure{{Label: "Déjà fait depuis 2019", Value: done, Meaning: meaning}, {Label: "Attendu des actions retenues", Value: planned, Meaning: more},
		{Label: "Reste à trouver, levier par levier", Value: kt(t.Gap, coverage.GapIs, "reste à trouver"), Meaning: restMeaning(t)}}
}

func restMeaning(t coverage.Total) string {
	text := "Sur un objectif de " + wording.Mass(t.Objective) + "."
	if t.Beyond > 0 {
		text += " " + wording.Mass(t.Beyond) + " dépassent ailleurs, et ne comblent rien ici."
	}
	if t.Measured < t.Levers {
		text += " Pour " + french.Integer(t.Levers-t.Measured) + nb + french.Plural(t.Levers-t.Measured, "levier", "leviers") + ", sans compter ce qui est déjà fait (aucune série)."
	}
	return text
}

func (d Deps) department(w http.ResponseWriter, r *http.Request) error {
	x, err := d.ofDepartment(r)
	if err != nil {
		return err
	}
	v, err := d.page(r, x)
	if err != nil {
		return err
	}
	code := r.PathValue("code")
	t, err := x.model.Tree().Lookup(territory.Ref{Scale: territory.Department, Code: code})
	if err != nil {
		return err
	}
	p, err := x.model.Of(t.Ref)
	if err != nil {
		return err
	}
	v.Heading.Overline = "Département, couverture des objectifs par les actions"
	v.Pages = wording.Tabs(x.model.Tree(), p, wording.TabCoverage)
	v.FilterTo = "/departements/" + code + "/couverture"
	if p.SameAs != "" {
		v.Notices = append(v.Notices, ui.Alert{State: "info", Title: "Ce département est aussi une région", Text: "Sa couverture est celle de la région, tout entière."})
	}
	v.Foot.Downloads = []ui.Link{{Label: "Cette couverture (CSV)", Href: "/departements/" + code + "/couverture.csv"}}
	v.Foot.Sources = []ui.Link{{Label: "La fiche du département, pour une réunion", Href: "/departements/" + code + "/fiche"}, {Label: "La couverture de la région", Href: x.base}}
	v.Sections = append(v.Sections, rules(true))
	return d.show(w, r, v, "Levier par levier, ce que les actions retenues apportent dans ce département.", append(wording.Trail(x.model.Tree(), t), ui.Link{Label: "Couverture"})...)
}

// rules are what is counted, in words; under tells of a territory under a region.
func rules(under bool) section {
	s := section{ID: "regles", Title: "Ce qui est compté, et comment", List: []string{
		"Déjà fait" + nb + ": la dernière valeur de la série moins celle de 2019, mise en kt par le ratio du levier. La série doit compter le levier dans l’unité même du panorama et donner la même valeur que lui en 2019" + nb + "; sinon, «" + nb + "–" + nb + "» avec sa raison.",
		"Attendu" + nb + ": les actions retenues qui commencent après la dernière année observée, ou dont il est montré qu’elles ne sont pas dans la série. Les autres sont supposées déjà dans l’observé" + nb + ": comptées à part, jamais ajoutées. Sans série, toutes comptent.",
		"Une action abandonnée ne compte pas" + nb + "; en pause ou bloquée, elle compte et c’est dit. Une action transversale n’a pas de kt.",
		"Reste à trouver" + nb + ": l’objectif moins les deux. Un levier qui dépasse son objectif ne comble pas le manque d’un autre.",
		"La fourchette va du plus bas au plus haut de toutes les actions ensemble.",
		overlapRule, coverage.TogetherRule}}
	if under {
		s.List = append(s.List, coverage.ShareRule)
	}
	return s
}

// joints are the levers that act on the same emissions.
func (d Deps) joints(x reading) (s section, err error) {
	s = section{ID: "ensemble", Title: "Les leviers qui agissent sur les mêmes émissions"}
	groups, err := d.Coverage.Together()
	if err != nil {
		return s, err
	}
	all, err := coverage.Joints(x.model, x.Coverage, groups)
	if err != nil {
		return s, err
	}
	if len(all) == 0 {
		s.Lead = []string{"Aucun groupe n’a encore deux leviers couverts en partie."}
		return s, nil
	}
	decimals := wording.TableDecimals(x.Total.Objective)
	s.Table = ui.Table{ID: "groupes", Caption: "Somme des leviers, et leur effet pris ensemble", Columns: []ui.Column{{Label: "Groupe"}, {Label: "Leviers couverts", Wide: true}, {Label: "Somme", Unit: kilotonnes, Number: true}, {Label: "Effet ensemble", Unit: kilotonnes, Number: true}, {Label: "Pourquoi", Wide: true}}}
	for _, j := range all {
		var names []string
		for _, c := range j.Cells {
			names = append(names, c.Line.Lever.ShortName)
		}
		joint := ui.Cell{Missing: j.Combined.Reason}
		if j.Combined.Known {
			joint = mass(j.Combined.Kg, decimals, "", "")
		}
		s.Table.Rows = append(s.Table.Rows, ui.Row{Cells: []ui.Cell{{Text: j.Name}, {Text: strings.Join(names, ", ")}, mass(j.Sum, decimals, "", ""), joint, {Text: j.Reason}}})
	}
	return s, nil
}

func (d Deps) regionCSV(w http.ResponseWriter, r *http.Request) error {
	x, err := d.ofRegion(r)
	if err != nil {
		return err
	}
	return preview.SendCSV(w, dataset("couverture-"+x.Region.Slug, []reading{x}))
}

func (d Deps) departmentCSV(w http.ResponseWriter, r *http.Request) error {
	x, err := d.ofDepartment(r)
	if err != nil {
		return err
	}
	return preview.SendCSV(w, dataset("couverture-"+r.PathValue("code"), []reading{x}))
}

// dataset gives coverage to a spreadsheet, each missing figure with its reason.
func dataset(name string, all []reading) exchange.Dataset {
	number := func(n string) exchange.Field { return exchange.Field{Name: n, Number: true} }
	text := func(n string) exchange.Field { return exchange.Field{Name: n} }
	out := exchange.Dataset{Name: name, Fields: []exchange.Field{text("territoire"), text("nom"), text("code_levier"), text("levier"), number("objectif_kt"), text("objectif_origine"), text("objectif_raison"), number("fait_kt"), number("fait_annee"), text("fait_raison"), number("fait_arrondi_kt"),
		number("attendu_kt"), number("attendu_bas_kt"), number("attendu_haut_kt"), number("actions"), number("dont_brutes"), number("commencees_avant"), number("commencees_avant_kt"), number("sans_date"), number("regionales"), number("regionales_kt"), number("qualitatives"), number("non_evaluees"), number("abandonnees"),
		number("reste_kt"), number("reste_bas_kt"), number("reste_haut_kt"), text("reste_sans_deja_fait")}}
	kt := func(kg panorama.Kg, known bool) exchange.Datum {
		if !known {
			return exchange.Number("")
		}
		return exchange.Number(exchange.Plain(kg.Kt()))
	}
	count := func(n int64) exchange.Datum { return exchange.Integer(int(n)) }
	out.Rows = func(yield func([]exchange.Datum, error) bool) {
		for _, x := range all {
			for _, c := range x.Cells {
				p, origin, without := c.Planned, "proposé", "non"
				if c.Objective.Origin == coverage.Shared {
					origin = "partagé"
				}
				if c.Rest.WithoutDone {
					without = "oui"
				}
				year := exchange.Number("")
				if c.Done.Kg.Known {
					year = exchange.Integer(c.Done.Year)
				}
				some := p.Actions > 0
				if !yield([]exchange.Datum{exchange.Text(x.Panorama.Territory.Ref.String()), exchange.Text(x.Panorama.Territory.Name), exchange.Text(c.Line.Lever.Code), exchange.Text(c.Line.Lever.Name), kt(c.Objective.Kg, c.Objective.Known), exchange.Text(origin), exchange.Text(c.Objective.Reason),
					kt(c.Done.Kg.Kg, c.Done.Kg.Known), year, exchange.Text(c.Done.Kg.Reason), kt(c.Done.Slack, c.Done.Kg.Known), kt(p.Kg.Central, some), kt(p.Kg.Low, some), kt(p.Kg.High, some), count(p.Actions), count(p.Gross), count(p.Started.Actions), kt(p.Started.Kg.Central, p.Started.Actions > 0), count(p.Undated.Actions),
					count(p.Regional.Actions), kt(p.Regional.Kg.Central, p.Regional.Actions > 0), count(p.Qualitative), count(p.Unassessed), count(p.Abandoned.Actions), kt(c.Rest.Central, c.Rest.Known), kt(c.Rest.Low, c.Rest.Known), kt(c.Rest.High, c.Rest.Known), exchange.Text(without)}, nil) {
					return
				}
			}
		}
	}
	return out
}
