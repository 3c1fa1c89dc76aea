package contribution

import (
	"context"
	"fmt"

	"jalon/internal/apperr"
	"jalon/internal/db"
)

// Verified is what counting again found.
type Verified struct {
	Posts    int64 // that bear a counter
	Problems []string
}

// Recount counts supports and comments again, and says which counters are wrong.
func Recount(ctx context.Context, q db.Q) (v Verified, err error) {
	defer apperr.Wrap(&err, "contribution.Recount")
	if err := q.QueryRow(ctx, `SELECT COUNT(*) FROM debate_post WHERE supports <> 0 OR comments <> 0`).Scan(&v.Posts); err != nil {
		return v, err
	}
	for _, x := range []struct{ what, text string }{
		{"soutiens", `
			SELECT p.id, p.supports, COALESCE(s.n, 0)
			  FROM debate_post p LEFT JOIN (SELECT post_id, COUNT(*) AS n FROM debate_support GROUP BY post_id) s ON s.post_id = p.id
			 WHERE p.supports <> COALESCE(s.n, 0) ORDER BY p.id LIMIT 100`},
		{"commentaires", `
			SELECT p.id, p.comments, COALESCE(s.n, 0)
			  FROM debate_post p
			  LEFT JOIN (SELECT c.contribution AS id, COUNT(*) AS n FROM contribution_comment c JOIN debate_post o ON o.id = c.post_id WHERE o.state = 'published' GROUP BY c.contribution) s ON s.id = p.id
			 WHERE p.kind = 'contribution' AND p.comments <> COALESCE(s.n, 0) ORDER BY p.id LIMIT 100`},
		{"réponses", `
			SELECT p.id, p.comments, COALESCE(s.n, 0)
			  FROM debate_post p
			  LEFT JOIN (SELECT c.reply_to AS id, COUNT(*) AS n FROM contribution_comment c JOIN debate_post o ON o.id = c.post_id WHERE o.state = 'published' AND c.reply_to <> '' GROUP BY c.reply_to) s ON s.id = p.id
			 WHERE p.kind = 'comment' AND p.comments <> COALESCE(s.n, 0) ORDER BY p.id LIMIT 100`},
	} {
		rows, err := q.Query(ctx, x.text)
		_, err = db.Collect(rows, err, func(r *db.Rows) (struct{}, error) {
			var id string
			var held, counted int64
			err := r.Scan(&id, &held, &counted)
			v.Problems = append(v.Problems, fmt.Sprintf("texte %s\u00a0: %d %s au compteur, %d recomptés", id, held, x.what, counted))
			return struct{}{}, err
		})
		if err != nil {
			return v, err
		}
	}
	return v, nil
}
