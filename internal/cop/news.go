package cop

import (
	"context"
	"fmt"
	"strings"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/policy"
)

// News is what a team tells the public of its COP.
type News struct {
	ID          string    `json:"id"`
	Rev         int64     `json:"-"`
	COP         string    `json:"cop"`
	Title       string    `json:"title"`
	Text        string    `json:"text"` // markdown
	Part        string    `json:"part"` // public once published, draft before
	PublishedAt time.Time `json:"-"`
}

// Thing is a piece of news as policy sees it.
func (x News) Thing(c COP) policy.Thing { return part(c.Thing(policy.News), x.Part) }

func checkNews(title, text string) error {
	switch {
	case strings.TrimSpace(title) == "" || len(title) > 300:
		return apperr.Invalidf("Donnez à l’actualité un titre de 300 caractères au plus.")
	case strings.TrimSpace(text) == "":
		return apperr.Invalidf("Écrivez le texte de l’actualité.")
	case len(text) > 100_000:
		return apperr.Invalidf("Le texte dépasse 100\u202f000 caractères.")
	}
	return nil
}

// AddNews writes a draft.
func (m *Room) AddNews(ctx context.Context, a policy.Actor, copID, title, text string) (x News, err error) {
	defer apperr.Wrap(&err, "cop.AddNews(%s)", copID)
	c, err := Find(ctx, m.DB, copID)
	if err != nil {
		return x, err
	}
	if err := policy.Check(a, policy.Create, part(c.Thing(policy.News), Draft)); err != nil {
		return x, err
	}
	if err := checkNews(title, text); err != nil {
		return x, err
	}
	x = News{Rev: 1, COP: copID, Title: title, Text: text, Part: Draft}
	if x.ID, err = m.IDs.New(); err != nil {
		return x, err
	}
	err = db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		if _, err := db.Insert(ctx, tx, "news", []string{"id", "rev", "cop_id", "title", "text", "part", "published_at"},
			[][]any{{x.ID, x.Rev, x.COP, x.Title, x.Text, x.Part, nil}}, ""); err != nil {
			return err
		}
		return m.kept(ctx, tx, a, "create", "news", x.ID, x.Rev, copID, "", x)
	})
	return x, err
}

// SaveNews edits news as they were at a revision. A correction of what is
// published shows at once; the older text stays in the versions.
func (m *Room) SaveNews(ctx context.Context, a policy.Actor, id string, rev int64, title, text, reason string) (News, error) {
	if err := checkNews(title, text); err != nil {
		return News{}, err
	}
	return m.changeNews(ctx, a, id, "edit", reason, func(ctx context.Context, tx db.Q) (int64, error) {
		return tx.Exec(ctx, `UPDATE news SET rev = rev + 1, title = $3, text = $4 WHERE id = $1 AND rev = $2`, id, rev, title, text)
	})
}

// Publish shows a draft to everybody. Its date is that of its first publication.
func (m *Room) Publish(ctx context.Context, a policy.Actor, id string, rev int64) (News, error) {
	return m.changeNews(ctx, a, id, "publish", "", func(ctx context.Context, tx db.Q) (int64, error) {
		return tx.Exec(ctx, `UPDATE news SET rev = rev + 1, part = 'public', published_at = COALESCE(published_at, $3) WHERE id = $1 AND rev = $2 AND part = 'draft'`,
			id, rev, m.Now().UnixMilli())
	})
}

// Unpublish takes news back to their draft, and says why.
func (m *Room) Unpublish(ctx context.Context, a policy.Actor, id string, rev int64, reason string) (News, error) {
	if reason == "" {
		return News{}, apperr.Invalidf("Dites pourquoi vous retirez cette actualité.")
	}
	return m.changeNews(ctx, a, id, "unpublish", reason, func(ctx context.Context, tx db.Q) (int64, error) {
		return tx.Exec(ctx, `UPDATE news SET rev = rev + 1, part = 'draft' WHERE id = $1 AND rev = $2 AND part = 'public'`, id, rev)
	})
}

func (m *Room) changeNews(ctx context.Context, a policy.Actor, id, verb, reason string, change func(ctx context.Context, tx db.Q) (int64, error)) (x News, err error) {
	defer apperr.Wrap(&err, "cop.changeNews(%s, %s)", verb, id)
	err = db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		n, err := change(ctx, tx)
		if err != nil {
			return err
		}
		var c COP
		if x, c, err = oneNews(ctx, tx, id); err != nil {
			return err
		}
		// By a draft's right: whoever reads what is published may not change it.
		if err := policy.Check(a, policy.Edit, x.Thing(c)); err != nil {
			return err
		}
		if n == 0 {
			return errMoved("cette actualité")
		}
		return m.kept(ctx, tx, a, verb, "news", id, x.Rev, x.COP, reason, x)
	})
	return x, err
}

const newsSelect = `SELECT id, rev, cop_id, title, text, part, COALESCE(published_at, 0) FROM news `

func scanNews(r interface{ Scan(...any) error }) (x News, err error) {
	var at int64
	err = r.Scan(&x.ID, &x.Rev, &x.COP, &x.Title, &x.Text, &x.Part, &at)
	if at > 0 {
		x.PublishedAt = time.UnixMilli(at).UTC()
	}
	return x, err
}

func oneNews(ctx context.Context, q db.Q, id string) (x News, c COP, err error) {
	if x, err = scanNews(q.QueryRow(ctx, newsSelect+`WHERE id = $1`, id)); err != nil {
		return x, c, db.OrNotFound(err, "Cette actualité n’existe pas.")
	}
	c, err = Find(ctx, q, x.COP)
	return x, c, err
}

// FindNews returns news that the actor may read.
func FindNews(ctx context.Context, q db.Q, a policy.Actor, id string) (x News, c COP, err error) {
	if x, c, err = oneNews(ctx, q, id); err != nil {
		return x, c, err
	}
	return x, c, policy.Check(a, policy.Read, x.Thing(c))
}

// NewsOf lists the news of a COP that the actor may read, newest first, drafts
// on top.
func (m *Room) NewsOf(ctx context.Context, q db.Q, a policy.Actor, c COP, cursor string, limit int) (p Page[News], err error) {
	defer apperr.Wrap(&err, "cop.NewsOf(%s)", c.ID)
	all := policy.Can(a, policy.Read, part(c.Thing(policy.News), Draft))
	key := func(x News) (string, string) {
		if x.PublishedAt.IsZero() {
			return "9", x.ID
		}
		return fmt.Sprintf("%015d", x.PublishedAt.UnixMilli()), x.ID
	}
	return page(m, "news", c.ID, all, cursor, limit, func(from, id string, n int64) ([]News, error) {
		at := int64(1) << 53
		if from != "~" && from != "9" {
			if _, err := fmt.Sscanf(from, "%d", &at); err != nil {
				return nil, err
			}
		}
		if from == "~" {
			id = "~"
		}
		rows, err := q.Query(ctx, newsSelect+`
			WHERE cop_id = $1 AND (part = 'public' OR $2) AND (COALESCE(published_at, 9007199254740992), id) < ($3, $4)
			ORDER BY COALESCE(published_at, 9007199254740992) DESC, id DESC LIMIT $5`, c.ID, all, at, id, n)
		return db.Collect(rows, err, func(r *db.Rows) (News, error) { return scanNews(r) })
	}, key)
}
