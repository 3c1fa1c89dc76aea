package objective

import (
	"jalon/internal/cop"
	"jalon/internal/framework"
	"jalon/internal/panorama"
	"jalon/internal/policy"
	"jalon/internal/territory"
)

// InForce is what pages that compare scales read: the last value that both heads
// shared, else the one on the table when the reader may know it; false when what
// the panorama offers stands.
func (o Objective) InForce(onTable bool) (Reading, bool) {
	if o.SharedRev > 0 {
		return Reading{Value: o.SharedValue, State: Shared, On: o.SharedOn}, true
	}
	return o.Now(onTable)
}

// Readable tells of an objective of a COP whether an actor may read what is on the
// table, and not only what is shared.
func Readable(c cop.COP, a policy.Actor) func(Objective) bool {
	known := map[string]bool{}
	return func(o Objective) bool {
		department := ""
		if ref, err := territory.ParseRef(o.Territory); err == nil && ref.Scale == territory.Department {
			department = ref.Code
		}
		may, ok := known[department]
		if !ok {
			may = policy.Can(a, policy.Read, Thing(c, department, false))
			known[department] = may
		}
		return may
	}
}

// Anyone reads what is shared alone.
func Anyone(Objective) bool { return false }

// Cell is what is read of one lever in one territory.
type Cell struct {
	Territory territory.Territory
	Offered   panorama.Amount // by the panorama
	// Part is the indicative part of what is read for the region; for the region
	// itself, what is offered.
	Part      panorama.Amount
	Read      panorama.Amount // what was put on the table or shared, else Part
	State     State           // Offered when nobody put another value
	On        string          // day of the sharing
	Objective *Objective      // nil when nobody put another value
	Estimated bool            // the panorama divides by a stand-in key
}

// Moved is how far the value put here is from the indicative part: what this
// territory brings to the gap. Missing when nobody put a value, or without a part.
func (c Cell) Moved() panorama.Amount {
	switch {
	case c.Objective == nil:
		return panorama.Amount{Reason: "personne n’a proposé d’autre valeur"}
	case !c.Read.Known:
		return panorama.Amount{Reason: c.Read.Reason}
	case !c.Part.Known:
		return panorama.Amount{Reason: c.Part.Reason}
	}
	return panorama.Amount{Kg: c.Read.Kg - c.Part.Kg, Known: true}
}

// LeverClosure sets a region beside the territories that it is divided into, for
// one lever.
type LeverClosure struct {
	Lever  framework.Lever
	Region Cell
	Cells  []Cell
	// Sum is that of Cells, each commune once; Gap is Sum less what is read for the
	// region. Both miss as soon as one cell does: missing is never zero.
	Sum, Gap panorama.Amount
	Missing  int // cells without a value
}

// Makers are the cells whose value makes the gap.
func (l LeverClosure) Makers() []Cell {
	var out []Cell
	for _, c := range l.Cells {
		if m := c.Moved(); m.Known && m.Kg != 0 {
			out = append(out, c)
		}
	}
	return out
}

// byPlace finds what was put on the table by territory and lever.
type byPlace map[[2]string]*Objective

func byPlaceOf(rows []Objective) byPlace {
	t := byPlace{}
	for i := range rows {
		t[[2]string{rows[i].Territory, rows[i].Lever}] = &rows[i]
	}
	return t
}

// read fills a cell with what was put there, when somebody did.
func (t byPlace) read(c *Cell, lever string, onTable func(Objective) bool) {
	c.Read, c.State = c.Part, Offered
	o := t[[2]string{c.Territory.Ref.String(), lever}]
	if o == nil {
		return
	}
	if r, ok := o.InForce(onTable(*o)); ok {
		c.Read, c.State, c.On, c.Objective = r.Value.Kg, r.State, r.On, o
	}
}

const nothingToDivide = "le panorama propose zéro à la région pour ce levier\u00a0: il ne donne pas de parts"

// divide shares a total out as the panorama does: the parts add up to it exactly.
// Where the panorama has no part for one, nobody has an indicative part.
func divide(total panorama.Amount, offered []panorama.Amount) []panorama.Amount {
	out := make([]panorama.Amount, len(offered))
	all := func(why string) []panorama.Amount {
		for i := range out {
			out[i] = panorama.Amount{Reason: why}
		}
		return out
	}
	if !total.Known {
		return all(total.Reason)
	}
	weights, sum := make([]uint64, len(offered)), uint64(0)
	for i, a := range offered {
		if !a.Known {
			return all(a.Reason)
		}
		weights[i] = uint64(max(a.Kg, -a.Kg))
		sum += weights[i]
	}
	if sum == 0 && total.Kg != 0 {
		return all(nothingToDivide)
	}
	parts := make([]panorama.Kg, len(offered))
	if sum > 0 {
		if err := panorama.Allocate(parts, total.Kg, weights); err != nil {
			return all(nothingToDivide)
		}
	}
	for i, kg := range parts {
		out[i] = panorama.Amount{Kg: kg, Known: true}
	}
	return out
}

// close adds the cells up. twice is what their plain sum counts a second time, and
// outside what is in none of them.
func (l *LeverClosure) close(twice, outside panorama.Amount) {
	sum := panorama.Amount{Known: true}
	for _, c := range l.Cells {
		if c.Read.Known {
			sum.Kg += c.Read.Kg
			continue
		}
		if l.Missing++; sum.Known {
			sum = panorama.Amount{Reason: c.Read.Reason}
		}
	}
	for _, a := range []panorama.Amount{twice, outside} {
		if sum.Known && !a.Known {
			sum = panorama.Amount{Reason: a.Reason}
		}
	}
	if l.Sum = sum; sum.Known {
		l.Sum.Kg -= twice.Kg
	}
	switch l.Gap = l.Sum; {
	case !l.Sum.Known:
	case !l.Region.Read.Known:
		l.Gap = panorama.Amount{Reason: l.Region.Read.Reason}
	default:
		l.Gap.Kg += outside.Kg - l.Region.Read.Kg
	}
}

var zero = panorama.Amount{Known: true}

// regionCell reads a lever of the region itself.
func regionCell(t byPlace, p panorama.Panorama, line panorama.Line, onTable func(Objective) bool) Cell {
	c := Cell{Territory: p.Territory, Offered: line.Objective, Part: line.Objective}
	t.read(&c, line.Lever.Code, onTable)
	return c
}

// CloseDepartments sets a region beside its départements, lever by lever, in the
// order of its panorama. rows is all that its COP put on the table.
func CloseDepartments(m *panorama.Model, region string, rows []Objective, onTable func(Objective) bool) ([]LeverClosure, error) {
	p, err := m.Of(territory.Ref{Scale: territory.RegionS, Code: region})
	if err != nil {
		return nil, err
	}
	type department struct {
		at    territory.Territory
		lines map[string]panorama.Line
	}
	var departments []department
	for _, d := range m.Tree().Departments() {
		if d.Region != region {
			continue
		}
		x, err := m.Of(territory.Ref{Scale: territory.Department, Code: d.Code})
		if err != nil {
			return nil, err
		}
		one := department{at: x.Territory, lines: map[string]panorama.Line{}}
		for _, l := range x.Lines {
			one.lines[l.Lever.Code] = l
		}
		departments = append(departments, one)
	}
	t := byPlaceOf(rows)
	out := make([]LeverClosure, 0, len(p.Lines))
	for _, line := range p.Lines {
		l := LeverClosure{Lever: line.Lever, Region: regionCell(t, p, line, onTable)}
		offered := make([]panorama.Amount, len(departments))
		for i, d := range departments {
			offered[i] = panorama.Amount{Reason: "le panorama du département n’a pas ce levier"}
			own, ok := d.lines[line.Lever.Code]
			if ok {
				offered[i] = own.Objective
			}
			l.Cells = append(l.Cells, Cell{Territory: d.at, Offered: offered[i], Estimated: own.State == panorama.Substitute})
		}
		for i, part := range divide(l.Region.Read, offered) {
			l.Cells[i].Part = part
			t.read(&l.Cells[i], line.Lever.Code, onTable)
		}
		l.close(zero, zero)
		out = append(out, l)
	}
	return out, nil
}
