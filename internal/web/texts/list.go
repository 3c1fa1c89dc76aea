package texts

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"jalon/internal/apperr"
	"jalon/internal/french"
	"jalon/internal/survey"
	"jalon/internal/textmining"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
)

// kept are the texts that the words, the state, the theme and the group chosen
// leave, in the order of the list or of the theme.
func kept(a asked, list []survey.FreeText, read *reading) []int {
	var from []int
	switch {
	case a.Theme >= 0 && a.Theme < len(read.themes):
		from = read.themes[a.Theme].Members
	case a.Theme >= 0 && a.Theme == len(read.themes):
		from = read.rest
	case a.Group >= 0 && a.Group < len(read.alike):
		from = read.alike[a.Group]
	default:
		for i := range list {
			from = append(from, i)
		}
	}
	query := textmining.NewStemmer().Query(a.Words)
	return slices.DeleteFunc(slices.Clone(from), func(i int) bool {
		return i >= len(list) || a.State != "" && list[i].State != a.State || !query.Finds(read.index[i])
	})
}

// list shows a page of texts, each with what the team says of it.
func (d Deps) list(v *view, a asked, x where, list []survey.FreeText, read *reading, typed map[string]survey.TextState) {
	all := kept(a, list, read)
	switch {
	case a.Theme >= 0 && a.Theme < len(read.themes):
		v.Note = "Thème «\u00a0" + read.themes[a.Theme].Label() + "\u00a0», les plus proches d’abord."
	case a.Group >= 0:
		v.Note = "Ces textes disent presque la même chose."
	}
	if len(all) == 0 {
		v.Empty = ui.Empty{Title: "Aucun texte à cette adresse", Text: "Changez de mots ou de filtre."}
		return
	}
	from := min(a.From, len(all)-1)
	to := min(from+perPage, len(all))
	for _, i := range all[from:to] {
		v.Texts = append(v.Texts, d.text(a, x, list, read, i, typed))
	}
	v.Summary = french.Integer(from+1) + " à " + french.Integer(to) + " sur " + french.Integer(len(all))
	if to < len(all) {
		v.Pager.Next = a.address(x.path, func(a *asked) { a.From = to })
	}
	if from > 0 {
		v.Pager.Previous = a.address(x.path, func(a *asked) { a.From = max(0, from-perPage) })
	}
	v.Pager.Summary = v.Summary
	// Texts just read leave the filter «à relire»: the same place then shows the next.
	v.Back = a.address(x.path, func(a *asked) { a.From = from })
}

func (d Deps) text(a asked, x where, list []survey.FreeText, read *reading, i int, typed map[string]survey.TextState) textView {
	t := list[i]
	about := t.Section
	if l, err := x.fw.Lever(t.Lever); err == nil {
		about = l.Name
	}
	for _, role := range survey.TextRoles() {
		if role[0] == t.Role {
			about = role[1] + " · " + about
		}
	}
	y := textView{ID: t.ID, Rev: strconv.FormatInt(t.Rev, 10), Was: string(t.State), Who: t.Authority, About: about, Words: t.Words, State: t.State.Name()}
	for _, p := range textmining.Personal(t.Words) {
		y.Warnings = append(y.Warnings, p.What+"\u00a0: «\u00a0"+p.Text+"\u00a0»")
	}
	if g := read.group[i]; g >= 0 {
		n := len(read.alike[g]) - 1
		y.Alike = "dit presque pareil par " + french.Integer(n) + " " + french.Plural(n, "autre texte", "autres textes")
		y.AlikeHref = a.address(x.path, func(a *asked) { a.View, a.Theme, a.Group, a.From, a.State, a.Words = viewList, -1, g, 0, "", "" })
	}
	chosen := t.State
	if s, ok := typed[t.ID]; ok {
		chosen = s
	}
	y.Choice = ui.Field{ID: "etat-" + t.ID, Name: "etat-" + t.ID, Type: "radio", Label: "Ce texte est", Required: true}
	for _, s := range survey.TextStates() {
		y.Choice.Options = append(y.Choice.Options, ui.Option{Value: string(s), Label: s.Name(), Selected: s == chosen})
	}
	return y
}

// themes shows the groups of texts that use the same words.
func (d Deps) themes(v *view, a asked, x where, list []survey.FreeText, read *reading) {
	if read.large {
		v.Notices = append(v.Notices, ui.Alert{State: "info", Title: "Trop de textes pour les grouper d’un coup", Text: "Choisissez un levier ou une nature de texte\u00a0: les thèmes se calculent jusqu’à " + french.Integer(mostGrouped) + " textes."})
		return
	}
	v.Note = "Groupes faits par le programme, d’après les mots que les textes ont en commun\u00a0: une aide à la lecture, pas un classement. Sur un essai de 60 textes classés à la main en six thèmes, 77 % sont tombés dans un groupe du bon thème."
	add := func(id, title string, members []int) {
		n := len(members)
		open := 0
		for _, i := range members {
			if list[i].State == survey.Unread {
				open++
			}
		}
		t := themeView{ID: id, Title: title, Summary: french.Integer(n) + " " + french.Plural(n, "texte", "textes") + ", dont " + french.Integer(open) + " à relire"}
		said := map[int]bool{} // one of those that say almost the same
		for _, i := range members {
			if g := read.group[i]; len(t.Samples) < 3 && (g < 0 || !said[g]) {
				said[g] = true
				t.Samples = append(t.Samples, d.text(a, x, list, read, i, nil))
			}
		}
		v.Themes = append(v.Themes, t)
	}
	for n, t := range read.themes {
		add("theme-"+strconv.Itoa(n+1), t.Label(), t.Members)
		last := &v.Themes[len(v.Themes)-1]
		last.More = "Mots du thème\u00a0: " + french.List(t.Terms) + "."
		last.Href = a.address(x.path, func(a *asked) { a.View, a.Theme, a.From = viewList, n, 0 })
	}
	if len(read.rest) > 0 {
		add("sans-theme", "Sans thème", read.rest)
		last := &v.Themes[len(v.Themes)-1]
		last.More = "Textes trop courts, ou qui n’ont pas assez de mots en commun avec d’autres."
		last.Href = a.address(x.path, func(a *asked) { a.View, a.Theme, a.From = viewList, len(read.themes), 0 })
	}
}

// alike shows the texts that say almost the same.
func (d Deps) alike(v *view, a asked, x where, list []survey.FreeText, read *reading) {
	v.Note = "Deux textes sont dits semblables quand ils ont en commun au moins 60 % de leurs mots et de leurs couples de mots."
	if len(read.alike) == 0 {
		v.Empty = ui.Empty{Title: "Aucun texte n’en répète un autre", Text: "Ceux qui se ressemblent viendront ici."}
		return
	}
	for n, g := range read.alike[:min(100, len(read.alike))] {
		t := themeView{ID: "groupe-" + strconv.Itoa(n+1), Title: french.Integer(len(g)) + " textes semblables", Samples: []textView{d.text(a, x, list, read, g[0], nil)},
			Href: a.address(x.path, func(a *asked) { a.View, a.Group, a.From = viewList, n, 0 })}
		names := []string{}
		for _, i := range g[:min(4, len(g))] {
			if !slices.Contains(names, list[i].Authority) {
				names = append(names, list[i].Authority)
			}
		}
		t.Summary = strings.Join(names, ", ")
		v.Themes = append(v.Themes, t)
	}
}

// review keeps what somebody says of the texts of a page: those whose answer they
// changed.
func (d Deps) review(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return apperr.New(apperr.Invalid, err, "Le formulaire n’a pas pu être lu. Rechargez la page et recommencez.")
	}
	x, err := d.find(r)
	if err != nil {
		return err
	}
	if x.none {
		return apperr.NotFoundf("Cette COP n’a pas encore de campagne de questionnaire.")
	}
	var list []survey.Reading
	typed := map[string]survey.TextState{}
	for _, item := range r.PostForm["texte"] {
		id, rest, _ := strings.Cut(item, ":")
		rev, was, _ := strings.Cut(rest, ":")
		n, err := strconv.ParseInt(rev, 10, 64)
		if err != nil {
			return apperr.New(apperr.Invalid, err, "Le formulaire est incomplet. Rechargez la page et recommencez.")
		}
		state := survey.TextState(r.PostForm.Get("etat-" + id))
		typed[id] = state
		if state != "" && string(state) != was {
			list = append(list, survey.Reading{ID: id, Rev: n, State: state})
		}
	}
	if len(list) == 0 {
		err = apperr.Invalidf("Vous n’avez changé l’état d’aucun texte.")
	} else {
		err = d.Room.Review(r.Context(), d.Q, shell.Actor(r), x.campaign.ID, list)
	}
	switch apperr.KindOf(err) {
	case apperr.Invalid, apperr.Conflict:
		return d.show(w, r, apperr.Status(err), x, typed, err)
	}
	if err != nil {
		return err
	}
	back := x.path + "?" + r.URL.RawQuery
	if r.URL.RawQuery != "" {
		back += "&"
	}
	return shell.SeeOther(w, r, back+"fait=1")
}
