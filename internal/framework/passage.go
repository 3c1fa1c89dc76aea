package framework

import (
	"slices"
	"strings"
)

// Way says what becomes of a lever in a later list.
type Way string

// The ways. Same keeps its name, Renamed does not; Split became several narrower levers,
// Merged is a part of a wider one; Unmapped has nothing there.
const (
	Same     Way = "same"
	Renamed  Way = "renamed"
	Split    Way = "split"
	Merged   Way = "merged"
	Unmapped Way = "unmapped"
)

// Name is the French name of a way.
func (w Way) Name() string {
	switch w {
	case Same:
		return "même levier"
	case Renamed:
		return "même levier, autre nom"
	case Split:
		return "divisé en leviers plus étroits"
	case Merged:
		return "réuni à un levier plus large"
	}
	return "sans correspondance"
}

// Passage is what a lever becomes in another list. To is empty when it is Unmapped;
// Why holds the sentences of the crosswalk that lead there.
type Passage struct {
	From Lever
	Way  Way
	To   []Lever
	Why  []string
}

// Only is the lever that a passage leads to when there is no choice to make: a person
// chooses among several.
func (p Passage) Only() (Lever, bool) {
	if len(p.To) != 1 {
		return Lever{}, false
	}
	return p.To[0], true
}

// Passage reads what a lever becomes in a list, through the crosswalk, near or far. The
// same lever is looked for first; then what it was split into; then what it is a part
// of. The two last are never combined: a part of a whole of it would be another lever.
func (f *Framework) Passage(code, version string) (Passage, error) {
	l, err := f.Lever(code)
	if err != nil {
		return Passage{}, err
	}
	p := Passage{From: l, Way: Unmapped}
	if l.Version == version {
		p.Way, p.To = Same, []Lever{l}
		return p, nil
	}
	same := f.equals(code)
	if f.land(&p, same, version); len(p.To) > 0 {
		if p.Way = Renamed; len(p.To) == 1 && p.To[0].Name == l.Name {
			p.Way = Same
		}
		p.Why = f.why(same, OneToOne)
		return p, nil
	}
	for _, step := range []struct {
		way  Way
		next func(code string) []string
	}{{Split, f.parts}, {Merged, f.wholes}} {
		var near []string
		for _, s := range same {
			for _, n := range step.next(s) {
				for _, e := range f.equals(n) {
					if !slices.Contains(near, e) {
						near = append(near, e)
					}
				}
			}
		}
		if f.land(&p, near, version); len(p.To) > 0 {
			p.Way, p.Why = step.way, f.why(same, PartOf)
			return p, nil
		}
	}
	for _, s := range same {
		for _, k := range f.links[s] {
			if k.Kind == NoMatch && k.ToVersion == version {
				p.Why = append(p.Why, k.Reason)
			}
		}
	}
	return p, nil
}

// land keeps those of some levers that are of a list.
func (f *Framework) land(p *Passage, codes []string, version string) {
	for _, c := range codes {
		if l := f.levers[f.index[c]]; l.Version == version {
			p.To = append(p.To, l.clone())
		}
	}
}

// parts are the narrower levers of a wider one: those of the crosswalk, and those that
// are shown under it.
func (f *Framework) parts(code string) (out []string) {
	for _, k := range f.links[code] {
		if k.Kind == PartOf && k.To == code {
			out = append(out, k.From)
		}
	}
	for _, l := range f.Under(code) {
		if !slices.Contains(out, l.Code) {
			out = append(out, l.Code)
		}
	}
	return out
}

// wholes are the wider levers that one is a part of.
func (f *Framework) wholes(code string) (out []string) {
	for _, k := range f.links[code] {
		if k.Kind == PartOf && k.From == code {
			out = append(out, k.To)
		}
	}
	return out
}

// why are the reasons of the links of one kind of some levers, each once.
func (f *Framework) why(codes []string, kind LinkKind) (out []string) {
	for _, c := range codes {
		for _, k := range f.links[c] {
			if k.Kind == kind && !slices.Contains(out, k.Reason) {
				out = append(out, k.Reason)
			}
		}
	}
	return out
}

// checkLoops refuses a crosswalk in which a lever ends by being a part of itself: what
// it brings would be counted without end.
func (f *Framework) checkLoops() error {
	const white, grey, black = 0, 1, 2
	colour := map[string]int{}
	var way []string
	var visit func(code string) error
	visit = func(code string) error {
		same := f.equals(code)
		// Equal levers are one: any of them stands for all.
		root := slices.Min(same)
		switch colour[root] {
		case black:
			return nil
		case grey:
			at := slices.Index(way, root)
			return invalid("la correspondance tourne en rond\u00a0: «\u00a0%s\u00a0» finit par faire partie de lui-même", strings.Join(append(slices.Clone(way[at:]), root), "\u00a0» fait partie de «\u00a0"))
		}
		colour[root] = grey
		way = append(way, root)
		for _, s := range same {
			for _, wider := range f.wholes(s) {
				if err := visit(wider); err != nil {
					return err
				}
			}
		}
		way = way[:len(way)-1]
		colour[root] = black
		return nil
	}
	for _, l := range f.levers {
		if colour[l.Code] == white {
			if err := visit(l.Code); err != nil {
				return err
			}
		}
	}
	return nil
}

// checkTwins refuses a crosswalk that says that two levers of one list are the same: the
// way back would not say which.
func (f *Framework) checkTwins() error {
	for _, l := range f.levers {
		for _, e := range f.equals(l.Code) {
			if o := f.levers[f.index[e]]; o.Version == l.Version && o.Code != l.Code {
				return invalid("la correspondance revient à un autre levier de la même liste\u00a0: «\u00a0%s\u00a0» et «\u00a0%s\u00a0» seraient le même", l.Code, o.Code)
			}
		}
	}
	return nil
}
