package coverage

import (
	"jalon/internal/action"
	"jalon/internal/plan"
)

// Declared is the last value of an indicator of an action, in a unit of its lever: said
// by who carries it, never added to what is observed.
type Declared struct {
	Action    action.Action
	Indicator string
	Unit      string
	Value     action.Value
	// Part is of the objective of the lever, in its unit.
	Part      float64
	PartKnown bool
}

// DeclaredOf reads the indicators of the actions of a lever that count in its unit.
func DeclaredOf(c Cell, brought []action.Brought) (out []Declared) {
	for _, b := range brought {
		for _, i := range b.Action.Indicators {
			unit, _ := plan.ParseUnit(i.Unit)
			in, ok := plan.Convert(1, unit, c.Line.Lever.UnitShort)
			if !ok || len(i.Values) == 0 {
				continue
			}
			last := i.Values[0]
			for _, v := range i.Values {
				if v.Day > last.Day {
					last = v
				}
			}
			d := Declared{Action: b.Action, Indicator: i.Name, Unit: i.Unit, Value: last}
			if aim := c.Objective.Kg.Kt() * c.Line.Equiv.Ratio; c.Objective.Known && aim != 0 {
				since := last.V
				if i.Start != nil {
					since -= *i.Start
				}
				d.Part, d.PartKnown = since*in/aim, true
			}
			out = append(out, d)
		}
	}
	return out
}
