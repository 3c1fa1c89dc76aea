package ambition

import (
	"slices"

	"jalon/internal/debate"
)

// Fewest is under how many answers a college is not shown alone: one could tell who
// answered what.
const Fewest = 3

// Five are five numbers that say how answers are spread.
type Five struct {
	N                        int
	Min, Q1, Median, Q3, Max float64
}

// Group is the answers of a college, or of all.
type Group struct {
	Code, Name string
	Five
}

// Spread is how the answers of a debate are spread: in kt when the lever counts in
// them, else in its unit.
type Spread struct {
	InKt    bool
	Unit    string
	All     Group
	Shown   bool    // there are enough answers for All to be shown
	By      []Group // the colleges that have Fewest answers at least
	Apart   int     // answers of the others, and of those who named no college: in All only
	Ranges  int     // answers that are a range
	Unknown int     // answers that have no number in this measure
}

// SpreadOf reads the answers that count. A range counts by its middle in the median
// and the quartiles, and by its ends in the least and the most. A quartile between two
// answers is read on the line between them (type 7 of Hyndman and Fan, that of
// spreadsheets).
func SpreadOf(answers []Answer) Spread {
	s := Spread{All: Group{Name: "Toutes les réponses"}}
	s.InKt = slices.ContainsFunc(answers, func(a Answer) bool { return a.Low.Kg.Known })
	var all []span
	by := map[debate.College][]span{}
	for _, a := range answers {
		if a.State != Counted {
			continue
		}
		if a.Range() {
			s.Ranges++
		}
		x, ok := spanOf(a, s.InKt)
		if !ok {
			s.Unknown++
			continue
		}
		if s.Unit == "" && !s.InKt {
			s.Unit = a.Low.Unit
		}
		all = append(all, x)
		by[a.College] = append(by[a.College], x)
	}
	if s.InKt {
		s.Unit = "ktCO₂e par an"
	}
	s.All.Five = five(all)
	s.Shown = s.All.N >= Fewest
	for _, c := range debate.Colleges() {
		if len(by[c]) < Fewest {
			s.Apart += len(by[c])
			continue
		}
		s.By = append(s.By, Group{string(c), c.Name(), five(by[c])})
	}
	s.Apart += len(by[""])
	return s
}

type span struct{ low, high float64 }

func spanOf(a Answer, kt bool) (span, bool) {
	if kt {
		return span{a.Low.Kg.Kg.Kt(), a.High.Kg.Kg.Kt()}, a.Low.Kg.Known && a.High.Kg.Known
	}
	return span{a.Low.Level.V, a.High.Level.V}, a.Low.Level.Known && a.High.Level.Known
}

func five(list []span) (f Five) {
	if f.N = len(list); f.N == 0 {
		return f
	}
	middle := make([]float64, len(list))
	f.Min, f.Max = list[0].low, list[0].high
	for i, x := range list {
		middle[i] = (x.low + x.high) / 2
		f.Min, f.Max = min(f.Min, x.low, x.high), max(f.Max, x.low, x.high)
	}
	slices.Sort(middle)
	f.Q1, f.Median, f.Q3 = quantile(middle, 0.25), quantile(middle, 0.5), quantile(middle, 0.75)
	return f
}

// quantile reads a sorted list.
func quantile(sorted []float64, q float64) float64 {
	at := q * float64(len(sorted)-1)
	i := int(at)
	if i+1 >= len(sorted) {
		return sorted[len(sorted)-1]
	}
	return sorted[i] + (at-float64(i))*(sorted[i+1]-sorted[i])
}
