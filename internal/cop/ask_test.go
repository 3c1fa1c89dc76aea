package cop

import (
	"context"
	"crypto/rand"
	"slices"
	"strings"
	"testing"

	"jalon/internal/account"
	"jalon/internal/db"
	"jalon/internal/jobs"
	"jalon/internal/mail"
	"jalon/internal/policy"
	"jalon/internal/testkit"
)

// peopled is a room with accounts, as the program builds it.
func peopled(t *testing.T, d *db.DB) *room {
	t.Helper()
	r := newRoom(t, d)
	r.People = &account.Room{DB: d, IDs: r.IDs, Now: r.Now, Random: rand.Reader, Key: []byte("k"), BaseURL: "https://jalon.example", Journal: r.Journal,
		Outbox: mail.New(mail.Options{IDs: r.IDs, Now: r.Now, Queue: jobs.New(r.IDs, r.Now), Cursors: r.Cursors}), COPsOf: IDsOfRegion}
	return r
}

// head appoints somebody and gives what they may do.
func (r *room) head(email string, role policy.Role, kind, scope string) policy.Actor {
	r.t.Helper()
	g, err := r.People.Appoint(r.t.Context(), email, "Camille Durand", role, kind, scope, "ici")
	if err != nil {
		r.t.Fatal(err)
	}
	a, err := r.People.Actor(r.t.Context(), g.Account)
	if err != nil {
		r.t.Fatal(err)
	}
	return a
}

// asked lists who was told of an act, by address.
func (r *room) asked(act string) (emails []string, last mail.Kept) {
	r.t.Helper()
	page, err := r.People.Outbox.List(r.t.Context(), r.DB, mail.Filter{}, "", 200)
	if err != nil {
		r.t.Fatal(err)
	}
	for _, m := range page.Mails {
		if strings.HasPrefix(m.Dedup, "act/"+act+"/") {
			emails, last = append(emails, m.To.Email), m
		}
	}
	slices.Sort(emails)
	return emails, last
}

// When an act is proposed, the other head and whom they let act are told by
// mail, once each, from their COP.
func TestTheOtherHeadIsAskedByMail(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		r := peopled(t, d)
		id := RegionID(First, "03")
		if _, err := r.DB.Exec(ctx, `UPDATE cop SET contact = 'equipe@cop-guyane.exemple.fr' WHERE id = $1`, id); err != nil {
			t.Fatal(err)
		}
		prefet, president := r.head("prefet@exemple.fr", policy.StateChair, "region", "03"), r.head("president@exemple.fr", policy.RegionChair, "region", "03")
		delegate, later := r.head("delegue@exemple.fr", policy.Team, "region", "03"), r.head("plus.tard@exemple.fr", policy.Team, "region", "03")
		r.head("ailleurs@exemple.fr", policy.RegionChair, "region", "44")
		for _, x := range []struct{ person, from, to string }{{delegate.Person, "2026-03-01", "2026-03-31"}, {later.Person, "2026-05-01", "2026-05-31"}} {
			if _, err := r.Delegate(ctx, president, Delegation{COP: id, Person: x.person, Reach: "all", From: x.from, To: x.to, Decision: "arrêté 1"}); err != nil {
				t.Fatal(err)
			}
		}
		_, act, err := r.AddEvent(ctx, prefet, id, NewEvent{Stage: Launch, Mark: Opened, Day: "2026-03-01"})
		if err != nil {
			t.Fatal(err)
		}
		emails, m := r.asked(act.ID)
		if !slices.Equal(emails, []string{"delegue@exemple.fr", "president@exemple.fr"}) {
			t.Errorf("asked %v", emails)
		}
		if m.FromName != "COP Guyane" || m.ReplyTo != "equipe@cop-guyane.exemple.fr" || m.COP != id || m.State != mail.Queued || m.Unsubscribe == "" {
			t.Errorf("%+v", m)
		}
		text := m.Letter.Text()
		for _, says := range []string{"L’État a écrit", "Lancement", "30\u00a0jours", "https://jalon.example/regions/guyane/bureau#acte-"} {
			if !strings.Contains(text, says) {
				t.Errorf("%q is not in %s", says, text)
			}
		}
		if strings.Contains(strings.SplitN(text, "\n", 3)[2], "Durand") {
			t.Errorf("the letter names a person: %s", text)
		}
		// Told once, whatever happens again in the same act.
		if err := db.Tx(ctx, d, func(ctx context.Context, tx db.Q) error {
			c, err := Find(ctx, tx, id)
			if err != nil {
				return err
			}
			return r.ask(ctx, tx, c, act)
		}); err != nil {
			t.Fatal(err)
		}
		if again, _ := r.asked(act.ID); len(again) != 2 {
			t.Errorf("asked again: %v", again)
		}
		// The team proposes: both heads are asked, not the proposer.
		if act, err = r.Propose(ctx, delegate, id, NewAct{Kind: "autre", Subject: "x", Title: "Un acte"}); err != nil {
			t.Fatal(err)
		}
		if emails, _ = r.asked(act.ID); !slices.Equal(emails, []string{"prefet@exemple.fr"}) {
			t.Errorf("a delegate gives the Region's word, and asks %v", emails)
		}
		if act, err = r.Propose(ctx, later, id, NewAct{Kind: "autre", Subject: "y", Title: "Un autre"}); err != nil {
			t.Fatal(err)
		}
		if emails, _ = r.asked(act.ID); !slices.Equal(emails, []string{"delegue@exemple.fr", "prefet@exemple.fr", "president@exemple.fr"}) {
			t.Errorf("the team proposes, and asks %v", emails)
		}
		// Whoever chose a digest is told in it; none is none.
		a, err := account.Find(ctx, d, president.Person)
		if err != nil {
			t.Fatal(err)
		}
		choices := map[account.Notice]string{account.Tasks: account.Digest, account.News: account.None, account.Reminders: account.None}
		if a, err = r.People.SaveProfile(ctx, president, a.Rev, "P", choices); err != nil {
			t.Fatal(err)
		}
		if act, err = r.Propose(ctx, prefet, id, NewAct{Kind: "autre", Subject: "z", Title: "Un troisième"}); err != nil {
			t.Fatal(err)
		}
		if _, m = r.asked(act.ID); m.State != mail.Waiting && m.To.Email == "president@exemple.fr" {
			t.Errorf("%+v", m)
		}
		choices[account.Tasks] = account.None
		if _, err = r.People.SaveProfile(ctx, president, a.Rev, "P", choices); err != nil {
			t.Fatal(err)
		}
		if act, err = r.Propose(ctx, prefet, id, NewAct{Kind: "autre", Subject: "zz", Title: "Un quatrième"}); err != nil {
			t.Fatal(err)
		}
		if emails, _ = r.asked(act.ID); !slices.Equal(emails, []string{"delegue@exemple.fr"}) {
			t.Errorf("asked %v", emails)
		}
	})
}

func TestSenderName(t *testing.T) {
	for name, want := range map[string]string{"COP régionale, Grand Est": "COP Grand Est", "COP départementale, Bas-Rhin": "COP Bas-Rhin", "La COP du Grand Est": "La COP du Grand Est"} {
		if got := (COP{Name: name}).SenderName(); got != want {
			t.Errorf("%s: %s", name, got)
		}
	}
	for contact, want := range map[string]string{"": "", "Préfecture de région, SGAR": "", "COP@exemple.fr": "cop@exemple.fr"} {
		if got := (COP{Contact: contact}).ReplyTo(); got != want {
			t.Errorf("%s: %s", contact, got)
		}
	}
}

// The letter of a département's act leads to the desk of the département, and
// speaks of no other head where there is none.
func TestTheLetterLeadsToItsOwnDesk(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		r := peopled(t, d)
		r.open2025()
		dept, err := tree(t).Dept("67")
		if err != nil {
			t.Fatal(err)
		}
		c, err := r.OpenDepartment(t.Context(), prefet, "2025-r44", dept, false)
		if err != nil {
			t.Fatal(err)
		}
		lead := r.head("prefet67@exemple.fr", policy.DepartmentLead, "department", "67")
		act, err := r.Propose(t.Context(), policy.Actor{Person: "equipe", Grants: []policy.Grant{{Role: policy.Team, COP: "2025-r44"}}}, c.ID, NewAct{Kind: "autre", Subject: "x", Title: "Un acte"})
		if err != nil {
			t.Fatal(err)
		}
		emails, m := r.asked(act.ID)
		text := m.Letter.Text()
		if !slices.Equal(emails, []string{"prefet67@exemple.fr"}) || !strings.Contains(text, "https://jalon.example/departements/67/cycles/2025/bureau#acte-"+act.ID) || strings.Contains(text, "l’autre tête") {
			t.Errorf("%v %s: %s", lead.Person, emails, text)
		}
	})
}
