package account

import (
	"context"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/policy"
)

const (
	sessionLife = 30 * 24 * time.Hour
	seenEvery   = 5 * time.Minute
)

// Session is where somebody is signed in.
type Session struct {
	ID        string
	CreatedAt time.Time
	SeenAt    time.Time
	Agent     string // the browser, as it calls itself
}

// begin opens a session and gives the value of its cookie, which the database
// does not hold. The issuer and the ID token are those of the provider that the
// person came by, empty by mail.
func (m *Room) begin(ctx context.Context, tx db.Q, account, agent, issuer, idToken string) (cookie string, err error) {
	if cookie, err = m.secret(32); err != nil {
		return "", err
	}
	id, err := m.IDs.New()
	if err != nil {
		return "", err
	}
	agent = clip(agent, 200)
	now := m.Now()
	if _, err := tx.Exec(ctx, `DELETE FROM session WHERE expires_at < $1`, now.UnixMilli()); err != nil {
		return "", err
	}
	if _, err := db.Insert(ctx, tx, "session", []string{"token_hash", "id", "account", "created_at", "seen_at", "expires_at", "agent", "issuer", "id_token"},
		[][]any{{m.hash("session", cookie), id, account, now.UnixMilli(), now.UnixMilli(), now.Add(sessionLife).UnixMilli(), agent, issuer, idToken}}, ""); err != nil {
		return "", err
	}
	if _, err := tx.Exec(ctx, `UPDATE account SET signed_in_at = $2, warned_at = NULL WHERE id = $1`, account, now.UnixMilli()); err != nil {
		return "", err
	}
	return cookie, m.record(ctx, tx, account, "sign-in", "session", id, 0, "")
}

// Seen is who a cookie says is there; the zero Seen is nobody.
type Seen struct {
	Account Account
	Session string
	Actor   policy.Actor
}

// Seen reads a session's cookie and the roles of its account. A cookie that is
// unknown, closed or too old is nobody's.
func (m *Room) Seen(ctx context.Context, cookie string) (s Seen, err error) {
	defer apperr.Wrap(&err, "account.Seen")
	if len(cookie) < 40 || len(cookie) > 60 {
		return Seen{}, nil
	}
	now := m.Now()
	hash := m.hash("session", cookie)
	var seen int64
	r := m.DB.QueryRow(ctx, `
		SELECT a.id, a.rev, a.email, a.name, a.notify, a.state, s.id, s.seen_at
		  FROM session s JOIN account a ON a.id = s.account
		 WHERE s.token_hash = $1 AND s.expires_at > $2 AND a.state = 'active'`, hash, now.UnixMilli())
	a := &s.Account
	if err := r.Scan(&a.ID, &a.Rev, &a.Email, &a.Name, &a.Notify, &a.State, &s.Session, &seen); err != nil {
		if err = db.OrNotFound(err, "session"); apperr.KindOf(err) == apperr.NotFound {
			return Seen{}, nil
		}
		return Seen{}, err
	}
	if now.Sub(time.UnixMilli(seen)) > seenEvery {
		if _, err := m.DB.Exec(ctx, `UPDATE session SET seen_at = $2 WHERE token_hash = $1`, hash, now.UnixMilli()); err != nil {
			return Seen{}, err
		}
	}
	s.Actor, err = m.Actor(ctx, a.ID)
	return s, err
}

// Actor is what policy asks of an account: the roles that it holds now.
func (m *Room) Actor(ctx context.Context, account string) (policy.Actor, error) {
	return m.actorIn(ctx, m.DB, account)
}

// Held reads what somebody may within a transaction, and holds their roles until
// its end: none is taken back meanwhile.
func (m *Room) Held(ctx context.Context, tx db.Q, account string) (_ policy.Actor, err error) {
	defer apperr.Wrap(&err, "account.Held(%s)", account)
	if _, err := tx.Exec(ctx, `UPDATE role_grant SET granted_by = granted_by WHERE account = $1 AND ended_at IS NULL`, account); err != nil {
		return policy.Actor{}, err
	}
	return m.actorIn(ctx, tx, account)
}

func (m *Room) actorIn(ctx context.Context, q db.Q, account string) (policy.Actor, error) {
	out := policy.Actor{Person: account}
	grants, err := Roles(ctx, q, account)
	if err != nil {
		return out, err
	}
	for _, g := range grants {
		switch g.ScopeKind {
		case "nation":
			out.Grants = append(out.Grants, policy.Grant{Role: g.Role, Nation: true})
		case "region":
			cops, err := m.COPsOf(ctx, q, g.Scope)
			if err != nil {
				return out, err
			}
			for _, id := range cops {
				out.Grants = append(out.Grants, policy.Grant{Role: g.Role, COP: id})
			}
		case "department":
			out.Grants = append(out.Grants, policy.Grant{Role: g.Role, Department: g.Scope})
		case "organisation":
			out.Grants = append(out.Grants, policy.Grant{Role: g.Role, Org: g.Scope})
		case "group":
			out.Grants = append(out.Grants, policy.Grant{Role: g.Role, Group: g.Scope})
		}
	}
	return out, nil
}

// Sessions lists where an account is signed in, latest first.
func (m *Room) Sessions(ctx context.Context, account string) ([]Session, error) {
	rows, err := m.DB.Query(ctx, `SELECT id, created_at, seen_at, agent FROM session WHERE account = $1 AND expires_at > $2 ORDER BY seen_at DESC, id`, account, m.Now().UnixMilli())
	return db.Collect(rows, err, func(r *db.Rows) (s Session, err error) {
		var created, seen int64
		err = r.Scan(&s.ID, &created, &seen, &s.Agent)
		s.CreatedAt, s.SeenAt = time.UnixMilli(created).UTC(), time.UnixMilli(seen).UTC()
		return s, err
	})
}

// Close ends one of an account's sessions; all of them when id is empty.
func (m *Room) Close(ctx context.Context, account, id string) (err error) {
	defer apperr.Wrap(&err, "account.Close")
	return db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		n, err := tx.Exec(ctx, `DELETE FROM session WHERE account = $1 AND (id = $2 OR CAST($2 AS TEXT) = '')`, account, id)
		if err != nil {
			return err
		}
		if n == 0 {
			return apperr.NotFoundf("Cette session est déjà fermée.")
		}
		return m.record(ctx, tx, account, "sign-out", "session", or(id, "all"), 0, "")
	})
}

func or(a, b string) string {
	if a != "" {
		return a
	}
	return b
}
