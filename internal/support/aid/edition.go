package aid

import (
	"context"
	"slices"
	"strings"

	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/policy"
)

// bare is the name of an aid without what an edition changes: years, numbers of the call.
func bare(name string) string {
	words := strings.Fields(plain(name))
	return strings.Join(slices.DeleteFunc(words, func(w string) bool {
		return w == "edition" || len(w) == 4 && strings.HasPrefix(w, "20") && strings.Trim(w, "0123456789") == ""
	}), " ")
}

// Likely are the aids that may be the edition before this one: the same source and holder,
// the same name but for the years, another id, written before. Somebody confirms.
func (s *Shelf) Likely(x Aid) []Aid {
	if x.Previous != "" || x.SourceID == "" {
		return nil
	}
	var out []Aid
	name, holder := bare(x.Name), plain(x.Holder())
	for _, o := range s.Aids {
		if o.ID != x.ID && o.Source == x.Source && o.SourceID != "" && o.SourceID != x.SourceID && o.ID < x.ID && s.Last(o.ID) && o.Owner == x.Owner &&
			len(o.Name) > 0 && len(name) > 0 && plain(o.Holder()) == holder && bare(o.Name) == name {
			out = append(out, o)
		}
	}
	return out
}

// LikelyAll are the pairs that Likely finds in the whole catalogue, at most some: for the
// nation's list of editions to confirm. Each is the later aid, then the earlier.
func (s *Shelf) LikelyAll(most int) [][2]Aid {
	type key struct{ source, owner, holder, name string }
	groups := map[key][]int{}
	var order []key
	for i, x := range s.Aids {
		if x.SourceID == "" {
			continue
		}
		k := key{x.Source, x.Owner, plain(x.Holder()), bare(x.Name)}
		if groups[k] = append(groups[k], i); len(groups[k]) == 2 {
			order = append(order, k)
		}
	}
	var out [][2]Aid
	for _, k := range order {
		list := groups[k]
		slices.SortFunc(list, func(a, b int) int { return strings.Compare(s.Aids[a].ID, s.Aids[b].ID) })
		for n := 1; n < len(list) && len(out) < most; n++ {
			later, earlier := s.Aids[list[n]], s.Aids[list[n-1]]
			if later.Previous == "" && s.Last(earlier.ID) {
				out = append(out, [2]Aid{later, earlier})
			}
		}
	}
	return out
}

// Chain says that an aid is the edition after another one, which closes: it is found, and
// no longer offered. What people had said of the earlier one, its levers, is kept for the
// later when nobody said them of it.
func (m *Room) Chain(ctx context.Context, q db.Q, a policy.Actor, id string, rev int64, previous string) (x Aid, err error) {
	defer apperr.Wrap(&err, "aid.Chain(%s)", id)
	err = m.change(ctx, q, func(ctx context.Context, tx db.Q) error {
		// In the order of their ids: two people who chain at once wait one way.
		ids := []string{id, previous}
		slices.Sort(ids)
		for _, i := range ids {
			if _, err := lock(ctx, tx, i); err != nil {
				return err
			}
		}
		was, err := one(ctx, tx, id)
		if err != nil {
			return err
		}
		before, err := one(ctx, tx, previous)
		if err != nil {
			return err
		}
		for _, t := range []Aid{was, before} {
			if err := may(ctx, tx, a, policy.Edit, t); err != nil {
				return err
			}
		}
		if was.Rev != rev {
			x = was
			return errMoved()
		}
		if before.State == Closed {
			return apperr.Conflictf("Une autre édition a déjà pris la suite de celle-ci. Rien n’a été enregistré.")
		}
		was.Previous = previous
		if err := m.tied(ctx, tx, was); err != nil {
			return err
		}
		if len(was.Serves) == 0 {
			was.Serves = before.Serves
		}
		if x, err = m.write(ctx, tx, a.Person, "chain", "édition suivante", was); err != nil {
			return err
		}
		before.State = Closed
		_, err = m.write(ctx, tx, a.Person, "close", "une édition suivante est parue", before)
		return err
	})
	return x, err
}
