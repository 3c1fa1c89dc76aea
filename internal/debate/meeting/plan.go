package meeting

import (
	"context"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/policy"
)

// Plan records a meeting of a COP, of one of its working groups when it names one.
func (m *Room) Plan(ctx context.Context, a policy.Actor, c cop.COP, x cop.Meeting) (_ cop.Meeting, err error) {
	defer apperr.Wrap(&err, "meeting.Plan(%s)", c.ID)
	x.COP = c.ID
	if err := policy.Check(a, policy.Create, x.Thing(c)); err != nil {
		return x, err
	}
	if err := m.ofCOP(ctx, m.DB, c, x.Group); err != nil {
		return x, err
	}
	return m.COPs.AddMeeting(ctx, a, x)
}

// Save edits a meeting as it was at revision x.Rev; those who come are told what they
// need to know.
func (m *Room) Save(ctx context.Context, a policy.Actor, x cop.Meeting) (err error) {
	defer apperr.Wrap(&err, "meeting.Save(%s)", x.ID)
	before, c, err := m.mine(ctx, m.DB, a, x.ID)
	if err != nil {
		return err
	}
	if x.Group != before.Group {
		if err := m.ofCOP(ctx, m.DB, c, x.Group); err != nil {
			return err
		}
	}
	_, err = m.COPs.SaveMeeting(ctx, a, x, "réunion modifiée")
	return err
}
