package simulator

import (
	"strings"

	"github.com/a-h/templ"

	"jalon/internal/web/ui"
)

// attributes are those that simulator.js reads.
func attributes(data map[string]string) templ.Attributes {
	a := templ.Attributes{}
	for k, v := range data {
		a[k] = v
	}
	return a
}

func blank(v view) templ.Attributes {
	if !v.Blank {
		return nil
	}
	return templ.Attributes{"data-blank": true}
}

// invalid ties a field to its error.
func invalid(f ui.Field) templ.Attributes {
	if f.Error == "" {
		return nil
	}
	return templ.Attributes{"aria-invalid": "true", "aria-describedby": f.ID + "-erreur"}
}

// leading is the part of the label that only screen readers need: the eye has
// it at the head of the row.
func leading(f ui.Field) string { return strings.TrimSuffix(f.Label, f.Unit) }
