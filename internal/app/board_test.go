package app

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"time"

	"jalon/data"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/debate/group"
	"jalon/internal/jobs"
	"jalon/internal/national"
	"jalon/internal/policy"
	"jalon/internal/testkit"
)

// The job of the night runs in the worker; the command then names what was
// corrected since.
func TestANightIsVerified(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		c := coreOn(d)
		now := time.Date(2026, 3, 3, 0, 0, 0, 0, time.UTC) // one in the morning, in Paris
		c.now = func() time.Time { return now }
		c.IDs = db.NewIDs(c.now, c.random)
		r, err := c.openRooms(ctx)
		if err != nil {
			t.Fatal(err)
		}
		m, err := c.Model(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if err := r.cops.Load(ctx, data.FS, m.Tree()); err != nil {
			t.Fatal(err)
		}
		// Every metric that the program registers reads both engines.
		b, err := r.national.Read(ctx, d, cop.First, "")
		if err != nil || !b.Value(national.PeopleKey, "2023-24-r44").Known {
			t.Fatalf("%+v %v", b.Value(national.PeopleKey, "2023-24-r44"), err)
		}
		for key, want := range map[string]bool{"groupes/groupes-de-travail": false, "groupes/contributions": false, "groupes/contributions-repondues": false} {
			if v := b.Value(key, "2023-24-r44"); v.Known != want || v.Reason == "" {
				t.Errorf("%s of nothing: %+v", key, v)
			}
		}
		lead := policy.Actor{Person: "equipe", Grants: []policy.Grant{{Role: policy.Team, COP: "2023-24-r44"}}}
		if _, err := r.debate.Group.Add(ctx, lead, group.Group{COP: "2023-24-r44", Name: "Mobilité", Mandate: "Dire.", Part: policy.Public}); err != nil {
			t.Fatal(err)
		}
		if b, err = r.national.Read(ctx, d, cop.First, ""); err != nil || b.Value("groupes/groupes-de-travail", "2023-24-r44").N != 1 {
			t.Errorf("%v %+v", err, b.Value("groupes/groupes-de-travail", "2023-24-r44"))
		}
		conf := jobs.Config{Handlers: map[string]jobs.Handler{}}
		r.national.Register(&conf)
		if err := conf.Handlers[national.NightKind].Do(ctx, jobs.Job{}); err != nil {
			t.Fatal(err)
		}
		verify := func(day string) string {
			var out bytes.Buffer
			if err := c.VerifyBoard(ctx, &out, day); err != nil {
				t.Fatal(err)
			}
			return out.String()
		}
		if s := verify("2026-03-02"); !strings.Contains(s, "0\u00a0chiffre corrigé") {
			t.Error(s)
		}
		team := policy.Actor{Person: "equipe", Grants: []policy.Grant{{Role: policy.Team, COP: "2023-24-r03"}}}
		if _, _, err := r.cops.AddEvent(ctx, team, "2023-24-r03", cop.NewEvent{Stage: cop.Launch, Mark: cop.Opened, Day: "2026-02-10", Elsewhere: true, Evidence: "https://exemple.fr"}); err != nil {
			t.Fatal(err)
		}
		if s := verify("2026-03-02"); !strings.Contains(s, "2023-24-r03, Lancement\u00a0: le relevé disait –, les lignes disent maintenant 10\u00a0février\u00a02026") {
			t.Error(s)
		}
		if s := verify("2025-03-02"); !strings.Contains(s, "aucun relevé") {
			t.Error(s)
		}
		if err := c.VerifyBoard(ctx, &bytes.Buffer{}, "2999-01-01"); err == nil {
			t.Error("a day to come was verified")
		}
	})
}
