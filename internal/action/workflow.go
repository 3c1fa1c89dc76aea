package action

import (
	"slices"
	"strings"

	"jalon/internal/policy"
)

// move is one line of the table of transitions: who, by a verb of the table of rights,
// moves an action from a state to another one. What a list or a merging alone moves
// has no verb.
type move struct {
	from, to State
	verb     policy.Verb
	reason   bool // asked for
}

// moves is the whole way of an action to the list of the COP. From Retained, nothing
// moves: the status alone does.
var moves = []move{
	{Draft, Proposed, policy.Edit, false},
	{Pool, Proposed, policy.Edit, true},
	{Proposed, Qualified, policy.Judge, true},
	{Proposed, Pool, policy.Judge, true},
	{Qualified, Debated, policy.Judge, false},
	{Qualified, Pool, policy.Judge, true},
	{Debated, Pool, policy.Judge, true},
	{Debated, Retaining, "", false},
	{Retaining, Retained, "", false},
	{Retaining, Debated, "", false},
	{Draft, Withdrawn, policy.Edit, false},
	{Proposed, Withdrawn, policy.Edit, false},
	{Pool, Withdrawn, policy.Edit, true},
	{Qualified, Withdrawn, policy.Judge, true},
	{Debated, Withdrawn, policy.Judge, true},
	{Proposed, Merged, "", false},
	{Qualified, Merged, "", false},
	{Debated, Merged, "", false},
	{Pool, Merged, "", false},
	{Merged, Proposed, "", false},
	{Merged, Qualified, "", false},
	{Merged, Debated, "", false},
	{Merged, Pool, "", false},
}

func moveOf(from, to State) (move, bool) {
	i := slices.IndexFunc(moves, func(m move) bool { return m.from == from && m.to == to })
	if i < 0 {
		return move{}, false
	}
	return moves[i], true
}

// Reachable lists where somebody who holds the rights of an actor over an action may
// move it by hand, whatever its guards say.
func Reachable(a policy.Actor, x Action, t policy.Thing) (out []State) {
	for _, m := range moves {
		if m.from == x.State && m.verb != "" && policy.Can(a, m.verb, t) {
			out = append(out, m.to)
		}
	}
	return out
}

// AsksReason reports whether moving from a state to another one asks for a reason.
func AsksReason(from, to State) bool {
	m, _ := moveOf(from, to)
	return m.reason
}

// Guard is one thing that must be there before an action moves; Said is the same
// sentence in both cases.
type Guard struct {
	OK   bool
	Said string
}

// Guards lists what moving an action to a state asks for: it is shown before the act,
// and it is what refuses the act.
func Guards(x Action, to State) (out []Guard) {
	add := func(ok bool, said string) { out = append(out, Guard{ok, said}) }
	if _, ok := moveOf(x.State, to); !ok {
		return []Guard{{false, "Une action " + x.State.Name() + " ne peut pas devenir " + to.Name() + "."}}
	}
	switch to {
	case Proposed:
		add(strings.TrimSpace(x.Title) != "", "L’action a un titre.")
		add(strings.TrimSpace(x.Summary) != "", "L’action a un résumé.")
		if x.Kind == CrossCutting {
			add(x.Cross != "", "L’action a un thème transversal de la région.")
		} else {
			add(len(x.Levers) > 0, "L’action a un levier central.")
		}
		add(len(x.Places) > 0, "L’action a un territoire.")
		add(strings.TrimSpace(x.Holder.Name) != "", "L’action a un porteur.")
		add(len(x.Grid.Self.Unsaid(SelfTurn, x.Kind)) == 0, "L’auto-évaluation de la grille est complète\u00a0: une réponse et une raison à chaque critère.")
	case Qualified:
		add(x.Grid.Opinion != nil && len(x.Grid.Opinion.Unsaid(OpinionTurn, x.Kind)) == 0, "L’équipe a donné son avis, avec ses raisons.")
		ok, _ := Eligible(x.Grid.Decision, x.Kind)
		add(ok, "La décision constate une dimension nouvelle et une action structurante.")
		add(x.Grid.Decision != nil && len(x.Grid.Decision.Unsaid(DecisionTurn, x.Kind)) == 0, "La décision a sa raison.")
	case Pool:
		if x.State == Proposed {
			add(x.Grid.Opinion != nil && len(x.Grid.Opinion.Unsaid(OpinionTurn, x.Kind)) == 0, "L’équipe a donné son avis, avec ses raisons.")
			add(x.Grid.Decision != nil && len(x.Grid.Decision.Unsaid(DecisionTurn, x.Kind)) == 0, "La décision a sa raison.")
		}
		add(Named(PoolStates(), x.PoolState) != x.PoolState, "Le statut au vivier est choisi.")
	case Debated:
		if x.State == Qualified {
			add(x.Debate.Told(), "Le débat est daté\u00a0: une réunion, une décision, ou un jour avec sa raison.")
		}
	case Retaining:
		add(x.Kind == CrossCutting || len(x.Levers) > 0, "L’action a un levier central, ou un thème transversal.")
		add(x.Status != "abandoned", "L’action n’est pas abandonnée.")
	}
	return out
}

// Missing are the sentences of the guards that do not hold.
func Missing(all []Guard) (out []string) {
	for _, g := range all {
		if !g.OK {
			out = append(out, g.Said)
		}
	}
	return out
}

// Debate says when and where an action was debated.
type Debate struct {
	On       string `json:"on,omitempty"` // day
	Meeting  string `json:"meeting,omitempty"`
	Decision string `json:"decision,omitempty"`
	Reason   string `json:"reason,omitempty"`
}

// Told reports whether the day of a debate is known, by a meeting, a decision, or a
// reason.
func (d Debate) Told() bool {
	return d.On != "" && (d.Meeting != "" || d.Decision != "" || strings.TrimSpace(d.Reason) != "")
}
