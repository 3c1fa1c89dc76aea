package account

import (
	"context"
	"encoding/base64"
	"slices"
	"strconv"
	"strings"

	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/policy"
)

// exportMost is how many rows of one table an export holds; it says when there
// are more.
const exportMost = 10_000

// OwnTable is what one table holds about a person.
type OwnTable struct {
	Table   string           `json:"table"`
	About   bool             `json:"about"` // rows about them; else those where they only acted
	Rows    []map[string]any `json:"rows"`
	More    bool             `json:"more,omitempty"` // there are more rows than an export holds
	Columns []string         `json:"-"`
}

// OwnData is all that the database holds about a person.
type OwnData struct {
	Account string     `json:"account"`
	Email   string     `json:"email"`
	At      string     `json:"at"`
	Tables  []OwnTable `json:"tables"`
}

// Export gathers what every table that a room lists holds about whoever asks:
// the whole of the rows about them, and of the rows where they only acted, that
// they did. What opens a door is left out, and what is about others too.
func (m *Room) Export(ctx context.Context, by policy.Actor) (out OwnData, err error) {
	defer apperr.Wrap(&err, "account.Export")
	if err := policy.Check(by, policy.Export, policy.Thing{Kind: policy.Self, Author: by.Person}); err != nil {
		return out, err
	}
	a, err := Find(ctx, m.DB, by.Person)
	if err != nil {
		return out, err
	}
	out = OwnData{Account: a.ID, Email: a.Email, At: m.Now().UTC().Format("2006-01-02T15:04:05Z")}
	for _, t := range readingOrder(m.Tables) {
		columns, err := db.Columns(ctx, m.DB, t.Name)
		if err != nil {
			return out, err
		}
		for _, about := range []bool{true, false} {
			part, err := ownRows(ctx, m.DB, t, columns, m.Through, a, about)
			if err != nil {
				return out, err
			}
			if len(part.Rows) > 0 {
				out.Tables = append(out.Tables, part)
			}
		}
	}
	return out, nil
}

// readingOrder puts first what a person looks for first: their account, then what
// rooms hold of it.
func readingOrder(tables []db.Table) []db.Table {
	ours := func(t db.Table) bool {
		return slices.ContainsFunc(Tables(), func(x db.Table) bool { return x.Name == t.Name })
	}
	out := slices.Clone(tables)
	slices.SortStableFunc(out, func(a, b db.Table) int {
		switch {
		case ours(a) == ours(b):
			return 0
		case ours(a):
			return -1
		}
		return 1
	})
	return out
}

// ownRows reads the rows of a table about a person, or those where they only
// acted: of these, the key, when, and the columns that name them.
func ownRows(ctx context.Context, q db.Q, t db.Table, columns []db.Column, through map[string]string, a Account, about bool) (out OwnTable, err error) {
	out = OwnTable{Table: t.Name, About: about}
	var named []string // the columns that may hold the person
	for _, c := range columns {
		if c.Type == db.Text && slices.Contains(t.Personal, c.Name) && !slices.Contains(t.Free, c.Name) && slices.Contains(t.Owner, c.Name) == about {
			named = append(named, c.Name)
		}
	}
	if about {
		for _, c := range columns {
			if through[c.Name] != "" {
				named = append(named, c.Name)
			}
		}
	}
	if len(named) == 0 {
		return out, nil
	}
	isThem := func(names []string) string {
		var any []string
		for _, n := range names {
			if ids := through[n]; ids != "" {
				any = append(any, n+` IN (`+ids+`)`)
			} else {
				any = append(any, n+` IN ($1, $2)`)
			}
		}
		return `(` + strings.Join(any, ` OR `) + `)`
	}
	where := isThem(named)
	if !about && len(t.Owner) > 0 {
		where += ` AND NOT ` + isThem(t.Owner)
	}
	var shown []db.Column
	for _, c := range columns {
		when := c.Type == db.BigInt && (c.Name == "at" || strings.HasSuffix(c.Name, "_at"))
		if slices.Contains(t.Secret, c.Name) || !about && c.Key == 0 && !when && !slices.Contains(named, c.Name) {
			continue
		}
		shown = append(shown, c)
		out.Columns = append(out.Columns, c.Name)
	}
	rows, err := q.Query(ctx, `SELECT `+strings.Join(out.Columns, `, `)+` FROM `+t.Name+` WHERE `+where+` ORDER BY `+strings.Join(t.Order, `, `)+` LIMIT `+strconv.Itoa(exportMost+1), a.ID, a.Email)
	out.Rows, err = db.Collect(rows, err, func(r *db.Rows) (map[string]any, error) {
		cells := make([]any, len(shown))
		into := make([]any, len(shown))
		for i := range cells {
			into[i] = &cells[i]
		}
		if err := r.Scan(into...); err != nil {
			return nil, err
		}
		row := map[string]any{}
		for i, c := range shown {
			row[c.Name] = plain(c.Type, cells[i])
			if s, ok := row[c.Name].(string); ok && !about && c.Key == 0 && slices.Contains(named, c.Name) && s != a.ID && s != a.Email {
				delete(row, c.Name) // who else acted is not theirs to take away
			}
		}
		return row, nil
	})
	if len(out.Rows) > exportMost {
		out.Rows, out.More = out.Rows[:exportMost], true
	}
	return out, err
}

// plain is a cell the same on both engines.
func plain(t db.Type, v any) any {
	switch x := v.(type) {
	case []byte:
		if t == db.Bytes {
			return base64.StdEncoding.EncodeToString(x)
		}
		return string(x)
	case int64:
		if t == db.Bool {
			return x != 0
		}
	}
	return v
}
