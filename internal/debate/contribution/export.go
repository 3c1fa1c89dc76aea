package contribution

import (
	"context"
	"iter"
	"strings"
	"time"

	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/debate"
)

// Open is a published contribution as open data: no name of a person, no address.
type Open struct {
	ID, Title, Text string
	Speaker         string
	Orgs            string // separated by semicolons; empty for a person
	Theme, Lever    string
	Territory       string
	At, Published   time.Time
	Supports        int64
	Comments        int64
	Study           Study
}

const openColumns = `p.id, p.title, p.text, p.speaker, c.orgs, p.theme, p.lever, p.territory, p.at, p.published_at, p.supports, p.comments, c.study`

func scanOpen(r interface{ Scan(...any) error }) (x Open, err error) {
	var at, published int64
	err = r.Scan(&x.ID, &x.Title, &x.Text, &x.Speaker, &x.Orgs, &x.Theme, &x.Lever, &x.Territory, &at, &published, &x.Supports, &x.Comments, &x.Study)
	x.At, x.Published = time.UnixMilli(at).UTC(), time.UnixMilli(published).UTC()
	x.Orgs = strings.ReplaceAll(x.Orgs, "\n", "; ")
	if x.Speaker == debate.Person {
		x.Orgs = ""
	}
	return x, err
}

// openStep is how many rows of an export are read at once.
const openStep = 1000

// Published goes through the published contributions of a COP in the order in which
// they were published.
func Published(ctx context.Context, q db.Q, c cop.COP) iter.Seq2[Open, error] {
	return func(yield func(Open, error) bool) {
		var at int64
		id := ""
		for {
			list, err := After(ctx, q, c, at, id, openStep)
			if err != nil {
				yield(Open{}, err)
				return
			}
			for _, x := range list {
				if !yield(x, nil) {
					return
				}
			}
			if len(list) < openStep {
				return
			}
			last := list[len(list)-1]
			at, id = last.Published.UnixMilli(), last.ID
		}
	}
}

// After lists what was published after an instant, then after an id, the oldest first.
func After(ctx context.Context, q db.Q, c cop.COP, at int64, id string, limit int) ([]Open, error) {
	rows, err := q.Query(ctx, `
		SELECT `+openColumns+`
		  FROM debate_post p JOIN contribution c ON c.post_id = p.id
		 WHERE p.cop_id = $1 AND p.kind = 'contribution' AND p.state = 'published' AND (p.published_at, p.id) > ($2, $3)
		 ORDER BY p.published_at, p.id LIMIT $4`, c.ID, at, id, int64(limit))
	return db.Collect(rows, err, func(r *db.Rows) (Open, error) { return scanOpen(r) })
}
