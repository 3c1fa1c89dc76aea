// Package journal keeps one row for each act of a person: who, for whom, did
// what, to which thing, which then had which revision. It holds ids only: what
// a thing was before and after are its revisions, who a person is stands in the
// accounts, so that erasing somebody leaves the journal as it is. Rows are only
// ever added; a test reads every source of the program for a statement that
// would change or remove one.
package journal

import (
	"context"
	"fmt"
	"iter"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/db"
)

// Entry is one act.
type Entry struct {
	ID        string    // given by Record
	At        time.Time // given by Record
	Actor     string    // account; "" for Jalon itself
	ActingFor string    // account or body on whose behalf, "" for oneself
	Verb      string    // "invite", "propose", "adopt"…
	Kind      string    // of the thing: "cop", "membership"…
	Subject   string    // id of the thing
	Rev       int64     // revision of the thing after the act; 0 when it has none
	COP       string    // "" for what is not of one COP
}

// Tables lists the tables of this package.
func Tables() []db.Table {
	return []db.Table{{Name: "journal", Order: []string{"id"}, Scope: db.COP, Personal: []string{"actor", "acting_for"}, Owner: []string{"actor"}, Free: []string{"acting_for"}}}
}

// Journal records and reads acts. Time, ids and the secret of cursors are
// given.
type Journal struct {
	ids     *db.IDs
	now     func() time.Time
	cursors db.Cursors
}

// New makes a Journal.
func New(ids *db.IDs, now func() time.Time, cursors db.Cursors) *Journal {
	return &Journal{ids: ids, now: now, cursors: cursors}
}

// Record adds an act, in the transaction of the act itself: there is none
// without its row, and no row of an act that was undone. It returns the row's
// id.
func (j *Journal) Record(ctx context.Context, tx db.Q, e Entry) (id string, err error) {
	defer apperr.Wrap(&err, "journal.Record(%s %s)", e.Verb, e.Kind)
	for name, text := range map[string]string{"Verb": e.Verb, "Kind": e.Kind, "Subject": e.Subject, "Actor": e.Actor, "ActingFor": e.ActingFor, "COP": e.COP} {
		if required := name == "Verb" || name == "Kind" || name == "Subject"; required && text == "" {
			return "", fmt.Errorf("journal: %s is empty", name)
		}
		if len(text) > 100 || strings.ContainsAny(text, " \t\r\n") {
			return "", fmt.Errorf("journal: %s is a text (%d bytes), not an id", name, len(text))
		}
	}
	if id, err = j.ids.New(); err != nil {
		return "", err
	}
	_, err = tx.Exec(ctx, `
		INSERT INTO journal (id, at, actor, acting_for, verb, kind, subject, rev, cop_id)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		id, j.now().UnixMilli(), e.Actor, e.ActingFor, e.Verb, e.Kind, e.Subject, e.Rev, e.COP)
	return id, err
}

// Filter chooses acts; a zero field chooses all.
type Filter struct {
	COPs    []string // any of these: what the reader may see; nil for all, empty for none
	Actor   string
	Verb    string
	Kind    string
	Subject string
	From    time.Time
	To      time.Time // excluded
}

// name is the filter as the text that cursors are sealed with.
func (f Filter) name() string {
	v := url.Values{}
	if f.COPs != nil {
		v["cop"] = append([]string{""}, f.COPs...)
	}
	for key, text := range map[string]string{"actor": f.Actor, "verb": f.Verb, "kind": f.Kind, "subject": f.Subject} {
		if text != "" {
			v.Set(key, text)
		}
	}
	for key, at := range map[string]time.Time{"from": f.From, "to": f.To} {
		if !at.IsZero() {
			v.Set(key, strconv.FormatInt(at.UnixMilli(), 10))
		}
	}
	return "journal?" + v.Encode()
}

// query is a text being written with its arguments.
type query struct{ args []any }

func (t *query) bind(arg any) string {
	t.args = append(t.args, arg)
	return "$" + strconv.Itoa(len(t.args))
}

// where writes only the conditions that there are, so that each meets its
// index; the texts are few. Each COP has its own: a list of several is merged
// from lists that are each in order.
func (t *query) where(f Filter, cop *string) string {
	parts := []string{"1 = 1"}
	add := func(condition string, arg any) { parts = append(parts, condition+t.bind(arg)) }
	if cop != nil {
		add("cop_id = ", *cop)
	}
	for _, c := range []struct{ condition, text string }{
		{"actor = ", f.Actor}, {"verb = ", f.Verb}, {"kind = ", f.Kind}, {"subject = ", f.Subject},
	} {
		if c.text != "" {
			add(c.condition, c.text)
		}
	}
	if !f.From.IsZero() {
		add("at >= ", f.From.UnixMilli())
	}
	if !f.To.IsZero() {
		add("at < ", f.To.UnixMilli())
	}
	return strings.Join(parts, " AND ")
}

// cops is one nil for «whatever the COP», or each COP once.
func (f Filter) cops() []*string {
	if f.COPs == nil {
		return []*string{nil}
	}
	var all []*string
	for _, cop := range slices.Compact(slices.Sorted(slices.Values(f.COPs))) {
		all = append(all, &cop)
	}
	return all
}

// Page is a part of a list; Next is the cursor of the part after it, "" at the
// end.
type Page struct {
	Entries []Entry
	Next    string
}

// List returns the acts that f chooses, the newest first, after cursor.
func (j *Journal) List(ctx context.Context, q db.Q, f Filter, cursor string, limit int) (_ Page, err error) {
	defer apperr.Wrap(&err, "journal.List")
	key, err := j.cursors.Open(f.name(), cursor, 2)
	if err != nil {
		return Page{}, err
	}
	var after *Entry
	if key != nil {
		ms, err := strconv.ParseInt(key[0], 10, 64)
		if err != nil {
			return Page{}, err
		}
		after = &Entry{At: time.UnixMilli(ms), ID: key[1]}
	}
	list, err := page(ctx, q, f, after, limit+1)
	if err != nil || len(list) <= limit {
		return Page{Entries: list}, err
	}
	list = list[:limit]
	last := list[limit-1]
	return Page{Entries: list, Next: j.cursors.Seal(f.name(), strconv.FormatInt(last.At.UnixMilli(), 10), last.ID)}, nil
}

const columns = `id, at, actor, acting_for, verb, kind, subject, rev, cop_id`

func page(ctx context.Context, q db.Q, f Filter, after *Entry, limit int) ([]Entry, error) {
	t := &query{}
	var parts []string
	for _, cop := range f.cops() {
		where := t.where(f, cop)
		if after != nil {
			where += " AND (at, id) < (" + t.bind(after.At.UnixMilli()) + ", " + t.bind(after.ID) + ")"
		}
		parts = append(parts, `SELECT `+columns+` FROM (
			SELECT `+columns+`
			FROM journal
			WHERE `+where+`
			ORDER BY at DESC, id DESC
			LIMIT `+t.bind(int64(limit))+`) AS part`)
	}
	if len(parts) == 0 {
		return nil, nil
	}
	rows, err := q.Query(ctx, strings.Join(parts, " UNION ALL ")+` ORDER BY at DESC, id DESC LIMIT `+t.bind(int64(limit)), t.args...)
	return db.Collect(rows, err, func(r *db.Rows) (Entry, error) {
		var e Entry
		var at int64
		err := r.Scan(&e.ID, &at, &e.Actor, &e.ActingFor, &e.Verb, &e.Kind, &e.Subject, &e.Rev, &e.COP)
		e.At = time.UnixMilli(at).UTC()
		return e, err
	})
}

// CountLimit is how far a filtered total is exact.
const CountLimit = 1000

// Count counts the acts that f chooses, up to CountLimit; more says that there
// are others.
func Count(ctx context.Context, q db.Q, f Filter) (n int, more bool, err error) {
	defer apperr.Wrap(&err, "journal.Count")
	t := &query{}
	var parts []string
	for _, cop := range f.cops() {
		parts = append(parts, `SELECT one FROM (SELECT 1 AS one FROM journal WHERE `+t.where(f, cop)+` LIMIT `+t.bind(int64(CountLimit+1))+`) AS part`)
	}
	if len(parts) == 0 {
		return 0, false, nil
	}
	var found int64
	err = q.QueryRow(ctx, `
		SELECT COUNT(*)
		FROM (`+strings.Join(parts, " UNION ALL ")+`) AS chosen`, t.args...).Scan(&found)
	return min(int(found), CountLimit), found > CountLimit, err
}

// All goes through every act that f chooses, the newest first, by pages: memory
// does not grow with them. Give it a db.Snapshot for an export of one instant.
func All(ctx context.Context, q db.Q, f Filter) iter.Seq2[Entry, error] {
	return func(yield func(Entry, error) bool) {
		const size = 500
		var after *Entry
		for {
			list, err := page(ctx, q, f, after, size)
			if err != nil {
				yield(Entry{}, fmt.Errorf("journal.All: %w", err))
				return
			}
			for _, e := range list {
				if !yield(e, nil) {
					return
				}
			}
			if len(list) < size {
				return
			}
			after = &list[size-1]
		}
	}
}

// Header names the columns of an export, in French; Record writes an act in the
// same order, its instant in zone.
func Header() []string {
	return []string{"date", "identifiant", "auteur", "au nom de", "acte", "objet", "identifiant de l’objet", "révision", "COP"}
}

// Record is the act as a row of an export.
func (e Entry) Record(zone *time.Location) []string {
	rev := ""
	if e.Rev != 0 {
		rev = strconv.FormatInt(e.Rev, 10)
	}
	return []string{e.At.In(zone).Format("2006-01-02T15:04:05.000-07:00"), e.ID, e.Actor, e.ActingFor, e.Verb, e.Kind, e.Subject, rev, e.COP}
}
