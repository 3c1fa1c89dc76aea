// Package moderation reads what people write before everybody does: the queue, the
// decisions and their reasons, what readers report, appeals, and what is published
// of it all.
package moderation

import (
	"context"
	"errors"
	"sync"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/debate"
	"jalon/internal/french"
	"jalon/internal/journal"
	"jalon/internal/policy"
)

// Tables lists the tables of this room.
func Tables() []db.Table {
	return []db.Table{
		{Name: "moderation_setting", Order: []string{"cop_id"}, Scope: db.COP, Personal: []string{"by"}},
		{Name: "moderation_act", Order: []string{"id"}, Scope: db.COP, Personal: []string{"by", "note"}, Free: []string{"note"}},
		{Name: "moderation_mark", Order: []string{"post_id", "what"}, Scope: db.COP},
		{Name: "moderation_appeal", Order: []string{"id"}, Scope: db.COP, Personal: []string{"by", "text", "note"}, Free: []string{"text", "note"}},
		{Name: "moderation_report", Order: []string{"id"}, Scope: db.COP, Personal: []string{"note", "reporter"}, Free: []string{"note", "reporter"}},
	}
}

// Room does what people do here.
type Room struct {
	*debate.Room
	// Near finds published texts of a COP that say much the same as a post, the closest
	// first; nil finds none.
	Near func(ctx context.Context, p debate.Post) ([]debate.Post, error)
	// Where is the page where a post is read, by kind; "" or absent for none.
	Where map[debate.Kind]func(ctx context.Context, q db.Q, c cop.COP, p debate.Post) (string, error)

	mu      sync.Mutex
	tallied map[string]tally             // by COP
	middles map[string]map[string]middle // by COP and month
}

const nb = french.NoBreak

// Setting is what a COP promises of its moderation.
type Setting struct {
	Rev     int64
	Days    int64 // in how many days a text is read
	Reports int64 // how many readers hide a text until somebody looks at it
}

// proposed are the settings of a COP that chose none.
var proposed = Setting{Days: 7, Reports: 3}

// SettingOf returns the settings of a COP.
func SettingOf(ctx context.Context, q db.Q, copID string) (s Setting, err error) {
	defer apperr.Wrap(&err, "moderation.SettingOf(%s)", copID)
	err = q.QueryRow(ctx, `SELECT rev, days, reports FROM moderation_setting WHERE cop_id = $1`, copID).Scan(&s.Rev, &s.Days, &s.Reports)
	if errors.Is(err, db.ErrNoRows) {
		return proposed, nil
	}
	return s, err
}

// DelayIn tells in how long moderators of a COP read what comes in, in French.
func DelayIn(ctx context.Context, q db.Q, copID string) (string, error) {
	s, err := SettingOf(ctx, q, copID)
	return s.Delay(), err
}

// Delay is the promise in French: «7 jours».
func (s Setting) Delay() string {
	return french.Integer(s.Days) + nb + french.Plural(s.Days, "jour", "jours")
}

// Late reports whether a text that waits since an instant waits for longer than is
// promised.
func (s Setting) Late(since, now time.Time) bool {
	return now.Sub(since) > time.Duration(s.Days)*24*time.Hour
}

// SaveSetting keeps the settings of a COP, as they were at a revision.
func (m *Room) SaveSetting(ctx context.Context, a policy.Actor, copID string, in Setting) (err error) {
	defer apperr.Wrap(&err, "moderation.SaveSetting(%s)", copID)
	if in.Days < 1 || in.Days > 60 {
		return apperr.Invalidf("Le délai annoncé va de 1 à 60\u00a0jours.")
	}
	if in.Reports < 2 || in.Reports > 50 {
		return apperr.Invalidf("Un texte se masque à partir de 2 à 50\u00a0signalements.")
	}
	return db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		if _, err := m.judging(ctx, tx, a, copID); err != nil {
			return err
		}
		now := m.Now().UnixMilli()
		n, err := tx.Exec(ctx, `UPDATE moderation_setting SET rev = rev + 1, days = $3, reports = $4, by = $5, at = $6 WHERE cop_id = $1 AND rev = $2`, copID, in.Rev, in.Days, in.Reports, a.Person, now)
		if err == nil && n == 0 && in.Rev == 0 {
			n, err = db.Insert(ctx, tx, "moderation_setting", []string{"cop_id", "rev", "days", "reports", "by", "at"}, [][]any{{copID, int64(1), in.Days, in.Reports, a.Person, now}}, "ON CONFLICT (cop_id) DO NOTHING")
		}
		if err != nil {
			return err
		}
		if n == 0 {
			return apperr.Conflictf("Quelqu’un vient de changer ces réglages. Rien n’a été enregistré\u00a0: relisez-les, puis enregistrez de nouveau.")
		}
		_, err = m.Journal.Record(ctx, tx, journal.Entry{Actor: a.Person, Verb: "edit", Kind: "moderation_setting", Subject: copID, Rev: in.Rev + 1, COP: copID})
		return err
	})
}

// judging is the COP in which somebody moderates.
func (m *Room) judging(ctx context.Context, q db.Q, a policy.Actor, copID string) (cop.COP, error) {
	c, err := cop.Find(ctx, q, copID)
	if err != nil {
		return c, err
	}
	return c, policy.Check(a, policy.Judge, c.Thing(policy.Post))
}
