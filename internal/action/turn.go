package action

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/link"
	"jalon/internal/policy"
)

// Unready refuses a move whose guards do not hold: Lacks are their sentences.
type Unready struct{ Lacks []string }

// Error is the sentence a user reads.
func (u *Unready) Error() string {
	return "Il manque encore\u00a0: " + strings.Join(u.Lacks, " ") + " Rien n’a été déplacé."
}

// Unwrap makes it an invalid input.
func (u *Unready) Unwrap() error { return apperr.Invalidf("%s", u.Error()) }

// Held is an action that somebody acts upon, in the transaction of the act.
type held struct {
	x Action
	c cop.COP
}

// hold locks an action at a revision for who may do to it what is said. The second of
// two who act gets a conflict, and the action as it is now.
func (m *Room) hold(ctx context.Context, tx db.Q, a policy.Actor, id string, rev int64, verb policy.Verb) (h held, err error) {
	if h.x, err = lock(ctx, tx, id); err != nil {
		return h, err
	}
	if h.c, err = cop.Find(ctx, tx, h.x.COP); err != nil {
		return h, err
	}
	if err := policy.Check(a, verb, h.x.Thing(h.c)); err != nil {
		return h, err
	}
	if h.x.Rev != rev {
		return h, errMoved()
	}
	return h, nil
}

// turned writes an action that changed state, and tells the rooms that follow it.
func (m *Room) turned(ctx context.Context, tx db.Q, by, verb, reason string, x Action, from State) (Action, error) {
	x, fresh, err := m.write(ctx, tx, by, verb, reason, x)
	if err == nil && !fresh {
		err = errMoved()
	}
	if err != nil || x.State == from {
		return x, err
	}
	for _, then := range m.OnState {
		if err := then(ctx, tx, x, from); err != nil {
			return x, err
		}
	}
	return x, nil
}

// Assess keeps the reading of the grid of a turn: who proposes assesses the action,
// whole or not, until it is qualified; the team gives its opinion of a proposed one.
// What is decided goes by Decide.
func (m *Room) Assess(ctx context.Context, q db.Q, a policy.Actor, id string, rev int64, t Turn, in Assessment) (x Action, err error) {
	defer apperr.Wrap(&err, "action.Assess(%s, %s)", id, t)
	err = m.change(ctx, q, func(ctx context.Context, tx db.Q) error {
		verb := policy.Edit
		if t == OpinionTurn {
			verb = policy.Judge
		}
		h, err := m.hold(ctx, tx, a, id, rev, verb)
		x = h.x
		if err != nil {
			return err
		}
		state := x.State == Proposed || t == SelfTurn && (x.State == Draft || x.State == Pool)
		if !state || t != SelfTurn && t != OpinionTurn {
			return apperr.Conflictf("Cette action est %s\u00a0: cette partie de la grille ne change plus à cette étape. Rien n’a été enregistré.", x.State.Name())
		}
		kept, err := in.clean(t, x.Kind)
		if err != nil {
			return err
		}
		kept.Person, kept.On = a.Person, h.c.DayAt(m.Now())
		act := "assess"
		if t == OpinionTurn {
			if lacks := kept.Unsaid(t, x.Kind); len(lacks) > 0 {
				return &Unready{lacks}
			}
			x.Grid.Opinion, act = kept, "advise"
		} else {
			x.Grid.Self = kept
			if x.Kind == CrossCutting {
				x.Levers = kept.Levers // found by them; nothing is counted from them
			}
		}
		x, err = m.turned(ctx, tx, a.Person, act, kept.Reason, x, x.State)
		return err
	})
	return x, err
}

// Decide keeps the decision on a proposed action and moves it, in one act: qualified,
// or in the vivier with its status there.
func (m *Room) Decide(ctx context.Context, q db.Q, a policy.Actor, id string, rev int64, in Assessment, poolState string) (x Action, err error) {
	defer apperr.Wrap(&err, "action.Decide(%s)", id)
	err = m.change(ctx, q, func(ctx context.Context, tx db.Q) error {
		h, err := m.hold(ctx, tx, a, id, rev, policy.Judge)
		x = h.x
		if err != nil {
			return err
		}
		kept, err := in.clean(DecisionTurn, x.Kind)
		if err != nil {
			return err
		}
		kept.Person, kept.On = a.Person, h.c.DayAt(m.Now())
		next := x
		next.Grid.Decision = kept
		to, act := Qualified, "qualify"
		if kept.Verdict == string(Pool) {
			to, act, next.PoolState = Pool, "pool", poolState
		}
		if lacks := append(kept.Unsaid(DecisionTurn, x.Kind), Missing(Guards(next, to))...); len(lacks) > 0 {
			return &Unready{lacks}
		}
		next.State = to
		x, err = m.turned(ctx, tx, a.Person, act, kept.Reason, next, h.x.State)
		return err
	})
	return x, err
}

// Turned is what somebody says who moves an action.
type Turned struct {
	ID        string
	Rev       int64
	To        State
	Reason    string
	PoolState string
	Debate    Debate
	By        string // name of who moves it, as shown
}

var moveVerbs = map[State]string{Proposed: "propose", Debated: "debate", Pool: "pool", Withdrawn: "withdraw"}

// Move brings an action to a state by hand, as the table of transitions and its guards
// allow: proposed, debated, withdrawn, or to the vivier after it was qualified. What is
// decided by the grid goes by Decide, what is retained by a list.
func (m *Room) Move(ctx context.Context, q db.Q, a policy.Actor, in Turned) (x Action, err error) {
	defer apperr.Wrap(&err, "action.Move(%s, %s)", in.ID, in.To)
	in.Reason = strings.TrimSpace(in.Reason)
	err = m.change(ctx, q, func(ctx context.Context, tx db.Q) error {
		h, err := m.hold(ctx, tx, a, in.ID, in.Rev, policy.Edit)
		x = h.x
		if err != nil {
			return err
		}
		step, ok := moveOf(x.State, in.To)
		if !ok || step.verb == "" || moveVerbs[in.To] == "" || x.State == Proposed && in.To == Pool {
			return apperr.Conflictf("Une action %s ne peut pas devenir %s par cette page. Rien n’a été déplacé.", x.State.Name(), in.To.Name())
		}
		if err := policy.Check(a, step.verb, x.Thing(h.c)); err != nil {
			return err
		}
		if step.reason && in.Reason == "" {
			return fault("reason", "Dites pourquoi\u00a0: la raison reste dans l’historique de l’action.")
		}
		if utf8.RuneCountInString(in.Reason) > longestWhy {
			return sized("reason", "Raison", in.Reason, longestWhy)
		}
		next := x
		reason := in.Reason
		switch in.To {
		case Proposed: // a new turn: what was said before is in the versions
			next.Grid.Opinion, next.Grid.Decision, next.PoolState = nil, nil, ""
		case Pool:
			next.PoolState = in.PoolState
			again := Assessment{Person: a.Person, By: in.By, On: h.c.DayAt(m.Now())}
			if d := x.Grid.Decision; d != nil {
				again.Met, again.Why, again.Levers = d.Met, d.Why, d.Levers
			}
			again.Verdict, again.Reason = string(Pool), in.Reason
			next.Grid.Decision = &again
		case Debated:
			if next.Debate, err = m.debated(ctx, tx, a, h, in.Debate); err != nil {
				return err
			}
			reason = next.Debate.Reason
		}
		if lacks := Missing(Guards(next, in.To)); len(lacks) > 0 {
			return &Unready{lacks}
		}
		next.State = in.To
		x, err = m.turned(ctx, tx, a.Person, moveVerbs[in.To], reason, next, h.x.State)
		return err
	})
	return x, err
}

// debated reads where an action was debated: the day of a meeting stands for its own,
// and the meeting or the decision is linked to the action.
func (m *Room) debated(ctx context.Context, tx db.Q, a policy.Actor, h held, d Debate) (Debate, error) {
	d.Reason = strings.TrimSpace(d.Reason)
	if err := sized("reason", "Raison", d.Reason, longestWhy); err != nil {
		return d, err
	}
	end := link.End{Kind: link.Action, ID: h.x.ID}
	if d.Meeting != "" {
		x, c, err := cop.FindMeeting(ctx, tx, a, d.Meeting)
		if err != nil {
			return d, err
		}
		if c.ID != h.c.ID && c.Parent != h.c.ID {
			return d, fault("meeting", "Cette réunion n’est pas de la même COP.")
		}
		d.On = x.Day
		if err := m.Links.Join(ctx, tx, h.c.ID, a.Person, link.End{Kind: link.Meeting, ID: x.ID}, end); err != nil {
			return d, err
		}
	}
	if d.Decision != "" {
		if err := m.Links.Join(ctx, tx, h.c.ID, a.Person, link.End{Kind: link.Decision, ID: d.Decision}, end); err != nil {
			return d, err
		}
	}
	day, err := time.Parse(time.DateOnly, d.On)
	if err != nil {
		return d, fault("on", "Choisissez la réunion, ou écrivez le jour du débat, par exemple 2026-05-27.")
	}
	if day.Format(time.DateOnly) > h.c.DayAt(m.Now()) {
		return d, fault("on", "Ce jour n’est pas encore passé\u00a0: l’action sera débattue quand le débat aura eu lieu.")
	}
	if !d.Told() {
		return d, fault("reason", "Sans réunion ni décision, dites où et comment l’action a été débattue.")
	}
	return d, nil
}
