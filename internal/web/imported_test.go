package web_test

import (
	"testing"

	"jalon/internal/db"
	"jalon/internal/figure"
	"jalon/internal/panorama"
	"jalon/internal/series"
	"jalon/internal/testkit"
)

// keep publishes observations as an import does.
func (s *site) keep(rows ...series.Observation) {
	s.t.Helper()
	edition, err := s.ids.New()
	if err != nil {
		s.t.Fatal(err)
	}
	for i := range rows {
		rows[i].Edition, rows[i].Class, rows[i].Source = edition, figure.Provider, "observatoire d’essai"
	}
	ctx := s.t.Context()
	if err := series.Write(ctx, s.d, rows); err != nil {
		s.t.Fatal(err)
	}
	if err := series.Publish(ctx, s.d, edition, s.now); err != nil {
		s.t.Fatal(err)
	}
	if _, err := db.Bump(ctx, s.d, panorama.DataVersion, s.now); err != nil {
		s.t.Fatal(err)
	}
}

func of(name, territory string, year int, v float64) series.Observation {
	return series.Observation{Series: name, Territory: territory, Year: year, Value: &v, Unit: "ktCO₂e", Label: "essai"}
}

// What is imported shows at once: the second method beside the first, energy
// apart, published values with their gap.
func TestImportedShowsAtOnce(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		const path, epci = "/epci/246700488/panorama", "epci:246700488"
		before := s.get(path)
		if n := len(before.texts("#deux-methodes, #publie-ailleurs")); n != 0 {
			t.Fatalf("%d tables before any import", n)
		}
		s.keep(of("emissions/residentiel", epci, 2019, 500), of("emissions/residentiel", epci, 2030, 300),
			of("objectif/voitures-electriques", epci, 2030, 80), of("objectif/production-industrielle", epci, 2030, 12))
		p := s.get(path)
		if p.Header.Get("ETag") == before.Header.Get("ETag") {
			t.Error("the page changed, its tag did not")
		}
		checkPage(t, path, p)
		if row := p.row("#deux-methodes", "Changement de chaudière à fioul Résidentiel"); row[2] != "86,00" || row[3] != "43" {
			t.Errorf("second method %q", row)
		}
		if row := p.row("#deux-methodes", "Véhicules électriques"); row[2][:3] != "–" {
			t.Errorf("a sector that was not imported reads %q", row)
		}
		if row := p.row("#deux-methodes tfoot", "Total"); row[2] != "200,00" {
			t.Errorf("total of the second method %q", row)
		}
		if row := p.row("#publie-ailleurs", "Véhicules électriques"); row[1] != "80,00" || row[4] != "+10,75" {
			t.Errorf("published %q", row)
		}
		if row := p.row("#publie-ailleurs", "Production industrielle"); row[3][:3] != "–" || row[4][:3] != "–" {
			t.Errorf("a gap with what we do not divide: %q", row)
		}
	})
}
