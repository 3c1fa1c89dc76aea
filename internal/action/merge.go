package action

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/link"
	"jalon/internal/policy"
)

// MergeChoices are the groups of fields that somebody chooses when two actions are merged:
// each comes from the one or the other as a whole, so that nothing is added twice.
func MergeChoices() [][2]string {
	return [][2]string{{"title", "Titre et résumé"}, {"holder", "Porteur"}, {"places", "Territoires"}, {"dates", "Dates, phase et statut"}, {"impacts", "Leviers et ce que l’action apporte"},
		{"budget", "Budget et financements"}, {"tasks", "Tâches et indicateurs"}}
}

// take brings a group of fields of another action into one.
func (x *Action) take(group string, y Action) {
	switch group {
	case "title":
		x.Title, x.Summary = y.Title, y.Summary
	case "holder":
		x.Holder, x.Contact, x.Email, x.Referent = y.Holder, y.Contact, y.Email, y.Referent
	case "places":
		x.Places = y.Places
	case "dates":
		x.Starts, x.Ends, x.Phase, x.Status, x.StatusReason, x.StatusOn, x.Step = y.Starts, y.Ends, y.Phase, y.Status, y.StatusReason, y.StatusOn, y.Step
	case "impacts":
		x.Levers, x.Impacts, x.Theme = y.Levers, y.Impacts, y.Theme
	case "budget":
		x.Budget, x.Funding = y.Budget, y.Funding
	case "tasks":
		x.Tasks, x.Indicators = y.Tasks, y.Indicators
	}
}

// Merging is what somebody decides of two actions that are one. From names the groups
// of Choices that come from Other; all else stays as Kept has it.
type Merging struct {
	Kept, Other Pick
	From        []string
	Reason      string
}

// merged is how two actions were merged, so that they can be parted.
type merged struct {
	Kept   string      `json:"kept"`
	Other  string      `json:"other"`
	Before Action      `json:"before"` // the kept one
	Rev    int64       `json:"rev"`    // of the kept one, once merged
	State  State       `json:"state"`  // of the other one, before
	From   []string    `json:"from"`
	Moved  []link.Link `json:"moved"`  // that the other one had, and the kept one has since
	Shared []link.Link `json:"shared"` // that both had
}

// holdTwo locks two actions of one COP, in the order of their ids.
func (m *Room) holdTwo(ctx context.Context, tx db.Q, a policy.Actor, in Merging) (kept, other held, err error) {
	if in.Kept.ID == in.Other.ID {
		return kept, other, apperr.Invalidf("Choisissez deux actions différentes.")
	}
	take := func(h *held, p Pick) {
		if err == nil {
			*h, err = m.hold(ctx, tx, a, p.ID, p.Rev, policy.Judge)
		}
	}
	if in.Kept.ID < in.Other.ID {
		take(&kept, in.Kept)
		take(&other, in.Other)
	} else {
		take(&other, in.Other)
		take(&kept, in.Kept)
	}
	if err != nil {
		return kept, other, err
	}
	if kept.x.COP != other.x.COP || kept.x.Kind != other.x.Kind {
		return kept, other, apperr.Invalidf("Deux actions se fusionnent quand elles sont de la même COP et de la même sorte, sectorielles ou transversales.")
	}
	return kept, other, nil
}

// Merge makes one of two actions: the kept one takes what was chosen from the other,
// and the holder of the other as a co-holder; the other points to it, and is counted
// no more. Both keep the trace, and Unmerge parts them again.
func (m *Room) Merge(ctx context.Context, q db.Q, a policy.Actor, in Merging) (x Action, err error) {
	defer apperr.Wrap(&err, "action.Merge(%s, %s)", in.Kept.ID, in.Other.ID)
	if in.Reason = strings.TrimSpace(in.Reason); in.Reason == "" {
		return x, fault("reason", "Dites pourquoi ces deux actions n’en sont qu’une\u00a0: la raison reste dans l’historique des deux.")
	}
	if err := sized("reason", "Raison", in.Reason, longestWhy); err != nil {
		return x, err
	}
	err = m.change(ctx, q, func(ctx context.Context, tx db.Q) error {
		kept, other, err := m.holdTwo(ctx, tx, a, in)
		if err != nil {
			return err
		}
		if _, ok := moveOf(other.x.State, Merged); !ok {
			return apperr.Conflictf("L’action n° %d est %s\u00a0: elle ne peut pas être fusionnée avec une autre. Gardez-la, et fusionnez l’autre. Rien n’a été enregistré.", other.x.Seq, other.x.State.Name())
		}
		if s := kept.x.State; s == Draft || s == Merged || s == Withdrawn || s == Retaining {
			return apperr.Conflictf("L’action n° %d est %s\u00a0: elle ne peut pas en remplacer une autre. Rien n’a été enregistré.", kept.x.Seq, s.Name())
		}
		if kept.x.State == Retained && slices.Contains(in.From, "impacts") {
			return fault("impacts", "L’action gardée est retenue\u00a0: ce qu’elle apporte reste ce que les deux têtes ont validé. Modifiez-le ensuite, avec sa raison.")
		}
		trace := merged{Kept: kept.x.ID, Other: other.x.ID, Before: kept.x, State: other.x.State, From: in.From}
		next := kept.x
		for _, g := range in.From {
			next.take(g, other.x)
		}
		if p := other.x.Holder; p.Name != "" && !slices.Contains(in.From, "holder") && p.Name != next.Holder.Name && !slices.ContainsFunc(next.CoHolders, func(o Party) bool { return o.Name == p.Name }) {
			next.CoHolders = append(slices.Clone(next.CoHolders), p)
		}
		next.Relations = slices.DeleteFunc(slices.Clone(next.Relations), func(r Relation) bool { return r.Other == other.x.ID })
		if err := next.check(); err != nil {
			return err
		}
		if x, err = m.turned(ctx, tx, a.Person, "merge", in.Reason, next, kept.x.State); err != nil {
			return err
		}
		trace.Rev = x.Rev
		gone := other.x
		gone.State, gone.MergedInto = Merged, x.ID
		if _, err := m.turned(ctx, tx, a.Person, "merge", in.Reason, gone, other.x.State); err != nil {
			return err
		}
		if trace.Moved, trace.Shared, err = m.relink(ctx, tx, a.Person, x.COP, gone.ID, x.ID); err != nil {
			return err
		}
		return m.keepPair(ctx, tx, a.Person, x.COP, x.ID, gone.ID, "merged", in.Reason, &trace)
	})
	return x, err
}

// relink gives the links of an action to another one: moved are those that the other
// did not have.
func (m *Room) relink(ctx context.Context, tx db.Q, by, copID, from, to string) (moved, shared []link.Link, err error) {
	was, will := link.End{Kind: link.Action, ID: from}, link.End{Kind: link.Action, ID: to}
	ends := func(e link.End) (all []link.Link, err error) {
		out, err := link.From(ctx, tx, e)
		if err != nil {
			return nil, err
		}
		in, err := link.To(ctx, tx, e)
		return append(out, in...), err
	}
	theirs, err := ends(was)
	if err != nil {
		return nil, nil, err
	}
	ours, err := ends(will)
	if err != nil {
		return nil, nil, err
	}
	for _, l := range theirs {
		n := l
		if n.From == was {
			n.From = will
		}
		if n.To == was {
			n.To = will
		}
		if err := m.Links.Part(ctx, tx, l.From, l.To); err != nil {
			return nil, nil, err
		}
		if n.From == n.To {
			continue
		}
		if slices.ContainsFunc(ours, func(o link.Link) bool { return o.From == n.From && o.To == n.To }) {
			shared = append(shared, l)
			continue
		}
		if err := m.Links.Join(ctx, tx, copID, by, n.From, n.To); err != nil {
			return nil, nil, err
		}
		moved = append(moved, l)
	}
	return moved, shared, nil
}

func (m *Room) keepPair(ctx context.Context, tx db.Q, by, copID, x, y, state, reason string, trace *merged) error {
	a, b := orderPair(x, y)
	body := []byte("{}")
	if trace != nil {
		var err error
		if body, err = json.Marshal(trace); err != nil {
			return err
		}
	}
	_, err := db.Insert(ctx, tx, "action_pair", []string{"cop_id", "a", "b", "rev", "state", "by", "at", "reason", "body"}, [][]any{{copID, a, b, int64(1), state, by, m.Now().UnixMilli(), reason, string(body)}},
		"ON CONFLICT (a, b) DO UPDATE SET rev = action_pair.rev + 1, state = excluded.state, by = excluded.by, at = excluded.at, reason = excluded.reason, body = excluded.body")
	return err
}

// Dismiss remembers that two actions that look alike are two.
func (m *Room) Dismiss(ctx context.Context, a policy.Actor, one, two Pick, reason string) (err error) {
	defer apperr.Wrap(&err, "action.Dismiss(%s, %s)", one.ID, two.ID)
	if err := sized("reason", "Raison", reason, longestWhy); err != nil {
		return err
	}
	return m.change(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		x, y, err := m.holdTwo(ctx, tx, a, Merging{Kept: one, Other: two})
		if err != nil {
			return err
		}
		if x.x.State == Merged || y.x.State == Merged {
			return apperr.Conflictf("Ces deux actions viennent d’être fusionnées. Rien n’a été enregistré.")
		}
		if err := m.keepPair(ctx, tx, a.Person, x.x.COP, x.x.ID, y.x.ID, "dismissed", strings.TrimSpace(reason), nil); err != nil {
			return err
		}
		return m.note(ctx, tx, a.Person, "dismiss", "action_pair", x.x.ID, 0, x.x.COP)
	})
}

// Parted is what Unmerge could not undo by itself.
type Parted struct {
	Other Action
	// KeptChanged tells that the kept action was changed since: it stays as it is.
	KeptChanged bool
}

// Unmerge parts an action from the one that it was merged with: it finds its state and
// its links again. The kept one finds again what it said before, unless somebody
// changed it since.
func (m *Room) Unmerge(ctx context.Context, q db.Q, a policy.Actor, id string, rev int64, reason string) (p Parted, err error) {
	defer apperr.Wrap(&err, "action.Unmerge(%s)", id)
	if reason = strings.TrimSpace(reason); reason == "" {
		return p, fault("reason", "Dites pourquoi ces actions redeviennent deux\u00a0: la raison reste dans l’historique des deux.")
	}
	err = m.change(ctx, q, func(ctx context.Context, tx db.Q) error {
		h, err := m.hold(ctx, tx, a, id, rev, policy.Judge)
		if err != nil {
			return err
		}
		if h.x.State != Merged {
			return apperr.Conflictf("Cette action n’est plus fusionnée. Rien n’a été enregistré.")
		}
		first, second := orderPair(id, h.x.MergedInto)
		var body string
		if err := tx.QueryRow(ctx, `SELECT body FROM action_pair WHERE a = $1 AND b = $2 AND state = 'merged'`, first, second).Scan(&body); err != nil {
			return err
		}
		var trace merged
		if err := json.Unmarshal([]byte(body), &trace); err != nil {
			return err
		}
		kept, err := lock(ctx, tx, h.x.MergedInto)
		if err != nil {
			return err
		}
		if p.KeptChanged = kept.Rev != trace.Rev; !p.KeptChanged {
			back := trace.Before
			back.ID, back.Rev, back.State = kept.ID, kept.Rev, kept.State
			if _, err := m.turned(ctx, tx, a.Person, "unmerge", reason, back, kept.State); err != nil {
				return err
			}
		}
		x := h.x
		x.State, x.MergedInto = trace.State, ""
		if p.Other, err = m.turned(ctx, tx, a.Person, "unmerge", reason, x, Merged); err != nil {
			return err
		}
		was, will := link.End{Kind: link.Action, ID: kept.ID}, link.End{Kind: link.Action, ID: id}
		for _, l := range trace.Moved {
			from, to := l.From, l.To
			if from == will {
				from = was
			}
			if to == will {
				to = was
			}
			if err := m.Links.Part(ctx, tx, from, to); err != nil {
				return err
			}
		}
		for _, l := range slices.Concat(trace.Moved, trace.Shared) {
			if err := m.Links.Join(ctx, tx, x.COP, a.Person, l.From, l.To); err != nil {
				return err
			}
		}
		return m.keepPair(ctx, tx, a.Person, x.COP, kept.ID, id, "parted", reason, nil)
	})
	return p, err
}
