package follow

import (
	"context"
	"encoding/json"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/jobs"
	"jalon/internal/mail"
)

// The kinds of job of this room.
const (
	TellKind = "follow.tell"
	SendKind = "letter.send"
)

type rowArgs struct{ ID string }

// Announce has a letter told to those who follow one of the subjects, once each, in
// the transaction of what it tells of: a job tells them by chunks. dedup names the
// news; the second of a name is not told.
func (m *Room) Announce(ctx context.Context, tx db.Q, c cop.COP, subjects []Subject, dedup string, l mail.Letter) (err error) {
	defer apperr.Wrap(&err, "follow.Announce(%s)", dedup)
	if len(subjects) == 0 {
		return nil
	}
	if l.Reason == "" {
		l.Reason = "Vous recevez ce message parce que vous suivez ce sujet. Votre page, ci-dessus, permet de ne plus le suivre."
	}
	body, err := json.Marshal(l)
	if err != nil {
		return err
	}
	id, err := m.IDs.New()
	if err != nil {
		return err
	}
	return db.Tx(ctx, tx, func(ctx context.Context, tx db.Q) error {
		n, err := db.Insert(ctx, tx, "follow_news", []string{"id", "cop_id", "dedup", "letter", "at", "state", "last", "told"},
			[][]any{{id, c.ID, dedup, string(body), m.Now().UnixMilli(), "open", "", int64(0)}}, "ON CONFLICT (dedup) DO NOTHING")
		if err != nil || n == 0 {
			return err
		}
		var rows [][]any
		for _, s := range subjects {
			rows = append(rows, []any{id, string(s.Kind), s.ID})
		}
		if _, err := db.Insert(ctx, tx, "follow_news_subject", []string{"news_id", "kind", "subject"}, rows, "ON CONFLICT (news_id, kind, subject) DO NOTHING"); err != nil {
			return err
		}
		_, err = m.Queue.Enqueue(ctx, tx, TellKind, rowArgs{id}, jobs.Opts{Dedup: "follow:" + id})
		return err
	})
}

// chunk is how many mails one transaction puts in the outbox: others write meanwhile.
const chunk = 100

// RegisterJobs says what this room does in the background.
func (m *Room) RegisterJobs(c *jobs.Config) {
	c.Handlers[TellKind] = jobs.Handle(func(ctx context.Context, x rowArgs) error { return byChunks(ctx, x.ID, m.tellSome) })
	c.Handlers[SendKind] = jobs.Handle(func(ctx context.Context, x rowArgs) error { return byChunks(ctx, x.ID, m.sendSome) })
}

// byChunks works until nothing is left. Where it stands is kept with each chunk: a
// program that is killed goes on from there.
func byChunks(ctx context.Context, id string, some func(ctx context.Context, id string) (more bool, err error)) error {
	for {
		if more, err := some(ctx, id); err != nil || !more {
			return err
		}
	}
}

// tellSome tells one chunk of those who follow: the index of subjects gives them, in
// the order of voices, and nobody else is read.
func (m *Room) tellSome(ctx context.Context, id string) (more bool, err error) {
	defer apperr.Wrap(&err, "follow.tellSome")
	err = db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		n, err := tx.Exec(ctx, `UPDATE follow_news SET told = told WHERE id = $1 AND state = 'open'`, id) // one worker at a time
		if err != nil || n == 0 {
			return err
		}
		var copID, dedup, body, last string
		if err := tx.QueryRow(ctx, `SELECT cop_id, dedup, letter, last FROM follow_news WHERE id = $1`, id).Scan(&copID, &dedup, &body, &last); err != nil {
			return err
		}
		var l mail.Letter
		if err := json.Unmarshal([]byte(body), &l); err != nil {
			return err
		}
		c, err := cop.Find(ctx, tx, copID)
		if err != nil {
			return err
		}
		rows, err := tx.Query(ctx, `
			SELECT DISTINCT f.voice_id
			  FROM follow_news_subject s
			  JOIN follow f ON f.cop_id = $2 AND f.kind = s.kind AND f.subject = s.subject
			 WHERE s.news_id = $1 AND f.state = 'on' AND f.voice_id > $3
			 ORDER BY f.voice_id LIMIT $4`, id, copID, last, int64(chunk))
		voices, err := db.Strings(rows, err)
		if err != nil {
			return err
		}
		for _, v := range voices {
			if err := m.Tell(ctx, tx, c, v, "follow/"+dedup, l, false); err != nil {
				return err
			}
			last = v
		}
		more = len(voices) == chunk
		state := "open"
		if !more {
			state, body = "done", "{}"
		}
		_, err = tx.Exec(ctx, `UPDATE follow_news SET last = $2, told = told + $3, state = $4, letter = $5 WHERE id = $1`, id, last, int64(len(voices)), state, body)
		return err
	})
	return more && err == nil, err
}
