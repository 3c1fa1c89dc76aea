package exchange

import (
	"bufio"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"slices"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"

	"jalon/internal/action"
	"jalon/internal/apperr"
	"jalon/internal/office"
)

// ActionNames give the words of what an action holds by code.
type ActionNames struct {
	Lever     func(code string) string // as the lists of 2025 name it
	SIREN     func(org string) string
	Territory func(ref string) string
}

// aboutActions are columns that go out and are left aside when the file comes back.
var aboutActions = []ActionField{{Key: "number", Label: "Numéro"}, {Key: "state", Label: "État dans la COP"}, {Key: "lever_names", Label: "Noms des leviers"}, {Key: "place_names", Label: "Noms des territoires"}, {Key: "complete", Label: "Complétude (sur 100)"}, {Key: "kt", Label: "Apport chiffré en 2030 (ktCO₂e par an)"}}

// ActionsDataset is the list of actions as one wide table: one row each, the columns
// that an import reads back, then those that only tell.
func ActionsDataset(name, title, note string, list iter.Seq2[action.Action, error], names ActionNames) Dataset {
	d := Dataset{Name: name, Title: title, Note: note, Source: "Jalon, registre des actions"}
	for _, f := range slices.Concat(actionFields, aboutActions) {
		if f.Key == "note" {
			continue
		}
		number := f.Key == "invest" || f.Key == "operation" || f.Key == "fte" || f.Key == "quantity" || f.Key == "number" || f.Key == "complete" || f.Key == "kt" || strings.HasPrefix(f.Key, "amount")
		d.Fields = append(d.Fields, Field{Name: f.Label, Label: f.Label, Number: number, Missing: "non renseigné"})
	}
	d.Rows = func(yield func([]Datum, error) bool) {
		for x, err := range list {
			if err != nil {
				yield(nil, err)
				return
			}
			cells := actionCells(x, names)
			row := make([]Datum, 0, len(d.Fields))
			for _, f := range slices.Concat(actionFields, aboutActions) {
				if f.Key != "note" {
					c := cells[f.Key]
					c.Number = d.Fields[len(row)].Number
					row = append(row, c)
				}
			}
			if !yield(row, nil) {
				return
			}
		}
	}
	return d
}

// actionCells are the cells of an action by what they hold.
func actionCells(x action.Action, names ActionNames) map[string]Datum {
	places, placeNames, leverNames := make([]string, len(x.Places)), make([]string, len(x.Places)), make([]string, len(x.Levers))
	for i, p := range x.Places {
		places[i], placeNames[i] = p.Territory, names.Territory(p.Territory)
	}
	for i, l := range x.Levers {
		leverNames[i] = names.Lever(l)
	}
	cells := map[string]Datum{"id": Text(x.ID), "title": Text(x.Title), "summary": Text(x.Summary), "kind": Text(x.Kind.Name()), "levers": Text(strings.Join(x.Levers, "; ")), "places": Text(strings.Join(places, "; ")),
		"holder": Text(x.Holder.Name), "siren": Text(names.SIREN(x.Holder.Org)), "co_holders": Text(partiesText(x.CoHolders)), "partners": Text(partiesText(x.Partners)), "contact": Text(x.Contact), "email": Text(x.Email), "referent": Text(x.Referent),
		"step": Text(action.Named(action.Steps(), x.Step)), "starts": Text(x.Starts), "ends": Text(x.Ends), "phase": Text(action.Named(action.Phases(), x.Phase)), "status": Text(action.Named(action.Statuses(), x.Status)),
		"pool": Text(action.Named(action.PoolStates(), x.PoolState)), "invest": Number(eurosOf(x.Budget.Invest)), "operation": Number(eurosOf(x.Budget.Operation)), "fte": Number(eurosOf(x.Budget.FTE)),
		"number": Integer(x.Seq), "state": Text(x.State.Name()), "lever_names": Text(strings.Join(leverNames, "; ")), "place_names": Text(strings.Join(placeNames, "; ")), "complete": Integer(x.Completeness().Points)}
	var tasks []string
	for _, t := range x.Tasks {
		tasks = append(tasks, t.Title)
	}
	cells["tasks"] = Text(strings.Join(tasks, "\n"))
	for i, f := range x.Funding[:min(3, len(x.Funding))] {
		n := strconv.Itoa(i + 1)
		cells["funder"+n], cells["amount"+n], cells["granted"+n] = Text(f.Funder), Number(eurosOf(f.Amount)), Text(action.Named(action.FundingStates(), f.State))
	}
	if len(x.Indicators) > 0 {
		v := x.Indicators[0]
		cells["indicator"], cells["unit"] = Text(v.Name), Text(v.Unit)
		if v.Target != nil {
			cells["quantity"] = Number(Plain(*v.Target))
		}
		if v.Year > 0 {
			cells["year"] = Text(strconv.Itoa(v.Year))
		}
	}
	var kg int64
	known := false
	for _, p := range x.Impacts {
		if p.Kg != nil {
			kg, known = kg+int64(*p.Kg), true
		}
	}
	if known {
		cells["kt"] = Number(KgAsKt(kg))
	}
	return cells
}

func partiesText(list []action.Party) string {
	names := make([]string, len(list))
	for i, p := range list {
		names[i] = p.Name
	}
	return strings.Join(names, "; ")
}

// eurosOf writes hundredths exactly: «12.5», empty when they are missing.
func eurosOf(v *int64) string {
	if v == nil {
		return ""
	}
	text := strconv.FormatInt(*v/100, 10)
	if rest := *v % 100; rest != 0 {
		text += "." + strings.TrimRight(strconv.FormatInt(100+rest, 10)[1:], "0")
	}
	return text
}

// WriteTeT writes the 28 columns where their reader looks for them: the header in row 2,
// data from row 4.
func WriteTeT(w io.Writer, title string, list iter.Seq2[action.Action, error], names ActionNames) (rows int64, err error) {
	defer apperr.Wrap(&err, "exchange.WriteTeT")
	f := excelize.NewFile()
	defer func() {
		if cerr := f.Close(); err == nil {
			err = cerr
		}
	}()
	s, err := f.NewStreamWriter("Sheet1")
	if err != nil {
		return 0, err
	}
	heads, blank := make([]any, len(tetColumns)), make([]any, len(tetColumns))
	for i, c := range tetColumns {
		heads[i], blank[i] = c[0], ""
	}
	blank[0] = "Les actions suivent."
	for i, row := range [][]any{{title}, heads, blank} {
		if err := s.SetRow("A"+strconv.Itoa(i+1), row); err != nil {
			return 0, err
		}
	}
	line := 4
	put := func(values map[string]any, notes map[string]string) error {
		row := make([]any, len(tetColumns))
		for i, c := range tetColumns {
			row[i] = values[c[1]]
			if c[1] == "note" {
				row[i] = notes[c[0]]
			}
		}
		line++
		return s.SetRow("A"+strconv.Itoa(line-1), row)
	}
	for x, err := range list {
		if err != nil {
			return rows, err
		}
		if err := put(tetValues(x, names)); err != nil {
			return rows, err
		}
		for _, t := range x.Tasks {
			if err := put(map[string]any{"sub": t.Title, "contact": t.Who, "ends": tetDay(t.Due)}, nil); err != nil {
				return rows, err
			}
		}
		rows++
	}
	if err := s.Flush(); err != nil {
		return rows, err
	}
	return rows, f.Write(w)
}

// tetValues are the cells of an action in the 28 columns. The axis is the theme of the
// lever; what has no column of its own is left out, not hidden in another one.
func tetValues(x action.Action, names ActionNames) (map[string]any, map[string]string) {
	c := actionCells(x, names)
	values := map[string]any{"starts": tetDay(x.Starts), "ends": tetDay(x.Ends)}
	for _, key := range []string{"title", "summary", "holder", "partners", "contact", "referent", "funder1", "funder2", "funder3"} {
		values[key] = c[key].Text
	}
	for _, key := range []string{"amount1", "amount2", "amount3", "invest"} {
		if v, err := strconv.ParseFloat(c[key].Text, 64); err == nil {
			values[key] = v
		}
	}
	values["status"] = map[string]string{"coming": "À venir", "going": "En cours", "late": "En retard", "paused": "En pause", "blocked": "Bloqué", "abandoned": "Abandonné", "done": "Réalisé"}[x.Status]
	notes := map[string]string{}
	if len(x.Levers) > 0 {
		notes["Axe (x)"] = names.Lever(x.Levers[0])
	}
	return values, notes
}

// tetDay writes a day as its reader takes it; a month or a year is its first day.
func tetDay(when string) string {
	if when == "" {
		return ""
	}
	full := when + "-01-01"[min(len(when)-4, 6):]
	return full[8:10] + "/" + full[5:7] + "/" + full[:4]
}

// WriteProjects writes the fields of the schema of projects, with those of the vivier
// when they are wanted, cut by commas as the schema's own example is.
func WriteProjects(w io.Writer, vivier bool, millesime string, list iter.Seq2[action.Action, error], names ActionNames) (rows int64, err error) {
	defer apperr.Wrap(&err, "exchange.WriteProjects")
	heads := make([]string, 0, len(communsColumns)+3)
	for _, c := range communsColumns {
		heads = append(heads, c[0])
	}
	if vivier {
		heads = append(heads, "copMillesime", "copStatutVivier", "territoire")
	}
	buffered := bufio.NewWriter(w)
	out := csv.NewWriter(buffered)
	if err := out.Write(heads); err != nil {
		return 0, err
	}
	for x, err := range list {
		if err != nil {
			return rows, err
		}
		p := projectOf(x, names)
		row := make([]string, len(heads))
		for i, h := range heads {
			switch v := p[h].(type) {
			case string:
				row[i] = Inert(v)
			case []string:
				b, err := json.Marshal(v)
				if err != nil {
					return rows, err
				}
				row[i] = string(b)
			case int64:
				row[i] = strconv.FormatInt(v, 10)
			}
		}
		if vivier {
			row[len(heads)-3], row[len(heads)-2], row[len(heads)-1] = millesime, x.PoolState, actionCells(x, names)["places"].Text
		}
		if err := out.Write(row); err != nil {
			return rows, err
		}
		rows++
	}
	out.Flush()
	if err := out.Error(); err != nil {
		return rows, err
	}
	return rows, buffered.Flush()
}

// WriteProjectsJSON writes the same fields as a list of objects.
func WriteProjectsJSON(w io.Writer, list iter.Seq2[action.Action, error], names ActionNames) (int64, error) {
	return writeJSONList(w, func(x action.Action) any { return projectOf(x, names) }, list)
}

// WriteActionsJSON writes whole actions, as the program holds them.
func WriteActionsJSON(w io.Writer, list iter.Seq2[action.Action, error]) (int64, error) {
	return writeJSONList(w, func(x action.Action) any { return x }, list)
}

func writeJSONList(w io.Writer, of func(action.Action) any, list iter.Seq2[action.Action, error]) (rows int64, err error) {
	out := bufio.NewWriter(w)
	if _, err := out.WriteString("["); err != nil {
		return 0, err
	}
	for x, err := range list {
		if err != nil {
			return rows, err
		}
		b, err := json.Marshal(of(x))
		if err != nil {
			return rows, err
		}
		if rows > 0 {
			b = append([]byte(","), b...)
		}
		if _, err := fmt.Fprintf(out, "\n%s", b); err != nil {
			return rows, err
		}
		rows++
	}
	if _, err := out.WriteString("\n]\n"); err != nil {
		return rows, err
	}
	return rows, out.Flush()
}

// projectOf is an action by the fields of the schema. The schema knows no status before
// the project begins: a coming one has none.
func projectOf(x action.Action, names ActionNames) map[string]any {
	levers := make([]string, len(x.Levers))
	for i, l := range x.Levers {
		levers[i] = names.Lever(l)
	}
	const stamp = "2006-01-02T15:04:05.000Z"
	id := x.ID
	for _, prefix := range []string{"communs:", "vivier:"} {
		if own, ok := strings.CutPrefix(x.Origin, prefix); ok && !strings.HasPrefix(own, "#") {
			id = own
		}
	}
	p := map[string]any{"id": id, "createdAt": x.At.UTC().Format(stamp), "updatedAt": x.Changed.UTC().Format(stamp), "nom": x.Title, "description": x.Summary, "dateDebutPrevisionnelle": x.Starts,
		"phase":                map[string]string{"idea": "Idée", "study": "Étude", "operation": "Opération"}[x.Phase],
		"phaseStatut":          map[string]string{"going": "En cours", "late": "En retard", "paused": "En pause", "blocked": "Bloqué", "abandoned": "Abandonné", "done": "Terminé"}[x.Status],
		"porteurReferentEmail": x.Email, "porteurReferentNom": x.Contact, "competences": []string{}, "leviers": levers, "collectiviteIds": []string{}}
	if x.Budget.Invest != nil {
		p["budgetPrevisionnel"] = (*x.Budget.Invest + 50) / 100
	}
	return p
}

// WriteODS writes a data set as a spreadsheet of OpenDocument.
func WriteODS(w io.Writer, d Dataset) (int64, error) {
	return office.WriteSheet(w, "Données", d.Names(), func(yield func([]office.SheetCell, error) bool) {
		for row, err := range d.Rows {
			cells := make([]office.SheetCell, len(row))
			for i, c := range row {
				cells[i] = office.SheetCell{Text: c.Text, Number: c.Number}
			}
			if !yield(cells, err) {
				return
			}
		}
	})
}
