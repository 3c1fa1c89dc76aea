package survey

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io/fs"
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
// not got that version yet.
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
	return db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		var n int
		if err := tx.QueryRow(ctx, `SELECT COUNT(*) FROM questionnaire_form WHERE code = $1 AND version = $2`, f.Code, f.Version).Scan(&n); err != nil || n > 0 {
			return err
		}
		if _, err := tx.Exec(ctx, `INSERT INTO questionnaire (code, rev, region, cycle, title, version, doc, state, at) VALUES ($1, 1, '', '', $2, $3, $4, 'published', $5)
			ON CONFLICT (code) DO UPDATE SET rev = questionnaire.rev + 1, title = excluded.title, version = excluded.version, doc = excluded.doc, at = excluded.at`,
			f.Code, f.Title, f.Version, string(doc), m.Now().UnixMilli()); err != nil {
			return err
		}
		return m.publish(ctx, tx, f, Seed, "Modèle livré avec Jalon.")
	})
}

// publish freezes a version and gives its closed answers their places.
func (m *Room) publish(ctx context.Context, tx db.Q, f questionnaire.Form, by, reason string) error {
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

// allot gives a slot to each closed answer that has none, in the order of the
// form. Two publications at once meet on the unique key of n: the second is told.
func allot(ctx context.Context, tx db.Q, f questionnaire.Form) error {
	slots, err := Slots(ctx, tx)
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
		if _, ok := slots[key]; ok {
			continue
		}
		slots[key] = next
		rows = append(rows, []any{key, next, options[key]})
		next++
	}
	_, err = db.Insert(ctx, tx, "survey_slot", []string{"slot_key", "n", "options"}, rows, "")
	return err
}
