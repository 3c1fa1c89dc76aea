package report_test

import (
	"encoding/json"
	"strconv"
	"strings"
	"testing"
	"time"

	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/document"
	"jalon/internal/objective"
	"jalon/internal/panorama"
	"jalon/internal/report"
	"jalon/internal/testkit"
)

// shares writes what two regions published and shared: Bretagne a diagnosis on the
// 10th of February 2026 and again on the 20th, Grand Est two objectives on the 12th,
// one of which is discussed again on the 25th.
func (s site) shares(t *testing.T) {
	t.Helper()
	ctx := t.Context()
	at := func(day int) int64 { return time.Date(2026, 2, day, 9, 0, 0, 0, time.UTC).UnixMilli() }
	on := func(day int) string { return "2026-02-" + strconv.Itoa(day) }
	insert := func(table, columns string, rows ...[]any) {
		t.Helper()
		if _, err := db.Insert(ctx, s.db, table, strings.Fields(columns), rows, ""); err != nil {
			t.Fatal(err)
		}
	}
	const edition = "id cop_id region cycle kind term seq state day published_on publication_id act by at sha256"
	insert("composition_edition", edition,
		[]any{"d1", cop.RegionID(cop.First, "53"), "53", cop.First, "diagnostic", "", 1, "published", on(9), on(10), "", "", "", at(9), ""},
		[]any{"d2", cop.RegionID(cop.First, "53"), "53", cop.First, "diagnostic", "", 2, "published", on(19), on(20), "", "", "", at(19), ""},
		[]any{"d3", cop.RegionID(cop.First, "44"), "44", cop.First, "diagnostic", "", 1, "proposed", on(9), "", "", "", "", at(9), ""})
	for i, lever := range []string{"covoiturage", "biogaz"} {
		o := objective.Objective{ID: "o" + strconv.Itoa(i), COP: cop.RegionID(cop.First, "44"), Cycle: cop.First, Region: "44", Territory: "region:44", Scale: "region", Lever: lever, State: objective.Discussed,
			Value: objective.Value{Kg: panorama.Amount{Kg: 1_000_000, Known: true}}, Measure: objective.InKt}
		version := func(rev, day int) {
			body, err := json.Marshal(o)
			if err != nil {
				t.Fatal(err)
			}
			insert("objective_version", "id rev at by reason body", []any{o.ID, rev, at(day), "", "", string(body)})
		}
		version(1, 11)
		o.State, o.SharedRev, o.SharedOn, o.SharedValue = objective.Shared, 2, on(12), o.Value
		version(2, 12)
		if i == 1 {
			o.State = objective.Discussed // what is in force stays so
			version(3, 25)
		}
		insert("objective", "id rev cop_id cycle region territory scale lever state kg level unit measure typed above reason by at shared_rev shared_kg shared_level shared_on sharing",
			[]any{o.ID, 2 + i, o.COP, o.Cycle, o.Region, o.Territory, o.Scale, o.Lever, string(o.State), 1_000_000, nil, "", "kt", "1", false, "", "", at(25), 2, 1_000_000, nil, "2026-02-28", ""})
	}
}

// The point d'étape says who had published a diagnosis and shared objectives by its
// day, whatever came after.
func TestThePointSaysWhatWasSharedByItsDay(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		s := open(t, d)
		at := func(day string) document.Document {
			t.Helper()
			doc, err := report.National(t.Context(), s.db, s.model, report.Edition{Cycle: cop.First, Day: day})
			if err != nil {
				t.Fatal(err)
			}
			return doc
		}
		has := func(doc document.Document, id string, want ...string) {
			t.Helper()
			for _, w := range want {
				if got := told(t, doc, id); !strings.Contains(got, w) {
					t.Errorf("%s of %s: no %q in %s", id, doc.Day, w, got)
				}
			}
		}
		none := at("2026-03-01")
		has(none, "diagnostic", "croise quatre regards")
		has(none, "points-de-sortie", "0\u00a0objectif partagé")
		s.shares(t)
		before := at("2026-02-09")
		has(before, "diagnostic", "croise quatre regards")
		if strings.Contains(told(t, before, "diagnostic"), "Bretagne") {
			t.Error("a diagnosis is told before it was published")
		}
		has(at("2026-02-11"), "diagnostic", "1\u00a0région a publié son diagnostic", "Bretagne", "10\u00a0février", "aucun objectif partagé")
		shared := at("2026-02-12")
		has(shared, "diagnostic", "2\u00a0objectifs sont partagés", "Grand Est", "2 sur 30", "n’a pas publié de diagnostic")
		has(shared, "points-de-sortie", "2\u00a0objectifs partagés")
		has(at("2026-03-01"), "diagnostic", "2\u00a0objectifs sont partagés", "20\u00a0février", "2ᵉ\u00a0édition")
		for format, body := range written(t, shared) {
			if len(body) == 0 {
				t.Errorf("no %s", format)
			}
		}
	})
}
