package series

import (
	"fmt"
	"maps"
	"slices"

	"jalon/internal/apperr"
	"jalon/internal/figure"
	"jalon/internal/french"
)

// The families of what the nation measures, and of what it aims at: the target
// of a year is the value of that year.
const (
	NationalValues  = "national"
	NationalTargets = "cible-nationale"
)

// Written is a number as read and as written.
type Written struct {
	Value float64
	Text  string
}

// NationalOf finds an indicator of the nation by its id in the State's list, or
// by its name and part when the list gives no id.
func (c *Catalogue) NationalOf(id, name, part string) (National, bool) {
	for _, code := range c.order {
		n := c.nation[code]
		if id != "" && n.ID != "" {
			if n.ID == id {
				return n, true
			}
			continue
		}
		if french.Fold(n.Name) == french.Fold(name) && french.Fold(n.Part) == french.Fold(part) {
			return n, true
		}
	}
	return National{}, false
}

// JudgeNational gives what an edition of the referential says of one indicator: a
// unit other than ours and a target that is not after the last value are refused,
// a target that changes is told.
func JudgeNational(n National, unit string, values, targets map[int]Written, label string) (_ []Observation, remark string, err error) {
	if unit != "" && n.Unit != "" && foldUnit(unit) != foldUnit(n.Unit) {
		return nil, "", apperr.Invalidf("unité «\u00a0%s\u00a0»\u00a0: «\u00a0%s\u00a0» était attendue pour «\u00a0%s\u00a0»", clip(unit), n.Unit, clip(n.Full()))
	}
	last := 0
	for y := range values {
		last = max(last, y)
	}
	if t, ok := targets[Horizon]; ok {
		if last >= Horizon {
			return nil, "", apperr.Invalidf("la cible de %d n’est pas après la dernière valeur (%d)", Horizon, last)
		}
		if n.Target != nil && !same(*n.Target, t.Value) {
			remark = fmt.Sprintf("la cible de %d change\u00a0: %s au lieu de %s", Horizon, t.Text, french.Significant(*n.Target, 6))
		}
	}
	var out []Observation
	for _, part := range []struct {
		family string
		all    map[int]Written
	}{{NationalValues, values}, {NationalTargets, targets}} {
		for _, y := range slices.Sorted(maps.Keys(part.all)) {
			v := part.all[y].Value
			out = append(out, Observation{Series: part.family + "/" + n.Code, Territory: "nation", Year: y, Value: &v, AsPublished: part.all[y].Text, Unit: n.Unit, Class: figure.Reference,
				Source: "Référentiel national", Label: label})
		}
	}
	return out, remark, nil
}
