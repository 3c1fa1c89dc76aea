// Package minutes keeps what a meeting says: its agenda, its minutes, its
// decisions, its tasks and its record.
package minutes

import (
	"context"
	"encoding/json"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/debate"
	"jalon/internal/debate/ballot"
	"jalon/internal/journal"
	"jalon/internal/policy"
)

// Tables lists the tables of this room.
func Tables() []db.Table {
	return []db.Table{
		{Name: "minutes", Order: []string{"id"}, Scope: db.COP, Personal: []string{"proposed_by"}},
		{Name: "minutes_edition", Order: []string{"meeting_id", "seq"}, Scope: db.COP, Personal: []string{"by"}},
		{Name: "minutes_item", Order: []string{"id"}, Scope: db.COP, Personal: []string{"presenter"}, Free: []string{"presenter"}},
		{Name: "minutes_section", Order: []string{"meeting_id", "key"}, Scope: db.COP, Personal: []string{"by"}},
		{Name: "decision", Order: []string{"id"}, Scope: db.COP},
		{Name: "meeting_task", Order: []string{"id"}, Scope: db.COP, Personal: []string{"account", "holder"}, Owner: []string{"account"}, Free: []string{"holder"}},
		{Name: "meeting_file", Order: []string{"id"}, Scope: db.COP},
		{Name: "minutes_version", Order: []string{"kind", "id", "rev"}, Scope: db.COP, Personal: []string{"by", "body"}, Free: []string{"body"}},
	}
}

// Room does what people do here.
type Room struct {
	*debate.Room
	// Ballots are the votes of the meetings.
	Ballots *ballot.Room
}

// State is where minutes stand.
type State string

// The states of minutes.
const (
	Draft    State = "draft"
	Proposed State = "proposed"
	Approved State = "approved"
)

var stateNames = map[State]string{Draft: "projet", Proposed: "proposé à l’approbation", Approved: "approuvé"}

// Name is the French name of a state.
func (s State) Name() string { return stateNames[s] }

// Minutes is the root of what a meeting says. Its id is that of the meeting.
type Minutes struct {
	ID         string    `json:"id"`
	Rev        int64     `json:"-"`
	COP        string    `json:"cop"`
	State      State     `json:"state"`
	ProposedBy string    `json:"proposed_by"`
	ProposedAt time.Time `json:"proposed_at"`
	Reason     string    `json:"reason"` // why they were opened again after an approval
}

// Of returns the minutes of a meeting, a draft at revision 0 before anybody wrote.
func Of(ctx context.Context, q db.Q, x cop.Meeting) (m Minutes, err error) {
	defer apperr.Wrap(&err, "minutes.Of(%s)", x.ID)
	rows, err := q.Query(ctx, `SELECT id, rev, cop_id, state, proposed_by, proposed_at, reason FROM minutes WHERE id = $1`, x.ID)
	all, err := db.Collect(rows, err, func(r *db.Rows) (m Minutes, err error) {
		var at int64
		err = r.Scan(&m.ID, &m.Rev, &m.COP, &m.State, &m.ProposedBy, &at, &m.Reason)
		m.ProposedAt = time.UnixMilli(at).UTC()
		return m, err
	})
	if err != nil || len(all) == 0 {
		return Minutes{ID: x.ID, COP: x.COP, State: Draft}, err
	}
	return all[0], nil
}

var errApproved = apperr.Conflictf("Le compte rendu est approuvé, donc figé\u00a0: rien n’a été enregistré. Pour corriger, ouvrez-en d’abord une nouvelle version en disant pourquoi, sur la page du compte rendu.")

// write runs one change of what a meeting says, for who may edit the meeting: it takes
// the root, which an approval that goes on at the same time waits for, or which
// refuses what comes after it.
func (m *Room) write(ctx context.Context, a policy.Actor, meeting, name string, do func(ctx context.Context, tx db.Q, x cop.Meeting, c cop.COP) error) (err error) {
	defer apperr.Wrap(&err, "minutes.%s(%s)", name, meeting)
	x, c, err := cop.FindMeeting(ctx, m.DB, a, meeting)
	if err != nil {
		return err
	}
	if err := policy.Check(a, policy.Edit, x.Thing(c)); err != nil {
		return err
	}
	return db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		if err := m.root(ctx, tx, x); err != nil {
			return err
		}
		n, err := tx.Exec(ctx, `UPDATE minutes SET rev = rev + 1 WHERE id = $1 AND state <> 'approved'`, x.ID)
		if err != nil {
			return err
		}
		if n == 0 {
			return errApproved
		}
		return do(ctx, tx, x, c)
	})
}

// root makes the row that every change takes.
func (m *Room) root(ctx context.Context, tx db.Q, x cop.Meeting) error {
	_, err := db.Insert(ctx, tx, "minutes", []string{"id", "rev", "cop_id", "state", "proposed_by", "proposed_at", "reason"},
		[][]any{{x.ID, int64(0), x.COP, string(Draft), "", int64(0), ""}}, "ON CONFLICT (id) DO NOTHING")
	return err
}

// kept writes the version of a thing and its row in the journal.
func (m *Room) kept(ctx context.Context, tx db.Q, a policy.Actor, verb, kind, id string, rev int64, copID, reason string, body any) error {
	text, err := json.Marshal(body)
	if err != nil {
		return err
	}
	if _, err := db.Insert(ctx, tx, "minutes_version", []string{"kind", "id", "rev", "at", "by", "reason", "body"}, [][]any{{kind, id, rev, m.Now().UnixMilli(), a.Person, reason, string(text)}}, ""); err != nil {
		return err
	}
	_, err = m.Journal.Record(ctx, tx, journal.Entry{Actor: a.Person, Verb: verb, Kind: kind, Subject: id, Rev: rev, COP: copID})
	return err
}

func moved(what string) error {
	return apperr.Conflictf("Quelqu’un d’autre a modifié %s pendant votre saisie. Rien n’a été enregistré\u00a0: les deux versions sont ci-dessous, et enregistrer de nouveau garde la vôtre.", what)
}

// Propose puts the minutes to approval, as they were at a revision; Withdraw takes
// them back to a draft.
func (m *Room) Propose(ctx context.Context, a policy.Actor, meeting string, rev int64) error {
	return m.turn(ctx, a, meeting, rev, Draft, Proposed, "")
}

// Withdraw takes minutes that were proposed back to a draft.
func (m *Room) Withdraw(ctx context.Context, a policy.Actor, meeting string, rev int64) error {
	return m.turn(ctx, a, meeting, rev, Proposed, Draft, "")
}

// Reopen begins a new version of approved minutes, and says why: what was approved
// stays as it is.
func (m *Room) Reopen(ctx context.Context, a policy.Actor, meeting string, rev int64, reason string) error {
	if reason = debate.Line(reason); reason == "" || len(reason) > 1000 {
		return apperr.Invalidf("Dites pourquoi vous corrigez un compte rendu approuvé\u00a0: la raison figure dans la version suivante.")
	}
	return m.turn(ctx, a, meeting, rev, Approved, Draft, reason)
}

func (m *Room) turn(ctx context.Context, a policy.Actor, meeting string, rev int64, from, to State, reason string) (err error) {
	defer apperr.Wrap(&err, "minutes.turn(%s, %s)", meeting, to)
	x, c, err := cop.FindMeeting(ctx, m.DB, a, meeting)
	if err != nil {
		return err
	}
	if err := policy.Check(a, policy.Edit, x.Thing(c)); err != nil {
		return err
	}
	return db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		if err := m.root(ctx, tx, x); err != nil {
			return err
		}
		by, at := "", int64(0)
		if to == Proposed {
			by, at = a.Person, m.Now().UnixMilli()
		}
		n, err := tx.Exec(ctx, `UPDATE minutes SET rev = rev + 1, state = $4, proposed_by = $5, proposed_at = $6, reason = CASE WHEN $7 = '' THEN reason ELSE $7 END WHERE id = $1 AND rev = $2 AND state = $3`,
			x.ID, rev, string(from), string(to), by, at, reason)
		if err != nil {
			return err
		}
		if n == 0 {
			return apperr.Conflictf("Le compte rendu a changé depuis que vous l’avez ouvert\u00a0: rien n’a été fait. Relisez-le ci-dessous, puis recommencez.")
		}
		now, err := Of(ctx, tx, x)
		if err != nil {
			return err
		}
		return m.kept(ctx, tx, a, string(to), "minutes", x.ID, now.Rev, x.COP, reason, now)
	})
}
