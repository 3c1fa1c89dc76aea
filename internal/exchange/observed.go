package exchange

import "iter"

// Quantity is a number that a row gives, or the reason why it does not: an
// empty cell is missing, never zero, and must say why.
type Quantity struct {
	Value  *float64
	Reason string
	Cell   Cell
}

// KeyRow is one value of an allocation key as a file gives it. What is wrong
// with the form of the row is Err; whether the territory and the key exist is
// for the room to say, through the cells.
type KeyRow struct {
	Line      int
	Territory Cell
	Key       Cell
	Year      int
	Quantity  Quantity
	Unit      Cell
	Source    string
	Err       error
}

var keyColumns = Synonyms{
	"territory": {"territoire", "code territoire", "ref"},
	"key":       {"clé", "cle", "clé de répartition"},
	"year":      {"année", "annee", "millésime"},
	"value":     {"valeur"},
	"unit":      {"unité", "unite"},
	"source":    {},
	"reason":    {"raison", "motif"},
}

// ReadKeys reads «territory, key, year, value, source», in any order, with an
// optional unit and the reason of an absent value.
func ReadKeys(t *Table, m Mapping) (iter.Seq2[KeyRow, error], error) {
	c, err := t.Columns(keyColumns, m)
	if err != nil {
		return nil, err
	}
	if err := c.Require("territory", "key", "year", "value", "source"); err != nil {
		return nil, err
	}
	return each(t, func(row Row) KeyRow {
		r := KeyRow{Line: row.Line, Territory: c.Cell(row, "territory"), Key: c.Cell(row, "key"), Unit: c.Cell(row, "unit")}
		r.Err = first(
			func() error { return filled(r.Territory) },
			func() error { return filled(r.Key) },
			func() (err error) { r.Year, err = c.Cell(row, "year").Year(); return err },
			func() (err error) { r.Quantity, err = quantity(c, row, "value"); return err },
			func() error { return notNegative(r.Quantity) },
			func() (err error) { r.Source, err = c.Cell(row, "source").Required(); return err },
		)
		return r
	}), nil
}

// ObjectiveRow is an objective published for a territory and a lever, in kt of
// CO₂e a year in 2030 against 2019, with its order of magnitude when given.
type ObjectiveRow struct {
	Line       int
	Territory  Cell
	Lever      Cell
	Kt         Quantity
	Equivalent *float64
	EquivCell  Cell
	Unit       Cell
	Edition    string
	Source     string
	Err        error
}

var objectiveColumns = Synonyms{
	"territory":  {"territoire", "code territoire", "ref"},
	"lever":      {"levier", "code levier"},
	"kt":         {"objectif", "objectif_kt", "objective_kt", "ktCO2e", "kt CO₂e"},
	"equivalent": {"équivalent", "ordre de grandeur"},
	"unit":       {"unité", "unite"},
	"edition":    {"édition", "version"},
	"source":     {},
	"reason":     {"raison", "motif"},
}

// ReadObjectives reads «territory, lever, kt, equivalent, unit, edition, source».
// The equivalent and its unit may be absent, together.
func ReadObjectives(t *Table, m Mapping) (iter.Seq2[ObjectiveRow, error], error) {
	c, err := t.Columns(objectiveColumns, m)
	if err != nil {
		return nil, err
	}
	if err := c.Require("territory", "lever", "kt", "edition", "source"); err != nil {
		return nil, err
	}
	return each(t, func(row Row) ObjectiveRow {
		r := ObjectiveRow{Line: row.Line, Territory: c.Cell(row, "territory"), Lever: c.Cell(row, "lever"),
			Unit: c.Cell(row, "unit"), EquivCell: c.Cell(row, "equivalent")}
		r.Err = first(
			func() error { return filled(r.Territory) },
			func() error { return filled(r.Lever) },
			func() (err error) { r.Kt, err = quantity(c, row, "kt"); return err },
			func() error { return r.readEquivalent() },
			func() (err error) { r.Edition, err = c.Cell(row, "edition").Required(); return err },
			func() (err error) { r.Source, err = c.Cell(row, "source").Required(); return err },
		)
		return r
	}), nil
}

func (r *ObjectiveRow) readEquivalent() error {
	if r.EquivCell.Empty() {
		return nil
	}
	v, err := r.EquivCell.Number()
	if err != nil {
		return err
	}
	if r.Unit.Empty() {
		return r.EquivCell.Fault("un ordre de grandeur sans son unité ne peut pas être lu")
	}
	r.Equivalent = &v
	return nil
}

// EmissionRow is the emissions of a territory for a sector or a sub-sector: the
// inventory of a year, or the objective of a later one.
type EmissionRow struct {
	Line      int
	Territory Cell
	Sector    Cell
	Subsector Cell
	Year      int
	Quantity  Quantity
	Unit      Cell
	Source    string
	Err       error
}

var emissionColumns = Synonyms{
	"territory": {"territoire", "epci", "siren", "code territoire", "ref"},
	"sector":    {"secteur"},
	"subsector": {"sous-secteur", "sous_secteur", "soussecteur"},
	"year":      {"année", "annee"},
	"value":     {"valeur", "émissions", "emissions"},
	"unit":      {"unité", "unite"},
	"source":    {},
	"reason":    {"raison", "motif"},
}

// ReadEmissions reads «territory, sector, subsector, year, value, unit, source».
// The unit is needed: between t and kt stands a factor of a thousand.
func ReadEmissions(t *Table, m Mapping) (iter.Seq2[EmissionRow, error], error) {
	c, err := t.Columns(emissionColumns, m)
	if err != nil {
		return nil, err
	}
	if err := c.Require("territory", "sector", "year", "value", "unit", "source"); err != nil {
		return nil, err
	}
	return each(t, func(row Row) EmissionRow {
		r := EmissionRow{Line: row.Line, Territory: c.Cell(row, "territory"), Sector: c.Cell(row, "sector"),
			Subsector: c.Cell(row, "subsector"), Unit: c.Cell(row, "unit")}
		r.Err = first(
			func() error { return filled(r.Territory) },
			func() error { return filled(r.Sector) },
			func() (err error) { r.Year, err = c.Cell(row, "year").Year(); return err },
			func() (err error) { r.Quantity, err = quantity(c, row, "value"); return err },
			func() error { return filled(r.Unit) },
			func() (err error) { r.Source, err = c.Cell(row, "source").Required(); return err },
		)
		return r
	}), nil
}

// PerimeterRow is one member of a perimeter. A perimeter is the rows that share
// its kind and name.
type PerimeterRow struct {
	Line   int
	Kind   Cell
	Name   Cell
	Holder Cell
	Member Cell
	From   Cell
	To     Cell
	Err    error
}

var perimeterColumns = Synonyms{
	"type":   {"kind", "nature"},
	"name":   {"nom", "libellé"},
	"holder": {"siren", "siren porteur", "porteur", "SIREN du porteur"},
	"member": {"code", "membre", "commune", "commune ou EPCI", "code commune ou EPCI"},
	"from":   {"du", "début", "depuis", "date de début"},
	"to":     {"au", "fin", "jusqu’au", "date de fin"},
}

// ReadPerimeters reads «type; name; holder's SIREN; commune or EPCI code; from;
// to», one member a row.
func ReadPerimeters(t *Table, m Mapping) (iter.Seq2[PerimeterRow, error], error) {
	c, err := t.Columns(perimeterColumns, m)
	if err != nil {
		return nil, err
	}
	if err := c.Require("type", "name", "member"); err != nil {
		return nil, err
	}
	return each(t, func(row Row) PerimeterRow {
		r := PerimeterRow{Line: row.Line, Kind: c.Cell(row, "type"), Name: c.Cell(row, "name"), Holder: c.Cell(row, "holder"),
			Member: c.Cell(row, "member"), From: c.Cell(row, "from"), To: c.Cell(row, "to")}
		r.Err = first(
			func() error { return filled(r.Kind) },
			func() error { return filled(r.Name) },
			func() error { return filled(r.Member) },
			func() error { _, err := r.Holder.Text(); return err },
			func() error { _, err := r.From.Text(); return err },
			func() error { _, err := r.To.Text(); return err },
		)
		return r
	}), nil
}

// each turns the rows of a table into typed ones, one by one.
func each[T any](t *Table, read func(Row) T) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for row, err := range t.Rows() {
			var v T
			if err == nil {
				v = read(row)
			}
			if !yield(v, err) || err != nil {
				return
			}
		}
	}
}

// first runs the steps of reading a row up to the first that fails: one verdict
// a row, on its leftmost wrong cell.
func first(steps ...func() error) error {
	for _, step := range steps {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

func filled(c Cell) error {
	_, err := c.Required()
	return err
}

func quantity(c *Columns, row Row, key string) (Quantity, error) {
	q := Quantity{Cell: c.Cell(row, key)}
	if !q.Cell.Empty() {
		v, err := q.Cell.Number()
		q.Value = &v
		return q, err
	}
	reason, err := c.Cell(row, "reason").Text()
	if err != nil {
		return q, err
	}
	if reason == "" {
		return q, q.Cell.Fault("valeur absente\u00a0: écrivez le nombre, ou la raison de son absence dans une colonne «\u00a0reason\u00a0» (une absence n’est pas un zéro)")
	}
	q.Reason = reason
	return q, nil
}

func notNegative(q Quantity) error {
	if q.Value != nil && *q.Value < 0 {
		return q.Cell.Fault("ce nombre ne peut pas être négatif")
	}
	return nil
}
