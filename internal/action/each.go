package action

import (
	"context"
	"iter"

	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/policy"
)

// eachPage is how many actions are read at once.
const eachPage = 500

// Each reads the actions of a COP that somebody may read, in the order of their
// numbers, a page at a time. A draft is its authors' alone.
func Each(ctx context.Context, q db.Q, a policy.Actor, thing func(Action) policy.Thing, copID string) iter.Seq2[Action, error] {
	return func(yield func(Action, error) bool) {
		for after := int64(0); ; {
			list, err := collect(q.Query(ctx, `SELECT `+columns+` FROM action x WHERE x.cop_id = $1 AND x.seq > $2 ORDER BY x.seq LIMIT $3`, copID, after, int64(eachPage)))
			if err != nil {
				yield(Action{}, err)
				return
			}
			for _, x := range list {
				after = x.Seq
				if x.State == Draft && x.Author != a.Person || !policy.Can(a, policy.Read, thing(x)) {
					continue
				}
				if !yield(x, nil) {
					return
				}
			}
			if len(list) < eachPage {
				return
			}
		}
	}
}

// RetainedOf reads the actions that both heads of a COP retained, as anyone reads them, in
// the order of their numbers.
func RetainedOf(ctx context.Context, q db.Q, copID string) (_ []Action, err error) {
	defer apperr.Wrap(&err, "action.RetainedOf(%s)", copID)
	list, err := collect(q.Query(ctx, `SELECT `+columns+` FROM action x WHERE x.cop_id = $1 AND x.state = 'retained' ORDER BY x.seq`, copID))
	for i := range list {
		list[i] = list[i].Public()
	}
	return list, err
}

// CountedOf tells, for the retained actions of a COP, the part that counts of what each
// brings to a lever, in ten-thousandths, where it is not the whole: what is declared twice
// counts once.
func CountedOf(ctx context.Context, q db.Q, copID string) (_ map[[2]string]int64, err error) {
	defer apperr.Wrap(&err, "action.CountedOf(%s)", copID)
	rows, err := q.Query(ctx, `SELECT action_id, lever, counted FROM action_impact WHERE cop_id = $1 AND state = 'retained' AND counted < 10000`, copID)
	out := map[[2]string]int64{}
	err = each(rows, err, func(r *db.Rows) error {
		var id, lever string
		var part int64
		err := r.Scan(&id, &lever, &part)
		out[[2]string{id, lever}] = part
		return err
	})
	return out, err
}

// Exported writes down that a file went out: its rows and its digest, and who took it
// when it is not public.
func (m *Room) Exported(ctx context.Context, by, name, copID string, rows int64, digest string) error {
	id, err := m.IDs.New()
	if err != nil {
		return err
	}
	_, err = m.DB.Exec(ctx, `INSERT INTO export (id, by, at, what, filter, rows, sha256, data_version) VALUES ($1, $2, $3, $4, '', $5, $6, $7)`, id, by, m.Now().UnixMilli(), name, rows, digest, copID)
	return err
}
