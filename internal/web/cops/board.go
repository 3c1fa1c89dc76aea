package cops

import (
	"bytes"
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"jalon/internal/cop"
	"jalon/internal/exchange"
	"jalon/internal/french"
	"jalon/internal/policy"
	"jalon/internal/territory"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
)

// boardRow is a COP as the national team reads it on a day.
type boardRow struct {
	standing
	held, counted, declared     int64
	countedAt, without, largest int64
}

// since is how many days ago something last happened, -1 when nothing did.
func (b boardRow) since(on string) int {
	if b.State.Last == nil {
		return -1
	}
	return days(b.State.Last.Day, on)
}

// board reads the 18 in three statements, whatever their meetings.
func (d Deps) boardRows(ctx context.Context, tree *territory.Tree, on string) ([]boardRow, error) {
	list, err := d.standings(ctx, tree, cop.First, on)
	if err != nil {
		return nil, err
	}
	moves, err := cop.MobilisationAt(ctx, d.Q, cop.First, on)
	if err != nil {
		return nil, err
	}
	out := make([]boardRow, 0, len(list))
	for _, s := range list {
		row := boardRow{standing: s}
		for _, x := range moves {
			if x.COP == s.ID {
				row.held, row.counted, row.declared = row.held+x.Held, row.counted+x.Counted, row.declared+x.Declared
				row.countedAt, row.without, row.largest = row.countedAt+x.CountedAt, row.without+x.WithoutFigure, max(row.largest, x.Largest)
			}
		}
		out = append(out, row)
	}
	return out, nil
}

// boardSorts are the orders that a reader may ask for.
var boardSorts = []struct{ code, label string }{{"region", "Région"}, {"etape", "Étape"}, {"depuis", "Depuis"}, {"reunions", "Réunions tenues"}, {"presents", "Personnes comptées"}}

func sortBoard(rows []boardRow, by, on string) {
	slices.SortStableFunc(rows, func(x, y boardRow) int {
		switch by {
		case "etape":
			return slices.Index(cop.Stages(), y.State.Stage) - slices.Index(cop.Stages(), x.State.Stage)
		case "depuis":
			return y.since(on) - x.since(on)
		case "reunions":
			return int(y.held - x.held)
		case "presents":
			return int(y.counted - x.counted)
		}
		return 0
	})
}

func (d Deps) mayRead(r *http.Request, v policy.Verb) error {
	return policy.Check(shell.Actor(r), v, policy.Thing{Kind: policy.Board})
}

func (d Deps) board(w http.ResponseWriter, r *http.Request) error {
	if err := d.boardReader(r); err != nil {
		return err
	}
	on, err := d.day(r)
	if err != nil {
		return err
	}
	m, err := d.Model(r.Context())
	if err != nil {
		return err
	}
	rows, err := d.boardRows(r.Context(), m.Tree(), on)
	if err != nil {
		return err
	}
	by := r.URL.Query().Get("tri")
	sortBoard(rows, by, on)
	stalled, counted, declared, held := 0, int64(0), int64(0), int64(0)
	v := allView{Title: "", Scope: []string{"cycle 2023-24", "au " + french.Day(on), "réservé aux équipes"},
		Field: ui.Field{ID: "jour", Label: "Lire le tableau à une autre date", Type: "date", Value: on}, Action: "/national"}
	v.Map = ui.Map{ID: "carte", Title: "L’étape de chaque région au " + french.Day(on), ListTitle: "Les régions"}
	for _, c := range classes {
		v.Map.Legend = append(v.Map.Legend, c.label)
	}
	v.Table = ui.Table{ID: "tableau-national", Caption: "Les 18 COP au " + french.Day(on), Columns: []ui.Column{{Label: "Région"}, {Label: "Étape"}, {Label: "Lancement"},
		{Label: "Dernier événement", Wide: true}, {Label: "Depuis", Unit: "jours", Number: true}, {Label: "Réunions", Unit: "tenues", Number: true},
		{Label: "Comptées", Unit: "personnes", Number: true}, {Label: "Déclarées", Unit: "personnes", Number: true}}}
	at := map[string]int{"region": 0, "etape": 1, "depuis": 4, "reunions": 5, "presents": 6}
	for _, s := range boardSorts {
		c := &v.Table.Columns[at[s.code]]
		c.SortHref = "/national?jour=" + on + "&tri=" + s.code
		if s.code == by {
			if c.Sorted = "descending"; s.code == "region" {
				c.Sorted = "ascending"
			}
		}
	}
	for _, b := range rows {
		href := "/regions/" + b.Region.Slug
		v.Map.Places = append(v.Map.Places, ui.Place{Code: b.Region.Code, Name: b.Region.Name, Href: href, Text: strings.ToLower(b.State.Stage.Name()), Class: classOf(b.State.Stage)})
		line := cells(b.standing, href, on)
		none := ui.Cell{Missing: "aucune réunion n’est enregistrée dans Jalon à cette date"}
		meetings, came, said := none, none, none
		if b.held > 0 {
			meetings = ui.Cell{Text: french.Integer(b.held)}
			if came = (ui.Cell{Missing: "personne n’a été compté à ces réunions"}); b.countedAt > 0 {
				came = ui.Cell{Text: french.Integer(b.counted)}
			}
			if said = (ui.Cell{Missing: "aucun nombre n’a été déclaré"}); b.held > b.countedAt+b.without {
				said = ui.Cell{Text: french.Integer(b.declared)}
			}
		}
		v.Table.Rows = append(v.Table.Rows, ui.Row{Cells: append(line, meetings, came, said)})
		if n := b.since(on); n > 180 || n < 0 {
			stalled++
		}
		held, counted, declared = held+b.held, counted+b.counted, declared+b.declared
	}
	v.Title = "Tableau national" + nb + ": " + french.Integer(stalled) + nb + french.Plural(stalled, "région", "régions") + " sans événement daté depuis six mois"
	v.Figures = []ui.KeyFigure{
		{Label: "Réunions tenues", Value: ui.Value{Text: french.Integer(held)}, Meaning: "enregistrées par les équipes, celles des départements comprises"},
		{Label: "Personnes comptées", Value: ui.Value{Text: french.Integer(counted)}, Meaning: "sur des listes de présence\u00a0; une personne venue deux fois compte deux fois"},
		{Label: "Personnes déclarées", Value: ui.Value{Text: french.Integer(declared)}, Meaning: "par les équipes, jamais ajoutées aux précédentes"},
	}
	v.Left = []string{
		"Une étape compte du jour qu’un événement daté prouve\u00a0: ce qui n’est pas daté n’y est pas.",
		"Les réunions tenues avant Jalon, ou que personne n’a enregistrées, n’y sont pas\u00a0; les chiffres du point d’étape de mai 2024 (environ 3\u202f000 personnes aux lancements) ne s’y ajoutent pas.",
		"Les COP de 2025 et de 2026 n’y sont pas.",
	}
	v.Foot = ui.Source{Text: "événements et réunions enregistrés dans Jalon, chacun avec sa source.", Downloads: []ui.Link{{Label: "Ce tableau (CSV)", Href: "/national/tableau.csv?jour=" + on}}, Print: true}
	page := d.Shell.Page(r, v.Title, "", ui.Link{Label: "France", Href: "/france/panorama"}, ui.Link{Label: "Tableau national"})
	page.NoIndex, page.Canonical = true, ""
	return d.Shell.Render(w, r, page, boardPage(v))
}

// boardReader admits whoever holds a role that reads the board, wherever they
// hold it: a region's team compares itself with the others.
func (d Deps) boardReader(r *http.Request) error {
	if f := policy.Where(shell.Actor(r), policy.Read, policy.Board); !f.None() {
		return nil
	}
	return d.mayRead(r, policy.Read)
}

func (d Deps) boardCSV(w http.ResponseWriter, r *http.Request) error {
	if err := d.boardReader(r); err != nil {
		return err
	}
	on, err := d.day(r)
	if err != nil {
		return err
	}
	m, err := d.Model(r.Context())
	if err != nil {
		return err
	}
	rows, err := d.boardRows(r.Context(), m.Tree(), on)
	if err != nil {
		return err
	}
	data := exchange.Dataset{Name: "tableau-national-" + on, Fields: []exchange.Field{{Name: "jour"}, {Name: "code_region"}, {Name: "region"}, {Name: "etape"}, {Name: "lancement"},
		{Name: "dernier_evenement"}, {Name: "date_dernier_evenement"}, {Name: "source"}, {Name: "jours_depuis", Number: true}, {Name: "reunions_tenues", Number: true},
		{Name: "personnes_comptees", Number: true}, {Name: "personnes_declarees", Number: true}, {Name: "reunions_sans_nombre", Number: true}}}
	data.Rows = func(yield func([]exchange.Datum, error) bool) {
		for _, b := range rows {
			launch, last, day, source, since := "", "", "", "", ""
			if e, ok := b.State.Launched(); ok {
				launch = e.Day
			}
			if e := b.State.Last; e != nil {
				last, day, source, since = e.Stage.Name()+", "+e.Mark.Name(), e.Day, e.Source, strconv.Itoa(b.since(on))
			}
			n := func(v int64) exchange.Datum { return exchange.Number(strconv.FormatInt(v, 10)) }
			if !yield([]exchange.Datum{exchange.Text(on), exchange.Text(b.Region.Code), exchange.Text(b.Region.Name), exchange.Text(b.State.Stage.Name()), exchange.Text(launch), exchange.Text(last),
				exchange.Text(day), exchange.Text(source), exchange.Number(since), n(b.held), n(b.counted), n(b.declared), n(b.without)}, nil) {
				return
			}
		}
	}
	var body bytes.Buffer
	if _, err := exchange.WriteCSV(&body, data, ','); err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="`+data.Name+`.csv"`)
	w.Header().Set("Content-Length", strconv.Itoa(body.Len()))
	_, err = w.Write(body.Bytes())
	return err
}
