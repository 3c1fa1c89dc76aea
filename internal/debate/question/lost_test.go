package question

import (
	"testing"
	"time"

	"jalon/internal/db"
	"jalon/internal/testkit"
)

// A computation whose job is no more (given up while the database was away, or not in
// the copy that was brought back) is asked for again by the votes that follow.
func TestALostComputationIsAskedForAgain(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		h := newHall(t, d)
		ctx := t.Context()
		x := h.opened(5)
		waiting := func() int64 { return h.one(`SELECT COUNT(*) FROM job WHERE kind = $1`, refreshJob) }
		lose := func() {
			if _, err := d.Exec(ctx, `DELETE FROM job WHERE kind = $1`, refreshJob); err != nil {
				t.Fatal(err)
			}
		}
		h.cast(x, h.browser(x), 1, Agree)
		if waiting() == 0 {
			t.Fatal("nothing waits")
		}
		lose()
		h.cast(x, h.browser(x), 1, Agree)
		if n := waiting(); n != 0 {
			t.Errorf("%d asked for while one may still run", n)
		}
		h.forward(lost + 2*time.Minute)
		h.cast(x, h.browser(x), 1, Agree)
		h.cast(x, h.browser(x), 2, Agree)
		if n := waiting(); n != 1 {
			t.Errorf("%d asked for once it is lost, want 1", n)
		}
	})
}
