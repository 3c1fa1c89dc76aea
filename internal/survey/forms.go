package survey

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io/fs"
	"slices"
	"strings"

	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/questionnaire"
)

// Seed is who published what comes with the program.
const Seed = "jalon"

// National is the questionnaire that comes with the program.
const National = "national-2025"

// nationalFile is its table, in data/.
const nationalFile = "questionnaire-national.json"

// Load publishes the national template of the binary when this installation has
// not got that version yet. A draft that somebody is writing is left as it is.
func (m *Room) Load(ctx context.Context, tables fs.FS) (err error) {
	defer apperr.Wrap(&err, "survey.Load")
	doc, err := fs.ReadFile(tables, nationalFile)
	if err != nil {
		return err
	}
	f, err := questionnaire.Read(doc)
	if err != nil {
		return err
	}
	kept, err := json.Marshal(f)
	if err != nil {
		return err
	}
	return db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		var n int
		if err := tx.QueryRow(ctx, `SELECT COUNT(*) FROM questionnaire_form WHERE code = $1 AND version >= $2`, f.Code, f.Version).Scan(&n); err != nil || n > 0 {
			return err
		}
		if _, err := tx.Exec(ctx, `INSERT INTO questionnaire (code, rev, region, cycle, title, version, doc, state, at) VALUES ($1, 1, '', '', $2, $3, $4, 'published', $5)
			ON CONFLICT (code) DO UPDATE SET rev = questionnaire.rev + 1, title = excluded.title, version = excluded.version, at = excluded.at,
			       doc = CASE WHEN questionnaire.state = 'draft' THEN questionnaire.doc ELSE excluded.doc END`,
			f.Code, f.Title, f.Version, string(kept), m.Now().UnixMilli()); err != nil {
			return err
		}
		x, err := FindQuestionnaire(ctx, tx, f.Code)
		if err != nil {
			return err
		}
		const reason = "Modèle livré avec Jalon."
		if err := m.keepForm(ctx, tx, x, Seed, reason); err != nil {
			return err
		}
		return m.publish(ctx, tx, f, Seed, reason)
	})
}

// publish freezes a version and gives its closed answers their places. It moves
// the version of the room first: two publications then come one after the other.
func (m *Room) publish(ctx context.Context, tx db.Q, f questionnaire.Form, by, reason string) error {
	if _, err := db.Bump(ctx, tx, Version, m.Now()); err != nil {
		return err
	}
	doc, err := json.Marshal(f)
	if err != nil {
		return err
	}
	sum := sha256.Sum256(doc)
	if _, err := tx.Exec(ctx, `INSERT INTO questionnaire_form (code, version, doc, sha256, at, by, reason) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		f.Code, f.Version, string(doc), hex.EncodeToString(sum[:]), m.Now().UnixMilli(), by, reason); err != nil {
		return err
	}
	return allot(ctx, tx, f)
}

// places reads the places of closed answers, each with the codes of its options.
func places(ctx context.Context, q db.Q) (slots questionnaire.Slots, options map[string]string, err error) {
	rows, err := q.Query(ctx, `SELECT slot_key, n, options FROM survey_slot`)
	slots, options = questionnaire.Slots{}, map[string]string{}
	_, err = db.Collect(rows, err, func(r *db.Rows) (struct{}, error) {
		var key, codes string
		var n int
		err := r.Scan(&key, &n, &codes)
		slots[key], options[key] = n, codes
		return struct{}{}, err
	})
	return slots, options, err
}

// allot gives a slot to each closed answer that has none, in the order of the
// form, and adds to the options of those that have one. Answers are packed by the
// place of an option, whatever the questionnaire that asked: a list that does not
// begin by the one that is kept is refused.
func allot(ctx context.Context, tx db.Q, f questionnaire.Form) error {
	slots, kept, err := places(ctx, tx)
	if err != nil {
		return err
	}
	next := 0
	for _, n := range slots {
		next = max(next, n+1)
	}
	options := map[string]string{}
	for _, c := range f.Cells() {
		var codes []string
		for _, o := range c.Options {
			codes = append(codes, o.Code)
			options[c.Key+":"+o.Code] = "0 1"
		}
		options[c.Key] = strings.Join(codes, " ")
	}
	var rows [][]any
	for _, key := range f.Keys() {
		was, there := kept[key]
		switch {
		case !there:
			rows = append(rows, []any{key, next, options[key]})
			kept[key] = options[key]
			next++
		case was == options[key]:
		case !longer(strings.Fields(was), strings.Fields(options[key])):
			return apperr.Conflictf("«\u00a0%s\u00a0» sert déjà, dans un autre questionnaire ou une version ancienne, avec d’autres réponses possibles (%s). Donnez à la question un autre identifiant, ou reprenez ces réponses dans cet ordre.", key, was)
		case len(was) < len(options[key]):
			if _, err := tx.Exec(ctx, `UPDATE survey_slot SET options = $2 WHERE slot_key = $1`, key, options[key]); err != nil {
				return err
			}
		}
	}
	_, err = db.Insert(ctx, tx, "survey_slot", []string{"slot_key", "n", "options"}, rows, "")
	return err
}

// longer reports whether a list goes on from another: the codes that both hold are
// at the same places.
func longer(was, now []string) bool {
	n := min(len(was), len(now))
	return slices.Equal(was[:n], now[:n])
}
