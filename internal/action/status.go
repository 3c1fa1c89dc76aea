package action

import (
	"context"
	"slices"

	"jalon/internal/apperr"
	"jalon/internal/db"
)

// Hold takes the row of an action until the transaction ends, and reads it, whoever
// asks: the rooms after this one check what may be done with it.
func Hold(ctx context.Context, tx db.Q, id string) (x Action, err error) {
	defer apperr.Wrap(&err, "action.Hold(%q)", id)
	return lock(ctx, tx, id)
}

// ByIDs reads actions whoever asks, by their ids: a room after this one shows them to who
// was asked about them.
func ByIDs(ctx context.Context, q db.Q, ids []string) (_ map[string]Action, err error) {
	defer apperr.Wrap(&err, "action.ByIDs")
	out := make(map[string]Action, len(ids))
	for part := range slices.Chunk(ids, 500) {
		args := make([]any, len(part))
		for i, id := range part {
			args[i] = id
		}
		list, err := collect(q.Query(ctx, `SELECT `+columns+` FROM action x WHERE x.id IN (`+db.Params(1, len(args))+`)`, args...))
		if err != nil {
			return nil, err
		}
		for _, x := range list {
			out[x.ID] = x
		}
	}
	return out, nil
}

// StatusSaid moves the status of a retained action as an update of the follow-up says,
// with its reason and its day. What both heads validated does not change: the list that
// retained it keeps its own copy. The same status changes nothing.
func (m *Room) StatusSaid(ctx context.Context, tx db.Q, by, id, status, reason, day string) (x Action, err error) {
	defer apperr.Wrap(&err, "action.StatusSaid(%s)", id)
	err = m.change(ctx, tx, func(ctx context.Context, tx db.Q) error {
		if x, err = lock(ctx, tx, id); err != nil {
			return err
		}
		if x.State != Retained {
			return apperr.Conflictf("Cette action n’est pas retenue par la COP\u00a0: son statut ne suit pas les points d’avancement. Rien n’a été enregistré.")
		}
		if x.Status == status || status == "" {
			return nil
		}
		x.Status, x.StatusReason, x.StatusOn = status, reason, day
		if err := x.check(); err != nil {
			return err
		}
		x, _, err = m.write(ctx, tx, by, "edit", reason, x)
		return err
	})
	return x, err
}
