// Package apikey keeps the keys that let a program read and write in somebody's name: in
// one scope, until a day, and never more than what that person may at that moment.
package apikey

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"io"
	"slices"
	"strings"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/journal"
	"jalon/internal/policy"
)

// Tables lists the tables of this room.
func Tables() []db.Table {
	return []db.Table{{Name: "api_key", Order: []string{"id"}, Scope: db.Nation, Personal: []string{"person"}, Owner: []string{"person"}, Secret: []string{"hash"}}}
}

// Room makes, ends and opens keys. Time, ids and randomness are given.
type Room struct {
	DB      *db.DB
	IDs     *db.IDs
	Now     func() time.Time
	Random  io.Reader
	Journal *journal.Journal
	// Held is what a person may at this moment, held until the transaction ends.
	Held func(ctx context.Context, tx db.Q, person string) (policy.Actor, error)
}

// What a scope is.
const (
	InCOP = "cop"
	InOrg = "org"
)

// What a key lets do.
const (
	Read  = "read"
	Write = "write"
)

const (
	prefix    = "jalon_"
	shown     = len(prefix) + 6
	mostKeys  = 20
	longest   = 366 // days
	noKey     = "Cette clé n’est pas reconnue, ou elle ne sert plus\u00a0: elle est terminée ou expirée. Rien n’a été fait. Créez-en une autre dans «\u00a0Mon espace\u00a0», «\u00a0Clés d’accès\u00a0»."
	noSuchKey = "Cette clé n’existe pas."
)

// Key is one key, but for its secret.
type Key struct {
	ID, Prefix, Person, Name string
	Rev                      int64
	ScopeKind, Scope         string
	Verbs                    string // read, or read and write
	At                       time.Time
	Expires, Used            string // days; Used is empty before the first time
	Ended                    bool
}

// Writes reports whether a key lets write.
func (k Key) Writes() bool { return k.Verbs == Write }

// Holds reports whether a thing is in the scope of a key.
func (k Key) Holds(t policy.Thing) bool {
	if k.ScopeKind == InOrg {
		return t.Org != "" && t.Org == k.Scope
	}
	return slices.Contains(t.COPs, k.Scope)
}

// Thing is the keys of somebody for the table of rights.
func Thing(person string) policy.Thing { return policy.Thing{Kind: policy.Key, Author: person} }

const columns = `k.id, k.rev, k.prefix, k.person, k.name, k.scope_kind, k.scope, k.verbs, k.at, k.expires, k.last_used, COALESCE(k.ended_at, 0)`

func scan(r interface{ Scan(...any) error }) (k Key, err error) {
	var at, ended int64
	err = r.Scan(&k.ID, &k.Rev, &k.Prefix, &k.Person, &k.Name, &k.ScopeKind, &k.Scope, &k.Verbs, &at, &k.Expires, &k.Used, &ended)
	k.At, k.Ended = time.UnixMilli(at).UTC(), ended != 0
	return k, err
}

// Of lists the keys of somebody, the last first.
func Of(ctx context.Context, q db.Q, a policy.Actor) (_ []Key, err error) {
	defer apperr.Wrap(&err, "apikey.Of")
	if err := policy.Check(a, policy.Read, Thing(a.Person)); err != nil {
		return nil, err
	}
	rows, err := q.Query(ctx, `SELECT `+columns+` FROM api_key k WHERE k.person = $1 ORDER BY k.id DESC LIMIT 100`, a.Person)
	return db.Collect(rows, err, func(r *db.Rows) (Key, error) { return scan(r) })
}

func hash(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

// Add makes a key for who asks, and returns its secret, which nobody can read again.
func (m *Room) Add(ctx context.Context, a policy.Actor, k Key) (_ Key, secret string, err error) {
	defer apperr.Wrap(&err, "apikey.Add")
	if err := policy.Check(a, policy.Create, Thing(a.Person)); err != nil {
		return k, "", err
	}
	k.Name = strings.TrimSpace(k.Name)
	now := m.Now().UTC()
	today := now.Format(time.DateOnly)
	day, err := time.Parse(time.DateOnly, k.Expires)
	switch {
	case k.Name == "" || len(k.Name) > 200:
		return k, "", apperr.Invalidf("Donnez à la clé un nom court\u00a0: celui du logiciel qui s’en servira.")
	case k.ScopeKind != InCOP && k.ScopeKind != InOrg || k.Scope == "":
		return k, "", apperr.Invalidf("Choisissez où la clé sert\u00a0: une COP ou une organisation.")
	case k.Verbs != Read && k.Verbs != Write:
		return k, "", apperr.Invalidf("Choisissez ce que la clé permet\u00a0: lire, ou lire et écrire.")
	case err != nil || k.Expires <= today || day.Sub(now) > longest*24*time.Hour:
		return k, "", apperr.Invalidf("Choisissez un dernier jour, dans un an au plus.")
	}
	raw := make([]byte, 32)
	if _, err := io.ReadFull(m.Random, raw); err != nil {
		return k, "", err
	}
	secret = prefix + base64.RawURLEncoding.EncodeToString(raw)
	if k.ID, err = m.IDs.New(); err != nil {
		return k, "", err
	}
	k.Rev, k.Person, k.Prefix, k.At = 1, a.Person, secret[:shown], now
	err = db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		if m.Held != nil {
			if _, err := m.Held(ctx, tx, a.Person); err != nil {
				return err
			}
		}
		var n int64
		if err := tx.QueryRow(ctx, `SELECT COUNT(*) FROM api_key WHERE person = $1 AND ended_at IS NULL AND expires >= $2`, a.Person, today).Scan(&n); err != nil {
			return err
		}
		if n >= mostKeys {
			return apperr.Conflictf("Vous avez déjà %d clés en service\u00a0: terminez-en une d’abord.", mostKeys)
		}
		if _, err := db.Insert(ctx, tx, "api_key", strings.Fields("id rev hash prefix person name scope_kind scope verbs at expires last_used"),
			[][]any{{k.ID, k.Rev, hash(secret), k.Prefix, k.Person, k.Name, k.ScopeKind, k.Scope, k.Verbs, now.UnixMilli(), k.Expires, ""}}, ""); err != nil {
			return err
		}
		return m.told(ctx, tx, "create", k)
	})
	return k, secret, err
}

func (m *Room) told(ctx context.Context, tx db.Q, verb string, k Key) error {
	e := journal.Entry{Actor: k.Person, Verb: verb, Kind: "api_key", Subject: k.ID, Rev: k.Rev}
	if k.ScopeKind == InCOP {
		e.COP = k.Scope
	}
	_, err := m.Journal.Record(ctx, tx, e)
	return err
}

// End ends a key at once; ending it again does nothing.
func (m *Room) End(ctx context.Context, a policy.Actor, id string) (err error) {
	defer apperr.Wrap(&err, "apikey.End(%s)", id)
	return db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		k, err := scan(tx.QueryRow(ctx, `SELECT `+columns+` FROM api_key k WHERE k.id = $1`, id))
		if err = db.OrNotFound(err, noSuchKey); err != nil {
			return err
		}
		if err := policy.Check(a, policy.Edit, Thing(k.Person)); err != nil {
			return err
		}
		n, err := tx.Exec(ctx, `UPDATE api_key SET ended_at = $1, rev = rev + 1 WHERE id = $2 AND ended_at IS NULL`, m.Now().UnixMilli(), id)
		if err != nil || n == 0 {
			return err
		}
		k.Rev++
		return m.told(ctx, tx, "end", k)
	})
}

// Opened is a key in use: who it acts for, with what they may at this moment.
type Opened struct {
	Key
	Actor policy.Actor
}

// Find returns the key of a secret while it serves.
func (m *Room) Find(ctx context.Context, q db.Q, secret string) (_ Key, err error) {
	defer apperr.Wrap(&err, "apikey.Find")
	if !strings.HasPrefix(secret, prefix) || len(secret) > 100 {
		return Key{}, apperr.New(apperr.Forbidden, nil, noKey)
	}
	k, err := scan(q.QueryRow(ctx, `SELECT `+columns+` FROM api_key k WHERE k.hash = $1`, hash(secret)))
	if errors.Is(err, db.ErrNoRows) || err == nil && (k.Ended || k.Expires < m.Now().UTC().Format(time.DateOnly)) {
		return Key{}, apperr.New(apperr.Forbidden, nil, noKey)
	}
	return k, err
}

// Open is Find within a transaction: the key is held, and what its person may, until the
// end. Its last day is written once a day.
func (m *Room) Open(ctx context.Context, tx db.Q, secret string) (o Opened, err error) {
	defer apperr.Wrap(&err, "apikey.Open")
	// The row is held: who ends the key waits, and what was begun before is whole.
	if _, err := tx.Exec(ctx, `UPDATE api_key SET rev = rev WHERE hash = $1`, hash(secret)); err != nil {
		return o, err
	}
	if o.Key, err = m.Find(ctx, tx, secret); err != nil {
		return o, err
	}
	if today := m.Now().UTC().Format(time.DateOnly); o.Used != today {
		if _, err := tx.Exec(ctx, `UPDATE api_key SET last_used = $1 WHERE id = $2`, today, o.ID); err != nil {
			return o, err
		}
	}
	o.Actor, err = m.Held(ctx, tx, o.Person)
	return o, err
}

// Erase forgets the keys of a person who is erased.
func (m *Room) Erase(ctx context.Context, tx db.Q, person string) error {
	_, err := tx.Exec(ctx, `DELETE FROM api_key WHERE person = $1`, person)
	return err
}
