package ballot

import (
	"testing"
	"time"

	"jalon/internal/db"
	"jalon/internal/testkit"
)

// A vote that was left open closes once the day of its meeting is over everywhere, and
// tells no more from which machines its voices came.
func TestAVoteLeftOpenCloses(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		m, x := newRoom(t, d)
		b := must[Ballot](t)(m.Create(ctx, theTeam, x.ID, two))
		b = must[Ballot](t)(m.Start(ctx, theTeam, b.ID, b.Rev))
		if _, err := m.Vote(ctx, b, Voice{Device: "d", Machine: "salle", Choices: []int{0}}); err != nil {
			t.Fatal(err)
		}
		named := func() (n int64) {
			if err := d.QueryRow(ctx, `SELECT COUNT(*) FROM ballot_vote WHERE machine <> ''`).Scan(&n); err != nil {
				t.Fatal(err)
			}
			return n
		}
		for _, at := range []struct {
			day   int
			state State
			named int64
		}{{2, Open, 1}, {3, Open, 1}, {4, Closed, 0}, {5, Closed, 0}} {
			m.Now = func() time.Time { return time.Date(2026, 3, at.day, 4, 40, 0, 0, time.UTC) }
			if err := m.Night(ctx); err != nil {
				t.Fatal(err)
			}
			if now := must[Ballot](t)(one(ctx, d, b.ID)); now.State != at.state || now.Voices != 1 || named() != at.named {
				t.Errorf("on %d March: %+v, %d named", at.day, now, named())
			}
		}
	})
}
