package web_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/sync/errgroup"

	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/policy"
	"jalon/internal/testkit"
)

// runOf is the run that a page shows.
func runOf(p page) string { return p.Request.URL.Path[strings.LastIndex(p.Request.URL.Path, "/")+1:] }

func (s *site) revOf(run string) string {
	s.t.Helper()
	var rev int64
	if err := s.d.QueryRow(s.t.Context(), `SELECT rev FROM import_run WHERE id = $1`, run).Scan(&rev); err != nil {
		s.t.Fatal(err)
	}
	return strconv.FormatInt(rev, 10)
}

func (s *site) idOf(email string) (id string) {
	s.t.Helper()
	if err := s.d.QueryRow(s.t.Context(), `SELECT id FROM account WHERE email = $1`, email).Scan(&id); err != nil {
		s.t.Fatal(err)
	}
	return id
}

const planHead = "type;territoire;nom;levier;mesure;année de départ;valeur de départ;année visée;valeur visée;unité;source\n"

// A team sends a file of plans, reads each verdict, and keeps all or nothing: a
// row of another region is refused at its place, the same rows again bring
// nothing, and nobody else sees the file.
func TestATeamImportsItsPlans(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		team, base := s.signIn("equipe@exemple.fr", policy.Team, "region", "44")
		page := base + "/regions/grand-est/bureau/plans/import"
		p := s.visit(team, page, nil)
		p.has("h1", "importer des plans")
		if csv := s.visit(team, page+"/modele.csv", nil); !strings.Contains(csv.body, "type;territoire;nom") || !strings.Contains(csv.body, "region:44") {
			t.Errorf("the model: %s", csv.body)
		}
		for name, body := range map[string]string{"vide.csv": "", "colonnes.csv": "nom;age\nx;1\n", "faux.xlsx": "ceci n’est pas un classeur"} {
			p := s.upload(team, page, name, body, nil)
			if p.StatusCode == http.StatusOK && !strings.Contains(p.body, "refusé") || p.StatusCode >= 500 {
				t.Errorf("%s: %s", name, p.Status)
			}
		}
		good := "SRADDET;44;Schéma;voitures-electriques;niveau;2019;7,821;2030;459,7;milliers de véhicules;Région\nPCAET;246700488;Plan climat;residentiel-gaz;gain;2019;;2030;120;ktCO2e;Eurométropole\n"
		p = s.upload(team, page, "mauvais.csv", planHead+good+"SRADDET;53;Schéma;biogaz;niveau;2019;1;2030;2;TWh;Région\nSRADDET;44;Schéma;hirondelles;niveau;2019;1;2030;2;TWh;Région\n", nil)
		p.has(".fr-alert", "2 lignes sont refusées")
		p.has("#lignes td", "ce territoire est d’une autre région")
		p.has("#lignes td", "levier inconnu")
		bad := p.Request.URL.Path
		if csv := s.visit(team, base+bad+"/verdicts.csv", nil); !strings.Contains(csv.body, "mauvais.csv;4;2;refusée") || !strings.Contains(csv.body, "mauvais.csv;5;4;refusée") {
			t.Errorf("verdicts: %s", csv.body)
		}
		p = s.visit(team, page+"/enregistrer", url.Values{"run": {runOf(p)}, "rev": {"3"}})
		if p.StatusCode != http.StatusBadRequest && p.StatusCode != http.StatusConflict && p.StatusCode != http.StatusUnprocessableEntity {
			t.Errorf("a refused file: %s", p.Status)
		}
		p = s.upload(team, page, "bon.csv", planHead+good, nil)
		p.has("#enregistrer button", "Enregistrer 2 objectifs")
		run := p.Request.URL.Path
		id := runOf(p)
		if n := s.count("plan"); n != 0 {
			t.Fatalf("%d plans before the act", n)
		}
		other, _ := s.signIn("autre@exemple.fr", policy.Team, "region", "44")
		if p := s.visit(other, base+run, nil); p.StatusCode != http.StatusNotFound {
			t.Errorf("a colleague opens the file: %s", p.Status)
		}
		p = s.visit(team, page+"/enregistrer", url.Values{"run": {id}, "rev": {s.revOf(id)}})
		p.has(".fr-alert", "Objectifs enregistrés")
		if p := s.visit(team, page+"/enregistrer", url.Values{"run": {id}, "rev": {s.revOf(id)}}); p.StatusCode != http.StatusConflict {
			t.Errorf("twice: %s", p.Status)
		}
		if p := s.upload(team, page, "bon.csv", planHead+good, nil); p.StatusCode != http.StatusConflict || !strings.Contains(p.body, "déjà été importé") {
			t.Errorf("the same bytes: %s", p.Status)
		}
		p = s.upload(team, page, "bon.csv", planHead+good, url.Values{"again": {"1"}})
		id = runOf(p)
		s.visit(team, page+"/enregistrer", url.Values{"run": {id}, "rev": {s.revOf(id)}}).has(".fr-alert", "Objectifs enregistrés")
		if plans, aims, versions := s.count("plan"), s.count("plan_objective"), s.count("plan_objective_version"); plans != 2 || aims != 2 || versions != 2 {
			t.Errorf("%d plans, %d objectives, %d versions", plans, aims, versions)
		}
		p = s.visit(team, base+"/regions/grand-est/plans", nil)
		p.has("h1", "se comparent au panorama sur 2 des")
		p.has("p", "Le document de la Région est ici le SRADDET.")
		if !strings.Contains(p.body, `"/chiffres/plan/voitures-electriques/region:44"`) {
			t.Error("the gap leads to no explanation")
		}
		p = s.visit(team, base+"/chiffres/plan/voitures-electriques/region:44", nil)
		p.has("h1", "écart du document de la Région au panorama")
		p.has("th", "SRADDET, Schéma")
		for _, key := range []string{"plan/voitures-electriques/epci:246700488", "plan/hirondelles/region:44", "plan/voitures-electriques/region:99", "plan/x"} {
			if p := s.get("/chiffres/" + key); p.StatusCode != http.StatusNotFound {
				t.Errorf("%s: %s", key, p.Status)
			}
		}
		s.get("/regions/ile-de-france/plans").has(".empty, p", "le SDRIF-E et le SRCAE")
	})
}

// A département brings the plans of its territories alone, and a role that ends
// between the preview and the act stops the act.
func TestRightsAreJudgedAgainWhenPlansAreKept(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		lead, base := s.signIn("67@exemple.fr", policy.DepartmentLead, "department", "67")
		page := base + "/regions/grand-est/bureau/plans/import"
		p := s.upload(lead, page, "a.csv", planHead+"SRADDET;44;Schéma;biogaz;niveau;2019;1;2030;2;TWh;Région\n", nil)
		p.has("#lignes td", "vos droits ne vont pas")
		p = s.upload(lead, page, "b.csv", planHead+"PCAET;246700488;Plan climat;biogaz;niveau;2019;1;2030;2;TWh;Eurométropole\n", nil)
		p.has("#enregistrer button", "Enregistrer 1 objectif")
		id := runOf(p)
		rev := s.revOf(id)
		a, err := s.accounts.Actor(t.Context(), s.idOf("67@exemple.fr"))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := d.Exec(t.Context(), `UPDATE role_grant SET ended_at = $1 WHERE account = $2`, s.now.UnixMilli(), a.Person); err != nil {
			t.Fatal(err)
		}
		n, err := strconv.ParseInt(rev, 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.plans.ApplyRun(t.Context(), a, "44", id, n); apperr.KindOf(err) != apperr.Forbidden {
			t.Errorf("a role that ended: %v", err)
		}
		if n := s.count("plan"); n != 0 {
			t.Errorf("%d plans kept without a right", n)
		}
	})
}

// Twenty people send the same plans at once: each file is another run, and the
// plans are there once.
func TestTheSamePlansTwentyTimesAtOnce(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		team, base := s.signIn("equipe@exemple.fr", policy.Team, "region", "44")
		a, err := s.accounts.Actor(t.Context(), s.idOf("equipe@exemple.fr"))
		if err != nil {
			t.Fatal(err)
		}
		var ids, revs []string
		for i := range 20 {
			p := s.upload(team, base+"/regions/grand-est/bureau/plans/import", fmt.Sprint(i, ".csv"), planHead+"PCAET;246700488;Plan climat;biogaz;niveau;2019;1;2030;2;TWh;Eurométropole\n"+strings.Repeat(" ", i), nil)
			id := runOf(p)
			ids, revs = append(ids, id), append(revs, s.revOf(id))
		}
		var g errgroup.Group
		for i, id := range ids {
			g.Go(func() error {
				rev, err := strconv.ParseInt(revs[i], 10, 64)
				if err != nil {
					return err
				}
				_, err = s.plans.ApplyRun(t.Context(), a, "44", id, rev)
				return err
			})
		}
		if err := g.Wait(); err != nil {
			t.Fatal(err)
		}
		if plans, aims := s.count("plan"), s.count("plan_objective"); plans != 1 || aims != 1 {
			t.Errorf("%d plans, %d objectives", plans, aims)
		}
	})
}
