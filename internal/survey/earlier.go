package survey

import (
	"context"
	"encoding/json"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/questionnaire"
)

// Earlier returns what the authority of a response validated last in another
// campaign, and when; nothing the first time that it is asked. It is one
// statement.
func Earlier(ctx context.Context, q db.Q, r Response) (answers questionnaire.Answers, at time.Time, err error) {
	defer apperr.Wrap(&err, "survey.Earlier(%s)", r.ID)
	type found struct {
		doc string
		at  int64
	}
	rows, err := q.Query(ctx, `SELECT v.doc, v.at FROM response o JOIN response_version v ON v.response_id = o.id AND v.seq = o.seq
		WHERE o.authority = $1 AND o.campaign_id <> $2 AND o.seq > 0 ORDER BY v.at DESC, v.response_id LIMIT 1`, r.Authority, r.Campaign)
	all, err := db.Collect(rows, err, func(x *db.Rows) (f found, err error) { return f, x.Scan(&f.doc, &f.at) })
	if err != nil || len(all) == 0 {
		return nil, at, err
	}
	var doc struct {
		Answers []struct {
			Key   string `json:"key"`
			Value string `json:"value"`
		} `json:"answers"`
	}
	if err := json.Unmarshal([]byte(all[0].doc), &doc); err != nil {
		return nil, at, err
	}
	answers = questionnaire.Answers{}
	for _, a := range doc.Answers {
		answers[a.Key] = a.Value
	}
	return answers, time.UnixMilli(all[0].at).UTC(), nil
}
