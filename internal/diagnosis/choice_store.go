package diagnosis

import (
	"context"
	"encoding/json"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/db"
)

const choiceColumns = `h.id, h.cop_id, h.seq, h.state, h.act, h.by, h.at, h.ended_on, h.sha256, h.body`

func scanChoice(r interface{ Scan(...any) error }) (c Choice, err error) {
	var at int64
	var body string
	if err := r.Scan(&c.ID, &c.COP, &c.Seq, &c.State, &c.Act, &c.By, &at, &c.EndedOn, &c.SHA256, &body); err != nil {
		return c, err
	}
	c.At = time.UnixMilli(at).UTC()
	if err := json.Unmarshal([]byte(body), &c.Body); err != nil {
		return c, err
	}
	for i := range c.Body.Themes {
		c.Body.Themes[i].Theme.Rev = c.Body.Themes[i].Rev
	}
	return c, nil
}

// FindChoice returns a choice by its id.
func FindChoice(ctx context.Context, q db.Q, id string) (_ Choice, err error) {
	defer apperr.Wrap(&err, "diagnosis.FindChoice(%q)", id)
	c, err := scanChoice(q.QueryRow(ctx, `SELECT `+choiceColumns+` FROM diagnosis_choice h WHERE h.id = $1`, id))
	return c, db.OrNotFound(err, "Ce choix de thèmes n’existe pas, ou il est réservé à d’autres rôles que les vôtres.")
}

// LastChoice is the last that both heads recorded, with the scores that it froze;
// false when there is none yet.
func LastChoice(ctx context.Context, q db.Q, copID string) (_ Choice, ok bool, err error) {
	defer apperr.Wrap(&err, "diagnosis.LastChoice(%s)", copID)
	return choiceIn(ctx, q, copID, ChoiceRecorded)
}

// WaitingChoice is the one that waits for both heads; false when none does.
func WaitingChoice(ctx context.Context, q db.Q, copID string) (_ Choice, ok bool, err error) {
	defer apperr.Wrap(&err, "diagnosis.WaitingChoice(%s)", copID)
	return choiceIn(ctx, q, copID, ChoiceProposed)
}

func choiceIn(ctx context.Context, q db.Q, copID string, state ChoiceState) (Choice, bool, error) {
	rows, err := q.Query(ctx, `SELECT `+choiceColumns+` FROM diagnosis_choice h WHERE h.cop_id = $1 AND h.state = $2 ORDER BY h.seq DESC LIMIT 1`, copID, string(state))
	all, err := db.Collect(rows, err, func(r *db.Rows) (Choice, error) { return scanChoice(r) })
	if err != nil || len(all) == 0 {
		return Choice{}, false, err
	}
	return all[0], true, nil
}

// ChoiceLine is a choice without what it froze.
type ChoiceLine struct {
	ID, By  string
	Seq     int64
	State   ChoiceState
	At      time.Time
	EndedOn string
	SHA256  string
}

// Choices lists those of a COP, the last one first.
func Choices(ctx context.Context, q db.Q, copID string) (_ []ChoiceLine, err error) {
	defer apperr.Wrap(&err, "diagnosis.Choices(%s)", copID)
	rows, err := q.Query(ctx, `SELECT h.id, h.by, h.seq, h.state, h.at, h.ended_on, h.sha256 FROM diagnosis_choice h WHERE h.cop_id = $1 ORDER BY h.seq DESC`, copID)
	return db.Collect(rows, err, func(r *db.Rows) (c ChoiceLine, err error) {
		var at int64
		err = r.Scan(&c.ID, &c.By, &c.Seq, &c.State, &at, &c.EndedOn, &c.SHA256)
		c.At = time.UnixMilli(at).UTC()
		return c, err
	})
}
