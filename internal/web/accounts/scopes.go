package accounts

import (
	"context"
	"slices"

	"jalon/internal/account"
	"jalon/internal/policy"
	"jalon/internal/web/shell"
)

// scopes are where an actor may give roles: everywhere for the nation, else where
// their own roles are held; below each region its départements, whose lead its
// head names.
func (d Deps) scopes(ctx context.Context, who shell.Who) (out [][2]string, err error) {
	m, err := d.Model(ctx)
	if err != nil {
		return nil, err
	}
	add := func(kind, code string) {
		if x := [2]string{kind, code}; !slices.Contains(out, x) {
			out = append(out, x)
		}
	}
	region := func(code string) {
		add("region", code)
		for _, x := range m.Tree().Departments() {
			if x.Region == code {
				add("department", x.Code)
			}
		}
	}
	if who.Actor.Is(policy.NationalAdmin) {
		add("nation", "")
		for _, r := range m.Tree().Regions() {
			region(r.Code)
		}
		return out, nil
	}
	held, err := account.Roles(ctx, d.Room.DB, who.Account)
	if err != nil {
		return nil, err
	}
	for _, g := range held {
		switch {
		case len(policy.Given(g.Role)) == 0:
		case g.ScopeKind == "region":
			region(g.Scope)
		default:
			add(g.ScopeKind, g.Scope)
		}
	}
	return out, nil
}

// holders reads who holds a role over each of some scopes: one statement for each
// kind of scope.
func (d Deps) holders(ctx context.Context, scopes [][2]string) (map[[2]string][]account.Role, error) {
	codes := map[string][]string{}
	for _, x := range scopes {
		codes[x[0]] = append(codes[x[0]], x[1])
	}
	out := make(map[[2]string][]account.Role, len(scopes))
	for kind, list := range codes {
		held, err := account.HoldersIn(ctx, d.Room.DB, kind, list)
		if err != nil {
			return nil, err
		}
		for _, g := range held {
			x := [2]string{kind, g.Scope}
			out[x] = append(out[x], g)
		}
	}
	return out, nil
}
