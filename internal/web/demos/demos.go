// Package demos serves what only a demonstration has: a page where one chooses
// whom to be, and the mails that do not leave. Anywhere else these addresses
// lead nowhere. The list of mails for an operator, without what they say, is
// here too.
package demos

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"jalon/internal/account"
	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/mail"
	"jalon/internal/panorama"
	"jalon/internal/policy"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
)

// Deps is what these pages need.
type Deps struct {
	Shell    *shell.Shell
	Model    func(ctx context.Context) (*panorama.Model, error)
	Q        db.Q
	Accounts *account.Room
	Outbox   *mail.Outbox
	// Admit and Dismiss make the cookies of an operator.
	Admit, Dismiss func() *http.Cookie
	// Secure says whether the site is served over https.
	Secure bool
}

// Handlers are the handlers of this package by the names of the routes.
func Handlers(d Deps) map[string]shell.Handler {
	only := func(h shell.Handler) shell.Handler {
		return func(w http.ResponseWriter, r *http.Request) error {
			if !d.Shell.Demo {
				return apperr.NotFoundf("Cette adresse ne mène à rien sur Jalon.")
			}
			return h(w, r)
		}
	}
	return map[string]shell.Handler{"demo": only(d.choose), "demo-enter": only(d.enter),
		"demo-mails": only(d.mails), "demo-mail": only(d.mail), "demo-mail-html": only(d.html), "mails": d.states}
}

func (d Deps) page(r *http.Request, title string, trail ...ui.Link) ui.Page {
	p := d.Shell.Page(r, title, "", append([]ui.Link{{Label: "Accueil", Href: "/"}}, trail...)...)
	p.NoIndex, p.Canonical = true, ""
	return p
}

var home = ui.Link{Label: "Démonstration", Href: shell.DemoPath}

type chooseView struct {
	Region ui.Field
	Slug   string
	Groups []group
	Now    string // who one is
}

type group struct {
	ID, Title string
	People    []person
}

type person struct {
	account.Persona
	What string // what they come to do
}

// comes says in one sentence what each comes to do.
var comes = map[policy.Role]string{
	policy.NationalAdmin:  "Avant la réunion avec le ministre, lit le tableau des 18 COP et voit lesquelles n’avancent plus, et sur quoi.",
	policy.NationalReader: "Suit l’avancement des 18 COP, sans rien y changer.",
	policy.StateChair:     "Une heure par mois\u00a0: lit ce qui attend la validation de l’État, valide, ou délègue.",
	policy.RegionChair:    "Une heure par mois\u00a0: lit ce qui attend la validation de la Région, valide, ou délègue.",
	policy.Team:           "Chaque matin, dix minutes\u00a0: ce qui est à faire, ce qui attend et qui, la réunion de jeudi.",
	policy.Expert:         "Un après-midi\u00a0: lit où en est la COP et dépose une étude.",
	policy.Facilitator:    "Anime un groupe de travail et suit le calendrier de la COP.",
	policy.DepartmentLead: "Conduit la COP du département et en fait remonter les priorités à la région.",
	policy.Validator:      "Au nom de l’intercommunalité, valide depuis son téléphone ce que ses services ont préparé, ou le leur renvoie.",
	policy.Writer:         "Prépare en plusieurs fois la réponse de l’intercommunalité au questionnaire, confie une partie à un collègue.",
	policy.Participant:    "Vient aux réunions de la COP, et relit ce qui s’y est dit.",
}

// what is that sentence for somebody: who opens one page above all comes for it.
func what(p account.Persona) string {
	if strings.HasSuffix(p.First, "/bureau/diagnostic/publication") {
		return "Par délégation de la préfecture, lit l’édition du diagnostic que l’équipe propose, et donne la seconde validation."
	}
	return comes[p.Role]
}

var groups = []struct {
	id, title string
	roles     []policy.Role
}{
	{"nation", "À l’échelle nationale", []policy.Role{policy.NationalAdmin, policy.NationalReader}},
	{"tetes", "Les deux têtes de la COP", []policy.Role{policy.StateChair, policy.RegionChair}},
	{"equipe", "L’équipe et ses appuis", []policy.Role{policy.Team, policy.Expert, policy.Facilitator}},
	{"territoires", "Les départements, les collectivités, les participants", []policy.Role{policy.DepartmentLead, policy.Validator, policy.Writer, policy.Participant}},
}

const firstRegion = "44" // where most has happened

// choose shows whom one may be, in a region.
func (d Deps) choose(w http.ResponseWriter, r *http.Request) error {
	m, err := d.Model(r.Context())
	if err != nil {
		return err
	}
	code := r.URL.Query().Get("region")
	if code == "" {
		code = firstRegion
	}
	region, err := m.Tree().Region(code)
	if err != nil {
		return err
	}
	v := chooseView{Slug: region.Slug, Now: shell.Of(r).Name,
		Region: ui.Field{ID: "region", Label: "Région", Type: "select", Required: true}}
	for _, x := range m.Tree().Regions() {
		v.Region.Options = append(v.Region.Options, ui.Option{Value: x.Code, Label: x.Name, Selected: x.Code == code})
	}
	var all []account.Persona
	for _, where := range []string{"", code} {
		some, err := account.Personas(r.Context(), d.Q, where)
		if err != nil {
			return err
		}
		all = append(all, some...)
	}
	for _, g := range groups {
		out := group{ID: g.id, Title: g.title}
		for _, p := range all {
			if slices.Contains(g.roles, p.Role) {
				out.People = append(out.People, person{p, what(p)})
			}
		}
		v.Groups = append(v.Groups, out)
	}
	return d.Shell.Render(w, r, d.page(r, "Entrer dans la démonstration", ui.Link{Label: "Démonstration"}), choosePage(v))
}

// enter ends who one was and begins who one chose to be.
func (d Deps) enter(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return apperr.New(apperr.Invalid, err, "Le formulaire n’a pas pu être lu. Rechargez la page et recommencez.")
	}
	who := r.PostForm.Get("person")
	next, cookies := "/operateur", []*http.Cookie{d.session("", -1), d.Admit()}
	if who != string(policy.Operator) {
		s, err := d.Accounts.EnterAs(r.Context(), who, r.UserAgent())
		if err != nil {
			return err
		}
		next, cookies = shell.Back(s.Next), []*http.Cookie{d.session(s.Cookie, int(s.Life.Seconds())), d.Dismiss()}
	}
	if was := shell.Of(r); was.SignedIn() {
		if err := d.Accounts.Close(r.Context(), was.Account, was.Session); err != nil && apperr.KindOf(err) != apperr.NotFound {
			return err
		}
	}
	for _, c := range cookies {
		http.SetCookie(w, c)
	}
	return shell.SeeOther(w, r, next)
}

func (d Deps) session(value string, seconds int) *http.Cookie {
	return &http.Cookie{Name: shell.SessionCookie, Value: value, Path: "/", MaxAge: seconds, HttpOnly: true, Secure: d.Secure, SameSite: http.SameSiteLaxMode}
}
