package followup_test

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"jalon/internal/action"
	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/followup"
	"jalon/internal/french"
	"jalon/internal/mail"
	"jalon/internal/policy"
)

// mails are those in the outbox, by address.
func (k *kit) mails(t *testing.T) map[string][]mail.Kept {
	t.Helper()
	rows, err := k.db.Query(t.Context(), `SELECT id FROM mail_outbox ORDER BY at, id`)
	ids, err := db.Strings(rows, err)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string][]mail.Kept{}
	for _, id := range ids {
		m, err := mail.Find(t.Context(), k.db, id)
		if err != nil {
			t.Fatal(err)
		}
		out[m.To.Email] = append(out[m.To.Email], m)
	}
	return out
}

// linkIn is the personal link of a letter.
func linkIn(t *testing.T, m mail.Kept) string {
	t.Helper()
	for _, b := range m.Letter.Blocks {
		if _, token, ok := strings.Cut(b.URL, "/point/"); ok {
			return token
		}
	}
	t.Fatalf("no link in %+v", m.Letter)
	return ""
}

// opened is a round that is open and whose mails are written.
func (k *kit) opened(t *testing.T) followup.Round {
	t.Helper()
	ctx := t.Context()
	r, err := k.room.AddRound(ctx, k.team, k.cop, followup.Round{Name: "Printemps 2026", Period: "2026-03-01", ClosesOn: "2026-04-30", Note: "Merci\u00a0!", Fallback: followup.Fallback{Days: 7}})
	if err != nil {
		t.Fatal(err)
	}
	if r, err = k.room.OpenRound(ctx, k.team, r.ID, r.Rev); err != nil {
		t.Fatal(err)
	}
	if err := k.room.Ask(ctx, r.ID); err != nil {
		t.Fatal(err)
	}
	return r
}

func (k *kit) asks(t *testing.T, r followup.Round, id string) (out []string) {
	t.Helper()
	all, err := followup.Asks(t.Context(), k.db, r.ID)
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range all {
		if a.Action == id {
			out = append(out, a.Role+" "+a.State)
		}
	}
	return out
}

// A holder of three actions gets one mail; what was said since the period, what is done
// or abandoned is not asked; asking again writes to nobody twice.
func TestARoundWritesOnceToEach(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		ctx := t.Context()
		for i, id := range []string{"a1", "a2", "a3"} {
			k.retained(t, id, int64(i+1), nil)
		}
		k.retained(t, "b1", 4, func(x *action.Action) { x.Contact, x.Email = "Bruno", "bruno@exemple.fr" })
		k.retained(t, "c1", 5, func(x *action.Action) { x.Email = "" })
		k.retained(t, "d1", 6, func(x *action.Action) { x.Status = "done" })
		k.retained(t, "e1", 7, func(x *action.Action) { x.Status, x.StatusReason = "abandoned", "Plus de porteur." })
		k.retained(t, "f1", 8, nil)
		if _, err := k.room.Say(ctx, k.db, k.team, followup.Update{Action: "f1", Day: "2026-03-01", Said: followup.Said{Progress: whole(10)}}); err != nil {
			t.Fatal(err)
		}
		r := k.opened(t)
		if err := k.room.Ask(ctx, r.ID); err != nil {
			t.Fatal(err)
		}
		got := k.mails(t)
		if len(got) != 2 || len(got["anne@exemple.fr"]) != 1 || len(got["bruno@exemple.fr"]) != 1 {
			t.Fatalf("%d addresses, %d to Anne", len(got), len(got["anne@exemple.fr"]))
		}
		text := got["anne@exemple.fr"][0].Letter.Text()
		for _, want := range []string{"Haies a1", "Haies a2", "Haies a3", "Bonjour Anne Porteuse", french.Day("2026-04-30"), "Merci"} {
			if !strings.Contains(text, want) {
				t.Errorf("the letter does not say %q:\n%s", want, text)
			}
		}
		if got := k.asks(t, r, "c1"); !slices.Equal(got, []string{"team sent"}) {
			t.Errorf("without an address: %v", got)
		}
		for _, id := range []string{"d1", "e1", "f1"} {
			if got := k.asks(t, r, id); len(got) != 0 {
				t.Errorf("%s is asked: %v", id, got)
			}
		}
		if _, err := k.room.Remind(ctx, k.team, r.ID); apperr.KindOf(err) != apperr.Conflict {
			t.Errorf("reminded the same day: %v", err)
		}
		k.now = k.now.Add(4 * 24 * time.Hour)
		var n int
		var mu sync.Mutex
		var wg sync.WaitGroup
		for range 20 {
			wg.Go(func() {
				sent, _ := k.room.Remind(context.Background(), k.team, r.ID)
				mu.Lock()
				defer mu.Unlock()
				n += sent
			})
		}
		wg.Wait()
		if got := k.mails(t); n != 2 || len(got["anne@exemple.fr"]) != 2 || linkIn(t, got["anne@exemple.fr"][0]) != linkIn(t, got["anne@exemple.fr"][1]) {
			t.Errorf("%d reminders, %d mails", n, len(got["anne@exemple.fr"]))
		}
		other, err := k.room.AddRound(ctx, k.team, k.cop, followup.Round{Name: "Bis", Period: "2026-03-01", ClosesOn: "2026-04-30", Fallback: followup.Fallback{Days: 7}})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := k.room.OpenRound(ctx, k.team, other.ID, other.Rev); apperr.KindOf(err) != apperr.Conflict {
			t.Errorf("two rounds are open: %v", err)
		}
	})
}

// A personal link answers without an account, is corrected until the round closes, and
// opens nothing when it is forged; the same answer sent by twenty at once is one.
func TestAPersonalLinkAnswers(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		ctx := t.Context()
		k.retained(t, "a1", 1, nil)
		k.retained(t, "b1", 2, func(x *action.Action) { x.Email = "bruno@exemple.fr" })
		r := k.opened(t)
		token := linkIn(t, k.mails(t)["anne@exemple.fr"][0])
		l, err := k.room.Opened(ctx, k.db, token)
		if err != nil || len(l.Items) != 1 || l.Items[0].Action.ID != "a1" {
			t.Fatalf("%+v %v", l, err)
		}
		ask := l.Items[0].Ask.ID
		theirs, err := k.room.Opened(ctx, k.db, linkIn(t, k.mails(t)["bruno@exemple.fr"][0]))
		if err != nil {
			t.Fatal(err)
		}
		for name, c := range map[string][2]string{"a forged link": {strings.Repeat("A", 32), ask}, "nothing": {"", ask}, "what somebody else is asked": {token, theirs.Items[0].Ask.ID}} {
			if _, err := k.room.Answer(ctx, c[0], c[1], followup.Update{Said: followup.Said{Progress: whole(1)}}); apperr.KindOf(err) != apperr.NotFound {
				t.Errorf("%s answers: %v", name, err)
			}
		}
		var wg sync.WaitGroup
		for range 20 {
			wg.Go(func() {
				if _, err := k.room.Answer(context.Background(), token, ask, followup.Update{Said: followup.Said{Progress: whole(40)}, Seen: whole(0)}); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		all, err := followup.Of(ctx, k.db, "a1")
		if err != nil || len(all) != 1 || all[0].Origin != followup.ByHolder || all[0].SaidBy != "Anne Porteuse" {
			t.Fatalf("%+v %v", all, err)
		}
		if _, err := k.room.Say(ctx, k.db, k.team, followup.Update{Action: "a1", Day: "2026-03-02", Said: followup.Said{Progress: whole(45)}}); err != nil {
			t.Fatal(err)
		}
		if now, err := k.room.Answer(ctx, token, ask, followup.Update{Said: followup.Said{Progress: whole(50)}, Seen: whole(1)}); apperr.KindOf(err) != apperr.Conflict || *now.Progress != 45 {
			t.Errorf("the team wrote meanwhile: %+v %v", now.Said, err)
		}
		if _, err := k.room.Answer(ctx, token, ask, followup.Update{Said: followup.Said{Progress: whole(50)}, Seen: whole(2)}); err != nil {
			t.Errorf("a correction: %v", err)
		}
		r, _, err = followup.FindRound(ctx, k.db, k.team, r.ID)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := k.room.CloseRound(ctx, k.team, r.ID, r.Rev); err != nil {
			t.Fatal(err)
		}
		if _, err := k.room.Answer(ctx, token, ask, followup.Update{Said: followup.Said{Progress: whole(60)}}); apperr.KindOf(err) != apperr.Conflict {
			t.Errorf("after the round: %v", err)
		}
		if l, err := k.room.Opened(ctx, k.db, token); err != nil || *l.Items[0].Last.Progress != 50 {
			t.Errorf("the link of a closed round: %v", err)
		}
		if err := db.Tx(ctx, k.db, func(ctx context.Context, tx db.Q) error { return k.room.EraseAddress(ctx, tx, "anne@exemple.fr") }); err != nil {
			t.Fatal(err)
		}
		if _, err := k.room.Opened(ctx, k.db, token); apperr.KindOf(err) != apperr.NotFound {
			t.Errorf("the link of somebody erased: %v", err)
		}
		if all, err := followup.Of(ctx, k.db, "a1"); err != nil || len(all) != 3 || all[0].SaidBy+all[1].SaidBy+all[2].SaidBy != "" {
			t.Errorf("what they said names them: %+v %v", all, err)
		}
	})
}

// Who does not answer, cannot be reached or is not the right one gives way to the next of
// the chain; nobody is asked twice about the same action.
func TestTheChainGoesOn(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		ctx := t.Context()
		k.room.People = func(_ context.Context, _ db.Q, step string, _ action.Action) ([]followup.Person, error) {
			switch step {
			case "author":
				return []followup.Person{{Name: "Anne", Email: "anne@exemple.fr"}}, nil
			case "holder":
				return []followup.Person{{Name: "Accueil", Email: "accueil@exemple.fr"}}, nil
			case "lead":
				return []followup.Person{{ID: "lead", Name: "Léa", Email: "lea@exemple.fr"}}, nil
			}
			return nil, nil
		}
		k.retained(t, "a1", 1, nil)
		r := k.opened(t)
		// Anne's address does not exist: the author has the same one, so the holder's contacts are asked.
		if err := db.Tx(ctx, k.db, func(ctx context.Context, tx db.Q) error {
			mine, err := k.room.OnBounce(ctx, tx, k.mails(t)["anne@exemple.fr"][0])
			if !mine {
				t.Error("the mail is not known")
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
		if err := k.room.Ask(ctx, r.ID); err != nil {
			t.Fatal(err)
		}
		if got := k.asks(t, r, "a1"); !slices.Equal(got, []string{"contact bounced", "holder sent"}) {
			t.Fatalf("%v", got)
		}
		token := linkIn(t, k.mails(t)["accueil@exemple.fr"][0])
		l, err := k.room.Opened(ctx, k.db, token)
		if err != nil {
			t.Fatal(err)
		}
		if err := k.room.Refuse(ctx, token, l.Items[0].Ask.ID, ""); err != nil {
			t.Fatal(err)
		}
		if err := k.room.Ask(ctx, r.ID); err != nil {
			t.Fatal(err)
		}
		if got := k.asks(t, r, "a1"); !slices.Equal(got, []string{"contact bounced", "holder refused", "lead sent"}) {
			t.Fatalf("%v", got)
		}
		k.now = k.now.Add(8 * 24 * time.Hour)
		for range 2 {
			if err := k.room.Morning(ctx); err != nil {
				t.Fatal(err)
			}
		}
		if got := k.asks(t, r, "a1"); !slices.Equal(got, []string{"contact bounced", "holder refused", "lead passed", "team sent"}) {
			t.Fatalf("%v", got)
		}
		if _, err := k.room.Say(ctx, k.db, k.team, followup.Update{Action: "a1", Day: "2026-03-10", Said: followup.Said{Progress: whole(10)}}); err != nil {
			t.Fatal(err)
		}
		if got := k.asks(t, r, "a1"); got[3] != "team answered" {
			t.Errorf("the team said it: %v", got)
		}
		k.now = k.now.Add(60 * 24 * time.Hour)
		if err := k.room.Morning(ctx); err != nil {
			t.Fatal(err)
		}
		if r, _, err := followup.FindRound(ctx, k.db, k.team, r.ID); err != nil || r.State != followup.Closed {
			t.Errorf("the round after its last day: %s %v", r.State, err)
		}
		if _, _, err := followup.FindRound(ctx, k.db, policy.Actor{}, r.ID); err == nil {
			t.Error("anyone reads a round")
		}
	})
}
