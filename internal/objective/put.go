package objective

import (
	"context"
	"encoding/json"
	"strings"

	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/journal"
	"jalon/internal/panorama"
	"jalon/internal/policy"
)

// NewValue is what somebody writes of an objective. Rev is the revision of the
// objective that they read, zero when there was none.
type NewValue struct {
	Lever     string
	Rev       int64
	Measure   Measure
	Typed     string
	Reason    string
	Confirmed bool // that it goes above what is known of the lever's whole emissions
}

// Put puts a value on the table, in the place of the one that was read. It fails
// with a Fault for what was typed, with Unconfirmed for what is to be confirmed, and
// as a conflict when somebody changed the objective meanwhile or both heads are asked
// to share it.
func (m *Room) Put(ctx context.Context, a policy.Actor, p Place, in NewValue) (o Objective, err error) {
	defer apperr.Wrap(&err, "objective.Put(%s, %s, %s)", p.COP.ID, p.Ref(), in.Lever)
	if err := policy.Check(a, policy.Edit, p.Thing(false)); err != nil {
		return o, err
	}
	line, ok := p.Line(in.Lever)
	if !ok {
		return o, apperr.NotFoundf("Ce levier n’est pas de ceux de ce territoire.")
	}
	v, err := p.Read(line, in.Measure, in.Typed)
	if err != nil {
		return o, err
	}
	if err := text("reason", in.Reason, "Dites pourquoi cette valeur\u00a0: la raison reste à côté d’elle.", longest); err != nil {
		return o, err
	}
	ceiling := p.Ceiling(line, v)
	if ceiling.Above() && !in.Confirmed {
		return o, &Unconfirmed{ceiling}
	}
	o = p.blank(in.Lever)
	o.State, o.Value, o.Measure, o.Typed, o.Above, o.Reason, o.By, o.At = Discussed, v, in.Measure, strings.TrimSpace(in.Typed), ceiling.Above(), in.Reason, a.Person, m.Now()
	err = db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		verb := "edit"
		if in.Rev == 0 {
			verb = "create"
			if o.ID, err = m.IDs.New(); err != nil {
				return err
			}
			if err := insert(ctx, tx, o); err != nil {
				return err
			}
		} else {
			n, err := tx.Exec(ctx, `
				UPDATE objective SET rev = rev + 1, state = 'discussed', kg = $5, level = $6, unit = $7, measure = $8, typed = $9, above = $10, reason = $11, by = $12, at = $13
				 WHERE cop_id = $1 AND territory = $2 AND lever = $3 AND rev = $4 AND state <> 'sharing'`,
				o.COP, o.Territory, o.Lever, in.Rev, kgOf(v.Kg), levelOf(v.Level), v.Unit, string(o.Measure), o.Typed, o.Above, o.Reason, o.By, o.At.UnixMilli())
			if err != nil {
				return err
			}
			if n == 0 {
				return refused(ctx, tx, p, in.Lever)
			}
		}
		if o, err = at(ctx, tx, p.COP.ID, o.Territory, o.Lever); err != nil {
			return err
		}
		return m.kept(ctx, tx, a, verb, o, in.Reason)
	})
	return o, err
}

// Withdraw takes the value that is discussed off the table: the last one that both
// heads shared stands again, or nothing.
func (m *Room) Withdraw(ctx context.Context, a policy.Actor, p Place, lever string, rev int64, reason string) (o Objective, err error) {
	defer apperr.Wrap(&err, "objective.Withdraw(%s, %s, %s)", p.COP.ID, p.Ref(), lever)
	if err := policy.Check(a, policy.Edit, p.Thing(false)); err != nil {
		return o, err
	}
	if err := text("withdraw-reason", reason, "Dites pourquoi cette valeur est retirée.", longest); err != nil {
		return o, err
	}
	err = db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		n, err := tx.Exec(ctx, `UPDATE objective SET rev = rev + 1, state = 'withdrawn', by = $5, at = $6 WHERE cop_id = $1 AND territory = $2 AND lever = $3 AND rev = $4 AND state = 'discussed'`,
			p.COP.ID, p.Ref().String(), lever, rev, a.Person, m.Now().UnixMilli())
		if err != nil {
			return err
		}
		if n == 0 {
			return refused(ctx, tx, p, lever)
		}
		if o, err = at(ctx, tx, p.COP.ID, p.Ref().String(), lever); err != nil {
			return err
		}
		// Who did not hold the value that leaves the table said nothing of the one that
		// stands again: their words were for the table alone.
		if err := m.liftWith(ctx, tx, a, o, reason); err != nil {
			return err
		}
		if o.SharedRev > 0 {
			if o, err = m.restore(ctx, tx, o); err != nil {
				return err
			}
		}
		return m.kept(ctx, tx, a, "withdraw", o, reason)
	})
	return o, err
}

// restore puts the last value that both heads shared back on the table, with what
// was written of it.
func (m *Room) restore(ctx context.Context, tx db.Q, o Objective) (Objective, error) {
	v, err := versionAt(ctx, tx, o.ID, o.SharedRev)
	if err != nil {
		return o, err
	}
	was := v.Objective
	if _, err := tx.Exec(ctx, `UPDATE objective SET state = 'shared', kg = $2, level = $3, unit = $4, measure = $5, typed = $6, above = $7, reason = $8, by = $9, at = $10 WHERE id = $1`,
		o.ID, kgOf(was.Value.Kg), levelOf(was.Value.Level), was.Value.Unit, string(was.Measure), was.Typed, was.Above, was.Reason, was.By, was.At.UnixMilli()); err != nil {
		return o, err
	}
	return Find(ctx, tx, o.ID)
}

// blank is an objective of a place that nobody wrote yet.
func (p Place) blank(lever string) Objective {
	return Objective{Rev: 1, COP: p.COP.ID, Cycle: p.COP.Cycle, Region: p.COP.Region, Territory: p.Ref().String(), Scale: string(p.Ref().Scale), Lever: lever}
}

// insert adds an objective; of two who add the same at once, the second is in
// conflict.
func insert(ctx context.Context, tx db.Q, o Objective) error {
	n, err := db.Insert(ctx, tx, "objective", []string{"id", "rev", "cop_id", "cycle", "region", "territory", "scale", "lever", "state", "kg", "level", "unit", "measure", "typed", "above", "reason", "by", "at",
		"shared_rev", "shared_kg", "shared_level", "shared_on", "sharing"},
		[][]any{{o.ID, o.Rev, o.COP, o.Cycle, o.Region, o.Territory, o.Scale, o.Lever, string(o.State), kgOf(o.Value.Kg), levelOf(o.Value.Level), o.Value.Unit, string(o.Measure), o.Typed, o.Above, o.Reason, o.By, o.At.UnixMilli(),
			0, nil, nil, "", o.Sharing}}, "ON CONFLICT (cop_id, territory, lever) DO NOTHING")
	if err == nil && n == 0 {
		err = errMoved()
	}
	return err
}

func kgOf(v panorama.Amount) any {
	if !v.Known {
		return nil
	}
	return int64(v.Kg)
}

func levelOf(v panorama.Value) any {
	if !v.Known {
		return nil
	}
	return v.V
}

func errMoved() error {
	return apperr.Conflictf("Quelqu’un d’autre a modifié cet objectif pendant votre saisie. Rien n’a été enregistré\u00a0: comparez les deux versions, puis recommencez.")
}

// refused says why a change of an objective touched no row.
func refused(ctx context.Context, tx db.Q, p Place, lever string) error {
	o, err := at(ctx, tx, p.COP.ID, p.Ref().String(), lever)
	switch {
	case err != nil:
		return err
	case o.State == Sharing:
		return errSharing()
	}
	return errMoved()
}

func errSharing() error {
	return apperr.Conflictf("Cet objectif est dans une liste qui attend la validation des deux têtes\u00a0: il ne change pas tant qu’elle est ouverte. Rien n’a été enregistré, et votre saisie est conservée ci-dessous. Retirez la proposition au bureau, ou attendez sa fin.")
}

// at reads the objective of a lever in a territory.
func at(ctx context.Context, q db.Q, copID, territory, lever string) (Objective, error) {
	o, err := scan(q.QueryRow(ctx, `SELECT `+columns+` FROM objective o WHERE o.cop_id = $1 AND o.territory = $2 AND o.lever = $3`, copID, territory, lever))
	return o, db.OrNotFound(err, "Aucune valeur n’est sur la table pour ce levier.")
}

// Of reads the objective of a lever in a place; false when nobody put one.
func Of(ctx context.Context, q db.Q, p Place, lever string) (o Objective, ok bool, err error) {
	defer apperr.Wrap(&err, "objective.Of(%s, %s, %s)", p.COP.ID, p.Ref(), lever)
	o, err = at(ctx, q, p.COP.ID, p.Ref().String(), lever)
	if apperr.KindOf(err) == apperr.NotFound {
		return o, false, nil
	}
	return o, err == nil, err
}

// kept writes the version, the journal and the version of the public pages, last.
func (m *Room) kept(ctx context.Context, tx db.Q, a policy.Actor, verb string, o Objective, reason string) error {
	if err := m.version(ctx, tx, a.Person, o, reason); err != nil {
		return err
	}
	return m.record(ctx, tx, a, verb, "objective", o.ID, o.Rev, o.COP)
}

// version keeps an objective and its dissent as they stand.
func (m *Room) version(ctx context.Context, tx db.Q, by string, o Objective, reason string) error {
	dissents, err := dissentsOf(ctx, tx, o.ID)
	if err != nil {
		return err
	}
	body, err := json.Marshal(snapshot{o, dissents})
	if err != nil {
		return err
	}
	_, err = db.Insert(ctx, tx, "objective_version", []string{"id", "rev", "at", "by", "reason", "body"}, [][]any{{o.ID, o.Rev, m.Now().UnixMilli(), by, reason, string(body)}}, "")
	return err
}

func (m *Room) record(ctx context.Context, tx db.Q, a policy.Actor, verb, kind, subject string, rev int64, copID string) error {
	if _, err := m.Journal.Record(ctx, tx, journal.Entry{Actor: a.Person, Verb: verb, Kind: kind, Subject: subject, Rev: rev, COP: copID}); err != nil {
		return err
	}
	_, err := db.Bump(ctx, tx, Version, m.Now())
	return err
}
