package series

import (
	"strconv"
	"strings"

	"jalon/internal/apperr"
)

// National is an indicator of the State's referential: what the nation measures
// and aims at. Its values are the nation's; none is ever a region's.
type National struct {
	Code   string
	ID     string // in the State's list; may be empty
	Name   string
	Part   string
	Unit   string
	Levers []string
	Axes   []string
	HubIDs []int
	Source string
	Values []NationalYear
	// Target is the level aimed at in 2030; Aim says by whom.
	Target *float64
	Aim    string
}

// NationalYear is one value of the nation.
type NationalYear struct {
	Year  int
	Value float64
}

// Full is the name with its part.
func (n National) Full() string {
	if n.Part == "" {
		return n.Name
	}
	return n.Name + "\u00a0: " + n.Part
}

// Rate says whether the unit is a rate, which a region may look at: a percent,
// or an amount for each inhabitant, kilometre or other unit.
func (n National) Rate() bool { return IsRate(n.Unit) }

// IsRate tells a rate from a quantity by its unit.
func IsRate(unit string) bool {
	u := foldUnit(unit)
	return strings.HasPrefix(u, "%") || strings.Contains(u, " par habitant") || strings.Contains(u, " par kilomètre") || strings.Contains(u, "/hab") || strings.Contains(u, "/km")
}

// National returns an indicator of the nation.
func (c *Catalogue) National(code string) (National, bool) {
	n, ok := c.nation[code]
	return n, ok
}

// Nationals lists the indicators of the nation in the order of the table.
func (c *Catalogue) Nationals() []National {
	out := make([]National, len(c.order))
	for i, code := range c.order {
		out[i] = c.nation[code]
	}
	return out
}

// addNational reads «2017:466.1|2018:446.5» and the rest of a row.
func (c *Catalogue) addNational(get func(string) string) error {
	n := National{Code: get("code"), ID: get("source_id"), Name: get("name"), Part: get("part"), Unit: get("unit"), Levers: list(get("levers")), Axes: list(get("axes")), Source: get("measured_by"), Aim: get("target_source")}
	if _, dup := c.nation[n.Code]; dup || n.Code == "" || n.Name == "" {
		return apperr.Invalidf("indicateur national «\u00a0%s\u00a0» vide ou en double", n.Code)
	}
	for _, id := range list(get("hub_ids")) {
		v, err := strconv.Atoi(id)
		if err != nil {
			return apperr.Invalidf("%s\u00a0: identifiant «\u00a0%s\u00a0»", n.Code, id)
		}
		n.HubIDs = append(n.HubIDs, v)
	}
	for _, pair := range list(get("values")) {
		year, value, ok := strings.Cut(pair, ":")
		y, err := strconv.Atoi(year)
		v, verr := strconv.ParseFloat(value, 64)
		if !ok || err != nil || verr != nil {
			return apperr.Invalidf("%s\u00a0: valeur «\u00a0%s\u00a0»", n.Code, pair)
		}
		n.Values = append(n.Values, NationalYear{Year: y, Value: v})
	}
	if t := get("target_2030"); t != "" {
		v, err := strconv.ParseFloat(t, 64)
		if err != nil || n.Aim == "" {
			return apperr.Invalidf("%s\u00a0: cible «\u00a0%s\u00a0» illisible ou sans source", n.Code, t)
		}
		n.Target = &v
	}
	c.nation[n.Code], c.order = n, append(c.order, n.Code)
	return nil
}

// SameRate says whether the unit of a national rate is that of a series, in the
// words of either.
func SameRate(nation, unit string) bool {
	for _, pair := range [][2]string{{"%", "%"}, {"kilogrammes par habitant", "kg/hab"}, {"gramme de co2 par kilomètre", "g/km"}} {
		if foldUnit(nation) == pair[0] && foldUnit(unit) == pair[1] {
			return true
		}
	}
	return false
}
