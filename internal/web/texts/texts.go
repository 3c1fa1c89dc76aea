// Package texts serves the page where the team of a COP reads the free texts of
// answers: grouped by theme, alike ones together, searched, and reviewed one by
// one before any of them may be shown.
package texts

import (
	"cmp"
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/framework"
	"jalon/internal/french"
	"jalon/internal/panorama"
	"jalon/internal/policy"
	"jalon/internal/questionnaire"
	"jalon/internal/survey"
	"jalon/internal/textmining"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
)

// Deps is what these pages need.
type Deps struct {
	Shell *shell.Shell
	Model func(ctx context.Context) (*panorama.Model, error)
	Q     db.Q
	Room  *survey.Room

	read *readings
}

// Handlers are the handlers of this package by the names of the routes.
func Handlers(d Deps) map[string]shell.Handler {
	d.read = &readings{}
	return map[string]shell.Handler{"survey-texts": d.page, "survey-texts-review": d.review}
}

const (
	nb      = french.NoBreak
	perPage = 30
	// mostGrouped is how many texts themes are made of at once: more take seconds.
	mostGrouped = 8_000
)

// reading is what the texts of a campaign say together, as they were at a stamp.
type reading struct {
	group  []int // of each text, the group of near-duplicates that it is in, -1 for none
	alike  [][]int
	index  [][]string
	themes []textmining.Theme
	rest   []int
	large  bool // too many for themes
}

// readings keeps the last few: a page and those after it are read from the same.
type readings struct {
	sync.Mutex
	keys []string
	held map[string]*reading
}

func (x *readings) of(key string, list []survey.FreeText) *reading {
	x.Lock()
	defer x.Unlock() // one page computes, the others wait for it
	if r := x.held[key]; r != nil && len(r.group) == len(list) {
		return r
	}
	words := make([]string, len(list))
	for i, t := range list {
		words[i] = t.Words
	}
	c := textmining.Read(words)
	r := &reading{group: make([]int, len(list)), alike: c.Duplicates(textmining.Alike), large: len(list) > mostGrouped}
	for i := range r.group {
		r.group[i] = -1
	}
	for n, g := range r.alike {
		for _, i := range g {
			r.group[i] = n
		}
	}
	if !r.large {
		r.themes, r.rest = c.Themes(textmining.Grouping{})
	}
	stemmer := textmining.NewStemmer()
	for _, w := range words {
		r.index = append(r.index, stemmer.Index(w))
	}
	if x.held == nil {
		x.held = map[string]*reading{}
	}
	x.held[key] = r
	if x.keys = append(x.keys, key); len(x.keys) > 8 {
		delete(x.held, x.keys[0])
		x.keys = x.keys[1:]
	}
	return r
}

// asked is what the address asks for.
type asked struct {
	survey.TextFilter
	Words, View string
	Theme       int // -1 for all
	Group       int // of near-duplicates, -1 for all
	From        int
}

// The views of the page.
const (
	viewList, viewThemes, viewAlike = "liste", "themes", "semblables"
)

func number(q url.Values, name string) int {
	n, err := strconv.Atoi(q.Get(name))
	if err != nil || n < 1 {
		return -1
	}
	return n - 1
}

func askedOf(r *http.Request) asked {
	q := r.URL.Query()
	get := func(name string) string {
		return strings.TrimSpace(strings.ToValidUTF8(strings.ReplaceAll(q.Get(name), "\x00", ""), ""))
	}
	a := asked{TextFilter: survey.TextFilter{Lever: get("levier"), Role: get("nature"), Department: get("departement"), Kind: get("type"), State: survey.TextState(get("etat"))}, Words: get("q"), View: get("vue"), Theme: number(q, "theme"), Group: number(q, "groupe")}
	a.From = max(number(q, "suite"), 0)
	if len(a.Words) > 300 {
		a.Words = ""
	}
	if a.View != viewThemes && a.View != viewAlike {
		a.View = viewList
	}
	return a
}

// address is that of the page with what is asked, one thing changed.
func (a asked) address(path string, change func(*asked)) string {
	change(&a)
	q := url.Values{}
	for name, v := range map[string]string{"levier": a.Lever, "nature": a.Role, "departement": a.Department, "type": a.Kind, "etat": string(a.State), "q": a.Words, "vue": a.View} {
		if v != "" && (name != "vue" || v != viewList) {
			q.Set(name, v)
		}
	}
	for name, n := range map[string]int{"theme": a.Theme, "groupe": a.Group} {
		if n >= 0 {
			q.Set(name, strconv.Itoa(n+1))
		}
	}
	if a.From > 0 {
		q.Set("suite", strconv.Itoa(a.From+1))
	}
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}

// where is the COP of an address, its campaign, and the page of its texts.
type where struct {
	cop      cop.COP
	name     string
	campaign survey.Campaign
	none     bool // no campaign yet
	fw       *framework.Framework
	path     string
}

func (d Deps) find(r *http.Request) (x where, err error) {
	ctx := r.Context()
	m, err := d.Model(ctx)
	if err != nil {
		return x, err
	}
	var territory string
	if code := r.PathValue("code"); code != "" {
		dept, err := m.Tree().Dept(code)
		if err != nil {
			return x, err
		}
		x.name, territory = dept.Name, "department:"+dept.Code
	} else {
		region, err := m.Tree().RegionBySlug(r.PathValue("slug"))
		if err != nil {
			return x, err
		}
		x.name, territory = region.Name, "region:"+region.Code
	}
	if x.cop, err = cop.FindIn(ctx, d.Q, cmp.Or(r.PathValue("cycle"), cop.First), territory); err != nil {
		return x, err
	}
	x.fw, x.path = m.Framework(), x.cop.Path()+"/bureau/questionnaire/textes"
	// Who does not know the desk does not know this page.
	if err := policy.Check(shell.Actor(r), policy.Read, x.cop.Thing(policy.Desk)); err != nil {
		return x, err
	}
	if err := policy.Check(shell.Actor(r), policy.Edit, policy.Thing{Kind: policy.Campaign, COPs: []string{x.cop.ID}}); err != nil {
		return x, err
	}
	x.campaign, err = survey.CampaignOf(ctx, d.Q, x.cop.ID)
	if apperr.KindOf(err) == apperr.NotFound {
		x.none, err = true, nil
	}
	return x, err
}

type view struct {
	Heading ui.Heading
	Tabs    []ui.Link
	Done    bool
	Notices []ui.Alert
	Empty   ui.Empty
	Path    string
	Filters []ui.Field
	Views   []ui.Link
	Themes  []themeView
	Note    string
	Texts   []textView
	Summary string
	Pager   ui.Pager
	Back    string // address that the review comes back to
}

type themeView struct {
	ID, Title, Summary, Href, More string
	Samples                        []textView
}

type textView struct {
	ID, Rev, Was, Who, About, Words, State string
	Warnings                               []string
	Alike, AlikeHref                       string
	Choice                                 ui.Field
}

func (d Deps) page(w http.ResponseWriter, r *http.Request) error {
	x, err := d.find(r)
	if err != nil {
		return err
	}
	return d.show(w, r, http.StatusOK, x, nil, nil)
}

// show draws the page; typed are the choices that came back with an error.
func (d Deps) show(w http.ResponseWriter, r *http.Request, status int, x where, typed map[string]survey.TextState, wrong error) error {
	ctx, a := r.Context(), askedOf(r)
	base := x.cop.Path() + "/bureau/questionnaire"
	v := view{Path: x.path, Done: r.URL.Query().Get("fait") == "1", Tabs: []ui.Link{{Label: "La COP", Href: x.cop.Path()}, {Label: "Bureau", Href: x.cop.Path() + "/bureau"}, {Label: "Questionnaire", Href: base},
		{Label: "Textes libres", Href: x.path, Current: true}, {Label: "Données ouvertes", Href: base + "/donnees"}}}
	v.Heading = ui.Heading{Overline: "Textes libres du questionnaire", Title: x.name + nb + ": aucun texte à lire pour l’instant", Scope: []string{"réservé à l’équipe de la COP", "rien n’est publié avant relecture"}}
	if wrong != nil {
		v.Notices = append(v.Notices, ui.Alert{State: "warning", Title: "Rien n’a été enregistré", Text: apperr.Message(wrong)})
	}
	draw := func() error {
		page := d.Shell.Page(r, v.Heading.Title, "", ui.Link{Label: "France", Href: "/france/panorama"}, ui.Link{Label: "Les COP régionales", Href: "/regions"}, ui.Link{Label: x.name, Href: x.cop.Path()}, ui.Link{Label: "Questionnaire", Href: base}, ui.Link{Label: "Textes libres"})
		page.NoIndex, page.Canonical = true, ""
		return d.Shell.RenderStatus(w, r, status, page, textsPage(v))
	}
	if x.none {
		v.Empty = ui.Empty{Title: "Pas encore de campagne", Text: "Les points forts et les remarques arrivent ici dès qu’une collectivité valide sa réponse au questionnaire.", Action: ui.Link{Label: "Préparer la campagne", Href: base}}
		return draw()
	}
	filter := a.TextFilter
	filter.State = ""
	list, err := survey.Texts(ctx, d.Q, shell.Actor(r), x.campaign, filter)
	if err != nil {
		return err
	}
	if a.State != "" && a.State.Name() == "" {
		return apperr.Invalidf("Ce filtre n’existe pas" + nb + ": choisissez dans les listes.")
	}
	stamp, err := survey.TextsStamp(ctx, d.Q, x.campaign.ID)
	if err != nil {
		return err
	}
	read := d.read.of(strings.Join([]string{stamp, filter.Lever, filter.Role, filter.Department, filter.Kind}, "|"), list)
	unread := 0
	for _, t := range list {
		if t.State == survey.Unread {
			unread++
		}
	}
	v.Filters = filters(a, x.fw)
	if len(list) == 0 {
		v.Empty = ui.Empty{Title: "Aucun texte à cette adresse", Text: "Les points forts et les remarques arrivent ici dès qu’une collectivité valide sa réponse. Vérifiez aussi les filtres."}
		return draw()
	}
	v.Heading.Title = x.name + nb + ": " + french.Integer(len(list)) + " " + french.Plural(len(list), "texte libre", "textes libres") + ", dont " + french.Integer(unread) + " à relire"
	go1 := func(name, label string) {
		v.Views = append(v.Views, ui.Link{Label: label, Current: a.View == name, Href: a.address(x.path, func(a *asked) { a.View, a.Theme, a.Group, a.From = name, -1, -1, 0 })})
	}
	go1(viewList, "Relecture")
	go1(viewThemes, "Par thème")
	go1(viewAlike, "Textes semblables ("+french.Integer(len(read.alike))+")")
	switch a.View {
	case viewThemes:
		d.themes(&v, a, x, list, read)
	case viewAlike:
		d.alike(&v, a, x, list, read)
	default:
		d.list(&v, a, x, list, read, typed)
	}
	return draw()
}

func filters(a asked, fw *framework.Framework) []ui.Field {
	choose := func(id, label, value, none string, options [][2]string) ui.Field {
		f := ui.Field{ID: id, Label: label, Type: "select", Options: []ui.Option{{Label: none}}}
		for _, o := range options {
			f.Options = append(f.Options, ui.Option{Value: o[0], Label: o[1], Selected: o[0] == value})
		}
		return f
	}
	var levers, states, kinds [][2]string
	for _, l := range fw.Levers(framework.March2025) {
		levers = append(levers, [2]string{l.Code, l.Name})
	}
	for _, s := range survey.TextStates() {
		states = append(states, [2]string{string(s), s.Name()})
	}
	for _, k := range questionnaire.Kinds() {
		kinds = append(kinds, [2]string{string(k), k.Name()})
	}
	return []ui.Field{{ID: "q-mots", Name: "q", Label: "Mots", Type: "search", Value: a.Words, Help: "Pluriels, féminins et conjugaisons sont reconnus."}, choose("etat", "Relecture", string(a.State), "tous", states),
		choose("nature", "Nature", a.Role, "toutes", survey.TextRoles()), choose("levier", "Levier", a.Lever, "tous", levers), choose("type", "Type de collectivité", a.Kind, "tous", kinds)}
}
