package live_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"jalon/internal/composition"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/document"
	"jalon/internal/french"
	"jalon/internal/knowledge"
	"jalon/internal/objective"
	"jalon/internal/plan"
	"jalon/internal/policy"
	"jalon/internal/territory"
	"jalon/internal/testkit"
)

func (at place) id(t *testing.T) string {
	t.Helper()
	id, err := at.ids.New()
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func (at place) share(t *testing.T, lever, state string, shared int64, on string) string {
	t.Helper()
	id := at.id(t)
	_, err := db.Insert(t.Context(), at.db, "objective", []string{"id", "rev", "cop_id", "cycle", "region", "territory", "scale", "lever", "state", "kg", "level", "unit", "measure", "typed", "above", "reason", "by", "at", "shared_rev", "shared_kg", "shared_level", "shared_on", "sharing"},
		[][]any{{id, 2, cop.RegionID(cop.First, "44"), cop.First, "44", "region:44", "region", lever, state, int64(5_000_000), nil, "", "kt", "5", false, "parce que", "x", noon.UnixMilli(), map[bool]int64{true: 2}[on != ""], shared, nil, on, ""}}, "")
	if err == nil && on != "" { // as it was when it was shared
		var then time.Time
		if then, err = time.Parse(time.DateOnly, on); err == nil {
			_, err = db.Insert(t.Context(), at.db, "objective_version", []string{"id", "rev", "at", "by", "reason", "body"}, [][]any{{id, 2, then.UnixMilli(), "x", "partagé", "{}"}}, "")
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func (at place) dissent(t *testing.T, of, party, text, day, state string, when time.Time) {
	t.Helper()
	_, err := db.Insert(t.Context(), at.db, "objective_dissent", []string{"id", "rev", "objective_id", "cop_id", "party", "name", "org", "kg", "level", "measure", "typed", "text", "day", "state", "by", "at"},
		[][]any{{at.id(t), 1, of, cop.RegionID(cop.First, "44"), party, "Une voix", "", int64(9_000_000), nil, "kt", "9", text, day, state, "x", when.UnixMilli()}}, "")
	if err != nil {
		t.Fatal(err)
	}
}

// Only what both heads shared is in a document that both publish: neither what is
// discussed, nor what was said of it since.
func TestOnlySharedObjectivesAreThere(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		at := settle(t, d)
		at.share(t, "covoiturage", string(objective.Discussed), 0, "")
		if made := at.make(t, "44", "cibles/objectifs-partages", nil); made.Missing == "" {
			t.Fatalf("what is discussed is not shared: %+v", made.Title)
		}
		cars := at.share(t, "voitures-electriques", string(objective.Shared), 900_000_000, "2026-01-10")
		again := at.share(t, "biogaz", string(objective.Discussed), 100_000_000, "2026-01-10")
		at.dissent(t, cars, "associations", "Il faut davantage.", "2026-02-01", "held", noon)
		at.dissent(t, cars, "economique", "Trop vite.", "2026-01-05", "lifted", noon)
		at.dissent(t, again, "experts", "Dit avant le partage.", "2026-01-05", "held", time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC))
		at.dissent(t, again, "syndicats", "Dit de ce qui se discute.", "2026-02-20", "held", noon)
		made := at.make(t, "44", "cibles/objectifs-partages", nil)
		if !strings.HasPrefix(made.Title, "2\u00a0objectifs sont partagés sur 30\u00a0leviers") || !strings.Contains(made.Title, "2\u00a0désaccords notés") {
			t.Errorf("%q", made.Title)
		}
		var said []string
		for _, b := range made.Blocks {
			if q, ok := b.(document.Quote); ok {
				said = append(said, q.Spans[0].Text)
			}
		}
		if !slices.Equal(said, []string{"Il faut davantage.", "Dit avant le partage."}) {
			t.Errorf("%q", said)
		}
		var keys []string
		for _, key := range (document.Document{Parts: []document.Part{{Blocks: made.Blocks}}}).Figures() {
			if strings.HasPrefix(key, objective.Prefix) {
				keys = append(keys, key)
			}
		}
		slices.Sort(keys)
		if !slices.Equal(keys, []string{"objectif/biogaz/region:44", "objectif/jauge/compare/region:44", "objectif/jauge/panorama/region:44", "objectif/voitures-electriques/region:44"}) {
			t.Errorf("what is shared leads to its explanation: %q", keys)
		}
		at.region(t, "44")
	})
}

// A subject of biodiversity that is shared stands under its name, and is counted among
// no levers.
func TestASharedSubjectIsNamed(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		at := settle(t, d)
		subject := at.share(t, "nature-aires-protegees", string(objective.Shared), 0, "2026-01-10")
		if _, err := d.Exec(t.Context(), `UPDATE objective SET shared_kg = NULL, shared_level = 32.5, unit = '%' WHERE id = $1`, subject); err != nil {
			t.Fatal(err)
		}
		rows := func(made composition.Made) (out []string) {
			for _, b := range made.Blocks {
				if x, ok := b.(document.Table); ok && x.ID == "objectifs-partages" {
					for _, row := range x.Rows {
						out = append(out, row[0].Text)
						if subject := !strings.HasPrefix(row[0].Href, "/leviers/"); subject == (row[2].Figure != "") {
							t.Errorf("%+v", row)
						}
					}
				}
			}
			return out
		}
		made := at.make(t, "44", "cibles/objectifs-partages", nil)
		if made.Title != "1\u00a0sujet de biodiversité et de ressources est partagé" || len(rows(made)) != 1 || strings.Contains(rows(made)[0], "nature-") {
			t.Errorf("%q %q", made.Title, rows(made))
		}
		at.share(t, "biogaz", string(objective.Shared), 100_000_000, "2026-01-10")
		made = at.make(t, "44", "cibles/objectifs-partages", nil)
		if !strings.HasPrefix(made.Title, "1\u00a0objectif est partagé sur 30\u00a0leviers") || !strings.HasSuffix(made.Title, ", et 1\u00a0sujet de biodiversité et de ressources") || len(rows(made)) != 2 {
			t.Errorf("%q %q", made.Title, rows(made))
		}
	})
}

// A level that both heads shared judges its series before the panorama does, on the
// pages of trends as in the document; the change alone of a lever does not.
func TestASharedLevelJudges(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		at := settle(t, d)
		before := at.make(t, "44", "dynamiques/serie", map[string]string{"serie": "vehicules-electriques"})
		if notes := strings.Join(before.Notes, " "); !strings.Contains(notes, "panorama de l’État") {
			t.Fatalf("%q", notes)
		}
		id := at.share(t, "voitures-electriques", string(objective.Shared), 800_000_000, "2026-01-10")
		if _, err := d.Exec(t.Context(), `UPDATE objective SET shared_level = $2, unit = $3 WHERE id = $1`, id, 380.0, "milliers de véhicules électriques"); err != nil {
			t.Fatal(err)
		}
		after := at.make(t, "44", "dynamiques/serie", map[string]string{"serie": "vehicules-electriques"})
		if notes := strings.Join(after.Notes, " "); !strings.Contains(notes, "380"+french.NoBreak) || !strings.Contains(notes, "objectif partagé par la COP le") {
			t.Errorf("%q", notes)
		}
		own, err := objective.Own(t.Context(), d, at.model, territory.Ref{Scale: territory.RegionS, Code: "44"})
		if got := own("voitures-electriques"); err != nil || len(got) != 1 || got[0].Value != 380 || got[0].BaseYear != 2019 {
			t.Errorf("%+v %v", got, err)
		}
		own, err = objective.Own(t.Context(), d, at.model, territory.Ref{Scale: territory.Department, Code: "67"})
		if err != nil || len(own("voitures-electriques")) != 0 {
			t.Errorf("a département has none: %v", err)
		}
	})
}

// What plans and notes say enters the blocks that wait for it.
func TestPlansAndNotesAreCompared(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		at, ctx := settle(t, d), t.Context()
		team := policy.Actor{Person: "equipe", Grants: []policy.Grant{{Role: policy.Team, COP: cop.RegionID(cop.First, "44")}}}
		room := &plan.Room{DB: d, IDs: at.ids, Now: clock, Journal: at.journal}
		add := func(p plan.Plan, levers ...plan.Objective) {
			t.Helper()
			p, err := room.Add(ctx, d, team, p)
			if err != nil {
				t.Fatal(err)
			}
			for _, o := range levers {
				o.Plan = p.ID
				if _, err := room.AddObjective(ctx, d, team, o); err != nil {
					t.Fatal(err)
				}
			}
		}
		add(plan.Plan{Kind: plan.SRADDET, Territory: "region:44", Region: "44", Name: "SRADDET Grand Est", Adopted: "2020-01-24", From: 2019, To: 2050, State: plan.InForce, Source: "Région"},
			plan.Objective{Lever: "gestion-haies", Gain: true, BaseYear: 2019, TargetYear: 2030, Target: 4000, Unit: "km", Written: "4 000 km", Page: "112"},
			plan.Objective{Indicator: "Protection forte", BaseYear: 2019, TargetYear: 2030, Target: 10, Unit: "%", Written: "10 %"})
		add(plan.Plan{Kind: plan.PCAET, Territory: "epci:246700488", Region: "44", Department: "67", Name: "Plan climat de l’Eurométropole", Adopted: "2019-12-20", From: 2019, To: 2030, State: plan.InForce, Source: "Eurométropole"},
			plan.Objective{Lever: "covoiturage", Gain: true, BaseYear: 2019, TargetYear: 2030, Target: 12, Unit: "ktCO₂e", Written: "12 kt"})
		note := &knowledge.Room{DB: d, IDs: at.ids, Now: clock, Journal: at.journal, Cursors: db.NewCursors([]byte("essai"))}
		n, err := note.Bring(ctx, d, team, knowledge.Note{Region: "44", Territory: "region:44", Lever: "covoiturage", Theme: "se-deplacer", Title: "Le covoiturage stagne", Signature: "Observatoire", Findings: "Premier constat.\n\nSecond constat.", Sources: "Enquête", Limits: "Petit échantillon", Day: "2026-02-01"})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := note.Publish(ctx, d, team, n.ID, n.Rev); err != nil {
			t.Fatal(err)
		}
		for code, want := range map[string]string{
			"cibles/documents-regionaux":     "Le document régional se compare au panorama sur 1 des 30\u00a0leviers",
			"cibles/plans-climat":            "Les plans climat s’additionnent sur 1 des 30\u00a0leviers",
			"cibles/biodiversite-ressources": "15\u00a0sujets de biodiversité et de ressources\u00a0: la région a sa propre cible pour 1",
			"dynamiques/notes":               "1\u00a0note d’expertise éclaire ce diagnostic",
		} {
			if made := at.make(t, "44", code, nil); !strings.HasPrefix(made.Title, want) {
				t.Errorf("%s: %q, %s", code, made.Title, made.Missing)
			}
		}
		at.region(t, "44")
	})
}
