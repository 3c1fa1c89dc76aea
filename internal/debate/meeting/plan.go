package meeting

import (
	"context"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/policy"
)

// MayPlan refuses whoever may not plan such a meeting of a COP: its desk is not known to
// those who do not read what is internal there, whatever the meeting will be.
func (m *Room) MayPlan(a policy.Actor, c cop.COP, x cop.Meeting) error {
	x.Part = cop.Internal
	return policy.Check(a, policy.Create, x.Thing(c))
}

// within refuses a département that is not of the COP: it gives rights over a meeting.
func (m *Room) within(ctx context.Context, c cop.COP, department string) error {
	if department == "" || department == c.Department() {
		return nil
	}
	tree, err := m.Tree(ctx)
	if err != nil {
		return err
	}
	if d, err := tree.Dept(department); err != nil || d.Region != c.Region || c.Department() != "" {
		return apperr.New(apperr.Invalid, err, "Ce département n’est pas de cette COP : choisissez-le dans la liste.")
	}
	return nil
}

// Plan records a meeting of a COP, of one of its working groups when it names one.
func (m *Room) Plan(ctx context.Context, a policy.Actor, c cop.COP, x cop.Meeting) (_ cop.Meeting, err error) {
	defer apperr.Wrap(&err, "meeting.Plan(%s)", c.ID)
	x.COP = c.ID
	if err := m.MayPlan(a, c, x); err != nil {
		return x, err
	}
	if err := m.within(ctx, c, x.Department); err != nil {
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
	if err := m.within(ctx, c, x.Department); err != nil {
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
