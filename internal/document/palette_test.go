package document

import (
	"encoding/csv"
	"fmt"
	"math"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"jalon/data/geo"
	"jalon/internal/chart"
	"jalon/internal/office"
)

// A chart looks the same on a page, a slide and a text: the colours are those
// of the site's style sheet, and the sectors those of its table.
func TestColoursAreThoseOfThePages(t *testing.T) {
	b, err := os.ReadFile("../web/static/assets/app.css")
	if err != nil {
		t.Fatal(err)
	}
	light, _, _ := strings.Cut(string(b), "@media")
	token := map[string]string{}
	for _, m := range regexp.MustCompile(`--([a-z0-9-]+): #([0-9a-f]{6})`).FindAllStringSubmatch(light, -1) {
		token[m[1]] = m[2]
	}
	want := map[string]office.Color{"text": ink, "muted": muted, "bg": paper, "bg-soft": soft, "accent": accent, "line": hairline, "control": control, "warning": warn, "warning-bg": warnBack}
	for i, c := range sectorColors {
		want[fmt.Sprintf("s%d", i+1)] = c
	}
	for i, c := range scaleColors {
		want[fmt.Sprintf("m%d", i+1)] = c
	}
	for name, c := range want {
		if token[name] != string(c) {
			t.Errorf("--%s is #%s on pages, #%s in documents", name, token[name], c)
		}
	}
	f, err := os.Open("../../data/sectors.csv")
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil || len(rows) < 5 {
		t.Fatal(err)
	}
	for _, r := range rows[1:] {
		if fmt.Sprint(sectorNumbers[r[0]]) != r[2] {
			t.Errorf("the sector %s has the colour %s in its table, %d in documents", r[0], r[2], sectorNumbers[r[0]])
		}
	}
}

func luminance(t *testing.T, c office.Color) float64 {
	t.Helper()
	sum := 0.0
	for i, k := range []float64{0.2126, 0.7152, 0.0722} {
		v, err := strconv.ParseUint(string(c[2*i:2*i+2]), 16, 8)
		if err != nil {
			t.Fatal(err)
		}
		x := float64(v) / 255
		if x <= 0.04045 {
			x /= 12.92
		} else {
			x = math.Pow((x+0.055)/1.055, 2.4)
		}
		sum += k * x
	}
	return sum
}

func contrast(t *testing.T, a, b office.Color) float64 {
	t.Helper()
	x, y := luminance(t, a), luminance(t, b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

func TestTextsAreReadable(t *testing.T) {
	for _, c := range [][2]office.Color{{ink, paper}, {muted, paper}, {accent, paper}, {ink, soft}, {muted, soft}, {accent, soft}, {warn, warnBack}} {
		if got := contrast(t, c[0], c[1]); got < 7 {
			t.Errorf("%s on %s has a contrast of %.1f, want 7", c[0], c[1], got)
		}
	}
	tones := []chart.Tone{chart.Scale1, chart.Scale2, chart.Scale3, chart.Scale4, chart.Scale5, chart.Accent, chart.Paper, chart.Absent}
	for code := range sectorNumbers {
		tones = append(tones, chart.Tone("sector-"+code))
	}
	for _, tone := range tones {
		back := color(tone)
		if tone == chart.Absent {
			back = paper // outlined, never filled
		}
		if got := contrast(t, color(Over(tone)), back); got < 6 { // as on pages: labels of surfaces, each in its table too
			t.Errorf("%s over %s has a contrast of %.1f", Over(tone), tone, got)
		}
	}
	if color("sector-unknown") != control || color("what") != ink || toneClass(`"><x`) != "ink" || toneClass("sector-\"") != "second" || toneClass("scale-9") != "ink" {
		t.Error("a tone that is not known is not drawn safely")
	}
}

func TestRegionMap(t *testing.T) {
	places := map[string]Place{"03": {Class: 1, Title: "Guyane : préparation"}, "53": {Class: 5, Title: "Bretagne : feuille de route", Href: "/regions/bretagne"}, "11": {Class: 9}, "99": {Class: 2}}
	d := RegionMap(places, []string{"préparation", "", "", "", strings.Repeat("feuille de route ", 20)})
	paths, filled, absent, points := 0, 0, 0, 0
	for _, s := range d.Shapes {
		if s.Path == nil {
			continue
		}
		paths++
		if s.Fill == chart.Absent {
			absent++
		} else {
			filled++
			if s.Title == "" {
				t.Error("a region that has a value has no title")
			}
		}
		for _, r := range s.Path.Rings {
			for _, p := range r {
				points++
				if p.X < 0 || p.Y < 0 || p.X > geo.Width || p.Y > geo.Height {
					t.Fatalf("a point of %q is outside of the map: %v", s.Title, p)
				}
			}
		}
	}
	if paths != 18 || filled != 2 || absent != 16 || points < 1500 {
		t.Errorf("%d regions, %d filled, %d outlined, %d points", paths, filled, absent, points)
	}
	var words []string
	for _, s := range d.Shapes {
		if s.Label != nil {
			words = append(words, s.Label.Text)
		}
		if s.Box != nil && (s.Box.X < 0 || s.Box.X+s.Box.W > d.W || s.Box.Y+s.Box.H > d.H) {
			t.Errorf("a box is outside of the drawing: %+v", s.Box)
		}
	}
	all := strings.Join(words, "|")
	for _, want := range []string{"Guadeloupe", "La\u00a0Réunion", "préparation", "sans donnée", "5"} {
		if !strings.Contains(all, want) {
			t.Errorf("the map does not say %q", want)
		}
	}
	if empty := RegionMap(nil, nil); len(empty.Shapes) == 0 {
		t.Error("a country without any value has outlines")
	}
}

func TestAnchors(t *testing.T) {
	d := Document{Parts: []Part{{}, {ID: "Étapes & dates"}, {ID: "cartes"}, {ID: "cartes"}, {ID: "2024"}, {ID: "\"><"}}}
	if got := strings.Join(d.Anchors(), " "); got != "partie-1 etapes-dates cartes cartes-2 p-2024 partie-6" {
		t.Errorf("anchors: %s", got)
	}
}
