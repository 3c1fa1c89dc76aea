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
	return settle(covers, region, population).add(func(i int) *Effort { return covers[i].Effort })
}

// settlement is who holds which communes. It is the same for every lever, since
// a document that is silent on one still holds its communes.
type settlement struct {
	population int64
	holders    []holder
}

type holder struct {
	cover       int // index in the covers
	plan        Plan
	here, all   int64
	finer, away bool
}

func settle(covers []Cover, region []int32, population func(int32) int64) settlement {
	order := make([]int, len(covers))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(i, j int) int {
		a, b := covers[i].Plan, covers[j].Plan
		return cmp.Or(cmp.Compare(fineness(a), fineness(b)), -cmp.Compare(a.Adopted, b.Adopted), cmp.Compare(a.ID, b.ID))
	})
	inside := make(map[int32]bool, len(region))
	var out settlement
	for _, c := range region {
		inside[c] = true
		out.population += max(0, population(c))
	}
	taken := map[int32]bool{}
	for _, i := range order {
		h, won := holder{cover: i, plan: covers[i].Plan}, false
		for _, c := range covers[i].Communes {
			n := max(0, population(c))
			h.all += n
			switch {
			case !inside[c]:
				h.away = true
			case taken[c]:
				h.finer = true
			default:
				taken[c], won = true, true
				h.here += n
			}
		}
		if won {
			out.holders = append(out.holders, h)
		}
	}
	return out
}

func (x settlement) add(effort func(cover int) *Effort) Sum {
	s := Sum{Kt: missing("aucun document en vigueur n’a d’objectif comparable pour ce levier"), Population: x.population}
	for _, h := range x.holders {
		s.one(Cover{Plan: h.plan, Effort: effort(h.cover)}, h.here, h.all, h.finer, h.away)
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
