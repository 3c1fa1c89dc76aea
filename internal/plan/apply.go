package plan

import (
	"context"

	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/policy"
)

// Applied says what applying a file changed.
type Applied struct {
	Plans, Objectives, Changed, Same int
}

// Apply keeps the rows of a file: plans that are not there yet, and what they aim
// at; an objective that the file gives otherwise is a new version of it. The same
// file twice changes nothing. Give it a transaction: all of it holds, or nothing.
func (m *Room) Apply(ctx context.Context, tx db.Q, a policy.Actor, rows []Row, reason string) (out Applied, err error) {
	defer apperr.Wrap(&err, "plan.Apply(%d)", len(rows))
	known := map[string]Plan{}
	aims := map[string]map[string]Objective{} // by id of the plan, then key
	regions := map[string]bool{}
	for _, r := range rows {
		if regions[r.Plan.Region] {
			continue
		}
		regions[r.Plan.Region] = true
		plans, err := OfRegion(ctx, tx, r.Plan.Region)
		if err != nil {
			return out, err
		}
		for _, p := range plans {
			known[p.Key()] = p
		}
		all, err := ObjectivesIn(ctx, tx, r.Plan.Region)
		if err != nil {
			return out, err
		}
		for _, o := range all {
			if aims[o.Plan] == nil {
				aims[o.Plan] = map[string]Objective{}
			}
			aims[o.Plan][o.Key()] = o
		}
	}
	for _, r := range rows {
		p, ok := known[r.Plan.Key()]
		if !ok {
			if p, err = m.Add(ctx, tx, a, r.Plan); err != nil {
				return out, err
			}
			out.Plans++
		} else if !p.says(r.Plan) {
			now, err := Find(ctx, tx, p.ID) // its objectives moved its revision since
			if err != nil {
				return out, err
			}
			in := r.Plan
			in.ID, in.Rev = now.ID, now.Rev
			if p, err = m.Save(ctx, tx, a, in, reason); err != nil {
				return out, err
			}
			out.Changed++
		}
		known[r.Plan.Key()] = p
		o := r.Objective
		o.Plan = p.ID
		was, there := aims[p.ID][o.Key()]
		switch {
		case !there:
			if o, err = m.AddObjective(ctx, tx, a, o); err != nil {
				return out, err
			}
			out.Objectives++
		case was.says(o):
			out.Same++
			continue
		default:
			o.ID, o.Rev = was.ID, was.Rev
			if o, err = m.SaveObjective(ctx, tx, a, o, reason); err != nil {
				return out, err
			}
			out.Changed++
		}
		if aims[p.ID] == nil {
			aims[p.ID] = map[string]Objective{}
		}
		aims[p.ID][o.Key()] = o
	}
	return out, nil
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
