package coverage

import (
	"jalon/internal/action"
	"jalon/internal/panorama"
	"jalon/internal/series"
)

// Range is a mass a year in 2030 against 2019, avoided when it is positive, with what it
// may be.
type Range struct{ Low, Central, High panorama.Kg }

// Plus adds two ranges end to end: what is low together is low of both.
func (r Range) Plus(o Range) Range {
	return Range{r.Low + o.Low, r.Central + o.Central, r.High + o.High}
}

// share is a part of a range, in ten-thousandths.
func (r Range) share(part int64) Range {
	return Range{action.Share(r.Low, part), action.Share(r.Central, part), action.Share(r.High, part)}
}

// Wide reports whether the range is more than its central value.
func (r Range) Wide() bool { return r.Low != r.Central || r.High != r.Central }

// Tally counts actions and what they would bring.
type Tally struct {
	Actions int64
	Kg      Range
}

func (t *Tally) add(actions int64, kg Range) {
	t.Actions, t.Kg = t.Actions+actions, t.Kg.Plus(kg)
}

// Outside is the first year of an action that was shown not to be in the series: after
// any.
const Outside = 9999

// Group is retained actions that coverage treats alike. Regional tells that nothing says
// which part of them is in the territory.
type Group struct {
	Lever     string
	Class     action.Class
	Abandoned bool
	Regional  bool
	First     int   // first year, 0 when it is not known, Outside when it does not matter
	Counted   int64 // ten-thousandths
	Actions   int64
	Increases int64 // of them, those that let emissions rise
	Gross     int64 // of them, those that count a gross quantity, which makes GrossKg
	GrossKg   panorama.Kg
	Paused    int64
	Blocked   int64
	Estimated int64 // of them, those whose part in the territory is read by population
	Kg        Range
}

// Origin says whose objective a territory is held against.
type Origin string

// What both heads shared, else what the panorama offers.
const (
	Shared  Origin = "shared"
	Offered Origin = "offered"
)

// Objective is what a lever is held against in a territory.
type Objective struct {
	panorama.Amount
	Origin Origin
	On     string // day of the sharing
	Key    string // of its figure
}

// Done is what was avoided since 2019, as an observed series says it. Missing with its
// reason when no series counts the lever in its own unit.
type Done struct {
	Kg panorama.Amount
	// Slack is how far Kg may be off because its series is written with few decimals.
	Slack     panorama.Kg
	Year      int // of the last value
	From, To  float64
	Ratio     float64
	Unit      string
	Indicator *series.Indicator
	Source    string
	Territory string
	// Summed counts the territories whose Done make this one, of Of; zero for one of its
	// own.
	Summed, Of int
}

// Key is the figure of the last value of the series.
func (d Done) Key() string {
	if d.Indicator == nil {
		return ""
	}
	return series.Figure(d.Indicator.Code, d.Territory, d.Year)
}

// Planned is what is expected from retained actions.
type Planned struct {
	Tally                 // quantified, and added
	Gross     int64       // of those added, actions that count a gross quantity
	GrossKg   panorama.Kg // what they make
	Increases int64       // of those added, actions that let emissions rise
	Reduced   int64       // of those added, actions that count for a part: declared twice
	Paused    int64       // of those added
	Blocked   int64       // of those added
	Estimated int64       // of those added, actions of which population says the part that is here
	Twice     Tally       // of the nation: taken off, for another region declares the same thing
	// What is not added, each with its count.
	Started     Tally // began before the last observed year: supposed in it
	Undated     Tally // no first year, beside an observed series
	Regional    Tally // on the whole region, or on several départements without shares
	Abandoned   Tally
	Qualitative int64
	Unassessed  int64
}

// Any reports whether some retained action is about the lever.
func (p Planned) Any() bool {
	return p.Actions+p.Started.Actions+p.Undated.Actions+p.Regional.Actions+p.Qualitative+p.Unassessed > 0
}

// Rest is what is still to find: objective less done less planned. Negative is beyond.
// WithoutDone tells that what was done is not known and is not taken off.
type Rest struct {
	Range
	Known       bool
	Reason      string
	WithoutDone bool
}

// Cell is one lever in one territory.
type Cell struct {
	Line      panorama.Line
	Objective Objective
	Done      Done
	Planned   Planned
	Rest      Rest
}

// part is a share of the objective, unknown without one.
func (c Cell) part(kg panorama.Kg) (float64, bool) {
	if !c.Objective.Known || c.Objective.Kg <= 0 {
		return 0, false
	}
	return float64(kg) / float64(c.Objective.Kg), true
}

// DonePart is what is done, as a part of the objective.
func (c Cell) DonePart() (float64, bool) {
	if !c.Done.Kg.Known {
		return 0, false
	}
	return c.part(c.Done.Kg.Kg)
}

// PlannedPart is what is expected from retained actions, as a part of the objective.
func (c Cell) PlannedPart() (float64, bool) { return c.part(c.Planned.Kg.Central) }

// Gross reports whether a gross quantity is in what is expected.
func (c Cell) Gross() bool { return c.Planned.Gross > 0 }

// CellOf sets apart what is done, expected and still to find. It is the rule of
// coverage: everything else reads or adds its results.
func CellOf(line panorama.Line, objective Objective, done Done, groups []Group) Cell {
	c := Cell{Line: line, Objective: objective, Done: done}
	for _, g := range groups {
		if g.Lever == line.Lever.Code {
			c.Planned.take(g, done)
		}
	}
	c.Rest = restOf(c)
	return c
}

// take puts a group where it belongs.
func (p *Planned) take(g Group, done Done) {
	kg := g.Kg.share(g.Counted)
	switch {
	case g.Abandoned:
		p.Abandoned.add(g.Actions, kg)
		return
	case g.Class == action.Qualitative:
		p.Qualitative += g.Actions
		return
	case g.Class != action.Quantified:
		p.Unassessed += g.Actions
		return
	case g.Regional:
		p.Regional.add(g.Actions, kg)
		return
	case done.Kg.Known && g.First == 0:
		p.Undated.add(g.Actions, kg)
		return
	case done.Kg.Known && g.First <= done.Year:
		p.Started.add(g.Actions, kg)
		return
	}
	p.add(g.Actions, kg)
	p.Increases += g.Increases
	p.Gross, p.GrossKg = p.Gross+g.Gross, p.GrossKg+action.Share(g.GrossKg, g.Counted)
	if g.Counted < 10_000 {
		p.Reduced += g.Actions
	}
	p.Paused, p.Blocked, p.Estimated = p.Paused+g.Paused, p.Blocked+g.Blocked, p.Estimated+g.Estimated
}

func restOf(c Cell) Rest {
	if !c.Objective.Known {
		return Rest{Reason: "Sans objectif connu, rien ne dit ce qui reste à trouver."}
	}
	left := c.Objective.Kg
	if c.Done.Kg.Known {
		left -= c.Done.Kg.Kg
	}
	p, slack := c.Planned.Kg, c.Done.Slack
	// What brings the most leaves the least.
	return Rest{Range: Range{left - p.High - slack, left - p.Central, left - p.Low + slack}, Known: true, WithoutDone: !c.Done.Kg.Known}
}

// Total is a sum of levers, with what it could not hold.
type Total struct {
	Objective panorama.Kg
	Levers    int // with an objective: the sums below are over them
	Missing   int // without one, out of every sum
	Done      panorama.Kg
	Measured  int // of Levers, those whose Done is known
	Planned   Range
	Actions   int64
	Rest      Range // Objective less Done less Planned
	// Gap is what is still to find lever by lever; Beyond what some levers bring over
	// their objective, which fills no other lever's gap. Rest is Gap less Beyond.
	Gap, Beyond panorama.Kg
	Bare        int // of Levers, those that no retained action is about
	Qualitative int64
	Unassessed  int64
}

// Sum adds cells that have an objective.
func Sum(cells []Cell) (t Total) {
	for _, c := range cells {
		t.Qualitative += c.Planned.Qualitative
		t.Unassessed += c.Planned.Unassessed
		if !c.Objective.Known {
			t.Missing++
			continue
		}
		t.Levers++
		t.Objective += c.Objective.Kg
		if c.Done.Kg.Known {
			t.Measured++
			t.Done += c.Done.Kg.Kg
		}
		t.Planned, t.Actions = t.Planned.Plus(c.Planned.Kg), t.Actions+c.Planned.Actions
		t.Rest = t.Rest.Plus(c.Rest.Range)
		t.Gap += max(0, c.Rest.Central)
		t.Beyond += max(0, -c.Rest.Central)
		if !c.Planned.Any() {
			t.Bare++
		}
	}
	return t
}
