package answers

import (
	"net/http"
	"strconv"

	"jalon/internal/apperr"
	"jalon/internal/french"
	"jalon/internal/survey"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
)

// homeView is where codes are typed, and the responses of whoever sits somewhere.
type homeView struct {
	Heading   ui.Heading
	Responses []mine
	Fields    []ui.Field
	Seated    bool
}

// mine is a response at whose table one sits.
type mine struct {
	Name, Href, State, Until, Role, Note string
}

func codeFields(email, code, name, own string) []ui.Field {
	return []ui.Field{
		{ID: "adresse", Label: "Adresse à laquelle le code a été envoyé", Required: true, Value: email, Autocomplete: "email", Help: "Ou le numéro SIREN de votre collectivité, si le code est venu par lettre."},
		{ID: "code", Label: "Code à huit chiffres", Required: true, Value: code, Autocomplete: "off", Help: "Exemple\u00a0: 1234\u00a05678.", Attributes: map[string]any{"inputmode": "numeric"}},
		{ID: "nom", Label: "Votre nom", Required: true, Value: name, Autocomplete: "name", Help: "Vos collègues verront qui a écrit quoi."},
		{ID: "mel", Label: "Votre adresse électronique", Type: "email", Required: true, Value: own, Autocomplete: "email", Help: "Pour recevoir le reçu. Elle n’est montrée qu’à votre collectivité et à l’équipe de la COP."},
	}
}

func (d Deps) homePage(w http.ResponseWriter, r *http.Request, fields []ui.Field, status int) error {
	who := shell.Of(r)
	all, err := d.Room.Responses(r.Context(), d.Q, cookieOf(r), who.Actor)
	if err != nil {
		return err
	}
	v := homeView{Fields: fields, Seated: cookieOf(r) != "", Heading: ui.Heading{Overline: "Questionnaire aux collectivités", Title: "Répondre au nom de votre collectivité",
		Lead: "Chaque collectivité donne une seule réponse, écrite à plusieurs s’il le faut, puis validée par une personne élue. Ouvrez le lien reçu par courriel, ou saisissez ici le code du même courriel."}}
	for _, o := range all {
		x := mine{Name: o.Response.Name, Href: "/reponses/" + o.Response.ID, State: o.Response.State.Name(), Role: o.Seat.Role.Name()}
		if o.Campaign.ClosesOn != "" && o.Campaign.State.Takes() {
			x.Until = "jusqu’au " + french.Day(o.Campaign.ClosesOn)
		}
		if !o.Campaign.State.Takes() {
			x.Until = "campagne " + o.Campaign.State.Name()
		}
		x.Note = french.Integer(o.Response.Rated) + " actions évaluées sur " + french.Integer(o.Response.Asked)
		v.Responses = append(v.Responses, x)
	}
	p := d.Shell.Page(r, "Répondre au questionnaire", "", ui.Link{Label: "Accueil", Href: "/"}, ui.Link{Label: "Questionnaire"})
	p.NoIndex, p.Canonical = true, ""
	return d.Shell.RenderStatus(w, r, status, p, homePage(v))
}

func (d Deps) home(w http.ResponseWriter, r *http.Request) error {
	return d.homePage(w, r, codeFields("", "", "", ""), http.StatusOK)
}

func (d Deps) code(w http.ResponseWriter, r *http.Request) error {
	if err := readForm(r); err != nil {
		return err
	}
	email, code, p := shell.Typed(r, "adresse"), shell.Typed(r, "code"), survey.Person{Name: shell.Typed(r, "nom"), Email: shell.Typed(r, "mel")}
	s, err := d.Room.SitDownByCode(r.Context(), email, code, shell.Machine(r, d.Trusted), p)
	if err != nil {
		if !shell.Beside(err) {
			return err
		}
		return d.homePage(w, r, beside(codeFields(email, code, p.Name, p.Email), err), statusOf(err))
	}
	d.take(w, r, s.ID)
	return shell.SeeOther(w, r, d.first(r, s))
}

// first is what somebody sees once they sit: what waits for a validator, the
// contents for everybody else.
func (d Deps) first(r *http.Request, s survey.Seat) string {
	to := "/reponses/" + s.Response
	if s.Role != survey.Validates {
		return to
	}
	if x, err := survey.FindResponse(r.Context(), d.Q, s.Response); err == nil && x.State == survey.Submitted {
		to += "/valider"
	}
	return to
}

// leave forgets the seats of a browser: on a shared computer the next person must
// not find them.
func (d Deps) leave(w http.ResponseWriter, r *http.Request) error {
	d.setCookie(w, "", -1)
	return shell.SeeOther(w, r, "/questionnaire")
}

// linkView says whose questionnaire a link opens, and asks who one is.
type linkView struct {
	Heading ui.Heading
	Facts   [][2]string
	Fields  []ui.Field
	Action  string
	Why     ui.Alert
	Already string // where to go on, for a browser that sits there
	Other   string // another authority whose table this browser sits at
	Email   string // of a seat whose address is set
}

func (d Deps) linkPage(w http.ResponseWriter, r *http.Request, o survey.Opening, p survey.Person, wrong error) error {
	v := linkView{Action: r.URL.Path, Heading: ui.Heading{Overline: "Questionnaire de la COP régionale", Title: "Vous allez répondre au nom de\u00a0: " + o.Response.Name}}
	v.Facts = [][2]string{{"Votre rôle", o.Seat.Role.Name()}, {"Pour qui", o.Response.Kind.Name()}}
	if path, err := d.Room.PathOf(r.Context(), d.Q, o.Campaign.Form, o.Response.FormVersion, o.Response.Kind); err == nil {
		least, most := path.Form.Duration()
		v.Facts = append(v.Facts, [2]string{"Durée", "de " + strconv.Itoa(least) + " à " + strconv.Itoa(most) + "\u00a0minutes, en plusieurs fois si vous voulez"})
	}
	if o.Campaign.ClosesOn != "" {
		v.Facts = append(v.Facts, [2]string{"Jusqu’au", french.Day(o.Campaign.ClosesOn)})
	}
	v.Fields = []ui.Field{{ID: "nom", Label: "Votre nom", Required: true, Value: p.Name, Autocomplete: "name", Help: "Vos collègues verront qui a écrit quoi."}}
	if o.Seat.Role == survey.Writes {
		v.Fields = append(v.Fields, ui.Field{ID: "mel", Label: "Votre adresse électronique", Type: "email", Required: true, Value: p.Email, Autocomplete: "email", Help: "Pour recevoir le reçu. Elle n’est montrée qu’à votre collectivité et à l’équipe de la COP."})
	} else {
		v.Email = o.Seat.Email
	}
	if o.Why != nil {
		v.Fields, v.Heading.Title = nil, "Ce lien est celui de\u00a0: "+o.Response.Name
		v.Why = ui.Alert{State: "warning", Title: "Ce lien n’ouvre pas le questionnaire", Text: apperr.Message(o.Why), Links: []ui.Link{{Label: "Saisir un code, ou voir mes réponses", Href: "/questionnaire"}}}
	}
	for _, id := range d.Room.CookieSeats(cookieOf(r)) {
		s, err := survey.FindSeat(r.Context(), d.Q, id)
		if err != nil || !s.EndedAt.IsZero() {
			continue
		}
		if s.Response == o.Response.ID && s.Role != o.Seat.Role {
			continue // another hat of the same person
		}
		if s.Response == o.Response.ID {
			v.Already = "/reponses/" + s.Response
		} else if other, err := survey.FindResponse(r.Context(), d.Q, s.Response); err == nil && v.Other == "" {
			v.Other = other.Name
		}
	}
	page := d.Shell.Page(r, v.Heading.Title, "", ui.Link{Label: "Questionnaire", Href: "/questionnaire"}, ui.Link{Label: o.Response.Name})
	page.NoIndex, page.Canonical, page.PrintNote = true, "", ""
	v.Fields = beside(v.Fields, wrong)
	return d.Shell.RenderStatus(w, r, statusOf(wrong), page, linkPage(v))
}

// link says what a link opens and changes nothing: gateways that read mails follow
// links before people do.
func (d Deps) link(w http.ResponseWriter, r *http.Request) error {
	w.Header().Set("Referrer-Policy", "no-referrer") // the address is a secret
	o, err := d.Room.Behind(r.Context(), d.Q, r.PathValue("secret"))
	if err != nil {
		return err
	}
	p := survey.Person{Name: o.Seat.Name}
	if o.Seat.OpenedAt.IsZero() || o.Seat.Role != survey.Writes {
		p.Email = o.Seat.Email
	} else {
		p.Name = "" // somebody else may come by the same link
	}
	return d.linkPage(w, r, o, p, nil)
}

func (d Deps) sit(w http.ResponseWriter, r *http.Request) error {
	w.Header().Set("Referrer-Policy", "no-referrer")
	if err := readForm(r); err != nil {
		return err
	}
	p := survey.Person{Name: shell.Typed(r, "nom"), Email: shell.Typed(r, "mel")}
	s, err := d.Room.SitDown(r.Context(), r.PathValue("secret"), p)
	if err == nil {
		d.take(w, r, s.ID)
		return shell.SeeOther(w, r, d.first(r, s))
	}
	if !shell.Beside(err) {
		return err
	}
	o, err2 := d.Room.Behind(r.Context(), d.Q, r.PathValue("secret"))
	if err2 != nil {
		return err2
	}
	return d.linkPage(w, r, o, p, err)
}
