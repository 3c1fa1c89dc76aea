package ui

import "github.com/a-h/templ"

// current marks the link of the page that the reader is on.
func current(l Link) templ.Attributes {
	if !l.Current {
		return nil
	}
	return templ.Attributes{"aria-current": "page"}
}

// sorted says which column orders the table.
func sorted(c Column) templ.Attributes {
	if c.Sorted == "" {
		return nil
	}
	return templ.Attributes{"aria-sort": c.Sorted}
}

// whyTitle is the tooltip of a number that leads to its explanation.
func whyTitle(c Cell) string {
	if c.Exact != "" {
		return c.Exact + " – d’où vient ce chiffre\u00a0?"
	}
	return "D’où vient ce chiffre\u00a0?"
}

// whyName is the accessible name of that link: it begins with what is visible.
func whyName(c Cell) string {
	name := c.Text + " – d’où vient ce chiffre\u00a0?"
	if c.Name != "" {
		name += " " + c.Name
	}
	return name
}
