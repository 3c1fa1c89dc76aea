package exchange

import (
	"iter"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// NationalRow is one indicator of the national referential (Grist export): its
// values by year, its targets, the levers and the series of the hub it is tied to.
type NationalRow struct {
	Line    int
	ID      string // of the source; may be empty
	Name    string // empty on a row that only holds a place in the list
	Part    string // «Protection forte (France)»: the line of a stacked chart
	Unit    string
	Scope   string
	Source  string
	Levers  []string // official names
	Axes    []string
	HubIDs  []int
	Values  map[int]NationalValue
	Targets map[int]NationalValue
	Aim     string // who set the target
	Err     error
}

// NationalValue is a number as read and as written.
type NationalValue struct {
	Value float64
	Text  string
}

var nationalColumns = Synonyms{
	"id":     {},
	"name":   {"indicateur"},
	"part":   {"sous-niveau (graphique)"},
	"unit":   {"unité", "unite"},
	"scope":  {"périmètre"},
	"source": {"sources"},
	"lever":  {"levier"},
	"axes":   {"axes taxonomie"},
	"hub":    {"irpe ids"},
	"aim":    {"source de la cible"},
}

var (
	aYear   = regexp.MustCompile(`^(19|20)\d\d$`)
	aTarget = regexp.MustCompile(`^cible[_ ]((?:20)\d\d)$`)
)

// ReadNational reads the export: a few named columns, one column a year, one
// «cible_» column a target year; the sixty others are left out.
func ReadNational(t *Table, m Mapping) (iter.Seq2[NationalRow, error], error) {
	c, err := t.Columns(nationalColumns, m)
	if err != nil {
		return nil, err
	}
	if err := c.RequireOnly("name", "unit", "lever", "source", "aim"); err != nil {
		return nil, err
	}
	years, targets := map[int]int{}, map[int]int{}
	for i, h := range t.Header {
		if aYear.MatchString(h) {
			years[i], _ = strconv.Atoi(h)
		} else if f := aTarget.FindStringSubmatch(strings.ToLower(h)); f != nil {
			targets[i], _ = strconv.Atoi(f[1])
		}
	}
	if len(years) == 0 {
		return nil, &MappingError{File: t.Name, Line: t.Line, Missing: []string{"2024 (une colonne par année)"}, Fields: c.fields}
	}
	return each(t, func(row Row) NationalRow { return nationalRow(c, row, years, targets) }), nil
}

func nationalRow(c *Columns, row Row, years, targets map[int]int) NationalRow {
	r := NationalRow{Line: row.Line, Values: map[int]NationalValue{}, Targets: map[int]NationalValue{}}
	text := func(key string, into *string) func() error {
		return func() error {
			v, err := c.Cell(row, key).Text()
			*into = strings.Join(strings.Fields(v), " ")
			return err
		}
	}
	var lever, axes, hub string
	r.Err = first(text("id", &r.ID), text("name", &r.Name), text("part", &r.Part), text("unit", &r.Unit), text("scope", &r.Scope), text("source", &r.Source),
		text("lever", &lever), text("axes", &axes), text("hub", &hub), text("aim", &r.Aim),
		func() error { return nationalNumbers(c, row, years, r.Values) },
		func() error { return nationalNumbers(c, row, targets, r.Targets) },
	)
	r.Levers, r.Axes = splitQuoted(lever), splitQuoted(axes)
	for _, id := range strings.FieldsFunc(hub, func(x rune) bool { return x < '0' || x > '9' }) {
		if n, err := strconv.Atoi(id); err == nil {
			r.HubIDs = append(r.HubIDs, n)
		}
	}
	return r
}

// nationalNumbers reads the columns of years; a word in one («n.d.») is refused,
// for a reason would be lost.
func nationalNumbers(c *Columns, row Row, at map[int]int, into map[int]NationalValue) error {
	columns := make([]int, 0, len(at))
	for i := range at {
		columns = append(columns, i)
	}
	slices.Sort(columns)
	for _, i := range columns {
		if i >= len(row.Cells) {
			continue
		}
		cell := Cell{File: c.table.Name, Line: row.Line, Col: i + 1, Column: c.table.Header[i], Value: trimSpaces(row.Cells[i]), decimal: CommaDecimal, kind: row.kind(i), fault: row.Fault}
		if cell.Empty() {
			continue
		}
		v, err := cell.Number()
		if err != nil {
			return err
		}
		into[at[i]] = NationalValue{Value: v, Text: cell.Value}
	}
	return nil
}

// splitQuoted reads «a, "b, c", d»: names that hold a comma are between quotes.
func splitQuoted(s string) []string {
	var out []string
	var b strings.Builder
	quoted := false
	flush := func() {
		if name := strings.TrimSpace(b.String()); name != "" {
			out = append(out, name)
		}
		b.Reset()
	}
	for _, r := range s {
		switch {
		case r == '"':
			quoted = !quoted
		case r == ',' && !quoted:
			flush()
		default:
			b.WriteRune(r)
		}
	}
	flush()
	return out
}
