package api

import (
	"errors"
	"maps"
	"reflect"
	"slices"
	"time"

	"jalon/internal/action"
	"jalon/internal/action/coverage"
	"jalon/internal/apikey"
	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/panorama"
)

// assessed is how who proposes an action reads the grid of the COP action. The opinion
// of the team and the decision are acts of people, on their pages.
type assessed struct {
	Met    map[string]bool   `json:"met"`
	Why    map[string]string `json:"why"`
	Levers []string          `json:"levers"`
}

// weighed gives an action the impacts that a program says, computed as its page does:
// masses are never taken from outside. An impact above the whole objective of its lever
// is taken when the program says so («above»).
func (d Deps) weighed(ctx ctx, tx db.Q, m *panorama.Model, c cop.COP, in written, x action.Action) (action.Action, error) {
	if in.Impacts == nil {
		return x, nil
	}
	was := x.Impacts
	x.Impacts = nil
	if len(*in.Impacts) == 0 {
		return x, nil
	}
	if x.Kind == action.CrossCutting {
		return x, apperr.Invalidf("Aucune tonne n’est attribuée à une action transversale\u00a0: laissez impacts vide. Rien n’a été enregistré.")
	}
	held, err := coverage.Held(ctx, tx, m, c.Region, x.Places)
	if err != nil {
		return x, err
	}
	for _, said := range *in.Impacts {
		if !slices.Contains(x.Levers, said.Lever) {
			return x, apperr.Invalidf("impacts\u00a0: «\u00a0%s\u00a0» n’est pas un levier de l’action. Rien n’a été enregistré.", said.Lever)
		}
		line, err := coverage.LineOf(m, c.Region, said.Lever)
		if err != nil {
			return x, err
		}
		against := held(line)
		against.Confirmed = said.Above
		if !said.Own {
			said.Factor = 0 // that of a reading
		}
		p, _, err := action.Compute(said, line, against)
		var fault *action.Fault
		var above *action.Unconfirmed
		switch {
		case errors.As(err, &fault):
			return x, apperr.New(apperr.Invalid, err, "impacts, %s, %s\u00a0: %s Rien n’a été enregistré.", said.Lever, fault.Field, fault.Message)
		case errors.As(err, &above):
			return x, apperr.New(apperr.Invalid, err, "impacts, %s\u00a0: %s Pour confirmer, donnez «\u00a0above\u00a0»\u00a0: true.", said.Lever, above.Error())
		case err != nil:
			return x, err
		}
		p.On = d.Now().UTC().Format(time.DateOnly)
		if i := slices.IndexFunc(was, func(o action.Impact) bool { return o.Lever == p.Lever }); i >= 0 && sameImpact(was[i], p) {
			p = was[i] // what did not change keeps its day
		}
		x.Impacts = append(x.Impacts, p)
	}
	return x, nil
}

// assess keeps the reading of the grid that a program gives, after the action itself:
// the same rules and the same moments as on its page.
func (d Deps) assess(ctx ctx, tx db.Q, o apikey.Opened, in written, x action.Action) (action.Action, error) {
	if in.Self == nil {
		return x, nil
	}
	known := map[string]bool{}
	for _, c := range action.Criteria(x.Kind) {
		known[c.Code] = true
		for _, w := range c.Ways {
			known[w.Code] = true
		}
	}
	for _, code := range slices.Concat(slices.Sorted(maps.Keys(in.Self.Met)), slices.Sorted(maps.Keys(in.Self.Why))) {
		if !known[code] {
			return x, apperr.Invalidf("self_assessment\u00a0: «\u00a0%s\u00a0» n’est pas un critère de la grille. Rien n’a été enregistré.", code)
		}
	}
	out, err := d.Actions.Assess(ctx, tx, o.Actor, x.ID, x.Rev, action.SelfTurn, action.Assessment{Met: in.Self.Met, Why: in.Self.Why, Levers: in.Self.Levers})
	if err != nil {
		return x, err
	}
	return out, nil
}

// nameless is a grid without the accounts of those who spoke.
func nameless(g action.Grid) action.Grid {
	for _, at := range []**action.Assessment{&g.Self, &g.Opinion, &g.Decision} {
		if *at != nil {
			kept := **at
			kept.Person = ""
			*at = &kept
		}
	}
	return g
}

// sameImpact reports whether two impacts say the same, whatever their days.
func sameImpact(a, b action.Impact) bool {
	a.On, b.On = "", ""
	return reflect.DeepEqual(a, b)
}
