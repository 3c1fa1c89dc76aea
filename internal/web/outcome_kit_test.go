package web_test

import (
	"jalon/internal/followup/outcome"
)

// outcomes reads what the actions of the site come to.
func (s *site) outcomes() *outcome.Room {
	return &outcome.Room{DB: s.d, Now: s.cops.Now, Model: s.store.Model, Coverage: s.act.Coverage}
}
