// Package organisations serves the list of organisations, the page of each with
// its people, and the transfer of what somebody held.
package organisations

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"jalon/internal/account"
	"jalon/internal/apperr"
	"jalon/internal/french"
	"jalon/internal/panorama"
	"jalon/internal/policy"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
)

const nb = "\u00a0"

// Deps is what these pages need.
type Deps struct {
	Shell *shell.Shell
	Model func(ctx context.Context) (*panorama.Model, error)
	Room  *account.Room
	// Commitments lead whoever speaks for an organisation to what it may validate; nothing
	// when nil.
	Commitments func(ctx context.Context, a policy.Actor, o account.Organisation) ([]ui.Link, error)
}

// Handlers are the handlers of this package by the names of the routes.
func Handlers(d Deps) map[string]shell.Handler {
	return map[string]shell.Handler{
		"organisations": d.list, "organisation-new": d.blank, "organisation-create": d.create, "organisation": d.show, "organisation-edit": d.edit,
		"organisation-save": d.save, "member-add": d.attach, "member-save": d.member, "transfer": d.transferPage, "transfer-do": d.transfer,
	}
}

const pageSize = 50

// people is how many people of an organisation its page lists.
const people = 200

func (d Deps) page(r *http.Request, title string, trail ...ui.Link) ui.Page {
	p := d.Shell.Page(r, title, "", append([]ui.Link{{Label: "Mon espace", Href: "/mon-espace"}, {Label: "Organismes", Href: "/organisations"}}, trail...)...)
	p.NoIndex, p.Canonical = true, ""
	return p
}

func revOf(r *http.Request) (int64, error) {
	rev, err := strconv.ParseInt(r.PostForm.Get("rev"), 10, 64)
	if err != nil {
		return 0, apperr.New(apperr.Invalid, err, "Le formulaire est incomplet. Rechargez la page et recommencez.")
	}
	return rev, nil
}

type listView struct {
	Heading ui.Heading
	Fields  []ui.Field
	Items   []item
	Pager   ui.Pager
	Empty   *ui.Empty
	MayAdd  bool
	Invite  bool
}

type item struct{ Name, Href, Kind, Where, Note string }

func (d Deps) list(w http.ResponseWriter, r *http.Request) error {
	ctx, a, q := r.Context(), shell.Actor(r), r.URL.Query()
	f := account.OrgFilter{Query: strings.ToValidUTF8(strings.ReplaceAll(strings.TrimSpace(q.Get("q")), "\x00", ""), ""), Kind: account.OrgKind(q.Get("type")),
		Region: q.Get("region"), Department: q.Get("departement")}
	if f.Kind.Name() == "" {
		f.Kind = ""
	}
	m, err := d.Model(ctx)
	if err != nil {
		return err
	}
	if _, err := m.Tree().Region(f.Region); err != nil {
		f.Region = ""
	}
	if _, err := m.Tree().Dept(f.Department); err != nil {
		f.Department = ""
	}
	p, err := d.Room.Organisations(ctx, d.Room.DB, a, f, q.Get("apres"), pageSize)
	if err != nil {
		return err
	}
	total := french.Integer(p.Total) + nb + french.Plural(p.Total, "organisme", "organismes")
	if p.More {
		total = "plus de " + total
	}
	v := listView{Heading: ui.Heading{Title: "Organismes" + nb + ": " + total, Scope: []string{"collectivités, services de l’État, opérateurs, associations, entreprises", "ceux que vos rôles vous montrent"}},
		MayAdd: !policy.Where(a, policy.Create, policy.Organisation).None(), Invite: !policy.Where(a, policy.Create, policy.Invitation).None()}
	if v.Fields, err = d.filters(ctx, f); err != nil {
		return err
	}
	for _, o := range p.Rows {
		where, err := d.where(ctx, o)
		if err != nil {
			return err
		}
		x := item{Name: o.Name, Href: "/organisations/" + o.ID, Kind: o.Label, Where: where}
		if o.State != account.OrgActive {
			x.Note = "n’existe plus"
		}
		v.Items = append(v.Items, x)
	}
	if p.Next != "" {
		keep := url.Values{"apres": {p.Next}}
		for name, value := range map[string]string{"q": f.Query, "type": string(f.Kind), "region": f.Region, "departement": f.Department} {
			if value != "" {
				keep.Set(name, value)
			}
		}
		v.Pager.Next = "/organisations?" + keep.Encode()
	}
	if len(p.Rows) == 0 {
		v.Empty = &ui.Empty{Title: "Aucun organisme ne répond à ces critères", Text: "Essayez un seul mot du nom, un SIREN, ou retirez un filtre.", Action: ui.Link{Label: "Voir tous les organismes", Href: "/organisations"}}
	}
	return d.Shell.Render(w, r, d.page(r, v.Heading.Title), listPage(v))
}

// filters are the fields that narrow the list.
func (d Deps) filters(ctx context.Context, f account.OrgFilter) ([]ui.Field, error) {
	regions, departments, err := d.places(ctx, f.Region, f.Department)
	if err != nil {
		return nil, err
	}
	kind := ui.Field{ID: "type", Label: "Type", Type: "select", Options: []ui.Option{{Label: "tous"}}}
	for _, k := range account.OrgKinds() {
		kind.Options = append(kind.Options, ui.Option{Value: string(k), Label: k.Name(), Selected: k == f.Kind})
	}
	departments.ID, departments.Options[0].Label = "departement", "tous"
	return []ui.Field{{ID: "nom", Name: "q", Label: "Nom, SIREN ou code", Type: "search", Value: f.Query}, kind, regions, departments}, nil
}

func (d Deps) places(ctx context.Context, region, department string) (regions, departments ui.Field, err error) {
	m, err := d.Model(ctx)
	if err != nil {
		return regions, departments, err
	}
	regions = ui.Field{ID: "region", Label: "Région du siège", Type: "select", Options: []ui.Option{{Label: "toute la France"}}}
	for _, x := range m.Tree().Regions() {
		regions.Options = append(regions.Options, ui.Option{Value: x.Code, Label: x.Name, Selected: x.Code == region})
	}
	departments = ui.Field{ID: "department", Label: "Département du siège", Type: "select", Options: []ui.Option{{Label: "aucun en particulier"}}}
	for _, x := range m.Tree().Departments() {
		departments.Options = append(departments.Options, ui.Option{Value: x.Code, Label: x.Code + " " + x.Name, Selected: x.Code == department})
	}
	return regions, departments, nil
}

// where names the seat of an organisation.
func (d Deps) where(ctx context.Context, o account.Organisation) (string, error) {
	m, err := d.Model(ctx)
	if err != nil {
		return "", err
	}
	var names []string
	if x, err := m.Tree().Dept(o.Department); err == nil {
		names = append(names, x.Name)
	}
	if x, err := m.Tree().Region(o.Region); err == nil && !(len(names) == 1 && names[0] == x.Name) {
		names = append(names, x.Name)
	}
	if len(names) == 0 {
		return "France entière", nil
	}
	return strings.Join(names, ", "), nil
}

// faulted puts each fault beside its field; another refusal stands by the first.
func faulted(fields []ui.Field, err error) []ui.Field {
	if err == nil {
		return fields
	}
	var faults account.OrgFaults
	if !errors.As(err, &faults) {
		fields[0].Error = apperr.Message(err)
		return fields
	}
	for _, f := range faults {
		for i := range fields {
			if fields[i].ID == f.Field {
				fields[i].Error = f.Message
			}
		}
	}
	return fields
}
