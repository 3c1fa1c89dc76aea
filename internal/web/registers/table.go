package registers

import (
	"net/http"
	"net/url"
	"strconv"

	"github.com/a-h/templ"

	"jalon/internal/action"
	"jalon/internal/cop"
	"jalon/internal/french"
	"jalon/internal/web/sections"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
	"jalon/internal/web/wording"
)

// table is the register as a table: what a filter chooses, its sums at the foot, boxes to
// change many at once.
func (d Deps) table(w http.ResponseWriter, r *http.Request) error {
	x, err := d.at(r)
	if err != nil {
		return err
	}
	return d.showTable(w, r, http.StatusOK, x, "", nil)
}

// showTable draws the register; name is that of a view that could not be kept, and why.
func (d Deps) showTable(w http.ResponseWriter, r *http.Request, status int, x where, name string, wrong error) error {
	f, err := x.filter()
	if err != nil {
		return err
	}
	actor := shell.Actor(r)
	states, err := d.Room.TallyBy(r.Context(), d.Q, actor, f, "state")
	if err != nil {
		return err
	}
	page, err := d.Room.List(r.Context(), d.Q, actor, f, x.ask.Get("suite"), perPage)
	if err != nil {
		return err
	}
	total := sum(states)
	v := sections.View{Heading: ui.Heading{Overline: x.cop.Name + ", registre des actions", Title: title(states), Scope: []string{"cycle " + x.cop.Cycle, "réservé à l’équipe de la COP"}}, Tabs: x.tabs(wording.RegisterTable)}
	kept, err := d.views(r, x, name, wrong)
	if err != nil {
		return err
	}
	v.Parts = append(v.Parts, kept, sections.Part{ID: "filtrer", Fold: "Filtrer et trier", Open: x.filters(), Forms: []sections.Form{x.filterForm(x.desk())}})
	part := sections.Part{ID: "registre", Title: "Les actions"}
	switch {
	case len(page.Rows) == 0 && !x.filters():
		part.Empty = ui.Empty{Title: "Le registre est vide", Text: "Une action vient d’une contribution, d’une décision, d’un fichier, ou se propose directement.", Action: ui.Link{Label: "Proposer la première action", Href: wording.ProposePath(x.cop, "", "")}}
		part.Links = []ui.Link{{Label: "Importer un fichier d’actions", Href: x.desk() + "/importer"}}
	case len(page.Rows) == 0:
		part.Empty = ui.Empty{Title: "Aucune action ne répond à ce filtre", Action: ui.Link{Label: "Voir tout le registre", Href: wording.RegisterPath(x.cop)}}
	default:
		part.Bodies = []templ.Component{ticked(x.rows(page.Rows, total), x.desk()+"/lot?"+x.query())}
		part.Pager = ui.Pager{Summary: summary(page)}
		if page.Next != "" {
			part.Pager.Next = x.desk() + "?" + x.query() + "&suite=" + url.QueryEscape(page.Next)
		}
	}
	v.Parts = append(v.Parts, part)
	return d.show(w, r, status, x, v, "Registre des actions")
}

// title is what a filter chooses, in a sentence.
func title(states []action.Tally) string {
	t := sum(states)
	if t.Count == 0 {
		return "Aucune action"
	}
	out := french.Integer(t.Count) + nb + french.Plural(t.Count, "action", "actions")
	for _, s := range states {
		switch action.State(s.Code) {
		case action.Retained:
			out += ", " + french.Integer(s.Count) + nb + french.Plural(s.Count, "retenue", "retenues")
		case action.Proposed:
			out += ", " + french.Integer(s.Count) + nb + "à qualifier"
		case action.Pool:
			out += ", " + french.Integer(s.Count) + nb + "au vivier"
		}
	}
	return out
}

func summary(p action.Page) string {
	if p.More {
		return french.Integer(len(p.Rows)) + nb + "actions sur plus de 1" + nb + "000"
	}
	return french.Integer(len(p.Rows)) + nb + french.Plural(len(p.Rows), "action", "actions") + " sur " + french.Integer(p.Total)
}

// rows are actions with boxes, and what the whole filter sums to.
func (x where) rows(rows []action.Row, total action.Tally) ui.Table {
	t := ui.Table{ID: "actions", Caption: "Actions du registre", CaptionHidden: true, Columns: []ui.Column{{Label: "Action", Wide: true}, {Label: "État"}, {Label: "Levier"}, {Label: "Où"}, {Label: "Porteur"}, {Label: "Projet"}, {Label: "CO₂e en moins, par an en 2030", Number: true}, {Label: "Investissement", Number: true}, {Label: "Complète à", Unit: "%", Number: true}}}
	for _, a := range rows {
		state := ui.Cell{Text: a.State.Name()}
		if a.State == action.Pool {
			state.Sub = action.Named(action.PoolStates(), a.PoolState)
		}
		holder := ui.Cell{Text: a.Holder}
		if a.Holder == "" {
			holder = ui.Cell{Missing: "Personne ne la porte encore."}
		}
		invest := ui.Cell{Missing: "Aucun budget n’est dit."}
		if a.Invest != nil {
			invest = ui.Cell{Text: action.Euros(*a.Invest)}
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: a.Title, Href: wording.ActionPath(a.ID), Sub: number(a.Seq), Check: &ui.Check{Name: "action", Value: a.ID + ":" + strconv.FormatInt(a.Rev, 10), Label: "Choisir l’action " + number(a.Seq)}},
			state, x.about(a), {Text: x.someplaces(a.Places)}, holder, {Text: action.Named(action.Statuses(), a.Status), Sub: action.Named(action.Phases(), a.Phase)}, brings(a), invest, {Text: strconv.Itoa(a.Complete)}}})
	}
	foot := ui.Row{Cells: []ui.Cell{{Text: "Tout ce que le filtre choisit"}, {Text: french.Integer(total.Count)}, {}, {}, {}, {}, {Missing: "Aucune n’est chiffrée."}, {Missing: "Aucune ne dit son budget."}, {}}}
	if total.Counted > 0 {
		foot.Cells[6] = ui.Cell{Text: total.Kg.Text(), Sub: french.Integer(total.Counted) + nb + french.Plural(total.Counted, "chiffrée", "chiffrées")}
	}
	if total.Budgeted > 0 {
		foot.Cells[7] = ui.Cell{Text: action.Euros(total.Invest), Sub: french.Integer(total.Budgeted) + nb + "avec un budget"}
	}
	t.Foot = []ui.Row{foot}
	return t
}

// column is one state of the board.
type column struct {
	ID, Name, Count, Brings, All string
	Cards                        []card
}

// card is one action of the board.
type card struct {
	Title, Href, About string
	Step               ui.Link
}

// cardsEach is how many actions a column of the board shows.
const cardsEach = 10

// board is the register by state: what waits for whom.
func (d Deps) board(w http.ResponseWriter, r *http.Request) error {
	x, err := d.at(r)
	if err != nil {
		return err
	}
	f, err := x.filter()
	if err != nil {
		return err
	}
	f.States = nil
	actor := shell.Actor(r)
	tally, err := d.Room.TallyBy(r.Context(), d.Q, actor, f, "state")
	if err != nil {
		return err
	}
	var list []column
	for _, s := range []action.State{action.Proposed, action.Qualified, action.Debated, action.Retaining, action.Retained, action.Pool} {
		c := column{ID: "colonne-" + string(s), Name: wording.Upper(s.Name()), Count: "0 action"}
		one := f
		one.States, one.Order = []action.State{s}, action.ByChange
		for _, t := range tally {
			if t.Code == string(s) {
				c.Count = french.Integer(t.Count) + nb + french.Plural(t.Count, "action", "actions")
				if t.Counted > 0 {
					c.Brings = t.Kg.Text() + " pour " + french.Integer(t.Counted) + nb + french.Plural(t.Counted, "chiffrée", "chiffrées")
				}
			}
		}
		page, err := d.Room.List(r.Context(), d.Q, actor, one, "", cardsEach)
		if err != nil {
			return err
		}
		for _, a := range page.Rows {
			k := card{Title: a.Title, Href: wording.ActionPath(a.ID), About: number(a.Seq) + ", " + x.about(a).Text}
			switch s {
			case action.Proposed:
				k.Step = ui.Link{Label: "Évaluer", Href: wording.GridPath(a.ID)}
			case action.Qualified:
				k.Step = ui.Link{Label: "Noter le débat", Href: wording.GridPath(a.ID)}
			case action.Debated:
				if x.cop.Cycle == cop.First {
					k.Step = ui.Link{Label: "Mettre sur une liste", Href: x.desk() + "/retenir"}
				}
			case action.Pool:
				k.Step = ui.Link{Label: "Proposer de nouveau", Href: wording.GridPath(a.ID)}
			}
			c.Cards = append(c.Cards, k)
		}
		if page.Next != "" {
			kept := url.Values{}
			for k, v := range x.ask {
				kept[k] = v
			}
			kept.Set("etat", string(s))
			c.All = x.desk() + "?" + kept.Encode()
		}
		list = append(list, c)
	}
	v := sections.View{Heading: ui.Heading{Overline: x.cop.Name + ", registre des actions", Title: title(tally), Scope: []string{"par état, les dernières modifiées d’abord"}}, Tabs: x.tabs(wording.RegisterBoard)}
	v.Parts = []sections.Part{{ID: "filtrer", Fold: "Filtrer", Forms: []sections.Form{x.filterForm(x.desk() + "/tableau")}}, {ID: "tableau", Title: "De la proposition à la liste des deux têtes", Bodies: []templ.Component{columns(list)}}}
	return d.show(w, r, http.StatusOK, x, v, "Tableau des actions")
}
