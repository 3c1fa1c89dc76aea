package demo

import (
	"context"

	"jalon/internal/cop"
	"jalon/internal/policy"
	"jalon/internal/restitution"
)

// word is that of one head, on an act that was opened by then.
func (s *Script) word(who *Person, ago int, what string, act func() string) {
	s.As(who, s.At(ago), "word on "+what, func(ctx context.Context, a policy.Actor) error {
		id := act()
		if id == "" {
			return nil // nothing was asked
		}
		_, err := s.COPs.Consent(ctx, a, id)
		return err
	})
}

// restitutions has both heads of two regions publish what their authorities
// answered: scores and diagnoses read it.
func restitutions(s *Script) {
	for _, region := range []string{"44", "04"} {
		edition := new(restitution.Edition)
		s.As(s.Head(policy.StateChair, region), s.At(8), "restitution of "+region, func(ctx context.Context, a policy.Actor) error {
			ids, err := s.listed(ctx, `SELECT campaign_id FROM response WHERE cop_id = $1 AND seq > 0 GROUP BY campaign_id HAVING COUNT(*) >= $2`, cop.RegionID(cop.First, region), restitution.Fewest)
			if err != nil || len(ids) == 0 {
				return err // too few to be told: where the communes are not brought, in tests
			}
			*edition, err = s.Told.Restitution.Propose(ctx, a, ids[0])
			return err
		})
		s.word(s.Head(policy.RegionChair, region), 7, "restitution of "+region, func() string { return edition.Act })
	}
}
