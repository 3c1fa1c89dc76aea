package survey

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/policy"
	"jalon/internal/testkit"
)

func TestAMergedCommuneKeepsWhatItSaid(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx, s := t.Context(), sendingRoom(t, d, "94")
		c := s.campaign(t, "94", true)
		s.address(t, c)
		c = s.open(t, c)
		if err := s.inviteSome(ctx, inviteArgs{Campaign: c.ID}); err != nil {
			t.Fatal(err)
		}
		said, never := s.response(t, c, "commune-2A004"), s.response(t, c, "commune-2A006")
		s.validate(t, said, s.clock.at)
		s.set(t, `UPDATE response SET state = 'listed', invited_at = NULL WHERE id = $1`, never.ID)
		s.set(t, `UPDATE organisation SET state = 'gone' WHERE id IN ('commune-2A004', 'commune-2A006', 'commune-2A008')`)
		s.set(t, `UPDATE organisation SET name = 'Afa la Neuve' WHERE id = 'commune-2A001'`)
		b, err := s.Refresh(ctx, teamOf("94"), c.ID)
		if err != nil || b != (Brought{Added: 0, Changed: 1, Removed: 1, Kept: 2}) {
			t.Fatalf("%+v, %v", b, err)
		}
		if r := s.response(t, c, "commune-2A004"); r.Counted || r.State != Done || r.Seq != 1 || !r.Silent || !strings.Contains(r.Reason, "n’existe plus") {
			t.Errorf("%+v", r)
		}
		if r := s.response(t, c, "commune-2A001"); r.Name != "Afa la Neuve" {
			t.Errorf("%+v", r)
		}
		// What moved to another group takes its answer along.
		moved := s.response(t, c, "commune-2A001")
		s.set(t, `INSERT INTO answer (response_id, cycle, region, department, authority, kind, size, seq, at, packed) SELECT r.id, '2023-24', r.region, r.department, r.authority, r.kind, r.size, 1, 0, v.packed
			FROM response r JOIN response_version v ON v.response_id = $2 WHERE r.id = $1`, moved.ID, said.ID)
		s.set(t, `UPDATE organisation SET department = '2B' WHERE id = 'commune-2A001'`)
		if b, err := s.Refresh(ctx, teamOf("94"), c.ID); err != nil || b.Changed != 1 {
			t.Fatalf("%+v, %v", b, err)
		}
		if n := s.count(t, `SELECT COUNT(*) FROM answer a JOIN response r ON r.id = a.response_id WHERE a.response_id = $1 AND a.department = '2B' AND r.department = '2B' AND a.kind = r.kind AND a.size = r.size`, moved.ID); n != 1 {
			t.Error("its answer stayed in the group that it left")
		}
		_, err = ResponseOf(ctx, d, c.ID, "commune-2A006")
		isKind(t, "never written to", err, apperr.NotFound)
		if b, err = s.Refresh(ctx, teamOf("94"), c.ID); err != nil || !b.None() {
			t.Errorf("again: %+v, %v", b, err)
		}
		rows, err := RateRows(ctx, d, cop.First, c.ID)
		if err != nil {
			t.Fatal(err)
		}
		if set := RatesOf(rows).Regions["94"]; set.Communes != (Rate{0, 357}) {
			t.Errorf("%+v", set.Communes)
		}
		s.set(t, `UPDATE organisation SET state = 'active' WHERE id = 'commune-2A004'`)
		if _, err = s.Refresh(ctx, teamOf("94"), c.ID); err != nil {
			t.Fatal(err)
		}
		if r := s.response(t, c, "commune-2A004"); !r.Counted || r.Reason != "" {
			t.Errorf("back: %+v", r)
		}
	})
}

func TestAnOrganisationOutsideTheTreeAnswersOutsideTheRate(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx, s := t.Context(), sendingRoom(t, d, "94", "44")
		c := s.campaign(t, "94", false)
		s.set(t, `INSERT INTO organisation (id, rev, name, name_fold, sort_key, kind, label, capacities, territory, siren, region, department, contact, origin, state, at)
			VALUES ('pnr', 1, 'Parc naturel régional de Corse', 'parc naturel regional de corse', 'parc', 'syndicat', 'syndicat', '', '', '', '94', '2A', '', 'team', 'active', 1)`)
		r, err := s.AddOutside(ctx, teamOf("94"), c.ID, "pnr", "anime le plan climat")
		if err != nil || r.Counted || r.Kind != "epci" || r.Department != "2A" {
			t.Fatal(r, err)
		}
		_, err = s.AddOutside(ctx, teamOf("94"), c.ID, "pnr", "")
		isKind(t, "twice", err, apperr.Conflict)
		for _, org := range []string{"corse", "region-44", "inconnu"} {
			var f *Fault
			if _, err := s.AddOutside(ctx, teamOf("94"), c.ID, org, ""); !errors.As(err, &f) || f.Field != "organisation" {
				t.Errorf("%s: %v", org, err)
			}
		}
		_, err = s.AddOutside(ctx, teamOf("44"), c.ID, "pnr", "")
		isKind(t, "by another region", err, apperr.NotFound)
		before, err := RateRows(ctx, d, cop.First, c.ID)
		if err != nil {
			t.Fatal(err)
		}
		s.validate(t, r, s.clock.at)
		after, err := RateRows(ctx, d, cop.First, c.ID)
		if err != nil {
			t.Fatal(err)
		}
		x, y := RatesOf(before).Regions["94"], RatesOf(after).Regions["94"]
		if x.Total != y.Total || y.Outside != (Rate{1, 1}) || y.Groups != x.Groups {
			t.Errorf("%+v, then %+v", x, y)
		}
		if b, err := s.Refresh(ctx, teamOf("94"), c.ID); err != nil || !b.None() {
			t.Errorf("a refresh touches it: %+v, %v", b, err)
		}
	})
}

// What one reads of a campaign costs as many statements for a small region as for
// the largest.
func TestFollowingCostsTheSameSmallAndLarge(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		s := sendingRoom(t, d, "94", "44")
		read := func(c Campaign) int64 {
			var n atomic.Int64
			q := counter{d, &n}
			p, err := s.List(t.Context(), q, teamOf(c.Region), c.ID, Follow{State: string(Listed)}, "")
			if err != nil || len(p.Rows) == 0 {
				t.Fatal(len(p.Rows), err)
			}
			if _, err := RateRows(t.Context(), q, c.Cycle, c.ID); err != nil {
				t.Fatal(err)
			}
			if _, err := s.PlanReminders(t.Context(), q, teamOf(c.Region), c.ID, Follow{}, nil); err != nil {
				t.Fatal(err)
			}
			return n.Load()
		}
		small, large := s.campaign(t, "94", false), s.campaign(t, "44", true)
		if a, b := read(small), read(large); a != b || a == 0 {
			t.Errorf("%d statements for Corse, %d for the Grand Est", a, b)
		}
		seen, cursor := map[string]bool{}, ""
		for range 10 {
			p, err := s.List(t.Context(), d, teamOf("44"), large.ID, Follow{Department: "67"}, cursor)
			if err != nil {
				t.Fatal(err)
			}
			for _, x := range p.Rows {
				if seen[x.ID] {
					t.Fatalf("%s is listed twice", x.Name)
				}
				seen[x.ID] = true
			}
			if cursor = p.Next; cursor == "" {
				break
			}
		}
		if len(seen) < 450 {
			t.Errorf("%d recipients of the Bas-Rhin", len(seen))
		}
		lead := policy.Actor{Person: "d", Grants: []policy.Grant{{Role: policy.DepartmentLead, Department: "67"}}}
		p, err := s.List(t.Context(), d, lead, large.ID, Follow{}, "")
		if err != nil || len(p.Rows) == 0 || slices.ContainsFunc(p.Rows, func(x Followed) bool { return x.Department != "67" }) {
			t.Errorf("a lead reads %d rows, %v", len(p.Rows), err)
		}
		if p, err = s.List(t.Context(), d, teamOf("94"), large.ID, Follow{}, ""); err != nil || len(p.Rows) > 0 {
			t.Errorf("another region reads %d rows, %v", len(p.Rows), err)
		}
		if p, err = s.List(t.Context(), d, teamOf("44"), large.ID, Follow{Words: "metropole strasbourg"}, ""); err != nil || len(p.Rows) != 1 {
			t.Errorf("%d rows, %v", len(p.Rows), err)
		}
	})
}

// counter counts the statements of a reading.
type counter struct {
	db.Q
	n *atomic.Int64
}

func (c counter) Query(ctx context.Context, query string, args ...any) (*db.Rows, error) {
	c.n.Add(1)
	return c.Q.Query(ctx, query, args...)
}

func (c counter) QueryRow(ctx context.Context, query string, args ...any) *db.Row {
	c.n.Add(1)
	return c.Q.QueryRow(ctx, query, args...)
}

func BenchmarkGrandEst(b *testing.B) {
	for _, engine := range []db.Engine{db.SQLite, db.PostgreSQL} {
		d := testkit.Open(b, engine)
		s := sendingRoom(b, d, "44")
		start := time.Now()
		c := s.campaign(b, "44", true)
		b.Logf("%s: created with %d recipients in %v", engine, s.count(b, `SELECT COUNT(*) FROM response`), time.Since(start))
		b.Run(fmt.Sprintf("%s/page", engine), func(b *testing.B) {
			for b.Loop() {
				if _, err := s.List(b.Context(), d, teamOf("44"), c.ID, Follow{}, ""); err != nil {
					b.Fatal(err)
				}
				if _, err := RateRows(b.Context(), d, c.Cycle, c.ID); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkRateRows(b *testing.B) {
	for _, engine := range []db.Engine{db.SQLite, db.PostgreSQL} {
		d := testkit.Open(b, engine)
		s := sendingRoom(b, d, "44")
		c := s.campaign(b, "44", true)
		b.Run(string(engine), func(b *testing.B) {
			for b.Loop() {
				if _, err := RateRows(b.Context(), d, c.Cycle, c.ID); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkInvitations invites the Grand Est, communes included, once: by a hundred
// a transaction.
func BenchmarkInvitations(b *testing.B) {
	for _, engine := range []db.Engine{db.SQLite, db.PostgreSQL} {
		d := testkit.Open(b, engine)
		s := sendingRoom(b, d, "44")
		c := s.campaign(b, "44", true)
		s.address(b, c)
		c = s.open(b, c)
		start := time.Now()
		if err := s.inviteSome(b.Context(), inviteArgs{Campaign: c.ID}); err != nil {
			b.Fatal(err)
		}
		n := s.count(b, `SELECT COUNT(*) FROM mail_outbox`)
		b.Logf("%s: %d invitations in %v, %v a transaction of a hundred", engine, n, time.Since(start), time.Since(start)/time.Duration(n/invitedAtOnce+1))
	}
}
