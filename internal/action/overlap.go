package action

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/journal"
	"jalon/internal/policy"
)

// The states of an overlap.
const (
	Confirmed = "confirmed"
	Dismissed = "dismissed"
)

// Overlap is the same thing declared by two actions for one lever, as the team settled
// it: Counts counts whole, and Part of Other, in ten-thousandths. COP is that of Other;
// where Counts is of another one, the sum of the nation alone is reduced.
type Overlap struct {
	ID     string    `json:"id"`
	Rev    int64     `json:"rev"`
	COP    string    `json:"cop"`
	Lever  string    `json:"lever"`
	Counts string    `json:"counts"`
	Other  string    `json:"other"`
	Part   int64     `json:"part"`
	State  string    `json:"state"`
	Reason string    `json:"reason"`
	By     string    `json:"by"`
	At     time.Time `json:"at"`
}

// OverlapRule is what an overlap does, as pages write it.
const OverlapRule = "Quand deux actions déclarent le même objet pour le même levier, l’équipe de la COP dit laquelle compte en entier et quelle part de l’autre compte encore. " +
	"La réduction ne joue que si l’action qui compte en entier est retenue et n’est pas abandonnée. Une action réduite par plusieurs autres perd la somme des parts retirées, sans descendre sous zéro."

// pairOf names two actions whatever their order.
func pairOf(a, b string) string {
	if a > b {
		a, b = b, a
	}
	return a + "|" + b
}

const overlapColumns = `o.id, o.rev, o.cop_id, o.lever, o.counts, o.other, o.part, o.state, o.reason, o.by, o.at`

func overlaps(rows *db.Rows, err error) ([]Overlap, error) {
	return db.Collect(rows, err, func(r *db.Rows) (o Overlap, err error) {
		var at int64
		err = r.Scan(&o.ID, &o.Rev, &o.COP, &o.Lever, &o.Counts, &o.Other, &o.Part, &o.State, &o.Reason, &o.By, &at)
		o.At = time.UnixMilli(at).UTC()
		return o, err
	})
}

// Overlaps lists what the team of a COP settled, by lever.
func Overlaps(ctx context.Context, q db.Q, copID string) (_ []Overlap, err error) {
	defer apperr.Wrap(&err, "action.Overlaps(%q)", copID)
	return overlaps(q.Query(ctx, `SELECT `+overlapColumns+` FROM action_overlap o WHERE o.cop_id = $1 ORDER BY o.lever, o.id`, copID))
}

// OverlapsAcross lists what teams settled of an action of a COP and one of another COP, by
// lever.
func OverlapsAcross(ctx context.Context, q db.Q, copID string) (_ []Overlap, err error) {
	defer apperr.Wrap(&err, "action.OverlapsAcross(%q)", copID)
	return overlaps(q.Query(ctx, `SELECT `+overlapColumns+` FROM action_overlap o JOIN action a ON a.id = o.counts JOIN action b ON b.id = o.other
		WHERE a.cop_id <> b.cop_id AND (a.cop_id = $1 OR b.cop_id = $1) ORDER BY o.lever, o.id`, copID))
}

// SettleOverlap writes what the team says of two actions that may declare the same
// thing. in.Rev is the revision that was read, zero for a first word: the second of two
// people gets a conflict, with what the first wrote.
func (m *Room) SettleOverlap(ctx context.Context, q db.Q, a policy.Actor, in Overlap) (out Overlap, err error) {
	defer apperr.Wrap(&err, "action.SettleOverlap(%s, %s, %s)", in.Lever, in.Counts, in.Other)
	if err := in.check(); err != nil {
		return in, err
	}
	out = in
	err = m.change(ctx, q, func(ctx context.Context, tx db.Q) error {
		x, err := m.overlapped(ctx, tx, a, in)
		if err != nil {
			return err
		}
		out.COP, out.By, out.At = x.COP, a.Person, m.Now().UTC().Truncate(time.Millisecond)
		var n int64
		if in.Rev == 0 {
			if out.ID, err = m.IDs.New(); err != nil {
				return err
			}
			out.Rev = 1
			n, err = tx.Exec(ctx, `
				INSERT INTO action_overlap (id, rev, cop_id, lever, pair, counts, other, part, state, reason, by, at)
				VALUES ($1, 1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT (lever, pair) DO NOTHING`,
				out.ID, out.COP, out.Lever, pairOf(out.Counts, out.Other), out.Counts, out.Other, out.Part, out.State, out.Reason, out.By, out.At.UnixMilli())
		} else {
			out.Rev = in.Rev + 1
			n, err = tx.Exec(ctx, `
				UPDATE action_overlap SET rev = rev + 1, counts = $3, other = $4, part = $5, state = $6, reason = $7, by = $8, at = $9
				 WHERE id = $1 AND rev = $2 AND lever = $10 AND pair = $11`,
				in.ID, in.Rev, out.Counts, out.Other, out.Part, out.State, out.Reason, out.By, out.At.UnixMilli(), out.Lever, pairOf(out.Counts, out.Other))
		}
		if err != nil {
			return err
		}
		if n == 0 {
			now, err := overlaps(tx.Query(ctx, `SELECT `+overlapColumns+` FROM action_overlap o WHERE o.lever = $1 AND o.pair = $2`, in.Lever, pairOf(in.Counts, in.Other)))
			if err == nil && len(now) == 1 {
				out = now[0]
			}
			return errSettled()
		}
		touch(ctx, out.COP)
		if err := m.keptOverlap(ctx, tx, out); err != nil {
			return err
		}
		// Either may have counted whole before.
		for _, id := range []string{out.Counts, out.Other} {
			if err := recount(ctx, tx, id); err != nil {
				return err
			}
		}
		return nil
	})
	return out, err
}

func errSettled() error {
	return apperr.Conflictf("Quelqu’un a déjà tranché ce recoupement pendant que vous écriviez. Rien de ce que vous avez tapé n’est perdu\u00a0: lisez ce qui est écrit, puis enregistrez à nouveau si vous n’êtes pas d’accord.")
}

func (o Overlap) check() error {
	switch {
	case o.Counts == "" || o.Other == "" || o.Counts == o.Other:
		return fault("counts", "Dites laquelle des deux actions compte en entier.")
	case o.State != Confirmed && o.State != Dismissed:
		return fault("state", "Dites si c’est le même objet, ou non.")
	case o.Part < 0 || o.Part >= whole:
		return fault("part", "La part de l’autre action qui compte encore va de 0 à moins de 100\u00a0%.")
	case strings.TrimSpace(o.Reason) == "":
		return fault("reason", "Dites pourquoi\u00a0: la raison est montrée sur la page de la couverture.")
	}
	return sized("reason", "Raison", o.Reason, LongestTitle)
}

// overlapped reads the action that gives way, for who may judge it. The other one is of
// the same COP and judged too, or of another COP and read by anyone who may: there, each
// team only says what its own action takes off the sum of the nation.
func (m *Room) overlapped(ctx context.Context, tx db.Q, a policy.Actor, in Overlap) (x Action, err error) {
	if x, err = m.judged(ctx, tx, a, in.Other); err != nil {
		return x, err
	}
	y, c, err := Find(ctx, tx, a, in.Counts)
	if err != nil {
		return x, err
	}
	if y.COP == x.COP {
		return x, policy.Check(a, policy.Judge, y.Thing(c))
	}
	if y.State != Retained {
		return x, fault("counts", "L’action d’une autre région se compare une fois qu’elle y est retenue.")
	}
	if in.Rev == 0 {
		return x, nil
	}
	// Who turns a word that stands judges the action that it reduced.
	var was string
	err = tx.QueryRow(ctx, `SELECT other FROM action_overlap WHERE id = $1`, in.ID).Scan(&was)
	if err = db.OrNotFound(err, "Ce recoupement n’existe plus."); err != nil {
		return x, err
	}
	if was != in.Other {
		_, err = m.judged(ctx, tx, a, was)
	}
	return x, err
}

// judged reads an action for who may judge it.
func (m *Room) judged(ctx context.Context, tx db.Q, a policy.Actor, id string) (x Action, err error) {
	if x, err = one(ctx, tx, id); err != nil {
		return x, err
	}
	c, err := cop.Find(ctx, tx, x.COP)
	if err != nil {
		return x, err
	}
	return x, policy.Check(a, policy.Judge, x.Thing(c))
}

func (m *Room) keptOverlap(ctx context.Context, tx db.Q, o Overlap) error {
	body, err := json.Marshal(o)
	if err != nil {
		return err
	}
	if _, err := db.Insert(ctx, tx, "action_overlap_version", []string{"id", "rev", "at", "by", "reason", "body"}, [][]any{{o.ID, o.Rev, o.At.UnixMilli(), o.By, o.Reason, string(body)}}, ""); err != nil {
		return err
	}
	verb := "confirm"
	if o.State == Dismissed {
		verb = "dismiss"
	}
	_, err = m.Journal.Record(ctx, tx, journal.Entry{Actor: o.By, Verb: verb, Kind: "action_overlap", Subject: o.ID, Rev: o.Rev, COP: o.COP})
	return err
}

// recount writes the part of an action that counts in its region, and those of the
// actions that it reduces: an action that is not retained, abandoned, or of another COP
// reduces none.
func recount(ctx context.Context, tx db.Q, id string) error {
	_, err := tx.Exec(ctx, `
		UPDATE action_impact
		   SET counted = 10000 - COALESCE((SELECT CASE WHEN CAST(SUM(10000 - o.part) AS BIGINT) > 10000 THEN 10000 ELSE CAST(SUM(10000 - o.part) AS BIGINT) END
		                                     FROM action_overlap o JOIN action a ON a.id = o.counts
		                                    WHERE o.other = action_impact.action_id AND o.lever = action_impact.lever AND o.state = 'confirmed' AND a.cop_id = action_impact.cop_id AND a.state = 'retained' AND a.status <> 'abandoned'), 0)
		 WHERE action_id IN (SELECT CAST($1 AS TEXT) UNION SELECT o.other FROM action_overlap o WHERE o.counts = $1)`, id) // an OR would read every impact there is
	return err
}
