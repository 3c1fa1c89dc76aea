package objective

import (
	"context"
	"encoding/json"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/french"
	"jalon/internal/panorama"
)

// snapshot is what a version keeps.
type snapshot struct {
	Objective
	Dissents []Dissent `json:"dissents"`
}

// Past is an objective as it stood at a revision, with its dissent.
type Past struct {
	Rev       int64
	At        time.Time
	By        string
	Reason    string
	Objective Objective
	Dissents  []Dissent
}

// Versions lists those of an objective, the newest first.
func Versions(ctx context.Context, q db.Q, id string) (_ []Past, err error) {
	defer apperr.Wrap(&err, "objective.Versions(%q)", id)
	rows, err := q.Query(ctx, `SELECT rev, at, by, reason, body FROM objective_version WHERE id = $1 ORDER BY rev DESC`, id)
	return db.Collect(rows, err, func(r *db.Rows) (Past, error) { return scanPast(r) })
}

func scanPast(r interface{ Scan(...any) error }) (v Past, err error) {
	var instant int64
	var body string
	if err := r.Scan(&v.Rev, &instant, &v.By, &v.Reason, &body); err != nil {
		return v, err
	}
	v.At = time.UnixMilli(instant).UTC()
	var s snapshot
	if err := json.Unmarshal([]byte(body), &s); err != nil {
		return v, err
	}
	v.Objective, v.Dissents = s.Objective, s.Dissents
	v.Objective.Rev = v.Rev
	return v, nil
}

// versionAt reads one version of an objective.
func versionAt(ctx context.Context, q db.Q, id string, rev int64) (Past, error) {
	v, err := scanPast(q.QueryRow(ctx, `SELECT rev, at, by, reason, body FROM objective_version WHERE id = $1 AND rev = $2`, id, rev))
	return v, db.OrNotFound(err, "Cette version n’existe pas.")
}

// Difference is one thing that changed between two versions, in words.
type Difference struct{ What, From, To string }

// Diff tells what changed from a version to the next; the zero Past is that of an
// objective nobody had written.
func Diff(from, to Past) (out []Difference) {
	add := func(what, a, b string) {
		if a != b {
			out = append(out, Difference{what, a, b})
		}
	}
	add("Valeur", valueBefore(from), to.Objective.Value.Text())
	add("État", stateBefore(from), to.Objective.State.Name())
	add("Valeur partagée", sharedText(from.Objective), sharedText(to.Objective))
	held := map[string]Dissent{}
	for _, d := range from.Dissents {
		held[d.ID] = d
	}
	for _, d := range to.Dissents {
		add("Désaccord de "+d.Who(), dissentText(held[d.ID]), dissentText(d))
	}
	return out
}

func valueBefore(v Past) string {
	if v.Rev == 0 {
		return ""
	}
	return v.Objective.Value.Text()
}

func stateBefore(v Past) string {
	if v.Rev == 0 {
		return Offered.Name()
	}
	return v.Objective.State.Name()
}

func sharedText(o Objective) string {
	if o.SharedRev == 0 {
		return ""
	}
	return o.SharedValue.Text()
}

func dissentText(d Dissent) string {
	switch {
	case d.ID == "":
		return ""
	case d.State == DissentLifted:
		return "levé"
	case d.Typed == "":
		return "exprimé, sans autre valeur"
	}
	return "tient pour " + d.Value.Text()
}

// Text writes a value in both measures: «1 234,5 ktCO₂e, soit 459,7 milliers de
// véhicules». An increase of emissions says so.
func (v Value) Text() string {
	kt := ""
	if v.Kg.Known {
		kt = KtText(v.Kg.Kg)
	}
	level := v.LevelText()
	switch {
	case kt == "":
		return level
	case level == "":
		return kt
	}
	return kt + ", soit " + level
}

// LevelText writes the level with its unit, empty when there is none.
func (v Value) LevelText() string {
	if !v.Level.Known {
		return ""
	}
	return LevelNumber(v.Level.V) + nb + v.Unit
}

// LevelNumber writes a level with the decimals that it has.
func LevelNumber(level float64) string {
	d := 0
	for d < mostDecimals && french.Round(level, d) != french.Round(level, mostDecimals) {
		d++
	}
	return french.Number(level, d)
}

// KtText writes a mass in exact kilotonnes, and says what a negative one means.
func KtText(kg panorama.Kg) string {
	text := KtNumber(kg) + nb + "ktCO₂e"
	if kg < 0 {
		text += " (hausse des émissions)"
	}
	return text
}

// KtNumber writes a mass as a number of kilotonnes, with the decimals that it has up
// to the kilogram.
func KtNumber(kg panorama.Kg) string { return LevelNumber(kg.Kt()) }
