package consultations

import (
	"net/http"

	"jalon/internal/apperr"
	"jalon/internal/debate"
	"jalon/internal/debate/consultation"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
)

// known reports whether the address of whoever reads is known here.
func (d Deps) known(r *http.Request, p place) bool {
	who := shell.Of(r)
	if who.SignedIn() {
		return true
	}
	if who.Voice == "" {
		return false
	}
	v, err := debate.FindVoice(r.Context(), d.Q, who.Voice)
	return err == nil && v.COP == p.c.ID && v.Confirmed()
}

// Limits of deposits in an hour: those of a workshop behind one address.
const (
	perMachine = 120
	perAddress = 20
)

func (d Deps) few(r *http.Request, email string) error {
	over, err := d.Room.Accounts.Tried(r.Context(), "debate-amend|"+shell.Machine(r, d.TrustedProxies), perMachine)
	if err == nil && !over && email != "" {
		over, err = d.Room.Accounts.Tried(r.Context(), "debate-amend|"+email, perAddress)
	}
	if err == nil && over {
		err = apperr.New(apperr.TooMany, nil, "Trop d’envois en une heure. Votre texte n’est pas enregistré\u00a0; il est dans le formulaire, réessayez plus tard.")
	}
	return err
}

func (d Deps) amend(w http.ResponseWriter, r *http.Request) error {
	if err := shell.ReadForm(r); err != nil {
		return err
	}
	p, x, err := d.read(r)
	if err != nil {
		return err
	}
	in := consultation.Proposal{Origin: r.PathValue("article"), Form: consultation.Form(shell.Typed(r, "form")), Why: shell.Typed(r, "why"), Proposed: shell.Typed(r, "proposed"), Speaker: shell.Typed(r, "speaker"),
		Who: debate.Speaker{Email: shell.Typed(r, "email"), Name: shell.Typed(r, "name"), OrgName: shell.Typed(r, "org_name"), Voice: shell.Of(r).Voice}}
	typed := in
	if in.Form != consultation.Rewrite {
		in.Proposed = ""
	}
	var post debate.Post
	if shell.Typed(r, "site") == "" { // a robot filled what people do not see: it reads what they read
		if err = d.few(r, in.Who.Email); err == nil {
			post, _, err = d.Room.Amend(r.Context(), shell.Actor(r), p.c, x.ID, in)
		}
	}
	if err != nil && shell.Beside(err) {
		return d.showArticle(w, r, apperr.Status(err), &typed, nil, apperr.Message(err))
	}
	if err != nil {
		return err
	}
	notice := ui.Alert{State: "success", Title: "Votre amendement est reçu", Text: "La modération le lit avant sa publication. Vous serez prévenu par courriel de ce qu’il devient."}
	if post.State != debate.PostWaiting {
		notice = ui.Alert{State: "info", Title: "Ouvrez le message qui vient de partir", Text: "Un lien est parti à l’adresse " + in.Who.Email + ". Votre amendement sera lu quand vous l’aurez suivi\u00a0; regardez aussi parmi les indésirables."}
	}
	return d.showArticle(w, r, http.StatusOK, nil, &notice, "")
}

func (d Deps) support(w http.ResponseWriter, r *http.Request) error {
	if err := shell.ReadForm(r); err != nil {
		return err
	}
	p, x, err := d.read(r)
	if err != nil {
		return err
	}
	a, err := consultation.FindAmendment(r.Context(), d.Q, x.ID, r.PathValue("post"))
	if err == nil && (!a.Read() || d.Room.Support == nil) {
		err = apperr.NotFoundf("Cet amendement n’est pas publié.")
	}
	if err != nil {
		return err
	}
	r.SetPathValue("article", a.Origin)
	notice := ui.Alert{State: "success", Title: "Votre soutien est compté"}
	if !d.known(r, p) && shell.Typed(r, "email") == "" {
		notice = ui.Alert{State: "warning", Title: "Votre soutien n’est pas compté", Text: "Donnez votre adresse à côté du bouton\u00a0: un lien y sera envoyé pour la confirmer."}
		return d.showArticle(w, r, http.StatusBadRequest, nil, &notice, "")
	}
	sure, _, err := d.Room.Support(r.Context(), shell.Actor(r), p.c, a.ID, debate.Speaker{Email: shell.Typed(r, "email"), Voice: shell.Of(r).Voice}, shell.Machine(r, d.TrustedProxies))
	if err != nil && shell.Beside(err) {
		return d.showArticle(w, r, apperr.Status(err), nil, &ui.Alert{State: "error", Title: "Votre soutien n’est pas compté", Text: apperr.Message(err)}, "")
	}
	if err != nil {
		return err
	}
	if !sure {
		notice = ui.Alert{State: "info", Title: "Ouvrez le message qui vient de partir", Text: "Votre soutien comptera quand vous aurez suivi le lien qu’il contient."}
	}
	return d.showArticle(w, r, http.StatusOK, nil, &notice, "")
}
