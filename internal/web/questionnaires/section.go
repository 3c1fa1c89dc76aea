package questionnaires

import (
	"errors"
	"net/http"
	"strings"

	"jalon/internal/apperr"
	"jalon/internal/panorama"
	"jalon/internal/questionnaire"
	"jalon/internal/web/ui"
)

func (d Deps) sectionPage(w http.ResponseWriter, r *http.Request) error {
	return d.showSection(w, r, http.StatusOK, r.PathValue("section"), false, nil)
}

// showSection draws a section being written, beside what those who answer will
// see; typed says that a form came back, wrong why.
func (d Deps) showSection(w http.ResponseWriter, r *http.Request, status int, id string, typed bool, wrong error) error {
	k, err := d.written(r)
	if err != nil {
		return err
	}
	m, err := d.Model(r.Context())
	if err != nil {
		return err
	}
	if typed {
		k.again(r, wrong)
	}
	f := k.x.Form
	s, ok := f.Section(id)
	if !ok {
		return apperr.NotFoundf("Cette section n’est plus dans le questionnaire\u00a0: quelqu’un l’a peut-être retirée.")
	}
	kind := string(kindOf(r.FormValue("apercu")))
	if kind == "" {
		kind = string(questionnaire.Group)
	}
	here := k.section(s.ID)
	v := view{Heading: ui.Heading{Overline: "Ce qui est demandé", Title: s.Title, Scope: []string{of(m, k.x.Region), k.state()}},
		Links: []ui.Link{{Label: "Toutes les sections", Href: k.base}, {Label: "Modifier le titre, l’aide, le levier ou les conditions de la section", Href: here + "?modifier=section&apercu=" + kind + "#modifier"}}, Items: []itemList{k.questions(s, kind)}}
	what, question, row := "", r.URL.Query().Get("question"), r.URL.Query().Get("ligne")
	if typed {
		what, question, row = r.PostForm.Get("what"), r.PostForm.Get("question"), r.PostForm.Get("row")
	}
	switch {
	case row != "" || what == "row":
		what = "row"
	case question != "" || what == "question":
		what = "question"
	case typed || r.URL.Query().Get("modifier") == "section":
		what = "section"
	}
	add := typed && (r.PostForm.Get("do") == "add" || r.PostForm.Get("adding") == "1")
	if e := k.form(m, f, s, what, question, row, kind, add); e != nil {
		if typed && r.PostForm.Get("do") != "up" && r.PostForm.Get("do") != "down" && r.PostForm.Get("do") != "remove" {
			kept := k.form(m, f, s, what, question, row, kind, add)
			refill(e.Fields, r.PostForm)
			if wrong != nil && apperr.KindOf(wrong) == apperr.Conflict {
				v.Conflict = ui.TwoVersions(kept.Fields, e.Fields)
			}
			field := ""
			var at *fault
			if errors.As(wrong, &at) {
				field = at.field
			}
			wrongIn(e.Fields, field, wrong)
		} else {
			tell(&v, "", wrong)
		}
		v.Editing = e
	} else {
		tell(&v, "", wrong)
	}
	v.Preview = previewOf(f, kindOf(kind), s.ID)
	if typed && wrong == nil {
		v.Preview = typedPreview(r, k)
		v.Notices = append(v.Notices, ui.Alert{State: "info", Title: "Aperçu de ce que vous avez écrit", Text: "Rien n’est encore enregistré."})
	}
	v.Preview.Kinds = kindPicks(func(x string) string {
		q := "?apercu=" + x
		if question != "" && !typed {
			q += "&question=" + question
		}
		if row != "" && !typed {
			q += "&ligne=" + row
		}
		return here + q + "#apercu"
	}, kind)
	v.Forms = k.adding(f, s, kind)
	return d.show(w, r, status, v, true, k.trail(ui.Link{Label: s.Title})...)
}

// questions lists what a section asks, each with its acts.
func (k desk) questions(s questionnaire.Section, kind string) itemList {
	list := itemList{ID: "questions", Title: "Ce que la section demande", Empty: "Rien encore\u00a0: ajoutez une grille d’actions, ou une question."}
	suffix := ""
	if kind != "" {
		suffix = "&apercu=" + kind
	}
	here := k.section(s.ID)
	for i, q := range s.Questions {
		list.Items = append(list.Items, item{Name: q.Label, Sub: q.Type.Name() + ", " + q.ID, Href: here + "?question=" + q.ID + suffix + "#modifier", Action: k.base, First: i == 0, Last: i == len(s.Questions)-1,
			Hidden: k.hidden("what", "question", "section", s.ID, "question", q.ID, "apercu", kind)})
		for j, x := range q.Rows {
			sub := x.Step.Name()
			if len(x.For) > 0 {
				sub += ", " + names(x.For)
			}
			list.Items = append(list.Items, item{Name: x.Label, Sub: sub, Deep: true, Href: here + "?ligne=" + x.ID + suffix + "#modifier", Action: k.base, First: j == 0, Last: j == len(q.Rows)-1,
				Hidden: k.hidden("what", "row", "section", s.ID, "row", x.ID, "apercu", kind)})
		}
	}
	return list
}

// form is the form of what is edited; nil when nothing is, or it is no more.
func (k desk) form(m *panorama.Model, f questionnaire.Form, s questionnaire.Section, what, question, row, kind string, add bool) *formView {
	e := &formView{ID: "modifier", Action: k.base, Open: true, Live: k.base + "/apercu", Buttons: [][2]string{{"save", "Enregistrer"}, {"preview", "Voir l’aperçu sans enregistrer"}}}
	if add {
		e.Buttons[0] = [2]string{"add", "Ajouter"}
		e.Hidden = append(e.Hidden, [2]string{"adding", "1"})
	}
	switch what {
	case "section":
		e.Title, e.Fields = "Modifier la section", sectionFields(m, f, s)
		e.Hidden = append(e.Hidden, k.hidden("what", "section", "section", s.ID, "apercu", kind)...)
	case "question":
		q, ok := f.Question(question)
		if !ok && !add {
			return nil
		}
		e.Title, e.Fields = "Modifier la question", questionFields(f, s.ID, q)
		e.Hidden = append(e.Hidden, k.hidden("what", "question", "section", s.ID, "question", q.ID, "apercu", kind)...)
	case "row":
		at, x, ok := rowOf(f, row)
		if !ok && !add {
			return nil
		}
		e.Title, e.Fields = "Modifier la ligne", rowFields(f, cmpOr(at, question), x)
		e.Hidden = append(e.Hidden, k.hidden("what", "row", "section", s.ID, "question", cmpOr(at, question), "row", x.ID, "apercu", kind)...)
	default:
		return nil
	}
	if add {
		e.Title = strings.Replace(e.Title, "Modifier", "Ajouter", 1)
	}
	return e
}

func rowOf(f questionnaire.Form, id string) (question string, row questionnaire.Row, ok bool) {
	for _, s := range f.Sections {
		for _, q := range s.Questions {
			for _, x := range q.Rows {
				if x.ID == id && id != "" {
					return q.ID, x, true
				}
			}
		}
	}
	return "", row, false
}

// adding are the forms that add to a section.
func (k desk) adding(f questionnaire.Form, s questionnaire.Section, kind string) []formView {
	var out []formView
	for _, q := range s.Questions {
		if q.Type != questionnaire.Matrix {
			continue
		}
		fields := rowFields(f, q.ID, questionnaire.Row{Step: questionnaire.Decision})
		fields = anchored("ligne-"+q.ID+"-", fields[:len(fields)-1]) // the grid is this one
		out = append(out, formView{ID: "ajouter-" + q.ID, Title: "Ajouter une ligne à «" + nb + q.Label + nb + "»", Action: k.base, Fields: fields, Hidden: k.hidden("what", "row", "section", s.ID, "question", q.ID, "apercu", kind), Buttons: [][2]string{{"add", "Ajouter la ligne"}}})
	}
	fields := questionFields(f, s.ID, questionnaire.Question{Type: questionnaire.Text})
	fields = anchored("question-", fields[:len(fields)-1])
	return append(out, formView{ID: "ajouter-question", Title: "Ajouter une question", Action: k.base, Fields: fields, Hidden: k.hidden("what", "question", "section", s.ID, "apercu", kind), Buttons: [][2]string{{"add", "Ajouter la question"}}})
}
