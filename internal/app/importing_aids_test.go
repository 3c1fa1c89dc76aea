package app

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/testkit"
)

// theAPI stands in for the API of Aides-territoires: a token for a token, then pages.
type theAPI struct {
	aids  []map[string]any
	calls atomic.Int32
	spoil func(w http.ResponseWriter, page int) bool // answers otherwise
}

func (a *theAPI) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	a.calls.Add(1)
	switch {
	case r.URL.Path == "/api/connexion/" && r.Method == http.MethodPost && r.Header.Get("X-AUTH-TOKEN") == "jeton":
		_, _ = w.Write([]byte(`{"token":"jour"}`))
	case r.URL.Path != "/api/aids/all/" || r.Header.Get("Authorization") != "Bearer jour":
		w.WriteHeader(http.StatusUnauthorized)
	default:
		page, _ := strconv.Atoi(r.URL.Query().Get("page"))
		if a.spoil != nil && a.spoil(w, page) {
			return
		}
		from, to := min((page-1)*100, len(a.aids)), min(page*100, len(a.aids))
		_ = json.NewEncoder(w).Encode(map[string]any{"count": len(a.aids), "previous": nil, "next": nil, "results": a.aids[from:to]})
	}
}

func manyAids(n int) []map[string]any {
	out := make([]map[string]any, n)
	for i := range out {
		out[i] = map[string]any{"id": 1000 + i, "slug": "aide-" + strconv.Itoa(i), "url": "/aides/aide-" + strconv.Itoa(i) + "/", "name": "Planter des haies " + strconv.Itoa(i), "financers": []string{"Région Grand Est"}, "instructors": []string{}, "programs": []string{},
			"description": "<p>Texte</p>", "perimeter": "Grand Est", "perimeter_scale": "Région", "mobilization_steps": []string{"Mise en œuvre / réalisation"}, "aid_types": []string{"Subvention"}, "targeted_audiences": []string{"Communes"},
			"destinations": []string{"Dépenses d’investissement"}, "submission_deadline": "2026-12-01", "recurrence": "Ponctuelle", "is_charged": false, "is_call_for_project": false}
	}
	return out
}

func aidsCore(d *db.DB) *Core {
	c := coreOn(d)
	c.Config.AidsToken = "jeton"
	return c
}

// The whole of the API comes in, once; again, nothing is doubled, what changed is, and what
// people had added stays.
func TestAidsComeInFromTheAPI(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx, c := t.Context(), aidsCore(d)
		api := &theAPI{aids: manyAids(230)}
		s := httptest.NewServer(api)
		defer s.Close()
		bring := func(apply bool) Outcome {
			o, err := c.Import(ctx, ImportRequest{Kind: "aids", API: s.URL + "/api", Apply: apply, By: "essai"})
			if err != nil {
				t.Fatal(err, o)
			}
			return o
		}
		if o := bring(false); o.Accepted != 230 || rowsIn(t, d, "aid") != 0 {
			t.Errorf("a dry run writes: %s", o)
		}
		if o := bring(true); !strings.Contains(o.String(), "ajoutées\u00a0: 230") || rowsIn(t, d, "aid") != 230 || rowsIn(t, d, "aid_version") != 230 || rowsIn(t, d, "aid_incoming") != 0 {
			t.Errorf("%s", o)
		}
		if _, err := d.Exec(ctx, `UPDATE aid SET ours = '{"serves":[{"lever":"gestion-haies"}]}' WHERE origin = 'Aides-territoires:1000'`); err != nil {
			t.Fatal(err)
		}
		api.aids[0]["name"], api.aids[1]["submission_deadline"] = "Planter et gérer des haies", "2027-01-01"
		api.aids = append(api.aids, manyAids(231)[230])
		if o := bring(true); !strings.Contains(o.String(), "ajoutées\u00a0: 1\u00a0; modifiées\u00a0: 2\u00a0; inchangées\u00a0: 228") || rowsIn(t, d, "aid") != 231 || rowsIn(t, d, "aid_version") != 233 {
			t.Errorf("%s", o)
		}
		var ours, name string
		if err := d.QueryRow(ctx, `SELECT ours, name FROM aid WHERE origin = 'Aides-territoires:1000'`).Scan(&ours, &name); err != nil || !strings.Contains(ours, "gestion-haies") || name != "Planter et gérer des haies" {
			t.Error(ours, name, err)
		}
	})
}

// An API that answers nonsense changes nothing, and says what happened.
func TestAPIOfAidsThatAnswersNonsense(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		for name, x := range map[string]struct {
			change func(a *theAPI)
			says   string
		}{
			"html":  {func(a *theAPI) { a.spoil = text(200, "<!DOCTYPE html><h1>Maintenance</h1>") }, "autre chose que ce que sa documentation dit"},
			"types": {func(a *theAPI) { a.spoil = text(200, `{"count":"beaucoup","results":{}}`) }, "autre chose"},
			"endless": {func(a *theAPI) {
				a.spoil = text(200, `{"count":3,"results":[{"id":1,"name":"a"},{"id":1,"name":"a"}]}`)
			}, "se répètent"},
			"short":    {func(a *theAPI) { a.spoil = text(200, `{"count":3,"results":[]}`) }, "n’en a donné que 0"},
			"too many": {func(a *theAPI) { a.spoil = text(200, `{"count":3000000,"results":[]}`) }, "plus que les 50 000"},
			"nothing":  {func(a *theAPI) { a.aids = nil }, "aucune aide"},
			"refused":  {func(a *theAPI) { a.spoil = text(403, "") }, "JALON_AIDS_TOKEN"},
			"redirects": {func(a *theAPI) {
				a.spoil = func(w http.ResponseWriter, _ int) bool {
					w.Header().Set("Location", "http://127.0.0.1:1/")
					w.WriteHeader(http.StatusFound)
					return true
				}
			}, "ne répond pas"},
			"doubled": {func(a *theAPI) {
				a.aids[1] = map[string]any{"id": 1000, "name": "Une autre aide du même identifiant"}
			}, "1000 est déjà celui de la ligne 1"},
			"wrong row": {func(a *theAPI) { a.aids[1]["submission_deadline"] = []int{1} }, "submission_deadline"},
		} {
			t.Run(name, func(t *testing.T) {
				c := aidsCore(d)
				c.aidsAPI.Wait = noWait
				api := &theAPI{aids: manyAids(3)}
				x.change(api)
				s := httptest.NewServer(api)
				defer s.Close()
				o, err := c.Import(t.Context(), ImportRequest{Kind: "aids", API: s.URL + "/api", Apply: true, By: "essai"})
				if said := strings.ReplaceAll(apperr.Message(err)+o.String(), "\u00a0", " "); err == nil || !strings.Contains(strings.ReplaceAll(said, "\u202f", " "), x.says) {
					t.Errorf("%q does not say %q", said, x.says)
				}
				if rowsIn(t, d, "aid") != 0 {
					t.Error("half an import was kept")
				}
			})
		}
	})
}

// An API that fails for a while is asked again; one that fails for good is told.
func TestAPIOfAidsThatFails(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		c := aidsCore(d)
		c.aidsAPI.Wait = noWait
		failures := 2
		api := &theAPI{aids: manyAids(3)}
		api.spoil = func(w http.ResponseWriter, _ int) bool {
			if failures--; failures >= 0 {
				w.WriteHeader(http.StatusBadGateway)
				return true
			}
			return false
		}
		s := httptest.NewServer(api)
		defer s.Close()
		if _, err := c.Import(t.Context(), ImportRequest{Kind: "aids", API: s.URL + "/api", Apply: true, By: "essai"}); err != nil || rowsIn(t, d, "aid") != 3 {
			t.Error(err)
		}
		failures = 1 << 20
		if _, err := c.Import(t.Context(), ImportRequest{Kind: "aids", API: s.URL + "/api", Apply: true, By: "essai"}); apperr.KindOf(err) != apperr.Unavailable {
			t.Error(err)
		}
		c.Config.AidsToken = "autre"
		if _, err := c.Import(t.Context(), ImportRequest{Kind: "aids", API: s.URL + "/api", Apply: true, By: "essai"}); apperr.KindOf(err) != apperr.Invalid {
			t.Error(err)
		}
	})
}

// A file told twice is told: nothing is done. The same aid twice in a file counts once.
func TestAidsComeInFromFiles(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		c := aidsCore(d)
		aids := manyAids(2)
		aids = append(aids, aids[0])
		aids[1]["aid_types"], aids[1]["perimeter"], aids[1]["perimeter_scale"] = []string{"Cadeau"}, "Bassin Rhin-Meuse", "Bassin hydrographique"
		b, err := json.Marshal(aids)
		if err != nil {
			t.Fatal(err)
		}
		path := file(t, "aides.json", string(b))
		o, err := c.Import(t.Context(), ImportRequest{Kind: "aids", Path: path, Apply: true})
		for _, want := range []string{"ajoutées\u00a0: 2", "«\u00a0Cadeau\u00a0»", "gardé par son nom", "comptée une fois"} {
			if err != nil || !strings.Contains(o.String(), want) {
				t.Errorf("%v: %s does not say %s", err, o, want)
			}
		}
		if _, err := c.Import(t.Context(), ImportRequest{Kind: "aids", Path: path, Apply: true}); apperr.KindOf(err) != apperr.Conflict {
			t.Error(err)
		}
	})
}

func noWait(context.Context, time.Duration) error { return nil }

func text(status int, body string) func(http.ResponseWriter, int) bool {
	return func(w http.ResponseWriter, _ int) bool {
		w.WriteHeader(status)
		_, _ = fmt.Fprint(w, body)
		return true
	}
}
