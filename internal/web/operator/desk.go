// Package operator signs in whoever runs this installation, until accounts
// exist: «jalon serve» prints a link that works once, whose POST sets a signed
// cookie for twelve hours.
package operator

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/policy"
)

const (
	cookieName  = "jalon_operateur"
	secretName  = "operator.secret"
	linkPrefix  = "operator.link."
	linkLife    = 24 * time.Hour
	sessionLife = 12 * time.Hour
)

// Desk gives links and reads cookies. Its secret is in the database, so that
// replicas share it and a restart does not sign anybody out.
type Desk struct {
	q      db.Q
	secret []byte
	now    func() time.Time
	random io.Reader
	secure bool
}

// Open reads the secret of this installation, or makes it the first time.
// secure says whether the site is served over https.
func Open(ctx context.Context, q db.Q, now func() time.Time, random io.Reader, secure bool) (_ *Desk, err error) {
	defer apperr.Wrap(&err, "operator.Open")
	fresh := make([]byte, 32)
	if _, err := io.ReadFull(random, fresh); err != nil {
		return nil, err
	}
	if _, err := q.Exec(ctx, `
		INSERT INTO setting (name, value) VALUES ($1, $2)
		    ON CONFLICT (name) DO NOTHING`, secretName, hex.EncodeToString(fresh)); err != nil {
		return nil, err
	}
	var text string
	if err := q.QueryRow(ctx, `SELECT value FROM setting WHERE name = $1`, secretName).Scan(&text); err != nil {
		return nil, err
	}
	secret, err := hex.DecodeString(text)
	if err != nil || len(secret) < 32 {
		return nil, errors.New("operator.secret is not 32 bytes of hexadecimal")
	}
	return &Desk{q: q, secret: secret, now: now, random: random, secure: secure}, nil
}

// Link makes the address of a link that works once, within a day. What the
// database keeps of it cannot make it again.
func (d *Desk) Link(ctx context.Context) (path string, err error) {
	defer apperr.Wrap(&err, "operator.Link")
	raw := make([]byte, 24)
	if _, err := io.ReadFull(d.random, raw); err != nil {
		return "", err
	}
	key := base64.RawURLEncoding.EncodeToString(raw)
	now := d.now()
	err = db.Tx(ctx, d.q, func(ctx context.Context, tx db.Q) error {
		// Links that nobody used do not pile up.
		if _, err := tx.Exec(ctx, `
			DELETE FROM setting
			 WHERE name >= $1 AND name < $2 AND CAST(value AS BIGINT) < $3`,
			linkPrefix, linkPrefix+"~", now.UnixMilli()); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `INSERT INTO setting (name, value) VALUES ($1, $2)`,
			linkName(key), strconv.FormatInt(now.Add(linkLife).UnixMilli(), 10))
		return err
	})
	return "/operateur?cle=" + key, err
}

func linkName(key string) string {
	sum := sha256.Sum256([]byte(key))
	return linkPrefix + hex.EncodeToString(sum[:])
}

// enter uses a link up: the row that goes is the proof that nobody used it yet.
func (d *Desk) enter(ctx context.Context, key string) (*http.Cookie, error) {
	n, err := d.q.Exec(ctx, `
		DELETE FROM setting
		 WHERE name = $1 AND CAST(value AS BIGINT) > $2`, linkName(key), d.now().UnixMilli())
	if err != nil {
		return nil, err
	}
	if n == 0 {
		return nil, apperr.New(apperr.Forbidden, nil, "Ce lien a déjà servi ou n’est plus valable. Relancez «\u00a0jalon serve\u00a0»\u00a0: il en affiche un nouveau.")
	}
	return d.Admit(), nil
}

// cookie has a life in seconds rather than a date: the clock of the reader's
// machine may be wrong. The date that counts is signed within it.
func (d *Desk) cookie(value string, seconds int) *http.Cookie {
	return &http.Cookie{Name: cookieName, Value: value, Path: "/", MaxAge: seconds, HttpOnly: true, Secure: d.secure, SameSite: http.SameSiteLaxMode}
}

// Admit makes the cookie of an operator without a link: in a demonstration,
// where anyone may be one. Dismiss ends it.
func (d *Desk) Admit() *http.Cookie {
	body := strconv.FormatInt(d.now().Add(sessionLife).Unix(), 36)
	return d.cookie(body+"."+d.sign(body), int(sessionLife.Seconds()))
}

// Dismiss makes the cookie that ends what another one gave.
func (d *Desk) Dismiss() *http.Cookie { return d.cookie("", -1) }

func (d *Desk) sign(body string) string {
	mac := hmac.New(sha256.New, d.secret)
	_, _ = mac.Write([]byte(cookieName + "|" + body)) // a hash never fails
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// Actor reads who acts from the cookie of a request: anyone, or the operator.
func (d *Desk) Actor(r *http.Request) policy.Actor {
	if d == nil {
		return policy.Actor{}
	}
	c, err := r.Cookie(cookieName)
	if err != nil {
		return policy.Actor{}
	}
	body, sig, ok := strings.Cut(c.Value, ".")
	if !ok || !hmac.Equal([]byte(sig), []byte(d.sign(body))) {
		return policy.Actor{}
	}
	until, err := strconv.ParseInt(body, 36, 64)
	if err != nil || !d.now().Before(time.Unix(until, 0)) {
		return policy.Actor{}
	}
	return policy.Actor{Person: "operator", Grants: []policy.Grant{{Role: policy.Operator, Nation: true}}}
}

// Key derives a key for another purpose from the secret of this installation:
// the cursors of lists, which replicas must read from one another.
func (d *Desk) Key(purpose string) []byte {
	if d == nil {
		return nil
	}
	mac := hmac.New(sha256.New, d.secret)
	_, _ = mac.Write([]byte("key|" + purpose)) // a hash never fails
	return mac.Sum(nil)
}
