package account

import (
	"context"
	"strings"

	"jalon/internal/apperr"
	"jalon/internal/db"
)

// DemoDomain is the domain of the invented people of a demonstration. By its
// nature (RFC 2606) no mail can reach an address there.
const DemoDomain = "demo.invalid"

// EnterAs signs a visitor of a demonstration in as one of its invented people,
// without a mail. It knows no other account, and no other database than one of
// demonstration: there, like everything that is not, it is «not found».
func (m *Room) EnterAs(ctx context.Context, account, agent string) (s SignedIn, err error) {
	defer apperr.Wrap(&err, "account.EnterAs")
	if !m.Demo {
		return s, apperr.NotFoundf("Cette page n’existe pas, ou elle est réservée à d’autres rôles que les vôtres.")
	}
	err = db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		a, err := Find(ctx, tx, account)
		if err != nil {
			return err
		}
		if a.State != "active" || !strings.HasSuffix(a.Email, "@"+DemoDomain) {
			return apperr.NotFoundf("Cette personne n’est pas de la démonstration.")
		}
		s.Cookie, err = m.begin(ctx, tx, a.ID, agent)
		s.Life = sessionLife
		return err
	})
	return s, err
}
