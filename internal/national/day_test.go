package national_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/national"
	"jalon/internal/policy"
	"jalon/internal/testkit"
)

// night moves the clock to half past midnight in Paris after a day.
func (r *room) night(day string) {
	r.now = national.EndOf(day).Add(30 * time.Minute)
}

func (r *room) count(query string, args ...any) (n int64) {
	r.t.Helper()
	if err := r.DB.QueryRow(r.t.Context(), query, args...).Scan(&n); err != nil {
		r.t.Fatal(err)
	}
	return n
}

func (r *room) document(title string) {
	r.t.Helper()
	ctx := r.t.Context()
	if _, err := r.DB.Exec(ctx, `INSERT INTO blob (sha256, size, type, at) VALUES ($1, 1, 'text/plain', 1) ON CONFLICT (sha256) DO NOTHING`, "x"); err != nil {
		r.t.Fatal(err)
	}
	if _, err := db.Insert(ctx, r.DB, "cop_document", []string{"id", "rev", "cop_id", "title", "kind", "stage", "day", "part", "state", "sha256", "file_name", "size", "type"},
		[][]any{{title, 1, grandEst, title, "autre", "debat", "2026-01-01", "public", "kept", "x", "x.txt", 1, "text/plain"}}, ""); err != nil {
		r.t.Fatal(err)
	}
}

// Twenty programs keep the same night at once: one does, and what it kept does
// not change when the job runs again.
func TestANightIsKeptOnce(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		r := newRoom(t, d)
		r.document("a")
		r.night("2026-03-02")
		var wg sync.WaitGroup
		fresh := make(chan int, 20)
		for range 20 {
			wg.Go(func() {
				n, err := r.Nights(ctx)
				if err != nil {
					t.Error(err)
				}
				fresh <- n
			})
		}
		wg.Wait()
		close(fresh)
		all := 0
		for n := range fresh {
			all += n
		}
		if nights := r.count(`SELECT COUNT(*) FROM metric_night`); all != 1 || nights != 1 {
			t.Errorf("%d say they kept it, %d nights", all, nights)
		}
		ready := int64(0)
		for _, m := range r.Registry.Metrics() {
			if m.Coming == "" {
				ready++
			}
		}
		rows := r.count(`SELECT COUNT(*) FROM metric_day`)
		if rows != 18*ready {
			t.Errorf("%d rows, want %d", rows, 18*ready)
		}
		r.document("b")
		if n := must[int](t)(r.Nights(ctx)); n != 0 || r.count(`SELECT COUNT(*) FROM metric_day`) != rows {
			t.Errorf("again: %d nights", n)
		}
		r.now = r.now.AddDate(0, 0, 1)
		b := r.read("2026-03-02")
		if v := b.Value(national.DocumentsKey, grandEst); !v.Known || v.N != 1 || !v.Night || b.First != "2026-03-02" || b.Missed || b.Before {
			t.Errorf("the night said %+v", v)
		}
		if v := r.read("").Value(national.DocumentsKey, grandEst); v.N != 2 || v.Night {
			t.Errorf("today %+v", v)
		}
		_, err := r.Night(ctx, cop.First, r.Today())
		want(t, err, apperr.Invalid)
	})
}

// A program that slept keeps the nights it missed, for what rows still tell; the
// rest has no figure, and says why.
func TestMissedNights(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		r := newRoom(t, d)
		// A first start in the middle of a day keeps nothing of the day before.
		if n := must[int](t)(r.Nights(ctx)); n != 0 {
			t.Errorf("%d nights at noon", n)
		}
		r.document("a")
		r.night("2026-03-02")
		must[int](t)(r.Nights(ctx))
		r.now = time.Date(2026, 3, 5, 15, 0, 0, 0, time.UTC)
		r.meet(cop.Plenary, "2026-03-03", n(70), true)
		r.night("2026-03-05")
		if n := must[int](t)(r.Nights(ctx)); n != 3 {
			t.Errorf("%d nights, want 3", n)
		}
		b := r.read("2026-03-03")
		if v := b.Value(national.DocumentsKey, grandEst); v.Known || v.Reason == "" || !b.Missed {
			t.Errorf("%+v, missed %v", v, b.Missed)
		}
		if v := b.Value(national.CountedKey, grandEst); v.N != 70 {
			t.Errorf("a dated fact: %+v", v)
		}
		if v := b.Value(national.PendingKey, grandEst); !v.Known {
			t.Errorf("a row with its instant: %+v", v)
		}
		if b := r.read("2026-03-05"); b.Missed || b.Value(national.DocumentsKey, grandEst).N != 1 {
			t.Errorf("%+v", b.Value(national.DocumentsKey, grandEst))
		}
		if b := r.read("2026-03-01"); !b.Before || b.Value(national.PendingKey, grandEst).Known {
			t.Error("told before the first night")
		}
		curve := must[map[string][]national.Point](t)(r.Curves(ctx, d, cop.First, national.CountedKey, "2026-03-01", "2026-03-31"))[grandEst]
		if len(curve) != 4 || curve[0].Value.Known || curve[1].Value.N != 70 || curve[3].Day != "2026-03-05" {
			t.Errorf("%+v", curve)
		}
	})
}

// A COP that corrects an event changes the boards of the past; the night keeps
// what was said, and the difference is named.
func TestACorrectionChangesThePast(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		r := newRoom(t, d)
		team := policy.Actor{Person: "equipe", Grants: []policy.Grant{{Role: policy.Team, COP: guyane}}}
		in := cop.NewEvent{Stage: cop.Launch, Mark: cop.Opened, Day: "2026-02-10", Elsewhere: true, Evidence: "https://exemple.fr/lancement"}
		e, _, err := r.cops.AddEvent(ctx, team, guyane, in)
		if err != nil {
			t.Fatal(err)
		}
		// Learnt on 2 March, it happened on 10 February.
		if v := r.read("2026-02-09").Value(national.LaunchKey, guyane); v.Known {
			t.Errorf("before it happened: %+v", v)
		}
		if v := r.read("2026-02-10").Value(national.LaunchKey, guyane); v.Text != "2026-02-10" {
			t.Errorf("on its day: %+v", v)
		}
		r.night("2026-03-02")
		must[int](t)(r.Nights(ctx))
		if diff := must[[]national.Difference](t)(r.Compare(ctx, d, cop.First, "2026-03-02")); len(diff) != 0 {
			t.Errorf("%+v", diff)
		}
		in.Day, in.Note = "2026-02-20", "le procès-verbal donne le 20"
		if _, _, err := r.cops.CorrectEvent(ctx, team, guyane, e.ID, in); err != nil {
			t.Fatal(err)
		}
		for day, want := range map[string]string{"2026-02-10": "", "2026-02-19": "", "2026-02-20": "2026-02-20", "2026-03-02": "2026-02-20"} {
			if v := r.read(day).Value(national.LaunchKey, guyane); v.Text != want {
				t.Errorf("%s: %+v, want %q", day, v, want)
			}
		}
		diff := must[[]national.Difference](t)(r.Compare(ctx, d, cop.First, "2026-03-02"))
		keys := map[string]bool{}
		for _, x := range diff {
			keys[x.Metric.Key] = x.COP == guyane
		}
		if len(diff) != 3 || !keys[national.LaunchKey] || !keys[national.SinceKey] || !keys[national.LastKey] {
			t.Errorf("%+v", diff)
		}
		m := must[national.Movements](t)(r.Moved(ctx, d, cop.First, "2026-02-01", "2026-03-02"))
		for _, x := range m.Regions {
			if (x.COP.ID == guyane) == x.Still() {
				t.Errorf("%s: %+v", x.COP.ID, x)
			}
		}
		// Learnt since: an old event recorded today moves today's board.
		m = must[national.Movements](t)(r.Moved(ctx, d, cop.First, "2026-02-25", "2026-03-03"))
		learnt := 0
		for _, x := range m.Regions {
			learnt += len(x.Events)
		}
		if learnt != 1 {
			t.Errorf("%d events learnt", learnt)
		}
	})
}

func TestWhatMovedBetweenTwoDays(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		r := newRoom(t, d)
		r.meet(cop.Plenary, "2026-01-10", n(50), true)
		r.meet(cop.Plenary, "2026-02-10", n(70), true)
		m := must[national.Movements](t)(r.Moved(ctx, d, cop.First, "2026-01-31", ""+r.Today()))
		var by int64
		for _, x := range m.Regions {
			for _, c := range x.Changes {
				if c.Metric.Past == national.FromNights {
					t.Errorf("moved from what no night kept: %+v", c)
				}
				if n, ok := c.By(); ok && c.Metric.Key == national.CountedKey {
					by = n
				}
			}
		}
		if by != 70 {
			t.Errorf("moved by %d", by)
		}
	})
}

func TestVisits(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		r := newRoom(t, d)
		visit := func(want string) {
			t.Helper()
			if got := must[string](t)(r.Visit(ctx, "anne")); got != want {
				t.Errorf("%q, want %q", got, want)
			}
		}
		visit("")
		if got := r.Since(""); got != "2026-02-23" {
			t.Error(got)
		}
		visit("")
		r.now = r.now.AddDate(0, 0, 3)
		visit("2026-03-02")
		visit("2026-03-02") // the same day again
		r.now = r.now.AddDate(0, 0, 1)
		visit("2026-03-05")
	})
}

// Whatever a metric says of COPs, the nation never counts a missing one as zero.
func TestAggregation(t *testing.T) {
	d := testkit.Open(t, db.SQLite)
	r := newRoom(t, d)
	rate := national.Metric{Key: "essai/taux", Name: "Taux", Definition: "un taux", Kind: national.Rate, Total: national.RateOfSums, Past: national.FromDays, Version: 1}
	high := national.Metric{Key: "essai/haut", Name: "Haut", Definition: "un haut", Kind: national.Count, Total: national.Highest, Past: national.FromDays, Version: 1}
	r.Registry.Add(national.Source{Metrics: []national.Metric{rate, high}, Absent: "rien", Read: func(context.Context, db.Q, string, string) (national.Values, error) {
		v := national.Values{}
		v.Set(rate.Key, grandEst, national.Ratio(1, 2, ""))
		v.Set(rate.Key, guyane, national.Ratio(9, 98, ""))
		v.Set(rate.Key, mayotte, national.Ratio(0, 0, "personne n’est invité"))
		v.Set(high.Key, grandEst, national.Counted(3))
		v.Set(high.Key, guyane, national.Counted(8))
		return v, nil
	}})
	b := r.read("2026-02-01", rate.Key, high.Key)
	if n := b.Nation(rate); n.N != 10 || n.Whole != 100 || n.COPs != 2 || n.Without != 16 || rate.Show(n.Value) != "10,0" {
		t.Errorf("%+v", n)
	}
	if n := b.Nation(high); n.N != 8 {
		t.Errorf("%+v", n)
	}
	if v := b.Value(rate.Key, mayotte); v.Known || v.Reason != "personne n’est invité" {
		t.Errorf("%+v", v)
	}
	if v := b.Value(rate.Key, reunion); v.Known || v.Reason != "rien" {
		t.Errorf("%+v", v)
	}
}

// Two metrics of one key, or one without definition, stop the program at start.
func TestBadMetricsAreRefusedAtStart(t *testing.T) {
	read := func(context.Context, db.Q, string, string) (national.Values, error) { return nil, nil }
	good := national.Metric{Key: "essai/un", Name: "Un", Definition: "un", Version: 1}
	for name, list := range map[string][]national.Metric{"twice": {good, good}, "no definition": {{Key: "essai/un", Name: "Un", Version: 1}}, "no room": {{Key: "un", Name: "Un", Definition: "un", Version: 1}}, "no version": {{Key: "essai/un", Name: "Un", Definition: "un"}}} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if recover() == nil {
					t.Error("accepted")
				}
			}()
			(&national.Registry{}).Add(national.Source{Metrics: list, Read: read})
		})
	}
}
