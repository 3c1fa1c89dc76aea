package plan

import (
	"math"

	"jalon/internal/framework"
	"jalon/internal/panorama"
)

// Effort is what a plan does for a lever, brought to the panorama's terms: what
// is avoided in 2030 against 2019, in kt of CO₂e a year and in the unit of the
// lever. Steps tell in French each thing that was done to the plan's own values.
type Effort struct {
	Kt     Figure // avoided; negative when the plan goes the other way
	Change Figure // of the lever's unit, from 2019 to 2030
	Level  Figure // of the lever's unit in 2030
	Unit   string // of Change and Level, empty when the lever has none
	Steps  []string
	Base   string // the years it really counts, when they are not 2019 to 2030; empty otherwise
	Key    string // of its figure, when it has one of its own: what a COP shared
}

func without(reason string) Effort {
	return Effort{Kt: missing("%s", reason), Change: missing("%s", reason), Level: missing("%s", reason)}
}

// EffortOf brings the objectives of one plan for one lever to the terms of a
// panorama line. below is true for a plan of a territory under the region: an
// average of the region then says nothing of it.
func EffortOf(all []Objective, line panorama.Line, below bool) Effort {
	if len(all) == 0 {
		return without("le plan n’a pas d’objectif pour ce levier")
	}
	p, why := pathOf(all)
	if why != "" {
		return without(why)
	}
	e := Effort{}
	end, how := p.at(TargetYear)
	e.step(how)
	if !end.Known {
		return without(end.Reason)
	}
	start, how := p.at(BaseYear)
	if p.gain && !start.Known && p.points[0].year > BaseYear && len(p.points) > 1 {
		// A gain counted from a later year is at least that much: said, not completed.
		start, e.Base = known(0), years(p.points[0].year, TargetYear)
		how = "le plan compte ce gain depuis " + Number(float64(p.points[0].year)) + "\u00a0: ce qui a été gagné avant n’y est pas"
	}
	e.step(how)
	if IsCarbon(p.unit) {
		return e.fromCarbon(p, start, end, line, below)
	}
	return e.fromUnit(p, start, end, line, below)
}

func (e *Effort) step(how string) {
	if how != "" {
		e.Steps = append(e.Steps, how)
	}
}

// fromCarbon reads objectives in greenhouse gases.
func (e Effort) fromCarbon(p path, start, end Figure, line panorama.Line, below bool) Effort {
	if !start.Known {
		return without(start.Reason)
	}
	change, _ := Convert(end.V-start.V, p.unit, carbon)
	if p.unit != carbon {
		e.step("converti de " + p.unit + " en " + carbon)
	}
	kt := -change // a level goes down by what is avoided
	if p.gain {
		kt = change
	}
	e.Kt = known(kt)
	eq := line.Equiv
	if e.Unit = line.Lever.UnitShort; e.Unit == "" {
		e.Change, e.Level = missing("ce levier n’a pas d’unité physique"), missing("ce levier n’a pas d’unité physique")
		return e
	}
	if why := noRatio(eq, below); why != "" {
		e.Change, e.Level = missing("%s", why), missing("%s", why)
		return e
	}
	e.Change = known(kt * eq.Ratio)
	e.Level = levelFrom(eq, e.Change, below)
	e.step("mis en " + e.Unit + " par le ratio du panorama, " + Number(eq.Ratio) + " par kt")
	return e
}

// fromUnit reads objectives in the unit of the lever.
func (e Effort) fromUnit(p path, start, end Figure, line panorama.Line, below bool) Effort {
	eq := line.Equiv
	e.Unit = line.Lever.UnitShort
	if e.Unit == "" {
		return without("ce levier n’a pas d’unité physique dans le panorama\u00a0: «\u00a0" + p.unit + "\u00a0» ne se compare pas")
	}
	level, ok := Convert(end.V, p.unit, e.Unit)
	if !ok {
		return without("le plan compte en «\u00a0" + p.unit + "\u00a0», le panorama en «\u00a0" + e.Unit + "\u00a0»")
	}
	if p.unit != e.Unit {
		e.step("converti de " + p.unit + " en " + e.Unit)
	}
	if !p.gain {
		e.Level = known(level)
	}
	if !start.Known {
		e.Change, e.Kt = start, start
		if !p.gain && eq.Start.Known && !below {
			// The panorama's own starting point of the region stands for the one that
			// the plan does not give.
			start = known(eq.Start.V)
			e.step("départ de 2019 pris dans le panorama (" + Number(eq.Start.V) + " " + e.Unit + "), que le plan ne donne pas")
			e.Change = known(level - start.V)
		}
	} else {
		change, _ := Convert(end.V-start.V, p.unit, e.Unit)
		e.Change = known(change)
	}
	if p.gain && e.Change.Known {
		if line.Lever.Direction == "down" && eq.Relative {
			e.Change = known(-math.Abs(e.Change.V))
		}
		e.Level = levelFrom(eq, e.Change, below)
	}
	if !e.Change.Known {
		return e
	}
	if why := noRatio(eq, below); why != "" {
		e.Kt = missing("%s", why)
		return e
	}
	e.Kt = known(e.Change.V / eq.Ratio)
	e.step("mis en kt par le ratio du panorama, " + Number(eq.Ratio) + " " + e.Unit + " par kt")
	return e
}

// noRatio says why kt and the unit of a lever cannot be brought to one another.
func noRatio(eq panorama.Equivalent, below bool) string {
	switch {
	case eq.Reason != "":
		return eq.Reason
	case eq.Ratio == 0:
		return "le panorama ne donne pas ici de ratio entre ce levier et les émissions"
	case below && eq.Kind == framework.Rate:
		return "une moyenne de la région ne s’applique pas à l’un de ses territoires"
	}
	return ""
}

func levelFrom(eq panorama.Equivalent, change Figure, below bool) Figure {
	if !eq.Start.Known || below {
		return missing("le panorama ne donne pas ici le niveau de départ de 2019")
	}
	return known(eq.Start.V + change.V)
}
