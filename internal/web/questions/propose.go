package questions

import (
	"net/http"
	"strconv"

	"jalon/internal/apperr"
	"jalon/internal/debate"
	"jalon/internal/debate/question"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
)

// proposal is what somebody types to propose a statement.
type proposal struct{ Text, Name, Email string }

func (d Deps) propose(w http.ResponseWriter, r *http.Request) error {
	x, err := d.seen(r)
	if err != nil {
		return err
	}
	return d.showPropose(w, r, http.StatusOK, x, proposal{}, nil, nil)
}

func (d Deps) showPropose(w http.ResponseWriter, r *http.Request, status int, x where, typed proposal, near []question.Statement, wrong error) error {
	v := view{Heading: ui.Heading{Overline: x.Title, Title: "Proposer une affirmation", Scope: []string{x.Question.Question},
		Lead: "Une idée par affirmation, en une phrase à laquelle on peut répondre «" + nb + "d’accord" + nb + "» ou «" + nb + "pas d’accord" + nb + "». Elle est relue avant d’être soumise à tous."}}
	if err := d.Room.MayPropose(shell.Actor(r), x.cop, x.Question); err != nil {
		v.Notices = append(v.Notices, ui.Alert{State: "info", Title: "Vous ne pouvez pas proposer d’affirmation ici", Text: apperr.Message(err), Links: []ui.Link{{Label: "Revenir au débat", Href: x.page()}}})
		if typed.Text != "" {
			v.Notices = append(v.Notices, ui.Alert{State: "info", Title: "Votre texte", Text: typed.Text})
		}
		return d.show(w, r, max(status, apperr.Status(err)), v, true, x.trail(ui.Link{Label: x.Title, Href: x.page()}, ui.Link{Label: "Proposer"})...)
	}
	f := formView{Action: x.page() + "/proposer", Submit: "Proposer cette affirmation", Trap: true, Fields: []ui.Field{
		{ID: "text", Label: "Votre affirmation", Type: "textarea", Rows: 3, Required: true, Value: typed.Text, Help: strconv.Itoa(question.MostLetters) + " caractères au plus."}}}
	if who := shell.Of(r); !who.SignedIn() {
		f.Fields = append(f.Fields, ui.Field{ID: "name", Label: "Votre nom, tel qu’il sera montré", Value: typed.Name, Autocomplete: "name", Help: "Laissez vide pour ne pas signer."})
		if who.Voice == "" {
			f.Fields = append(f.Fields, ui.Field{ID: "email", Label: "Votre adresse électronique", Type: "email", Required: true, Value: typed.Email, Autocomplete: "email", Help: "Elle n’est pas publiée. Un message vous demandera de la confirmer, puis vous dira ce qu’il advient de votre affirmation."})
		}
	}
	p := part{ID: "proposer", Title: "Votre affirmation", Notices: wrongIn(f.Fields, wrong)}
	if len(near) > 0 {
		f.Hidden, f.Submit = append(f.Hidden, [2]string{"lu", "1"}), "Aucune ne dit la même chose"+nb+": proposer la mienne"
		q := part{ID: "proches", Title: "Le débat dit déjà presque cela", Lead: "Répondez à l’une d’elles plutôt que d’en ajouter une semblable" + nb + ": chaque réponse compte mieux. Votre texte est gardé ci-dessous."}
		for _, s := range near {
			q.Links = append(q.Links, ui.Link{Label: s.Text, Href: x.page() + "?affirmation=" + text(s.N) + "#affirmation"})
		}
		v.Parts = append(v.Parts, q)
	}
	p.Forms = []formView{f}
	v.Parts = append(v.Parts, p)
	return d.show(w, r, status, v, true, x.trail(ui.Link{Label: x.Title, Href: x.page()}, ui.Link{Label: "Proposer"})...)
}

func (d Deps) proposed(w http.ResponseWriter, r *http.Request) error {
	x, err := d.seen(r)
	if err != nil {
		return err
	}
	typed := proposal{shell.Typed(r, "text"), shell.Typed(r, "name"), shell.Typed(r, "email")}
	if shell.Typed(r, "site") != "" { // only robots see that field
		return d.thanks(w, r, x, debate.PostWaiting)
	}
	if typed.Text != "" && shell.Typed(r, "lu") == "" {
		near, err := d.Room.Near(r.Context(), x.Question, typed.Text)
		if err != nil {
			return err
		}
		if len(near) > 0 {
			return d.showPropose(w, r, http.StatusOK, x, typed, near, nil)
		}
	}
	who := shell.Of(r)
	p, err := d.Room.Propose(r.Context(), shell.Actor(r), x.cop, x.Question, typed.Text, debate.Speaker{Email: typed.Email, Name: typed.Name, Voice: who.Voice}, shell.Machine(r, d.Trusted))
	if err != nil {
		if !shell.Beside(err) {
			return err
		}
		return d.showPropose(w, r, apperr.Status(err), x, typed, nil, err)
	}
	return d.thanks(w, r, x, p.State)
}

// thanks says what becomes of a statement that was proposed.
func (d Deps) thanks(w http.ResponseWriter, r *http.Request, x where, state debate.PostState) error {
	v := view{Heading: ui.Heading{Overline: x.Title, Title: "Votre affirmation est reçue", Scope: []string{"elle sera relue avant d’être soumise à tous"}}}
	if state == debate.PostUnconfirmed {
		v.Heading.Title = "Confirmez votre adresse pour que votre affirmation soit relue"
		v.Notices = []ui.Alert{{State: "info", Title: "Un message vous a été envoyé", Text: "Ouvrez le lien qu’il contient, dans les 7" + nb + "jours. Sans cela, votre affirmation ne sera pas relue."}}
	}
	v.Parts = []part{{ID: "suite", Title: "Et maintenant", Links: []ui.Link{{Label: "Continuer à répondre", Href: x.page()}, {Label: "Voir les résultats", Href: x.page() + "/resultats"}}}}
	return d.show(w, r, http.StatusOK, v, true, x.trail(ui.Link{Label: x.Title, Href: x.page()}, ui.Link{Label: "Proposer"})...)
}
