package plans

import (
	"errors"
	"net/http"
	"strconv"
	"strings"

	"jalon/internal/apperr"
	"jalon/internal/exchange"
	"jalon/internal/french"
	"jalon/internal/plan"
	"jalon/internal/policy"
	"jalon/internal/territory"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
)

// deskView is a page where plans are kept: a list, and forms.
type deskView struct {
	Heading   ui.Heading
	Tabs      []ui.Link
	Done      bool
	Conflict  ui.Table
	Import    string // where a file is sent; empty but on the list of plans
	List      ui.Table
	Actions   ui.Table // linked to the plan
	ListTitle string
	Empty     ui.Empty
	Forms     []formView
}

type formView struct {
	ID, Title, Action, Rev, Submit string
	Fields                         []ui.Field
	Withdraw                       bool
}

// region reads the region of an address, for those who write plans of it, or of
// one of its départements: anyone reads the plans, on the public page.
func (d Deps) region(r *http.Request) (territory.Region, error) {
	m, err := d.Model(r.Context())
	if err != nil {
		return territory.Region{}, err
	}
	region, err := m.Tree().RegionBySlug(r.PathValue("slug"))
	if err != nil {
		return region, err
	}
	thing, err := plan.Thing(r.Context(), d.Q, plan.Plan{Region: region.Code})
	if err != nil {
		return region, err
	}
	a := shell.Actor(r)
	may := policy.Can(a, policy.Create, thing)
	for _, x := range m.Tree().Departments() {
		may = may || x.Region == region.Code && policy.Can(a, policy.Create, policy.Thing{Kind: policy.Plan, Department: x.Code})
	}
	if !may {
		return region, apperr.NotFoundf("Cette page n’existe pas, ou elle est réservée à d’autres rôles que les vôtres.")
	}
	return region, nil
}

func base(region territory.Region) string { return "/regions/" + region.Slug + "/bureau/plans" }

func deskTabs(region territory.Region) []ui.Link {
	return []ui.Link{{Label: "La COP", Href: "/regions/" + region.Slug}, {Label: "Bureau", Href: "/regions/" + region.Slug + "/bureau"}, {Label: "Plans", Href: base(region), Current: true}, {Label: "Comparaison", Href: "/regions/" + region.Slug + "/plans"}}
}

func (d Deps) show(w http.ResponseWriter, r *http.Request, status int, region territory.Region, v deskView) error {
	v.Tabs = deskTabs(region)
	v.Done = r.URL.Query().Get("fait") == "1"
	page := d.Shell.Page(r, v.Heading.Title, "", ui.Link{Label: "France", Href: "/france/panorama"}, ui.Link{Label: "Les COP régionales", Href: "/regions"},
		ui.Link{Label: region.Name, Href: "/regions/" + region.Slug}, ui.Link{Label: "Plans", Href: base(region)})
	page.NoIndex, page.Canonical = true, ""
	return d.Shell.RenderStatus(w, r, status, page, deskPage(v))
}

// beside reports whether an error belongs beside a form, which comes back filled.
func beside(err error) bool {
	switch apperr.KindOf(err) {
	case apperr.Invalid, apperr.Forbidden, apperr.Conflict:
		return true
	}
	return false
}

// get reads a field as text that a database takes.
func get(r *http.Request, name string) string {
	return strings.TrimSpace(strings.ToValidUTF8(strings.ReplaceAll(r.PostForm.Get(name), "\x00", ""), ""))
}

// wrongIn puts the message of an error beside its field, the first one when it
// is about the whole.
func wrongIn(fields []ui.Field, err error) {
	if err == nil {
		return
	}
	at := fields[0].ID
	var f *plan.Fault
	if errors.As(err, &f) {
		at = f.Field
	}
	for i := range fields {
		if fields[i].ID == at {
			fields[i].Error = apperr.Message(err)
			return
		}
	}
	fields[0].Error = apperr.Message(err)
}

func choose(id, label, value string, options [][2]string) ui.Field {
	f := ui.Field{ID: id, Label: label, Type: "select", Required: true}
	for _, o := range options {
		f.Options = append(f.Options, ui.Option{Value: o[0], Label: o[1], Selected: o[0] == value})
	}
	return f
}

// typedPlan is a plan as a form gives it, numbers still text.
type typedPlan struct {
	plan.Plan
	from, to string
}

func planFields(t typedPlan, fixed bool) []ui.Field {
	kinds := [][2]string{}
	for _, k := range plan.Kinds() {
		kinds = append(kinds, [2]string{string(k), k.Name() + " – " + k.Long()})
	}
	states := [][2]string{}
	for _, s := range []plan.State{plan.InForce, plan.Revising, plan.Drafted, plan.Ended} {
		states = append(states, [2]string{string(s), s.Name()})
	}
	fields := []ui.Field{choose("kind", "Type de plan", string(t.Kind), kinds), {ID: "name", Label: "Nom du plan", Required: true, Value: t.Name, Help: "Tel que ses auteurs l’appellent."}}
	if !fixed {
		fields = append(fields, ui.Field{ID: "territory", Label: "Territoire", Required: true, Value: t.Territory, Help: "Le SIREN d’une intercommunalité, ou une référence comme region:44, perimeter:…"})
	}
	return append(fields, choose("state", "Statut", string(t.State), states),
		ui.Field{ID: "adopted", Label: "Adopté le", Type: "date", Value: t.Adopted},
		ui.Field{ID: "from", Label: "Première année", Value: t.from, Help: "Par exemple 2020."}, ui.Field{ID: "to", Label: "Dernière année", Value: t.to},
		ui.Field{ID: "link", Label: "Lien vers le document", Value: t.Link, Help: "La page de la Région, de Territoires en transitions ou de l’observatoire des PCAET."},
		ui.Field{ID: "source", Label: "Source", Required: true, Value: t.Source, Help: "Qui le dit\u00a0: la délibération, le document, la page lue."})
}

// readPlan reads the form of a plan; what is not a number is beside its field.
func readPlan(r *http.Request) (t typedPlan, err error) {
	t = typedPlan{Plan: plan.Plan{Kind: plan.Kind(get(r, "kind")), Name: get(r, "name"), Territory: get(r, "territory"), State: plan.State(get(r, "state")), Adopted: get(r, "adopted"),
		Link: get(r, "link"), Source: get(r, "source")}, from: get(r, "from"), to: get(r, "to")}
	for _, x := range []struct {
		text, field string
		to          *int
	}{{t.from, "from", &t.From}, {t.to, "to", &t.To}} {
		if x.text == "" {
			continue
		}
		if *x.to, err = strconv.Atoi(x.text); err != nil {
			return t, &plan.Fault{Field: x.field, Message: "Écrivez une année en quatre chiffres, ou laissez vide."}
		}
	}
	if t.Source == "" {
		return t, &plan.Fault{Field: "source", Message: "Dites d’où vient ce que vous savez de ce plan."}
	}
	return t, nil
}

func (d Deps) desk(w http.ResponseWriter, r *http.Request) error {
	return d.showDesk(w, r, http.StatusOK, typedPlan{Plan: plan.Plan{State: plan.InForce}}, nil)
}

func (d Deps) showDesk(w http.ResponseWriter, r *http.Request, status int, t typedPlan, wrong error) error {
	region, err := d.region(r)
	if err != nil {
		return err
	}
	plans, err := plan.OfRegion(r.Context(), d.Q, region.Code)
	if err != nil {
		return err
	}
	v := deskView{Import: base(region) + "/import", Heading: ui.Heading{Overline: "Plans", Title: region.Name + nb + ": " + french.Integer(len(plans)) + nb + french.Plural(len(plans), "plan enregistré", "plans enregistrés"), Scope: []string{"réservé à l’équipe"}},
		List: planTable(plans), ListTitle: "Les plans de la région et de ses territoires",
		Empty: ui.Empty{Title: "Aucun plan n’est encore enregistré", Text: "Commencez par le document de la Région, puis les plans climat en vigueur."}}
	for i, p := range plans {
		v.List.Rows[i].Cells[0].Href = base(region) + "/" + p.ID
	}
	fields := planFields(t, false)
	wrongIn(fields, wrong)
	v.Forms = []formView{{ID: "ajouter", Title: "Ajouter un plan", Action: base(region), Submit: "Ajouter le plan", Fields: fields}}
	return d.show(w, r, status, region, v)
}

func (d Deps) add(w http.ResponseWriter, r *http.Request) error {
	if err := shell.ReadForm(r); err != nil {
		return err
	}
	region, err := d.region(r)
	if err != nil {
		return err
	}
	t, err := readPlan(r)
	if err == nil {
		err = d.locate(r, region, &t.Plan)
	}
	var p plan.Plan
	if err == nil {
		p, err = d.Room.Add(r.Context(), d.Q, shell.Actor(r), t.Plan)
	}
	if err != nil && beside(err) {
		return d.showDesk(w, r, apperr.Status(err), t, err)
	}
	if err != nil {
		return err
	}
	return shell.SeeOther(w, r, base(region)+"/"+p.ID+"?fait=1")
}

// locate reads the territory of a new plan, which must be one of the region.
func (d Deps) locate(r *http.Request, region territory.Region, p *plan.Plan) error {
	m, err := d.Model(r.Context())
	if err != nil {
		return err
	}
	if len(p.Territory) == 9 && !strings.Contains(p.Territory, ":") {
		if _, err := m.Tree().EPCI(p.Territory); err == nil {
			p.Territory = "epci:" + p.Territory
		} else {
			p.Territory = "ept:" + p.Territory
		}
	}
	ref, err := territory.ParseRef(p.Territory)
	if err != nil {
		return &plan.Fault{Field: "territory", Message: "Écrivez le SIREN d’une intercommunalité, ou une référence comme region:" + region.Code + "."}
	}
	if p.Region, p.Department, err = plan.Place(r.Context(), d.Q, m.Tree())(ref); err != nil {
		return &plan.Fault{Field: "territory", Message: "Ce territoire ou ce périmètre n’existe pas\u00a0: " + p.Territory + "."}
	}
	if p.Region != region.Code {
		return &plan.Fault{Field: "territory", Message: "Ce territoire est d’une autre région\u00a0: c’est à elle d’enregistrer son plan."}
	}
	return nil
}

// find reads the plan of an address, which must be of its region.
func (d Deps) find(r *http.Request) (territory.Region, plan.Plan, error) {
	region, err := d.region(r)
	if err != nil {
		return region, plan.Plan{}, err
	}
	p, err := plan.Find(r.Context(), d.Q, r.PathValue("id"))
	if err == nil && p.Region != region.Code {
		err = apperr.NotFoundf("Ce plan n’est pas de cette région.")
	}
	return region, p, err
}

func (d Deps) one(w http.ResponseWriter, r *http.Request) error {
	region, p, err := d.find(r)
	if err != nil {
		return err
	}
	return d.showOne(w, r, http.StatusOK, region, p, nil, nil, nil)
}

// showOne draws a plan and what it aims at: typed and aim are forms that came
// back.
func (d Deps) showOne(w http.ResponseWriter, r *http.Request, status int, region territory.Region, p plan.Plan, typed *typedPlan, aim *typedAim, wrong error) error {
	ctx := r.Context()
	aims, err := plan.ObjectivesOf(ctx, d.Q, p.ID)
	if err != nil {
		return err
	}
	m, err := d.Model(ctx)
	if err != nil {
		return err
	}
	here := base(region) + "/" + p.ID
	v := deskView{Heading: ui.Heading{Overline: p.Kind.Name(), Title: p.Name + nb + ": " + french.Integer(len(aims)) + nb + french.Plural(len(aims), "objectif", "objectifs"), Scope: []string{p.Kind.Long(), p.State.Name()}},
		ListTitle: "Ce que vise ce plan", Empty: ui.Empty{Title: "Aucun objectif n’est encore saisi", Text: "Relevez dans le document ce qu’il vise pour chaque levier, avec la page."}}
	v.List = ui.Table{ID: "objectifs", Caption: "Les objectifs de ce plan", Columns: []ui.Column{{Label: "Levier ou indicateur", Wide: true}, {Label: "Départ"}, {Label: "Visé"}, {Label: "Mesure"}, {Label: "Page"}}}
	for _, o := range aims {
		name := o.Indicator
		if l, err := m.Framework().Lever(o.Lever); err == nil {
			name = l.Name
		}
		start := ui.Cell{Missing: o.Base.Reason}
		if o.Base.Known {
			start = ui.Cell{Text: plan.Exact(o.Base.V) + nb + o.Unit, Sub: strconv.Itoa(o.BaseYear)}
		}
		v.List.Rows = append(v.List.Rows, ui.Row{Cells: []ui.Cell{{Text: name, Href: here + "?objectif=" + o.ID + "#objectif"}, start, {Text: strings.TrimSpace(o.Written) + nb + o.Unit, Sub: strconv.Itoa(o.TargetYear)}, {Text: measure(o.Gain)}, {Text: o.Page}}})
	}
	kept := typedPlan{Plan: p, from: yearText(p.From), to: yearText(p.To)}
	shown := kept
	if typed != nil {
		shown = *typed
	}
	fields := planFields(shown, true)
	if typed != nil {
		wrongIn(fields, wrong)
		if status == http.StatusConflict {
			v.Conflict = ui.TwoVersions(planFields(kept, true), fields)
		}
	}
	edit := formView{ID: "plan", Title: "Ce qu’est ce plan", Action: here, Rev: strconv.FormatInt(p.Rev, 10), Submit: "Enregistrer", Fields: fields}
	aimForm, err := d.aimForm(r, m.Framework(), here, aims, aim, wrong)
	if err != nil {
		return err
	}
	v.Forms = []formView{aimForm, edit}
	if v.Actions, err = d.actions(ctx, shell.Actor(r), m.Framework(), p); err != nil {
		return err
	}
	return d.show(w, r, status, region, v)
}

func measure(gain bool) string {
	if gain {
		return "gain depuis l’année de départ"
	}
	return "niveau atteint"
}

func yearText(y int) string {
	if y == 0 {
		return ""
	}
	return strconv.Itoa(y)
}

func (d Deps) save(w http.ResponseWriter, r *http.Request) error {
	if err := shell.ReadForm(r); err != nil {
		return err
	}
	region, p, err := d.find(r)
	if err != nil {
		return err
	}
	t, err := readPlan(r)
	t.ID, t.Territory, t.Region, t.Department = p.ID, p.Territory, p.Region, p.Department
	if err == nil {
		if t.Rev, err = strconv.ParseInt(get(r, "rev"), 10, 64); err != nil {
			return apperr.New(apperr.Invalid, err, "Le formulaire est incomplet. Rechargez la page et recommencez.")
		}
		_, err = d.Room.Save(r.Context(), d.Q, shell.Actor(r), t.Plan, "saisie")
	}
	if err != nil && beside(err) {
		return d.showOne(w, r, apperr.Status(err), region, p, &t, nil, err)
	}
	if err != nil {
		return err
	}
	return shell.SeeOther(w, r, base(region)+"/"+p.ID+"?fait=1")
}

// number reads a number as people write it.
func number(text string) (float64, error) { return exchange.ParseNumber(text, exchange.CommaDecimal) }
