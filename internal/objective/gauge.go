package objective

import "jalon/internal/panorama"

// Line is a lever of a territory: what the panorama offers there, and what the COP
// put beside it, as its reader may know it.
type Line struct {
	panorama.Line
	Offered   Value
	Objective Objective // the zero Objective when nobody put one
	Reading   Reading   // Offered when nothing is on the table that the reader may know
}

// Put reports whether the COP put a value, as the reader may know it.
func (l Line) Put() bool { return l.Reading.State != Offered }

// Lines sets what a COP put on the table for a place beside what the panorama offers
// there, in the order of the panorama.
func (p Place) Lines(rows []Objective, onTable bool) []Line {
	return p.beside(p.Panorama.Lines, rows, onTable)
}

// beside sets lines beside what was put on the table for the place.
func (p Place) beside(offered []panorama.Line, rows []Objective, onTable bool) []Line {
	by := map[string]Objective{}
	for _, o := range rows {
		if o.Territory == p.Ref().String() {
			by[o.Lever] = o
		}
	}
	out := make([]Line, 0, len(offered))
	for _, x := range offered {
		l := Line{Line: x, Offered: p.Offered(x), Objective: by[x.Lever.Code]}
		l.Reading = Reading{Value: l.Offered, State: Offered}
		if reading, ok := l.Objective.Now(onTable); ok && l.Objective.ID != "" {
			l.Reading = reading
		}
		out = append(out, l)
	}
	return out
}

// Gauge is the sum of what a COP put on the table against the sum of what the
// panorama offers, in exact kilograms.
type Gauge struct {
	Put     panorama.Kg // put by the COP: shared, discussed, or waiting for both heads
	Offered panorama.Kg // by the panorama, over the levers that have a value
	// Shared is the part of Put that both heads shared.
	Shared panorama.Kg
	// The levers, by where they stand.
	SharedLevers, DiscussedLevers, SharingLevers, OfferedLevers int
	Missing                                                     int // levers without an offered value, out of Offered
	Increases                                                   int // values put that let emissions rise
}

// Rest is what remains to be found, negative when the table goes beyond.
func (g Gauge) Rest() panorama.Kg { return g.Offered - g.Put }

// GaugeOf adds up the lines of a place.
func GaugeOf(lines []Line) (g Gauge) {
	for _, l := range lines {
		if l.Line.Objective.Known {
			g.Offered += l.Line.Objective.Kg
		} else {
			g.Missing++
		}
		switch l.Reading.State {
		case Shared:
			g.SharedLevers++
		case Sharing:
			g.SharingLevers++
		case Discussed:
			g.DiscussedLevers++
		default:
			g.OfferedLevers++
			continue
		}
		kg := l.Reading.Value.Kg
		if !kg.Known {
			continue
		}
		g.Put += kg.Kg
		if l.Reading.State == Shared {
			g.Shared += kg.Kg
		}
		if kg.Kg < 0 {
			g.Increases++
		}
	}
	return g
}
