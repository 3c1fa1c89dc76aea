package web

import (
	"context"
	"slices"

	"jalon/internal/action"
	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/debate"
	"jalon/internal/debate/contribution"
	"jalon/internal/debate/minutes"
	"jalon/internal/followup"
	"jalon/internal/knowledge"
	"jalon/internal/link"
	"jalon/internal/plan"
	"jalon/internal/policy"
	"jalon/internal/restitution"
	"jalon/internal/support/aid"
	"jalon/internal/survey"
	"jalon/internal/web/opendata"
	"jalon/internal/web/ui"
	"jalon/internal/web/wording"
)

// things name what actions are linked to in other rooms, as far as a reader may read it.
func (s *server) things() map[string]func(ctx context.Context, a policy.Actor, id string) (ui.Link, error) {
	hidden := func(l ui.Link, err error) (ui.Link, error) {
		if k := apperr.KindOf(err); err != nil && (k == apperr.NotFound || k == apperr.Forbidden) {
			return ui.Link{}, nil
		}
		return l, err
	}
	return map[string]func(ctx context.Context, a policy.Actor, id string) (ui.Link, error){
		link.Contribution: func(ctx context.Context, _ policy.Actor, id string) (ui.Link, error) {
			p, err := debate.FindPost(ctx, s.DB, id)
			if err != nil || !p.Read() {
				return hidden(ui.Link{}, err)
			}
			c, err := cop.Find(ctx, s.DB, p.COP)
			return hidden(ui.Link{Label: "La contribution «\u00a0" + p.Title + "\u00a0»", Href: contribution.Path(c, id)}, err)
		},
		link.Decision: func(ctx context.Context, a policy.Actor, id string) (ui.Link, error) {
			x, m, _, err := minutes.FindDecision(ctx, s.DB, a, id)
			return hidden(ui.Link{Label: "La décision «\u00a0" + wording.Clip(x.Sentence, 160) + "\u00a0»", Href: wording.MeetingPath(m) + "/decisions#decision-" + x.ID}, err)
		},
		link.Obstacle: func(ctx context.Context, a policy.Actor, id string) (ui.Link, error) {
			return hidden(s.known(ctx, a, id))
		},
		link.Practice: func(ctx context.Context, a policy.Actor, id string) (ui.Link, error) {
			return hidden(s.known(ctx, a, id))
		},
		link.Response: func(ctx context.Context, a policy.Actor, id string) (ui.Link, error) {
			return hidden(s.answered(ctx, a, id))
		},
		link.Plan: func(ctx context.Context, _ policy.Actor, id string) (ui.Link, error) {
			p, err := plan.Find(ctx, s.DB, id)
			if err != nil {
				return hidden(ui.Link{}, err)
			}
			return s.planned(ctx, p, "Le plan «\u00a0"+p.Name+"\u00a0»")
		},
		link.PlanAim: func(ctx context.Context, _ policy.Actor, id string) (ui.Link, error) {
			o, p, err := plan.FindObjective(ctx, s.DB, id)
			if err != nil || o.State != "active" {
				return hidden(ui.Link{}, err)
			}
			m, err := s.Model(ctx)
			if err != nil {
				return ui.Link{}, err
			}
			return s.planned(ctx, p, "Ce que vise le plan «\u00a0"+p.Name+"\u00a0»\u00a0: "+wording.PlanAim(m.Framework(), o))
		},
		link.Aid: func(ctx context.Context, _ policy.Actor, id string) (ui.Link, error) {
			x, err := aid.Find(ctx, s.DB, id)
			return hidden(ui.Link{Label: "L’aide «\u00a0" + x.Name + "\u00a0»", Href: "/aides/" + id}, err)
		},
	}
}

// known names a strong point or an obstacle where anyone reads it, or on the desk of those
// who work on it before it is retained.
func (s *server) known(ctx context.Context, a policy.Actor, id string) (ui.Link, error) {
	x, err := knowledge.Find(ctx, s.DB, a, id)
	if err != nil {
		return ui.Link{}, err
	}
	m, err := s.Model(ctx)
	if err != nil {
		return ui.Link{}, err
	}
	r, err := m.Tree().Region(x.Region)
	if err != nil {
		return ui.Link{}, err
	}
	name, folder := "Le point fort", "/points-forts/"
	if x.FromAction() != "" {
		name = "La bonne pratique tirée de cette action"
	}
	if x.Kind == knowledge.Obstacle {
		name, folder = "Le frein", "/freins/"
	}
	href := "/regions/" + r.Slug + folder + id
	switch {
	case x.State != knowledge.Retained:
		href = "/regions/" + r.Slug + "/bureau" + folder + id
	case x.Kind == knowledge.Strength && x.Shared:
		href = "/bonnes-pratiques/" + id
		if x.FromAction() == "" {
			name = "La bonne pratique"
		}
	}
	return ui.Link{Label: name + " «\u00a0" + x.Title + "\u00a0»", Href: href}, nil
}

// draws leads who may bring strong points to the form that makes a good practice of an
// action that is over, unless there is one.
func (s *server) draws(ctx context.Context, a policy.Actor, x action.Action) (l ui.Link, err error) {
	if a.Person == "" || followup.Unfinished(x) != "" || policy.Where(a, policy.Create, policy.Strength).None() {
		return l, nil
	}
	t := policy.Thing{Kind: policy.Strength, COPs: []string{x.COP}, Department: x.Department()}
	if !policy.Can(a, policy.Create, t) && !slices.ContainsFunc(a.Grants, func(g policy.Grant) bool {
		return g.Org != "" && g.Org == x.Holder.Org && policy.Can(a, policy.Create, policy.Thing{Kind: policy.Strength, Org: g.Org})
	}) {
		return l, nil
	}
	there, err := knowledge.DrawnFrom(ctx, s.DB, []string{x.ID})
	if _, ok := there[x.ID]; ok || err != nil {
		return l, err
	}
	return ui.Link{Label: "En faire une bonne pratique", Href: wording.ActionPath(x.ID) + "/bonne-pratique"}, nil
}

// planned leads to the public page of a plan, which is that of its region.
func (s *server) planned(ctx context.Context, p plan.Plan, label string) (ui.Link, error) {
	m, err := s.Model(ctx)
	if err != nil {
		return ui.Link{}, err
	}
	r, err := m.Tree().Region(p.Region)
	return ui.Link{Label: label, Href: "/regions/" + r.Slug + "/plans#plans-enregistres"}, err
}

// answered names the answers of an authority: its sheet for who may read them, the
// edition of open data that published them by themselves for anyone, else nothing.
func (s *server) answered(ctx context.Context, a policy.Actor, id string) (ui.Link, error) {
	r, err := survey.FindResponse(ctx, s.DB, id)
	if err != nil {
		return ui.Link{}, err
	}
	label := "La réponse de " + r.Name + " au questionnaire"
	if policy.Can(a, policy.Read, r.Thing()) {
		return ui.Link{Label: label, Href: "/reponses/" + id + "/fiche"}, nil
	}
	e, alone, err := restitution.PublishedAlone(ctx, s.DB, id)
	if err != nil || !alone {
		return ui.Link{}, err
	}
	m, err := s.Model(ctx)
	if err != nil {
		return ui.Link{}, err
	}
	place, err := m.Tree().Region(e.Region)
	return ui.Link{Label: label + " (" + e.Number() + " des données ouvertes)", Href: opendata.Address(e, place.Slug)}, err
}

// actionsOf are the actions that are linked to things of another room, as far as a reader
// may read them: what the pages of those things show.
func (s *server) actionsOf(ctx context.Context, a policy.Actor, to ...link.End) (out []ui.Link, err error) {
	if s.Action.Register == nil {
		return nil, nil
	}
	for _, e := range to {
		rows, err := s.Action.Register.Of(ctx, s.DB, a, e)
		if err != nil {
			return nil, err
		}
		for _, x := range rows {
			out = append(out, tied(x))
		}
	}
	return out, nil
}

// actionsOfPlans are the public actions of a COP that are linked to plans, by the plan or
// by what it aims at.
func (s *server) actionsOfPlans(ctx context.Context, a policy.Actor, region string) (map[link.End][]ui.Link, error) {
	if s.Action.Register == nil {
		return nil, nil
	}
	c, err := cop.OfRegion(ctx, s.DB, region)
	if err != nil {
		return nil, err
	}
	all, err := s.Action.Register.OfAll(ctx, s.DB, a, c.ID, link.Plan, link.PlanAim)
	out := map[link.End][]ui.Link{}
	for e, rows := range all {
		for _, x := range rows {
			out[e] = append(out[e], tied(x))
		}
	}
	return out, err
}

func tied(x action.Row) ui.Link {
	return ui.Link{Label: wording.ActionNumber(x.Seq) + " " + x.Title + " (" + x.State.Name() + ")", Href: wording.ActionPath(x.ID)}
}
