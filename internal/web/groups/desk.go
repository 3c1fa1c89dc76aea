package groups

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/debate/group"
	"jalon/internal/diagnosis"
	"jalon/internal/french"
	"jalon/internal/policy"
	"jalon/internal/territory"
	"jalon/internal/web/sections"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
	"jalon/internal/web/wording"
)

func (d Deps) desk(w http.ResponseWriter, r *http.Request) error {
	return d.showDesk(w, r, http.StatusOK, group.Group{Part: policy.Public}, nil, nil)
}

// pasting is what comes back of a list of members: its verdicts, and what was wrong.
type pasting struct {
	text  string
	lines []group.Pasted
	wrong error
}

func (d Deps) showDesk(w http.ResponseWriter, r *http.Request, status int, typed group.Group, wrong error, pasted *pasting) error {
	x, all, err := d.working(r)
	if err != nil {
		return err
	}
	a := shell.Actor(r)
	v := sections.View{Heading: ui.Heading{Overline: tabGroups + ", bureau", Title: x.Name + nb + ": " + finding(all), Scope: []string{"réservé à celles et ceux qui travaillent pour la COP"}}, Tabs: deskTabs(x)}
	p := sections.Part{ID: "groupes", Title: "Les groupes", Tables: []ui.Table{x.table(all, group.Active, x.desk(), false)}}
	if len(p.Tables[0].Rows) == 0 {
		p.Tables, p.Empty = nil, ui.Empty{Title: "Aucun groupe pour l’instant", Text: "Créez le premier ci-dessous, ou inscrivez une instance qui existe déjà (CRB, CRE, COREAMR…)."}
	}
	p.Links = []ui.Link{{Label: "Ce que chacun en lit", Href: x.base() + "/groupes"}}
	v.Parts = append(v.Parts, p)
	if closed := x.table(all, group.Closed, x.desk(), false); len(closed.Rows) > 0 {
		closed.ID = "clos"
		v.Parts = append(v.Parts, sections.Part{ID: "groupes-clos", Title: "Les groupes clos", Tables: []ui.Table{closed}})
	}
	whole, departments := x.over(a, policy.Create)
	if whole {
		members, err := group.MembersOf(r.Context(), d.Q, x.cop.ID, d.Room.Today(x.cop))
		if err != nil {
			return err
		}
		if len(members) > 0 {
			v.Parts = append(v.Parts, balance("equilibre", "Qui siège dans l’ensemble des groupes", members, d.Room.Today(x.cop), x.departments(), false))
		}
		v.Parts = append(v.Parts, pastePart(x, pasted, x.desk()+"/membres", true, len(all) > 0)...)
	}
	if whole || len(departments) > 0 {
		fields, err := d.fields(r, x, typed, all)
		if err != nil {
			return err
		}
		f := sections.Part{ID: "creer", Title: "Créer un groupe, ou inscrire une instance", Fold: "Ouvrir le formulaire", Open: wrong != nil || len(all) == 0}
		if !whole {
			f.Lead = "Votre rôle porte sur un département\u00a0: cochez-le, et lui seul."
		}
		v.Notices = append(v.Notices, wrongIn(fields, wrong)...)
		f.Forms = []sections.Form{{ID: "groupe", Action: x.desk(), Fields: fields, Submit: "Créer le groupe"}}
		v.Parts = append(v.Parts, f)
	} else if wrong != nil {
		return wrong
	}
	return sections.Show(d.Shell, w, r, status, v, true, trail(x, ui.Link{Label: tabGroups})...)
}

// fields are the form of a group.
func (d Deps) fields(r *http.Request, x where, g group.Group, all []group.Group) ([]ui.Field, error) {
	themes, err := diagnosis.Themes(r.Context(), d.Q, x.cop.ID)
	if err != nil {
		return nil, err
	}
	perimeters, err := d.perimeters(r, x)
	if err != nil {
		return nil, err
	}
	var parents [][2]string
	for _, o := range group.Tree(all) {
		if o.ID != g.ID && (o.State == group.Active || o.ID == g.Parent) {
			parents = append(parents, [2]string{o.ID, strings.Repeat("–"+nb, o.Depth) + o.Name})
		}
	}
	var bodies [][2]string
	for _, b := range group.Bodies() {
		bodies = append(bodies, [2]string{string(b), wording.Upper(bodyName(b))})
	}
	var byTheme [][2]string
	for _, t := range themes {
		byTheme = append(byTheme, [2]string{t.ID, t.Name})
	}
	out := []ui.Field{{ID: "name", Label: "Nom du groupe", Required: true, Value: g.Name, Help: "Par exemple\u00a0: «\u00a0Mobilité du quotidien\u00a0»."},
		sections.Choose("body", "Ce groupe est une instance qui existe déjà", string(g.Body), "non\u00a0: il est créé pour la COP", bodies),
		{ID: "mandate", Label: "Mandat", Type: "textarea", Rows: 5, Value: g.Mandate, Help: "Ce qui est demandé au groupe. Obligatoire, sauf pour une instance qui tient son mandat d’un texte. Il est public, même pour un groupe fermé."},
		{ID: "expected", Label: "Ce que le groupe remet", Type: "textarea", Rows: 2, Value: g.Expected, Help: "Une note, une liste d’actions, un avis…"},
		{ID: "until", Label: "Pour quand", Type: "date", Value: g.Until},
		sections.Choose("parent", "Groupe élargi", g.Parent, "aucun", parents),
		many("themes", "Thèmes de la région", g.Themes, byTheme), many("levers", "Leviers", g.Levers, x.leverOptions()), many("departments", "Départements concernés", g.Departments, x.departments()), many("perimeters", "Périmètres concernés", g.Perimeters, perimeters),
		sections.Choose("part", "Ouverture", g.Part, "", [][2]string{{policy.Public, "public\u00a0: chacun lit qui y siège et ce qui s’y fait"}, {cop.Internal, "fermé\u00a0: chacun n’en lit que l’existence et le mandat"}}),
		{ID: "rule", Label: "Texte qui donne son mandat à l’instance", Value: g.Rule, Help: "Sans cela, Jalon cite celui du code quand il le connaît."},
		{ID: "secretariat", Label: "Secrétariat", Value: g.Secretariat, Help: "Le service ou l’organisme qui le tient."},
		{ID: "contact", Label: "Contact", Value: g.Contact, Help: "Une adresse de service\u00a0: elle est publique."}}
	for _, id := range []string{"perimeters", "themes"} {
		out = slices.DeleteFunc(out, func(f ui.Field) bool { return f.ID == id && len(f.Options) == 0 })
	}
	return out, nil
}

// many is a field of boxes.
func many(id, label string, held []string, options [][2]string) ui.Field {
	f := ui.Field{ID: id, Label: label + " (facultatif)", Type: "checkbox"}
	for _, o := range options {
		f.Options = append(f.Options, ui.Option{Value: o[0], Label: o[1], Selected: slices.Contains(held, o[0])})
	}
	return f
}

// perimeters are the CRTE that touch the region, as id and name.
func (d Deps) perimeters(r *http.Request, x where) (out [][2]string, err error) {
	communes, err := x.tree.CommunesOf(territory.Ref{Scale: territory.RegionS, Code: x.Code})
	if err != nil {
		return nil, err
	}
	zones, err := territory.ZonesOver(r.Context(), d.Q, x.tree, territory.CRTE, d.Room.Today(x.cop), communes)
	for _, z := range zones {
		out = append(out, [2]string{z.ID, z.Name})
	}
	return out, err
}

// typedGroup reads the form of a group.
func typedGroup(r *http.Request, x where) group.Group {
	return group.Group{COP: x.cop.ID, Name: shell.Typed(r, "name"), Body: group.Body(shell.Typed(r, "body")), Mandate: shell.Typed(r, "mandate"), Expected: shell.Typed(r, "expected"), Until: shell.Typed(r, "until"), Parent: shell.Typed(r, "parent"),
		Themes: sections.Values(r, "themes"), Levers: sections.Values(r, "levers"), Departments: sections.Values(r, "departments"), Perimeters: sections.Values(r, "perimeters"),
		Part: shell.Typed(r, "part"), Rule: shell.Typed(r, "rule"), Secretariat: shell.Typed(r, "secretariat"), Contact: shell.Typed(r, "contact")}
}

// known refuses codes that no list of the form holds.
func (d Deps) known(r *http.Request, x where, g group.Group) error {
	fields, err := d.fields(r, x, g, nil)
	if err != nil {
		return err
	}
	for _, c := range []struct {
		id   string
		held []string
	}{{"themes", g.Themes}, {"levers", g.Levers}, {"departments", g.Departments}, {"perimeters", g.Perimeters}} {
		for _, code := range c.held {
			if !slices.ContainsFunc(fields, func(f ui.Field) bool {
				return f.ID == c.id && slices.ContainsFunc(f.Options, func(o ui.Option) bool { return o.Value == code })
			}) {
				return apperr.Invalidf("Une case cochée n’est plus dans la liste (%s). Rechargez la page et recommencez.", wording.Clip(code, 60))
			}
		}
	}
	return nil
}

func (d Deps) add(w http.ResponseWriter, r *http.Request) error {
	if err := shell.ReadForm(r); err != nil {
		return err
	}
	x, err := d.seen(r)
	if err != nil {
		return err
	}
	typed := typedGroup(r, x)
	if err := policy.Check(shell.Actor(r), policy.Create, closedThing(typed, x.cop)); err != nil {
		if whole, some := x.over(shell.Actor(r), policy.Create); whole || len(some) > 0 {
			return d.showDesk(w, r, http.StatusForbidden, typed, apperr.New(apperr.Forbidden, err, "Votre rôle porte sur un département\u00a0: cochez-le, et lui seul. Rien n’a été enregistré."), nil)
		}
		return err
	}
	if err = d.known(r, x, typed); err == nil {
		var g group.Group
		if g, err = d.Room.Add(r.Context(), shell.Actor(r), typed); err == nil {
			return shell.SeeOther(w, r, x.desk()+"/"+g.ID+"?fait=1")
		}
	}
	if shell.Beside(err) {
		return d.showDesk(w, r, apperr.Status(err), typed, err, nil)
	}
	return err
}

// closedThing is a group as its desk is judged.
func closedThing(g group.Group, c cop.COP) policy.Thing {
	g.Part = ""
	return g.Thing(c)
}

// pastePart is the box where a list of members is pasted: first what each line would
// become, then the list itself, all or nothing.
func pastePart(x where, p *pasting, action string, named, some bool) []sections.Part {
	if !some {
		return nil
	}
	part := sections.Part{ID: "liste", Title: "Inscrire des membres par une liste", Fold: "Coller une liste ou un fichier CSV", Open: p != nil}
	columns := group.PasteColumns()
	if !named {
		columns = columns[1:]
	}
	text := ui.Field{ID: "list", Label: "La liste", Type: "textarea", Rows: 8, Required: true,
		Help: "Une ligne de titres, puis une ligne par membre\u00a0; copiez depuis un tableur, ou séparez par des points-virgules. Titres\u00a0: " + strings.Join(columns, ", ") + ". Seul «\u00a0organisme\u00a0» ou «\u00a0nom\u00a0» est nécessaire\u00a0; un organisme reconnu donne son collège et son département."}
	form := sections.Form{ID: "coller", Action: action, Submit: "Vérifier la liste", Do: "check", Secondary: true}
	if p == nil {
		form.Fields = []ui.Field{text}
		part.Forms = []sections.Form{form}
		return []sections.Part{part}
	}
	text.Value = p.text
	if p.wrong != nil {
		text.Error = apperr.Message(p.wrong)
	}
	form.Fields = []ui.Field{text}
	bad := 0
	t := ui.Table{ID: "verdicts", Caption: "Ce que devient chaque ligne", Columns: []ui.Column{{Label: "Ligne", Number: true}, {Label: "Verdict", Wide: true}, {Label: "Groupe"}, {Label: "Organisme"}, {Label: "Personne"}, {Label: "Collège"}, {Label: "Département"}}}
	for _, l := range p.lines {
		verdict := ui.Cell{Text: "à inscrire", Sub: l.Said}
		if l.Wrong != "" {
			bad++
			verdict = ui.Cell{Text: "à corriger", Sub: l.Wrong}
		}
		m := l.Member
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: strconv.Itoa(l.Line)}, verdict, {Text: or(l.Group, "celui-ci")}, said(m.OrgName, "à titre personnel"), said(or(m.Name, m.Email), "personne n’est désigné"), said(m.College.Name(), "aucun collège n’est dit"), said(x.departmentNameOrNone(m.Department), "non renseigné")}})
	}
	if len(t.Rows) > 0 {
		part.Tables = []ui.Table{t}
		part.Lead = french.Integer(len(p.lines)) + nb + french.Plural(len(p.lines), "ligne lue", "lignes lues") + "\u00a0: "
		if bad > 0 {
			part.Lead += french.Integer(bad) + nb + french.Plural(bad, "est à corriger", "sont à corriger") + ". Rien n’est enregistré tant qu’une seule l’est."
		} else {
			part.Lead += "toutes peuvent être inscrites. Rien n’est encore enregistré."
			form.Submit, form.Do, form.Secondary = "Inscrire les "+french.Integer(len(p.lines))+nb+french.Plural(len(p.lines), "membre", "membres"), "apply", false
			part.Forms = []sections.Form{form}
		}
	}
	if len(part.Forms) == 0 {
		part.Forms = []sections.Form{form}
	}
	return []sections.Part{part}
}

func said(text, none string) ui.Cell {
	if text == "" {
		return ui.Cell{Missing: none}
	}
	return ui.Cell{Text: text}
}

func (x where) departmentNameOrNone(code string) string {
	if code == "" {
		return ""
	}
	return x.departmentName(code)
}

// paste checks or keeps a list of members, of one group when the address names it.
func (d Deps) paste(w http.ResponseWriter, r *http.Request) error {
	if err := shell.ReadForm(r); err != nil {
		return err
	}
	x, err := d.seen(r)
	if err != nil {
		return err
	}
	a := shell.Actor(r)
	if err := policy.Check(a, policy.Edit, x.cop.Thing(policy.Group)); err != nil {
		return err
	}
	p, done, err := d.pasted(r, x, "")
	if err != nil {
		return err
	}
	if done {
		return shell.SeeOther(w, r, x.desk()+"?fait=1")
	}
	return d.showDesk(w, r, p.status(), group.Group{Part: policy.Public}, nil, p)
}

func (p *pasting) status() int {
	if p.wrong != nil || slices.ContainsFunc(p.lines, func(l group.Pasted) bool { return l.Wrong != "" }) {
		return http.StatusBadRequest
	}
	return http.StatusOK
}

// pasted reads a list, and keeps it when asked and when every line may be.
func (d Deps) pasted(r *http.Request, x where, at string) (_ *pasting, done bool, err error) {
	p := &pasting{text: strings.ToValidUTF8(strings.ReplaceAll(r.PostForm.Get("list"), "\x00", ""), "")}
	groups, err := group.Of(r.Context(), d.Q, x.cop.ID, "")
	if err != nil {
		return nil, false, err
	}
	p.lines, p.wrong = d.Room.Paste(r.Context(), d.Q, x.cop.ID, x.Code, groups, at, p.text)
	if at != "" {
		for i := range p.lines {
			if p.lines[i].Wrong == "" && p.lines[i].Member.Group != at {
				p.lines[i].Wrong = "Cette ligne nomme un autre groupe que celui-ci."
			}
		}
	}
	if p.wrong != nil && !shell.Beside(p.wrong) {
		return nil, false, p.wrong
	}
	if p.status() != http.StatusOK || r.PostForm.Get("do") != "apply" {
		return p, false, nil
	}
	list := make([]group.Member, len(p.lines))
	for i, l := range p.lines {
		list[i] = l.Member
	}
	if err := d.Room.AddMembers(r.Context(), shell.Actor(r), list); err != nil {
		if !shell.Beside(err) {
			return nil, false, err
		}
		p.wrong = err
		return p, false, nil
	}
	return p, true, nil
}
