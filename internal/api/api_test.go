package api_test

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"jalon/data"
	"jalon/internal/api"
	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/debate"
	"jalon/internal/debate/minutes"
	"jalon/internal/debate/question"
	"jalon/internal/framework"
	"jalon/internal/journal"
	"jalon/internal/panorama"
	"jalon/internal/series"
	"jalon/internal/territory"
	"jalon/internal/testkit"
	"jalon/internal/web/shell"
)

// patterns are the addresses under which the list of routes serves the handlers.
var patterns = map[string]string{
	"/api/v1/openapi.json":               "api-openapi",
	"/api/v1/territories":                "api-territories",
	"/api/v1/territories/{ref}":          "api-territory",
	"/api/v1/territories/{ref}/children": "api-children",
	"/api/v1/levers":                     "api-levers",
	"/api/v1/levers/{code}":              "api-lever",
	"/api/v1/panorama/{territory}":       "api-panorama",
	"/api/v1/figures/{key...}":           "api-figure",
	"/api/v1/figures/national/{key...}":  "api-board-figure",
	"/api/v1/board":                      "api-board",
	"/api/v1/metrics":                    "api-metrics",
	"/api/v1/series":                     "api-series",
	"/api/v1/series/{code}":              "api-series-one",
	"/api/v1/trends/{territory}":         "api-trends",
	"/api/v1/plans/{territory}":          "api-plans",
	"/api/v1/objectives/{territory}":     "api-objectives",
	"/api/v1/themes/{territory}":         "api-themes",
	"/api/v1/diagnoses/{territory}":      "api-diagnoses",
	"/api/v1/contributions/{territory}":  "api-contributions",
	"/api/v1/meetings/{territory}":       "api-meetings",
	"/api/v1/decisions/{territory}":      "api-decisions",
	"/api/v1/debates/{territory}":        "api-debates",
	"/api/v1/actions":                    "api-actions",
	"/api/v1/actions/{id}":               "api-action",
	"/api/v1/couverture/{territoire}":    "api-coverage",
	"/api/v1/aides":                      "api-aids",
	"/api/v1/aides/{id}":                 "api-aid",
	"/api/v1/mesures/{levier}":           "api-measures",
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

// server serves the API as the site does, errors as problems.
func server(t *testing.T) http.Handler {
	t.Helper()
	m, err := model()
	if err != nil {
		t.Fatal(err)
	}
	book, err := series.LoadBook(data.FS)
	if err != nil {
		t.Fatal(err)
	}
	q := testkit.DB(t)
	now := func() time.Time { return time.Date(2026, 11, 26, 0, 0, 0, 0, time.UTC) }
	ids := db.NewIDs(now, rand.Reader)
	cops := &cop.Room{DB: q, IDs: ids, Now: now, Journal: journal.New(ids, now, db.NewCursors([]byte("essai"))), Cursors: db.NewCursors([]byte("essai")), Random: rand.Reader}
	if err := cops.Load(t.Context(), data.FS, m.Tree()); err != nil {
		t.Fatal(err)
	}
	d := api.Deps{
		Book:      book,
		Q:         q,
		Now:       now,
		Model:     func(context.Context) (*panorama.Model, error) { return m, nil },
		Explain:   m.Explain,
		CursorKey: []byte("essai"),
		COPs:      cops, Minutes: &minutes.Room{Room: &debate.Room{DB: q, Cursors: cops.Cursors, COPs: cops}}, Debates: &question.Room{Room: &debate.Room{DB: q, Cursors: cops.Cursors, COPs: cops}},
		Perimeter: func(_ context.Context, id string) (territory.Territory, []int32, error) {
			if id == "essai" {
				idx, err := m.Tree().CommunesOf(territory.Ref{Scale: territory.EPCI, Code: astride(m.Tree())})
				return territory.Territory{Ref: territory.Ref{Scale: territory.Perimeter, Code: id}, Name: "Essai", Kind: "PETR", Path: "/perimetres/essai", Population: -1}, idx, err
			}
			return territory.Territory{}, nil, apperr.NotFoundf("Périmètre inconnu\u00a0: %s.", id)
		},
	}
	mux := http.NewServeMux()
	handlers := api.Handlers(d)
	for pattern, name := range patterns {
		mux.HandleFunc("GET "+pattern, serve(handlers[name]))
	}
	return mux
}

func serve(h shell.Handler) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if err := h(w, r); err != nil {
			w.Header().Set("Content-Type", "application/problem+json")
			w.WriteHeader(apperr.Status(err))
			_ = json.NewEncoder(w).Encode(map[string]any{"type": "about:blank", "title": "x", "status": apperr.Status(err), "detail": apperr.Message(err)})
		}
	}
}

func get(t *testing.T, h http.Handler, path string) (int, []byte) {
	t.Helper()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/api/v1"+path, nil))
	return w.Code, w.Body.Bytes()
}

func TestEveryAnswerIsAsDescribed(t *testing.T) {
	h, s := server(t), newSchemas(t)
	type answer struct {
		path, schema string
		status       int
	}
	answers := []answer{
		{"/territories", "TerritoryList", 200},
		{"/territories?scale=commune&limit=1000", "TerritoryList", 200},
		{"/territories?q=" + url.QueryEscape("saint étienne"), "TerritoryList", 200},
		{"/territories?q=67000&scale=commune&limit=3", "TerritoryList", 200},
		{"/territories/nation", "Territory", 200},
		{"/territories/region:44", "Territory", 200},
		{"/territories/department:974", "Territory", 200},
		{"/territories/epci:246700488", "Territory", 200},
		{"/territories/commune:29083", "Territory", 200},
		{"/territories/nation/children", "TerritoryList", 200},
		{"/territories/region:44/children", "TerritoryList", 200},
		{"/territories/epci:246700488/children", "TerritoryList", 200},
		{"/territories/commune:97501", "Territory", 200},
		{"/territories/commune:67482/children", "TerritoryList", 200},
		{"/territories/nation/children?scale=epci", "TerritoryList", 200},
		{"/territories/department:67/children?scale=region", "Problem", 400},
		{"/territories/perimeter:essai", "Territory", 200},
		{"/territories/perimeter:essai/children", "TerritoryList", 200},
		{"/panorama/perimeter:essai", "Panorama", 200},
		{"/panorama/commune:97501", "Panorama", 200},
		{"/levers", "LeverList", 200},
		{"/levers/voitures-electriques", "LeverPage", 200},
		{"/panorama/nation", "Panorama", 200},
		{"/panorama/department:67", "Panorama", 200},
		{"/panorama/epci:246700488", "Panorama", 200},
		{"/panorama/commune:67482", "Panorama", 200},
		{"/panorama/commune:97411", "Panorama", 200},
		{"/figures/panorama/2024-07/voitures-electriques/region:44", "Figure", 200},
		{"/figures/panorama/2024-07/industrie/commune:67482", "Problem", 404},
		{"/series", "SeriesList", 200},
		{"/series?lever=voitures-electriques", "SeriesList", 200},
		{"/series/part-bio", "SeriesPage", 200},
		{"/series/part-bio?territory=region:44", "SeriesPage", 200},
		{"/series/dma-par-habitant?territory=region:44", "SeriesPage", 200},
		{"/series/points-recharge?territory=department:67", "SeriesPage", 200},
		{"/series/part-bio?territory=department:67", "Problem", 404},
		{"/series/rien", "Problem", 404},
		{"/series/part-bio?territory=rien", "Problem", 400},
		{"/series?levier=x", "Problem", 400},
		{"/trends/region:44", "Trends", 200},
		{"/trends/region:04", "Trends", 200},
		{"/trends/department:67", "Trends", 200},
		{"/trends/nation", "Trends", 200},
		{"/trends/region:99", "Problem", 404},
		{"/plans/region:44", "Plans", 200},
		{"/contributions/region:44?limit=10", "Contributions", 200},
		{"/contributions/departement:67", "Problem", 400},
		{"/meetings/region:44?past=1&limit=10", "Meetings", 200},
		{"/meetings/region:44", "Meetings", 200},
		{"/meetings/region:44?past=2", "Problem", 400},
		{"/meetings/region:44?cursor=rien", "Problem", 400},
		{"/meetings/region:99", "Problem", 404},
		{"/decisions/region:44?limit=10", "Decisions", 200},
		{"/decisions/region:44?limit=999", "Problem", 400},
		{"/debates/region:44", "Debates", 200},
		{"/debates/region:44?limit=3", "Problem", 400},
		{"/debates/departement:67", "Problem", 400},
		{"/plans/region:04", "Plans", 200},
		{"/plans/region:99", "Problem", 404},
		{"/plans/epci:246700488", "Problem", 400},
		{"/plans/rien", "Problem", 400},
		{"/objectives/region:44", "Objectives", 200},
		{"/objectives/department:67?cycle=2023-24", "Objectives", 200},
		{"/objectives/region:04", "Objectives", 200},
		{"/objectives/nation", "Objectives", 200},
		{"/objectives/region:44?cycle=1999", "Problem", 404},
		{"/objectives/nation?cycle=1999", "Problem", 404},
		{"/objectives/region:99", "Problem", 404},
		{"/objectives/commune:67482", "Problem", 400},
		{"/objectives/rien", "Problem", 400},
		{"/objectives/region:44?levier=x", "Problem", 400},
		{"/themes/region:44", "Themes", 200},
		{"/themes/region:04?cycle=2023-24", "Themes", 200},
		{"/themes/region:44?cycle=1999", "Problem", 404},
		{"/themes/department:67", "Problem", 400},
		{"/themes/rien", "Problem", 400},
		{"/diagnoses/region:44", "Diagnoses", 200},
		{"/diagnoses/region:99", "Problem", 404},
		{"/diagnoses/region:44?annee=1", "Problem", 400},
		{"/plans/region:44?levier=x", "Problem", 400},
		{"/territories/region:99", "Problem", 404},
		{"/territories/rien", "Problem", 400},
		{"/territories?limit=0", "Problem", 400},
		{"/territories?scale=canton", "Problem", 400},
		{"/territories?cursor=AAAA", "Problem", 400},
		{"/territories?q=a&cursor=AAAA", "Problem", 400},
		{"/territories?nom=a", "Problem", 400},
		{"/territories?q=a&q=b", "Problem", 400},
		{"/levers?version=1999", "Problem", 400},
		{"/levers/rien", "Problem", 404},
		{"/panorama/commune:99999", "Problem", 404},
		{"/panorama/perimeter:x", "Problem", 404},
	}
	m, err := model()
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range m.Tree().Regions() {
		answers = append(answers, answer{"/panorama/region:" + r.Code, "Panorama", 200})
	}
	for _, v := range m.Framework().Versions() {
		answers = append(answers, answer{"/levers?version=" + v.ID, "LeverList", 200})
		for _, l := range m.Framework().Levers(v.ID) {
			answers = append(answers, answer{"/levers/" + l.Code, "LeverPage", 200})
		}
	}
	for _, a := range answers {
		status, body := get(t, h, a.path)
		if status != a.status {
			t.Errorf("%s: status %d, want %d: %.200s", a.path, status, a.status, body)
			continue
		}
		s.check(t, a.schema, body)
	}
}

func TestEveryPathIsDescribedAndServed(t *testing.T) {
	var doc struct {
		OpenAPI string         `json:"openapi"`
		Paths   map[string]any `json:"paths"`
	}
	if err := json.Unmarshal(api.OpenAPI(), &doc); err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(doc.OpenAPI, "3.1") || len(doc.Paths) != len(patterns) {
		t.Errorf("openapi %s, %d paths described, %d served", doc.OpenAPI, len(doc.Paths), len(patterns))
	}
	for pattern := range patterns {
		path := strings.TrimPrefix(strings.Replace(pattern, "...}", "}", 1), "/api/v1")
		if doc.Paths[path] == nil {
			t.Errorf("%s is served and not described", path)
		}
	}
}

func TestFiguresOfRegion44(t *testing.T) {
	_, body := get(t, server(t), "/panorama/region:44")
	var got struct {
		Total struct {
			Kt json.Number `json:"kt"`
		} `json:"total"`
		Levers []struct {
			Lever     string `json:"lever"`
			Objective struct {
				Kt json.Number `json:"kt"`
				Kg int64       `json:"kg"`
			} `json:"objective"`
			Equivalent *struct {
				Start  json.Number `json:"start_2019"`
				Target json.Number `json:"target_2030"`
			} `json:"equivalent"`
		} `json:"levers"`
	}
	if err := json.Unmarshal(body, &got); err != nil {
		t.Fatal(err)
	}
	for _, l := range got.Levers {
		if l.Lever == "voitures-electriques" {
			if l.Objective.Kt != "966.1408" || l.Objective.Kg != 966140800 || l.Equivalent.Start != "7.8" || l.Equivalent.Target != "459.7" {
				t.Errorf("got %+v %+v", l, l.Equivalent)
			}
		}
	}
	if len(got.Levers) != 30 || !strings.HasPrefix(got.Total.Kt.String(), "22116") {
		t.Errorf("%d levers, total %s", len(got.Levers), got.Total.Kt)
	}
}

func TestACursorWalksEveryCommuneOnce(t *testing.T) {
	h := server(t)
	seen := map[string]bool{}
	for path := "/territories/region:94/children?scale=commune&limit=100"; path != ""; {
		status, body := get(t, h, path)
		if status != 200 {
			t.Fatalf("%s: %d %s", path, status, body)
		}
		var page struct {
			Items []struct {
				Ref string `json:"ref"`
			} `json:"items"`
			Next *string `json:"next"`
		}
		if err := json.Unmarshal(body, &page); err != nil {
			t.Fatal(err)
		}
		for _, x := range page.Items {
			if seen[x.Ref] {
				t.Fatalf("%s twice", x.Ref)
			}
			seen[x.Ref] = true
		}
		path = ""
		if page.Next != nil {
			path = "/territories/region:94/children?scale=commune&limit=100&cursor=" + *page.Next
			if status, _ := get(t, h, "/territories/region:93/children?scale=commune&cursor="+*page.Next); status != 400 {
				t.Errorf("a cursor of another list: %d", status)
			}
		}
	}
	if len(seen) != 360 {
		t.Errorf("%d communes of Corse, want 360", len(seen))
	}
}

// astride is an EPCI whose communes lie in two regions.
func astride(t *territory.Tree) string {
	for _, g := range t.Groups() {
		parts, err := t.Parts(territory.Ref{Scale: territory.EPCI, Code: g.SIREN})
		if err == nil && parts[0].Region != parts[len(parts)-1].Region {
			return g.SIREN
		}
	}
	return ""
}

func decode[T any](t *testing.T, h http.Handler, path string) (v T) {
	t.Helper()
	status, body := get(t, h, path)
	if status != http.StatusOK {
		t.Fatalf("%s: %d %s", path, status, body)
	}
	if err := json.Unmarshal(body, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

// An EPCI over two regions shows its parts, which add up to its total to the
// kilogram.
func TestAnEPCIOverTwoRegions(t *testing.T) {
	m, err := model()
	if err != nil {
		t.Fatal(err)
	}
	h := server(t)
	ref := "epci:" + astride(m.Tree())
	type total struct{ Kg int64 }
	got := decode[struct {
		Total total
		Parts []struct {
			Region string
			Total  total
		}
	}](t, h, "/panorama/"+ref)
	var sum int64
	for _, p := range got.Parts {
		sum += p.Total.Kg
	}
	if len(got.Parts) < 2 || sum != got.Total.Kg || sum == 0 {
		t.Errorf("%s: parts %+v, total %d", ref, got.Parts, got.Total.Kg)
	}
	place := decode[struct {
		Parts []struct{ Region string }
		Page  string
	}](t, h, "/territories/"+ref)
	if len(place.Parts) < 2 || !strings.HasSuffix(place.Page, "/panorama") {
		t.Errorf("%+v", place)
	}
}

// The communes of overseas collectivities are known, and counted nowhere.
func TestOutsideTheRegions(t *testing.T) {
	h := server(t)
	type place struct {
		Ref, Note string
		Page      *string
	}
	p := decode[place](t, h, "/territories/commune:97501")
	if p.Page != nil || !strings.Contains(p.Note, "Hors des 18 régions") {
		t.Errorf("%+v", p)
	}
	n := 0
	for path := "/territories/nation/children?scale=commune&limit=1000"; path != ""; {
		page := decode[struct {
			Items []place
			Next  *string
		}](t, h, path)
		for _, x := range page.Items {
			if n++; x.Page == nil {
				t.Errorf("%s is nobody's child", x.Ref)
			}
		}
		if path = ""; page.Next != nil {
			path = "/territories/nation/children?scale=commune&limit=1000&cursor=" + *page.Next
		}
	}
	if n != 34969-94 {
		t.Errorf("%d communes in the 18 regions, want 34 875", n)
	}
}
