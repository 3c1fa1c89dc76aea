package organisations

import (
	"net/http"
	"strconv"
	"strings"

	"jalon/internal/account"
	"jalon/internal/apperr"
	"jalon/internal/french"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
)

type transferView struct {
	Heading     ui.Heading
	Action, Rev string
	Fields      []ui.Field
	Given       []string
	Left        string
	Done        string
}

func (d Deps) transferPage(w http.ResponseWriter, r *http.Request) error {
	return d.showTransfer(w, r, http.StatusOK, nil)
}

func (d Deps) showTransfer(w http.ResponseWriter, r *http.Request, status int, wrong error) error {
	ctx := r.Context()
	h, err := d.Room.Transferable(ctx, d.Room.DB, shell.Actor(r), r.PathValue("id"))
	if err != nil {
		return err
	}
	m, err := d.Model(ctx)
	if err != nil {
		return err
	}
	who := orElse(h.Account.Name, h.Account.Email)
	v := transferView{Heading: ui.Heading{Title: "Transmettre les rôles de " + who, Lead: "En un seul acte, tout ce que cette personne tient dans votre périmètre passe à une autre adresse. Ce qu’elle a fait reste à son nom\u00a0; les deux reçoivent un courriel."},
		Action: "/personnes/" + h.Account.ID + "/transfert", Rev: strconv.FormatInt(h.Account.Rev, 10)}
	for _, g := range h.Roles {
		where := g.Scope
		switch g.ScopeKind {
		case "nation":
			where = "toute la France"
		case "region":
			if x, err := m.Tree().Region(g.Scope); err == nil {
				where = x.Name
			}
		case "department":
			if x, err := m.Tree().Dept(g.Scope); err == nil {
				where = x.Name
			}
		case "organisation":
			if o, err := account.FindOrganisation(ctx, d.Room.DB, g.Scope); err == nil {
				where = o.Name
			}
		}
		v.Given = append(v.Given, g.Role.Name()+", "+where)
	}
	for _, x := range h.Memberships {
		v.Given = append(v.Given, strings.TrimSuffix("rattachement à "+x.OrgName+", "+x.Title, ", "))
	}
	if h.Left > 0 {
		v.Left = french.Integer(h.Left) + nb + french.Plural(h.Left, "rôle ou rattachement reste", "rôles ou rattachements restent") + " à cette personne" + nb + ": ils sont d’un autre périmètre que le vôtre, ou au-dessus de vos droits."
	}
	f := r.PostForm
	day := f.Get("day")
	if r.Method != http.MethodPost && d.Shell.Now != nil {
		day = d.Shell.Now().Format("2006-01-02")
	}
	v.Fields = []ui.Field{{ID: "email", Label: "Adresse électronique de qui reprend", Type: "email", Required: true, Value: f.Get("email")}, {ID: "name", Label: "Son nom", Value: f.Get("name")},
		{ID: "day", Label: "Date du départ", Type: "date", Required: true, Value: day, Help: "Aujourd’hui au plus tard\u00a0: le transfert prend effet aussitôt."},
		{ID: "reason", Label: "Raison", Required: true, Value: f.Get("reason"), Help: "Gardée, et écrite aux deux personnes. Exemple\u00a0: départ à la retraite."}}
	if wrong != nil {
		v.Fields[0].Error = apperr.Message(wrong)
	}
	return d.Shell.RenderStatus(w, r, status, d.page(r, v.Heading.Title, ui.Link{Label: "Transmettre"}), transferForm(v))
}

func (d Deps) transfer(w http.ResponseWriter, r *http.Request) error {
	if err := shell.ReadForm(r); err != nil {
		return err
	}
	rev, err := revOf(r)
	if err != nil {
		return err
	}
	f := r.PostForm
	out, err := d.Room.Transfer(r.Context(), shell.Actor(r), account.NewTransfer{Account: r.PathValue("id"), Rev: rev, Email: f.Get("email"), Name: f.Get("name"), Day: f.Get("day"), Reason: f.Get("reason")})
	if shell.Beside(err) {
		return d.showTransfer(w, r, apperr.Status(err), err)
	}
	if err != nil {
		return err
	}
	v := transferView{Heading: ui.Heading{Title: "C’est transmis à " + out.To.Email}, Done: french.Integer(out.Roles) + nb + french.Plural(out.Roles, "rôle", "rôles") + ", " +
		french.Integer(out.Memberships) + nb + french.Plural(out.Memberships, "rattachement", "rattachements") + " et " + french.Integer(out.Delegations) + nb + french.Plural(out.Delegations, "délégation", "délégations") + " ont changé de main. Les deux personnes reçoivent un courriel."}
	if out.Left > 0 {
		v.Left = french.Integer(out.Left) + nb + french.Plural(out.Left, "rôle, rattachement ou délégation reste", "rôles, rattachements ou délégations restent") + " à la personne" + nb + ": seule la tête qui a donné une délégation la transmet, et chacun ne transmet que dans son périmètre."
	}
	return d.Shell.Render(w, r, d.page(r, v.Heading.Title, ui.Link{Label: "Transmettre"}), transferForm(v))
}
