package plan

import (
	"cmp"
	"slices"

	"jalon/internal/panorama"
	"jalon/internal/territory"
)

// Side is one column of a comparison: what somebody aims at for a lever.
type Side struct {
	Effort Effort
	Plan   *Plan // nil for the panorama and for the COP
	Speaks bool  // the plan has an objective for the lever, whether it can be compared or not
}

// Line compares, for one lever, what the State offers for discussion with what
// the plans aim at.
type Line struct {
	Line     panorama.Line
	Panorama Effort
	Regional []Side // the region's own documents, those in force, that speak of the lever first
	Sum      Sum    // of the climate plans of its territories
	Ambition Effort // the COP's, missing until it set one
	// Gap is the region's document less the panorama, in kt: the first that can be
	// compared. GapChange is the same in the lever's unit.
	Gap, GapChange Figure
}

// Comparison is every lever of a region on one line each.
type Comparison struct {
	Region   panorama.Panorama
	Plans    []Plan
	Lines    []Line
	Compared int // levers for which a regional document can be compared
	Summed   int // levers for which some climate plan can be added
	// Aside are the objectives that belong to no lever of the panorama: indicators
	// of a plan's own, and levers of another axis.
	Aside []Objective
}

// Ambition tells what the COP of the region set for a lever, when it did.
type Ambition func(lever string) (Effort, bool)

// Compare puts the panorama of a region beside the plans that are in force.
// members gives the communes of a free perimeter.
func Compare(m *panorama.Model, p panorama.Panorama, plans []Plan, objectives []Objective, members func(id string) ([]int32, error), ambition Ambition) (Comparison, error) {
	out := Comparison{Region: p, Plans: plans}
	by := map[string]map[string][]Objective{} // by plan, then lever
	levers := map[string]bool{}
	for _, l := range p.Lines {
		levers[l.Lever.Code] = true
	}
	for _, o := range objectives {
		if !levers[o.Lever] {
			out.Aside = append(out.Aside, o)
			continue
		}
		if by[o.Plan] == nil {
			by[o.Plan] = map[string][]Objective{}
		}
		by[o.Plan][o.Lever] = append(by[o.Plan][o.Lever], o)
	}
	covers, err := coversOf(m, plans, members)
	if err != nil {
		return out, err
	}
	region, err := m.Tree().CommunesOf(p.Territory.Ref)
	if err != nil {
		return out, err
	}
	communes := m.Tree().Communes()
	population := func(i int32) int64 { return communes[i].Population }
	held := settle(covers, region, population)
	for _, line := range p.Lines {
		l := Line{Line: line, Panorama: offered(line), Ambition: without("la COP n’a pas encore posé d’objectif pour ce levier")}
		if ambition != nil {
			if e, ok := ambition(line.Lever.Code); ok {
				l.Ambition = e
			}
		}
		for _, x := range plans {
			if x.Kind.Regional() && x.State.Holds() {
				own := by[x.ID][line.Lever.Code]
				l.Regional = append(l.Regional, Side{Effort: EffortOf(own, line, false), Plan: &x, Speaks: len(own) > 0})
			}
		}
		slices.SortStableFunc(l.Regional, func(a, b Side) int {
			return cmp.Or(rank(a)-rank(b), slices.Index(Kinds(), a.Plan.Kind)-slices.Index(Kinds(), b.Plan.Kind))
		})
		l.gap()
		l.Sum = held.add(func(i int) *Effort {
			all := by[covers[i].Plan.ID][line.Lever.Code]
			if len(all) == 0 {
				return nil
			}
			e := EffortOf(all, line, true)
			return &e
		})
		if l.Sum.Kt.Known {
			out.Summed++
		}
		if l.Gap.Known {
			out.Compared++
		}
		out.Lines = append(out.Lines, l)
	}
	return out, nil
}

func rank(s Side) int {
	if s.Effort.Kt.Known {
		return 0
	}
	return 1
}

// offered is a line of the panorama in the same terms as a plan.
func offered(line panorama.Line) Effort {
	e := Effort{Unit: line.Lever.UnitShort}
	figure := func(v panorama.Value) Figure { return Figure{V: v.V, Known: v.Known, Reason: v.Reason} }
	e.Kt = Figure{V: line.Objective.Kg.Kt(), Known: line.Objective.Known, Reason: line.Objective.Reason}
	e.Change, e.Level = figure(line.Equiv.Change), figure(line.Equiv.Target)
	if line.Equiv.Unit == "" {
		e.Unit = ""
	}
	return e
}

func (l *Line) gap() {
	l.Gap, l.GapChange = missing("aucun document régional en vigueur n’est enregistré"), missing("aucun document régional en vigueur n’est enregistré")
	if len(l.Regional) == 0 {
		return
	}
	e := l.Regional[0].Effort
	l.Gap, l.GapChange = less(e.Kt, l.Panorama.Kt), less(e.Change, l.Panorama.Change)
}

// GapOf is what one document of the region does less the panorama, in kt.
func (l *Line) GapOf(s Side) Figure { return less(s.Effort.Kt, l.Panorama.Kt) }

func less(a, b Figure) Figure {
	switch {
	case !a.Known:
		return a
	case !b.Known:
		return b
	}
	return known(a.V - b.V)
}

// coversOf reads the communes of each climate plan in force, once for all the
// levers.
func coversOf(m *panorama.Model, plans []Plan, members func(id string) ([]int32, error)) ([]Cover, error) {
	var out []Cover
	for _, x := range plans {
		if !x.Kind.Climate() || !x.State.Holds() {
			continue
		}
		ref, err := territory.ParseRef(x.Territory)
		if err != nil {
			return nil, err
		}
		c := Cover{Plan: x}
		if ref.Scale == territory.Perimeter {
			c.Communes, err = members(ref.Code)
		} else {
			c.Communes, err = m.Tree().CommunesOf(ref)
		}
		if err != nil {
			return nil, err
		}
		out = append(out, c)
	}
	return out, nil
}
