// Package opinion reads the answers that many people gave to short statements
// (agree, disagree, pass): which groups of opinion they make and how sure one may
// be of them, what each group holds, what all groups share, what divides, and
// which statement is worth asking next.
//
// It is pure: people and statements are numbers that the caller keeps from one
// refresh to the next, the same votes, options and State give the same result to
// the last bit, whatever the machine does meanwhile.
//
// What it does not do is in docs/decisions/0119-opinion-groups.md, with its reasons.
package opinion

import (
	"fmt"
	"iter"
	"slices"
)

// Answers to a statement. Who did not answer is absent from the votes: missing is
// no answer, pass is one.
const (
	Disagree int8 = -1
	Pass     int8 = 0
	Agree    int8 = 1
)

// Vote is the answer of a person to a statement.
type Vote struct {
	Participant, Statement int32
	Value                  int8
}

// Votes are the answers of all, by participant: nine bytes each while they are
// collected, five afterwards.
type Votes struct {
	participants, statements int
	start                    []int32 // of each participant in col and val, and the end
	col                      []int32 // statements, ascending
	val                      []int8
}

// most bounds what a matrix may hold: numbers are packed while they are sorted.
const (
	mostStatements   = 1 << 22
	mostParticipants = 1 << 31
	mostVotes        = 1<<31 - 1
)

// Collect builds the matrix. The last answer of a person to a statement counts;
// otherwise the order of the votes has no effect. expected is how many votes there
// are about, to reserve room; 0 when not known.
func Collect(participants, statements, expected int, votes iter.Seq[Vote]) (*Votes, error) {
	if participants < 0 || participants > mostParticipants || statements < 0 || statements > mostStatements {
		return nil, fmt.Errorf("opinion: %d participants, %d statements", participants, statements)
	}
	// Packed: participant, statement, answer + 1.
	packed := make([]uint64, 0, min(max(expected, 0), 1<<26))
	v := &Votes{participants: participants, statements: statements, start: make([]int32, participants+1)}
	for x := range votes {
		if x.Participant < 0 || int(x.Participant) >= participants || x.Statement < 0 || int(x.Statement) >= statements || x.Value < Disagree || x.Value > Agree {
			return nil, fmt.Errorf("opinion: vote %+v is out of %d participants × %d statements", x, participants, statements)
		}
		if len(packed) == mostVotes {
			return nil, fmt.Errorf("opinion: more than %d votes", mostVotes)
		}
		packed = append(packed, uint64(x.Participant)<<32|uint64(x.Statement)<<8|uint64(x.Value+1))
		v.start[x.Participant+1]++
	}
	for i := range participants {
		v.start[i+1] += v.start[i]
	}
	// Counting sort by participant, in the order of the votes; then each row by
	// statement, the last answer kept.
	col, val := make([]int32, len(packed)), make([]int8, len(packed))
	at := slices.Clone(v.start)
	for _, x := range packed {
		p := x >> 32
		col[at[p]], val[at[p]] = int32(x>>8&(1<<24-1)), int8(x&255)-1
		at[p]++
	}
	end := int32(0)
	row := []answer{}
	for p := range participants {
		from, to := v.start[p], v.start[p+1]
		row = row[:0]
		for i := from; i < to; i++ {
			row = append(row, answer{col[i], val[i]})
		}
		if !slices.IsSortedFunc(row, byStatement) {
			slices.SortStableFunc(row, byStatement)
		}
		v.start[p] = end
		for i, x := range row {
			if i+1 < len(row) && row[i+1].col == x.col {
				continue
			}
			col[end], val[end] = x.col, x.val
			end++
		}
	}
	v.start[participants] = end
	v.col, v.val = col[:end:end], val[:end:end]
	return v, nil
}

type answer struct {
	col int32
	val int8
}

func byStatement(a, b answer) int { return int(a.col) - int(b.col) }

// Participants is how many people the matrix has a row for.
func (v *Votes) Participants() int { return v.participants }

// Statements is how many statements it has a column for.
func (v *Votes) Statements() int { return v.statements }

// Len is how many answers it holds.
func (v *Votes) Len() int { return len(v.col) }

// All gives the votes by participant, then statement: what an export writes.
func (v *Votes) All() iter.Seq[Vote] {
	return func(yield func(Vote) bool) {
		for p := range v.participants {
			for i := v.start[p]; i < v.start[p+1]; i++ {
				if !yield(Vote{int32(p), v.col[i], v.val[i]}) {
					return
				}
			}
		}
	}
}

// matrix is what groups are read from: the people who count and the statements
// kept, answers centred on the mean of their statement. Who did not answer is put
// at the mean, which is zero once centred: so the matrix that would be dense is
// sparse, exactly.
type matrix struct {
	rows, cols int
	start      []int32
	col        []int32
	val        []int8
	mean       []float64
	who, what  []int32 // participants and statements, by row and column
}

// keep leaves out statements with fewer than least answers, then people with fewer
// than votes answers to those kept (or all of them, when they are fewer).
func (v *Votes) keep(least, votes int) *matrix {
	answers := make([]int, v.statements)
	for _, c := range v.col {
		answers[c]++
	}
	m := &matrix{}
	place := make([]int32, v.statements)
	for s, n := range answers {
		place[s] = -1
		if n >= least {
			place[s] = int32(len(m.what))
			m.what = append(m.what, int32(s))
		}
	}
	m.cols = len(m.what)
	votes = max(1, min(votes, m.cols))
	m.start = append(m.start, 0)
	m.col, m.val = make([]int32, 0, len(v.col)), make([]int8, 0, len(v.col))
	for p := range v.participants {
		from := len(m.col)
		for i := v.start[p]; i < v.start[p+1]; i++ {
			if c := place[v.col[i]]; c >= 0 {
				m.col, m.val = append(m.col, c), append(m.val, v.val[i])
			}
		}
		if len(m.col)-from < votes {
			m.col, m.val = m.col[:from], m.val[:from]
			continue
		}
		m.who = append(m.who, int32(p))
		m.start = append(m.start, int32(len(m.col)))
	}
	m.rows = len(m.who)
	m.centre()
	return m
}

// centre computes the mean answer of each statement.
func (m *matrix) centre() {
	sum, n := make([]int64, m.cols), make([]int64, m.cols)
	for i, c := range m.col {
		sum[c] += int64(m.val[i])
		n[c]++
	}
	m.mean = make([]float64, m.cols)
	for c := range m.mean {
		if n[c] > 0 {
			m.mean[c] = float64(sum[c]) / float64(n[c])
		}
	}
}

// part is the matrix of some rows, on the columns that keep says (all when nil);
// column numbers stay.
func (m *matrix) part(rows []int32, keep []bool) *matrix {
	out := &matrix{rows: len(rows), cols: m.cols, start: make([]int32, 1, len(rows)+1)}
	for _, r := range rows {
		for i := m.start[r]; i < m.start[r+1]; i++ {
			if keep == nil || keep[m.col[i]] {
				out.col, out.val = append(out.col, m.col[i]), append(out.val, m.val[i])
			}
		}
		out.start = append(out.start, int32(len(out.col)))
	}
	out.centre()
	return out
}

// shuffled deals again, within each statement, the answers that it got among those
// who answered it: the same matrix if there were no groups.
func (m *matrix) shuffled(r *sequence) *matrix {
	left := make([][3]int32, m.cols)
	for i, c := range m.col {
		left[c][m.val[i]+1]++
	}
	out := *m
	out.val = make([]int8, len(m.val))
	for i, c := range m.col {
		l := &left[c]
		n := int32(r.below(int(l[0] + l[1] + l[2])))
		switch {
		case n < l[0]:
			l[0]--
			out.val[i] = Disagree
		case n < l[0]+l[1]:
			l[1]--
			out.val[i] = Pass
		default:
			l[2]--
			out.val[i] = Agree
		}
	}
	return &out
}

// sequence is a fixed sequence of numbers (splitmix64).
type sequence struct{ state uint64 }

func (s *sequence) next() uint64 {
	s.state += 0x9E3779B97F4A7C15
	return mix(s.state)
}

func mix(z uint64) uint64 {
	z = (z ^ z>>30) * 0xBF58476D1CE4E5B9
	z = (z ^ z>>27) * 0x94D049BB133111EB
	return z ^ z>>31
}

// unit is a number from 0 up to 1, excluded.
func (s *sequence) unit() float64 { return float64(s.next()>>11) / (1 << 53) }

// below is a number from 0 up to n, excluded: the bias of 2⁻³² is of no account.
func (s *sequence) below(n int) int { return int((s.next() >> 32) * uint64(n) >> 32) }

// some draws at most n of the numbers under total, ascending.
func (s *sequence) some(n, total int) []int32 {
	all := make([]int32, total)
	for i := range all {
		all[i] = int32(i)
	}
	if n >= total {
		return all
	}
	for i := range n {
		j := i + s.below(total-i)
		all[i], all[j] = all[j], all[i]
	}
	all = all[:n]
	slices.Sort(all)
	return all
}
