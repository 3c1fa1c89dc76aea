package action

import (
	"context"
	"errors"
	"slices"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/policy"
)

// mostAtOnce bounds what one bulk change holds: one short transaction.
const mostAtOnce = 200

// Change is what is changed on many actions at once; a nil field is left as it is.
type Change struct {
	Status       *string
	StatusReason string
	StatusOn     string
	Phase        *string
	Step         *string
	Theme        *string
	Holder       *Party
	AddLever     string // beside those that are there
}

// Empty reports whether a change changes nothing.
func (c Change) Empty() bool {
	return c.Status == nil && c.Phase == nil && c.Step == nil && c.Theme == nil && c.Holder == nil && c.AddLever == ""
}

// On is an action with the change made.
func (c Change) On(x Action) Action {
	if c.Status != nil {
		x.Status, x.StatusReason, x.StatusOn = *c.Status, c.StatusReason, c.StatusOn
	}
	if c.Phase != nil {
		x.Phase = *c.Phase
	}
	if c.Step != nil {
		x.Step = *c.Step
	}
	if c.Theme != nil {
		x.Theme = *c.Theme
	}
	if c.Holder != nil {
		x.Holder = *c.Holder
	}
	if c.AddLever != "" && !slices.Contains(x.Levers, c.AddLever) {
		x.Levers = append(slices.Clone(x.Levers), c.AddLever)
	}
	return x
}

// Aimed is an action at the revision that somebody saw.
type Aimed struct {
	ID  string
	Rev int64
}

// Fate is what became of one action of a bulk change.
type Fate struct {
	Action  Action // as it is now
	Changed bool
	Why     string // French, why it was left; empty when it changed
}

// Bulk makes one change on many actions, in one transaction: each that can change does,
// and each that was left says why (moved meanwhile, another's, refused). Nothing is
// half-written.
func (m *Room) Bulk(ctx context.Context, a policy.Actor, c cop.COP, aims []Aimed, change Change, reason string) (out []Fate, err error) {
	defer apperr.Wrap(&err, "action.Bulk(%s)", c.ID)
	switch {
	case len(aims) == 0:
		return nil, apperr.Invalidf("Cochez au moins une action.")
	case len(aims) > mostAtOnce:
		return nil, apperr.Invalidf("200 actions au plus changent à la fois\u00a0: cochez-en moins. Rien n’a changé.")
	case change.Empty():
		return nil, apperr.Invalidf("Choisissez ce qui change. Rien n’a changé.")
	}
	// Rows are held in one order, whoever asks: two changes at once never wait for each other both ways.
	aims = slices.Clone(aims)
	slices.SortFunc(aims, func(x, y Aimed) int { return compare(x.ID, y.ID) })
	aims = slices.CompactFunc(aims, func(x, y Aimed) bool { return x.ID == y.ID })
	err = m.change(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		out = out[:0]
		for _, aim := range aims {
			f, err := m.oneOf(ctx, tx, a, c, aim, change, reason)
			if err != nil {
				return err
			}
			out = append(out, f)
		}
		return nil
	})
	return out, err
}

func compare(a, b string) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// oneOf changes one action of many, or says why it is left.
func (m *Room) oneOf(ctx context.Context, tx db.Q, a policy.Actor, c cop.COP, aim Aimed, change Change, reason string) (f Fate, err error) {
	was, err := lock(ctx, tx, aim.ID)
	if err != nil {
		return f, err
	}
	if was.COP != c.ID {
		return f, apperr.NotFoundf(noAction)
	}
	if err := policy.Check(a, policy.Read, was.Thing(c)); err != nil {
		return f, err
	}
	f.Action = was
	refused := func(err error) (Fate, error) {
		var e *apperr.Error
		var fault *Fault
		switch {
		case errors.As(err, &fault):
			f.Why = fault.Message
		case errors.As(err, &e) && e.Kind != apperr.Internal && e.Kind != apperr.Unavailable:
			f.Why = e.Message
		default:
			return f, err
		}
		return f, nil
	}
	if err := m.mayEdit(ctx, tx, a, was); err != nil {
		return refused(err)
	}
	if was.Rev != aim.Rev {
		f.Why = "Quelqu’un l’a changée depuis que vous l’avez lue."
		return f, nil
	}
	next := m.dated(was, change.On(was))
	if len(Diff(was, next, Words{})) == 0 {
		f.Why = "Elle est déjà ainsi."
		return f, nil
	}
	if err := next.check(); err != nil {
		return refused(err)
	}
	if was.State == Retained && reason == "" {
		f.Why = "Elle est retenue\u00a0: dites pourquoi vous la changez."
		return f, nil
	}
	f.Action, f.Changed, err = m.write(ctx, tx, a.Person, "edit", reason, next)
	return f, err
}
