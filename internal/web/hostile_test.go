package web_test

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/diagnosis"
	"jalon/internal/objective"
	"jalon/internal/policy"
	"jalon/internal/testkit"
	"jalon/internal/web"
)

// Nothing of what is discussed, noted, proposed or drafted is on any page, file or
// answer that anyone may read, nor for the team of another region; and what depends
// on who reads is kept by no cache.
func TestNothingDiscussedIsRead(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		ctx := t.Context()
		id := cop.RegionID(cop.First, "44")
		c, base := s.signIn("equipe@exemple.fr", policy.Team, "region", "44")
		team := policy.Actor{Person: "equipe", Grants: []policy.Grant{{Role: policy.Team, COP: id}}}
		const secret = "OCELOT"
		for _, ref := range []string{"region:44", "department:67"} {
			p := s.place("44", ref)
			for lever, typed := range map[string]string{electric: "737,313", "biogaz": "737,313"} {
				if _, err := s.aims.Put(ctx, team, p, objective.NewValue{Lever: lever, Measure: objective.InKt, Typed: typed, Reason: secret, Confirmed: true}); err != nil {
					t.Fatal(err)
				}
				if _, err := s.aims.Dissent(ctx, team, p, objective.NewDissent{Lever: lever, Party: "experts", Name: secret, Text: secret}); err != nil {
					t.Fatal(err)
				}
			}
		}
		if _, err := s.aims.ProposeSharing(ctx, team, s.place("44", "region:44"), []objective.Pick{{Lever: "biogaz", Rev: 2}}); err != nil {
			t.Fatal(err)
		}
		theme, err := s.diagnose.AddTheme(ctx, team, id, diagnosis.ThemeInput{Name: "Thème", Kind: diagnosis.OfLevers, Maps: []string{"produire"}, Levers: []string{"biogaz"}})
		if err != nil {
			t.Fatal(err)
		}
		choice, err := s.diagnose.ProposeChoice(ctx, team, id, diagnosis.ChoiceInput{Revs: map[string]int64{theme.ID: 1}, Chosen: map[string]bool{theme.ID: true}, Why: map[string]string{theme.ID: secret}})
		if err != nil {
			t.Fatal(err)
		}
		made := map[string]string{}
		s.composed(team, id, "44", "grand-est", made)
		block, _, err := diagnosis.FindBlock(ctx, d, made["grand-est/block"])
		if err != nil {
			t.Fatal(err)
		}
		block.Title, block.Text = secret, secret
		if _, err := s.diagnose.SaveBlock(ctx, team, shelf{}.List(), block, secret); err != nil {
			t.Fatal(err)
		}
		other, _ := s.signIn("ailleurs@exemple.fr", policy.Team, "region", "53")
		paths := []string{"/regions/grand-est", "/regions/grand-est/diagnostic", "/regions/grand-est/objectifs/partages/1", "/regions/grand-est/objectifs/bouclage?levier=" + electric, "/regions/grand-est/objectifs/bouclage.csv", "/departements/67/objectifs",
			"/regions/grand-est/diagnostic/editions/1", "/regions/grand-est/diagnostic/editions/1/document.json", "/regions/grand-est/diagnostic/editions/1/chiffres/panorama/2024-07/total/region:44",
			"/api/v1/objectives/region:44", "/api/v1/objectives/department:67", "/api/v1/objectives/france", "/regions/grand-est/tendances", "/regions/grand-est/plans", "/leviers/biogaz", "/leviers/" + electric}
		for _, lever := range []string{electric, "biogaz"} {
			for _, key := range []string{objective.Key(lever, "region:44", cop.First), objective.Key(lever, "department:67", cop.First), objective.SumKey(lever, cop.First), objective.GapKey(lever, "44", cop.First), diagnosis.ScoreKey(lever, "44")} {
				paths = append(paths, "/chiffres/"+key, "/api/v1/figures/"+key)
			}
		}
		for _, rt := range web.Routes() {
			if rt.Method == http.MethodGet && !rt.SignIn && rt.Sample != "" {
				paths = append(paths, rt.Sample)
			}
		}
		desk := []string{aimed, aimed + "/region/" + electric, aimed + "/departement-67/" + electric, aimed + "/partages/1", "/regions/grand-est/bureau/themes/choix", "/regions/grand-est/bureau/diagnostic", "/regions/grand-est/bureau/diagnostic/apercu",
			"/regions/grand-est/bureau/diagnostic/blocs/" + block.ID, "/regions/grand-est/bureau/diagnostic/editions/" + made["grand-est/edition"], "/regions/grand-est/bureau/diagnostic/editions/" + made["grand-est/edition"] + "/fichiers/document.json",
			"/regions/bretagne/bureau/diagnostic/blocs/" + block.ID, "/regions/bretagne/bureau/diagnostic/editions/" + made["grand-est/edition"], "/regions/bretagne/bureau/themes/" + theme.ID, "/regions/bretagne/bureau/objectifs/partages/" + "1", "/regions/bretagne/bureau/objectifs/departement-67/" + electric}
		read := func(c *http.Client, path string) (*http.Response, string) {
			t.Helper()
			res, err := c.Get(base + path)
			if err != nil {
				t.Fatal(err)
			}
			body, err := io.ReadAll(res.Body)
			if err != nil {
				t.Fatal(err)
			}
			_ = res.Body.Close()
			return res, plain(string(body))
		}
		tells := func(body string) bool {
			for _, x := range []string{secret, "737,3", "737.3", "737313", choice.SHA256} {
				if strings.Contains(body, x) {
					return true
				}
			}
			return false
		}
		for who, client := range map[string]*http.Client{"anyone": {}, "another region": other} {
			for _, path := range append(paths, desk...) {
				if res, body := read(client, path); tells(body) || res.StatusCode >= 500 {
					t.Errorf("%s reads %s: %s", who, path, res.Status)
				}
			}
		}
		seen := 0
		for _, path := range append(paths, desk...) {
			res, body := read(c, path)
			if !tells(body) {
				continue
			}
			seen++
			if got := res.Header.Get("Cache-Control"); !strings.Contains(got, "no-store") || res.Header.Get("ETag") != "" {
				t.Errorf("%s tells the team what is discussed, and is kept: %q", path, got)
			}
		}
		if seen < 12 {
			t.Errorf("the team reads it on %d pages alone", seen)
		}
		// What is written into another region's address writes nothing here.
		for path, form := range map[string]url.Values{
			"/regions/bretagne/bureau/diagnostic/blocs/" + block.ID:            {"rev": {"2"}, "titre": {"x"}, "texte": {"x"}},
			"/regions/bretagne/bureau/diagnostic/blocs/" + block.ID + "/place": {"rev": {"2"}, "do": {"withdraw"}},
			"/regions/bretagne/bureau/themes/" + theme.ID:                      {"rev": {"1"}, "name": {"x"}, "kind": {"levers"}, "maps": {"produire"}, "levers": {"biogaz"}},
			"/regions/bretagne/bureau/themes/" + theme.ID + "/retrait":         {"rev": {"1"}, "do": {"withdraw"}, "why": {"x"}},
			"/regions/bretagne/bureau/themes/" + theme.ID + "/ordre":           {"do": {"down"}},
			"/regions/bretagne/bureau/objectifs/departement-67/" + electric:    {"rev": {"2"}, "do": {"put"}, "measure": {"kt"}, "value": {"1"}, "reason": {"x"}},
			"/regions/bretagne/bureau/objectifs/departement-67":                {"do": {"all"}, "all": {electric + ":2"}},
		} {
			if p := s.visit(other, base+path, form); p.StatusCode != http.StatusNotFound {
				t.Errorf("%s: %s", path, p.Status)
			}
		}
	})
}
