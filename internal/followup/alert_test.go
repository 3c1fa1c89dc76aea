package followup_test

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"

	"jalon/internal/action"
	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/followup"
	"jalon/internal/mail"
	"jalon/internal/policy"
)

// Each rule finds its cause and nothing else; one that a COP does not use finds nothing.
func TestEachRuleFindsItsCause(t *testing.T) {
	base := action.Action{ID: "a", State: action.Retained, Status: "going", RetainedOn: "2026-02-01", Email: "a@exemple.fr", Starts: "2025", Ends: "2028"}
	for rule, c := range map[string]struct {
		change func(*action.Action)
		facts  func(*followup.Facts)
	}{
		"late": {func(x *action.Action) { x.Ends = "2025" }, nil},
		"blocked": {nil, func(f *followup.Facts) {
			f.Last["a"] = followup.Update{Day: "2026-02-20", Said: followup.Said{Blocked: "Plants."}}
		}},
		"silent": {func(x *action.Action) { x.RetainedOn = "2025-08-01" }, nil},
		"funding": {func(x *action.Action) {
			x.Budget.Invest, x.Funding = whole(1000), []action.Funding{{Funder: "Région", Amount: whole(400), State: "granted"}}
		}, nil},
		"aid": {func(x *action.Action) { x.Funding = []action.Funding{{Funder: "ADEME", Aid: "haies", State: "asked"}} }, func(f *followup.Facts) {
			f.Aids = map[string]followup.Closing{"haies": {Name: "Plantons", On: "2026-04-01"}}
		}},
		"gone": {nil, func(f *followup.Facts) { f.Bounced["a@exemple.fr"] = true }},
		"pace": {nil, func(f *followup.Facts) {
			f.Lagging = []followup.Lagging{{Lever: "gestion-haies", Name: "Haies", Short: 40}, {Lever: "covoiturage", Name: "Covoiturage", Short: 20}}
		}},
	} {
		x := base
		if c.change != nil {
			c.change(&x)
		}
		f := followup.Facts{Today: "2026-03-02", Actions: []action.Action{x}, Last: map[string]followup.Update{}, Bounced: map[string]bool{}}
		if c.facts != nil {
			c.facts(&f)
		}
		got := followup.Find(f, followup.Proposed())
		if len(got) != 1 || got[0].Rule != rule || !strings.HasSuffix(got[0].Said, ".") {
			t.Errorf("%s: %+v", rule, got)
		}
		r := followup.Proposed()
		r.Off = []string{rule}
		if got := followup.Find(f, r); len(got) != 0 {
			t.Errorf("%s, which is not used: %+v", rule, got)
		}
		x.Status = "done"
		f.Actions = []action.Action{x}
		if got := followup.Find(f, followup.Proposed()); rule != "pace" && len(got) != 0 {
			t.Errorf("%s, of an action that is done: %+v", rule, got)
		}
	}
}

// An alert is raised once by twenty who look at once, answered by the team with words,
// closed by itself, and raised anew when its cause comes back; the letter tells it once.
func TestAnAlertIsRaisedOnceAndAnswered(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		ctx := t.Context()
		x := k.retained(t, "a1", 1, func(x *action.Action) { x.RetainedOn = "2026-02-01" })
		block := func(day, text string, seq int64) {
			t.Helper()
			if _, err := k.room.Say(ctx, k.db, k.team, followup.Update{Action: x.ID, Day: day, Said: followup.Said{Progress: whole(seq), Blocked: text}}); err != nil {
				t.Fatal(err)
			}
		}
		block("2026-03-01", "Plants en retard.", 1)
		var raised int
		var mu sync.Mutex
		var wg sync.WaitGroup
		for range 20 {
			wg.Go(func() {
				n, _, err := k.room.Watch(context.Background(), k.cop)
				mu.Lock()
				defer mu.Unlock()
				if raised += n; err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		live, _, err := followup.Alerts(ctx, k.db, k.cop.ID)
		if err != nil || raised != 1 || len(live) != 1 || live[0].Rule != "blocked" || !strings.Contains(live[0].Said, "Plants en retard") {
			t.Fatalf("%d raised: %+v %v", raised, live, err)
		}
		var letters []mail.Mail
		k.room.TellTeam = func(_ context.Context, _ db.Q, _ cop.COP, m mail.Mail) (int, error) {
			letters = append(letters, m)
			return 1, nil
		}
		for range 2 {
			if _, err := k.room.TellAlerts(ctx); err != nil {
				t.Fatal(err)
			}
		}
		if len(letters) != 1 || !strings.Contains(letters[0].Letter.Text(), "Plants en retard") {
			t.Errorf("%d letters", len(letters))
		}
		if _, err := k.room.AnswerAlert(ctx, k.team, live[0].ID, live[0].Rev, "taken", " "); apperr.KindOf(err) != apperr.Invalid {
			t.Errorf("an answer without words: %v", err)
		}
		if _, err := k.room.AnswerAlert(ctx, policy.Actor{Person: "passant"}, live[0].ID, live[0].Rev, "taken", "Vu."); err == nil {
			t.Error("anyone answers")
		}
		a, err := k.room.AnswerAlert(ctx, k.team, live[0].ID, live[0].Rev, "taken", "Nous appelons la pépinière.")
		if err != nil || a.State != "taken" || a.By != k.team.Person {
			t.Fatalf("%+v %v", a, err)
		}
		if _, err := k.room.AnswerAlert(ctx, k.team, live[0].ID, live[0].Rev, "wrong", "Non."); apperr.KindOf(err) != apperr.Conflict {
			t.Errorf("the second to answer: %v", err)
		}
		if n, closed, err := k.room.Watch(ctx, k.cop); n != 0 || closed != 0 || err != nil {
			t.Errorf("answered and raised again: %d %d %v", n, closed, err)
		}
		block("2026-03-02", "", 2)
		if n, closed, err := k.room.Watch(ctx, k.cop); n != 0 || closed != 1 || err != nil {
			t.Errorf("its cause is gone: %d %d %v", n, closed, err)
		}
		if _, err := k.room.AnswerAlert(ctx, k.team, a.ID, a.Rev+1, "wrong", "Non."); apperr.KindOf(err) != apperr.Conflict {
			t.Errorf("an answer to what is closed: %v", err)
		}
		k.now = k.now.AddDate(0, 0, 1)
		block("2026-03-03", "Encore.", 3)
		if n, _, err := k.room.Watch(ctx, k.cop); n != 1 || err != nil {
			t.Errorf("its cause is back: %d %v", n, err)
		}
		live, gone, err := followup.Alerts(ctx, k.db, k.cop.ID)
		if err != nil || len(live) != 1 || len(gone) != 1 || gone[0].Answer != "Nous appelons la pépinière." {
			t.Errorf("%+v %+v %v", live, gone, err)
		}
	})
}

// A COP chooses its delays; the second of two who choose is told.
func TestRulesAreChosen(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		ctx := t.Context()
		r, err := followup.RulesOf(ctx, k.db, k.cop.ID)
		if err != nil || r.Silent != 180 || !r.Digest {
			t.Fatalf("%+v %v", r, err)
		}
		bad := r
		bad.Aging = 10
		if err := k.room.SetRules(ctx, k.team, k.cop, bad, ""); apperr.KindOf(err) != apperr.Invalid {
			t.Errorf("delays out of order: %v", err)
		}
		r.Silent, r.Off = 90, []string{"pace"}
		if err := k.room.SetRules(ctx, k.team, k.cop, r, "Trimestre."); err != nil {
			t.Fatal(err)
		}
		if err := k.room.SetRules(ctx, k.team, k.cop, r, ""); apperr.KindOf(err) != apperr.Conflict {
			t.Errorf("the second to choose: %v", err)
		}
		got, err := followup.RulesOf(ctx, k.db, k.cop.ID)
		if err != nil || got.Rev != 1 || got.Silent != 90 || !slices.Equal(got.Off, []string{"pace"}) {
			t.Errorf("%+v %v", got, err)
		}
		for day, want := range map[string]followup.Age{"2026-03-01": followup.Fresh, "2026-01-31": followup.Aging, "2025-12-20": followup.Old, "2025-12-01": followup.Silent, "": followup.Silent} {
			if age, _ := got.AgeOf(day, "2026-03-02"); age != want {
				t.Errorf("%s is %s, not %s", day, age, want)
			}
		}
	})
}
