package meetings

import (
	"crypto/rand"
	"net/http"
	"strings"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/debate/meeting"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
	"jalon/internal/web/wording"
)

// screenView is what the facilitator shows at the door.
type screenView struct {
	Heading ui.Heading
	Tabs    []ui.Link
	QR      *ui.QR
	Action  string
	Words   string
}

func (d Deps) screen(w http.ResponseWriter, r *http.Request) error {
	f, err := d.organised(r)
	if err != nil {
		return err
	}
	v := screenView{Heading: ui.Heading{Overline: "À l’entrée", Title: wording.OfMeeting("Le code de la salle", f.x), Scope: f.scope()}, Tabs: f.tabs("/entree"), Action: f.x.Path() + "/entree"}
	v.Words = "Le code ne sert que le jour de la réunion, jusqu’à minuit. En changer rend l’ancien inutile."
	if d.today(f.c) > f.x.Day || f.x.State == cop.Cancelled {
		v.Words = "Cette réunion n’est plus à venir" + nb + ": son entrée n’a plus de code. Les présences se notent encore sur la liste."
		v.Action = ""
	} else if f.e.Door != "" {
		v.QR = &ui.QR{Address: d.Shell.Site(r) + "/entree/" + f.e.Door, Code: f.e.Door, Title: "Code QR" + nb + ": se noter présent à la réunion"}
	}
	return d.private(w, r, http.StatusOK, "Code à l’entrée"+nb+": "+f.x.Title, screenTemplate(v), f.trail(ui.Link{Label: "Code à l’entrée"})...)
}

func (d Deps) newDoor(w http.ResponseWriter, r *http.Request) error {
	if err := shell.ReadForm(r); err != nil {
		return err
	}
	if _, err := d.Room.NewDoor(r.Context(), shell.Actor(r), r.PathValue("id")); err != nil {
		return err
	}
	return shell.SeeOther(w, r, "/reunions/"+r.PathValue("id")+"/entree")
}

// deviceCookie is the name of the cookie by which a phone is counted once at a meeting.
const deviceCookie = "jalon_entree"

// device is what this browser was given at a meeting, "" before.
func device(r *http.Request) string {
	c, err := r.Cookie(deviceCookie)
	if err != nil || len(c.Value) > 64 {
		return ""
	}
	return c.Value
}

// doorOf is the meeting behind the code of an address. A machine that guesses gets no
// more answers; a whole room behind one address does.
func (d Deps) doorOf(r *http.Request, code string) (x cop.Meeting, c cop.COP, err error) {
	if x, c, err = d.Room.Behind(r.Context(), d.Q, code); err != nil && apperr.KindOf(err) == apperr.NotFound {
		if many := d.counted(r, "code", 60); many != nil {
			return x, c, many
		}
	}
	return x, c, err
}

// typeDoor is where a code is typed by who has no camera.
func (d Deps) typeDoor(w http.ResponseWriter, r *http.Request) error {
	return d.showType(w, r, http.StatusOK, "", "")
}

func (d Deps) showType(w http.ResponseWriter, r *http.Request, status int, code, wrong string) error {
	v := formView{Heading: ui.Heading{Overline: "À l’entrée d’une réunion", Title: "Se noter présent"}, Action: "/entree", Button: "Continuer",
		Fields: []ui.Field{{ID: "code", Label: "Code affiché dans la salle", Required: true, Value: code, Error: wrong, Autocomplete: "off", Help: "Sept lettres et chiffres."}}}
	return d.private(w, r, status, v.Heading.Title, formTemplate(v), ui.Link{Label: "Les COP régionales", Href: "/regions"}, ui.Link{Label: "Se noter présent"})
}

func (d Deps) typedDoor(w http.ResponseWriter, r *http.Request) error {
	code := r.PathValue("code")
	if r.Method == http.MethodPost {
		if err := shell.ReadForm(r); err != nil {
			return err
		}
		code = shell.Typed(r, "code")
	}
	x, _, err := d.doorOf(r, code)
	if err != nil {
		if apperr.KindOf(err) == apperr.NotFound {
			return d.showType(w, r, http.StatusNotFound, code, apperr.Message(err))
		}
		return err
	}
	return shell.SeeOther(w, r, x.Path()+"/entree/"+strings.ToUpper(strings.Join(strings.Fields(code), "")))
}

func (d Deps) door(w http.ResponseWriter, r *http.Request) error {
	x, c, err := d.doorOf(r, r.PathValue("code"))
	if err != nil || x.ID != r.PathValue("id") {
		if err == nil || apperr.KindOf(err) == apperr.NotFound {
			return d.showType(w, r, http.StatusNotFound, r.PathValue("code"), "Ce code n’ouvre aucune réunion aujourd’hui. Relisez-le à l’écran de la salle.")
		}
		return err
	}
	if r.URL.Query().Get("fait") == "1" && device(r) != "" {
		return d.welcome(w, r, x, c)
	}
	return d.showDoor(w, r, http.StatusOK, x, c, person{name: shell.Of(r).Name}, "", "")
}

// welcome says that somebody is counted.
func (d Deps) welcome(w http.ResponseWriter, r *http.Request, x cop.Meeting, c cop.COP) error {
	f := found{x: x, c: c}
	v := formView{Heading: ui.Heading{Overline: "À l’entrée", Title: x.Title, Scope: f.scope()}, Notices: []ui.Alert{{State: "success", Title: "Vous êtes noté présent", Text: "Ce téléphone est compté une fois pour cette réunion. Une autre personne avec vous" + nb + "? L’accueil la note sur la liste."}},
		Links: []ui.Link{{Label: "La page de la réunion", Href: x.Path()}}}
	return d.private(w, r, http.StatusOK, "Noté présent"+nb+": "+x.Title, formTemplate(v), ui.Link{Label: "Les COP régionales", Href: "/regions"}, ui.Link{Label: c.Name, Href: c.Path()}, ui.Link{Label: "Noté présent"})
}

func (d Deps) showDoor(w http.ResponseWriter, r *http.Request, status int, x cop.Meeting, c cop.COP, p person, email, wrong string) error {
	f := found{x: x, c: c}
	v := formView{Heading: ui.Heading{Overline: "À l’entrée", Title: x.Title, Scope: f.scope()}, Action: x.Path() + "/entree/" + strings.ToUpper(r.PathValue("code")), Button: "Je suis là", Trap: true,
		After: []string{"Votre nom est lu par ceux qui organisent la réunion et effacé un an après" + nb + "; l’organisme et la commune restent comptés. Un cookie retient jusqu’à demain que ce téléphone est compté."}}
	if wrong != "" {
		v.Notices = append(v.Notices, ui.Alert{State: "error", Title: "Vous n’êtes pas encore noté présent", Text: wrong})
	}
	s, known, err := d.Room.Recognised(r.Context(), d.Q, shell.Actor(r), c, x, shell.Of(r).Voice)
	if err != nil {
		return err
	}
	if known {
		v.Words = []string{s.Name + ", vous êtes inscrit à cette réunion avec ce téléphone."}
	} else {
		v.Words = []string{"Inscrit" + nb + "? Votre adresse suffit. Sinon, dites votre nom, et votre organisme ou votre commune."}
		v.Fields = append([]ui.Field{{ID: "email", Label: "Adresse de votre inscription", Type: "email", Value: email, Autocomplete: "email"}}, p.fields("")...)
		for i := range v.Fields {
			v.Fields[i].Required = false
		}
	}
	return d.private(w, r, status, "Se noter présent"+nb+": "+x.Title, formTemplate(v), ui.Link{Label: "Les COP régionales", Href: "/regions"}, ui.Link{Label: c.Name, Href: c.Path()}, ui.Link{Label: "Se noter présent"})
}

func (d Deps) enter(w http.ResponseWriter, r *http.Request) error {
	if err := shell.ReadForm(r); err != nil {
		return err
	}
	x, c, err := d.doorOf(r, r.PathValue("code"))
	if err != nil {
		return err
	}
	if x.ID != r.PathValue("id") {
		return apperr.NotFoundf("Ce code n’ouvre pas cette réunion.")
	}
	here := x.Path() + "/entree/" + r.PathValue("code") + "?fait=1"
	if shell.Typed(r, trap) != "" {
		return shell.SeeOther(w, r, here)
	}
	if err := d.counted(r, "enter", 2000); err != nil {
		return err
	}
	p, open, err := d.read(r, c)
	if err != nil {
		return err
	}
	email := shell.Typed(r, "email")
	if open && email == "" {
		return d.showDoor(w, r, http.StatusUnprocessableEntity, x, c, p, email, "")
	}
	mine := device(r)
	if mine == "" {
		mine = rand.Text()
		until := d.Now().Add(24 * time.Hour)
		http.SetCookie(w, &http.Cookie{Name: deviceCookie, Value: mine, Path: x.Path() + "/entree", Expires: until, MaxAge: int((24 * time.Hour).Seconds()), HttpOnly: true, Secure: d.Secure, SameSite: http.SameSiteLaxMode})
	}
	in := meeting.Arrival{Email: email, Voice: shell.Of(r).Voice, Device: mine, NewPresence: meeting.NewPresence{Name: p.name, Org: p.org, OrgName: p.orgText, College: p.college, Territory: p.territory}}
	if _, _, err = d.Room.Enter(r.Context(), shell.Actor(r), r.PathValue("code"), in); err != nil {
		if shell.Beside(err) {
			return d.showDoor(w, r, apperr.Status(err), x, c, p, email, apperr.Message(err))
		}
		return err
	}
	return shell.SeeOther(w, r, here)
}
