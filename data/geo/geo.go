// Package geo holds the outlines of regions and départements, ready to draw:
// one drawing for the whole country, the mainland and Corsica at one unit a
// kilometre, each overseas territory in its own frame beneath.
//
// Source: «contours administratifs» of Etalab, made from ADMIN EXPRESS of IGN,
// Licence Ouverte 2.0; projected and simplified by tools/geo.
package geo

import (
	_ "embed"
	"encoding/csv"
	"fmt"
	"strconv"
	"strings"
	"sync"
)

//go:embed regions.csv
var regionsCSV string

//go:embed departements.csv
var departmentsCSV string

// Width and Height are those of the whole drawing, in its units.
const (
	Width  = 1150
	Height = 1264
)

// Mainland is the frame of the thirteen mainland regions, Corsica included.
const Mainland = "hexagone"

// Frames are the boxes of the five overseas territories, by name.
func Frames() map[string]Box {
	out := make(map[string]Box, 5)
	for i, name := range []string{"guadeloupe", "martinique", "guyane", "la-reunion", "mayotte"} {
		out[name] = Box{X: 1 + i*232, Y: 1092, W: 212, H: 168}
	}
	return out
}

// SourceLine is the credit that each map carries.
const SourceLine = "Contours\u00a0: Etalab, d’après IGN ADMIN EXPRESS (Licence Ouverte 2.0), simplifiés."

// Outline is one territory: where it is drawn (Frame), where a label is best
// written, its path in the drawing, and the box that holds it.
type Outline struct {
	Code, Frame    string
	LabelX, LabelY int
	Path           string
	Box            Box
}

// Box is the smallest rectangle around an outline.
type Box struct{ X, Y, W, H int }

// Join is the smallest box that holds both.
func (b Box) Join(o Box) Box {
	if b.W == 0 {
		return o
	}
	x, y := min(b.X, o.X), min(b.Y, o.Y)
	return Box{x, y, max(b.X+b.W, o.X+o.W) - x, max(b.Y+b.H, o.Y+o.H) - y}
}

// Regions returns the 18 regions by INSEE code. The table is embedded and held
// by a test, so it cannot fail at run time.
func Regions() map[string]Outline { return regions() }

// Departments returns the 101 départements by code.
func Departments() map[string]Outline { return departments() }

var (
	regions     = sync.OnceValue(func() map[string]Outline { return must(Parse(regionsCSV)) })
	departments = sync.OnceValue(func() map[string]Outline { return must(Parse(departmentsCSV)) })
)

func must(m map[string]Outline, err error) map[string]Outline {
	if err != nil {
		panic("geo: embedded table: " + err.Error())
	}
	return m
}

// Parse reads a table of outlines: code, frame, label_x, label_y, path.
func Parse(table string) (map[string]Outline, error) {
	rows, err := csv.NewReader(strings.NewReader(table)).ReadAll()
	if err != nil {
		return nil, err
	}
	out := make(map[string]Outline, len(rows))
	for i, r := range rows {
		if i == 0 {
			continue
		}
		if len(r) != 5 {
			return nil, fmt.Errorf("line %d: %d columns, want 5", i+1, len(r))
		}
		o := Outline{Code: r[0], Frame: r[1], Path: r[4]}
		if o.LabelX, err = strconv.Atoi(r[2]); err != nil {
			return nil, fmt.Errorf("line %d: label_x: %w", i+1, err)
		}
		if o.LabelY, err = strconv.Atoi(r[3]); err != nil {
			return nil, fmt.Errorf("line %d: label_y: %w", i+1, err)
		}
		if o.Box, err = bounds(o.Path); err != nil {
			return nil, fmt.Errorf("line %d: %w", i+1, err)
		}
		if _, dup := out[o.Code]; dup {
			return nil, fmt.Errorf("line %d: code %s twice", i+1, o.Code)
		}
		out[o.Code] = o
	}
	return out, nil
}

// bounds reads a path made of «Mx yl dx dy …z» pieces.
func bounds(path string) (Box, error) {
	b, first := [4]int{}, true
	for piece := range strings.SplitSeq(strings.TrimSuffix(path, "z"), "z") {
		at, steps, ok := strings.Cut(strings.TrimPrefix(piece, "M"), "l")
		if !ok {
			return Box{}, fmt.Errorf("path %.20q: no line", piece)
		}
		start, err := integers(at)
		if err != nil || len(start) != 2 {
			return Box{}, fmt.Errorf("path %.20q: no start", piece)
		}
		moves, err := integers(steps)
		if err != nil || len(moves)%2 != 0 {
			return Box{}, fmt.Errorf("path %.20q: odd steps", piece)
		}
		x, y := start[0], start[1]
		for i := -2; i < len(moves); i += 2 {
			if i >= 0 {
				x, y = x+moves[i], y+moves[i+1]
			}
			if first {
				b, first = [4]int{x, y, x, y}, false
			}
			b = [4]int{min(b[0], x), min(b[1], y), max(b[2], x), max(b[3], y)}
		}
	}
	return Box{b[0], b[1], b[2] - b[0], b[3] - b[1]}, nil
}

// integers reads whole numbers parted by spaces or by their sign.
func integers(s string) ([]int, error) {
	var out []int
	for f := range strings.FieldsSeq(strings.ReplaceAll(s, "-", " -")) {
		v, err := strconv.Atoi(f)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, nil
}
