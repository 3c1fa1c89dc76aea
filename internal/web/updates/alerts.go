package updates

import (
	"errors"
	"net/http"
	"slices"
	"strconv"

	"jalon/internal/action"
	"jalon/internal/apperr"
	"jalon/internal/followup"
	"jalon/internal/french"
	"jalon/internal/policy"
	"jalon/internal/web/sections"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
	"jalon/internal/web/wording"
)

// alerts lists what the rules raised, each with its answer or the form that answers.
func (d Deps) alerts(w http.ResponseWriter, r *http.Request) error {
	x, err := d.of(r, policy.Judge)
	if err != nil {
		return err
	}
	return d.showAlerts(w, r, http.StatusOK, x, answering{})
}

// answering is an answer that came back.
type answering struct {
	id, state, words string
	err              error
}

func (d Deps) showAlerts(w http.ResponseWriter, r *http.Request, status int, x where, back answering) error {
	ctx := r.Context()
	live, gone, err := followup.Alerts(ctx, d.Q, x.cop.ID)
	if err != nil {
		return err
	}
	rules, err := followup.RulesOf(ctx, d.Q, x.cop.ID)
	if err != nil {
		return err
	}
	var ids, people []string
	for _, a := range slices.Concat(live, gone) {
		if a.Kind == "action" {
			ids = append(ids, a.Subject)
		}
		if a.By != "" && !slices.Contains(people, a.By) {
			people = append(people, a.By)
		}
	}
	found, err := action.ByIDs(ctx, d.Q, ids)
	if err != nil {
		return err
	}
	names, err := d.PersonName(ctx, people)
	if err != nil {
		return err
	}
	subject := func(a followup.Alert) ui.Link {
		if a.Kind == "lever" {
			return ui.Link{Label: "«" + nb + x.lever(a.Subject) + nb + "»", Href: wording.LeverPath(a.Subject)}
		}
		return ui.Link{Label: named(found[a.Subject]), Href: wording.ActionPath(a.Subject)}
	}
	v := sections.View{Heading: ui.Heading{Overline: "Suivi, " + x.cop.SenderName(), Title: "Alertes", Scope: []string{"des règles écrites, appliquées chaque nuit", "réservé à l’équipe de la COP"}}, Tabs: x.tabs(shell.Actor(r), "/alertes")}
	asked := back.id
	if asked == "" {
		asked = shell.Clean(r.URL.Query().Get("repondre"))
	}
	waiting := ui.Table{ID: "sans-reponse", Caption: "Alertes sans réponse", CaptionHidden: true, Stack: true, Columns: []ui.Column{{Label: "Alerte", Wide: true}, {Label: "Relevée le"}, {Label: "Réponse"}}}
	for _, a := range live {
		if a.ID == asked {
			s, f := subject(a), answerForm(x, a, back)
			if back.err != nil {
				v.Notices = append(v.Notices, refuse(&f, fieldOf(back.err, a.ID), back.err)...)
			}
			v.Parts = append(v.Parts, sections.Part{ID: "repondre", Title: "Répondre" + nb + ": " + heading(a, s), Lead: a.Said, Links: []ui.Link{s}, Forms: []sections.Form{f}})
		}
		if a.State == "raised" {
			s := subject(a)
			waiting.Rows = append(waiting.Rows, ui.Row{Cells: []ui.Cell{{Text: heading(a, s), Href: s.Href, Sub: a.Said}, {Text: french.Date(a.RaisedAt.In(x.cop.Location()))}, {Text: "Répondre", Href: x.path() + "/alertes?repondre=" + a.ID + "#repondre"}}})
		}
	}
	if n := len(waiting.Rows); n == 0 {
		v.Parts = append(v.Parts, sections.Part{ID: "aucune", Empty: ui.Empty{Title: "Aucune alerte ne demande de réponse", Text: "Les règles sont appliquées chaque nuit. Une alerte se relève une fois, et se ferme seule quand sa cause a disparu."}})
	} else {
		lead := french.Integer(n) + nb + french.Plural(n, "alerte", "alertes") + ". Chacune se relève une fois, attend une réponse, et se ferme seule quand sa cause a disparu."
		if n > mostListed {
			waiting.Rows = waiting.Rows[:mostListed]
			lead += " Les " + french.Integer(mostListed) + nb + "dernières sont ici."
		}
		v.Parts = append(v.Parts, sections.Part{ID: "attendent", Title: "Sans réponse", Lead: lead, Tables: []ui.Table{waiting}})
	}
	told := ui.Table{ID: "repondues", Caption: "Alertes qui ont leur réponse", CaptionHidden: true, Stack: true, Columns: []ui.Column{{Label: "Alerte", Wide: true}, {Label: "Réponse", Wide: true}, {Label: "Par"}}}
	row := func(a followup.Alert) ui.Row {
		s := subject(a)
		said := ui.Cell{Text: wording.Upper(a.StateName()), Sub: a.Answer}
		by := ui.Cell{Missing: "Fermée sans qu’une personne ait répondu."}
		if a.By != "" {
			by = ui.Cell{Text: names[a.By], Sub: "le " + french.Date(a.AnsweredAt.In(x.cop.Location()))}
		} else if a.Answer != "" {
			by = ui.Cell{Text: "personne effacée"}
		}
		return ui.Row{Cells: []ui.Cell{{Text: heading(a, s), Href: s.Href, Sub: a.Said}, said, by}}
	}
	var closed []ui.Row
	for _, a := range live {
		if a.State != "raised" {
			told.Rows = append(told.Rows, row(a))
		}
	}
	for _, a := range gone {
		closed = append(closed, row(a))
	}
	if len(told.Rows) > 0 {
		v.Parts = append(v.Parts, sections.Part{ID: "avec-reponse", Title: "Elles ont leur réponse, leur cause dure", Tables: []ui.Table{told}})
	}
	if len(closed) > 0 {
		told.ID, told.Caption, told.Rows = "closes", "Alertes closes", closed
		v.Parts = append(v.Parts, sections.Part{ID: "fermees", Title: "Closes d’elles-mêmes", Lead: "Leur cause a disparu. Si elle revient, une nouvelle alerte est relevée.", Tables: []ui.Table{told}})
	}
	say := sections.Part{ID: "regles", Title: "Les règles", Links: []ui.Link{{Label: "Changer les délais et les règles", Href: x.path() + "/reglages"}}}
	for _, a := range followup.AlertRules() {
		text := a.Says(rules)
		if slices.Contains(rules.Off, a.Code) {
			text = "Cette règle n’est pas appliquée ici. " + text
		}
		say.Facts = append(say.Facts, [2]string{a.Name, text})
	}
	v.Parts = append(v.Parts, say)
	return sections.Show(d.Shell, w, r, status, v, true, x.trail(ui.Link{Label: "Alertes"})...)
}

// mostListed bounds a list of alerts, whose form is on the same page.
const mostListed = 200

func heading(a followup.Alert, s ui.Link) string {
	return followup.RuleNamed(a.Rule) + nb + ": " + s.Label
}

// fieldOf is the field that a refusal speaks of, in the form of an alert.
func fieldOf(err error, id string) string {
	var f *action.Fault
	if errors.As(err, &f) {
		return f.Field + "-" + id
	}
	return "answer-" + id
}

func answerForm(x where, a followup.Alert, back answering) sections.Form {
	state, words := "", ""
	if back.id == a.ID {
		state, words = back.state, back.words
	}
	choose := ui.Field{ID: "state", Label: "Réponse", Type: "radio", Required: true}
	for _, o := range followup.AnswerStates() {
		choose.Options = append(choose.Options, ui.Option{Value: o[0], Label: wording.Upper(o[1]), Selected: o[0] == state})
	}
	// Several forms stand on the page: each field has an anchor of its own.
	choose.ID, choose.Name = "state-"+a.ID, "state"
	return sections.Form{ID: "repondre-" + a.ID, Action: x.path() + "/alertes", Rev: strconv.FormatInt(a.Rev, 10), Submit: "Répondre", Hidden: [][2]string{{"id", a.ID}},
		Fields: []ui.Field{choose, {ID: "answer-" + a.ID, Name: "answer", Label: "Ce qui est fait, ou pourquoi", Type: "textarea", Rows: 2, Required: true, Value: words}}}
}

func (d Deps) alertAnswer(w http.ResponseWriter, r *http.Request) error {
	if err := shell.ReadForm(r); err != nil {
		return err
	}
	x, err := d.of(r, policy.Judge)
	if err != nil {
		return err
	}
	rev, err := shell.Rev(r)
	if err != nil {
		return err
	}
	back := answering{id: shell.Typed(r, "id"), state: shell.Typed(r, "state"), words: shell.Typed(r, "answer")}
	_, back.err = d.Room.AnswerAlert(r.Context(), shell.Actor(r), back.id, rev, back.state, back.words)
	if back.err != nil && shell.Beside(back.err) {
		return d.showAlerts(w, r, apperr.Status(back.err), x, back)
	}
	if back.err != nil {
		return back.err
	}
	return shell.SeeOther(w, r, x.path()+"/alertes?fait=1")
}

// rules is what the COP chose for its follow-up.
func (d Deps) rules(w http.ResponseWriter, r *http.Request) error {
	x, err := d.of(r, policy.Edit)
	if err != nil {
		return err
	}
	in, err := followup.RulesOf(r.Context(), d.Q, x.cop.ID)
	if err != nil {
		return err
	}
	return d.showRules(w, r, http.StatusOK, x, in, nil)
}

func (d Deps) showRules(w http.ResponseWriter, r *http.Request, status int, x where, in followup.Rules, wrong error) error {
	n := func(v int64) string { return strconv.FormatInt(v, 10) }
	used := ui.Field{ID: "rules", Label: "Règles appliquées", Type: "checkbox"}
	for _, a := range followup.AlertRules() {
		used.Options = append(used.Options, ui.Option{Value: a.Code, Label: a.Name, Selected: !slices.Contains(in.Off, a.Code)})
	}
	fields := []ui.Field{
		{ID: "fresh", Label: "Une nouvelle est récente pendant", Unit: "jours", Required: true, Value: n(in.Fresh)},
		{ID: "aging", Label: "Elle est ancienne après", Unit: "jours", Required: true, Value: n(in.Aging)},
		{ID: "silent", Label: "Une action est sans nouvelles après", Unit: "jours", Required: true, Value: n(in.Silent)},
		{ID: "pace", Label: "Un levier est hors de son rythme s’il manque plus de", Unit: "%", Required: true, Value: n(in.Pace), Help: "Écart entre le rythme observé de son indicateur et celui qu’il faudrait jusqu’en 2030."},
		{ID: "aid", Label: "Une aide est bientôt close si elle se ferme dans moins de", Unit: "jours", Required: true, Value: n(in.Aid)},
		used,
		{ID: "digest", Label: "Lettre à l’équipe", Type: "checkbox", Options: []ui.Option{{Value: "1", Label: "Écrire à l’équipe le lundi, s’il y a des alertes nouvelles", Selected: in.Digest}}},
		{ID: "reason", Label: "Pourquoi", Value: shell.Typed(r, "reason"), Help: "Reste dans l’histoire des réglages."},
	}
	v := sections.View{Heading: ui.Heading{Overline: "Suivi, " + x.cop.SenderName(), Title: "Réglages du suivi", Scope: []string{"réservé à l’équipe de la COP"}}, Tabs: x.tabs(shell.Actor(r), "/reglages")}
	v.Notices = wrongIn(fields, wrong)
	v.Parts = []sections.Part{{ID: "reglages", Lead: "Les délais se comptent depuis le jour dont parle le dernier point d’avancement. Ils valent pour cette COP seule.", Forms: []sections.Form{{ID: "reglages-form", Action: x.path() + "/reglages", Rev: n(in.Rev), Submit: "Enregistrer", Fields: fields}}}}
	return sections.Show(d.Shell, w, r, status, v, true, x.trail(ui.Link{Label: "Réglages"})...)
}

func (d Deps) rulesSave(w http.ResponseWriter, r *http.Request) error {
	if err := shell.ReadForm(r); err != nil {
		return err
	}
	x, err := d.of(r, policy.Edit)
	if err != nil {
		return err
	}
	var in followup.Rules
	if in.Rev, err = shell.Rev(r); err != nil {
		return err
	}
	for _, f := range []struct {
		id string
		to *int64
	}{{"fresh", &in.Fresh}, {"aging", &in.Aging}, {"silent", &in.Silent}, {"pace", &in.Pace}, {"aid", &in.Aid}} {
		if v, err := strconv.ParseInt(shell.Typed(r, f.id), 10, 64); err == nil {
			*f.to = v
		} else {
			*f.to = -1
		}
	}
	in.Digest = shell.Typed(r, "digest") == "1"
	used := sections.Values(r, "rules")
	for _, a := range followup.AlertRules() {
		if !slices.Contains(used, a.Code) {
			in.Off = append(in.Off, a.Code)
		}
	}
	err = d.Room.SetRules(r.Context(), shell.Actor(r), x.cop, in, wording.Clip(shell.Typed(r, "reason"), 500))
	if err != nil && shell.Beside(err) {
		return d.showRules(w, r, apperr.Status(err), x, in, err)
	}
	if err != nil {
		return err
	}
	return shell.SeeOther(w, r, x.path()+"/reglages?fait=1")
}
