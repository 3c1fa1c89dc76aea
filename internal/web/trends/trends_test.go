package trends_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"jalon/data"
	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/framework"
	"jalon/internal/panorama"
	"jalon/internal/series"
	"jalon/internal/territory"
	"jalon/internal/testkit"
	"jalon/internal/web/shell"
	"jalon/internal/web/trends"
)

// counting counts the statements of a page.
type counting struct {
	db.Q
	n int
}

func (c *counting) Query(ctx context.Context, query string, args ...any) (*db.Rows, error) {
	c.n++
	return c.Q.Query(ctx, query, args...)
}

func (c *counting) QueryRow(ctx context.Context, query string, args ...any) *db.Row {
	c.n++
	return c.Q.QueryRow(ctx, query, args...)
}

var model = sync.OnceValues(func() (*panorama.Model, error) {
	tree, err := territory.Embedded()
	if err != nil {
		return nil, err
	}
	fw, err := framework.Load(data.FS)
	if err != nil {
		return nil, err
	}
	return panorama.FromObservations(tree, fw, data.FS, nil)
})

// site serves the pages over a database, by the patterns of the list of routes.
func site(t testing.TB, q db.Q, own func(string) []series.Target) http.Handler {
	t.Helper()
	m, err := model()
	if err != nil {
		t.Fatal(err)
	}
	book, err := series.LoadBook(data.FS)
	if err != nil {
		t.Fatal(err)
	}
	now := func() time.Time { return time.Date(2026, 11, 26, 9, 0, 0, 0, time.UTC) }
	d := trends.Deps{Shell: &shell.Shell{Now: now}, Model: func(context.Context) (*panorama.Model, error) { return m, nil }, Book: book, Q: q, Now: now}
	if own != nil {
		d.Own = func(context.Context, territory.Ref) (panorama.Own, error) { return own, nil }
		d.Aim = func(context.Context, territory.Ref) (trends.Aim, error) {
			return func(_, name string) (string, string) {
				if name == "Haies" {
					return "4\u202f000 km de haies en plus", "Feuille de route de la COP"
				}
				return "", ""
			}, nil
		}
	}
	mux := http.NewServeMux()
	all := trends.Handlers(d)
	for pattern, name := range map[string]string{
		"/regions/{slug}/tendances": "region-trends", "/regions/{slug}/tendances/{indicateur}": "region-trend", "/regions/{slug}/tendances/{indicateur}/serie.csv": "region-trend-csv",
		"/regions/{slug}/biodiversite-ressources": "region-nature", "/departements/{code}/tendances": "department-trends", "/departements/{code}/tendances/{indicateur}": "department-trend",
	} {
		h := all[name]
		mux.HandleFunc("GET "+pattern, func(w http.ResponseWriter, r *http.Request) {
			if err := h(w, r); err != nil {
				http.Error(w, apperr.Message(err), apperr.Status(err))
			}
		})
	}
	return mux
}

func get(t testing.TB, h http.Handler, path string) (int, string) {
	t.Helper()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
	return w.Code, w.Body.String()
}

func TestPagesSayWhatIsJudged(t *testing.T) {
	h := site(t, nil, nil)
	for path, wants := range map[string][]string{
		"/regions/grand-est/tendances":                       {"11 leviers sur 30 ont un verdict", "à contre-sens", "pas de cible régionale", "Comment un verdict est donné", "120\u00a0%"},
		"/regions/la-reunion/tendances":                      {"aucun des 13 leviers ne peut être jugé", "0 levier sur 13"},
		"/regions/grand-est/tendances/bus-cars-decarbones":   {"en retard", "Cible\u00a0: 904", "cible de la région 2030", "panorama de l’État"},
		"/regions/grand-est/tendances/part-bio":              {"cible nationale", "Elle ne juge pas une région", "pas de cible régionale", "sur 13 régions comparables"},
		"/regions/la-reunion/tendances/part-bio":             {"régions comparables en"},
		"/regions/grand-est/tendances/prelevements-eau":      {"une quantité suit d’abord la taille"},
		"/regions/grand-est/tendances/cantines-bio":          {"Pas de rang", "déclarent"},
		"/regions/grand-est/biodiversite-ressources":         {"Haies", "aucune clé régionale inventée", "leviers territoriaux de 2026", "La région n’a pas saisi de cible"},
		"/departements/67/tendances":                         {"Pas de cible à cette échelle", "Tendances de la région Grand Est"},
		"/departements/67/tendances/points-recharge":         {"Points de recharge", "année incomplète"},
		"/regions/grand-est/tendances/part-bio/serie.csv":    {"part-bio;region:44;2024;"},
		"/regions/grand-est/tendances/puissance-solaire":     {"MW"},
		"/regions/grand-est/tendances/conso-tertiaire-gaz":   {"sur la trajectoire"},
		"/regions/grand-est/tendances/phytosanitaires-qsa":   {"pas de cible régionale"},
		"/regions/provence-alpes-cote-d-azur/tendances":      {"ont un verdict"},
		"/regions/mayotte/tendances":                         {"aucun des"},
		"/departements/2A/tendances":                         {"Corse-du-Sud"},
		"/regions/corse/tendances/conso-fossile-agriculture": {"Corse"},
	} {
		code, body := get(t, h, path)
		if code != 200 {
			t.Errorf("%s: %d %.200s", path, code, body)
			continue
		}
		for _, want := range wants {
			if !strings.Contains(body, want) {
				t.Errorf("%s does not say %q", path, want)
			}
		}
	}
	// A national quantity (10.06 Mha of meadows, 28.6 Gm³) is drawn on no region.
	for _, path := range []string{"/regions/grand-est/tendances/prairies-permanentes", "/regions/grand-est/tendances/prelevements-eau", "/regions/grand-est/tendances/puissance-solaire"} {
		if _, body := get(t, h, path); strings.Contains(body, "cible nationale") {
			t.Errorf("%s draws a national quantity", path)
		}
	}
	for path, want := range map[string]int{
		"/regions/rien/tendances": 404, "/regions/grand-est/tendances/rien": 404, "/regions/grand-est/tendances/parc-vp": 404, "/departements/00/tendances": 404,
		"/regions/44/tendances": 301, "/regions/GRAND-EST/tendances/part-bio": 301, "/departements/2a/tendances": 301, "/regions/mayotte/tendances/chaleur-livree": 404,
	} {
		if code, body := get(t, h, path); code != want {
			t.Errorf("%s: %d, want %d: %.100s", path, code, want, body)
		}
	}
}

// What a region shares as its objective comes before the State's panorama, and its
// own aim stands on the axes that have no kt.
func TestTheRegionsOwnTargetComesFirst(t *testing.T) {
	own := func(lever string) []series.Target {
		if lever != "bus-cars-decarbones" {
			return nil
		}
		return []series.Target{{Origin: series.Plan, Label: "SRADDET", Value: 1, Unit: "bus et cars décarbonés", Year: 2030},
			{Origin: series.Shared, Label: "objectif partagé de la région", Value: 120, Low: 110, High: 130, Unit: "bus et cars décarbonés", Year: 2030}}
	}
	h := site(t, nil, own)
	_, body := get(t, h, "/regions/grand-est/tendances/bus-cars-decarbones")
	if !strings.Contains(body, "en avance") || !strings.Contains(body, "objectif partagé de la région") || !strings.Contains(body, "fourchette de la cible") {
		t.Error("the shared objective does not judge")
	}
	if _, body := get(t, h, "/regions/grand-est/biodiversite-ressources"); !strings.Contains(body, "4\u202f000 km de haies en plus") {
		t.Error("the region's own aim is not shown")
	}
}

// fill writes a published edition of so many values, far from the page's region.
func fill(t testing.TB, d *db.DB, rows int) {
	t.Helper()
	ctx := context.Background()
	batch := make([]series.Observation, 0, 1000)
	for i := range rows {
		v := float64(i)
		batch = append(batch, series.Observation{Series: "serie/parc-vp", Territory: fmt.Sprintf("commune:%05d", i/20), Year: 2000 + i%20, Edition: "plein", Value: &v, Unit: "voitures", Class: "provider", Source: "essai"})
		if len(batch) == cap(batch) || i == rows-1 {
			if err := series.Write(ctx, d, batch); err != nil {
				t.Fatal(err)
			}
			batch = batch[:0]
		}
	}
	if err := series.Publish(ctx, d, "plein", time.UnixMilli(1)); err != nil {
		t.Fatal(err)
	}
}

// A page costs the same number of statements in an empty base and in a full one.
func TestStatementsDoNotGrow(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		cost := func() string {
			q := &counting{Q: d}
			h := site(t, q, nil)
			var all []string
			for _, path := range []string{"/regions/grand-est/tendances", "/regions/grand-est/tendances/part-bio", "/regions/grand-est/biodiversite-ressources", "/departements/67/tendances"} {
				q.n = 0
				if code, body := get(t, h, path); code != 200 {
					t.Fatalf("%s: %d %s", path, code, body)
				}
				all = append(all, fmt.Sprint(q.n))
			}
			return strings.Join(all, " ")
		}
		before := cost()
		fill(t, d, 20_000)
		if after := cost(); before != "1 3 1 1" || after != before {
			t.Errorf("statements: %s empty, %s full; want 1 3 1 1", before, after)
		}
	})
}

// A ratio that no edition gives for a département is made of its two terms when
// they came in, and is not shown otherwise.
func TestARatioOfADepartment(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		h := site(t, d, nil)
		if code, _ := get(t, h, "/departements/67/tendances/parc-voitures-electriques"); code != 404 {
			t.Errorf("without its terms: %d", code)
		}
		var rows []series.Observation
		for name, v := range map[string]float64{"parc-vp-electriques": 20, "parc-vp": 1000} {
			rows = append(rows, series.Observation{Series: "serie/" + name, Territory: "department:67", Year: 2024, Edition: "t", Value: &v, AsPublished: fmt.Sprint(v), Unit: "voitures", Class: "provider", Source: "essai", Label: "essai"})
		}
		if err := series.Write(context.Background(), d, rows); err != nil {
			t.Fatal(err)
		}
		if err := series.Publish(context.Background(), d, "t", time.UnixMilli(1)); err != nil {
			t.Fatal(err)
		}
		code, body := get(t, h, "/departements/67/tendances/parc-voitures-electriques")
		if code != 200 || !strings.Contains(body, "2\u00a0% en 2024") {
			t.Errorf("%d: %.300s", code, body)
		}
	})
}
