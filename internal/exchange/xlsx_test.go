package exchange

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"jalon/internal/apperr"
)

// workbookOf writes a workbook with a library that is not the reader's.
func workbookOf(t *testing.T, fill func(f *excelize.File) error) []byte {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	if err := fill(f); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestReadWorkbook(t *testing.T) {
	in := workbookOf(t, func(f *excelize.File) error {
		if _, err := f.NewSheet("Données"); err != nil {
			return err
		}
		if _, err := f.NewSheet("Cachée"); err != nil {
			return err
		}
		day, err := f.NewStyle(&excelize.Style{NumFmt: 14})
		if err != nil {
			return err
		}
		for cell, v := range map[string]any{
			"A1": "Code", "B1": "Valeur", "C1": "Jour", "E1": "Total",
			"A2": "01", "B2": 1234.5, "C2": time.Date(2024, 5, 27, 0, 0, 0, 0, time.UTC),
			"A4": "2A", "B4": "1 234,5",
		} {
			if err := f.SetCellValue("Données", cell, v); err != nil {
				return err
			}
		}
		return firstError(
			f.SetCellStyle("Données", "C2", "C2", day),
			f.SetCellFormula("Données", "E2", "=B2*2"),
			f.SetSheetVisible("Cachée", false),
		)
	})
	table, err := ReadTableWith("classeur.xlsx", bytes.NewReader(in), Options{Sheet: "Données"})
	if err != nil {
		t.Fatal(err)
	}
	defer table.Close()
	if diff := cmp.Diff([]string{"Sheet1", "Données"}, table.Sheets); diff != "" {
		t.Errorf("sheets (-want +got):\n%s", diff)
	}
	c, err := table.Columns(Synonyms{"code": nil, "valeur": nil, "jour": nil, "total": nil}, nil)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for row, err := range table.Rows() {
		if err != nil {
			t.Fatal(err)
		}
		code, err := c.Cell(row, "code").Required()
		if err != nil {
			t.Error(err)
		}
		value, err := c.Cell(row, "valeur").Number()
		if err != nil {
			t.Error(err)
		}
		day, err := c.Cell(row, "jour").Text()
		if err != nil {
			t.Error(err)
		}
		_, err = c.Cell(row, "total").Number()
		got = append(got, fmt.Sprintf("%d %s %v %s", row.Line, code, value, day), err.Error())
	}
	want := []string{
		"2 01 1234.5 2024-05-27", "classeur.xlsx, ligne\u00a02, colonne\u00a05 («\u00a0Total\u00a0»)\u00a0: la cellule contient une formule\u00a0: remplacez-la par sa valeur (collage spécial, valeurs)",
		"4 2A 1234.5 ", "classeur.xlsx, ligne\u00a04, colonne\u00a05 («\u00a0Total\u00a0»)\u00a0: nombre attendu, la cellule est vide",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
}

func firstError(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

func TestUnknownSheetNamesTheOthers(t *testing.T) {
	in := workbookOf(t, func(f *excelize.File) error { return f.SetCellValue("Sheet1", "A1", "a") })
	_, err := ReadTableWith("f.xlsx", bytes.NewReader(in), Options{Sheet: "Feuille 9"})
	if apperr.KindOf(err) != apperr.Invalid || !strings.Contains(apperr.Message(err), "«\u00a0Sheet1\u00a0»") {
		t.Errorf("got %v", err)
	}
}

// A million cells come out of a workbook as they went in, streamed both ways.
func TestWorkbookStreams(t *testing.T) {
	const rows = 20_000
	in := workbookOf(t, func(f *excelize.File) error {
		w, err := f.NewStreamWriter("Sheet1")
		if err != nil {
			return err
		}
		for i := range rows {
			if err := w.SetRow(fmt.Sprintf("A%d", i+1), []any{fmt.Sprintf("c%d", i), i, float64(i) / 4}); err != nil {
				return err
			}
		}
		return w.Flush()
	})
	table, err := ReadTable("f.xlsx", bytes.NewReader(in), Limits{})
	if err != nil {
		t.Fatal(err)
	}
	defer table.Close()
	n := 0
	for row, err := range table.Rows() {
		if err != nil {
			t.Fatal(err)
		}
		n++
		if want := fmt.Sprintf("c%d", n); row.Line != n+1 || row.Cells[0] != want || row.Cells[2] != fmt.Sprint(float64(n)/4) {
			t.Fatalf("row %d: %+v", n, row)
		}
	}
	if n != rows-1 {
		t.Errorf("%d rows, want %d", n, rows-1)
	}
}

// archive makes a workbook by hand, so that it can be wrong.
func archive(t *testing.T, sheet io.Reader, more map[string]string) []byte {
	t.Helper()
	const ns = `xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"`
	const rel = `http://schemas.openxmlformats.org/officeDocument/2006/relationships/`
	parts := map[string]string{
		"_rels/.rels":                `<Relationships><Relationship Id="a" Type="` + rel + `officeDocument" Target="xl/workbook.xml"/></Relationships>`,
		"xl/workbook.xml":            `<workbook ` + ns + `><sheets><sheet name="F" sheetId="1" r:id="r1"/></sheets></workbook>`,
		"xl/_rels/workbook.xml.rels": `<Relationships><Relationship Id="r1" Type="` + rel + `worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="r2" Type="` + rel + `sharedStrings" Target="sharedStrings.xml"/></Relationships>`,
		"xl/sharedStrings.xml":       `<sst><si><t>a</t></si></sst>`,
	}
	for name, body := range more {
		parts[name] = body
	}
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	write := func(name string, r io.Reader) {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(w, r); err != nil {
			t.Fatal(err)
		}
	}
	for name, body := range parts {
		write(name, strings.NewReader(body))
	}
	write("xl/worksheets/sheet1.xml", sheet)
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

const sheetHead = `<worksheet><sheetData><row r="1"><c r="A1" t="s"><v>0</v></c></row>`

func TestHostileWorkbooks(t *testing.T) {
	const sheetTail = `</sheetData></worksheet>`
	repeat := func(head, s string, n int, tail string) io.Reader {
		return io.MultiReader(strings.NewReader(head), io.LimitReader(&loop{s: s}, int64(n*len(s))), strings.NewReader(tail))
	}
	for _, c := range []struct {
		name  string
		sheet io.Reader
		more  map[string]string
		kind  apperr.Kind
	}{
		{name: "a bomb is refused by its ratio", sheet: repeat(sheetHead, " ", 300<<20, sheetTail), kind: apperr.TooLarge},
		{name: "one endless text", sheet: io.MultiReader(strings.NewReader(sheetHead+`<row r="2"><c t="inlineStr"><is><t>`), io.LimitReader(&letters{}, 8<<20)), kind: apperr.Invalid},
		{name: "bottomless nesting", sheet: repeat(sheetHead, "<x>", 1<<10, ""), kind: apperr.Invalid},
		{name: "cut in the middle", sheet: strings.NewReader(sheetHead + `<row r="2"><c r="A2"><v>1</v>`), kind: apperr.Invalid},
		{name: "cut between rows", sheet: strings.NewReader(sheetHead), kind: apperr.Invalid},
		{name: "a shared string that is not there", sheet: strings.NewReader(sheetHead + `<row r="2"><c t="s"><v>7</v></c></row>` + sheetTail), kind: apperr.Invalid},
		{name: "rows that go back", sheet: strings.NewReader(sheetHead + `<row r="9"/><row r="3"/>` + sheetTail), kind: apperr.Invalid},
		{name: "two cells at one place", sheet: strings.NewReader(sheetHead + `<row r="2"><c r="B2"/><c r="A2"/></row>` + sheetTail), kind: apperr.Invalid},
		{name: "entities", sheet: strings.NewReader(`<!DOCTYPE x [<!ENTITY a "b">]>` + sheetHead + sheetTail), kind: apperr.Invalid},
		{name: "a sheet elsewhere", more: map[string]string{"xl/_rels/workbook.xml.rels": `<Relationships><Relationship Id="r1" Type="x/worksheet" Target="../../../etc/passwd"/></Relationships>`}, sheet: strings.NewReader(sheetHead + sheetTail), kind: apperr.Invalid},
		{name: "no workbook", more: map[string]string{"_rels/.rels": `<Relationships/>`, "xl/workbook.xml": `<nothing/>`}, sheet: strings.NewReader(""), kind: apperr.Invalid},
	} {
		t.Run(c.name, func(t *testing.T) {
			in := archive(t, c.sheet, c.more)
			var err error
			spent := heapDuring(func() {
				var table *Table
				if table, err = ReadTable("f.xlsx", bytes.NewReader(in), Limits{}); err == nil {
					_, err = readAll(t, table)
					if closing := table.Close(); closing != nil {
						t.Error(closing)
					}
				}
			})
			if err == nil || apperr.KindOf(err) != c.kind {
				t.Errorf("got %v, want kind %d", err, c.kind)
			}
			if spent > 64<<20 {
				t.Errorf("refusing %d bytes allocated %d", len(in), spent)
			}
		})
	}
}

// An archive that lies about its expanded size is stopped while it expands.
func TestBombThatLies(t *testing.T) {
	in := archive(t, io.MultiReader(strings.NewReader(sheetHead), io.LimitReader(&loop{s: " "}, 40<<20)), nil)
	true40, said := []byte{0, 0, 0x80, 2}, []byte{0, 1, 0, 0}
	exact := uint32(40<<20 + len(sheetHead))
	true40[0], true40[1], true40[2], true40[3] = byte(exact), byte(exact>>8), byte(exact>>16), byte(exact>>24)
	if !bytes.Contains(in, true40) {
		t.Fatal("the declared size was not found in the archive")
	}
	in = bytes.ReplaceAll(in, true40, said)
	table, err := ReadTable("f.xlsx", bytes.NewReader(in), Limits{})
	if err == nil {
		_, err = readAll(t, table)
		if closing := table.Close(); closing != nil {
			t.Error(closing)
		}
	}
	if kind := apperr.KindOf(err); kind != apperr.TooLarge && kind != apperr.Invalid {
		t.Errorf("got %v", err)
	}
}

// letters are hard to compress, so that only their length can give them away.
type letters struct{ state uint32 }

func (l *letters) Read(p []byte) (int, error) {
	for i := range p {
		l.state = l.state*1664525 + 1013904223
		p[i] = 'a' + byte(l.state>>24)%26
	}
	return len(p), nil
}

// loop repeats s without end.
type loop struct {
	s string
	i int
}

func (l *loop) Read(p []byte) (int, error) {
	for n := range p {
		p[n] = l.s[l.i%len(l.s)]
		l.i++
	}
	return len(p), nil
}

func FuzzReadSheet(f *testing.F) {
	f.Add(sheetHead + `<row><c t="inlineStr"><is><t>x</t></is></c><c r="C2"><f>A1</f><v>1</v></c></row></sheetData></worksheet>`)
	f.Add(`<worksheet><sheetData><row r="-1"><c r="ZZZ1"/></row>`)
	f.Add(`<a:row><c r="A"/>`)
	f.Fuzz(func(t *testing.T, in string) {
		s := &sheetReader{marks: newMarks(strings.NewReader(in)), name: "f", limits: Limits{Cell: 64, Columns: 8, Rows: 100}.orDefault(), words: []string{"a"}}
		line := 0
		for {
			row, err := s.next()
			if err != nil {
				return
			}
			if row.Line <= line || len(row.Cells) > 8 {
				t.Fatalf("line %d after %d, %d cells", row.Line, line, len(row.Cells))
			}
			line = row.Line
		}
	})
}
