package cop

import (
	"context"
	"encoding/json"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/policy"
)

// VersionOf is a thing as it stood at a revision, who made it so, and why.
type VersionOf[T any] struct {
	Rev    int64
	At     time.Time
	By     string // id of an account, or Seed
	Reason string
	Body   T
}

// versionsOf lists the versions of a thing, newest first.
func versionsOf[T any](ctx context.Context, q db.Q, table, id string) (out []VersionOf[T], err error) {
	rows, err := q.Query(ctx, `SELECT rev, at, by, reason, body FROM `+table+`_version WHERE id = $1 ORDER BY rev DESC`, id)
	return db.Collect(rows, err, func(r *db.Rows) (v VersionOf[T], err error) {
		var at int64
		var body string
		if err := r.Scan(&v.Rev, &at, &v.By, &v.Reason, &body); err != nil {
			return v, err
		}
		v.At = time.UnixMilli(at).UTC()
		return v, json.Unmarshal([]byte(body), &v.Body)
	})
}

// PriorityVersions lists what a priority was, newest first: what the département
// wrote and what the region answered, for both.
func PriorityVersions(ctx context.Context, q db.Q, a policy.Actor, id string) (_ []VersionOf[Priority], err error) {
	defer apperr.Wrap(&err, "cop.PriorityVersions(%s)", id)
	if _, _, err := FindPriority(ctx, q, a, id); err != nil {
		return nil, err
	}
	return versionsOf[Priority](ctx, q, "priority", id)
}

// DocumentVersions lists the versions of a document, newest first, for who may
// change it.
func DocumentVersions(ctx context.Context, q db.Q, a policy.Actor, id string) (_ []VersionOf[Document], err error) {
	defer apperr.Wrap(&err, "cop.DocumentVersions(%s)", id)
	if err := mayReadVersions(ctx, q, a, id); err != nil {
		return nil, err
	}
	return versionsOf[Document](ctx, q, "cop_document", id)
}

func mayReadVersions(ctx context.Context, q db.Q, a policy.Actor, id string) error {
	x, err := oneDocument(ctx, q, id)
	if err != nil {
		return err
	}
	c, err := Find(ctx, q, x.COP)
	if err != nil {
		return err
	}
	if !policy.Can(a, policy.Edit, part(c.Thing(policy.Document), Internal)) {
		return apperr.NotFoundf("Cette page n’existe pas, ou elle est réservée à d’autres rôles que les vôtres.")
	}
	return nil
}

// TemplateVersions lists the versions of the copy of a COP, newest first.
func TemplateVersions(ctx context.Context, q db.Q, c COP) ([]VersionOf[Template], error) {
	return versionsOf[Template](ctx, q, "cop_template", c.ID)
}

// CycleTemplateVersions lists the versions of the template of a cycle.
func CycleTemplateVersions(ctx context.Context, q db.Q, cycle string) ([]VersionOf[Template], error) {
	return versionsOf[Template](ctx, q, "cycle_template", cycle)
}
