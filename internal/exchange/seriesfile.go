package exchange

import (
	"iter"
)

// SeriesRow is one value of a series in a generic file. Day is filled when the
// file gives a date rather than a year; Target and its year when it gives an aim.
type SeriesRow struct {
	Line       int
	Territory  Cell
	Series     Cell
	Year       int
	YearCell   Cell
	Day        string
	Quantity   Quantity
	Unit       Cell
	Source     string
	Edition    string
	TargetYear Cell
	Aim        int
	Err        error
}

var seriesColumns = Synonyms{
	"territory":   {"territoire", "code territoire", "ref"},
	"series":      {"série", "serie", "indicateur", "indicator"},
	"year":        {"année", "annee", "millésime"},
	"date":        {"jour", "day"},
	"value":       {"valeur"},
	"unit":        {"unité", "unite"},
	"source":      {},
	"edition":     {"édition", "version"},
	"reason":      {"raison", "motif"},
	"target_year": {"année cible", "annee cible", "année de la cible"},
}

// ReadSeries reads «territory, series, year (or date), value, unit, source» in any
// order, with the optional edition, reason of an absent value, and target_year of
// a row that is an aim rather than an observation.
func ReadSeries(t *Table, m Mapping) (iter.Seq2[SeriesRow, error], error) {
	c, err := t.Columns(seriesColumns, m)
	if err != nil {
		return nil, err
	}
	when := "year"
	if c.Has("date") && !c.Has("year") {
		when = "date"
	}
	if err := c.Require("territory", "series", when, "value", "unit", "source"); err != nil {
		return nil, err
	}
	return each(t, func(row Row) SeriesRow {
		r := SeriesRow{Line: row.Line, Territory: c.Cell(row, "territory"), Series: c.Cell(row, "series"), Unit: c.Cell(row, "unit"),
			YearCell: c.Cell(row, when), TargetYear: c.Cell(row, "target_year")}
		r.Err = first(
			func() error { return filled(r.Territory) },
			func() error { return filled(r.Series) },
			func() error { return r.readWhen(c, row) },
			func() (err error) { r.Quantity, err = quantity(c, row, "value"); return err },
			func() error { return filled(r.Unit) },
			func() (err error) { r.Source, err = c.Cell(row, "source").Required(); return err },
			func() (err error) { r.Edition, err = c.Cell(row, "edition").Text(); return err },
			func() (err error) {
				if !r.TargetYear.Empty() {
					r.Aim, err = r.TargetYear.Year()
				}
				return err
			},
		)
		return r
	}), nil
}

func (r *SeriesRow) readWhen(c *Columns, row Row) (err error) {
	if cell := c.Cell(row, "date"); !cell.Empty() {
		text, err := cell.Required()
		if err != nil {
			return err
		}
		if r.Day, err = day(text); err != nil {
			return cell.Fault("%s", err.Error())
		}
		if !c.Has("year") || c.Cell(row, "year").Empty() {
			return nil
		}
	}
	r.Year, err = c.Cell(row, "year").Year()
	return err
}

// BarometerRow is one value of the baromètre des résultats de l'action publique:
// a series, a territory («departement», «region» or «france») and a day.
type BarometerRow struct {
	Line      int
	Level     Cell
	Code      Cell
	Indicator Cell
	Day       string
	DayCell   Cell
	Quantity  Quantity
	Unit      Cell
	Source    string
	Err       error
}

var barometerColumns = Synonyms{
	"level":     {"maille", "niveau"},
	"code":      {"code_insee", "territoire"},
	"indicator": {"indicateur"},
	"label":     {"libelle", "libellé"},
	"date":      {"jour"},
	"value":     {"valeur"},
	"unit":      {"unité", "unite"},
	"source":    {},
	"reason":    {"raison", "motif"},
}

// ReadBarometer reads «level, code, indicator, label, date, value, unit, source»;
// the unit may be empty, for the baromètre of 2024 gives none.
func ReadBarometer(t *Table, m Mapping) (iter.Seq2[BarometerRow, error], error) {
	c, err := t.Columns(barometerColumns, m)
	if err != nil {
		return nil, err
	}
	if err := c.Require("level", "code", "indicator", "date", "value", "source"); err != nil {
		return nil, err
	}
	return each(t, func(row Row) BarometerRow {
		r := BarometerRow{Line: row.Line, Level: c.Cell(row, "level"), Code: c.Cell(row, "code"), Indicator: c.Cell(row, "indicator"),
			Unit: c.Cell(row, "unit"), DayCell: c.Cell(row, "date")}
		r.Err = first(
			func() error { return filled(r.Level) },
			func() error { return filled(r.Code) },
			func() error { return filled(r.Indicator) },
			func() error {
				text, err := r.DayCell.Required()
				if err != nil {
					return err
				}
				if r.Day, err = day(text); err != nil {
					return r.DayCell.Fault("%s", err.Error())
				}
				return nil
			},
			func() (err error) { r.Quantity, err = quantity(c, row, "value"); return err },
			func() (err error) { r.Source, err = c.Cell(row, "source").Required(); return err },
		)
		return r
	}), nil
}
