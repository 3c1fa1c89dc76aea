// Package keys serves the keys that let a program act in one's name.
package keys

import (
	"context"
	"net/http"
	"strings"
	"time"

	"jalon/internal/apikey"
	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/french"
	"jalon/internal/policy"
	"jalon/internal/web/sections"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
)

// Deps is what these pages need.
type Deps struct {
	Shell *shell.Shell
	Q     db.Q
	Now   func() time.Time
	Room  *apikey.Room
	Tried func(ctx context.Context, name string, most int64) (bool, error)
}

// Handlers are the handlers of this package by the names of the routes.
func Handlers(d Deps) map[string]shell.Handler {
	return map[string]shell.Handler{"keys": d.list, "key-add": d.add, "key-end": d.end}
}

const (
	nb   = "\u00a0"
	path = "/mon-espace/cles"
	// mostAnHour bounds the keys that somebody makes in an hour.
	mostAnHour = 30
)

func (d Deps) list(w http.ResponseWriter, r *http.Request) error {
	return d.page(w, r, http.StatusOK, "", nil)
}

// scopes are where a key of somebody may serve: the COPs and organisations of their roles.
func (d Deps) scopes(ctx context.Context, a policy.Actor) (out [][2]string, err error) {
	seen := map[string]bool{}
	add := func(code, name string) {
		if !seen[code] {
			seen[code] = true
			out = append(out, [2]string{code, name})
		}
	}
	all, err := cop.All(ctx, d.Q)
	if err != nil {
		return nil, err
	}
	for _, c := range all {
		for _, g := range a.Grants {
			if g.Nation || g.COP == c.ID || g.Department != "" && strings.HasSuffix(c.ID, g.Department) && c.Department() == g.Department {
				add(apikey.InCOP+"|"+c.ID, "COP"+nb+": "+c.Name+" ("+c.Cycle+")")
			}
		}
	}
	for _, g := range a.Grants {
		if g.Org != "" {
			add(apikey.InOrg+"|"+g.Org, "Mon organisation ("+g.Org+")")
		}
	}
	return out, nil
}

func (d Deps) page(w http.ResponseWriter, r *http.Request, status int, secret string, failed error) error {
	a := shell.Actor(r)
	list, err := apikey.Of(r.Context(), d.Q, a)
	if err != nil {
		return err
	}
	scopes, err := d.scopes(r.Context(), a)
	if err != nil {
		return err
	}
	v := sections.View{Heading: ui.Heading{Overline: "Mon espace", Title: "Clés d’accès pour un programme", Lead: "Une clé laisse un logiciel de votre organisation lire et écrire des actions en votre nom, dans une seule COP ou organisation. Elle ne permet jamais plus que ce que vous pouvez vous-même au moment où elle sert."}}
	if secret != "" {
		v.Notices = append(v.Notices, ui.Alert{State: "success", Title: "Voici la clé" + nb + ": copiez-la maintenant, elle ne sera plus jamais montrée", Text: secret})
	}
	today := d.Now().UTC().Format(time.DateOnly)
	p := sections.Part{ID: "cles", Title: "Vos clés"}
	if len(list) == 0 {
		p.Lead = "Vous n’avez aucune clé."
	}
	t := ui.Table{ID: "cles-tableau", Caption: "Vos clés", CaptionHidden: true, Stack: true, Columns: []ui.Column{{Label: "Nom", Wide: true}, {Label: "Commence par"}, {Label: "Où"}, {Label: "Permet"}, {Label: "Dernier jour"}, {Label: "Dernier usage"}, {Label: "État"}}}
	for _, k := range list {
		verbs, state, used := "lire", "en service", ui.Cell{Missing: "Elle n’a encore servi à rien."}
		if k.Writes() {
			verbs = "lire et écrire"
		}
		if k.Used != "" {
			used = ui.Cell{Text: french.Day(k.Used)}
		}
		switch {
		case k.Ended:
			state = "terminée"
		case k.Expires < today:
			state = "expirée"
		default:
			p.Forms = append(p.Forms, sections.Form{ID: "fin-" + k.ID, Title: k.Name + " (" + k.Prefix + "…)", Action: path + "/" + k.ID + "/terminer", Submit: "Terminer cette clé", Secondary: true})
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: k.Name}, {Text: k.Prefix + "…"}, {Text: name(scopes, k.ScopeKind+"|"+k.Scope)}, {Text: verbs}, {Text: french.Day(k.Expires)}, used, {Text: state}}})
	}
	if len(t.Rows) > 0 {
		p.Tables = []ui.Table{t}
	}
	fields := []ui.Field{
		{ID: "nom", Label: "Nom de la clé", Help: "Celui du logiciel qui s’en servira.", Value: r.PostFormValue("nom"), Required: true},
		sections.Choose("portee", "Où elle sert", r.PostFormValue("portee"), "", scopes),
		sections.Choose("permet", "Ce qu’elle permet", r.PostFormValue("permet"), "", [][2]string{{apikey.Read, "Lire"}, {apikey.Write, "Lire et écrire"}}),
		{ID: "fin", Label: "Dernier jour", Type: "date", Help: "Dans un an au plus.", Value: r.PostFormValue("fin"), Required: true},
	}
	v.Notices = append(v.Notices, sections.Wrong(fields, "", failed)...)
	add := sections.Part{ID: "nouvelle", Title: "Créer une clé", Lead: "Gardez-la comme un mot de passe" + nb + ": elle va dans l’en-tête «" + nb + "Authorization: Bearer" + nb + "», jamais dans une adresse."}
	if len(scopes) == 0 {
		add.Lead = "Une clé sert dans une COP ou une organisation où vous avez un rôle" + nb + ": vous n’en avez pas encore."
	} else {
		add.Forms = []sections.Form{{ID: "creer", Action: path, Submit: "Créer la clé", Fields: fields}}
	}
	v.Parts = []sections.Part{p, add}
	return sections.Show(d.Shell, w, r, status, v, true, ui.Link{Label: "Mon espace", Href: "/mon-espace"}, ui.Link{Label: "Clés d’accès"})
}

func name(scopes [][2]string, code string) string {
	for _, s := range scopes {
		if s[0] == code {
			return s[1]
		}
	}
	return "hors de vos rôles d’aujourd’hui" + nb + ": elle n’y permet rien"
}

func (d Deps) add(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return err
	}
	a := shell.Actor(r)
	over, err := d.Tried(r.Context(), "api-key-new|"+a.Person, mostAnHour)
	if err != nil {
		return err
	}
	if over {
		return apperr.New(apperr.TooMany, nil, "Vous avez créé beaucoup de clés en une heure. Réessayez plus tard.")
	}
	kind, scope, _ := strings.Cut(r.PostFormValue("portee"), "|")
	scopes, err := d.scopes(r.Context(), a)
	if err != nil {
		return err
	}
	known := false
	for _, s := range scopes {
		known = known || s[0] == r.PostFormValue("portee")
	}
	if !known {
		return d.page(w, r, http.StatusUnprocessableEntity, "", apperr.Invalidf("Choisissez une COP ou une organisation de la liste."))
	}
	_, secret, err := d.Room.Add(r.Context(), a, apikey.Key{Name: shell.Clean(r.PostFormValue("nom")), ScopeKind: kind, Scope: scope, Verbs: r.PostFormValue("permet"), Expires: r.PostFormValue("fin")})
	if k := apperr.KindOf(err); err != nil && (k == apperr.Invalid || k == apperr.Conflict) {
		return d.page(w, r, apperr.Status(err), "", err)
	}
	if err != nil {
		return err
	}
	r.PostForm = nil
	r.Form = nil
	return d.page(w, r, http.StatusOK, secret, nil)
}

func (d Deps) end(w http.ResponseWriter, r *http.Request) error {
	if err := d.Room.End(r.Context(), shell.Actor(r), r.PathValue("id")); err != nil {
		return err
	}
	return shell.SeeOther(w, r, path+"?fait=1")
}
