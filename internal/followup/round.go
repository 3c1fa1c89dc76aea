package followup

import (
	"context"
	"encoding/json"
	"strings"
	"time"
	"unicode/utf8"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/journal"
	"jalon/internal/policy"
)

// The states of a round.
const (
	Draft  = "draft"
	Open   = "open"
	Closed = "closed"
)

// Steps lists whom an action may be asked of, in the order of the chain, with their
// French names.
func Steps() [][2]string {
	return [][2]string{{"contact", "le contact de l’action"}, {"author", "qui l’a écrite"}, {"holder", "les contacts de son organisme"}, {"lead", "le référent du département"}, {"team", "l’équipe de la COP"}}
}

// Fallback is how an action is asked of the next one when nobody answers.
type Fallback struct {
	Days int64 `json:"days"` // without an answer, before the next one is asked
}

// Round is one round of updates of a COP.
type Round struct {
	ID, COP, Region   string
	Rev               int64
	Name              string
	Period            string // the day since which an answer counts
	OpensOn, ClosesOn string
	State             string
	Note              string
	Fallback          Fallback
}

// Path is the address of a round.
func (r Round) Path(c cop.COP) string { return DeskPath(c) + "/tours/" + r.ID }

// DeskPath is the address of the follow-up of the team.
func DeskPath(c cop.COP) string { return c.Path() + "/bureau/suivi" }

const roundColumns = `r.id, r.rev, r.cop_id, r.region, r.name, r.period, r.opens_on, r.closes_on, r.state, r.note, r.fallback`

func scanRound(s interface{ Scan(...any) error }) (r Round, err error) {
	var fallback string
	if err := s.Scan(&r.ID, &r.Rev, &r.COP, &r.Region, &r.Name, &r.Period, &r.OpensOn, &r.ClosesOn, &r.State, &r.Note, &fallback); err != nil {
		return r, err
	}
	return r, json.Unmarshal([]byte(fallback), &r.Fallback)
}

// Rounds lists those of a COP, the last first.
func Rounds(ctx context.Context, q db.Q, copID string) (_ []Round, err error) {
	defer apperr.Wrap(&err, "followup.Rounds(%s)", copID)
	rows, err := q.Query(ctx, `SELECT `+roundColumns+` FROM followup_round r WHERE r.cop_id = $1 ORDER BY r.period DESC, r.id DESC`, copID)
	return db.Collect(rows, err, func(r *db.Rows) (Round, error) { return scanRound(r) })
}

// FindRound returns a round that an actor follows, with its COP.
func FindRound(ctx context.Context, q db.Q, a policy.Actor, id string) (r Round, c cop.COP, err error) {
	defer apperr.Wrap(&err, "followup.FindRound(%q)", id)
	if r, err = round(ctx, q, id); err != nil {
		return r, c, err
	}
	if c, err = cop.Find(ctx, q, r.COP); err != nil {
		return r, c, err
	}
	return r, c, policy.Check(a, policy.Edit, c.Thing(policy.FollowUp))
}

func round(ctx context.Context, q db.Q, id string) (Round, error) {
	r, err := scanRound(q.QueryRow(ctx, `SELECT `+roundColumns+` FROM followup_round r WHERE r.id = $1`, id))
	return r, db.OrNotFound(err, "Ce tour de suivi n’existe pas, ou il est réservé à d’autres rôles que les vôtres.")
}

func (r *Round) check() error {
	r.Name, r.Note = strings.TrimSpace(r.Name), strings.TrimSpace(r.Note)
	switch {
	case r.Name == "" || utf8.RuneCountInString(r.Name) > longestName:
		return fault("name", "Donnez un nom court à ce tour, par exemple «\u00a0Printemps 2026\u00a0».")
	case utf8.RuneCountInString(r.Note) > LongestText:
		return fault("note", "Ce mot est trop long\u00a0: raccourcissez-le.")
	case r.Fallback.Days < 1 || r.Fallback.Days > 90:
		return fault("days", "Écrivez un nombre de jours, de 1 à 90.")
	}
	for _, d := range [][2]string{{"period", r.Period}, {"closes_on", r.ClosesOn}} {
		if _, err := time.Parse(time.DateOnly, d[1]); err != nil {
			return fault(d[0], "Écrivez une date, par exemple 2026-06-30.")
		}
	}
	if r.ClosesOn < r.Period {
		return fault("closes_on", "Le tour se ferme après le jour depuis lequel les réponses comptent.")
	}
	return nil
}

// AddRound prepares a round: nobody is written to until it opens.
func (m *Room) AddRound(ctx context.Context, a policy.Actor, c cop.COP, r Round) (_ Round, err error) {
	defer apperr.Wrap(&err, "followup.AddRound(%s)", c.ID)
	if err := policy.Check(a, policy.Create, c.Thing(policy.FollowUp)); err != nil {
		return r, err
	}
	if err := r.check(); err != nil {
		return r, err
	}
	if r.ID, err = m.IDs.New(); err != nil {
		return r, err
	}
	r.Rev, r.COP, r.Region, r.State, r.OpensOn = 1, c.ID, c.Region, Draft, ""
	fallback, err := json.Marshal(r.Fallback)
	if err != nil {
		return r, err
	}
	err = db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		if _, err := db.Insert(ctx, tx, "followup_round", strings.Fields("id rev cop_id region name period opens_on closes_on state note fallback"),
			[][]any{{r.ID, r.Rev, r.COP, r.Region, r.Name, r.Period, r.OpensOn, r.ClosesOn, r.State, r.Note, string(fallback)}}, ""); err != nil {
			return err
		}
		return m.keepRound(ctx, tx, a.Person, "create", r)
	})
	return r, err
}

// EditRound changes a round at the revision that its writer saw. What is asked already
// stays asked.
func (m *Room) EditRound(ctx context.Context, a policy.Actor, in Round) (r Round, err error) {
	defer apperr.Wrap(&err, "followup.EditRound(%s)", in.ID)
	return m.turn(ctx, a, in.ID, in.Rev, "edit", func(_ context.Context, _ db.Q, _ cop.COP, r *Round) error {
		if r.State == Closed {
			return apperr.Conflictf("Ce tour est clos\u00a0: il ne change plus. Rien n’a été enregistré.")
		}
		r.Name, r.Note, r.ClosesOn, r.Fallback = in.Name, in.Note, in.ClosesOn, in.Fallback
		if r.State == Draft {
			r.Period = in.Period
		}
		return r.check()
	})
}

// OpenRound asks, from now on, where each retained action stands. One round is open at a
// time in a COP: nobody is asked twice the same.
func (m *Room) OpenRound(ctx context.Context, a policy.Actor, id string, rev int64) (_ Round, err error) {
	defer apperr.Wrap(&err, "followup.OpenRound(%s)", id)
	return m.turn(ctx, a, id, rev, "open", func(ctx context.Context, tx db.Q, c cop.COP, r *Round) error {
		if r.State != Draft {
			return apperr.Conflictf("Ce tour est déjà ouvert ou clos. Rien n’a été envoyé une deuxième fois.")
		}
		var other int64
		if err := tx.QueryRow(ctx, `SELECT COUNT(*) FROM followup_round WHERE cop_id = $1 AND state = 'open'`, r.COP).Scan(&other); err != nil {
			return err
		}
		today := c.DayAt(m.Now())
		switch {
		case other > 0:
			return apperr.Conflictf("Un autre tour de suivi est ouvert\u00a0: fermez-le d’abord, pour que personne ne reçoive deux fois la même demande. Rien n’a été envoyé.")
		case r.ClosesOn <= today:
			return fault("closes_on", "Ce tour se fermerait aujourd’hui ou avant\u00a0: choisissez un jour à venir.")
		}
		r.State, r.OpensOn = Open, today
		return m.enqueueAsking(ctx, tx, r.ID)
	})
}

// CloseRound ends a round: its links show what was said, and write nothing any more.
func (m *Room) CloseRound(ctx context.Context, a policy.Actor, id string, rev int64) (_ Round, err error) {
	defer apperr.Wrap(&err, "followup.CloseRound(%s)", id)
	return m.turn(ctx, a, id, rev, "close", func(ctx context.Context, tx db.Q, _ cop.COP, r *Round) error {
		if r.State != Open {
			return apperr.Conflictf("Ce tour n’est pas ouvert. Rien n’a changé.")
		}
		return m.ended(ctx, tx, r)
	})
}

func (m *Room) ended(ctx context.Context, tx db.Q, r *Round) error {
	r.State = Closed
	_, err := tx.Exec(ctx, `UPDATE followup_ask SET state = 'closed', ended_at = $2 WHERE round_id = $1 AND state IN ('waiting', 'sent')`, r.ID, m.Now().UnixMilli())
	return err
}

// turn changes a round in a transaction that holds its COP, so that two who open a round
// at once come one after the other.
func (m *Room) turn(ctx context.Context, a policy.Actor, id string, rev int64, verb string, do func(context.Context, db.Q, cop.COP, *Round) error) (r Round, err error) {
	err = db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		if _, err := tx.Exec(ctx, `UPDATE cop SET rev = rev WHERE id = (SELECT cop_id FROM followup_round WHERE id = $1)`, id); err != nil {
			return err
		}
		var c cop.COP
		if r, err = round(ctx, tx, id); err != nil {
			return err
		}
		if c, err = cop.Find(ctx, tx, r.COP); err != nil {
			return err
		}
		if a.Person != byClock {
			if err := policy.Check(a, policy.Edit, c.Thing(policy.FollowUp)); err != nil {
				return err
			}
		}
		if r.Rev != rev {
			return apperr.Conflictf("Quelqu’un a changé ce tour de suivi pendant que vous le lisiez. Rien n’a été enregistré\u00a0: rechargez la page et recommencez.")
		}
		if err := do(ctx, tx, c, &r); err != nil {
			return err
		}
		fallback, err := json.Marshal(r.Fallback)
		if err != nil {
			return err
		}
		r.Rev++
		if _, err := tx.Exec(ctx, `UPDATE followup_round SET rev = $2, name = $3, period = $4, opens_on = $5, closes_on = $6, state = $7, note = $8, fallback = $9 WHERE id = $1`,
			r.ID, r.Rev, r.Name, r.Period, r.OpensOn, r.ClosesOn, r.State, r.Note, string(fallback)); err != nil {
			return err
		}
		by := a.Person
		if by == byClock {
			by = ""
		}
		return m.keepRound(ctx, tx, by, verb, r)
	})
	return r, err
}

// byClock stands for nobody: a round that closes on its day.
const byClock = "\x00clock"

func (m *Room) keepRound(ctx context.Context, tx db.Q, by, verb string, r Round) error {
	body, err := json.Marshal(r)
	if err != nil {
		return err
	}
	if _, err := db.Insert(ctx, tx, "followup_round_version", strings.Fields("id rev at by reason body"), [][]any{{r.ID, r.Rev, m.Now().UnixMilli(), by, "", string(body)}}, ""); err != nil {
		return err
	}
	_, err = m.Journal.Record(ctx, tx, journal.Entry{Actor: by, Verb: verb, Kind: "followup_round", Subject: r.ID, Rev: r.Rev, COP: r.COP})
	return err
}
