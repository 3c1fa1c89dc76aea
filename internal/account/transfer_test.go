package account

import (
	"context"
	"net"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"jalon/internal/apperr"
	"jalon/internal/config"
	"jalon/internal/db"
	"jalon/internal/jobs"
	"jalon/internal/mail"
	"jalon/internal/policy"
	"jalon/internal/testkit"
)

func (r *room) leave(account string) NewTransfer {
	r.t.Helper()
	a, err := Find(r.t.Context(), r.DB, account)
	if err != nil {
		r.t.Fatal(err)
	}
	return NewTransfer{Account: account, Rev: a.Rev, Email: "suite@exemple.fr", Name: "Suite", Day: "2026-03-01", Reason: "départ à la retraite"}
}

// Somebody leaves: what their team may give goes to who follows, what is above
// it stays, both are told, and what they did keeps its author.
func TestTransfer(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		r := newRoom(t, d)
		r.seedFew()
		boss, team := r.as("chef@exemple.fr", policy.Team, "region", "44"), r.as("part@exemple.fr", policy.Team, "region", "44")
		r.as("part@exemple.fr", policy.StateChair, "region", "44")
		r.as("part@exemple.fr", policy.Team, "region", "53")
		r.as("part@exemple.fr", policy.Writer, "organisation", "commune-67482")
		for _, org := range []string{"commune-67482", "dreal-44"} {
			if _, _, err := r.Attach(ctx, boss, org, "part@exemple.fr", "", "agent", true); err != nil {
				t.Fatal(err)
			}
		}
		r.as("suite@exemple.fr", policy.Team, "region", "44") // held already: not twice
		in := r.leave(team.Person)
		for says, edit := range map[string]func(*NewTransfer){
			"à venir": func(x *NewTransfer) { x.Day = "2026-04-01" }, "Indiquez la date": func(x *NewTransfer) { x.Day = "demain" },
			"pourquoi": func(x *NewTransfer) { x.Reason = " " }, "elle-même": func(x *NewTransfer) { x.Email = "PART@exemple.fr" },
		} {
			bad := in
			edit(&bad)
			_, err := r.Transfer(ctx, boss, bad)
			want(t, err, apperr.Invalid, says)
		}
		_, err := r.Transfer(ctx, r.as("ailleurs@exemple.fr", policy.Team, "region", "32"), in)
		want(t, err, apperr.NotFound, "périmètre")
		out, err := r.Transfer(ctx, boss, in)
		if err != nil || out.Roles != 2 || out.Memberships != 2 || out.Left != 2 {
			t.Fatalf("%+v %v", out, err)
		}
		_, err = r.Transfer(ctx, boss, in)
		if err == nil {
			t.Error("transferred twice")
		}
		names := func(account string) (list []string) {
			roles, err := Roles(ctx, d, account)
			if err != nil {
				t.Fatal(err)
			}
			for _, g := range roles {
				list = append(list, string(g.Role)+" "+g.Scope)
			}
			slices.Sort(list)
			return list
		}
		if got := names(out.To.ID); !slices.Equal(got, []string{"authority_writer commune-67482", "team 44"}) {
			t.Errorf("who follows holds %v", got)
		}
		if got := names(team.Person); !slices.Equal(got, []string{"state_chair 44", "team 53"}) {
			t.Errorf("who leaves keeps %v", got)
		}
		of, err := Memberships(ctx, d, out.To.ID)
		if err != nil || len(of) != 2 || !of[0].Contact || of[0].Title != "agent" {
			t.Errorf("%+v %v", of, err)
		}
		for email, says := range map[string]string{"part@exemple.fr": "reste à votre nom", "suite@exemple.fr": "Vous reprenez"} {
			if _, _, text := r.last(email); !strings.Contains(text, says) || !strings.Contains(text, "départ à la retraite") || !strings.Contains(text, "1er\u00a0mars\u00a02026") {
				t.Errorf("%s reads:\n%s", email, text)
			}
		}
		if n := r.count(`SELECT COUNT(*) FROM journal WHERE verb = 'transfer' AND kind = 'account' AND subject = $1 AND actor = $2 AND cop_id = '2025-r44'`, out.ID, boss.Person); n != 1 {
			t.Errorf("%d rows of the journal", n)
		}
	})
}

// Twenty transfer the same person to twenty addresses at once: one wins.
func TestTransfersAtOnce(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx := context.WithoutCancel(t.Context())
		r := newRoom(t, d)
		r.seedFew()
		boss, team := r.as("chef@exemple.fr", policy.Team, "region", "44"), r.as("part@exemple.fr", policy.Team, "region", "44")
		r.as("part@exemple.fr", policy.Team, "region", "53")
		in := r.leave(team.Person)
		var wg sync.WaitGroup
		errs := make([]error, 20)
		for i := range errs {
			mine := in
			mine.Email = "suite" + strconv.Itoa(i) + "@exemple.fr"
			wg.Go(func() { _, errs[i] = r.Transfer(ctx, boss, mine) })
		}
		wg.Wait()
		won := 0
		for _, err := range errs {
			if err == nil {
				won++
			} else if k := apperr.KindOf(err); k != apperr.Conflict && k != apperr.NotFound {
				t.Error(err)
			}
		}
		if n := r.count(`SELECT COUNT(*) FROM role_grant WHERE scope = '44' AND ended_at IS NULL`); won != 1 || n != 2 {
			t.Errorf("%d won, %d hold the role", won, n)
		}
		if n := r.count(`SELECT COUNT(*) FROM account WHERE email LIKE 'suite%'`); n != 1 {
			t.Errorf("%d accounts were made", n)
		}
	})
}

// A mail that reaches nobody goes to who stands next, on a real mail server:
// the other contacts, the address of the organisation, the team; never twice the
// same, and a sign-in link to nobody else.
func TestABouncedMailGoesToWhoStandsNext(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		r := newRoom(t, d)
		r.seedFew()
		team := r.as("equipe@exemple.fr", policy.Team, "region", "44")
		pit := testkit.StartMailpit(t)
		host, port, err := net.SplitHostPort(pit.SMTP)
		if err != nil {
			t.Fatal(err)
		}
		n, err := strconv.Atoi(port)
		if err != nil {
			t.Fatal(err)
		}
		smtp, err := mail.NewSMTP(config.SMTP{Host: host, Port: n, TLS: config.Plain}, "jalon@exemple.fr", r.Now)
		if err != nil {
			t.Fatal(err)
		}
		c := jobs.Config{DB: d, Queue: r.Queue, Handlers: map[string]jobs.Handler{}}
		r.Outbox.Register(&c, smtp.Send)
		r.Register(&c)
		worker := jobs.NewWorker(c)
		drain := func() {
			t.Helper()
			if _, err := worker.Drain(ctx); err != nil {
				t.Fatal(err)
			}
		}
		drain()
		if _, err := r.SaveOrganisation(ctx, team, "commune-67482", 1, OrgInput{Contact: "mairie@exemple.fr"}); err != nil {
			t.Fatal(err)
		}
		for _, email := range []string{"absente@exemple.fr", "collegue@exemple.fr"} {
			if _, _, err := r.Attach(ctx, team, "commune-67482", email, "", "", true); err != nil {
				t.Fatal(err)
			}
		}
		drain()
		already := len(pit.Received(t))
		absente, err := FindByEmail(ctx, d, "absente@exemple.fr")
		if err != nil {
			t.Fatal(err)
		}
		put := func(dedup, email string, secret bool) {
			t.Helper()
			if _, err := r.Outbox.Enqueue(ctx, d, mail.Mail{Dedup: dedup, To: mail.Address{Email: email}, Person: absente.ID, Secret: secret,
				Letter: mail.Letter{Subject: "Votre questionnaire", Blocks: []mail.Block{mail.Para("Il vous attend.")}}}); err != nil {
				t.Fatal(err)
			}
		}
		// The server says that the address does not exist, then accepts the next.
		bounce := func(dedup string, secret bool, email string) {
			t.Helper()
			put(dedup, email, secret)
			drain() // it leaves, and a report comes back
			page, err := r.Outbox.List(ctx, d, mail.Filter{Email: email}, "", 100)
			if err != nil {
				t.Fatal(err)
			}
			for _, k := range page.Mails {
				if k.Dedup == dedup {
					if n, err := r.Outbox.Receive(ctx, d, strings.NewReader(report(k.ID, email))); err != nil || n != 1 {
						t.Fatal(n, err)
					}
				}
			}
			drain()
		}
		heard := func() (to []string) {
			for _, m := range pit.Received(t)[already:] {
				to = append(to, m.To[0].Address)
			}
			return to
		}
		bounce("rappel/1", false, "absente@exemple.fr")
		if got := heard(); !slices.Equal(got, []string{"absente@exemple.fr", "collegue@exemple.fr"}) {
			t.Fatalf("reached %v", got)
		}
		if last := pit.Received(t)[already+1]; !strings.Contains(last.Text, "destiné à absente@exemple.fr") || !strings.Contains(last.Text, "Il vous attend") || !strings.Contains(last.Subject, "Pour transmission") {
			t.Errorf("%s\n%s", last.Subject, last.Text)
		}
		report2 := func(email string) {
			t.Helper()
			page, err := r.Outbox.List(ctx, d, mail.Filter{Email: email}, "", 100)
			if err != nil || len(page.Mails) == 0 {
				t.Fatal(email, err)
			}
			for _, k := range page.Mails {
				if strings.HasSuffix(k.Dedup, "rappel/1") {
					if n, err := r.Outbox.Receive(ctx, d, strings.NewReader(report(k.ID, email))); err != nil || n != 1 {
						t.Fatal(email, n, err)
					}
				}
			}
			drain()
		}
		for _, email := range []string{"collegue@exemple.fr", "mairie@exemple.fr", "equipe-44@exemple.fr"} {
			report2(email)
		}
		if got := heard(); !slices.Equal(got, []string{"absente@exemple.fr", "collegue@exemple.fr", "mairie@exemple.fr", "equipe-44@exemple.fr"}) {
			t.Errorf("reached %v", got)
		}
		last := pit.Received(t)[already+3]
		if strings.Count(last.Text, "destiné à") != 1 || strings.Count(last.Subject, "Pour transmission") != 1 {
			t.Errorf("said several times over: %s\n%s", last.Subject, last.Text)
		}
		before := len(heard())
		if err := mail.ClearBounce(ctx, d, "collegue@exemple.fr"); err != nil {
			t.Fatal(err)
		}
		bounce("connexion/1", true, "absente@exemple.fr")
		if got := heard()[before:]; !slices.Equal(got, []string{"absente@exemple.fr"}) {
			t.Errorf("a sign-in link reached %v", got)
		}
		to, step, err := r.Contacts(ctx, d, Organisation{ID: "commune-67482", Region: "44", Contact: "mairie@exemple.fr"})
		if err != nil || step != 0 || len(to) != 1 || to[0].Email != "collegue@exemple.fr" {
			t.Errorf("%v %d %v", to, step, err)
		}
	})
}

// report is what a server sends back of an address that does not exist.
func report(id, email string) string {
	return strings.ReplaceAll(`Content-Type: multipart/report; report-type=delivery-status; boundary="b1"

--b1
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.exemple.fr

Final-Recipient: rfc822; `+email+`
Action: failed
Status: 5.1.1

--b1
Content-Type: text/rfc822-headers

Message-ID: <`+id+`@exemple.fr>

--b1--
`, "\n", "\r\n")
}
