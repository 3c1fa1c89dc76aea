package territory

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/french"
)

// PerimeterKey is where a page of a listing ends; the next one starts after it.
type PerimeterKey struct {
	Fold string
	ID   string
}

// PerimeterFilter narrows a listing; its zero value takes every perimeter that
// is not withdrawn.
type PerimeterFilter struct {
	Kind    PerimeterKind
	Query   string       // part of the name
	Commune string       // code of a commune that is in it
	Day     string       // in force on this day; a perimeter without dates is always in force
	After   PerimeterKey // from the page before
	Limit   int          // 50 when 0, at most 500
}

// ListPerimeters lists perimeters by name, without their members, in one
// statement whatever their number. next is the zero key on the last page.
func ListPerimeters(ctx context.Context, q db.Q, f PerimeterFilter) (page []FreePerimeter, next PerimeterKey, err error) {
	defer apperr.Wrap(&err, "ListPerimeters")
	limit := min(f.Limit, 500)
	if limit <= 0 {
		limit = 50
	}
	var like *string
	if fold := french.Fold(f.Query); fold != "" {
		like = null("%" + fold + "%")
	}
	var folds []string
	rows, err := q.Query(ctx, `
		SELECT p.id, p.rev, p.kind, p.name, p.name_fold, COALESCE(p.holder, ''), COALESCE(p.valid_from, ''), COALESCE(p.valid_to, ''), p.demo, p.state,
			(SELECT COUNT(*) FROM perimeter_member n WHERE n.perimeter = p.id)
		FROM perimeter p
		WHERE p.state = $1
			AND (CAST($2 AS TEXT) IS NULL OR p.kind = $2)
			AND (CAST($3 AS TEXT) IS NULL OR p.name_fold LIKE $3)
			AND (CAST($4 AS TEXT) IS NULL OR EXISTS (SELECT 1 FROM perimeter_member m WHERE m.commune = $4 AND m.perimeter = p.id))
			AND (CAST($5 AS TEXT) IS NULL OR ((p.valid_from IS NULL OR p.valid_from <= $5) AND (p.valid_to IS NULL OR p.valid_to >= $5)))
			AND (p.name_fold > $6 OR (p.name_fold = $6 AND p.id > $7))
		ORDER BY p.name_fold, p.id
		LIMIT $8`,
		PerimeterActive, null(string(f.Kind)), like, null(f.Commune), null(f.Day), f.After.Fold, f.After.ID, limit+1)
	page, err = db.Collect(rows, err, func(r *db.Rows) (p FreePerimeter, err error) {
		var fold, kind string
		err = r.Scan(&p.ID, &p.Rev, &kind, &p.Name, &fold, &p.Holder, &p.From, &p.To, &p.Demo, &p.State, &p.Count)
		p.Kind = PerimeterKind(kind)
		folds = append(folds, fold)
		return p, err
	})
	if err != nil {
		return nil, PerimeterKey{}, err
	}
	if len(page) > limit {
		page = page[:limit]
		next = PerimeterKey{Fold: folds[limit-1], ID: page[limit-1].ID}
	}
	return page, next, nil
}

// MembersOf lists the communes of a perimeter by their index in the tree,
// ascending. A commune that merged since stands for the one it joined.
func MembersOf(ctx context.Context, q db.Q, t *Tree, id string) (_ []int32, err error) {
	defer apperr.Wrap(&err, "MembersOf(%q)", id)
	codes, err := db.Strings(q.Query(ctx, `SELECT commune FROM perimeter_member WHERE perimeter = $1 ORDER BY commune`, id))
	if err != nil {
		return nil, err
	}
	if len(codes) == 0 {
		return nil, t.unknown(Ref{Perimeter, id})
	}
	return t.indexes(codes), nil
}

// MembersOfAll reads the communes of several perimeters, by their ids, in one statement.
// One that nobody knows, or that has no commune left, is not in what it gives.
func MembersOfAll(ctx context.Context, q db.Q, t *Tree, ids []string) (_ map[string][]int32, err error) {
	defer apperr.Wrap(&err, "MembersOfAll")
	out := make(map[string][]int32, len(ids))
	if len(ids) == 0 {
		return out, nil
	}
	args, holes := make([]any, len(ids)), make([]string, len(ids))
	for i, id := range ids {
		args[i], holes[i] = id, "$"+strconv.Itoa(i+1)
	}
	rows, err := q.Query(ctx, `SELECT perimeter, commune FROM perimeter_member WHERE perimeter IN (`+strings.Join(holes, ", ")+`) ORDER BY perimeter, commune`, args...)
	all, err := db.Collect(rows, err, func(r *db.Rows) (x [2]string, err error) { err = r.Scan(&x[0], &x[1]); return x, err })
	if err != nil {
		return nil, err
	}
	codes := map[string][]string{}
	for _, x := range all {
		codes[x[0]] = append(codes[x[0]], x[1])
	}
	for id, list := range codes {
		if at := t.indexes(list); len(at) > 0 {
			out[id] = at
		}
	}
	return out, nil
}

// indexes finds communes by code, through mergers; a code that nobody knows any
// more is left out.
func (t *Tree) indexes(codes []string) []int32 {
	out := make([]int32, 0, len(codes))
	for _, code := range codes {
		if c, ok := t.Successor(code); ok {
			code = c.Code
		}
		if i, ok := t.CommuneIndex(code); ok {
			out = append(out, i)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}
