package plan

import (
	"context"
	"encoding/json"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/intake"
	"jalon/internal/journal"
	"jalon/internal/policy"
)

// Tables lists the tables of this room.
func Tables() []db.Table {
	return []db.Table{
		{Name: "plan", Order: []string{"id"}, Scope: db.Nation},
		{Name: "plan_version", Order: []string{"id", "rev"}, Scope: db.Nation, Personal: []string{"by"}},
		{Name: "plan_objective", Order: []string{"id"}, Scope: db.Nation},
		{Name: "plan_objective_version", Order: []string{"id", "rev"}, Scope: db.Nation, Personal: []string{"by"}},
	}
}

// Version is the name of the version of all that the public pages of plans show.
const Version = "plans"

// Room does what people do to plans. Time and ids are given.
type Room struct {
	DB      *db.DB
	IDs     *db.IDs
	Now     func() time.Time
	Journal *journal.Journal
	// Intake stages the files that teams send; Held reads a person's rights again,
	// in a transaction that the end of a role cannot overtake.
	Intake *intake.Intake
	Held   func(ctx context.Context, tx db.Q, person string) (policy.Actor, error)
}

var planWritten = []string{"id", "rev", "kind", "territory", "region", "department", "name", "adopted", "from_year", "to_year", "link", "state", "source"}

func (p Plan) values() []any {
	return []any{p.ID, p.Rev, string(p.Kind), p.Territory, p.Region, p.Department, p.Name, p.Adopted, p.From, p.To, p.Link, string(p.State), p.Source}
}

const planColumns = `id, rev, kind, territory, region, department, name, adopted, from_year, to_year, link, state, source`

func scanPlan(r interface{ Scan(...any) error }) (p Plan, err error) {
	err = r.Scan(&p.ID, &p.Rev, &p.Kind, &p.Territory, &p.Region, &p.Department, &p.Name, &p.Adopted, &p.From, &p.To, &p.Link, &p.State, &p.Source)
	return p, err
}

// Find returns a plan by its id. Anyone may read plans.
func Find(ctx context.Context, q db.Q, id string) (Plan, error) {
	p, err := scanPlan(q.QueryRow(ctx, `SELECT `+planColumns+` FROM plan WHERE id = $1`, id))
	return p, db.OrNotFound(err, "Ce plan n’existe pas.")
}

// OfRegion lists the plans of a region and of its territories, the region's own
// first. They are few: a few hundred where every authority has one.
func OfRegion(ctx context.Context, q db.Q, region string) ([]Plan, error) {
	rows, err := q.Query(ctx, `SELECT `+planColumns+` FROM plan WHERE region = $1 ORDER BY kind, name, id`, region)
	return db.Collect(rows, err, func(r *db.Rows) (Plan, error) { return scanPlan(r) })
}

// Thing is a plan as policy sees it: it belongs to the COPs of its region, and to
// its département. A Plan with a region alone stands for those of the region.
func Thing(ctx context.Context, q db.Q, p Plan) (policy.Thing, error) {
	cops, err := cop.IDsOfRegion(ctx, q, p.Region)
	return policy.Thing{Kind: policy.Plan, COPs: cops, Department: p.Department}, err
}

func mayWrite(ctx context.Context, q db.Q, a policy.Actor, v policy.Verb, p Plan) error {
	thing, err := Thing(ctx, q, p)
	if err != nil {
		return err
	}
	return policy.Check(a, v, thing)
}

// Add keeps a new plan.
func (m *Room) Add(ctx context.Context, q db.Q, a policy.Actor, p Plan) (_ Plan, err error) {
	defer apperr.Wrap(&err, "plan.Add")
	if err := mayWrite(ctx, q, a, policy.Create, p); err != nil {
		return p, err
	}
	if err := p.check(); err != nil {
		return p, err
	}
	if p.ID, err = m.IDs.New(); err != nil {
		return p, err
	}
	p.Rev = 1
	err = db.Tx(ctx, q, func(ctx context.Context, tx db.Q) error {
		if _, err := db.Insert(ctx, tx, "plan", planWritten, [][]any{p.values()}, ""); err != nil {
			return err
		}
		return m.kept(ctx, tx, a, "create", "plan", p.ID, p.Rev, "", p)
	})
	return p, err
}

// Save edits a plan as it was at a revision: the second of two who edit it at
// once gets a conflict.
func (m *Room) Save(ctx context.Context, q db.Q, a policy.Actor, p Plan, reason string) (_ Plan, err error) {
	defer apperr.Wrap(&err, "plan.Save(%s)", p.ID)
	if err := p.check(); err != nil {
		return p, err
	}
	var out Plan
	err = db.Tx(ctx, q, func(ctx context.Context, tx db.Q) error {
		n, err := tx.Exec(ctx, `
			UPDATE plan SET rev = rev + 1, kind = $3, name = $4, adopted = $5, from_year = $6, to_year = $7, link = $8, state = $9, source = $10
			 WHERE id = $1 AND rev = $2`, p.ID, p.Rev, string(p.Kind), p.Name, p.Adopted, p.From, p.To, p.Link, string(p.State), p.Source)
		if err != nil {
			return err
		}
		if out, err = Find(ctx, tx, p.ID); err != nil {
			return err
		}
		if err := mayWrite(ctx, tx, a, policy.Edit, out); err != nil {
			return err
		}
		if n == 0 {
			return errMoved("ce plan")
		}
		return m.kept(ctx, tx, a, "edit", "plan", out.ID, out.Rev, reason, out)
	})
	return out, err
}

var objectiveWritten = []string{"id", "rev", "plan", "lever", "indicator", "gain", "base_year", "base", "target_year", "target", "unit", "written", "page", "state"}

func (o Objective) values() []any {
	return []any{o.ID, o.Rev, o.Plan, o.Lever, o.Indicator, o.Gain, o.BaseYear, o.base(), o.TargetYear, o.Target, o.Unit, o.Written, o.Page, o.State}
}

const objectiveColumns = `o.id, o.rev, o.plan, o.lever, o.indicator, o.gain, o.base_year, o.base, o.target_year, o.target, o.unit, o.written, o.page, o.state`

func scanObjective(r interface{ Scan(...any) error }) (o Objective, err error) {
	var base *float64
	err = r.Scan(&o.ID, &o.Rev, &o.Plan, &o.Lever, &o.Indicator, &o.Gain, &o.BaseYear, &base, &o.TargetYear, &o.Target, &o.Unit, &o.Written, &o.Page, &o.State)
	if o.Base = missing("le plan ne donne pas la valeur de départ"); base != nil {
		o.Base = known(*base)
	}
	return o, err
}

// ObjectivesOf lists what a plan aims at, by lever.
func ObjectivesOf(ctx context.Context, q db.Q, planID string) ([]Objective, error) {
	rows, err := q.Query(ctx, `SELECT `+objectiveColumns+` FROM plan_objective o WHERE o.plan = $1 AND o.state = 'active' ORDER BY o.lever, o.target_year, o.id`, planID)
	return db.Collect(rows, err, func(r *db.Rows) (Objective, error) { return scanObjective(r) })
}

// ObjectivesIn lists what every plan of a region aims at, in one statement.
func ObjectivesIn(ctx context.Context, q db.Q, region string) ([]Objective, error) {
	rows, err := q.Query(ctx, `SELECT `+objectiveColumns+` FROM plan_objective o JOIN plan p ON p.id = o.plan
		WHERE p.region = $1 AND o.state = 'active' ORDER BY o.plan, o.lever, o.target_year, o.id`, region)
	return db.Collect(rows, err, func(r *db.Rows) (Objective, error) { return scanObjective(r) })
}

// TallyNow counts, for each region that has some, its plans in force and those of its
// territories of which an objective is known, in one statement.
func TallyNow(ctx context.Context, q db.Q) (_ map[string]int64, err error) {
	defer apperr.Wrap(&err, "plan.TallyNow")
	type one struct {
		region string
		n      int64
	}
	rows, err := q.Query(ctx, `
		SELECT p.region, COUNT(*) FROM plan p
		 WHERE p.state IN ('in_force', 'revising') AND EXISTS (SELECT 1 FROM plan_objective o WHERE o.plan = p.id AND o.state = 'active')
		 GROUP BY p.region`)
	all, err := db.Collect(rows, err, func(r *db.Rows) (x one, err error) {
		err = r.Scan(&x.region, &x.n)
		return x, err
	})
	out := map[string]int64{}
	for _, x := range all {
		out[x.region] = x.n
	}
	return out, err
}

// FindObjective returns one by its id, with its plan.
func FindObjective(ctx context.Context, q db.Q, id string) (o Objective, p Plan, err error) {
	if o, err = scanObjective(q.QueryRow(ctx, `SELECT `+objectiveColumns+` FROM plan_objective o WHERE o.id = $1`, id)); err != nil {
		return o, p, db.OrNotFound(err, "Cet objectif n’existe pas.")
	}
	p, err = Find(ctx, q, o.Plan)
	return o, p, err
}

// AddObjective keeps a new objective of a plan.
func (m *Room) AddObjective(ctx context.Context, q db.Q, a policy.Actor, o Objective) (_ Objective, err error) {
	defer apperr.Wrap(&err, "plan.AddObjective(%s)", o.Plan)
	if err := o.check(); err != nil {
		return o, err
	}
	if o.ID, err = m.IDs.New(); err != nil {
		return o, err
	}
	o.Rev, o.State = 1, "active"
	err = db.Tx(ctx, q, func(ctx context.Context, tx db.Q) error {
		// The plan's row first: it moves with what it aims at.
		if _, err := tx.Exec(ctx, `UPDATE plan SET rev = rev + 1 WHERE id = $1`, o.Plan); err != nil {
			return err
		}
		p, err := Find(ctx, tx, o.Plan)
		if err != nil {
			return err
		}
		if err := mayWrite(ctx, tx, a, policy.Create, p); err != nil {
			return err
		}
		if _, err := db.Insert(ctx, tx, "plan_objective", objectiveWritten, [][]any{o.values()}, ""); err != nil {
			return err
		}
		return m.kept(ctx, tx, a, "create", "plan_objective", o.ID, o.Rev, "", o)
	})
	return o, err
}

// SaveObjective edits an objective as it was at a revision; state «withdrawn»
// takes it back, and it stays in the versions.
func (m *Room) SaveObjective(ctx context.Context, q db.Q, a policy.Actor, o Objective, reason string) (_ Objective, err error) {
	defer apperr.Wrap(&err, "plan.SaveObjective(%s)", o.ID)
	if err := o.check(); err != nil {
		return o, err
	}
	var out Objective
	err = db.Tx(ctx, q, func(ctx context.Context, tx db.Q) error {
		n, err := tx.Exec(ctx, `
			UPDATE plan_objective SET rev = rev + 1, lever = $3, indicator = $4, gain = $5, base_year = $6, base = $7, target_year = $8, target = $9, unit = $10, written = $11, page = $12, state = $13
			 WHERE id = $1 AND rev = $2 AND state = 'active'`, o.ID, o.Rev, o.Lever, o.Indicator, o.Gain, o.BaseYear, o.base(), o.TargetYear, o.Target, o.Unit, o.Written, o.Page, o.State)
		if err != nil {
			return err
		}
		var p Plan
		if out, p, err = FindObjective(ctx, tx, o.ID); err != nil {
			return err
		}
		if err := mayWrite(ctx, tx, a, policy.Edit, p); err != nil {
			return err
		}
		if n == 0 {
			return errMoved("cet objectif")
		}
		return m.kept(ctx, tx, a, "edit", "plan_objective", out.ID, out.Rev, reason, out)
	})
	return out, err
}

func (o Objective) base() *float64 {
	if !o.Base.Known {
		return nil
	}
	return &o.Base.V
}

func errMoved(what string) error {
	return apperr.Conflictf("Quelqu’un d’autre a modifié %s pendant votre saisie. Rien n’a été enregistré\u00a0: comparez les deux versions, puis recommencez.", what)
}

// kept writes the version of a thing, its row of the journal, and moves what
// public pages are kept by.
func (m *Room) kept(ctx context.Context, tx db.Q, a policy.Actor, verb, kind, id string, rev int64, reason string, body any) error {
	text, err := json.Marshal(body)
	if err != nil {
		return err
	}
	if _, err := db.Insert(ctx, tx, kind+"_version", []string{"id", "rev", "at", "by", "reason", "body"}, [][]any{{id, rev, m.Now().UnixMilli(), a.Person, reason, string(text)}}, ""); err != nil {
		return err
	}
	if _, err := m.Journal.Record(ctx, tx, journal.Entry{Actor: a.Person, Verb: verb, Kind: kind, Subject: id, Rev: rev}); err != nil {
		return err
	}
	_, err = db.Bump(ctx, tx, Version, m.Now())
	return err
}
