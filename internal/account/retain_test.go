package account

import (
	"strings"
	"testing"

	"jalon/internal/db"
	"jalon/internal/policy"
	"jalon/internal/testkit"
)

// What tells of people goes when it has had its time; an account, a month after
// it was warned.
func TestRetention(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		r := newRoom(t, d)
		r.Keep = Retention{Accounts: 365, SignIn: 7}
		began := r.now
		held, gone, back := r.give("role@exemple.fr", policy.NationalReader, "nation", ""), r.give("parti@exemple.fr", policy.NationalReader, "nation", ""), r.give("revenu@exemple.fr", policy.NationalReader, "nation", "")
		for _, g := range []Role{gone, back} {
			if err := r.End(ctx, policy.Actor{Person: g.Account}, g.ID); err != nil {
				t.Fatal(err)
			}
		}
		if err := r.AskLink(ctx, "revenu@exemple.fr", "192.0.2.1", ""); err != nil {
			t.Fatal(err)
		}
		night := func(day, warned, erased int) {
			t.Helper()
			r.now = began.AddDate(0, 0, day)
			for i := range 2 { // twice is once
				w, e, err := r.Retain(ctx)
				if err != nil || i == 0 && (w != warned || e != erased) || i == 1 && w+e != 0 {
					t.Errorf("day %d, run %d: %d warned, %d erased, want %d and %d: %v", day, i, w, e, warned, erased, err)
				}
			}
		}
		night(6, 0, 0)
		if n := r.count(`SELECT COUNT(*) FROM sign_in`) * r.count(`SELECT COUNT(*) FROM attempt`); n == 0 {
			t.Error("what was asked for a week ago is gone")
		}
		night(8, 0, 0)
		if n := r.count(`SELECT COUNT(*) FROM sign_in`) + r.count(`SELECT COUNT(*) FROM attempt`); n != 0 {
			t.Errorf("%d requests and tries stay after a week", n)
		}
		night(334, 0, 0)
		night(335, 2, 0)
		_, _, text := r.last("parti@exemple.fr")
		if !strings.Contains(strings.ReplaceAll(text, "\u00a0", " "), "Il sera effacé à partir du 2 mars 2027") {
			t.Error(text)
		}
		night(364, 0, 0)
		s, err := r.Link(ctx, mustFind(t, d, back.Account), "")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := r.Confirm(ctx, strings.SplitN(s, "jeton=", 2)[1], ""); err != nil {
			t.Fatal(err)
		}
		night(365, 0, 1)
		for id, state := range map[string]string{held.Account: "active", back.Account: "active", gone.Account: "erased"} {
			if a := mustFind(t, d, id); a.State != state {
				t.Errorf("%s is %s, want %s", a.Email, a.State, state)
			}
		}
		night(365+334, 1, 0) // who came back is warned again, a year after
		r.Keep.Accounts = 0
		night(5000, 0, 0)
	})
}

// A night that was missed does not erase whoever was not warned a month before.
func TestRetentionWarnsFirst(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		r := newRoom(t, d)
		r.Keep = Retention{Accounts: 365}
		g := r.give("a@exemple.fr", policy.NationalReader, "nation", "")
		if err := r.End(t.Context(), policy.Actor{Person: g.Account}, g.ID); err != nil {
			t.Fatal(err)
		}
		r.now = r.now.AddDate(2, 0, 0)
		if w, e, err := r.Retain(t.Context()); w != 1 || e != 0 || err != nil {
			t.Fatal(w, e, err)
		}
		r.now = r.now.AddDate(0, 0, 29)
		if w, e, err := r.Retain(t.Context()); w+e != 0 || err != nil {
			t.Fatal(w, e, err)
		}
		r.now = r.now.AddDate(0, 0, 1)
		if w, e, err := r.Retain(t.Context()); w != 0 || e != 1 || err != nil {
			t.Fatal(w, e, err)
		}
	})
}
