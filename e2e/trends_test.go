package e2e

import (
	"strings"
	"testing"
)

// What happens in a region, read as a new user would: from its panorama to its
// levers, to one curve, to one figure; then the other axes. Grand Est has verdicts,
// La Réunion has series and no target in their units.
func TestReadsTheTrendsOfTwoRegions(t *testing.T) {
	a := Start(t)
	p := Open(t, a.URL())
	p.Visit("/regions/grand-est/panorama")
	p.Follow(`nav a[href="/regions/grand-est/diagnostic"]`)
	p.Follow(`main a[href="/regions/grand-est/tendances"]`)
	both(p)
	p.PDF(false)
	if h1 := p.Text("h1"); !strings.Contains(h1, "que l’on peut juger") {
		t.Errorf("the title says %q", h1)
	}
	p.Follow(`main a[href="/regions/grand-est/tendances/bus-cars-decarbones"]`)
	both(p)
	p.PDF(false)
	if text := p.Text(".judged"); !strings.Contains(text, "en retard") {
		t.Errorf("the verdict: %s", text)
	}
	p.Follow(`main a[href="/chiffres/serie/bus-cars-decarbones/region:44/2022"]`)
	both(p)
	p.Visit("/regions/grand-est/tendances/part-bio")
	both(p)
	p.Visit("/regions/grand-est/biodiversite-ressources")
	both(p)
	p.PDF(false)

	p.NoScript()
	p.Visit("/regions/la-reunion/tendances")
	if h1 := p.Text("h1"); !strings.Contains(h1, "aucun des 13 leviers") {
		t.Errorf("the title says %q", h1)
	}
	p.Follow(`main a[href="/regions/la-reunion/tendances/parc-voitures-electriques"]`)
	if p.Text("#courbe figcaption") == "" {
		t.Error("no curve without script")
	}
	q := Open(t, a.URL())
	for _, path := range []string{"/regions/la-reunion/tendances", "/regions/la-reunion/tendances/parc-voitures-electriques", "/regions/la-reunion/biodiversite-ressources",
		"/departements/67/tendances", "/departements/67/tendances/points-recharge"} {
		q.Visit(path)
		both(q)
	}
}
