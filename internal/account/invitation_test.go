package account

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/intake"
	"jalon/internal/mail"
	"jalon/internal/policy"
	"jalon/internal/testkit"
)

// lines are rows as a file would give them: email, name, role, organisation,
// function.
func lines(rows ...[5]string) iter.Seq2[InviteRow, error] {
	return func(yield func(InviteRow, error) bool) {
		for i, r := range rows {
			cell := func(n int, column string) InviteCell { return InviteCell{Text: r[n], Col: n + 1, Column: column} }
			row := InviteRow{Line: i + 2, Email: cell(0, "email"), Name: cell(1, "nom"), Role: cell(2, "rôle"), Org: cell(3, "organisme"), Title: cell(4, "fonction")}
			if !yield(row, nil) {
				return
			}
		}
	}
}

func (r *room) stage(by policy.Actor, s InviteScope, rows ...[5]string) intake.Run {
	r.t.Helper()
	r.staged++
	run, err := r.Intake.Stage(r.t.Context(), r.DB, intake.File{Kind: s.RunKind(), Name: "invitations.csv", SHA256: fmt.Sprint(r.staged), By: by.Person},
		r.Judge(r.t.Context(), r.DB, by, s, lines(rows...)), nil)
	if err != nil {
		r.t.Fatal(err)
	}
	return run
}

func (r *room) region(code string) InviteScope {
	return InviteScope{Kind: "region", Code: code, Region: code}
}

// Each refusal says its place and its reason; one refuses the whole, and leaves
// nothing.
func TestEveryRowOfAFileOfInvitationsIsJudged(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		r := newRoom(t, d)
		r.seedFew()
		team := r.as("equipe@exemple.fr", policy.Team, "region", "44")
		if _, err := r.InviteAt(ctx, d, team, "region", "44"); err != nil {
			t.Fatal(err)
		}
		_, err := r.InviteAt(ctx, d, team, "region", "53")
		want(t, err, apperr.Forbidden, "au nom de cette COP")
		_, err = r.InviteAt(ctx, d, r.as("v@exemple.fr", policy.Validator, "organisation", "commune-67482"), "region", "44")
		want(t, err, apperr.NotFound, "")
		before := r.count(`SELECT COUNT(*) FROM account`)
		cases := []struct {
			row     [5]string
			verdict intake.Verdict
			col     int
			says    string
		}{
			{[5]string{"Maire@Strasbourg.example", "Anne", "validation", "67482", "maire"}, intake.OK, 0, ""},
			{[5]string{"agent@strasbourg.example", "", "rédactrice", "246 700 488", ""}, intake.OK, 0, ""},
			{[5]string{"dreal@exemple.fr", "", "", "dreal-44", "cheffe de projet"}, intake.OK, 0, ""},
			{[5]string{"expert@exemple.fr", "", "Expertise", "", ""}, intake.OK, 0, ""},
			{[5]string{"maire@strasbourg.example", "Anne", "validation", "commune-67482", ""}, intake.Warning, 0, "déjà à la ligne"},
			{[5]string{"maire@strasbourg.example", "Anna", "equipe", "", ""}, intake.Warning, 0, "le nom diffère"},
			{[5]string{"pas une adresse", "", "equipe", "", ""}, intake.Error, 1, "pas une adresse"},
			{[5]string{"x@exemple.fr", "", "roi", "", ""}, intake.Error, 3, "rôle inconnu"},
			{[5]string{"x@exemple.fr", "", "", "", ""}, intake.Error, 3, "ni rôle ni organisme"},
			{[5]string{"x@exemple.fr", "", "rédaction", "", ""}, intake.Error, 4, "écrivez son code"},
			{[5]string{"x@exemple.fr", "", "rédaction", "99999", ""}, intake.Error, 4, "aucun organisme"},
			{[5]string{"x@exemple.fr", "", "rédaction", "67", ""}, intake.Error, 4, "trop court"},
			{[5]string{"x@exemple.fr", "", "rédaction", "commune-35238", ""}, intake.Error, 4, "pas de votre périmètre"},
			{[5]string{"x@exemple.fr", "", "co-animation, État", "", ""}, intake.Error, 3, "ne permet pas"},
			{[5]string{"x@exemple.fr", "", "administration nationale", "", ""}, intake.Error, 3, "ne permet pas"},
			{[5]string{"x@exemple.fr", "", "equipe", "", strings.Repeat("é", 201)}, intake.Error, 5, "200 caractères"},
		}
		var rows [][5]string
		for _, c := range cases {
			rows = append(rows, c.row)
		}
		run := r.stage(team, r.region("44"), rows...)
		if run.State != intake.Refused || run.Errors != 10 {
			t.Fatalf("%+v", run)
		}
		got, err := intake.Verdicts(ctx, d, run.ID, "", 0, 100)
		if err != nil || len(got) != len(cases) {
			t.Fatal(len(got), err)
		}
		for i, c := range cases {
			if g := got[i]; g.Verdict != c.verdict || g.Col != c.col || !strings.Contains(g.Reason, c.says) {
				t.Errorf("%q: %s, column %d, %q", c.row, g.Verdict, g.Col, g.Reason)
			}
		}
		_, err = r.ApplyInvitations(ctx, team, run.ID, run.Rev)
		want(t, err, apperr.Invalid, "10\u00a0lignes en erreur")
		if n := r.count(`SELECT COUNT(*) FROM account`); n != before {
			t.Errorf("a refused file left %d accounts", n-before)
		}
	})
}

func sixRows() [][5]string {
	return [][5]string{{"maire@exemple.fr", "Anne", "validation", "67482", "maire"}, {"maire@exemple.fr", "", "participant", "", ""}, {"agent@exemple.fr", "", "rédaction", "67482", ""},
		{"dreal@exemple.fr", "", "", "dreal-44", ""}, {"maire@exemple.fr", "Anne", "validation", "67482", ""}, {"expert@exemple.fr", "", "expert", "", ""}}
}

// Twenty who send the same at once: it is sent once, each person has one mail,
// and sending the same rows again brings nothing.
func TestInvitationsAreSentOnce(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx := context.WithoutCancel(t.Context())
		r := newRoom(t, d)
		r.seedFew()
		team := r.as("equipe@exemple.fr", policy.Team, "region", "44")
		run := r.stage(team, r.region("44"), sixRows()...)
		_, err := r.ApplyInvitations(ctx, r.as("autre@exemple.fr", policy.Team, "region", "44"), run.ID, run.Rev)
		want(t, err, apperr.NotFound, "quelqu’un d’autre")
		mails := r.count(`SELECT COUNT(*) FROM mail_outbox`)
		var wg sync.WaitGroup
		errs, outs := make([]error, 20), make([]Invited, 20)
		for i := range errs {
			wg.Go(func() { outs[i], errs[i] = r.ApplyInvitations(ctx, team, run.ID, run.Rev) })
		}
		wg.Wait()
		applied := 0
		for i, err := range errs {
			switch {
			case err == nil:
				applied++
				if outs[i] != (Invited{People: 4, Accounts: 4, Roles: 4, Memberships: 3}) {
					t.Errorf("%+v", outs[i])
				}
			case apperr.KindOf(err) != apperr.Conflict:
				t.Error(err)
			}
		}
		if applied != 1 {
			t.Fatalf("applied %d times", applied)
		}
		for range 3 { // a job may run again
			if err := r.WriteInvitations(ctx, run.ID); err != nil {
				t.Fatal(err)
			}
		}
		if n := r.count(`SELECT COUNT(*) FROM mail_outbox`) - mails; n != 4 {
			t.Errorf("%d mails to 4 people", n)
		}
		page, err := r.Outbox.List(ctx, d, mail.Filter{Email: "maire@exemple.fr"}, "", 10)
		if err != nil || len(page.Mails) != 1 {
			t.Fatal(page, err)
		}
		m := page.Mails[0]
		if text := m.Letter.Text(); m.FromName != "COP 44" || m.ReplyTo != "equipe-44@exemple.fr" || !strings.Contains(text, "La COP régionale Grand Est vous invite") ||
			!strings.Contains(text, "vous validez ce que répond") || !strings.Contains(text, "https://jalon.example/connexion") || strings.Count(text, "Strasbourg") != 1 {
			t.Errorf("from %q, reply to %q:\n%s", m.FromName, m.ReplyTo, text)
		}
		again := r.stage(team, r.region("44"), sixRows()...)
		if out, err := r.ApplyInvitations(ctx, team, again.ID, again.Rev); err != nil || out.Accounts+out.Roles+out.Memberships != 0 {
			t.Errorf("again: %+v %v", out, err)
		}
		if n := r.count(`SELECT COUNT(*) FROM journal WHERE kind = 'invitation' AND verb = 'apply' AND cop_id = '2025-r44'`); n != 2 {
			t.Errorf("%d rows of the journal", n)
		}
	})
}

// Rights are those of the moment of sending, and what is above them stops all.
func TestRightsAreJudgedAgainWhenSending(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		r := newRoom(t, d)
		r.seedFew()
		team := r.as("equipe@exemple.fr", policy.Team, "region", "44")
		run := r.stage(team, r.region("44"), sixRows()...)
		held, err := Roles(ctx, d, team.Person)
		if err != nil {
			t.Fatal(err)
		}
		if err := r.End(ctx, admin, held[0].ID); err != nil {
			t.Fatal(err)
		}
		if _, err := r.ApplyInvitations(ctx, team, run.ID, run.Rev); err == nil {
			t.Error("sent without any right")
		}
		r.as("equipe@exemple.fr", policy.DepartmentLead, "department", "08")
		if _, err := r.ApplyInvitations(ctx, team, run.ID, run.Rev); err == nil {
			t.Error("sent with the rights of another place")
		}
		if _, err := FindByEmail(ctx, d, "maire@exemple.fr"); err == nil {
			t.Error("a refusal left an account")
		}
		if got, err := intake.Find(ctx, d, run.ID); err != nil || got.State != intake.Staged {
			t.Errorf("the run is %s: %v", got.State, err)
		}
	})
}

// Five thousand rows with their faults are judged, then the good ones sent, in
// the time of a short transaction.
func TestFiveThousandInvitations(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		r := newRoom(t, d)
		if _, err := r.Seed(ctx, "a", slices.DeleteFunc(r.reference(), func(o Organisation) bool { return o.Region != "44" && o.ID != "commune-35238" })); err != nil {
			t.Fatal(err)
		}
		team := r.as("equipe@exemple.fr", policy.Team, "region", "44")
		var communes []string
		for _, o := range r.reference() {
			if o.Region == "44" && o.Kind == OrgCommune {
				communes = append(communes, o.ID)
			}
		}
		var rows [][5]string
		for i := range 5000 {
			rows = append(rows, [5]string{fmt.Sprintf("personne%d@exemple.fr", i), "Personne", "rédaction", communes[i%len(communes)], "agent"})
		}
		bad := slices.Clone(rows)
		for i := 0; i < 5000; i += 100 {
			bad[i] = [][5]string{{"pas une adresse", "", "equipe"}, {"x@exemple.fr", "", "rédaction", "00000"}, {"x@exemple.fr", "", "co-animation, Région"}, {"x@exemple.fr", "", "rédaction", "35238"}}[i/100%4]
			bad[i+1] = bad[i+2]
		}
		start := time.Now()
		run := r.stage(team, r.region("44"), bad...)
		if run.State != intake.Refused || run.Rows != 5000 || run.Errors != 50 {
			t.Fatalf("%+v", run)
		}
		t.Logf("5 000 rows judged and staged in %v", time.Since(start))
		run = r.stage(team, r.region("44"), rows...)
		start = time.Now()
		out, err := r.ApplyInvitations(ctx, team, run.ID, run.Rev)
		if err != nil || out != (Invited{People: 5000, Accounts: 5000, Roles: 5000, Memberships: 5000}) {
			t.Fatal(out, err)
		}
		t.Logf("5 000 invitations applied in %v", time.Since(start))
		start = time.Now()
		if err := r.WriteInvitations(ctx, run.ID); err != nil {
			t.Fatal(err)
		}
		t.Logf("5 000 letters put in %v", time.Since(start))
		if n := r.count(`SELECT COUNT(*) FROM mail_outbox WHERE dedup LIKE 'invitation/%'`); n != 5000 {
			t.Errorf("%d letters", n)
		}
	})
}

// Whatever a file asks, nobody ends up with more than who invited may give.
func TestNobodyInvitesAboveThemselves(t *testing.T) {
	d := testkit.Open(t, db.SQLite)
	r := newRoom(t, d)
	r.seedFew()
	ctx := t.Context()
	places := [][2]string{{"nation", ""}, {"region", "44"}, {"region", "53"}, {"department", "67"}, {"organisation", "commune-67482"}}
	words := []string{"", "rédaction", "validation", "equipe", "expert", "animation", "participant", "pilotage départemental", "co-animation, État", "co-animation, Région", "administration nationale", "lecture nationale", "opérateur"}
	codes := []string{"", "67482", "commune-35238", "region-44", "alsace", "sgpe", "246700488", "dreal-53", "departement-08"}
	n, sent := 0, 0
	tree, err := r.Tree(ctx)
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		n++
		place := rapid.SampledFrom(places).Draw(t, "place")
		role := rapid.SampledFrom(policy.Roles()[1:]).Draw(t, "role")
		by := r.as(fmt.Sprintf("invite%d@exemple.fr", n), role, place[0], place[1])
		at := rapid.SampledFrom(places[:4]).Draw(t, "at")
		s, err := r.InviteAt(ctx, d, by, at[0], at[1])
		if err != nil {
			return
		}
		var rows [][5]string
		for i := range rapid.SampledFrom([]int{1, 1, 1, 1, 2}).Draw(t, "rows") {
			rows = append(rows, [5]string{fmt.Sprintf("p%d.%d@exemple.fr", n, i), "", rapid.SampledFrom(words).Draw(t, "word"), rapid.SampledFrom(codes).Draw(t, "code"), ""})
		}
		run := r.stage(by, s, rows...)
		if _, err := r.ApplyInvitations(ctx, by, run.ID, run.Rev); err != nil {
			return
		}
		sent++
		for i := range rows {
			a, err := FindByEmail(ctx, d, fmt.Sprintf("p%d.%d@exemple.fr", n, i))
			if err != nil {
				t.Fatal(err)
			}
			given, err := Roles(ctx, d, a.ID)
			if err != nil {
				t.Fatal(err)
			}
			for _, g := range given {
				if err := r.mayGrant(ctx, d, tree, by, g.Role, g.ScopeKind, g.Scope); err != nil {
					t.Fatalf("%s over %s gave %s over %s:%s", role, place, g.Role, g.ScopeKind, g.Scope)
				}
			}
			of, err := Memberships(ctx, d, a.ID)
			if err != nil {
				t.Fatal(err)
			}
			for _, x := range of {
				o, err := FindOrganisation(ctx, d, x.Organisation)
				if err != nil {
					t.Fatal(err)
				}
				if rights, err := r.Rights(ctx, d, by, o); err != nil || !rights.Can(policy.Create, policy.Membership) {
					t.Fatalf("%s over %s attached somebody to %s: %v", role, place, o.ID, err)
				}
			}
		}
	})
	if sent == 0 {
		t.Errorf("none of %d drawn files could be sent: the property looks at nothing", n)
	}
}
