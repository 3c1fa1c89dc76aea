package exchange

import (
	"bytes"
	"slices"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"

	"jalon/internal/apperr"
	"jalon/internal/document"
	"jalon/internal/roadmap/live"
)

// TablesPart is the workbook of a publication, beside the parts that every one has.
const TablesPart = "document.xlsx"

// RoadmapBook is a roadmap as a workbook: objectives, actions, coverage, needs, a sheet
// each, as the document holds them. What the document leaves out has no sheet.
func RoadmapBook(d document.Document) (_ []byte, err error) {
	defer apperr.Wrap(&err, "exchange.RoadmapBook(%q)", d.Kind)
	f := excelize.NewFile()
	defer func() {
		if cerr := f.Close(); err == nil {
			err = cerr
		}
	}()
	const first = "Lire d’abord"
	if err := f.SetSheetName("Sheet1", first); err != nil {
		return nil, err
	}
	about := [][]any{{d.Title}, {d.Subtitle}}
	for _, line := range append(d.Cover(), d.Mark, d.Address, "Un chiffre absent est dit avec sa raison\u00a0: il n’est jamais zéro. L’explication de chaque chiffre se lit sur la page de l’édition.") {
		if line != "" {
			about = append(about, []any{line})
		}
	}
	if d.Demo {
		about = append(about, []any{document.DemoMark})
	}
	for i := range about {
		if err := f.SetSheetRow(first, "A"+strconv.Itoa(i+1), &about[i]); err != nil {
			return nil, err
		}
	}
	if err := f.SetColWidth(first, "A", "A", 100); err != nil {
		return nil, err
	}
	found := map[string]document.Table{}
	var sheets []document.Table
	for _, p := range d.Parts {
		for _, b := range p.Blocks {
			t, ok := b.(document.Table)
			switch {
			case !ok:
			case strings.HasPrefix(t.ID, live.SheetPrefix):
				sheets = append(sheets, t)
			default:
				found[t.ID] = t
			}
		}
	}
	if len(sheets) > 0 {
		found["actions"] = actionsTable(sheets)
	}
	for _, s := range [][2]string{{"objectifs-partages", "Objectifs"}, {"actions", "Actions"}, {"couverture", "Couverture"}, {"a-financer", "À financer"}, {"besoins-aides", "Besoins d’aide"}, {"freins-nationaux", "Freins remontés"}} {
		t, ok := found[s[0]]
		if !ok {
			continue
		}
		if err := writeTable(f, s[1], t); err != nil {
			return nil, err
		}
	}
	var out bytes.Buffer
	err = f.Write(&out)
	return out.Bytes(), err
}

// actionsTable sets the sheets of actions one under the other, one row each. The lines of
// what an action brings to its levers share one column.
func actionsTable(sheets []document.Table) document.Table {
	const brings = "Apport"
	column := func(label string) string {
		if strings.HasPrefix(label, brings) {
			return brings
		}
		return label
	}
	var labels []string
	for _, s := range sheets {
		at := 0 // the order of a sheet is that of columns
		for _, row := range s.Rows {
			l := column(row[0].Text)
			if i := slices.Index(labels, l); i >= 0 {
				at = max(at, i+1)
				continue
			}
			labels = slices.Insert(labels, at, l)
			at++
		}
	}
	t := document.Table{Columns: []document.Column{document.Heading("Action")}}
	for _, l := range labels {
		t.Columns = append(t.Columns, document.Heading(l))
	}
	for _, s := range sheets {
		row := make([]document.Cell, len(labels)+1)
		row[0] = document.Word(strings.TrimPrefix(s.Caption, "Action "))
		for _, line := range s.Rows {
			cell, label := line[1], line[0].Text
			text := cell.Text
			switch {
			case text == "":
				text = "– (" + cell.Missing + ")"
			case cell.Href != "":
				text = cell.Href
			}
			if column(label) == brings && label != brings {
				text = strings.TrimPrefix(strings.TrimPrefix(label, brings), "\u00a0: ") + "\u00a0: " + text
			}
			c := &row[1+slices.Index(labels, column(label))]
			if c.Text != "" {
				text = c.Text + "\u00a0; " + text
			}
			c.Text = text
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// writeTable writes a table as a sheet: numbers as numbers, and why there is none. Sheets
// are not streamed: excelize zips streamed ones in any order, and an edition is the same
// bytes each time it is made.
func writeTable(f *excelize.File, name string, t document.Table) error {
	if _, err := f.NewSheet(name); err != nil {
		return err
	}
	head, err := f.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}, Alignment: &excelize.Alignment{WrapText: true, Vertical: "top"}})
	if err != nil {
		return err
	}
	cells := make([]any, len(t.Columns))
	for i, c := range t.Columns {
		width, label := 34.0, c.Label
		if c.Number {
			width = 18
		}
		if c.Unit != "" {
			label += " (" + c.Unit + ")"
		}
		column, err := excelize.ColumnNumberToName(i + 1)
		if err != nil {
			return err
		}
		if err := f.SetColWidth(name, column, column, width); err != nil {
			return err
		}
		cells[i] = label
	}
	if err := f.SetSheetRow(name, "A1", &cells); err != nil {
		return err
	}
	if err := f.SetRowStyle(name, 1, 1, head); err != nil {
		return err
	}
	if err := f.SetPanes(name, &excelize.Panes{Freeze: true, XSplit: 1, YSplit: 1, TopLeftCell: "B2", ActivePane: "bottomRight"}); err != nil {
		return err
	}
	for n, row := range t.Rows {
		cells := make([]any, len(row))
		for i, c := range row {
			switch v, err := ParseNumber(c.Text, CommaDecimal); {
			case c.Text == "" && c.Missing != "":
				cells[i] = "– (" + c.Missing + ")"
			case i < len(t.Columns) && t.Columns[i].Number && err == nil:
				cells[i] = v
			default:
				cells[i] = c.Text
			}
		}
		if err := f.SetSheetRow(name, "A"+strconv.Itoa(n+2), &cells); err != nil {
			return err
		}
	}
	return nil
}
