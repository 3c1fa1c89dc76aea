package series

import (
	"fmt"
	"sort"
)

// RankRule is which territories are set side by side, in the words of the pages.
const RankRule = "Les régions de l’hexagone et la Corse se comparent entre elles, les régions d’outre-mer entre elles\u00a0: leurs leviers et leurs données diffèrent. " +
	"Le rang est celui de la même année et de la même édition\u00a0; une région sans valeur cette année-là n’est pas classée. Une quantité, qui suit d’abord la taille de la région, n’est pas classée."

// Rank is the place of a territory among those that may be compared.
type Rank struct {
	Place, Of int // 1 is the best; ties share a place
	Year      int
}

// Ranking orders the territories of a group by their value of one year, the best
// first. Only a ratio or an index that its catalogue holds comparable is ranked:
// reason says why there is none.
func Ranking(curves map[string]*Curve, group []string, of string) (r Rank, order []string, reason string) {
	own := curves[of]
	if own == nil {
		return r, nil, "cette série n’a pas de valeur ici"
	}
	ind := own.Indicator
	switch {
	case ind.Incomparable != "":
		return r, nil, ind.Incomparable
	case ind.Kind == Quantity:
		return r, nil, "une quantité suit d’abord la taille du territoire"
	case ind.Direction == "":
		return r, nil, "aucun sens n’est meilleur que l’autre"
	}
	last, ok := own.Last()
	if !ok {
		return r, nil, "cette série n’a pas de valeur d’année entière ici"
	}
	values := map[string]float64{}
	for _, t := range group {
		c := curves[t]
		if c == nil || c.Edition != own.Edition {
			continue
		}
		if p, ok := c.In(last.Year); ok {
			values[t], order = p.Value, append(order, t)
		}
	}
	better := func(a, b float64) bool { return ind.Direction == Up && a > b || ind.Direction == Down && a < b }
	sort.Slice(order, func(i, j int) bool {
		a, b := values[order[i]], values[order[j]]
		if a != b {
			return better(a, b)
		}
		return order[i] < order[j]
	})
	if len(order) < 3 {
		return r, nil, fmt.Sprintf("moins de trois territoires comparables ont une valeur en %d", last.Year)
	}
	r = Rank{Place: 1, Of: len(order), Year: last.Year}
	for _, t := range order {
		if better(values[t], last.Value) {
			r.Place++
		}
	}
	return r, order, ""
}
