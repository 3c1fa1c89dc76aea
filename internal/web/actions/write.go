package actions

import (
	"cmp"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"jalon/internal/account"
	"jalon/internal/action"
	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/framework"
	"jalon/internal/french"
	"jalon/internal/policy"
	"jalon/internal/web/sections"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
	"jalon/internal/web/wording"
)

// writers are the handlers of what people write of an action.
func (d Deps) writers() map[string]shell.Handler {
	return map[string]shell.Handler{
		"action-new": d.newAction, "action-create": d.create,
		"action-edit": d.progress, "action-part": d.part, "action-part-save": d.savePart, "action-restore": d.restore,
	}
}

// writing is an action that somebody writes, and what its forms are made of.
type writing struct {
	d   Deps
	r   *http.Request
	who policy.Actor
	where
	themes []action.CrossTheme
	x      action.Action // as it is now
}

func (d Deps) writingAt(r *http.Request, c cop.COP, code string) (w writing, err error) {
	w = writing{d: d, r: r, who: shell.Actor(r), where: where{cop: c}}
	if w.model, err = d.Model(r.Context()); err != nil {
		return w, err
	}
	if w.region, err = w.model.Tree().Region(code); err != nil {
		return w, err
	}
	if w.list, err = d.listOf(r, c); err != nil {
		return w, err
	}
	w.themes, err = action.CrossThemes(r.Context(), d.Q, c.ID)
	return w, err
}

// writing reads the action of an address, for who may write it.
func (d Deps) writing(r *http.Request) (w writing, err error) {
	x, c, err := action.Find(r.Context(), d.Q, shell.Actor(r), r.PathValue("id"))
	if err != nil {
		return w, err
	}
	if err := policy.Check(shell.Actor(r), policy.Edit, x.Thing(c)); err != nil {
		return w, err
	}
	w, err = d.writingAt(r, c, c.Region)
	w.x = x
	return w, err
}

func (w writing) base() string { return wording.ActionPath(w.x.ID) + "/modifier" }

// leverOptions are the levers of the COP, by the name that no other one has, and those of
// other lists that an action has already: a form never drops one that it does not offer.
func (w writing) leverOptions(kept ...string) (out [][2]string) {
	for _, l := range w.levers() {
		out = append(out, [2]string{l.Code, l.ShortName})
	}
	for _, code := range kept {
		if !w.knows(code) {
			if l, err := w.model.Framework().Lever(code); err == nil {
				out = append(out, [2]string{code, l.ShortName + " (autre liste)"})
			}
		}
	}
	return out
}

// knows reports whether an action of the COP may serve a lever.
func (w writing) knows(lever string) bool {
	return slices.ContainsFunc(w.levers(), func(l framework.Lever) bool { return l.Code == lever })
}

// leverName is the name of a lever that no other one has.
func (w writing) leverName(code string) string {
	if l, err := w.model.Framework().Lever(code); err == nil {
		return l.ShortName
	}
	return code
}

// leverTheme is the theme of the State that a lever belongs to.
func (w writing) leverTheme(code string) string {
	l, err := w.model.Framework().Lever(code)
	if err != nil {
		return ""
	}
	return string(l.Theme)
}

func (w writing) crossOptions(kept string) (out [][2]string) {
	for _, t := range w.themes {
		if !t.Withdrawn || t.Code == kept {
			out = append(out, [2]string{t.Code, t.Name})
		}
	}
	return out
}

// seat is somebody's right to propose an action: for the region, for a département, for
// an organisation.
type seat struct {
	department string
	org        account.Organisation
}

// seats are all that somebody may propose an action of the region from; an error when
// they have none.
func (w writing) seats() (out []seat, err error) {
	t := w.cop.Thing(policy.Action)
	if policy.Can(w.who, policy.Create, t) {
		out = append(out, seat{})
	}
	for _, dept := range w.tree().Departments() {
		of := t
		if of.Department = dept.Code; dept.Region == w.region.Code && len(out) == 0 && policy.Can(w.who, policy.Create, of) {
			out = append(out, seat{department: dept.Code})
		}
	}
	for _, g := range w.who.Grants {
		of := t
		if of.Org = g.Org; g.Org == "" || !policy.Can(w.who, policy.Create, of) || slices.ContainsFunc(out, func(s seat) bool { return s.org.ID == g.Org }) {
			continue
		}
		o, err := account.FindOrganisation(w.r.Context(), w.d.Q, g.Org)
		if err != nil && apperr.KindOf(err) != apperr.NotFound {
			return nil, err
		}
		if err == nil && o.Region == w.region.Code {
			out = append(out, seat{org: o})
		}
	}
	if len(out) == 0 {
		return nil, apperr.NotFoundf("Cette page n’existe pas, ou elle est réservée à d’autres rôles que les vôtres.")
	}
	return out, nil
}

// party reads who carries an action: one that the action names already, an
// organisation of whoever writes, a SIREN, or a name as it is typed.
func (w writing) party(name string, known ...action.Party) (action.Party, error) {
	name = strings.Join(strings.Fields(name), " ")
	for _, p := range known {
		if french.Fold(p.Name) == french.Fold(name) {
			p.Name = name
			return p, nil
		}
	}
	for _, g := range w.who.Grants {
		if g.Org == "" {
			continue
		}
		o, err := account.FindOrganisation(w.r.Context(), w.d.Q, g.Org)
		if err == nil && french.Fold(o.Name) == french.Fold(name) {
			return partyOf(o), nil
		}
		if err != nil && apperr.KindOf(err) != apperr.NotFound {
			return action.Party{}, err
		}
	}
	if siren := strings.ReplaceAll(name, " ", ""); french.ValidSIREN(siren) && w.d.Room.Parties != nil {
		find, err := w.d.Room.Parties(w.r.Context(), w.d.Q)
		if err != nil {
			return action.Party{}, err
		}
		if p, ok := find(siren); ok {
			return p, nil
		}
	}
	return action.Party{Name: name}, nil
}

func partyOf(o account.Organisation) action.Party { return action.Party{Org: o.ID, Name: o.Name} }

// show draws a page of who writes.
func (w writing) show(rw http.ResponseWriter, status int, v sections.View, last ...ui.Link) error {
	return sections.Show(w.d.Shell, rw, w.r, status, v, true, w.trail(last...)...)
}

// steps lead to the page of an action, then to what is under it.
func (w writing) steps(last ...ui.Link) []ui.Link {
	return append([]ui.Link{{Label: "Action " + number(w.x.Seq), Href: wording.ActionPath(w.x.ID)}}, last...)
}

// faults are what is wrong in a form, by the field where it stands; "" is about no field.
type faults map[string]string

func (f faults) add(field, text string) {
	if f[field] == "" {
		f[field] = text
	}
}

// sentence makes one of the reasons that readers of files give.
func sentence(err error) string {
	text := wording.Upper(apperr.Message(err))
	if apperr.KindOf(err) == apperr.Internal {
		text = wording.Upper(err.Error())
	}
	if !strings.HasSuffix(text, ".") {
		text += "."
	}
	return text
}

// refuse notes what the register refused, beside its field when the form has it: field
// itself, else the first of the rows that begin with it.
func (f faults) refuse(err error, form sections.Form) {
	var fault *action.Fault
	if !errors.As(err, &fault) {
		f.add("", apperr.Message(err))
		return
	}
	fields := form.All()
	for _, same := range []func(id string) bool{func(id string) bool { return id == fault.Field }, func(id string) bool { return strings.HasPrefix(id, fault.Field+".") }} {
		if i := slices.IndexFunc(fields, func(x ui.Field) bool { return same(x.ID) }); i >= 0 {
			f.add(fields[i].ID, fault.Message)
			return
		}
	}
	f.add("", fault.Message)
}

// beside writes the faults beside their fields, and returns those that have none.
func (f faults) beside(form *sections.Form) []ui.Alert {
	seen := map[string]bool{}
	put := func(fields []ui.Field) {
		for i := range fields {
			if text := f[fields[i].ID]; text != "" {
				fields[i].Error, seen[fields[i].ID] = text, true
			}
		}
	}
	put(form.Fields)
	for i := range form.Groups {
		put(form.Groups[i].Fields)
	}
	var out []ui.Alert
	for field, text := range f {
		if !seen[field] {
			out = append(out, ui.Alert{State: "warning", Title: "Rien n’a été enregistré", Text: text})
		}
	}
	slices.SortFunc(out, func(a, b ui.Alert) int { return cmp.Compare(a.Text, b.Text) })
	return out
}

// restore writes an older version of an action as its newest one.
func (d Deps) restore(rw http.ResponseWriter, r *http.Request) error {
	if err := shell.ReadForm(r); err != nil {
		return err
	}
	w, err := d.writing(r)
	if err != nil {
		return err
	}
	from, err := strconv.ParseInt(r.PathValue("rev"), 10, 64)
	if err != nil {
		return apperr.NotFoundf("Cette version n’existe pas.")
	}
	rev, err := strconv.ParseInt(shell.Typed(r, "rev"), 10, 64)
	if err != nil {
		rev = -1 // no revision: a conflict
	}
	x, err := d.Room.Restore(r.Context(), d.Q, w.who, w.x.ID, rev, from, shell.Typed(r, "reason"))
	if err == nil {
		return shell.SeeOther(rw, r, wording.ActionPath(x.ID)+"?fait=1")
	}
	if !shell.Beside(err) {
		return err
	}
	past, past404 := action.VersionAt(r.Context(), d.Q, w.x.ID, from)
	if past404 != nil {
		return past404
	}
	return w.showRestore(rw, past, shell.Typed(r, "reason"), err)
}

// showRestore asks again for what a restoration was refused for.
func (w writing) showRestore(rw http.ResponseWriter, past action.Past, reason string, bad error) error {
	n := strconv.FormatInt(past.Rev, 10)
	f := sections.Form{ID: "reprendre", Action: wording.ActionPath(w.x.ID) + "/versions/" + n + "/reprendre", Rev: strconv.FormatInt(w.x.Rev, 10), Submit: "Reprendre la version " + n,
		Fields: []ui.Field{{ID: "reason", Label: "Pourquoi la reprendre", Value: reason, Type: "textarea", Help: "Gardé dans l’historique de l’action."}}}
	wrong := faults{}
	wrong.refuse(bad, f)
	v := sections.View{Heading: ui.Heading{Overline: "Reprendre une version", Title: w.x.Title, Scope: []string{"version " + n, "du " + french.Date(past.At)}}, Notices: wrong.beside(&f)}
	t := ui.Table{ID: "deux-versions", Caption: "Ce que la reprise changerait", Columns: []ui.Column{{Label: "Champ"}, {Label: "Aujourd’hui", Wide: true}, {Label: "Dans la version " + n, Wide: true}}}
	for _, c := range action.Diff(w.x, past.Action, w.words()) {
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: c.What}, {Text: c.From}, {Text: c.To}}})
	}
	p := sections.Part{Forms: []sections.Form{f}}
	if len(t.Rows) > 0 {
		p.Tables = []ui.Table{t}
	}
	v.Parts = []sections.Part{p}
	return w.show(rw, statusOf(bad), v, w.steps(ui.Link{Label: "Reprendre une version"})...)
}

func statusOf(err error) int {
	switch apperr.KindOf(err) {
	case apperr.Conflict:
		return http.StatusConflict
	case apperr.Forbidden:
		return http.StatusForbidden
	}
	return http.StatusBadRequest
}
