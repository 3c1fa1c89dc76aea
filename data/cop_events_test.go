package data_test

import (
	"slices"
	"strings"
	"testing"
)

// events gives the days of what happened to a stage of a region, in the order of
// the table.
func events(t *testing.T, region, stage, mark string) (days []string) {
	t.Helper()
	for _, r := range table(t, "cop-events.csv") {
		if r["cycle"] == "2023-24" && r["region"] == region && r["stage"] == stage && r["mark"] == mark {
			days = append(days, r["day"])
		}
	}
	return days
}

// The table holds what is known of the 18 after the State's point of May 2024,
// with who says so: no date is there without one.
func TestWhatIsKnownOfEachCOP(t *testing.T) {
	for _, x := range []struct {
		region, stage, mark string
		days                []string
	}{
		{"44", "feuille-de-route", "done", []string{"2024-09-27"}},
		{"44", "suivi", "held", []string{"2025-11-28"}},
		{"01", "feuille-de-route", "done", []string{"2024-11-28"}},
		{"93", "feuille-de-route", "done", []string{"2024-12-11"}},
		{"76", "debat", "opened", []string{"2024-01-01"}},
		{"76", "feuille-de-route", "announced", []string{"2024-09-01"}},
		{"76", "feuille-de-route", "done", nil}, // counted by the State, dated by nobody
		{"75", "feuille-de-route", "done", []string{"2025-02-14"}},
		{"75", "suivi", "held", []string{"2025-11-13"}},
		{"24", "feuille-de-route", "done", []string{"2025-02-03"}},
		{"24", "suivi", "held", []string{"2025-12-05"}},
		{"02", "debat", "held", []string{"2024-04-29", "2025-08-27"}},
		{"02", "debat", "announced", []string{"2025-10-01"}},
		{"32", "feuille-de-route", "done", []string{"2025-02-28"}},
		{"04", "lancement", "opened", []string{"2023-12-06", "2023-12-08"}},
		{"04", "feuille-de-route", "done", nil},
		{"27", "feuille-de-route", "done", []string{"2025-05-26"}},
		{"28", "feuille-de-route", "done", []string{"2024-12-13"}},
		{"84", "feuille-de-route", "done", []string{"2025-01-31"}},
		{"52", "feuille-de-route", "announced", []string{"2025-01-01"}},
		{"94", "feuille-de-route", "announced", []string{"2025-01-01"}},
		{"11", "feuille-de-route", "done", []string{"2025-04-29"}},
		{"53", "feuille-de-route", "noted", []string{"2025-05-07"}},
		{"06", "lancement", "opened", []string{"2024-07-24"}},
		{"06", "feuille-de-route", "noted", []string{"2025-05-07"}},
		{"03", "lancement", "opened", nil},
		{"03", "lancement", "noted", []string{"2024-11-06"}},
	} {
		if got := events(t, x.region, x.stage, x.mark); !slices.Equal(got, x.days) {
			t.Errorf("%s %s %s: %q, want %q", x.region, x.stage, x.mark, got, x.days)
		}
	}
	for i, r := range table(t, "cop-events.csv") {
		if r["publisher"] == "" || r["known_on"] == "" || r["url"] != "" && !strings.HasPrefix(r["url"], "https://") {
			t.Errorf("row %d has no source: %v", i+2, r)
		}
	}
}

// The launches are those of the State's point of 27 May 2024, and what it only
// announced is announced.
func TestLaunchesAreThoseOfThePublication(t *testing.T) {
	published := raw(t, "cop/etat-des-cop-2024-05.csv")
	if len(published) != 18 {
		t.Fatalf("%d regions", len(published))
	}
	for _, p := range published {
		opened, announced := events(t, p["code_region"], "lancement", "opened"), events(t, p["code_region"], "lancement", "announced")
		switch p["statut_mai_2024"] {
		case "lancee":
			if len(opened) == 0 || opened[0] != p["date_lancement"] {
				t.Errorf("%s was launched on %s: %q", p["region"], p["date_lancement"], opened)
			}
		default:
			if len(announced) != 1 || !strings.HasPrefix(announced[0], p["mois_prevu"]) || slices.ContainsFunc(opened, func(day string) bool { return day <= "2024-05-27" }) {
				t.Errorf("%s was announced for %s: %q, opened %q", p["region"], p["mois_prevu"], announced, opened)
			}
		}
	}
}
