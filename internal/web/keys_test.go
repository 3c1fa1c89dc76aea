package web_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"jalon/internal/action"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/policy"
	"jalon/internal/testkit"
)

// program sends a request as a program does: a key in its header, no cookie.
func (s *site) program(method, path, key, body string, headers ...string) page {
	r := httptest.NewRequest(method, "http://jalon.example"+path, strings.NewReader(body))
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	if key != "" {
		r.Header.Set("Authorization", "Bearer "+key)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	return s.do(r)
}

// key makes a key by its page, and returns it and the page.
func (s *site) key(c *http.Client, base, scope, verbs string) string {
	s.t.Helper()
	p := s.visit(c, base+"/mon-espace/cles", url.Values{"nom": {"Logiciel"}, "portee": {scope}, "permet": {verbs}, "fin": {s.now.AddDate(0, 2, 0).Format(time.DateOnly)}})
	key := regexp.MustCompile(`jalon_[A-Za-z0-9_-]{43}`).FindString(p.body)
	if p.StatusCode != http.StatusOK || key == "" {
		s.t.Fatalf("no key: %s %.2000s", p.Status, p.text("main"))
	}
	return key
}

// A program writes and reads in its scope with a key, never more than its person may, and
// only while the key serves.
func TestAProgramWritesWithAKey(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		c, base := s.signIn("equipe@region.example", policy.Team, "region", "44")
		here, other := cop.RegionID(cop.First, "44"), cop.RegionID(cop.First, "53")
		key, reads := s.key(c, base, "cop|"+here, "write"), s.key(c, base, "cop|"+here, "read")
		if p := s.visit(c, base+"/mon-espace/cles", nil); strings.Contains(p.body, key) || !strings.Contains(p.body, key[:12]) {
			t.Error("a key is shown again, or is not listed")
		}
		if p := s.visit(c, base+"/mon-espace/cles", url.Values{"nom": {"x"}, "portee": {"cop|" + other}, "permet": {"write"}, "fin": {"2099-01-01"}}); p.StatusCode != http.StatusUnprocessableEntity {
			t.Errorf("a key out of one's roles: %s", p.Status)
		}
		const path = "/api/v1/actions"
		body := `{"origin":"a-1","title":"Planter des haies","levers":["gestion-haies"],"places":[{"territory":"department:67"}],"holder":{"name":"Département"}}`
		made := s.program("POST", path, key, body)
		if made.StatusCode != http.StatusCreated || made.Header.Get("ETag") != `"1"` {
			t.Fatalf("%s %s", made.Status, made.body)
		}
		var x struct {
			ID, COP, Author string
			Rev             int64
		}
		if err := json.Unmarshal([]byte(made.body), &x); err != nil || x.COP != here || x.Author != "" {
			t.Fatal(err, made.body)
		}
		if again := s.program("POST", path, key, body); again.StatusCode != http.StatusOK || !strings.Contains(again.body, x.ID) {
			t.Errorf("sent twice: %s %s", again.Status, again.body)
		}
		one := path + "/" + x.ID
		change := func(title string) string { return strings.Replace(body, "Planter des haies", title, 1) }
		for _, w := range []struct {
			name, method, path, key, body, match string
			want                                 int
		}{
			{"nobody", "POST", path, "", body, "", http.StatusForbidden},
			{"a key that is none", "POST", path, "jalon_" + strings.Repeat("x", 43), body, "", http.StatusForbidden},
			{"a key that reads", "POST", path, reads, body, "", http.StatusForbidden},
			{"another region", "POST", path, key, `{"cop":"` + other + `","title":"Ailleurs","levers":["gestion-haies"]}`, "", http.StatusForbidden},
			{"an unknown field", "POST", path, key, `{"title":"x","retained":true}`, "", http.StatusBadRequest},
			{"no JSON", "POST", path, key, `{"title":`, "", http.StatusBadRequest},
			{"two at once", "POST", path, key, `{"title":"x"}{"title":"y"}`, "", http.StatusBadRequest},
			{"too large", "POST", path, key, `{"title":"` + strings.Repeat("x", 300<<10) + `"}`, "", http.StatusRequestEntityTooLarge},
			{"retained at once", "POST", path, key, `{"title":"x","state":"retained"}`, "", http.StatusBadRequest},
			{"no revision", "PUT", one, key, change("Autre"), "", http.StatusBadRequest},
			{"what is not there", "PUT", path + "/absente", key, body, "1", http.StatusNotFound},
			{"a draft to anyone", "GET", one, "", "", "", http.StatusNotFound},
			{"a draft to a key", "GET", one, reads, "", "", http.StatusOK},
			{"the list to a key", "GET", path, reads, "", "", http.StatusOK},
			{"an unknown filter", "GET", path + "?etat=x", "", "", "", http.StatusBadRequest},
			{"a write", "PUT", one, key, change("Planter et garder des haies"), `"1"`, http.StatusOK},
			{"the second writer", "PUT", one, key, change("Autre"), `"1"`, http.StatusConflict},
		} {
			p := s.program(w.method, w.path, w.key, w.body, "If-Match", w.match)
			if p.StatusCode != w.want {
				t.Errorf("%s: %s, want %d: %.300s", w.name, p.Status, w.want, p.body)
			}
			if w.want == http.StatusConflict && !strings.Contains(p.body, "Planter et garder des haies") {
				t.Errorf("the current version is not given: %s", p.body)
			}
		}
		var through int64
		if err := d.QueryRow(t.Context(), `SELECT COUNT(*) FROM journal WHERE subject = $1 AND acting_for LIKE 'api_key:%'`, x.ID).Scan(&through); err != nil || through != 2 {
			t.Errorf("the journal tells %d acts of the key: %v", through, err)
		}
		// What twenty demands of one origin make is one action.
		var wg sync.WaitGroup
		for range 20 {
			wg.Go(func() { s.program("POST", path, key, strings.Replace(body, "a-1", "a-2", 1)) })
		}
		wg.Wait()
		var n int64
		if err := d.QueryRow(t.Context(), `SELECT COUNT(*) FROM action WHERE origin = 'api:a-2'`).Scan(&n); err != nil || n != 1 {
			t.Errorf("%d actions of one origin: %v", n, err)
		}
		// What the person may no more, the key may no more; an ended key opens nothing.
		if _, err := d.Exec(t.Context(), `UPDATE role_grant SET ended_at = $1 WHERE ended_at IS NULL`, s.now.UnixMilli()); err != nil {
			t.Fatal(err)
		}
		if p := s.program("POST", path, key, strings.Replace(body, "a-1", "a-3", 1)); p.StatusCode != http.StatusNotFound && p.StatusCode != http.StatusForbidden {
			t.Errorf("without a role: %s %s", p.Status, p.body)
		}
		if _, err := d.Exec(t.Context(), `UPDATE api_key SET expires = '2020-01-01' WHERE verbs = 'read'`); err != nil {
			t.Fatal(err)
		}
		if p := s.program("GET", one, reads, ""); p.StatusCode != http.StatusForbidden {
			t.Errorf("an expired key: %s", p.Status)
		}
		var id string
		if err := d.QueryRow(t.Context(), `SELECT id FROM api_key WHERE verbs = 'write'`).Scan(&id); err != nil {
			t.Fatal(err)
		}
		if p := s.visit(c, base+"/mon-espace/cles/"+id+"/terminer", url.Values{}); p.StatusCode >= 400 {
			t.Error(p.Status)
		}
		if p := s.program("GET", path, key, ""); p.StatusCode != http.StatusForbidden {
			t.Errorf("an ended key: %s", p.Status)
		}
	})
}

// What is public is read without a key; the sheet of a territory tells it too.
func TestThePublicReadsActionsAndSheets(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		x := s.retained("Planter 40 km de haies", "gestion-haies", "2026", "km", 40, "department:67")
		for path, want := range map[string]string{
			"/api/v1/actions?region=44": x.ID, "/api/v1/actions?place=department:67&state=retained": x.ID, "/api/v1/actions/" + x.ID: "Planter 40 km", "/api/v1/couverture/region:44": `"actions_quantified":1`,
			"/api/v1/couverture/department:67": `"gestion-haies"`, "/api/v1/aides": `"items"`, "/api/v1/mesures/gestion-haies": `"items"`,
		} {
			if p := s.get(path); p.StatusCode != http.StatusOK || !strings.Contains(p.body, want) {
				t.Errorf("%s: %s %.400s", path, p.Status, p.body)
			}
		}
		s.get("/departements/67/fiche").has("#retenues", "Planter 40 km de haies")
		if p := s.get("/departements/68/fiche"); strings.Contains(p.body, "Planter 40 km") {
			t.Error("an action of another département is on the sheet")
		}
		for path, want := range map[string]int{"/departements/99/fiche": 404, "/perimetres/absent/fiche": 404, "/api/v1/couverture/commune:67482": 400, "/api/v1/mesures/inconnu": 404, "/api/v1/aides/absente": 404} {
			if p := s.get(path); p.StatusCode != want {
				t.Errorf("%s: %s, want %d", path, p.Status, want)
			}
		}
	})
}

// What an action brings, how it reads the grid, what it is tied to and when its tasks
// are due are written by a key with the rules of the pages, and left alone when they are
// not given.
func TestProgramsWriteWhatAnActionBrings(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		c, base := s.signIn("equipe@region.example", policy.Team, "region", "44")
		key := s.key(c, base, "cop|"+cop.RegionID(cop.First, "44"), "write")
		const path = "/api/v1/actions"
		const start = `{"title":"Planter des haies","levers":["gestion-haies"],"places":[{"territory":"department:67"}],"holder":{"name":"Département"},"tasks":[{"title":"Choisir les essences","due":"2026-05-01","done":"2026-04-02"}]`
		type told struct {
			ID        string
			Rev       int64
			Impacts   []action.Impact
			Relations []action.Relation
			Tasks     []action.Task
			Grid      action.Grid
		}
		send := func(method, at, match, more string, want int) (x told, body string) {
			t.Helper()
			p := s.program(method, at, key, start+more+"}", "If-Match", match)
			if p.StatusCode != want {
				t.Fatalf("%s %s: %s, want %d: %.600s", method, more, p.Status, want, p.body)
			}
			if err := json.Unmarshal([]byte(p.body), &x); err != nil {
				t.Fatal(err)
			}
			return x, p.body
		}
		other, _ := send("POST", path, "", "", 201)
		x, body := send("POST", path, "", `,"impacts":[{"lever":"gestion-haies","class":"quantified","quantity":40,"unit":"km","kg":1}],"relations":[{"kind":"depends","other":"`+other.ID+`"}],
			"self_assessment":{"met":{"born":true,"lever":true},"why":{"born":"Née de la COP."}}`, 201)
		if len(x.Impacts) != 1 || x.Impacts[0].Kg == nil || *x.Impacts[0].Kg <= 1 || x.Impacts[0].On == "" {
			t.Errorf("the impact is computed here: %s", body)
		}
		if len(x.Relations) != 1 || x.Relations[0].Other != other.ID || x.Grid.Self == nil || !x.Grid.Self.Met["born"] || x.Grid.Self.Person != "" || x.Tasks[0].Due != "2026-05-01" || x.Tasks[0].Done != "2026-04-02" {
			t.Errorf("%s", body)
		}
		one := path + "/" + x.ID
		match := func(x told) string { return strconv.FormatInt(x.Rev, 10) }
		y, body := send("PUT", one, match(x), "", 200)
		if len(y.Impacts) != 1 || *y.Impacts[0].Kg != *x.Impacts[0].Kg || len(y.Relations) != 1 || y.Grid.Self == nil {
			t.Errorf("what is not given is taken away: %s", body)
		}
		for more, says := range map[string]string{
			`,"impacts":[{"lever":"gestion-haies","class":"quantified","quantity":40,"unit":"boisseaux"}]`: "unit",
			`,"impacts":[{"lever":"covoiturage","class":"unassessed"}]`:                                    "covoiturage",
			`,"impacts":[{"lever":"gestion-haies","class":"quantified","quantity":400000,"unit":"km"}]`:    "above",
			`,"impacts":[{"lever":"gestion-haies","class":"quantified"}]`:                                  "n’est pas un zéro",
			`,"relations":[{"kind":"depends","other":"` + x.ID + `"}]`:                                     "elle-même",
			`,"relations":[{"kind":"depends","other":"absente"}]`:                                          "n’existe plus",
			`,"self_assessment":{"met":{"inventé":true}}`:                                                  "inventé",
			`,"self_assessment":{"verdict":"favourable"}`:                                                  "verdict",
			`,"opinion":{}`: "opinion",
		} {
			p := s.program("PUT", one, key, start+more+"}", "If-Match", match(y))
			if p.StatusCode != 400 || !strings.Contains(p.body, says) {
				t.Errorf("%s: %s %.400s", more, p.Status, p.body)
			}
		}
		if z, body := send("PUT", one, match(y), `,"impacts":[{"lever":"gestion-haies","class":"quantified","quantity":400000,"unit":"km","above":true}],"relations":[]`, 200); !z.Impacts[0].Above || len(z.Relations) != 0 {
			t.Errorf("confirmed: %s", body)
		}
	})
}
