package exchange

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/xml"
	"io"
	"slices"
	"strconv"

	"github.com/klauspost/compress/flate"

	"jalon/internal/apperr"
	"jalon/internal/questionnaire"
	"jalon/internal/survey"
)

// Forty thousand rows of two hundred cells are written by hand: a general library
// took several times the time allowed, measured in BenchmarkWide, for what is a
// fixed piece of XML for each option.

// sheetBook writes the parts of a workbook, one after the other.
type sheetBook struct {
	zip   *zip.Writer
	names []string
	state []string // "", "hidden", "veryHidden"
}

func newSheetBook(w io.Writer, level int) *sheetBook {
	z := zip.NewWriter(w)
	z.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, level) })
	return &sheetBook{zip: z}
}

const xmlHead = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"

// sheet opens the part of the next sheet.
func (b *sheetBook) sheet(name, state string) (io.Writer, error) {
	b.names, b.state = append(b.names, name), append(b.state, state)
	w, err := b.zip.Create("xl/worksheets/sheet" + strconv.Itoa(len(b.names)) + ".xml")
	if err == nil {
		_, err = io.WriteString(w, xmlHead+`<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">`)
	}
	return w, err
}

func (b *sheetBook) part(name, text string) error {
	w, err := b.zip.Create(name)
	if err == nil {
		_, err = io.WriteString(w, xmlHead+text)
	}
	return err
}

// close writes what holds the sheets together. words are the shared texts.
func (b *sheetBook) close(styles string, words []string, defined string) error {
	types := []byte(`<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/><Override PartName="/xl/sharedStrings.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"/>`)
	rels := []byte(`<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rIdS" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/><Relationship Id="rIdT" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings" Target="sharedStrings.xml"/>`)
	book := []byte(`<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets>`)
	for i, name := range b.names {
		n := strconv.Itoa(i + 1)
		types = append(types, `<Override PartName="/xl/worksheets/sheet`+n+`.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>`...)
		rels = append(rels, `<Relationship Id="rId`+n+`" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet`+n+`.xml"/>`...)
		book = append(book, `<sheet name="`...)
		book = append(xmlText(book, name), `" sheetId="`+n+`"`...)
		if b.state[i] != "" {
			book = append(book, ` state="`+b.state[i]+`"`...)
		}
		book = append(book, ` r:id="rId`+n+`"/>`...)
	}
	table := []byte(`<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" uniqueCount="` + strconv.Itoa(len(words)) + `">`)
	for _, s := range words {
		table = append(xmlText(append(table, `<si><t xml:space="preserve">`...), s), `</t></si>`...)
	}
	for _, p := range [][2]string{
		{"[Content_Types].xml", string(types) + `</Types>`},
		{"_rels/.rels", `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>`},
		{"xl/workbook.xml", string(book) + `</sheets>` + defined + `</workbook>`},
		{"xl/_rels/workbook.xml.rels", string(rels) + `</Relationships>`},
		{"xl/styles.xml", styles},
		{"xl/sharedStrings.xml", string(table) + `</sst>`},
	} {
		if err := b.part(p[0], p[1]); err != nil {
			return err
		}
	}
	return b.zip.Close()
}

// xmlText escapes a text for an element or an attribute; what XML cannot hold is
// replaced.
func xmlText(b []byte, s string) []byte {
	plain := true
	for i := 0; i < len(s); i++ {
		if c := s[i]; c < 0x20 || c == '&' || c == '<' || c == '>' || c == '"' || c >= 0x80 {
			plain = false
			break
		}
	}
	if plain {
		return append(b, s...)
	}
	w := bytes.NewBuffer(b)
	_ = xml.EscapeText(w, []byte(s)) // a buffer takes all
	return w.Bytes()
}

// cellText writes a cell of text in itself; cellWord one of a shared text.
func cellInline(b []byte, s string) []byte {
	if s == "" {
		return append(b, `<c/>`...)
	}
	const most = 32_767 // characters of a cell
	if len(s) > most {
		if r := []rune(s); len(r) > most {
			s = string(r[:most-1]) + "…"
		}
	}
	b = append(b, `<c t="inlineStr"><is><t xml:space="preserve">`...)
	return append(xmlText(b, s), `</t></is></c>`...)
}

func cellWord(b []byte, n int) []byte {
	return append(strconv.AppendInt(append(b, `<c t="s"><v>`...), int64(n), 10), `</v></c>`...)
}

// words are the shared texts of a workbook.
type words struct {
	at   map[string]int
	list []string
}

func (w *words) of(s string) int {
	if n, ok := w.at[s]; ok {
		return n
	}
	if w.at == nil {
		w.at = map[string]int{}
	}
	w.at[s] = len(w.list)
	w.list = append(w.list, s)
	return w.at[s]
}

const plainStyles = `<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="2"><xf xfId="0"/><xf xfId="0" fontId="1" applyFont="1"/></cellXfs></styleSheet>`

// writeSurveyWide writes one authority a row, one question a column: the first two
// rows name it in words, then by its key; a second sheet is the codebook.
func writeSurveyWide(ctx context.Context, w io.Writer, x survey.Extract) (rows int64, err error) {
	book := newSheetBook(w, flate.BestSpeed)
	var shared words
	forms := layAll(x, func(_ questionnaire.Form, _ askedCell, o questionnaire.Option) []byte {
		return cellWord(nil, shared.of(o.Label))
	},
		func(questionnaire.Form, askedCell) []byte { return nil })
	columns, labels := wideKeys(x, forms)
	if len(wideColumns)+len(columns) > 16_384 {
		return 0, apperr.New(apperr.TooLarge, nil, "Ce tableau aurait plus de 16\u00a0384 colonnes, la limite d’une feuille XLSX\u00a0: prenez le CSV.")
	}
	at := map[string]int{}
	for i, key := range columns {
		at[key] = i
	}
	place := map[*asked]wideOrder{}
	for _, f := range forms {
		place[f] = f.order(at)
	}
	sheet, err := book.sheet("Réponses", "")
	if err != nil {
		return 0, err
	}
	out := append(make([]byte, 0, 1<<20), `<sheetViews><sheetView workbookViewId="0"><pane xSplit="4" ySplit="2" topLeftCell="E3" activePane="bottomRight" state="frozen"/></sheetView></sheetViews><sheetData>`...)
	for _, names := range [][]string{slices.Concat(make([]string, len(wideColumns)), labels), slices.Concat(wideColumns, columns)} {
		out = append(out, `<row>`...)
		for _, name := range names {
			out = append(out, `<c s="1" t="inlineStr"><is><t>`...)
			out = append(xmlText(out, name), `</t></is></c>`...)
		}
		out = append(out, `</row>`...)
	}
	var values []string
	err = x.Each(ctx, func(a *survey.Answered) error {
		f, err := forms.of(a)
		if err != nil {
			return err
		}
		if rows++; rows+2 > xlsxRows {
			return apperr.New(apperr.TooLarge, nil, "Ce tableau dépasse %d lignes, la limite d’une feuille XLSX\u00a0: prenez le CSV.", xlsxRows)
		}
		out = append(out, `<row>`...)
		for _, s := range []string{a.Authority, a.SIREN, a.INSEE, a.Name} {
			out = cellInline(out, s)
		}
		for _, s := range []string{a.Kind.Name(), a.Region, a.Department, sizeName(a.Size), a.Form, strconv.FormatInt(a.FormVersion, 10), a.At.Format("2006-01-02"), validatedBy(a.Role)} {
			out = cellWord(out, shared.of(s))
		}
		values = slices.Grow(values[:0], len(f.open))[:len(f.open)]
		if err := f.given(a.Doc, values); err != nil {
			return err
		}
		out = f.wideRow(out, place[f], a.Packed, values, &shared)
		out = append(out, `</row>`...)
		if len(out) >= 512<<10 {
			_, err = sheet.Write(out)
			out = out[:0]
		}
		return err
	})
	if err != nil {
		return rows, err
	}
	if _, err := sheet.Write(append(out, `</sheetData></worksheet>`...)); err != nil {
		return rows, err
	}
	if err := book.dataset("Dictionnaire", surveyCodebook(x.Forms)); err != nil {
		return rows, err
	}
	return rows, book.close(plainStyles, shared.list, "")
}

// wideKeys are the columns of all the forms together, in the order of the first.
func wideKeys(x survey.Extract, forms layouts) (keys, labels []string) {
	seen := map[string]bool{}
	for _, f := range x.Forms {
		a := forms[formKey(f.Code, int64(f.Version))]
		known := map[string]string{}
		for _, c := range slices.Concat(a.closed, a.open) {
			known[c.key] = c.label
		}
		for _, c := range f.Cells() {
			if label, ok := known[c.Key]; ok && !seen[c.Key] {
				seen[c.Key] = true
				keys, labels = append(keys, c.Key), append(labels, label)
			}
		}
	}
	return keys, labels
}

// wideOrder says of each column which closed cells (several for a question of
// several choices) or which open one it shows; -1 for none.
type wideOrder []struct{ first, count, open int }

func (f *asked) order(at map[string]int) wideOrder {
	out := make(wideOrder, len(at))
	for i := range out {
		out[i].first, out[i].open = -1, -1
	}
	for i, c := range f.closed {
		o := &out[at[c.key]]
		if o.first < 0 {
			o.first = i
		}
		o.count++
	}
	for i, c := range f.open {
		out[at[c.key]].open = i
	}
	return out
}

func (f *asked) wideRow(out []byte, order wideOrder, packed []byte, values []string, shared *words) []byte {
	for _, o := range order {
		switch {
		case o.count == 1:
			c := &f.closed[o.first]
			if n := int(questionnaire.At(packed, c.slot)); n < len(c.pieces) && c.pieces[n] != nil {
				out = append(out, c.pieces[n]...)
				continue
			}
			out = append(out, `<c/>`...)
		case o.count > 1: // several choices: their labels in one cell
			text := ""
			for i := o.first; i < o.first+o.count; i++ {
				c := &f.closed[i]
				if questionnaire.At(packed, c.slot) != 1 {
					continue
				}
				if text != "" {
					text += "\u00a0; "
				}
				j := slices.IndexFunc(c.options, func(x questionnaire.Option) bool { return x.Code == c.option })
				text += c.options[j].Label
			}
			if text == "" {
				out = append(out, `<c/>`...)
				continue
			}
			out = cellWord(out, shared.of(text)) // few, whatever the rows
		case o.open >= 0 && values[o.open] != "" && f.open[o.open].typ == questionnaire.Number:
			out = append(append(append(out, `<c><v>`...), values[o.open]...), `</v></c>`...)
		case o.open >= 0:
			out = cellInline(out, values[o.open])
		default:
			out = append(out, `<c/>`...)
		}
	}
	return out
}

// dataset writes a data set as a sheet.
func (b *sheetBook) dataset(name string, d Dataset) error {
	w, err := b.sheet(name, "")
	if err != nil {
		return err
	}
	out := []byte(`<sheetData><row>`)
	for _, f := range d.Fields {
		out = append(out, `<c s="1" t="inlineStr"><is><t>`...)
		out = append(xmlText(out, f.Name), `</t></is></c>`...)
	}
	out = append(out, `</row>`...)
	for cells, err := range d.Rows {
		if err != nil {
			return err
		}
		out = append(out, `<row>`...)
		for _, c := range cells {
			if c.Number && c.Text != "" {
				out = append(append(append(out, `<c><v>`...), c.Text...), `</v></c>`...)
				continue
			}
			out = cellInline(out, c.Text)
		}
		out = append(out, `</row>`...)
	}
	_, err = w.Write(append(out, `</sheetData></worksheet>`...))
	return err
}
