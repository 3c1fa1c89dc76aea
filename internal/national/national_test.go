package national_test

import (
	"context"
	"crypto/rand"
	"sync"
	"testing"
	"time"

	"jalon/data"
	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/journal"
	"jalon/internal/national"
	"jalon/internal/policy"
	"jalon/internal/territory"
	"jalon/internal/testkit"
)

// room is the board over the COPs that come with the program.
type room struct {
	*national.Room
	cops *cop.Room
	t    *testing.T
	now  time.Time
}

var embedded = sync.OnceValues(territory.Embedded)

const (
	grandEst = "2023-24-r44"
	guyane   = "2023-24-r03"
	mayotte  = "2023-24-r06"
	reunion  = "2023-24-r04"
)

var (
	team   = policy.Actor{Person: "equipe", Grants: []policy.Grant{{Role: policy.Team, COP: grandEst}}}
	admin  = policy.Actor{Person: "admin", Grants: []policy.Grant{{Role: policy.NationalAdmin, Nation: true}}}
	reader = policy.Actor{Person: "lecture", Grants: []policy.Grant{{Role: policy.NationalReader, Nation: true}}}
)

func newRoom(t *testing.T, d *db.DB) *room {
	t.Helper()
	tree, err := embedded()
	if err != nil {
		t.Fatal(err)
	}
	r := &room{t: t, now: time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)}
	clock := func() time.Time { return r.now }
	ids, cursors := db.NewIDs(clock, rand.Reader), db.NewCursors([]byte("k"))
	j := journal.New(ids, clock, cursors)
	r.cops = &cop.Room{DB: d, IDs: ids, Now: clock, Journal: j, Cursors: cursors, Random: rand.Reader}
	registry := &national.Registry{}
	registry.Add(national.Events())
	registry.Add(national.Meetings())
	registry.Add(national.Work())
	registry.Add(national.People(func(_ context.Context, code string) (string, error) {
		dept, err := tree.Dept(code)
		return dept.Region, err
	}))
	registry.Add(national.Survey())
	registry.Add(national.Debate())
	registry.Add(national.FollowUp(nil))
	r.Room = &national.Room{DB: d, IDs: ids, Now: clock, Journal: j, Registry: registry,
		Tree: func(context.Context) (*territory.Tree, error) { return tree, nil }}
	for range 2 { // a second start adds nothing
		if err := r.cops.Load(t.Context(), data.FS, tree); err != nil {
			t.Fatal(err)
		}
		if err := r.Load(t.Context(), data.FS); err != nil {
			t.Fatal(err)
		}
	}
	return r
}

func (r *room) read(day string, keys ...string) national.Board {
	r.t.Helper()
	b, err := r.Read(r.t.Context(), r.DB, cop.First, day, keys...)
	if err != nil {
		r.t.Fatal(err)
	}
	return b
}

func must[T any](t *testing.T) func(T, error) T {
	t.Helper()
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func want(t *testing.T, err error, kind apperr.Kind) {
	t.Helper()
	if err == nil || apperr.KindOf(err) != kind {
		t.Errorf("got %v, want %v", err, kind)
	}
}

// metric finds a metric by its key.
func (r *room) metric(key string) national.Metric {
	r.t.Helper()
	return must[national.Metric](r.t)(r.Registry.Find(key))
}

// The point d'étape of 27 May 2024: sixteen launched, Guyane and Mayotte being
// launched.
func TestTheStateOfMay2024(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		r := newRoom(t, d)
		b := r.read("2024-05-27")
		launched := b.Nation(r.metric(national.LaunchKey))
		if launched.COPs != 16 || launched.Without != 2 || len(b.COPs) != 18 || launched.Known {
			t.Errorf("%+v", launched)
		}
		for _, id := range []string{guyane, mayotte} {
			if v := b.Value(national.LaunchKey, id); v.Known || v.Note == "" || b.Value(national.StageKey, id).Text != string(cop.Preparation) {
				t.Errorf("%s: %+v", id, v)
			}
		}
		if v := b.Value(national.LaunchKey, reunion); v.Text != "2023-12-06" || v.Note == "" {
			t.Errorf("La Réunion: %+v", v)
		}
		// Nothing but dated facts tells a day before the first night; what is to
		// come is never zero.
		if !b.Before || b.Live || b.First != "" {
			t.Errorf("%+v", b)
		}
		for _, m := range b.Metrics {
			for _, c := range b.COPs {
				v := b.Value(m.Key, c.ID)
				if !v.Known && v.Reason == "" {
					t.Errorf("%s of %s: missing without a reason", m.Key, c.ID)
				}
				if v.Known && m.Past != national.FromDays {
					t.Errorf("%s of %s: told before the first night: %+v", m.Key, c.ID, v)
				}
			}
			if n := b.Nation(m); m.Total == national.Sum && n.Known {
				t.Errorf("%s: the nation has %+v, and nothing was recorded", m.Key, n)
			}
		}
		if got := b.Stalled(90); len(got) == 0 || got[0].Since != -1 {
			t.Errorf("%+v", got)
		}
	})
}

func (r *room) meet(kind cop.MeetingKind, day string, came *int64, counted bool) cop.Meeting {
	r.t.Helper()
	x, err := r.cops.AddMeeting(r.t.Context(), team, cop.Meeting{COP: grandEst, Kind: kind, Stage: cop.Debate, Title: "Réunion", Day: day, Part: policy.Public, State: cop.MeetingOn, Attendance: came, Counted: counted})
	if err != nil {
		r.t.Fatal(err)
	}
	return x
}

func n(v int64) *int64 { return &v }

func TestMeetingsCount(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		r := newRoom(t, d)
		r.meet(cop.GroupMeeting, "2026-01-10", n(30), true)
		r.meet(cop.GroupMeeting, "2026-01-20", n(200), false)
		r.meet(cop.Plenary, "2026-02-01", nil, false)
		r.meet(cop.Plenary, "2026-02-20", n(80), true)
		for day, want := range map[string][]int64{"2026-01-09": nil, "2026-01-10": {1, 1, 30, -1, 0, 30}, "2026-02-01": {3, 2, 30, 200, 1, 200}, "": {4, 2, 110, 200, 1, 200}} {
			b := r.read(day)
			for i, key := range []string{national.HeldKey, national.GroupsKey, national.CountedKey, national.DeclaredKey, national.NoFigureKey, national.LargestKey} {
				v, total := b.Value(key, grandEst), b.Nation(r.metric(key))
				if want == nil || want[i] < 0 {
					if v.Known || total.Known {
						t.Errorf("%s at %q: %+v, nation %+v", key, day, v, total)
					}
					continue
				}
				if !v.Known || v.N != want[i] || total.N != want[i] || total.COPs != 1 || total.Without != 17 {
					t.Errorf("%s at %q: %+v, nation %+v, want %d", key, day, v, total, want[i])
				}
			}
		}
	})
}

func TestDaysThatCannotBeRead(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		r := newRoom(t, d)
		for _, day := range []string{"2026-03-03", "2999-01-01", "hier", "2024-02-30", "0001-01-01", "2024-5-27"} {
			_, err := r.Read(ctx, d, cop.First, day)
			want(t, err, apperr.Invalid)
		}
		_, err := r.Read(ctx, d, cop.First, "", "cop/rien")
		want(t, err, apperr.NotFound)
		_, err = r.Read(ctx, d, "1999", "")
		want(t, err, apperr.NotFound)
		_, err = r.Moved(ctx, d, cop.First, "2024-05-27", "2024-05-27")
		want(t, err, apperr.Invalid)
	})
}
