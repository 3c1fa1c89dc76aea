package contribution

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"jalon/data"
	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/debate"
	"jalon/internal/framework"
	"jalon/internal/policy"
	"jalon/internal/testkit"
)

// A thousand posts from one machine: thirty are kept, the others are refused in
// French, and the journal holds one line.
func TestAThousandPostsFromOneMachine(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		m, c, _ := room(t, d)
		ctx := t.Context()
		refused := 0
		for i := range 1000 {
			if i > 60 && refused > 20 { // the rest is the same
				break
			}
			x := draft("Des pistes", bike)
			x.Machine, x.Email = "192.0.2.1", fmt.Sprintf("robot%d@exemple.fr", i)
			if _, _, err := m.Leave(ctx, policy.Actor{}, c, x); err != nil {
				if apperr.KindOf(err) != apperr.TooMany || !strings.Contains(apperr.Message(err), "rien n’est perdu") {
					t.Fatal(err)
				}
				refused++
			}
		}
		var n int64
		if err := d.QueryRow(ctx, `SELECT COUNT(*) FROM debate_post`).Scan(&n); err != nil || n != perMachine {
			t.Errorf("%d kept, %v", n, err)
		}
		if err := d.QueryRow(ctx, `SELECT COUNT(*) FROM journal WHERE verb = 'refuse' AND kind = 'post'`).Scan(&n); err != nil || n != 1 {
			t.Errorf("%d lines in the journal, %v", n, err)
		}
	})
}

func TestDraftsAreKeptAsTheyAre(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		m, c, at := room(t, d)
		ctx := t.Context()
		token, err := m.Keep(ctx, policy.Actor{}, c, "", Draft{Text: "à moitié"})
		if err != nil {
			t.Fatal(err)
		}
		if again, err := m.Keep(ctx, policy.Actor{}, c, token, Draft{Text: "aux trois quarts"}); err != nil || again != token {
			t.Errorf("kept again under another name: %v", err)
		}
		x, _, _, ok, err := m.Kept(ctx, d, policy.Actor{}, c, token)
		if err != nil || !ok || x.Text != "aux trois quarts" {
			t.Errorf("found again: %+v, %v", x, err)
		}
		if _, _, _, ok, err := m.Kept(ctx, d, policy.Actor{}, c, token+"x"); err != nil || ok {
			t.Errorf("another token: %v, %v", ok, err)
		}
		anne, leo := policy.Actor{Person: "anne"}, policy.Actor{Person: "leo"}
		own, err := m.Keep(ctx, anne, c, "", Draft{Text: "le mien"})
		if err != nil {
			t.Fatal(err)
		}
		if x, _, _, ok, err := m.Kept(ctx, d, anne, c, ""); err != nil || !ok || x.Text != "le mien" {
			t.Errorf("by her account: %+v, %v", x, err)
		}
		if _, _, _, ok, err := m.Kept(ctx, d, leo, c, own); err != nil || ok {
			t.Errorf("another person reads it: %v, %v", ok, err)
		}
		if err := m.Forget(ctx, leo, c, own); err != nil {
			t.Fatal(err)
		}
		if _, _, _, ok, err := m.Kept(ctx, d, anne, c, own); err != nil || !ok {
			t.Errorf("another person threw it away: %v, %v", ok, err)
		}
		*at = at.Add(draftLife + time.Hour)
		if _, _, _, ok, err := m.Kept(ctx, d, policy.Actor{}, c, token); err != nil || ok {
			t.Errorf("too old, and found: %v, %v", ok, err)
		}
		if err := db.Tx(ctx, d, func(ctx context.Context, tx db.Q) error { return m.Erase(ctx, tx, "anne") }); err != nil {
			t.Fatal(err)
		}
	})
}

func TestWhatIsWrongIsSaidFieldByField(t *testing.T) {
	x, err := tree()
	if err != nil {
		t.Fatal(err)
	}
	fw := must(framework.Load(data.FS))
	for field, change := range map[string]func(d *Draft){
		"titre":      func(d *Draft) { d.Title = strings.Repeat("a", 200) },
		"texte":      func(d *Draft) { d.Text = strings.Repeat("é", 100_000) },
		"theme":      func(d *Draft) { d.Theme = "magie" },
		"levier":     func(d *Draft) { d.Lever = "magie" },
		"lieu":       func(d *Draft) { d.Territory = "commune:35238" },
		"parole":     func(d *Draft) { d.Speaker = "roi" },
		"organismes": func(d *Draft) { d.Speaker = debate.Organised; d.Orgs = "Un seul" },
		"nom":        func(d *Draft) { d.Name = "\u200b\u202e" },
		"accord":     func(d *Draft) { d.Consent = false },
	} {
		d := draft("Des pistes", bike)
		if wrong := d.Check(fw, x, "44"); len(wrong) != 0 {
			t.Fatalf("nothing is wrong: %v", wrong[0])
		}
		change(&d)
		wrong := d.Check(fw, x, "44")
		if len(wrong) != 1 || wrong[0].Field != field || wrong[0].Message == "" {
			t.Errorf("%s: %v", field, wrong)
		}
		if len(wrong) == 1 && apperr.KindOf(wrong[0]) != apperr.Invalid {
			t.Errorf("%s: kind %v", field, errors.Unwrap(wrong[0]))
		}
	}
	d := draft("Des pistes", "Appelez Mme Dupont au 06 12 34 56 78, 12 rue des Lilas, pour en parler avec elle.")
	if w := d.Warnings(); len(w) != 3 {
		t.Errorf("what may be personal: %+v", w)
	}
	d.Unnamed = true
	if s := d.Signature(x); s != "une habitante ou un habitant (Strasbourg)" {
		t.Errorf("signed %q", s)
	}
}
