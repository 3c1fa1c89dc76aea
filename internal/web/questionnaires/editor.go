package questionnaires

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"strconv"

	"jalon/internal/apperr"
	"jalon/internal/french"
	"jalon/internal/questionnaire"
	"jalon/internal/survey"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
)

func (d Deps) editor(w http.ResponseWriter, r *http.Request) error {
	return d.showEditor(w, r, http.StatusOK, "", nil)
}

// showEditor draws the whole of a questionnaire being written; did is the form
// that came back, wrong why.
func (d Deps) showEditor(w http.ResponseWriter, r *http.Request, status int, did string, wrong error) error {
	k, err := d.desk(r)
	if err != nil {
		return err
	}
	if k.none {
		return d.showNone(w, r, status, k, wrong)
	}
	if wrong != nil {
		k.again(r, wrong)
	}
	m, err := d.Model(r.Context())
	if err != nil {
		return err
	}
	f := k.x.Form
	ready, err := survey.Ready(r.Context(), d.Q, k.x)
	if err != nil {
		return err
	}
	v := view{Heading: ui.Heading{Overline: "Ce qui est demandé", Title: f.Title, Scope: []string{of(m, k.x.Region), k.state(), "modifié le " + french.Date(k.x.At)}}}
	tell(&v, did, wrong)
	if k.x.Version > 0 {
		v.Links = append(v.Links, ui.Link{Label: "Lire la version publiée", Href: "/questionnaires/" + k.x.Code})
	}
	v.Links = append(v.Links, ui.Link{Label: "Voir le questionnaire entier comme une collectivité", Href: k.base + "?apercu=epci#apercu"}, ui.Link{Label: "Exporter le document (JSON)", Href: k.base + "/document.json"})
	v.Tables = append(v.Tables, titled{ID: "parcours", Title: "Le temps que cela prend", Lead: "Une commune évalue 25 lignes au plus, en 10 minutes\u00a0; les autres, 60 lignes en 30 minutes. Le temps par ligne et par question se règle plus bas.", Table: loadTable(f)})
	if len(ready.Faults) > 0 {
		t := ui.Table{ID: "defauts-table", Caption: "Ce qui empêche de publier", CaptionHidden: true, Columns: []ui.Column{{Label: "À corriger", Wide: true}}}
		for _, x := range ready.Faults {
			t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: x.String()}}})
		}
		v.Tables = append(v.Tables, titled{ID: "defauts", Title: french.Integer(len(ready.Faults)) + nb + french.Plural(len(ready.Faults), "défaut empêche", "défauts empêchent") + " de publier", Table: t})
	}
	sections := itemList{ID: "sections", Title: "Les sections", Empty: "Aucune section\u00a0: ajoutez la première."}
	for i, s := range f.Sections {
		rows := 0
		for _, q := range s.Questions {
			rows += len(q.Rows)
		}
		sub := french.Integer(len(s.Questions)) + nb + french.Plural(len(s.Questions), "question", "questions")
		if rows > 0 {
			sub = french.Integer(rows) + nb + french.Plural(rows, "ligne", "lignes") + ", " + sub
		}
		if l := leverName(m, s.Lever); l != "" {
			sub += ", levier\u00a0: " + l
		}
		sections.Items = append(sections.Items, item{Name: s.Title, Sub: sub, Href: k.section(s.ID), Action: k.base, First: i == 0, Last: i == len(f.Sections)-1, Hidden: k.hidden("what", "section", "section", s.ID)})
	}
	v.Items = []itemList{sections}
	v.Forms = append(v.Forms, wholeForms(r, k, did, wrong)...)
	if did == "form" && apperr.KindOf(wrong) == apperr.Conflict {
		v.Conflict = ui.TwoVersions(formFields(f), v.Forms[1].Fields)
	}
	if err := d.publishing(r, k, ready, &v, did, wrong); err != nil {
		return err
	}
	if kind := kindOf(r.URL.Query().Get("apercu")); kind != "" {
		v.Preview = previewOf(f, kind)
		v.Preview.Kinds = kindPicks(func(x string) string { return k.base + "?apercu=" + x + "#apercu" }, string(kind))
	}
	return d.show(w, r, status, v, true, k.trail()...)
}

func (k desk) state() string {
	switch {
	case k.x.Version == 0:
		return "pas encore publié"
	case k.x.Draft:
		return "version " + number(k.x.Version) + " publiée, modifiée depuis"
	}
	return "version " + number(k.x.Version) + ", publiée telle quelle"
}

// hidden are the hidden fields of a form: the revision, then pairs.
func (k desk) hidden(pairs ...string) [][2]string {
	at := k.x.Rev
	if k.seen > 0 {
		at = k.seen
	}
	out := [][2]string{{"rev", number(at)}}
	for i := 0; i+1 < len(pairs); i += 2 {
		out = append(out, [2]string{pairs[i], pairs[i+1]})
	}
	return out
}

// tell says at the top why nothing was kept.
func tell(v *view, did string, wrong error) {
	if wrong == nil {
		return
	}
	var faults questionnaire.Faults
	switch {
	case errors.As(wrong, &faults):
		a := ui.Alert{State: "error", Title: "Rien n’a été enregistré\u00a0: le document a " + french.Integer(len(faults)) + nb + french.Plural(len(faults), "défaut", "défauts")}
		v.Notices = append(v.Notices, a)
		for _, f := range faults {
			v.Faults = append(v.Faults, f.String())
		}
	case did == "":
		v.Notices = append(v.Notices, ui.Alert{State: "warning", Title: "Rien n’a été enregistré", Text: apperr.Message(wrong)})
	}
}

// wholeForms are the forms of what is not in a section.
func wholeForms(r *http.Request, k desk, did string, wrong error) []formView {
	settings := formFields(k.x.Form)
	add := anchored("nouvelle-", []ui.Field{{ID: "title", Label: "Titre de la section", Required: true}, choose("section", "Après", "", sectionsOf(k.x.Form))})
	file := []ui.Field{{ID: "fichier", Label: "Document", Type: "file", Required: true, Accept: ".json,application/json", Help: "Le JSON d’un questionnaire, 2" + nb + "Mo au plus. Il remplace tout ce qui est en cours d’écriture\u00a0; ce qui est publié ne change pas, et chaque état est gardé."}}
	for _, x := range []struct {
		name   string
		fields []ui.Field
	}{{"form", settings}, {"section", add}, {"import", file}} {
		if did == x.name {
			refill(x.fields, r.PostForm)
			field := ""
			var at *fault
			if errors.As(wrong, &at) {
				field = at.field
			}
			wrongIn(x.fields, field, wrong)
		}
	}
	return []formView{
		{ID: "ajouter", Title: "Ajouter une section", Action: k.base, Hidden: k.hidden("what", "section"), Fields: add, Buttons: [][2]string{{"add", "Ajouter la section"}}, Open: true},
		{ID: "reglages", Title: "Titre, présentation, temps et échelles", Action: k.base, Hidden: k.hidden("what", "form"), Fields: settings, Buttons: [][2]string{{"save", "Enregistrer"}}, Open: did == "form"},
		{ID: "importer", Title: "Importer un document", Action: k.base + "/import", Hidden: k.hidden(), Fields: file, Files: true, Buttons: [][2]string{{"import", "Importer"}}, Open: did == "import"},
	}
}

func sectionsOf(f questionnaire.Form) [][2]string {
	out := [][2]string{{"", "à la fin"}}
	for _, s := range f.Sections {
		out = append(out, [2]string{s.ID, "après «" + nb + s.Title + nb + "»"})
	}
	return out
}

// publishing says what a publication would change and do, and asks for its reason.
func (d Deps) publishing(r *http.Request, k desk, ready survey.Readiness, v *view, did string, wrong error) error {
	if len(ready.Changes) > 0 {
		title := "Ce qui change depuis la version " + number(k.x.Version)
		if k.x.Version == 0 {
			title = "Ce que la région change du modèle national"
		}
		v.Tables = append(v.Tables, titled{ID: "changements", Title: title, Table: changeTable("changements-table", ready.Changes)})
	}
	if len(ready.Effects) > 0 {
		t := ui.Table{ID: "effets-table", Caption: "Ce que cela fait aux réponses déjà données", CaptionHidden: true, Columns: []ui.Column{{Label: "Effet", Wide: true}, {Label: "Verdict"}}}
		for _, e := range ready.Effects {
			verdict := "possible"
			if e.Refused {
				verdict = "refusé"
			}
			t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: e.Message}, {Text: verdict}}})
		}
		v.Tables = append(v.Tables, titled{ID: "effets", Title: "Ce que cela fait aux réponses déjà données", Table: t})
	}
	if k.x.Draft && len(ready.Faults) == 0 {
		fields := []ui.Field{{ID: "reason", Label: "Pourquoi cette version", Type: "textarea", Required: true, Value: get(r, "reason"), Help: "Une phrase que tout le monde lira."}}
		if did == "publish" {
			wrongIn(fields, "reason", wrong)
		}
		v.Publish = &formView{ID: "publier", Title: "Publier la version " + number(k.x.Version+1), Action: k.base + "/publier", Hidden: k.hidden(), Fields: fields, Buttons: [][2]string{{"publish", "Publier"}}, Open: true,
			Lead: "La version publiée ne change plus. Une campagne en cours garde la sienne tant que son équipe n’en décide pas autrement."}
	}
	if err := d.following(r, k, v); err != nil {
		return err
	}
	if k.x.Region != "" && k.x.Version > 0 {
		if err := d.applying(r, k, v, did, wrong); err != nil {
			return err
		}
	}
	past, err := survey.FormHistory(r.Context(), d.Q, k.x.Code)
	if err != nil {
		return err
	}
	states := itemList{ID: "etats", Title: "Chaque état, le dernier d’abord", Lead: "Reprendre un état le remet en cours d’écriture\u00a0; rien n’est effacé."}
	for i, p := range past[:min(len(past), 15)] {
		it := item{Name: "état " + number(p.Rev) + ", " + p.Reason, Sub: french.Date(p.At)}
		if i > 0 {
			it.Action, it.Hidden = k.base, k.hidden("what", "restore", "state", number(p.Rev))
		}
		states.Items = append(states.Items, it)
	}
	v.Items = append(v.Items, states)
	return nil
}

// edit makes one act of the editor, then comes back to where it was made.
func (d Deps) edit(w http.ResponseWriter, r *http.Request) error {
	if err := readForm(r); err != nil {
		return err
	}
	k, err := d.written(r)
	if err != nil {
		return err
	}
	at, err := shell.Rev(r)
	if err != nil {
		return d.showEditor(w, r, apperr.Status(err), "", err)
	}
	switch r.PostForm.Get("what") {
	case "restore":
		return d.restore(w, r, k, at)
	case "template":
		return d.follow(w, r, k, at)
	}
	if r.PostForm.Get("do") == "preview" {
		return d.showSection(w, r, http.StatusOK, r.PostForm.Get("section"), true, nil)
	}
	e, err := readEdit(r, k)
	if err == nil {
		_, err = d.Room.EditPart(r.Context(), d.Q, shell.Actor(r), k.x.Code, at, e)
	}
	inside := e.What == "question" || e.What == "row" || e.What == "section" && e.Do == "save"
	switch {
	case err != nil && (beside(err) || apperr.KindOf(err) == apperr.NotFound):
		status := apperr.Status(err)
		if _, there := k.x.Form.Section(e.Section); inside && there {
			return d.showSection(w, r, status, e.Section, true, err)
		}
		did := e.What
		if e.Do != "add" && e.Do != "save" {
			did = ""
		}
		return d.showEditor(w, r, status, did, err)
	case err != nil:
		return err
	}
	back := k.base
	switch {
	case e.What == "section" && e.Do == "add":
		back = k.section(e.Part.ID)
	case e.What == "question" && e.Do == "save" && e.To != "":
		back = k.section(e.To)
	case inside:
		back = k.section(e.Section)
	}
	if kind := kindOf(r.PostForm.Get("apercu")); kind != "" && inside {
		return shell.SeeOther(w, r, back+"?fait=1&apercu="+string(kind))
	}
	return shell.SeeOther(w, r, back+"?fait=1")
}

// restore takes up an older state as the draft.
func (d Deps) restore(w http.ResponseWriter, r *http.Request, k desk, at int64) error {
	n, err := strconv.ParseInt(get(r, "state"), 10, 64)
	var f questionnaire.Form
	if err == nil {
		f, err = survey.FormRev(r.Context(), d.Q, k.x.Code, n)
	}
	if err == nil {
		_, err = d.Room.EditForm(r.Context(), d.Q, shell.Actor(r), k.x.Code, at, f, "reprise de l’état "+number(n))
	}
	if err != nil && beside(err) {
		return d.showEditor(w, r, apperr.Status(err), "", err)
	}
	if err != nil {
		return err
	}
	return shell.SeeOther(w, r, k.base+"?fait=1")
}

func (d Deps) publish(w http.ResponseWriter, r *http.Request) error {
	if err := readForm(r); err != nil {
		return err
	}
	k, err := d.written(r)
	if err != nil {
		return err
	}
	at, err := shell.Rev(r)
	if err == nil {
		_, err = d.Room.PublishForm(r.Context(), d.Q, shell.Actor(r), k.x.Code, at, get(r, "reason"))
	}
	if err != nil && beside(err) {
		did := "publish"
		if apperr.KindOf(err) != apperr.Invalid || get(r, "reason") != "" {
			did = ""
		}
		return d.showEditor(w, r, apperr.Status(err), did, err)
	}
	if err != nil {
		return err
	}
	return shell.SeeOther(w, r, k.base+"?fait=1")
}

// load takes a document in place of what is being written; one that has faults is
// refused, each said with its place.
func (d Deps) load(w http.ResponseWriter, r *http.Request) error {
	err := readForm(r)
	if err != nil && !beside(err) {
		return err
	}
	k, kerr := d.written(r)
	if kerr != nil {
		return kerr
	}
	var at int64
	if err == nil {
		at, err = shell.Rev(r)
	}
	var doc []byte
	if err == nil {
		doc, err = upload(r)
	}
	if err == nil {
		var f questionnaire.Form
		if f, err = questionnaire.Read(doc); err == nil {
			_, err = d.Room.EditForm(r.Context(), d.Q, shell.Actor(r), k.x.Code, at, f, "import d’un document")
		}
	}
	if err != nil && beside(err) {
		return d.showEditor(w, r, apperr.Status(err), "import", err)
	}
	if err != nil {
		return err
	}
	return shell.SeeOther(w, r, k.base+"?fait=1")
}

func upload(r *http.Request) ([]byte, error) {
	file, _, err := r.FormFile("fichier")
	if err != nil {
		return nil, apperr.Invalidf("Choisissez un fichier. Rien n’a été enregistré.")
	}
	defer file.Close()
	doc, err := io.ReadAll(io.LimitReader(file, questionnaire.Most+1))
	if err != nil {
		return nil, apperr.New(apperr.Invalid, err, "L’envoi s’est interrompu. Rien n’a été enregistré\u00a0: recommencez.")
	}
	return doc, nil
}

// export gives the document being written, faulty or not.
func (d Deps) export(w http.ResponseWriter, r *http.Request) error {
	k, err := d.written(r)
	if err != nil {
		return err
	}
	return document(w, k.x.Form, k.x.Code+"-en-cours.json")
}

// document sends a questionnaire as people read and edit it.
func document(w http.ResponseWriter, f questionnaire.Form, name string) error {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	if err := e.Encode(f); err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", "application/json; charset=utf-8")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name}))
	h.Set("Content-Length", strconv.Itoa(b.Len()))
	_, _ = w.Write(b.Bytes()) // whoever left does not need to hear that they left
	return nil
}
