package renewal

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"time"
	"unicode/utf8"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/journal"
	"jalon/internal/policy"
)

// Find returns how a COP begins from an earlier one; Rev is 0 when nobody said yet.
func Find(ctx context.Context, q db.Q, copID string) (x Renewal, err error) {
	defer apperr.Wrap(&err, "renewal.Find(%s)", copID)
	var body string
	err = q.QueryRow(ctx, `SELECT rev, from_cop, state, body FROM renewal WHERE id = $1`, copID).Scan(&x.Rev, &x.From, &x.State, &body)
	if errors.Is(err, db.ErrNoRows) {
		return Renewal{COP: copID, State: Draft}, nil
	}
	if err != nil {
		return x, err
	}
	x.COP = copID
	return x, json.Unmarshal([]byte(body), &x.Choices)
}

// Earlier lists the COPs of the same territory in earlier cycles, the last one first:
// those that a COP may begin from. That of a département may begin from its region's too.
func Earlier(ctx context.Context, q db.Q, c cop.COP) (out []cop.COP, err error) {
	all, err := cop.ListOfRegion(ctx, q, c.Region)
	for _, x := range all { // newest cycle first
		if x.Territory == c.Territory && x.Cycle < c.Cycle {
			out = append(out, x)
		}
	}
	for _, x := range all {
		if c.Parent != "" && x.Parent == "" && x.Cycle < c.Cycle {
			out = append(out, x)
		}
	}
	return out, err
}

const longestReason = 1_000

// Fault refuses one field of the form of choices.
type Fault struct{ Field, Message string }

// Error is the sentence a user reads.
func (f *Fault) Error() string { return f.Message }

// Unwrap makes it an invalid input.
func (f *Fault) Unwrap() error { return apperr.Invalidf("%s", f.Message) }

func (c Choices) check(p Proposal) error {
	for code, s := range c.Levers {
		name := code
		if l, err := p.framework.Lever(code); err == nil {
			name = l.Name
		}
		switch {
		case s.Way != ToLever && s.Way != ToCross && s.Way != Behind:
			return &Fault{"way." + code, "Choisissez dans la liste ce que devient le levier «\u00a0" + name + "\u00a0»."}
		case s.Way == Behind && strings.TrimSpace(s.Reason) == "":
			return &Fault{"why." + code, "Dites pourquoi le levier «\u00a0" + name + "\u00a0» reste dans la COP d’avant."}
		case utf8.RuneCountInString(s.Reason) > longestReason:
			return &Fault{"why." + code, "Cette raison dépasse 1\u00a0000 caractères\u00a0: raccourcissez-la."}
		}
		if s.Way == ToLever {
			if l, err := p.framework.Lever(s.To); err != nil || l.Version != p.ToCycle.Framework {
				return &Fault{"way." + code, "Ce levier n’est pas du référentiel de la nouvelle COP\u00a0: choisissez dans la liste."}
			}
		}
	}
	return nil
}

// Choose keeps what the team chose, at the revision that it read. The second of two
// writers gets a conflict.
func (m *Room) Choose(ctx context.Context, a policy.Actor, copID, from string, rev int64, in Choices) (x Renewal, err error) {
	defer apperr.Wrap(&err, "renewal.Choose(%s)", copID)
	c, err := cop.Find(ctx, m.DB, copID)
	if err != nil {
		return x, err
	}
	if err := may(a, c); err != nil {
		return x, err
	}
	p, err := m.propose(ctx, m.DB, a, c, Renewal{COP: c.ID, From: from, Rev: rev, Choices: in})
	if err != nil {
		return x, err
	}
	if err := in.check(p); err != nil {
		return x, err
	}
	err = db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		was, err := Find(ctx, tx, copID)
		if err != nil {
			return err
		}
		if was.Rev > 0 && was.From != from && was.State == Applied {
			return apperr.Conflictf("Cette COP a déjà repris celle du cycle d’avant\u00a0: elle ne peut pas en reprendre une autre. Rien n’a été enregistré.")
		}
		x, err = m.write(ctx, tx, a, Renewal{COP: copID, From: from, Rev: rev, State: was.State, Choices: in}, "choose", "")
		return err
	})
	return x, err
}

// write keeps the row of a renewal at the revision that somebody read: 0 makes it.
func (m *Room) write(ctx context.Context, tx db.Q, a policy.Actor, x Renewal, verb, reason string) (Renewal, error) {
	body, err := json.Marshal(x.Choices)
	if err != nil {
		return x, err
	}
	var n int64
	if x.Rev == 0 {
		n, err = db.Insert(ctx, tx, "renewal", strings.Fields("id rev cop_id from_cop state body"), [][]any{{x.COP, int64(1), x.COP, x.From, x.State, string(body)}}, "ON CONFLICT (id) DO NOTHING")
	} else {
		n, err = tx.Exec(ctx, `UPDATE renewal SET rev = rev + 1, from_cop = $3, state = $4, body = $5 WHERE id = $1 AND rev = $2`, x.COP, x.Rev, x.From, x.State, string(body))
	}
	if err != nil {
		return x, err
	}
	if n == 0 {
		return x, errMoved()
	}
	x.Rev++
	if _, err := db.Insert(ctx, tx, "renewal_version", strings.Fields("id rev at by reason body"), [][]any{{x.COP, x.Rev, m.Now().UnixMilli(), a.Person, reason, string(body)}}, ""); err != nil {
		return x, err
	}
	if verb == "apply" {
		_, err = m.Journal.Record(ctx, tx, journal.Entry{Actor: a.Person, Verb: "apply", Kind: "renewal", Subject: x.COP, Rev: x.Rev, COP: x.COP})
	} else {
		_, err = m.Journal.Record(ctx, tx, journal.Entry{Actor: a.Person, Verb: "choose", Kind: "renewal", Subject: x.COP, Rev: x.Rev, COP: x.COP})
	}
	return x, err
}

func errMoved() error {
	return apperr.Conflictf("Quelqu’un a changé les choix de cette reprise, ou ce qu’elle reprend, depuis que vous les avez lus. Rien n’a été repris et rien n’a été enregistré\u00a0: relisez la page, vos choix sont restés dans le formulaire.")
}

const carriedColumns = `i.cop_id, i.kind, i.source, i.made, i.title, i.note, i.public, i.at`

func scanCarried(r interface{ Scan(...any) error }) (x Carried, err error) {
	var kind string
	var at int64
	err = r.Scan(&x.COP, &kind, &x.Source, &x.Made, &x.Title, &x.Note, &x.Public, &at)
	x.Kind, x.At = Kind(kind), time.UnixMilli(at).UTC()
	return x, err
}

// CarriedTo lists what a COP took from an earlier one.
func CarriedTo(ctx context.Context, q db.Q, copID string) (_ []Carried, err error) {
	defer apperr.Wrap(&err, "renewal.CarriedTo(%s)", copID)
	rows, err := q.Query(ctx, `SELECT `+carriedColumns+` FROM renewal_item i WHERE i.cop_id = $1 ORDER BY i.kind, i.title, i.source`, copID)
	return db.Collect(rows, err, func(r *db.Rows) (Carried, error) { return scanCarried(r) })
}

// CarriedFrom lists what later COPs took of one thing: where an action goes on.
func CarriedFrom(ctx context.Context, q db.Q, k Kind, source string) (_ []Carried, err error) {
	defer apperr.Wrap(&err, "renewal.CarriedFrom(%s)", k)
	rows, err := q.Query(ctx, `SELECT `+carriedColumns+` FROM renewal_item i WHERE i.source = $1 AND i.kind = $2 ORDER BY i.cop_id`, source, string(k))
	return db.Collect(rows, err, func(r *db.Rows) (Carried, error) { return scanCarried(r) })
}

// Nexts lists the COPs that were begun from one.
func Nexts(ctx context.Context, q db.Q, copID string) (_ []Renewal, err error) {
	defer apperr.Wrap(&err, "renewal.Nexts(%s)", copID)
	rows, err := q.Query(ctx, `SELECT id, rev, from_cop, state FROM renewal WHERE from_cop = $1 AND state = 'applied' ORDER BY id`, copID)
	return db.Collect(rows, err, func(r *db.Rows) (x Renewal, err error) {
		err = r.Scan(&x.COP, &x.Rev, &x.From, &x.State)
		return x, err
	})
}

// MadeFrom is what an action was carried from, none for one that was not.
func MadeFrom(ctx context.Context, q db.Q, made string) (_ []Carried, err error) {
	defer apperr.Wrap(&err, "renewal.MadeFrom")
	rows, err := q.Query(ctx, `SELECT `+carriedColumns+` FROM renewal_item i WHERE i.made = $1 AND i.kind = 'action' ORDER BY i.cop_id`, made)
	return db.Collect(rows, err, func(r *db.Rows) (Carried, error) { return scanCarried(r) })
}
