package followup

import (
	"context"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/db"
)

// AlertsOfPeriod counts the alerts of a rule over a period: Before were there when it
// began, Raised were raised in it; of both, Answered had an answer of the team when it
// ended, and Gone had no cause any more.
type AlertsOfPeriod struct{ Before, Raised, Answered, Gone int64 }

// All counts them.
func (a AlertsOfPeriod) All() int64 { return a.Before + a.Raised }

// AlertsDuring counts the alerts of a COP from an instant to another, by rule: what was
// raised, answered or closed since changes nothing in it. One statement.
func AlertsDuring(ctx context.Context, q db.Q, copID string, from, to time.Time) (out map[string]AlertsOfPeriod, err error) {
	defer apperr.Wrap(&err, "followup.AlertsDuring(%s)", copID)
	// A version is kept of each answer: the first says when the team first answered.
	rows, err := q.Query(ctx, `SELECT t.rule, t.raised_at, COALESCE(t.closed_at, 0), COALESCE((SELECT MIN(v.at) FROM followup_alert_version v WHERE v.id = t.id), 0)
		  FROM followup_alert t WHERE t.cop_id = $1 AND t.raised_at < $2 AND (t.closed_at IS NULL OR t.closed_at >= $3)`, copID, to.UnixMilli(), from.UnixMilli())
	out = map[string]AlertsOfPeriod{}
	_, err = db.Collect(rows, err, func(r *db.Rows) (none struct{}, err error) {
		var rule string
		var raised, closed, answered int64
		if err := r.Scan(&rule, &raised, &closed, &answered); err != nil {
			return none, err
		}
		n := out[rule]
		if raised < from.UnixMilli() {
			n.Before++
		} else {
			n.Raised++
		}
		if answered != 0 && answered < to.UnixMilli() {
			n.Answered++
		}
		if closed != 0 && closed < to.UnixMilli() {
			n.Gone++
		}
		out[rule] = n
		return none, nil
	})
	return out, err
}
