package web_test

import (
	"context"

	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/intake"
	"jalon/internal/policy"
	"jalon/internal/support/aid"
	"jalon/internal/territory"
)

// aids is the room of aids of the site.
func (s *site) aids() *aid.Room {
	return &aid.Room{DB: s.d, IDs: s.ids, Now: s.cops.Now, Journal: s.cops.Journal, Cursors: db.NewCursors([]byte("essai")), COPs: s.cops, Queue: s.accounts.Queue, Outbox: s.accounts.Outbox, Accounts: s.accounts,
		Intake: intake.New(s.ids, s.cops.Now), Knowledge: s.known, BaseURL: "http://jalon.example", Tree: func(ctx context.Context) (*territory.Tree, error) { return territory.LoadActive(ctx, s.d) },
		Related: func(ctx context.Context) (func(string) []string, error) {
			m, err := s.store.Model(ctx)
			if err != nil {
				return nil, err
			}
			return aid.Related(m.Framework()), nil
		}}
}

// helped makes an aid of a region and a need.
func (s *site) helped(team policy.Actor, copID, code, slug string, out map[string]string) {
	s.t.Helper()
	x, err := s.aids().Add(s.t.Context(), s.d, team, aid.Aid{Owner: code, Facts: aid.Facts{Name: "Planter des haies", Holders: []string{"Région"}, Types: []string{"grant"}, Audiences: []string{"epci"}, Territories: []string{"region:" + code}},
		Ours: aid.Ours{Serves: []aid.Serve{{Lever: "gestion-haies"}}}})
	if err != nil {
		s.t.Fatal(err)
	}
	c, err := cop.Find(s.t.Context(), s.d, copID)
	if err != nil {
		s.t.Fatal(err)
	}
	n, err := s.aids().AddNeed(s.t.Context(), s.d, team, c, aid.Need{Lever: "biogaz", Territory: "region:" + code, Text: "Aucune aide aux études"})
	if err != nil {
		s.t.Fatal(err)
	}
	out[slug+"/aid"], out[slug+"/need"] = x.ID, n.ID
}
