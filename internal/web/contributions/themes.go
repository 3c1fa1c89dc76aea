package contributions

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"jalon/internal/apperr"
	"jalon/internal/debate"
	"jalon/internal/debate/contribution"
	"jalon/internal/french"
	"jalon/internal/policy"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
	"jalon/internal/web/wording"
)

// themeHandlers are those of contributions grouped by their words.
func themeHandlers(d Deps) map[string]shell.Handler {
	return map[string]shell.Handler{"contribution-themes": d.grouped, "contribution-themes-desk": d.themesDesk, "contribution-theme-rename": d.renameTheme}
}

// themesView is the page of themes.
type themesView struct {
	Heading ui.Heading
	Tabs    ui.Pages
	Method  string
	Bars    ui.Bars
	Table   ui.Table
	Themes  []themeView
	Cards   []card // of one theme
	Pager   ui.Pager
	Desk    string // where the team renames, for those who may
	Empty   ui.Empty
	Foot    ui.Source
}

type themeView struct {
	ID, Title, Words string
	More             ui.Link
	Typical          []card
}

func (x place) themesPath() string { return x.base() + "/themes" }

func (x place) themePath(id string) string {
	return x.themesPath() + "?" + url.Values{"theme": {id}}.Encode()
}

func contributionsOf(n int64) string {
	return french.Integer(n) + nb + french.Plural(int(n), "contribution", "contributions")
}

func (d Deps) grouped(w http.ResponseWriter, r *http.Request) error {
	x, err := d.place(r)
	if err != nil {
		return err
	}
	if id := shell.Clean(r.URL.Query().Get("theme")); id != "" {
		return d.theme(w, r, x, id)
	}
	t, err := contribution.ThemesOf(r.Context(), d.Q, x.cop)
	if err != nil {
		return err
	}
	v := themesView{Heading: ui.Heading{Overline: x.cop.SenderName(), Title: x.Name + nb + ": " + themesFound(t)}, Tabs: wording.RegionTabs(x.Region, "Débat"), Foot: ui.Source{Text: "contributions publiées de la COP.", Print: true, Sources: []ui.Link{{Label: "Toutes les contributions", Href: x.base()}}}}
	if policy.Can(shell.Actor(r), policy.Judge, x.cop.Thing(policy.Post)) {
		v.Desk = x.themesDesk()
	}
	if len(t.Themes) == 0 {
		v.Empty = ui.Empty{Title: "Les contributions ne sont pas encore regroupées", Text: "Elles le sont dès que douze au moins sont publiées, puis chaque fois qu’assez de nouvelles arrivent.", Action: ui.Link{Label: "Lire les contributions", Href: x.base()}}
	} else {
		x.fill(&v, t)
	}
	frame := d.Shell.Page(r, v.Heading.Title, v.Heading.Title+".", x.trail(ui.Link{Label: "Par thème"})...)
	return d.Shell.Render(w, r, frame, themesPage(v))
}

// themesFound is the finding of the page.
func themesFound(t contribution.Themes) string {
	if len(t.Themes) == 0 {
		return "pas encore de thèmes"
	}
	return contributionsOf(t.Texts) + " en " + strconv.Itoa(len(t.Themes)) + nb + french.Plural(len(t.Themes), "thème", "thèmes")
}

func (x place) fill(v *themesView, t contribution.Themes) {
	v.Heading.Scope = []string{"regroupées par leurs mots", "le " + x.dayOf(t.At)}
	v.Method = "Un programme rapproche les contributions qui emploient les mêmes mots, ou des mots qui vont souvent ensemble" + nb + "; chacune n’a qu’un thème. Personne n’a relu ce classement" + nb + ": il aide à lire, il ne décide de rien. L’équipe de la COP peut renommer un thème."
	if t.Alone > 0 {
		v.Method += " " + french.Integer(t.Alone) + nb + french.Plural(int(t.Alone), "contribution n’entre dans aucun thème.", "contributions n’entrent dans aucun thème.")
	}
	v.Bars = ui.Bars{ID: "nombres", Title: "Contributions par thème", Description: "En nombre de contributions, le " + x.dayOf(t.At) + ".", TableHref: "#themes-tableau"}
	v.Table = ui.Table{ID: "themes-tableau", Caption: "Les thèmes et leurs mots", Columns: []ui.Column{{Label: "Thème", Wide: true}, {Label: "Contributions", Number: true}, {Label: "Mots qui le marquent", Wide: true}}}
	for _, g := range t.Themes {
		v.Bars.Rows = append(v.Bars.Rows, ui.Stat{Name: wording.Upper(g.Label()), Href: x.themePath(g.ID), Text: french.Integer(g.Texts), Amount: float64(g.Texts)})
		v.Table.Rows = append(v.Table.Rows, ui.Row{Cells: []ui.Cell{{Text: wording.Upper(g.Label()), Href: x.themePath(g.ID)}, {Text: french.Integer(g.Texts)}, {Text: strings.Join(g.Words, ", ")}}})
		one := themeView{ID: "theme-" + g.ID, Title: wording.Upper(g.Label()), More: ui.Link{Label: "Lire les " + contributionsOf(g.Texts), Href: x.themePath(g.ID)}}
		if g.Texts == 1 {
			one.More.Label = "Lire la contribution"
		}
		if g.Name != "" {
			one.Words = strings.Join(g.Words, ", ")
		} else if len(g.Words) > 3 {
			one.Words = "aussi" + nb + ": " + strings.Join(g.Words[3:], ", ")
		}
		for _, p := range g.Typical {
			one.Typical = append(one.Typical, x.card(p, contribution.Unstudied))
		}
		v.Themes = append(v.Themes, one)
	}
}

// theme is the page of a theme: its contributions, the most typical first.
func (d Deps) theme(w http.ResponseWriter, r *http.Request, x place, id string) error {
	after := r.URL.Query().Get("suite")
	t, posts, next, err := d.Room.ThemeTexts(r.Context(), d.Q, x.cop, id, after, perPage)
	if err != nil {
		return err
	}
	v := themesView{Heading: ui.Heading{Overline: "Thème des contributions, " + x.Name, Title: wording.Upper(t.Label()) + nb + ": " + contributionsOf(t.Texts), Scope: []string{"regroupées par leurs mots", "les plus typiques d’abord"}},
		Tabs: wording.RegionTabs(x.Region, "Débat"), Method: "Mots qui marquent ce thème" + nb + ": " + strings.Join(t.Words, ", ") + ".",
		Foot: ui.Source{Text: "contributions publiées de la COP.", Print: true, Sources: []ui.Link{{Label: "Tous les thèmes", Href: x.themesPath()}, {Label: "Toutes les contributions", Href: x.base()}}}}
	v.Cards = x.cards(posts)
	if len(posts) == 0 {
		v.Empty = ui.Empty{Title: "Plus aucune contribution de ce thème n’est publiée", Text: "Le prochain regroupement en tiendra compte.", Action: ui.Link{Label: "Voir tous les thèmes", Href: x.themesPath()}}
	}
	if after != "" {
		v.Pager.Previous = x.themePath(id)
	}
	if next != "" {
		v.Pager.Next = x.themePath(id) + "&" + url.Values{"suite": {next}}.Encode()
	}
	frame := d.Shell.Page(r, v.Heading.Title, v.Heading.Title+".", x.trail(ui.Link{Label: "Par thème", Href: x.themesPath()}, ui.Link{Label: wording.Upper(t.Label())})...)
	frame.NoIndex = after != ""
	return d.Shell.Render(w, r, frame, themesPage(v))
}

func (x place) cards(posts []debate.Post) (out []card) {
	for _, p := range posts {
		out = append(out, x.card(p, contribution.Unstudied))
	}
	return out
}

// themesDeskView is the page where the team names themes.
type themesDeskView struct {
	Heading  ui.Heading
	Tabs     []ui.Link
	Done     bool
	Notices  []ui.Alert
	Conflict ui.Table
	Action   string
	Forms    []themeForm
	Empty    ui.Empty
}

type themeForm struct {
	ID, Rev, Title, Words, Count, Href string
	Typical                            []card
	Name                               ui.Field
}

func (x place) themesDesk() string { return "/regions/" + x.Slug + "/bureau/contributions/themes" }

// naming is a name that somebody typed, and what was wrong with it.
type naming struct {
	theme, typed string
	err          error
}

func (d Deps) themesDesk(w http.ResponseWriter, r *http.Request) error {
	x, err := d.place(r)
	if err != nil {
		return err
	}
	if err := policy.Check(shell.Actor(r), policy.Judge, x.cop.Thing(policy.Post)); err != nil {
		return err
	}
	return d.showThemes(w, r, x, naming{})
}

func (d Deps) showThemes(w http.ResponseWriter, r *http.Request, x place, n naming) error {
	t, err := contribution.ThemesOf(r.Context(), d.Q, x.cop)
	if err != nil {
		return err
	}
	v := themesDeskView{Heading: ui.Heading{Overline: "Bureau, " + x.Name, Title: "Nommer les thèmes des contributions", Lead: "Un thème porte ses mots tant que vous ne lui donnez pas de nom. Un nom reste attaché à son thème quand de nouvelles contributions sont regroupées. Laissez vide pour revenir aux mots."},
		Tabs:   []ui.Link{{Label: "La COP", Href: "/regions/" + x.Slug}, {Label: "Bureau", Href: "/regions/" + x.Slug + "/bureau"}, {Label: "Thèmes des contributions", Href: x.themesDesk(), Current: true}, {Label: "Page publique", Href: x.themesPath()}},
		Action: x.themesDesk(), Done: r.URL.Query().Get("fait") == "1"}
	if t.Texts > 0 {
		v.Heading.Scope = []string{themesFound(t), "regroupées le " + x.dayOf(t.At)}
	}
	if len(t.Themes) == 0 {
		v.Empty = ui.Empty{Title: "Pas encore de thèmes", Text: "Les contributions sont regroupées dès que douze au moins sont publiées.", Action: ui.Link{Label: "Retour au bureau", Href: "/regions/" + x.Slug + "/bureau"}}
	}
	found := false
	for _, g := range t.Themes {
		f := themeForm{ID: g.ID, Rev: strconv.FormatInt(g.Rev, 10), Title: wording.Upper(g.Label()), Words: strings.Join(g.Words, ", "), Count: contributionsOf(g.Texts), Href: x.themePath(g.ID), Typical: x.cards(g.Typical[:min(1, len(g.Typical))])}
		f.Name = ui.Field{ID: "nom-" + g.ID, Name: "nom", Label: "Nom du thème", Help: "80" + nb + "caractères au plus.", Value: g.Name}
		if g.ID == n.theme {
			found = true
			kept := f.Name
			f.Name.Value, f.Name.Error = n.typed, apperr.Message(n.err)
			if apperr.KindOf(n.err) == apperr.Conflict {
				v.Conflict = ui.TwoVersions([]ui.Field{kept}, []ui.Field{f.Name})
			}
		}
		v.Forms = append(v.Forms, f)
	}
	status := http.StatusOK
	if n.err != nil {
		status = apperr.Status(n.err)
		if !found {
			v.Notices = append(v.Notices, ui.Alert{State: "warning", Title: "Ce thème n’existe plus", Text: "De nouvelles contributions ont été regroupées pendant que vous écriviez. Le nom que vous aviez tapé" + nb + ": «" + nb + n.typed + nb + "»."})
		}
	}
	page := d.Shell.Page(r, v.Heading.Title, "", wording.RegionTrail(x.Region, ui.Link{Label: "Bureau", Href: "/regions/" + x.Slug + "/bureau"}, ui.Link{Label: "Thèmes des contributions"})...)
	page.NoIndex, page.Canonical = true, ""
	return d.Shell.RenderStatus(w, r, status, page, themesDeskPage(v))
}

func (d Deps) renameTheme(w http.ResponseWriter, r *http.Request) error {
	x, err := d.place(r)
	if err != nil {
		return err
	}
	if err := policy.Check(shell.Actor(r), policy.Judge, x.cop.Thing(policy.Post)); err != nil {
		return err
	}
	if err := shell.ReadForm(r); err != nil {
		return err
	}
	rev, err := shell.Rev(r)
	if err != nil {
		return err
	}
	n := naming{theme: shell.Typed(r, "theme"), typed: shell.Typed(r, "nom")}
	n.err = d.Room.RenameTheme(r.Context(), shell.Actor(r), x.cop, n.theme, rev, n.typed)
	switch {
	case n.err == nil:
		return shell.SeeOther(w, r, x.themesDesk()+"?fait=1")
	case shell.Beside(n.err) || apperr.KindOf(n.err) == apperr.NotFound:
		return d.showThemes(w, r, x, n)
	}
	return n.err
}
