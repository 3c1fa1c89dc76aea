package objective

import (
	"strings"

	"jalon/internal/framework"
	"jalon/internal/french"
	"jalon/internal/panorama"
)

const nb = french.NoBreak

// Known is what can be known of the whole emissions that a lever acts upon.
type Known struct {
	Lever     framework.Lever
	Territory string
	// Equiv is the lever in its unit; Region names the region that it is of, when
	// that is not the territory itself.
	Equiv      panorama.Equivalent
	Region     string
	Sector     panorama.Amount // emitted in 2019 by the sector, in the territory
	SectorName string
	National   panorama.Amount // the whole national objective of the lever
}

// Ceiling says, in French sentences, what a value goes beyond, and what there was to
// compare it with.
type Ceiling struct {
	Beyond []string // what it goes beyond: asked to be confirmed
	Read   []string // what it was compared with and stays under
	// Nothing is true when nothing is known of the whole emissions of the lever.
	Nothing bool
}

// Above reports whether the value is asked to be confirmed.
func (c Ceiling) Above() bool { return len(c.Beyond) > 0 }

// CeilingOf compares a value with what is known of the whole emissions of its lever.
// It never refuses: what is known is little, and may be wrong.
func CeilingOf(k Known, v Value) (c Ceiling) {
	c.Nothing = true
	add := func(beyond bool, text string) {
		if beyond {
			c.Beyond = append(c.Beyond, text)
		} else {
			c.Read = append(c.Read, text)
		}
	}
	// Without a value, what is known is said and nothing is compared.
	compare := func(beyond bool, text, over, under string) {
		switch {
		case !v.Kg.Known:
			add(false, strings.TrimSpace(text))
		case beyond:
			add(true, text+over)
		default:
			add(false, text+under)
		}
	}
	if zero, ok := k.toZero(); ok && !percent(v.Unit) {
		start := k.Equiv.Reading(k.Equiv.Start, false) + nb + k.Equiv.Unit
		text := "Le levier part de " + start + " en 2019" + k.ofRegion() + nb + ": le ramener à zéro compte pour " + zero.Text() + " par an. "
		if zero < 0 {
			text = "Le levier part de " + start + " en 2019" + k.ofRegion() + nb + ": sa quantité ne peut pas baisser au-delà. "
		}
		// Where the quantity rises, zero bounds an increase of emissions alone.
		switch {
		case zero > 0 || v.Kg.Known && v.Kg.Kg < zero:
			c.Nothing = false
			compare(zero < 0 || v.Kg.Kg > zero, text, "Avec cette valeur, le niveau de 2030 tomberait sous zéro.", "La valeur reste en deçà.")
		}
	}
	if k.Sector.Known {
		c.Nothing = false
		text := "Le secteur «\u00a0" + k.SectorName + "\u00a0» a émis " + k.Sector.Kg.Text() + " en 2019 dans ce territoire, d’après les émissions importées. "
		compare(v.Kg.Kg > k.Sector.Kg, text, "La valeur les dépasse.", "La valeur reste en deçà.")
	}
	if k.National.Known && k.National.Kg > 0 {
		text := "L’objectif national de ce levier est de " + k.National.Kg.Text() + " par an. "
		compare(v.Kg.Kg > k.National.Kg, text, "La valeur, pour ce seul territoire, le dépasse.", "La valeur reste en deçà, ce qui ne dit rien des émissions du territoire.")
	}
	if percent(v.Unit) && v.Level.Known {
		c.Nothing = false
		if v.Level.V > 100 || v.Level.V < -100 || v.Level.V < 0 && !strings.Contains(v.Unit, sinceBase) {
			add(true, "Une part se tient entre 0 et 100"+nb+"%"+nb+": la valeur en sort.")
		} else {
			add(false, "Une part se tient entre 0 et 100"+nb+"%"+nb+": c’est le cas.")
		}
	}
	return c
}

// toZero is the objective that brings the quantity of the lever to zero: positive
// when emissions fall with it.
func (k Known) toZero() (panorama.Kg, bool) {
	e := k.Equiv
	if e.Reason != "" || !e.Relative || !e.Start.Known || e.Ratio == 0 || e.Start.V <= 0 {
		return 0, false
	}
	return panorama.ToKg(-e.Start.V, e.Ratio)
}

func (k Known) ofRegion() string {
	if k.Region == "" {
		return ""
	}
	return " dans toute la région (" + k.Region + ")"
}

// percent reports whether a unit is a share of a whole.
func percent(unit string) bool {
	return strings.HasPrefix(unit, "%")
}
