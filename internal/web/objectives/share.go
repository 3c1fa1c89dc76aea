package objectives

import (
	"net/http"
	"strconv"
	"strings"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/french"
	"jalon/internal/objective"
	"jalon/internal/panorama"
	"jalon/internal/policy"
	"jalon/internal/territory"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
	"jalon/internal/web/wording"
)

// share proposes the ticked levers to both heads, or all those that are discussed.
func (d Deps) share(w http.ResponseWriter, r *http.Request) error {
	if err := shell.ReadForm(r); err != nil {
		return err
	}
	x, err := d.find(r)
	if err != nil {
		return err
	}
	name := "pick"
	if shell.Typed(r, "do") == "all" {
		name = "all"
	}
	picks, picked, err := readPicks(r.PostForm[name])
	var s objective.SharingList
	if err == nil {
		s, err = d.Room.ProposeSharing(r.Context(), shell.Actor(r), x.place, picks)
	}
	if err != nil && shell.Beside(err) {
		return d.showDesk(w, r, apperr.Status(err), picked, err)
	}
	if err != nil {
		return err
	}
	return shell.SeeOther(w, r, x.base()+"/partages/"+strconv.FormatInt(s.Seq, 10)+"?fait=1")
}

// readPicks reads the boxes of a table: «levier:révision» of what is discussed,
// «levier:révision:kg» of what is taken as it is offered.
func readPicks(values []string) (picks []objective.Pick, picked map[string]bool, err error) {
	wrong := apperr.Invalidf("Le formulaire est incomplet\u00a0: rien n’a été proposé. Rechargez la page et recommencez.")
	picked = map[string]bool{}
	for _, v := range values {
		parts := strings.Split(shell.Clean(v), ":")
		if len(parts) != 2 && len(parts) != 3 || parts[0] == "" {
			return nil, picked, wrong
		}
		picked[parts[0]] = true
		x := objective.Pick{Lever: parts[0], AsOffered: len(parts) == 3}
		if x.Rev, err = revOf(parts[1]); err != nil {
			return nil, picked, wrong
		}
		if x.AsOffered {
			kg, err := strconv.ParseInt(parts[2], 10, 64)
			if err != nil {
				return nil, picked, wrong
			}
			x.Kg = panorama.Kg(kg)
		}
		picks = append(picks, x)
	}
	return picks, picked, nil
}

var sharingNames = map[string]string{objective.SharingProposed: "attend la validation des deux têtes", objective.SharingShared: "partagée", objective.SharingWithdrawn: "retirée"}

// lists are those that were given to both heads, for who works on the table.
func (d Deps) lists(r *http.Request, x where) ([]section, error) {
	all, err := objective.Sharings(r.Context(), d.Q, x.cop.ID)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	t := ui.Table{ID: "listes", Caption: "Les listes données aux deux têtes, la dernière d’abord", Columns: []ui.Column{{Label: "Liste"}, {Label: "Territoire", Wide: true}, {Label: "Objectifs", Number: true}, {Label: "Proposée le"}, {Label: "Où elle en est"}}}
	a := shell.Actor(r)
	for _, s := range all {
		if !policy.Can(a, policy.Read, x.listThing(s)) {
			continue
		}
		state := ui.Cell{Text: sharingNames[s.State]}
		if s.EndedOn != "" {
			state.Sub = "le" + nb + french.Day(s.EndedOn)
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: listName(s), Href: x.base() + "/partages/" + strconv.FormatInt(s.Seq, 10)}, {Text: s.Frozen.Name}, {Text: french.Integer(len(s.Frozen.Lines))}, {Text: french.Day(s.Frozen.Day)}, state}})
	}
	if len(t.Rows) == 0 {
		return nil, nil
	}
	return []section{{ID: "partages", Title: "Les partages", Texts: []string{"Ce qui est partagé engage les deux têtes de la COP\u00a0: elles valident chaque liste au bureau, et la liste ne change plus."}, Table: t}}, nil
}

// listThing is a list for the table of rights: that of the territory that it is of.
func (x where) listThing(s objective.SharingList) policy.Thing {
	department, _ := strings.CutPrefix(s.Frozen.Territory, string(territory.Department)+":")
	if department == s.Frozen.Territory {
		department = ""
	}
	return objective.Thing(x.cop, department, s.State == objective.SharingShared)
}

func listName(s objective.SharingList) string { return "liste n°" + nb + french.Integer(s.Seq) }

// pendingList is a list for who works on the table, whatever its state.
func (d Deps) pendingList(w http.ResponseWriter, r *http.Request) error {
	x, err := d.which(r)
	if err != nil {
		return err
	}
	s, err := d.listOf(r, x)
	if err != nil {
		return err
	}
	if err := policy.Check(shell.Actor(r), policy.Read, x.listThing(s)); err != nil {
		return err
	}
	v, err := d.listView(r, x, s)
	if err != nil {
		return err
	}
	v.Tabs = d.tabs(r, x)
	public := x.public() + "/partages/" + strconv.FormatInt(s.Seq, 10)
	switch s.State {
	case objective.SharingProposed:
		v.Notices = append(v.Notices, ui.Alert{State: "info", Title: "Cette liste attend la validation des deux têtes", Text: "Tant qu’elle est ouverte, ces objectifs ne changent pas. Les deux têtes la valident au bureau\u00a0; qui l’a proposée peut l’y retirer.",
			Links: []ui.Link{{Label: "Valider ou retirer, au bureau", Href: x.cop.Path() + "/bureau#acte-" + s.Act}}})
	case objective.SharingShared:
		v.Notices = append(v.Notices, ui.Alert{State: "success", Title: "Partagée le " + french.Day(s.EndedOn), Links: []ui.Link{{Label: "La page publique de cette liste", Href: public}}})
	default:
		v.Notices = append(v.Notices, ui.Alert{State: "warning", Title: "Retirée le " + french.Day(s.EndedOn), Text: "Ces objectifs sont revenus en discussion."})
	}
	return d.private(w, r, http.StatusOK, x, v, ui.Link{Label: listName(s)})
}

// listOf reads the list of an address: its number, or its id where an act names it.
func (d Deps) listOf(r *http.Request, x where) (objective.SharingList, error) {
	n := r.PathValue("n")
	if seq, err := strconv.ParseInt(n, 10, 64); err == nil {
		return objective.SharingNumbered(r.Context(), d.Q, x.cop.ID, seq)
	}
	s, err := objective.FindSharing(r.Context(), d.Q, n)
	if err == nil && s.COP != x.cop.ID {
		err = apperr.NotFoundf("Cette liste d’objectifs n’est pas de cette région.")
	}
	return s, err
}

// publicList is a list that both heads shared.
func (d Deps) publicList(w http.ResponseWriter, r *http.Request) error {
	x, err := d.which(r)
	if err != nil {
		return err
	}
	s, err := d.listOf(r, x)
	if err != nil {
		return err
	}
	if s.State != objective.SharingShared || r.PathValue("n") != strconv.FormatInt(s.Seq, 10) {
		return apperr.NotFoundf("Cette liste d’objectifs n’existe pas.")
	}
	v, err := d.listView(r, x, s)
	if err != nil {
		return err
	}
	v.Pages = x.pages()
	v.Heading.Scope = append(v.Heading.Scope, "partagée le "+french.Day(s.EndedOn))
	page := d.Shell.Page(r, v.Heading.Title, "Ce que les deux têtes de la COP ont partagé, tel qu’elles l’ont validé.", d.trail(x, ui.Link{Label: "Objectifs", Href: x.public()}, ui.Link{Label: listName(s)})...)
	return d.Shell.Render(w, r, page, tablePage(v))
}

func (d Deps) trail(x where, more ...ui.Link) []ui.Link {
	return wording.COPTrail(x.cop, x.region, more...)
}

// listView is a list with the words of the heads that validated it.
func (d Deps) listView(r *http.Request, x where, s objective.SharingList) (view, error) {
	v := frozenView(s)
	act, err := cop.FindAct(r.Context(), d.Q, s.Act)
	if err != nil {
		return v, err
	}
	offices, err := cop.Offices(r.Context(), d.Q, x.cop.ID)
	if err != nil {
		return v, err
	}
	said := section{ID: "validations", Title: "Qui l’a validée"}
	for _, w := range cop.Words(x.cop, act, offices, nil) {
		text := wording.Upper(x.cop.Head(w.Side)) + nb + ": validation enregistrée le " + french.Date(w.At)
		if w.Head != "" {
			text += ", " + w.Text(w.Head)
		} else if w.Delegation != "" {
			text += ", par délégation"
		}
		said.Texts = append(said.Texts, text)
	}
	if act.State == cop.ActAlone {
		said.Texts = append(said.Texts, "Une seule tête a validé, l’autre n’ayant pas répondu dans le délai de la COP. Raison donnée"+nb+": "+act.Reason)
	}
	if len(said.Texts) == 0 {
		said.Texts = []string{"Aucune des deux têtes n’a encore validé."}
	}
	v.Sections = append([]section{said}, v.Sections...)
	return v, nil
}

// frozenView draws what was frozen, and nothing that came since.
func frozenView(s objective.SharingList) view {
	f := s.Frozen
	n := len(f.Lines)
	v := view{Heading: ui.Heading{Overline: "Objectifs, " + listName(s), Scope: []string{"figée le " + french.Day(f.Day), "objectifs indicatifs, non contraignants"}}}
	t := ui.Table{ID: "liste", Caption: "Ce que dit la liste", Columns: []ui.Column{{Label: "Levier", Wide: true}, {Label: "Proposé", Unit: wording.Kilotonnes, Number: true}, {Label: "Objectif", Unit: wording.Kilotonnes, Number: true}, {Label: "Tel qu’écrit"}, {Label: "Pourquoi", Wide: true}}}
	against := section{ID: "desaccords", Title: "Les désaccords notés dans la liste"}
	var put, offered panorama.Kg
	missing := 0
	for _, l := range f.Lines {
		put += l.Value.Kg.Kg
		if offered += l.Offered.Kg; !l.Offered.Known && !objective.Subject(l.Lever) {
			missing++
		}
		typed := ui.Cell{Text: l.Typed + nb + measureUnit(l), Sub: "le" + nb + french.Day(l.On)}
		why, name := ui.Cell{Text: l.Reason}, ui.Cell{Text: l.Name}
		if !objective.Subject(l.Lever) {
			name.Href = wording.LeverPath(l.Lever)
		}
		if l.Above {
			why.Sub = "au-delà de ce que l’on sait des émissions de ce levier, confirmé par son auteur"
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{name, ktCell(objective.Value{Kg: l.Offered}, 2), valueCell(l.Value, 2), typed, why}})
		for _, x := range l.Dissents {
			against.Texts = append(against.Texts, l.Name+nb+": "+x.Who()+", le "+french.Day(x.Day)+", "+holds(x.Holds())+". «\u00a0"+x.Text+"\u00a0»")
		}
	}
	sum := []ui.Cell{{Text: "Somme de la liste"}, {Text: french.Kt(int64(offered), 2)}, {Text: french.Kt(int64(put), 2), Exact: wording.Exact(put)}, {}, {}}
	if missing > 0 {
		sum[1].Sub = "hors " + french.Integer(missing) + nb + french.Plural(missing, "levier sans valeur proposée", "leviers sans valeur proposée")
	}
	t.Foot = []ui.Row{{Cells: sum}}
	v.Heading.Title = f.Name + nb + ": " + french.Integer(n) + nb + french.Plural(n, "objectif", "objectifs") + ", " + put.Less() + " par an"
	v.Table = t
	if len(against.Texts) == 0 {
		against.Texts = []string{"Aucun désaccord n’était noté quand la liste a été figée."}
	}
	v.Sections = []section{against, {ID: "empreinte", Title: "Ce qui prouve que la liste n’a pas changé", Texts: []string{"Empreinte SHA-256 de la liste figée" + nb + ": " + s.SHA256 + ".", intact(s)}}}
	v.Foot = ui.Source{Text: "liste figée le " + french.Day(f.Day) + ", panorama de l’État, " + french.Month(f.Edition) + ".", Print: true}
	return v
}

func intact(s objective.SharingList) string {
	if s.Intact() {
		return "Jalon vient de la recalculer\u00a0: c’est bien celle de ce qui est affiché."
	}
	return "Jalon vient de la recalculer\u00a0: elle ne correspond plus à ce qui est affiché. Signalez-le à l’équipe de la COP."
}

func holds(text string) string {
	if text == "sans autre valeur" {
		return text
	}
	return "tient pour " + text
}

func measureUnit(l objective.FrozenLine) string {
	if l.Measure == objective.InKt {
		return wording.Kilotonnes
	}
	return l.Value.Unit
}

// territoryIsRegion reports whether a list is of the region itself.
func territoryIsRegion(s objective.SharingList) bool {
	return strings.HasPrefix(s.Frozen.Territory, string(territory.RegionS)+":")
}
