package simulator

import (
	"context"
	stdcsv "encoding/csv"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"jalon/data"
	"jalon/e2e"
	"jalon/internal/apperr"
	"jalon/internal/framework"
	"jalon/internal/panorama"
	"jalon/internal/territory"
	"jalon/internal/web/shell"
	"jalon/internal/web/static"
)

func TestMain(m *testing.M) { os.Exit(e2e.Main(m)) }

// model is the real one, computed once.
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

func source(t testing.TB) Source {
	t.Helper()
	src, err := FromModel(func(context.Context) (*panorama.Model, error) { return model() })(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return src
}

// site serves the real handlers under the policy of the real site.
func site(t testing.TB) http.Handler {
	t.Helper()
	hs := Handlers(Deps{
		Shell:  &shell.Shell{BaseURL: "https://jalon.example", Asset: static.URL},
		Source: FromModel(func(context.Context) (*panorama.Model, error) { return model() }),
	})
	mux := http.NewServeMux()
	for pattern, name := range map[string]string{
		"/simulateur": "simulators", "/simulateur/{territoire}": "simulator", "/simulateur/{territoire}/simulation.csv": "simulator-csv",
	} {
		mux.HandleFunc("GET "+pattern, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
			if err := hs[name](w, r); err != nil {
				http.Error(w, apperr.Message(err), apperr.Status(err))
			}
		})
	}
	mux.Handle("/static/", static.Handler())
	return mux
}

func get(t testing.TB, address string) *httptest.ResponseRecorder {
	t.Helper()
	w := httptest.NewRecorder()
	site(t).ServeHTTP(w, httptest.NewRequest(http.MethodGet, address, nil))
	return w
}

func TestAddressesLeadToTheirRegion(t *testing.T) {
	tests := []struct {
		address, location string
		status            int
	}{
		{"/simulateur/grand-est", "", 200},
		{"/simulateur/la-reunion", "", 200},
		{"/simulateur/grand-est?depuis=epci%3A246700488", "", 200},
		{"/simulateur/grand-est?integre=1", "", 200},
		{"/simulateur/Grand-Est?v-covoiturage=1", "/simulateur/grand-est?v-covoiturage=1", 301},
		{"/simulateur/paca?t-co2_enr=5", "/simulateur/provence-alpes-cote-d-azur?t-co2_enr=5", 301},
		{"/simulateur/region:44?v-covoiturage=1", "/simulateur/grand-est?v-covoiturage=1", 303},
		{"/simulateur/department:67", "/simulateur/grand-est?depuis=department%3A67", 303},
		{"/simulateur/commune:67482", "/simulateur/grand-est?depuis=commune%3A67482", 303},
		{"/simulateur/nation", "/simulateur", 303},
		{"/simulateur/grand-est?v-covoiturage=1,50&utm_source=x", "/simulateur/grand-est?v-covoiturage=1.5", 303},
		{"/simulateur/grand-est?v-covoiturage=247.4421", "/simulateur/grand-est", 303},
		{"/simulateur/grand-est?c-augm_voitelec=120&t-augm_v%C3%A9lotc=400", "/simulateur/grand-est?f-voitures-electriques=120&v-velo-transports-commun=400", 303},
		{"/simulateur/corse?t-co2_enr=650", "/simulateur/corse?v-om-mix-electrique=650", 303},
		{"/simulateur/grand-est?t-co2_enr=650", "/simulateur/grand-est?v-electricite-renouvelable=650", 303},
		{"/simulateur?lien=https%3A%2F%2Fsite%2Fterritoire%2Fpaca%2Fambition%3Fc-co2_indus%3D9", "/simulateur/provence-alpes-cote-d-azur?c-co2_indus=9", 303},
		{"/simulateur?lien=https%3A%2F%2Fsite%2Fterritoire%2Fatlantide", "", 400},
		{"/simulateur?lien=bonjour", "", 400},
		{"/simulateur/atlantide", "", 404},
		{"/simulateur/region:99", "", 404},
		{"/simulateur/x:y", "", 400},
		{"/simulateur/grand-est?v-covoiturage=beaucoup", "", 200},
		{"/simulateur/grand-est?v-" + strings.Repeat("x", 17<<10) + "=1", "", 413},
	}
	for _, tt := range tests {
		w := get(t, tt.address)
		if w.Code != tt.status || w.Header().Get("Location") != tt.location {
			t.Errorf("%.80s: %d %q, want %d %q", tt.address, w.Code, w.Header().Get("Location"), tt.status, tt.location)
		}
	}
}

func TestTerritoryOverSeveralRegionsChooses(t *testing.T) {
	src := source(t)
	m, err := model()
	if err != nil {
		t.Fatal(err)
	}
	for _, g := range m.Tree().Groups() {
		ref := territory.Ref{Scale: territory.EPCI, Code: g.SIREN}
		x, err := src.Lookup(ref)
		if err != nil {
			t.Fatal(err)
		}
		regions := regionsOf(src, x)
		if len(regions) < 2 {
			continue
		}
		w := get(t, "/simulateur/"+ref.String())
		for _, r := range regions {
			if !strings.Contains(w.Body.String(), `href="`+path(r)+`"`) {
				t.Errorf("%s: %d without a link to %s", x.Name, w.Code, r.Name)
			}
		}
		return
	}
	t.Fatal("no EPCI lies in several regions")
}

// The level that the simulator shows for the objective is the one that the
// panorama shows, in every region and for every lever.
func TestLevelsAgreeWithThePanorama(t *testing.T) {
	src := source(t)
	units := 0
	for _, r := range src.Regions() {
		p, err := src.Of(territory.Ref{Scale: territory.RegionS, Code: r.Code})
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range p.Lines {
			if !l.Objective.Known || !panorama.HasUnit(l.Equiv) {
				continue
			}
			units++
			want := l.Equiv.Change.V
			if l.Equiv.Relative {
				want = l.Equiv.Target.V
			}
			if got := panorama.Level(l.Equiv, l.Objective.Kg); got != want {
				t.Errorf("%s, %s: %v, the panorama says %v", r.Name, l.Lever.Code, got, want)
			}
		}
	}
	if units < 13*20 {
		t.Errorf("only %d cells have a unit", units)
	}
}

func TestFormWithoutScript(t *testing.T) {
	body := get(t, "/simulateur/grand-est?v-covoiturage=200").Body.String()
	for _, want := range []string{
		`name="etat" value="v-covoiturage=200"`, `name="vk-covoiturage" value="200"`, `name="vu-covoiturage" value="485,0"`,
		`name="vk-voitures-electriques" value="966,1"`, `name="vu-voitures-electriques" value="459,7"`,
		"reste à assigner\u00a0: 47,4\u00a0kt", "non renseigné",
	} {
		if !strings.Contains(body, want) {
			t.Errorf("the page does not hold %q", want)
		}
	}
	form := url.Values{
		"etat":           {"v-covoiturage=200"},
		"vk-covoiturage": {"200"}, "vu-covoiturage": {"485"},
		"vk-voitures-electriques": {"966,1"}, "vu-voitures-electriques": {"300"},
		"fk-voitures-electriques": {"50,5"}, "fu-voitures-electriques": {""},
	}
	if got, want := get(t, "/simulateur/grand-est?"+form.Encode()).Header().Get("Location"), "/simulateur/grand-est?f-voitures-electriques=50.5&v-covoiturage=200&v-voitures-electriques=624.7"; got != want {
		t.Errorf("the form leads to %q, want %q", got, want)
	}
	form.Set("vk-covoiturage", "<b>beaucoup</b>")
	w := get(t, "/simulateur/grand-est?"+form.Encode())
	for _, want := range []string{
		`value="&lt;b&gt;beaucoup&lt;/b&gt;" aria-describedby="vk-covoiturage-erreur" aria-invalid="true"`,
		`id="vk-covoiturage-erreur"`, `href="#vk-covoiturage"`, `value="300,0"`, "Un champ est à corriger",
	} {
		if w.Code != http.StatusOK || !strings.Contains(w.Body.String(), want) {
			t.Errorf("%d: the form with a fault does not hold %q", w.Code, want)
		}
	}
}

func TestCSV(t *testing.T) {
	w := get(t, "/simulateur/grand-est/simulation.csv?f-voitures-electriques=50.5&v-voitures-electriques=624.7")
	body, ok := strings.CutPrefix(w.Body.String(), "\ufeff")
	if !ok || w.Header().Get("Content-Type") != "text/csv; charset=utf-8" {
		t.Errorf("%d %s, BOM %t", w.Code, w.Header().Get("Content-Type"), ok)
	}
	rd := stdcsv.NewReader(strings.NewReader(body))
	rd.Comma = ';'
	rows, err := rd.ReadAll()
	if err != nil || len(rows) != 31 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	for _, row := range rows {
		if row[0] == "voitures-electriques" {
			want := []string{"966,1408", "50,5", "624,7", "341,4408", "milliers de véhicules électriques", "7,8", "31,4", "300,0", "459,7", "simulation"}
			if diff := cmp.Diff(want, row[3:13]); diff != "" {
				t.Error(diff)
			}
		}
		if row[0] == "production-industrielle" && row[4] != "" {
			t.Errorf("what is done is unknown, the file says %q", row[4])
		}
	}
	if w := get(t, "/simulateur/grand-est/simulation.csv?v-covoiturage=beaucoup"); w.Code != http.StatusSeeOther {
		t.Errorf("a file of what could not be read: %d", w.Code)
	}
}

func TestEveryRegionHasItsPage(t *testing.T) {
	for _, r := range source(t).Regions() {
		w := get(t, path(r))
		if w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "objectif entièrement assigné") {
			t.Errorf("%s: %d", r.Name, w.Code)
		}
		if r.Overseas && strings.Contains(w.Body.String(), `name="vu-`) {
			t.Errorf("%s has a field in a physical unit", r.Name)
		}
	}
}

func TestNumbersForReaders(t *testing.T) {
	for kg, want := range map[panorama.Kg]string{
		0: "0", 966_140_800: "966", 22_116_000_000: "22\u202f116", 99_949_999: "99,9", 99_960_000: "100", 12_000_000: "12", 1_250_000: "1,3",
		999_900: "1", 45_600: "0,046", 400: "0", -1_500_000_000: "−1\u202f500", -400: "0",
	} {
		if got := ktText(kg); got != want {
			t.Errorf("%d kg: %q, want %q", kg, got, want)
		}
	}
}
