package exchange

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"

	"jalon/internal/apperr"
)

// openText finds out the letters and the delimiter of a text file. A file that
// cannot be read to its end in one encoding is refused here, at its first bad
// cell, before any row is given.
func (t *Table) openText(at io.ReaderAt, size int64, o Options) error {
	letters, err := surveyText(at, size)
	if err != nil {
		return err
	}
	encoding, refusal := letters.verdict(o.Encoding)
	t.Encoding = encoding
	start := int64(0)
	if letters.bom {
		start = int64(len(bom))
	}
	delimiter := o.Delimiter
	if delimiter == 0 {
		if delimiter, err = findDelimiter(io.NewSectionReader(at, start, size-start), o.SkipRows); err != nil {
			return err
		}
	}
	if delimiter == ';' && t.decimal == Undeclared {
		t.decimal = CommaDecimal // only spreadsheets set to a decimal comma write «;»
	}
	r := &csvReader{
		in:        bufio.NewReaderSize(io.NewSectionReader(at, start, size-start), 64<<10),
		name:      t.Name,
		limits:    t.limits,
		delimiter: byte(delimiter),
		encoding:  encoding,
		refusal:   refusal,
		line:      1,
	}
	if refusal == "" && !letters.nul {
		t.source = r
		return nil
	}
	for { // find the place: the reader stops at the first cell it cannot read
		if _, err := r.next(); errors.Is(err, io.EOF) {
			return apperr.Invalidf("%s\u00a0: %s.", t.Name, refusal)
		} else if err != nil {
			return err
		}
	}
}

// findDelimiter takes the candidate that cuts the header into the most cells,
// outside quotes.
func findDelimiter(r io.Reader, skip int) (rune, error) {
	head, err := io.ReadAll(io.LimitReader(r, 64<<10))
	if err != nil {
		return 0, fmt.Errorf("read the header: %w", err)
	}
	var counts [256]int
	quoted, blankLine := false, true
	for _, c := range head {
		if c == '"' {
			quoted = !quoted
		}
		if c == '\n' && !quoted {
			if !blankLine && skip == 0 {
				break
			}
			if !blankLine {
				skip--
			}
			blankLine, counts = true, [256]int{}
			continue
		}
		if c != '\r' && c != ' ' {
			blankLine = false
		}
		if !quoted {
			counts[c]++
		}
	}
	best := ';'
	for _, c := range "\t," {
		if counts[c] > counts[best] {
			best = c
		}
	}
	return best, nil
}

// csvReader is RFC 4180 with any of three delimiters and three line ends. A
// quote inside an unquoted cell is a letter like another; text after a closing
// quote is refused, because two readers would read two things.
type csvReader struct {
	in        *bufio.Reader
	name      string
	limits    Limits
	delimiter byte
	encoding  Encoding
	refusal   string

	line  int // of the next byte
	rows  int
	buf   []byte
	ends  []int
	cells []string
	done  bool
}

func (r *csvReader) next() (Row, error) {
	if r.done {
		return Row{}, io.EOF
	}
	if r.rows++; r.rows > r.limits.Rows {
		return Row{}, apperr.New(apperr.TooLarge, nil, "%s, ligne\u00a0%d\u00a0: le fichier compte plus de %d lignes. Découpez-le.", r.name, r.line, r.limits.Rows)
	}
	row := Row{Line: r.line}
	r.buf, r.ends = r.buf[:0], r.ends[:0]
	for more := true; more; {
		var err error
		if more, err = r.cell(&row); err != nil {
			return Row{}, err
		}
	}
	if r.done && len(r.ends) == 1 && len(r.buf) == 0 && row.Fault == nil {
		return Row{}, io.EOF // what follows the last line end
	}
	if err := r.decode(&row); err != nil {
		return Row{}, err
	}
	return row, nil
}

// cell reads one cell and says whether another follows on the same row.
func (r *csvReader) cell(row *Row) (more bool, err error) {
	start := len(r.buf)
	c, err := r.in.ReadByte()
	if err == nil && c == '"' {
		if err := r.quoted(start); err != nil {
			return false, err
		}
		c, err = r.in.ReadByte()
		if err == nil && c != r.delimiter && c != '\n' && c != '\r' {
			return false, r.fault("texte après un guillemet fermant\u00a0: doublez les guillemets qui font partie de la cellule", start)
		}
	}
	for err == nil && c != r.delimiter && c != '\n' && c != '\r' {
		if len(r.buf)-start < r.limits.Cell {
			r.buf = append(r.buf, c)
		} else if row.Fault == nil {
			row.Fault = r.fault(fmt.Sprintf("cellule de plus de %d octets", r.limits.Cell), start)
		}
		c, err = r.in.ReadByte()
	}
	r.closeCell(row, start)
	switch {
	case errors.Is(err, io.EOF):
		r.done = true
		return false, nil
	case err != nil:
		return false, fmt.Errorf("read %s: %w", r.name, err)
	case c == r.delimiter:
		return true, nil
	}
	if c == '\r' {
		if next, err := r.in.Peek(1); err == nil && next[0] == '\n' {
			_, _ = r.in.Discard(1)
		}
	}
	r.line++
	return false, nil
}

func (r *csvReader) closeCell(row *Row, start int) {
	if len(r.ends) < r.limits.Columns {
		r.ends = append(r.ends, len(r.buf))
		return
	}
	r.buf = r.buf[:start]
	if row.Fault == nil {
		row.Fault = r.fault(fmt.Sprintf("plus de %d colonnes", r.limits.Columns), start)
	}
}

// quoted reads up to the closing quote.
func (r *csvReader) quoted(start int) error {
	opened := r.line
	unclosed := func(reason string) error {
		e := r.fault(reason, start)
		e.Line = opened
		return e
	}
	for {
		c, err := r.in.ReadByte()
		if errors.Is(err, io.EOF) {
			return unclosed("guillemet ouvert ici et jamais fermé")
		}
		if err != nil {
			return fmt.Errorf("read %s: %w", r.name, err)
		}
		switch c {
		case '"':
			if next, _ := r.in.Peek(1); len(next) == 0 || next[0] != '"' {
				return nil // the end of the file is the next read's to tell
			}
			_, _ = r.in.Discard(1)
		case '\n':
			r.line++
		}
		if len(r.buf)-start >= r.limits.Cell {
			return unclosed(fmt.Sprintf("cellule de plus de %d octets (guillemet non fermé\u00a0?)", r.limits.Cell))
		}
		r.buf = append(r.buf, c)
	}
}

// decode turns the bytes of the row into text, refusing what is none.
func (r *csvReader) decode(row *Row) error {
	if r.encoding == Windows1252 && r.refusal == "" {
		return r.decodeOld(row)
	}
	if r.refusal != "" || bytes.IndexByte(r.buf, 0) >= 0 {
		start := 0
		for i, end := range r.ends {
			cell := r.buf[start:end]
			reason, undeclared := "", Encoding("")
			if !utf8.Valid(cell) {
				reason = r.refusal
				if r.encoding == Windows1252 {
					undeclared = Windows1252
				}
			}
			if bytes.IndexByte(cell, 0) >= 0 {
				reason = "caractère nul\u00a0: ce fichier n’est pas un texte"
			}
			if reason != "" {
				return &CellError{File: r.name, Line: row.Line, Col: i + 1, Value: r.show(cell), Reason: reason, Undeclared: undeclared}
			}
			start = end
		}
	}
	whole := string(r.buf)
	r.cells = r.cells[:0]
	start := 0
	for _, end := range r.ends {
		r.cells = append(r.cells, whole[start:end])
		start = end
	}
	row.Cells = r.cells
	return nil
}

func (r *csvReader) decodeOld(row *Row) error {
	r.cells = r.cells[:0]
	start := 0
	for i, end := range r.ends {
		cell := r.buf[start:end]
		if bytes.IndexByte(cell, 0) >= 0 {
			return &CellError{File: r.name, Line: row.Line, Col: i + 1, Reason: "caractère nul\u00a0: ce fichier n’est pas un texte"}
		}
		r.cells = append(r.cells, fromWindows1252(cell))
		start = end
	}
	row.Cells = r.cells
	return nil
}

func (r *csvReader) show(b []byte) string {
	if r.encoding == Windows1252 {
		return clip(fromWindows1252(b))
	}
	return clip(string(b))
}

func (r *csvReader) fault(reason string, start int) *CellError {
	return &CellError{File: r.name, Line: r.line, Col: len(r.ends) + 1, Value: r.show(r.buf[start:]), Reason: reason}
}
