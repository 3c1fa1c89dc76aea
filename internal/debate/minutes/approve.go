package minutes

import (
	"context"
	"errors"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/document"
	"jalon/internal/figure"
	"jalon/internal/policy"
)

// Edition is a version of the minutes that was approved, with the document it froze.
type Edition struct {
	Meeting, COP string
	Seq          int64
	Publication  string
	SHA256       string
	By           string
	At           time.Time
	Reason       string // why there is one after the first
	Act          string // what both heads were asked to validate, empty when they were not
}

// Editions lists the approved versions of the minutes of a meeting, the last first.
func Editions(ctx context.Context, q db.Q, meeting string) (_ []Edition, err error) {
	defer apperr.Wrap(&err, "minutes.Editions(%s)", meeting)
	rows, err := q.Query(ctx, `SELECT meeting_id, cop_id, seq, publication_id, sha256, by, at, reason, act FROM minutes_edition WHERE meeting_id = $1 ORDER BY seq DESC`, meeting)
	return db.Collect(rows, err, func(r *db.Rows) (e Edition, err error) {
		var at int64
		err = r.Scan(&e.Meeting, &e.COP, &e.Seq, &e.Publication, &e.SHA256, &e.By, &at, &e.Reason, &e.Act)
		e.At = time.UnixMilli(at).UTC()
		return e, err
	})
}

// noFigure answers for the figures of a record: it has none but counts.
func noFigure(context.Context, string) (figure.Explanation, error) {
	return figure.Explanation{}, apperr.NotFoundf("Un compte rendu ne porte pas de chiffre expliqué.")
}

// Approve freezes minutes that were proposed, as they were at a revision: what takes
// time (reading, drawing, sealing) is done before anything is written, and whatever
// was changed meanwhile is a conflict. Of those who approve at once, one does.
func (m *Room) Approve(ctx context.Context, a policy.Actor, meeting string, rev int64, p Press) (e Edition, err error) {
	defer apperr.Wrap(&err, "minutes.Approve(%s)", meeting)
	x, c, err := cop.FindMeeting(ctx, m.DB, a, meeting)
	if err != nil {
		return e, err
	}
	if err := policy.Check(a, policy.Edit, x.Thing(c)); err != nil {
		return e, err
	}
	stale := apperr.Conflictf("Le compte rendu a changé, ou quelqu’un vient de l’approuver\u00a0: rien n’a été fait. Relisez-le ci-dessous avant de l’approuver.")
	s, err := m.Read(ctx, m.DB, x, c)
	if err != nil {
		return e, err
	}
	if s.Minutes.State != Proposed || s.Minutes.Rev != rev {
		return e, stale
	}
	if x.Day > c.DayAt(m.Now()) {
		return e, apperr.Invalidf("Cette réunion est à venir\u00a0: son compte rendu ne peut pas être approuvé avant qu’elle ait eu lieu. Corrigez sa date si elle est passée.")
	}
	before, err := Editions(ctx, m.DB, x.ID)
	if err != nil {
		return e, err
	}
	e = Edition{Meeting: x.ID, COP: x.COP, Seq: int64(len(before)) + 1, By: a.Person, At: m.Now()}
	if e.Seq > 1 {
		e.Reason = s.Minutes.Reason
	}
	p.Seq = e.Seq
	if p.By == "" {
		p.By = p.Person(a.Person)
	}
	d := Record(s, p)
	files, err := p.Draw(ctx, d)
	if err != nil {
		return e, err
	}
	sealed, err := document.Seal(ctx, d, noFigure, files...)
	if err != nil {
		return e, err
	}
	defer func() { err = errors.Join(err, sealed.Close()) }()
	if e.Publication, err = m.IDs.New(); err != nil {
		return e, err
	}
	err = db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		n, err := tx.Exec(ctx, `UPDATE minutes SET rev = rev + 1, state = 'approved' WHERE id = $1 AND rev = $2 AND state = 'proposed'`, x.ID, rev)
		if err != nil {
			return err
		}
		if n == 0 {
			return stale
		}
		pub, err := document.Freeze(ctx, tx, sealed, document.Occasion{ID: e.Publication, COP: x.COP, By: a.Person, At: e.At})
		if err != nil {
			return err
		}
		e.Publication, e.SHA256 = pub.ID, pub.SHA256
		if _, err := db.Insert(ctx, tx, "minutes_edition", []string{"meeting_id", "seq", "cop_id", "publication_id", "sha256", "by", "at", "reason", "act"},
			[][]any{{e.Meeting, e.Seq, e.COP, e.Publication, e.SHA256, e.By, e.At.UnixMilli(), e.Reason, ""}}, ""); err != nil {
			return err
		}
		now, err := Of(ctx, tx, x)
		if err != nil {
			return err
		}
		return m.kept(ctx, tx, a, "approve", "minutes", x.ID, now.Rev, x.COP, e.Reason, e)
	})
	return e, err
}

// AskHeads asks both heads of the COP to validate an approved version: their words
// stand beside it, each a «validation enregistrée».
func (m *Room) AskHeads(ctx context.Context, a policy.Actor, meeting string, seq int64) (err error) {
	defer apperr.Wrap(&err, "minutes.AskHeads(%s)", meeting)
	x, c, err := cop.FindMeeting(ctx, m.DB, a, meeting)
	if err != nil {
		return err
	}
	if err := policy.Check(a, policy.Edit, x.Thing(c)); err != nil {
		return err
	}
	return db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		n, err := tx.Exec(ctx, `UPDATE minutes_edition SET act = 'asked' WHERE meeting_id = $1 AND seq = $2 AND act = ''`, x.ID, seq)
		if err != nil {
			return err
		}
		if n == 0 {
			return apperr.Conflictf("Cette version n’existe pas, ou sa validation est déjà demandée aux deux têtes.")
		}
		all, err := Editions(ctx, tx, x.ID)
		if err != nil {
			return err
		}
		sum := ""
		for _, e := range all {
			if e.Seq == seq {
				sum = e.SHA256
			}
		}
		act, err := m.COPs.ProposeIn(ctx, tx, a, x.COP, cop.NewAct{Kind: cop.MinutesAct, Subject: x.ID, SHA256: sum, Title: "Compte rendu approuvé de la réunion «\u00a0" + x.Title + "\u00a0»"})
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `UPDATE minutes_edition SET act = $3 WHERE meeting_id = $1 AND seq = $2`, x.ID, seq, act.ID)
		return err
	})
}
