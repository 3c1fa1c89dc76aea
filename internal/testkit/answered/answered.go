// Package answered makes up campaigns and their answers, for tests of what reads
// them. It knows the room that keeps them, which testkit must not.
package answered

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"
	"testing/fstest"
	"time"

	"jalon/internal/db"
	"jalon/internal/questionnaire"
	"jalon/internal/survey"
)

// Campaign is a campaign with its answers, made up: the same seed makes the same
// ones.
type Campaign struct {
	Form questionnaire.Form
	// Cycle and Regions say whose: the départements of each region.
	Cycle   string
	Regions map[string][]string
	// Of each département: communes and EPCI invited, and the share that answered.
	Communes, Groups int
	Share            float64
	Seed             uint64
	// COP names the COP of a region.
	COP func(region string) string
}

// LoadForm publishes a form as that of the program.
func LoadForm(t testing.TB, d *db.DB, f questionnaire.Form) questionnaire.Slots {
	t.Helper()
	doc, err := json.Marshal(f)
	if err != nil {
		t.Fatal(err)
	}
	m := &survey.Room{DB: d, Now: func() time.Time { return time.Date(2026, 1, 5, 8, 0, 0, 0, time.UTC) }}
	if err := m.Load(t.Context(), fstest.MapFS{"questionnaire-national.json": {Data: doc}}); err != nil {
		t.Fatal(err)
	}
	slots, err := survey.Slots(t.Context(), d)
	if err != nil {
		t.Fatal(err)
	}
	return slots
}

// WideForm is a form of many levers, two rows each on two scales: six closed
// answers a lever beside obstacles and needs.
func WideForm(levers int) questionnaire.Form {
	third := func(n float64) *float64 { v := n / 3; return &v }
	f := questionnaire.Form{Code: survey.National, Version: 1, Title: "Questionnaire", Framework: "2025-03", Scales: []questionnaire.Scale{
		{Code: questionnaire.Relevance, Label: "Pertinence", Options: []questionnaire.Option{{Code: "0", Label: "pas pertinente", Score: third(0)}, {Code: "1", Label: "peu pertinente", Score: third(1)},
			{Code: "2", Label: "pertinente", Score: third(2)}, {Code: "3", Label: "très pertinente", Score: third(3)}}},
		{Code: questionnaire.Mobilisation, Label: "Mobilisation", Options: []questionnaire.Option{{Code: "non-concerne", Label: "non concerné"}, {Code: "rien", Label: "rien d’engagé", Score: third(0)},
			{Code: "reflexion", Label: "en réflexion", Score: third(1)}, {Code: "engage", Label: "engagé", Score: third(2)}, {Code: "deploye", Label: "déployé", Score: third(3)}}}}}
	for i := range levers {
		id := "l" + strconv.Itoa(i+1)
		f.Sections = append(f.Sections, questionnaire.Section{ID: id, Title: "Levier " + strconv.Itoa(i+1), Lever: "essai-" + id, Skippable: true, Questions: []questionnaire.Question{
			{ID: id + "-actions", Type: questionnaire.Matrix, Label: "Actions", Columns: []string{questionnaire.Relevance, questionnaire.Mobilisation},
				Rows: []questionnaire.Row{{ID: id + "-a", Label: "Première action du levier " + strconv.Itoa(i+1), Step: questionnaire.Decision}, {ID: id + "-b", Label: "Seconde action du levier " + strconv.Itoa(i+1), Step: questionnaire.Infrastructure}}},
			{ID: id + "-freins", Label: "Freins", Type: questionnaire.Choices, Role: questionnaire.RoleObstacles, Options: []questionnaire.Option{{Code: "norme", Label: "norme ou procédure"}, {Code: "financement", Label: "financement"}}},
			{ID: id + "-besoins", Label: "Besoins", Type: questionnaire.Choices, Role: questionnaire.RoleNeeds, Options: []questionnaire.Option{{Code: "ingenierie", Label: "ingénierie"}, {Code: "juridique", Label: "appui juridique"}}}}})
	}
	return f
}

// Fill writes the campaigns of a form, their responses and what authorities
// answered. It returns how many answered.
func Fill(t testing.TB, d *db.DB, in Campaign) int {
	t.Helper()
	slots := LoadForm(t, d, in.Form)
	r := rand.New(rand.NewPCG(in.Seed, 7)) //nolint:gosec // the same each time is what is wanted
	at := time.Date(2026, 2, 2, 9, 0, 0, 0, time.UTC).UnixMilli()
	var campaigns, responses, answers [][]any
	add := func(region, department string, k questionnaire.Kind, size string, n int, share float64) {
		for range n {
			id := fmt.Sprintf("%s-%s-%s-%06d", in.Cycle, region, k, len(responses))
			state, seq := "invited", 0
			if r.Float64() < share {
				state, seq = "validated", 1
				at += 10
				answers = append(answers, []any{id, in.Cycle, region, department, "org-" + id, string(k), size, seq, at, in.Form.Path(k).Pack(slots, invent(r, in.Form.Path(k)))})
			}
			responses = append(responses, []any{id, 1, "campagne-" + region, "org-" + id, in.COP(region), region, department, string(k), size, string(k), false, true, "Collectivité " + id, id, state,
				in.Form.Version, seq, 0, 0, 0, 0, false, 0, ""})
		}
	}
	regions := make([]string, 0, len(in.Regions))
	for code := range in.Regions {
		regions = append(regions, code)
	}
	for _, region := range sorted(regions) {
		campaigns = append(campaigns, []any{"campagne-" + region, 1, in.COP(region), region, in.Cycle, in.Form.Code, in.Form.Version, true, "2026-01-05", "2026-06-30", "open", "", "", "", 3, 7, 0.5, 0.5, "", at})
		add(region, "", questionnaire.Region, "s6", 1, 1)
		for _, dept := range in.Regions[region] {
			add(region, dept, questionnaire.Department, "s6", 1, 1)
			for _, size := range []string{"s3", "s4"} {
				add(region, dept, questionnaire.Group, size, in.Groups/2, in.Share)
			}
			for _, size := range []string{"s1", "s2", "s3"} {
				add(region, dept, questionnaire.Commune, size, in.Communes/3, in.Share)
			}
		}
	}
	err := db.Tx(t.Context(), d, func(ctx context.Context, tx db.Q) error {
		if _, err := db.Insert(ctx, tx, "campaign", []string{"id", "rev", "cop_id", "region", "cycle", "form", "form_version", "communes", "opens_on", "closes_on", "state", "marked_on", "message", "contact", "remind_max",
			"remind_every", "relevance", "mobilisation", "published_on", "at"}, campaigns, ""); err != nil {
			return err
		}
		if _, err := db.Insert(ctx, tx, "response", []string{"id", "rev", "campaign_id", "authority", "cop_id", "region", "department", "kind", "size", "capacities", "metropole", "counted", "name", "sort_key", "state",
			"form_version", "seq", "rows_asked", "rows_rated", "prefilled", "answered", "silent", "reminders", "reason"}, responses, ""); err != nil {
			return err
		}
		_, err := db.Insert(ctx, tx, "answer", []string{"response_id", "cycle", "region", "department", "authority", "kind", "size", "seq", "at", "packed"}, answers, "")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return len(answers)
}

func sorted(s []string) []string {
	slices.Sort(s)
	return s
}

// invent answers a path: each lever leans its own way, so that families differ.
func invent(r *rand.Rand, f questionnaire.Form) questionnaire.Answers {
	a := questionnaire.Answers{}
	for i, s := range f.Sections {
		if s.Skippable && r.IntN(12) == 0 {
			a[s.Skip()] = questionnaire.Skipped
			continue
		}
		lean := [2]int{i % 3, (i / 3) % 3} // 0 low, 1 middle, 2 high
		for _, c := range f.CellsOf(s) {
			switch {
			case c.Flag || r.IntN(10) == 0:
			case c.Type == questionnaire.Choices:
				o := c.Options[r.IntN(len(c.Options))].Code
				a[c.Key] = o
			case c.Type == questionnaire.Choice && c.Row != "":
				axis := 0
				if c.Column == questionnaire.Mobilisation {
					axis = 1
				}
				n := len(c.Options)
				pick := (r.IntN(n) + lean[axis]*r.IntN(n)) / (1 + lean[axis])
				if lean[axis] == 2 {
					pick = n - 1 - r.IntN((n+1)/2)
				}
				a[c.Key] = c.Options[pick].Code
			case c.Type == questionnaire.Choice:
				a[c.Key] = c.Options[r.IntN(len(c.Options))].Code
			}
		}
	}
	return a
}
