package mail

import (
	"context"

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
