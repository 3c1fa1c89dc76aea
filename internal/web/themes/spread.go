package themes

import (
	"slices"
	"strings"

	"github.com/a-h/templ"

	"jalon/internal/diagnosis"
	"jalon/internal/french"
	"jalon/internal/panorama"
)

// spread tells which levers are in several themes, and which are in none, in the
// order of the panorama.
func spread(themes []diagnosis.Theme, lines []panorama.Line) (shared, none []string) {
	for _, l := range lines {
		n := 0
		for _, t := range themes {
			if has(t.Levers, l.Lever.Code) {
				n++
			}
		}
		switch {
		case n > 1:
			shared = append(shared, l.Lever.Code)
		case n == 0:
			none = append(none, l.Lever.Code)
		}
	}
	return shared, none
}

func has(codes []string, code string) bool { return slices.Contains(codes, code) }

func joined(names []string) string { return strings.Join(names, ", ") }

func leversOf(c card) string {
	return french.Integer(len(c.Levers)) + nb + french.Plural(len(c.Levers), "levier", "leviers")
}

// ticked are the attributes of the box of a theme.
func ticked(c candidate) templ.Attributes {
	a := templ.Attributes{}
	if c.Chosen {
		a["checked"] = true
	}
	if c.Error != "" {
		a["aria-invalid"], a["aria-describedby"] = "true", "chosen-"+c.ID+"-erreur"
	}
	return a
}
