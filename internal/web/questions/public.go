package questions

import (
	"net/http"
	"strconv"

	"jalon/internal/debate/question"
	"jalon/internal/french"
	"jalon/internal/opinion"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
	"jalon/internal/web/wording"
)

// list is the debates of a region, as anyone reads them.
func (d Deps) list(w http.ResponseWriter, r *http.Request) error {
	x, err := d.region(r)
	if err != nil {
		return err
	}
	all, next, err := d.Room.List(r.Context(), d.Q, shell.Actor(r), x.cop, r.URL.Query().Get("apres"))
	if err != nil {
		return err
	}
	v := view{Heading: ui.Heading{Overline: "Débats", Title: x.Name + nb + ": " + openQuestions(all), Scope: []string{"ouvert à tous", "sans compte"}, Lead: "Une affirmation à la fois, trois réponses possibles. Les réponses dessinent des groupes d’opinion, ce que tous partagent et ce qui divise."}, Tabs: wording.RegionTabs(x.Region, wording.TabDebate)}
	t := ui.Table{ID: "debats", Caption: "Les débats, le plus récent d’abord", CaptionHidden: true, Columns: []ui.Column{{Label: "Question", Wide: true}, {Label: "État"}, {Label: "Affirmations", Number: true}, {Label: "Personnes", Number: true}, {Label: "Résultats"}}}
	for _, y := range all {
		if y.State == question.Draft {
			continue
		}
		here := x
		here.Question = y.Question
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: y.Question.Question, Href: here.page(), Sub: y.Title}, {Text: d.when(here)}, {Text: french.Integer(y.Shown)}, {Text: french.Integer(y.People)}, {Text: "Lire", Href: here.page() + "/resultats", Sub: computed(here, y)}}})
	}
	p := part{ID: "liste", Title: "Les débats", Tables: []ui.Table{t}}
	if len(t.Rows) == 0 {
		p.Tables, p.Empty = nil, ui.Empty{Title: "Aucun débat pour l’instant", Text: "L’équipe de la COP ouvrira ici des débats\u00a0: chacun pourra y répondre en deux minutes, sans compte."}
	}
	if next != "" {
		p.Links = []ui.Link{{Label: "Débats plus anciens", Href: x.base() + "?apres=" + next}}
	}
	v.Parts = []part{p}
	return d.show(w, r, http.StatusOK, v, false, wording.RegionTrail(x.Region, ui.Link{Label: "Débats"})...)
}

// openQuestions says how many questions wait for an answer.
func openQuestions(all []question.Listed) string {
	var n int64
	for _, y := range all {
		if y.State == question.Open {
			n++
		}
	}
	if n == 0 {
		return "aucune question ouverte pour l’instant"
	}
	return french.Integer(n) + nb + french.Plural(n, "question attend votre avis", "questions attendent votre avis")
}

func computed(x where, y question.Listed) string {
	if y.Computed.IsZero() {
		return "pas encore calculés"
	}
	return "du " + x.stamp(y.Computed)
}

// paged is how many statements a page shows.
const paged = 50

// statements is every statement with what was answered to it.
func (d Deps) statements(w http.ResponseWriter, r *http.Request) error {
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
	v := view{Heading: ui.Heading{Overline: x.Title, Title: count(len(snap.Statements), "affirmation", "affirmations") + nb + ": " + x.Question.Question, Scope: []string{d.when(x)}, Explain: methodPath}}
	t := ui.Table{ID: "affirmations", Caption: "Chaque affirmation, dans l’ordre où elle est venue", CaptionHidden: true, Columns: []ui.Column{{Label: "N°"}, {Label: "Affirmation", Wide: true}, {Label: "D’accord", Number: true}, {Label: "Pas d’accord", Number: true}, {Label: "Réponses", Number: true}}}
	from := max(number(r.URL.Query().Get("apres")), 0)
	next := int64(0)
	for _, s := range snap.Statements {
		if s.N <= from {
			continue
		}
		if len(t.Rows) == paged {
			break
		}
		next = s.N
		row := ui.Row{Cells: []ui.Cell{{Text: strconv.FormatInt(s.N, 10)}, {Text: s.Text}}}
		tally, _ := f.Tally(int(s.N))
		if !f.Enough() {
			tally.All = opinion.Tally{}
		}
		row.Cells = append(row.Cells, cellOf(tally.All, opinion.For), cellOf(tally.All, opinion.Against))
		if f.Enough() {
			row.Cells = append(row.Cells, ui.Cell{Text: french.Integer(tally.All.Answers())})
		} else {
			row.Cells = append(row.Cells, ui.Cell{Missing: "Moins de " + strconv.Itoa(question.LeastPeople) + nb + "personnes ont voté."})
		}
		t.Rows = append(t.Rows, row)
	}
	p := part{ID: "liste", Title: "Une par une", Tables: []ui.Table{t}}
	if n := len(snap.Statements); n > 0 && len(t.Rows) == paged && snap.Statements[n-1].N > next {
		p.Links = append(p.Links, ui.Link{Label: "Affirmations suivantes", Href: x.page() + "/affirmations?apres=" + text(next)})
	}
	p.Links = append(p.Links, ui.Link{Label: "Les résultats", Href: x.page() + "/resultats"})
	if last.Known() {
		p.Lead = "Calculé le " + x.stamp(f.At) + ". Sous chaque part, les bornes entre lesquelles elle se trouve 19" + nb + "fois sur 20."
	}
	v.Parts = []part{p}
	return d.show(w, r, http.StatusOK, v, false, x.trail(ui.Link{Label: x.Title, Href: x.page()}, ui.Link{Label: "Affirmations"})...)
}
