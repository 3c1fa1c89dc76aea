package web_test

import (
	"jalon/internal/adaptation"
	"jalon/internal/db"
	"jalon/internal/followup"
	"jalon/internal/intake"
	"jalon/internal/jobs"
	"jalon/internal/web"
)

// followRooms are the rooms of what a COP ends with and of what follows.
func (s *site) followRooms(queue *jobs.Queue) web.Follow {
	return web.Follow{
		Outcome: s.outcomes(), Roadmap: s.ends, Renewal: s.renewal(),
		Adaptation: &adaptation.Room{DB: s.d, IDs: s.ids, Now: s.cops.Now, Journal: s.cops.Journal, COPs: s.cops, Model: s.store.Model, Intake: intake.New(s.ids, s.cops.Now), Cursors: db.NewCursors([]byte("adaptation"))},
		FollowUp:   &followup.Room{DB: s.d, IDs: s.ids, Now: s.cops.Now, Journal: s.cops.Journal, COPs: s.cops, Register: s.register, Knowledge: s.known, Queue: queue, Outbox: s.accounts.Outbox, Links: db.NewCursors([]byte("suivi")), BaseURL: "https://jalon.exemple.fr"},
	}
}
