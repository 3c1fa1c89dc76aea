package action

import (
	"context"
	"encoding/json"
	"regexp"
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
	f := forgetting{email: email, written: regexp.MustCompile(`(?i)` + regexp.QuoteMeta(string(quoted[1:len(quoted)-1])))}
	held := "%" + strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(strings.ToLower(string(quoted[1:len(quoted)-1]))) + "%"
	rows, err := tx.Query(ctx, `SELECT id, rev, body FROM action_version WHERE LOWER(body) LIKE $1 ESCAPE '\' ORDER BY id, rev`, held)
	type version struct {
		id, body string
		rev      int64
	}
	versions, err := db.Collect(rows, err, func(r *db.Rows) (v version, err error) { return v, r.Scan(&v.id, &v.rev, &v.body) })
	if err != nil {
		return err
	}
	for _, v := range versions {
		_, body, err := f.of(v.body)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `UPDATE action_version SET body = $3 WHERE id = $1 AND rev = $2`, v.id, v.rev, body); err != nil {
			return err
		}
	}
	rows, err = tx.Query(ctx, `SELECT `+columns+` FROM action x WHERE LOWER(x.body) LIKE $1 ESCAPE '\' ORDER BY x.id`, held)
	actions, err := collect(rows, err)
	if err != nil {
		return err
	}
	for _, x := range actions {
		if err := f.take(ctx, tx, x); err != nil {
			return err
		}
	}
	if len(versions)+len(actions) == 0 {
		return nil
	}
	_, err = db.Bump(ctx, tx, Version, m.Now())
	return err
}

// forgetting is one address as it is taken out.
type forgetting struct {
	email   string
	written *regexp.Regexp // as a body holds it
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
	out, err := json.Marshal(x)
	if err != nil {
		return x, "", err
	}
	out = f.written.ReplaceAllLiteral(out, []byte(account.ErasedName))
	return x, string(out), json.Unmarshal(out, &x)
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
