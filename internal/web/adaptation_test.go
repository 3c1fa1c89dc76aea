package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"jalon/internal/adaptation"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/policy"
	"jalon/internal/testkit"
)

// departmentCOPs opens the cycle of 2025 and the COPs of two départements of Grand Est.
func (s *site) departmentCOPs() {
	s.t.Helper()
	ctx := s.t.Context()
	boss := policy.Actor{Person: "nation", Grants: []policy.Grant{{Role: policy.NationalAdmin, Nation: true}}}
	m, err := s.store.Model(ctx)
	if err != nil {
		s.t.Fatal(err)
	}
	if _, err := s.cops.OpenCycle(ctx, boss, "2025", m.Tree()); err != nil {
		s.t.Fatal(err)
	}
	for _, code := range []string{"67", "57"} {
		dept, err := m.Tree().Dept(code)
		if err != nil {
			s.t.Fatal(err)
		}
		if _, err := s.cops.OpenDepartment(ctx, boss, "2025-r44", dept, false); err != nil {
			s.t.Fatal(err)
		}
	}
}

// The team of a préfet writes a sheet, meets a conflict, has it adopted; anyone reads it,
// prints it and takes it away, the region gathers it, the nation reads what it asks for.
func TestASheetFromDraftToTheNation(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		s.departmentCOPs()
		lead, base := s.signIn("prefete@exemple.fr", policy.DepartmentLead, "department", "67")
		const here = "/departements/67/cycles/2025"
		desk := base + here + "/bureau/adaptation"
		s.get(here+"/priorites").has("h1", "aucune priorité d’adaptation n’est encore adoptée")
		s.visit(lead, desk+"/nouvelle", nil).has("#rechauffement", "+2,7 °C en 2050")
		p := s.visit(lead, desk+"/nouvelle", url.Values{"title": {"Ombre"}, "ends": {"bientôt"}, "sensitivity": {"Écoles"}})
		p.has("#ends-erreur", "ne se lit pas")
		p.has("#sensitivity", "Écoles")
		form := url.Values{"title": {"Ombre dans les écoles"}, "effect": {"chaleur"}, "lever": {"a25-renaturation-villes"}, "level": {"1"}, "ends": {"2028"}, "national": {"Une dotation sur trois ans"}, "budget": {"1,2 M€"}, "text": {"=1+1"}}
		p = s.visit(lead, desk+"/nouvelle", form)
		p.has("h1", "Ombre dans les écoles")
		p.has("#adopter", "Sensibilité")
		address := p.Request.URL.Path
		id := address[strings.LastIndex(address, "/")+1:]
		for _, path := range []string{here + "/priorites/" + id, here + "/priorites/" + id + "/fiche.odt"} {
			if p := s.get(path); p.StatusCode != http.StatusNotFound {
				t.Errorf("a draft is read at %s: %s", path, p.Status)
			}
		}
		for _, path := range []string{"/departements/57/cycles/2025/bureau/adaptation/" + id, "/departements/57/cycles/2025/bureau/adaptation"} {
			if p := s.visit(lead, base+path, nil); p.StatusCode != http.StatusNotFound {
				t.Errorf("the neighbour's desk at %s: %s", path, p.Status)
			}
		}
		neighbour, _ := s.signIn("voisin@exemple.fr", policy.DepartmentLead, "department", "57")
		form.Set("rev", "1")
		form.Set("do", "save")
		if p := s.visit(neighbour, desk+"/"+id, form); p.StatusCode != http.StatusNotFound {
			t.Errorf("the neighbour writes: %s", p.Status)
		}
		form.Set("title", "Ombre partout")
		s.visit(lead, desk+"/"+id, form).has("h1", "Ombre partout")
		form.Set("title", "Ombre nulle part")
		p = s.visit(lead, desk+"/"+id, form)
		p.has("#deux-versions", "Ombre partout")
		p.has("#deux-versions", "Ombre nulle part")
		if p.StatusCode != http.StatusConflict {
			t.Errorf("the second writer: %s", p.Status)
		}
		ctx := t.Context()
		boss := policy.Actor{Person: "nation", Grants: []policy.Grant{{Role: policy.NationalAdmin, Nation: true}}}
		var account string
		if err := d.QueryRow(ctx, `SELECT id FROM account WHERE email = 'prefete@exemple.fr'`).Scan(&account); err != nil {
			t.Fatal(err)
		}
		if _, err := s.cops.SetOffice(ctx, boss, cop.Office{COP: "2025-d67", Side: cop.StateSide, Person: account, Name: "La préfète", Title: "préfète du département", From: "2025-01-01"}, "ouverture"); err != nil {
			t.Fatal(err)
		}
		s.visit(lead, desk+"/"+id, url.Values{"do": {"adopt"}, "rev": {"2"}}).has("#partie-1", "Vagues de chaleur")
		s.get(here+"/priorites").has("#priorites-tableau", "Ombre partout")
		s.get(here+"/priorites/"+id).has("#partie-5", "1 200 000 €")
		s.get(here+"/priorites/fiches").has(".paper-sheets", "Ombre partout")
		s.get("/regions/grand-est/cycles/2025/priorites").has("#par-effet", "Vagues de chaleur")
		s.get("/regions/grand-est/cycles/2025/priorites?effet=feux&levier=").has("#priorites", "Aucune priorité ne répond à ce choix")
		s.get("/national/adaptation").has("#freins-tableau", "Une dotation sur trois ans")
		csv := s.get(here + "/priorites/fichiers/priorites.csv")
		if !strings.Contains(csv.body, adaptation.Fields()[0].Column+";Region;Departement;") || !strings.Contains(csv.body, ";'=1+1;") {
			t.Errorf("the table: %s", csv.body)
		}
		if p := s.get("/departements/57/cycles/2025/priorites/" + id); p.StatusCode != http.StatusNotFound {
			t.Errorf("it is read at the neighbour's address: %s", p.Status)
		}
		if p := s.get(here + "/priorites/" + id + "/fiche.odt"); p.StatusCode != http.StatusOK || p.Header.Get("Content-Type") != "application/vnd.oasis.opendocument.text" {
			t.Errorf("the sheet to take away: %s", p.Status)
		}
		// What was typed in a page that is older than the adoption is shown again.
		p = s.visit(lead, desk+"/"+id, form)
		p.has("#votre-texte", "Ombre nulle part")
	})
}

// A file whose columns nobody knows waits for a person, and the next one does not.
func TestATeamImportsTheStatesTable(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		s.departmentCOPs()
		team, base := s.signIn("equipe@exemple.fr", policy.Team, "region", "44")
		page := base + "/regions/grand-est/cycles/2025/bureau/adaptation/importer"
		s.visit(team, page, nil).has("h1", "importer la table de l’État")
		file := "Nom de la priorité;Departement;Effet_du_changement_climatique\nOmbre;Bas-Rhin;Canicule\nDigues;Atlantide;Crues\n"
		p := s.upload(team, page, "grist.csv", file, nil)
		p.has("h1", "Que contient chaque colonne")
		columns := p.Request.URL.String()
		if p := s.visit(team, columns, url.Values{"c0": {"-"}, "c1": {"department"}, "c2": {"effect"}}); p.StatusCode != http.StatusUnprocessableEntity && p.StatusCode != http.StatusBadRequest {
			t.Errorf("no column holds the title: %s", p.Status)
		}
		p = s.visit(team, columns, url.Values{"c0": {"title"}, "c1": {"department"}, "c2": {"effect"}})
		p.has(".fr-alert", "1 ligne est refusée")
		run := p.Request.URL.String()
		other, _ := s.signIn("autre@exemple.fr", policy.Team, "region", "44")
		for _, of := range []string{run, columns, run + "/verdicts.csv"} {
			if p := s.visit(other, of, nil); p.StatusCode != http.StatusNotFound {
				t.Errorf("a colleague opens %s: %s", of, p.Status)
			}
		}
		p = s.upload(team, page, "grist.csv", strings.ReplaceAll(file, "Atlantide", "57"), nil)
		p.has("#enregistrer button", "Enregistrer 2 lignes")
		id := runOf(p)
		s.visit(team, page+"/enregistrer", url.Values{"run": {id}, "rev": {s.revOf(id)}}).has(".fr-alert", "Fiches enregistrées")
		if n := s.count("adaptation_sheet"); n != 2 {
			t.Errorf("%d sheets", n)
		}
		if p := s.visit(team, page+"/enregistrer", url.Values{"run": {id}, "rev": {s.revOf(id)}}); p.StatusCode != http.StatusConflict {
			t.Errorf("twice: %s", p.Status)
		}
	})
}

func TestTheSheetOfAnEPCI(t *testing.T) {
	s := sqlite(t)
	s.retained("Haies de l’Eurométropole", "gestion-haies", "2025", "km", 40, "epci:246700488")
	p := s.get("/epci/246700488/fiche")
	p.has("#objectifs", "part indicative")
	p.has("#objectifs", "Haies de l’Eurométropole")
	p.has("#objectifs", "Des aides qu’elle peut demander")
	if p := s.get("/epci/246700488/fiche.odt"); p.StatusCode != http.StatusOK {
		t.Errorf("%s", p.Status)
	}
	for _, path := range []string{"/epci/000000000/fiche", "/epci/67482/fiche"} {
		if p := s.get(path); p.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %s", path, p.Status)
		}
	}
}
