package cops

import (
	"bytes"
	"net/http"
	"strconv"
	"time"

	"jalon/internal/cop"
	"jalon/internal/exchange"
	"jalon/internal/french"
	"jalon/internal/journal"
	"jalon/internal/policy"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
)

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
	page, err := d.Room.Journal.List(r.Context(), d.Q, journal.Filter{COPs: []string{c.ID}}, r.URL.Query().Get("apres"), workPage)
	if err != nil {
		return err
	}
	people, err := d.names(r, c)
	if err != nil {
		return err
	}
	zone, err := time.LoadLocation(c.Zone)
	if err != nil {
		zone = time.UTC
	}
	base := c.Path() + "/bureau/journal"
	v := workView{Heading: ui.Heading{Overline: "Journal", Title: name + nb + ": qui a fait quoi dans la COP", Scope: []string{"une ligne par acte, jamais modifiée", "à l’heure de la région"}},
		Tabs: tabs(r, c, "/bureau/journal")}
	v.Table = ui.Table{ID: "journal", Caption: "Les actes, du plus récent au plus ancien", Columns: []ui.Column{{Label: "Quand"}, {Label: "Qui"}, {Label: "Quoi", Wide: true}}}
	for _, e := range page.Entries {
		if err := d.know(r, people, e.Actor); err != nil {
			return err
		}
		who := people[e.Actor]
		if who == "" {
			who = "Jalon"
			if e.Actor != "" {
				who = "une personne dont le compte est effacé"
			}
		}
		at := e.At.In(zone)
		v.Table.Rows = append(v.Table.Rows, ui.Row{Cells: []ui.Cell{{Text: french.Date(at) + ", " + at.Format("15:04")}, {Text: who}, {Text: cop.Sentence(e)}}})
	}
	if len(page.Entries) == 0 {
		v.Empty = &ui.Empty{Title: "Aucun acte pour l’instant", Text: "Chaque événement, réunion, actualité ou validation paraîtra ici."}
	}
	if page.Next != "" {
		v.Pager.Next = base + "?apres=" + page.Next
	}
	if policy.Can(a, policy.Export, c.Thing(policy.Journal)) {
		v.Download = base + ".csv"
	}
	return d.workPage(w, r, http.StatusOK, name, c, v, journalPage)
}

// actsCSV is the whole journal of a COP, as it is kept: ids only.
func (d Deps) actsCSV(w http.ResponseWriter, r *http.Request) error {
	c, _, err := d.find(r)
	if err != nil {
		return err
	}
	if err := policy.Check(shell.Actor(r), policy.Export, c.Thing(policy.Journal)); err != nil {
		return err
	}
	zone, err := time.LoadLocation(c.Zone)
	if err != nil {
		zone = time.UTC
	}
	data := exchange.Dataset{Name: "journal-" + c.ID}
	for _, column := range journal.Header() {
		data.Fields = append(data.Fields, exchange.Field{Name: column})
	}
	data.Rows = func(yield func([]exchange.Datum, error) bool) {
		for e, err := range journal.All(r.Context(), d.Q, journal.Filter{COPs: []string{c.ID}}) {
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
