package exchange

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"jalon/internal/apperr"
)

// CellError is what is wrong with one cell, said so that whoever made the file
// finds it: the file, the line, the column by number and by name, the value.
type CellError struct {
	File   string
	Line   int
	Col    int    // from 1; 0 when the whole line is meant
	Column string // the header, when known
	Value  string
	Reason string
	// Undeclared is the encoding that the file seems to have and that its sender
	// has to declare: whoever asks can then name the way to declare it.
	Undeclared Encoding
}

// Error is the sentence a user reads.
func (e *CellError) Error() string {
	var b strings.Builder
	b.WriteString(e.File)
	if e.Line > 0 {
		fmt.Fprintf(&b, ", ligne\u00a0%d", e.Line)
	}
	if e.Col > 0 {
		fmt.Fprintf(&b, ", colonne\u00a0%d", e.Col)
	}
	if e.Column != "" {
		fmt.Fprintf(&b, " («\u00a0%s\u00a0»)", e.Column)
	}
	b.WriteString("\u00a0: ")
	b.WriteString(e.Reason)
	if e.Value != "" {
		fmt.Fprintf(&b, " (lu\u00a0: «\u00a0%s\u00a0»)", e.Value)
	}
	return b.String()
}

// Verdict gives the place and the reason apart, for a list of verdicts that has
// its own columns for the place.
func (e *CellError) Verdict() (line, col int, reason string) {
	reason = e.Reason
	if e.Column != "" {
		reason = "«\u00a0" + e.Column + "\u00a0»\u00a0: " + reason
	}
	if e.Value != "" {
		reason += " (lu\u00a0: «\u00a0" + e.Value + "\u00a0»)"
	}
	return e.Line, e.Col, reason
}

// Unwrap makes a refused cell an invalid input for whoever turns errors into a
// status or an exit code, with the same sentence.
func (e *CellError) Unwrap() error { return apperr.Invalidf("%s", e.Error()) }

// Cell is one value with its place, ready to be read as a number or refused by
// a rule of the caller's own with the same wording.
type Cell struct {
	File   string
	Line   int
	Col    int
	Column string
	Value  string // blanks around it removed

	kind    cellKind
	decimal Decimal
	fault   *CellError
}

// Empty says that nothing is written. Missing is not zero.
func (c Cell) Empty() bool { return c.Value == "" && c.kind != cellFormula && c.fault == nil }

// Fault refuses the cell for reason, in French, without a final stop.
func (c Cell) Fault(format string, args ...any) *CellError {
	return &CellError{File: c.File, Line: c.Line, Col: c.Col, Column: c.Column, Value: clip(c.Value), Reason: fmt.Sprintf(format, args...)}
}

// readable refuses what cannot be taken at its word: a formula (its value is
// whatever the last program wrote, or nothing) and a spreadsheet error.
func (c Cell) readable() *CellError {
	switch {
	case c.fault != nil:
		return c.fault
	case c.kind == cellFormula:
		return c.Fault("la cellule contient une formule\u00a0: remplacez-la par sa valeur (collage spécial, valeurs)")
	case c.kind == cellFault:
		return c.Fault("la cellule contient une erreur de calcul")
	}
	return nil
}

// Text returns the value, which may be empty.
func (c Cell) Text() (string, error) {
	if f := c.readable(); f != nil {
		return "", f
	}
	return c.Value, nil
}

// Required returns the value and refuses an empty one.
func (c Cell) Required() (string, error) {
	v, err := c.Text()
	if err == nil && v == "" {
		return "", c.Fault("cette cellule doit être remplie")
	}
	return v, err
}

// Number reads a number, refusing an empty cell: ask Empty first where missing
// is allowed.
func (c Cell) Number() (float64, error) {
	return c.parse(ParseNumber)
}

// NonNegative reads a number that cannot be under zero.
func (c Cell) NonNegative() (float64, error) {
	v, err := c.Number()
	if err == nil && v < 0 {
		return 0, c.Fault("ce nombre ne peut pas être négatif")
	}
	return v, err
}

// Share reads a fraction, «12,5 %» being 0.125.
func (c Cell) Share() (float64, error) {
	return c.parse(ParseShare)
}

// Int reads a whole number.
func (c Cell) Int() (int64, error) {
	v, err := c.Number()
	if err != nil {
		return 0, err
	}
	n, err := wholeOf(v)
	if err != nil {
		return 0, c.Fault("%s", err.Error())
	}
	return n, nil
}

// Year reads a calendar year that a figure can bear.
func (c Cell) Year() (int, error) {
	n, err := c.Int()
	if err != nil {
		return 0, err
	}
	if n < 1900 || n > 2200 {
		return 0, c.Fault("une année à quatre chiffres est attendue")
	}
	return int(n), nil
}

func (c Cell) parse(read func(string, Decimal) (float64, error)) (float64, error) {
	if f := c.readable(); f != nil {
		return 0, f
	}
	if c.kind == cellNumber { // a workbook writes numbers one way
		v, err := strconv.ParseFloat(c.Value, 64)
		if err != nil || math.IsInf(v, 0) || math.IsNaN(v) {
			return 0, c.Fault("%s", ErrNumberMalformed.Error())
		}
		return v, nil
	}
	v, err := read(c.Value, c.decimal)
	if err != nil {
		return 0, c.Fault("%s", err.Error())
	}
	return v, nil
}

// clip keeps a refused value short enough for a message, on a rune.
func clip(s string) string {
	const most = 80
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, "\ufffd"))
	if len(s) <= most {
		return s
	}
	cut := most
	for cut > 0 && !utf8.RuneStart(s[cut]) {
		cut--
	}
	return s[:cut] + "…"
}
