package web_test

import (
	"context"
	"crypto/rand"
	"slices"

	"jalon/data"
	"jalon/internal/action"
	"jalon/internal/action/coverage"
	"jalon/internal/apikey"
	"jalon/internal/db"
	"jalon/internal/figure"
	"jalon/internal/intake"
	"jalon/internal/policy"
	roadmap "jalon/internal/roadmap/live"
	"jalon/internal/series"
	"jalon/internal/support"
	"jalon/internal/web"
	"jalon/internal/web/measures"
)

// actionRooms are the rooms of actions and of what helps them.
func (s *site) actionRooms(book *series.Book, figures *figure.Registry) web.Action {
	out := web.Action{
		Register: &action.Room{DB: s.d, IDs: s.ids, Now: s.cops.Now, Journal: s.cops.Journal, Cursors: db.NewCursors([]byte("actions")), COPs: s.cops, Links: s.debate.Shared.Links, Intake: intake.New(s.ids, s.cops.Now),
			Held: func(ctx context.Context, tx db.Q, person string) (policy.Actor, error) {
				return s.accounts.Held(ctx, tx, person)
			}},
		Coverage: &coverage.Room{DB: s.d, Now: s.cops.Now, Model: s.store.Model, Book: func() (*series.Book, error) { return book, nil }, Together: func() ([]coverage.Together, error) { return coverage.LoadTogether(data.FS) }},
	}
	out.Keys = &apikey.Room{DB: s.d, IDs: s.ids, Now: s.cops.Now, Random: rand.Reader, Journal: s.cops.Journal, Held: func(ctx context.Context, tx db.Q, person string) (policy.Actor, error) {
		return s.accounts.Held(ctx, tx, person)
	}}
	out.Support, out.Aid = s.support(), s.aids()
	out.Share = func(ctx context.Context) (support.Sharing, error) {
		counts, err := support.Counts(ctx, s.d)
		if err != nil {
			return support.Sharing{}, err
		}
		m, err := s.store.Model(ctx)
		if err != nil {
			return support.Sharing{}, err
		}
		return support.Share(data.FS, m.Framework(), counts)
	}
	out.Aids = func(_ context.Context, levers []string, _ string) ([]measures.AidLine, error) {
		if slices.Contains(levers, "l25-velo") {
			return []measures.AidLine{{ID: "velo", Name: "Aide aux abris", Holder: "Fédération", Types: "subvention", Steps: []string{"infrastructure", "own"}, Levers: []string{"l25-velo"}, Href: "/aides/velo", Link: "https://exemple.fr/abris", Checked: "2025-01-02", Stale: true}}, nil
		}
		return nil, nil
	}
	figures.Register(coverage.Prefix, out.Coverage.Explain)
	figures.Register(coverage.ActionPrefix, out.Coverage.ExplainAction)
	figures.Register(roadmap.Prefix, (&roadmap.Catalogue{Sources: roadmap.Sources{DB: s.d, Model: s.store.Model, Coverage: out.Coverage}}).Explain)
	return out
}
