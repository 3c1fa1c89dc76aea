package mail

import (
	"context"
	"encoding/json"
	"errors"
	"strconv"
	"time"

	"jalon/internal/db"
	"jalon/internal/jobs"
)

func jobArgs[T any](j jobs.Job) (args T, err error) {
	err = json.Unmarshal(j.Args, &args)
	return args, jobs.Permanent(err)
}

// joined is a digest without words of its own but its subject.
func joined(_ string, letters []Letter) Letter {
	if len(letters) == 1 {
		return letters[0]
	}
	all := Letter{Subject: "Récapitulatif\u00a0: " + strconv.Itoa(len(letters)) + "\u00a0messages", Greeting: letters[0].Greeting, Reason: letters[0].Reason}
	for _, l := range letters {
		all.Blocks = append(append(all.Blocks, Heading(l.Subject)), l.Blocks...)
	}
	return all
}

// digest groups what waits for one reader, up to a day, into one mail. What it
// grouped, the mail and the end of the job are written together: nothing is
// told twice, nothing is lost.
func (o *Outbox) digest(ctx context.Context, d *db.DB, j jobs.Job) error {
	args, err := jobArgs[digestArgs](j)
	if err != nil {
		return err
	}
	return db.Tx(ctx, d, func(ctx context.Context, tx db.Q) error {
		rows, err := tx.Query(ctx, `
			SELECT `+columns+`
			FROM mail_outbox
			WHERE state = 'waiting' AND to_email = $1 AND day <= $2 AND (expires_at IS NULL OR expires_at > $3)
			ORDER BY id
			LIMIT 200`, args.Email, args.Day, o.Now().UnixMilli())
		items, err := db.Collect(rows, err, func(r *db.Rows) (Kept, error) { return scan(r) })
		if err != nil || len(items) == 0 {
			return err
		}
		var letters []Letter
		m := Mail{Dedup: "digest:" + j.ID}
		for _, k := range items {
			if len(letters) == 0 {
				m.To, m.Person, m.FromName, m.ReplyTo, m.Unsubscribe, m.COP = k.To, k.Person, k.FromName, k.ReplyTo, k.Unsubscribe, k.COP
			} else if k.COP != m.COP || k.FromName != m.FromName {
				m.FromName, m.ReplyTo, m.COP = "", "", "" // of several COPs: from Jalon
			}
			if k.Unsubscribe != m.Unsubscribe {
				m.Unsubscribe = "" // one POST could not stop them all
			}
			letters = append(letters, k.Letter)
		}
		m.Letter = o.Digest(args.Day, letters)
		id, _, err := o.insert(ctx, tx, m)
		if err != nil {
			return err
		}
		if _, err := o.Queue.Enqueue(ctx, tx, SendKind, id, jobs.Opts{Dedup: "mail:" + id}); err != nil {
			return err
		}
		for _, k := range items {
			n, err := tx.Exec(ctx, `UPDATE mail_outbox SET state = 'grouped', grouped_in = $1 WHERE id = $2 AND state = 'waiting'`, id, k.ID)
			if err != nil {
				return err
			}
			if n == 0 {
				return errors.New("mail: what this digest groups was taken meanwhile: the next try reads again")
			}
		}
		return j.Done(ctx, tx)
	})
}

// sweep gives up what came too late, and puts the digests of what was left
// behind: mails committed just after their digest left, or beyond what one
// digest holds.
func (o *Outbox) sweep(ctx context.Context, d *db.DB) error {
	if err := o.expire(ctx, d); err != nil {
		return err
	}
	now := o.Now()
	// A day ends everywhere, La Réunion to Guadeloupe, within a day of UTC.
	day := now.Add(-24 * time.Hour).UTC().Format(time.DateOnly)
	rows, err := d.Query(ctx, `SELECT DISTINCT to_email FROM mail_outbox WHERE state = 'waiting' AND day <= $1 ORDER BY to_email LIMIT 5000`, day)
	emails, err := db.Strings(rows, err)
	if err != nil {
		return err
	}
	return db.Tx(ctx, d, func(ctx context.Context, tx db.Q) error {
		for _, email := range emails {
			if _, err := o.Queue.Enqueue(ctx, tx, digestKind, digestArgs{email, day},
				jobs.Opts{Dedup: "late:" + email + ":" + strconv.FormatInt(now.Unix()/3600, 10)}); err != nil {
				return err
			}
		}
		return nil
	})
}
