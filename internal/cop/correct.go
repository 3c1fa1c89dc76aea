package cop

import (
	"context"
	"slices"

	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/french"
	"jalon/internal/policy"
)

// Corrected tells which events a later, recorded one replaces: they stay listed,
// and no longer count.
func Corrected(events []Event) map[string]bool {
	gone := map[string]bool{}
	for _, e := range events {
		if e.State == Recorded && e.Supersedes != "" {
			gone[e.Supersedes] = true
		}
	}
	return gone
}

// replaced leaves out what no longer counts, and the event being corrected.
func replaced(before []Event, supersedes string) ([]Event, error) {
	gone := Corrected(before)
	if supersedes != "" {
		i := slices.IndexFunc(before, func(e Event) bool { return e.ID == supersedes })
		switch {
		case i < 0:
			return nil, apperr.NotFoundf("Cet événement n’existe pas.")
		case before[i].State != Recorded || gone[supersedes]:
			return nil, apperr.Conflictf("Cet événement a déjà été corrigé ou retiré\u00a0: rechargez la page.")
		case slices.ContainsFunc(before, func(e Event) bool { return e.Supersedes == supersedes && e.State == Pending }):
			return nil, apperr.Conflictf("Une correction de cet événement attend déjà la validation des deux têtes.")
		}
	}
	return slices.DeleteFunc(slices.Clone(before), func(e Event) bool { return gone[e.ID] || e.ID == supersedes }), nil
}

// CorrectEvent records an event in the place of another one, whose day or
// evidence was wrong. What commits the COP needs both heads again, and the first
// stands until they have spoken. The note says why.
func (m *Room) CorrectEvent(ctx context.Context, a policy.Actor, copID, id string, in NewEvent) (e Event, act Act, err error) {
	if in.Note == "" {
		return e, act, apperr.Invalidf("Dites ce que vous corrigez, et pourquoi\u00a0: la raison reste à côté de l’événement.")
	}
	return m.addEvent(ctx, a, copID, in, id)
}

// RetractEvent takes back an event that did not happen. One that both heads
// validated needs both again: the act is returned, and the event stands until
// it ends.
func (m *Room) RetractEvent(ctx context.Context, a policy.Actor, copID, id, reason string) (act Act, err error) {
	defer apperr.Wrap(&err, "cop.RetractEvent(%s)", id)
	if reason == "" {
		return act, apperr.Invalidf("Dites pourquoi vous retirez cet événement.")
	}
	err = db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		if _, err := tx.Exec(ctx, `UPDATE cop SET rev = rev + 1 WHERE id = $1`, copID); err != nil {
			return err
		}
		c, err := Find(ctx, tx, copID)
		if err != nil {
			return err
		}
		if err := policy.Check(a, policy.Create, c.Thing(policy.StageEvent)); err != nil {
			return err
		}
		events, err := Events(ctx, tx, copID)
		if err != nil {
			return err
		}
		if _, err := replaced(events, id); err != nil {
			return err
		}
		if err := m.version(ctx, tx, "cop", copID, c.Rev, a.Person, reason, c); err != nil {
			return err
		}
		i := slices.IndexFunc(events, func(e Event) bool { return e.ID == id })
		if e := events[i]; Commits(e.Stage, e.Mark) && !e.Elsewhere {
			open, err := hasOpen(ctx, tx, copID, RetractAct, id)
			if err != nil {
				return err
			}
			if open {
				return apperr.Conflictf("Le retrait de cet événement attend déjà la validation des deux têtes.")
			}
			act, err = m.propose(ctx, tx, a, c, NewAct{Kind: RetractAct, Subject: id, Title: "Retrait\u00a0: " + e.Stage.Name() + ", " + e.Mark.Name() + ", le " + french.Day(e.Day)})
			return err
		}
		if err := takeBack(ctx, tx, copID, id); err != nil {
			return err
		}
		return m.record(ctx, tx, a, "withdraw", "stage_event", id, 0, copID)
	})
	return act, err
}

// takeBack withdraws an event with those that it corrected: what did not happen
// did not happen on its first date either.
func takeBack(ctx context.Context, tx db.Q, copID, id string) error {
	events, err := Events(ctx, tx, copID)
	if err != nil {
		return err
	}
	for id != "" {
		if _, err := tx.Exec(ctx, `UPDATE cop_event SET state = 'withdrawn' WHERE id = $1`, id); err != nil {
			return err
		}
		i := slices.IndexFunc(events, func(e Event) bool { return e.ID == id })
		if i < 0 {
			return nil
		}
		id = events[i].Supersedes
	}
	return nil
}

func hasOpen(ctx context.Context, q db.Q, copID, kind, subject string) (bool, error) {
	var n int64
	err := q.QueryRow(ctx, `SELECT COUNT(*) FROM act WHERE cop_id = $1 AND kind = $2 AND subject = $3 AND state = 'pending'`, copID, kind, subject).Scan(&n)
	return n > 0, err
}
