package objectives

import (
	"net/http"
	"slices"
	"strings"

	"jalon/internal/cop"
	"jalon/internal/exchange"
	"jalon/internal/french"
	"jalon/internal/objective"
	"jalon/internal/panorama"
	"jalon/internal/policy"
	"jalon/internal/territory"
	"jalon/internal/web/preview"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
	"jalon/internal/web/wording"
)

// closureHandlers are the pages that read objectives across scales: départements
// and perimeters of a region, regions of the nation.
func (d Deps) closureHandlers() map[string]shell.Handler {
	return map[string]shell.Handler{
		"closure": d.closure, "closure-csv": d.closureCSV, "department-objectives": d.department, "perimeter-objectives": d.perimeter,
		"nation-objectives": d.nation, "nation-objective": d.nationLever, "nation-objectives-csv": d.nationCSV,
		"shared-objectives": d.shared, "shared-objectives-csv": d.sharedCSV,
	}
}

// perimetersView is the value of «vue» that asks for perimeters.
const perimetersView = "crte"

func (d Deps) closure(w http.ResponseWriter, r *http.Request) error {
	x, err := d.named(r)
	if err != nil {
		return err
	}
	m, region := x.m, x.region
	lever, crte := r.URL.Query().Get("levier"), r.URL.Query().Get("vue") == perimetersView
	all, err := cop.ListOfRegion(r.Context(), d.Q, region.Code)
	if err != nil {
		return err
	}
	all = slices.DeleteFunc(all, func(c cop.COP) bool { return c.Parent != "" })
	v := across{Tabs: wording.InCycles(wording.COPTabs(x.cop, region, wording.TabObjectives), policy.Actor{}, x.cop, all, "/objectifs/bouclage"), FilterTo: x.base(),
		Switch: []ui.Link{{Label: "Départements", Href: x.base() + x.query("levier", lever), Current: !crte}, {Label: "CRTE", Href: x.base() + x.query("levier", lever, "vue", perimetersView), Current: crte}}}
	if x.asked != "" {
		v.Hidden = append(v.Hidden, [2]string{"cycle", x.asked})
	}
	var private bool
	if crte {
		v.Hidden = append(v.Hidden, [2]string{"vue", perimetersView})
		all, err := objective.ReadPerimeters(r.Context(), d.Q, m, x.cop, x.today, x.sees)
		if err != nil {
			return err
		}
		private = seesPerimeters(all)
		err = x.perimeters(&v, all, lever)
		if err != nil {
			return err
		}
	} else {
		all, err := objective.ReadDepartments(r.Context(), d.Q, m, x.cop, x.sees)
		if err != nil {
			return err
		}
		private = seesDepartments(all)
		if err := x.departments(&v, all, lever); err != nil {
			return err
		}
	}
	v.Heading.Overline = region.Name + ", bouclage des objectifs"
	v.Heading.Scope = x.scope()
	v.Notices = append(append(v.Notices, notices(private)...), x.inherits()...)
	v.Foot = ui.Source{Text: "panorama de l’État, juillet 2024" + sp + "; objectifs mis sur la table et partagés par la COP de la région.",
		Downloads: []ui.Link{{Label: "Ce bouclage (CSV)", Href: x.base() + ".csv" + x.query("vue", perimeterQuery(crte))}}, Print: true}
	return d.acrossPage(w, r, v, private, x.trail(ui.Link{Label: "Objectifs", Href: x.cop.Path() + "/objectifs"}, ui.Link{Label: "Bouclage"})...)
}

func (x place) scope() []string {
	return []string{"objectifs indicatifs, non contraignants", "cycle " + x.cop.Cycle, "en 2030, par rapport à 2019"}
}

func (x place) trail(last ...ui.Link) []ui.Link {
	return wording.COPTrail(x.cop, x.region, last...)
}

func seesDepartments(all []objective.LeverClosure) bool {
	return slices.ContainsFunc(all, func(l objective.LeverClosure) bool {
		return !public(l.Region) || slices.ContainsFunc(l.Cells, notPublic)
	})
}

func notPublic(c objective.Cell) bool { return !public(c) }

func seesPerimeters(all objective.Perimeters) bool {
	return slices.ContainsFunc(all.Levers, func(l objective.PerimeterClosure) bool {
		return !public(l.Region) || slices.ContainsFunc(l.Cells, notPublic)
	})
}

// closureCSV gives the closure to a spreadsheet. What is only discussed is taken
// away by those alone who may take it away.
func (d Deps) closureCSV(w http.ResponseWriter, r *http.Request) error {
	x, err := d.named(r)
	if err != nil {
		return err
	}
	m, region := x.m, x.region
	if !policy.Can(x.actor, policy.Export, objective.Thing(x.cop, "", false)) {
		x.sees = objective.Anyone
	}
	data := exchange.Dataset{Name: "bouclage-" + region.Slug, Fields: []exchange.Field{{Name: "code_levier"}, {Name: "levier"}, {Name: "territoire"}, {Name: "nom"}, {Name: "propose_kt", Number: true}, {Name: "part_indicative_kt", Number: true},
		{Name: "lu_kt", Number: true}, {Name: "raison"}, {Name: "etat"}, {Name: "partage_le"}, {Name: "ecart_kt", Number: true}, {Name: "estime"}}}
	var rows [][]exchange.Datum
	line := func(l objective.LeverClosure, c objective.Cell, state string, gap panorama.Amount) {
		estimated := "non"
		if mark(c) == ui.Estimated {
			estimated = "oui"
		}
		rows = append(rows, []exchange.Datum{exchange.Text(l.Lever.Code), exchange.Text(l.Lever.Name), exchange.Text(c.Territory.Ref.String()), exchange.Text(c.Territory.Name), kilotonnes(c.Offered), kilotonnes(c.Part),
			kilotonnes(c.Read), exchange.Text(c.Read.Reason), exchange.Text(state), exchange.Text(c.On), kilotonnes(gap), exchange.Text(estimated)})
	}
	add := func(l objective.LeverClosure) {
		line(l, l.Region, stateText(l.Region, true).Text, l.Gap)
		for _, c := range l.Cells {
			line(l, c, stateText(c, false).Text, c.Moved())
		}
	}
	if r.URL.Query().Get("vue") == perimetersView {
		data.Name += "-crte"
		all, err := objective.ReadPerimeters(r.Context(), d.Q, m, x.cop, x.today, x.sees)
		if err != nil {
			return err
		}
		for _, l := range all.Levers {
			add(l.LeverClosure)
			line(l.LeverClosure, objective.Cell{Territory: territory.Territory{Name: "compté deux fois par la somme des CRTE"}, Read: l.CountedTwice}, "recouvrement", panorama.Amount{})
			line(l.LeverClosure, objective.Cell{Territory: territory.Territory{Name: "communes d’aucun CRTE"}, Read: l.Outside}, "hors CRTE", panorama.Amount{})
		}
	} else {
		all, err := objective.ReadDepartments(r.Context(), d.Q, m, x.cop, x.sees)
		if err != nil {
			return err
		}
		for _, l := range all {
			add(l)
		}
	}
	data.Rows = func(yield func([]exchange.Datum, error) bool) {
		for _, row := range rows {
			if !yield(row, nil) {
				return
			}
		}
	}
	return preview.SendCSV(w, data)
}

// department is what is read for a département, lever by lever.
func (d Deps) department(w http.ResponseWriter, r *http.Request) error {
	m, err := d.Model(r.Context())
	if err != nil {
		return err
	}
	ref := territory.Ref{Scale: territory.Department, Code: r.PathValue("code")}
	p, err := m.Of(ref)
	if err != nil {
		return err
	}
	dept, err := m.Tree().Dept(ref.Code)
	if err != nil {
		return err
	}
	region, err := m.Tree().Region(dept.Region)
	if err != nil {
		return err
	}
	x, err := d.at(r, m, region)
	if err != nil {
		return err
	}
	all, err := objective.ReadDepartments(r.Context(), d.Q, m, x.cop, x.sees)
	if err != nil {
		return err
	}
	var cells []leverCell
	for _, l := range all {
		if i := slices.IndexFunc(l.Cells, func(c objective.Cell) bool { return c.Territory.Ref == ref }); i >= 0 {
			cells = append(cells, leverCell{l, l.Cells[i]})
		}
	}
	v := across{Tabs: wording.Tabs(m.Tree(), p, wording.TabObjectives)}
	v.Heading = ui.Heading{Overline: "Département, objectifs par levier", Title: p.Territory.Name + sp + ": " + findingOf(cells), Scope: x.scope()}
	if p.SameAs != "" {
		v.Notices = append(v.Notices, ui.Alert{State: "info", Title: "Ce département est aussi une région", Text: "Ses objectifs sont ceux de la région, tout entiers."})
	}
	private := slices.ContainsFunc(cells, func(c leverCell) bool { return !public(c.cell) || !public(c.lever.Region) })
	v.Notices = append(v.Notices, notices(private)...)
	write := policy.Can(x.actor, policy.Create, objective.Thing(x.cop, dept.Code, false))
	v.Sections = append(v.Sections, x.leversSection(cells, ref, "du département", write))
	v.Foot = x.territoryFoot()
	trail := append(wording.Trail(m.Tree(), p.Territory), ui.Link{Label: "Objectifs"})
	return d.acrossPage(w, r, v, private, trail...)
}

func (x place) territoryFoot() ui.Source {
	return ui.Source{Text: "panorama de l’État, juillet 2024" + sp + "; objectifs mis sur la table et partagés par la COP de la région.",
		Sources: []ui.Link{{Label: "Le bouclage de la région", Href: x.base() + x.query()}}, Print: true}
}

// perimeter is what is read for a free perimeter, in each of its regions.
func (d Deps) perimeter(w http.ResponseWriter, r *http.Request) error {
	m, err := d.Model(r.Context())
	if err != nil {
		return err
	}
	free, err := territory.FindPerimeter(r.Context(), d.Q, r.PathValue("id"))
	if err != nil {
		return err
	}
	communes, err := territory.MembersOf(r.Context(), d.Q, m.Tree(), free.ID)
	if err != nil {
		return err
	}
	t := free.Territory(m.Tree())
	p := m.OfCommunes(t, communes)
	v := across{Tabs: wording.Tabs(m.Tree(), p, wording.TabObjectives)}
	private := false
	var every []leverCell
	for _, ref := range p.Regions {
		region, err := m.Tree().Region(ref.Code)
		if err != nil {
			return err
		}
		x, err := d.at(r, m, region)
		if err != nil {
			return err
		}
		all, err := objective.ReadPerimeter(r.Context(), d.Q, m, x.cop, free, communes, x.today, x.sees)
		if err != nil {
			return err
		}
		var cells []leverCell
		for _, l := range all.Levers {
			for _, c := range l.Cells {
				if c.Territory.Ref.Code == free.ID {
					cells = append(cells, leverCell{l.LeverClosure, c})
				}
			}
		}
		every = append(every, cells...)
		private = private || slices.ContainsFunc(cells, func(c leverCell) bool { return !public(c.cell) || !public(c.lever.Region) })
		write := policy.Can(x.actor, policy.Create, objective.Thing(x.cop, "", false))
		s := x.leversSection(cells, t.Ref, "du périmètre", write)
		if len(p.Regions) > 1 {
			s.ID += "-" + region.Slug
			s.Table.ID += "-" + region.Slug
			s.Title = "La part qui est en " + region.Name
			s.Lead = append([]string{"Ce périmètre s’étend sur plusieurs régions" + sp + ": chacune ne compte que la part qui est chez elle."}, s.Lead...)
		}
		v.Sections = append(v.Sections, s)
		v.Foot = x.territoryFoot()
		v.Heading.Scope = x.scope()
		if n := overlapNotice(m, all, free.ID); n != nil {
			v.Notices = append(v.Notices, *n)
		}
	}
	if free.Kind != territory.CRTE {
		v.Notices = append(v.Notices, ui.Alert{State: "info", Title: "Ce périmètre n’entre pas dans le bouclage de la région", Text: "Seuls les contrats de transition écologique (CRTE) y sont comptés. Ses parts se lisent ici, à part."})
	}
	v.Notices = append(v.Notices, notices(private)...)
	v.Heading.Overline, v.Heading.Title = "Périmètre ("+free.Kind.Short()+"), objectifs par levier", t.Name+sp+": "+findingOf(every)
	trail := []ui.Link{{Label: "France", Href: "/france/panorama"}, {Label: "Périmètres", Href: "/perimetres"}, {Label: t.Name, Href: t.Path + "/panorama"}, {Label: "Objectifs"}}
	return d.acrossPage(w, r, v, private, trail...)
}

// overlapNotice names the other CRTE that hold communes of one.
func overlapNotice(m *panorama.Model, all objective.Perimeters, id string) *ui.Alert {
	mine := slices.IndexFunc(all.Zones, func(z territory.Zone) bool { return z.ID == id })
	var lines []string
	for i, z := range all.Zones {
		if i == mine || mine < 0 {
			continue
		}
		if both := territory.Common(all.Inside[mine], all.Inside[i]); len(both) > 0 {
			lines = append(lines, z.Name+" ("+wording.Communes(m.Tree(), both, 5)+")")
		}
	}
	if len(lines) == 0 {
		return nil
	}
	return &ui.Alert{State: "info", Title: "Des communes sont aussi dans un autre CRTE", Text: french.List(lines) + ". " + "Leur part se lit dans chacun" + sp + "; le bouclage de la région ne la compte qu’une fois."}
}

// leverCell is a lever of a territory, with the closure that it is of.
type leverCell struct {
	lever objective.LeverClosure
	cell  objective.Cell
}

// findingOf is the title of the objectives of a territory: what they add up to, then
// how much of it the COP has decided.
func findingOf(cells []leverCell) string {
	shared, put := 0, 0
	var sum panorama.Kg
	levers := map[string]bool{}
	for _, c := range cells {
		switch {
		case c.cell.State == objective.Shared:
			shared++
		case c.cell.Objective != nil:
			put++
		}
		if c.cell.Read.Known {
			levers[c.lever.Lever.Code] = true
			sum += c.cell.Read.Kg
		}
	}
	if len(levers) == 0 && put == 0 {
		return "aucun levier n’y a encore de valeur"
	}
	var out []string
	for _, x := range []struct {
		n         int
		one, many string
	}{{shared, "objectif partagé", "objectifs partagés"}, {put, "en discussion", "en discussion"}} {
		if x.n > 0 {
			out = append(out, french.Integer(x.n)+sp+french.Plural(x.n, x.one, x.many))
		}
	}
	head := sum.Less() + " par an sur " + french.Integer(len(levers)) + sp + french.Plural(len(levers), "levier", "leviers")
	if len(out) == 0 {
		return head + ", en parts indicatives"
	}
	return head + ", dont " + strings.Join(out, " et ")
}
