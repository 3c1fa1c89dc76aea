package contribution

import (
	"context"
	"encoding/json"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/debate"
	"jalon/internal/journal"
	"jalon/internal/policy"
)

// instructionTables lists the tables of the study of contributions.
func instructionTables() []db.Table {
	return []db.Table{
		{Name: "contribution_instruction", Order: []string{"post_id"}, Scope: db.COP, Personal: []string{"assignee"}},
		{Name: "contribution_instruction_version", Order: []string{"id", "rev"}, Scope: db.COP, Personal: []string{"by", "body"}, Free: []string{"body"}},
		{Name: "contribution_opinion", Order: []string{"id"}, Scope: db.COP, Personal: []string{"by"}},
		{Name: "contribution_relation", Order: []string{"id"}, Scope: db.COP, Personal: []string{"by"}},
		{Name: "contribution_step", Order: []string{"id"}, Scope: db.COP},
		{Name: "contribution_united", Order: []string{"relation_id", "voice_id"}, Scope: db.COP},
	}
}

// InstructionState is how far the study of a contribution has gone.
type InstructionState string

// The states of the study of a contribution.
const (
	Unassigned InstructionState = "unassigned"
	Studied    InstructionState = "studied"
	Advised    InstructionState = "advised"
	Answered   InstructionState = "answered"
	Joined     InstructionState = "merged" // read and answered with another one
	Split      InstructionState = "split"  // each of its parts is answered
)

// InstructionStates lists those that a team works through, in the order of screens.
func InstructionStates() []InstructionState {
	return []InstructionState{Unassigned, Studied, Advised, Answered}
}

var instructionNames = map[InstructionState]string{Unassigned: "à attribuer", Studied: "à l’étude", Advised: "avis rendu", Answered: "répondue", Joined: "fusionnée", Split: "scindée"}

// Name is the French name of a state.
func (s InstructionState) Name() string { return instructionNames[s] }

// Verdicts lists what a team answers to a contribution, in the order of screens.
func Verdicts() []Study { return []Study{Retained, PartRetain, NotRetained, OutOfScope} }

// Instruction is the study of a contribution.
type Instruction struct {
	Post        string           `json:"post"`
	Rev         int64            `json:"-"`
	COP         string           `json:"cop"`
	State       InstructionState `json:"state"`
	Group       string           `json:"group"`
	Assignee    string           `json:"assignee"`
	Due         string           `json:"due"`
	Verdict     Study            `json:"verdict"`
	Reason      string           `json:"reason"`
	Department  string           `json:"department"`
	PublishedAt time.Time        `json:"published_at"`
	AnsweredAt  time.Time        `json:"answered_at"` // zero before
	Took        time.Duration    `json:"took"`
}

// InstructionColumns are those that ScanInstruction reads, of the alias i.
const InstructionColumns = `i.post_id, i.rev, i.cop_id, i.state, i.group_id, i.assignee, i.due, i.verdict, i.reason, i.department, i.published_at, i.answered_at, i.took`

func (x *Instruction) dest(published, answered, took *int64) []any {
	return []any{&x.Post, &x.Rev, &x.COP, &x.State, &x.Group, &x.Assignee, &x.Due, &x.Verdict, &x.Reason, &x.Department, published, answered, took}
}

func (x *Instruction) dated(published, answered, took int64) {
	x.PublishedAt, x.Took = time.UnixMilli(published).UTC(), time.Duration(took)*time.Millisecond
	if answered > 0 {
		x.AnsweredAt = time.UnixMilli(answered).UTC()
	}
}

func scanInstruction(r interface{ Scan(...any) error }) (x Instruction, err error) {
	var published, answered, took int64
	err = r.Scan(x.dest(&published, &answered, &took)...)
	x.dated(published, answered, took)
	return x, err
}

// FindInstruction returns the study of a contribution that was published.
func FindInstruction(ctx context.Context, q db.Q, post string) (Instruction, error) {
	x, err := scanInstruction(q.QueryRow(ctx, `SELECT `+InstructionColumns+` FROM contribution_instruction i WHERE i.post_id = $1`, post))
	return x, db.OrNotFound(err, "Cette contribution n’est pas à l’étude\u00a0: elle n’est pas encore publiée.")
}

// Thing is the study of a contribution as policy sees it.
func (x Instruction) Thing(c cop.COP) policy.Thing {
	t := c.Thing(policy.Instruction)
	t.Group = x.Group
	if x.Department != "" {
		t.Department = x.Department // whoever leads it reads what is said of it
	}
	return t
}

// Opened begins the study of a contribution when it is published for the first time:
// what OnState does with contributions. It comes back as it was when it is published
// again.
func (m *Room) Opened(ctx context.Context, tx db.Q, p debate.Post, _ debate.PostState) error {
	if p.State != debate.PostPublished {
		return nil
	}
	n, err := db.Insert(ctx, tx, "contribution_instruction", []string{"post_id", "rev", "cop_id", "state", "group_id", "assignee", "due", "verdict", "reason", "department", "published_at", "answered_at", "took"},
		[][]any{{p.ID, int64(1), p.COP, string(Unassigned), "", "", "", "", "", departmentOf(p.Territory), p.PublishedAt.UnixMilli(), int64(0), int64(0)}}, "ON CONFLICT (post_id) DO NOTHING")
	if err != nil || n == 0 {
		return err
	}
	return m.step(ctx, tx, p.COP, p.ID, Fact{Kind: FactPublished, Text: "Publiée."})
}

// keptInstruction writes the version of a study and its row in the journal.
func (m *Room) keptInstruction(ctx context.Context, tx db.Q, a policy.Actor, verb string, x Instruction, reason string) error {
	body, err := json.Marshal(x)
	if err != nil {
		return err
	}
	if _, err := db.Insert(ctx, tx, "contribution_instruction_version", []string{"id", "rev", "at", "by", "reason", "body"}, [][]any{{x.Post, x.Rev, m.Now().UnixMilli(), a.Person, reason, string(body)}}, ""); err != nil {
		return err
	}
	_, err = m.Journal.Record(ctx, tx, journal.Entry{Actor: a.Person, Verb: verb, Kind: "instruction", Subject: x.Post, Rev: x.Rev, COP: x.COP})
	return err
}

// move writes a study as it is now, when it still is at a revision.
func (m *Room) move(ctx context.Context, tx db.Q, a policy.Actor, verb string, x Instruction, rev int64, reason string) (Instruction, error) {
	var answered int64
	if !x.AnsweredAt.IsZero() {
		answered = x.AnsweredAt.UnixMilli()
	}
	n, err := tx.Exec(ctx, `UPDATE contribution_instruction SET rev = rev + 1, state = $3, group_id = $4, assignee = $5, due = $6, verdict = $7, reason = $8, answered_at = $9, took = $10 WHERE post_id = $1 AND rev = $2`,
		x.Post, rev, string(x.State), x.Group, x.Assignee, x.Due, string(x.Verdict), x.Reason, answered, x.Took.Milliseconds())
	if err != nil {
		return x, err
	}
	if n == 0 {
		return x, apperr.Conflictf("Quelqu’un d’autre a modifié l’étude de cette contribution pendant votre saisie. Rien n’a été enregistré\u00a0: comparez, puis enregistrez de nouveau.")
	}
	x.Rev = rev + 1
	// What is counted of answers follows, where it is kept in memory.
	if _, err := tx.Exec(ctx, `UPDATE contribution SET seq = seq + 1, changed_at = $2 WHERE post_id = $1`, x.Post, m.Now().UnixMilli()); err != nil {
		return x, err
	}
	return x, m.keptInstruction(ctx, tx, a, verb, x, reason)
}
