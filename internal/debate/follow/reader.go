package follow

import (
	"context"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/debate"
	"jalon/internal/journal"
	"jalon/internal/policy"
)

// LetterConfirmation is the kind of confirmation of who asks for the letter.
const LetterConfirmation = "letter"

// Consent is what somebody who asks for the letter of a COP agrees to; the words that
// they read are kept with the date.
func Consent(c cop.COP) string {
	return "J’accepte que l’équipe de la " + c.SenderName() + " m’écrive à cette adresse pour m’envoyer sa lettre, et pour rien d’autre. Chaque lettre permet de ne plus la recevoir."
}

// Read asks for the letter of a COP. Whatever one is known by, an address typed here
// is confirmed by its own link; sure tells that it needs none.
func (m *Room) Read(ctx context.Context, a policy.Actor, c cop.COP, who debate.Speaker, agreed bool) (sure bool, err error) {
	defer apperr.Wrap(&err, "follow.Read(%s)", c.ID)
	if !agreed {
		return false, apperr.Invalidf("Cochez la case\u00a0: sans votre accord, la lettre ne peut pas vous être envoyée.")
	}
	id, err := m.IDs.New()
	if err != nil {
		return false, err
	}
	err = db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		var v debate.Voice
		if v, sure, err = m.Speak(ctx, tx, a, c, who); err != nil {
			return err
		}
		state, now := "waiting", m.Now().UnixMilli()
		var confirmed *int64
		if sure {
			state, confirmed = "on", &now
		}
		var kept string
		if err := tx.QueryRow(ctx, `
			INSERT INTO letter_reader (id, cop_id, voice_id, state, wording, asked_at, confirmed_at) VALUES ($1, $2, $3, $4, $5, $6, $7)
			ON CONFLICT (cop_id, voice_id) DO UPDATE SET state = CASE WHEN letter_reader.state = 'on' THEN 'on' ELSE $4 END,
			       wording = CASE WHEN letter_reader.state = 'on' THEN letter_reader.wording ELSE $5 END, asked_at = CASE WHEN letter_reader.state = 'on' THEN letter_reader.asked_at ELSE $6 END,
			       confirmed_at = CASE WHEN letter_reader.state = 'on' THEN letter_reader.confirmed_at ELSE $7 END, left_at = NULL
			RETURNING id`, id, c.ID, v.ID, state, Consent(c), now, confirmed).Scan(&kept); err != nil {
			return err
		}
		if !sure {
			return m.AskConfirm(ctx, tx, c, v, LetterConfirmation, kept, "votre abonnement à la lettre de la "+c.SenderName())
		}
		_, err := m.Journal.Record(ctx, tx, journal.Entry{Actor: a.Person, Verb: "follow", Kind: "letter_reader", Subject: kept, COP: c.ID})
		return err
	})
	return sure, err
}

// ReadConfirmed keeps that the address agreed, and when: what OnConfirm does.
func (m *Room) ReadConfirmed(ctx context.Context, tx db.Q, v debate.Voice, id string) (path string, err error) {
	if _, err := tx.Exec(ctx, `UPDATE letter_reader SET state = 'on', confirmed_at = $3, left_at = NULL WHERE id = $1 AND voice_id = $2 AND state <> 'on'`, id, v.ID, m.Now().UnixMilli()); err != nil {
		return "", err
	}
	_, err = m.Journal.Record(ctx, tx, journal.Entry{Actor: v.Account, Verb: "follow", Kind: "letter_reader", Subject: id, COP: v.COP})
	return "", err
}

// LeaveLetter ends the letters of a voice. Twice is once.
func (m *Room) LeaveLetter(ctx context.Context, v debate.Voice) (err error) {
	defer apperr.Wrap(&err, "follow.LeaveLetter")
	return db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		n, err := tx.Exec(ctx, `UPDATE letter_reader SET state = 'left', left_at = $3 WHERE cop_id = $1 AND voice_id = $2 AND state <> 'left'`, v.COP, v.ID, m.Now().UnixMilli())
		if err != nil || n == 0 {
			return err
		}
		_, err = m.Journal.Record(ctx, tx, journal.Entry{Actor: v.Account, Verb: "unfollow", Kind: "letter_reader", Subject: v.ID, COP: v.COP})
		return err
	})
}

// LetterSection is what a voice is told of the letter, on its own page: on what words
// it agreed, and when.
func (m *Room) LetterSection(ctx context.Context, q db.Q, v debate.Voice) (out debate.Section, err error) {
	defer apperr.Wrap(&err, "follow.LetterSection")
	out = debate.Section{ID: "lettre", Title: "La lettre de la région"}
	rows, err := q.Query(ctx, `SELECT wording, confirmed_at FROM letter_reader WHERE cop_id = $1 AND voice_id = $2 AND state = 'on' AND confirmed_at IS NOT NULL`, v.COP, v.ID)
	out.Rows, err = db.Collect(rows, err, func(r *db.Rows) (x debate.LeftRow, err error) {
		var at int64
		err = r.Scan(&x.Note, &at)
		x.Text, x.At, x.Stop, x.Label = "Vous recevez la lettre", instant(at), "/mes/lettre", "Ne plus la recevoir"
		x.Note = "vous avez accepté ces mots\u00a0: «\u00a0" + x.Note + "\u00a0»"
		return x, err
	})
	return out, err
}

// Readers counts those who get the letter, those whose address is not confirmed, and
// those who left.
type Readers struct{ On, Waiting, Gone int64 }

// ReadersOf counts the readers of a COP's letter.
func ReadersOf(ctx context.Context, q db.Q, c cop.COP) (n Readers, err error) {
	defer apperr.Wrap(&err, "follow.ReadersOf")
	rows, err := q.Query(ctx, `SELECT state, COUNT(*) FROM letter_reader WHERE cop_id = $1 GROUP BY state`, c.ID)
	_, err = db.Collect(rows, err, func(r *db.Rows) (struct{}, error) {
		var state string
		var k int64
		err := r.Scan(&state, &k)
		switch state {
		case "on":
			n.On = k
		case "waiting":
			n.Waiting = k
		case "left":
			n.Gone = k
		}
		return struct{}{}, err
	})
	return n, err
}
