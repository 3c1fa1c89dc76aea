package cop

import (
	"context"
	"crypto/rand"
	"fmt"
	"testing"
	"time"

	"jalon/data"
	"jalon/internal/db"
	"jalon/internal/journal"
	"jalon/internal/policy"
	"jalon/internal/territory"
	"jalon/internal/testkit"
)

// BenchmarkDesk reads the desk of a COP after two years: 300 meetings, 60 pieces
// of news, 100 acts, 10 000 rows of the journal.
func BenchmarkDesk(b *testing.B) {
	for _, engine := range []db.Engine{db.SQLite, db.PostgreSQL} {
		b.Run(string(engine), func(b *testing.B) {
			ctx := context.Background()
			d := testkit.Open(b, engine)
			clock := func() time.Time { return time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC) }
			ids, cursors := db.NewIDs(clock, rand.Reader), db.NewCursors([]byte("k"))
			m := &Room{DB: d, IDs: ids, Now: clock, Journal: journal.New(ids, clock, cursors), Cursors: cursors, Random: rand.Reader}
			tr, err := territory.Embedded()
			if err != nil {
				b.Fatal(err)
			}
			if err := m.Load(ctx, data.FS, tr); err != nil {
				b.Fatal(err)
			}
			id := RegionID(First, "44")
			who := policy.Actor{Person: "prefet", Grants: []policy.Grant{{Role: policy.StateChair, COP: id}}}
			err = db.Tx(ctx, d, func(ctx context.Context, tx db.Q) error {
				var meetings, news, acts, rows [][]any
				for i := range 300 {
					meetings = append(meetings, []any{fmt.Sprint("m", i), int64(1), id, "groupe", "debat", "Groupe", fmt.Sprintf("2026-%02d-10", 1+i%12), "", "", "", "public", nil, false, "", "planned"})
				}
				for i := range 60 {
					news = append(news, []any{fmt.Sprint("n", i), int64(1), id, "Titre", "texte", "public", int64(i)})
				}
				for i := range 100 {
					acts = append(acts, []any{fmt.Sprint("a", i), int64(1), id, "stage", "x", "Acte", "", "recorded", "p", "state", int64(i), ""})
				}
				for i := range 10_000 {
					rows = append(rows, []any{fmt.Sprintf("j%06d", i), clock().Add(-time.Duration(i) * time.Minute).UnixMilli(), "equipe", "", "edit", "meeting", "m1", int64(1), id})
				}
				for _, t := range []struct {
					name    string
					columns []string
					rows    [][]any
				}{
					{"meeting", []string{"id", "rev", "cop_id", "kind", "stage", "title", "day", "start_at", "end_at", "place", "part", "attendance", "counted", "note", "state"}, meetings},
					{"news", []string{"id", "rev", "cop_id", "title", "text", "part", "published_at"}, news},
					{"act", []string{"id", "rev", "cop_id", "kind", "subject", "title", "sha256", "state", "proposed_by", "side", "at", "reason"}, acts},
					{"journal", []string{"id", "at", "actor", "acting_for", "verb", "kind", "subject", "rev", "cop_id"}, rows},
				} {
					if _, err := db.Insert(ctx, tx, t.name, t.columns, t.rows, ""); err != nil {
						return err
					}
				}
				return nil
			})
			if err != nil {
				b.Fatal(err)
			}
			since := clock().AddDate(0, 0, -3)
			for b.Loop() {
				if _, err := m.Desk(ctx, d, who, id, since); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
