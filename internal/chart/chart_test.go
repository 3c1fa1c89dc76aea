package chart

import (
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

var nan = math.NaN()

// drawable draws values among which some cannot be drawn as an area.
func drawable(t *rapid.T, name string, most int) []float64 {
	return rapid.SliceOfN(rapid.OneOf(
		rapid.Float64Range(0.001, 40000),
		rapid.SampledFrom([]float64{0, -12, nan, math.Inf(1), 1, 1}),
	), 0, most).Draw(t, name)
}

func anyArea(t *rapid.T) Rect {
	return Rect{
		rapid.IntRange(0, 50).Draw(t, "x"), rapid.IntRange(0, 50).Draw(t, "y"),
		rapid.IntRange(1, 900).Draw(t, "w"), rapid.IntRange(1, 700).Draw(t, "h"),
	}
}

// tiles fails unless boxes lie in area, do not overlap, and fill it exactly.
func tiles(t *rapid.T, boxes []Rect, area Rect) {
	t.Helper()
	surface := 0
	for i, a := range boxes {
		surface += a.Area()
		if a.Empty() {
			continue
		}
		if a.X < area.X || a.Y < area.Y || a.X+a.W > area.X+area.W || a.Y+a.H > area.Y+area.H {
			t.Fatalf("box %d %+v leaves the area %+v", i, a, area)
		}
		for j, b := range boxes[:i] {
			if !b.Empty() && a.X < b.X+b.W && b.X < a.X+a.W && a.Y < b.Y+b.H && b.Y < a.Y+a.H {
				t.Fatalf("boxes %d %+v and %d %+v overlap", i, a, j, b)
			}
		}
	}
	if surface != area.Area() {
		t.Fatalf("boxes fill %d of %d", surface, area.Area())
	}
}

func TestTreemapTilesItsArea(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		values, area := drawable(t, "values", 40), anyArea(t)
		boxes := Treemap(values, area)
		if len(boxes) != len(values) {
			t.Fatalf("%d boxes for %d values", len(boxes), len(values))
		}
		for i, v := range values {
			if weight(v) == 0 && !boxes[i].Empty() {
				t.Fatalf("value %v has a box %+v", v, boxes[i])
			}
		}
		if sum(values) > 0 {
			tiles(t, boxes, area)
		}
		if diff := cmp.Diff(boxes, Treemap(values, area)); diff != "" {
			t.Fatalf("the same values gave two drawings:\n%s", diff)
		}
	})
}

func TestMarimekkoTilesItsArea(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		area := Rect{0, 0, rapid.IntRange(1, 900).Draw(t, "w"), rapid.IntRange(30, 700).Draw(t, "h")}
		var columns [][]float64
		total := 0.0
		for range rapid.IntRange(1, 6).Draw(t, "columns") {
			columns = append(columns, drawable(t, "column", 9))
			total += sum(columns[len(columns)-1])
		}
		var boxes []Rect
		for i, g := range Marimekko(columns, area, 20) {
			if sum(columns[i]) > 0 {
				boxes = append(boxes, g.Head)
			}
			boxes = append(boxes, g.Cells...)
		}
		if total > 0 {
			tiles(t, boxes, area)
		}
	})
}

func TestTreemapSurfacesFollowValues(t *testing.T) {
	boxes := Treemap([]float64{6, 6, 4, 3, 2, 2, 1}, Rect{0, 0, 600, 400})
	want := []int{60000, 60000, 40000, 30000, 20000, 20000, 10000}
	for i, b := range boxes {
		if math.Abs(float64(b.Area()-want[i])) > 0.01*float64(want[i]) {
			t.Errorf("box %d covers %d, want about %d", i, b.Area(), want[i])
		}
	}
	if boxes[0].X != 0 || boxes[0].Y != 0 {
		t.Errorf("the largest box is at %+v, want the top left", boxes[0])
	}
}

func TestNestedKeepsNamesWhereTheyHold(t *testing.T) {
	groups := Nested([][]float64{{50, 30}, {20}, {nan}, {0.01}}, Rect{0, 0, 1000, 500}, 24)
	if groups[0].Head.H != 24 || groups[0].Cells[0].Y < 24 {
		t.Errorf("a large family lost its name: %+v", groups[0])
	}
	if !groups[2].Box.Empty() {
		t.Errorf("a family without a value has a box: %+v", groups[2])
	}
	if !groups[3].Head.Empty() {
		t.Errorf("a tiny family has a name strip: %+v", groups[3])
	}
}

func TestAxisHoldsZero(t *testing.T) {
	for _, tt := range []struct {
		name   string
		values []float64
		of     float64
		want   Span
	}{
		{"half of the largest", []float64{10, 20}, 10, Span{From: 0, Width: 50, Known: true}},
		{"an increase goes left of zero", []float64{-5, 15}, -5, Span{From: 0, Width: 25, Negative: true, Known: true}},
		{"beside an increase", []float64{-5, 15}, 15, Span{From: 25, Width: 75, Known: true}},
		{"zero is a bar without length", []float64{0, 4}, 0, Span{Known: true}},
		{"missing has no bar", []float64{nan, 4}, nan, Span{}},
		{"all zero", []float64{0}, 0, Span{Known: true}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, NewAxis(tt.values...).Span(tt.of)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestGauge(t *testing.T) {
	for _, tt := range []struct {
		name                string
		assigned, objective float64
		want                Gauge
	}{
		{"something remains", 25, 100, Gauge{Within: 25, Target: 100}},
		{"goes beyond", 125, 100, Gauge{Within: 80, Beyond: 20, Target: 80}},
		{"nothing assigned", 0, 100, Gauge{Target: 100}},
		{"unknown", nan, 100, Gauge{Target: 100}},
		{"no objective", 0, 0, Gauge{}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, NewGauge(tt.assigned, tt.objective)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestClasses(t *testing.T) {
	values := []float64{1, 2, 2, 10, 11, 30, 31, nan, 100}
	bounds := Classes(values, 4)
	if diff := cmp.Diff([]float64{2, 11, 31, 100}, bounds); diff != "" {
		t.Fatal(diff)
	}
	for v, want := range map[float64]int{1: 1, 2: 1, 10: 2, 31: 3, 100: 4, 500: 4} {
		if got := ClassOf(bounds, v); got != want {
			t.Errorf("ClassOf(%v) = %d, want %d", v, got, want)
		}
	}
	if got := ClassOf(bounds, nan); got != 0 {
		t.Errorf("a missing value is in class %d, want 0", got)
	}
	if got := Classes([]float64{nan}, 5); got != nil {
		t.Errorf("classes of nothing: %v", got)
	}
}

func TestClassesKeepEqualValuesTogether(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.SliceOfN(rapid.Float64Range(-50, 5000), 1, 30).Draw(t, "values")
		k := rapid.IntRange(1, 7).Draw(t, "k")
		bounds := Classes(values, k)
		if len(bounds) == 0 || len(bounds) > k {
			t.Fatalf("%d classes for k=%d", len(bounds), k)
		}
		for i, b := range bounds {
			if i > 0 && b <= bounds[i-1] {
				t.Fatalf("bounds do not rise: %v", bounds)
			}
		}
		for _, v := range values {
			if c := ClassOf(bounds, v); v > bounds[c-1] {
				t.Fatalf("%v is above its class %d of %v", v, c, bounds)
			}
		}
	})
}

func TestFit(t *testing.T) {
	for _, tt := range []struct {
		name, text string
		w, h       int
		want       []string
	}{
		{"one line", "Biogaz", 80, 20, []string{"Biogaz"}},
		{"two lines", "Produits bois", 75, 40, []string{"Produits", "bois"}},
		{"too narrow for a word", "Méthanisation", 40, 80, nil},
		{"too low", "Produits bois", 75, 20, nil},
		{"a non-breaking space does not break", "1\u202f234 kt", 45, 60, []string{"1\u202f234", "kt"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, Fit(tt.text, tt.w, tt.h, 14)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestFitLosesNoWord(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		words := rapid.SliceOfN(rapid.StringMatching(`[a-zé]{1,12}`), 1, 8).Draw(t, "words")
		text := strings.Join(words, " ")
		lines := Fit(text, rapid.IntRange(10, 300).Draw(t, "w"), 200, 14)
		if lines != nil && strings.Join(lines, " ") != text {
			t.Fatalf("Fit(%q) = %q", text, lines)
		}
	})
}
