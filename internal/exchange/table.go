package exchange

import (
	"errors"
	"fmt"
	"io"
	"iter"
	"os"

	"jalon/internal/apperr"
)

// Limits bound what a foreign file may cost. The zero value of a field means
// the default of DefaultLimits.
type Limits struct {
	Size     int64 // bytes of the file as received
	Expanded int64 // bytes of all that a compressed file opens into
	Ratio    int64 // expanded bytes for one received byte, past the first MiB
	Rows     int   // rows, header included
	Columns  int   // cells in a row
	Cell     int   // bytes in a cell
	Strings  int64 // bytes of a workbook's shared strings, the only part held in memory
}

// DefaultLimits suit the largest public files that are read (one row a commune,
// a hundred columns) with room to spare.
func DefaultLimits() Limits {
	return Limits{
		Size:     256 << 20,
		Expanded: 1 << 30,
		Ratio:    200,
		Rows:     1_000_000,
		Columns:  1_000,
		Cell:     32 << 10,
		Strings:  64 << 20,
	}
}

// UploadLimits are those of a file sent to the site rather than given to a
// command by whoever runs the machine.
func UploadLimits() Limits {
	l := DefaultLimits()
	l.Size, l.Expanded = 25<<20, 512<<20
	return l
}

func (l Limits) orDefault() Limits {
	d := DefaultLimits()
	l.Size = positive(l.Size, d.Size)
	l.Expanded = positive(l.Expanded, d.Expanded)
	l.Ratio = positive(l.Ratio, d.Ratio)
	l.Rows = positive(l.Rows, d.Rows)
	l.Columns = positive(l.Columns, d.Columns)
	l.Cell = positive(l.Cell, d.Cell)
	l.Strings = positive(l.Strings, d.Strings)
	return l
}

func positive[T int | int64](v, otherwise T) T {
	if v > 0 {
		return v
	}
	return otherwise
}

// Encoding is how a text file writes its letters.
type Encoding string

// The encodings a reader knows. Windows1252 is read only when the caller
// declares it: guessed, it would turn names into others without a word.
const (
	UTF8        Encoding = "UTF-8"
	UTF8BOM     Encoding = "UTF-8 avec BOM"
	Windows1252 Encoding = "Windows-1252"
)

// Options say what only the sender knows. The zero value asks the reader to
// find out, and to refuse rather than guess.
type Options struct {
	Limits    Limits
	Encoding  Encoding // only Windows1252 has an effect: the sender vouches for it
	Delimiter rune     // 0: found among ; tab and ,
	Decimal   Decimal
	Sheet     string // workbook sheet; "" is the first visible one
	SkipRows  int    // rows before the header (titles, notes)
}

// Row is one record. Line is where it starts in the file (the row number in a
// workbook), so that a message can send its reader to the place.
type Row struct {
	Line  int
	Cells []string
	// Fault is what makes the whole row unreadable (a cell too long, too many
	// cells); reading goes on, and every cell of the row answers with it.
	Fault *CellError

	kinds []cellKind // workbooks only; nil means text everywhere
}

type cellKind byte

const (
	cellText cellKind = iota
	cellNumber
	cellFormula
	cellFault // #REF! and the like
)

func (r Row) kind(i int) cellKind {
	if i < len(r.kinds) {
		return r.kinds[i]
	}
	return cellText
}

// Table is a foreign file opened for reading: its header is known, its rows are
// read once, as a stream.
type Table struct {
	Name     string
	Encoding Encoding // empty for a workbook
	Sheet    string   // empty for a text file
	Sheets   []string // every visible sheet of the workbook
	Header   []string
	Line     int // of the header

	decimal Decimal
	source  source
	limits  Limits
	closers []io.Closer
}

// source is what a format gives: rows until io.EOF. The slice of cells may be
// used again for the next row; the strings in it may be kept.
type source interface {
	next() (Row, error)
}

// ReadTable opens a CSV or XLSX file of which nothing is known but its name.
// The content decides the format. What is not an io.ReaderAt with a length is
// copied first, to a temporary file that Close removes, and no further than the
// size limit. Close the table.
func ReadTable(name string, r io.Reader, limits Limits) (*Table, error) {
	return ReadTableWith(name, r, Options{Limits: limits})
}

// ReadTableWith is ReadTable with what the sender declared.
func ReadTableWith(name string, r io.Reader, o Options) (*Table, error) {
	o.Limits = o.Limits.orDefault()
	at, size, closer, err := randomAccess(name, r, o.Limits.Size)
	if err != nil {
		return nil, err
	}
	t, err := open(name, at, size, o)
	if err != nil {
		return nil, errors.Join(err, closer.Close())
	}
	t.closers = append(t.closers, closer)
	return t, nil
}

// Close frees what reading held. Rows must not be used after it.
func (t *Table) Close() error {
	var errs []error
	for _, c := range t.closers {
		errs = append(errs, c.Close())
	}
	t.closers = nil
	return errors.Join(errs...)
}

// Rows yields each row after the header, empty ones left out. An error ends
// the file and is the last thing yielded; what is wrong with one row only is
// its Fault. The slice Cells is used again for the next row: clone it to keep
// it, or keep the strings.
func (t *Table) Rows() iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		for {
			row, err := t.source.next()
			if errors.Is(err, io.EOF) {
				return
			}
			if err != nil {
				yield(Row{}, err)
				return
			}
			if row.Fault == nil && blank(row.Cells) {
				continue
			}
			t.square(&row)
			if !yield(row, nil) {
				return
			}
		}
	}
}

// square gives a row the header's width: empty cells past it are dropped, cells
// missing at its end are empty, and a filled cell without header is a fault.
func (t *Table) square(row *Row) {
	width := len(t.Header)
	for i := width; i < len(row.Cells); i++ {
		if row.Fault == nil && trimSpaces(row.Cells[i]) != "" {
			row.Fault = &CellError{File: t.Name, Line: row.Line, Col: i + 1, Value: clip(row.Cells[i]),
				Reason: fmt.Sprintf("cellule sans en-tête\u00a0: la ligne a %d cellules, l’en-tête %d", len(row.Cells), width)}
		}
	}
	if len(row.Cells) > width {
		row.Cells = row.Cells[:width]
	}
	for len(row.Cells) < width {
		row.Cells = append(row.Cells, "")
	}
}

func open(name string, at io.ReaderAt, size int64, o Options) (*Table, error) {
	if size == 0 {
		return nil, apperr.Invalidf("%s\u00a0: le fichier est vide.", name)
	}
	head := make([]byte, 8)
	n, err := at.ReadAt(head, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("read the head of %s: %w", name, err)
	}
	t := &Table{Name: name, decimal: o.Decimal, limits: o.Limits}
	switch format := sniff(head[:n]); format {
	case "zip":
		err = t.openWorkbook(at, size, o)
	case "":
		err = t.openText(at, size, o)
	default:
		err = apperr.Invalidf("%s\u00a0: ce fichier est %s. Enregistrez-le en CSV (UTF-8) ou en XLSX, puis recommencez.", name, format)
	}
	if err != nil {
		return nil, errors.Join(err, t.Close())
	}
	return t, t.readHeader(o.SkipRows)
}

func (t *Table) readHeader(skip int) error {
	for {
		row, err := t.source.next()
		if errors.Is(err, io.EOF) {
			return apperr.Invalidf("%s\u00a0: aucune ligne d’en-tête.", t.Name)
		}
		if err != nil {
			return err
		}
		if row.Fault != nil {
			return row.Fault
		}
		if blank(row.Cells) {
			continue
		}
		if skip > 0 {
			skip--
			continue
		}
		t.Line = row.Line
		for _, c := range row.Cells {
			t.Header = append(t.Header, trimSpaces(c))
		}
		for len(t.Header) > 0 && t.Header[len(t.Header)-1] == "" {
			t.Header = t.Header[:len(t.Header)-1]
		}
		return nil
	}
}

func blank(cells []string) bool {
	for _, c := range cells {
		if trimSpaces(c) != "" {
			return false
		}
	}
	return true
}

// sniff names the formats people send by mistake, in the words of the message.
func sniff(head []byte) string {
	for _, m := range []struct{ magic, name string }{
		{"PK\x03\x04", "zip"},
		{"PK\x05\x06", "zip"},
		{"%PDF", "un PDF"},
		{"\xd0\xcf\x11\xe0", "un classeur Excel 97-2003 (.xls) ou protégé par un mot de passe"},
		{"\x1f\x8b", "compressé (gzip)"},
		{"\xff\xfe", "un texte UTF-16"},
		{"\xfe\xff", "un texte UTF-16"},
	} {
		if len(head) >= len(m.magic) && string(head[:len(m.magic)]) == m.magic {
			return m.name
		}
	}
	return ""
}

// randomAccess returns r itself when it can be read anywhere and knows its
// length, else a bounded copy.
func randomAccess(name string, r io.Reader, limit int64) (io.ReaderAt, int64, io.Closer, error) {
	if at, ok := r.(io.ReaderAt); ok {
		if size, ok := lengthOf(r); ok {
			if size > limit {
				return nil, 0, nil, tooLarge(name, limit)
			}
			return at, size, nothing{}, nil
		}
	}
	f, err := os.CreateTemp("", "jalon-import-*")
	if err != nil {
		return nil, 0, nil, fmt.Errorf("temporary copy of %s: %w", name, err)
	}
	spool := &spooled{File: f}
	n, err := io.Copy(f, io.LimitReader(r, limit+1))
	if err == nil && n > limit {
		err = tooLarge(name, limit)
	}
	if err != nil {
		return nil, 0, nil, errors.Join(err, spool.Close())
	}
	return f, n, spool, nil
}

func lengthOf(r io.Reader) (int64, bool) {
	switch v := r.(type) {
	case interface{ Size() int64 }: // bytes.Reader, strings.Reader, io.SectionReader
		return v.Size(), true
	case *os.File:
		info, err := v.Stat()
		return sizeOf(info), err == nil && info.Mode().IsRegular()
	case io.Seeker: // multipart.File
		size, err := v.Seek(0, io.SeekEnd)
		return size, err == nil
	}
	return 0, false
}

func sizeOf(info os.FileInfo) int64 {
	if info == nil {
		return 0
	}
	return info.Size()
}

type nothing struct{}

func (nothing) Close() error { return nil }

type spooled struct{ *os.File }

func (s *spooled) Close() error { return errors.Join(s.File.Close(), os.Remove(s.Name())) }

func tooLarge(name string, limit int64) error {
	return apperr.New(apperr.TooLarge, nil, "%s\u00a0: le fichier dépasse %d\u00a0Mo. Découpez-le, ou retirez les colonnes inutiles. Rien n’a été enregistré.", name, limit>>20)
}
