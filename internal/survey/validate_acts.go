package survey

import (
	"context"
	"encoding/json"

	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/policy"
)

// act is a change of state of a response.
type act struct {
	verb   string
	right  policy.Verb
	from   string // SQL list of the states that it starts from
	set    string // SQL: $2 is the reason, $3 now
	reason bool   // must be given
	alone  bool   // not by a colleague with a part of it
	open   bool   // only while the campaign takes answers
	then   func(ctx context.Context, tx db.Q, r Response) error
}

// do makes an act: the row that it moves is the proof that nobody did before.
func (m *Room) do(ctx context.Context, q db.Q, s Seat, response, reason string, a act) (err error) {
	defer apperr.Wrap(&err, "survey.%s(%s)", a.verb, response)
	r, err := FindResponse(ctx, q, response)
	if err != nil {
		return err
	}
	if err := s.may(a.right, r); err != nil {
		return err
	}
	if a.alone && s.Role == Colleague {
		return apperr.New(apperr.Forbidden, nil, "Une partie de la réponse vous est confiée\u00a0: cet acte revient à la personne qui la pilote. Rien n’a changé.")
	}
	if a.reason {
		if reason, err = reasonOf(reason); err != nil {
			return err
		}
	}
	return db.Tx(ctx, q, func(ctx context.Context, tx db.Q) error {
		text := `UPDATE response SET rev = rev + 1, ` + a.set + ` WHERE id = $1 AND state IN (` + a.from + `) AND CAST($2 AS TEXT) IS NOT NULL AND CAST($3 AS BIGINT) > 0`
		if a.open {
			text += ` AND EXISTS (SELECT 1 FROM campaign c WHERE c.id = response.campaign_id AND c.state IN ('open', 'nearly'))`
		}
		n, err := tx.Exec(ctx, text, r.ID, reason, m.Now().UnixMilli())
		if err != nil {
			return err
		}
		if n == 0 {
			return m.notNow(ctx, tx, r.ID)
		}
		if r, err = FindResponse(ctx, tx, r.ID); err != nil {
			return err
		}
		if err := m.record(ctx, tx, s, r, a.verb, r.Rev); err != nil || a.then == nil {
			return err
		}
		return a.then(ctx, tx, r)
	})
}

// Submit gives the answers to the validator, who is told by mail. Nothing in them
// changes until they are validated, sent back or taken back.
func (m *Room) Submit(ctx context.Context, q db.Q, s Seat, response string) error {
	t, err := m.Open(ctx, q, s, response)
	if err != nil {
		return err
	}
	if n := len(t.Blockers()); n > 0 {
		return apperr.Conflictf("Des réponses attendent un mot avant l’envoi (%d). Rien n’est perdu\u00a0: elles sont listées sur la page de relecture.", n)
	}
	seats, err := Seats(ctx, q, response)
	if err != nil {
		return err
	}
	var to []Seat
	for _, x := range seats {
		if x.Role == Validates && x.EndedAt.IsZero() {
			to = append(to, x)
		}
	}
	if len(to) == 0 {
		return &Fault{Field: "validateur", Message: "Nommez d’abord la personne élue qui valide\u00a0: elle recevra un lien à son adresse."}
	}
	return m.do(ctx, q, s, response, "", act{verb: "submit", right: policy.Edit, from: `'opened', 'started'`, set: `state = 'submitted', reason = '', submitted_at = $3`, alone: true, open: true,
		then: func(ctx context.Context, tx db.Q, r Response) error {
			for _, x := range to {
				if err := m.writeTo(ctx, tx, r, x, "submitted", m.submittedLetter(r, x, s)); err != nil {
					return err
				}
			}
			return nil
		}})
}

// TakeBack gives the pen back to the writers of what was submitted.
func (m *Room) TakeBack(ctx context.Context, q db.Q, s Seat, response string) error {
	return m.do(ctx, q, s, response, "", act{verb: "take-back", right: policy.Edit, from: `'submitted'`, set: `state = 'started'`, alone: true, open: true})
}

// SendBack gives it back to the writers with a reason, by mail.
func (m *Room) SendBack(ctx context.Context, q db.Q, s Seat, response, reason string) error {
	return m.do(ctx, q, s, response, reason, act{verb: "send-back", right: policy.Consent, from: `'submitted', 'started', 'opened'`, set: `state = 'started', reason = $2`, reason: true, open: true,
		then: func(ctx context.Context, tx db.Q, r Response) error {
			seats, err := Seats(ctx, tx, r.ID)
			if err != nil {
				return err
			}
			for _, x := range seats {
				if x.Role != Writes || !x.EndedAt.IsZero() || x.OpenedAt.IsZero() || x.Email == "" {
					continue
				}
				if err := m.writeTo(ctx, tx, r, x, "sent-back", m.sentBackLetter(r, x, s)); err != nil {
					return err
				}
			}
			return nil
		}})
}

// Decline says that the authority will not answer, and why.
func (m *Room) Decline(ctx context.Context, q db.Q, s Seat, response, reason string) error {
	return m.do(ctx, q, s, response, reason, act{verb: "decline", right: policy.Edit, from: `'listed', 'invited', 'opened', 'started', 'submitted'`, set: `state = 'refused', reason = $2`, reason: true, alone: true})
}

// Resume takes up again what was declined.
func (m *Room) Resume(ctx context.Context, q db.Q, s Seat, response string) error {
	return m.do(ctx, q, s, response, "", act{verb: "resume", right: policy.Edit, from: `'refused'`, set: `state = CASE WHEN started_at IS NULL THEN 'opened' ELSE 'started' END, reason = ''`, alone: true, open: true})
}

// Correct opens what was validated again, with the reason: the next validation
// makes a new version, and the last one stays.
func (m *Room) Correct(ctx context.Context, q db.Q, s Seat, response, reason string) error {
	return m.do(ctx, q, s, response, reason, act{verb: "correct", right: policy.Edit, from: `'validated'`, set: `state = 'started', reason = '', correction = $2`, reason: true, alone: true, open: true,
		then: func(ctx context.Context, tx db.Q, r Response) error {
			c, err := FindCampaign(ctx, tx, r.Campaign)
			if err != nil {
				return err
			}
			_, err = m.follow(ctx, tx, r, c, true)
			return err
		}})
}

// Versions lists the validated versions of a response, the last first.
func Versions(ctx context.Context, q db.Q, response string) ([]Sealed, error) {
	rows, err := q.Query(ctx, `SELECT doc, sha256 FROM response_version WHERE response_id = $1 ORDER BY seq DESC LIMIT 100`, response)
	return db.Collect(rows, err, scanVersion)
}

// VersionAt returns one validated version.
func VersionAt(ctx context.Context, q db.Q, response string, seq int64) (v Sealed, err error) {
	rows, err := q.Query(ctx, `SELECT doc, sha256 FROM response_version WHERE response_id = $1 AND seq = $2`, response, seq)
	all, err := db.Collect(rows, err, scanVersion)
	if err == nil && len(all) == 0 {
		err = apperr.NotFoundf("Cette version de la réponse n’existe pas.")
	}
	if err != nil {
		return v, err
	}
	return all[0], nil
}

func scanVersion(r *db.Rows) (v Sealed, err error) {
	var doc string
	if err := r.Scan(&doc, &v.SHA256); err != nil {
		return v, err
	}
	return v, json.Unmarshal([]byte(doc), &v.Frozen)
}
