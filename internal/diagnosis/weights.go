package diagnosis

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"math"
	"strings"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/french"
	"jalon/internal/journal"
	"jalon/internal/policy"
)

// Weights are those that the team of a COP gives to the criteria. Rev is zero for
// those that Jalon proposes, which nobody has changed.
type Weights struct {
	ID  string `json:"-"`
	Rev int64  `json:"rev"`
	// By is the weight of each criterion, from 0 to 10; Turned those whose sense the
	// team turned: more of it then pleads for putting the lever last.
	By     map[Criterion]float64 `json:"by"`
	Turned map[Criterion]bool    `json:"turned"`
}

// MostWeight is the largest weight.
const MostWeight = 10

// ProposedWeights are those that Jalon proposes: what is measured counts twice what
// is counted.
func ProposedWeights() Weights {
	return Weights{By: map[Criterion]float64{Gap: 2, Pace: 2, Size: 2, Family: 2, Obstacles: 1, Strong: 1}, Turned: map[Criterion]bool{}}
}

// Share is the part of the weights that a criterion has, 0 to 1.
func (w Weights) Share(c Criterion) float64 {
	for i, r := range Criteria() {
		if r.Code == c {
			return w.shares()[i]
		}
	}
	return 0
}

// Text writes the weight of a criterion: 2, or 1,5.
func (w Weights) Text(c Criterion) string {
	text := french.Number(w.By[c], 2)
	return strings.TrimSuffix(strings.TrimRight(text, "0"), ",")
}

// Name says whose weights these are.
func (w Weights) Name() string {
	if w.Rev == 0 {
		return "poids proposés par Jalon"
	}
	return "poids de l’équipe, version " + french.Integer(w.Rev)
}

// shares are the weights in the order of the criteria, that add up to 1.
func (w Weights) shares() []float64 {
	out := make([]float64, 0, len(w.By))
	for _, c := range Criteria() {
		out = append(out, w.By[c.Code])
	}
	return normal(out)
}

func (w Weights) check() error {
	var faults ThemeFaults
	sum := 0.0
	for _, c := range Criteria() {
		v := w.By[c.Code]
		if v < 0 || v > MostWeight || math.IsNaN(v) {
			faults.add(string(c.Code), "Un poids va de 0 à 10.")
		}
		sum += v
		if w.Turned[c.Code] && !c.Turns {
			faults.add(string(c.Code), "Le sens de ce critère ne se change pas.")
		}
	}
	if len(faults) == 0 && sum == 0 {
		faults.add(string(Gap), "Donnez un poids à un critère au moins\u00a0: sans poids, il n’y a pas de score.")
	}
	return faults.err()
}

// WeightsOf are those of a COP, as they are now.
func WeightsOf(ctx context.Context, q db.Q, copID string) (_ Weights, err error) {
	defer apperr.Wrap(&err, "diagnosis.WeightsOf(%s)", copID)
	w, body := Weights{}, ""
	err = q.QueryRow(ctx, `SELECT id, rev, body FROM diagnosis_weights WHERE cop_id = $1`, copID).Scan(&w.ID, &w.Rev, &body)
	if errors.Is(err, db.ErrNoRows) {
		return ProposedWeights(), nil
	}
	if err != nil {
		return w, err
	}
	rev := w.Rev
	err = json.Unmarshal([]byte(body), &w)
	w.Rev = rev
	return w, err
}

// SaveWeights keeps what the team weighs, as it read it at a revision: zero for the
// weights that Jalon proposes.
func (m *Room) SaveWeights(ctx context.Context, a policy.Actor, copID string, in Weights, reason string) (w Weights, err error) {
	defer apperr.Wrap(&err, "diagnosis.SaveWeights(%s)", copID)
	c, err := cop.Find(ctx, m.DB, copID)
	if err != nil {
		return w, err
	}
	if err := policy.Check(a, policy.Edit, c.Thing(policy.Theme)); err != nil {
		return w, err
	}
	// What counts is what pages write: two decimals.
	by := map[Criterion]float64{}
	for c, v := range in.By {
		if by[c] = v; !math.IsNaN(v) && math.Abs(v) <= MostWeight {
			by[c] = french.Round(v, 2)
		}
	}
	in.By = by
	if err := in.check(); err != nil {
		return w, err
	}
	if err := themeText("reason", "Pourquoi", reason, 2_000, true); err != nil {
		return w, err
	}
	w = Weights{ID: in.ID, Rev: in.Rev + 1, By: in.By, Turned: maps.Clone(in.Turned)}
	err = db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		body, err := json.Marshal(w)
		if err != nil {
			return err
		}
		var n int64
		if in.Rev == 0 {
			if w.ID, err = m.IDs.New(); err != nil {
				return err
			}
			n, err = db.Insert(ctx, tx, "diagnosis_weights", []string{"id", "rev", "cop_id", "body"}, [][]any{{w.ID, w.Rev, copID, string(body)}}, "ON CONFLICT (cop_id) DO NOTHING")
		} else {
			n, err = tx.Exec(ctx, `UPDATE diagnosis_weights SET rev = rev + 1, body = $3 WHERE cop_id = $1 AND rev = $2`, copID, in.Rev, string(body))
		}
		if err != nil {
			return err
		}
		if n == 0 {
			return errThemeMoved("les poids")
		}
		if err := tx.QueryRow(ctx, `SELECT id FROM diagnosis_weights WHERE cop_id = $1`, copID).Scan(&w.ID); err != nil {
			return err
		}
		return m.themeKept(ctx, tx, a.Person, "edit", "diagnosis_weights", w.ID, w.Rev, copID, reason, w)
	})
	return w, err
}

// WeightsHistory lists what the weights of a COP were, the last first.
func WeightsHistory(ctx context.Context, q db.Q, id string) (_ []Past[Weights], err error) {
	defer apperr.Wrap(&err, "diagnosis.WeightsHistory(%s)", id)
	return pastOf[Weights](ctx, q, "diagnosis_weights", id)
}

// themeKept writes a version and its row of the journal, and moves what the public
// pages of this room are kept by as its last statement.
func (m *Room) themeKept(ctx context.Context, tx db.Q, by, verb, table, id string, rev int64, copID, reason string, body any) error {
	if err := m.themeVersion(ctx, tx, by, verb, table, id, rev, copID, reason, body); err != nil {
		return err
	}
	_, err := db.Bump(ctx, tx, Version, m.Now())
	return err
}

// themeVersion is themeKept before its last statement.
func (m *Room) themeVersion(ctx context.Context, tx db.Q, by, verb, table, id string, rev int64, copID, reason string, body any) error {
	text, err := json.Marshal(body)
	if err != nil {
		return err
	}
	if _, err := db.Insert(ctx, tx, table+"_version", []string{"id", "rev", "at", "by", "reason", "body"}, [][]any{{id, rev, m.Now().UnixMilli(), by, reason, string(text)}}, ""); err != nil {
		return err
	}
	_, err = m.Journal.Record(ctx, tx, journal.Entry{Actor: by, Verb: verb, Kind: table, Subject: id, Rev: rev, COP: copID})
	return err
}

// themeTold writes the row of the journal of what makes no version.
func (m *Room) themeTold(ctx context.Context, tx db.Q, by, verb, kind, id string, rev int64, copID string) error {
	if _, err := m.Journal.Record(ctx, tx, journal.Entry{Actor: by, Verb: verb, Kind: kind, Subject: id, Rev: rev, COP: copID}); err != nil {
		return err
	}
	_, err := db.Bump(ctx, tx, Version, m.Now())
	return err
}
