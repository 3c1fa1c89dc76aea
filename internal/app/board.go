package app

import (
	"context"

	"jalon/internal/journal"
	"jalon/internal/national"
	"jalon/internal/policy"
	"jalon/internal/territory"
	"jalon/internal/web/shell"
)

// board is the national board with the metrics of every room. A room that comes
// adds its source here, and takes its lines out of national.Coming: the board
// itself does not change.
func (c *Core) board(j *journal.Journal) *national.Room {
	tree := func(ctx context.Context) (*territory.Tree, error) {
		m, err := c.Model(ctx)
		if err != nil {
			return nil, err
		}
		return m.Tree(), nil
	}
	return &national.Room{DB: c.DB, IDs: c.IDs, Now: c.now, Journal: j, Tree: tree, Registry: Metrics(tree),
		Actor: func(ctx context.Context) policy.Actor { return shell.In(ctx).Actor }}
}

// Metrics is every metric that the board may show.
func Metrics(tree func(ctx context.Context) (*territory.Tree, error)) *national.Registry {
	r := &national.Registry{}
	r.Add(national.Events())
	r.Add(national.Meetings())
	r.Add(national.Work())
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
	r.Add(national.Coming())
	return r
}
