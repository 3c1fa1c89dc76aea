package exchange

import (
	"archive/zip"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"path"
	"strconv"
	"strings"

	"jalon/internal/apperr"
)

// A workbook is read by the standard library alone: a general library opens the
// whole archive first and takes a cut-off sheet for a short one, and both are
// what a hostile file needs.

const (
	maxEntries = 2_000   // parts of an archive
	maxDepth   = 64      // nested elements
	maxToken   = 4 << 20 // bytes between two marks of XML, all held in memory
	maxStyles  = 65_000
)

// book is an opened archive and what it may still cost.
type book struct {
	name   string
	parts  map[string]*zip.File
	limits Limits
	budget int64 // expanded bytes left
}

func (t *Table) openWorkbook(at io.ReaderAt, size int64, o Options) error {
	b, err := openArchive(t.Name, at, size, t.limits)
	if err != nil {
		return err
	}
	wb, err := b.workbook()
	if err != nil {
		return err
	}
	target := ""
	for _, s := range wb.sheets {
		if s.visible {
			t.Sheets = append(t.Sheets, s.name)
		}
		if target == "" && (o.Sheet == s.name || o.Sheet == "" && s.visible) {
			t.Sheet, target = s.name, s.target
		}
	}
	if target == "" && o.Sheet != "" {
		return apperr.Invalidf("%s\u00a0: la feuille «\u00a0%s\u00a0» n’existe pas. Feuilles du classeur\u00a0: %s.", t.Name, clip(o.Sheet), quoteAll(t.Sheets))
	}
	if target == "" {
		return apperr.Invalidf("%s\u00a0: le classeur n’a aucune feuille visible.", t.Name)
	}
	words, err := b.sharedStrings(wb.strings)
	if err != nil {
		return err
	}
	dates, err := b.dateStyles(wb.styles)
	if err != nil {
		return err
	}
	part, err := b.open(target)
	if err != nil {
		return err
	}
	t.closers = append(t.closers, part)
	t.source = &sheetReader{marks: newMarks(part), name: t.Name, limits: t.limits, words: words, dates: dates, since1904: wb.since1904}
	return nil
}

// openArchive refuses by what the archive declares, before expanding anything;
// what it really expands to is counted by book.open.
func openArchive(name string, at io.ReaderAt, size int64, limits Limits) (*book, error) {
	z, err := zip.NewReader(at, size)
	if err != nil {
		return nil, apperr.New(apperr.Invalid, err, "%s\u00a0: le classeur est abîmé ou incomplet. Ouvrez-le puis enregistrez-le de nouveau en XLSX.", name)
	}
	if len(z.File) > maxEntries {
		return nil, apperr.New(apperr.TooLarge, nil, "%s\u00a0: l’archive contient plus de %d éléments, elle n’a pas été ouverte.", name, maxEntries)
	}
	b := &book{name: name, parts: map[string]*zip.File{}, limits: limits, budget: min(limits.Expanded, size*limits.Ratio+1<<20)}
	var declared uint64
	for _, f := range z.File {
		if f.UncompressedSize64 > uint64(b.budget) || declared+f.UncompressedSize64 > uint64(b.budget) {
			return nil, b.bomb()
		}
		declared += f.UncompressedSize64
		key := strings.ToLower(strings.TrimPrefix(path.Clean("/"+f.Name), "/"))
		if _, twice := b.parts[key]; twice {
			return nil, apperr.Invalidf("%s\u00a0: l’archive contient deux fois «\u00a0%s\u00a0», elle n’a pas été lue.", name, clip(f.Name))
		}
		b.parts[key] = f
	}
	return b, nil
}

func (b *book) bomb() error {
	return apperr.New(apperr.TooLarge, nil, "%s\u00a0: une fois décompressé, le fichier dépasserait %d\u00a0Mo (ou %d fois sa taille). Il n’a pas été lu.", b.name, b.limits.Expanded>>20, b.limits.Ratio)
}

func (b *book) broken(cause error) error {
	return apperr.New(apperr.Invalid, cause, "%s\u00a0: le contenu du classeur est illisible. Ouvrez-le puis enregistrez-le de nouveau en XLSX.", b.name)
}

// open gives the bytes of a part, each counted against the archive's budget.
func (b *book) open(part string) (io.ReadCloser, error) {
	f, ok := b.parts[strings.ToLower(strings.TrimPrefix(path.Clean("/"+part), "/"))]
	if !ok {
		return nil, b.broken(fmt.Errorf("part %q: not in the archive", part))
	}
	if f.Method != zip.Store && f.Method != zip.Deflate || f.Flags&1 != 0 {
		return nil, b.broken(fmt.Errorf("part %q: method %d, flags %x", part, f.Method, f.Flags))
	}
	r, err := f.Open()
	if err != nil {
		return nil, b.broken(err)
	}
	return &counted{ReadCloser: r, book: b}, nil
}

type counted struct {
	io.ReadCloser
	book *book
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.ReadCloser.Read(p)
	if c.book.budget -= int64(n); c.book.budget < 0 {
		return 0, c.book.bomb()
	}
	return n, err
}

type bookSheet struct {
	name, target string
	visible      bool
}

type workbook struct {
	sheets          []bookSheet
	strings, styles string // parts, "" when the workbook has none
	since1904       bool
}

// workbook reads the list of sheets and where their parts are.
func (b *book) workbook() (workbook, error) {
	var wb workbook
	targets := map[string]string{}
	main := "xl/workbook.xml"
	err := b.each("_rels/.rels", func(e xml.StartElement, _ *marks) error {
		if e.Name.Local == "Relationship" && strings.HasSuffix(attr(e, "Type"), "/officeDocument") {
			main = strings.TrimPrefix(attr(e, "Target"), "/")
		}
		return nil
	})
	if err != nil {
		return wb, err
	}
	folder := path.Dir(main)
	err = b.each(path.Join(folder, "_rels", path.Base(main)+".rels"), func(e xml.StartElement, _ *marks) error {
		if e.Name.Local != "Relationship" || attr(e, "TargetMode") == "External" {
			return nil
		}
		target := attr(e, "Target")
		if !strings.HasPrefix(target, "/") {
			target = path.Join(folder, target)
		}
		switch kind := path.Base(attr(e, "Type")); kind {
		case "worksheet":
			targets[attr(e, "Id")] = target
		case "sharedStrings":
			wb.strings = target
		case "styles":
			wb.styles = target
		}
		return nil
	})
	if err != nil {
		return wb, err
	}
	err = b.each(main, func(e xml.StartElement, _ *marks) error {
		switch e.Name.Local {
		case "workbookPr":
			wb.since1904 = attr(e, "date1904") == "1" || attr(e, "date1904") == "true"
		case "sheet":
			if target := targets[attrNS(e, "id")]; target != "" { // a chart sheet has no rows
				state := attr(e, "state")
				wb.sheets = append(wb.sheets, bookSheet{name: attr(e, "name"), target: target, visible: state == "" || state == "visible"})
			}
		}
		return nil
	})
	return wb, err
}

// sharedStrings holds the workbook's words, the only thing whose size in memory
// the file decides, hence its own limit.
func (b *book) sharedStrings(part string) ([]string, error) {
	if part == "" {
		return nil, nil
	}
	var words []string
	held := int64(0)
	err := b.each(part, func(e xml.StartElement, m *marks) error {
		if e.Name.Local != "si" {
			return nil
		}
		s, err := m.text(b.limits.Cell + 1)
		if err != nil {
			return err
		}
		const overhead = 16 // a string's own header
		if held += int64(len(s)) + overhead; held > b.limits.Strings {
			return b.bomb()
		}
		words = append(words, s)
		return nil
	})
	return words, err
}

// dateStyles says of each cell style whether it shows a number as a day.
func (b *book) dateStyles(part string) ([]bool, error) {
	if part == "" {
		return nil, nil
	}
	var dates []bool
	custom := map[int]bool{}
	inCells := false
	err := b.each(part, func(e xml.StartElement, _ *marks) error {
		switch e.Name.Local {
		case "numFmt":
			id, err := strconv.Atoi(attr(e, "numFmtId"))
			if err == nil && len(custom) < maxStyles {
				custom[id] = isDateFormat(attr(e, "formatCode"))
			}
		case "cellXfs":
			inCells = true
		case "cellStyles", "dxfs", "cellStyleXfs":
			inCells = false
		case "xf":
			if inCells && len(dates) < maxStyles {
				id, err := strconv.Atoi(attr(e, "numFmtId"))
				dates = append(dates, err == nil && (id >= 14 && id <= 22 || custom[id]))
			}
		}
		return nil
	})
	return dates, err
}

// isDateFormat looks for a year or a day outside quoted text and brackets.
func isDateFormat(code string) bool {
	quoted, bracket := false, false
	for i := 0; i < len(code); i++ {
		switch c := code[i]; {
		case c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '[':
			bracket = true
		case c == ']':
			bracket = false
		case !bracket && strings.IndexByte("yYdD", c) >= 0:
			return true
		}
	}
	return false
}

// each calls f at every element of a part.
func (b *book) each(part string, f func(xml.StartElement, *marks) error) error {
	r, err := b.open(part)
	if err != nil {
		return err
	}
	m := newMarks(r)
	for err == nil {
		var tok xml.Token
		if tok, err = m.next(); err != nil {
			break
		}
		if e, ok := tok.(xml.StartElement); ok {
			err = f(e, m)
		}
	}
	closed := r.Close()
	if errors.Is(err, io.EOF) {
		err = nil
	} else if err != nil && apperr.KindOf(err) == apperr.Internal {
		err = b.broken(err)
	}
	return errors.Join(err, closed)
}

func attr(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name && a.Name.Space == "" {
			return a.Value
		}
	}
	return ""
}

// attrNS is attr for r:id, whatever the prefix's address.
func attrNS(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name && a.Name.Space != "" {
			return a.Value
		}
	}
	return ""
}
