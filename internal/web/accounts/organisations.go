package accounts

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"jalon/internal/account"
	"jalon/internal/apperr"
	"jalon/internal/french"
	"jalon/internal/policy"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
)

// ownOrganisation is an organisation in one's own space.
type ownOrganisation struct{ ID, Membership, Rev, Name, Note string }

func (d Deps) ownOrganisations(ctx context.Context, id string) (out []ownOrganisation, err error) {
	list, err := account.Memberships(ctx, d.Room.DB, id)
	if err != nil {
		return nil, err
	}
	for _, x := range list {
		note := x.OrgLabel
		if x.Title != "" {
			note = x.Title + ", " + note
		}
		if x.Contact {
			note += ", contact"
		}
		out = append(out, ownOrganisation{x.Organisation, x.ID, strconv.FormatInt(x.Rev, 10), x.OrgName, note + ", depuis le " + french.Date(x.At)})
	}
	return out, nil
}

// offered is how many organisations a search offers to choose from.
const offered = 20

// organisationFields are the search of an organisation over which a role is
// given, and the choice among what it found.
func (d Deps) organisationFields(r *http.Request, a policy.Actor) (search ui.Field, choice []ui.Field, err error) {
	text := orEmpty(r.PostForm.Get("organisation"))
	if id := r.URL.Query().Get("organisme"); id != "" && r.Method == http.MethodGet {
		if o, _, err := d.Room.Open(r.Context(), d.Room.DB, a, id); err == nil {
			text = o.ID
		}
	}
	search = ui.Field{ID: "organisation", Label: "Pour quel organisme", Type: "search", Value: text,
		Help: "Pour les rôles de rédaction et de validation\u00a0: un nom, un SIREN, un code INSEE de commune ou le code que la page de l’organisme montre. Vide pour les autres rôles."}
	if r.Method != http.MethodPost || text == "" {
		return search, nil, nil
	}
	found, err := d.Room.Grantable(r.Context(), d.Room.DB, a, text, offered)
	if err != nil {
		if apperr.KindOf(err) == apperr.NotFound {
			return search, nil, nil
		}
		return search, nil, err
	}
	if len(found) > 1 {
		f := ui.Field{ID: "choice", Label: "Lequel", Type: "radio"}
		for _, o := range found {
			f.Options = append(f.Options, ui.Option{Value: o.ID, Label: o.Name, Help: o.Label + ", " + o.ID, Selected: r.PostForm.Get("choice") == o.ID})
		}
		choice = []ui.Field{f}
	}
	return search, choice, nil
}

func orEmpty(s string) string {
	return strings.ToValidUTF8(strings.ReplaceAll(strings.TrimSpace(s), "\x00", ""), "")
}

// chosenOrganisation is the one that a form designates; ask says that several
// answer and one must be chosen.
func (d Deps) chosenOrganisation(r *http.Request) (id string, ask bool, err error) {
	text := orEmpty(r.PostForm.Get("organisation"))
	if text == "" {
		return "", false, nil
	}
	if len(text) == 5 && !strings.ContainsAny(text, " ") && strings.ContainsAny(text, "0123456789") {
		text = "commune-" + strings.ToUpper(text)
	}
	found, err := d.Room.Grantable(r.Context(), d.Room.DB, shell.Actor(r), text, offered)
	if err != nil {
		return "", false, err
	}
	for _, o := range found {
		if len(found) == 1 || o.ID == r.PostForm.Get("choice") {
			return o.ID, false, nil
		}
	}
	if len(found) > 1 {
		return "", true, nil
	}
	return "", false, apperr.Invalidf("Aucun organisme de votre périmètre ne répond à «\u00a0%s\u00a0». Rien n’a été enregistré.", text)
}

// where names the scope of a role, and gives the slug of a region.
func (d Deps) where(ctx context.Context, kind, scope string) (name, slug string, err error) {
	if kind == "nation" {
		return "toute la France", "", nil
	}
	m, err := d.Model(ctx)
	if err != nil {
		return "", "", err
	}
	switch kind {
	case "region":
		r, err := m.Tree().Region(scope)
		return r.Name, r.Slug, err
	case "department":
		x, err := m.Tree().Dept(scope)
		return x.Name, "", err
	}
	if kind == "organisation" {
		o, err := account.FindOrganisation(ctx, d.Room.DB, scope)
		return o.Name, "", err
	}
	if kind == "group" && d.Room.GroupAt != nil {
		_, name, _, err := d.Room.GroupAt(ctx, d.Room.DB, scope)
		if apperr.KindOf(err) == apperr.NotFound && err != nil {
			return "un groupe de travail", "", nil
		}
		return "groupe «" + french.NoBreak + name + french.NoBreak + "»", "", err
	}
	return scope, "", nil
}
