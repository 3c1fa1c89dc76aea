package exchange

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"

	"jalon/internal/apperr"
)

// WriteCSV writes a data set as French spreadsheets open it: UTF-8 with its
// mark, «;» between cells, CRLF, and the decimal sign given (',' unless a
// program asked for '.'). With a «;» a point would make Excel read 7.8 as the
// 7th of August. Texts that a spreadsheet would run are made inert.
func WriteCSV(w io.Writer, d Dataset, decimal rune) (rows int64, err error) {
	defer apperr.Wrap(&err, "exchange.WriteCSV(%s)", d.Name)
	out := bufio.NewWriterSize(w, 64<<10)
	if _, err := out.WriteString(bom); err != nil {
		return 0, err
	}
	line := make([]byte, 0, 512)
	for i, f := range d.Fields {
		line = appendCSV(line, Text(f.Name), i, decimal)
	}
	if _, err := out.Write(append(line, "\r\n"...)); err != nil {
		return 0, err
	}
	for cells, err := range d.Rows {
		if err != nil {
			return rows, err
		}
		line = line[:0]
		for i, c := range cells {
			line = appendCSV(line, c, i, decimal)
		}
		if _, err := out.Write(append(line, "\r\n"...)); err != nil {
			return rows, err
		}
		rows++
	}
	return rows, out.Flush()
}

func appendCSV(line []byte, c Datum, i int, decimal rune) []byte {
	if i > 0 {
		line = append(line, ';')
	}
	if c.Number {
		if decimal != '.' {
			return append(line, strings.Replace(c.Text, ".", string(decimal), 1)...)
		}
		return append(line, c.Text...)
	}
	text := Inert(c.Text)
	if !strings.ContainsAny(text, ";\"\r\n") {
		return append(line, text...)
	}
	line = append(line, '"')
	line = append(line, strings.ReplaceAll(text, `"`, `""`)...)
	return append(line, '"')
}

// Inert keeps a spreadsheet from running a text: one that starts with = + - @,
// a tab or a line end gets an apostrophe, which spreadsheets show as text.
func Inert(s string) string {
	if s == "" {
		return s
	}
	switch s[0] {
	case '=', '+', '-', '@', '\t', '\r', '\n':
		return "'" + s
	}
	return s
}

// xlsxRows is what one sheet may hold, header included.
const xlsxRows = 1_000_000

// WriteXLSX writes a data set as a workbook of two sheets: the data, numbers as
// numbers, and the codebook. It streams: memory does not grow with the rows.
func WriteXLSX(w io.Writer, d Dataset) (rows int64, err error) {
	defer apperr.Wrap(&err, "exchange.WriteXLSX(%s)", d.Name)
	f := excelize.NewFile()
	defer func() {
		if cerr := f.Close(); err == nil {
			err = cerr
		}
	}()
	const data, book = "Données", "Colonnes"
	if err := f.SetSheetName("Sheet1", data); err != nil {
		return 0, err
	}
	head, err := f.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}})
	if err != nil {
		return 0, err
	}
	s, err := f.NewStreamWriter(data)
	if err != nil {
		return 0, err
	}
	if err := s.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return 0, err
	}
	cells := make([]any, len(d.Fields))
	for i, name := range d.Names() {
		cells[i] = excelize.Cell{StyleID: head, Value: name}
	}
	if err := s.SetRow("A1", cells); err != nil {
		return 0, err
	}
	for row, err := range d.Rows {
		if err != nil {
			return rows, err
		}
		if rows+2 > xlsxRows {
			return rows, apperr.New(apperr.TooLarge, nil, "Ce jeu dépasse %d lignes, la limite d’une feuille XLSX\u00a0: prenez le CSV.", xlsxRows)
		}
		for i, c := range row {
			if cells[i], err = xlsxValue(c); err != nil {
				return rows, err
			}
		}
		if err := s.SetRow("A"+strconv.FormatInt(rows+2, 10), cells[:len(row)]); err != nil {
			return rows, err
		}
		rows++
	}
	if err := s.Flush(); err != nil {
		return rows, err
	}
	if err := writeBook(f, book, d); err != nil {
		return rows, err
	}
	return rows, f.Write(w)
}

// xlsxValue makes a number of exact text; what a double would not give back
// digit for digit stays a text.
func xlsxValue(c Datum) (any, error) {
	switch {
	case c.Text == "":
		return nil, nil
	case !c.Number:
		return c.Text, nil // a string cell is never run
	}
	v, err := strconv.ParseFloat(c.Text, 64)
	if err != nil {
		return nil, fmt.Errorf("number %q: %w", c.Text, err)
	}
	return v, nil
}

func writeBook(f *excelize.File, sheet string, d Dataset) error {
	if _, err := f.NewSheet(sheet); err != nil {
		return err
	}
	rows := [][]any{{d.Title}, {d.Note}, {"Source\u00a0: " + d.Source}, nil, {"colonne", "contenu", "unité", "cellule vide"}}
	for _, c := range d.Fields {
		rows = append(rows, []any{c.Name, c.Label, c.Unit, c.Missing})
	}
	for i, r := range rows {
		if err := f.SetSheetRow(sheet, "A"+strconv.Itoa(i+1), &r); err != nil {
			return err
		}
	}
	return nil
}

// WriteJSON writes a data set as an object: its title, note, source, columns and
// rows, each row an object with the names of the columns; missing is null.
func WriteJSON(w io.Writer, d Dataset) (rows int64, err error) {
	defer apperr.Wrap(&err, "exchange.WriteJSON(%s)", d.Name)
	out := bufio.NewWriterSize(w, 64<<10)
	names := make([][]byte, len(d.Fields))
	for i, n := range d.Names() {
		names[i] = appendJSON(nil, n)
	}
	head := struct {
		Name   string  `json:"name"`
		Title  string  `json:"title"`
		Note   string  `json:"note"`
		Source string  `json:"source"`
		Fields []Field `json:"columns"`
	}{d.Name, d.Title, d.Note, d.Source, d.Fields}
	b, err := json.Marshal(head)
	if err != nil {
		return 0, err
	}
	if _, err := out.Write(append(b[:len(b)-1], ",\n\"rows\":["...)); err != nil {
		return 0, err
	}
	var line []byte
	for cells, err := range d.Rows {
		if err != nil {
			return rows, err
		}
		line = line[:0]
		if rows > 0 {
			line = append(line, ',')
		}
		line = append(line, "\n{"...)
		for i, c := range cells {
			if i > 0 {
				line = append(line, ',')
			}
			line = append(append(line, names[i]...), ':')
			line = appendValue(line, c)
		}
		if _, err := out.Write(append(line, '}')); err != nil {
			return rows, err
		}
		rows++
	}
	if _, err := out.WriteString("\n]}\n"); err != nil {
		return rows, err
	}
	return rows, out.Flush()
}

func appendValue(b []byte, c Datum) []byte {
	switch {
	case c.Number && c.Text == "":
		return append(b, "null"...)
	case c.Number:
		return append(b, c.Text...)
	}
	return appendJSON(b, c.Text)
}

func appendJSON(b []byte, s string) []byte {
	out, err := json.Marshal(s)
	if err != nil {
		return append(b, `""`...)
	}
	return append(b, out...)
}
