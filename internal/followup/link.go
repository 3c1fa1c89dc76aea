package followup

import (
	"context"
	"slices"
	"strings"

	"jalon/internal/action"
	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/journal"
)

// Link is what a personal link opens: all that one address is asked in a round.
type Link struct {
	Round       Round
	COP         cop.COP
	Name, Email string
	Items       []Item
}

// Item is one action of a link, with the last word about it.
type Item struct {
	Ask    Ask
	Action action.Action
	Last   Update
	Spoken bool
	Mine   Update // the last that came by this link, empty for none
}

const noLink = "Ce lien n’ouvre plus rien\u00a0: il est incomplet, ou il a été effacé à la demande de son destinataire. Ouvrez-le depuis le courriel reçu, ou écrivez à l’équipe de la COP."

// Opened reads what a personal link opens. A link of a closed round still shows what was
// said.
func (m *Room) Opened(ctx context.Context, q db.Q, token string) (l Link, err error) {
	defer apperr.Wrap(&err, "followup.Opened")
	asks, err := asksOf(ctx, q, token)
	if err != nil {
		return l, err
	}
	if l.Round, err = round(ctx, q, asks[0].Round); err != nil {
		return l, err
	}
	if l.COP, err = cop.Find(ctx, q, l.Round.COP); err != nil {
		return l, err
	}
	l.Name, l.Email = asks[0].Name, asks[0].Email
	ids := make([]string, len(asks))
	for i, k := range asks {
		ids[i] = k.Action
	}
	found, err := action.ByIDs(ctx, q, ids)
	if err != nil {
		return l, err
	}
	args := make([]any, len(ids))
	for i, id := range ids {
		args[i] = id
	}
	rows, err := q.Query(ctx, `SELECT `+updateColumns+` FROM followup_update u WHERE u.action_id IN (`+db.Params(1, len(args))+`) AND u.standing = 'current' ORDER BY u.day, u.seq`, args...)
	said, err := db.Collect(rows, err, func(r *db.Rows) (Update, error) { return scanUpdate(r) })
	if err != nil {
		return l, err
	}
	for _, k := range asks {
		x, ok := found[k.Action]
		if !ok {
			continue
		}
		it := Item{Ask: k, Action: x}
		for _, u := range said {
			if u.Action != x.ID {
				continue
			}
			it.Last, it.Spoken = u, true
			if u.Ask == k.ID {
				it.Mine = u
			}
		}
		l.Items = append(l.Items, it)
	}
	slices.SortFunc(l.Items, func(a, b Item) int { return int(a.Action.Seq - b.Action.Seq) })
	return l, nil
}

// asksOf are those of a personal link.
func asksOf(ctx context.Context, q db.Q, token string) ([]Ask, error) {
	if len(token) != 32 {
		return nil, apperr.NotFoundf(noLink)
	}
	asks, err := asksWhere(ctx, q, `k.token_hash = $1 ORDER BY k.id`, hashOf(token))
	if err == nil && len(asks) == 0 {
		err = apperr.NotFoundf(noLink)
	}
	return asks, err
}

// mine is one ask of a personal link, in a round that is open.
func mine(ctx context.Context, q db.Q, token, ask string) (k Ask, r Round, err error) {
	asks, err := asksOf(ctx, q, token)
	if err != nil {
		return k, r, err
	}
	i := slices.IndexFunc(asks, func(x Ask) bool { return x.ID == ask })
	if i < 0 {
		return k, r, apperr.NotFoundf(noLink)
	}
	if r, err = round(ctx, q, asks[i].Round); err != nil {
		return k, r, err
	}
	if r.State != Open {
		return k, r, apperr.Conflictf("Ce tour de suivi est clos\u00a0: le lien montre ce qui a été dit et n’enregistre plus rien. Ce que vous avez écrit est encore dans le formulaire\u00a0: envoyez-le à l’équipe de la COP.")
	}
	return asks[i], r, nil
}

// Answer keeps what a holder says by their personal link. It may be corrected by the same
// link until the round closes.
func (m *Room) Answer(ctx context.Context, token, ask string, u Update) (out Update, err error) {
	defer apperr.Wrap(&err, "followup.Answer")
	err = db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		k, _, err := mine(ctx, tx, token, ask)
		if err != nil {
			return err
		}
		c, err := cop.Find(ctx, tx, k.COP)
		if err != nil {
			return err
		}
		u.Action, u.Ask, u.By, u.Origin, u.Day = k.Action, k.ID, "", ByHolder, c.DayAt(m.Now())
		if strings.TrimSpace(u.SaidBy) == "" {
			u.SaidBy = k.Name
		}
		if out, err = m.say(ctx, tx, u); err != nil {
			return err
		}
		// The action is held: no other answer is between these two statements.
		if _, err := tx.Exec(ctx, `UPDATE followup_ask SET state = 'answered', reason = '', ended_at = $2 WHERE id = $1`, k.ID, m.Now().UnixMilli()); err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `UPDATE followup_ask SET state = 'closed', reason = 'Une autre personne a répondu.', ended_at = $3 WHERE round_id = $1 AND action_id = $2 AND state IN ('waiting', 'sent')`, k.Round, k.Action, m.Now().UnixMilli())
		return err
	})
	return out, err
}

// Refuse ends an ask whose person says that it is not theirs to answer; the next of the
// chain is asked.
func (m *Room) Refuse(ctx context.Context, token, ask, reason string) (err error) {
	defer apperr.Wrap(&err, "followup.Refuse")
	return db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		k, r, err := mine(ctx, tx, token, ask)
		if err != nil {
			return err
		}
		if k.State == "refused" {
			return nil
		}
		if !k.Waits() {
			return apperr.Conflictf("Il y a déjà une réponse pour cette action\u00a0: rien n’a changé.")
		}
		reason = cut(strings.TrimSpace(reason), 500)
		if reason == "" {
			reason = "N’est pas la bonne personne."
		}
		if err := m.pass(ctx, tx, r, k, "refused", reason); err != nil {
			return err
		}
		if _, err := m.Journal.Record(ctx, tx, journal.Entry{Verb: "refuse", Kind: "followup_ask", Subject: k.ID, COP: k.COP}); err != nil {
			return err
		}
		return m.enqueueNext(ctx, tx, r, k)
	})
}

// WaitingFor lists the actions that a person is asked about in rounds that are open, by
// their account or their address, with the link that answers.
func (m *Room) WaitingFor(ctx context.Context, q db.Q, person, email string) (token string, n int, err error) {
	defer apperr.Wrap(&err, "followup.WaitingFor")
	asks, err := asksWhere(ctx, q, `k.state = 'sent' AND k.email <> '' AND (k.person = $1 AND $1 <> '' OR k.email = $2) AND k.round_id IN (SELECT id FROM followup_round WHERE state = 'open') ORDER BY k.round_id, k.id`, person, strings.ToLower(email))
	if err != nil || len(asks) == 0 {
		return "", 0, err
	}
	for _, k := range asks {
		if k.Round == asks[0].Round && k.Email == asks[0].Email {
			n++
		}
	}
	token = m.token(asks[0].Round, asks[0].Email)
	if _, err := asksOf(ctx, q, token); err != nil {
		if apperr.KindOf(err) == apperr.NotFound {
			return "", 0, nil // asked by another installation: the mail still opens it
		}
		return "", 0, err
	}
	return token, n, nil
}

// Erase forgets who was asked and who said, in the transaction that erases a person.
// What was said of actions stays, under nobody's name.
func (m *Room) Erase(ctx context.Context, tx db.Q, person string) (err error) {
	defer apperr.Wrap(&err, "followup.Erase")
	if person == "" {
		return nil
	}
	if err := m.unname(ctx, tx, "person", person); err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `UPDATE followup_update SET said_by = '' WHERE by = $1`, person)
	return err
}

// EraseAddress forgets who was asked at an address, and what names them in updates that
// came by their link.
func (m *Room) EraseAddress(ctx context.Context, tx db.Q, email string) (err error) {
	defer apperr.Wrap(&err, "followup.EraseAddress")
	if email = strings.ToLower(strings.TrimSpace(email)); email == "" {
		return nil
	}
	if _, err := tx.Exec(ctx, `UPDATE followup_update SET said_by = '' WHERE ask_id <> '' AND ask_id IN (SELECT id FROM followup_ask WHERE email = $1)`, email); err != nil {
		return err
	}
	return m.unname(ctx, tx, "email", email)
}

// unname takes a person out of what was asked; what still waited for them goes to the
// next of the chain each morning.
func (m *Room) unname(ctx context.Context, tx db.Q, column, value string) error {
	for _, text := range []string{`UPDATE followup_ask SET state = 'passed', reason = 'La personne n’est plus dans Jalon.' WHERE state IN ('waiting', 'sent') AND ` + column + ` = $1`,
		`UPDATE followup_ask SET name = '', email = '', person = '', token_hash = '' WHERE ` + column + ` = $1`} {
		if _, err := tx.Exec(ctx, text, value); err != nil {
			return err
		}
	}
	return nil
}
