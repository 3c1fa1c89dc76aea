package restitution

import (
	"math"

	"jalon/internal/questionnaire"
)

// unit is the score 1 as an integer. It divides exactly the mean of up to ten
// ratings in thirds, so that sums are exact: adding an answer and taking it away
// leaves what was there, and no order of reading changes a score.
const unit = 7_560_000

// sums of a lever on an axis.
type sums struct{ sum, square int64 }

// tally adds up the answers of a set of authorities.
type tally struct {
	answers int32
	counts  []int32
	sums    []sums // by lever and axis
}

func (l *Layout) tally() tally {
	return tally{counts: make([]int32, l.counters), sums: make([]sums, len(l.Levers)*int(axes))}
}

// plus adds another tally.
func (t *tally) plus(o tally) {
	t.answers += o.answers
	for i, n := range o.counts {
		t.counts[i] += n
	}
	for i, s := range o.sums {
		t.sums[i].sum += s.sum
		t.sums[i].square += s.square
	}
}

// count adds the packed answers of one authority, sign times: 1, or -1 to take
// away what was added. p is what it was asked.
func (l *Layout) count(t *tally, p path, packed []byte, sign int32) {
	t.answers += sign
	for i := range l.Levers {
		x := &l.Levers[i]
		l.lever(t, x, i < len(p.levers) && p.levers[i], p, packed, sign)
	}
}

func (l *Layout) lever(t *tally, x *Lever, put bool, p path, packed []byte, sign int32) {
	c := t.counts[x.at : x.at+leverCounters : x.at+leverCounters]
	for _, s := range x.skips {
		if s < len(packed) && packed[s] != questionnaire.None {
			c[cAnswers] += sign
			c[cSkipped] += sign
			return
		}
	}
	var total [axes]float64
	var rated [axes]int
	seen := false
	var out, blank int32
	for j := range x.Rows {
		r := &x.Rows[j]
		asked := r.place < len(p.rows) && p.rows[r.place]
		any, of := false, false
		for a := range axes {
			s := r.slots[a]
			if s < 0 {
				continue
			}
			of = true
			v := questionnaire.None
			if s < len(packed) {
				v = packed[s]
			}
			scale := r.Scales[a]
			if int(v) >= len(scale) {
				if asked {
					t.counts[r.at[a]+len(scale)] += sign
				}
				continue
			}
			any = true
			t.counts[r.at[a]+int(v)] += sign
			if o := &scale[v]; o.Rated {
				total[a] += o.Score
				rated[a]++
			} else {
				out++
			}
		}
		seen = seen || any
		if asked && of && !any {
			blank++
		}
	}
	if !put && !seen {
		return // it was not put to this authority
	}
	c[cAnswers] += sign
	c[cOut] += sign * out
	c[cBlank] += sign * blank
	if rated[Relevance] == 0 && rated[Mobilisation] == 0 {
		c[cSilent] += sign
	}
	for a := range axes {
		if rated[a] == 0 {
			continue
		}
		c[cRated+int(a)] += sign
		mean := int64(math.Round(total[a] / float64(rated[a]) * unit))
		s := &t.sums[x.place*int(axes)+int(a)]
		s.sum += int64(sign) * mean
		s.square += int64(sign) * mean * mean
	}
	x.lists[0].count(t, packed, sign)
	x.lists[1].count(t, packed, sign)
}

// count adds what was ticked; a question that was left alone counts nobody.
func (k *ticks) count(t *tally, packed []byte, sign int32) {
	answered := false
	for i, slots := range k.slots {
		for _, s := range slots {
			if s >= len(packed) || packed[s] == questionnaire.None {
				continue
			}
			answered = true
			if packed[s] == 1 {
				t.counts[k.at+1+i] += sign
				break
			}
		}
	}
	if answered {
		t.counts[k.at] += sign
	}
}
