package action

import (
	"context"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/policy"
)

// tied refuses relations of an action to one that is not of its COP, to itself, and those
// that go round: an action that waits for another that waits for it never begins. The row
// of the COP is held meanwhile, so that two writers never close a ring together.
func (x Action) tied(ctx context.Context, tx db.Q) error {
	if len(x.Relations) == 0 {
		return nil
	}
	if _, err := tx.Exec(ctx, `UPDATE cop SET rev = rev WHERE id = $1`, x.COP); err != nil {
		return err
	}
	others := make([]string, 0, len(x.Relations))
	for i, r := range x.Relations {
		switch {
		case !listed(Relations(), r.Kind):
			return fault("relations", "Dites comment les deux actions se tiennent\u00a0: dépend de, fait partie de, recoupe.")
		case r.Other == x.ID:
			return fault("relations", "Une action ne se lie pas à elle-même.")
		}
		for _, y := range x.Relations[:i] {
			if y == r {
				return fault("relations", "Le même lien est donné deux fois.")
			}
		}
		others = append(others, r.Other)
	}
	var b binder
	var n int64
	if err := tx.QueryRow(ctx, `SELECT COUNT(DISTINCT id) FROM action WHERE id IN (`+b.in(others)+`) AND cop_id = `+b.bind(x.COP), b.args...).Scan(&n); err != nil {
		return err
	}
	distinct := map[string]bool{}
	for _, o := range others {
		distinct[o] = true
	}
	if int(n) != len(distinct) {
		return fault("relations", "Une action liée n’est pas de cette COP, ou n’existe plus.")
	}
	for _, kind := range []string{"depends", "part"} {
		if err := x.straight(ctx, tx, kind); err != nil {
			return err
		}
	}
	return nil
}

// straight refuses that what an action depends on, near or far, depends on it.
func (x Action) straight(ctx context.Context, tx db.Q, kind string) error {
	var next []string
	for _, r := range x.Relations {
		if r.Kind == kind {
			next = append(next, r.Other)
		}
	}
	seen := map[string]bool{}
	for len(next) > 0 {
		var b binder
		rows, err := tx.Query(ctx, `SELECT other FROM action_relation WHERE action_id IN (`+b.in(next)+`) AND kind = `+b.bind(kind), b.args...)
		found, err := db.Strings(rows, err)
		if err != nil {
			return err
		}
		next = next[:0]
		for _, id := range found {
			if id == x.ID {
				return fault("relations", "Ces liens tournent en rond\u00a0: une action finit par «\u00a0"+Named(Relations(), kind)+"\u00a0» elle-même. Retirez l’un d’eux.")
			}
			if !seen[id] {
				seen[id] = true
				next = append(next, id)
			}
		}
	}
	return nil
}

// Tie is a relation seen from an action: Back tells that the other one says it.
type Tie struct {
	Kind string
	Back bool
	Row  Row
}

// Name is how a tie reads from the action where it is shown.
func (t Tie) Name() string {
	if !t.Back {
		return Named(Relations(), t.Kind)
	}
	switch t.Kind {
	case "depends":
		return "est attendue par"
	case "part":
		return "comprend"
	}
	return Named(Relations(), t.Kind)
}

// Ties lists the actions that an action is tied to, both ways, as far as the actor may
// read them.
func (m *Room) Ties(ctx context.Context, q db.Q, a policy.Actor, c cop.COP, id string) (out []Tie, err error) {
	defer apperr.Wrap(&err, "action.Ties(%q)", id)
	var b binder
	one := b.bind(id)
	may, _ := readable(a, Filter{}, &b)
	rows, err := q.Query(ctx, `SELECT `+rowFields+`, r.kind, CASE WHEN r.action_id = `+one+` THEN 0 ELSE 1 END FROM action_relation r JOIN action x ON x.id = CASE WHEN r.action_id = `+one+` THEN r.other ELSE r.action_id END
		WHERE (r.action_id = `+one+` OR r.other = `+one+`) AND x.cop_id = `+b.bind(c.ID)+` AND `+may+` ORDER BY r.kind, x.sort, x.id`, b.args...)
	return db.Collect(rows, err, func(r *db.Rows) (t Tie, err error) {
		var back int64
		t.Row, _, err = scanRow(also{r, []any{&t.Kind, &back}})
		t.Row, t.Back = t.Row.kept(a), back == 1
		return t, err
	})
}

// also scans more columns after those of a row.
type also struct {
	r    *db.Rows
	more []any
}

func (a also) Scan(dest ...any) error { return a.r.Scan(append(dest, a.more...)...) }
