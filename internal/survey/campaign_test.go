package survey

import (
	"context"
	"crypto/rand"
	"errors"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"jalon/data"
	"jalon/internal/account"
	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/french"
	"jalon/internal/intake"
	"jalon/internal/jobs"
	"jalon/internal/journal"
	"jalon/internal/mail"
	"jalon/internal/policy"
	"jalon/internal/territory"
	"jalon/internal/testkit"
)

// clock is a time that a test moves.
type clock struct{ at time.Time }

func (c *clock) now() time.Time { return c.at }

// sending is a room of campaigns with the authorities of some regions.
type sending struct {
	*Room
	d     *db.DB
	clock *clock
	tree  *territory.Tree
}

func sendingRoom(t testing.TB, d *db.DB, regions ...string) *sending {
	t.Helper()
	c := &clock{time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)}
	ids, keys := db.NewIDs(c.now, rand.Reader), db.NewCursors([]byte("essai"))
	queue := jobs.New(ids, c.now)
	tree, err := territory.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	m := &Room{DB: d, IDs: ids, Now: c.now, Random: rand.Reader, Journal: journal.New(ids, c.now, keys), Cursors: keys, Queue: queue, BaseURL: "https://jalon.example",
		Tree: func(context.Context) (*territory.Tree, error) { return tree, nil }, Intake: intake.New(ids, c.now)}
	m.Outbox = mail.New(mail.Options{IDs: ids, Now: c.now, Queue: queue, Cursors: keys, OnBounce: func(ctx context.Context, tx db.Q, k mail.Kept) error {
		_, err := m.OnBounce(ctx, tx, k)
		return err
	}})
	cops := &cop.Room{DB: d, IDs: ids, Now: c.now, Journal: m.Journal, Cursors: keys, Random: rand.Reader}
	if err := cops.Load(t.Context(), data.FS, tree); err != nil {
		t.Fatal(err)
	}
	if err := m.Load(t.Context(), data.FS); err != nil {
		t.Fatal(err)
	}
	s := &sending{m, d, c, tree}
	s.people(t, regions...)
	return s
}

// people writes the authorities of some regions as organisations.
func (s *sending) people(t testing.TB, regions ...string) {
	t.Helper()
	list, _, err := account.Reference(s.tree, data.FS)
	if err != nil {
		t.Fatal(err)
	}
	var rows, reach [][]any
	for _, o := range list {
		if o.Origin != account.FromTree || !slices.Contains(regions, o.Region) {
			continue
		}
		rows = append(rows, []any{o.ID, 1, o.Name, french.Fold(o.Name), french.SortKey(o.Name), string(o.Kind), o.Label, strings.Join(o.Capacities, "|"), o.Territory, o.SIREN, o.Region, o.Department, "", o.Origin, "active", 1})
		for _, x := range o.Reach {
			scale, code, _ := strings.Cut(x, ":")
			reach = append(reach, []any{o.ID, scale, code})
		}
	}
	err = db.Tx(t.Context(), s.d, func(ctx context.Context, tx db.Q) error {
		if _, err := db.Insert(ctx, tx, "organisation", strings.Fields("id rev name name_fold sort_key kind label capacities territory siren region department contact origin state at"), rows, ""); err != nil {
			return err
		}
		_, err := db.Insert(ctx, tx, "organisation_reach", []string{"organisation", "scale", "code"}, reach, "")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func holding(role policy.Role, region string) policy.Actor {
	return policy.Actor{Person: string(role) + region, Grants: []policy.Grant{{Role: role, COP: cop.RegionID(cop.First, region)}}}
}

func teamOf(region string) policy.Actor { return holding(policy.Team, region) }

func (s *sending) campaign(t testing.TB, region string, communes bool) Campaign {
	t.Helper()
	in := DefaultInput()
	in.Communes, in.ClosesOn, in.Message = communes, "2026-06-30", "Merci d’avance."
	c, err := s.Create(t.Context(), teamOf(region), cop.RegionID(cop.First, region), in)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func (s *sending) open(t testing.TB, c Campaign) Campaign {
	t.Helper()
	c, err := s.Turn(t.Context(), teamOf(c.Region), c.ID, c.Rev, OpenIt, "", "")
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func (s *sending) count(t testing.TB, text string, args ...any) (n int64) {
	t.Helper()
	if err := s.d.QueryRow(t.Context(), text, args...).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// address gives an address to each recipient of a campaign.
func (s *sending) address(t testing.TB, c Campaign) {
	t.Helper()
	err := db.Tx(t.Context(), s.d, func(ctx context.Context, tx db.Q) error {
		rows, err := tx.Query(ctx, `SELECT r.id, r.authority FROM response r WHERE r.campaign_id = $1`, c.ID)
		list, err := db.Collect(rows, err, func(r *db.Rows) (row []any, err error) {
			var id, authority string
			err = r.Scan(&id, &authority)
			return []any{id, authority + "@exemple.fr", "", "", "essai", false, 1}, err
		})
		if err != nil {
			return err
		}
		_, err = db.Insert(ctx, tx, "response_contact", contactWritten, list, "")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func (s *sending) response(t testing.TB, c Campaign, authority string) Response {
	t.Helper()
	r, err := ResponseOf(t.Context(), s.d, c.ID, authority)
	if err != nil {
		t.Fatal(authority, err)
	}
	return r
}

func (s *sending) set(t testing.TB, text string, args ...any) {
	t.Helper()
	if _, err := s.d.Exec(t.Context(), text, args...); err != nil {
		t.Fatal(err)
	}
}

// validate says that an authority validated at an instant.
func (s *sending) validate(t testing.TB, r Response, at time.Time) {
	t.Helper()
	s.set(t, `UPDATE response SET state = 'validated', seq = 1, validated_at = $2 WHERE id = $1`, r.ID, at.UnixMilli())
	if _, err := db.Insert(t.Context(), s.d, "response_version", strings.Fields("response_id seq form form_version packed doc sha256 by at reason"), [][]any{{r.ID, 1, National, 1, []byte{}, "{}", "", "", at.UnixMilli(), ""}}, ""); err != nil {
		t.Fatal(err)
	}
}

func isKind(t *testing.T, what string, err error, want apperr.Kind) {
	t.Helper()
	if err == nil || apperr.KindOf(err) != want {
		t.Errorf("%s: %v, want %v", what, err, want)
	}
}

func TestACampaignHasOneResponseForEachAuthority(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx, s := t.Context(), sendingRoom(t, d, "94", "44")
		c := s.campaign(t, "94", false)
		corse := s.response(t, c, "corse")
		if corse.Kind != "region" || !slices.Equal(corse.Capacities, []string{"region", "departement"}) || corse.State != Listed || !corse.Counted || corse.Size == "" || corse.Department != "" {
			t.Errorf("%+v", corse)
		}
		if n := s.count(t, `SELECT COUNT(*) FROM response WHERE campaign_id = $1 AND kind = 'commune'`, c.ID); n != 0 {
			t.Errorf("%d communes were listed", n)
		}
		in := InputOf(c)
		in.Communes = true
		with, err := s.SaveCampaign(ctx, teamOf("94"), c.ID, c.Rev, in)
		if err != nil {
			t.Fatal(err)
		}
		if n := s.count(t, `SELECT COUNT(*) FROM response WHERE campaign_id = $1 AND kind = 'commune'`, c.ID); n != 360 {
			t.Errorf("%d communes of Corse", n)
		}
		if r := s.response(t, c, "commune-2A004"); r.Department != "2A" || r.Size != "s5" {
			t.Errorf("Ajaccio: %+v", r)
		}
		_, err = s.SaveCampaign(ctx, teamOf("94"), c.ID, c.Rev, in)
		isKind(t, "saved at an old revision", err, apperr.Conflict)
		in.Communes = false
		if _, err = s.SaveCampaign(ctx, teamOf("94"), c.ID, with.Rev, in); err != nil {
			t.Fatal(err)
		}
		if n := s.count(t, `SELECT COUNT(*) FROM response WHERE campaign_id = $1 AND kind = 'commune'`, c.ID); n != 0 {
			t.Errorf("%d communes are left", n)
		}
		for name, a := range map[string]policy.Actor{"nobody": {}, "another region": teamOf("44"), "an expert": holding(policy.Expert, "44")} {
			if _, err := s.Create(ctx, a, cop.RegionID(cop.First, "94"), DefaultInput()); err == nil {
				t.Errorf("%s makes a campaign", name)
			}
			if _, err := s.SaveCampaign(ctx, a, c.ID, 1, InputOf(c)); err == nil {
				t.Errorf("%s edits it", name)
			}
			if _, err := s.Turn(ctx, a, c.ID, 1, OpenIt, "", ""); err == nil {
				t.Errorf("%s opens it", name)
			}
		}
		past, err := CampaignHistory(ctx, d, c.ID)
		if err != nil || len(past) != 3 || !past[1].Campaign.Communes {
			t.Errorf("%d versions, %v", len(past), err)
		}
	})
}

func TestAlsaceCountsOnceAndTheGrandEstIsWhole(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		s := sendingRoom(t, d, "44")
		c := s.campaign(t, "44", true)
		rows, err := RateRows(t.Context(), d, cop.First, c.ID)
		if err != nil {
			t.Fatal(err)
		}
		set := RatesOf(rows).Regions["44"]
		communes, err := s.tree.CommunesOf(territory.Ref{Scale: territory.RegionS, Code: "44"})
		if err != nil {
			t.Fatal(err)
		}
		if set.Regions.Authorities != 1 || set.Departments.Authorities != 9 || int(set.Communes.Authorities) != len(communes) {
			t.Errorf("%+v", set)
		}
		if set.Total.Authorities != 1+9+set.Groups.Authorities || set.Groups.Authorities < 140 || set.Metropoles.Authorities != 3 {
			t.Errorf("%+v", set)
		}
	})
}

func TestTwentyTeamsOpenOneCampaign(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx, s := t.Context(), sendingRoom(t, d, "94")
		var made atomic.Int64
		var g errgroup.Group
		for range 20 {
			g.Go(func() error {
				_, err := s.Create(ctx, teamOf("94"), cop.RegionID(cop.First, "94"), DefaultInput())
				if err == nil {
					made.Add(1)
				} else if apperr.KindOf(err) != apperr.Conflict {
					return err
				}
				return nil
			})
		}
		if err := g.Wait(); err != nil {
			t.Fatal(err)
		}
		if made.Load() != 1 {
			t.Fatalf("%d campaigns", made.Load())
		}
		c, err := CampaignOf(ctx, d, cop.RegionID(cop.First, "94"))
		if err != nil {
			t.Fatal(err)
		}
		all := s.count(t, `SELECT COUNT(*) FROM response`)
		s.address(t, c)
		var opened atomic.Int64
		for range 20 {
			g.Go(func() error {
				_, err := s.Turn(ctx, teamOf("94"), c.ID, c.Rev, OpenIt, "", "")
				if err == nil {
					opened.Add(1)
				} else if apperr.KindOf(err) != apperr.Conflict {
					return err
				}
				return nil
			})
		}
		if err := g.Wait(); err != nil {
			t.Fatal(err)
		}
		if opened.Load() != 1 || s.count(t, `SELECT COUNT(*) FROM job WHERE kind = 'survey.invite'`) != 1 {
			t.Fatalf("opened %d times", opened.Load())
		}
		for range 20 { // as many workers do the same job
			g.Go(func() error { return s.inviteSome(ctx, inviteArgs{Campaign: c.ID}) })
		}
		if err := g.Wait(); err != nil {
			t.Fatal(err)
		}
		if n := s.count(t, `SELECT COUNT(*) FROM mail_outbox`); n != all {
			t.Errorf("%d invitations for %d authorities", n, all)
		}
		if n := s.count(t, `SELECT COUNT(*) FROM response_seat`); n != all {
			t.Errorf("%d seats for %d authorities", n, all)
		}
		if n := s.count(t, `SELECT COUNT(*) FROM response WHERE state = 'invited'`); n != all {
			t.Errorf("%d invited", n)
		}
	})
}

func TestWhatACampaignRefuses(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx, s := t.Context(), sendingRoom(t, d, "94")
		team := teamOf("94")
		for field, change := range map[string]func(*CampaignInput){
			"form":         func(in *CampaignInput) { in.FormVersion = 99 },
			"closes_on":    func(in *CampaignInput) { in.OpensOn, in.ClosesOn = "2026-05-01", "2026-04-01" },
			"opens_on":     func(in *CampaignInput) { in.OpensOn = "1er mai" },
			"remind_max":   func(in *CampaignInput) { in.RemindMax = 7 },
			"remind_every": func(in *CampaignInput) { in.RemindEvery = 1 },
			"relevance":    func(in *CampaignInput) { in.Relevance = 1.2 },
			"message":      func(in *CampaignInput) { in.Message = strings.Repeat("é", 4001) },
		} {
			in := DefaultInput()
			change(&in)
			var f *Fault
			if _, err := s.Create(ctx, team, cop.RegionID(cop.First, "94"), in); !errors.As(err, &f) || f.Field != field {
				t.Errorf("%s: %v", field, err)
			}
		}
		c := s.campaign(t, "94", false)
		_, err := s.Turn(ctx, team, c.ID, c.Rev, CloseIt, "", "")
		isKind(t, "closed before it opens", err, apperr.Conflict)
		c = s.open(t, c)
		in := InputOf(c)
		in.Form, in.FormVersion = "autre", 1
		if _, err := s.SaveCampaign(ctx, team, c.ID, c.Rev, in); err == nil {
			t.Error("another questionnaire in a campaign that runs")
		}
		var f *Fault
		if _, err := s.Turn(ctx, team, c.ID, c.Rev, Nearly, "2026-03-03", ""); !errors.As(err, &f) || f.Field != "day" {
			t.Errorf("marked tomorrow: %v", err)
		}
		c, err = s.Turn(ctx, team, c.ID, c.Rev, Nearly, "2026-03-01", "")
		if err != nil || c.MarkedOn != "2026-03-01" || !c.State.Takes() || !c.State.Marked() {
			t.Fatal(c, err)
		}
		c, err = s.Turn(ctx, team, c.ID, c.Rev, CloseIt, "", "")
		if err != nil || c.State.Takes() {
			t.Fatal(c, err)
		}
		if _, err = s.Turn(ctx, team, c.ID, c.Rev, ReopenIt, "", " "); !errors.As(err, &f) || f.Field != "reason" {
			t.Errorf("reopened without a reason: %v", err)
		}
		if c, err = s.Turn(ctx, team, c.ID, c.Rev, ReopenIt, "", "Deux EPCI n’ont pas pu répondre."); err != nil || c.State != CampaignOpen || c.MarkedOn != "" {
			t.Fatal(c, err)
		}
		if n := s.count(t, `SELECT COUNT(*) FROM journal WHERE kind = 'campaign'`); n != 5 {
			t.Errorf("%d rows of the journal", n)
		}
	})
}
