package action

import (
	"strconv"

	"jalon/internal/panorama"
)

// Horizon is the year that impacts are counted in, Base the one they are held against.
const (
	Horizon = 2030
	Base    = 2019
)

// mostPart bounds a part of a ramp: some actions do more for a time than they do in the
// end.
const mostPart = 5 * whole

// checkRamp wants years in order, parts that can be, and the whole in 2030, which is
// what the quantity counts.
func checkRamp(ramp []Ramp) error {
	for i, r := range ramp {
		switch {
		case r.Year < Base || r.Year > Horizon:
			return fault("ramp", "La montée en charge va de "+strconv.Itoa(Base)+" à "+strconv.Itoa(Horizon)+"\u00a0: l’année "+strconv.Itoa(r.Year)+" n’y est pas.")
		case i > 0 && ramp[i-1].Year >= r.Year:
			return fault("ramp", "Les années de la montée en charge se suivent, chacune une fois.")
		case r.Part < 0 || r.Part > mostPart:
			return fault("ramp", "La part de "+strconv.Itoa(r.Year)+" est en pourcentage de ce qui sera là en "+strconv.Itoa(Horizon)+", entre 0 et 500\u00a0%.")
		case r.Year == Horizon && r.Part != whole:
			return fault("ramp", "En "+strconv.Itoa(Horizon)+", la part est de 100\u00a0%\u00a0: c’est cette année-là que compte la quantité.")
		}
	}
	return nil
}

// At is the part of an impact that is there at the end of a year, in ten-thousandths of
// what is there in 2030: as its ramp says, straight between two years that it gives;
// without a ramp, a straight line from the year the action starts to the year it ends.
// It is not known without a ramp nor a first year.
func (p Impact) At(year int, starts, ends string) (part int64, known bool) {
	type step struct {
		year int
		part int64
	}
	steps := make([]step, 0, len(p.Ramp)+2)
	first, last := YearOf(starts), YearOf(ends)
	if len(p.Ramp) > 0 {
		if first == 0 || first > p.Ramp[0].Year {
			first = p.Ramp[0].Year
		}
		steps = append(steps, step{first - 1, 0})
		for _, r := range p.Ramp {
			steps = append(steps, step{r.Year, r.Part})
		}
		last = Horizon
	} else {
		if first == 0 {
			return 0, false
		}
		steps = append(steps, step{first - 1, 0})
	}
	if last == 0 || last > Horizon {
		last = Horizon
	}
	if n := steps[len(steps)-1]; n.year < last {
		steps = append(steps, step{last, whole})
	} else if len(p.Ramp) == 0 {
		steps = append(steps, step{n.year + 1, whole}) // over before 2030, or not in order: there at once
	}
	for i, s := range steps {
		switch {
		case year < s.year && i == 0:
			return 0, true
		case year <= s.year && i > 0:
			from := steps[i-1]
			return from.part + (s.part-from.part)*int64(year-from.year)/int64(s.year-from.year), true
		}
	}
	return steps[len(steps)-1].part, true
}

// Share is a part of a mass, in ten-thousandths, to the nearest kg.
func Share(kg panorama.Kg, part int64) panorama.Kg {
	hi, lo := int64(kg)/whole, int64(kg)%whole // no product that overflows
	rest := lo * part
	half := int64(whole / 2)
	if rest < 0 {
		half = -half
	}
	return panorama.Kg(hi*part + (rest+half)/whole)
}
