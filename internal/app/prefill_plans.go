package app

import (
	"context"

	"jalon/internal/db"
	"jalon/internal/figure"
	"jalon/internal/french"
	"jalon/internal/plan"
	"jalon/internal/survey"
)

// planAnswers are the options of the questions on plans, by the state in which
// Jalon holds the plan; a plan that has ended answers nothing.
var planAnswers = map[plan.Kind]struct {
	key    string
	states map[plan.State]string
}{
	plan.PCAET: {"identite-pcaet", map[plan.State]string{plan.Drafted: "elaboration", plan.InForce: "adopte", plan.Revising: "revision"}},
	plan.CRTE:  {"identite-crte", map[plan.State]string{plan.Drafted: "preparation", plan.InForce: "signe", plan.Revising: "revision"}},
}

// planned says where the plans of the authority stand, as they are kept in Jalon,
// to be confirmed. It is one statement, and none where no plan is asked about.
func (x *prefilled) planned(ctx context.Context, q db.Q, r survey.Response) (out []survey.Hint, err error) {
	asked := false
	for _, a := range planAnswers {
		_, ok := x.cell[a.key]
		asked = asked || ok
	}
	if !asked || r.Region == "" {
		return nil, nil
	}
	all, err := plan.OfRegion(ctx, q, r.Region)
	if err != nil {
		return nil, err
	}
	for _, ref := range x.who.Land {
		for _, p := range all {
			a, ok := planAnswers[p.Kind]
			c, there := x.cell[a.key]
			value := a.states[p.State]
			if !ok || !there || value == "" || p.Territory != ref.String() || !stillOffered(c, value) {
				continue
			}
			text := p.Name + ", " + p.State.Name()
			if p.Adopted != "" {
				text += ", adopté le " + french.Day(p.Adopted)
			}
			source := "plans suivis dans Jalon"
			if p.Source != "" {
				source += "\u00a0: " + p.Source
			}
			out = append(out, survey.Hint{Key: a.key, Value: value, Text: text + ".", Source: source, Class: string(figure.Provider), Fill: true})
		}
	}
	return out, nil
}
