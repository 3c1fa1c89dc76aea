package grids

import (
	"bytes"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"jalon/internal/action"
	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/document"
	"jalon/internal/french"
	"jalon/internal/policy"
	"jalon/internal/web/paper"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
	"jalon/internal/web/wording"
)

func (d Deps) compose(w http.ResponseWriter, r *http.Request) error {
	return d.showCompose(w, r, http.StatusOK, nil, nil)
}

// showCompose draws the debated actions, to tick those of a list; picked are those that
// were ticked in a form that came back.
func (d Deps) showCompose(w http.ResponseWriter, r *http.Request, status int, picked map[string]bool, bad error) error {
	x, err := d.atDesk(r, policy.Propose)
	if err != nil {
		return err
	}
	all, err := d.listed(r, x, action.Debated)
	if err != nil {
		return err
	}
	themes, err := action.CrossThemes(r.Context(), d.Q, x.cop.ID)
	if err != nil {
		return err
	}
	n := len(all)
	v := view{Heading: ui.Heading{Overline: "Actions à retenir", Title: "Composer une liste à retenir", Scope: []string{x.cop.Name, french.Integer(n) + nb + french.Plural(n, "action débattue", "actions débattues")}},
		Tabs: d.deskTabs(r, x, tabRetain), Lead: "Les deux têtes de la COP valident une liste en un seul acte. Chaque action y est figée telle qu’elle est aujourd’hui\u00a0; elle ne change pas tant que la liste n’est pas validée ou retirée. Validée, la liste est le relevé de décisions, public."}
	if n == 0 {
		v.Empty = &ui.Empty{Title: "Aucune action débattue pour l’instant", Text: "Une action arrive ici quand elle a été qualifiée, puis débattue en réunion.", Action: ui.Link{Label: "Le registre des actions", Href: x.desk()}}
		return d.private(w, r, status, x, v, ui.Link{Label: "À retenir"})
	}
	t := ui.Table{ID: "debattues", Caption: "Les actions débattues, par numéro", Columns: []ui.Column{{Label: "Action", Wide: true}, {Label: "Levier ou thème"}, {Label: "Porteur"}, {Label: "Débattue le"}, {Label: "Apport en 2030", Unit: "ktCO₂e par an", Number: true}}}
	for _, a := range all {
		kt, why := action.Brings(a.Impacts)
		if a.Kind == action.CrossCutting {
			kt, why = "", "Action transversale\u00a0: aucune tonne ne lui est comptée."
		}
		title := ui.Cell{Text: number(a) + " " + a.Title, Href: wording.ActionPath(a.ID), Sub: x.places(a.Places), Check: &ui.Check{Name: "pick", Value: a.ID + ":" + strconv.FormatInt(a.Rev, 10), Label: "Retenir l’action " + number(a) + ", " + a.Title, Checked: picked[a.ID]}}
		if a.Status == "abandoned" {
			title.Check, title.Sub = nil, "projet abandonné\u00a0: il ne peut pas être retenu"
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{title, {Text: x.about(a, themes)}, {Text: a.Holder.Name}, {Text: french.Day(a.Debate.On)}, {Text: kt, Missing: why}}})
	}
	f := formView{ID: "liste", Title: "La liste", Action: x.desk() + "/retenir", Table: t, Buttons: [][2]string{{"picked", "Proposer ce qui est coché aux deux têtes"}, {"all", "Proposer toutes les actions de la table"}},
		Groups: []group{{Fields: []ui.Field{{ID: "title", Label: "Titre de la liste", Value: shell.Typed(r, "title"), Help: "Par exemple «\u00a0Actions 2026, première liste\u00a0». Sinon, son numéro."}}}}}
	for _, a := range all {
		if a.Status != "abandoned" {
			f.Hidden = append(f.Hidden, [2]string{"all", a.ID + ":" + strconv.FormatInt(a.Rev, 10)})
		}
	}
	if !f.beside(bad) {
		v.Notices = wrong(bad)
	}
	v.Forms = []formView{f}
	return d.private(w, r, status, x, v, ui.Link{Label: "À retenir"})
}

func (d Deps) propose(w http.ResponseWriter, r *http.Request) error {
	if err := shell.ReadForm(r); err != nil {
		return err
	}
	x, err := d.atDesk(r, policy.Propose)
	if err != nil {
		return err
	}
	name := "pick"
	if shell.Typed(r, "do") == "all" {
		name = "all"
	}
	var picks []action.Pick
	picked := map[string]bool{}
	for _, v := range r.PostForm[name] {
		id, rev, ok := strings.Cut(shell.Clean(v), ":")
		n, wrong := strconv.ParseInt(rev, 10, 64)
		if !ok || wrong != nil {
			return apperr.Invalidf("Le formulaire est incomplet\u00a0: rien n’a été proposé. Rechargez la page et recommencez.")
		}
		picked[id] = true
		picks = append(picks, action.Pick{ID: id, Rev: n})
	}
	l, err := d.Room.ProposeListing(r.Context(), shell.Actor(r), x.cop, shell.Typed(r, "title"), picks)
	if err != nil && shell.Beside(err) {
		return d.showCompose(w, r, apperr.Status(err), picked, err)
	}
	if err != nil {
		return err
	}
	return shell.SeeOther(w, r, x.desk()+"/releves/"+strconv.FormatInt(l.Seq, 10)+"?fait=liste")
}

var listingNames = map[string]string{action.ListingProposed: "attend la validation des deux têtes", action.ListingRetained: "retenue", action.ListingWithdrawn: "retirée"}

// listingTable lists lists, each to its page under base.
func listingTable(all []action.Listing, base string) ui.Table {
	t := ui.Table{ID: "releves", Caption: "Les listes d’actions, la dernière d’abord", Columns: []ui.Column{{Label: "N°", Number: true}, {Label: "Liste", Wide: true}, {Label: "Actions", Number: true}, {Label: "Figée le"}, {Label: "Où elle en est"}}}
	for _, l := range all {
		state := ui.Cell{Text: listingNames[l.State]}
		if l.EndedOn != "" {
			state.Sub = "le" + nb + french.Day(l.EndedOn)
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: french.Integer(l.Seq)}, {Text: l.Title, Href: base + strconv.FormatInt(l.Seq, 10)}, {Text: french.Integer(len(l.Frozen.Actions))}, {Text: french.Day(l.Frozen.Day)}, state}})
	}
	return t
}

func (d Deps) listings(w http.ResponseWriter, r *http.Request) error {
	x, err := d.atDesk(r, policy.Read)
	if err != nil {
		return err
	}
	all, err := action.Listings(r.Context(), d.Q, shell.Actor(r), x.cop)
	if err != nil {
		return err
	}
	v := view{Heading: ui.Heading{Overline: "Actions", Title: "Les relevés de décisions", Scope: []string{x.cop.Name}}, Tabs: d.deskTabs(r, x, tabListings), Table: listingTable(all, x.desk()+"/releves/")}
	if len(all) == 0 {
		v.Empty = &ui.Empty{Title: "Aucune liste n’a encore été proposée", Text: "Une liste réunit des actions débattues\u00a0; les deux têtes la valident en un seul acte.", Action: ui.Link{Label: "Composer une liste", Href: x.desk() + "/retenir"}}
	}
	return d.private(w, r, http.StatusOK, x, v, ui.Link{Label: tabListings})
}

// record composes the document of a list, with what both heads said of it.
func (d Deps) record(r *http.Request, x where, l action.Listing) (document.Document, error) {
	act, err := cop.FindAct(r.Context(), d.Q, l.Act)
	if err != nil {
		return document.Document{}, err
	}
	offices, err := cop.Offices(r.Context(), d.Q, x.cop.ID)
	if err != nil {
		return document.Document{}, err
	}
	p := action.Press{COP: x.cop.Name, Author: x.cop.SenderName(), Demo: d.Shell.Demo, Lever: x.lever, Place: x.place, Address: d.Shell.Absolute(wording.ListingPath(x.cop, strconv.FormatInt(l.Seq, 10)))}
	for _, said := range cop.Words(x.cop, act, offices, nil) {
		text := wording.Upper(x.cop.Head(said.Side)) + nb + ": validation enregistrée le " + french.Date(said.At)
		if said.Head != "" {
			text += ", " + said.Text(said.Head)
		} else if said.Delegation != "" {
			text += ", par délégation"
		}
		p.Said = append(p.Said, text+".")
	}
	switch act.State {
	case cop.ActAlone:
		p.Said = append(p.Said, "Une seule tête a validé, l’autre n’ayant pas répondu dans le délai de la COP. Raison donnée"+nb+": "+act.Reason)
	case cop.ActWithdrawn:
		p.Said = append(p.Said, "La liste a été retirée. Raison donnée"+nb+": "+act.Reason)
	}
	return action.Record(l, p), nil
}

// pending is a list for who works at the desk, whatever its state.
func (d Deps) pending(w http.ResponseWriter, r *http.Request) error {
	x, err := d.atDesk(r, policy.Read)
	if err != nil {
		return err
	}
	l, err := action.FindListing(r.Context(), d.Q, shell.Actor(r), x.cop, r.PathValue("n"))
	if err != nil {
		return err
	}
	doc, err := d.record(r, x, l)
	if err != nil {
		return err
	}
	v := view{Heading: ui.Heading{Title: doc.Title}, Tabs: d.deskTabs(r, x, tabListings), Body: paper.Body(doc), Paper: true}
	at := x.desk() + "/releves/" + strconv.FormatInt(l.Seq, 10)
	switch l.State {
	case action.ListingProposed:
		v.Notices = []ui.Alert{{State: "info", Title: "Cette liste attend la validation des deux têtes", Text: "Tant qu’elle est ouverte, ces actions ne changent pas. Les deux têtes la valident au bureau\u00a0; qui l’a proposée peut l’y retirer.",
			Links: []ui.Link{{Label: "Valider ou retirer, au bureau", Href: x.cop.Path() + "/bureau#acte-" + l.Act}}}}
	case action.ListingRetained:
		at = wording.ListingPath(x.cop, strconv.FormatInt(l.Seq, 10))
		v.Notices = []ui.Alert{{State: "success", Title: "Retenue le " + french.Day(l.EndedOn), Links: []ui.Link{{Label: "La page publique de ce relevé", Href: at}}}}
	default:
		v.Notices = []ui.Alert{{State: "warning", Title: "Retirée le " + french.Day(l.EndedOn), Text: "Ces actions sont redevenues débattues."}}
	}
	v.Links = d.files(at)
	page := d.Shell.Page(r, doc.Title, "", wording.COPTrail(x.cop, x.region, ui.Link{Label: "Actions", Href: x.desk()}, ui.Link{Label: tabListings, Href: x.desk() + "/releves"}, ui.Link{Label: "N°" + nb + french.Integer(l.Seq)})...)
	page.NoIndex, page.Canonical = true, ""
	page.Styles = append(page.Styles, paper.Stylesheet())
	v.Done = done[r.URL.Query().Get("fait")]
	return d.Shell.Render(w, r, page, onePage(v))
}

// files are the forms in which a list can be taken away.
func (d Deps) files(at string) []ui.Link {
	out := []ui.Link{{Label: "Télécharger le relevé (ODT)", Href: at + "/releve.odt"}}
	if d.PDF != nil {
		out = append(out, ui.Link{Label: "Télécharger le relevé (PDF)", Href: at + "/releve.pdf"})
	}
	return append(out, ui.Link{Label: "Télécharger ce que les têtes valident, octet par octet (JSON)", Href: at + "/releve.json"})
}

// publicListings lists what both heads retained.
func (d Deps) publicListings(w http.ResponseWriter, r *http.Request) error {
	x, err := d.regionOf(r)
	if err != nil {
		return err
	}
	all, err := action.Listings(r.Context(), d.Q, policy.Actor{}, x.cop)
	if err != nil {
		return err
	}
	n := 0
	for _, l := range all {
		n += len(l.Frozen.Actions)
	}
	v := view{Heading: ui.Heading{Overline: "Actions retenues", Title: "Les relevés de décisions de la COP", Scope: []string{x.region.Name, french.Integer(n) + nb + french.Plural(n, "action retenue", "actions retenues")}}, Tabs: x.publicTabs(), Table: listingTable(all, x.home()+"/actions/releves/")}
	if len(all) == 0 {
		v.Empty = &ui.Empty{Title: "Aucune liste d’actions n’est encore retenue", Text: "Les deux têtes de la COP retiennent les actions par liste\u00a0: chaque liste paraîtra ici, avec sa date et ce qui prouve qu’elle n’a pas changé.", Action: ui.Link{Label: "La COP de la région", Href: x.home()}}
	}
	page := d.Shell.Page(r, v.Heading.Title, "Les listes d’actions que les deux têtes de la COP ont retenues.", wording.COPTrail(x.cop, x.region, ui.Link{Label: "Actions", Href: x.home() + "/actions"}, ui.Link{Label: tabListings})...)
	return d.Shell.Render(w, r, page, onePage(v))
}

// publicListing is a list that both heads retained, as they validated it, then where
// its actions are today.
func (d Deps) publicListing(w http.ResponseWriter, r *http.Request) error {
	x, l, err := d.retained(r)
	if err != nil {
		return err
	}
	doc, err := d.record(r, x, l)
	if err != nil {
		return err
	}
	v := view{Heading: ui.Heading{Title: doc.Title}, Tabs: x.publicTabs(), Body: paper.Body(doc), Paper: true, Links: d.files(wording.ListingPath(x.cop, strconv.FormatInt(l.Seq, 10)))}
	if v.Sections, err = d.since(r, x, l); err != nil {
		return err
	}
	page := d.Shell.Page(r, doc.Title, "Ce que les deux têtes de la COP ont retenu, tel qu’elles l’ont validé.", wording.COPTrail(x.cop, x.region, ui.Link{Label: "Actions", Href: x.home() + "/actions"}, ui.Link{Label: tabListings, Href: x.home() + "/actions/releves"}, ui.Link{Label: "N°" + nb + french.Integer(l.Seq)})...)
	page.Styles = append(page.Styles, paper.Stylesheet())
	return d.Shell.Render(w, r, page, onePage(v))
}

// since says where the actions of a list are today: one that was given up stays in it,
// and it shows.
func (d Deps) since(r *http.Request, x where, l action.Listing) ([]section, error) {
	all, err := action.InStates(r.Context(), d.Q, x.cop.ID, action.Retained)
	if err != nil {
		return nil, err
	}
	t := ui.Table{ID: "aujourd-hui", Caption: "Où en sont ces actions", CaptionHidden: true, Columns: []ui.Column{{Label: "Action", Wide: true}, {Label: "Statut"}, {Label: "Depuis le"}, {Label: "Pourquoi", Wide: true}}}
	for _, a := range all {
		if !slices.ContainsFunc(l.Frozen.Actions, func(f action.FrozenAction) bool { return f.Action == a.ID }) {
			continue
		}
		status := ui.Cell{Text: action.Named(action.Statuses(), a.Status)}
		if a.Status == "" {
			status.Missing = "Le porteur n’a pas encore dit où en est le projet."
		}
		on := ui.Cell{Text: french.Day(a.StatusOn)}
		if a.StatusOn == "" {
			on = ui.Cell{}
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: number(a) + " " + a.Title, Href: wording.ActionPath(a.ID)}, status, on, {Text: a.StatusReason}}})
	}
	return []section{{ID: "depuis", Title: "Où en sont ces actions aujourd’hui", Table: t}}, nil
}

// retained is the list of a public address.
func (d Deps) retained(r *http.Request) (x where, l action.Listing, err error) {
	if x, err = d.regionOf(r); err != nil {
		return x, l, err
	}
	if l, err = action.FindListing(r.Context(), d.Q, policy.Actor{}, x.cop, r.PathValue("n")); err != nil {
		return x, l, err
	}
	if r.PathValue("n") != strconv.FormatInt(l.Seq, 10) {
		err = apperr.NotFoundf("Ce relevé de décisions n’existe pas.")
	}
	return x, l, err
}

// file gives a list away: a text, a sheet to print, or what was validated itself.
func (d Deps) file(w http.ResponseWriter, r *http.Request) error {
	x, l, err := d.retained(r)
	if err != nil && strings.Contains(r.URL.Path, "/bureau/") {
		if x, err = d.atDesk(r, policy.Read); err == nil {
			l, err = action.FindListing(r.Context(), d.Q, shell.Actor(r), x.cop, r.PathValue("n"))
		}
	}
	if err != nil {
		return err
	}
	doc, err := d.record(r, x, l)
	if err != nil {
		return err
	}
	var body []byte
	kind := "application/vnd.oasis.opendocument.text"
	name := "releve-" + strconv.FormatInt(l.Seq, 10)
	switch r.PathValue("fichier") {
	case "releve.odt":
		var b bytes.Buffer
		err = document.WriteODT(&b, doc)
		body, name = b.Bytes(), name+".odt"
	case "releve.pdf":
		kind, name = "application/pdf", name+".pdf"
		if d.PDF == nil {
			return apperr.New(apperr.Unavailable, errors.New("no browser"), "Le PDF demande un navigateur que cette installation n’a pas. Prenez le texte (ODT), ou imprimez la page.")
		}
		body, err = d.PDF(r.Context(), doc)
	case "releve.json":
		kind, name, body = "application/json", name+".json", l.Body()
	default:
		err = apperr.NotFoundf("Ce relevé n’existe pas sous cette forme.")
	}
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", kind)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Disposition", `attachment; filename="`+name+`"`)
	h.Set("Content-Length", strconv.Itoa(len(body)))
	_, _ = w.Write(body) // whoever left does not need to hear that they left
	return nil
}
