package themes

import (
	"slices"
	"strings"

	"github.com/a-h/templ"

	"jalon/internal/diagnosis"
	"jalon/internal/french"
	"jalon/internal/panorama"
	"jalon/internal/web/ui"
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
	return french.Plural(len(c.Levers), "Levier", "Leviers")
}

// after is what follows the name of a lever in a list: its note, then the comma.
func after(c card, i int) string {
	out := ""
	if n := c.Levers[i].Note; n != "" {
		out = " (" + n + ")"
	}
	if i < len(c.Levers)-1 {
		return out + ", "
	}
	return out + "."
}

// described ties a field to its help and its error.
func described(f ui.Field) templ.Attributes {
	a := templ.Attributes{"aria-describedby": f.ID + "-aide"}
	if f.Error != "" {
		a["aria-invalid"], a["aria-describedby"] = "true", f.ID+"-aide "+f.ID+"-erreur"
	}
	return a
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
