package contribution

import (
	"context"

	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/debate"
)

// Moved is what this room does when the state of a contribution changes, in the same
// transaction: what debate.Room.OnState calls.
func (m *Room) Moved(ctx context.Context, tx db.Q, p debate.Post, _ debate.PostState) (err error) {
	defer apperr.Wrap(&err, "contribution.Moved(%s)", p.ID)
	return m.Index(ctx, tx, p)
}

// Index makes a contribution found by what it says now: who changes its title or its
// text calls it. One that nobody reads is found by nothing.
func (m *Room) Index(ctx context.Context, tx db.Q, p debate.Post) error {
	stems := ""
	if p.State == debate.PostPublished {
		stems = stemsOf(p.Title, p.Text)
	}
	_, err := tx.Exec(ctx, `UPDATE contribution SET seq = seq + 1, changed_at = $2, stems = $3 WHERE post_id = $1`, p.ID, m.Now().UnixMilli(), stems)
	return err
}

// touch tells the lists that something of a contribution changed. It is the last
// statement about it.
func (m *Room) touch(ctx context.Context, tx db.Q, id string) error {
	_, err := tx.Exec(ctx, `UPDATE contribution SET seq = seq + 1, changed_at = $2 WHERE post_id = $1`, id, m.Now().UnixMilli())
	return err
}

// SetStudy says where the study of a contribution stands, for lists and filters, in
// the transaction of the act that moves it.
func (m *Room) SetStudy(ctx context.Context, tx db.Q, id string, s Study) (err error) {
	defer apperr.Wrap(&err, "contribution.SetStudy(%s)", id)
	if s.Name() == "" {
		return apperr.Invalidf("Choisissez la suite donnée dans la liste.")
	}
	_, err = tx.Exec(ctx, `UPDATE contribution SET study = $2, seq = seq + 1, changed_at = $3 WHERE post_id = $1`, id, string(s), m.Now().UnixMilli())
	return err
}

// SetMerged says with which other contribution one is read, "" for none any more, and
// gives that one its supports: who supported both counts once. Turn moves its state.
func (m *Room) SetMerged(ctx context.Context, tx db.Q, id, into string) (err error) {
	defer apperr.Wrap(&err, "contribution.SetMerged(%s)", id)
	if _, err := tx.Exec(ctx, `UPDATE contribution SET merged_into = $2, seq = seq + 1, changed_at = $3 WHERE post_id = $1`, id, into, m.Now().UnixMilli()); err != nil || into == "" {
		return err
	}
	n, err := tx.Exec(ctx, `
		INSERT INTO debate_support (post_id, voice_id, cop_id, at)
		SELECT CAST($2 AS TEXT), voice_id, cop_id, at FROM debate_support WHERE post_id = $1
		    ON CONFLICT (post_id, voice_id) DO NOTHING`, id, into)
	if err != nil {
		return err
	}
	return m.supported(ctx, tx, into, n)
}

// Commented is what this room does when the state of a comment changes: the counter
// of its contribution, and that of the comment it answers.
func (m *Room) Commented(ctx context.Context, tx db.Q, p debate.Post, from debate.PostState) (err error) {
	defer apperr.Wrap(&err, "contribution.Commented(%s)", p.ID)
	n := int64(0)
	if p.State == debate.PostPublished {
		n++
	}
	if from == debate.PostPublished {
		n--
	}
	if n == 0 {
		return nil
	}
	if _, err := tx.Exec(ctx, `UPDATE debate_post SET comments = comments + $2 WHERE id = (SELECT reply_to FROM contribution_comment WHERE post_id = $1 AND reply_to <> '')`, p.ID, n); err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `UPDATE debate_post SET comments = comments + $2 WHERE id = $1`, p.Parent, n)
	return err
}
