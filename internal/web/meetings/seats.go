package meetings

import (
	"net/http"

	"jalon/internal/apperr"
	"jalon/internal/debate"
	"jalon/internal/debate/meeting"
	"jalon/internal/french"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
	"jalon/internal/web/wording"
)

// formView is a page that is a form.
type formView struct {
	Heading ui.Heading
	Notices []ui.Alert
	Words   []string
	Action  string
	Fields  []ui.Field
	Hidden  []ui.Option // name and value
	Trap    bool        // a field that people do not see and robots fill
	Button  string
	Danger  bool
	After   []string
	Links   []ui.Link
}

// trap is the name of the field that robots fill.
const trap = "site_web"

func (d Deps) newSeat(w http.ResponseWriter, r *http.Request) error {
	f, err := d.asked(r, r.URL.Query().Get("invitation"))
	if err != nil {
		return err
	}
	s, held, err := d.held(r, f)
	if err != nil {
		return err
	}
	if held && (s.State == meeting.Confirmed || s.State == meeting.Waiting) {
		return shell.SeeOther(w, r, d.Room.SeatPath(s))
	}
	p := person{name: shell.Of(r).Name}
	return d.showSeat(w, r, http.StatusOK, f, p, r.URL.Query().Get("invitation"), seatRest{}, "")
}

// seatRest is what a registration says besides who it is.
type seatRest struct {
	email, needs string
	remote       string
}

func (d Deps) showSeat(w http.ResponseWriter, r *http.Request, status int, f found, p person, invitation string, rest seatRest, wrong string) error {
	today := d.today(f.c)
	how, left := f.how(today)
	v := formView{Heading: ui.Heading{Overline: "Inscription", Title: wording.OfMeeting("S’inscrire", f.x), Scope: f.scope()}, Action: f.x.Path() + "/inscription", Button: "S’inscrire", Trap: true,
		After: []string{"Vos réponses servent à organiser cette réunion et sont lues par ceux qui l’organisent. Ce que vous écrivez de vos besoins est effacé 30" + nb + "jours après, votre nom un an après" + nb + "; l’organisme et la commune restent comptés. Vous pouvez tout faire effacer depuis chaque message reçu."},
		Links: []ui.Link{{Label: "La page de la réunion", Href: f.x.Path()}}}
	v.Words = append(v.Words, how)
	if left != "" {
		v.Words = append(v.Words, left)
	}
	if f.e.Takes(f.x, today) != "" {
		v.Button, v.After = "", nil
		return d.private(w, r, status, "Inscription"+nb+": "+f.x.Title, formTemplate(v), f.trail(ui.Link{Label: "Inscription"})...)
	}
	invited := d.Room.OpenInvite(f.x, invitation)
	if f.e.Mode == meeting.Invited && !f.mine && invited == "" {
		ok, err := d.invitedHere(r, f)
		if err != nil {
			return err
		}
		if !ok {
			v.Button, v.After = "", nil
			v.Notices = append(v.Notices, ui.Alert{State: "info", Title: "On s’inscrit à cette réunion sur invitation", Text: "Ouvrez le lien du message d’invitation, ou connectez-vous avec l’adresse qui a été invitée."})
			return d.private(w, r, status, "Inscription"+nb+": "+f.x.Title, formTemplate(v), f.trail(ui.Link{Label: "Inscription"})...)
		}
	}
	known, err := d.knownAs(r, f)
	if err != nil {
		return err
	}
	if wrong != "" {
		v.Notices = append(v.Notices, ui.Alert{State: "error", Title: "Votre inscription n’est pas enregistrée", Text: wrong})
	}
	v.Fields = p.fields("")
	switch {
	case known != "":
		v.Words = append(v.Words, "Vous vous inscrivez avec l’adresse "+known+".")
	case invited != "":
		v.Hidden = append(v.Hidden, ui.Option{Value: "invitation", Label: invitation})
		v.Words = append(v.Words, "Invitation envoyée à "+invited+".")
		fallthrough
	default:
		if rest.email == "" {
			rest.email = invited
		}
		email := ui.Field{ID: "email", Label: "Adresse électronique", Type: "email", Required: true, Value: rest.email, Autocomplete: "email", Help: "Un lien y est envoyé pour confirmer qu’elle est la vôtre. Votre place compte à partir de là."}
		v.Fields = append(v.Fields[:1:1], append([]ui.Field{email}, v.Fields[1:]...)...)
	}
	if f.x.JoinURL != "" && f.x.Place != "" {
		v.Fields = append(v.Fields, ui.Field{ID: "remote", Label: "Comment venez-vous\u00a0?", Type: "radio", Required: true, Options: []ui.Option{
			{Value: "non", Label: "sur place", Selected: rest.remote != "oui"}, {Value: "oui", Label: "à distance", Selected: rest.remote == "oui"}}})
	}
	v.Fields = append(v.Fields, ui.Field{ID: "needs", Label: "Ce qu’il vous faut pour participer", Type: "textarea", Rows: 2, Value: rest.needs, Help: "Accès en fauteuil, interprète en langue des signes, sous-titrage, garde d’enfants…"})
	return d.private(w, r, status, "Inscription"+nb+": "+f.x.Title, formTemplate(v), f.trail(ui.Link{Label: "Inscription"})...)
}

// knownAs is the address that is known to be that of whoever asks, "" when none is.
func (d Deps) knownAs(r *http.Request, f found) (string, error) {
	if email, err := d.ownEmail(r); err != nil || email != "" {
		return email, err
	}
	voice := shell.Of(r).Voice
	if voice == "" {
		return "", nil
	}
	v, err := debate.FindVoice(r.Context(), d.Q, voice)
	if err != nil || v.COP != f.c.ID || !v.Confirmed() {
		if apperr.KindOf(err) == apperr.NotFound {
			err = nil
		}
		return "", err
	}
	return v.Email, nil
}

func (d Deps) addSeat(w http.ResponseWriter, r *http.Request) error {
	if err := shell.ReadForm(r); err != nil {
		return err
	}
	f, err := d.asked(r, shell.Typed(r, "invitation"))
	if err != nil {
		return err
	}
	if shell.Typed(r, trap) != "" { // a robot learns nothing
		return d.said(w, r, f, shell.Typed(r, "email"))
	}
	if err := d.counted(r, "seat", perHour); err != nil {
		return err
	}
	rest := seatRest{email: shell.Typed(r, "email"), needs: shell.Typed(r, "needs"), remote: shell.Typed(r, "remote")}
	invitation := shell.Typed(r, "invitation")
	p, open, err := d.read(r, f.c)
	if err != nil {
		return err
	}
	if open {
		return d.showSeat(w, r, http.StatusUnprocessableEntity, f, p, invitation, rest, "")
	}
	in := meeting.NewSeat{Needs: rest.needs, Remote: rest.remote == "oui" || f.x.Place == "" && f.x.JoinURL != "", Invited: d.Room.OpenInvite(f.x, invitation),
		Speaker: debate.Speaker{Email: rest.email, Name: p.name, Org: p.org, OrgName: p.orgText, College: p.college, Territory: p.territory, Voice: shell.Of(r).Voice}}
	if in.Email != "" {
		over, err := d.Room.Accounts.Tried(r.Context(), "meeting-seat|"+in.Email, 10)
		if err != nil {
			return err
		}
		if over {
			return apperr.New(apperr.TooMany, nil, "Trop d’inscriptions avec cette adresse en une heure. Ouvrez le message déjà envoyé, ou réessayez plus tard.")
		}
	}
	s, sure, err := d.Room.Register(r.Context(), f.a, f.x.ID, in)
	if err != nil {
		if shell.Beside(err) {
			return d.showSeat(w, r, apperr.Status(err), f, p, invitation, rest, apperr.Message(err))
		}
		return err
	}
	if sure {
		return shell.SeeOther(w, r, d.Room.SeatPath(s)+"?fait=1")
	}
	return d.said(w, r, f, in.Email)
}

// said tells to open one's mail: the same to everybody, so that nobody learns who is
// registered.
func (d Deps) said(w http.ResponseWriter, r *http.Request, f found, email string) error {
	v := formView{Heading: ui.Heading{Overline: "Inscription", Title: "Ouvrez votre messagerie pour finir", Scope: f.scope()},
		Words: []string{"Un message part à l’adresse " + debate.Line(email) + ". Ouvrez-le et touchez «" + nb + "Confirmer mon adresse" + nb + "»" + nb + ": votre place compte à partir de là.",
			"Rien n’arrive en dix minutes" + nb + "? Regardez dans les indésirables, ou recommencez en vérifiant l’adresse."},
		Links: []ui.Link{{Label: "La page de la réunion", Href: f.x.Path()}}}
	return d.private(w, r, http.StatusOK, v.Heading.Title, formTemplate(v), f.trail(ui.Link{Label: "Inscription"})...)
}

func (d Deps) seat(w http.ResponseWriter, r *http.Request) error {
	return d.oneSeat(w, r, r.URL.Query().Get("fait"))
}

// oneSeat is the registration of whoever holds its address, internal meetings included.
func (d Deps) oneSeat(w http.ResponseWriter, r *http.Request, done string) error {
	s, f, err := d.opened(r)
	if err != nil {
		return err
	}
	v := formView{Heading: ui.Heading{Overline: "Mon inscription", Title: f.x.Title, Scope: append(f.scope(), s.State.Name())}, Links: []ui.Link{{Label: "L’ajouter à mon agenda (iCalendar)", Href: f.x.Path() + "/reunion.ics"}, {Label: "La page de la réunion", Href: f.x.Path()}}}
	if done == "annule" {
		v.Notices = append(v.Notices, ui.Alert{State: "success", Title: "Votre place est rendue", Text: "Elle va à la première personne de la liste d’attente."})
	}
	how := "sur place"
	if s.Remote {
		how = "à distance"
	}
	switch s.State {
	case meeting.Confirmed:
		if done == "1" {
			v.Notices = append(v.Notices, ui.Alert{State: "success", Title: "Vous êtes inscrit", Text: "Un message vous le confirme."})
		}
		v.Words = append(v.Words, s.Name+", vous venez "+how+", "+meeting.When(f.x)+".")
		if f.e.Words != "" {
			v.Words = append(v.Words, f.e.Words)
		}
		if f.x.JoinURL != "" {
			v.Links = append([]ui.Link{{Label: "Rejoindre la réunion à distance", Href: f.x.JoinURL}}, v.Links...)
		}
	case meeting.Waiting:
		v.Words = append(v.Words, "La salle est complète"+nb+": vous êtes en liste d’attente. Si une place se libère au plus tard la veille, elle vous revient dans l’ordre des inscriptions, et vous recevez un message.")
	case meeting.Cancelled:
		v.Words = append(v.Words, "Vous n’êtes plus inscrit. Vous pouvez vous inscrire de nouveau depuis la page de la réunion.")
	default:
		v.Words = append(v.Words, "Votre adresse n’est pas encore confirmée"+nb+": ouvrez le message qui vous a été envoyé.")
	}
	if f.x.Place != "" {
		v.Words = append(v.Words, "Lieu"+nb+": "+f.x.Place)
	}
	if f.x.State == "planned" && d.today(f.c) <= f.x.Day && (s.State == meeting.Confirmed || s.State == meeting.Waiting) {
		v.Action, v.Button, v.Danger = d.Room.SeatPath(s), "Annuler mon inscription", true
		v.After = []string{"Une place rendue va aussitôt à qui l’attend."}
	}
	title := s.State.Name()
	return d.private(w, r, http.StatusOK, french.Upper(title)+nb+": "+f.x.Title, formTemplate(v), f.trail(ui.Link{Label: "Mon inscription"})...)
}

func (d Deps) opened(r *http.Request) (s meeting.Seat, f found, err error) {
	if s, err = d.Room.OpenSeat(r.Context(), d.Q, r.PathValue("id"), r.PathValue("jeton")); err != nil {
		if many := d.counted(r, "guess", 60); many != nil {
			return s, f, many
		}
		return s, f, err
	}
	f, err = d.of(r, s.Meeting)
	return s, f, err
}

func (d Deps) cancelSeat(w http.ResponseWriter, r *http.Request) error {
	if err := shell.ReadForm(r); err != nil {
		return err
	}
	s, _, err := d.opened(r)
	if err != nil {
		return err
	}
	if s, err = d.Room.Cancel(r.Context(), s.ID); err != nil {
		return err
	}
	return shell.SeeOther(w, r, d.Room.SeatPath(s)+"?fait=annule")
}
