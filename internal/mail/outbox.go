package mail

import (
	"context"
	"errors"
	"strings"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/jobs"
)

// Tables lists the tables of this package. They stay with their installation: a
// copy of the data must never write to the people of the original.
func Tables() []db.Table {
	return []db.Table{
		{Name: "mail_outbox", Order: []string{"id"}, Scope: db.Local, Personal: []string{"to_email", "to_name", "person", "reply_to", "letter", "unsubscribe", "error"},
			Owner: []string{"to_email", "person"}, Free: []string{"to_name", "reply_to", "letter", "unsubscribe", "error"}, Secret: []string{"unsubscribe"}},
		{Name: "mail_bounce", Order: []string{"email"}, Scope: db.Local, Personal: []string{"email", "detail"}, Owner: []string{"email"}, Free: []string{"detail"}},
	}
}

// State says what became of a mail.
type State string

// The states. Waiting becomes Grouped; Queued becomes one of the rest. Failed
// may be tried again, with its job.
const (
	Waiting State = "waiting" // for the digest of its day
	Grouped State = "grouped" // told in a digest
	Queued  State = "queued"
	Sent    State = "sent"
	Bounced State = "bounced" // the server says that the address does not exist
	Failed  State = "failed"
	Expired State = "expired" // its time passed before it could go
)

// Mail is what a room puts in the outbox.
type Mail struct {
	// Dedup names what is told to whom, once: "reminder/2024-05-27/<account>".
	Dedup string
	To    Address
	// Person is whom the mail is for, as an id of the room: another may read it
	// in their stead, and OnBounce must know for whom.
	Person   string
	FromName string // sender as shown: «COP Bretagne»; the address is the installation's
	ReplyTo  string // address of the team, "" for none
	Letter   Letter
	Slot     Slot // zero: at once
	// Unsubscribe is an https address that stops mails of this kind by a POST
	// alone, "" for those that cannot be stopped (sign-in, invitations).
	Unsubscribe string
	// Secret empties the kept letter once it has gone: it opens a door.
	Secret  bool
	Expires time.Time // not sent after; zero: never too late
	COP     string
}

// Slot is the digest of a day, and when it leaves.
type Slot struct {
	Day string // 2024-05-27, in the reader's zone
	At  time.Time
}

// NextSlot is the next digest at an hour of the reader's time zone, after now.
func NextSlot(now time.Time, hour int, zone *time.Location) Slot {
	y, m, d := now.In(zone).Date()
	at := time.Date(y, m, d, hour, 0, 0, 0, zone)
	if !at.After(now) {
		at = time.Date(y, m, d+1, hour, 0, 0, 0, zone)
	}
	return Slot{Day: at.Format(time.DateOnly), At: at}
}

// Options is what an Outbox needs from the program.
type Options struct {
	IDs     *db.IDs
	Now     func() time.Time
	Queue   *jobs.Queue
	Cursors db.Cursors
	// Keep is how long what a mail said, and to whom, is kept; zero is 90 days.
	Keep time.Duration
	// OnBounce is called in the transaction that marks a mail as bounced, for
	// each letter that it held, to put another on its way to who stands next: see
	// Reach, which leaves out addresses that bounced. An error undoes the mark.
	// Nil does nothing.
	OnBounce func(ctx context.Context, tx db.Q, m Kept) error
	// Digest words a digest; nil puts the letters one under the other.
	Digest func(day string, letters []Letter) Letter
}

// Outbox keeps mails and has them sent.
type Outbox struct{ Options }

// New makes an Outbox.
func New(o Options) *Outbox {
	if o.Digest == nil {
		o.Digest = joined
	}
	if o.Keep <= 0 {
		o.Keep = 90 * 24 * time.Hour
	}
	return &Outbox{o}
}

// The kinds of job of this package.
const (
	SendKind   = "mail.send"
	digestKind = "mail.digest"
	sweepKind  = "mail.sweep"
	retainKind = "mail.retain"
)

type digestArgs struct{ Email, Day string }

// Enqueue puts a mail in the outbox, in the transaction of what it tells of. It
// reports whether the mail is new, false when one of the same Dedup is there.
func (o *Outbox) Enqueue(ctx context.Context, q db.Q, m Mail) (fresh bool, err error) {
	defer apperr.Wrap(&err, "mail.Enqueue(%q)", m.Dedup)
	if m.Dedup == "" {
		return false, errors.New("mail: a mail has a name of its own")
	}
	if err := m.Letter.check(); err != nil {
		return false, err
	}
	if m.To.Email, err = ParseAddress(m.To.Email); err != nil {
		return false, err
	}
	if m.ReplyTo != "" {
		if m.ReplyTo, err = ParseAddress(m.ReplyTo); err != nil {
			return false, err
		}
	}
	if m.Unsubscribe != "" && (!webAddress(m.Unsubscribe) || !strings.HasPrefix(m.Unsubscribe, "https:")) {
		return false, errors.New("mail: Unsubscribe is an https address")
	}
	if m.Secret && m.Slot != (Slot{}) {
		return false, errors.New("mail: a secret does not wait for a digest")
	}
	err = db.Tx(ctx, q, func(ctx context.Context, tx db.Q) error {
		id, added, err := o.insert(ctx, tx, m)
		if err != nil || !added {
			return err
		}
		fresh = true
		if m.Slot == (Slot{}) {
			_, err = o.Queue.Enqueue(ctx, tx, SendKind, id, jobs.Opts{Dedup: "mail:" + id})
			return err
		}
		_, err = o.Queue.Enqueue(ctx, tx, digestKind, digestArgs{m.To.Email, m.Slot.Day},
			jobs.Opts{RunAt: m.Slot.At, Dedup: "digest:" + m.To.Email + ":" + m.Slot.Day})
		return err
	})
	return fresh && err == nil, err
}

func (o *Outbox) insert(ctx context.Context, tx db.Q, m Mail) (id string, fresh bool, err error) {
	letter, err := m.Letter.encode()
	if err != nil {
		return "", false, err
	}
	if id, err = o.IDs.New(); err != nil {
		return "", false, err
	}
	state := Queued
	if m.Slot != (Slot{}) {
		state = Waiting
	}
	n, err := tx.Exec(ctx, `
		INSERT INTO mail_outbox (id, dedup, state, to_email, to_name, person, from_name, reply_to, letter, unsubscribe, secret, cop_id, day, at, expires_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
		ON CONFLICT (dedup) DO NOTHING`,
		id, m.Dedup, string(state), m.To.Email, short(clean(m.To.Name), 100), m.Person, short(clean(m.FromName), 100), m.ReplyTo,
		letter, m.Unsubscribe, m.Secret, m.COP, m.Slot.Day, o.Now().UnixMilli(), millis(m.Expires))
	return id, n == 1, err
}

func millis(t time.Time) *int64 {
	if t.IsZero() {
		return nil
	}
	ms := t.UnixMilli()
	return &ms
}
