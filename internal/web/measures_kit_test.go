package web_test

import (
	"context"

	"jalon/data"
	"jalon/internal/support"
	"jalon/internal/web"
	"jalon/internal/web/measures"
)

// action are the rooms of what helps actions.
func (s *site) action() web.Action {
	return web.Action{Support: s.support(), Register: s.register(), Aid: s.aids(), Share: func(ctx context.Context) (support.Sharing, error) {
		counts, err := support.Counts(ctx, s.d)
		if err != nil {
			return support.Sharing{}, err
		}
		m, err := s.store.Model(ctx)
		if err != nil {
			return support.Sharing{}, err
		}
		return support.Share(data.FS, m.Framework(), counts)
	}, Aids: func(_ context.Context, levers []string, _ string) ([]measures.AidLine, error) {
		for _, l := range levers {
			if l == "l25-velo" {
				return []measures.AidLine{{ID: "velo", Name: "Aide aux abris", Holder: "Fédération", Types: "subvention", Steps: []string{"infrastructure", "own"}, Levers: []string{"l25-velo"}, Href: "/aides/velo", Link: "https://exemple.fr/abris", Checked: "2025-01-02", Stale: true}}, nil
			}
		}
		return nil, nil
	}}
}

func (s *site) support() *support.Room {
	return &support.Room{DB: s.d, IDs: s.ids, Now: s.cops.Now, Journal: s.cops.Journal}
}
