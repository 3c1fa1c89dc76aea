package web_test

import (
	"bytes"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"jalon/internal/db"
	"jalon/internal/policy"
	"jalon/internal/testkit"
)

// A team sends a spreadsheet of its own: it says once what the columns hold, reads each
// verdict, mends the refused rows in the workbook that it gets back, and keeps all; the
// next file with the same columns is judged at once, and nobody else sees any of it.
func TestATeamImportsItsActions(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		team, base := s.signIn("equipe@exemple.fr", policy.Team, "region", "44")
		page := base + "/regions/grand-est/bureau/actions/importer"
		s.visit(team, page, nil).has("h1", "importer des actions")
		file := "Action proposée;Levier;Où;Coût;À noter\nPlanter des haies;Gestion des haies;Bas-Rhin;12 k€;ok\nPistes;Machin;Bas-Rhin;;=1+1\n"
		p := s.upload(team, page, "nos-actions.csv", file, nil)
		p.has("h1", "Que contient chaque colonne")
		p.has(".form", "Planter des haies")
		columns := p.Request.URL.String()
		if p := s.visit(team, columns, url.Values{"c0": {"-"}, "c1": {"levers"}, "c2": {"places"}, "c3": {"invest"}, "c4": {"note"}}); p.StatusCode != http.StatusBadRequest && p.StatusCode != http.StatusUnprocessableEntity {
			t.Errorf("no column holds the title: %s", p.Status)
		}
		p = s.visit(team, columns, url.Values{"c0": {"title"}, "c1": {"levers"}, "c2": {"places"}, "c3": {"invest"}, "c4": {"note"}})
		p.has(".fr-alert", "1 ligne est refusée")
		p.has("#lignes td", "levier inconnu")
		run := p.Request.URL.String()
		other, _ := s.signIn("autre@exemple.fr", policy.Team, "region", "44")
		for _, of := range []string{run, columns, run + "/refusees.xlsx", run + "/verdicts.csv"} {
			if p := s.visit(other, of, nil); p.StatusCode != http.StatusNotFound {
				t.Errorf("a colleague opens %s: %s", of, p.Status)
			}
		}
		book, err := excelize.OpenReader(bytes.NewReader([]byte(s.visit(team, run+"/refusees.xlsx", nil).body)))
		if err != nil {
			t.Fatal(err)
		}
		rows, err := book.GetRows("Données")
		if err != nil || len(rows) != 2 || rows[1][3] != "Pistes" || !strings.Contains(rows[1][2], "levier inconnu") {
			t.Fatalf("the rows to mend: %q, %v", rows, err)
		}
		if err := book.SetCellValue("Données", "E2", "Vélo"); err != nil {
			t.Fatal(err)
		}
		var mended bytes.Buffer
		if err := book.Write(&mended); err != nil {
			t.Fatal(err)
		}
		p = s.upload(team, page, "corrige.xlsx", mended.String(), nil)
		p.has("#enregistrer button", "Enregistrer 1 ligne")
		id := runOf(p)
		p = s.visit(team, page+"/enregistrer", url.Values{"run": {id}, "rev": {s.revOf(id)}})
		p.has(".fr-alert", "Actions enregistrées")
		if n := s.count("action"); n != 1 {
			t.Errorf("%d actions", n)
		}
		if p := s.visit(team, page+"/enregistrer", url.Values{"run": {id}, "rev": {s.revOf(id)}}); p.StatusCode != http.StatusConflict {
			t.Errorf("twice: %s", p.Status)
		}
		csv := s.visit(team, base+"/regions/grand-est/bureau/actions/exporter/actions.csv", nil)
		if !strings.Contains(csv.body, "Pistes") {
			t.Errorf("the export: %s", csv.body)
		}
		if open := s.get("/regions/grand-est/actions/fichiers/actions.csv"); strings.Contains(open.body, "Pistes") {
			t.Error("what is only proposed went out to anyone")
		}
		if p := s.get("/regions/grand-est/actions/fichiers/vivier.csv"); p.StatusCode != http.StatusNotFound {
			t.Errorf("the pool went out to anyone: %s", p.Status)
		}
	})
}
