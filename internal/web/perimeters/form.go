package perimeters

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/french"
	"jalon/internal/policy"
	"jalon/internal/territory"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
	"jalon/internal/web/wording"
)

func escape(s string) string { return url.QueryEscape(s) }

// formView is the form, filled as it was typed.
type formView struct {
	Title    string
	Action   string
	Rev      string
	Fields   []ui.Field
	Submit   string
	Withdraw string // address that withdraws the perimeter, empty when new
	// Notices say what was saved, and what it overlaps.
	Notices []ui.Alert
	// Theirs is what somebody else saved meanwhile, beside what was typed.
	Theirs *ui.Table
}

// typed is the form as it came, before any of it is judged.
type typed struct {
	kind, name, holder, from, to, members, reason string
	rev                                           int64
}

func read(r *http.Request) (t typed, err error) {
	if err := r.ParseForm(); err != nil {
		return t, err
	}
	get := func(name string) string {
		return strings.ToValidUTF8(strings.ReplaceAll(r.PostForm.Get(name), "\x00", ""), "")
	}
	t = typed{get("kind"), get("name"), get("holder"), get("from"), get("to"), get("members"), strings.TrimSpace(get("reason")), 0}
	if s := get("rev"); s != "" {
		if t.rev, err = strconv.ParseInt(s, 10, 64); err != nil {
			return t, apperr.New(apperr.Invalid, err, "Le formulaire est incomplet. Rouvrez-le depuis la liste des périmètres.")
		}
	}
	return t, nil
}

func fromPerimeter(p territory.FreePerimeter, tree *territory.Tree) typed {
	return typed{kind: string(p.Kind), name: p.Name, holder: p.Holder, from: p.From, to: p.To, members: memberLines(p.Members, tree), rev: p.Rev}
}

// memberLines writes each member with its name, which reading back leaves out.
func memberLines(members []string, tree *territory.Tree) string {
	var b strings.Builder
	for _, code := range members {
		b.WriteString(code)
		if c, err := tree.Commune(code); err == nil {
			b.WriteString(" " + c.Name)
		} else if g, err := tree.EPCI(code); err == nil {
			b.WriteString(" " + g.Name)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// input is what the territory room judges.
func (t typed) input(tree *territory.Tree) territory.PerimeterInput {
	in := territory.PerimeterInput{Kind: territory.PerimeterKind(t.kind), Name: t.name, Holder: t.holder, From: t.from, To: t.to}
	for _, item := range strings.FieldsFunc(t.members, func(c rune) bool { return c == '\n' || c == '\r' || c == ',' || c == ';' }) {
		if item = strings.TrimSpace(item); item != "" {
			in.Members = append(in.Members, member(item, tree))
		}
	}
	return in
}

// member reads one line: a code, a code followed by a name, or the name alone
// when a single commune or EPCI bears it. Anything else is kept as typed, for
// its error to say so.
func member(item string, tree *territory.Tree) string {
	first, _, _ := strings.Cut(item, " ")
	if (len(first) == 5 || len(first) == 9) && strings.ContainsAny(first, "0123456789") {
		return first
	}
	var code string
	for _, h := range tree.SearchScale(item, 5, territory.EPCI, territory.CommuneS) {
		if french.Fold(h.Territory.Name) != french.Fold(item) {
			continue
		}
		if code != "" {
			return item // two bear this name
		}
		code = h.Territory.Ref.Code
	}
	if code != "" {
		return code
	}
	return item
}

// form draws what was typed, with what is wrong beside each field.
func (t typed) form(id string, faults []territory.PerimeterFault) formView {
	v := formView{Title: "Créer un périmètre", Action: "/perimetres/nouveau", Submit: "Créer le périmètre"}
	if id != "" {
		v = formView{Title: "Modifier le périmètre", Action: "/perimetres/" + id + "/modifier", Submit: "Enregistrer", Rev: strconv.FormatInt(t.rev, 10), Withdraw: "/perimetres/" + id + "/retirer"}
	}
	kind := ui.Field{ID: "kind", Label: "Type", Type: "select", Required: true, Options: []ui.Option{{Label: "Choisissez…"}}}
	for _, k := range territory.PerimeterKinds() {
		kind.Options = append(kind.Options, ui.Option{Value: string(k), Label: k.Label(), Selected: string(k) == t.kind})
	}
	v.Fields = []ui.Field{
		kind,
		{ID: "name", Label: "Nom", Value: t.name, Required: true, Help: "Tel que ses partenaires l’appellent."},
		{ID: "holder", Label: "SIREN de l’organisme porteur", Value: t.holder, Help: "Neuf chiffres."},
		{ID: "from", Label: "En vigueur depuis le", Type: "date", Value: t.from},
		{ID: "to", Label: "Jusqu’au", Type: "date", Value: t.to},
		{ID: "members", Label: "Communes et intercommunalités", Type: "textarea", Rows: 10, Value: t.members, Required: true,
			Help: "Une par ligne\u00a0: le code INSEE d’une commune, le SIREN d’une intercommunalité, ou un nom que rien d’autre ne porte. Une intercommunalité vaut pour toutes ses communes."},
	}
	if id != "" {
		v.Fields = append(v.Fields, ui.Field{ID: "reason", Label: "Pourquoi ce changement", Value: t.reason, Required: true, Help: "Gardé dans l’historique du périmètre."})
	}
	for _, f := range faults {
		for i := range v.Fields {
			if v.Fields[i].ID != f.Field {
				continue
			}
			message := f.Message
			if f.Field == "members" && f.Value != "" {
				message = "«\u00a0" + f.Value + "\u00a0»\u00a0: " + message
			}
			if v.Fields[i].Error != "" {
				message = v.Fields[i].Error + " " + message
			}
			v.Fields[i].Error = message
		}
	}
	return v
}

func (d Deps) render(w http.ResponseWriter, r *http.Request, status int, v formView) error {
	page := d.Shell.Page(r, v.Title, "", crumbs(ui.Link{Label: v.Title})...)
	page.NoIndex, page.Canonical = true, ""
	return d.Shell.RenderStatus(w, r, status, page, formPage(v))
}

func (d Deps) blank(w http.ResponseWriter, r *http.Request) error {
	if err := d.allow(r, policy.Create); err != nil {
		return err
	}
	return d.render(w, r, http.StatusOK, typed{}.form("", nil))
}

func (d Deps) create(w http.ResponseWriter, r *http.Request) error {
	if err := d.allow(r, policy.Create); err != nil {
		return err
	}
	t, err := read(r)
	if err != nil {
		return err
	}
	m, err := d.Model(r.Context())
	if err != nil {
		return err
	}
	in := t.input(m.Tree())
	if _, faults := in.Check(m.Tree()); len(faults) > 0 {
		return d.render(w, r, http.StatusUnprocessableEntity, t.form("", faults))
	}
	id, err := d.NewID()
	if err != nil {
		return err
	}
	p, err := territory.CreatePerimeter(r.Context(), d.Q, m.Tree(), id, in, d.act(r, "création"))
	if err != nil {
		return err
	}
	return d.saved(w, r, m.Tree(), p)
}

func (d Deps) act(r *http.Request, reason string) territory.Act {
	return territory.Act{By: d.Actor(r).Person, Reason: reason, At: d.Now()}
}

func (d Deps) edit(w http.ResponseWriter, r *http.Request) error {
	if err := d.allow(r, policy.Edit); err != nil {
		return err
	}
	m, err := d.Model(r.Context())
	if err != nil {
		return err
	}
	p, err := territory.FindPerimeter(r.Context(), d.Q, r.PathValue("id"))
	if err != nil {
		return err
	}
	v := fromPerimeter(p, m.Tree()).form(p.ID, nil)
	if r.URL.Query().Get("fait") == "1" {
		v.Notices = append(v.Notices, ui.Alert{State: "success", Title: "Le périmètre est enregistré", Links: []ui.Link{{Label: "Voir son panorama", Href: "/perimetres/" + p.ID + "/panorama"}}})
	}
	n, err := d.overlaps(r, m.Tree(), p)
	if err != nil {
		return err
	}
	v.Notices = append(v.Notices, n...)
	return d.render(w, r, http.StatusOK, v)
}

func (d Deps) save(w http.ResponseWriter, r *http.Request) error {
	if err := d.allow(r, policy.Edit); err != nil {
		return err
	}
	id := r.PathValue("id")
	t, err := read(r)
	if err != nil {
		return err
	}
	m, err := d.Model(r.Context())
	if err != nil {
		return err
	}
	before, err := territory.FindPerimeter(r.Context(), d.Q, id)
	if err != nil {
		return err
	}
	in := t.input(m.Tree())
	in.Demo = before.Demo
	_, faults := in.Check(m.Tree())
	if t.reason == "" {
		faults = append(faults, territory.PerimeterFault{Field: "reason", Message: "Dites en quelques mots pourquoi."})
	}
	if len(faults) > 0 {
		return d.render(w, r, http.StatusUnprocessableEntity, t.form(id, faults))
	}
	after, err := territory.UpdatePerimeter(r.Context(), d.Q, m.Tree(), id, t.rev, in, d.act(r, t.reason))
	if apperr.KindOf(err) == apperr.Conflict {
		return d.conflict(w, r, id, t)
	}
	if err != nil {
		return err
	}
	return d.saved(w, r, m.Tree(), after)
}

// saved leads to the page of a perimeter; back to its form when it is a CRTE that
// overlaps another, which is kept, and said.
func (d Deps) saved(w http.ResponseWriter, r *http.Request, tree *territory.Tree, p territory.FreePerimeter) error {
	over, err := d.overlaps(r, tree, p)
	if err != nil {
		return err
	}
	if len(over) > 0 {
		return shell.SeeOther(w, r, "/perimetres/"+p.ID+"/modifier?fait=1")
	}
	return shell.SeeOther(w, r, "/perimetres/"+p.ID+"/panorama")
}

// overlaps names the other CRTE in force that hold communes of one, and which.
func (d Deps) overlaps(r *http.Request, tree *territory.Tree, p territory.FreePerimeter) ([]ui.Alert, error) {
	others, err := territory.Overlaps(r.Context(), d.Q, tree, p, d.Now().UTC().Format(time.DateOnly))
	if err != nil || len(others) == 0 {
		return nil, err
	}
	n := ui.Alert{State: "warning", Title: "Des communes sont aussi dans un autre CRTE", Text: "C’est possible, et rien n’est refusé\u00a0: dans le bouclage des objectifs d’une région, chaque commune ne compte qu’une fois."}
	for _, z := range others {
		n.Links = append(n.Links, ui.Link{Label: z.Name + "\u00a0: " + wording.Communes(tree, z.Communes, 8), Href: "/perimetres/" + z.ID + "/panorama"})
	}
	return []ui.Alert{n}, nil
}

// conflict shows what somebody else saved beside what was typed; saving again
// replaces theirs, knowingly.
func (d Deps) conflict(w http.ResponseWriter, r *http.Request, id string, t typed) error {
	history, err := territory.PerimeterHistory(r.Context(), d.Q, id)
	if err != nil {
		return err
	}
	m, err := d.Model(r.Context())
	if err != nil {
		return err
	}
	last := history[0]
	theirs := fromPerimeter(last.Perimeter, m.Tree())
	table := ui.Table{ID: "deux-versions", Caption: "Les deux versions", Columns: []ui.Column{{Label: "Champ"}, {Label: "Enregistré entre-temps"}, {Label: "Ce que vous avez saisi"}}}
	for _, x := range []struct{ name, theirs, mine string }{
		{"Type", theirs.kind, t.kind}, {"Nom", theirs.name, t.name}, {"SIREN du porteur", theirs.holder, t.holder},
		{"Depuis le", theirs.from, t.from}, {"Jusqu’au", theirs.to, t.to}, {"Communes et intercommunalités", theirs.members, t.members},
	} {
		table.Rows = append(table.Rows, ui.Row{Current: strings.TrimSpace(x.theirs) != strings.TrimSpace(x.mine), Cells: []ui.Cell{{Text: x.name}, said(x.theirs), said(x.mine)}})
	}
	table.Foot = []ui.Row{{Cells: []ui.Cell{{Text: "Enregistré"}, {Text: french.Date(last.Act.At) + "\u00a0: " + last.Act.Reason}, {}}}}
	t.rev = last.Rev
	v := t.form(id, nil)
	v.Theirs, v.Submit = &table, "Enregistrer ma version à la place"
	if last.Perimeter.State == territory.PerimeterWithdrawn {
		v.Submit = ""
	}
	return d.render(w, r, http.StatusConflict, v)
}

func said(s string) ui.Cell {
	if strings.TrimSpace(s) == "" {
		return ui.Cell{Text: "(vide)"}
	}
	return ui.Cell{Text: strings.TrimSpace(s)}
}

func (d Deps) withdraw(w http.ResponseWriter, r *http.Request) error {
	if err := d.allow(r, policy.Edit); err != nil {
		return err
	}
	t, err := read(r)
	if err != nil {
		return err
	}
	if t.reason == "" {
		return apperr.Invalidf("Dites en quelques mots pourquoi ce périmètre est retiré. Il n’a pas été modifié.")
	}
	if err := territory.WithdrawPerimeter(r.Context(), d.Q, r.PathValue("id"), t.rev, d.act(r, t.reason)); err != nil {
		return err
	}
	return shell.SeeOther(w, r, "/perimetres")
}
