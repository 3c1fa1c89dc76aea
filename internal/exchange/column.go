package exchange

import (
	"fmt"
	"slices"
	"strings"

	"jalon/internal/apperr"
	"jalon/internal/french"
)

// Synonyms are the headers under which each column of a format is known: its
// key in the code, then the names found in files. Case, accents and punctuation
// do not count.
type Synonyms map[string][]string

// Mapping is what a person decided about headers that no synonym knows: the
// header as it is in the file, then the key, or Ignored.
type Mapping map[string]string

// Ignored is the key of a header that is to be left out.
const Ignored = "-"

// MappingError lists what a person must decide before a file can be read:
// nothing is guessed from a header that looks like another.
type MappingError struct {
	File    string
	Line    int
	Unknown []string // headers of the file without a known meaning
	Missing []string // columns needed and not found
	Fields  []string // what a column may be said to hold: the keys that a Mapping takes
}

// Error is the sentence a user reads.
func (e *MappingError) Error() string {
	var parts []string
	if len(e.Missing) > 0 {
		parts = append(parts, "colonnes manquantes\u00a0: "+quoteAll(e.Missing))
	}
	if len(e.Unknown) > 0 {
		parts = append(parts, "colonnes non reconnues\u00a0: "+quoteAll(e.Unknown)+" (indiquez ce qu’elles contiennent, ou qu’il faut les ignorer)")
	}
	return fmt.Sprintf("%s, ligne\u00a0%d\u00a0: %s.", e.File, e.Line, strings.Join(parts, "\u00a0; "))
}

// Unwrap makes an undecided column an invalid input.
func (e *MappingError) Unwrap() error { return apperr.Invalidf("%s", e.Error()) }

// Columns are the places of the columns of one table.
type Columns struct {
	table   *Table
	at      map[string]int
	names   map[string]string // key → the first synonym, for messages
	unknown []string
	fields  []string
}

// Columns matches the header with the synonyms. Two headers for one key are an
// error at once; unknown and missing ones are told by Require, so that a person
// sees them all together.
func (t *Table) Columns(s Synonyms, m Mapping) (*Columns, error) {
	c := &Columns{table: t, at: map[string]int{}, names: map[string]string{}}
	keyOf := map[string]string{}
	for key, names := range s {
		c.names[key] = key
		c.fields = append(c.fields, key)
		if len(names) > 0 {
			c.names[key] = names[0]
		}
		for _, n := range append([]string{key}, names...) {
			keyOf[french.Fold(n)] = key
		}
	}
	slices.Sort(c.fields)
	decided := map[string]string{}
	for header, key := range m {
		if _, known := s[key]; !known && key != Ignored {
			return nil, apperr.Invalidf("%s\u00a0: la correspondance donne à «\u00a0%s\u00a0» une colonne inconnue, «\u00a0%s\u00a0».", t.Name, header, key)
		}
		decided[french.Fold(header)] = key
	}
	for i, header := range t.Header {
		folded := french.Fold(header)
		key, ok := decided[folded]
		if !ok {
			key, ok = keyOf[folded]
		}
		switch {
		case !ok:
			c.unknown = append(c.unknown, headerName(header, i))
			continue
		case key == Ignored:
			continue
		}
		if first, twice := c.at[key]; twice {
			return nil, &CellError{File: t.Name, Line: t.Line, Col: i + 1, Column: header,
				Reason: fmt.Sprintf("la colonne %d («\u00a0%s\u00a0») a déjà ce sens\u00a0: gardez l’une des deux", first+1, t.Header[first])}
		}
		c.at[key] = i
	}
	return c, nil
}

// Require fails with a MappingError unless every key has its column and every
// header of the file has its meaning.
func (c *Columns) Require(keys ...string) error {
	missing := c.missing(keys)
	if len(missing)+len(c.unknown) == 0 {
		return nil
	}
	return &MappingError{File: c.table.Name, Line: c.table.Line, Unknown: c.unknown, Missing: missing, Fields: c.fields}
}

// RequireOnly is Require for public files of many columns, of which a few are
// read: the others are left out without a word.
func (c *Columns) RequireOnly(keys ...string) error {
	if missing := c.missing(keys); len(missing) > 0 {
		return &MappingError{File: c.table.Name, Line: c.table.Line, Missing: missing, Fields: c.fields}
	}
	return nil
}

// Unknown lists the headers without a known meaning.
func (c *Columns) Unknown() []string { return slices.Clone(c.unknown) }

// Has says whether the file has the column.
func (c *Columns) Has(key string) bool {
	_, ok := c.at[key]
	return ok
}

// Cell returns the cell of a column; one that the file has not is empty.
func (c *Columns) Cell(row Row, key string) Cell {
	i, ok := c.at[key]
	cell := Cell{File: c.table.Name, Line: row.Line, Column: c.names[key], decimal: c.table.decimal, fault: row.Fault}
	if !ok {
		return cell
	}
	cell.Col, cell.Column = i+1, c.table.Header[i]
	if i < len(row.Cells) {
		cell.Value = trimSpaces(row.Cells[i])
		cell.kind = row.kind(i)
	}
	return cell
}

func (c *Columns) missing(keys []string) []string {
	var missing []string
	for _, k := range keys {
		if !c.Has(k) {
			name := c.names[k]
			if name == "" {
				name = k
			}
			missing = append(missing, name)
		}
	}
	return missing
}

func headerName(header string, i int) string {
	if header == "" {
		return fmt.Sprintf("colonne %d, sans en-tête", i+1)
	}
	return clip(header)
}

func quoteAll(names []string) string {
	quoted := make([]string, len(names))
	for i, n := range names {
		quoted[i] = "«\u00a0" + n + "\u00a0»"
	}
	return strings.Join(quoted, ", ")
}
