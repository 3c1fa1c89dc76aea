package simulator

import (
	"math"
	"strings"

	"jalon/internal/french"
	"jalon/internal/panorama"
)

// ktText writes a mass in kt for a reader, with few digits: none after the
// comma from 100 kt, one from 1 kt, three below. simulator.js does the same.
func ktText(kg panorama.Kg) string {
	a := math.Abs(kg.Kt())
	d := 3
	switch {
	case a >= 100:
		d = 0
	case a >= 1:
		d = 1
	}
	s := french.Number(panorama.RoundTo(kg.Kt(), d), d)
	if d > 0 {
		s = strings.TrimRight(strings.TrimRight(s, "0"), ",")
	}
	return s
}

// kt is ktText with its unit, which does not part from it.
func kt(kg panorama.Kg) string { return ktText(kg) + french.NoBreak + "kt" }

// negligible is the mass under which nothing is left to assign: half of the
// last digit shown.
const negligible panorama.Kg = 500

// restText says what remains to be assigned or what goes beyond.
func restText(t panorama.Tally) string {
	switch rest := t.Rest(); {
	case rest >= negligible:
		return "reste à assigner" + french.NoBreak + ": " + kt(rest)
	case rest <= -negligible:
		return "dépasse l’objectif de " + kt(-rest)
	}
	return "objectif entièrement assigné"
}

// doneText says what is done and for how many levers it was said.
func doneText(t panorama.Tally) string {
	if t.DoneKnown == 0 {
		return "Déjà fait" + french.NoBreak + ": non renseigné"
	}
	return "Déjà fait" + french.NoBreak + ": " + kt(t.Done) + " (" + french.Integer(t.DoneKnown) + french.NoBreak +
		french.Plural(t.DoneKnown, "levier renseigné", "leviers renseignés") + " sur " + french.Integer(t.Levers) + ")"
}

// levelText writes a physical level for a reader.
func levelText(e panorama.Equivalent, kg panorama.Kg) string {
	return french.Number(panorama.Level(e, kg), e.Decimals)
}
