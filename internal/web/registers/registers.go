// Package registers serves the team's register of actions: table, board, calendar,
// changes to many at once, kept views.
package registers

import (
	"cmp"
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"jalon/internal/action"
	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/french"
	"jalon/internal/panorama"
	"jalon/internal/policy"
	"jalon/internal/territory"
	"jalon/internal/web/sections"
	"jalon/internal/web/shell"
	"jalon/internal/web/static"
	"jalon/internal/web/ui"
	"jalon/internal/web/wording"
)

// Deps is what these pages need.
type Deps struct {
	Shell *shell.Shell
	Model func(ctx context.Context) (*panorama.Model, error)
	Q     db.Q
	Now   func() time.Time
	Room  *action.Room
	// PersonName names who wrote an action.
	PersonName func(ctx context.Context, ids []string) (map[string]string, error)
}

// Handlers are the handlers of this package by the names of the routes.
func Handlers(d Deps) map[string]shell.Handler {
	return map[string]shell.Handler{"register": d.table, "register-board": d.board, "register-calendar": d.calendar, "register-map": d.places, "register-many": d.many, "register-change": d.change,
		"register-view-keep": d.keepView, "register-view-end": d.endView}
}

const nb = french.NoBreak

// perPage is how many actions a page of the table holds.
const perPage = 50

// where is the COP of an address, and what is asked of its register.
type where struct {
	region territory.Region
	cop    cop.COP
	all    []cop.COP // of the region, one each cycle
	model  *panorama.Model
	ask    url.Values
	list   string // the referential of the cycle
	// holders and authors are those that the register may be narrowed to.
	holders, authors [][2]string
	reader           policy.Actor
}

func (x where) home() string { return x.cop.Path() }
func (x where) desk() string { return wording.RegisterPath(x.cop) }

// filters reports whether something narrows the register.
func (x where) filters() bool { return x.query() != "" }

// at is the register of a region, for who works on its actions: all of it, or those of
// a département.
func (d Deps) at(r *http.Request) (x where, err error) {
	if x.model, err = d.Model(r.Context()); err != nil {
		return x, err
	}
	if x.region, err = x.model.Tree().RegionBySlug(r.PathValue("slug")); err != nil {
		return x, err
	}
	x.ask = r.URL.Query()
	if x.cop, x.all, err = cop.Among(r.Context(), d.Q, x.region.Code, shell.Cycle(r)); err != nil {
		return x, err
	}
	cycle, err := cop.FindCycle(r.Context(), d.Q, x.cop.Cycle)
	if err != nil {
		return x, err
	}
	x.list = cycle.Framework
	x.reader = shell.Actor(r)
	if err := policy.Check(shell.Actor(r), policy.Read, x.cop.Thing(policy.Desk)); err != nil {
		return x, err
	}
	if err := policy.Check(shell.Actor(r), policy.Judge, x.cop.Thing(policy.Action)); err != nil {
		return x, err
	}
	if r.Method == http.MethodGet {
		err = d.people(r, &x)
	}
	return x, err
}

// people reads who carries and who wrote the actions of the register.
func (d Deps) people(r *http.Request, x *where) error {
	all := action.Filter{COP: x.cop.ID}
	holders, err := d.Room.TallyBy(r.Context(), d.Q, shell.Actor(r), all, "holder")
	if err != nil {
		return err
	}
	x.holders = wording.Holders(holders, x.ask.Get("porteur"))
	authors, err := d.Room.TallyBy(r.Context(), d.Q, shell.Actor(r), all, "author")
	if err != nil || d.PersonName == nil {
		return err
	}
	var ids []string
	for _, t := range authors {
		if t.Code != "" {
			ids = append(ids, t.Code)
		}
	}
	names, err := d.PersonName(r.Context(), ids)
	for _, id := range ids {
		if names[id] != "" {
			x.authors = append(x.authors, [2]string{id, names[id]})
		}
	}
	slices.SortFunc(x.authors, func(a, b [2]string) int { return cmp.Compare(french.Fold(a[1]), french.Fold(b[1])) })
	return err
}

func (x where) lever(code string) string { return wording.LeverName(x.model.Framework(), code) }

func (x where) place(ref string) string { return wording.PlaceName(x.model.Tree(), ref) }

func (x where) levers() (out [][2]string) {
	for _, l := range wording.LeversIn(x.model.Framework(), x.cop, x.list) {
		out = append(out, [2]string{l.Code, l.Name})
	}
	return out
}

func (x where) themes() (out [][2]string) {
	for _, t := range x.model.Framework().Themes() {
		out = append(out, [2]string{string(t.Code), t.Name})
	}
	return out
}

func (x where) departments() (out [][2]string) {
	for _, t := range x.model.Tree().Departments() {
		if t.Region == x.region.Code {
			out = append(out, [2]string{t.Code, t.Name})
		}
	}
	return out
}

// stateOptions are the states that a team sorts by; drafts are their authors' own, and
// what is merged or withdrawn is found by its other action, or by its number.
func stateOptions() (out [][2]string) {
	for _, s := range action.States() {
		out = append(out, [2]string{string(s), s.Name()})
	}
	return out
}

func orders() [][2]string {
	return [][2]string{{string(action.ByNumber), "numéro"}, {string(action.ByChange), "dernière modification"}, {string(action.ByStart), "début"}, {string(action.ByComplete), "la moins complète d’abord"}, {string(action.ByInvest), "la plus coûteuse d’abord"}}
}

func lacks() [][2]string {
	return [][2]string{{"holder", "un porteur"}, {"impact", "un chiffrage"}, {"budget", "un budget"}, {"funding", "un financement accordé"}, {"dates", "des dates"}}
}

// ready are views that any team wants.
func ready(now time.Time) [][2]string {
	return [][2]string{{"À qualifier", "etat=proposed&tri=number"}, {"Sans porteur", "manque=holder"}, {"Sans chiffrage", "manque=impact"}, {"En retard", "statut=late"}, {"Bloquées", "statut=blocked"}, {"Sans financement accordé", "manque=funding"},
		{"Modifiées depuis sept jours", "depuis=" + now.AddDate(0, 0, -7).Format(time.DateOnly) + "&tri=changed"}}
}

// filter reads what an address asks for.
func (x where) filter() (f action.Filter, err error) {
	ask := x.ask
	f = action.Filter{COP: x.cop.ID, Words: shell.Clean(ask.Get("mots")), Theme: ask.Get("theme"), Lever: ask.Get("levier"), Step: ask.Get("etape"), Phase: ask.Get("phase"), Status: ask.Get("statut"), Kind: action.Kind(ask.Get("nature")),
		Class: action.Class(ask.Get("chiffrage")), Lacks: ask.Get("manque"), Order: action.Order(ask.Get("tri")), Holder: shell.Clean(ask.Get("porteur")), Author: shell.Clean(ask.Get("auteur"))}
	if f.From, f.To, err = wording.Years(ask); err != nil {
		return f, err
	}
	if s := ask.Get("etat"); s != "" {
		f.States = []action.State{action.State(s)}
	}
	if dep := ask.Get("departement"); dep != "" {
		ref, err := territory.ParseRef("department:" + dep)
		if err != nil {
			return f, err
		}
		if f.Places, err = action.Inside(x.model.Tree(), ref); err != nil {
			return f, err
		}
	}
	if since := ask.Get("depuis"); since != "" {
		at, err := time.ParseInLocation(time.DateOnly, since, x.cop.Location())
		if err != nil {
			return f, apperr.Invalidf("«\u00a0%s\u00a0» n’est pas un jour\u00a0: écrivez 2026-03-14.", wording.Clip(since, 30))
		}
		f.Since = at
	}
	return f, f.Check()
}

// query is the filter of an address without its page.
func (x where) query() string {
	kept := url.Values{}
	for k, v := range x.ask {
		if k != "suite" && k != "fait" && k != "cycle" && len(v) > 0 && v[0] != "" {
			kept[k] = v[:1]
		}
	}
	return kept.Encode()
}

// filterForm is what narrows the register, the same on its every view.
func (x where) filterForm(path string) sections.Form {
	get := x.ask.Get
	return sections.Form{ID: "filtre", Action: path, Get: true, Submit: "Filtrer", Secondary: true, Fields: []ui.Field{
		{ID: "mots", Label: "Mots du titre, du porteur ou du résumé", Type: "search", Value: get("mots")},
		sections.Choose("etat", "État", get("etat"), "tous", stateOptions()),
		sections.Choose("levier", "Levier", get("levier"), "tous", x.levers()),
		sections.Choose("theme", "Thématique", get("theme"), "toutes", x.themes()),
		sections.Choose("departement", "Département", get("departement"), "toute la région", x.departments()),
		sections.Choose("porteur", "Porteur", get("porteur"), "tous", x.holders),
		sections.Choose("auteur", "Qui l’a écrite", get("auteur"), "tous", x.authors),
		wording.YearField("de", "En cours à partir de", get("de")),
		wording.YearField("a", "Commencée au plus tard en", get("a")),
		sections.Choose("etape", "Étape", get("etape"), "toutes", action.Steps()),
		sections.Choose("phase", "Phase du projet", get("phase"), "toutes", action.Phases()),
		sections.Choose("statut", "Statut du projet", get("statut"), "tous", action.Statuses()),
		sections.Choose("nature", "Nature", get("nature"), "toutes", [][2]string{{string(action.Sectoral), "sectorielle"}, {string(action.CrossCutting), "transversale"}}),
		sections.Choose("chiffrage", "Chiffrage", get("chiffrage"), "tous", [][2]string{{string(action.Quantified), "chiffré"}, {string(action.Qualitative), "qualitatif"}, {string(action.Unassessed), "non évalué"}}),
		sections.Choose("manque", "Il lui manque", get("manque"), "rien de précis", lacks()),
		sections.Choose("tri", "Trier par", get("tri"), "titre", orders()),
	}}
}

// tabs are the pages of the register.
func (x where) tabs(current string) ui.Pages {
	return wording.InCycles(wording.RegisterTabs(x.reader, x.cop, x.query(), current), x.reader, x.cop, x.all, "")
}

// show draws a page of the register.
func (d Deps) show(w http.ResponseWriter, r *http.Request, status int, x where, v sections.View, last string) error {
	v.Style = static.URL("register.css")
	return sections.Show(d.Shell, w, r, status, v, true, wording.COPTrail(x.cop, x.region, ui.Link{Label: "Bureau", Href: x.home() + "/bureau"}, ui.Link{Label: last})...)
}

// views are those that somebody kept, and those that any team wants.
func (d Deps) views(r *http.Request, x where, name string, wrong error) (sections.Part, error) {
	actor := shell.Actor(r)
	p := sections.Part{ID: "vues", Title: "Vues gardées"}
	kept, err := action.Views(r.Context(), d.Q, actor, x.cop)
	if err != nil {
		return p, err
	}
	for _, v := range kept {
		label := v.Name
		if v.Shared {
			label += " (partagée avec l’équipe)"
		}
		p.Links = append(p.Links, ui.Link{Label: label, Href: x.desk() + "?" + v.Query})
	}
	for _, v := range ready(d.Now().In(x.cop.Location())) {
		p.Links = append(p.Links, ui.Link{Label: v[0], Href: x.desk() + "?" + v[1]})
	}
	p.Fold = "Garder ou retirer une vue"
	p.Forms = []sections.Form{{ID: "garder", Title: "Garder le filtre de cette page", Action: x.desk() + "/vues?" + x.query(), Submit: "Garder la vue", Secondary: true, Fields: []ui.Field{
		{ID: "view-name", Name: "name", Label: "Nom de la vue", Required: true, Value: name, Help: "Le même nom remplace la vue que vous aviez gardée."},
		{ID: "shared", Label: "Avec qui", Type: "checkbox", Options: []ui.Option{{Value: "1", Label: "la partager avec l’équipe"}}}}}}
	if wrong != nil {
		p.Open, p.Forms[0].Fields[0].Error = true, apperr.Message(wrong)
	}
	var mine [][2]string
	for _, v := range kept {
		mine = append(mine, [2]string{v.ID, v.Name})
	}
	if len(mine) > 0 {
		p.Forms = append(p.Forms, sections.Form{ID: "retirer", Title: "Retirer une vue", Action: x.desk() + "/vues/retrait", Submit: "Retirer la vue", Secondary: true, Fields: []ui.Field{sections.Choose("view", "Vue", "", "", mine)}})
	}
	return p, nil
}

func (d Deps) keepView(w http.ResponseWriter, r *http.Request) error {
	if err := shell.ReadForm(r); err != nil {
		return err
	}
	x, err := d.at(r)
	if err != nil {
		return err
	}
	if err := d.Room.SaveView(r.Context(), shell.Actor(r), x.cop, action.View{Name: shell.Typed(r, "name"), Query: x.query(), Shared: shell.Typed(r, "shared") == "1"}); err != nil {
		if shell.Beside(err) {
			return d.showTable(w, r, apperr.Status(err), x, shell.Typed(r, "name"), err)
		}
		return err
	}
	return shell.SeeOther(w, r, x.desk()+"?"+strings.TrimPrefix(x.query()+"&fait=1", "&"))
}

func (d Deps) endView(w http.ResponseWriter, r *http.Request) error {
	if err := shell.ReadForm(r); err != nil {
		return err
	}
	x, err := d.at(r)
	if err != nil {
		return err
	}
	if err := d.Room.EndView(r.Context(), shell.Actor(r), x.cop, shell.Typed(r, "view")); err != nil {
		return err
	}
	return shell.SeeOther(w, r, x.desk()+"?fait=1")
}

func number(seq int64) string { return wording.ActionNumber(seq) }

// sum is what a filter chooses, in a sentence and in a foot.
func sum(all []action.Tally) (t action.Tally) {
	for _, x := range all {
		t.Count, t.Kg, t.Counted, t.Invest, t.Budgeted = t.Count+x.Count, t.Kg+x.Kg, t.Counted+x.Counted, t.Invest+x.Invest, t.Budgeted+x.Budgeted
	}
	return t
}

func (x where) someplaces(all []action.Place) string {
	var names []string
	for i, p := range all {
		if i == 2 {
			names = append(names, french.Integer(len(all)-i)+nb+french.Plural(len(all)-i, "autre", "autres"))
			break
		}
		names = append(names, x.place(p.Territory))
	}
	return french.List(names)
}

func (x where) about(a action.Row) ui.Cell {
	switch {
	case a.Kind == action.CrossCutting:
		return ui.Cell{Text: "transversale"}
	case a.Lever == "":
		return ui.Cell{Missing: "Aucun levier n’est choisi."}
	}
	return ui.Cell{Text: x.lever(a.Lever)}
}

func brings(a action.Row) ui.Cell {
	if kg, known := a.Brings(); known {
		return ui.Cell{Text: kg.Text()}
	}
	if a.Kind == action.CrossCutting {
		return ui.Cell{Missing: "Une action transversale n’a pas de tonnes à elle."}
	}
	return ui.Cell{Missing: "Ce qu’elle apporte n’est pas chiffré."}
}

// aims are the actions that were ticked, at the revision that was seen.
func aims(r *http.Request) (out []action.Aimed) {
	for _, v := range sections.Values(r, "action") {
		id, rev, _ := strings.Cut(v, ":")
		n, err := strconv.ParseInt(rev, 10, 64)
		if err == nil && !slices.ContainsFunc(out, func(a action.Aimed) bool { return a.ID == id }) {
			out = append(out, action.Aimed{ID: id, Rev: n})
		}
	}
	return out
}
