package account

import (
	"context"
	"encoding/json"
	"strconv"
	"strings"

	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/french"
	"jalon/internal/policy"
)

// OrgFilter chooses organisations; a zero field chooses all.
type OrgFilter struct {
	Query      string // words of the name, a SIREN, or a code
	Kind       OrgKind
	Region     string
	Department string
}

// OrgPage is a part of the list. Total is exact up to OrgCounted; More says that
// there are others.
type OrgPage struct {
	Rows  []Organisation
	Next  string
	Total int64
	More  bool
}

// OrgCounted is how far a list counts.
const OrgCounted = 1000

// binder writes the conditions of a listing.
type binder struct {
	text strings.Builder
	args []any
}

func (b *binder) bind(v any) string {
	b.args = append(b.args, v)
	return "$" + strconv.Itoa(len(b.args))
}

func (b *binder) in(values []string) string {
	marks := make([]string, len(values))
	for i, v := range values {
		marks[i] = b.bind(v)
	}
	return "(" + strings.Join(marks, ", ") + ")"
}

func (b *binder) and(text string) {
	if b.text.Len() > 0 {
		b.text.WriteString(" AND ")
	}
	b.text.WriteString(text)
}

// allowed is what an actor may read, as a condition on organisation o.
func (b *binder) allowed(f policy.Filter, regions []string) {
	if f.All {
		b.and("TRUE")
		return
	}
	var any []string
	for _, s := range []struct {
		column, scale string
		codes         []string
	}{{"o.region", "region", regions}, {"o.department", "department", f.Departments}} {
		if len(s.codes) > 0 {
			any = append(any, s.column+" IN "+b.in(s.codes),
				"o.id IN (SELECT r.organisation FROM organisation_reach r WHERE r.scale = '"+s.scale+"' AND r.code IN "+b.in(s.codes)+")")
		}
	}
	if len(f.Orgs) > 0 {
		any = append(any, "o.id IN "+b.in(f.Orgs))
	}
	if len(any) == 0 {
		any = []string{"FALSE"}
	}
	b.and("(" + strings.Join(any, " OR ") + ")")
}

func (b *binder) chosen(f OrgFilter) {
	for _, c := range []struct{ column, value string }{{"o.kind", string(f.Kind)}, {"o.region", f.Region}, {"o.department", f.Department}} {
		if c.value != "" {
			b.and(c.column + " = " + b.bind(c.value))
		}
	}
	text := strings.TrimSpace(f.Query)
	if text == "" {
		return
	}
	if digits := strings.Join(strings.Fields(text), ""); french.ValidSIREN(digits) {
		b.and("o.siren = " + b.bind(digits))
		return
	}
	words := strings.Fields(french.Fold(text))
	if len(words) == 0 {
		b.and("FALSE")
		return
	}
	names := make([]string, 0, 6)
	for _, w := range words[:min(len(words), 6)] {
		names = append(names, "o.name_fold LIKE "+b.bind("%"+w+"%"))
	}
	b.and("(" + strings.Join(names, " AND ") + " OR o.id = " + b.bind(text) + ")")
}

// reading is the condition that every listing of organisations bears.
func (m *Room) reading(ctx context.Context, q db.Q, by policy.Actor, v policy.Verb, f OrgFilter) (*binder, error) {
	allowed := policy.Where(by, v, policy.Organisation)
	if allowed.None() {
		return nil, policy.Check(policy.Actor{}, policy.Read, policy.Thing{Kind: policy.Organisation})
	}
	var regions []string
	var err error
	if len(allowed.COPs) > 0 && !allowed.All {
		if regions, err = m.RegionsOf(ctx, q, allowed.COPs); err != nil {
			return nil, err
		}
	}
	b := &binder{}
	b.allowed(allowed, regions)
	b.chosen(f)
	return b, nil
}

// Organisations lists those that an actor may read, by name.
func (m *Room) Organisations(ctx context.Context, q db.Q, by policy.Actor, f OrgFilter, cursor string, limit int) (p OrgPage, err error) {
	defer apperr.Wrap(&err, "account.Organisations")
	name, err := json.Marshal(f)
	if err != nil {
		return p, err
	}
	list := "organisations" + string(name)
	key, err := m.Cursors.Open(list, cursor, 2)
	if err != nil {
		return p, err
	}
	b, err := m.reading(ctx, q, by, policy.Read, f)
	if err != nil {
		return p, err
	}
	if err := q.QueryRow(ctx, `SELECT COUNT(*) FROM (SELECT o.id FROM organisation o WHERE `+b.text.String()+` LIMIT `+strconv.Itoa(OrgCounted+1)+`) AS t`, b.args...).Scan(&p.Total); err != nil {
		return p, err
	}
	if p.More = p.Total > OrgCounted; p.More {
		p.Total = OrgCounted
	}
	if key != nil {
		sort, id := b.bind(key[0]), b.bind(key[1])
		b.and("(o.sort_key > " + sort + " OR o.sort_key = " + sort + " AND o.id > " + id + ")")
	}
	rows, err := q.Query(ctx, `SELECT o.sort_key, `+orgColumns+` FROM organisation o WHERE `+b.text.String()+` ORDER BY o.sort_key, o.id LIMIT `+strconv.Itoa(limit+1), b.args...)
	var keys []string
	p.Rows, err = db.Collect(rows, err, func(r *db.Rows) (Organisation, error) {
		var key string
		o, err := scanOrg(keyed{r, &key})
		keys = append(keys, key)
		return o, err
	})
	if err != nil || len(p.Rows) <= limit {
		return p, err
	}
	p.Rows = p.Rows[:limit]
	p.Next = m.Cursors.Seal(list, keys[limit-1], p.Rows[limit-1].ID)
	return p, nil
}

// keyed reads one more column before those of the row.
type keyed struct {
	r   interface{ Scan(...any) error }
	key *string
}

// Scan reads a row with its key in front.
func (k keyed) Scan(dest ...any) error { return k.r.Scan(append([]any{k.key}, dest...)...) }

// Grantable finds the organisations over which an actor may give roles, by
// words, SIREN or code, at most limit of them; those of the exact name or code
// come alone when there are some.
func (m *Room) Grantable(ctx context.Context, q db.Q, by policy.Actor, text string, limit int) (found []Organisation, err error) {
	defer apperr.Wrap(&err, "account.Grantable")
	text = strings.TrimSpace(text)
	if text == "" {
		return nil, nil
	}
	p, err := m.Organisations(ctx, q, by, OrgFilter{Query: text}, "", limit)
	if err != nil {
		return nil, err
	}
	for _, o := range p.Rows {
		if o.State == OrgActive && (o.ID == text || french.Fold(o.Name) == french.Fold(text)) {
			found = append(found, o)
		}
	}
	if len(found) > 0 {
		return found, nil
	}
	for _, o := range p.Rows {
		if o.State == OrgActive {
			found = append(found, o)
		}
	}
	return found, nil
}

// Named finds by the words of their name the organisations of the State's own lists
// that have their seat in a region or are of the nation: public bodies, whose names
// anybody may read. What teams added is not among them.
func Named(ctx context.Context, q db.Q, region, text string, limit int) (_ []Organisation, err error) {
	defer apperr.Wrap(&err, "account.Named")
	b := &binder{}
	b.and("o.state = " + b.bind(OrgActive) + " AND o.origin IN ('tree', 'table') AND o.region IN (" + b.bind(region) + ", '')")
	b.chosen(OrgFilter{Query: text})
	rows, err := q.Query(ctx, `SELECT `+orgColumns+` FROM organisation o WHERE `+b.text.String()+` ORDER BY o.sort_key, o.id LIMIT `+strconv.Itoa(limit), b.args...)
	return db.Collect(rows, err, func(r *db.Rows) (Organisation, error) { return scanOrg(r) })
}
