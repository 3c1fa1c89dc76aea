package panorama

import (
	"strconv"
	"strings"

	"jalon/internal/french"
)

// Text writes an amount for a sentence: «22,1 MtCO₂e».
func (kg Kg) Text() string { return french.MassText(int64(kg)) }

// Less writes an amount as a change of emissions: «22,1 MtCO₂e de moins», or
// «de plus» when emissions rise.
func (kg Kg) Less() string {
	if kg < 0 {
		return (-kg).Text() + " de plus"
	}
	return kg.Text() + " de moins"
}

// Reading is one of the three numbers of an equivalent, all written with the
// same decimals: the fewest that lose nothing of any of them.
func (e Equivalent) Reading(v Value, change bool) string {
	decimals := 0
	for _, x := range []Value{e.Start, e.Target, e.Change} {
		for x.Known && decimals < e.Decimals && french.Round(x.V, decimals) != french.Round(x.V, e.Decimals) {
			decimals++
		}
	}
	s := french.Number(v.V, decimals)
	if change && v.V > 0 {
		return "+" + s
	}
	return s
}

// Text is the physical reading of a line in one phrase, empty when it has none:
// «7,8 → 459,7 milliers de véhicules électriques».
func (e Equivalent) Text() string {
	switch {
	case e.Reason != "":
		return ""
	case e.Start.Known && e.Target.Known:
		return e.Reading(e.Start, false) + " → " + e.Reading(e.Target, false) + french.NoBreak + e.Unit
	case e.Change.Known && e.RegionAverage:
		return e.Reading(e.Change, true) + french.NoBreak + e.Unit + " (moyenne régionale)"
	case e.Change.Known:
		return e.Reading(e.Change, true) + french.NoBreak + e.Unit
	}
	return ""
}

// Name is a key and its year inside a sentence: «population municipale (2023)».
func (k *Key) Name() string {
	if k == nil {
		return "sans clé"
	}
	name := lower(k.Label)
	if k.Year == 0 {
		return name
	}
	return name + " (" + strconv.Itoa(k.Year) + ")"
}

// Origin says in a few words how a line came by its value.
func (l Line) Origin() string {
	switch l.State {
	case Published:
		return "publié par l’État"
	case Keyed:
		return "clé" + french.NoBreak + ": " + l.Key.Name()
	case Substitute:
		return "estimation" + french.NoBreak + ": " + l.Key.Name()
	case Unallocated:
	}
	return "non réparti"
}

// lower writes a label inside a sentence; a word all in capitals stays so.
func lower(s string) string {
	r := []rune(s)
	if len(r) > 1 && strings.ToUpper(string(r[1])) == string(r[1]) && strings.ToLower(string(r[1])) != string(r[1]) || len(r) == 0 {
		return s
	}
	return strings.ToLower(string(r[0])) + string(r[1:])
}
