// Package account holds people: how they sign in, their sessions, the roles they
// hold and who gave them. Links, codes and sessions are kept hashed; what is
// answered never tells whether an address has an account.
package account

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"io"
	"strings"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/intake"
	"jalon/internal/jobs"
	"jalon/internal/journal"
	"jalon/internal/mail"
	"jalon/internal/policy"
	"jalon/internal/territory"
)

// Tables lists the tables of this room.
func Tables() []db.Table {
	return []db.Table{
		{Name: "account", Order: []string{"id"}, Scope: db.Person, Personal: []string{"id", "email", "name"}, Owner: []string{"id"}, Free: []string{"email", "name"}},
		{Name: "account_version", Order: []string{"id", "rev"}, Scope: db.Person, Personal: []string{"id", "by", "body"}, Owner: []string{"id"}, Free: []string{"body"}},
		{Name: "identity", Order: []string{"issuer", "sub"}, Scope: db.Person, Personal: []string{"sub", "account"}, Owner: []string{"account"}, Free: []string{"sub"}},
		{Name: "notice", Order: []string{"account", "kind"}, Scope: db.Person, Personal: []string{"account"}, Owner: []string{"account"}},
		{Name: "sign_in", Order: []string{"token_hash"}, Scope: db.Local, Personal: []string{"account"}, Owner: []string{"account"}, Secret: []string{"token_hash", "code_hash"}},
		{Name: "session", Order: []string{"token_hash"}, Scope: db.Local, Personal: []string{"account", "agent", "id_token"}, Owner: []string{"account"}, Free: []string{"agent", "id_token"},
			Secret: []string{"token_hash", "id_token"}},
		{Name: "role_grant", Order: []string{"id"}, Scope: db.Person, Personal: []string{"account", "granted_by", "ended_by"}, Owner: []string{"account"}},
		{Name: "persona", Order: []string{"region", "n"}, Scope: db.Person, Personal: []string{"account"}, Owner: []string{"account"}},
		{Name: "attempt", Order: []string{"name", "win"}, Scope: db.Local},
		{Name: "organisation", Order: []string{"id"}, Scope: db.Nation, Personal: []string{"contact"}},
		{Name: "organisation_version", Order: []string{"id", "rev"}, Scope: db.Nation, Personal: []string{"by", "body"}, Free: []string{"body"}},
		{Name: "organisation_reach", Order: []string{"organisation", "scale", "code"}, Scope: db.Nation},
		{Name: "organisation_edition", Order: []string{"id"}, Scope: db.Nation},
		{Name: "membership", Order: []string{"id"}, Scope: db.Person, Personal: []string{"account", "title", "added_by", "ended_by"}, Owner: []string{"account"}, Free: []string{"title"}},
		{Name: "membership_version", Order: []string{"id", "rev"}, Scope: db.Person, Personal: []string{"by", "body"}, Free: []string{"body"}},
		{Name: "invitation", Order: []string{"run", "subject"}, Scope: db.Person, Personal: []string{"account"}, Owner: []string{"account"}},
		{Name: "transfer", Order: []string{"id"}, Scope: db.Person, Personal: []string{"from_account", "to_account", "by", "reason"}, Owner: []string{"from_account", "to_account"}, Free: []string{"reason"}},
	}
}

// Room does what people do to accounts. Time, ids and randomness are given.
type Room struct {
	DB      *db.DB
	IDs     *db.IDs
	Now     func() time.Time
	Random  io.Reader
	Journal *journal.Journal
	Outbox  *mail.Outbox
	// Key hashes what must not be read in the database, and differs from one
	// installation to another.
	Key []byte
	// BaseURL is what links in mails begin with.
	BaseURL string
	// COPsOf lists the COPs of a region, over which a role given on the region
	// holds.
	COPsOf func(ctx context.Context, q db.Q, region string) ([]string, error)
	// Demo says that the database is one of demonstration, where a visitor may be
	// any of its invented people.
	Demo bool

	// What organisations, invitations and transfers ask besides.

	// Cursors signs the pages of lists.
	Cursors db.Cursors
	// Seeds says which of the organisations of reference are brought, for a test
	// that reads a few of the 36 752; nil brings them all.
	Seeds func(Organisation) bool
	// Tree is the edition of the territories in force.
	Tree func(ctx context.Context) (*territory.Tree, error)
	// RegionsOf lists the regions of some COPs.
	RegionsOf func(ctx context.Context, q db.Q, cops []string) ([]string, error)
	// HomeOf finds the COP where the organisations of a region answer.
	HomeOf func(ctx context.Context, q db.Q, region string) (Home, error)
	// Intake stages files of invitations.
	Intake *intake.Intake
	// Queue puts the mails of an invitation on their way.
	Queue *jobs.Queue
	// Delegations moves, in the transaction of a transfer, the delegations that
	// the actor may give from one person to another.
	Delegations func(ctx context.Context, tx db.Q, by policy.Actor, from, to string) (moved, left int, err error)
	// Provider is the OpenID Connect provider that people may sign in by too; nil
	// for none.
	Provider *Provider
	// Tables are those of every room: what a person may take away, and have
	// erased.
	Tables []db.Table
	// Through are the columns that hang a row from what a person has in another room,
	// each with the statement that lists those things ($1 the account, $2 its
	// address): such rows are about them.
	Through map[string]string
	// OnErase are what the rooms after this one forget of a person who is erased,
	// in the transaction that erases them.
	OnErase []func(ctx context.Context, tx db.Q, account string) error
	// OnEraseAddress are the same for what is known of them by their address alone.
	OnEraseAddress []func(ctx context.Context, tx db.Q, email string) error
	// GroupAt says where a working group lies, how it is called, and its region.
	GroupAt func(ctx context.Context, q db.Q, id string) (at policy.Thing, name, region string, err error)
	// Keep says how long what tells of people is kept.
	Keep Retention
}

// Account is a person who can sign in.
type Account struct {
	ID     string `json:"id"`
	Rev    int64  `json:"-"`
	Email  string `json:"email"`
	Name   string `json:"name"`
	Notify string `json:"notify"` // what kinds of message that nothing was chosen for follow
	State  string `json:"state"`  // active, erased
}

const accountColumns = `id, rev, email, name, notify, state`

func scanAccount(r interface{ Scan(...any) error }) (a Account, err error) {
	err = r.Scan(&a.ID, &a.Rev, &a.Email, &a.Name, &a.Notify, &a.State)
	return a, err
}

// Find returns an account by its id.
func Find(ctx context.Context, q db.Q, id string) (Account, error) {
	a, err := scanAccount(q.QueryRow(ctx, `SELECT `+accountColumns+` FROM account WHERE id = $1`, id))
	return a, db.OrNotFound(err, "Ce compte n’existe pas.")
}

// FindByEmail returns the account of an address, as ParseAddress writes it.
func FindByEmail(ctx context.Context, q db.Q, email string) (Account, error) {
	a, err := scanAccount(q.QueryRow(ctx, `SELECT `+accountColumns+` FROM account WHERE email = $1 AND state = 'active'`, email))
	return a, db.OrNotFound(err, "Aucun compte n’a cette adresse.")
}

// Address reads an e-mail address as it is kept: letters are written small, for
// people write theirs one way or the other.
func Address(text string) (string, error) {
	email, err := mail.ParseAddress(strings.TrimSpace(text))
	return strings.ToLower(email), err
}

// Ensure gives the account of an address, made when there is none.
func (m *Room) Ensure(ctx context.Context, tx db.Q, by policy.Actor, email, name string) (a Account, fresh bool, err error) {
	defer apperr.Wrap(&err, "account.Ensure")
	if email, err = Address(email); err != nil {
		return a, false, err
	}
	id, err := m.IDs.New()
	if err != nil {
		return a, false, err
	}
	n, err := db.Insert(ctx, tx, "account", []string{"id", "rev", "email", "name", "notify", "state", "created_at", "signed_in_at"},
		[][]any{{id, 1, email, strings.TrimSpace(name), Digest, "active", m.Now().UnixMilli(), m.Now().UnixMilli()}}, "ON CONFLICT (email) DO NOTHING")
	if err != nil {
		return a, false, err
	}
	if a, err = FindByEmail(ctx, tx, email); err != nil || n == 0 {
		return a, false, err
	}
	// Who comes new does not know yet that something will wait for them.
	if _, err := db.Insert(ctx, tx, "notice", []string{"account", "kind", "choice"}, [][]any{{a.ID, string(Tasks), Immediate}}, "ON CONFLICT (account, kind) DO NOTHING"); err != nil {
		return a, false, err
	}
	if err := m.version(ctx, tx, a, by.Person, "création"); err != nil {
		return a, false, err
	}
	return a, true, m.record(ctx, tx, by.Person, "create", "account", a.ID, 1, "")
}

// SaveProfile changes one's own name and notices, as they were at a revision.
func (m *Room) SaveProfile(ctx context.Context, by policy.Actor, rev int64, name string, choices map[Notice]string) (a Account, err error) {
	defer apperr.Wrap(&err, "account.SaveProfile")
	if err := policy.Check(by, policy.Edit, policy.Thing{Kind: policy.Self, Author: by.Person}); err != nil {
		return a, err
	}
	if name = strings.TrimSpace(name); name == "" || len(name) > 200 {
		return a, apperr.Invalidf("Écrivez votre nom, en 200 caractères au plus.")
	}
	if err := checkChoices(choices); err != nil {
		return a, err
	}
	err = db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		// The release before this one reads the single choice: it follows that of
		// the messages that are least wanted.
		n, err := tx.Exec(ctx, `UPDATE account SET rev = rev + 1, name = $3, notify = $4 WHERE id = $1 AND rev = $2 AND state = 'active'`, by.Person, rev, name, choices[News])
		if err != nil {
			return err
		}
		if a, err = Find(ctx, tx, by.Person); err != nil {
			return err
		}
		if n == 0 {
			return apperr.Conflictf("Votre profil a changé dans une autre fenêtre. Rien n’a été enregistré\u00a0: rechargez la page, puis recommencez.")
		}
		if err := saveChoices(ctx, tx, a.ID, choices); err != nil {
			return err
		}
		if err := m.version(ctx, tx, a, by.Person, "profil"); err != nil {
			return err
		}
		return m.record(ctx, tx, by.Person, "edit", "account", a.ID, a.Rev, "")
	})
	return a, err
}

func (m *Room) version(ctx context.Context, tx db.Q, a Account, by, reason string) error {
	choices, err := Choices(ctx, tx, a)
	if err != nil {
		return err
	}
	body, err := json.Marshal(struct {
		Account
		Notices map[Notice]string `json:"notices"`
	}{a, choices})
	if err != nil {
		return err
	}
	_, err = db.Insert(ctx, tx, "account_version", []string{"id", "rev", "at", "by", "reason", "body"}, [][]any{{a.ID, a.Rev, m.Now().UnixMilli(), by, reason, string(body)}}, "")
	return err
}

func (m *Room) record(ctx context.Context, tx db.Q, by, verb, kind, subject string, rev int64, cop string) error {
	_, err := m.Journal.Record(ctx, tx, journal.Entry{Actor: by, Verb: verb, Kind: kind, Subject: subject, Rev: rev, COP: cop})
	return err
}

// secret makes n random bytes that an address or a cookie can hold.
func (m *Room) secret(n int) (string, error) {
	b := make([]byte, n)
	if _, err := io.ReadFull(m.Random, b); err != nil {
		return "", err
	}
	return base64.RawURLEncoding.EncodeToString(b), nil
}

// hash is what the database keeps of a secret.
func (m *Room) hash(purpose, secret string) string {
	mac := hmac.New(sha256.New, m.Key)
	_, _ = mac.Write([]byte(purpose + "|" + secret)) // a hash never fails
	return hex.EncodeToString(mac.Sum(nil))
}
