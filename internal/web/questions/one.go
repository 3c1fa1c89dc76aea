package questions

import (
	"net/http"
	"strconv"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/debate/question"
	"jalon/internal/french"
	"jalon/internal/policy"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
)

// forms are the forms of the page of a debate as they come back: which was refused, and
// what was typed in it.
type forms struct {
	on, done          string
	wrong             error
	input             question.Input
	reason            string
	lines, conclusion string
	why               string
	post              string // the statement that was to be taken back
}

func (d Deps) one(w http.ResponseWriter, r *http.Request) error {
	x, err := d.working(r)
	if err != nil {
		return err
	}
	f := forms{input: x.Input, conclusion: x.Conclusion}
	if r.URL.Query().Get("fait") == "1" {
		f.done = "C’est enregistré"
	}
	return d.showOne(w, r, http.StatusOK, x, f)
}

func (d Deps) showOne(w http.ResponseWriter, r *http.Request, status int, x where, f forms) error {
	ctx := r.Context()
	last, err := question.LastResult(ctx, d.Q, x.Num)
	if err != nil {
		return err
	}
	shown, err := question.Statements(ctx, d.Q, x.ID)
	if err != nil {
		return err
	}
	waiting, err := question.Waiting(ctx, d.Q, x.ID)
	if err != nil {
		return err
	}
	past, err := question.History(ctx, d.Q, x.ID)
	if err != nil {
		return err
	}
	if f.on != "conclude" {
		f.conclusion = x.Conclusion
	}
	here := x.desk() + "/" + x.ID
	v := view{Heading: ui.Heading{Overline: "Débat, " + x.Name, Title: x.Title, Scope: []string{d.when(x), count(len(shown), "affirmation", "affirmations"), count(last.Figures.People, "personne", "personnes")}, Lead: x.Question.Question}, Tabs: x.deskTabs(here), Done: f.done}
	editable := policy.Can(shell.Actor(r), policy.Edit, x.Thing(x.cop))
	rev := text(x.Rev)
	if waiting > 0 {
		v.Notices = append(v.Notices, ui.Alert{State: "info", Title: count(waiting, "affirmation attend", "affirmations attendent") + " d’être relue" + map[bool]string{true: "s"}[waiting > 1], Links: []ui.Link{{Label: "Ouvrir la modération", Href: "/regions/" + x.Slug + "/bureau/moderation"}}})
	}
	v.Parts = append(v.Parts, x.state(here, rev, len(shown), f, editable), x.following(last))
	if editable && x.State != question.Draft {
		g := formView{Action: here + "/conclusion", Rev: rev, Submit: "Publier cette conclusion", Fields: []ui.Field{{ID: "conclusion", Label: "Ce que l’équipe retient du débat", Type: "textarea", Rows: 4, Value: f.conclusion, Help: "Quelques phrases, montrées en tête des résultats. Vide\u00a0: rien n’est montré."}}}
		p := part{ID: "conclure", Title: "Conclure", Forms: []formView{g}}
		if f.on == "conclude" {
			p.Notices = refused(f.wrong)
		}
		v.Parts = append(v.Parts, p)
	}
	v.Parts = append(v.Parts, d.statementParts(here, shown, f, editable, policy.Can(shell.Actor(r), policy.Judge, x.cop.Thing(policy.Post)))...)
	if editable {
		g := formView{Action: here, Rev: rev, Submit: "Enregistrer", Fields: append(x.fields(f.input), ui.Field{ID: "reason", Label: "Pourquoi ce changement", Value: f.reason})}
		p := part{ID: "modifier", Title: "Modifier", Fold: "Titre, question, dates, leviers", Unfolded: f.on == "save"}
		if f.on == "save" {
			if status == http.StatusConflict {
				v.Conflict = ui.TwoVersions(x.fields(x.Input), x.fields(f.input))
			}
			p.Notices = wrongIn(g.Fields, f.wrong)
		}
		p.Forms = []formView{g}
		v.Parts = append(v.Parts, p)
	}
	v.Parts = append(v.Parts, history(x.cop, past))
	return d.show(w, r, status, v, true, x.deskTrail(ui.Link{Label: x.Title})...)
}

func refused(err error) []ui.Alert {
	if err == nil {
		return nil
	}
	return []ui.Alert{{State: "warning", Title: "Rien n’a été enregistré", Text: apperr.Message(err)}}
}

// state is where the debate stands, and the act that moves it.
func (x where) state(here, rev string, shown int, f forms, editable bool) part {
	p := part{ID: "etat", Title: "Où en est le débat", Links: []ui.Link{{Label: "La page publique", Href: x.page()}, {Label: "Les résultats", Href: x.page() + "/resultats"}}}
	if f.on == "turn" {
		p.Notices = refused(f.wrong)
	}
	act := formView{Action: here + "/etat", Rev: rev, Submit: "Ouvrir le débat", Hidden: [][2]string{{"do", "open"}}}
	switch x.State {
	case question.Draft:
		p.Links = nil
		p.Lead = "Personne ne le voit encore. L’ouvrir publie sa page et ses affirmations (" + strconv.Itoa(question.FewStatements) + " au moins, il y en a " + strconv.Itoa(shown) + "), et fige sa question."
	case question.Open:
		p.Lead = "Les réponses arrivent. Le fermer arrête les réponses aussitôt\u00a0; vous pourrez le rouvrir."
		act.Submit, act.Hidden, act.Secondary = "Fermer le débat", [][2]string{{"do", "close"}}, true
	default:
		p.Lead = "Les réponses sont closes. Le rouvrir les reprend, celles qui sont là sont gardées."
		act.Submit, act.Secondary = "Rouvrir le débat", true
	}
	if editable {
		p.Forms = []formView{act}
	}
	return p
}

// following is who takes part, day by day.
func (x where) following(last question.Result) part {
	p := part{ID: "suivre", Title: "La participation"}
	if !last.Known() || len(last.Figures.Days) == 0 {
		p.Empty = ui.Empty{Title: "Personne n’a encore répondu", Text: "Les personnes et les votes de chaque jour viendront ici."}
		return p
	}
	p.Lead = "Calculé le " + x.stamp(last.Figures.At) + " sur " + count(last.Figures.Votes, "vote", "votes") + "."
	t := ui.Table{ID: "jours", Caption: "Nouvelles personnes et votes par jour, le dernier d’abord", CaptionHidden: true, Columns: []ui.Column{{Label: "Jour"}, {Label: "Nouvelles personnes", Number: true}, {Label: "Votes", Number: true}}}
	for i := len(last.Figures.Days) - 1; i >= 0 && len(t.Rows) < 60; i-- {
		day := last.Figures.Days[i]
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: french.Day(day.Day)}, {Text: french.Integer(day.People)}, {Text: french.Integer(day.Votes)}}})
	}
	p.Tables = []ui.Table{t}
	return p
}

// statementParts are the statements, and the form that adds some.
func (d Deps) statementParts(here string, shown []question.Statement, f forms, editable, moderates bool) []part {
	p := part{ID: "affirmations", Title: "Les affirmations publiées"}
	t := ui.Table{ID: "table-affirmations", Stack: true, Caption: "Les affirmations publiées", CaptionHidden: true, Columns: []ui.Column{{Label: "N°"}, {Label: "Affirmation", Wide: true}, {Label: "De qui"}}}
	choice := ui.Field{ID: "post", Label: "Affirmation à retirer", Type: "select", Required: true}
	for _, s := range shown {
		from := "participant"
		if s.Seeded {
			from = "équipe"
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: text(s.N)}, {Text: s.Text}, {Text: from}}})
		choice.Options = append(choice.Options, ui.Option{Value: s.Post + ":" + text(s.Rev), Label: text(s.N) + ". " + s.Text, Selected: s.Post+":"+text(s.Rev) == f.post})
	}
	if p.Tables = []ui.Table{t}; len(shown) == 0 {
		p.Tables, p.Empty = nil, ui.Empty{Title: "Aucune affirmation", Text: "Écrivez-en 15 à 40 pour commencer, de points de vue différents\u00a0: chacun doit pouvoir être d’accord avec certaines et pas avec d’autres."}
	}
	if !editable {
		return []part{p}
	}
	add := part{ID: "ecrire", Title: "Écrire des affirmations", Forms: []formView{{Action: here + "/affirmations", Submit: "Ajouter ces affirmations", Fields: []ui.Field{{ID: "lines", Label: "Une affirmation par ligne", Type: "textarea", Rows: 8, Required: true, Value: f.lines,
		Help: "En une phrase, " + strconv.Itoa(question.MostLetters) + " caractères au plus. Elles sont publiées aussitôt quand le débat est ouvert."}}}}}
	if f.on == "seed" {
		add.Notices = refused(f.wrong)
	}
	out := []part{p, add}
	if len(shown) > 0 && moderates {
		p := part{ID: "retirer", Title: "Retirer une affirmation", Fold: "La retirer, en disant pourquoi", Unfolded: f.on == "withdraw", Forms: []formView{{Action: here + "/retrait", Submit: "Retirer cette affirmation", Secondary: true, Fields: []ui.Field{choice,
			{ID: "why", Label: "Pourquoi", Required: true, Value: f.why, Help: "Ses votes ne comptent plus\u00a0; ils sont gardés."}}}}}
		if f.on == "withdraw" {
			p.Notices = refused(f.wrong)
		}
		out = append(out, p)
	}
	return out
}

func history(c cop.COP, past []question.Past) part {
	h := ui.Table{ID: "versions", Caption: "Chaque version, la dernière d’abord", CaptionHidden: true, Columns: []ui.Column{{Label: "Version"}, {Label: "Le"}, {Label: "Titre", Wide: true}, {Label: "État"}, {Label: "Pourquoi", Wide: true}}}
	for _, y := range past {
		h.Rows = append(h.Rows, ui.Row{Cells: []ui.Cell{{Text: text(y.Rev)}, {Text: french.Date(y.At.In(c.Location()))}, {Text: y.Body.Title}, {Text: y.Body.State.Name()}, {Text: y.Reason}}})
	}
	return part{ID: "histoire", Title: "Son histoire", Tables: []ui.Table{h}}
}
