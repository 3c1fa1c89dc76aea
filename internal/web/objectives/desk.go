package objectives

import (
	"errors"
	"math"
	"net/http"
	"strconv"

	"jalon/internal/apperr"
	"jalon/internal/french"
	"jalon/internal/objective"
	"jalon/internal/panorama"
	"jalon/internal/plan"
	"jalon/internal/policy"
	"jalon/internal/territory"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
	"jalon/internal/web/wording"
)

// view is a page of objectives; a page leaves out what it has not.
type view struct {
	Heading  ui.Heading
	Pages    ui.Pages
	Tabs     []ui.Link
	Cycles   []ui.Link // the same page of the other COPs of the region
	Here     string    // address of the page, that of the table when empty
	Done     bool
	Notices  []ui.Alert
	Moved    ui.Table // two versions side by side
	Gauge    ui.Gauge
	Facts    []string
	Steps    []step    // how far a lever is on its way
	Next     next      // what the reader does now
	Top      []section // what is read before the forms
	Intro    string
	Table    ui.Table
	Subjects ui.Table // of biodiversity and resources
	Fold     bool     // folds them, when none is on the table
	Share    shareForm
	Places   []placeGroup
	Sections []section
	Forms    []formView
	Foot     ui.Source
}

// shareForm is what proposes the ticked levers of a table; Action is empty for who
// may not.
type shareForm struct {
	Action string
	All    []string // every pick that is discussed
}

type placeGroup struct {
	Title string
	Links []ui.Link
}

// section is a titled part of a page: words, then a table or a form.
type section struct {
	ID, Title string
	Texts     []string
	Links     []ui.Link
	Table     ui.Table
}

// formView is a form with its own title.
type formView struct {
	ID, Title, Intro, Action, Do, Rev, Subject, Submit string
	Fields                                             []ui.Field
	Secondary, Folded                                  bool
}

func (d Deps) desk(w http.ResponseWriter, r *http.Request) error {
	return d.showDesk(w, r, http.StatusOK, nil, nil)
}

// showDesk draws the table of a place; picked are the levers ticked in a form that
// came back, and wrong is why.
func (d Deps) showDesk(w http.ResponseWriter, r *http.Request, status int, picked map[string]bool, wrong error) error {
	ctx, a := r.Context(), shell.Actor(r)
	x, err := d.which(r)
	if err != nil {
		return err
	}
	places, err := d.places(r, x)
	if err != nil {
		return err
	}
	onTable := x.onTable(a)
	if !onTable {
		if x.place.Ref().Scale != territory.RegionS || len(places) == 0 {
			return policy.Check(a, policy.Read, x.place.Thing(false))
		}
	}
	rows, err := objective.OfTerritory(ctx, d.Q, x.cop.ID, x.place.Ref().String())
	if err != nil {
		return err
	}
	lines := x.place.Lines(rows, onTable)
	g := objective.GaugeOf(lines)
	held, err := objective.Dissents(ctx, d.Q, x.cop.ID, onTable)
	if err != nil {
		return err
	}
	v := view{Heading: ui.Heading{Overline: "Objectifs sur la table", Title: x.name() + nb + ": " + finding(g), Scope: append([]string{"réservé à la COP", "cycle " + x.cop.Cycle}, wording.Scope(x.place.Panorama)...)},
		Tabs: d.tabs(r, x), Here: x.desk(), Gauge: gauge(g), Facts: x.facts(lines, g, onTable), Places: places}
	v.Gauge.ObjectiveWhy = offeredWhy(x)
	v.Notices, v.Moved = shareTrouble(wrong)
	if !onTable {
		v.Notices = append(v.Notices, ui.Alert{State: "info", Title: "Vous lisez ici ce que la région a partagé", Text: "Vos objectifs se discutent à l’échelle de votre département\u00a0: ouvrez sa table.", Links: smallest(places)})
	}
	docs, err := d.documents(r, x)
	if err != nil {
		return err
	}
	people, err := d.names(r, authors(lines)...)
	if err != nil {
		return err
	}
	t := deskTable{x: x, docs: docs, held: held, people: people, picked: picked, decimals: wording.TableDecimals(x.place.Panorama.Total.Kg), share: x.may(a, policy.Propose), link: onTable}
	v.Table = t.table(lines)
	subjects := x.place.SubjectLines(rows, onTable)
	v.Subjects, v.Fold = t.subjects(subjects), nonePut(subjects)
	if t.share {
		v.Share = shareForm{Action: x.base() + "/" + placeWord(x.place.Ref()), All: t.all}
	}
	if onTable {
		if v.Sections, err = d.lists(r, x); err != nil {
			return err
		}
	}
	if onTable {
		v.Next = deskNext(g, t.share, len(t.all))
	}
	v.Foot = ui.Source{Text: "panorama de l’État, juillet 2024" + nb + "; valeurs écrites par la COP, chacune avec son auteur, sa date et sa raison.", Print: true}
	return d.private(w, r, status, x, v)
}

// smallest are the tables of the territories that a reader works for, when they are
// few enough to be named at once.
func smallest(places []placeGroup) (out []ui.Link) {
	for _, g := range places {
		for _, l := range g.Links {
			out = append(out, ui.Link{Label: l.Label, Href: l.Href})
		}
	}
	if len(out) > 5 {
		return []ui.Link{{Label: "Les tables des territoires", Href: "#" + placesID(0)}}
	}
	return out
}

func authors(lines []objective.Line) (ids []string) {
	for _, l := range lines {
		ids = append(ids, l.Objective.By)
	}
	return ids
}

// finding is the title of a table: what remains to be found.
func finding(g objective.Gauge) string {
	rest := g.Rest()
	switch put := g.SharedLevers + g.DiscussedLevers + g.SharingLevers; {
	case put == 0:
		return "aucun objectif n’est encore sur la table"
	case g.Offered <= 0:
		return french.Integer(put) + nb + french.Plural(put, "objectif est sur la table", "objectifs sont sur la table")
	case rest > 0:
		return "il reste à trouver " + rest.Text() + ", soit " + percentText(rest, g.Offered) + " de ce que le panorama propose"
	case rest == 0:
		return "la table compte exactement ce que le panorama propose"
	default:
		return "la table dépasse de " + (-rest).Text() + " ce que le panorama propose"
	}
}

func percentText(part, whole panorama.Kg) string {
	share := float64(part) / float64(whole)
	if share > 0.995 && share < 1 {
		return "plus de 99" + nb + "%"
	}
	return french.Percent(share, 2)
}

// gauge draws the sum of what is on the table against what is offered.
func gauge(g objective.Gauge) ui.Gauge {
	out := ui.Gauge{ID: "jauge", Label: "Somme des objectifs mis sur la table, face à ce que le panorama propose", Assigned: ktText(g.Put), Objective: ktText(g.Offered),
		AssignedAmount: math.Max(0, g.Put.Kt()), ObjectiveAmount: math.Max(0, g.Offered.Kt())}
	switch rest := g.Rest(); {
	case g.Offered <= 0:
		out.Rest = "Le panorama ne propose pas de baisse ici\u00a0: il n’y a pas de reste à trouver."
	case rest > 0:
		out.Rest = "Reste à trouver" + nb + ": " + ktText(rest) + " (" + percentText(rest, g.Offered) + ")"
	case rest == 0:
		out.Rest = "Rien ne reste à trouver."
	default:
		out.Rest = "Au-delà de ce qui est proposé" + nb + ": " + ktText(-rest) + " (" + percentText(-rest, g.Offered) + ")"
	}
	return out
}

// facts say where the levers stand, and what the sum leaves out.
func facts(g objective.Gauge, onTable bool) []string {
	count := func(n int, one, many string) string {
		return french.Integer(n) + nb + french.Plural(n, "levier "+one, "leviers "+many)
	}
	shared := count(g.SharedLevers, "partagé", "partagés")
	if g.SharedLevers > 0 {
		shared += " (" + ktText(g.Shared) + ")"
	}
	out := []string{shared}
	if onTable { // who does not read the table is told nothing of it
		out = append(out, count(g.DiscussedLevers, "discuté", "discutés"))
	}
	if g.SharingLevers > 0 {
		out = append(out, count(g.SharingLevers, "dont le partage attend les deux têtes", "dont le partage attend les deux têtes"))
	}
	out = append(out, count(g.OfferedLevers, "seulement proposé, hors de la somme", "seulement proposés, hors de la somme"))
	if g.Missing > 0 {
		out = append(out, count(g.Missing, "sans valeur proposée ici", "sans valeur proposée ici"))
	}
	if g.Increases > 0 {
		out = append(out, french.Integer(g.Increases)+nb+french.Plural(g.Increases, "objectif laisse", "objectifs laissent")+" monter les émissions"+nb+": la somme en est diminuée")
	}
	return out
}

func ktText(kg panorama.Kg) string {
	if kg == 0 {
		return "0" + nb + wording.Kilotonnes
	}
	return french.Kt(int64(kg), wording.TableDecimals(kg)) + nb + wording.Kilotonnes
}

// documents are what the regional document aims at, by lever: nothing under the
// region, where the desk of plans does not add them up by lever.
func (d Deps) documents(r *http.Request, x where) (map[string]plan.Line, error) {
	if x.place.Ref().Scale != territory.RegionS {
		return nil, nil
	}
	c, err := plan.Read(r.Context(), d.Q, x.model, x.region.Code, nil)
	out := map[string]plan.Line{}
	for _, l := range c.Lines {
		out[l.Line.Lever.Code] = l
	}
	return out, err
}

// places are the territories of the region whose table the reader may open.
func (d Deps) places(r *http.Request, x where) ([]placeGroup, error) {
	a := shell.Actor(r)
	link := func(name string, ref territory.Ref) ui.Link {
		return ui.Link{Label: name, Href: x.base() + "/" + placeWord(ref), Current: ref == x.place.Ref()}
	}
	var out []placeGroup
	may := func(department string) bool {
		return policy.Can(a, policy.Read, objective.Thing(x.cop, department, false))
	}
	if may("") && x.place.Ref().Scale != territory.RegionS {
		out = append(out, placeGroup{"La région", []ui.Link{{Label: x.region.Name, Href: x.base()}}})
	}
	departments := placeGroup{Title: "Les départements, à titre indicatif"}
	for _, dept := range x.model.Tree().Departments() {
		if dept.Region == x.region.Code && may(dept.Code) {
			departments.Links = append(departments.Links, link(dept.Name, territory.Ref{Scale: territory.Department, Code: dept.Code}))
		}
	}
	if len(departments.Links) > 0 && !x.region.Overseas || !may("") && len(departments.Links) > 0 {
		out = append(out, departments)
	}
	if !may("") {
		return out, nil
	}
	free, err := territory.PerimetersTouching(r.Context(), d.Q, x.model.Tree(), x.region.Code)
	if err != nil {
		return nil, err
	}
	perimeters := placeGroup{Title: "Les périmètres (CRTE, PETR, parcs, SCoT), à titre indicatif"}
	for _, p := range free {
		perimeters.Links = append(perimeters.Links, link(p.Name+" ("+p.Kind.Short()+")", territory.Ref{Scale: territory.Perimeter, Code: p.ID}))
	}
	if len(perimeters.Links) > 0 {
		out = append(out, perimeters)
	}
	return out, nil
}

// shareTrouble says why a list was not proposed, with both values of what moved.
func shareTrouble(err error) ([]ui.Alert, ui.Table) {
	if err == nil {
		return nil, ui.Table{}
	}
	notices := []ui.Alert{{State: "warning", Title: "Rien n’a été proposé au partage", Text: apperr.Message(err)}}
	var stale *objective.Stale
	if !errors.As(err, &stale) {
		return notices, ui.Table{}
	}
	t := ui.Table{ID: "change", Caption: "Ce qui a changé depuis que vous avez ouvert la page", Columns: []ui.Column{{Label: "Levier", Wide: true}, {Label: "Sur votre page"}, {Label: "Maintenant"}}}
	for _, m := range stale.Moved {
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: m.Lever}, {Text: m.Was}, {Text: m.Now}}})
	}
	return notices, t
}

// placesID is the anchor of a group of other territories.
func placesID(i int) string { return "territoires-" + strconv.Itoa(i+1) }
