package aid

import (
	"context"
	"strings"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/journal"
	"jalon/internal/policy"
)

// Report is what a reader says is wrong in an aid: kept for the nation to judge, shown to
// nobody else.
type Report struct {
	ID     string
	Rev    int64
	Aid    string
	Name   string // of the aid
	At     time.Time
	By     string // account, empty for who did not sign in
	Text   string
	State  string // waiting, done, aside
	Answer string
}

// perHour is how many reports, or alerts asked for, a machine may send in an hour.
const perHour = 6

// Tell keeps what a reader says of an aid. machine is where it comes from, for the limit.
func (m *Room) Tell(ctx context.Context, a policy.Actor, machine, id, text string) (err error) {
	defer apperr.Wrap(&err, "aid.Tell(%q)", id)
	if strings.TrimSpace(text) == "" {
		return fault("text", "Dites ce qui est faux, ou ce qui manque.")
	}
	if err := sized("text", "Ce qui est à corriger", text, longestPlain); err != nil {
		return err
	}
	key, err := m.IDs.New()
	if err != nil {
		return err
	}
	now := m.Now()
	return db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		if _, err := lock(ctx, tx, id); err != nil { // those of one aid come one after the other
			return err
		}
		var n int64
		if err := tx.QueryRow(ctx, `SELECT COUNT(*) FROM aid_report WHERE ip = $1 AND at > $2`, machine, now.Add(-time.Hour).UnixMilli()).Scan(&n); err != nil {
			return err
		}
		if n >= perHour {
			return apperr.New(apperr.TooMany, nil, "Beaucoup de signalements viennent d’arriver de votre réseau\u00a0: réessayez dans une heure. Votre texte est resté dans le formulaire.")
		}
		if _, err := db.Insert(ctx, tx, "aid_report", strings.Fields(`id rev aid_id at by ip text state answer`), [][]any{{key, int64(1), id, now.UnixMilli(), a.Person, machine, text, "waiting", ""}}, ""); err != nil {
			return err
		}
		_, err := m.Journal.Record(ctx, tx, journal.Entry{Actor: a.Person, Verb: "report", Kind: "aid", Subject: id})
		return err
	})
}

// Reports lists what waits for an answer of the nation, the oldest first.
func Reports(ctx context.Context, q db.Q, a policy.Actor, most int) (_ []Report, err error) {
	defer apperr.Wrap(&err, "aid.Reports")
	if err := policy.Check(a, policy.Judge, Aid{}.Thing(nil)); err != nil {
		return nil, err
	}
	rows, err := q.Query(ctx, `SELECT r.id, r.rev, r.aid_id, x.name, r.at, r.by, r.text, r.state, r.answer FROM aid_report r JOIN aid x ON x.id = r.aid_id WHERE r.state = 'waiting' ORDER BY r.id LIMIT $1`, int64(most))
	return db.Collect(rows, err, func(r *db.Rows) (x Report, err error) {
		var at int64
		err = r.Scan(&x.ID, &x.Rev, &x.Aid, &x.Name, &at, &x.By, &x.Text, &x.State, &x.Answer)
		x.At = time.UnixMilli(at).UTC()
		return x, err
	})
}

// JudgeReport closes a report: done when the aid was corrected, aside otherwise.
func (m *Room) JudgeReport(ctx context.Context, q db.Q, a policy.Actor, id string, rev int64, done bool, answer string) (err error) {
	defer apperr.Wrap(&err, "aid.JudgeReport(%q)", id)
	if err := policy.Check(a, policy.Judge, Aid{}.Thing(nil)); err != nil {
		return err
	}
	if err := sized("answer", "Réponse", answer, longestPlain); err != nil {
		return err
	}
	state := "aside"
	if done {
		state = "done"
	}
	return db.Tx(ctx, q, func(ctx context.Context, tx db.Q) error {
		n, err := tx.Exec(ctx, `UPDATE aid_report SET rev = rev + 1, state = $3, answer = $4 WHERE id = $1 AND rev = $2`, id, rev, state, answer)
		if err != nil {
			return err
		}
		if n == 0 {
			return apperr.Conflictf("Ce signalement n’existe plus, ou quelqu’un y a déjà répondu. Rien n’a été enregistré.")
		}
		_, err = m.Journal.Record(ctx, tx, journal.Entry{Actor: a.Person, Verb: "judge", Kind: "aid_report", Subject: id, Rev: rev + 1})
		return err
	})
}
