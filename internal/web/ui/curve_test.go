package ui

import (
	"strings"
	"testing"
)

// A curve says what it draws: its gaps, its partial year, its target, its range;
// each value is a link, and the table is one click away.
func TestACurveSaysWhatItDraws(t *testing.T) {
	html := render(t, CurveChart(sampleCurve()))
	wants(t, html, `<title>Voitures électriques`, "<desc>", "cible de la région 2030", "de 80\u00a0% à 120\u00a0%", "année incomplète", "la ligne s’arrête", "2021", `href="#tendances"`, "Lire ces données en tableau")
	if n := strings.Count(html, `<a href="#tendances"><title>`); n != 10 { // five values, in two widths
		t.Errorf("%d links", n)
	}
	if n := strings.Count(html, `<path class="curve-line"`); n != 4 { // 2019-2020 and 2022-2024, in two widths
		t.Errorf("%d pieces of line", n)
	}
	evil := Curve{ID: "x", Title: `<b>"`, Unit: "<i>", Points: []CurvePoint{{Year: 2020, Value: 1, Text: "<u>", Href: "javascript:alert(1)"}}}
	if html := render(t, CurveChart(evil)); strings.Contains(html, "<b>") || strings.Contains(html, "<u>") || strings.Contains(html, "javascript:") {
		t.Errorf("what comes from data is drawn as it is: %s", html)
	}
	wants(t, render(t, CurveChart(Curve{ID: "vide", Title: "Rien"})), "Rien") // no value, no panic
}
