package cops

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/french"
	"jalon/internal/policy"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
)

// blankLines is how many empty lines each list of a template offers: saving
// gives as many again.
const blankLines = 3

// templateLine is a line of a list of a template as a form holds it.
type templateLine struct {
	N                       int
	Stage, Code, Name, Help string
	Proof                   string
	Remove                  bool
}

// templateList is one list of a template: the checklist, the grid, the
// questionnaires.
type templateList struct {
	Key, Title, Help string
	Staged           bool // each line belongs to a stage
	Lines            []templateLine
}

// editor is a template as a form.
type editor struct {
	Stages, Themes ui.Field
	Lists          []templateList
	Error          string
}

// templateView is the template that a COP follows, beside the one it came from.
type templateView struct {
	workView
	Editor    editor
	Rev       string
	Own       bool
	From      string // whose model it is compared with: «du cycle 2026», «de la région»
	Different ui.Table
	Versions  ui.Table
	MayEdit   bool
	MayReset  bool
	Moved     ui.Table // what somebody else saved meanwhile
}

// lists names the lists of a template in the order of the page.
func lists(t cop.Template) []templateList {
	out := []templateList{
		{Key: "check", Title: "Liste des points à vérifier", Help: "Ce que l’équipe a à faire à chaque étape.", Staged: true},
		{Key: "grid", Title: "Grille de l’action COP", Help: "Les critères qui font qu’une action est une action COP."},
		{Key: "questionnaire", Title: "Questionnaires", Help: "Ce que la COP demande, et à quelle étape.", Staged: true},
	}
	for i, items := range [][]cop.Item{t.Checklist, t.Grid, t.Questionnaires} {
		for _, x := range items {
			out[i].Lines = append(out[i].Lines, templateLine{N: len(out[i].Lines), Stage: string(x.Stage), Code: x.Code, Name: x.Name, Help: x.Help, Proof: x.Proof})
		}
		for range blankLines {
			out[i].Lines = append(out[i].Lines, templateLine{N: len(out[i].Lines)})
		}
	}
	return out
}

func (d Deps) editorOf(r *http.Request, t cop.Template, wrong string) (editor, error) {
	e := editor{Lists: lists(t), Error: wrong}
	e.Stages = ui.Field{ID: "stages", Name: "stages", Label: "Étapes", Type: "checkbox"}
	for _, s := range cop.Stages() {
		e.Stages.Options = append(e.Stages.Options, ui.Option{Value: string(s), Label: s.Name(), Selected: slices.Contains(t.Stages, s)})
	}
	m, err := d.Model(r.Context())
	if err != nil {
		return e, err
	}
	e.Themes = ui.Field{ID: "themes", Name: "themes", Label: "Thématiques", Type: "checkbox"}
	for _, x := range m.Framework().Themes() {
		e.Themes.Options = append(e.Themes.Options, ui.Option{Value: string(x.Code), Label: x.Name, Selected: slices.Contains(t.Themes, string(x.Code))})
	}
	return e, nil
}

// maxLines bounds what is read of a form; the room bounds what is kept.
const maxLines = 400

// typedTemplate reads a template from its form: a line without a name, or whose
// box «retirer» is ticked, is left out; a new line is given a code.
func typedTemplate(f url.Values) (t cop.Template) {
	for _, s := range cop.Stages() {
		if slices.Contains(f["stages"], string(s)) {
			t.Stages = append(t.Stages, s)
		}
	}
	for _, code := range f["themes"] {
		if !slices.Contains(t.Themes, code) {
			t.Themes = append(t.Themes, code)
		}
	}
	t.Checklist, t.Grid, t.Questionnaires = typedItems(f, "check", true), typedItems(f, "grid", false), typedItems(f, "questionnaire", true)
	slices.SortStableFunc(t.Checklist, func(a, b cop.Item) int {
		return slices.Index(cop.Stages(), a.Stage) - slices.Index(cop.Stages(), b.Stage)
	})
	return t
}

func typedItems(f url.Values, list string, staged bool) (out []cop.Item) {
	taken := map[string]bool{}
	for n := range maxLines {
		get := func(field string) string { return strings.TrimSpace(f.Get(list + "-" + strconv.Itoa(n) + "-" + field)) }
		x := cop.Item{Code: get("code"), Name: get("name"), Help: get("help"), Proof: get("proof")}
		if x.Name == "" || get("remove") == "1" {
			continue
		}
		if staged {
			x.Stage = cop.Stage(get("stage"))
		}
		if x.Code == "" {
			x.Code, x.Proof = codeOf(x.Name), ""
			for base, i := x.Code, 2; taken[x.Code] || codeUsed(f, list, x.Code); i++ {
				x.Code = base + "-" + strconv.Itoa(i)
			}
		}
		taken[x.Code] = true
		out = append(out, x)
	}
	return out
}

func codeUsed(f url.Values, list, code string) bool {
	for n := range maxLines {
		if f.Get(list+"-"+strconv.Itoa(n)+"-code") == code {
			return true
		}
	}
	return false
}

// codeOf makes a code of the words of a name.
func codeOf(name string) string {
	words := strings.FieldsFunc(french.Fold(name), func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') })
	code := strings.Join(words[:min(len(words), 4)], "-")
	if code == "" {
		return "point"
	}
	return code
}

func differenceTable(id, caption string, all []cop.Difference, themes map[string]string) ui.Table {
	t := ui.Table{ID: id, Caption: caption, Columns: []ui.Column{{Label: "Partie"}, {Label: "Ce qui change"}, {Label: "Quoi", Wide: true}, {Label: "Avant", Wide: true}}}
	for _, x := range all {
		name := x.Name
		if x.Part == "thématiques" && themes[name] != "" {
			name = themes[name]
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: x.Part}, {Text: x.What}, {Text: name}, {Text: x.Was}}})
	}
	return t
}

func versionTable(all []cop.VersionOf[cop.Template], name func(string) string) ui.Table {
	t := ui.Table{ID: "versions", Caption: "Les versions du modèle, de la plus récente à la première", Columns: []ui.Column{{Label: "Version"}, {Label: "Le"}, {Label: "Par"}, {Label: "Pourquoi", Wide: true},
		{Label: "Points", Number: true}, {Label: "Critères", Number: true}, {Label: "Questionnaires", Number: true}}}
	for _, v := range all {
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: french.Integer(v.Rev)}, {Text: french.Date(v.At)}, {Text: name(v.By)}, {Text: v.Reason},
			{Text: french.Integer(len(v.Body.Checklist))}, {Text: french.Integer(len(v.Body.Grid))}, {Text: french.Integer(len(v.Body.Questionnaires))}}})
	}
	return t
}

func (d Deps) template(w http.ResponseWriter, r *http.Request) error {
	return d.showTemplate(w, r, http.StatusOK, nil, "")
}

// showTemplate draws the template of a COP; typed is what came back from its
// form.
func (d Deps) showTemplate(w http.ResponseWriter, r *http.Request, status int, typed *cop.Template, wrong string) error {
	c, where, err := d.find(r)
	if err != nil {
		return err
	}
	own, err := cop.TemplateOf(r.Context(), d.Q, c)
	if err != nil {
		return err
	}
	base, err := cop.BaseTemplate(r.Context(), d.Q, c)
	if err != nil {
		return err
	}
	themes, _, err := d.words(r, c)
	if err != nil {
		return err
	}
	show := own.Template
	if typed != nil {
		show = *typed
	}
	v := templateView{Own: own.Own, Rev: strconv.FormatInt(own.Rev, 10), MayEdit: policy.Can(shell.Actor(r), policy.Edit, c.Thing(policy.COP)), From: "national"}
	if c.Parent != "" {
		v.From = "que suit la région"
	}
	title := "le modèle national, tel quel"
	changed := cop.Differences(base.Template, own.Template)
	if own.Own {
		title = french.Integer(len(changed)) + nb + french.Plural(len(changed), "écart", "écarts") + " avec le modèle " + v.From
	} else if c.Parent != "" {
		title = "le modèle de la région, tel quel"
	}
	v.MayReset = v.MayEdit && own.Own && len(changed) > 0
	v.workView = workView{Heading: ui.Heading{Overline: "Modèle", Title: where + nb + ": " + title, Scope: []string{"cycle " + c.Cycle}}, Tabs: tabs(r, c, "/bureau/modele"), Done: r.URL.Query().Get("fait") == "1", Action: c.Path() + "/bureau/modele"}
	if v.Editor, err = d.editorOf(r, show, wrong); err != nil {
		return err
	}
	v.Different = differenceTable("ecarts", "Ce que la COP change au modèle "+v.From, changed, themes)
	if status == http.StatusConflict && typed != nil {
		v.Moved = differenceTable("deux-versions", "De ce qui est enregistré à ce que vous avez écrit", cop.Differences(own.Template, show), themes)
	}
	all, err := cop.TemplateVersions(r.Context(), d.Q, c)
	if err != nil {
		return err
	}
	people, err := d.names(r, c)
	if err != nil {
		return err
	}
	for _, one := range all {
		if err := d.know(r, people, one.By); err != nil {
			return err
		}
	}
	v.Versions = versionTable(all, func(id string) string { return whoIs(people, id) })
	return d.private(w, r, status, v.Heading, templatePage(v), trail(c, where, ui.Link{Label: "Modèle"})...)
}

func (d Deps) saveTemplate(w http.ResponseWriter, r *http.Request) error {
	if err := form(r); err != nil {
		return err
	}
	c, _, err := d.find(r)
	if err != nil {
		return err
	}
	rev, err := revOf(r)
	if err != nil {
		return err
	}
	a := shell.Actor(r)
	if r.PostForm.Get("do") == "reset" {
		if err := d.Room.ResetTemplate(r.Context(), a, c.ID, rev); err != nil {
			if beside(err) {
				return d.showTemplate(w, r, apperr.Status(err), nil, apperr.Message(err))
			}
			return err
		}
		return shell.SeeOther(w, r, c.Path()+"/bureau/modele?fait=1")
	}
	t := typedTemplate(r.PostForm)
	if err := d.Room.SaveTemplate(r.Context(), a, c.ID, rev, t, strings.TrimSpace(r.PostForm.Get("reason"))); err != nil {
		if beside(err) {
			return d.showTemplate(w, r, apperr.Status(err), &t, apperr.Message(err))
		}
		return err
	}
	return shell.SeeOther(w, r, c.Path()+"/bureau/modele?fait=1")
}
