package panorama_test

import (
	"math"
	"strings"
	"testing"

	"jalon/internal/apperr"
	"jalon/internal/figure"
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
