package survey

import (
	"context"

	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/policy"
)

// Letter is the invitation of an authority, to print.
type Letter struct {
	Response Response
	SIREN    string // stands for an address where the code is typed; empty when unknown
	Seat     Seat
	Door     Door
}

// maxLetters is how many letters are printed at once.
const maxLetters = 300

// Letters makes the printed invitations of authorities that have no address: each
// gets a link of its own, the same one whenever it is printed again. More says
// that some are left for the next press.
func (m *Room) Letters(ctx context.Context, a policy.Actor, campaign string, f Follow) (out []Letter, more bool, err error) {
	defer apperr.Wrap(&err, "survey.Letters")
	c, err := FindCampaign(ctx, m.DB, campaign)
	if err != nil {
		return nil, false, err
	}
	if !c.State.Takes() {
		return nil, false, apperr.Conflictf("La campagne ne prend pas de réponse en ce moment\u00a0: ouvrez-la avant d’imprimer des lettres.")
	}
	ids, err := m.Select(ctx, m.DB, a, campaign, f)
	if err != nil || len(ids) == 0 {
		return nil, false, err
	}
	if more = len(ids) > maxLetters; more {
		ids = ids[:maxLetters]
	}
	err = db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		var b binder
		in := b.in(ids)
		// The rows first: two people who print at once get the same letters.
		if _, err := tx.Exec(ctx, `UPDATE response SET rev = rev WHERE id IN `+in, b.args...); err != nil {
			return err
		}
		rows, err := tx.Query(ctx, `SELECT `+responseColumns+` FROM response r WHERE r.id IN `+in+` ORDER BY r.sort_key, r.id`, b.args...)
		list, err := db.Collect(rows, err, func(r *db.Rows) (Response, error) { return scanResponse(r) })
		if err != nil {
			return err
		}
		rows, err = tx.Query(ctx, `SELECT `+seatColumns+` FROM response_seat s WHERE s.email = '' AND s.role = 'writer' AND s.ended_at IS NULL AND s.response_id IN `+in, b.args...)
		seats, err := db.Collect(rows, err, func(r *db.Rows) (Seat, error) { return scanSeat(r) })
		if err != nil {
			return err
		}
		have := map[string]Seat{}
		for _, s := range seats {
			have[s.Response] = s
		}
		var missing []Seat
		for _, r := range list {
			if have[r.ID].ID == "" {
				missing = append(missing, Seat{Response: r.ID, Role: Writes, By: a.Person})
			}
		}
		made, _, err := m.NewSeats(ctx, tx, missing)
		if err != nil {
			return err
		}
		for _, s := range made {
			have[s.Response] = s
		}
		rows, err = tx.Query(ctx, `SELECT r.id, o.siren FROM response r JOIN organisation o ON o.id = r.authority WHERE r.id IN `+in, b.args...)
		sirens := map[string]string{}
		if _, err = db.Collect(rows, err, func(r *db.Rows) (struct{}, error) {
			var id, siren string
			err := r.Scan(&id, &siren)
			sirens[id] = siren
			return struct{}{}, err
		}); err != nil {
			return err
		}
		for _, r := range list {
			out = append(out, Letter{Response: r, SIREN: sirens[r.ID], Seat: have[r.ID], Door: m.Door(have[r.ID].ID)})
		}
		return nil
	})
	return out, more, err
}

// MarkPosted says that the letters of a selection were posted: these authorities
// are invited from now on.
func (m *Room) MarkPosted(ctx context.Context, a policy.Actor, campaign string, ids []string) (n int64, err error) {
	defer apperr.Wrap(&err, "survey.MarkPosted")
	if len(ids) > maxLetters {
		return 0, apperr.Invalidf("Trois cents lettres à la fois au plus. Rien n’a été enregistré.")
	}
	err = db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		for _, id := range ids {
			r, err := FindResponse(ctx, tx, id)
			if err != nil {
				return err
			}
			if r.Campaign != campaign || !m.mayFollow(a, r) || !policy.Can(a, policy.Edit, r.Thing()) {
				return policy.Check(policy.Actor{}, policy.Read, r.Thing())
			}
			k, err := tx.Exec(ctx, `UPDATE response SET rev = rev + 1, state = 'invited', invited_at = $2 WHERE id = $1 AND state = 'listed'`, id, m.Now().UnixMilli())
			if err != nil {
				return err
			}
			if k == 1 {
				n++
				r.Rev++
				if err := m.told(ctx, tx, a.Person, "post", r); err != nil {
					return err
				}
			}
		}
		return nil
	})
	return n, err
}
