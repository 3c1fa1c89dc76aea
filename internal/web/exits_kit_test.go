package web_test

import (
	"time"

	"jalon/internal/cop"
	"jalon/internal/figure"
	"jalon/internal/roadmap"
)

// endsRoom is the room of what ends a COP, as the program builds it.
func (s *site) endsRoom(cops *cop.Room, figures *figure.Registry) *roadmap.Room {
	m := &roadmap.Room{DB: s.d, IDs: s.ids, Now: func() time.Time { return s.now }, Journal: cops.Journal, COPs: cops, Composed: s.composing, Register: s.register, Coverage: s.act.Coverage, Model: s.store.Model}
	cops.OnEnd[cop.CloseAct] = m.EndClose
	figures.Register(roadmap.Prefix, m.Explain)
	return m
}
