package web_test

import "jalon/internal/support"

func (s *site) support() *support.Room {
	return &support.Room{DB: s.d, IDs: s.ids, Now: s.cops.Now, Journal: s.cops.Journal}
}
