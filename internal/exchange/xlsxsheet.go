package exchange

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strconv"
	"time"

	"jalon/internal/apperr"
)

// sheetReader streams the rows of one sheet.
type sheetReader struct {
	marks     *marks
	name      string
	limits    Limits
	words     []string
	dates     []bool
	since1904 bool

	line  int
	rows  int
	cells []string
	kinds []cellKind
	done  bool
}

func (s *sheetReader) next() (Row, error) {
	for !s.done {
		tok, err := s.marks.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return Row{}, s.broken(err)
		}
		e, ok := tok.(xml.StartElement)
		if !ok || e.Name.Local != "row" {
			if end, ok := tok.(xml.EndElement); ok && end.Name.Local == "sheetData" {
				s.done = true
			}
			continue
		}
		return s.row(e)
	}
	return Row{}, io.EOF
}

func (s *sheetReader) row(e xml.StartElement) (Row, error) {
	s.line++
	if r := attr(e, "r"); r != "" {
		n, err := strconv.Atoi(r)
		if err != nil || n < s.line {
			return Row{}, s.broken(fmt.Errorf("row number %q after %d", r, s.line-1))
		}
		s.line = n
	}
	if s.rows++; s.rows > s.limits.Rows {
		return Row{}, apperr.New(apperr.TooLarge, nil, "%s, ligne\u00a0%d\u00a0: la feuille compte plus de %d lignes. Découpez-la.", s.name, s.line, s.limits.Rows)
	}
	row := Row{Line: s.line}
	s.cells, s.kinds = s.cells[:0], s.kinds[:0]
	for bottom := s.marks.depth - 1; s.marks.depth > bottom; {
		tok, err := s.marks.next()
		if err != nil {
			return Row{}, s.broken(unexpectedEOF(err))
		}
		if c, ok := tok.(xml.StartElement); ok && c.Name.Local == "c" {
			if err := s.cell(&row, c); err != nil {
				return Row{}, s.broken(err)
			}
		}
	}
	row.Cells, row.kinds = s.cells, s.kinds
	return row, nil
}

// cell puts a cell at its place, filling the gap before it.
func (s *sheetReader) cell(row *Row, e xml.StartElement) error {
	at := len(s.cells)
	if ref := attr(e, "r"); ref != "" {
		col, err := columnOf(ref)
		if err != nil || col < at {
			return fmt.Errorf("cell %q: %w", ref, errors.Join(err, errMarkup))
		}
		at = col
	}
	value, kind, err := s.value(e)
	if err != nil {
		return err
	}
	if at >= s.limits.Columns {
		if row.Fault == nil && value != "" {
			row.Fault = &CellError{File: s.name, Line: s.line, Col: at + 1, Value: clip(value), Reason: fmt.Sprintf("plus de %d colonnes", s.limits.Columns)}
		}
		return nil
	}
	if len(value) > s.limits.Cell && row.Fault == nil {
		row.Fault = &CellError{File: s.name, Line: s.line, Col: at + 1, Value: clip(value), Reason: fmt.Sprintf("cellule de plus de %d octets", s.limits.Cell)}
	}
	for len(s.cells) < at {
		s.cells, s.kinds = append(s.cells, ""), append(s.kinds, cellText)
	}
	s.cells, s.kinds = append(s.cells, value), append(s.kinds, kind)
	return nil
}

// value reads what a cell holds. A formula is never computed, and its cached
// value is kept only to be shown beside the refusal.
func (s *sheetReader) value(e xml.StartElement) (value string, kind cellKind, err error) {
	formula := false
	for bottom := s.marks.depth - 1; s.marks.depth > bottom; {
		tok, err := s.marks.next()
		if err != nil {
			return "", 0, unexpectedEOF(err)
		}
		in, ok := tok.(xml.StartElement)
		if !ok {
			continue
		}
		switch in.Name.Local {
		case "f":
			formula = true
		case "v":
			value, err = s.marks.chars(s.limits.Cell + 1)
		case "is":
			value, err = s.marks.text(s.limits.Cell + 1)
		}
		if err != nil {
			return "", 0, err
		}
	}
	value, kind, err = s.typed(attr(e, "t"), attr(e, "s"), value)
	if formula {
		kind = cellFormula
	}
	return value, kind, err
}

func (s *sheetReader) typed(kind, style, value string) (string, cellKind, error) {
	switch kind {
	case "s":
		if value == "" {
			return "", cellText, nil
		}
		i, err := strconv.Atoi(value)
		if err != nil || i < 0 || i >= len(s.words) {
			return "", cellText, fmt.Errorf("shared string %q of %d", clip(value), len(s.words))
		}
		return s.words[i], cellText, nil
	case "b":
		if value == "1" {
			return "oui", cellText, nil
		}
		return "non", cellText, nil
	case "e":
		return value, cellFault, nil
	case "str", "inlineStr", "d":
		return value, cellText, nil
	}
	if value == "" {
		return "", cellText, nil
	}
	if i, err := strconv.Atoi(style); err == nil && i >= 0 && i < len(s.dates) && s.dates[i] {
		if day, ok := s.day(value); ok {
			return day, cellText, nil
		}
	}
	return value, cellNumber, nil
}

// day is the day that a serial number stands for, as 2024-05-27.
func (s *sheetReader) day(value string) (string, bool) {
	serial, err := strconv.ParseFloat(value, 64)
	const last = 2_958_465 // 31 December 9999
	if err != nil || !(serial >= 1 && serial <= last) {
		return "", false
	}
	epoch := time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)
	switch {
	case s.since1904:
		epoch = time.Date(1904, 1, 1, 0, 0, 0, 0, time.UTC)
	case serial < 60: // the 29 February 1900 that never was
		epoch = epoch.AddDate(0, 0, 1)
	}
	return epoch.AddDate(0, 0, int(serial)).Format(time.DateOnly), true
}

func (s *sheetReader) broken(cause error) error {
	if apperr.KindOf(cause) != apperr.Internal {
		return cause
	}
	return apperr.New(apperr.Invalid, cause, "%s, vers la ligne\u00a0%d\u00a0: la feuille est illisible ou incomplète. Ouvrez le classeur puis enregistrez-le de nouveau en XLSX.", s.name, s.line)
}

// columnOf is the place, from 0, of a reference such as AB12.
func columnOf(ref string) (int, error) {
	n, i := 0, 0
	for ; i < len(ref) && i < 3 && ref[i] >= 'A' && ref[i] <= 'Z'; i++ {
		n = n*26 + int(ref[i]-'A') + 1
	}
	if i == 0 || i == len(ref) || !digits(ref[i:]) {
		return 0, fmt.Errorf("cell reference %q", clip(ref))
	}
	return n - 1, nil
}
