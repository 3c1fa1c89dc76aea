package app

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"testing"

	"jalon/internal/db"
	"jalon/internal/questionnaire"
	"jalon/internal/survey"
	"jalon/internal/testkit"
)

// What a page of a response waits for.
func BenchmarkPrefill(b *testing.B) {
	d := testkit.Open(b, db.SQLite)
	c := coreOn(d)
	source := c.prefill()[0]
	for _, r := range []survey.Response{ay, saverne, alsace, grandEst} {
		f := embeddedForm(b).Path(r.Kind)
		b.Run(r.Authority, func(b *testing.B) {
			for b.Loop() {
				if _, err := source(context.Background(), d, r, f); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// Whoever is invited is told something right: each council that is more than a
// commune, overseas and those of two capacities included, and a few communes.
func TestPrefillOfEveryCouncil(t *testing.T) {
	d := testkit.Open(t, db.SQLite)
	c := coreOn(d)
	tree, err := c.tree(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	all, err := tree.Authorities()
	if err != nil {
		t.Fatal(err)
	}
	paths := map[questionnaire.Kind]questionnaire.Form{}
	for _, k := range questionnaire.Kinds() {
		paths[k] = embeddedForm(t).Path(k)
	}
	source := c.prefill()[0]
	n := 0
	for a := range all.All() {
		if n++; n > len(all.Special()) && n%2500 != 0 {
			continue
		}
		var capacities []string
		for _, x := range a.Capacities {
			capacities = append(capacities, string(x))
		}
		r := survey.Response{ID: a.Code, Authority: a.Code, Region: a.Home, Kind: questionnaire.KindOf(capacities), Name: a.Name}
		if len(a.Departments) > 0 {
			r.Department = a.Departments[0]
		}
		hints, err := source(t.Context(), d, r, paths[r.Kind])
		if err != nil {
			t.Errorf("%s: %v", a.Code, err)
			continue
		}
		people := slices.IndexFunc(hints, func(h survey.Hint) bool { return strings.HasPrefix(h.Key, "population-") })
		if people < 0 || hints[people].Value == "0" || hints[people].Value == "" {
			t.Errorf("%s: no population", a.Code)
			continue
		}
		q, _ := paths[r.Kind].Cell(hints[people].Key)
		for _, s := range paths[r.Kind].Sections[0].Questions {
			if v, err := strconv.ParseFloat(hints[people].Value, 64); s.ID == q.Question && (err != nil || v < *s.UsualMin || v > *s.UsualMax) && a.Code != "epci-200054781" { // the métropole of Grand Paris
				t.Errorf("%s: %s inhabitants are unusual for its kind", a.Code, hints[people].Value)
			}
		}
	}
}
