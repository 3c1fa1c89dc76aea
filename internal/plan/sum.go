package plan

import (
	"cmp"
	"slices"

	"jalon/internal/territory"
)

// Cover is a plan in force that sets objectives for the communes it covers, and
// what it does for one lever; Effort is nil when it is silent on it.
type Cover struct {
	Plan     Plan
	Communes []int32 // indexes in the tree
	Effort   *Effort
}

// Contribution is what one plan brings to a sum.
type Contribution struct {
	Plan Plan
	// Share is the part of the plan's population that counts here, in (0,1]: under
	// one, a finer plan holds the rest, or it lies in another region.
	Share float64
	Kt    Figure // the plan's effort times Share
	Steps []string
	Why   string // why Share is not one, in French
}

// Sum adds the plans of the territories of a region, each commune counted once.
type Sum struct {
	Kt Figure
	// Covered is the population of the communes whose plan says what it does for
	// the lever, Population that of the region.
	Covered, Population int64
	Estimated           bool // some plan counts for a part of its territory, by population
	Counted             []Contribution
	// Left are the plans in force that are not in the sum: silent on the lever, or
	// not comparable, with the reason in Kt.
	Left []Contribution
}

// Rule is what Add does, as the page writes it.
const Rule = "Chaque commune compte une fois, dans le document en vigueur le plus fin qui la couvre\u00a0: celui de la commune, puis de l’établissement public territorial, " +
	"de l’intercommunalité, puis du SCoT-AEC, du PETR ou du pays, puis de la Métropole du Grand Paris, puis du département. À finesse égale, le plus récent. " +
	"Un document qui ne compte que pour une partie de son territoire y entre au prorata de la population\u00a0: c’est une estimation. Un document muet sur un levier laisse ses communes non couvertes."

// greaterParis is an EPCI whose establishments have plans of their own, finer
// than its.
const greaterParis = "200054781"

// fineness orders plans from the finest.
func fineness(p Plan) int {
	ref, err := territory.ParseRef(p.Territory)
	if err != nil {
		return 9
	}
	switch {
	case ref.Scale == territory.CommuneS:
		return 0
	case ref.Scale == territory.EPT:
		return 1
	case ref.Scale == territory.EPCI && ref.Code == greaterParis:
		return 4
	case ref.Scale == territory.EPCI:
		return 2
	case ref.Scale == territory.Perimeter:
		return 3
	case ref.Scale == territory.Department:
		return 5
	}
	return 9
}

// Add sums the covers of one lever over the communes of a region. The population
// of a commune is that of the tree; one that is unknown counts for nothing in
// the shares.
func Add(covers []Cover, region []int32, population func(int32) int64) Sum {
	ordered := slices.Clone(covers)
	slices.SortStableFunc(ordered, func(a, b Cover) int {
		return cmp.Or(cmp.Compare(fineness(a.Plan), fineness(b.Plan)), -cmp.Compare(a.Plan.Adopted, b.Plan.Adopted), cmp.Compare(a.Plan.ID, b.Plan.ID))
	})
	inside := make(map[int32]bool, len(region))
	s := Sum{Kt: missing("aucun document en vigueur n’a d’objectif comparable pour ce levier")}
	for _, c := range region {
		inside[c] = true
		s.Population += max(0, population(c))
	}
	taken := map[int32]bool{}
	for _, x := range ordered {
		var all, here int64
		finer, away, won := false, false, false
		for _, c := range x.Communes {
			n := max(0, population(c))
			all += n
			switch {
			case !inside[c]:
				away = true
			case taken[c]:
				finer = true
			default:
				taken[c], won = true, true
				here += n
			}
		}
		if !won {
			continue
		}
		s.one(x, here, all, finer, away)
	}
	return s
}

func (s *Sum) one(x Cover, here, all int64, finer, away bool) {
	c := Contribution{Plan: x.Plan, Share: 1}
	if x.Effort == nil {
		c.Kt = missing("le document n’a pas d’objectif pour ce levier")
		s.Left = append(s.Left, c)
		return
	}
	c.Steps = x.Effort.Steps
	if !x.Effort.Kt.Known {
		c.Kt = x.Effort.Kt
		s.Left = append(s.Left, c)
		return
	}
	if finer || away {
		if all == 0 {
			c.Kt = missing("la population de ce territoire n’est pas connue\u00a0: sa part ne se calcule pas")
			s.Left = append(s.Left, c)
			return
		}
		c.Share = float64(here) / float64(all)
		s.Estimated = true
		switch {
		case finer && away:
			c.Why = "un document plus fin couvre une partie de ses communes, et d’autres sont dans une autre région"
		case finer:
			c.Why = "un document plus fin couvre une partie de ses communes"
		default:
			c.Why = "une partie de ses communes est dans une autre région"
		}
	}
	c.Kt = known(x.Effort.Kt.V * c.Share)
	if !s.Kt.Known {
		s.Kt = known(0)
	}
	s.Kt.V += c.Kt.V
	s.Covered += here
	s.Counted = append(s.Counted, c)
}
