package follows

import (
	"net/http"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/debate"
	"jalon/internal/debate/follow"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
)

type followView struct {
	Heading   ui.Heading
	Fields    []ui.Field
	COP       string
	Subject   follow.Subject
	Back      string
	Done      *ui.Alert
	Following bool
	Known     bool // no address is asked
}

// asked reads what a request wants to follow.
func (d Deps) asked(r *http.Request, get func(string) string) (v followView, c cop.COP, err error) {
	if c, err = cop.Find(r.Context(), d.Q, shell.Clean(get("cop"))); err != nil {
		return v, c, err
	}
	v.Subject = follow.Subject{Kind: follow.Kind(shell.Clean(get("sorte"))), ID: shell.Clean(get("objet"))}
	n, err := d.Room.NameOf(r.Context(), d.Q, c, v.Subject)
	if err != nil {
		return v, c, err
	}
	v.COP, v.Back = c.ID, n.Path
	if back := get("retour"); back != "" {
		v.Back = shell.Back(back)
	}
	v.Heading = ui.Heading{Overline: c.Name, Title: "Suivre " + n.Name, Lead: "Vous recevez un message quand il y a du nouveau\u00a0: une réponse, une décision, une publication. Jamais plus d’un par nouvelle\u00a0; un clic suffit pour ne plus suivre."}
	who := shell.Of(r)
	v.Known = who.SignedIn()
	if who.SignedIn() {
		if x, err := debate.VoiceOf(r.Context(), d.Q, c.ID, who.Account); err == nil {
			v.Following, err = follow.Follows(r.Context(), d.Q, x.ID, c, v.Subject)
			return v, c, err
		}
	} else if who.Voice != "" {
		if x, err := debate.FindVoice(r.Context(), d.Q, who.Voice); err == nil && x.COP == c.ID && x.Confirmed() {
			v.Known = true
			v.Following, err = follow.Follows(r.Context(), d.Q, x.ID, c, v.Subject)
			return v, c, err
		}
	}
	return v, c, nil
}

func addressField(value, wrong string) ui.Field {
	return ui.Field{ID: "email", Label: "Votre adresse électronique", Type: "email", Autocomplete: "email", Required: true, Value: value, Error: wrong,
		Help: "Un lien y sera envoyé pour confirmer que c’est la vôtre. Exemple\u00a0: anne.martin@exemple.fr"}
}

func (d Deps) followPage(w http.ResponseWriter, r *http.Request) error {
	v, c, err := d.asked(r, r.URL.Query().Get)
	if err != nil {
		return err
	}
	if !v.Known {
		v.Fields = []ui.Field{addressField("", "")}
	}
	return d.showFollow(w, r, http.StatusOK, c, v)
}

func (d Deps) showFollow(w http.ResponseWriter, r *http.Request, status int, c cop.COP, v followView) error {
	return d.own(w, r, status, v.Heading.Title, c, v.page())
}

func (d Deps) follow(w http.ResponseWriter, r *http.Request) error {
	if err := shell.ReadForm(r); err != nil {
		return err
	}
	v, c, err := d.asked(r, r.PostForm.Get)
	if err != nil {
		return err
	}
	email := shell.Typed(r, "email")
	sure := false
	switch {
	case shell.Typed(r, "site") != "": // a robot filled what people do not see: it reads what they read
	default:
		if err = d.counted(r, "follow"); err == nil && !v.Known {
			err = d.fewTo(r, email)
		}
		if err == nil {
			_, sure, err = d.Room.Follow(r.Context(), shell.Actor(r), c, debate.Speaker{Email: email, Voice: shell.Of(r).Voice}, v.Subject)
		}
	}
	if err != nil && !shell.Beside(err) {
		return err
	}
	if err != nil {
		v.Fields = []ui.Field{addressField(email, apperr.Message(err))}
		return d.showFollow(w, r, apperr.Status(err), c, v)
	}
	v.Done = &ui.Alert{State: "success", Title: "C’est enregistré", Text: "Vous recevrez les nouvelles de ce sujet."}
	if !sure {
		v.Done = &ui.Alert{State: "info", Title: "Ouvrez le message qui vient de partir", Text: "Un lien est parti à l’adresse " + email + ". Votre abonnement commence quand vous l’avez suivi\u00a0; regardez aussi parmi les indésirables."}
	}
	return d.showFollow(w, r, http.StatusOK, c, v)
}

// perAddress is how many links leave for one address in an hour: nobody floods
// somebody else's mail from here.
const perAddress = 6

func (d Deps) fewTo(r *http.Request, email string) error {
	over, err := d.Room.Accounts.Tried(r.Context(), "debate-mail|"+email, perAddress)
	if err == nil && over {
		err = apperr.New(apperr.TooMany, nil, "Plusieurs liens viennent déjà de partir à cette adresse. Ouvrez le dernier reçu, ou réessayez dans une heure.")
	}
	return err
}

func (d Deps) unfollow(w http.ResponseWriter, r *http.Request) error {
	if err := d.counted(r, "voice"); err != nil {
		return err
	}
	v, _, err := d.held(r)
	if err != nil {
		return err
	}
	if err := d.Room.Stop(r.Context(), v, r.PathValue("id")); err != nil {
		return err
	}
	return shell.SeeOther(w, r, d.Room.VoicePath(v.ID)+"?fait=fin")
}

func (d Deps) leavePage(w http.ResponseWriter, r *http.Request) error {
	v, c, err := d.held(r)
	if err != nil {
		return err
	}
	return d.own(w, r, http.StatusOK, "Ne plus recevoir la lettre", c, stopView{Base: d.Room.VoicePath(v.ID), Email: v.Email, What: c.SenderName()}.letterPage())
}

// leave ends the letter by a POST alone (RFC 8058).
func (d Deps) leave(w http.ResponseWriter, r *http.Request) error {
	v, c, err := d.held(r)
	if err != nil {
		return err
	}
	if err := d.Room.LeaveLetter(r.Context(), v); err != nil {
		return err
	}
	return d.own(w, r, http.StatusOK, "Ne plus recevoir la lettre", c, stopView{Base: d.Room.VoicePath(v.ID), Email: v.Email, What: c.SenderName(), Done: true}.letterPage())
}
