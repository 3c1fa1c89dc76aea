package ui

import (
	"fmt"
	"strconv"
	"strings"

	"jalon/data/geo"
	"jalon/internal/chart"
)

// Place is one territory of a map and of the list beside it.
type Place struct {
	// Code is that of the region, or of the département.
	Code, Name, Href string
	// Text is its number in French; Missing is why there is none.
	Text, Missing string
	// Class is its colour from 1 (lowest) to 5, as chart.ClassOf gives it; 0 is
	// for no number, or for a map that only leads somewhere.
	Class   int
	Mark    Mark
	Current bool
}

// Map is a map of regions or of départements with the list of the same places:
// the list is the equal of the map for whoever does not see it.
type Map struct {
	ID, Title, Description string
	Places                 []Place
	// Departments draws départements; the drawing then frames those it holds.
	Departments bool
	// Names writes the names on the map, for one that only leads somewhere.
	Names bool
	// Legend gives the range of each class in words, from the lowest.
	Legend []string
	// ListTitle is the title over the list.
	ListTitle string
	TableHref string
}

// outline is a place that has a drawing.
type outline struct {
	Place
	geo.Outline
}

// outlines keeps the order of the places, which is the order of the keyboard.
func (m Map) outlines() []outline {
	known := geo.Regions()
	if m.Departments {
		known = geo.Departments()
	}
	out := make([]outline, 0, len(m.Places))
	for _, p := range m.Places {
		if o, ok := known[p.Code]; ok {
			out = append(out, outline{p, o})
		}
	}
	return out
}

// frames are the boxes around overseas territories that the map shows.
func (m Map) frames() []geo.Box {
	var out []geo.Box
	for _, o := range m.outlines() {
		if f, ok := geo.Frames()[o.Frame]; ok {
			out = append(out, f)
		}
	}
	return out
}

// viewBox is the whole country, or the box of the départements shown.
func (m Map) viewBox() string {
	if !m.Departments {
		return fmt.Sprintf("0 0 %d %d", geo.Width, geo.Height)
	}
	var box geo.Box
	for _, o := range m.outlines() {
		box = box.Join(o.Box)
	}
	const margin = 6
	return fmt.Sprintf("%d %d %d %d", box.X-margin, box.Y-margin, box.W+2*margin, box.H+2*margin)
}

// named are the outlines whose name is written: all of them on a map that only
// leads somewhere, those in a frame on a map of the country.
func (m Map) named() []outline {
	var out []outline
	for _, o := range m.outlines() {
		if m.Names || !m.Departments && o.Frame != geo.Mainland {
			out = append(out, o)
		}
	}
	return out
}

// incomplete says that a place has no number.
func (m Map) incomplete() bool {
	for _, p := range m.Places {
		if p.Missing != "" {
			return true
		}
	}
	return false
}

// class tells a map of the country from one of a part of it.
func (m Map) class() string {
	if m.Departments {
		return "map map-part"
	}
	return "map"
}

func (p Place) title() string {
	switch {
	case p.Missing != "":
		return p.Name + "\u00a0: non disponible, " + p.Missing
	case p.Text == "":
		return p.Name
	case p.Mark != Plain:
		return p.Name + "\u00a0: " + p.Text + ", " + p.Mark.Label()
	}
	return p.Name + "\u00a0: " + p.Text
}

// shapeClass is the class of the surface of a place.
func (p Place) shapeClass(named bool) string {
	c := "m" + strconv.Itoa(p.Class)
	switch {
	case p.Missing != "", p.Mark == Outlined:
		c = "m-none"
	case named && p.Class == 0:
		c = "m-link"
	}
	if p.Current {
		c += " m-here"
	}
	return c
}

const mapLetter = 24

// nameLines writes the name of a place in two or three short lines, at its
// blanks and hyphens.
func (o outline) nameLines() []string {
	w := 168
	if o.Frame != geo.Mainland {
		w = 210
	}
	broken := strings.ReplaceAll(o.Name, "-", "- ")
	lines := chart.Fit(broken, w, 120, mapLetter)
	for i, l := range lines {
		lines[i] = strings.ReplaceAll(l, "- ", "-")
	}
	return lines
}

// nameY centres the lines on the place of the label.
func (o outline) nameY() int {
	if o.Frame != geo.Mainland {
		return o.LabelY
	}
	lines := len(o.nameLines())
	return o.LabelY + mapLetter/3 - (lines-1)*chart.LineHeight(mapLetter)/2
}
