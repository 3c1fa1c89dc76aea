package debate

import "testing"

func TestALineKeepsItsNoBreakSpaces(t *testing.T) {
	for in, want := range map[string]string{
		"":                                   "",
		" \u00a0\n ":                         "",
		"  Le plan\n d’action ":              "Le plan d’action",
		"Préface\u00a0: le mot":              "Préface\u00a0: le mot",
		"Préface \u00a0 : le\t\tmot\u00a0":   "Préface\u00a0: le mot",
		"«\u00a0un\u00a0» et 12\u202f000 kt": "«\u00a0un\u00a0» et 12\u202f000 kt",
	} {
		if got := Line(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}
