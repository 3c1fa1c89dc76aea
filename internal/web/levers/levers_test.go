package levers_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"jalon/data"
	"jalon/internal/apperr"
	"jalon/internal/framework"
	"jalon/internal/panorama"
	"jalon/internal/territory"
	"jalon/internal/web/levers"
	"jalon/internal/web/shell"
)

func serve(t *testing.T, name, target, code string) (string, error) {
	t.Helper()
	tree, err := territory.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	fw, err := framework.Load(data.FS)
	if err != nil {
		t.Fatal(err)
	}
	m, err := panorama.FromObservations(tree, fw, data.FS, nil)
	if err != nil {
		t.Fatal(err)
	}
	hs := levers.Handlers(levers.Deps{
		Shell: &shell.Shell{Asset: func(n string) string { return "/static/" + n }},
		Model: func(context.Context) (*panorama.Model, error) { return m, nil },
	})
	r := httptest.NewRequest(http.MethodGet, target, http.NoBody)
	r.SetPathValue("code", code)
	w := httptest.NewRecorder()
	err = hs[name](w, r)
	return w.Body.String(), err
}

func TestALeverShowsThe18Regions(t *testing.T) {
	for _, code := range []string{"voitures-electriques", "om-mix-electrique"} {
		page, err := serve(t, "lever", "/leviers/"+code, code)
		if err != nil {
			t.Fatal(err)
		}
		table := page[strings.Index(page, `id="regions"`):]
		table = table[:strings.Index(table, "</table>")]
		if got := strings.Count(table, `href="/regions/`); got != 18 {
			t.Errorf("%s: %d regions in the table, want 18", code, got)
		}
	}
}

func TestALeverOfAnotherVersionShowsKtOnlyThroughTheCrosswalk(t *testing.T) {
	for code, want := range map[string]string{
		"l25-vehicules-electriques": "par correspondance",
		"l25-aires-protegees":       "sans objectif chiffré",
	} {
		page, err := serve(t, "lever", "/leviers/"+code, code)
		if apperr.KindOf(err) == apperr.NotFound {
			t.Errorf("%s is not a code: %v", code, err)
			continue
		}
		if err != nil || !strings.Contains(page, want) {
			t.Errorf("%s: %v, the page does not say %q", code, err, want)
		}
	}
}

func TestEveryLeverHasItsPage(t *testing.T) {
	fw, err := framework.Load(data.FS)
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range fw.Versions() {
		levers := fw.Levers(v.ID)
		for _, l := range []framework.Lever{levers[0], levers[len(levers)/2], levers[len(levers)-1]} {
			if page, err := serve(t, "lever", "/leviers/"+l.Code, l.Code); err != nil || !strings.Contains(page, "<h1>") {
				t.Errorf("%s: %v", l.Code, err)
			}
		}
	}
	if _, err := serve(t, "lever", "/leviers/inconnu", "inconnu"); apperr.KindOf(err) != apperr.NotFound {
		t.Errorf("an unknown lever: %v", err)
	}
}
