package account

import (
	"context"

	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/policy"
)

// DemoDomain is the domain of the invented people of a demonstration. By its
// nature (RFC 2606) no mail can reach an address there.
const DemoDomain = "demo.invalid"

// Persona is somebody invented whom a visitor of a demonstration may be.
type Persona struct {
	Account string
	Name    string
	Role    policy.Role
	Place   string // where they hold it, in French
	First   string // the page that they open
}

// Personas lists whom one may be in a region, or at the national level for an
// empty one.
func Personas(ctx context.Context, q db.Q, region string) ([]Persona, error) {
	rows, err := q.Query(ctx, `SELECT p.account, a.name, p.role, p.place, p.first
		FROM persona p JOIN account a ON a.id = p.account WHERE p.region = $1 AND a.state = 'active' ORDER BY p.n`, region)
	return db.Collect(rows, err, func(r *db.Rows) (p Persona, err error) {
		err = r.Scan(&p.Account, &p.Name, &p.Role, &p.Place, &p.First)
		return p, err
	})
}

// Offer lets visitors be some people, in their order.
func Offer(ctx context.Context, q db.Q, region string, all []Persona) error {
	rows := make([][]any, 0, len(all))
	for i, p := range all {
		rows = append(rows, []any{region, i + 1, p.Account, string(p.Role), p.Place, p.First})
	}
	_, err := db.Insert(ctx, q, "persona", []string{"region", "n", "account", "role", "place", "first"}, rows, "")
	return err
}

// EnterAs signs a visitor of a demonstration in as somebody whom it offers,
// without a mail. It knows nobody else, and no other database than one of
// demonstration.
func (m *Room) EnterAs(ctx context.Context, account, agent string) (s SignedIn, err error) {
	defer apperr.Wrap(&err, "account.EnterAs")
	if !m.Demo {
		return s, apperr.NotFoundf("Cette page n’existe pas, ou elle est réservée à d’autres rôles que les vôtres.")
	}
	err = db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		rows, err := tx.Query(ctx, `SELECT p.first FROM persona p JOIN account a ON a.id = p.account WHERE p.account = $1 AND a.state = 'active' ORDER BY p.region, p.n`, account)
		found, err := db.Strings(rows, err)
		if err != nil {
			return err
		}
		if len(found) == 0 {
			return apperr.NotFoundf("Cette personne n’est pas de la démonstration, ou n’en est plus\u00a0: rechargez la page, puis choisissez-en une autre.")
		}
		s.Next, s.Life = found[0], sessionLife
		s.Cookie, err = m.begin(ctx, tx, account, agent, "", "")
		return err
	})
	return s, err
}
