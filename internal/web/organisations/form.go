package organisations

import (
	"net/http"
	"strconv"
	"strings"

	"jalon/internal/account"
	"jalon/internal/apperr"
	"jalon/internal/policy"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
)

type formView struct {
	Title, Action, Rev, Submit string
	Note                       string
	Fields                     []ui.Field
	Theirs                     *ui.Table
}

func typed(r *http.Request) account.OrgInput {
	get := func(name string) string {
		return strings.ToValidUTF8(strings.ReplaceAll(r.PostForm.Get(name), "\x00", ""), "")
	}
	return account.OrgInput{Name: get("name"), Kind: account.OrgKind(get("kind")), SIREN: get("siren"), Region: get("region"), Department: get("department"),
		Contact: get("contact"), Gone: get("state") == account.OrgGone, Reason: get("reason")}
}

// fields are those of the form: whole for what a team adds, the address alone
// for what the tree and the tables bring.
func (d Deps) fields(r *http.Request, in account.OrgInput, whole, kept bool) ([]ui.Field, error) {
	contact := ui.Field{ID: "contact", Label: "Adresse électronique de l’organisme", Type: "email", Value: in.Contact, Help: "Une adresse générique, à laquelle écrire quand une personne ne répond plus."}
	reason := ui.Field{ID: "reason", Label: "Pourquoi ce changement", Value: in.Reason, Help: "Gardé dans l’historique de l’organisme."}
	if !whole {
		return []ui.Field{contact, reason}, nil
	}
	regions, departments, err := d.places(r.Context(), in.Region, in.Department)
	if err != nil {
		return nil, err
	}
	kind := ui.Field{ID: "kind", Label: "Type", Type: "select", Required: true, Options: []ui.Option{{Label: "Choisissez…"}},
		Help: "Les régions, départements, intercommunalités et communes sont déjà là\u00a0: cherchez-les dans la liste."}
	for _, k := range account.OrgKinds() {
		if k.Made() {
			kind.Options = append(kind.Options, ui.Option{Value: string(k), Label: k.Name(), Selected: k == in.Kind})
		}
	}
	out := []ui.Field{{ID: "name", Label: "Nom", Required: true, Value: in.Name}, kind,
		{ID: "siren", Label: "SIREN", Value: in.SIREN, Help: "Neuf chiffres, quand l’organisme en a un."}, regions, departments, contact}
	if kept {
		state := ui.Field{ID: "state", Label: "Existence", Type: "select", Required: true, Options: []ui.Option{{Value: account.OrgActive, Label: "l’organisme existe"},
			{Value: account.OrgGone, Label: "il n’existe plus", Selected: in.Gone}}}
		out = append(out, state, reason)
	}
	return out, nil
}

func (d Deps) render(w http.ResponseWriter, r *http.Request, status int, v formView) error {
	return d.Shell.RenderStatus(w, r, status, d.page(r, v.Title, ui.Link{Label: v.Title}), formPage(v))
}

func (d Deps) blank(w http.ResponseWriter, r *http.Request) error {
	return d.showNew(w, r, http.StatusOK, account.OrgInput{}, nil)
}

func (d Deps) showNew(w http.ResponseWriter, r *http.Request, status int, in account.OrgInput, wrong error) error {
	if policy.Where(shell.Actor(r), policy.Create, policy.Organisation).None() {
		return policy.Check(policy.Actor{}, policy.Read, policy.Thing{Kind: policy.Organisation})
	}
	fields, err := d.fields(r, in, true, false)
	if err != nil {
		return err
	}
	return d.render(w, r, status, formView{Title: "Ajouter un organisme", Action: "/organisations", Submit: "Ajouter l’organisme", Fields: faulted(fields, wrong)})
}

func (d Deps) create(w http.ResponseWriter, r *http.Request) error {
	if err := shell.ReadForm(r); err != nil {
		return err
	}
	in := typed(r)
	o, err := d.Room.CreateOrganisation(r.Context(), shell.Actor(r), in)
	if shell.Beside(err) {
		return d.showNew(w, r, apperr.Status(err), in, err)
	}
	if err != nil {
		return err
	}
	return shell.SeeOther(w, r, "/organisations/"+o.ID+"?fait=1")
}

func inputOf(o account.Organisation) account.OrgInput {
	return account.OrgInput{Name: o.Name, Kind: o.Kind, SIREN: o.SIREN, Region: o.Region, Department: o.Department, Contact: o.Contact, Gone: o.State == account.OrgGone}
}

func (d Deps) edit(w http.ResponseWriter, r *http.Request) error {
	o, rights, err := d.Room.Open(r.Context(), d.Room.DB, shell.Actor(r), r.PathValue("id"))
	if err != nil {
		return err
	}
	if err := rights.Check(policy.Edit, policy.Organisation); err != nil {
		return err
	}
	return d.showEdit(w, r, http.StatusOK, o, inputOf(o), nil, nil)
}

func (d Deps) showEdit(w http.ResponseWriter, r *http.Request, status int, o account.Organisation, in account.OrgInput, wrong error, theirs *ui.Table) error {
	whole := o.Origin == account.FromTeam
	fields, err := d.fields(r, in, whole, true)
	if err != nil {
		return err
	}
	v := formView{Title: "Modifier " + o.Name, Action: "/organisations/" + o.ID + "/modifier", Rev: strconv.FormatInt(o.Rev, 10), Submit: "Enregistrer", Fields: faulted(fields, wrong), Theirs: theirs}
	if !whole {
		v.Note = "Le nom, le type et le siège de cet organisme viennent du découpage officiel ou de la table de référence\u00a0: ils suivent leurs éditions."
	}
	if theirs != nil {
		v.Submit = "Enregistrer ma version à la place"
	}
	return d.render(w, r, status, v)
}

func (d Deps) save(w http.ResponseWriter, r *http.Request) error {
	if err := shell.ReadForm(r); err != nil {
		return err
	}
	rev, err := revOf(r)
	if err != nil {
		return err
	}
	id, in := r.PathValue("id"), typed(r)
	_, err = d.Room.SaveOrganisation(r.Context(), shell.Actor(r), id, rev, in)
	if !shell.Beside(err) {
		if err != nil {
			return err
		}
		return shell.SeeOther(w, r, "/organisations/"+id+"?fait=1")
	}
	o, rights, oerr := d.Room.Open(r.Context(), d.Room.DB, shell.Actor(r), id)
	if oerr != nil {
		return oerr
	}
	if !rights.Can(policy.Edit, policy.Organisation) {
		return err
	}
	status := apperr.Status(err)
	if apperr.KindOf(err) != apperr.Conflict {
		o.Rev = rev
		return d.showEdit(w, r, status, o, in, err, nil)
	}
	kept := inputOf(o)
	t := ui.Table{ID: "deux-versions", Caption: "Ce qui est enregistré, et ce que vous avez écrit", Columns: []ui.Column{{Label: "Champ"}, {Label: "Enregistré", Wide: true}, {Label: "Le vôtre", Wide: true}}}
	rows := [][3]string{{"Adresse", kept.Contact, in.Contact}}
	if o.Origin == account.FromTeam {
		rows = append(rows, [3]string{"Nom", kept.Name, in.Name}, [3]string{"Type", kept.Kind.Name(), in.Kind.Name()}, [3]string{"SIREN", kept.SIREN, in.SIREN},
			[3]string{"Région", kept.Region, in.Region}, [3]string{"Département", kept.Department, in.Department})
	}
	for _, x := range rows {
		t.Rows = append(t.Rows, ui.Row{Current: x[1] != x[2], Cells: []ui.Cell{{Text: x[0]}, said(x[1]), said(x[2])}})
	}
	return d.showEdit(w, r, status, o, in, err, &t)
}

func said(s string) ui.Cell {
	if strings.TrimSpace(s) == "" {
		return ui.Cell{Text: "(vide)"}
	}
	return ui.Cell{Text: s}
}
