package ui

import (
	"context"
	"regexp"
	"strings"
	"testing"

	"github.com/a-h/templ"
	"pgregory.net/rapid"
)

func render(t testing.TB, c templ.Component) string {
	t.Helper()
	var b strings.Builder
	if err := c.Render(context.Background(), &b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func wants(t *testing.T, html string, parts ...string) {
	t.Helper()
	for _, p := range parts {
		if !strings.Contains(html, p) {
			t.Errorf("no %q in:\n%.1500s", p, html)
		}
	}
}

func TestGalleryKeepsThePolicy(t *testing.T) {
	html := render(t, Gallery(nil))
	for name, forbidden := range map[string]string{
		"an inline style":    `\sstyle=`,
		"a style element":    `<style`,
		"an inline script":   `<script>|<script [^>]*>[^<]`,
		"an event attribute": `\son[a-z]+="`,
		"a script link":      `href="javascript:`,
	} {
		if m := regexp.MustCompile(forbidden).FindString(html); m != "" {
			t.Errorf("%s: %q", name, m)
		}
	}
}

func TestGalleryHasNoDoubleIDAndNoDeadAnchor(t *testing.T) {
	html := render(t, Gallery(nil))
	ids := map[string]bool{}
	for _, m := range regexp.MustCompile(`\sid="([^"]+)"`).FindAllStringSubmatch(html, -1) {
		if ids[m[1]] {
			t.Errorf("id %q twice", m[1])
		}
		ids[m[1]] = true
	}
	for _, m := range regexp.MustCompile(`(?:aria-labelledby|aria-describedby|for)="([^"]+)"`).FindAllStringSubmatch(html, -1) {
		for id := range strings.FieldsSeq(m[1]) {
			if !ids[id] {
				t.Errorf("%s refers to nothing", m[0])
			}
		}
	}
}

func TestFrenchPunctuationDoesNotBreak(t *testing.T) {
	text := regexp.MustCompile(`<[^>]*>`).ReplaceAllString(render(t, Gallery(nil)), "\n")
	if m := regexp.MustCompile(`.{0,30}\p{L} [?!;:»%]`).FindString(text); m != "" {
		t.Errorf("a breaking space in %q", m)
	}
	if m := regexp.MustCompile(`\p{L}'\p{L}`).FindString(text); m != "" {
		t.Errorf("a typewriter apostrophe in %q", m)
	}
}

func TestMissingIsNeverZero(t *testing.T) {
	table := Table{ID: "t", Caption: "Essai", Columns: []Column{{Label: "Levier"}, {Label: "kt", Number: true}, {Label: "part", Number: true}},
		Rows: []Row{
			{Cells: []Cell{{Text: "Forêts"}, {Missing: "non régionalisé"}, {Missing: "non régionalisé"}}},
			{Cells: []Cell{{Text: "Haies"}, {Missing: "pas de clé"}, {Text: "0"}}},
		}}
	html := render(t, DataTable(table))
	wants(t, html, `href="#t-note-1"`, `href="#t-note-2"`, `<li id="t-note-1">non régionalisé</li>`, `<li id="t-note-2">pas de clé</li>`, `class="num"`, `<th scope="row"`)
	if strings.Contains(html, "t-note-3") {
		t.Error("the same reason is written twice")
	}

	chart := Chart{ID: "c", Title: "Essai", Groups: []ChartGroup{{Name: "Sols", Text: "5 kt", Cells: []ChartCell{
		{Name: "Prairies", Text: "5 kt", Amount: 5, Href: "/p"},
		{Name: "Forêts", Missing: "non régionalisé", Href: "/f"},
		{Name: "Haies", Text: "−3 kt", Amount: -3, Href: "/h"},
	}}}}
	html = render(t, Treemap(chart))
	wants(t, html, "2 leviers sans surface", "non régionalisé", "une hausse ne se dessine pas", `<title>Prairies`)
	if strings.Contains(html, "<title>Forêts") {
		t.Error("a missing value is drawn")
	}

	bars := Bars{ID: "b", Title: "Essai", Rows: []Stat{{Name: "Forêts", Missing: "non régionalisé"}, {Name: "Haies", Text: "−3 kt", Amount: -3}}}
	html = render(t, BarChart(bars))
	wants(t, html, "non régionalisé", `class="bar-neg"`)
	if strings.Count(html, `class="bar"`) != 1 {
		t.Error("a missing value has a bar")
	}
}

func TestStatesOfAKeyAreDrawnAndSaid(t *testing.T) {
	c := Chart{ID: "c", Title: "Essai", TableHref: "#t", Groups: []ChartGroup{{Name: "Transport", Color: 1, Cells: []ChartCell{
		{Name: "Voitures", Text: "5 kt", Amount: 5, Color: 1, Mark: Estimated, Href: "/v"},
		{Name: "Fret", Text: "4 kt", Amount: 4, Color: 1, Mark: Outlined, Href: "/f"},
	}}}}
	for _, html := range []string{render(t, Treemap(c)), render(t, Marimekko(c))} {
		wants(t, html, `url(#c-wide-h)`, `url(#c-tall-h)`, `class="out"`, "Voitures\u00a0: 5 kt, estimation", "Fret\u00a0: 4 kt, non réparti",
			"clé de remplacement", "Lire ces données en tableau")
	}
}

// Every cell with an amount is a link in each drawing, whatever the numbers.
func TestEveryDrawnCellIsALink(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		c := Chart{ID: "c", Title: "Essai"}
		for range rapid.IntRange(1, 5).Draw(r, "groups") {
			g := ChartGroup{Name: "G"}
			for range rapid.IntRange(0, 6).Draw(r, "cells") {
				g.Cells = append(g.Cells, ChartCell{Name: "L", Text: "x", Href: "/l", Amount: rapid.Float64Range(100, 1000).Draw(r, "kt")})
			}
			c.Groups = append(c.Groups, g)
		}
		cells := 0
		for _, g := range c.Groups {
			cells += len(g.Cells)
		}
		for _, html := range []string{render(t, Treemap(c)), render(t, Marimekko(c))} {
			if got := strings.Count(html, `<a href="/l">`); got != 2*cells {
				r.Fatalf("%d links for %d cells in two drawings", got, cells)
			}
		}
	})
}

func TestTextIsEscaped(t *testing.T) {
	html := render(t, Layout(Page{Title: `<script>alert(1)</script>`, Query: `"><img src=x>`}))
	if strings.Contains(html, "<script>alert") || strings.Contains(html, "<img") {
		t.Errorf("a text became markup: %s", html)
	}
	html = render(t, Treemap(Chart{ID: "c", Groups: []ChartGroup{{Cells: []ChartCell{{Name: `"><img src=x>`, Amount: 1, Href: "javascript:alert(1)"}}}}}))
	if strings.Contains(html, "<img") || strings.Contains(html, "javascript:alert") {
		t.Errorf("a cell became markup: %s", html)
	}
	html = render(t, DataTable(Table{ID: "t", Rows: []Row{{Cells: []Cell{{Text: "x", Href: "javascript:alert(1)"}}}}}))
	if strings.Contains(html, "javascript:alert") {
		t.Error("an address became a script")
	}
}

func TestFormComesBackFilled(t *testing.T) {
	fields := []Field{
		{ID: "kt", Label: "Objectif", Type: "number", Value: "12,5.3", Error: "n’est pas un nombre", Help: "En kt.", Required: true},
		{ID: "note", Label: "Motif", Type: "textarea", Value: "deux\nlignes"},
		{ID: "m", Label: "Méthode", Type: "radio", Options: []Option{{Value: "a", Label: "A"}, {Value: "b", Label: "B", Selected: true}}},
	}
	html := render(t, ErrorSummary(fields))
	wants(t, html, "Un champ est à corriger", `href="#kt"`)
	for _, f := range fields {
		html += render(t, FormField(f))
	}
	wants(t, html, `value="12,5.3"`, `aria-invalid="true"`, `aria-describedby="kt-aide kt-erreur"`, "deux\nlignes</textarea>", "(facultatif)", `value="b" checked`, `inputmode="decimal"`)
	if render(t, ErrorSummary(fields[1:])) != "" {
		t.Error("a form without error has a summary")
	}
}

func TestMapKeepsTheOrderOfItsList(t *testing.T) {
	html := render(t, TerritoryMap(sampleMap("carte", false)))
	re := regexp.MustCompile(`<a href="/regions/(\d\d)/panorama"`)
	var codes []string
	for _, m := range re.FindAllStringSubmatch(html, -1) {
		codes = append(codes, m[1])
	}
	if len(codes) != 36 || strings.Join(codes[:18], " ") != strings.Join(codes[18:], " ") {
		t.Errorf("map and list differ: %v", codes)
	}
	wants(t, html, "pas de valeur", "Corse\u00a0: non disponible, levier remplacé", "Etalab", "Guadeloupe</text>")
	if len(html) > 20<<10 {
		t.Errorf("the map and its list take %d bytes", len(html))
	}
}

func TestMainNavMarksOneEntry(t *testing.T) {
	for path, want := range map[string]string{
		"/": "Panorama", "/regions/grand-est/panorama": "Panorama", "/leviers": "Leviers", "/leviers/biogaz": "Leviers",
		"/simulateur/region:44": "Simulateur", "/donnees": "Données", "/methode": "Méthode", "/mentions-legales": "",
		"/national": "Les COP", "/national/frise": "Les COP", "/departements/67/cycles/2025": "Les COP", "/departements/67/panorama": "Panorama", "/etudes": "Les COP", "/nationale": "",
	} {
		var got []string
		for _, l := range MainNav(path) {
			if l.Current {
				got = append(got, l.Label)
			}
		}
		if strings.Join(got, ",") != want {
			t.Errorf("MainNav(%q) marks %v, want %q", path, got, want)
		}
	}
}

func TestThemeAddsItsOwnFiles(t *testing.T) {
	html := render(t, Layout(Page{Title: "Essai", Live: true, Theme: Theme{Stylesheets: []string{"/theme/dsfr.css"}, Scripts: []string{"/theme/dsfr.js"}}}))
	wants(t, html, `href="/theme/dsfr.css"`, `src="/theme/dsfr.js"`, `{"includeIndicatorCSS":false}`)
}

func TestBarePageHasNoFrame(t *testing.T) {
	html := render(t, Layout(Page{Title: "Essai", Bare: true, Nav: MainNav("/")}))
	for _, part := range []string{"<header", "<footer", "<nav"} {
		if strings.Contains(html, part) {
			t.Errorf("a bare page has %s", part)
		}
	}
	wants(t, html, "<main", "noindex")
}

func BenchmarkTreemap(b *testing.B) {
	c := sampleTreemap()
	for b.Loop() {
		render(b, Treemap(c))
	}
}

func BenchmarkMap(b *testing.B) {
	m := sampleMap("carte", true)
	for b.Loop() {
		render(b, TerritoryMap(m))
	}
}

func BenchmarkTable(b *testing.B) {
	t := sampleTable()
	for b.Loop() {
		render(b, DataTable(t))
	}
}
