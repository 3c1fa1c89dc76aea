package mail

import (
	"context"
	"encoding/json"
	"strings"

	"jalon/internal/apperr"
	"jalon/internal/db"
)

// batch is how many mails one statement changes: others write meanwhile.
const batch = 2000

// Retain empties the mails put longer ago than Keep of what they said and of
// whom they went to, forgets old bounces, and gives up what could not leave in
// that time. Names stay taken: what was told once is not told again. It returns
// the number of mails emptied. Workers do it daily.
func (o *Outbox) Retain(ctx context.Context, q db.Q) (total int64, err error) {
	defer apperr.Wrap(&err, "mail.Retain")
	before := o.Now().Add(-o.Keep).UnixMilli()
	total, err = inBatches(func() (int64, error) {
		return q.Exec(ctx, `
			UPDATE mail_outbox
			SET to_email = '', to_name = '', person = '', reply_to = '', unsubscribe = '', error = '', letter = '{}',
				state = CASE WHEN state IN ('waiting', 'queued', 'failed') THEN 'expired' ELSE state END
			WHERE id IN (SELECT id FROM mail_outbox WHERE at < $1 AND to_email <> '' ORDER BY at, id LIMIT $2)`, before, int64(batch))
	})
	if err != nil {
		return total, err
	}
	_, err = q.Exec(ctx, `DELETE FROM mail_bounce WHERE at < $1`, before)
	return total, err
}

// expire gives up the mails whose time has passed, and empties those that carry
// a secret: a server that is away does not leave keys in the outbox.
func (o *Outbox) expire(ctx context.Context, q db.Q) error {
	_, err := inBatches(func() (int64, error) {
		return q.Exec(ctx, `
			UPDATE mail_outbox
			SET state = 'expired', letter = CASE WHEN secret THEN '{}' ELSE letter END
			WHERE id IN (SELECT id FROM mail_outbox WHERE state IN ('waiting', 'queued', 'failed') AND expires_at <= $1 ORDER BY expires_at, id LIMIT $2)`,
			o.Now().UnixMilli(), int64(batch))
	})
	return err
}

func inBatches(one func() (int64, error)) (total int64, err error) {
	for {
		n, err := one()
		total += n
		if err != nil || n < batch {
			return total, err
		}
	}
}

// Naming is which letters to others name a person, and up to which mail they were
// looked for. It reads every letter that is kept: before the transaction that
// erases, not within it.
type Naming struct {
	IDs  []string
	Upto string
}

// naming chooses the letters that hold an address, $1, or a name, $3, when $2.
const naming = `letter <> '{}' AND (REPLACE(letter, $1, '') <> letter OR REPLACE(error, $1, '') <> error OR $2 AND REPLACE(letter, $3, '') <> letter)`

// FindNaming looks for the letters that name a person. A name of one word is not
// looked for: it would take letters about places with it.
func (o *Outbox) FindNaming(ctx context.Context, q db.Q, email, name string) (n Naming, err error) {
	defer apperr.Wrap(&err, "mail.FindNaming")
	if err := q.QueryRow(ctx, `SELECT COALESCE(MAX(id), '') FROM mail_outbox`).Scan(&n.Upto); err != nil {
		return n, err
	}
	written, err := json.Marshal(name) // as a letter holds it
	if err != nil {
		return n, err
	}
	words := []string{email}
	if strings.Contains(name, " ") {
		words = append(words, strings.Trim(string(written), `"`))
	}
	rows, err := q.Query(ctx, `SELECT id, letter, error FROM mail_outbox WHERE id <= $1 AND letter <> '{}' ORDER BY id`, n.Upto)
	_, err = db.Collect(rows, err, func(r *db.Rows) (struct{}, error) {
		var id, letter, failure string
		err := r.Scan(&id, &letter, &failure)
		for _, w := range words {
			if strings.Contains(letter, w) || strings.Contains(failure, w) {
				n.IDs = append(n.IDs, id)
				break
			}
		}
		return struct{}{}, err
	})
	return n, err
}

// Forget empties what the outbox holds of a person whose account is erased: the
// mails that were for them, the letters to others that name them, the jobs that
// bear their address. What was not sent is given up.
func (o *Outbox) Forget(ctx context.Context, tx db.Q, person, email, name string, found Naming) (err error) {
	defer apperr.Wrap(&err, "mail.Forget")
	written, err := json.Marshal(name)
	if err != nil {
		return err
	}
	const empty = `UPDATE mail_outbox
		SET to_email = '', to_name = '', person = '', reply_to = '', unsubscribe = '', error = '', letter = '{}',
			state = CASE WHEN state IN ('waiting', 'queued', 'failed') THEN 'expired' ELSE state END
		WHERE `
	const wipe = `UPDATE mail_outbox
		SET letter = '{}', error = '', reply_to = CASE WHEN reply_to = $1 THEN '' ELSE reply_to END,
			state = CASE WHEN state IN ('waiting', 'queued', 'failed') THEN 'expired' ELSE state END
		WHERE `
	type statement struct {
		text string
		args []any
	}
	all := []statement{
		{`UPDATE job SET error = '' WHERE dedup IN (SELECT 'mail:' || id FROM mail_outbox WHERE to_email = $1)`, []any{email}},
		{`UPDATE job SET error = '' WHERE dedup IN (SELECT 'mail:' || id FROM mail_outbox WHERE person = $1)`, []any{person}},
		{empty + `to_email = $1`, []any{email}},
		{empty + `person = $1`, []any{person}},
		// What was put since the letters were read.
		{wipe + `id > $4 AND ` + naming, []any{email, strings.Contains(name, " "), strings.Trim(string(written), `"`), found.Upto}},
		{`UPDATE mail_outbox SET reply_to = '' WHERE reply_to = $1`, []any{email}},
		{`DELETE FROM mail_bounce WHERE email = $1`, []any{email}},
		// The names of digests bear the address: ';' follows ':' in the order of bytes.
		{`DELETE FROM job WHERE dedup > $1 AND dedup < $2`, []any{"digest:" + email + ":", "digest:" + email + ";"}},
		{`DELETE FROM job WHERE dedup > $1 AND dedup < $2`, []any{"late:" + email + ":", "late:" + email + ";"}},
	}
	for _, id := range found.IDs {
		all = append(all, statement{wipe + `id = $2`, []any{email, id}})
	}
	for _, x := range all {
		if _, err := tx.Exec(ctx, x.text, x.args...); err != nil {
			return err
		}
	}
	return nil
}
