package panorama_test

import (
	"math"
	"strings"
	"testing"

	"jalon/internal/apperr"
	"jalon/internal/figure"
	"jalon/internal/panorama"
)

func TestRatiosAreExplainedFromTheirAmount(t *testing.T) {
	m := model(t)
	for _, c := range []struct {
		key, unit string
		want, tol float64
		class     figure.Class
	}{
		{"panorama/2024-07/voitures-electriques/region:44/part-du-total", "%", 4.368, 0.001, figure.Computed},
		{"panorama/2024-07/voitures-electriques/region:44/par-habitant", "kgCO₂e par habitant et par an", 173.5, 1, figure.Computed},
		{"panorama/2024-07/total/region:44/par-habitant", "kgCO₂e par habitant et par an", 3970, 30, figure.Computed},
		{"panorama/2024-07/total/region:44/part-du-total", "%", 100, 0, figure.Computed},
		{"panorama/2024-07/gestion-forets/region:11/par-habitant", "ktCO₂e par an", 0, 0, figure.Missing},
	} {
		e, err := m.Explain(t.Context(), c.key)
		if err != nil {
			t.Errorf("%s: %v", c.key, err)
			continue
		}
		if e.Figure.Key != c.key || e.Figure.Class != c.class || math.Abs(e.Figure.Value-c.want) > c.tol {
			t.Errorf("%s: %+v", c.key, e.Figure)
		}
		if e.Figure.Known() && (e.Figure.Unit != c.unit || e.Numbers == "" || len(e.Inputs) != 2 || e.Inputs[0].Key != strings.TrimSuffix(strings.TrimSuffix(c.key, "/par-habitant"), "/part-du-total")) {
			t.Errorf("%s is not told from its amount: %+v", c.key, e)
		}
	}
	for _, key := range []string{"panorama/2024-07/total/region:44/etc", "panorama/2024-07/voitures-electriques/region:44/etc"} {
		if _, err := m.Explain(t.Context(), key); apperr.KindOf(err) != apperr.NotFound {
			t.Errorf("%s: %v", key, err)
		}
	}
}

// The totals of the sectors of a region, and those of its themes, each add up to its
// own total.
func TestFamiliesAddUpToTheTotal(t *testing.T) {
	m := model(t)
	for _, region := range []string{"region:44", "region:04"} {
		all := "panorama/2024-07/total/" + region
		whole, err := m.Explain(t.Context(), all)
		if err != nil {
			t.Fatal(err)
		}
		asks := map[string][]string{}
		for _, s := range m.Framework().Sectors() {
			asks[panorama.AskSector] = append(asks[panorama.AskSector], s.Code)
		}
		for _, x := range m.Framework().Themes() {
			asks[panorama.AskTheme] = append(asks[panorama.AskTheme], string(x.Code))
		}
		for ask, codes := range asks {
			sum, levers := 0.0, 0
			for _, code := range codes {
				e, err := m.Explain(t.Context(), all+"/"+ask+code)
				if apperr.KindOf(err) == apperr.NotFound {
					continue // no lever of the region is of it
				}
				if err != nil || e.Figure.Key != all+"/"+ask+code || !strings.Contains(e.Title, "«") {
					t.Fatalf("%+v %v", e, err)
				}
				sum, levers = sum+e.Figure.Value, levers+len(e.Inputs)
			}
			if math.Abs(sum-whole.Figure.Value) > 1e-6 || levers != len(whole.Inputs) {
				t.Errorf("%s, %s: %v of %v, %d levers of %d", region, ask, sum, whole.Figure.Value, levers, len(whole.Inputs))
			}
		}
		if _, err := m.Explain(t.Context(), all+"/secteur-rien"); apperr.KindOf(err) != apperr.NotFound {
			t.Error(err)
		}
	}
}
