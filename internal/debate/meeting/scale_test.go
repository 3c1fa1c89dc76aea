package meeting

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/policy"
	"jalon/internal/testkit"
)

// counter counts the statements of a reading.
type counter struct {
	db.Q
	n *atomic.Int64
}

// Query counts one statement.
func (c counter) Query(ctx context.Context, query string, args ...any) (*db.Rows, error) {
	c.n.Add(1)
	return c.Q.Query(ctx, query, args...)
}

// QueryRow counts one statement.
func (c counter) QueryRow(ctx context.Context, query string, args ...any) *db.Row {
	c.n.Add(1)
	return c.Q.QueryRow(ctx, query, args...)
}

// crowd writes meetings of the COP, half to come, and people who came to the first.
func (r *room) crowd(from, to int) {
	r.t.Helper()
	var meetings, versions, came [][]any
	for i := from; i < to; i++ {
		id, day := fmt.Sprintf("m-%06d", i), time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC).AddDate(0, 0, i*37%400-200).Format(time.DateOnly)
		meetings = append(meetings, []any{id, int64(1), r.cop.ID, "groupe", "debat", "Réunion", day, "", "", "Salle", "public", nil, false, "", "planned", "", []string{"", "67"}[i%2], ""})
		versions = append(versions, []any{id, int64(1), int64(0), "", "", "{}"})
		came = append(came, []any{"p-" + id, r.cop.ID, "m-000000", "", "", fmt.Sprint(i), "Nom", "", "Club", "", "", "", "list", int64(i), ""})
	}
	r.must(db.Tx(r.t.Context(), r.DB, func(ctx context.Context, tx db.Q) error {
		for _, x := range []struct {
			table   string
			columns []string
			rows    [][]any
		}{{"meeting", []string{"id", "rev", "cop_id", "kind", "stage", "title", "day", "start_at", "end_at", "place", "part", "attendance", "counted", "note", "state", "group_id", "department", "join_url"}, meetings},
			{"meeting_version", []string{"id", "rev", "at", "by", "reason", "body"}, versions},
			{"meeting_presence", []string{"id", "cop_id", "meeting_id", "voice_id", "device", "who", "name", "org", "org_name", "authority", "college", "territory", "how", "at", "by"}, came}} {
			if _, err := db.Insert(ctx, tx, x.table, x.columns, x.rows, ""); err != nil {
				return err
			}
		}
		return nil
	}))
}

// A list of meetings costs as many statements for 5 000 as for 50, and no more than a
// page of time; so does the list of those who came to one.
func TestListsOfManyMeetings(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		r := newRoom(t, d)
		var counts []int64
		read := func() (took time.Duration) {
			var n atomic.Int64
			q := counter{d, &n}
			for _, f := range []cop.MeetingFilter{{Today: "2026-03-02"}, {Today: "2026-03-02", Past: true}, {Today: "2026-03-02", Department: "67"}} {
				from := time.Now()
				p, err := r.COPs.MeetingList(ctx, q, policy.Actor{}, r.cop, f, "", 50)
				r.must(err)
				took = max(took, time.Since(from))
				if len(p.Rows) == 0 {
					t.Errorf("nothing for %+v", f)
				}
				if p.Next != "" {
					next, err := r.COPs.MeetingList(ctx, d, policy.Actor{}, r.cop, f, p.Next, 50)
					r.must(err)
					if last, first := p.Rows[len(p.Rows)-1], next.Rows[0]; (first.Day < last.Day) != f.Past && first.Day != last.Day || first.ID == last.ID {
						t.Errorf("%+v: %s follows %s", f, first.Day, last.Day)
					}
				}
			}
			counts = append(counts, n.Load())
			return took
		}
		r.crowd(0, 50)
		read()
		r.crowd(50, 5000)
		took := read()
		if counts[0] != counts[1] {
			t.Errorf("%d statements for 50, %d for 5 000", counts[0], counts[1])
		}
		t.Logf("%s: %v for a page of 5 000 meetings", d.Engine(), took)
		if took > 300*time.Millisecond { // ten times the target: a machine of tests is shared
			t.Errorf("a page takes %v", took)
		}
		from := time.Now()
		lines, err := r.List(ctx, d, team, "m-000000", "")
		r.must(err)
		t.Logf("%s: %v for a list of %d people", d.Engine(), time.Since(from), len(lines))
		if len(lines) != 5000 {
			t.Errorf("%d people", len(lines))
		}
	})
}
