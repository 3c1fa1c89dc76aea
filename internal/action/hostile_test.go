package action_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"jalon/internal/action"
	"jalon/internal/apperr"
	"jalon/internal/blob"
	"jalon/internal/panorama"
	"jalon/internal/policy"
)

func cents(v int64) *int64     { return &v }
func value(v float64) *float64 { return &v }

// What nobody writes by hand is refused in French beside its field, the same on both
// engines, and leaves nothing behind.
func TestHostileActionsAreRefused(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		ctx := context.Background()
		huge := panorama.Kg(math.MaxInt64)
		many := make([]action.Place, 700)
		for i := range many {
			many[i].Territory = "department:67"
		}
		tasks := make([]action.Task, 61)
		for name, c := range map[string]struct {
			field string
			with  func(x *action.Action)
		}{
			"no title":            {"title", func(x *action.Action) { x.Title = " \u00a0\n" }},
			"a title of a book":   {"title", func(x *action.Action) { x.Title = strings.Repeat("é", 301) }},
			"a lever that is SQL": {"levers", func(x *action.Action) { x.Levers = []string{"x'; DROP TABLE action; --"} }},
			"a lever of nothing":  {"levers", func(x *action.Action) { x.Levers = []string{""} }},
			"a lever twice":       {"levers", func(x *action.Action) { x.Levers = []string{"covoiturage", "covoiturage"} }},
			"all levers":          {"levers", func(x *action.Action) { x.Levers = strings.Split("a,b,c,d,e,f,g,h,i,j,k,l,m", ",") }},
			"shares that go round": {"places", func(x *action.Action) {
				x.Places = []action.Place{{"department:67", cents(math.MaxInt64)}, {"department:68", cents(math.MaxInt64)}, {"department:57", cents(10_002)}}
			}},
			"a negative share": {"places", func(x *action.Action) {
				x.Places = []action.Place{{"department:67", cents(-1)}, {"department:68", cents(10_001)}}
			}},
			"nowhere":             {"places", func(x *action.Action) { x.Places = []action.Place{{Territory: "../67"}} }},
			"everywhere":          {"places", func(x *action.Action) { x.Places = many }},
			"30 February":         {"starts", func(x *action.Action) { x.Starts = "2026-02-30" }},
			"a month of thirteen": {"ends", func(x *action.Action) { x.Ends = "2026-13" }},
			"the year 0":          {"starts", func(x *action.Action) { x.Starts = "0000" }},
			"an end before":       {"ends", func(x *action.Action) { x.Starts, x.Ends = "2026-05", "2026-04" }},
			"a status of ours":    {"status", func(x *action.Action) { x.Status = "deleted" }},
			"late without why":    {"status_reason", func(x *action.Action) { x.Status, x.StatusReason = "late", " " }},
			"more than all money": {"invest", func(x *action.Action) { x.Budget.Invest = cents(math.MaxInt64) }},
			"money that is owed":  {"operation", func(x *action.Action) { x.Budget.Operation = cents(-1) }},
			"a funder of all": {"funding", func(x *action.Action) {
				x.Funding = []action.Funding{{Funder: "État", Amount: cents(math.MaxInt64), State: "paid"}}
			}},
			"a funder who hopes": {"funding", func(x *action.Action) { x.Funding = []action.Funding{{Funder: "État", State: "maybe"}} }},
			"no number":          {"indicators", func(x *action.Action) { x.Indicators = []action.Indicator{{Name: "Km", Target: value(math.NaN())}} }},
			"an endless value": {"indicators", func(x *action.Action) {
				x.Indicators = []action.Indicator{{Name: "Km", Values: []action.Value{{Day: "2026-03-01", V: math.Inf(1)}}}}
			}},
			"a value of no day": {"indicators", func(x *action.Action) {
				x.Indicators = []action.Indicator{{Name: "Km", Values: []action.Value{{Day: "demain"}}}}
			}},
			"an impact twice": {"impacts", func(x *action.Action) {
				x.Impacts = []action.Impact{{Lever: "covoiturage", Class: action.Unassessed}, {Lever: "covoiturage", Class: action.Qualitative}}
			}},
			"an impact of no number": {"impacts", func(x *action.Action) {
				x.Impacts = []action.Impact{{Lever: "covoiturage", Class: action.Quantified, Quantity: value(math.NaN())}}
			}},
			"an impact of the world": {"impacts", func(x *action.Action) {
				x.Impacts = []action.Impact{{Lever: "covoiturage", Class: action.Quantified, Quantity: value(1), Kg: &huge}}
			}},
			"an impact of no class": {"impacts", func(x *action.Action) { x.Impacts = []action.Impact{{Lever: "covoiturage"}} }},
			"61 tasks":              {"tasks", func(x *action.Action) { x.Tasks = tasks }},
			"a task of a book":      {"tasks", func(x *action.Action) { x.Tasks = []action.Task{{ID: "1", Title: strings.Repeat("a", 5_001)}} }},
			"a book in pieces": {"summary", func(x *action.Action) {
				for range 60 {
					x.Partners = append(x.Partners, action.Party{Name: strings.Repeat("\u0001", 4_000)})
				}
			}},
			"what is never hidden": {"hidden", func(x *action.Action) { x.Hidden = []string{"title"} }},
			"tied to itself":       {"relations", func(x *action.Action) { x.Relations = []action.Relation{{Kind: "depends", Other: "ailleurs"}} }},
		} {
			x := action.Action{Kind: action.Sectoral, Title: "Une action", State: action.Proposed}
			c.with(&x)
			var f *action.Fault
			if _, err := k.room.Add(ctx, k.db, k.team, k.cop, x); !errors.As(err, &f) || f.Field != c.field || apperr.KindOf(err) != apperr.Invalid {
				t.Errorf("%s: %v", name, err)
			}
		}
		for name, x := range map[string]action.Action{"NUL": {Title: "Une\x00action"}, "not UTF-8": {Title: "Une \xff action"}} {
			x.Kind = action.Sectoral
			if _, err := k.room.Add(ctx, k.db, k.team, k.cop, x); apperr.KindOf(err) != apperr.Invalid {
				t.Errorf("%s: %v", name, err)
			}
		}
		var n int64
		if err := k.db.QueryRow(ctx, `SELECT (SELECT COUNT(*) FROM action) + (SELECT COUNT(*) FROM action_version) + (SELECT COUNT(*) FROM action_lever) + (SELECT COUNT(*) FROM journal WHERE kind = 'action')`).Scan(&n); err != nil || n != 0 {
			t.Errorf("%d rows stay of what was refused, %v", n, err)
		}
	})
}

// The largest amounts and impacts that are taken are summed without going round.
func TestTheLargestAreSummed(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		ctx := context.Background()
		kg := panorama.Kg(1_000_000_000_000)
		for range 3 {
			x := action.Action{Kind: action.Sectoral, Title: "Tout", Levers: []string{"covoiturage"}, Impacts: []action.Impact{{Lever: "covoiturage", Class: action.Quantified, Quantity: value(1), Kg: &kg}}}
			x.Budget.Invest = cents(10_000_000_000_000)
			for range 60 {
				x.Funding = append(x.Funding, action.Funding{Funder: "État", Amount: x.Budget.Invest, State: "granted"})
			}
			x, err := k.room.Add(ctx, k.db, k.team, k.cop, x)
			if err != nil {
				t.Fatal(err)
			}
			if gap, _ := x.Gap(); *gap != -59*10_000_000_000_000 {
				t.Errorf("gap %d", *gap)
			}
		}
		many := make([]string, 2_000)
		for i := range many {
			many[i] = fmt.Sprintf("commune:%05d", i)
		}
		for n, ok := range map[int]bool{2_000: true, 2_001: false} {
			if _, err := k.room.List(ctx, k.db, k.team, action.Filter{COP: k.cop.ID, Places: slices.Concat(many, []string{"department:67"})[:n]}, "", 10); ok != (err == nil) || err != nil && apperr.KindOf(err) != apperr.Invalid {
				t.Errorf("inside %d territories: %v", n, err)
			}
		}
		tally, err := k.room.TallyBy(ctx, k.db, k.team, action.Filter{COP: k.cop.ID}, "lever")
		if err != nil || len(tally) != 1 || tally[0].Invest != 30_000_000_000_000 || tally[0].Kg != 3*kg || tally[0].Budgeted != 3 {
			t.Errorf("%+v, %v", tally, err)
		}
	})
}

// A hand-made address reads and changes nothing that its maker may not know.
func TestNobodyReachesWhatTheyMayNotKnow(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		ctx := context.Background()
		x, err := k.room.Add(ctx, k.db, k.team, k.cop, action.Action{Kind: action.Sectoral, Title: "Un secret"})
		if err != nil {
			t.Fatal(err)
		}
		away := over("ailleurs", policy.Team, "53")
		for name, do := range map[string]func(a policy.Actor) error{
			"find": func(a policy.Actor) error { _, _, err := action.Find(ctx, k.db, a, x.ID); return err },
			"save": func(a policy.Actor) error {
				got, err := k.room.Save(ctx, k.db, a, x, "")
				if got.Title != "" {
					t.Errorf("%q is told", got.Title)
				}
				return err
			},
			"bulk": func(a policy.Actor) error {
				_, err := k.room.Bulk(ctx, a, k.cop, []action.Aimed{{ID: x.ID, Rev: 1}}, action.Change{Phase: text("study")}, "")
				return err
			},
			"bulk of another COP": func(a policy.Actor) error {
				c := k.cop
				c.ID = "2023-r53"
				_, err := k.room.Bulk(ctx, a, c, []action.Aimed{{ID: x.ID, Rev: 1}}, action.Change{Phase: text("study")}, "")
				return err
			},
			"attach": func(a policy.Actor) error {
				_, err := k.room.Attach(ctx, a, x.ID, 1, "Plan", strings.NewReader("%PDF-1.4"), blob.Claim{Name: "plan.pdf"})
				return err
			},
			"detach":   func(a policy.Actor) error { _, err := k.room.Detach(ctx, a, x.ID, 1, "1", ""); return err },
			"document": func(a policy.Actor) error { _, _, err := action.OpenFile(ctx, k.db, a, x.ID, "1"); return err },
		} {
			for _, a := range []policy.Actor{{}, away} {
				if err := do(a); apperr.KindOf(err) != apperr.NotFound {
					t.Errorf("%s, %q: %v", name, a.Person, err)
				}
			}
		}
		for _, f := range []action.Filter{{COP: k.cop.ID}, {Author: k.team.Person}, {Words: "secret"}, {COP: "' OR 1=1 --"}, {States: []action.State{action.Draft}}} {
			p, err := k.room.List(ctx, k.db, away, f, "", 10)
			if err != nil || len(p.Rows) != 0 || p.Total != 0 {
				t.Errorf("%+v: %+v, %v", f, p, err)
			}
			if all, err := k.room.TallyBy(ctx, k.db, away, f, "state"); err != nil || len(all) != 0 {
				t.Errorf("%+v: %+v, %v", f, all, err)
			}
		}
		if _, err := k.db.Exec(ctx, `UPDATE action SET state = 'incoming', cop_id = 'import:x' WHERE id = $1`, x.ID); err != nil {
			t.Fatal(err)
		}
		for _, a := range []policy.Actor{k.team, {Person: "nation", Grants: []policy.Grant{{Role: policy.NationalAdmin}}}} {
			if p, err := k.room.List(ctx, k.db, a, action.Filter{}, "", 10); err != nil || len(p.Rows) != 0 {
				t.Errorf("%s reads a file that is not applied: %+v, %v", a.Person, p, err)
			}
		}
		for _, cursor := range []string{"x", "AAAA", strings.Repeat("A", 10_000)} {
			if _, err := k.room.List(ctx, k.db, k.team, action.Filter{}, cursor, 10); apperr.KindOf(err) != apperr.Invalid {
				t.Errorf("cursor %.10q: %v", cursor, err)
			}
		}
		if _, err := k.room.TallyBy(ctx, k.db, k.team, action.Filter{}, "author; DROP TABLE action"); apperr.KindOf(err) != apperr.Invalid {
			t.Errorf("a tally by SQL: %v", err)
		}
	})
}

// The file of an action is never one that another room throws away.
func TestDocumentsOfActionsStay(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		ctx := context.Background()
		x, err := k.room.Add(ctx, k.db, k.team, k.cop, action.Action{Kind: action.Sectoral, Title: "Planter"})
		if err != nil {
			t.Fatal(err)
		}
		for range 2 { // the same one twice
			if x, err = k.room.Attach(ctx, k.team, x.ID, x.Rev, "Plan", strings.NewReader("%PDF-1.4 un plan"), blob.Claim{Name: "plan.pdf"}); err != nil {
				t.Fatal(err)
			}
		}
		sha := x.Files[0].SHA256
		for _, f := range x.Files {
			if x, err = k.room.Detach(ctx, k.team, x.ID, x.Rev, f.ID, "Remplacé."); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := blob.Remove(ctx, k.db, sha, k.room.Now().AddDate(1, 0, 0)); apperr.KindOf(err) != apperr.Conflict {
			t.Errorf("a document that a version keeps was thrown away: %v", err)
		}
		if _, err := k.room.Attach(ctx, k.team, x.ID, x.Rev, strings.Repeat("a", 301), strings.NewReader("%PDF-1.4"), blob.Claim{Name: "plan.pdf"}); apperr.KindOf(err) != apperr.Invalid {
			t.Errorf("a title of a book: %v", err)
		}
	})
}
