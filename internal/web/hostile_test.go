package web_test

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"jalon/internal/composition"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/diagnosis"
	"jalon/internal/objective"
	"jalon/internal/policy"
	"jalon/internal/territory"
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
		block, _, err := composition.FindBlock(ctx, d, made["grand-est/block"])
		if err != nil {
			t.Fatal(err)
		}
		block.Title, block.Text = secret, secret
		if _, err := s.composing.SaveBlock(ctx, team, shelf{composition.Diagnosis}.List(), block, secret); err != nil {
			t.Fatal(err)
		}
		other, _ := s.signIn("ailleurs@exemple.fr", policy.Team, "region", "53")
		paths := []string{"/regions/grand-est", "/regions/grand-est/diagnostic", "/regions/grand-est/objectifs/partages/1", "/regions/grand-est/objectifs/bouclage?levier=" + electric, "/regions/grand-est/objectifs/bouclage.csv", "/departements/67/objectifs",
			"/regions/grand-est/diagnostic/editions/1", "/regions/grand-est/diagnostic/editions/1/document.json", "/regions/grand-est/diagnostic/editions/1/chiffres/panorama/2024-07/total/region:44",
			"/api/v1/objectives/region:44", "/api/v1/objectives/department:67", "/api/v1/objectives/france", "/regions/grand-est/tendances", "/regions/grand-est/plans", "/leviers/biogaz", "/leviers/" + electric}
		for _, lever := range []string{electric, "biogaz"} {
			for _, key := range []string{objective.Key(lever, "region:44", cop.First), objective.Key(lever, "department:67", cop.First), objective.SumKey(lever, cop.First), objective.GapKey(lever, "44", cop.First), diagnosis.ScoreKey(lever, "44", cop.First)} {
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

// Every figure of the page of a perimeter leads to its explanation, whatever its kind,
// its regions, and what became of it.
func TestEachFigureOfAPerimeterIsExplained(t *testing.T) {
	s := sqlite(t)
	tree := s.place("44", "region:44").Tree()
	make := func(id string, kind territory.PerimeterKind, members ...string) string {
		t.Helper()
		free, err := territory.CreatePerimeter(t.Context(), s.d, tree, id, territory.PerimeterInput{Kind: kind, Name: id, Members: members}, territory.Act{By: "x", Reason: "essai", At: s.now})
		if err != nil {
			t.Fatal(err)
		}
		return free.ID
	}
	for _, id := range []string{make("crte", territory.CRTE, "246700488"), make("petr", territory.PETR, "246700488", "67001"), make("deux", territory.CRTE, "67001", "35238"), make("outre-mer", territory.CRTE, "97411")} {
		p := s.get("/perimetres/" + id + "/objectifs")
		links := p.attr(`a[href^="/chiffres/objectif/"]`, "href")
		if p.StatusCode != http.StatusOK || len(links) == 0 {
			t.Errorf("%s: %s, %d figures", id, p.Status, len(links))
		}
		for _, href := range links[:min(len(links), 12)] {
			if x := s.get(href); x.StatusCode != http.StatusOK {
				t.Errorf("%s leads to %s: %s", id, href, x.Status)
			}
		}
	}
}

// What a form sends that no one would type is cut, refused beside its field with what
// was typed kept, or inert: never a fault of the server.
func TestHostileFormsOfTheDiagnosis(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		c, base := s.signIn("equipe@exemple.fr", policy.Team, "region", "44")
		const desk = "/regions/grand-est/bureau/diagnostic"
		s.visit(c, base+desk, url.Values{"do": {"plan"}})
		block := base + "/regions/grand-est" + blockPath.FindString(s.visit(c, base+desk, nil).body)
		long := strings.Repeat("é", 5000)
		for what, form := range map[string]url.Values{
			"a title of 5 000 letters": {"rev": {"1"}, "titre": {long}, "texte": {"Un texte."}},
			"a text of 30 000 letters": {"rev": {"1"}, "titre": {"T"}, "texte": {strings.Repeat("é", 30000)}},
			"a reason of 5 000":        {"rev": {"1"}, "titre": {"T"}, "texte": {"Un texte."}, "reason": {long}},
		} {
			p := s.visit(c, block, form)
			if p.StatusCode != http.StatusUnprocessableEntity && p.StatusCode != http.StatusBadRequest {
				t.Errorf("%s: %s", what, p.Status)
			}
			if got := p.text("#texte"); len(got) < len("Un texte.") {
				t.Errorf("%s: what was typed is lost: %q", what, got)
			}
		}
		p := s.visit(c, block, url.Values{"rev": {"1"}, "titre": {"Bon\x00jour \xff"}, "texte": {"<script>alert(1)</script>\n\n[clic](javascript:alert(1)) [ici](https://exemple.fr) ![x](https://ailleurs.fr/p.png)\x00"}, "option-invente": {"x"}})
		if p.StatusCode != http.StatusOK {
			t.Fatalf("%s", p.Status)
		}
		for _, path := range []string{desk, desk + "/apercu"} {
			body := s.visit(c, base+path, nil).body
			if strings.Contains(body, "javascript:") || strings.Contains(body, "<script>alert") || strings.Contains(body, "ailleurs.fr/p.png\"") || strings.Contains(body, "\x00") || !strings.Contains(body, "Bonjour") {
				t.Errorf("%s shows what acts", path)
			}
		}
		for _, bad := range []url.Values{{"partie": {"nulle-part"}, "live": {""}}, {"partie": {"cibles"}, "live": {"rien/du-tout"}}, {"partie": {"\xff"}}} {
			if p := s.visit(c, base+desk+"/blocs", bad); p.StatusCode < 400 || p.StatusCode >= 500 {
				t.Errorf("%v: %s", bad, p.Status)
			}
		}
		for _, bad := range []url.Values{{"rev": {"9223372036854775808"}, "do": {"up"}}, {"rev": {"-1"}, "do": {"up"}}, {"rev": {"2"}, "do": {"envol"}}, {"rev": {"2"}, "do": {"part"}, "partie": {"x"}}, {"do": {"up"}}} {
			if p := s.visit(c, block+"/place", bad); p.StatusCode < 400 || p.StatusCode >= 500 {
				t.Errorf("%v: %s", bad, p.Status)
			}
		}
		lever := base + aimed + "/region/" + electric
		for _, typed := range []string{"NaN", "Inf", "1e308", "0x10", "1 234,5,6", "1.234,5", strings.Repeat("9", 400), "-", "١٢٣", "1\x002", "--1", "+", " "} {
			for _, measure := range []string{"kt", "level", "", "x"} {
				p := s.visit(c, lever, url.Values{"do": {"put"}, "rev": {"0"}, "measure": {measure}, "value": {typed}, "reason": {"Parce que."}, "confirm": {"1"}})
				if kept := typed == "1\x002" && (measure == "kt" || measure == "level"); kept {
					continue // the mark is left out, and 12 is a number
				}
				if p.StatusCode < 400 || p.StatusCode >= 500 {
					t.Errorf("%q in %q: %s", typed, measure, p.Status)
				}
			}
		}
		for _, pick := range []string{"biogaz", "biogaz:0:0:0", "biogaz:-1", "biogaz:0:9223372036854775808", ":0", "om-dechets:0:5", "nature-bio:0:0", "biogaz:7"} {
			p := s.visit(c, base+aimed+"/region", url.Values{"do": {"picked"}, "pick": {pick}})
			if p.StatusCode < 400 || p.StatusCode >= 500 {
				t.Errorf("pick %q: %s", pick, p.Status)
			}
		}
		for _, path := range []string{aimed + "/departement-35", aimed + "/departement-00", aimed + "/perimetre-rien", aimed + "/commune-67001", aimed + "/region/rien", aimed + "/region/nature-rien", aimed + "/partages/99", aimed + "/partages/-1", "/regions/grand-est/diagnostic/editions/0", "/regions/grand-est/diagnostic/editions/x"} {
			if p := s.visit(c, base+path, nil); p.StatusCode != http.StatusNotFound {
				t.Errorf("%s: %s", path, p.Status)
			}
		}
	})
}
