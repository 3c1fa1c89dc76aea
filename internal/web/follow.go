package web

import (
	"context"

	"jalon/internal/account"
	"jalon/internal/adaptation"
	"jalon/internal/apperr"
	"jalon/internal/composition"
	"jalon/internal/cop"
	"jalon/internal/followup"
	"jalon/internal/followup/outcome"
	"jalon/internal/french"
	"jalon/internal/policy"
	"jalon/internal/renewal"
	"jalon/internal/roadmap"
	"jalon/internal/web/adaptations"
	"jalon/internal/web/dashboards"
	"jalon/internal/web/exits"
	"jalon/internal/web/groupsheets"
	"jalon/internal/web/renewals"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
	"jalon/internal/web/updates"
)

// Follow are the rooms of what a COP ends with, and of what follows.
type Follow struct {
	Roadmap    *roadmap.Room
	FollowUp   *followup.Room
	Outcome    *outcome.Room
	Adaptation *adaptation.Room
	Renewal    *renewal.Room
}

// followHandlers are those of followRoutes, one room of pages each.
func (s *server) followHandlers() []map[string]shell.Handler {
	return []map[string]shell.Handler{
		s.compositionHandlers(composition.Roadmap),
		s.compositionHandlers(composition.Review),
		renewals.Handlers(renewals.Deps{Shell: s.shell, Model: s.Model, Q: s.DB, Now: s.Now, Room: s.Follow.Renewal}),
		groupsheets.Handlers(groupsheets.Deps{Shell: s.shell, Model: s.Model, Q: s.DB, Now: s.Now, Register: s.Action.Register, Coverage: s.Action.Coverage, Aid: s.Action.Aid}),
		adaptations.Handlers(adaptations.Deps{Shell: s.shell, Model: s.Model, Q: s.DB, Now: s.Now, Room: s.Follow.Adaptation, Register: s.Action.Register, PDF: s.PDF,
			Names: s.names}),
		dashboards.Handlers(dashboards.Deps{Shell: s.shell, Model: s.Model, Q: s.DB, Now: s.Now, Outcome: s.Follow.Outcome}),
		updates.Handlers(updates.Deps{Shell: s.shell, Model: s.Model, Q: s.DB, Now: s.Now, Room: s.Follow.FollowUp, PersonName: s.names}),
		exits.Handlers(exits.Deps{Shell: s.shell, Model: s.Model, Q: s.DB, Now: s.Now, Room: s.Follow.Roadmap}),
	}
}

// updatesWaiting leads a person to the actions of which they are asked where they stand,
// and to what the organisations that they write for may validate of a roadmap.
func (s *server) updatesWaiting(ctx context.Context, a account.Account) (out []ui.Link, err error) {
	if s.Follow.FollowUp == nil {
		return nil, nil
	}
	token, n, err := s.Follow.FollowUp.WaitingFor(ctx, s.DB, a.ID, a.Email)
	if err != nil {
		return nil, err
	}
	if n > 0 {
		out = append(out, ui.Link{Label: "Dire où " + french.Plural(n, "en est l’action que vous suivez", "en sont les "+french.Integer(n)+"\u00a0actions que vous suivez"), Href: followup.LinkPath(token)})
	}
	roles, err := account.Roles(ctx, s.DB, a.ID)
	if err != nil {
		return nil, err
	}
	seen := map[string]bool{}
	for _, g := range roles {
		if g.ScopeKind != "organisation" || seen[g.Scope] || g.Role != policy.Writer && g.Role != policy.Validator {
			continue
		}
		seen[g.Scope] = true
		o, err := account.FindOrganisation(ctx, s.DB, g.Scope)
		if err != nil && apperr.KindOf(err) == apperr.NotFound {
			continue
		}
		if err != nil {
			return nil, err
		}
		more, err := s.commitments(ctx, o)
		if err != nil {
			return nil, err
		}
		out = append(out, more...)
	}
	return out, nil
}

// commitments leads who speaks for an organisation to what it may validate of the roadmap
// that its region adopted; nothing before.
func (s *server) commitments(ctx context.Context, o account.Organisation) ([]ui.Link, error) {
	if o.Region == "" || o.State != account.OrgActive {
		return nil, nil
	}
	c, err := cop.OfRegion(ctx, s.DB, o.Region)
	if err != nil {
		return nil, err
	}
	list, err := composition.PublishedEditions(ctx, s.DB, composition.Roadmap, c.ID, "")
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return []ui.Link{{Label: "Valider la part de " + o.Name + " dans la feuille de route", Href: roadmap.MinePath(o.ID, c.Slug)}}, nil
}
