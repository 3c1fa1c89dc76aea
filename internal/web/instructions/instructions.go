// Package instructions serves those who study contributions and answer them.
package instructions

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"jalon/internal/account"
	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/debate/contribution"
	"jalon/internal/debate/group"
	"jalon/internal/framework"
	"jalon/internal/french"
	"jalon/internal/panorama"
	"jalon/internal/policy"
	"jalon/internal/territory"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
	"jalon/internal/web/wording"
)

// Deps is what these pages need.
type Deps struct {
	Shell *shell.Shell
	Model func(ctx context.Context) (*panorama.Model, error)
	Q     db.Q
	Now   func() time.Time
	Room  *contribution.Room
}

// Handlers are the handlers of this package by the names of the routes.
func Handlers(d Deps) map[string]shell.Handler {
	return map[string]shell.Handler{"study-desk": d.desk, "study-many": d.many, "study-one": d.one, "study-change": d.change}
}

const (
	nb      = french.NoBreak
	perPage = 50
)

// view is every page of this package: parts that are empty are not drawn.
type view struct {
	Heading  ui.Heading
	Tabs     ui.Pages
	Views    []ui.Link
	Done     bool
	Notices  []ui.Alert
	Conflict ui.Table
	List     *listView
	Parts    []part
}

type listView struct {
	Action   string
	Filters  []ui.Field
	FilterTo string
	Table    ui.Table
	Fields   []ui.Field // of the bulk form, none for whoever may not give
	Empty    ui.Empty
	Pager    ui.Pager
}

type part struct {
	ID, Title, Lead string
	Text            string // what somebody wrote, as they wrote it
	List            []string
	Facts           [][2]string
	Tables          []ui.Table
	Links           []ui.Link
	Fold            string // folds the form under these words
	Open            bool
	Form            *formView
}

type formView struct {
	Action, Rev, Do, Submit string
	Fields                  []ui.Field
}

// where is the COP of the region of an address.
type where struct {
	territory.Region
	cop  cop.COP
	tree *territory.Tree
	fw   *framework.Framework
}

func (x where) base() string { return "/regions/" + x.Slug }
func (x where) desk() string { return x.base() + "/bureau/contributions" }

// seen is the region of an address. Its COP is that of cop.OfRegion, as in every
// room of the debate.
func (d Deps) seen(r *http.Request) (x where, err error) {
	if r.Method == http.MethodPost {
		if err := shell.ReadForm(r); err != nil {
			return x, err
		}
	}
	m, err := d.Model(r.Context())
	if err != nil {
		return x, err
	}
	x.tree, x.fw = m.Tree(), m.Framework()
	if x.Region, err = x.tree.RegionBySlug(r.PathValue("slug")); err != nil {
		return x, err
	}
	x.cop, err = cop.OfRegion(r.Context(), d.Q, x.Code)
	return x, err
}

func (d Deps) judges(r *http.Request, x where) bool {
	return policy.Can(shell.Actor(r), policy.Judge, x.cop.Thing(policy.Instruction))
}

func (d Deps) show(w http.ResponseWriter, r *http.Request, status int, v view, trail ...ui.Link) error {
	v.Done = r.URL.Query().Get("fait") == "1"
	page := d.Shell.Page(r, v.Heading.Title, v.Heading.Title+".", trail...)
	page.NoIndex, page.Canonical = true, ""
	return d.Shell.RenderStatus(w, r, status, page, onePage(v))
}

func (x where) trail(last ...ui.Link) []ui.Link { return wording.RegionTrail(x.Region, last...) }

// tabs are the pages where the debate of a region is worked on: those of the desk are
// the team's.
func (x where) tabs(judges bool, current string) ui.Pages {
	all := []ui.Link{{Label: wording.TabCOP, Href: x.base()}, {Label: "Contributions à étudier", Href: x.desk()}, {Label: "Contributions publiées", Href: x.base() + "/contributions"}}
	if judges {
		all = slices.Insert(all, 1, ui.Link{Label: "Bureau", Href: x.base() + "/bureau"}, ui.Link{Label: "Modération", Href: x.base() + "/bureau/moderation"})
	}
	for i := range all {
		all[i].Current = all[i].Href == current
	}
	return ui.Pages{Tabs: all}
}

// wrongIn puts the message of an error beside its field, the first one when it is
// about the whole.
func wrongIn(fields []ui.Field, err error) {
	if err == nil || len(fields) == 0 {
		return
	}
	var f *contribution.Fault
	if errors.As(err, &f) {
		for i := range fields {
			if fields[i].ID == f.Field {
				fields[i].Error = f.Message
				return
			}
		}
	}
	fields[0].Error = apperr.Message(err)
}

func choose(id, label, value, none string, options [][2]string) ui.Field {
	f := ui.Field{ID: id, Label: label, Type: "select", Required: none == ""}
	if none != "" {
		f.Options = append(f.Options, ui.Option{Label: none})
	}
	for _, o := range options {
		f.Options = append(f.Options, ui.Option{Value: o[0], Label: o[1], Selected: o[0] == value})
	}
	return f
}

// people are who works in the COP, by account, and the groups of it by id: for lists
// and for names.
type people struct {
	persons, groups [][2]string
	name, group     map[string]string
}

func (d Deps) people(r *http.Request, x where) (p people, err error) {
	held, err := contribution.Workers(r.Context(), d.Q, x.cop)
	if err != nil {
		return p, err
	}
	p.name = map[string]string{}
	for _, h := range held {
		name := h.Name
		if name == "" {
			name = h.Email
		}
		p.name[h.Account] = name
		p.persons = append(p.persons, [2]string{h.Account, name + " (" + wording.Lower(h.Role.Name()) + ")"})
	}
	choices, err := group.Choices(r.Context(), d.Q, x.cop.ID)
	if err != nil {
		return p, err
	}
	for _, c := range choices {
		p.groups = append(p.groups, [2]string{c.ID, c.Name})
	}
	p.group, err = group.Names(r.Context(), d.Q, x.cop.ID)
	return p, err
}

// who names whoever did something, of the COP or not any more.
func (p people) who(r *http.Request, q db.Q, id string) (string, error) {
	if name := p.name[id]; name != "" {
		return name, nil
	}
	a, err := account.Find(r.Context(), q, id)
	switch {
	case err != nil && apperr.KindOf(err) != apperr.NotFound:
		return "", err
	case err != nil || a.Name == "":
		return "quelqu’un qui n’est plus là", nil
	}
	return a.Name, nil
}

// holder says who has a contribution.
func (p people) holder(i contribution.Instruction) string {
	switch {
	case i.Group != "":
		return "groupe «" + nb + p.group[i.Group] + nb + "»"
	case i.Assignee != "" && p.name[i.Assignee] == "":
		return "quelqu’un qui n’est plus là"
	}
	return p.name[i.Assignee]
}

func verdictField(id, label string, value contribution.Study) ui.Field {
	var options [][2]string
	for _, v := range contribution.Verdicts() {
		options = append(options, [2]string{string(v), wording.Upper(v.Name())})
	}
	f := choose(id, label, string(value), "choisissez", options)
	f.Required = true
	return f
}

// next is the address of the page after, with the filters of this one.
func next(r *http.Request, cursor string) string {
	if cursor == "" {
		return ""
	}
	q := url.Values{}
	for k, v := range r.URL.Query() {
		if k != "fait" && len(v) > 0 && v[0] != "" {
			q[k] = slices.Clone(v)
		}
	}
	q.Set("suite", cursor)
	return r.URL.Path + "?" + q.Encode()
}

// about names the lever of a contribution, or its theme.
func (x where) about(lever, theme string) string {
	if l, err := x.fw.Lever(lever); err == nil {
		return l.Name
	}
	for _, t := range x.fw.Themes() {
		if string(t.Code) == theme {
			return t.Name
		}
	}
	return ""
}

// idIn reads the id of a contribution in an address that somebody copied, or the id
// itself.
func idIn(typed string) string {
	typed, _, _ = strings.Cut(typed, "?")
	typed, _, _ = strings.Cut(typed, "#")
	typed = strings.TrimRight(strings.TrimSpace(typed), "/")
	return typed[strings.LastIndexByte(typed, '/')+1:]
}
