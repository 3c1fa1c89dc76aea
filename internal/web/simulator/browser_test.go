package simulator

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"jalon/e2e"
	"jalon/internal/panorama"
	"jalon/internal/territory"
	"jalon/internal/web/static"
)

// typing is one thing typed by a reader, and what the page then shows.
type typing struct {
	Field, Text string
}

type answer struct {
	Kt, Unit, Query, Aim, Rest, Done, Warnings string
}

// play types each value as a person does, and reads the page after each.
const play = `(list => list.map(({Field, Text}) => {
	const f = document.getElementById(Field), [, side, code] = /^(.)[ku]-(.+)$/.exec(Field);
	f.value = Text;
	f.dispatchEvent(new Event("input", {bubbles: true}));
	f.dispatchEvent(new Event("change", {bubbles: true}));
	const v = id => document.getElementById(id)?.value ?? "", t = s => document.querySelector(s).textContent;
	return {
		Kt: v(side + "k-" + code), Unit: v(side + "u-" + code), Query: document.querySelector("[name=etat]").value,
		Aim: t("#jauge [data-gauge-assigned]"), Rest: t("#jauge [data-gauge-rest]"), Done: t("[data-tally=''] [data-done]"),
		Warnings: [...f.closest("[data-lever]").querySelectorAll("[data-warn]:not([hidden])")].map(e => e.dataset.warn).join(),
	};
}))`

// The script and the server are two writings of one arithmetic: they must give
// the same fields, the same address and the same words, keystroke by keystroke.
func TestScriptAgreesWithServer(t *testing.T) {
	src := source(t)
	server := httptest.NewServer(site(t))
	t.Cleanup(server.Close)
	rnd := rand.New(rand.NewPCG(2030, 2019))
	for _, slug := range []string{"grand-est", "ile-de-france", "corse", "mayotte"} {
		for _, start := range []string{"", "depart=zero"} {
			t.Run(slug+" "+start, func(t *testing.T) {
				region, err := regionBySlug(src, slug)
				if err != nil {
					t.Fatal(err)
				}
				p, err := src.Of(territory.Ref{Scale: territory.RegionS, Code: region.Code})
				if err != nil {
					t.Fatal(err)
				}
				list := typings(rnd, p)
				arg, err := json.Marshal(list)
				if err != nil {
					t.Fatal(err)
				}
				page := e2e.Open(t, server.URL)
				page.Visit(withQuery(path(region), start))
				got := e2e.Eval[[]answer](page, play+"("+string(arg)+")")
				query := start
				for i, x := range list {
					want := serverAnswer(t, src, region, query, x)
					if got[i] != want {
						t.Fatalf("after %q in %s, from %q:\nscript %q\nserver %q", x.Text, x.Field, query, got[i], want)
					}
					query = want.Query
				}
			})
		}
	}
}

// typings draws what people type, lever by lever, in each field.
func typings(rnd *rand.Rand, p panorama.Panorama) []typing {
	var out []typing
	for _, l := range p.Lines {
		for _, side := range panorama.Sides() {
			e := panorama.Entry{Lever: l.Lever.Code, Side: side}
			top := l.Objective.Kg.Kt()*2 + 10
			out = append(out,
				typing{panorama.FieldName(e, false), comma(rnd.Float64()*top, rnd.IntN(7))},
				typing{panorama.FieldName(e, false), comma(-rnd.Float64()*top/9, 1)})
			if panorama.HasUnit(l.Equiv) {
				from, to := panorama.Level(l.Equiv, 0), panorama.Level(l.Equiv, l.Objective.Kg)
				out = append(out,
					typing{panorama.FieldName(e, true), comma(from+(to-from)*rnd.Float64()*1.5, rnd.IntN(4))},
					typing{panorama.FieldName(e, true), panorama.FieldLevel(l.Equiv, l.Objective.Kg)})
			}
			if rnd.IntN(3) == 0 {
				out = append(out, typing{panorama.FieldName(e, false), ""})
			}
			out = append(out, typing{panorama.FieldName(e, false), "1\u202f" + strconv.Itoa(100+rnd.IntN(900)) + ".25"})
		}
	}
	return out
}

func comma(v float64, decimals int) string {
	return strings.Replace(strconv.FormatFloat(v, 'f', decimals, 64), ".", ",", 1)
}

// serverAnswer is what the page without script shows after the same typing.
func serverAnswer(t *testing.T, src Source, region territory.Region, query string, x typing) answer {
	t.Helper()
	s, remarks, err := read(src, region, url.Values{panorama.FormState: {query}, x.Field: {x.Text}}.Encode())
	if err != nil || len(remarks) > 0 {
		t.Fatalf("%q in %s: %v %v", x.Text, x.Field, remarks, err)
	}
	e := panorama.Entry{Side: panorama.Side(x.Field[:1]), Lever: x.Field[3:]}
	all := s.Tally("")
	var warned []string
	for _, w := range s.Warnings(e.Lever) {
		warned = append(warned, string(w))
	}
	return answer{
		Kt: s.Field(e, false), Unit: s.Field(e, true), Query: s.Query(),
		Aim: ktText(all.Aim), Rest: restText(all), Done: doneText(all), Warnings: strings.Join(warned, ","),
	}
}

func TestPageInABrowser(t *testing.T) {
	server := httptest.NewServer(site(t))
	t.Cleanup(server.Close)
	page := e2e.Open(t, server.URL)
	page.Visit("/simulateur")
	page.Axe()
	page.Narrow()
	page.Resize(1280, 900)
	page.Visit("/simulateur/grand-est?f-voitures-electriques=90&v-residentiel-fioul=1500&v-voitures-electriques=500")
	page.Axe()
	page.Fill("#vu-voitures-electriques", "300")
	page.Press("\t")
	if got, want := page.Path(), "/simulateur/grand-est?f-voitures-electriques=90&v-residentiel-fioul=1500&v-voitures-electriques=624.7"; got != want {
		t.Errorf("the address is %q, want %q", got, want)
	}
	page.Fill("#vk-covoiturage", "beaucoup")
	page.Press("\t")
	if got := page.Text("#vk-covoiturage-erreur"); !strings.Contains(got, "ne peut pas être lu") {
		t.Errorf("the fault is said as %q", got)
	}
	page.Axe()
	page.Screenshot(1280, 900)
	page.Narrow()
	page.Axe()
	page.Screenshot(320, 640)
	page.Dark()
	page.Visit(page.Path())
	page.Axe()
	page.PDF(false)
}

func TestPageWithoutScript(t *testing.T) {
	server := httptest.NewServer(site(t))
	t.Cleanup(server.Close)
	page := e2e.Open(t, server.URL)
	page.NoScript()
	page.Visit("/simulateur/bretagne")
	page.Fill("#vu-voitures-electriques", "100")
	page.Follow(".sim-bar button")
	if got := page.Path(); !strings.HasPrefix(got, "/simulateur/bretagne?v-voitures-electriques=") || strings.Contains(got, "etat") {
		t.Errorf("the form leads to %q", got)
	}
}

// The script is counted in the budget of the page.
func TestScriptIsSmall(t *testing.T) {
	r := httptest.NewRequest(http.MethodGet, static.URL("simulator.js"), nil)
	w := httptest.NewRecorder()
	static.Handler().ServeHTTP(w, r)
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := io.Copy(z, w.Body); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	if b.Len() > 3<<10 || w.Code != 200 {
		t.Errorf("simulator.js: %d, %d bytes compressed, want at most 3072", w.Code, b.Len())
	}
}
