package demo

import (
	"context"

	"jalon/internal/policy"
)

// memberships says what those who write and validate for an organisation do
// there: who writes is whom one writes to.
func memberships(s *Script) {
	admin := s.Head(policy.NationalAdmin, "")
	for _, organisation := range s.staffed {
		for _, x := range []struct {
			role    policy.Role
			title   [2]string // hers, his
			contact bool
		}{
			{policy.Validator, [2]string{"directrice générale des services", "directeur général des services"}, false},
			{policy.Writer, [2]string{"chargée de mission transition écologique", "chargé de mission transition écologique"}, true},
		} {
			p := s.Head(x.role, organisation)
			title := x.title[1]
			if p.Woman {
				title = x.title[0]
			}
			s.As(admin, s.At(opened-33), "member of "+organisation, func(ctx context.Context, a policy.Actor) error {
				_, _, err := s.Accounts.Attach(ctx, a, organisation, p.Email, p.Name, title, x.contact)
				return err
			})
		}
	}
}
