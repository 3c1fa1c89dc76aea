// Package opinion makes answers as debates would gather, by a written rule, and
// measures what opinion groups cost on them.
package opinion

import (
	"iter"
	"math"
	"math/rand"

	"jalon/internal/opinion"
)

// Debate is the rule by which answers are made.
type Debate struct {
	People, Statements, Groups int
	Missing                    float64 // share of the answers that nobody gave
	Weak                       float64 // 1: each group has its own mind on each statement; 0: all have the same
	Pass                       float64 // share of the answers given that are «je passe»
	Line                       bool    // no groups: people are anywhere on a line from one mind to its contrary
	Uneven                     bool    // some answer much, most little, as people do; Missing on average
	Seed                       int64
}

// Truth gives the group of each person: the first of people, then the second…,
// the number of the person modulo the number of groups.
func (d Debate) Truth() []int8 {
	out := make([]int8, d.People)
	for i := range out {
		out[i] = int8(i % max(d.Groups, 1))
	}
	return out
}

// Chances gives how likely each group is to agree with each statement: uniform on
// [0, 1] for each group and statement, brought towards what is common to all groups
// when they are weak. Those of a group follow each other.
func (d Debate) Chances() []float64 {
	r := rand.New(rand.NewSource(d.Seed)) //nolint:gosec // the same each time is what is wanted
	groups := max(d.Groups, 1)
	agree := make([]float64, groups*d.Statements)
	for s := range d.Statements {
		common := r.Float64()
		for g := range groups {
			agree[g*d.Statements+s] = d.Weak*r.Float64() + (1-d.Weak)*common
		}
	}
	return agree
}

// Votes gives the answers, the same for the same rule.
func (d Debate) Votes() iter.Seq[opinion.Vote] {
	return func(yield func(opinion.Vote) bool) {
		agree, groups := d.Chances(), max(d.Groups, 1)
		r := rand.New(rand.NewSource(d.Seed + 1_000_003)) //nolint:gosec // the same each time is what is wanted
		lean := make([]float64, d.Statements)
		for s := range lean {
			lean[s] = r.Float64() - 0.5
		}
		for p := range d.People {
			at, answers := r.NormFloat64()*0.5, 1-d.Missing
			if d.Uneven {
				answers = min(1, answers*math.Max(0.1, r.ExpFloat64()))
			}
			for s := range d.Statements {
				if r.Float64() >= answers {
					continue
				}
				chance := agree[p%groups*d.Statements+s]
				if d.Line {
					chance = min(1, max(0, 0.5+lean[s]*2*at))
				}
				v := opinion.Vote{Participant: int32(p), Statement: int32(s), Value: opinion.Disagree}
				switch {
				case d.Pass > 0 && r.Float64() < d.Pass:
					v.Value = opinion.Pass
				case r.Float64() < chance:
					v.Value = opinion.Agree
				}
				if !yield(v) {
					return
				}
			}
		}
	}
}
