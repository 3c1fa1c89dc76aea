package plan

import (
	"context"
	"encoding/json"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/journal"
	"jalon/internal/policy"
)

// Applied says what applying a file changed.
type Applied struct {
	Plans, Objectives, Changed, Same int
}

// Apply keeps the rows of a file: plans that are not there yet, and what they aim
// at; an objective that the file gives otherwise is a new version of it. The same
// file twice changes nothing. Give it a transaction: all of it holds, or nothing.
// Its statements go by sets, so that a file of thousands of rows stays short.
func (m *Room) Apply(ctx context.Context, tx db.Q, a policy.Actor, rows []Row, reason string) (out Applied, err error) {
	defer apperr.Wrap(&err, "plan.Apply(%d)", len(rows))
	// One file at a time, from a page or from the command line: two that bring the
	// same plan would each find it missing.
	if _, err := db.Bump(ctx, tx, "apply:plans", m.Now()); err != nil {
		return out, err
	}
	x := &applying{Room: m, tx: tx, by: a, reason: reason, known: map[string]Plan{}, aims: map[string]map[string]Objective{}, cops: map[string][]string{}, touched: map[string]bool{}}
	if err := x.read(ctx, rows); err != nil {
		return out, err
	}
	for _, r := range rows {
		p, err := x.plan(ctx, r.Plan)
		if err != nil {
			return out, err
		}
		o := r.Objective
		o.Plan = p.ID
		if err := x.objective(ctx, p, o); err != nil {
			return out, err
		}
	}
	return x.out, x.write(ctx)
}

// applying is one file as it becomes real, within its transaction.
type applying struct {
	*Room
	tx     db.Q
	by     policy.Actor
	reason string
	out    Applied

	known   map[string]Plan
	aims    map[string]map[string]Objective // by id of the plan, then key
	cops    map[string][]string             // of a region
	touched map[string]bool                 // plans that move, in order below
	order   []string

	plans, planVersions, objectives, objectiveVersions [][]any
}

func (x *applying) read(ctx context.Context, rows []Row) (err error) {
	for _, r := range rows {
		region := r.Plan.Region
		if _, read := x.cops[region]; read {
			continue
		}
		if x.cops[region], err = cop.IDsOfRegion(ctx, x.tx, region); err != nil {
			return err
		}
		plans, err := OfRegion(ctx, x.tx, region)
		if err != nil {
			return err
		}
		for _, p := range plans {
			x.known[p.Key()] = p
		}
		all, err := ObjectivesIn(ctx, x.tx, region)
		if err != nil {
			return err
		}
		for _, o := range all {
			x.aim(o)
		}
	}
	return nil
}

func (x *applying) aim(o Objective) {
	if x.aims[o.Plan] == nil {
		x.aims[o.Plan] = map[string]Objective{}
	}
	x.aims[o.Plan][o.Key()] = o
}

// may judges the right to write a plan, once for each.
func (x *applying) may(v policy.Verb, p Plan) error {
	return policy.Check(x.by, v, policy.Thing{Kind: policy.Plan, COPs: x.cops[p.Region], Department: p.Department})
}

func (x *applying) plan(ctx context.Context, in Plan) (Plan, error) {
	p, ok := x.known[in.Key()]
	switch {
	case !ok:
		if err := x.may(policy.Create, in); err != nil {
			return in, err
		}
		if err := in.check(); err != nil {
			return in, err
		}
		id, err := x.IDs.New()
		if err != nil {
			return in, err
		}
		p = in
		p.ID, p.Rev = id, 1
		body, err := json.Marshal(p)
		if err != nil {
			return in, err
		}
		x.plans = append(x.plans, p.values())
		x.planVersions = append(x.planVersions, []any{p.ID, p.Rev, x.Now().UnixMilli(), x.by.Person, x.reason, string(body)})
		x.move(p.ID)
		x.out.Plans++
	case !p.says(in):
		in.ID, in.Rev = p.ID, p.Rev
		saved, err := x.Save(ctx, x.tx, x.by, in, x.reason)
		if err != nil {
			return in, err
		}
		p = saved
		x.out.Changed++
	}
	x.known[in.Key()] = p
	return p, nil
}

func (x *applying) move(id string) {
	if !x.touched[id] {
		x.touched[id] = true
		x.order = append(x.order, id)
	}
}

func (x *applying) objective(ctx context.Context, p Plan, o Objective) error {
	was, there := x.aims[p.ID][o.Key()]
	if there && was.says(o) {
		x.out.Same++
		return nil
	}
	verb := policy.Create
	if there {
		verb = policy.Edit
	}
	if err := x.may(verb, p); err != nil {
		return err
	}
	if err := o.check(); err != nil {
		return err
	}
	if there {
		o.ID, o.Rev, o.State = was.ID, was.Rev+1, was.State
		n, err := x.tx.Exec(ctx, `
			UPDATE plan_objective SET rev = rev + 1, lever = $3, indicator = $4, gain = $5, base_year = $6, base = $7, target_year = $8, target = $9, unit = $10, written = $11, page = $12
			 WHERE id = $1 AND rev = $2 AND state = 'active'`, o.ID, was.Rev, o.Lever, o.Indicator, o.Gain, o.BaseYear, o.base(), o.TargetYear, o.Target, o.Unit, o.Written, o.Page)
		if err != nil {
			return err
		}
		if n == 0 {
			return errMoved("cet objectif")
		}
		x.out.Changed++
	} else {
		id, err := x.IDs.New()
		if err != nil {
			return err
		}
		o.ID, o.Rev, o.State = id, 1, "active"
		x.objectives = append(x.objectives, o.values())
		x.out.Objectives++
	}
	body, err := json.Marshal(o)
	if err != nil {
		return err
	}
	x.objectiveVersions = append(x.objectiveVersions, []any{o.ID, o.Rev, x.Now().UnixMilli(), x.by.Person, x.reason, string(body)})
	x.move(p.ID)
	x.aim(o)
	return nil
}

// write keeps what was gathered: sets of rows, one move and one row of the
// journal for each plan.
func (x *applying) write(ctx context.Context) error {
	if len(x.order) == 0 {
		return nil
	}
	versions := []string{"id", "rev", "at", "by", "reason", "body"}
	for _, set := range []struct {
		table   string
		columns []string
		rows    [][]any
	}{{"plan", planWritten, x.plans}, {"plan_version", versions, x.planVersions}, {"plan_objective", objectiveWritten, x.objectives}, {"plan_objective_version", versions, x.objectiveVersions}} {
		if _, err := db.Insert(ctx, x.tx, set.table, set.columns, set.rows, ""); err != nil {
			return err
		}
	}
	for _, id := range x.order {
		// The plan moves with what it aims at: who edits it meanwhile is told.
		if _, err := x.tx.Exec(ctx, `UPDATE plan SET rev = rev + 1 WHERE id = $1`, id); err != nil {
			return err
		}
		if _, err := x.Journal.Record(ctx, x.tx, journal.Entry{Actor: x.by.Person, Verb: "import", Kind: "plan", Subject: id}); err != nil {
			return err
		}
	}
	_, err := db.Bump(ctx, x.tx, Version, x.Now())
	return err
}

// says reports whether two plans are described alike.
func (p Plan) says(q Plan) bool {
	q.ID, q.Rev, q.Department = p.ID, p.Rev, p.Department
	return p == q
}

// says reports whether two objectives aim at the same.
func (o Objective) says(x Objective) bool {
	x.ID, x.Rev, x.Plan, x.State = o.ID, o.Rev, o.Plan, o.State
	x.Base.Reason, o.Base.Reason = "", ""
	return o == x
}
