package cop

import (
	"context"
	"strings"

	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/policy"
)

// PriorityAct is the kind of act by which a département adopts a priority.
const PriorityAct = "priority"

// PriorityState is where a priority stands on its way up.
type PriorityState string

// The states of a priority: the first three are the département's, the others
// the region's answer.
const (
	PriorityDraft    PriorityState = "draft"
	PriorityProposed PriorityState = "proposed"
	PriorityAdopted  PriorityState = "adopted"
	TakenUp          PriorityState = "taken_up"
	Merged           PriorityState = "merged"
	SetAside         PriorityState = "set_aside"
)

var priorityNames = map[PriorityState]string{PriorityDraft: "en rédaction", PriorityProposed: "validation en attente", PriorityAdopted: "adoptée, en attente de la région",
	TakenUp: "reprise par la région", Merged: "fusionnée par la région", SetAside: "écartée par la région"}

// Name is the French name of a state.
func (s PriorityState) Name() string { return priorityNames[s] }

// Priority is what the COP of a département asks its region to take up.
type Priority struct {
	ID     string        `json:"id"`
	Rev    int64         `json:"-"`
	COP    string        `json:"cop"`
	Title  string        `json:"title"`
	Text   string        `json:"text"`
	Theme  string        `json:"theme"` // code of the theme, empty for several
	State  PriorityState `json:"state"`
	Reason string        `json:"reason"` // the region's
	Into   string        `json:"into"`   // id of the priority it was merged into, when it is one
}

// NewPriority is what a person writes.
type NewPriority struct{ Title, Text, Theme string }

func (in NewPriority) check() error {
	switch {
	case strings.TrimSpace(in.Title) == "" || len(in.Title) > 300:
		return apperr.Invalidf("Donnez à la priorité un titre de 300 caractères au plus.")
	case len(in.Text) > 20_000:
		return apperr.Invalidf("Le texte dépasse 20\u202f000 caractères.")
	}
	return nil
}

// AddPriority writes a draft in the COP of a département.
func (m *Room) AddPriority(ctx context.Context, a policy.Actor, copID string, in NewPriority) (x Priority, err error) {
	defer apperr.Wrap(&err, "cop.AddPriority(%s)", copID)
	err = db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		c, err := Find(ctx, tx, copID)
		if err != nil {
			return err
		}
		x, err = m.AddPriorityTx(ctx, tx, a, c, in)
		return err
	})
	return x, err
}

// AddPriorityTx is AddPriority within a transaction, for a room that keeps more of a
// priority than its words.
func (m *Room) AddPriorityTx(ctx context.Context, tx db.Q, a policy.Actor, c COP, in NewPriority) (x Priority, err error) {
	if err := policy.Check(a, policy.Create, c.Thing(policy.Priority)); err != nil {
		return x, err
	}
	if c.Parent == "" {
		return x, apperr.Invalidf("Une priorité à faire remonter appartient à la COP d’un département\u00a0: la région, elle, reprend, fusionne ou écarte.")
	}
	if err := in.check(); err != nil {
		return x, err
	}
	x = Priority{Rev: 1, COP: c.ID, Title: in.Title, Text: in.Text, Theme: in.Theme, State: PriorityDraft}
	if x.ID, err = m.IDs.New(); err != nil {
		return x, err
	}
	if _, err := db.Insert(ctx, tx, "priority", []string{"id", "rev", "cop_id", "title", "text", "theme", "state", "reason", "merged_into"},
		[][]any{{x.ID, x.Rev, x.COP, x.Title, x.Text, x.Theme, string(x.State), "", ""}}, ""); err != nil {
		return x, err
	}
	return x, m.kept(ctx, tx, a, "create", "priority", x.ID, x.Rev, c.ID, "", x)
}

// SavePriority edits a draft at a revision. What was adopted is not edited: the
// département adopts another one.
func (m *Room) SavePriority(ctx context.Context, a policy.Actor, id string, rev int64, in NewPriority) (x Priority, err error) {
	defer apperr.Wrap(&err, "cop.SavePriority(%s)", id)
	err = db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		x, err = m.SavePriorityTx(ctx, tx, a, id, rev, in)
		return err
	})
	return x, err
}

// SavePriorityTx is SavePriority within a transaction: one revision is that of the
// words and of what another room keeps beside them.
func (m *Room) SavePriorityTx(ctx context.Context, tx db.Q, a policy.Actor, id string, rev int64, in NewPriority) (x Priority, err error) {
	if err := in.check(); err != nil {
		return x, err
	}
	n, err := tx.Exec(ctx, `UPDATE priority SET rev = rev + 1, title = $3, text = $4, theme = $5 WHERE id = $1 AND rev = $2 AND state = 'draft'`, id, rev, in.Title, in.Text, in.Theme)
	if err != nil {
		return x, err
	}
	if x, _, err = m.changed(ctx, tx, a, id, n); err != nil {
		return x, err
	}
	return x, m.kept(ctx, tx, a, "edit", "priority", id, x.Rev, x.COP, "", x)
}

// changed reads a priority that was just changed, and judges the actor and what
// was found.
func (m *Room) changed(ctx context.Context, tx db.Q, a policy.Actor, id string, n int64) (x Priority, c COP, err error) {
	if x, c, err = onePriority(ctx, tx, id); err != nil {
		return x, c, err
	}
	if err := policy.Check(a, policy.Edit, c.Thing(policy.Priority)); err != nil {
		return x, c, err
	}
	if n == 0 && x.State != PriorityDraft {
		return x, c, apperr.Conflictf("Cette priorité n’est plus en rédaction (%s)\u00a0: rien n’a été enregistré.", x.State.Name())
	}
	if n == 0 {
		return x, c, errMoved("cette priorité")
	}
	return x, c, nil
}

// AdoptPriority proposes the adoption of a draft, as an act of the COP's heads:
// of both, or of the préfet alone where the region chose so. Adopted, it goes up
// to the region.
func (m *Room) AdoptPriority(ctx context.Context, a policy.Actor, id string, rev int64) (x Priority, act Act, err error) {
	defer apperr.Wrap(&err, "cop.AdoptPriority(%s)", id)
	err = db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		n, err := tx.Exec(ctx, `UPDATE priority SET rev = rev + 1, state = 'proposed' WHERE id = $1 AND rev = $2 AND state = 'draft'`, id, rev)
		if err != nil {
			return err
		}
		var c COP
		if x, c, err = m.changed(ctx, tx, a, id, n); err != nil {
			return err
		}
		if err := m.kept(ctx, tx, a, "propose", "priority", id, x.Rev, x.COP, "", x); err != nil {
			return err
		}
		if act, err = m.propose(ctx, tx, a, c, NewAct{Kind: PriorityAct, Subject: id, Title: "Priorité du département\u00a0: " + x.Title}); err != nil {
			return err
		}
		x, _, err = onePriority(ctx, tx, id)
		return err
	})
	return x, act, err
}

// endPriority brings a priority where its act leaves it: adopted, or a draft
// again.
func (m *Room) endPriority(ctx context.Context, tx db.Q, act Act) error {
	to := PriorityAdopted
	if act.State == ActWithdrawn {
		to = PriorityDraft
	}
	n, err := tx.Exec(ctx, `UPDATE priority SET rev = rev + 1, state = $2 WHERE id = $1 AND state = 'proposed'`, act.Subject, string(to))
	if err != nil || n == 0 {
		return err
	}
	x, _, err := onePriority(ctx, tx, act.Subject)
	if err != nil {
		return err
	}
	by := act.ProposedBy
	if len(act.Consents) > 0 {
		by = act.Consents[len(act.Consents)-1].Person
	}
	return m.version(ctx, tx, "priority", x.ID, x.Rev, by, act.Reason, x)
}

// Answer is what a region says of a département's priority. The reason is said
// of what is merged or set aside; another answer may follow, and both stay in
// the versions.
func (m *Room) Answer(ctx context.Context, a policy.Actor, id string, rev int64, answer PriorityState, reason, into string) (x Priority, err error) {
	defer apperr.Wrap(&err, "cop.Answer(%s)", id)
	switch {
	case answer != TakenUp && answer != Merged && answer != SetAside:
		return x, apperr.Invalidf("La région reprend la priorité, la fusionne avec une autre, ou l’écarte.")
	case answer != TakenUp && strings.TrimSpace(reason) == "":
		return x, apperr.Invalidf("Dites pourquoi\u00a0: le département lit cette raison.")
	case len(reason) > 5_000:
		return x, apperr.Invalidf("La raison dépasse 5\u202f000 caractères.")
	case into != "" && (answer != Merged || into == id):
		return x, apperr.Invalidf("Choisissez une autre priorité, avec laquelle fusionner celle-ci.")
	}
	err = db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		n, err := tx.Exec(ctx, `
			UPDATE priority SET rev = rev + 1, state = $3, reason = $4, merged_into = $5
			 WHERE id = $1 AND rev = $2 AND state IN ('adopted', 'taken_up', 'merged', 'set_aside')`, id, rev, string(answer), reason, into)
		if err != nil {
			return err
		}
		var c COP
		if x, c, err = onePriority(ctx, tx, id); err != nil {
			return err
		}
		// The région answers: those of the département alone do not.
		if err := policy.Check(a, policy.Read, c.Thing(policy.Priority)); err != nil {
			return err
		}
		if !policy.Can(a, policy.Edit, policy.Thing{Kind: policy.Priority, COPs: []string{c.Parent}}) {
			return apperr.New(apperr.Forbidden, nil, "C’est à la région de répondre à cette priorité. Rien n’a été enregistré.")
		}
		if n == 0 && (x.State == PriorityDraft || x.State == PriorityProposed) {
			return apperr.Conflictf("Le département n’a pas encore adopté cette priorité\u00a0: rien n’a été enregistré.")
		}
		if n == 0 {
			return errMoved("cette priorité")
		}
		if into != "" {
			other, oc, err := onePriority(ctx, tx, into)
			if err != nil {
				return err
			}
			if oc.Parent != c.Parent || other.State == PriorityDraft || other.State == PriorityProposed {
				return apperr.Invalidf("On fusionne avec une priorité adoptée d’un département de la même région.")
			}
		}
		return m.kept(ctx, tx, a, "answer", "priority", id, x.Rev, c.Parent, reason, x)
	})
	return x, err
}

const prioritySelect = `SELECT id, rev, cop_id, title, text, theme, state, reason, merged_into FROM priority `

func scanPriority(r interface{ Scan(...any) error }) (x Priority, err error) {
	err = r.Scan(&x.ID, &x.Rev, &x.COP, &x.Title, &x.Text, &x.Theme, &x.State, &x.Reason, &x.Into)
	return x, err
}

func onePriority(ctx context.Context, q db.Q, id string) (x Priority, c COP, err error) {
	if x, err = scanPriority(q.QueryRow(ctx, prioritySelect+`WHERE id = $1`, id)); err != nil {
		return x, c, db.OrNotFound(err, "Cette priorité n’existe pas.")
	}
	c, err = Find(ctx, q, x.COP)
	return x, c, err
}

// FindPriority returns a priority that the actor may read.
func FindPriority(ctx context.Context, q db.Q, a policy.Actor, id string) (x Priority, c COP, err error) {
	if x, c, err = onePriority(ctx, q, id); err != nil {
		return x, c, err
	}
	return x, c, policy.Check(a, policy.Read, c.Thing(policy.Priority))
}

// Priorities lists those of a département's COP; for a region's, those of its
// départements that were adopted. They are few by nature: what a COP decides to
// put first.
func Priorities(ctx context.Context, q db.Q, a policy.Actor, c COP) (_ []Priority, err error) {
	defer apperr.Wrap(&err, "cop.Priorities(%s)", c.ID)
	if err := policy.Check(a, policy.Read, c.Thing(policy.Priority)); err != nil {
		return nil, err
	}
	return priorities(ctx, q, c)
}

func priorities(ctx context.Context, q db.Q, c COP) ([]Priority, error) {
	rows, err := q.Query(ctx, prioritySelect+`
		WHERE cop_id = $1 OR cop_id IN (SELECT id FROM cop WHERE parent = $1) AND state NOT IN ('draft', 'proposed') ORDER BY cop_id, id`, c.ID)
	return db.Collect(rows, err, func(r *db.Rows) (Priority, error) { return scanPriority(r) })
}
