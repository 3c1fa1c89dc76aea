package question

import (
	"context"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/opinion"
)

// Snapshot is what voting reads of a debate, kept in memory for a moment: choosing
// the next statement reads no vote but those of who votes.
type Snapshot struct {
	Question   Question
	Statements []Statement
	asked      []opinion.Asked
	has        map[int64]int // place in Statements
	until      time.Time
}

// fresh is how long a snapshot is kept: what another process publishes or takes back
// is seen within it.
const fresh = 2 * time.Second

// mostKnown bounds how many debates are kept.
const mostKnown = 200

// Snapshot is the snapshot of a debate.
func (m *Room) Snapshot(ctx context.Context, id string) (s *Snapshot, err error) {
	defer apperr.Wrap(&err, "question.Snapshot(%s)", id)
	now := m.Now()
	m.mu.Lock()
	s = m.known[id]
	m.mu.Unlock()
	if s != nil && now.Before(s.until) {
		return s, nil
	}
	s = &Snapshot{has: map[int64]int{}, until: now.Add(fresh)}
	if s.Question, err = Find(ctx, m.DB, id); err != nil {
		return nil, err
	}
	if s.Statements, err = Statements(ctx, m.DB, id); err != nil {
		return nil, err
	}
	r, err := LastResult(ctx, m.DB, s.Question.Num)
	if err != nil {
		return nil, err
	}
	for i, st := range s.Statements {
		s.has[st.N] = i
		a := opinion.Asked{Statement: int32(st.N)}
		if t, ok := r.Figures.tally(st.N); ok {
			a.All, a.Extremity = t.All, t.Extremity
		}
		s.asked = append(s.asked, a)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.known == nil || len(m.known) >= mostKnown {
		m.known = map[string]*Snapshot{}
	}
	m.known[id] = s
	return s, nil
}

// forget drops the snapshot of a debate that changed here.
func (m *Room) forget(id string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.known, id)
}

// Has reports whether a statement is read.
func (s *Snapshot) Has(n int64) bool { _, ok := s.has[n]; return ok }

// Get is a statement by its number.
func (s *Snapshot) Get(n int64) (Statement, bool) {
	i, ok := s.has[n]
	if !ok {
		return Statement{}, false
	}
	return s.Statements[i], true
}

// Progress is how many of the statements that are read a voter answered.
func (s *Snapshot) Progress(answers map[int64]int64) (done int) {
	for n := range answers {
		if s.Has(n) {
			done++
		}
	}
	return done
}

// Next is the statement to ask a voter, among those that they did not answer nor put
// off: each voter has their own order, in which what was least answered and what tells
// people apart come first.
func (s *Snapshot) Next(v Voter, answers map[int64]int64, skip int64) (Statement, bool) {
	order := opinion.Next(s.asked, uint64(v.ID), func(n int32) bool {
		_, done := answers[int64(n)]
		return done
	}, 2)
	for i, n := range order {
		if int64(n) == skip && i+1 < len(order) {
			continue
		}
		return s.Get(int64(n))
	}
	return Statement{}, false
}
