package knowledge

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"

	"jalon/internal/apperr"
	"jalon/internal/db"
)

// withdrawn is what is said of an item that its author took out of a later version
// of the answer that gave it.
const withdrawn = "Retiré par son auteur dans une version suivante de sa réponse."

// stands is what is said of one that the team had retained by then.
const stands = "L’auteur ne le dit plus dans la dernière version de sa réponse\u00a0; l’équipe l’avait retenu, il reste."

// Retract takes back what Propose brought, when what it was made from does not say
// it any more. One that the team has not judged is set aside; one that it retained,
// or set aside itself, stays as the team decided, and says that its author dropped
// it. Given again, it comes back to be examined. Give it the transaction of the job.
func (m *Room) Retract(ctx context.Context, tx db.Q, origin, by string) (changed bool, err error) {
	defer apperr.Wrap(&err, "knowledge.Retract(%s)", origin)
	if origin == "" {
		return false, errors.New("knowledge: an origin names one thing")
	}
	err = m.change(ctx, tx, func(ctx context.Context, tx db.Q) error {
		n, err := tx.Exec(ctx, `UPDATE knowledge_item SET rev = rev + 1, said = CASE WHEN state = 'retained' THEN $2 ELSE $3 END, state = CASE WHEN state = 'retained' THEN state ELSE 'set_aside' END
			WHERE origin = $1 AND state IN ('proposed', 'incomplete', 'retained') AND said NOT IN ($2, $3)`, origin, stands, withdrawn)
		if err != nil || n == 0 {
			return err
		}
		x, err := scanItem(tx.QueryRow(ctx, `SELECT `+itemColumns+` FROM knowledge_item i WHERE i.origin = $1`, origin))
		if err != nil {
			return err
		}
		changed = true
		return m.kept(ctx, tx, by, "withdraw", "knowledge_item", string(x.Kind), x.ID, x.Rev, "retiré de la réponse au questionnaire", x)
	})
	return changed, err
}

// dropped reports whether an item waits for its author to say it again.
func (x Item) dropped() bool { return x.Said == withdrawn || x.Said == stands }

// again brings back an item that its author dropped and says once more, word for
// word: to be examined, or retained as it was.
func (m *Room) again(ctx context.Context, tx db.Q, by string, was Item) (Item, error) {
	if _, err := tx.Exec(ctx, `UPDATE knowledge_item SET rev = rev + 1, said = '', state = CASE WHEN state = 'retained' THEN state ELSE 'proposed' END WHERE id = $1`, was.ID); err != nil {
		return was, err
	}
	x, err := oneItem(ctx, tx, was.ID)
	if err != nil {
		return x, err
	}
	return x, m.kept(ctx, tx, by, "return", "knowledge_item", string(x.Kind), x.ID, x.Rev, "revenu dans la réponse au questionnaire", x)
}

// What the versions that an answer gave say of why they are there.
const (
	fromAnswer     = "réponse au questionnaire"
	fromCorrection = "correction de la réponse au questionnaire"
)

// given is an item as the answer that it comes from last gave it, whatever the team
// has corrected since.
func given(ctx context.Context, q db.Q, was Item) (x Item, err error) {
	var body string
	if err := q.QueryRow(ctx, `SELECT v.body FROM knowledge_item_version v WHERE v.id = $1 AND v.reason IN ($2, $3) ORDER BY v.rev DESC LIMIT 1`, was.ID, fromAnswer, fromCorrection).Scan(&body); err != nil {
		if errors.Is(err, sql.ErrNoRows) {
			return was, nil
		}
		return x, err
	}
	return x, json.Unmarshal([]byte(body), &x)
}

// Origins lists what a prefix of origins brought: all that one answer gave. It takes
// their rows until the transaction ends, before any change moves the version of
// public pages: whoever judges one meanwhile takes the same things in the same order.
func Origins(ctx context.Context, tx db.Q, prefix string) ([]string, error) {
	if _, err := tx.Exec(ctx, `UPDATE knowledge_item SET rev = rev WHERE origin >= $1 AND origin < $2`, prefix, prefix+"\u007f"); err != nil {
		return nil, err
	}
	rows, err := tx.Query(ctx, `SELECT i.origin FROM knowledge_item i WHERE i.origin >= $1 AND i.origin < $2 ORDER BY i.origin`, prefix, prefix+"\u007f")
	return db.Collect(rows, err, func(r *db.Rows) (s string, err error) { return s, r.Scan(&s) })
}
