package contribution

import (
	"testing"
	"time"

	"jalon/internal/db"
	"jalon/internal/debate"
	"jalon/internal/testkit"
)

// A replica whose clock is ahead by minutes writes: the others still see what they
// write themselves, and what it wrote.
func TestAClockThatIsAhead(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		m, c, at := room(t, d)
		ctx := t.Context()
		left(t, m, c, draft("Des pistes", bike))
		if n := must(m.List(ctx, d, c, Filter{}, "", 10)).Total; n != 1 {
			t.Fatalf("%d at first", n)
		}
		*at = at.Add(10 * time.Minute) // it is not: this stands for the other machine
		left(t, m, c, draft("Des haies", bike))
		*at = at.Add(-10 * time.Minute)
		if n := must(m.List(ctx, d, c, Filter{}, "", 10)).Total; n != 2 {
			t.Fatalf("%d with that of the clock ahead", n)
		}
		p := left(t, m, c, draft("Des mares", bike))
		if n := must(m.List(ctx, d, c, Filter{}, "", 10)).Total; n != 3 {
			t.Errorf("%d: what is written here is not seen", n)
		}
		turned(t, m, p, debate.PostHidden)
		if n := must(m.List(ctx, d, c, Filter{}, "", 10)).Total; n != 2 {
			t.Errorf("%d: what is hidden here is still counted", n)
		}
	})
}
