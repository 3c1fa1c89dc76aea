package national

import (
	"net/http"
	"strconv"
	"strings"

	"jalon/internal/apperr"
	"jalon/internal/french"
	"jalon/internal/national"
	"jalon/internal/policy"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
)

type declaredView struct {
	Heading  ui.Heading
	Tabs     []ui.Link
	Done     bool
	Table    ui.Table
	Empty    *ui.Empty
	Versions ui.Table
	Conflict ui.Table
	May      bool
	FormName string
	Action   string
	Rev      string
	Fields   []ui.Field
	Withdraw bool
	Foot     ui.Source
}

// declaredTable sets declared figures apart from counted ones: their own table,
// with who said each and of what.
func declaredTable(list []national.Declared) ui.Table {
	t := ui.Table{ID: "declares", Caption: "Déclaré avant Jalon\u00a0: jamais additionné à ce que Jalon compte", Columns: []ui.Column{{Label: "Chiffre"}, {Label: "Publié"}, {Label: "Au"}, {Label: "Ce qu’il couvre", Wide: true}, {Label: "Source", Wide: true}}}
	for _, x := range list {
		source := ui.Cell{Text: x.Source, Href: x.URL}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: x.Name, Href: "/national/chiffres-declares/" + x.ID}, {Text: x.Text(), Sub: "déclaré"}, {Text: french.Day(x.Day)}, {Text: x.Scope}, source}})
	}
	return t
}

func (d Deps) mayDeclared(r *http.Request) error {
	return policy.Check(shell.Actor(r), policy.Read, policy.Thing{Kind: policy.Metric})
}

func (d Deps) declared(w http.ResponseWriter, r *http.Request) error {
	return d.showDeclared(w, r, http.StatusOK, typed{}, "")
}

// typed is the form as it came.
type typed struct {
	metric, name, value, published, unit, day, scope, source, url, reason string
}

func readTyped(r *http.Request) (t typed, err error) {
	if err := r.ParseForm(); err != nil {
		return t, apperr.New(apperr.Invalid, err, "Le formulaire n’a pas pu être lu. Rechargez la page et recommencez.")
	}
	get := func(name string) string {
		return strings.TrimSpace(strings.ToValidUTF8(strings.ReplaceAll(r.PostForm.Get(name), "\x00", ""), ""))
	}
	return typed{get("metric"), get("name"), get("value"), get("published"), get("unit"), get("day"), get("scope"), get("source"), get("url"), get("reason")}, nil
}

func (t typed) figure() (x national.Declared, wrong string) {
	x = national.Declared{Metric: t.metric, Name: t.name, AsPublished: t.published, Unit: t.unit, Day: t.day, Scope: t.scope, Source: t.source, URL: t.url}
	text := strings.NewReplacer("\u00a0", "", "\u202f", "", " ", "", ",", ".").Replace(t.value)
	var err error
	if x.Value, err = strconv.ParseFloat(text, 64); err != nil {
		return x, "La valeur s’écrit en chiffres, par exemple 3\u202f000."
	}
	return x, ""
}

func typedOf(x national.Declared) typed {
	return typed{metric: x.Metric, name: x.Name, value: strings.ReplaceAll(strconv.FormatFloat(x.Value, 'f', -1, 64), ".", ","), published: x.AsPublished, unit: x.Unit, day: x.Day, scope: x.Scope, source: x.Source, url: x.URL}
}

// fields is the form; what is wrong stands under the field that the sentence is
// about, the first when it is about none.
func (d Deps) fields(t typed, wrong string, change bool) []ui.Field {
	beside := ui.Field{ID: "metric", Label: "À côté de quel indicateur", Type: "select", Options: []ui.Option{{Label: "Aucun"}}}
	for _, m := range d.Room.Registry.Metrics() {
		beside.Options = append(beside.Options, ui.Option{Value: m.Key, Label: m.Name, Selected: m.Key == t.metric})
	}
	out := []ui.Field{
		{ID: "name", Label: "Ce que le chiffre compte", Value: t.name, Required: true},
		{ID: "value", Label: "Valeur", Type: "number", Value: t.value, Required: true, Help: "En chiffres\u00a0: elle sert à comparer, jamais à additionner."},
		{ID: "published", Label: "Tel qu’il est publié", Value: t.published, Required: true, Help: "Par exemple «\u00a0environ 3\u202f000\u00a0», «\u00a0plus de 120\u00a0»."},
		{ID: "unit", Label: "Unité", Value: t.unit, Required: true, Help: "personnes, groupes, %…"},
		{ID: "day", Label: "Date du chiffre", Type: "date", Value: t.day, Required: true},
		{ID: "scope", Label: "Ce qu’il couvre, et ce qu’il laisse de côté", Type: "textarea", Value: t.scope, Required: true},
		{ID: "source", Label: "Source", Value: t.source, Required: true, Help: "Qui l’a publié, où et quand."},
		{ID: "url", Label: "Adresse de la source", Value: t.url, Help: "https://…"},
		beside,
	}
	if change {
		out = append(out, ui.Field{ID: "reason", Label: "Pourquoi ce changement", Value: t.reason, Required: true, Help: "Gardé à côté de l’ancien chiffre."})
	}
	if wrong == "" {
		return out
	}
	at := 0
	for sign, id := range map[string]string{"valeur": "value", "part va": "value", "tel qu’il": "published", "unité": "unit", "Date du": "day", "date est": "day", "couvre": "scope", "publication": "source", "adresse": "url", "indicateur": "metric", "pourquoi": "reason"} {
		if strings.Contains(wrong, sign) {
			for i := range out {
				if out[i].ID == id {
					at = i
				}
			}
		}
	}
	out[at].Error = wrong
	return out
}

func (d Deps) showDeclared(w http.ResponseWriter, r *http.Request, status int, t typed, wrong string) error {
	if err := d.mayDeclared(r); err != nil {
		return err
	}
	a, err := d.read(r)
	if err != nil {
		return err
	}
	list, err := national.DeclaredAt(r.Context(), d.Q, d.Room.Today())
	if err != nil {
		return err
	}
	title := strconv.Itoa(len(list)) + nb + french.Plural(len(list), "chiffre déclaré avant Jalon", "chiffres déclarés avant Jalon") + ", à part de ceux que Jalon compte"
	v := declaredView{Tabs: a.tabs("/chiffres-declares"), Done: r.URL.Query().Get("fait") == "1", Table: declaredTable(list), FormName: "Ajouter un chiffre déclaré", Action: "/national/chiffres-declares",
		May: policy.Can(shell.Actor(r), policy.Create, policy.Thing{Kind: policy.Metric})}
	if len(list) == 0 {
		v.Empty = &ui.Empty{Title: "Aucun chiffre déclaré", Text: "Un chiffre publié avant que Jalon ne compte se saisit ici, une fois, avec sa source."}
	}
	v.Heading = ui.Heading{Overline: "Chiffres déclarés", Title: title, Scope: []string{"saisis une fois, avec leur source et leur date", "jamais additionnés à un chiffre compté"}}
	v.Fields = d.fields(t, wrong, false)
	v.Foot = ui.Source{Text: "publications nommées à chaque ligne.", Print: true}
	return d.Shell.RenderStatus(w, r, status, d.page(r, title, ui.Link{Label: "Chiffres déclarés"}), declaredPage(v))
}

func (d Deps) declare(w http.ResponseWriter, r *http.Request) error {
	if err := d.mayDeclared(r); err != nil {
		return err
	}
	t, err := readTyped(r)
	if err != nil {
		return err
	}
	x, wrong := t.figure()
	if wrong != "" {
		return d.showDeclared(w, r, http.StatusBadRequest, t, wrong)
	}
	if x, err = d.Room.Declare(r.Context(), shell.Actor(r), x); err != nil {
		if kind := apperr.KindOf(err); kind == apperr.Invalid || kind == apperr.Conflict {
			return d.showDeclared(w, r, apperr.Status(err), t, apperr.Message(err))
		}
		return err
	}
	return shell.SeeOther(w, r, "/national/chiffres-declares?fait=1#declares")
}

func (d Deps) declaredOne(w http.ResponseWriter, r *http.Request) error {
	return d.showOne(w, r, http.StatusOK, nil, "")
}

// showOne draws a declared figure with its versions; typed is what came back.
func (d Deps) showOne(w http.ResponseWriter, r *http.Request, status int, came *typed, wrong string) error {
	x, versions, err := national.FindDeclared(r.Context(), d.Q, shell.Actor(r), r.PathValue("id"))
	if err != nil {
		return err
	}
	a, err := d.read(r)
	if err != nil {
		return err
	}
	title := x.Name + nb + ": " + x.Text() + " au " + french.Day(x.Day)
	if x.State == national.Withdrawn {
		title = x.Name + nb + ": chiffre retiré"
	}
	v := declaredView{Tabs: a.tabs("/chiffres-declares"), Done: r.URL.Query().Get("fait") == "1", Table: declaredTable([]national.Declared{x}), FormName: "Remplacer ce chiffre", Action: "/national/chiffres-declares/" + x.ID, Rev: strconv.FormatInt(x.Rev, 10),
		May: policy.Can(shell.Actor(r), policy.Edit, policy.Thing{Kind: policy.Metric}), Withdraw: x.State == national.Current}
	v.Heading = ui.Heading{Overline: "Chiffre déclaré", Title: title, Scope: []string{x.Source, national.NeverSummed}}
	v.Versions = ui.Table{ID: "versions", Caption: "Ses versions, la plus récente d’abord", Columns: []ui.Column{{Label: "Version", Number: true}, {Label: "Publié"}, {Label: "Au"}, {Label: "Enregistrée le"}, {Label: "Raison", Wide: true}}}
	for _, y := range versions {
		text := y.Text()
		if y.State == national.Withdrawn {
			text += ", retiré"
		}
		v.Versions.Rows = append(v.Versions.Rows, ui.Row{Cells: []ui.Cell{{Text: strconv.FormatInt(y.Rev, 10)}, {Text: text}, {Text: french.Day(y.Day)}, {Text: french.Date(y.At)}, {Text: y.Reason}}})
	}
	show := typedOf(x)
	if came != nil {
		show = *came
		if status == http.StatusConflict {
			kept := typedOf(x)
			v.Conflict = ui.Table{ID: "deux-versions", Caption: "Ce qui est enregistré, et ce que vous avez écrit", Columns: []ui.Column{{Label: "Champ"}, {Label: "Enregistré", Wide: true}, {Label: "Le vôtre", Wide: true}}}
			for _, f := range [][3]string{{"Chiffre", kept.name, show.name}, {"Valeur", kept.value, show.value}, {"Tel que publié", kept.published, show.published}, {"Unité", kept.unit, show.unit}, {"Date", kept.day, show.day}, {"Couvre", kept.scope, show.scope}, {"Source", kept.source, show.source}, {"Adresse", kept.url, show.url}} {
				if f[1] != f[2] {
					v.Conflict.Rows = append(v.Conflict.Rows, ui.Row{Cells: []ui.Cell{{Text: f[0]}, {Text: f[1]}, {Text: f[2]}}})
				}
			}
		}
	}
	v.Fields = d.fields(show, wrong, true)
	v.Foot = ui.Source{Text: x.Source + ".", Print: true}
	return d.Shell.RenderStatus(w, r, status, d.page(r, title, ui.Link{Label: "Chiffres déclarés", Href: "/national/chiffres-declares"}, ui.Link{Label: x.Name}), declaredPage(v))
}

func (d Deps) supersede(w http.ResponseWriter, r *http.Request) error {
	if err := d.mayDeclared(r); err != nil {
		return err
	}
	t, err := readTyped(r)
	if err != nil {
		return err
	}
	rev, err := strconv.ParseInt(r.PostForm.Get("rev"), 10, 64)
	if err != nil {
		return apperr.New(apperr.Invalid, err, "Le formulaire est incomplet. Rechargez la page et recommencez.")
	}
	x, wrong := t.figure()
	if wrong != "" {
		return d.showOne(w, r, http.StatusBadRequest, &t, wrong)
	}
	if x.ID = r.PathValue("id"); r.PostForm.Get("do") == "withdraw" {
		x.State = national.Withdrawn
	}
	if _, err := d.Room.Supersede(r.Context(), shell.Actor(r), x, rev, t.reason); err != nil {
		if kind := apperr.KindOf(err); kind == apperr.Invalid || kind == apperr.Conflict {
			return d.showOne(w, r, apperr.Status(err), &t, apperr.Message(err))
		}
		return err
	}
	return shell.SeeOther(w, r, "/national/chiffres-declares/"+x.ID+"?fait=1")
}
