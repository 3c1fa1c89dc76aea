package renewal

import (
	"context"
	"strings"

	"jalon/internal/action"
	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/policy"
)

// Receipt says what applying carried over, by kind.
type Receipt struct {
	Renewal Renewal
	Count   map[Kind]int
}

// Apply carries over what the team chose, in one act, as it was read: rev is that of the
// choices, digest that of what they lead to. What moved since is a conflict, and nothing
// is carried. Applied again, it carries what was not yet.
func (m *Room) Apply(ctx context.Context, a policy.Actor, copID string, rev int64, digest string) (out Receipt, err error) {
	defer apperr.Wrap(&err, "renewal.Apply(%s)", copID)
	c, err := cop.Find(ctx, m.DB, copID)
	if err != nil {
		return out, err
	}
	if err := may(a, c); err != nil {
		return out, err
	}
	p, err := m.Propose(ctx, m.DB, a, c, "")
	if err != nil {
		return out, err
	}
	if p.Renewal.Rev != rev || p.Digest() != digest {
		return out, errMoved()
	}
	goes := p.going()
	if len(goes) == 0 {
		return out, apperr.Invalidf("Il n’y a rien à reprendre\u00a0: tout ce qui est choisi l’est déjà, ou attend un choix. Rien n’a changé.")
	}
	err = db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		// The root first: of twenty who apply at once, one does.
		state := p.Renewal
		state.State = Applied
		if out.Renewal, err = m.write(ctx, tx, a, state, "apply", "reprise de la COP "+p.From.Cycle); err != nil {
			return err
		}
		if err := still(ctx, tx, goes); err != nil {
			return err
		}
		made, err := m.carryActions(ctx, tx, a, c, p, goes)
		if err != nil {
			return err
		}
		if err := m.carryPriorities(ctx, tx, a, c, p, goes, made); err != nil {
			return err
		}
		out.Count = map[Kind]int{}
		rows := make([][]any, 0, len(goes))
		for _, x := range goes {
			out.Count[x.Kind]++
			rows = append(rows, []any{c.ID, string(x.Kind), x.Source, made[x.Source], x.Title, x.Note, x.Public, a.Person, m.Now().UnixMilli()})
		}
		if _, err := db.Insert(ctx, tx, "renewal_item", strings.Fields("cop_id kind source made title note public by at"), rows, ""); err != nil {
			return err
		}
		if c.Parent == "" {
			if err := m.Register.Moved(ctx, tx, c.ID); err != nil {
				return err
			}
		}
		_, err = db.Bump(ctx, tx, Version, m.Now())
		return err
	})
	return out, err
}

func (p Proposal) going() (out []Item) {
	for _, x := range p.Items {
		if x.Goes() {
			out = append(out, x)
		}
	}
	return out
}

// still refuses when an action moved since it was read: what was shown is what is
// carried.
func still(ctx context.Context, tx db.Q, goes []Item) error {
	var ids []string
	for _, x := range goes {
		if x.Kind == Actions {
			ids = append(ids, x.Source)
		}
	}
	now, err := action.At(ctx, tx, ids)
	if err != nil {
		return err
	}
	for _, x := range goes {
		if x.Kind == Actions && now[x.Source] != x.Rev {
			return errMoved()
		}
	}
	return nil
}

// carryActions writes the actions, and says what each became.
func (m *Room) carryActions(ctx context.Context, tx db.Q, a policy.Actor, c cop.COP, p Proposal, goes []Item) (map[string]string, error) {
	var all []action.Action
	for _, x := range goes {
		if x.Kind == Actions {
			all = append(all, x.made)
		}
	}
	made := map[string]string{}
	if len(all) == 0 {
		return made, nil
	}
	kept, err := m.Register.Carry(ctx, tx, a, c, "reprise de la COP "+p.From.Cycle, all)
	for _, x := range kept {
		made[x.Follows()] = x.ID
	}
	return made, err
}
