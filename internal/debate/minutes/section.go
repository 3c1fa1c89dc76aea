package minutes

import (
	"context"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/debate"
	"jalon/internal/policy"
)

// The texts that belong to no point of the agenda.
const (
	Opening = "ouverture"
	Closing = "conclusion"
)

// Section is what is written under a point of the agenda, or under none.
type Section struct {
	Key  string    `json:"key"` // Opening, Closing, or the id of a point
	Rev  int64     `json:"-"`
	Text string    `json:"text"` // markdown
	By   string    `json:"by"`
	At   time.Time `json:"-"`
}

const sectionMost = 20_000

// Sections are the texts of a meeting, by their keys.
func Sections(ctx context.Context, q db.Q, meeting string) (_ map[string]Section, err error) {
	defer apperr.Wrap(&err, "minutes.Sections(%s)", meeting)
	rows, err := q.Query(ctx, `SELECT key, rev, text, by, at FROM minutes_section WHERE meeting_id = $1 ORDER BY key`, meeting)
	list, err := db.Collect(rows, err, func(r *db.Rows) (s Section, err error) {
		var at int64
		err = r.Scan(&s.Key, &s.Rev, &s.Text, &s.By, &at)
		s.At = time.UnixMilli(at).UTC()
		return s, err
	})
	out := map[string]Section{}
	for _, s := range list {
		out[s.Key] = s
	}
	return out, err
}

// Write keeps the text of a section as it was at a revision, 0 for one that nobody
// wrote yet: of two who write the same one, the second gets a conflict; those who
// write others do not wait for them longer than a moment.
func (m *Room) Write(ctx context.Context, a policy.Actor, meeting, key string, rev int64, text string) error {
	text = debate.Tidy(text)
	if err := debate.Long("le texte", text, sectionMost); err != nil {
		return err
	}
	return m.write(ctx, a, meeting, "Write", func(ctx context.Context, tx db.Q, x cop.Meeting, _ cop.COP) error {
		if key != Opening && key != Closing {
			var n int64
			if err := tx.QueryRow(ctx, `SELECT COUNT(*) FROM minutes_item WHERE id = $1 AND meeting_id = $2`, key, x.ID).Scan(&n); err != nil {
				return err
			}
			if n == 0 {
				return apperr.NotFoundf("Ce point n’est pas à l’ordre du jour de cette réunion.")
			}
		}
		now := m.Now().UnixMilli()
		var n int64
		var err error
		if rev == 0 {
			n, err = db.Insert(ctx, tx, "minutes_section", []string{"meeting_id", "key", "rev", "cop_id", "text", "by", "at"}, [][]any{{x.ID, key, int64(1), x.COP, text, a.Person, now}}, "ON CONFLICT (meeting_id, key) DO NOTHING")
		} else {
			n, err = tx.Exec(ctx, `UPDATE minutes_section SET rev = rev + 1, text = $4, by = $5, at = $6 WHERE meeting_id = $1 AND key = $2 AND rev = $3`, x.ID, key, rev, text, a.Person, now)
		}
		if err != nil {
			return err
		}
		if n == 0 {
			return moved("ce texte")
		}
		return m.kept(ctx, tx, a, "write", "minutes-text", x.ID+"/"+key, rev+1, x.COP, "", Section{Key: key, Text: text, By: a.Person})
	})
}
