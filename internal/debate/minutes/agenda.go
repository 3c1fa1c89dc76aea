package minutes

import (
	"context"
	"slices"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/debate"
	"jalon/internal/link"
	"jalon/internal/policy"
)

// itemKind is what links call a point of an agenda.
const itemKind = "agenda_item"

// Item is a point of an agenda.
type Item struct {
	ID        string   `json:"id"`
	Rev       int64    `json:"-"`
	COP       string   `json:"cop"`
	Meeting   string   `json:"meeting"`
	Place     int64    `json:"place"`
	Title     string   `json:"title"`
	Planned   int64    `json:"planned"` // minutes of time; 0 when nobody said
	Presenter string   `json:"presenter"`
	State     string   `json:"state"`
	Levers    []string `json:"levers"`
	At        string   `json:"-"` // 14:30, when the hours before it are known
}

const itemColumns = `id, rev, cop_id, meeting_id, place, title, planned, presenter, state`

// Agenda lists the points of a meeting in their order, with their levers and the hour
// at which each begins.
func Agenda(ctx context.Context, q db.Q, x cop.Meeting) (_ []Item, err error) {
	defer apperr.Wrap(&err, "minutes.Agenda(%s)", x.ID)
	rows, err := q.Query(ctx, `SELECT `+itemColumns+` FROM minutes_item WHERE meeting_id = $1 AND state = 'kept' ORDER BY place, id`, x.ID)
	list, err := db.Collect(rows, err, func(r *db.Rows) (i Item, err error) {
		err = r.Scan(&i.ID, &i.Rev, &i.COP, &i.Meeting, &i.Place, &i.Title, &i.Planned, &i.Presenter, &i.State)
		return i, err
	})
	if err != nil {
		return nil, err
	}
	levers, err := leversOf(ctx, q, itemKind, `SELECT id FROM minutes_item WHERE meeting_id = $2`, x.ID)
	if err != nil {
		return nil, err
	}
	at, perr := time.Parse("15:04", x.Start)
	known := perr == nil
	for i := range list {
		list[i].Levers = levers[list[i].ID]
		if known {
			list[i].At = at.Format("15:04")
		}
		known = known && list[i].Planned > 0
		at = at.Add(time.Duration(list[i].Planned) * time.Minute)
	}
	return list, nil
}

// leversOf reads the levers of things of a kind, in one statement: ids selects them.
func leversOf(ctx context.Context, q db.Q, kind, ids string, arg string) (map[string][]string, error) {
	rows, err := q.Query(ctx, `SELECT from_id, to_id FROM link WHERE from_kind = $1 AND to_kind = 'lever' AND ended_at IS NULL AND from_id IN (`+ids+`) ORDER BY id`, kind, arg)
	pairs, err := db.Collect(rows, err, func(r *db.Rows) (p [2]string, err error) { err = r.Scan(&p[0], &p[1]); return p, err })
	out := map[string][]string{}
	for _, p := range pairs {
		out[p[0]] = append(out[p[0]], p[1])
	}
	return out, err
}

// ItemInput is what somebody says of a point.
type ItemInput struct {
	Title     string
	Planned   int64
	Presenter string
	Levers    []string
}

func (in *ItemInput) check() error {
	in.Title, in.Presenter = debate.Line(in.Title), debate.Line(in.Presenter)
	switch {
	case in.Title == "":
		return apperr.Invalidf("Donnez un titre à ce point.")
	case in.Planned < 0 || in.Planned > 600:
		return apperr.Invalidf("La durée d’un point va de 0 à 600 minutes.")
	case len(in.Levers) > 20:
		return apperr.Invalidf("Un point porte sur 20 leviers au plus.")
	}
	if err := debate.Long("le titre", in.Title, 200); err != nil {
		return err
	}
	return debate.Long("le nom de qui présente", in.Presenter, 200)
}

// relink makes the links of a thing to levers those that somebody chose.
func (m *Room) relink(ctx context.Context, tx db.Q, a policy.Actor, copID string, from link.End, kind string, want []string) error {
	have, err := link.From(ctx, tx, from)
	if err != nil {
		return err
	}
	for _, l := range have {
		if l.To.Kind == kind && !slices.Contains(want, l.To.ID) {
			if err := m.Links.Part(ctx, tx, from, l.To); err != nil {
				return err
			}
		}
	}
	for _, id := range want {
		if err := m.Links.Join(ctx, tx, copID, a.Person, from, link.End{Kind: kind, ID: id}); err != nil {
			return err
		}
	}
	return nil
}

// AddItem adds a point at the end of an agenda.
func (m *Room) AddItem(ctx context.Context, a policy.Actor, meeting string, in ItemInput) (i Item, err error) {
	if err := in.check(); err != nil {
		return i, err
	}
	err = m.write(ctx, a, meeting, "AddItem", func(ctx context.Context, tx db.Q, x cop.Meeting, _ cop.COP) error {
		i = Item{Rev: 1, COP: x.COP, Meeting: x.ID, Title: in.Title, Planned: in.Planned, Presenter: in.Presenter, State: "kept", Levers: in.Levers}
		if i.ID, err = m.IDs.New(); err != nil {
			return err
		}
		if err := tx.QueryRow(ctx, `SELECT COALESCE(MAX(place), 0) + 1 FROM minutes_item WHERE meeting_id = $1`, x.ID).Scan(&i.Place); err != nil {
			return err
		}
		if _, err := db.Insert(ctx, tx, "minutes_item", []string{"id", "rev", "cop_id", "meeting_id", "place", "title", "planned", "presenter", "state"},
			[][]any{{i.ID, i.Rev, i.COP, i.Meeting, i.Place, i.Title, i.Planned, i.Presenter, i.State}}, ""); err != nil {
			return err
		}
		if err := m.relink(ctx, tx, a, x.COP, link.End{Kind: itemKind, ID: i.ID}, link.Lever, in.Levers); err != nil {
			return err
		}
		return m.kept(ctx, tx, a, "create", "agenda", i.ID, i.Rev, i.COP, "", i)
	})
	return i, err
}

// SaveItem edits a point as it was at a revision.
func (m *Room) SaveItem(ctx context.Context, a policy.Actor, meeting, id string, rev int64, in ItemInput) error {
	if err := in.check(); err != nil {
		return err
	}
	return m.write(ctx, a, meeting, "SaveItem", func(ctx context.Context, tx db.Q, x cop.Meeting, _ cop.COP) error {
		n, err := tx.Exec(ctx, `UPDATE minutes_item SET rev = rev + 1, title = $4, planned = $5, presenter = $6 WHERE id = $1 AND meeting_id = $2 AND rev = $3 AND state = 'kept'`, id, x.ID, rev, in.Title, in.Planned, in.Presenter)
		if err != nil {
			return err
		}
		if n == 0 {
			return moved("ce point")
		}
		if err := m.relink(ctx, tx, a, x.COP, link.End{Kind: itemKind, ID: id}, link.Lever, in.Levers); err != nil {
			return err
		}
		return m.kept(ctx, tx, a, "edit", "agenda", id, rev+1, x.COP, "", in)
	})
}

// MoveItem moves a point one place up or down.
func (m *Room) MoveItem(ctx context.Context, a policy.Actor, meeting, id string, up bool) error {
	return m.write(ctx, a, meeting, "MoveItem", func(ctx context.Context, tx db.Q, x cop.Meeting, _ cop.COP) error {
		list, err := Agenda(ctx, tx, x)
		if err != nil {
			return err
		}
		at := slices.IndexFunc(list, func(i Item) bool { return i.ID == id })
		to := at + 1
		if up {
			to = at - 1
		}
		if at < 0 || to < 0 || to >= len(list) {
			return nil // already at the end of its way
		}
		list[at], list[to] = list[to], list[at]
		for n, i := range list {
			if _, err := tx.Exec(ctx, `UPDATE minutes_item SET place = $2 WHERE id = $1`, i.ID, int64(n+1)); err != nil {
				return err
			}
		}
		return nil
	})
}

// DropItem takes a point off the agenda; what was written under it stays, and is read
// with the general texts.
func (m *Room) DropItem(ctx context.Context, a policy.Actor, meeting, id string, rev int64) error {
	return m.write(ctx, a, meeting, "DropItem", func(ctx context.Context, tx db.Q, x cop.Meeting, _ cop.COP) error {
		n, err := tx.Exec(ctx, `UPDATE minutes_item SET rev = rev + 1, state = 'dropped' WHERE id = $1 AND meeting_id = $2 AND rev = $3 AND state = 'kept'`, id, x.ID, rev)
		if err != nil {
			return err
		}
		if n == 0 {
			return moved("ce point")
		}
		return m.kept(ctx, tx, a, "withdraw", "agenda", id, rev+1, x.COP, "", map[string]string{"state": "dropped"})
	})
}
