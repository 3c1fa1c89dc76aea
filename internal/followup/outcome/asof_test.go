package outcome_test

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"jalon/internal/action"
	"jalon/internal/db"
	"jalon/internal/followup"
	"jalon/internal/followup/outcome"
	"jalon/internal/objective"
	"jalon/internal/panorama"
	"jalon/internal/territory"
)

const yearEnd = "2025-12-31"

// read gives all that is read of Corse on a day, as text.
func (k *kit) read(t *testing.T, day string) string {
	t.Helper()
	ctx := t.Context()
	var all []any
	for _, a := range []outcome.Ask{{Region: "94", Day: day}, {Region: "94", Theme: "agriculture", Day: day}, {Department: "2B", Day: day}} {
		o, err := k.outcome.Of(ctx, k.db, a)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, o)
	}
	items, err := k.outcome.Named(ctx, k.db, outcome.Ask{Region: "94", Day: day})
	if err != nil {
		t.Fatal(err)
	}
	all = append(all, items)
	ref := territory.Ref{Scale: territory.RegionS, Code: "94"}
	for _, lever := range []string{outcome.All, "gestion-haies", "voitures-electriques"} {
		for _, part := range []outcome.Part{outcome.DueIs, outcome.DeclaredIs, outcome.GapOf(followup.Estimated), outcome.PlannedIs, outcome.SeenIs} {
			e, err := k.outcome.Explain(ctx, outcome.KeyOn(lever, ref, part, day))
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, e)
		}
	}
	for _, part := range []outcome.Part{outcome.StatusIs, outcome.FreshIs, outcome.RetainedIs, outcome.TroubledIs} {
		e, err := k.outcome.Explain(ctx, outcome.KeyOn(outcome.All, ref, part, day))
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, e)
	}
	text, err := json.Marshal(all)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// What changes after the end of a year alters nothing of what is read of that year: an
// action rewritten, abandoned, withdrawn or retained since, an overlap settled, an
// objective shared. What is said afterwards of a day of the year is read.
func TestAPastYearStandsStill(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		ctx := t.Context()
		k.hedges(t, "a", 1, 100, 3_003_003, nil)
		b := k.hedges(t, "b", 2, 50, 2_000_000, nil)
		k.hedges(t, "c", 3, 10, 300_300, nil)
		k.at = time.Date(2025, 11, 3, 9, 0, 0, 0, time.UTC)
		k.say(t, "a", "2025-11-02", 10, followup.Declared, followup.Said{Status: "late"})
		if _, err := k.follow.Register.SettleOverlap(ctx, k.db, k.team, action.Overlap{Lever: "gestion-haies", Counts: "a", Other: "c", Part: 4_000, State: action.Confirmed, Reason: "mêmes haies"}); err != nil {
			t.Fatal(err)
		}
		k.share(t, 7_000_000, "2025-10-01")
		k.at = time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)
		was := k.read(t, yearEnd)
		o, err := k.outcome.Of(ctx, k.db, outcome.Ask{Region: "94", Day: yearEnd})
		if err != nil {
			t.Fatal(err)
		}
		h, _ := o.Lever("gestion-haies")
		same(t, "objective shared by then", h.Objective.Kg, 7_000_000)
		same(t, "planned, c for two fifths", h.Planned.Kg.Central, 3_003_003+2_000_000+120_120)
		same(t, "late", o.Statuses["late"], 1)

		b.Title, b.Holder.Name, b.Impacts[0].Kg, b.Impacts[0].Quantity = "Autre titre", "Région", mass(9_000_000), num(200)
		if _, err = k.follow.Register.Save(ctx, k.db, k.team, b, "Corrigé après coup."); err != nil {
			t.Fatal(err)
		}
		if err := db.Tx(ctx, k.db, func(ctx context.Context, tx db.Q) error {
			_, err := k.follow.Register.StatusSaid(ctx, tx, "équipe", "c", "abandoned", "Abandonnée.", "2026-01-04")
			return err
		}); err != nil {
			t.Fatal(err)
		}
		k.share(t, 9_000_000, "2026-01-05")
		k.hedges(t, "d", 4, 70, 2_000_000, func(x *action.Action) { x.At, x.Changed, x.RetainedOn = k.at, k.at, "2026-01-05" })
		k.say(t, "a", "2026-01-04", 60, followup.Observed, followup.Said{Status: "done"})
		if _, err := k.follow.Register.SettleOverlap(ctx, k.db, k.team, action.Overlap{Lever: "gestion-haies", Counts: "a", Other: "b", Part: 0, State: action.Confirmed, Reason: "mêmes haies aussi"}); err != nil {
			t.Fatal(err)
		}
		if now := k.read(t, yearEnd); now != was {
			t.Errorf("the year 2025 is read otherwise since:\n%s\n%s", was, now)
		}
		today, err := k.outcome.Of(ctx, k.db, outcome.Ask{Region: "94"})
		if err != nil {
			t.Fatal(err)
		}
		same(t, "today, done", today.Statuses["done"], 1)
		same(t, "today, abandoned", today.Statuses["abandoned"], 1)
		same(t, "today, actions", today.Actions, 4)

		k.say(t, "b", "2025-12-20", 5, followup.Declared, followup.Said{Status: "blocked", Blocked: "Foncier."})
		o, err = k.outcome.Of(ctx, k.db, outcome.Ask{Region: "94", Day: yearEnd})
		if err != nil {
			t.Fatal(err)
		}
		same(t, "said afterwards of the year", o.Statuses["blocked"], 1)
		items, err := k.outcome.Named(ctx, k.db, outcome.Ask{Region: "94", Day: yearEnd})
		if err != nil {
			t.Fatal(err)
		}
		same(t, "as it was named", items[1].Title, "Haies b")
		same(t, "since", items[1].Since, "2025-12-20")
		same(t, "late since", items[0].Since, "2025-11-02")
	})
}

// A past day of the nation has no figure: nothing is frozen at its scale.
func TestNoPastDayOfTheNation(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		if _, err := k.outcome.Explain(t.Context(), outcome.KeyOn(outcome.All, territory.France, outcome.DueIs, yearEnd)); err == nil {
			t.Error("a past day of the nation is explained")
		}
	})
}

// share keeps an objective on hedges that both heads shared on a day, in place of the one
// before.
func (k *kit) share(t *testing.T, kg panorama.Kg, day string) {
	t.Helper()
	ctx := t.Context()
	var rev int64
	if err := k.db.QueryRow(ctx, `SELECT COALESCE(MAX(rev), 0) + 1 FROM objective_version WHERE id = 'o'`).Scan(&rev); err != nil {
		t.Fatal(err)
	}
	amount := panorama.Amount{Kg: kg, Known: true}
	o := objective.Objective{ID: "o", COP: k.cop.ID, Cycle: k.cop.Cycle, Region: "94", Territory: "region:94", Scale: "region", Lever: "gestion-haies", State: objective.Shared, Value: objective.Value{Kg: amount}, Measure: "kt", SharedRev: rev, SharedValue: objective.Value{Kg: amount}, SharedOn: day, At: k.at}
	body, err := json.Marshal(o)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range []struct {
		text string
		args []any
	}{
		{`DELETE FROM objective WHERE id = $1`, []any{o.ID}},
		{`INSERT INTO objective (id, rev, cop_id, cycle, region, territory, scale, lever, state, kg, unit, measure, typed, above, reason, by, at, shared_rev, shared_kg, shared_unit, shared_on, sharing)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'shared', $9, '', 'kt', '', FALSE, '', '', $10, $2, $9, '', $11, '')`, []any{o.ID, rev, o.COP, o.Cycle, o.Region, o.Territory, o.Scale, o.Lever, int64(kg), k.at.UnixMilli(), day}},
		{`INSERT INTO objective_version (id, rev, at, by, reason, body) VALUES ($1, $2, $3, '', '', $4)`, []any{o.ID, rev, k.at.UnixMilli(), string(body)}},
	} {
		if _, err := k.db.Exec(ctx, s.text, s.args...); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := db.Bump(ctx, k.db, objective.Version, k.at); err != nil {
		t.Fatal(err)
	}
}
