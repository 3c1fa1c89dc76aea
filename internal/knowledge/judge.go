package knowledge

import (
	"context"
	"strings"

	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/policy"
)

// Decision is what a team makes of an item.
type Decision string

// The decisions. Sharing makes a retained strong point a good practice, offered
// to the other regions.
const (
	Retain   Decision = "retain"
	PutAside Decision = "aside"
	Complete Decision = "complete" // asks its author to complete it
	Share    Decision = "share"
	Unshare  Decision = "unshare"
)

// Judge says what the team makes of an item as it was at a revision, and why.
func (m *Room) Judge(ctx context.Context, q db.Q, a policy.Actor, id string, rev int64, what Decision, reason string) (x Item, err error) {
	defer apperr.Wrap(&err, "knowledge.Judge(%s, %s)", id, what)
	if err := sized("reason", "Pourquoi", reason, longer, what == PutAside || what == Complete || what == Unshare); err != nil {
		return x, err
	}
	err = m.change(ctx, q, func(ctx context.Context, tx db.Q) error {
		was, err := m.forTeam(ctx, tx, a, id, rev)
		if x = was; err != nil {
			return err
		}
		to, shared := was.State, was.Shared
		switch what {
		case Retain:
			to = Retained
			if err := takenUp(ctx, tx, was); err != nil {
				return err
			}
		case PutAside, Complete:
			if was.Escalated() {
				return apperr.Conflictf("Ce frein est remonté à l’échelon national\u00a0: il reste retenu, pour que la réponse lui parvienne. Rien n’a été enregistré.")
			}
			if err := m.alone(ctx, tx, was); err != nil {
				return err
			}
			to, shared = SetAside, false
			if what == Complete {
				to = Incomplete
			}
		case Share, Unshare:
			if was.Kind != Strength || was.State != Retained {
				return apperr.Conflictf("Seul un point fort retenu se partage avec les autres régions. Rien n’a été enregistré.")
			}
			shared = what == Share
		default:
			return apperr.Invalidf("Choisissez ce que l’équipe décide.")
		}
		if to == was.State && shared == was.Shared {
			return apperr.Conflictf("C’est déjà le cas. Rien n’a été enregistré.")
		}
		if _, err := tx.Exec(ctx, `UPDATE knowledge_item SET rev = rev + 1, state = $2, shared = $3, said = $4 WHERE id = $1`, id, string(to), shared, reason); err != nil {
			return err
		}
		if x, err = oneItem(ctx, tx, id); err != nil {
			return err
		}
		return m.kept(ctx, tx, a.Person, string(what), "knowledge_item", string(x.Kind), x.ID, x.Rev, reason, x)
	})
	return x, err
}

// forTeam locks an item for somebody who may judge it, as it was at a revision.
func (m *Room) forTeam(ctx context.Context, tx db.Q, a policy.Actor, id string, rev int64) (Item, error) {
	x, err := lock(ctx, tx, id)
	if err != nil {
		return x, err
	}
	if err := may(ctx, tx, a, policy.Judge, x); err != nil {
		return x, err
	}
	if x.Rev != rev {
		return x, errMoved("ce " + x.Kind.Name())
	}
	return x, nil
}

// alone refuses an obstacle into which others are merged, or which is merged.
func (m *Room) alone(ctx context.Context, tx db.Q, x Item) error {
	if x.MergedInto != "" {
		return apperr.Conflictf("Ce frein est regroupé avec un autre\u00a0: séparez-les d’abord. Rien n’a été enregistré.")
	}
	var n int64
	if err := tx.QueryRow(ctx, `SELECT COUNT(*) FROM knowledge_item WHERE merged_into = $1`, x.ID).Scan(&n); err != nil {
		return err
	}
	if n > 0 {
		return apperr.Conflictf("D’autres freins sont regroupés dans celui-ci\u00a0: séparez-les d’abord. Rien n’a été enregistré.")
	}
	return nil
}

// Merge counts an obstacle in another of the same region, each as it was at a
// revision. Both stay readable, and Unmerge takes it back.
func (m *Room) Merge(ctx context.Context, q db.Q, a policy.Actor, id string, rev int64, into, reason string) (x Item, err error) {
	defer apperr.Wrap(&err, "knowledge.Merge(%s, %s)", id, into)
	if err := sized("reason", "Pourquoi", reason, longer, false); err != nil {
		return x, err
	}
	if into == "" || into == id {
		return x, fault("into", "Choisissez un autre frein de la liste.")
	}
	err = m.change(ctx, q, func(ctx context.Context, tx db.Q) error {
		// Both rows, in the order of their ids: two merges at once come one after
		// the other, and the second finds a row that moved.
		for _, each := range []string{min(id, into), max(id, into)} {
			if _, err := lock(ctx, tx, each); err != nil {
				return err
			}
		}
		was, err := m.forTeam(ctx, tx, a, id, rev)
		if x = was; err != nil {
			return err
		}
		root, err := oneItem(ctx, tx, into)
		if err != nil {
			return err
		}
		switch {
		case was.Kind != Obstacle || root.Kind != Obstacle || root.Region != was.Region:
			return fault("into", "Choisissez un frein de la même région.")
		case was.State != Retained || root.State != Retained:
			return apperr.Conflictf("Seuls des freins retenus se regroupent. Rien n’a été enregistré.")
		case root.MergedInto != "":
			return apperr.Conflictf("Le frein que vous avez choisi vient d’être regroupé avec un autre. Rien n’a été enregistré\u00a0: choisissez celui-là.")
		}
		if err := m.alone(ctx, tx, was); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `UPDATE knowledge_item SET rev = rev + 1 WHERE id = $1`, into); err != nil {
			return err
		}
		if root, err = oneItem(ctx, tx, into); err != nil {
			return err
		}
		if err := m.kept(ctx, tx, a.Person, "receive", "knowledge_item", string(Obstacle), root.ID, root.Rev, reason, root); err != nil {
			return err
		}
		return m.place(ctx, tx, a, &x, "merge", into, reason, was.Group, root.Group)
	})
	return x, err
}

// Unmerge counts a merged obstacle by itself again.
func (m *Room) Unmerge(ctx context.Context, q db.Q, a policy.Actor, id string, rev int64, reason string) (x Item, err error) {
	defer apperr.Wrap(&err, "knowledge.Unmerge(%s)", id)
	if err := sized("reason", "Pourquoi", reason, longer, false); err != nil {
		return x, err
	}
	err = m.change(ctx, q, func(ctx context.Context, tx db.Q) error {
		was, err := m.forTeam(ctx, tx, a, id, rev)
		if x = was; err != nil {
			return err
		}
		if was.MergedInto == "" {
			return apperr.Conflictf("Ce frein n’est regroupé avec aucun autre. Rien n’a été enregistré.")
		}
		root, err := oneItem(ctx, tx, was.MergedInto)
		if err != nil {
			return err
		}
		return m.place(ctx, tx, a, &x, "unmerge", "", reason, was.Group, root.Group)
	})
	return x, err
}

// place says where an obstacle counts, and counts again the national lines that
// it leaves and joins.
func (m *Room) place(ctx context.Context, tx db.Q, a policy.Actor, x *Item, verb, into, reason string, groups ...string) (err error) {
	if _, err := tx.Exec(ctx, `UPDATE knowledge_item SET rev = rev + 1, merged_into = $2 WHERE id = $1`, x.ID, into); err != nil {
		return err
	}
	if *x, err = oneItem(ctx, tx, x.ID); err != nil {
		return err
	}
	if err := m.recount(ctx, tx, groups...); err != nil {
		return err
	}
	return m.kept(ctx, tx, a.Person, verb, "knowledge_item", string(Obstacle), x.ID, x.Rev, strings.TrimSpace(reason), *x)
}

// MergedIn lists what is merged into an obstacle.
func MergedIn(ctx context.Context, q db.Q, id string) ([]Item, error) {
	rows, err := q.Query(ctx, `SELECT `+itemColumns+` FROM knowledge_item i WHERE i.merged_into = $1 ORDER BY i.id LIMIT 200`, id)
	return items(rows, err)
}
