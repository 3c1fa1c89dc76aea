package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"jalon/internal/action"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/policy"
	"jalon/internal/territory"
	"jalon/internal/testkit"
)

// retained writes an action of Grand Est as both heads retained it.
func (s *site) retained(title, lever, starts, unit string, quantity float64, places ...string) action.Action {
	s.t.Helper()
	ctx := s.t.Context()
	c, err := cop.OfRegion(ctx, s.d, "44")
	if err != nil {
		s.t.Fatal(err)
	}
	m, err := s.store.Model(ctx)
	if err != nil {
		s.t.Fatal(err)
	}
	p, err := m.Of(territory.Ref{Scale: territory.RegionS, Code: "44"})
	if err != nil {
		s.t.Fatal(err)
	}
	x := action.Action{Kind: action.Sectoral, Title: title, Levers: []string{lever}, Starts: starts, Ends: "2030"}
	for _, at := range places {
		x.Places = append(x.Places, action.Place{Territory: at})
	}
	for _, line := range p.Lines {
		if line.Lever.Code == lever {
			in, _, err := action.Compute(action.Impact{Class: action.Quantified, Quantity: &quantity, Unit: unit, Gross: lever == "gestion-haies", Object: "haies plantées"}, line, action.Against{Confirmed: true})
			if err != nil {
				s.t.Fatal(err)
			}
			x.Impacts = []action.Impact{in}
		}
	}
	team := policy.Actor{Person: "équipe", Grants: []policy.Grant{{Role: policy.Team, COP: c.ID}}}
	if x, err = s.register.Add(ctx, s.d, team, c, x); err != nil {
		s.t.Fatal(err)
	}
	for _, text := range []string{`UPDATE action SET state = 'retained' WHERE id = $1`, `UPDATE action_impact SET state = 'retained' WHERE action_id = $1`} {
		if _, err := s.d.Exec(ctx, text, x.ID); err != nil {
			s.t.Fatal(err)
		}
	}
	if _, err := db.Bump(ctx, s.d, action.Version, s.now); err != nil {
		s.t.Fatal(err)
	}
	return x
}

// Anyone reads the coverage of a region, of one lever, of a département and of the
// nation, and where each part comes from.
func TestAnyoneReadsCoverage(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		hedges := s.retained("Planter 4 000 km de haies", "gestion-haies", "2024", "km", 4000, "region:44")
		s.retained("Flotte de 2021", "voitures-electriques", "2021", "véhicules", 500, "department:67")
		s.retained("Flotte de 2026", "voitures-electriques", "2026", "milliers de véhicules", 2, "department:67")
		c, base := s.browser()
		p := s.visit(c, base+"/regions/grand-est/couverture", nil)
		checkPage(t, "region", p)
		p.has("h1", "les actions retenues couvrent")
		if row := strings.Join(p.row("#leviers", "Haies"), " | "); !strings.Contains(row, "120,1") || !strings.Contains(row, "brut") || !strings.Contains(row, "39,5") {
			t.Errorf("%q", row)
		}
		p = s.visit(c, base+"/regions/grand-est/couverture/gestion-haies", nil)
		checkPage(t, "lever", p)
		p.has("h1", "75 % de l’objectif attendus des actions retenues (en brut)")
		p.has("#cascade", "sans compter ce qui est déjà fait (aucune série)")
		p.has("#actions", hedges.Title)
		p = s.visit(c, base+"/regions/grand-est/couverture/voitures-electriques", nil)
		p.has("h1", "5 % faits en 2022")
		p.has("#avant", "Flotte de 2021")
		p.has("#a-savoir", "supposée déjà dans l’observé")
		p = s.visit(c, base+"/departements/67/couverture", nil)
		checkPage(t, "département", p)
		if row := strings.Join(p.row("#leviers", "Haies"), " | "); !strings.Contains(row, "1 régionale") {
			t.Errorf("an action on the region is not told apart: %q", row)
		}
		p = s.visit(c, base+"/epci/246700488/couverture", nil)
		p.has("h1", "Eurométropole de Strasbourg")
		p.has("#sans-part", "une part qui manque n’est pas zéro")
		p = s.visit(c, base+"/national/couverture", nil)
		checkPage(t, "nation", p)
		p.has("#croise", "75 %")
		for _, path := range []string{"/regions/grand-est/couverture?voir=rien", "/regions/grand-est/couverture?secteur=rien", "/regions/grand-est/couverture/rien", "/departements/00/couverture", "/regions/rien/couverture"} {
			if p := s.visit(c, base+path, nil); p.StatusCode != http.StatusNotFound {
				t.Errorf("%s: %s", path, p.Status)
			}
		}
		for path, says := range map[string]string{
			"/chiffres/couverture/voitures-electriques/region:44/fait":         "(32,3 − 7,8) ⁄ 0,4677",
			"/chiffres/couverture/gestion-haies/region:44/attendu":             "quantité brute",
			"/chiffres/couverture/gestion-haies/region:44/reste":               "159,654 − 120,12",
			"/chiffres/couverture/gestion-haies/region:44/fait":                "Aucune série",
			"/chiffres/couverture/gestion-haies/department:67/attendu":         "aucune action",
			"/chiffres/action/" + hedges.ID + "/gestion-haies":                 "4",
			"/regions/grand-est/couverture.csv":                                "gestion-haies",
			"/regions/grand-est/couverture/gestion-haies/actions.csv":          hedges.ID,
			"/departements/67/couverture.csv":                                  "department:67",
			"/national/couverture.csv":                                         "region:94",
			"/regions/grand-est/couverture?voir=sans-action&secteur=tertiaire": "Tertiaire",
		} {
			if p := s.visit(c, base+path, nil); p.StatusCode != http.StatusOK || !strings.Contains(p.body, says) {
				t.Errorf("%s: %s does not say %q", path, p.Status, says)
			}
		}
		for _, path := range []string{"/chiffres/couverture/gestion-haies/region:44/rien", "/chiffres/couverture/rien/region:44/fait", "/chiffres/couverture/rien/nation/fait", "/chiffres/action/rien/gestion-haies"} {
			if p := s.visit(c, base+path, nil); p.StatusCode != http.StatusNotFound {
				t.Errorf("%s: %s", path, p.Status)
			}
		}
	})
}

// Who reads the board reads where the actions of each COP stand; a COP without any has no
// zero, and cross-cutting actions are apart.
func TestTheNationReadsItsActions(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		s.retained("Planter 4 000 km de haies", "gestion-haies", "2024", "km", 4000, "region:44")
		s.retained("Flotte de 2026", "voitures-electriques", "2026", "milliers de véhicules", 2, "department:67")
		x := s.retained("Former les élus", "gestion-haies", "2026", "km", 1, "region:44")
		if _, err := d.Exec(t.Context(), `UPDATE action SET kind = 'cross', kg = NULL WHERE id = $1`, x.ID); err != nil {
			t.Fatal(err)
		}
		c, base := s.signIn("nation@exemple.fr", policy.NationalReader, "nation", "")
		p := s.visit(c, base+"/national/actions", nil)
		checkPage(t, "actions", p)
		p.has("h1", "2 actions retenues")
		if row := p.row("#etats", "Grand Est"); len(row) < 6 || row[4] != "2" || row[1] != "0" {
			t.Errorf("%q", row)
		}
		if row := strings.Join(p.row("#etats", "Bretagne"), " | "); strings.Contains(row, "0") || !strings.Contains(row, "–") {
			t.Errorf("a COP without any action: %q", row)
		}
		if row := strings.Join(p.row("#apports", "Grand Est"), " | "); !strings.Contains(row, "124,4") && !strings.Contains(row, "12") {
			t.Errorf("%q", row)
		}
		if row := p.row("#transversales-table", "Grand Est"); len(row) < 4 || row[2] != "1" {
			t.Errorf("%q", row)
		}
		s.visit(c, base+"/national", nil).has("main", "Actions")
		admin, base2 := s.signIn("admin@exemple.fr", policy.NationalAdmin, "nation", "")
		csv := s.visit(admin, base2+"/national/actions.csv", nil)
		if csv.StatusCode != http.StatusOK || !strings.Contains(csv.body, "region:44") || strings.Count(csv.body, "Aucune action n’est encore inscrite") != 17 {
			t.Errorf("%s %s", csv.Status, csv.body)
		}
		if p := s.visit(admin, base2+"/national/actions?cycle=rien", nil); p.StatusCode != http.StatusNotFound {
			t.Errorf("a cycle of nothing: %s", p.Status)
		}
	})
}

// The team settles that two actions declare the same thing; coverage follows; the second
// of two people reads what the first wrote, and loses nothing.
func TestTheTeamSettlesOverlaps(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		wide := s.retained("Planter des haies", "gestion-haies", "2024", "km", 4000, "region:44")
		narrow := s.retained("Planter des haies en Alsace", "gestion-haies", "2025", "km", 400, "department:67")
		team, base := s.signIn("equipe@exemple.fr", policy.Team, "region", "44")
		const desk = "/regions/grand-est/bureau/actions/recoupements"
		p := s.visit(team, base+desk, nil)
		checkPage(t, "overlaps", p)
		p.has("h1", "1 recoupement à trancher")
		form := url.Values{"levier": {"gestion-haies"}, "a": {wide.ID}, "b": {narrow.ID}, "compte": {wide.ID}, "part": {"150"}, "raison": {"L’Alsace est dans le programme."}, "verdict": {"confirmed"}, "rev": {"0"}, "id": {""}}
		if p = s.visit(team, base+desk, form); p.StatusCode != http.StatusUnprocessableEntity && p.StatusCode != http.StatusBadRequest || !strings.Contains(p.body, "L’Alsace est dans le programme.") {
			t.Errorf("a part over the whole: %s", p.Status)
		}
		form.Set("part", "25")
		s.visit(team, base+desk, form).has("main", "C’est enregistré")
		// 4 000 km + a quarter of 400: 4.1 ⁄ 0.0333 = 123.123 kt.
		c, _ := s.browser()
		if row := strings.Join(s.visit(c, base+"/regions/grand-est/couverture", nil).row("#leviers", "Haies"), " | "); !strings.Contains(row, "123,1") {
			t.Errorf("%q", row)
		}
		form.Set("raison", "Autre avis.")
		if p = s.visit(team, base+desk, form); p.StatusCode != http.StatusConflict || !strings.Contains(p.body, "Autre avis.") || !strings.Contains(p.body, "L’Alsace est dans le programme.") {
			t.Errorf("the second of two people: %s", p.Status)
		}
	})
}
