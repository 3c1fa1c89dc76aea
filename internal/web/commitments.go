package web

import (
	"context"

	"jalon/internal/account"
	"jalon/internal/french"
	"jalon/internal/policy"
	"jalon/internal/roadmap"
	"jalon/internal/web/exits"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
)

// commitmentsOf leads whoever speaks for an organisation to its parts of each adopted
// roadmap, those that wait first said; nobody else.
func (s *server) commitmentsOf(ctx context.Context, a policy.Actor, o account.Organisation) (out []ui.Link, err error) {
	if !roadmap.MayCommit(a, o.ID) {
		return nil, nil
	}
	all, err := roadmap.AwaitsOf(ctx, s.DB, o.ID, o.Region)
	for _, x := range all {
		says := "toutes vos parts sont validées"
		if n := x.Waits(); n > 0 {
			says = french.Many(int64(n), "part de votre organisme attend votre validation", "parts de votre organisme attendent votre validation")
		}
		out = append(out, ui.Link{Label: "Feuille de route, " + x.COP.SenderName() + ", cycle " + x.COP.Cycle + "\u00a0: " + says, Href: exits.CommitPath(o.ID, x.COP)})
	}
	return out, err
}

// waiting is what waits for a person: where their actions stand, what their organisations
// may validate.
func (s *server) waiting(ctx context.Context, a account.Account) ([]ui.Link, error) {
	out, err := s.updatesWaiting(ctx, a)
	if err != nil {
		return nil, err
	}
	actor, seen := shell.In(ctx).Actor, map[string]bool{}
	for _, g := range actor.Grants {
		if g.Org == "" || seen[g.Org] {
			continue
		}
		seen[g.Org] = true
		o, err := account.FindOrganisation(ctx, s.DB, g.Org)
		if err != nil {
			return nil, err
		}
		more, err := s.commitmentsOf(ctx, actor, o)
		if err != nil {
			return nil, err
		}
		out = append(out, more...)
	}
	return out, nil
}
