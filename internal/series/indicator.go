package series

import (
	"encoding/csv"
	"io/fs"
	"math"
	"slices"
	"strconv"
	"strings"

	"jalon/internal/apperr"
)

// Trends is the family of the indicators that are followed year after year:
// «serie/parc-voitures-electriques».
const Trends = "serie"

// TrendsVersion names the data that trend pages show: an import bumps it.
const TrendsVersion = "series"

// Kind says how the values of several territories make one.
type Kind string

// A quantity adds up; a ratio is numerator over denominator at each scale; an
// index, or an average whose terms are unknown, is only what its producer says.
const (
	Quantity Kind = "quantity"
	Ratio    Kind = "ratio"
	Index    Kind = "index"
)

// Direction is what the indicator should do.
type Direction string

// Up is better higher, Down better lower; the empty one judges nothing.
const (
	Up   Direction = "up"
	Down Direction = "down"
)

// Indicator is one line of the catalogue.
type Indicator struct {
	Code string
	Name string
	// Published is the unit of the source, Factor what multiplies its values, Unit
	// that of the result, which pages show.
	Published string
	Factor    float64
	Unit      string
	// TargetUnit is the unit, as the panorama words it, of the level that the
	// indicator may be compared with; empty when it counts something else.
	TargetUnit string
	Counts     string // what it counts, in a sentence
	Kind       Kind
	// Numerator and Denominator are the codes of the terms of a ratio.
	Numerator, Denominator string
	Direction              Direction
	Theme                  string
	Axes                   []string
	Levers                 []string
	Every                  int // years between two values: 1, or 2 for a survey
	Since                  int // first year in which the series counts all that it says; 0 for all
	Producer               string
	Source                 string // id of sources.csv
	Scale                  string // the finest that the producer gives
	// Incomparable says why regions may not be ranked on it; empty when they may.
	Incomparable string
	Hub          int    // id in the hub, 0 when it is not there
	HubMeasure   string // «surface_bio_dpt.id_23»
	HubDim       string // «mode_transport=Vélo (depuis 2017)»
	Barometer    string // id in the baromètre
	National     string // code in indicators-national.csv
}

// Shown brings a value to the unit of pages. A factor of a thousandth divides by a
// thousand, so that 3711 GWh is 3.711 TWh and not a binary fraction more.
func (i *Indicator) Shown(v float64) float64 {
	if inverse := math.Round(1 / i.Factor); i.Factor < 1 && math.Abs(inverse*i.Factor-1) < 1e-12 {
		return v / inverse
	}
	return v * i.Factor
}

// PaceUnit is the unit of a change a year: a part moves by points, and what is
// counted by the year already moves by as much each year.
func (i *Indicator) PaceUnit() string {
	if i.Unit == "%" {
		return "point par an"
	}
	if strings.HasSuffix(i.Unit, " par an") {
		return i.Unit + ", chaque année"
	}
	return i.Unit + " par an"
}

// Signed says whether a value may be under zero.
func (i *Indicator) Signed() bool { return i.Kind == Index }

// Percent says whether the values are percents.
func (i *Indicator) Percent() bool { return i.Published == "%" }

// Measured says whether a unit written in a file is that of the source.
func (i *Indicator) Measured(unit string) bool {
	return foldUnit(unit) == foldUnit(i.Published)
}

// foldUnit makes the spellings of one unit the same: «t.km» and «t·km», «m3» and
// «m³», the space before «%».
func foldUnit(u string) string {
	u = strings.ToLower(strings.Join(strings.Fields(u), " "))
	return strings.NewReplacer("³", "3", "²", "2", "₂", "2", "·", ".", " / ", "/", "’", "'", "pourcents", "%", "pourcent", "%", "nombre", "nb").Replace(u)
}

// Catalogue is the list of the indicators that Jalon knows.
type Catalogue struct {
	list   []Indicator
	byCode map[string]int
	hub    map[int][]int
	baro   map[string]int
	lever  map[string][]int
	nation map[string]National
	order  []string
}

// All lists the indicators in the order of the table.
func (c *Catalogue) All() []Indicator { return slices.Clone(c.list) }

// Find returns the indicator of a code.
func (c *Catalogue) Find(code string) (*Indicator, error) {
	i, ok := c.byCode[code]
	if !ok {
		return nil, apperr.NotFoundf("Aucun indicateur ne porte le code «\u00a0%s\u00a0».", code)
	}
	return &c.list[i], nil
}

// OfLever lists the indicators tied to a lever, in the order of preference.
func (c *Catalogue) OfLever(lever string) []*Indicator { return c.pick(c.lever[lever]) }

// OfHub lists the indicators of an id of the hub, one for each value of its
// dimension.
func (c *Catalogue) OfHub(id int) []*Indicator { return c.pick(c.hub[id]) }

// OfHubMeasure returns the indicator of a measure of the hub, «cube.measure».
func (c *Catalogue) OfHubMeasure(measure string) *Indicator {
	for i := range c.list {
		if measure != "" && c.list[i].HubMeasure == measure {
			return &c.list[i]
		}
	}
	return nil
}

// Holds says whether a line of its cube is that of the indicator: the dimension
// that it keeps has the value that it keeps.
func (i *Indicator) Holds(dims map[string]string) bool {
	name, want, ok := strings.Cut(i.HubDim, "=")
	return !ok || dims[name] == want
}

// OfBarometer returns the indicator of an id of the baromètre.
func (c *Catalogue) OfBarometer(id string) (*Indicator, bool) {
	i, ok := c.baro[id]
	if !ok {
		return nil, false
	}
	return &c.list[i], true
}

func (c *Catalogue) pick(at []int) []*Indicator {
	out := make([]*Indicator, len(at))
	for n, i := range at {
		out[n] = &c.list[i]
	}
	return out
}

// LoadCatalogue reads the catalogue and the national indicators from the tables
// of data/, and checks that they hold together.
func LoadCatalogue(fsys fs.FS) (_ *Catalogue, err error) {
	defer apperr.Wrap(&err, "series.LoadCatalogue")
	c := &Catalogue{byCode: map[string]int{}, hub: map[int][]int{}, baro: map[string]int{}, lever: map[string][]int{}, nation: map[string]National{}}
	if err := readTable(fsys, "indicators-national.csv", c.addNational); err != nil {
		return nil, err
	}
	if err := readTable(fsys, "indicators.csv", c.addIndicator); err != nil {
		return nil, err
	}
	return c, c.check()
}

func (c *Catalogue) addIndicator(get func(string) string) error {
	i := Indicator{Code: get("code"), Name: get("name"), Published: get("published_unit"), Unit: get("unit"), TargetUnit: get("target_unit"),
		Counts: get("counts"), Kind: Kind(get("kind")), Numerator: get("numerator"), Denominator: get("denominator"), Direction: Direction(get("direction")),
		Theme: get("theme"), Axes: list(get("axes")), Levers: list(get("levers")), Producer: get("producer"), Source: get("source"), Scale: get("scale"),
		Incomparable: get("incomparable"), HubMeasure: get("hub_measure"), HubDim: get("hub_dimension"), Barometer: get("barometer"), National: get("national"), Factor: 1, Every: 1}
	if _, dup := c.byCode[i.Code]; dup || i.Code == "" || i.Name == "" || i.Unit == "" || i.Published == "" || i.Counts == "" {
		return apperr.Invalidf("indicateur «\u00a0%s\u00a0» en double ou incomplet", i.Code)
	}
	var err error
	for _, n := range []struct {
		text string
		into *int
	}{{get("hub_id"), &i.Hub}, {get("every"), &i.Every}, {get("since"), &i.Since}} {
		if n.text != "" {
			if *n.into, err = strconv.Atoi(n.text); err != nil || *n.into < 1 {
				return apperr.Invalidf("%s\u00a0: «\u00a0%s\u00a0» n’est pas un entier", i.Code, n.text)
			}
		}
	}
	if f := get("factor"); f != "" {
		if i.Factor, err = strconv.ParseFloat(f, 64); err != nil || i.Factor <= 0 {
			return apperr.Invalidf("%s\u00a0: facteur «\u00a0%s\u00a0»", i.Code, f)
		}
	}
	if !slices.Contains([]Kind{Quantity, Ratio, Index}, i.Kind) || !slices.Contains([]Direction{Up, Down, ""}, i.Direction) {
		return apperr.Invalidf("%s\u00a0: nature «\u00a0%s\u00a0» ou sens «\u00a0%s\u00a0» inconnus", i.Code, i.Kind, i.Direction)
	}
	n := len(c.list)
	c.byCode[i.Code] = n
	if i.Hub > 0 {
		c.hub[i.Hub] = append(c.hub[i.Hub], n)
	}
	if i.Barometer != "" {
		c.baro[i.Barometer] = n
	}
	for _, l := range i.Levers {
		c.lever[l] = append(c.lever[l], n)
	}
	c.list = append(c.list, i)
	return nil
}

// check finds what a row names and no row is.
func (c *Catalogue) check() error {
	for _, i := range c.list {
		if i.Kind == Ratio && (i.Numerator == "" || i.Denominator == "") {
			return apperr.Invalidf("%s\u00a0: un rapport sans ses deux termes", i.Code)
		}
		for _, term := range []string{i.Numerator, i.Denominator} {
			t, ok := c.byCode[term]
			if term != "" && (!ok || c.list[t].Kind != Quantity) {
				return apperr.Invalidf("%s\u00a0: le terme «\u00a0%s\u00a0» n’est pas une quantité du catalogue", i.Code, term)
			}
		}
		if _, ok := c.nation[i.National]; i.National != "" && !ok {
			return apperr.Invalidf("%s\u00a0: l’indicateur national «\u00a0%s\u00a0» n’existe pas", i.Code, i.National)
		}
	}
	return nil
}

// readTable gives each row of a table to add, as a reader of its columns.
func readTable(fsys fs.FS, name string, add func(get func(string) string) error) error {
	f, err := fsys.Open(name)
	if err != nil {
		return err
	}
	rows, err := csv.NewReader(f).ReadAll()
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return apperr.New(apperr.Internal, err, "La table %s ne se lit pas.", name)
	}
	at := map[string]int{}
	for i, h := range rows[0] {
		at[h] = i
	}
	for n, cells := range rows[1:] {
		err := add(func(column string) string {
			if i, ok := at[column]; ok {
				return cells[i]
			}
			return ""
		})
		if err != nil {
			return apperr.New(apperr.Invalid, err, "%s, ligne\u00a0%d\u00a0: %s", name, n+2, apperr.Message(err))
		}
	}
	return nil
}

func list(s string) []string {
	if s == "" {
		return nil
	}
	return strings.Split(s, "|")
}
