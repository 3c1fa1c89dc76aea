package organisations

import (
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

type showView struct {
	Heading  ui.Heading
	ID       string
	Facts    [][2]string
	People   []person
	More     bool
	Roles    []string
	Reach    string
	Fields   []ui.Field
	Done     bool
	MayEdit  bool
	MayAdd   bool
	MayGive  bool
	SeesThem bool
	// Territory is the address of the panorama of a collectivité, empty for others.
	Territory string
	// Commitments are what the organisation may validate of adopted roadmaps.
	Commitments []ui.Link
}

// territoryOf is where one reads what a collectivité is invited to do: its id
// says which territory it is.
func territoryOf(o account.Organisation) string {
	kind, code, _ := strings.Cut(o.ID, "-")
	switch {
	case code == "" || o.State != account.OrgActive:
		return ""
	case kind == "epci":
		return "/epci/" + code + "/panorama"
	case kind == "commune":
		return "/communes/" + code + "/panorama"
	case kind == "departement":
		return "/departements/" + code + "/panorama"
	}
	return ""
}

type person struct {
	ID, Rev, Account, Name, Email, Since string
	Contact, Transfer                    bool
	Fields                               []ui.Field
}

func (d Deps) show(w http.ResponseWriter, r *http.Request) error {
	return d.showOne(w, r, http.StatusOK, nil)
}

// showOne draws an organisation; wrong is what was refused in the form that adds
// a person, which comes back filled.
func (d Deps) showOne(w http.ResponseWriter, r *http.Request, status int, wrong error) error {
	ctx, a := r.Context(), shell.Actor(r)
	o, rights, err := d.Room.Open(ctx, d.Room.DB, a, r.PathValue("id"))
	if err != nil {
		return err
	}
	where, err := d.where(ctx, o)
	if err != nil {
		return err
	}
	v := showView{ID: o.ID, Heading: ui.Heading{Overline: o.Label, Title: o.Name, Scope: []string{where}}, Done: r.URL.Query().Get("fait") == "1",
		MayEdit: rights.Can(policy.Edit, policy.Organisation), MayAdd: rights.Can(policy.Create, policy.Membership) && o.State == account.OrgActive,
		MayGive: rights.Can(policy.Create, policy.RoleGrant) && o.State == account.OrgActive, SeesThem: rights.Can(policy.Read, policy.Membership)}
	if o.State != account.OrgActive {
		v.Heading.Scope = append(v.Heading.Scope, "n’existe plus depuis le "+french.Date(o.GoneAt))
	}
	v.Territory = territoryOf(o)
	if d.Commitments != nil {
		if v.Commitments, err = d.Commitments(ctx, a, o); err != nil {
			return err
		}
	}
	v.Facts = [][2]string{{"Code, dans un fichier d’invitations", o.ID}}
	if o.SIREN != "" {
		v.Facts = append(v.Facts, [2]string{"SIREN", o.SIREN})
	}
	if o.Contact != "" {
		v.Facts = append(v.Facts, [2]string{"Adresse", o.Contact})
	}
	if v.SeesThem {
		if err := d.people(r, o, rights, &v); err != nil {
			return err
		}
	}
	f := r.PostForm
	v.Fields = []ui.Field{{ID: "email", Label: "Adresse électronique de la personne", Type: "email", Required: true, Value: f.Get("email")},
		{ID: "name", Label: "Son nom", Value: f.Get("name")}, {ID: "title", Label: "Sa fonction", Value: f.Get("title")}, contactField("contact", f.Get("contact") == "1")}
	if wrong != nil {
		v.Fields[0].Error = apperr.Message(wrong)
	}
	return d.Shell.RenderStatus(w, r, status, d.page(r, o.Name, ui.Link{Label: o.Name}), showPage(v))
}

func contactField(id string, on bool) ui.Field {
	return ui.Field{ID: id, Name: "contact", Label: "Contact", Type: "checkbox", Options: []ui.Option{{Value: "1", Label: "Lui écrire quand on écrit à l’organisme", Selected: on}}}
}

func (d Deps) people(r *http.Request, o account.Organisation, rights account.OrgRights, v *showView) error {
	ctx := r.Context()
	list, err := account.Members(ctx, d.Room.DB, o.ID, people+1)
	if err != nil {
		return err
	}
	if v.More = len(list) > people; v.More {
		list = list[:people]
	}
	edits := rights.Can(policy.Edit, policy.Membership)
	for _, x := range list {
		p := person{ID: x.ID, Rev: strconv.FormatInt(x.Rev, 10), Account: x.Account, Name: x.Name, Since: french.Date(x.At), Contact: x.Contact}
		if p.Name == "" || edits || rights.Can(policy.Read, policy.Person) {
			p.Email = x.Email
		}
		if edits {
			p.Fields = []ui.Field{{ID: "title-" + x.ID, Name: "title", Label: "Fonction", Value: x.Title}, contactField("contact-"+x.ID, x.Contact)}
			p.Transfer = rights.Can(policy.Transfer, policy.RoleGrant)
		} else if x.Title != "" {
			p.Name = strings.TrimSpace(p.Name + ", " + x.Title)
		}
		v.People = append(v.People, p)
	}
	held, err := account.Holders(ctx, d.Room.DB, "organisation", o.ID)
	if err != nil {
		return err
	}
	for _, g := range held {
		v.Roles = append(v.Roles, orElse(g.Name, g.Email)+nb+": "+g.Role.Name()+", depuis le "+french.Date(g.At))
	}
	if !edits {
		return nil
	}
	to, step, err := d.Room.Contacts(ctx, d.Room.DB, o)
	if err != nil {
		return err
	}
	var names []string
	for _, x := range to {
		names = append(names, x.Email)
	}
	switch step {
	case 0:
		v.Reach = "Un message à cet organisme va à ses contacts" + nb + ": " + french.List(names) + "."
	case 1:
		v.Reach = "Un message à cet organisme va à son adresse générique" + nb + ": " + french.List(names) + ". Désignez un contact pour qu’une personne le reçoive."
	case 2:
		v.Reach = "Aucun contact ni aucune adresse ne répond ici" + nb + ": un message à cet organisme irait à l’équipe de la COP (" + french.List(names) + "). Désignez un contact."
	default:
		v.Reach = "Aucune adresse ne permet de joindre cet organisme" + nb + ": ajoutez un contact ou une adresse générique."
	}
	return nil
}

func orElse(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

func (d Deps) attach(w http.ResponseWriter, r *http.Request) error {
	if err := shell.ReadForm(r); err != nil {
		return err
	}
	f, id := r.PostForm, r.PathValue("id")
	_, _, err := d.Room.Attach(r.Context(), shell.Actor(r), id, f.Get("email"), f.Get("name"), f.Get("title"), f.Get("contact") == "1")
	if shell.Beside(err) {
		return d.showOne(w, r, apperr.Status(err), err)
	}
	if err != nil {
		return err
	}
	return shell.SeeOther(w, r, "/organisations/"+id+"?fait=1#personnes")
}

// member changes a membership, or ends it.
func (d Deps) member(w http.ResponseWriter, r *http.Request) error {
	if err := shell.ReadForm(r); err != nil {
		return err
	}
	rev, err := revOf(r)
	if err != nil {
		return err
	}
	f, a := r.PostForm, shell.Actor(r)
	x, err := account.FindMembership(r.Context(), d.Room.DB, r.PathValue("member"))
	if err != nil {
		return err
	}
	if x.Organisation != r.PathValue("id") {
		return apperr.NotFoundf("Ce rattachement n’est pas de cet organisme.")
	}
	switch f.Get("do") {
	case "save":
		_, err = d.Room.SaveMembership(r.Context(), a, x.ID, rev, f.Get("title"), f.Get("contact") == "1")
	case "end":
		err = d.Room.Detach(r.Context(), a, x.ID, rev)
	default:
		err = apperr.Invalidf("Ce bouton n’est pas connu. Rechargez la page.")
	}
	if err != nil {
		return err
	}
	if x.Account == a.Person && f.Get("from") == "self" {
		return shell.SeeOther(w, r, "/mon-espace")
	}
	return shell.SeeOther(w, r, "/organisations/"+x.Organisation+"?fait=1#personnes")
}
