package action

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/policy"
)

// contactWord is what an action is found by for its contact: no word that people type is
// written so, and it does not tell the address.
func contactWord(email string) string {
	sum := sha256.Sum256([]byte(strings.ToLower(strings.TrimSpace(email))))
	return "@" + hex.EncodeToString(sum[:16])
}

// found is all that an action is found by: its words, and whom it names as its contact.
func (x Action) found() []string {
	out := x.words()
	if strings.TrimSpace(x.Email) != "" {
		out = append(out, contactWord(x.Email))
	}
	return out
}

// mostMine bounds the actions that somebody's own page lists.
const mostMine = 30

// Mine lists the actions that somebody wrote, that an organisation of theirs holds, or
// whose contact they are by their address, as far as they may read them; the last that
// changed first. More tells that there are others.
func Mine(ctx context.Context, q db.Q, a policy.Actor, email string) (out []Action, more bool, err error) {
	defer apperr.Wrap(&err, "action.Mine")
	if a.Person == "" {
		return nil, false, nil
	}
	var b binder
	var orgs []string
	for _, g := range a.Grants {
		if g.Org != "" {
			orgs = append(orgs, g.Org)
		}
	}
	own := `SELECT id FROM action WHERE author = ` + b.bind(a.Person) + ` UNION SELECT id FROM action WHERE holder_org IN (` + b.in(orgs) + `)`
	if email != "" {
		own += ` UNION SELECT action_id FROM action_word WHERE word = ` + b.bind(contactWord(email))
	}
	may, _ := readable(a, Filter{}, &b)
	rows, err := q.Query(ctx, `SELECT `+columns+` FROM action x WHERE x.id IN (`+own+`) AND x.state NOT IN ('`+hiddenState+`', 'merged', 'withdrawn') AND `+may+` ORDER BY x.changed DESC, x.id LIMIT `+b.bind(int64(mostMine)+1), b.args...)
	if out, err = collect(rows, err); err != nil {
		return nil, false, err
	}
	if len(out) > mostMine {
		return out[:mostMine], true, nil
	}
	return out, false, nil
}
