package web_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/andybalholm/cascadia"

	"jalon/internal/db"
	"jalon/internal/territory"
	"jalon/internal/testkit"
	"jalon/internal/web"
)

// Every route answers its sample, on both engines.
func TestEveryRoute(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		for _, rt := range web.Routes() {
			if rt.Sample == "" || rt.Method != http.MethodGet {
				continue
			}
			p := s.get(rt.Sample)
			if p.StatusCode != http.StatusOK {
				t.Errorf("%s: %s %s", rt.Sample, p.Status, p.body[:min(len(p.body), 600)])
				continue
			}
			if p.root == nil {
				continue
			}
			if n := len(p.texts("h1")); n != 1 {
				t.Errorf("%s: %d h1", rt.Sample, n)
			}
			checkPage(t, rt.Sample, p)
		}
	})
}

// checkPage holds what every page owes: a title, French spaces, no inline style
// or script, no id twice, no link to nowhere.
func checkPage(t *testing.T, path string, p page) {
	t.Helper()
	if title := p.text("title"); title == "" || !strings.HasSuffix(title, "Jalon") {
		t.Errorf("%s: title %q", path, title)
	}
	for _, selector := range []string{"[style]", "style", "script:not([src])", "[onclick]"} {
		if n := len(cascadia.QueryAll(p.root, cascadia.MustCompile(selector))); n > 0 {
			t.Errorf("%s: %d %s", path, n, selector)
		}
	}
	seen := map[string]bool{}
	for _, id := range p.attr("[id]", "id") {
		if seen[id] {
			t.Errorf("%s: id %q twice", path, id)
		}
		seen[id] = true
	}
	for _, href := range p.attr("a[href^='#']", "href") {
		if !seen[href[1:]] {
			t.Errorf("%s: %s leads nowhere", path, href)
		}
	}
	for _, n := range cascadia.QueryAll(p.root, cascadia.MustCompile("main")) {
		text := textOf(n)
		for _, bad := range []string{" :", " ;", " ?", " !", "« ", " »", "'"} {
			if i := strings.Index(text, bad); i >= 0 {
				t.Errorf("%s: %q in %q", path, bad, text[max(0, i-30):min(len(text), i+30)])
			}
		}
	}
}

// Every internal link of the pages that people start from leads somewhere.
func TestLinksLeadSomewhere(t *testing.T) {
	s := sqlite(t)
	seen := map[string]bool{}
	for _, start := range []string{"/", "/france/panorama", "/regions/grand-est/panorama", "/regions/corse/panorama", "/departements/974/panorama", "/communes/67482/panorama", "/methode", "/comparer?a=region:44&b=region:53"} {
		for _, href := range s.get(start).attr("a[href^='/']", "href") {
			path, _, _ := strings.Cut(href, "#")
			if seen[path] || strings.HasPrefix(path, "/donnees") {
				continue
			}
			seen[path] = true
			if p := s.get(path); p.StatusCode != http.StatusOK && p.StatusCode != http.StatusSeeOther {
				t.Errorf("%s → %s: %s", start, path, p.Status)
			}
		}
	}
	if len(seen) < 300 {
		t.Errorf("only %d links followed", len(seen))
	}
}

func TestRegionPanorama(t *testing.T) {
	s := sqlite(t)
	p := s.get("/regions/grand-est/panorama")
	if got, want := p.text("h1"), "Grand Est : 22,1 MtCO₂e de moins par an en 2030 qu’en 2019, dont plus d’un quart dans l’industrie"; got != want {
		t.Errorf("h1 %q, want %q", got, want)
	}
	p.has(".scope li", "objectif indicatif, non contraignant")
	p.has(".scope li", "30 leviers, forêts comprises")
	p.has(".key-n", "22,1")
	p.has(".key-text", "21 016 ktCO₂e sans la gestion des forêts")
	p.has(".key-n", "7,8 → 460")
	p.has("p", "470 voitures électriques")
	p.has("svg.wide a title", "Véhicules électriques : 966 ktCO₂e, 8,78 % de l’objectif national, 7,8")
	row := p.row("#leviers", "Véhicules électriques")
	if row[1] != "966,1" || row[2] != "8,78" || row[3] != "7,8" || row[4] != "459,7" {
		t.Errorf("row %q", row)
	}
	if oil := p.row("#leviers", "Changement de chaudière à fioul Résidentiel"); oil[3] != "367,4" || oil[4] != "89,7" {
		t.Errorf("oil %q", oil)
	}
	if total := p.row("#leviers tfoot", "Total"); total[1] != "22 116,2" {
		t.Errorf("total %q", total)
	}
	if rows := len(p.texts("#leviers tbody tr")); rows != 30 {
		t.Errorf("%d levers", rows)
	}
	if n := len(p.attr("link[rel=canonical]", "href")); n != 1 {
		t.Errorf("%d canonical", n)
	}
	if href := p.attr("#leviers tbody td a", "href"); len(href) == 0 || !strings.HasPrefix(href[0], "/chiffres/panorama/2024-07/") {
		t.Errorf("figures lead to %q", href)
	}
}

// The same data, four ways, each at its own address.
func TestViews(t *testing.T) {
	s := sqlite(t)
	const at = "/regions/grand-est/panorama"
	for _, c := range []struct{ query, chart, first string }{
		{"", ".treemap", "Production industrielle"},
		{"?vue=themes", ".marimekko", "Production industrielle"},
		{"?vue=tableau", "", "Production industrielle"},
		{"?vue=tableau&tri=levier", "", "Bâtiments"},
		{"?vue=n-importe-quoi", ".treemap", "Production industrielle"},
	} {
		p := s.get(at + c.query)
		checkPage(t, at+c.query, p)
		charts := append(p.texts(".treemap"), p.texts(".marimekko")...)
		if (c.chart != "") != (len(charts) > 0) {
			t.Errorf("%s: %d charts", c.query, len(charts))
		}
		if rows := p.texts("#leviers tbody th"); len(rows) == 0 || !strings.HasPrefix(rows[0], c.first) {
			t.Errorf("%s: first row %q", c.query, rows[:1])
		}
	}
	p := s.get(at + "?vue=axes")
	checkPage(t, at+"?vue=axes", p)
	p.has("td", "pas encore de valeur régionale")
	p.has("td", "30 % du territoire")
	if len(p.texts("#leviers")) > 0 {
		t.Error("the other axes show kilotonnes")
	}
}

func TestBelowTheRegion(t *testing.T) {
	s := sqlite(t)
	for _, path := range []string{"/departements/67/panorama", "/epci/246700488/panorama"} {
		p := s.get(path)
		p.has(".fr-text--lead", "La région Grand Est est invitée à émettre 22,1 MtCO₂e de moins par an")
		p.has(".fr-alert", "les mêmes pour chaque habitant")
		p.has(".fr-alert a", "Comment ajouter vos données")
		p.has("#leviers .mark-badge", "estimation")
		if trips := p.row("#leviers", "Réduction des déplacements"); trips[3] != "+600" || !strings.Contains(trips[4], "moyenne régionale") {
			t.Errorf("%s: %q", path, trips)
		}
		if absent := p.row("#sans-valeur", "Production industrielle"); absent[1] != "5 304,6" || absent[2] == "" {
			t.Errorf("%s: %q", path, absent)
		}
		noZero(t, path, p)
	}
	p := s.get("/communes/67482/panorama")
	if got := len(p.texts("#leviers tbody tr")); got != 3 {
		t.Errorf("a commune has %d levers", got)
	}
	if electric := p.row("#plus-large", "Véhicules électriques"); electric[1] == "" || electric[2] != "966,1" {
		t.Errorf("commune reads %q", electric)
	}
	noZero(t, "67482", p)
}

// noZero: what is missing is a dash and a reason, never a nought.
func noZero(t *testing.T, path string, p page) {
	t.Helper()
	for _, cell := range p.texts("#leviers tbody td.num, #sans-valeur td.num, #plus-large td.num") {
		if strings.Trim(cell, "0,%+− ") == "" {
			t.Errorf("%s: cell %q", path, cell)
		}
	}
}

func TestCorseAndOverseas(t *testing.T) {
	s := sqlite(t)
	p := s.get("/regions/corse/panorama")
	p.has("#leviers tbody th", "Décarbonation du mix électrique")
	p.has("#sans-valeur th", "Fret : carburants décarbonés et multimodalité")
	noZero(t, "corse", p)
	p = s.get("/regions/la-reunion/panorama")
	if rows := len(p.texts("#leviers tbody tr")); rows > 13 || rows == 0 {
		t.Errorf("La Réunion has %d levers", rows)
	}
	p.has(".fr-alert", "13 leviers à elles")
	if region, dept := p.row("#leviers tfoot", "Total")[1], s.get("/departements/974/panorama").row("#leviers tfoot", "Total")[1]; region != dept {
		t.Errorf("region %q, département %q", region, dept)
	}
	s.get("/departements/974/panorama").has(".fr-alert", "couvrent le même territoire")
}

func TestOverTwoRegions(t *testing.T) {
	s := sqlite(t)
	m, err := s.store.Model(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, g := range m.Tree().Groups() {
		parts, err := m.Tree().Parts(territory.Ref{Scale: territory.EPCI, Code: g.SIREN})
		if err != nil {
			t.Fatal(err)
		}
		if parts[0].Region == parts[len(parts)-1].Region {
			continue
		}
		p := s.get("/epci/" + g.SIREN + "/panorama")
		if rows := len(p.texts("#parties tbody tr")); rows != 2 {
			t.Errorf("%s: %d parts", g.Name, rows)
		}
		noZero(t, g.Name, p)
		return
	}
	t.Fatal("no EPCI over two regions")
}

func TestNationHasThreeTotals(t *testing.T) {
	p := sqlite(t).get("/france/panorama")
	for _, want := range []string{"201 000", "194 915", "7 039"} {
		p.has(".key-n", want)
	}
	if got := p.row("#hexagone tfoot", "Total")[1]; got != "194 914,8" {
		t.Errorf("mainland %q", got)
	}
	if rows := len(p.texts("#hexagone tbody tr")); rows != 13 {
		t.Errorf("%d mainland regions", rows)
	}
	if rows := len(p.texts("#outre-mer tbody tr")); rows != 5 {
		t.Errorf("%d overseas regions", rows)
	}
}

func TestRedirects(t *testing.T) {
	s := sqlite(t)
	for _, c := range []struct {
		path   string
		status int
		to     string
	}{
		{"/regions/grand-est", 200, ""},
		{"/regions/44", 301, "/regions/grand-est"},
		{"/regions/Grand-Est", 301, "/regions/grand-est"},
		{"/regions?jour=2024-02-30", 400, ""},
		{"/regions?jour=2999-01-01", 400, ""},
		{"/regions/Grand-Est/panorama", 301, "/regions/grand-est/panorama"},
		{"/regions/44/panorama", 301, "/regions/grand-est/panorama"},
		{"/regions/grand-est/panorama/", 301, "/regions/grand-est/panorama"},
		{"/Leviers", 301, "/leviers"},
		{"/leviers/?version=2025", 301, "/leviers?version=2025"},
		{"/departements/2a/panorama", 301, "/departements/2A/panorama"},
		{"/recherche?q=Strasbourg", 200, ""},
		{"/recherche?q=67482", 303, "/communes/67482/panorama"},
		{"/recherche?q=region:44", 303, "/regions/grand-est/panorama"},
		{"/territoires?q=metz", 301, "/recherche?q=metz"},
		{"/comparer?a=Bretagne&b=region:44", 303, "/comparer?a=region%3A53&b=region%3A44"},
	} {
		p := s.get(c.path)
		if p.StatusCode != c.status || p.Header.Get("Location") != c.to {
			t.Errorf("%s: %d %q, want %d %q", c.path, p.StatusCode, p.Header.Get("Location"), c.status, c.to)
		}
	}
}

func TestNotFoundHelps(t *testing.T) {
	s := sqlite(t)
	for path, says := range map[string]string{
		"/regions/99/panorama":           "Région inconnue",
		"/regions/grand-ets/panorama":    "grand-est",
		"/departements/44444/panorama":   "Aucun territoire",
		"/communes/75114x/panorama":      "Aucun territoire",
		"/epci/123/panorama":             "Aucun territoire",
		"/perimetres/inconnu/panorama":   "",
		"/leviers/inconnu":               "Aucun levier",
		"/chiffres/autre/chose":          "Aucun chiffre",
		"/chiffres/panorama/2024-07/x/y": "Aucun chiffre",
		"/nulle-part":                    "ne mène à rien",
		"/communes/98735/panorama":       "",
	} {
		p := s.get(path)
		if p.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %s", path, p.Status)
			continue
		}
		p.has(".problem", says)
		if len(p.attr(".problem form[role=search]", "action")) != 1 {
			t.Errorf("%s: no search field", path)
		}
		if p.Header.Get("ETag") != "" || p.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: an error may be kept", path)
		}
	}
	r := httptest.NewRequest(http.MethodPost, "http://jalon.example/leviers", nil)
	if p := s.do(r); p.StatusCode != http.StatusMethodNotAllowed || !strings.Contains(p.Header.Get("Allow"), "GET") {
		t.Errorf("POST /leviers: %s, Allow %q", p.Status, p.Header.Get("Allow"))
	}
}

func TestSearch(t *testing.T) {
	s := sqlite(t)
	p := s.get("/recherche?q=")
	p.has(".empty-title", "Que cherchez-vous")
	p = s.get("/recherche?q=zzzzqqq")
	p.has(".empty-title", "Aucun territoire ne répond")
	p = s.get("/recherche?q=strasbourg")
	p.has("h2", "Communes")
	p.has("h2", "Intercommunalités")
	p.has(".hits li", "Bas-Rhin, Grand Est")
	checkPage(t, "search", p)
	if v := p.attr("header input[name=q]", "value"); len(v) != 1 || v[0] != "strasbourg" {
		t.Errorf("the field forgot: %q", v)
	}
}

func TestCompare(t *testing.T) {
	s := sqlite(t)
	p := s.get("/comparer?a=region:44&b=region:53")
	p.has("#comparaison thead th", "kgCO₂e par habitant")
	if row := p.row("#comparaison", "Véhicules électriques"); row[1] != "966,1" {
		t.Errorf("%q", row)
	}
	p = s.get("/comparer?a=department:67&b=region:53")
	p.has(".fr-alert", "Pas de chiffre par habitant")
	if strings.Contains(strings.Join(p.texts("#comparaison thead th"), " "), "habitant") {
		t.Error("per inhabitant, under the region")
	}
	p = s.get("/comparer?a=saint-denis&b=region:53")
	p.has("h2", "peut désigner")
	p = s.get("/comparer?a=region:99&b=region:53")
	if p.StatusCode != http.StatusBadRequest {
		t.Error(p.Status)
	}
	p.has(".fr-error-text", "region:99")
}

func TestFigurePage(t *testing.T) {
	s := sqlite(t)
	p := s.get("/chiffres/panorama/2024-07/voitures-electriques/region:44")
	p.has(".figure-value", "966,1408")
	p.has("#fiche td", "Grand Est (region:44)")
	p.has(".fr-breadcrumb li", "Grand Est")
	p.has(".source-links a", "Ce chiffre pour un programme")
	p = s.get("/chiffres/panorama/2024-07/production-industrielle/department:67")
	if got := p.text(".figure-value .key-n"); got != "–" {
		t.Errorf("missing shown as %q", got)
	}
}
