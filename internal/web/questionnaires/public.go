package questionnaires

import (
	"net/http"
	"strconv"
	"strings"

	"jalon/internal/apperr"
	"jalon/internal/french"
	"jalon/internal/panorama"
	"jalon/internal/questionnaire"
	"jalon/internal/survey"
	"jalon/internal/web/ui"
)

// partView is a section as anyone reads what it asks.
type partView struct {
	ID, Title, Help string
	About           []string
	Rows            ui.Table
	Questions       []askView
}

type askView struct{ Label, About, Help string }

func publicTrail(last ...ui.Link) []ui.Link {
	return append([]ui.Link{{Label: "France", Href: "/france/panorama"}, {Label: "Questionnaires", Href: "/questionnaires"}}, last...)
}

func of(m *panorama.Model, region string) string {
	if region == "" {
		return "modèle national"
	}
	if x, err := m.Tree().Region(region); err == nil {
		return "variante " + x.Name
	}
	return "variante régionale"
}

// list names what is asked, the national template first.
func (d Deps) list(w http.ResponseWriter, r *http.Request) error {
	m, err := d.Model(r.Context())
	if err != nil {
		return err
	}
	all, err := survey.Published(r.Context(), d.Q)
	if err != nil {
		return err
	}
	v := view{Heading: ui.Heading{Overline: "Questionnaires", Title: "Ce que les COP demandent aux collectivités", Scope: []string{"modèle national et variantes des régions", "chaque version reste lisible"},
		Lead: "Chaque collectivité d’une région répond une fois au questionnaire de sa COP. Toutes les régions partent du même modèle\u00a0; une région qui l’adapte dit ce qu’elle a changé."},
		Empty: ui.Empty{Title: "Aucun questionnaire n’est encore publié", Text: "Le modèle national paraîtra ici dès sa publication."},
		Links: []ui.Link{{Label: "Le schéma du document (JSON Schema)", Href: "/questionnaire.schema.json"}},
		Foot:  ui.Source{Text: "questionnaires publiés dans Jalon. Les échelles et les actions types sont notre proposition.", Print: true}}
	t := ui.Table{ID: "questionnaires", Caption: "Les questionnaires publiés", Columns: []ui.Column{{Label: "Questionnaire", Wide: true}, {Label: "De qui"}, {Label: "Version", Number: true}, {Label: "Publiée le"}}}
	for _, x := range all {
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: x.Title, Href: "/questionnaires/" + x.Code}, {Text: of(m, x.Region)}, {Text: number(x.Version)}, {Text: french.Date(x.At)}}})
	}
	if len(t.Rows) > 0 {
		v.Empty = ui.Empty{}
		v.Tables = []titled{{ID: "liste", Title: "Les questionnaires", Table: t}}
	}
	return d.show(w, r, http.StatusOK, v, false, publicTrail()...)
}

// asked is a published version of an address: the last one unless it says which.
func (d Deps) asked(r *http.Request, code string) (x survey.Questionnaire, version int64, f questionnaire.Form, err error) {
	if x, err = survey.FindQuestionnaire(r.Context(), d.Q, code); err != nil {
		return x, 0, f, err
	}
	version = x.Version
	if text := r.URL.Query().Get("version"); text != "" {
		if version, err = strconv.ParseInt(text, 10, 64); err != nil {
			return x, 0, f, apperr.NotFoundf("Cette version du questionnaire n’existe pas.")
		}
	}
	if x.Version == 0 {
		return x, 0, f, apperr.NotFoundf("Ce questionnaire n’est pas encore publié.")
	}
	f, err = survey.FormAt(r.Context(), d.Q, code, version)
	return x, version, f, err
}

// read shows what is asked of a kind of authority, or its document.
func (d Deps) read(w http.ResponseWriter, r *http.Request) error {
	if code, ok := strings.CutSuffix(r.PathValue("code"), ".json"); ok {
		_, version, f, err := d.asked(r, code)
		if err != nil {
			return err
		}
		return document(w, f, code+"-v"+number(version)+".json")
	}
	m, err := d.Model(r.Context())
	if err != nil {
		return err
	}
	x, version, f, err := d.asked(r, r.PathValue("code"))
	if err != nil {
		return err
	}
	versions, err := survey.FormVersions(r.Context(), d.Q, x.Code)
	if err != nil {
		return err
	}
	kind := kindOf(r.URL.Query().Get("type"))
	here, suffix := "/questionnaires/"+x.Code, ""
	if version != x.Version {
		suffix = "version=" + number(version)
	}
	path := f
	if kind != "" {
		path = f.Path(kind)
	}
	v := view{Heading: ui.Heading{Overline: "Questionnaire", Title: f.Title, Scope: []string{of(m, x.Region), "version " + number(version), french.Integer(path.Rows()) + nb + "lignes"}},
		Switch: "Ce qui est demandé à", Switches: kindLinks(here, suffix, kind), Intro: f.Intro,
		Foot: ui.Source{Text: "version " + number(version) + " du questionnaire. Échelles et actions types\u00a0: notre proposition.", Downloads: []ui.Link{{Label: "Le document", Href: here + ".json?version=" + number(version), Note: "JSON"}, {Label: "Son schéma", Href: "/questionnaire.schema.json", Note: "JSON Schema"}}, Print: true}}
	if x.Region == "" {
		v.Foot.Sources = []ui.Link{{Label: "Écrire ce modèle (réservé à l’équipe nationale)", Href: "/national/questionnaires/" + x.Code}}
	} else if region, err := m.Tree().Region(x.Region); err == nil {
		v.Foot.Sources = []ui.Link{{Label: "Écrire cette variante (réservé à l’équipe de la région)", Href: "/regions/" + region.Slug + "/bureau/questionnaire/modele"}}
	}
	if kind != "" {
		least, most := path.Duration()
		v.Heading.Scope = append(v.Heading.Scope, kind.Name(), "environ "+strconv.Itoa(least)+nb+"min, "+strconv.Itoa(most)+nb+"min avec tout ce qui est facultatif")
	}
	if version != x.Version {
		v.Notices = append(v.Notices, ui.Alert{State: "info", Title: "Une version plus récente est publiée", Links: []ui.Link{{Label: "Lire la version " + number(x.Version), Href: here}}})
	}
	for _, s := range path.Sections {
		v.Parts = append(v.Parts, part(m, path, s, kind == ""))
	}
	if f.Base != nil && len(f.Base.Changes) > 0 {
		t := ui.Table{ID: "changements", Caption: "Par rapport au modèle national, version " + strconv.Itoa(f.Base.Version), Columns: []ui.Column{{Label: "Ce qui change", Wide: true}}}
		for _, c := range f.Base.Changes {
			t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: c}}})
		}
		v.Tables = append(v.Tables, titled{ID: "variante", Title: "Ce que la région a changé", Table: t})
	}
	v.Tables = append(v.Tables, scales(f), titled{ID: "versions", Title: "Ses versions", Table: versionTable(here, versions)})
	return d.show(w, r, http.StatusOK, v, false, publicTrail(ui.Link{Label: f.Title})...)
}

func kindLinks(here, suffix string, kind questionnaire.Kind) []ui.Link {
	address := func(k string) string {
		q := suffix
		if k != "" {
			q = strings.TrimSuffix("type="+k+"&"+suffix, "&")
		}
		if q == "" {
			return here
		}
		return here + "?" + q
	}
	out := []ui.Link{{Label: "Tout", Href: address(""), Current: kind == ""}}
	for _, k := range questionnaire.Kinds() {
		out = append(out, ui.Link{Label: capital(k.Name()), Href: address(string(k)), Current: k == kind})
	}
	return out
}

func capital(s string) string {
	r := []rune(s)
	return strings.ToUpper(string(r[:1])) + string(r[1:])
}

func versionTable(here string, versions []survey.FormVersion) ui.Table {
	t := ui.Table{ID: "versions-table", Caption: "Les versions publiées, la dernière d’abord", Columns: []ui.Column{{Label: "Version"}, {Label: "Publiée le"}, {Label: "Pourquoi", Wide: true}, {Label: "Ce qui change"}}}
	for i, v := range versions {
		change := ui.Cell{Missing: "c’est la première version"}
		if i+1 < len(versions) {
			pair := number(versions[i+1].Version) + ".." + number(v.Version)
			change = ui.Cell{Text: "comparer à la version " + number(versions[i+1].Version), Href: here + "/versions/" + pair}
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: "version " + number(v.Version), Href: here + "?version=" + number(v.Version)}, {Text: french.Date(v.At)}, {Text: v.Reason}, change}})
	}
	return t
}

func scales(f questionnaire.Form) titled {
	t := ui.Table{ID: "echelles-table", Caption: "Les réponses possibles d’une grille", Columns: []ui.Column{{Label: "Échelle"}, {Label: "Réponses, dans l’ordre", Wide: true}}}
	for _, s := range f.Scales {
		var words []string
		for _, o := range s.Options {
			words = append(words, o.Label)
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: s.Label, Sub: s.Help}, {Text: strings.Join(words, " · ")}}})
	}
	return titled{ID: "echelles", Title: "Les échelles", Lead: "Elles sont notre proposition, et se règlent.", Table: t}
}

// part says what a section asks.
func part(m *panorama.Model, f questionnaire.Form, s questionnaire.Section, kinds bool) partView {
	p := partView{ID: s.ID, Title: s.Title, Help: s.Help}
	if l, err := m.Framework().Lever(s.Lever); err == nil {
		p.About = append(p.About, "levier\u00a0: "+l.Name)
	}
	if s.Skippable {
		p.About = append(p.About, "se passe d’un geste, «\u00a0pas notre compétence\u00a0»")
	}
	if kinds && len(s.For) > 0 {
		p.About = append(p.About, "posée à "+names(s.For))
	}
	if text := f.Words(s.When); text != "" {
		p.About = append(p.About, text)
	}
	p.Rows = ui.Table{ID: "lignes-" + s.ID, Caption: "Actions à évaluer\u00a0: " + s.Title, CaptionHidden: true, Columns: []ui.Column{{Label: "Action", Wide: true}, {Label: "Nature"}}}
	if kinds {
		p.Rows.Columns = append(p.Rows.Columns, ui.Column{Label: "Posée à"})
	}
	for _, q := range s.Questions {
		for _, row := range q.Rows {
			cells := []ui.Cell{{Text: row.Label, Sub: row.Help}, {Text: row.Step.Name()}}
			if kinds {
				cells = append(cells, ui.Cell{Text: names(row.For)})
			}
			p.Rows.Rows = append(p.Rows.Rows, ui.Row{Cells: cells})
		}
		if q.Type == questionnaire.Matrix {
			continue
		}
		p.Questions = append(p.Questions, ask(f, q, kinds))
	}
	return p
}

func ask(f questionnaire.Form, q questionnaire.Question, kinds bool) askView {
	about := []string{q.Type.Name()}
	if q.Unit != "" {
		about[0] += " (" + q.Unit + ")"
	}
	if len(q.Options) > 0 {
		var words []string
		for _, o := range q.Options {
			words = append(words, o.Label)
		}
		about = append(about, strings.Join(words, ", "))
	}
	if q.Required {
		about = append(about, "réponse attendue")
	}
	if kinds && len(q.For) > 0 {
		about = append(about, "posée à "+names(q.For))
	}
	if text := f.Words(q.When); text != "" {
		about = append(about, text)
	}
	return askView{Label: q.Label, About: strings.Join(about, " · "), Help: q.Help}
}

func names(kinds []questionnaire.Kind) string {
	if len(kinds) == 0 || len(kinds) == len(questionnaire.Kinds()) {
		return "toutes"
	}
	var out []string
	for _, k := range questionnaire.Kinds() {
		for _, x := range kinds {
			if x == k {
				out = append(out, k.Name())
			}
		}
	}
	return strings.Join(out, ", ")
}

// diff says what changed between two published versions.
func (d Deps) diff(w http.ResponseWriter, r *http.Request) error {
	from, to, ok := strings.Cut(r.PathValue("pair"), "..")
	a, err := strconv.ParseInt(from, 10, 64)
	b, err2 := strconv.ParseInt(to, 10, 64)
	if !ok || err != nil || err2 != nil {
		return apperr.NotFoundf("Cette adresse compare deux versions, comme 1..2.")
	}
	code := r.PathValue("code")
	old, err := survey.FormAt(r.Context(), d.Q, code, a)
	if err != nil {
		return err
	}
	next, err := survey.FormAt(r.Context(), d.Q, code, b)
	if err != nil {
		return err
	}
	here := "/questionnaires/" + code
	changes := questionnaire.Diff(old, next)
	v := view{Heading: ui.Heading{Overline: "Questionnaire", Title: next.Title + nb + ": " + french.Integer(len(changes)) + nb + french.Plural(len(changes), "changement", "changements") + " de la version " + number(a) + " à la version " + number(b)},
		Links: []ui.Link{{Label: "Lire la version " + number(a), Href: here + "?version=" + number(a)}, {Label: "Lire la version " + number(b), Href: here + "?version=" + number(b)}},
		Foot:  ui.Source{Text: "les deux documents publiés, comparés.", Downloads: []ui.Link{{Label: "Version " + number(a), Href: here + ".json?version=" + number(a), Note: "JSON"}, {Label: "Version " + number(b), Href: here + ".json?version=" + number(b), Note: "JSON"}}, Print: true}}
	if len(changes) == 0 {
		v.Empty = ui.Empty{Title: "Ces deux versions demandent la même chose", Text: "Aucune différence."}
	} else {
		v.Tables = []titled{{ID: "changements", Title: "Ce qui change", Table: changeTable("changements-table", changes)}}
	}
	return d.show(w, r, http.StatusOK, v, false, publicTrail(ui.Link{Label: next.Title, Href: here}, ui.Link{Label: "Versions " + number(a) + " et " + number(b)})...)
}

func changeTable(id string, changes []questionnaire.Change) ui.Table {
	t := ui.Table{ID: id, Caption: "Ce qui change", CaptionHidden: true, Columns: []ui.Column{{Label: "Ce qui change", Wide: true}, {Label: "Nature"}, {Label: "Section"}}}
	for _, c := range changes {
		section := ui.Cell{Text: c.Section}
		if c.Section == "" {
			section = ui.Cell{Text: "tout le questionnaire"}
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: c.Text}, {Text: c.Kind.Name()}, section}})
	}
	return t
}

// schema serves the published JSON Schema.
func (d Deps) schema(w http.ResponseWriter, _ *http.Request) error {
	h := w.Header()
	h.Set("Content-Type", "application/schema+json; charset=utf-8")
	h.Set("Content-Length", strconv.Itoa(len(questionnaire.Schema)))
	_, _ = w.Write(questionnaire.Schema) // whoever left does not need to hear that they left
	return nil
}
