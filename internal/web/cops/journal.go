package cops

import (
	"cmp"
	"io"
	"maps"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"jalon/internal/account"
	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/exchange"
	"jalon/internal/french"
	"jalon/internal/journal"
	"jalon/internal/policy"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
)

const nationalJournal = "/national/journal"

// chosen is what a reader asks of a journal.
type chosen struct {
	journal.Filter
	who, kind, from, to string
}

// choose reads the filter of a journal, whose days are those of a zone.
func choose(r *http.Request, zone *time.Location) (c chosen, err error) {
	q := r.URL.Query()
	c = chosen{who: q.Get("qui"), kind: q.Get("quoi"), from: q.Get("du"), to: q.Get("au")}
	c.Actor, c.Kind = c.who, c.kind
	for _, x := range []struct {
		text string
		to   *time.Time
		more int
	}{{c.from, &c.From, 0}, {c.to, &c.To, 1}} {
		if x.text == "" {
			continue
		}
		day, err := time.ParseInLocation(time.DateOnly, x.text, zone)
		if err != nil {
			return c, apperr.New(apperr.Invalid, err, "La date demandée ne se lit pas\u00a0: écrivez-la comme 2024-05-27.")
		}
		*x.to = day.AddDate(0, 0, x.more)
	}
	return c, nil
}

// query is the address of what is chosen.
func (c chosen) query(more ...string) string {
	v := url.Values{}
	for _, x := range append([][2]string{{"qui", c.who}, {"quoi", c.kind}, {"du", c.from}, {"au", c.to}}, pairs(more)...) {
		if x[1] != "" {
			v.Set(x[0], x[1])
		}
	}
	if len(v) == 0 {
		return ""
	}
	return "?" + v.Encode()
}

func pairs(list []string) (out [][2]string) {
	for i := 0; i+1 < len(list); i += 2 {
		out = append(out, [2]string{list[i], list[i+1]})
	}
	return out
}

// fields are the filters of a journal; people are those to choose among, an
// actor who is not there any more stays chosen.
func (c chosen) fields(people map[string]string) []ui.Field {
	who := ui.Field{ID: "qui", Label: "Qui", Type: "select", Options: []ui.Option{{Label: "tout le monde"}}}
	for _, id := range byName(people) {
		who.Options = append(who.Options, ui.Option{Value: id, Label: people[id], Selected: id == c.who})
	}
	if c.who != "" && people[c.who] == "" {
		who.Options = append(who.Options, ui.Option{Value: c.who, Label: "la personne choisie", Selected: true})
	}
	what := ui.Field{ID: "quoi", Label: "Sur quoi", Type: "select", Options: []ui.Option{{Label: "tout"}}}
	for _, k := range cop.JournalKinds() {
		what.Options = append(what.Options, ui.Option{Value: k.Code, Label: k.Name, Selected: k.Code == c.kind})
	}
	return []ui.Field{who, what, {ID: "du", Label: "Du", Type: "date", Value: c.from}, {ID: "au", Label: "Au", Type: "date", Value: c.to}}
}

// table draws acts, in a zone; cops names the COPs when there are several.
func table(entries []journal.Entry, people map[string]string, zone *time.Location, cops map[string]string) ui.Table {
	t := ui.Table{ID: "journal", Caption: "Les actes, du plus récent au plus ancien", Columns: []ui.Column{{Label: "Quand"}, {Label: "Qui"}, {Label: "Quoi", Wide: true}}}
	if cops != nil {
		t.Columns = append(t.Columns, ui.Column{Label: "COP"})
	}
	for _, e := range entries {
		who := people[e.Actor]
		if who == "" {
			who = "Jalon"
			if e.Actor != "" {
				who = "une personne dont le compte est effacé"
			}
		}
		at := e.At.In(zone)
		row := []ui.Cell{{Text: french.Date(at) + ", " + at.Format("15:04")}, {Text: who}, {Text: cop.Sentence(e)}}
		if cops != nil {
			row = append(row, ui.Cell{Text: cops[e.COP]})
		}
		t.Rows = append(t.Rows, ui.Row{Cells: row})
	}
	return t
}

// acts is the journal of a COP: who did what, and when.
func (d Deps) acts(w http.ResponseWriter, r *http.Request) error {
	c, name, err := d.find(r)
	if err != nil {
		return err
	}
	a := shell.Actor(r)
	if err := policy.Check(a, policy.Read, c.Thing(policy.Journal)); err != nil {
		return err
	}
	asked, err := choose(r, c.Location())
	if err != nil {
		return err
	}
	asked.COPs = []string{c.ID}
	page, err := d.Room.Journal.List(r.Context(), d.Q, asked.Filter, r.URL.Query().Get("apres"), workPage)
	if err != nil {
		return err
	}
	people, err := d.names(r, c)
	if err != nil {
		return err
	}
	if err := d.named(r, people, page.Entries); err != nil {
		return err
	}
	base := c.Path() + "/bureau/journal"
	v := workView{Heading: ui.Heading{Overline: "Journal", Title: name + nb + ": qui a fait quoi dans la COP", Scope: []string{"une ligne par acte, jamais modifiée", "à l’heure de la région"}},
		Tabs: tabs(r, c, "/bureau/journal"), Action: base, Fields: asked.fields(people), Table: table(page.Entries, people, c.Location(), nil)}
	v.after(page, base, asked, policy.Can(a, policy.Export, c.Thing(policy.Journal)))
	return d.workPage(w, r, http.StatusOK, name, c, v, journalPage)
}

// after says what follows a page of a journal, or why there is nothing.
func (v *workView) after(page journal.Page, base string, asked chosen, export bool) {
	switch {
	case len(page.Entries) > 0:
	case asked.query() != "":
		v.Empty = &ui.Empty{Title: "Aucun acte ne correspond", Text: "Changez de personne, de sujet ou de dates."}
	default:
		v.Empty = &ui.Empty{Title: "Aucun acte pour l’instant", Text: "Chaque événement, réunion, actualité ou validation paraîtra ici."}
	}
	if page.Next != "" {
		v.Pager.Next = base + asked.query("apres", page.Next)
	}
	if export {
		v.Download = base + ".csv" + asked.query()
	}
}

// nationActs is the journal of the whole country, for the national administration.
func (d Deps) nationActs(w http.ResponseWriter, r *http.Request) error {
	thing := policy.Thing{Kind: policy.Journal}
	if err := policy.Check(shell.Actor(r), policy.Read, thing); err != nil {
		return err
	}
	zone := d.paris()
	asked, err := choose(r, zone)
	if err != nil {
		return err
	}
	page, err := d.Room.Journal.List(r.Context(), d.Q, asked.Filter, r.URL.Query().Get("apres"), workPage)
	if err != nil {
		return err
	}
	people := map[string]string{}
	if err := d.named(r, people, append(page.Entries, journal.Entry{Actor: asked.who})); err != nil {
		return err
	}
	cops, err := copNames(r, d.Q)
	if err != nil {
		return err
	}
	v := workView{Heading: ui.Heading{Overline: "Journal", Title: "Qui a fait quoi, dans toute la France", Scope: []string{"une ligne par acte, jamais modifiée", "à l’heure de Paris", "réservé à l’administration nationale"}},
		Action: nationalJournal, Fields: asked.fields(people), Table: table(page.Entries, people, zone, cops)}
	v.after(page, nationalJournal, asked, policy.Can(shell.Actor(r), policy.Export, thing))
	p := d.Shell.Page(r, v.Heading.Title, "", ui.Link{Label: "France", Href: "/france/panorama"}, ui.Link{Label: "Tableau national", Href: "/national"}, ui.Link{Label: "Journal"})
	p.NoIndex, p.Canonical = true, ""
	return d.Shell.Render(w, r, p, journalPage(v))
}

// named adds the names of who acted to those of the people who work there.
func (d Deps) named(r *http.Request, people map[string]string, entries []journal.Entry) error {
	ids := map[string]bool{}
	for _, e := range entries {
		if people[e.Actor] == "" && e.Actor != "" {
			ids[e.Actor] = true
		}
	}
	found, err := account.Names(r.Context(), d.Q, slices.Sorted(maps.Keys(ids)))
	maps.Copy(people, found)
	return err
}

// copNames names every COP, in one statement.
func copNames(r *http.Request, q db.Q) (map[string]string, error) {
	all, err := cop.All(r.Context(), q)
	out := map[string]string{}
	for _, c := range all {
		out[c.ID] = c.Name + ", " + c.Cycle
	}
	return out, err
}

// actsCSV is the journal of a COP, as it is kept: ids only.
func (d Deps) actsCSV(w http.ResponseWriter, r *http.Request) error {
	c, _, err := d.find(r)
	if err != nil {
		return err
	}
	if err := policy.Check(shell.Actor(r), policy.Export, c.Thing(policy.Journal)); err != nil {
		return err
	}
	asked, err := choose(r, c.Location())
	if err != nil {
		return err
	}
	asked.COPs = []string{c.ID}
	return d.sendActs(w, r, "journal-"+c.ID, asked, c.Location())
}

func (d Deps) nationActsCSV(w http.ResponseWriter, r *http.Request) error {
	if err := policy.Check(shell.Actor(r), policy.Export, policy.Thing{Kind: policy.Journal}); err != nil {
		return err
	}
	asked, err := choose(r, d.paris())
	if err != nil {
		return err
	}
	return d.sendActs(w, r, "journal", asked, d.paris())
}

func (d Deps) sendActs(w http.ResponseWriter, r *http.Request, name string, asked chosen, zone *time.Location) error {
	data := exchange.Dataset{Name: name}
	for _, column := range journal.Header() {
		data.Fields = append(data.Fields, exchange.Field{Name: column})
	}
	data.Rows = func(yield func([]exchange.Datum, error) bool) {
		for e, err := range journal.All(r.Context(), d.Q, asked.Filter) {
			var cells []exchange.Datum
			if err == nil {
				for _, text := range e.Record(zone) {
					cells = append(cells, exchange.Text(text))
				}
			}
			if !yield(cells, err) {
				return
			}
		}
	}
	// Written whole before anything is sent: a failure is an error page, and a long
	// journal is not kept in memory.
	f, err := os.CreateTemp("", "jalon-journal-*.csv")
	if err != nil {
		return err
	}
	defer func() { _, _ = f.Close(), os.Remove(f.Name()) }() // nothing more can be done about either
	if _, err := exchange.WriteCSV(f, data, ','); err != nil {
		return err
	}
	size, err := f.Seek(0, io.SeekCurrent)
	if err != nil {
		return err
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="`+data.Name+`.csv"`)
	w.Header().Set("Content-Length", strconv.FormatInt(size, 10))
	_, err = io.Copy(w, f)
	return err
}

// byName lists ids in the French order of their names.
func byName(names map[string]string) []string {
	return slices.SortedFunc(maps.Keys(names), func(a, b string) int {
		return cmp.Or(strings.Compare(french.SortKey(names[a]), french.SortKey(names[b])), strings.Compare(a, b))
	})
}
