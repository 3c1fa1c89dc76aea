package action

import (
	"bytes"
	"context"
	"encoding/json"
	"regexp"
	"slices"
	"strings"

	"jalon/internal/account"
	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/french"
)

// Erase forgets the views of a person who leaves, in the transaction that erases them;
// those that they shared stay the team's. What they wrote stays, under an id that names
// nobody.
func (m *Room) Erase(ctx context.Context, tx db.Q, person string) (err error) {
	defer apperr.Wrap(&err, "action.Erase")
	if person == "" {
		return nil
	}
	if _, err := tx.Exec(ctx, `DELETE FROM action_view WHERE person = $1 AND shared = $2`, person, false); err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `UPDATE action_view SET rev = rev + 1, person = '' WHERE person = $1`, person)
	return err
}

// EraseAddress takes an address out of actions and of all their versions, with the name
// of the contact that it reaches. Revisions stay: nothing that was decided changes, and a
// list that was retained is still what both heads validated.
func (m *Room) EraseAddress(ctx context.Context, tx db.Q, email string) (err error) {
	defer apperr.Wrap(&err, "action.EraseAddress")
	if email = strings.ToLower(strings.TrimSpace(email)); email == "" {
		return nil
	}
	quoted, err := json.Marshal(email)
	if err != nil {
		return err
	}
	text := strings.ToLower(string(quoted[1 : len(quoted)-1]))
	f := forgetting{email: email, written: regexp.MustCompile(`(?i)(^|[^\pL\pN._%+-])` + regexp.QuoteMeta(email) + `($|[^\pL\pN.-]|\.$|\.[^\pL\pN])`)}
	rows, err := tx.Query(ctx, `SELECT id, rev, body FROM action_version WHERE REPLACE(LOWER(body), $1, '') <> LOWER(body) ORDER BY id, rev`, text)
	type version struct {
		id, body string
		rev      int64
	}
	versions, err := db.Collect(rows, err, func(r *db.Rows) (v version, err error) { return v, r.Scan(&v.id, &v.rev, &v.body) })
	if err != nil || len(versions) == 0 {
		return err
	}
	var ids []string // an action says what its last version says
	for _, v := range versions {
		ids = append(ids, v.id)
		_, body, err := f.of(v.body)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `UPDATE action_version SET body = $3 WHERE id = $1 AND rev = $2`, v.id, v.rev, body); err != nil {
			return err
		}
	}
	for _, id := range slices.Compact(ids) {
		x, err := lock(ctx, tx, id)
		if err != nil {
			return err
		}
		if err := f.take(ctx, tx, x); err != nil {
			return err
		}
	}
	_, err = db.Bump(ctx, tx, Version, m.Now())
	return err
}

// forgetting is one address as it is taken out.
type forgetting struct {
	email   string
	written *regexp.Regexp // in a text, alone: not the end of a longer one
}

// of is an action as a body holds it, without the address.
func (f forgetting) of(body string) (x Action, _ string, err error) {
	if err := json.Unmarshal([]byte(body), &x); err != nil {
		return x, "", err
	}
	if strings.EqualFold(strings.TrimSpace(x.Email), f.email) {
		name := french.Fold(x.Contact)
		x.Email, x.Contact = "", ""
		same := func(s string) bool { return name != "" && french.Fold(s) == name }
		if same(x.Referent) {
			x.Referent = ""
		}
		for i := range x.Tasks {
			if same(x.Tasks[i].Who) {
				x.Tasks[i].Who = account.ErasedName
			}
		}
	}
	all, err := json.Marshal(x)
	if err != nil {
		return x, "", err
	}
	var value any
	d := json.NewDecoder(bytes.NewReader(all))
	d.UseNumber()
	if err := d.Decode(&value); err != nil {
		return x, "", err
	}
	if all, err = json.Marshal(f.within(value)); err != nil {
		return x, "", err
	}
	x = Action{}
	if err := json.Unmarshal(all, &x); err != nil {
		return x, "", err
	}
	all, err = json.Marshal(x)
	return x, string(all), err
}

// within takes the address out of all texts of a value.
func (f forgetting) within(v any) any {
	switch v := v.(type) {
	case string:
		for f.written.MatchString(v) { // two in a row share what stands between them
			v = f.written.ReplaceAllString(v, "${1}"+account.ErasedName+"${2}")
		}
		return v
	case []any:
		for i := range v {
			v[i] = f.within(v[i])
		}
	case map[string]any:
		for k := range v {
			v[k] = f.within(v[k])
		}
	}
	return v
}

// take writes an action without the address, at the revision where it is.
func (f forgetting) take(ctx context.Context, tx db.Q, was Action) error {
	text, err := json.Marshal(was)
	if err != nil {
		return err
	}
	x, body, err := f.of(string(text))
	if err != nil {
		return err
	}
	x.Rev = was.Rev
	if _, err := tx.Exec(ctx, `UPDATE action SET title = $2, sort = $3, holder = $4, complete = $5, body = $6 WHERE id = $1`, x.ID, x.Title, french.SortKey(x.Title), x.Holder.Name, int64(x.Completeness().Points), body); err != nil {
		return err
	}
	return x.index(ctx, tx)
}
