package knowledge

import (
	"context"
	"strings"

	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/policy"
)

const ofAction = "action:"

// FromAction is the action that an item was drawn from, empty for another origin.
func (x Item) FromAction() string {
	id, ok := strings.CutPrefix(x.Origin, ofAction)
	if !ok {
		return ""
	}
	return id
}

// AddFromAction keeps a strong point that somebody draws from an action that is over: one
// an action, so that the second of two people gets a conflict, and the one that is there.
// Shared, it is retained and offered to the other regions at once, by who may judge it.
// Whoever calls has checked the action, and gives its transaction.
func (m *Room) AddFromAction(ctx context.Context, tx db.Q, a policy.Actor, action string, x Item, share bool) (_ Item, err error) {
	defer apperr.Wrap(&err, "knowledge.AddFromAction(%s)", action)
	if x, err = proposed(ctx, tx, a, x); err != nil {
		return x, err
	}
	x.Kind, x.Origin = Strength, ofAction+action
	err = m.change(ctx, tx, func(ctx context.Context, tx db.Q) error {
		out, fresh, err := m.insert(ctx, tx, a.Person, "Tirée d’une action terminée.", x)
		if err != nil {
			return err
		}
		if !fresh {
			there, err := DrawnFrom(ctx, tx, []string{action})
			if err != nil {
				return err
			}
			x = there[action]
			return apperr.Conflictf("Une bonne pratique a déjà été tirée de cette action\u00a0: «\u00a0%s\u00a0». Rien n’a été enregistré, et votre texte est resté dans le formulaire\u00a0: complétez plutôt celle-là.", x.Title)
		}
		x = out
		if !share {
			return nil
		}
		for _, what := range []Decision{Retain, Share} {
			if x, err = m.Judge(ctx, tx, a, x.ID, x.Rev, what, ""); err != nil {
				return err
			}
		}
		return nil
	})
	return x, err
}

// DrawnFrom gives what was drawn from some actions, by action, whatever its state: one
// statement for five hundred of them. Whoever shows it checks who reads it.
func DrawnFrom(ctx context.Context, q db.Q, actions []string) (_ map[string]Item, err error) {
	defer apperr.Wrap(&err, "knowledge.DrawnFrom")
	out := map[string]Item{}
	for len(actions) > 0 {
		n := min(len(actions), 500)
		origins := make([]string, n)
		for i, id := range actions[:n] {
			origins[i] = ofAction + id
		}
		actions = actions[n:]
		var b binder
		rows, err := q.Query(ctx, `SELECT `+itemColumns+` FROM knowledge_item i WHERE i.origin IN (`+b.in(origins)+`) ORDER BY i.id`, b.args...)
		list, err := items(rows, err)
		if err != nil {
			return nil, err
		}
		for _, x := range list {
			out[x.FromAction()] = x
		}
	}
	return out, nil
}
