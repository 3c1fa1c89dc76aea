package e2e

import (
	"crypto/rand"
	"testing"
	"time"

	"jalon/internal/app"
)

// chain is a whole COP: the people who put objectives on the table and publish the
// diagnosis, those who make an action of a contribution, then all of them to the
// signed roadmap, its follow-up, and the next COP. Each has a browser of their own.
type chain struct {
	diagnosing
	act acting
}

// Grand Est goes from open objectives to a roadmap that both heads adopt, through one
// round of updates and a review, into the cycle of adaptation: as new users would.
func TestACOPFromItsObjectivesToTheNext(t *testing.T) {
	t.Parallel()
	began := time.Now()
	morning := began.UTC().Truncate(24 * time.Hour).Add(9 * time.Hour)
	a, pit := startWithMail(t, app.WithSeeds(few), app.WithClock(func() time.Time { return morning.Add(time.Since(began)) }, rand.Reader))
	x := &chain{diagnosing: diagnosing{t: t, a: a, slug: "grand-est"},
		act: acting{debating: debating{t: t, a: a, pit: pit, today: morning.Format(time.DateOnly)}}}
	x.arrive("44")
	x.putsValues()
	x.sharesThem()
	x.listsThemes()
	x.choosesThemes()
	x.composes()
	x.proposes()
	x.validates()

	x.act.written()
	x.act.made()
	x.act.brings()
	x.act.funded()
	x.act.judged()
	x.act.retained()
	x.act.readByAnyone()
}
