package account

import (
	"context"
	"errors"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/french"
	"jalon/internal/jobs"
	"jalon/internal/mail"
)

const (
	retainKind  = "account.retain"
	warnBefore  = 30 * 24 * time.Hour
	retainBatch = 200 // accounts that are read at a time
)

// Retention is how long what tells of people is kept.
type Retention struct {
	Accounts int // days without any sign-in of an account without role; 0: for ever
	SignIn   int // days of links that were asked for, of tries and of sessions that ended
}

// Register gives a worker what this room does in the background: the mails of
// invitations, and each night what it forgets.
func (m *Room) Register(c *jobs.Config) {
	m.registerInvitations(c)
	c.Handlers[retainKind] = jobs.Handler{Do: func(ctx context.Context, _ jobs.Job) error {
		_, _, err := m.Retain(ctx)
		return err
	}}
	c.Periodic = append(c.Periodic, jobs.Periodic{Name: retainKind, Last: jobs.Daily(2, 40, paris)})
}

// Retain forgets what is older than it is kept: links, tries, sessions, then the
// accounts that nobody used, a month after they were warned by mail. Run twice,
// it does nothing more.
func (m *Room) Retain(ctx context.Context) (warned, erased int, err error) {
	defer apperr.Wrap(&err, "account.Retain")
	now := m.Now()
	days := max(m.Keep.SignIn, 1)
	old := now.AddDate(0, 0, -days).UnixMilli()
	for _, x := range []struct {
		text   string
		before int64
	}{
		{`DELETE FROM sign_in WHERE expires_at < $1`, old},
		{`DELETE FROM attempt WHERE win < $1`, old},
		{`DELETE FROM session WHERE expires_at < $1`, now.UnixMilli()},
	} {
		if _, err := m.DB.Exec(ctx, x.text, x.before); err != nil {
			return 0, 0, err
		}
	}
	if err := m.forgetFiles(ctx, m.DB, now.AddDate(0, 0, -days)); err != nil {
		return 0, 0, err
	}
	if m.Keep.Accounts <= 0 {
		return 0, 0, nil
	}
	limit := now.AddDate(0, 0, -m.Keep.Accounts)
	if warned, err = m.inTurn(ctx, limit.Add(warnBefore), now, false, m.warn); err != nil {
		return warned, 0, err
	}
	erased, err = m.inTurn(ctx, limit, now.Add(-warnBefore), true, func(ctx context.Context, tx db.Q, a Account, x turn) error {
		return m.erase(ctx, tx, "", a.ID, x.named)
	})
	return warned, erased, err
}

// unused chooses the accounts without role that nobody signed in to since $1,
// that were warned by $2, or were not.
const unused = `a.state = 'active' AND a.signed_in_at <= $1 AND ($3 AND a.warned_at <= $2 OR NOT $3 AND a.warned_at IS NULL)
	AND NOT EXISTS (SELECT 1 FROM role_grant g WHERE g.account = a.id AND g.ended_at IS NULL)`

// turn is what is known of an account whose turn came.
type turn struct {
	last  time.Time   // sign-in
	named mail.Naming // letters that name the person, when they are to be erased
}

// inTurn does something to each of those accounts, in a transaction of its own
// that looks again: a role given, or a sign-in, meanwhile keeps an account.
func (m *Room) inTurn(ctx context.Context, since, told time.Time, warned bool, do func(ctx context.Context, tx db.Q, a Account, x turn) error) (done int, err error) {
	args := []any{since.UnixMilli(), told.UnixMilli(), warned}
	for {
		rows, err := m.DB.Query(ctx, `SELECT a.id FROM account a WHERE `+unused+` ORDER BY a.signed_in_at, a.id LIMIT 200`, args...)
		ids, err := db.Strings(rows, err)
		if err != nil {
			return done, err
		}
		for _, id := range ids {
			var x turn
			if warned {
				if x.named, err = m.beforeErasing(ctx, id); err != nil {
					return done, err
				}
			}
			err := db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
				// Whoever gives a role takes this row first too.
				if _, err := tx.Exec(ctx, `UPDATE account SET rev = rev WHERE id = $1`, id); err != nil {
					return err
				}
				var last int64
				err := tx.QueryRow(ctx, `SELECT a.signed_in_at FROM account a WHERE `+unused+` AND a.id = $4`, append(args, id)...).Scan(&last)
				if errors.Is(err, db.ErrNoRows) {
					return nil
				}
				if err != nil {
					return err
				}
				a, err := Find(ctx, tx, id)
				if err != nil {
					return err
				}
				done++
				x.last = time.UnixMilli(last)
				return do(ctx, tx, a, x)
			})
			if err != nil {
				return done, err
			}
		}
		if len(ids) < retainBatch {
			return done, nil
		}
	}
}

// warn tells somebody that their account will be erased, once for each time that
// they stayed away.
func (m *Room) warn(ctx context.Context, tx db.Q, a Account, x turn) error {
	now := m.Now()
	if _, err := tx.Exec(ctx, `UPDATE account SET warned_at = $2 WHERE id = $1`, a.ID, now.UnixMilli()); err != nil {
		return err
	}
	on := french.Date(now.Add(warnBefore))
	letter := mail.Letter{Subject: "Votre compte Jalon sera effacé le " + on, Greeting: "Bonjour,",
		Blocks: []mail.Block{mail.Para("Personne ne s’est connecté à votre compte depuis longtemps, et il ne porte plus aucun rôle. Il sera effacé à partir du " + on + "."),
			mail.Para("Pour le garder, connectez-vous avant cette date\u00a0: rien d’autre à faire."), mail.Link("Me connecter à Jalon", m.BaseURL+"/connexion")},
		Reason: "Vous recevez ce message parce que Jalon ne garde pas les comptes qui ne servent plus. Si vous ne faites rien, votre nom et votre adresse disparaîtront."}
	_, err := m.Outbox.Enqueue(ctx, tx, mail.Mail{Dedup: "retention/" + a.ID + "/" + x.last.UTC().Format(time.DateOnly), To: mail.Address{Name: a.Name, Email: a.Email}, Person: a.ID, FromName: "Jalon", Letter: letter})
	return err
}
