package action

import (
	"context"
	"encoding/json"
	"errors"
	"slices"

	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/link"
	"jalon/internal/policy"
)

// Linkable are the kinds of things of other rooms that an action is linked to.
func Linkable() []string {
	return []string{link.Contribution, link.Decision, link.Response, link.Plan, link.PlanAim, link.Practice, link.Obstacle, link.Objective, link.Aid, link.Measure}
}

// Link ties an action to a thing of another room, which hears of it. Whoever may change
// the action does; the page that calls it has checked that the actor reads the thing.
func (m *Room) Link(ctx context.Context, a policy.Actor, id string, to link.End) (err error) {
	defer apperr.Wrap(&err, "action.Link(%q, %s)", id, to.Kind)
	if !slices.Contains(Linkable(), to.Kind) || to.ID == "" {
		return apperr.Invalidf("Une action ne se lie pas à cela.")
	}
	return m.change(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		x, err := lock(ctx, tx, id)
		if err != nil {
			return err
		}
		if err := m.mayEdit(ctx, tx, a, x); err != nil {
			return err
		}
		return m.Links.Join(ctx, tx, x.COP, a.Person, link.End{Kind: link.Action, ID: id}, to)
	})
}

// Unlink ends such a tie; its trace stays.
func (m *Room) Unlink(ctx context.Context, a policy.Actor, id string, to link.End) (err error) {
	defer apperr.Wrap(&err, "action.Unlink(%q, %s)", id, to.Kind)
	return m.change(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		x, err := lock(ctx, tx, id)
		if err != nil {
			return err
		}
		if err := m.mayEdit(ctx, tx, a, x); err != nil {
			return err
		}
		return m.Links.Part(ctx, tx, link.End{Kind: link.Action, ID: id}, to)
	})
}

// met ties an action to the obstacles of the register that it says it met, and parts it
// from those that it no longer says: the page of an obstacle lists its actions.
func (m *Room) met(ctx context.Context, tx db.Q, by string, was, now Action) error {
	says := func(x Action, item string) bool {
		return slices.ContainsFunc(x.Met, func(o Met) bool { return o.Item == item })
	}
	from := link.End{Kind: link.Action, ID: now.ID}
	for _, o := range was.Met {
		if o.Item != "" && !says(now, o.Item) {
			if err := m.Links.Part(ctx, tx, from, link.End{Kind: link.Obstacle, ID: o.Item}); err != nil {
				return err
			}
		}
	}
	for _, o := range now.Met {
		if o.Item != "" && !says(was, o.Item) {
			if err := m.Links.Join(ctx, tx, now.COP, by, from, link.End{Kind: link.Obstacle, ID: o.Item}); err != nil {
				return err
			}
		}
	}
	return nil
}

// Of lists the actions that are linked to a thing of another room, as far as the actor
// may read them and what ties them: one statement and those of Dress.
func (m *Room) Of(ctx context.Context, q db.Q, a policy.Actor, to link.End) (out []Row, err error) {
	defer apperr.Wrap(&err, "action.Of(%s)", to.Kind)
	var b binder
	kind, id, from := b.bind(to.Kind), b.bind(to.ID), b.bind(link.Action)
	may, _ := readable(a, Filter{}, &b)
	rows, err := q.Query(ctx, `SELECT `+rowFields+`, x.body FROM link l JOIN action x ON x.id = l.from_id WHERE l.to_kind = `+kind+` AND l.to_id = `+id+` AND l.from_kind = `+from+` AND l.ended_at IS NULL AND `+may+` ORDER BY x.sort, x.id`, b.args...)
	var untold []string // the obstacles of these are not for their reader
	if out, err = db.Collect(rows, err, func(r *db.Rows) (x Row, err error) {
		var body string
		if x, _, err = scanRow(also{r, []any{&body}}); err != nil || to.Kind != link.Obstacle || x.inner(a) {
			return x.kept(a), err
		}
		var said struct {
			Hidden []string `json:"hidden"`
		}
		if err := json.Unmarshal([]byte(body), &said); err != nil {
			return x, err
		}
		if slices.Contains(said.Hidden, "obstacles") {
			untold = append(untold, x.ID)
		}
		return x.kept(a), nil
	}); err != nil {
		return nil, err
	}
	out = slices.DeleteFunc(out, func(x Row) bool { return slices.Contains(untold, x.ID) })
	return out, Dress(ctx, q, out)
}

// OfAll lists by what they are tied to the actions of a COP that are linked to things of
// some kinds, as far as the actor may read them: one statement and those of Dress.
func (m *Room) OfAll(ctx context.Context, q db.Q, a policy.Actor, cop string, kinds ...string) (out map[link.End][]Row, err error) {
	defer apperr.Wrap(&err, "action.OfAll(%q)", cop)
	var b binder
	from, in, of := b.bind(link.Action), b.in(kinds), b.bind(cop)
	may, _ := readable(a, Filter{COP: cop}, &b)
	rows, err := q.Query(ctx, `SELECT `+rowFields+`, l.to_kind, l.to_id FROM action x JOIN link l ON l.from_id = x.id WHERE l.from_kind = `+from+` AND l.to_kind IN (`+in+`) AND l.ended_at IS NULL AND x.cop_id = `+of+` AND x.state <> '`+hiddenState+`' AND `+may+` ORDER BY x.sort, x.id, l.id`, b.args...)
	var ends []link.End
	all, err := db.Collect(rows, err, func(r *db.Rows) (x Row, err error) {
		var e link.End
		x, _, err = scanRow(also{r, []any{&e.Kind, &e.ID}})
		ends = append(ends, e)
		return x.kept(a), err
	})
	if err != nil {
		return nil, err
	}
	if err := Dress(ctx, q, all); err != nil {
		return nil, err
	}
	out = map[link.End][]Row{}
	for i, e := range ends {
		out[e] = append(out[e], all[i])
	}
	return out, nil
}

// TitleOf names an action that anyone reads, and where; empty for one that they do not.
func TitleOf(ctx context.Context, q db.Q, id string) (title, href string, err error) {
	defer apperr.Wrap(&err, "action.TitleOf(%q)", id)
	var state string
	err = q.QueryRow(ctx, `SELECT title, state FROM action WHERE id = $1`, id).Scan(&title, &state)
	switch {
	case errors.Is(err, db.ErrNoRows), err == nil && !State(state).Public():
		return "", "", nil
	}
	return title, "/actions/" + id, err
}
