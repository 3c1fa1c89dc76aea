package app

import (
	"context"
	"fmt"
	"io"
	"sync"

	"jalon/data"
	"jalon/internal/action/coverage"
	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/followup"
	"jalon/internal/followup/outcome"
	"jalon/internal/framework"
	"jalon/internal/french"
	"jalon/internal/journal"
	"jalon/internal/national"
	"jalon/internal/panorama"
	"jalon/internal/policy"
	"jalon/internal/roadmap"
	"jalon/internal/territory"
	"jalon/internal/web/shell"
)

// board is the national board with the metrics of every room. A room that comes
// adds its source here: the board itself does not change.
func (c *Core) board(j *journal.Journal) *national.Room {
	tree := func(ctx context.Context) (*territory.Tree, error) {
		m, err := c.Model(ctx)
		if err != nil {
			return nil, err
		}
		return m.Tree(), nil
	}
	return &national.Room{DB: c.DB, IDs: c.IDs, Now: c.now, Journal: j, Tree: tree, Registry: Metrics(tree, c.covered(), c.followed(), c.exits()),
		Actor: func(ctx context.Context) policy.Actor { return shell.In(ctx).Actor }}
}

// Covered gives what retained actions cover of the objectives of each region.
type Covered func(ctx context.Context, q db.Q) (map[string]national.Covered, error)

// nationCoverage is the one room of coverage, for what it reads of the nation is kept.
func (c *Core) nationCoverage() *coverage.Room {
	c.coverageOnce.Do(func() {
		c.coverageRoom = &coverage.Room{DB: c.DB, Now: c.now, Model: c.Model, Book: c.Book, Together: sync.OnceValues(func() ([]coverage.Together, error) { return coverage.LoadTogether(c.tables) })}
	})
	return c.coverageRoom
}

// nationOutcome is the one room of what actions come to, for it keeps those of each COP.
func (c *Core) nationOutcome() *outcome.Room {
	c.outcomeOnce.Do(func() {
		c.outcomeRoom = &outcome.Room{DB: c.DB, Now: c.now, Model: c.Model, Coverage: c.nationCoverage()}
	})
	return c.outcomeRoom
}

// covered reads it from the register of actions.
func (c *Core) covered() Covered {
	room := c.nationCoverage()
	return func(ctx context.Context, q db.Q) (map[string]national.Covered, error) {
		n, err := room.OfNation(ctx, q)
		if err != nil {
			return nil, err
		}
		out := map[string]national.Covered{}
		for _, x := range n.Regions {
			out[x.Region.Code] = national.Covered{Planned: int64(x.Total.Planned.Central), Objective: int64(x.Total.Objective)}
		}
		return out, nil
	}
}

// Exits gives how many of its exit points each COP of a cycle meets.
type Exits func(ctx context.Context, q db.Q, cycle string) (map[string]int64, error)

// exits reads it from all that the points are made of.
func (c *Core) exits() Exits {
	room := &roadmap.Room{DB: c.DB, Now: c.now}
	return func(ctx context.Context, q db.Q, cycle string) (map[string]int64, error) {
		m, err := c.Model(ctx)
		if err != nil {
			return nil, err
		}
		all, err := room.InCycle(ctx, q, m, cycle)
		out := map[string]int64{}
		for _, x := range all {
			out[x.COP.ID] = int64(x.Met())
		}
		return out, err
	}
}

// Followed gives how the actions of each region go.
type Followed func(ctx context.Context, q db.Q) (map[string]national.Followed, error)

// followed reads it from what is said of them.
func (c *Core) followed() Followed {
	room := c.nationOutcome()
	return func(ctx context.Context, q db.Q) (map[string]national.Followed, error) {
		n, err := room.OfNation(ctx, q, "")
		if err != nil {
			return nil, err
		}
		out := map[string]national.Followed{}
		for _, r := range n.Regions {
			s, ok := r.Total.Said[followup.Declared]
			out[r.At.Code] = national.Followed{Actions: r.Actions, Late: r.Statuses["late"] + r.Statuses["blocked"], Done: r.Statuses["done"], Awaited: r.Awaited, Fresh: r.Fresh, DeclaredKg: int64(s.Kg), Declared: ok}
		}
		return out, nil
	}
}

// Metrics is every metric that the board may show. covered, followed and exits may be
// nil where no action is read.
func Metrics(tree func(ctx context.Context) (*territory.Tree, error), covered Covered, followed Followed, exits Exits) *national.Registry {
	r := &national.Registry{}
	r.Add(national.Events())
	r.Add(national.Meetings())
	r.Add(national.Work())
	r.Add(national.Participation(tree))
	r.Add(national.Debate())
	r.Add(national.People(func(ctx context.Context, department string) (string, error) {
		t, err := tree(ctx)
		if err != nil {
			return "", err
		}
		d, err := t.Dept(department)
		if err != nil {
			return "", nil //nolint:nilerr // a role over a département that is no more is over no region
		}
		return d.Region, nil
	}))
	r.Add(national.Plans())
	r.Add(national.Knowledge())
	r.Add(national.Survey())
	r.Add(national.Diagnosis())
	r.Add(national.PublishedDiagnosis())
	r.Add(national.Objectives(func(ctx context.Context, region string) (int, error) {
		t, err := tree(ctx)
		if err != nil {
			return 0, err
		}
		at, err := t.Region(region)
		if err != nil {
			return 0, err
		}
		known, err := offered()
		if err != nil {
			return 0, err
		}
		return panorama.LeversOf(known.ref, known.levers, at), nil
	}))
	r.Add(national.Actions())
	r.Add(national.Coverage(covered))
	r.Add(national.FollowUp(followed))
	r.Add(national.Exit(exits))
	return r
}

// published is what the State offers regions, as the program holds it.
type published struct {
	ref    *panorama.Reference
	levers *framework.Framework
}

// offered is read once: it is part of the program.
var offered = sync.OnceValues(func() (published, error) {
	ref, err := panorama.LoadReference(data.FS)
	if err != nil {
		return published{}, err
	}
	levers, err := framework.Load(data.FS)
	return published{ref, levers}, err
})

// VerifyBoard recomputes what can be of the night of a day, for each cycle that
// has COPs, and names what was corrected since. A correction is no fault: the
// night keeps what was known then.
func (c *Core) VerifyBoard(ctx context.Context, w io.Writer, day string) (err error) {
	defer apperr.Wrap(&err, "app.VerifyBoard(%s)", day)
	room := c.board(journal.New(c.IDs, c.now, db.Cursors{}))
	if day, err = room.CheckDay(day); err != nil {
		return err
	}
	cycles, err := cop.OpenedCycles(ctx, c.DB)
	if err != nil {
		return err
	}
	for _, cycle := range cycles {
		kept, err := national.NightDays(ctx, c.DB, cycle.Code, day, day)
		if err != nil {
			return err
		}
		if len(kept) == 0 {
			_, err = fmt.Fprintf(w, "Cycle %s\u00a0: aucun relevé de la nuit du %s.\n", cycle.Code, french.Day(day))
			if err != nil {
				return err
			}
			continue
		}
		list, err := room.Compare(ctx, c.DB, cycle.Code, day)
		if err != nil {
			return err
		}
		for _, x := range list {
			if _, err := fmt.Fprintf(w, "%s, %s\u00a0: le relevé disait %s, les lignes disent maintenant %s.\n", x.COP, x.Metric.Name, x.Metric.Show(x.Kept), x.Metric.Show(x.Now)); err != nil {
				return err
			}
		}
		if _, err := fmt.Fprintf(w, "Cycle %s, nuit du %s\u00a0: %d\u00a0%s depuis le relevé.\n", cycle.Code, french.Day(day), len(list), french.Plural(len(list), "chiffre corrigé", "chiffres corrigés")); err != nil {
			return err
		}
	}
	return nil
}
