package followup

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/journal"
	"jalon/internal/policy"
)

// Rules is what a COP chose for its follow-up. Days are counted from the day that the
// last update speaks of.
type Rules struct {
	Rev int64 `json:"-"`
	// Fresh, Aging and Silent are after how many days an update is less fresh, old, then
	// no news.
	Fresh  int64 `json:"fresh"`
	Aging  int64 `json:"aging"`
	Silent int64 `json:"silent"`
	// Pace is how far under the objective's line, in percent of it, a lever is off its
	// pace; Aid how many days before it closes an aid is told.
	Pace int64 `json:"pace"`
	Aid  int64 `json:"aid"`
	// Off lists the codes of the rules that this COP does not use.
	Off []string `json:"off,omitempty"`
	// Digest tells whether the team gets a mail each week when something is new.
	Digest bool `json:"digest"`
}

// Proposed are the rules of a COP that chose none.
func Proposed() Rules {
	return Rules{Fresh: 30, Aging: 60, Silent: 180, Pace: 20, Aid: 45, Digest: true}
}

// RulesOf reads what a COP chose.
func RulesOf(ctx context.Context, q db.Q, copID string) (r Rules, err error) {
	defer apperr.Wrap(&err, "followup.RulesOf(%s)", copID)
	var body string
	var rev int64
	err = q.QueryRow(ctx, `SELECT rev, body FROM followup_rule WHERE cop_id = $1`, copID).Scan(&rev, &body)
	if errors.Is(err, db.ErrNoRows) {
		return Proposed(), nil
	}
	if err != nil {
		return r, err
	}
	err = json.Unmarshal([]byte(body), &r)
	r.Rev = rev
	return r, err
}

func (r Rules) check() error {
	for _, d := range []struct {
		field string
		v     int64
	}{{"fresh", r.Fresh}, {"aging", r.Aging}, {"silent", r.Silent}, {"aid", r.Aid}} {
		if d.v < 1 || d.v > 1_000 {
			return fault(d.field, "Écrivez un nombre de jours, de 1 à 1\u202f000.")
		}
	}
	switch {
	case r.Aging <= r.Fresh:
		return fault("aging", "Le deuxième délai est plus long que le premier.")
	case r.Silent <= r.Aging:
		return fault("silent", "Le troisième délai est plus long que le deuxième.")
	case r.Pace < 0 || r.Pace > 100:
		return fault("pace", "Écrivez un écart de 0 à 100\u00a0%.")
	}
	return nil
}

// SetRules keeps what a COP chooses, at the revision that its writer saw: 0 for the
// first time.
func (m *Room) SetRules(ctx context.Context, a policy.Actor, c cop.COP, r Rules, reason string) (err error) {
	defer apperr.Wrap(&err, "followup.SetRules(%s)", c.ID)
	if err := policy.Check(a, policy.Edit, c.Thing(policy.FollowUp)); err != nil {
		return err
	}
	if err := r.check(); err != nil {
		return err
	}
	slices.Sort(r.Off)
	body, err := json.Marshal(r)
	if err != nil {
		return err
	}
	return db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		n, err := tx.Exec(ctx, `UPDATE followup_rule SET rev = rev + 1, body = $3 WHERE cop_id = $1 AND rev = $2`, c.ID, r.Rev, string(body))
		if err == nil && n == 0 && r.Rev == 0 {
			n, err = tx.Exec(ctx, `INSERT INTO followup_rule (cop_id, rev, body) VALUES ($1, 1, $2) ON CONFLICT (cop_id) DO NOTHING`, c.ID, string(body))
		}
		if err != nil {
			return err
		}
		if n == 0 {
			return apperr.Conflictf("Quelqu’un a changé ces réglages pendant que vous les lisiez. Rien n’a été enregistré\u00a0: rechargez la page, puis changez-les à nouveau.")
		}
		if _, err := tx.Exec(ctx, `INSERT INTO followup_rule_version (cop_id, rev, at, by, reason, body) VALUES ($1, $2, $3, $4, $5, $6)`, c.ID, r.Rev+1, m.Now().UnixMilli(), a.Person, reason, string(body)); err != nil {
			return err
		}
		_, err = m.Journal.Record(ctx, tx, journal.Entry{Actor: a.Person, Verb: "edit", Kind: "followup_rule", Subject: c.ID, Rev: r.Rev + 1, COP: c.ID})
		return err
	})
}

// Age says how old the last word about an action is.
type Age string

// The ages.
const (
	Fresh  Age = "fresh"
	Aging  Age = "aging"
	Old    Age = "old"
	Silent Age = "silent"
)

// AgeOf says how old a word of a day is today, with its days; an action that nobody
// spoke of counts from the day that both heads retained it.
func (r Rules) AgeOf(day, today string) (Age, int64) {
	d, err := time.Parse(time.DateOnly, day)
	t, err2 := time.Parse(time.DateOnly, today)
	if err != nil || err2 != nil {
		return Silent, -1
	}
	n := int64(t.Sub(d).Hours() / 24)
	switch {
	case n >= r.Silent:
		return Silent, n
	case n >= r.Aging:
		return Old, n
	case n >= r.Fresh:
		return Aging, n
	}
	return Fresh, n
}
