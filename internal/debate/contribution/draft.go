package contribution

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/debate"
	"jalon/internal/policy"
)

// draftLife is for how long a draft waits. It is a parameter: this is our proposal.
const draftLife = 90 * 24 * time.Hour

// Keep keeps a draft as it is typed, whatever is missing in it. token is that of a
// draft kept before, "" for a new one; the answer is what finds it again, which is its
// only key for whoever has no account.
func (m *Room) Keep(ctx context.Context, a policy.Actor, c cop.COP, token string, d Draft) (_ string, err error) {
	defer apperr.Wrap(&err, "contribution.Keep")
	if err := m.busy(ctx, c, "draft", d.Machine, a.Person, 4*perMachine); err != nil {
		return "", err
	}
	d.Text, d.Orgs = clip(d.Text), clip(d.Orgs)
	body, err := json.Marshal(d)
	if err != nil {
		return "", err
	}
	id := m.draftIn(c, token)
	now := m.Now()
	err = db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		if _, err := tx.Exec(ctx, `DELETE FROM contribution_draft WHERE expires_at < $1`, now.UnixMilli()); err != nil {
			return err
		}
		if id != "" {
			n, err := tx.Exec(ctx, `UPDATE contribution_draft SET body = $2, at = $3, expires_at = $4, person = CASE WHEN person = '' THEN CAST($5 AS TEXT) ELSE person END WHERE id = $1 AND (person = '' OR person = $5)`,
				id, string(body), now.UnixMilli(), now.Add(draftLife).UnixMilli(), a.Person)
			if err != nil || n > 0 {
				return err
			}
		}
		if id, err = m.IDs.New(); err != nil {
			return err
		}
		_, err := db.Insert(ctx, tx, "contribution_draft", strings.Fields("id cop_id person body at expires_at"), [][]any{{id, c.ID, a.Person, string(body), now.UnixMilli(), now.Add(draftLife).UnixMilli()}}, "")
		return err
	})
	return m.Cursors.Seal("draft"+c.ID, id), err
}

// clip keeps a draft within what a page can show again.
func clip(s string) string { return s[:min(len(s), 400_000)] }

func (m *Room) draftIn(c cop.COP, token string) string {
	parts, err := m.Cursors.Open("draft"+c.ID, token, 1)
	if err != nil || len(parts) != 1 {
		return ""
	}
	return parts[0]
}

// Kept is the draft that a token finds or, without a token, the last one of an account:
// ok is false when there is none.
func (m *Room) Kept(ctx context.Context, q db.Q, a policy.Actor, c cop.COP, token string) (d Draft, _ string, at time.Time, ok bool, err error) {
	defer apperr.Wrap(&err, "contribution.Kept")
	id := m.draftIn(c, token)
	if id == "" && a.Person == "" {
		return d, "", at, false, nil
	}
	var body string
	var ms int64
	if id != "" {
		err = q.QueryRow(ctx, `SELECT id, body, at FROM contribution_draft WHERE id = $1 AND (person = '' OR person = $2) AND expires_at >= $3`, id, a.Person, m.Now().UnixMilli()).Scan(&id, &body, &ms)
	} else {
		err = q.QueryRow(ctx, `SELECT id, body, at FROM contribution_draft WHERE person = $1 AND cop_id = $2 AND expires_at >= $3 ORDER BY at DESC, id DESC LIMIT 1`, a.Person, c.ID, m.Now().UnixMilli()).Scan(&id, &body, &ms)
	}
	if err = db.OrNotFound(err, "absent"); err != nil {
		if apperr.KindOf(err) == apperr.NotFound {
			err = nil
		}
		return d, "", at, false, err
	}
	if err := json.Unmarshal([]byte(body), &d); err != nil {
		return d, "", at, false, err
	}
	return d, m.Cursors.Seal("draft"+c.ID, id), time.UnixMilli(ms).UTC(), true, nil
}

// Forget throws a draft away: it was deposited, or nobody wants it any more.
func (m *Room) Forget(ctx context.Context, a policy.Actor, c cop.COP, token string) (err error) {
	defer apperr.Wrap(&err, "contribution.Forget")
	id := m.draftIn(c, token)
	if id == "" {
		return nil
	}
	_, err = m.DB.Exec(ctx, `DELETE FROM contribution_draft WHERE id = $1 AND (person = '' OR person = $2)`, id, a.Person)
	return err
}

// EraseVoice throws away the drafts that hold the address of a voice, the files of what a voice wrote and nobody reads, and of its
// contributions the bodies in whose name they were: what debate.Room.OnErase calls, once
// those posts were emptied.
func (m *Room) EraseVoice(ctx context.Context, tx db.Q, v debate.Voice) (err error) {
	defer apperr.Wrap(&err, "contribution.EraseVoice")
	const empty = `IN (SELECT id FROM debate_post WHERE voice_id = $1 AND state = 'withdrawn')`
	for _, text := range []string{
		`DELETE FROM contribution_file WHERE post_id ` + empty,
		`UPDATE contribution SET orgs = '', marks = '' WHERE post_id ` + empty,
	} {
		if _, err := tx.Exec(ctx, text, v.ID); err != nil {
			return err
		}
	}
	_, err = tx.Exec(ctx, `DELETE FROM contribution_draft WHERE cop_id = $1 AND person = '' AND REPLACE(LOWER(body), $2, '') <> LOWER(body)`, v.COP, `"`+strings.ToLower(v.Email)+`"`)
	return err
}

// Erase throws away the drafts of an account that is erased.
func (m *Room) Erase(ctx context.Context, tx db.Q, account string) (err error) {
	defer apperr.Wrap(&err, "contribution.Erase")
	_, err = tx.Exec(ctx, `DELETE FROM contribution_draft WHERE person = $1`, account)
	return err
}
