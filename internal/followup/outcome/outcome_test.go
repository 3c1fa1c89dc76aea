package outcome_test

import (
	"fmt"
	"sync/atomic"
	"testing"

	"jalon/internal/action"
	"jalon/internal/followup"
	"jalon/internal/followup/outcome"
	"jalon/internal/territory"
)

// corse says where three actions on hedges stand, and a fourth of which nobody speaks.
func corse(t *testing.T, k *kit) {
	k.hedges(t, "a", 1, 100, 3_003_003, nil)
	k.hedges(t, "b", 2, 50, 2_000_000, func(x *action.Action) { x.Ends, x.Holder.Name = "2025", "Département" })
	k.list(t, "l1", "2025-06-01", action.FrozenAction{Action: "c", Starts: "2024", Ends: "2025", Impacts: []action.Impact{{Lever: "gestion-haies", Class: action.Quantified, Quantity: num(10), Unit: "km", Kg: mass(300_300)}}})
	k.hedges(t, "c", 3, 10, 300_300, func(x *action.Action) {
		x.Starts, x.Ends, x.List, x.Places = "2026", "2030", "l1", []action.Place{{Territory: "region:94"}}
	})
	k.hedges(t, "d", 4, 10, 300_300, func(x *action.Action) { x.Starts, x.Ends = "", "" })
	k.say(t, "a", "2025-12-31", 10, followup.Declared, followup.Said{})
	k.say(t, "a", "2026-02-20", 30, followup.Declared, followup.Said{})
	k.say(t, "b", "2025-08-01", 20, followup.Estimated, followup.Said{Status: "late"})
	k.say(t, "c", "2026-02-25", 1, followup.Observed, followup.Said{})
}

// What the actions of Corse come to, computed by hand: one km of hedges is
// 1 000 ⁄ 0.0333 = 30 030.030 03 kg by the ratio of the panorama.
func TestWhatCorseComesTo(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		corse(t, k)
		o, err := k.outcome.Of(t.Context(), k.db, outcome.Ask{Region: "94"})
		if err != nil {
			t.Fatal(err)
		}
		h, _ := o.Lever("gestion-haies")
		same(t, "quantified", h.Quantified, 4)
		same(t, "undated", h.Undated, 1)
		same(t, "silent", h.Silent, 1)
		// a: a fifth a year from 2025: 20 % at the end of 2025, and 60 days of 365 of the
		// next fifth: 2 000 + 328 = 2 328 ten-thousandths, 699 099 kg. b: all of it,
		// 2 000 000. c: 60 of 365 days of a fifth: 328, 9 850 kg.
		same(t, "due", h.Due, outcome.Sum{Actions: 3, Kg: 699_099 + 2_000_000 + 9_850})
		same(t, "declared", h.Said[followup.Declared], outcome.Sum{Actions: 1, Kg: 900_901})
		same(t, "estimated", h.Said[followup.Estimated], outcome.Sum{Actions: 1, Kg: 800_000})
		same(t, "observed by holders", h.Said[followup.Observed], outcome.Sum{Actions: 1, Kg: 30_030})
		same(t, "nothing observed by an indicator", h.Done.Kg.Known, false)
		// a did more than was due: all is volume.
		same(t, "gap of a", h.Gaps[followup.Declared], outcome.Gap{Actions: 1, Due: 699_099, Done: 900_901, Volume: 201_802})
		// b is late: 50 km at the ratio were due, 1 501 502 kg; 20 km at its own factor
		// (40 000 kg) are 800 000; the factor brings 20 × 9 969.97 = 199 399; the rest is delay.
		same(t, "gap of b", h.Gaps[followup.Estimated], outcome.Gap{Actions: 1, Due: 1_501_502, Done: 800_000, Delay: -900_901, Factor: 199_399})
		// c was to be over by 2025, 300 300 kg; its new dates have 0.328 km due: delay
		// −9.672 × 30 030.03 = −290 450; one km said: volume 0.672 km, 20 180.
		same(t, "gap of c", h.Gaps[followup.Observed], outcome.Gap{Actions: 1, Due: 300_300, Done: 30_030, Delay: -290_450, Volume: 20_180})
		for class, g := range h.Gaps {
			same(t, "sum of the gap, "+string(class), g.Delay+g.Volume+g.Factor, g.Done-g.Due)
		}
		same(t, "2025, declared", o.Years[6].Said[followup.Declared].Kg, 300_300)
		same(t, "2025, planned", o.Years[6].Planned, outcome.Sum{Actions: 3, Kg: 600_601 + 2_000_000})
		same(t, "2030, planned", o.Years[11].Planned.Kg, 3_003_003+2_000_000+300_300)
		if o.Years[8].Said != nil || !o.Years[7].Partial {
			t.Errorf("years to come: %+v", o.Years[7:9])
		}
		same(t, "late", o.Statuses["late"], 1)
		same(t, "ages", o.Ages, [5]int64{2, 0, 0, 1, 1})
		same(t, "fresh", o.Fresh, 3)

		// By the end of 2025, b was late, a had 10 km, c had not been spoken of, and what
		// was said later is not known.
		past, err := k.outcome.Of(t.Context(), k.db, outcome.Ask{Region: "94", Day: "2025-12-31"})
		if err != nil {
			t.Fatal(err)
		}
		was, _ := past.Lever("gestion-haies")
		same(t, "2025, silent", was.Silent, 2)
		same(t, "2025, declared by then", was.Said[followup.Declared].Kg, 300_300)
		if _, ok := was.Said[followup.Observed]; ok {
			t.Error("what was said in 2026 is in 2025")
		}
	})
}

// Without filter, and with one that lets all in, what is planned is what coverage says;
// a holder is not told that the indicator is theirs; a département has its part.
func TestFilters(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		corse(t, k)
		ctx := t.Context()
		cover, err := k.outcome.Coverage.OfRegion(ctx, k.db, "94")
		if err != nil {
			t.Fatal(err)
		}
		for name, a := range map[string]outcome.Ask{"all": {Region: "94"}, "a theme that all have": {Region: "94", Theme: "agriculture"}} {
			o, err := k.outcome.Of(ctx, k.db, a)
			if err != nil {
				t.Fatal(err)
			}
			for i, c := range cover.Cells {
				same(t, name+", "+c.Line.Lever.Code, o.Levers[i].Planned, c.Planned)
			}
		}
		one, err := k.outcome.Of(ctx, k.db, outcome.Ask{Region: "94", Holder: "Département"})
		if err != nil {
			t.Fatal(err)
		}
		same(t, "one holder", one.Actions, 1)
		same(t, "holders", fmt.Sprint(one.Holders), "[Chambre d’agriculture Département]")
		cars, _ := one.Lever("voitures-electriques")
		same(t, "observed, of a holder", cars.Done.Kg.Known, false)
		d, err := k.outcome.Of(ctx, k.db, outcome.Ask{Department: "2B"})
		if err != nil {
			t.Fatal(err)
		}
		h, _ := d.Lever("gestion-haies")
		same(t, "in the département", h.Quantified, 3) // c is of the whole region
		same(t, "not given to it", d.Spread, 1)
		south, err := k.outcome.Of(ctx, k.db, outcome.Ask{Department: "2A"})
		if err != nil {
			t.Fatal(err)
		}
		same(t, "elsewhere", south.Actions, 1)
		if _, err := k.outcome.Of(ctx, k.db, outcome.Ask{Region: "44", Department: "2A"}); err == nil {
			t.Error("a département of another region is read")
		}
	})
}

// The statements are as many with three actions and with forty, when nothing is kept,
// when somebody spoke, and when nothing moved.
func TestStatementsOfDashboards(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		corse(t, k)
		ctx, n := t.Context(), new(atomic.Int64)
		q := counter{k.db, n}
		cost := func() (out [4]int64) {
			t.Helper()
			for i, do := range []func() error{
				func() error { _, err := k.outcome.OfNation(ctx, q, ""); return err },
				func() error { _, err := k.outcome.Of(ctx, q, outcome.Ask{Region: "94"}); return err },
				func() error {
					_, err := k.outcome.Of(ctx, q, outcome.Ask{Region: "94", Theme: "agriculture"})
					return err
				},
				func() error { _, err := k.outcome.Of(ctx, q, outcome.Ask{Department: "2B"}); return err },
			} {
				n.Store(0)
				if err := do(); err != nil {
					t.Fatal(err)
				}
				out[i] = n.Load()
			}
			return out
		}
		again := func(id string) [4]int64 {
			k.say(t, id, "2026-02-27", 2, followup.Declared, followup.Said{})
			return cost()
		}
		cost()
		few, still := again("a"), cost()
		for i := range 40 {
			k.hedges(t, fmt.Sprintf("e%02d", i), int64(10+i), 10, 300_300, nil)
			k.say(t, fmt.Sprintf("e%02d", i), "2026-02-20", 1, followup.Declared, followup.Said{})
		}
		cost()
		many, quiet := again("e01"), cost()
		if few != many || still != quiet {
			t.Errorf("after a word: %v then %v; when nothing moved: %v then %v", few, many, still, quiet)
		}
		if many != [4]int64{6, 3, 3, 3} || quiet != [4]int64{3, 3, 3, 3} {
			t.Errorf("statements: %v after a word, %v when nothing moved", many, quiet)
		}
	})
}

// The nation is the sum of its regions, mainland levers apart from those of overseas.
func TestTheNationSumsItsRegions(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		corse(t, k)
		n, err := k.outcome.OfNation(t.Context(), k.db, "")
		if err != nil {
			t.Fatal(err)
		}
		same(t, "regions", len(n.Regions), len(k.model.Tree().Regions()))
		var kg outcome.Sum
		for _, r := range n.Regions {
			kg.Kg += r.Total.Said[followup.Declared].Kg
			kg.Actions += r.Actions
		}
		same(t, "declared", n.Total.Said[followup.Declared].Kg, kg.Kg)
		same(t, "actions", n.Actions, kg.Actions)
		if _, err := k.model.Tree().Lookup(territory.Ref{Scale: territory.RegionS, Code: "94"}); err != nil {
			t.Fatal(err)
		}
	})
}
