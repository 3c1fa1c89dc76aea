package document

import (
	"slices"
	"strconv"
	"strings"

	"jalon/data/geo"
	"jalon/internal/chart"
)

// Place is what a map says of one region. Class is its colour, from 1, the
// lowest, to 5; 0 is for a region without a value, outlined only. Title is what
// is heard of it: «Bretagne : débat».
type Place struct {
	Class       int
	Title, Href string
}

// overseas are the names of the frames of the map.
var overseas = map[string]string{"guadeloupe": "Guadeloupe", "martinique": "Martinique", "guyane": "Guyane", "la-reunion": "La\u00a0Réunion", "mayotte": "Mayotte"}

// RegionMap is the map of the 18 regions by INSEE code, overseas territories in
// their frames, with its legend: one entry a class, from 1. Each region bears
// the number of its class, so that the map reads without colours too.
func RegionMap(places map[string]Place, legend []string) chart.Drawing {
	d := chart.Drawing{W: geo.Width, H: geo.Height}
	outlines := geo.Regions()
	codes := make([]string, 0, len(outlines))
	for code := range outlines {
		codes = append(codes, code)
	}
	slices.Sort(codes)
	frames := geo.Frames()
	var labels, outlined []chart.Shape
	for _, code := range codes {
		o, p := outlines[code], places[code]
		if f, ok := frames[o.Frame]; ok {
			d.Shapes = append(d.Shapes, chart.Shape{Box: &chart.Rect{X: f.X, Y: f.Y, W: f.W, H: f.H}, Edge: chart.Faint})
			labels = append(labels, text(f.X+f.W/2, f.Y+f.H-10, 27, "middle", overseas[o.Frame], chart.Ink, false))
		}
		tone := classTone(p.Class)
		region := chart.Shape{Path: &chart.Path{Rings: Rings(o.Path)}, Fill: tone, Edge: chart.Paper, Href: p.Href, Title: p.Title}
		if tone == chart.Absent { // over its neighbours, or they would hide its outline
			region.Edge = chart.Second
			outlined = append(outlined, region)
		} else {
			d.Shapes = append(d.Shapes, region)
		}
		if tone != chart.Absent && o.Frame == geo.Mainland {
			labels = append(labels, text(o.LabelX, o.LabelY+11, 32, "middle", strconv.Itoa(p.Class), Over(tone), true))
		} else if tone != chart.Absent {
			labels = append(labels, text(o.Box.X+o.Box.W/2, o.Box.Y+o.Box.H/2+9, 26, "middle", strconv.Itoa(p.Class), Over(tone), true))
		}
	}
	d.Shapes = append(append(d.Shapes, outlined...), labels...)
	legendOf(&d, legend, len(outlined) > 0)
	return d
}

// The legend stands on the right of the map.
const (
	legendLeft  = geo.Width + 40
	legendWidth = 460
)

// legendOf writes the classes beside the map, each with its number.
func legendOf(d *chart.Drawing, legend []string, absent bool) {
	const size, swatch = 36, 48
	y := 150
	entry := func(tone chart.Tone, number, what string) {
		d.Shapes = append(d.Shapes, chart.Shape{Box: &chart.Rect{X: legendLeft, Y: y, W: swatch, H: swatch}, Fill: tone, Edge: chart.Second})
		if number != "" {
			d.Shapes = append(d.Shapes, text(legendLeft+swatch/2, y+35, 32, "middle", number, Over(tone), true))
		}
		lines := chart.Fit(what, legendWidth-swatch-16, 3*chart.LineHeight(size), size)
		if lines == nil {
			lines = []string{chart.Ellipsis(what, legendWidth-swatch-16, size)}
		}
		for i, l := range lines {
			d.Shapes = append(d.Shapes, text(legendLeft+swatch+16, y+36+i*chart.LineHeight(size), size, "start", l, chart.Ink, false))
		}
		y += max(swatch, len(lines)*chart.LineHeight(size)) + 24
		d.W = legendLeft + legendWidth
	}
	for i, s := range legend {
		if t := classTone(i + 1); t != chart.Absent {
			entry(t, strconv.Itoa(i+1), s)
		}
	}
	if absent {
		entry(chart.Absent, "", "sans donnée")
	}
}

func classTone(class int) chart.Tone {
	if class < 1 || class > 5 {
		return chart.Absent
	}
	return chart.Tone("scale-" + strconv.Itoa(class))
}

func text(x, y, size int, anchor, s string, tone chart.Tone, bold bool) chart.Shape {
	return chart.Shape{Label: &chart.Label{At: chart.Point{X: x, Y: y}, Text: s, Size: size, Anchor: anchor, Bold: bold}, Edge: tone}
}

// Rings reads an outline, «Mx yl dx dy …z» pieces, into closed rings. The
// outlines are embedded and held by a test of their package.
func Rings(path string) [][]chart.Point {
	var out [][]chart.Point
	for piece := range strings.SplitSeq(strings.TrimSuffix(path, "z"), "z") {
		at, steps, _ := strings.Cut(strings.TrimPrefix(piece, "M"), "l")
		start, moves := whole(at), whole(steps)
		if len(start) != 2 {
			continue
		}
		p := chart.Point{X: start[0], Y: start[1]}
		ring := []chart.Point{p}
		for i := 0; i+1 < len(moves); i += 2 {
			p = chart.Point{X: p.X + moves[i], Y: p.Y + moves[i+1]}
			ring = append(ring, p)
		}
		out = append(out, ring)
	}
	return out
}

// whole reads whole numbers parted by spaces or by their sign.
func whole(s string) []int {
	var out []int
	for f := range strings.FieldsSeq(strings.ReplaceAll(s, "-", " -")) {
		if v, err := strconv.Atoi(f); err == nil {
			out = append(out, v)
		}
	}
	return out
}
