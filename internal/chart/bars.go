package chart

import (
	"math"
	"strings"
)

// Bar is one line of a bar chart. Value is NaN for a missing one: it has no
// bar, and Text says why in a word.
type Bar struct {
	Label string
	Text  string // the value as a reader reads it
	Value float64
	Tone  Tone // Accent when empty
	Href  string
}

// Target is a line across all the bars; the zero value draws none.
type Target struct {
	Value float64
	Label string
}

// The sizes of a bar chart, in its units.
const (
	barsWidth = 880
	barsText  = 16
	barsName  = 270
	barsValue = 120
	barsRow   = 26
	barsThick = 16
)

// Bars draws horizontal bars from zero, each between its name and its value,
// in the order given.
func Bars(bars []Bar, target Target) Drawing {
	d := Drawing{W: barsWidth}
	values := make([]float64, 0, len(bars)+1)
	for _, b := range bars {
		values = append(values, b.Value)
	}
	target.Label = Ellipsis(target.Label, barsWidth/2, barsText-2)
	if target.Label != "" {
		values = append(values, target.Value)
	}
	axis := NewAxis(values...)
	left, length := barsName+14, barsWidth-barsName-barsValue-28
	at := func(v float64) int { return left + int(math.Round(axis.At(v)*float64(length)/100)) }
	top := 4
	if target.Label != "" {
		top = barsText + 12
	}
	y := top
	for _, b := range bars {
		lines := Fit(b.Label, barsName, 3*lineHeight(barsText-1), barsText-1)
		if lines == nil {
			lines = []string{Ellipsis(b.Label, barsName, barsText-1)}
		}
		high := max(barsRow, len(lines)*lineHeight(barsText-1)+8)
		middle := y + high/2
		base := middle - (len(lines)-1)*lineHeight(barsText-1)/2 + barsText/3
		for i, l := range lines {
			d.Shapes = append(d.Shapes, Shape{Edge: Ink, Label: &Label{At: Point{barsName, base + i*lineHeight(barsText-1)}, Text: l, Size: barsText - 1, Anchor: "end"}})
		}
		title := b.Label + "\u00a0: " + b.Text
		if span := axis.Span(b.Value); span.Known {
			tone := b.Tone
			if tone == "" {
				tone = Accent
			}
			from, to := min(at(0), at(b.Value)), max(at(0), at(b.Value))
			d.Shapes = append(d.Shapes, Shape{Box: &Rect{from, middle - barsThick/2, max(to-from, 1), barsThick}, Fill: tone, Edge: Second, Title: title, Href: b.Href})
		}
		d.Shapes = append(d.Shapes, Shape{Edge: Ink, Label: &Label{At: Point{barsWidth - barsValue, middle + barsText/3}, Text: Ellipsis(b.Text, barsValue, barsText-1), Size: barsText - 1, Anchor: "start", Bold: span(b)}})
		y += high
	}
	d.H = y + 4
	d.Shapes = append(d.Shapes, Shape{Edge: Second, Line: &Line{From: Point{at(0), top}, To: Point{at(0), y}, Width: 1}})
	if target.Label != "" {
		x := at(target.Value)
		d.Shapes = append(d.Shapes, Shape{Edge: Ink, Title: target.Label, Line: &Line{From: Point{x, top - 4}, To: Point{x, y}, Width: 2, Dashed: true}})
		anchor, near := "middle", int(textWidth(target.Label, barsText-2)/2)
		switch {
		case x+near > barsWidth:
			anchor = "end"
		case x-near < 0:
			anchor = "start"
		}
		d.Shapes = append(d.Shapes, Shape{Edge: Ink, Label: &Label{At: Point{x, top - 10}, Text: target.Label, Size: barsText - 2, Anchor: anchor}})
	}
	return d
}

// span reports whether the value of a bar is known: it is then set in bold.
func span(b Bar) bool { return !math.IsNaN(b.Value) && !math.IsInf(b.Value, 0) }

// Ellipsis is a text, cut with «…» when it does not hold in a width.
func Ellipsis(text string, w, size int) string {
	if textWidth(text, size) <= float64(w) {
		return text
	}
	room := float64(w) - textWidth("…", size)
	for i, r := range text {
		if room -= letterWidth(r) * float64(size); room < 0 && i > 0 {
			text = text[:i]
			break
		}
	}
	return strings.TrimRight(text, " \u00a0") + "…"
}
