package answers

import (
	"net/http"
	"slices"
	"strconv"

	"jalon/internal/apperr"
	"jalon/internal/french"
	"jalon/internal/policy"
	"jalon/internal/questionnaire"
	"jalon/internal/survey"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
)

// readView is all the answers, to read over, to print, or as they were frozen.
type readView struct {
	Heading  ui.Heading
	Notices  []ui.Alert
	Points   []ui.Link // what must be settled before
	Facts    [][2]string
	Summary  []summary
	Parts    []readPart
	Forms    []actForm
	Validate *validateForm
	Links    []ui.Link
	Print    bool
}

// summary is one thing that whoever validates must know.
type summary struct {
	Title string
	Items []string
	More  string
}

type validateForm struct{ Action, Stamp string }

// readPart is one section as it was answered.
type readPart struct {
	ID, Title, Href, Note string
	Table                 ui.Table
	Answers               [][2]string
}

func (d Deps) review(w http.ResponseWriter, r *http.Request, t table) error {
	return d.reviewPage(w, r, t, nil)
}

func (d Deps) reviewPage(w http.ResponseWriter, r *http.Request, t table, wrong error) error {
	v := readView{Print: true, Heading: ui.Heading{Overline: t.Form().Title, Title: "Relire\u00a0: " + t.Response.Name, Scope: []string{t.Response.State.Name(), "au " + french.Date(d.now().In(t.zone))}}}
	open, why := t.writable()
	if !open {
		v.Notices = append(v.Notices, why)
	}
	if wrong != nil {
		v.Notices = append(v.Notices, ui.Alert{State: "error", Title: "La réponse n’est pas encore envoyée", Text: apperr.Message(wrong), Links: t.mend(wrong)})
	}
	v.Points = t.points()
	v.Facts = t.facts()
	v.Parts = append(t.readParts(t.Answers, t.notes), t.left()...)
	if open && t.Seat.Role != survey.Colleague {
		if f := t.submitForm(); f.Do != "" {
			v.Forms = append(v.Forms, f)
		} else if wrong == nil {
			v.Notices = append(v.Notices, ui.Alert{State: "info", Title: "Il reste à nommer la personne élue qui valide", Text: "La réponse compte une fois validée par elle. Si vous répondez et validez vous-même, donnez votre nom.", Links: []ui.Link{{Label: "Nommer la personne qui valide", Href: t.path + "/equipe#valideur"}}})
		}
	}
	v.Links = []ui.Link{{Label: "Revenir au sommaire", Href: t.path}}
	return d.Shell.RenderStatus(w, r, statusOf(wrong), d.frame(r, t, "Relire", ui.Link{Label: "Relire"}), readPage(v))
}

// mend leads to where an act that was refused can be made possible.
func (t table) mend(err error) []ui.Link {
	if f := (*survey.Fault)(nil); faultIn(err, &f) && f.Field == "validateur" {
		return []ui.Link{{Label: "Nommer la personne qui valide", Href: t.path + "/equipe#valideur"}}
	}
	return nil
}

// submitForm sends the response to whoever validates; it is empty while nobody does.
func (t table) submitForm() actForm {
	a := actForm{ID: "envoyer", Title: "Envoyer pour validation", Do: "submit", Submit: "Envoyer pour validation", Action: t.path, Open: true}
	var names []string
	for _, s := range t.Seats {
		if s.Role == survey.Validates && s.EndedAt.IsZero() {
			names = append(names, s.Known())
		}
	}
	if len(names) == 0 {
		return actForm{}
	}
	a.Lead = "La réponse ne change plus tant qu’elle n’est pas validée ou renvoyée. Elle part à\u00a0: " + french.List(names) + "."
	return a
}

// points are what must be settled before the answer counts.
func (t table) points() []ui.Link {
	var out []ui.Link
	for _, b := range t.Blockers() {
		s, _ := t.Form().Section(b.Section)
		out = append(out, ui.Link{Label: s.Title + "\u00a0: " + b.Message, Href: t.path + "/" + b.Section + "#c-" + b.Key})
	}
	return out
}

func (t table) facts() [][2]string {
	g := t.Progress
	prefilled, answered := t.PrefilledShare()
	parts, done := t.Parts(nil), 0
	for _, p := range parts {
		if p.Done {
			done++
		}
	}
	out := [][2]string{{"Parties", french.Integer(done) + " " + french.Plural(done, "terminée", "terminées") + " sur " + french.Integer(len(parts))}, {"Actions évaluées", french.Integer(g.Rated) + " sur " + french.Integer(g.Rows)}}
	if answered > 0 {
		out = append(out, [2]string{"Venues préremplies", french.Integer(prefilled) + " réponses sur " + french.Integer(answered)})
	}
	return out
}

// readParts are the sections as they were answered; what is not asked is left out.
func (t table) readParts(a questionnaire.Answers, note func(key string) string) []readPart {
	given := t.Path.Graph.Given(a)
	f := t.Form()
	var out []readPart
	for _, s := range f.Sections {
		if !given.Shows(s.ID) {
			continue
		}
		p := readPart{ID: s.ID, Title: s.Title, Href: t.path + "/" + s.ID}
		if s.Skippable && a[s.Skip()] == questionnaire.Skipped {
			p.Note = "Pas notre compétence" + note(s.Skip()) + "."
			out = append(out, p)
			continue
		}
		for _, q := range s.Questions {
			if !given.Shows(q.ID) {
				continue
			}
			if q.Type != questionnaire.Matrix {
				c, _ := t.Path.Cell(q.ID)
				text := said(c, a[q.ID])
				if text == "" {
					text = "–"
				} else if q.Unit != "" {
					text += "\u00a0" + q.Unit
				}
				p.Answers = append(p.Answers, [2]string{q.Label, text + note(q.ID)})
				continue
			}
			p.Table = ui.Table{ID: "t-" + q.ID, Caption: s.Title + "\u00a0: pertinence et mobilisation", Columns: []ui.Column{{Label: "Action", Wide: true}}}
			for _, col := range q.Columns {
				p.Table.Columns = append(p.Table.Columns, ui.Column{Label: f.Scale(col).Label})
			}
			for _, row := range q.Rows {
				cells := []ui.Cell{{Text: row.Label}}
				for _, col := range q.Columns {
					c, _ := t.Path.Cell(row.ID + "." + col)
					x := ui.Cell{Text: said(c, a[c.Key])}
					if x.Text == "" {
						x.Text = "–"
					}
					cells = append(cells, x)
				}
				p.Table.Rows = append(p.Table.Rows, ui.Row{Cells: cells})
			}
		}
		out = append(out, p)
	}
	return out
}

// left are the answers to what the questionnaire asks no more.
func (t table) left() []readPart {
	if len(t.Left) == 0 {
		return nil
	}
	p := readPart{ID: "gardees", Title: "Réponses gardées, qui ne sont plus demandées", Note: "Le questionnaire a changé depuis. Ces réponses restent ici, et ne comptent plus."}
	for _, k := range t.Left {
		p.Answers = append(p.Answers, [2]string{k.Key, k.Value})
	}
	return []readPart{p}
}

// notes says beside an answer who skipped, what came filled, why it was corrected.
func (t table) notes(key string) string {
	k := t.Drafts[key]
	c, _ := t.Path.Cell(key)
	switch {
	case k.Value == "":
	case c.Flag:
		return ", dit par " + t.who(k.By)
	case k.Corrected() && k.Reason != "":
		return " (corrige ce qui était prérempli\u00a0: " + k.Reason + ")"
	case k.Source != "":
		return " (prérempli\u00a0: " + k.Source + ")"
	}
	return ""
}

func (d Deps) validate(w http.ResponseWriter, r *http.Request, t table) error {
	return d.validatePage(w, r, t, "", nil)
}

func (d Deps) validatePage(w http.ResponseWriter, r *http.Request, t table, reason string, wrong error) error {
	if !policy.Can(t.Seat.Actor(t.Response), policy.Consent, t.Response.Thing()) {
		return apperr.New(apperr.Forbidden, nil, "Seule la personne désignée pour valider ouvre cette page, par le lien envoyé à son adresse. Nommez-la sur la page «\u00a0Qui fait quoi\u00a0».")
	}
	v := readView{Heading: ui.Heading{Overline: t.Response.Name, Title: "Valider la réponse", Lead: "Voici l’essentiel. Une fois validée, la réponse est figée, compte dans les résultats de la COP, et un reçu part par courriel."}}
	if wrong != nil {
		v.Notices = append(v.Notices, ui.Alert{State: "error", Title: "Rien n’est validé", Text: apperr.Message(wrong)})
	}
	takes := t.Campaign.State.Takes()
	state := t.Response.State
	may := takes && (state == survey.Opened || state == survey.Started || state == survey.Submitted)
	if !may {
		_, why := t.writable()
		if why.Title != "" && state != survey.Submitted {
			v.Notices = append(v.Notices, why)
		}
	}
	if state == survey.Started && may {
		v.Notices = append(v.Notices, ui.Alert{State: "warning", Title: "L’écriture n’est pas déclarée terminée", Text: "Vous pouvez valider dès maintenant si la réponse vous convient\u00a0; vos collègues ne pourront plus la changer."})
	}
	v.Points = t.points()
	v.Facts = t.facts()
	v.Summary = t.summary()
	if may && len(v.Points) == 0 {
		v.Validate = &validateForm{t.path + "/valider", t.Stamp}
	}
	if may {
		back := actForm{ID: "renvoyer", Title: "Renvoyer avec un mot", Do: "send-back", Submit: "Renvoyer", Action: t.path + "/valider", Fields: []ui.Field{{ID: "raison", Label: "Que faut-il préciser\u00a0?", Type: "textarea", Required: true, Rows: 3, Value: reason}}}
		if wrong != nil && shell.Typed(r, "do") == "send-back" {
			back.Open = true
			back.Fields = beside(back.Fields, wrong)
		}
		v.Forms = append(v.Forms, back)
	}
	v.Links = []ui.Link{{Label: "Votre fiche\u00a0: à côté de collectivités semblables", Href: t.path + "/fiche"}, {Label: "Lire toutes les réponses", Href: t.path + "/relire"}, {Label: "Sommaire", Href: t.path}}
	return d.Shell.RenderStatus(w, r, statusOf(wrong), d.frame(r, t, "Valider", ui.Link{Label: "Valider"}), readPage(v))
}

// summary is what a validator must know: what matters, what is engaged, what was
// skipped and by whom, what was corrected.
func (t table) summary() []summary {
	f := t.Form()
	given := t.Path.Graph.Given(t.Answers)
	var matters, engaged, skipped, corrected []string
	for _, s := range f.Sections {
		if s.Skippable && t.Answers[s.Skip()] == questionnaire.Skipped {
			skipped = append(skipped, s.Title+", par "+t.who(t.Drafts[s.Skip()].By))
			continue
		}
		for _, q := range s.Questions {
			if q.Type != questionnaire.Matrix || !given.Shows(q.ID) {
				continue
			}
			for _, row := range q.Rows {
				if top(f.Scale(questionnaire.Relevance), t.Answers[row.ID+"."+questionnaire.Relevance], 1) {
					matters = append(matters, s.Title+"\u00a0: "+row.Label)
				}
				if top(f.Scale(questionnaire.Mobilisation), t.Answers[row.ID+"."+questionnaire.Mobilisation], 0.6) {
					engaged = append(engaged, s.Title+"\u00a0: "+row.Label)
				}
			}
		}
	}
	for _, c := range given.Visible() {
		if k := t.Drafts[c.Key]; k.Value != "" && k.Corrected() {
			q, _ := f.Question(c.Question)
			corrected = append(corrected, q.Label+"\u00a0: "+said(c, k.Value)+" ("+k.Reason+")")
		}
	}
	return []summary{few("Jugées très pertinentes", matters), few("Engagées ou déployées", engaged), few("Passées, comme hors de votre compétence", skipped), few("Corrigées par rapport à ce qui était connu", corrected)}
}

// top reports whether an answer scores at least so much on its scale.
func top(s questionnaire.Scale, code string, least float64) bool {
	return slices.ContainsFunc(s.Options, func(o questionnaire.Option) bool {
		return o.Code == code && o.Score != nil && *o.Score >= least
	})
}

// few keeps a list short enough for a phone.
func few(title string, items []string) summary {
	const most = 8
	s := summary{Title: title + " (" + french.Integer(len(items)) + ")", Items: items}
	if len(items) > most {
		s.Items, s.More = items[:most], "et "+french.Integer(len(items)-most)+" autres, à lire dans toutes les réponses"
	}
	return s
}

func (d Deps) validated(w http.ResponseWriter, r *http.Request, t table) error {
	if err := readForm(r); err != nil {
		return err
	}
	ctx, id := r.Context(), t.Response.ID
	if shell.Typed(r, "do") == "send-back" {
		err := d.Room.SendBack(ctx, d.Q, t.Seat, id, shell.Typed(r, "raison"))
		if err != nil {
			if !shell.Beside(err) {
				return err
			}
			return d.validatePage(w, r, t, shell.Typed(r, "raison"), err)
		}
		return shell.SeeOther(w, r, t.path)
	}
	v, err := d.Room.Validate(ctx, d.Q, t.Seat, id, shell.Typed(r, "vu"))
	if err != nil {
		if !shell.Beside(err) {
			return err
		}
		return d.validatePage(w, r, t, "", err)
	}
	return shell.SeeOther(w, r, t.path+"/versions/"+strconv.FormatInt(v.Seq, 10)+"?fait=1")
}
