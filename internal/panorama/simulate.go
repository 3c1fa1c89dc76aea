package panorama

import (
	"cmp"
	"slices"

	"jalon/internal/apperr"
	"jalon/internal/framework"
	"jalon/internal/territory"
)

// Side is one of the two things that a simulation says of a lever, both in kt
// a year against 2019. They stay apart: what is done is part of what is aimed
// at, never added to it.
type Side string

// Done is what has been achieved since 2019; Aim is all that is aimed at for
// 2030, what is done included. The letters are those of the address.
const (
	Done Side = "f" // fait
	Aim  Side = "v" // visé
)

// Sides lists both, in the order of the page.
func Sides() []Side { return []Side{Done, Aim} }

// Entry is one thing that the reader may set: a side of a lever.
type Entry struct {
	Lever string
	Side  Side
}

// maxSimulated bounds what may be set on one lever: a million kt a year, five
// times the national objective of all levers together.
const maxSimulated Kg = 1_000_000 * KgPerKt

// Simulation is what a reader tries on the objectives of a region. Its whole
// state is what the reader set; everything else is read from the panorama, so
// a simulation kept as an address follows the panorama's later versions.
//
// It is not safe for concurrent use: each request has its own.
type Simulation struct {
	region Panorama
	lines  map[string]*Line
	blank  bool
	set    map[Entry]Kg
}

// NewSimulation starts from the objectives of a region. Only a region has
// published objectives and ratios, so any other territory is apperr.Invalid.
func NewSimulation(p Panorama) (*Simulation, error) {
	if p.Territory.Ref.Scale != territory.RegionS {
		return nil, apperr.Invalidf("Le simulateur travaille à l’échelle de la région, la seule où les objectifs et les ordres de grandeur sont publiés.")
	}
	s := &Simulation{region: p, lines: make(map[string]*Line, len(p.Lines)), set: map[Entry]Kg{}}
	for i := range p.Lines {
		s.lines[p.Lines[i].Lever.Code] = &p.Lines[i]
	}
	return s, nil
}

// Panorama is the region that the simulation starts from.
func (s *Simulation) Panorama() Panorama { return s.region }

// Line returns the lever of that code in the region.
func (s *Simulation) Line(lever string) (Line, bool) {
	l, ok := s.lines[lever]
	if !ok {
		return Line{}, false
	}
	return *l, true
}

// Blank says whether aims start from nothing instead of from the objectives.
func (s *Simulation) Blank() bool { return s.blank }

// StartBlank makes aims start from nothing: the reader assigns each kt. What
// was set is kept.
func (s *Simulation) StartBlank() { s.blank = true }

// IsSet says whether the reader set e, as opposed to its starting value.
func (s *Simulation) IsSet(e Entry) bool {
	_, ok := s.set[e]
	return ok
}

// Empty says that nothing was set.
func (s *Simulation) Empty() bool { return len(s.set) == 0 }

// Value is the mass of e. An aim that was not set is the region's objective,
// or unknown when there is none or when the simulation starts blank; what is
// done is unknown until it is said: missing is not zero.
func (s *Simulation) Value(e Entry) (kg Kg, known bool) {
	if kg, ok := s.set[e]; ok {
		return kg, true
	}
	if l, ok := s.lines[e.Lever]; ok && e.Side == Aim && !s.blank && l.Objective.Known {
		return l.Objective.Kg, true
	}
	return 0, false
}

// Set gives e a mass. It fails with apperr.Invalid beyond the bounds, and with
// apperr.NotFound when the region has no such lever.
func (s *Simulation) Set(e Entry, kg Kg) error {
	l, ok := s.lines[e.Lever]
	if !ok {
		return apperr.NotFoundf("Le levier « %s » n’existe pas dans cette région.", e.Lever)
	}
	if kg > maxSimulated || kg < -maxSimulated {
		return apperr.Invalidf("La valeur doit rester entre −1\u202f000\u202f000 et 1\u202f000\u202f000\u00a0kt.")
	}
	if e.Side == Aim && !s.blank && l.Objective.Known && kg == l.Objective.Kg {
		delete(s.set, e) // the objective itself is the starting value: the address stays minimal
		return nil
	}
	s.set[e] = kg
	return nil
}

// SetLevel gives e the mass that brings the lever to the physical level v.
func (s *Simulation) SetLevel(e Entry, v float64) error {
	l, ok := s.lines[e.Lever]
	if !ok {
		return apperr.NotFoundf("Le levier « %s » n’existe pas dans cette région.", e.Lever)
	}
	if !HasUnit(l.Equiv) {
		return apperr.Invalidf("Ce levier n’a pas d’ordre de grandeur\u00a0: saisissez des kt.")
	}
	v = RoundTo(v, l.Equiv.Decimals)
	if e.Side == Aim && !s.blank && l.Objective.Known && v == Level(l.Equiv, l.Objective.Kg) {
		return s.Set(e, l.Objective.Kg)
	}
	return s.Set(e, MassOfLevel(l.Equiv, v))
}

// Clear forgets what was set for e.
func (s *Simulation) Clear(e Entry) { delete(s.set, e) }

// Tally is where a set of levers stands: the objective, what is aimed at, what
// is done, each over the levers where it is known.
type Tally struct {
	Sector    string // empty for all levers
	Objective Kg
	Aim       Kg
	Done      Kg
	Levers    int // levers of the region in this sector
	Without   int // of which the region has no objective
	Aimed     int // levers with an aim
	DoneKnown int // levers for which the reader said what is done
}

// Rest is what remains to be assigned, negative when aims go beyond.
func (t Tally) Rest() Kg { return t.Objective - t.Aim }

// Tally adds up a sector, or all levers when sector is empty. The kt of all
// levers are additive whatever their physical unit.
func (s *Simulation) Tally(sector string) Tally {
	t := Tally{Sector: sector}
	for i := range s.region.Lines {
		l := &s.region.Lines[i]
		if sector != "" && l.Lever.Sector != sector {
			continue
		}
		t.Levers++
		if l.Objective.Known {
			t.Objective += l.Objective.Kg
		} else {
			t.Without++
		}
		if kg, ok := s.Value(Entry{l.Lever.Code, Aim}); ok {
			t.Aim += kg
			t.Aimed++
		}
		if kg, ok := s.Value(Entry{l.Lever.Code, Done}); ok {
			t.Done += kg
			t.DoneKnown++
		}
	}
	return t
}

// BySector returns the tally of each sector present, in the order given;
// sectors that the order does not name come last, by code.
func (s *Simulation) BySector(order []string) []Tally {
	var codes []string
	for _, l := range s.region.Lines {
		if !slices.Contains(codes, l.Lever.Sector) {
			codes = append(codes, l.Lever.Sector)
		}
	}
	rank := func(code string) int {
		if i := slices.Index(order, code); i >= 0 {
			return i
		}
		return len(order)
	}
	slices.SortFunc(codes, func(a, b string) int {
		return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(a, b))
	})
	out := make([]Tally, len(codes))
	for i, c := range codes {
		out[i] = s.Tally(c)
	}
	return out
}

// Warning is what a value deserves to be told, without being refused.
type Warning string

// An aim under what is done would undo it; a level under zero is more than the
// stock of 2019 allows.
const (
	UnderDone Warning = "under-done"
	UnderZero Warning = "under-zero"
)

// Warnings are those of the aim of a lever.
func (s *Simulation) Warnings(lever string) []Warning {
	l, ok := s.lines[lever]
	if !ok {
		return nil
	}
	aim, aimed := s.Value(Entry{lever, Aim})
	done, told := s.Value(Entry{lever, Done})
	var out []Warning
	if aimed && told && aim < done {
		out = append(out, UnderDone)
	}
	if e := l.Equiv; aimed && HasUnit(e) && e.Relative && Level(e, aim) < 0 {
		out = append(out, UnderZero)
	}
	return out
}

// HasUnit says whether masses of this lever convert to a physical unit here.
func HasUnit(e Equivalent) bool {
	return e.Kind != framework.NoUnit && e.Kind != "" && e.Ratio != 0 && e.Unit != "" && (!e.Relative || e.Start.Known)
}
