package adaptation

import (
	"context"
	"encoding/json"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/framework"
	"jalon/internal/policy"
)

// Add writes a draft in the COP of a département.
func (m *Room) Add(ctx context.Context, a policy.Actor, copID string, in Input) (p Priority, err error) {
	defer apperr.Wrap(&err, "adaptation.Add(%s)", copID)
	in, theme, err := m.judged(ctx, in)
	if err != nil {
		return p, err
	}
	err = db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		c, err := cop.Find(ctx, tx, copID)
		if err != nil {
			return err
		}
		p, err = m.add(ctx, tx, a, c, in, theme, "")
		return err
	})
	return p, err
}

func (m *Room) judged(ctx context.Context, in Input) (Input, string, error) {
	model, err := m.Model(ctx)
	if err != nil {
		return in, "", err
	}
	return in.check(model.Framework())
}

func (m *Room) add(ctx context.Context, tx db.Q, a policy.Actor, c cop.COP, in Input, theme, reason string) (Priority, error) {
	x, err := m.COPs.AddPriorityTx(ctx, tx, a, c, cop.NewPriority{Title: in.Title, Text: in.Text, Theme: theme})
	if err != nil {
		return Priority{}, err
	}
	return Priority{Priority: x, Cycle: c.Cycle, Region: c.Region, Department: c.Department(), Sheet: in.Sheet}, m.write(ctx, tx, a, x, in.Sheet, reason)
}

// Carry writes drafts in the COP of a département within a transaction, in their order:
// those that its next COP takes from an earlier one.
func (m *Room) Carry(ctx context.Context, tx db.Q, a policy.Actor, c cop.COP, fw *framework.Framework, reason string, list []Input) (out []Priority, err error) {
	defer apperr.Wrap(&err, "adaptation.Carry(%s)", c.ID)
	for _, in := range list {
		in, theme, err := in.check(fw)
		if err != nil {
			return nil, err
		}
		p, err := m.add(ctx, tx, a, c, in, theme, reason)
		if err != nil {
			return nil, err
		}
		out = append(out, p)
	}
	return out, nil
}

// Save edits a draft at a revision: the second of two who edit it at once gets a
// conflict, and what was adopted is not edited.
func (m *Room) Save(ctx context.Context, a policy.Actor, id string, rev int64, in Input) (p Priority, err error) {
	defer apperr.Wrap(&err, "adaptation.Save(%s)", id)
	in, theme, err := m.judged(ctx, in)
	if err != nil {
		return p, err
	}
	err = db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		x, err := m.save(ctx, tx, a, id, rev, in, theme, "")
		if err != nil {
			return err
		}
		c, err := cop.Find(ctx, tx, x.COP)
		p = Priority{Priority: x, Cycle: c.Cycle, Region: c.Region, Department: c.Department(), Sheet: in.Sheet}
		return err
	})
	return p, err
}

func (m *Room) save(ctx context.Context, tx db.Q, a policy.Actor, id string, rev int64, in Input, theme, reason string) (x cop.Priority, err error) {
	if x, err = m.COPs.SavePriorityTx(ctx, tx, a, id, rev, cop.NewPriority{Title: in.Title, Text: in.Text, Theme: theme}); err != nil {
		return x, err
	}
	return x, m.write(ctx, tx, a, x, in.Sheet, reason)
}

// write keeps the sheet of a priority at its revision, and its version.
func (m *Room) write(ctx context.Context, tx db.Q, a policy.Actor, x cop.Priority, s Sheet, reason string) error {
	body, err := json.Marshal(s)
	if err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `
		INSERT INTO adaptation_sheet (id, rev, cop_id, effect, lever, level, body) VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (id) DO UPDATE SET rev = excluded.rev, effect = excluded.effect, lever = excluded.lever, level = excluded.level, body = excluded.body`,
		x.ID, x.Rev, x.COP, s.Effect, s.Lever, s.Level, string(body)); err != nil {
		return err
	}
	_, err = db.Insert(ctx, tx, "adaptation_sheet_version", []string{"id", "rev", "at", "by", "reason", "body"}, [][]any{{x.ID, x.Rev, m.Now().UnixMilli(), a.Person, reason, string(body)}}, "")
	return err
}

const selected = `
	SELECT p.id, p.rev, p.cop_id, p.title, p.text, p.theme, p.state, p.reason, p.merged_into, c.cycle, c.region, c.territory, COALESCE(s.body, '{}')
	  FROM priority p JOIN cop c ON c.id = p.cop_id LEFT JOIN adaptation_sheet s ON s.id = p.id `

func scan(r interface{ Scan(...any) error }) (p Priority, err error) {
	var territory, body string
	if err := r.Scan(&p.ID, &p.Rev, &p.COP, &p.Title, &p.Text, &p.Theme, &p.State, &p.Reason, &p.Into, &p.Cycle, &p.Region, &territory, &body); err != nil {
		return p, err
	}
	p.Department = cop.COP{Territory: territory}.Department()
	return p, json.Unmarshal([]byte(body), &p.Sheet)
}

// Find returns a priority that somebody may read: one that was adopted is anyone's, a
// draft is of those who read the desk of its COP, and does not exist for others.
func Find(ctx context.Context, q db.Q, a policy.Actor, id string) (p Priority, c cop.COP, err error) {
	defer apperr.Wrap(&err, "adaptation.Find(%s)", id)
	const none = "Cette priorité n’existe pas, ou son département ne l’a pas encore adoptée."
	if p, err = scan(q.QueryRow(ctx, selected+`WHERE p.id = $1`, id)); err != nil {
		return p, c, db.OrNotFound(err, none)
	}
	if c, err = cop.Find(ctx, q, p.COP); err != nil {
		return Priority{}, c, err
	}
	if !p.Adopted() && !policy.Can(a, policy.Read, c.Thing(policy.Priority)) {
		return Priority{}, cop.COP{}, apperr.NotFoundf(none)
	}
	return p, c, nil
}

// Of lists the priorities of the COP of a département, for those who read its desk.
func Of(ctx context.Context, q db.Q, a policy.Actor, c cop.COP) (_ []Priority, err error) {
	defer apperr.Wrap(&err, "adaptation.Of(%s)", c.ID)
	if err := policy.Check(a, policy.Read, c.Thing(policy.Priority)); err != nil {
		return nil, err
	}
	rows, err := q.Query(ctx, selected+`WHERE p.cop_id = $1 ORDER BY p.id`, c.ID)
	return db.Collect(rows, err, func(r *db.Rows) (Priority, error) { return scan(r) })
}

// Adopted lists the priorities that départements adopted in a cycle: those of a COP of
// département, of a region (its code), or of the nation when both are empty. Anyone
// reads them, in one statement.
func Adopted(ctx context.Context, q db.Q, cycle, region, copID string) (_ []Priority, err error) {
	defer apperr.Wrap(&err, "adaptation.Adopted(%s)", cycle)
	rows, err := q.Query(ctx, selected+`
		WHERE c.cycle = $1 AND c.parent IS NOT NULL AND p.state NOT IN ('draft', 'proposed') AND ($2 = '' OR c.region = $2) AND ($3 = '' OR c.id = $3)
		ORDER BY c.region, c.territory, p.id`, cycle, region, copID)
	return db.Collect(rows, err, func(r *db.Rows) (Priority, error) { return scan(r) })
}

// Version is what a priority was at a revision.
type Version struct {
	Rev    int64
	At     time.Time
	By     string // id of an account
	Reason string
	State  cop.PriorityState
	Input
}

// Versions lists what a priority was, newest first, for those who read its desk.
func Versions(ctx context.Context, q db.Q, a policy.Actor, id string) (out []Version, err error) {
	defer apperr.Wrap(&err, "adaptation.Versions(%s)", id)
	words, err := cop.PriorityVersions(ctx, q, a, id)
	if err != nil {
		return nil, err
	}
	rows, err := q.Query(ctx, `SELECT rev, body FROM adaptation_sheet_version WHERE id = $1 ORDER BY rev DESC`, id)
	type kept struct {
		rev int64
		Sheet
	}
	sheets, err := db.Collect(rows, err, func(r *db.Rows) (k kept, err error) {
		var body string
		if err := r.Scan(&k.rev, &body); err != nil {
			return k, err
		}
		return k, json.Unmarshal([]byte(body), &k.Sheet)
	})
	if err != nil {
		return nil, err
	}
	for _, w := range words {
		v := Version{Rev: w.Rev, At: w.At, By: w.By, Reason: w.Reason, State: w.Body.State, Input: Input{Title: w.Body.Title, Text: w.Body.Text}}
		if v.Reason == "" {
			v.Reason = w.Body.Reason
		}
		for _, s := range sheets { // the newest that is not after
			if s.rev <= w.Rev {
				v.Sheet = s.Sheet
				break
			}
		}
		out = append(out, v)
	}
	return out, nil
}
