package questions

import (
	"net/http"
	"strconv"
	"strings"

	"jalon/internal/debate"
	"jalon/internal/debate/question"
	"jalon/internal/french"
	"jalon/internal/opinion"
	"jalon/internal/web/ui"
)

// confidence says how sure groups are, and why when they are not.
func confidence(c opinion.Confidence) ui.Alert {
	switch c.Level {
	case opinion.Sure:
		return ui.Alert{State: "success", Title: "Groupes sûrs", Text: "Les réponses se tiennent nettement plus que si elles avaient été données au hasard, les groupes sont bien séparés, et la moitié des affirmations donnerait à peu près les mêmes."}
	case opinion.FairlySure:
		return ui.Alert{State: "info", Title: "Groupes assez sûrs", Text: "Les groupes existent, mais leurs bords sont flous\u00a0: quelques personnes changeraient de groupe avec d’autres affirmations."}
	}
	a := ui.Alert{State: "warning", Title: "Groupes incertains"}
	switch c.Reason {
	case opinion.NoStructure:
		a.Text = "Les réponses ne se tiennent pas plus que si elles avaient été données au hasard\u00a0: ce qui suit peut n’être que le fait du tirage."
	case opinion.Gradual:
		a.Text = "Les avis vont d’un bord à l’autre sans coupure\u00a0: les groupes ci-dessous découpent ce qui est continu."
	case opinion.Unstable:
		a.Text = "D’autres affirmations donneraient d’autres groupes\u00a0: lisez-les comme une esquisse."
	default:
		a.Text = "Trop peu de personnes ont répondu à assez d’affirmations. Les résultats par affirmation, plus bas, valent déjà."
	}
	return a
}

// results is what a debate shows.
func (d Deps) results(w http.ResponseWriter, r *http.Request) error {
	x, err := d.seen(r)
	if err != nil {
		return err
	}
	last, err := question.LastResult(r.Context(), d.Q, x.Num)
	if err != nil {
		return err
	}
	snap, err := d.Room.Snapshot(r.Context(), x.ID)
	if err != nil {
		return err
	}
	f := last.Figures
	v := view{Heading: ui.Heading{Overline: x.Title, Title: finding(f), Lead: x.Question.Question, Scope: []string{d.when(x)}, Explain: methodPath}}
	if last.Known() {
		v.Heading.Scope = append(v.Heading.Scope, "calculé le "+x.stamp(f.At)+" sur "+count(f.Votes, "vote", "votes")+" de "+count(f.People, "personne", "personnes"))
	}
	if !last.FailedAt.IsZero() {
		v.Notices = append(v.Notices, ui.Alert{State: "warning", Title: "Le dernier calcul n’a pas abouti", Text: "Il a échoué le " + x.stamp(last.FailedAt) + ". Ce que vous lisez est le dernier qui a réussi, du " + x.stamp(f.At) + "\u00a0; aucun vote n’est perdu."})
	}
	if x.Conclusion != "" {
		v.Parts = append(v.Parts, part{ID: "conclusion", Title: "Ce que l’équipe de la COP en retient", Body: prose(x.Conclusion)})
	}
	take := ui.Link{Label: "Donner mon avis", Href: x.page()}
	if !f.Enough() {
		e := ui.Empty{Title: "Pas encore assez de réponses", Text: "Les résultats paraissent à partir de " + strconv.Itoa(question.LeastPeople) + nb + "personnes, pour que personne ne soit reconnu."}
		if x.Takes(x.cop, d.Now()) {
			e.Action = take
		}
		v.Parts = append(v.Parts, part{ID: "attente", Title: "Les résultats", Empty: e})
		return d.show(w, r, http.StatusOK, v, false, x.trail(ui.Link{Label: x.Title, Href: x.page()}, ui.Link{Label: "Résultats"})...)
	}
	groups := x.groupParts(f, snap)
	v.Parts = append(v.Parts, groups[0])
	v.Parts = append(v.Parts, x.shared(f, snap)...)
	v.Parts = append(v.Parts, groups[1:]...)
	v.Parts = append(v.Parts, x.peopleParts(f)...)
	links := []ui.Link{{Label: "Toutes les affirmations, une par une", Href: x.page() + "/affirmations"}}
	if x.Takes(x.cop, d.Now()) {
		links = append(links, take)
	}
	v.Parts = append(v.Parts, part{ID: "suite", Title: "Aller plus loin", Links: links,
		Lead: "Qui répond n’est pas un échantillon de la population\u00a0: ces groupes disent ce que pensent celles et ceux qui sont venus, pas combien ils sont dans la région."})
	v.Foot = ui.Source{Text: "réponses au débat, sans nom ni adresse. ", Sources: []ui.Link{{Label: "Comment les groupes sont calculés", Href: methodPath}}, Print: true, Share: d.Shell.Absolute(x.page() + "/resultats"), Changed: x.stamp(f.At),
		Downloads: []ui.Link{{Label: "Les votes (CSV)", Href: x.page() + "/votes.csv"}, {Label: "Les votes et les paramètres du calcul (JSON)", Href: x.page() + "/votes.json"}}}
	return d.show(w, r, http.StatusOK, v, false, x.trail(ui.Link{Label: x.Title, Href: x.page()}, ui.Link{Label: "Résultats"})...)
}

// finding is the end of the title: what the debate shows.
func finding(f question.Figures) string {
	switch {
	case !f.Enough():
		return "Les réponses arrivent"
	case len(f.Sizes) == 0:
		return "Pas encore de groupes d’opinion"
	}
	s := count(len(f.Sizes), "groupe d’opinion", "groupes d’opinion")
	if f.Confidence.Level == opinion.Uncertain {
		s = "Des groupes d’opinion incertains"
	}
	if n := len(f.Shared) + len(f.Rejected); n > 0 {
		return s + ", et " + count(n, "affirmation sur laquelle", "affirmations sur lesquelles") + " tous se rejoignent"
	}
	return s + ", et rien sur quoi tous se rejoignent"
}

// drawnMap is the map of opinions, ready to draw.
type drawnMap struct {
	Title, Text string
	Dots        []drawnDot
	Groups      []drawnLetter
}

type drawnDot struct{ Group, Path string }

type drawnLetter struct{ Name, X, Y string }

// mapOf places the dots in a frame of 600 by 440.
func mapOf(f question.Figures) drawnMap {
	m := drawnMap{Title: "Carte des opinions\u00a0: " + count(len(f.Sizes), "groupe", "groupes"),
		Text: "Chaque marque est une personne\u00a0; deux personnes proches ont répondu de façon proche. Les deux axes disent " + percent(f.Explained[0]+f.Explained[1]) + " des différences entre les réponses."}
	if f.Counted > len(f.Dots) {
		m.Text += " " + french.Integer(len(f.Dots)) + nb + "personnes tirées au sort sur " + french.Integer(f.Counted) + " sont dessinées."
	}
	var lowX, highX, lowY, highY float32
	for i, d := range f.Dots {
		if i == 0 {
			lowX, highX, lowY, highY = d.X, d.X, d.Y, d.Y
		}
		lowX, highX, lowY, highY = min(lowX, d.X), max(highX, d.X), min(lowY, d.Y), max(highY, d.Y)
	}
	at := func(v, low, high float32, size int) int {
		if high <= low {
			return size / 2
		}
		return 24 + int((v-low)/(high-low)*float32(size-48))
	}
	sum, n := make([][2]int, len(f.Sizes)), make([]int, len(f.Sizes))
	for _, d := range f.Dots {
		x, y := at(d.X, lowX, highX, 600), 440-at(d.Y, lowY, highY, 440)
		m.Dots = append(m.Dots, drawnDot{strings.ToLower(question.GroupName(int(d.Group))), mark(int(d.Group), x, y)})
		if int(d.Group) < len(sum) {
			sum[d.Group][0], sum[d.Group][1], n[d.Group] = sum[d.Group][0]+x, sum[d.Group][1]+y, n[d.Group]+1
		}
	}
	for g := range sum {
		if n[g] > 0 {
			m.Groups = append(m.Groups, drawnLetter{question.GroupName(g), strconv.Itoa(sum[g][0] / n[g]), strconv.Itoa(sum[g][1]/n[g] + 12)})
		}
	}
	return m
}

// mark is the outline of somebody of a group: a shape each, for those who do not tell
// colours apart.
func mark(group, x, y int) string {
	at := "M" + strconv.Itoa(x) + " " + strconv.Itoa(y)
	switch group % 5 {
	case 0: // disc
		return at + "m-5 0a5 5 0 1 0 10 0a5 5 0 1 0-10 0z"
	case 1: // square
		return at + "m-5-5h10v10h-10z"
	case 2: // diamond
		return at + "m0-7l7 7-7 7-7-7z"
	case 3: // triangle
		return at + "m0-6l6 11h-12z"
	}
	return at + "m-2-6h4v4h4v4h-4v4h-4v-4h-4v-4h4z" // cross
}

var shapes = []string{"disque", "carré", "losange", "triangle", "croix"}

// share is the part of a side among those who answered.
func share(t opinion.Tally, side opinion.Side) string {
	i := t.Share(side)
	if !i.OK {
		return "–"
	}
	return percent(i.Share)
}

// percent writes a part of a whole, in whole percents.
func percent(v float64) string { return french.Number(v*100, 0) + nb + "%" }

func bounds(t opinion.Tally, side opinion.Side) string {
	i := t.Share(side)
	if !i.OK {
		return ""
	}
	return "de " + french.Number(i.Low*100, 0) + " à " + french.Number(i.High*100, 0)
}

// cellOf is a share in a table, hidden under the least number of answers.
func cellOf(t opinion.Tally, side opinion.Side) ui.Cell {
	if t.Answers() < question.LeastAnswers {
		return ui.Cell{Missing: "Moins de " + strconv.Itoa(question.LeastAnswers) + nb + "réponses\u00a0: la part n’est pas montrée."}
	}
	return ui.Cell{Text: share(t, side), Sub: bounds(t, side)}
}

// groupParts are the groups and how sure they are, then what marks each.
func (x where) groupParts(f question.Figures, snap *question.Snapshot) []part {
	p := part{ID: "groupes", Title: "Les groupes d’opinion", Notices: []ui.Alert{confidence(f.Confidence)}}
	if len(f.Sizes) == 0 {
		return []part{p}
	}
	p.Body = opinionMap(mapOf(f))
	t := ui.Table{ID: "tailles", Caption: "Les groupes et leur taille", Columns: []ui.Column{{Label: "Groupe"}, {Label: "Personnes", Number: true}, {Label: "Part", Unit: "%", Number: true}}}
	for g, n := range f.Sizes {
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: "Groupe " + question.GroupName(g), Sub: shapes[g%5]}, {Text: french.Integer(n)}, {Text: french.Number(100*float64(n)/float64(f.Counted), 0)}}})
	}
	t.Foot = []ui.Row{{Cells: []ui.Cell{{Text: "Ensemble"}, {Text: french.Integer(f.Counted)}, {Text: "100"}}}}
	p.Tables = []ui.Table{t}
	if less := f.People - f.Counted; less > 0 {
		p.List = []string{count(less, "personne a", "personnes ont") + " répondu à trop peu d’affirmations pour être d’un groupe\u00a0; leurs réponses comptent dans les résultats par affirmation."}
	}
	out := []part{p}
	for g, marks := range f.Marks {
		name := "groupe " + question.GroupName(g)
		q := part{ID: "groupe-" + strings.ToLower(question.GroupName(g)), Title: "Ce que tient le " + name}
		var list []said
		for _, m := range marks {
			if s, ok := snap.Get(int64(m.Statement)); ok {
				list = append(list, said{Text: s.Text, Note: sideName(m.Side), Bars: []bar{barOf("Groupe "+question.GroupName(g), m.Own), barOf("Les autres", m.Others)}})
			}
		}
		if q.Body = opinions(list); len(list) == 0 {
			q.Body, q.Lead = nil, "Aucune affirmation ne le distingue assez sûrement des autres."
		}
		out = append(out, q)
	}
	return out
}

// said is a statement with the shares of those who answered it.
type said struct {
	Text, Note string
	Bars       []bar
}

// bar is a share, and the bounds that it lies between, in whole percents.
type bar struct {
	Name, Part, Bounds   string
	Share, From, Between string // of a drawing 100 wide
	Missing              string
}

func barOf(name string, i opinion.Interval) bar {
	return bar{Name: name, Part: percent(i.Share), Bounds: "de " + french.Number(i.Low*100, 0) + " à " + french.Number(i.High*100, 0), Share: whole(i.Share), From: whole(i.Low), Between: whole(i.High - i.Low)}
}

func whole(v float64) string { return strconv.Itoa(int(v*100 + 0.5)) }

// barIn is the share of a side, hidden under the least number of answers.
func barIn(name string, t opinion.Tally, side opinion.Side) bar {
	if t.Answers() < question.LeastAnswers {
		return bar{Name: name, Missing: "moins de " + strconv.Itoa(question.LeastAnswers) + nb + "réponses"}
	}
	return barOf(name, t.Share(side))
}

func sideName(s opinion.Side) string {
	if s == opinion.For {
		return "d’accord"
	}
	return "pas d’accord"
}

// shared is what all groups share, and what divides them.
func (x where) shared(f question.Figures, snap *question.Snapshot) []part {
	var out []part
	for _, k := range []struct {
		id, title, lead string
		list            []int
		side            opinion.Side
	}{{"partage", "Ce sur quoi tous sont d’accord", "Plus de la moitié de chaque groupe est d’accord.", f.Shared, opinion.For}, {"refuse", "Ce que tous refusent", "Plus de la moitié de chaque groupe n’est pas d’accord.", f.Rejected, opinion.Against}} {
		p := part{ID: k.id, Title: k.title, Lead: k.lead, Body: opinions(sharesOf(k.list, f, snap, k.side))}
		if len(k.list) == 0 {
			p.Body, p.Lead = nil, "Aucune affirmation pour l’instant."
		}
		out = append(out, p)
	}
	if len(f.Sizes) < 2 {
		return out
	}
	p := part{ID: "divise", Title: "Ce qui divise", Lead: "Ce qui sépare le plus sûrement deux groupes\u00a0: la part d’accord dans chacun."}
	var list []said
	for _, g := range f.Divisive {
		s, ok := snap.Get(int64(g.Statement))
		tally, known := f.Tally(g.Statement)
		if !ok || !known || g.High >= len(tally.Groups) || g.Low >= len(tally.Groups) {
			continue
		}
		y := said{Text: s.Text, Note: "au moins " + french.Number(g.AtLeast*100, 0) + nb + "points d’écart entre " + question.GroupName(g.High) + nb + "et" + nb + question.GroupName(g.Low)}
		for i, t := range tally.Groups {
			y.Bars = append(y.Bars, barIn("Groupe "+question.GroupName(i), t, opinion.For))
		}
		list = append(list, y)
	}
	if p.Body = opinions(list); len(list) == 0 {
		p.Body, p.Lead = nil, "Aucune affirmation ne sépare assez sûrement deux groupes."
	}
	return append(out, p)
}

// sharesOf are statements with the share of a side, of all and in each group.
func sharesOf(list []int, f question.Figures, snap *question.Snapshot, side opinion.Side) []said {
	var out []said
	for _, n := range list {
		s, ok := snap.Get(int64(n))
		tally, known := f.Tally(n)
		if !ok || !known {
			continue
		}
		y := said{Text: s.Text, Note: sideName(side) + ", " + count(tally.All.Answers(), "réponse", "réponses"), Bars: []bar{barIn("Tous", tally.All, side)}}
		for g, t := range tally.Groups {
			y.Bars = append(y.Bars, barIn("Groupe "+question.GroupName(g), t, side))
		}
		out = append(out, y)
	}
	return out
}

// peopleParts are groups by college and by territory, of those who said.
func (x where) peopleParts(f question.Figures) []part {
	var out []part
	for _, k := range []struct {
		id, title, head string
		asked           bool
		parts           []question.Part
		name            func(string) string
	}{{"colleges", "Par collège", "Collège", x.AsksCollege, f.Colleges, func(c string) string { return debate.College(c).Name() }},
		{"territoires", "Par département", "Département", x.AsksTerritory, f.Places, func(ref string) string {
			dept, err := x.tree.Dept(strings.TrimPrefix(ref, "department:"))
			if err != nil {
				return ref
			}
			return dept.Name
		}}} {
		if !k.asked || len(f.Sizes) == 0 {
			continue
		}
		p := part{ID: k.id, Title: k.title, Lead: "De celles et ceux qui l’ont dit. Aucun nombre de moins de " + strconv.Itoa(question.LeastPlace) + nb + "personnes n’est montré, ni ne peut être retrouvé par soustraction."}
		t := ui.Table{ID: "table-" + k.id, Caption: k.title, CaptionHidden: true, Columns: []ui.Column{{Label: k.head}}}
		for g := range f.Sizes {
			t.Columns = append(t.Columns, ui.Column{Label: "Groupe " + question.GroupName(g), Number: true})
		}
		t.Columns = append(t.Columns, ui.Column{Label: "Ensemble", Number: true})
		for _, y := range k.parts {
			var names []string
			for _, c := range y.Of {
				names = append(names, k.name(c))
			}
			row := ui.Row{Cells: []ui.Cell{{Text: french.List(names)}}}
			for _, n := range y.Groups {
				if n < 0 {
					row.Cells = append(row.Cells, ui.Cell{Missing: "Moins de " + strconv.Itoa(question.LeastPlace) + nb + "personnes, ou nombre qui permettrait d’en retrouver un plus petit."})
					continue
				}
				row.Cells = append(row.Cells, ui.Cell{Text: french.Integer(n)})
			}
			t.Rows = append(t.Rows, ui.Row{Cells: append(row.Cells, ui.Cell{Text: french.Integer(y.Total)})})
		}
		if p.Tables = []ui.Table{t}; len(t.Rows) == 0 {
			p.Tables, p.Lead = nil, "Trop peu de personnes l’ont dit pour que ce soit montré (il en faut "+strconv.Itoa(question.LeastPlace)+")."
		}
		out = append(out, p)
	}
	return out
}
