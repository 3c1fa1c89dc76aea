package cop

import (
	"context"

	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/policy"
)

// Side is one of the two heads of a COP.
type Side string

// The sides: the préfet, and the elected head.
const (
	StateSide  Side = "state"
	RegionSide Side = "region"
)

// Name is how a side is called on the pages of a COP.
func (s Side) Name() string {
	if s == StateSide {
		return "l’État"
	}
	return "la Région"
}

func (s Side) other() Side {
	if s == StateSide {
		return RegionSide
	}
	return StateSide
}

// Headed is the head that an actor is by their own role. Those of the COP of a
// département are who holds a role over it: the heads of the region do not speak
// for them.
func Headed(a policy.Actor, c COP) Side {
	thing, state := c.Thing(policy.Validation), []policy.Role{policy.StateChair}
	if c.Parent != "" {
		thing.COPs, state = nil, []policy.Role{policy.DepartmentLead, policy.StateChair}
	}
	switch {
	case a.Holds(thing, state...):
		return StateSide
	case c.Both && a.Holds(thing, policy.RegionChair):
		return RegionSide
	}
	return ""
}

// SideOf tells for which head a person may act in an act, their own role or a
// delegation; empty when for none. Pages offer what it allows.
func (m *Room) SideOf(ctx context.Context, q db.Q, a policy.Actor, c COP, act Act) (Side, error) {
	side, _, err := m.sideOf(ctx, q, a, c, act.Kind, act.ID)
	return side, unlessRefused(err)
}

// unlessRefused drops the error of who is no head, and of no other cause.
func unlessRefused(err error) error {
	switch apperr.KindOf(err) {
	case apperr.Forbidden, apperr.NotFound:
		return nil
	}
	return err
}

// sideOf tells for which head a person may act here: their own role, or a
// delegation that covers this act today.
func (m *Room) sideOf(ctx context.Context, q db.Q, a policy.Actor, c COP, kind, act string) (Side, string, error) {
	thing := c.Thing(policy.Validation)
	if a.Person == "" {
		return "", "", policy.Check(a, policy.Consent, thing)
	}
	if side := Headed(a, c); side != "" {
		return side, "", nil
	}
	d, err := m.delegationFor(ctx, q, a.Person, c, kind, act)
	if err != nil {
		return "", "", err
	}
	if d.ID == "" {
		if err := policy.Check(a, policy.Read, thing); err != nil {
			return "", "", err
		}
		return "", "", apperr.New(apperr.Forbidden, nil, "Seules les deux têtes de la COP, ou les personnes à qui elles ont délégué cet acte, peuvent le valider. Rien n’a été enregistré.")
	}
	return d.Side, d.ID, nil
}
