package accounts

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"jalon/internal/account"
	"jalon/internal/apperr"
	"jalon/internal/french"
	"jalon/internal/policy"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
)

type rolesView struct {
	Where  string // the scope whose roles are listed, as the address says it
	Title  string
	Find   []ui.Field
	Lines  []roleLine
	More   string // how many are not shown, and what to do; empty for none
	Empty  *ui.Empty
	Fields []ui.Field
	Done   bool
}

// shownRoles is how many roles are listed at once: the others are found by name.
const shownRoles = 50

// scopes are where an actor may give roles: all for the nation, else the regions
// and départements of their own roles.
func (d Deps) scopes(ctx context.Context, who shell.Who) (out [][2]string, err error) {
	m, err := d.Model(ctx)
	if err != nil {
		return nil, err
	}
	region := func(code string) {
		out = append(out, [2]string{"region", code})
		for _, x := range m.Tree().Departments() {
			if x.Region == code {
				out = append(out, [2]string{"department", x.Code})
			}
		}
	}
	if who.Actor.Is(policy.NationalAdmin) {
		out = append(out, [2]string{"nation", ""})
		for _, r := range m.Tree().Regions() {
			region(r.Code)
		}
		return out, nil
	}
	held, err := account.Roles(ctx, d.Room.DB, who.Account)
	if err != nil {
		return nil, err
	}
	for _, g := range held {
		if len(policy.Given(g.Role)) == 0 {
			continue
		}
		if g.ScopeKind == "region" {
			region(g.Scope)
		} else {
			out = append(out, [2]string{g.ScopeKind, g.Scope})
		}
	}
	return out, nil
}

// typedRole is the form of a role as it was sent.
type typedRole struct{ email, name, role, scope, wrong string }

func (d Deps) roles(w http.ResponseWriter, r *http.Request) error {
	return d.showRoles(w, r, http.StatusOK, typedRole{})
}

func (d Deps) showRoles(w http.ResponseWriter, r *http.Request, status int, typed typedRole) error {
	ctx, who := r.Context(), shell.Of(r)
	given := policy.Gives(who.Actor)
	if len(given) == 0 {
		return policy.Check(policy.Actor{}, policy.Read, policy.Thing{Kind: policy.RoleGrant})
	}
	scopes, err := d.scopes(ctx, who)
	if err != nil {
		return err
	}
	v := rolesView{Done: r.URL.Query().Get("fait") == "1"}
	roleField := ui.Field{ID: "role", Label: "Rôle", Type: "select", Required: true, Options: []ui.Option{{Label: "Choisissez un rôle"}}}
	for _, x := range given {
		roleField.Options = append(roleField.Options, ui.Option{Value: string(x), Label: x.Name(), Selected: typed.role == string(x)})
	}
	scopeField := ui.Field{ID: "scope", Label: "Où il s’exerce", Type: "select", Required: true, Help: "Sans effet quand un organisme est indiqué plus bas."}
	find := ui.Field{ID: "ou", Label: "Territoire", Type: "select"}
	shown, asked := [2]string{}, orEmpty(r.URL.Query().Get("ou"))
	for i, x := range scopes {
		where, _, err := d.where(ctx, x[0], x[1])
		if err != nil {
			return err
		}
		value := x[0] + ":" + x[1]
		if x[0] == "department" {
			where += " (" + x[1] + ")"
		}
		if i == 0 || value == asked {
			shown, v.Where, v.Title = x, value, where
		}
		scopeField.Options = append(scopeField.Options, ui.Option{Value: value, Label: where, Selected: typed.scope == value || typed.scope == "" && value == asked})
		find.Options = append(find.Options, ui.Option{Value: value, Label: where})
	}
	for i := range find.Options {
		find.Options[i].Selected = find.Options[i].Value == v.Where
	}
	text := orEmpty(r.URL.Query().Get("nom"))
	v.Find = []ui.Field{find, {ID: "nom", Label: "Nom ou adresse", Value: text}}
	if len(scopes) > 0 {
		if err := d.listRoles(ctx, &v, shown, text); err != nil {
			return err
		}
	}
	organisation, choice, err := d.organisationFields(r, who.Actor)
	if err != nil {
		return err
	}
	v.Fields = []ui.Field{{ID: "email", Label: "Adresse électronique de la personne", Type: "email", Required: true, Value: typed.email, Error: typed.wrong},
		{ID: "name", Label: "Son nom", Value: typed.name}, roleField, scopeField, organisation}
	v.Fields = append(v.Fields, choice...)
	return d.Shell.RenderStatus(w, r, status, d.page(r, "Les rôles"), rolesPage(v))
}

// listRoles puts in the page who holds a role over a scope: those who work there
// first, then those who take part.
func (d Deps) listRoles(ctx context.Context, v *rolesView, at [2]string, text string) error {
	held, err := account.Holders(ctx, d.Room.DB, at[0], at[1])
	if err != nil {
		return err
	}
	var last []roleLine
	folded := french.Fold(text)
	for _, h := range held {
		if folded != "" && !strings.Contains(french.Fold(h.Name), folded) && !strings.Contains(french.Fold(h.Email), folded) {
			continue
		}
		line := roleLine{ID: h.ID, Name: h.Name, Email: h.Email, Role: h.Role.Name(), Since: french.Date(h.At), Account: h.Account}
		if h.Role == policy.Participant {
			last = append(last, line)
		} else {
			v.Lines = append(v.Lines, line)
		}
	}
	v.Lines = append(v.Lines, last...)
	switch n := len(v.Lines); {
	case n > shownRoles:
		v.More = "Les " + french.Integer(shownRoles) + " premiers rôles sur " + french.Integer(n) + "\u00a0: pour les autres, cherchez par le nom ou par l’adresse."
		v.Lines = v.Lines[:shownRoles]
	case n == 0 && folded != "":
		v.Empty = &ui.Empty{Title: "Personne de ce nom", Text: "Aucun rôle ici ne répond à «\u00a0" + text + "\u00a0». Essayez un autre territoire, ou une partie du nom."}
	case n == 0:
		v.Empty = &ui.Empty{Title: "Personne pour l’instant", Text: "Donnez un premier rôle par le formulaire ci-dessus, ou invitez plusieurs personnes par fichier."}
	}
	return nil
}

// rolesAt is the page of the roles of a scope, after one was given or ended
// there.
func rolesAt(where string) string {
	return "/roles?" + url.Values{"fait": {"1"}, "ou": {where}}.Encode()
}

func (d Deps) roleGive(w http.ResponseWriter, r *http.Request) error {
	if err := shell.ReadForm(r); err != nil {
		return err
	}
	f := r.PostForm
	kind, scope, _ := strings.Cut(f.Get("scope"), ":")
	if organisation, ask, err := d.chosenOrganisation(r); err != nil && !shell.Beside(err) {
		return err
	} else if ask || err != nil {
		message := "Plusieurs organismes répondent\u00a0: choisissez le vôtre ci-dessous."
		if err != nil {
			message = apperr.Message(err)
		}
		return d.showRoles(w, r, http.StatusBadRequest, typedRole{f.Get("email"), f.Get("name"), f.Get("role"), f.Get("scope"), message})
	} else if organisation != "" {
		kind, scope = "organisation", organisation
	}
	where, _, err := d.where(r.Context(), kind, scope)
	if err == nil {
		_, err = d.Room.Give(r.Context(), shell.Actor(r), f.Get("email"), f.Get("name"), policy.Role(f.Get("role")), kind, scope, where)
	}
	if err != nil && !shell.Beside(err) {
		return err
	}
	if err != nil {
		return d.showRoles(w, r, apperr.Status(err), typedRole{f.Get("email"), f.Get("name"), f.Get("role"), f.Get("scope"), apperr.Message(err)})
	}
	return shell.SeeOther(w, r, rolesAt(kind+":"+scope))
}

func (d Deps) roleEnd(w http.ResponseWriter, r *http.Request) error {
	if err := shell.ReadForm(r); err != nil {
		return err
	}
	if err := d.Room.End(r.Context(), shell.Actor(r), r.PathValue("id")); err != nil {
		return err
	}
	return shell.SeeOther(w, r, rolesAt(orEmpty(r.PostForm.Get("ou"))))
}
