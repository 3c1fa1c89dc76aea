package exchange

import "iter"

// PlanRow is what one plan aims at for one lever or indicator, as a file gives
// it. The plan is named on each row; whether its territory and its lever exist
// is for the room to say, through the cells.
type PlanRow struct {
	Line      int
	Kind      Cell
	Territory Cell
	Name      Cell
	Adopted   Cell
	From      int // 0 when the file does not say
	To        int
	Link      Cell
	State     Cell
	Lever     Cell
	Indicator Cell
	Measure   Cell // «niveau» or «gain»
	BaseYear  int
	Base      *float64
	Target    float64
	Written   Cell // the target as the file writes it
	Year      int
	Unit      Cell
	Page      Cell
	Source    string
	Err       error
}

var planColumns = Synonyms{
	"plan":        {"type", "type de plan", "kind"},
	"territory":   {"territoire", "code territoire", "siren"},
	"name":        {"nom", "nom du plan"},
	"adopted":     {"adoption", "date d’adoption", "date adoption"},
	"from":        {"début", "debut", "de"},
	"to":          {"fin", "à"},
	"link":        {"lien", "adresse", "url"},
	"state":       {"statut", "état", "etat"},
	"lever":       {"levier", "code levier"},
	"indicator":   {"indicateur", "objectif"},
	"measure":     {"mesure", "nature", "niveau ou gain"},
	"base_year":   {"année de départ", "annee de depart", "année de référence"},
	"base":        {"valeur de départ", "valeur de depart", "valeur de référence"},
	"target_year": {"année visée", "annee visee", "échéance", "horizon"},
	"target":      {"valeur visée", "valeur visee", "cible"},
	"unit":        {"unité", "unite"},
	"page":        {"page citée"},
	"source":      {},
}

// ReadPlans reads «plan, territory, name, lever or indicator, base_year,
// target_year, target, unit, source», and what else is known of each.
func ReadPlans(t *Table, m Mapping) (iter.Seq2[PlanRow, error], error) {
	c, err := t.Columns(planColumns, m)
	if err != nil {
		return nil, err
	}
	if err := c.Require("plan", "territory", "name", "base_year", "target_year", "target", "unit", "source"); err != nil {
		return nil, err
	}
	return each(t, func(row Row) PlanRow {
		cell := func(key string) Cell { return c.Cell(row, key) }
		r := PlanRow{Line: row.Line, Kind: cell("plan"), Territory: cell("territory"), Name: cell("name"), Adopted: cell("adopted"), Link: cell("link"), State: cell("state"),
			Lever: cell("lever"), Indicator: cell("indicator"), Measure: cell("measure"), Unit: cell("unit"), Page: cell("page"), Written: cell("target")}
		r.Err = first(
			func() error { return filled(r.Kind) },
			func() error { return filled(r.Territory) },
			func() error { return filled(r.Name) },
			func() error { return readable(r.Adopted, r.Link, r.State, r.Lever, r.Indicator, r.Measure, r.Page) },
			func() (err error) { r.From, err = optionalYear(cell("from")); return err },
			func() (err error) { r.To, err = optionalYear(cell("to")); return err },
			func() (err error) { r.BaseYear, err = cell("base_year").Year(); return err },
			func() (err error) { r.Base, err = optionalNumber(cell("base")); return err },
			func() (err error) { r.Year, err = cell("target_year").Year(); return err },
			func() (err error) { r.Target, err = r.Written.Number(); return err },
			func() error { return filled(r.Unit) },
			func() (err error) { r.Source, err = cell("source").Required(); return err },
		)
		return r
	}), nil
}

// readable refuses a cell that cannot be read as text: a formula, an error.
func readable(cells ...Cell) error {
	for _, c := range cells {
		if _, err := c.Text(); err != nil {
			return err
		}
	}
	return nil
}

func optionalYear(c Cell) (int, error) {
	if c.Empty() {
		return 0, nil
	}
	return c.Year()
}

func optionalNumber(c Cell) (*float64, error) {
	if c.Empty() {
		return nil, nil
	}
	v, err := c.Number()
	return &v, err
}
