package textmining

import "math"

func dot(v []weight, centre []float64) float64 {
	sum := 0.0
	for _, x := range v {
		sum += x.w * centre[x.term]
	}
	return sum
}

// centres are k vectors over the terms, the k weights of a term side by side: a
// text is compared with all of them by one walk through its terms.
type centres struct {
	w []float64
	k int
}

func (c centres) of(x int) []float64 {
	out := make([]float64, len(c.w)/c.k)
	for t := range out {
		out[t] = c.w[t*c.k+x]
	}
	return out
}

// closeness sets out to how close a text is to each centre.
func (c centres) closeness(v []weight, out []float64) {
	clear(out)
	for _, x := range v {
		for j, w := range c.w[int(x.term)*c.k:][:len(out)] {
			out[j] += x.w * w
		}
	}
}

// next is a fixed sequence of numbers (splitmix64).
func next(state *uint64) float64 {
	*state += 0x9E3779B97F4A7C15
	z := *state
	z = (z ^ z>>30) * 0xBF58476D1CE4E5B9
	z = (z ^ z>>27) * 0x94D049BB133111EB
	return float64((z^z>>31)>>11) / (1 << 53)
}

// clearlyWorse is how close texts are to former themes, over how close to those of a
// new beginning, under which one begins again.
const clearlyWorse = 0.97

// middles are the centres of groups of texts.
func middles(vectors [][]weight, groups [][]int, terms int) (out [][]float64) {
	for _, of := range groups {
		c := centres{make([]float64, terms), 1}
		for _, d := range of {
			if d >= 0 && d < len(vectors) {
				for _, w := range vectors[d] {
					c.w[w.term] += w.w
				}
			}
		}
		c.unit()
		out = append(out, c.w)
	}
	return out
}

// cluster puts texts in the groups of the centres that it moves, and says how close
// they are to them altogether.
func cluster(vectors [][]weight, docs []int, c centres) (at []int, moved centres, score float64) {
	at = make([]int, len(docs))
	near := make([]float64, c.k)
	for round := range 40 {
		moved, before := 0, score
		score = 0
		for n, d := range docs {
			c.closeness(vectors[d], near)
			best, top := 0, -1.0
			for x, s := range near {
				if s > top+1e-12 {
					best, top = x, s
				}
			}
			if at[n] != best || round == 0 {
				at[n] = best
				moved++
			}
			score += top
		}
		if round > 0 && (moved*1000 <= len(docs) || len(docs) > many && score < before*(1+1e-4)) {
			return at, c, score
		}
		clear(c.w)
		for n, d := range docs {
			for _, w := range vectors[d] {
				c.w[int(w.term)*c.k+at[n]] += w.w
			}
		}
		c.unit()
	}
	return at, c, score
}

// starts are the first centres: those given, then each a text drawn the likelier, the
// farther it is from those already there.
func starts(vectors [][]weight, docs []int, terms, k int, seed uint64, given [][]float64) centres {
	state := seed*7919 + 17
	far := make([]float64, len(docs))
	for i := range far {
		far[i] = 1
	}
	out := centres{make([]float64, terms*k), k}
	drawn := make([]float64, terms)
	for x := range k {
		centre := drawn
		if x < len(given) {
			centre = given[x]
		} else {
			sum := 0.0
			for _, f := range far {
				sum += f * f
			}
			pick, mark := len(docs)-1, next(&state)*sum
			for n, f := range far {
				if mark -= f * f; mark <= 0 {
					pick = n
					break
				}
			}
			clear(centre)
			for _, w := range vectors[docs[pick]] {
				centre[w.term] = w.w
			}
		}
		for t, w := range centre {
			out.w[t*k+x] = w
		}
		for n, d := range docs {
			far[n] = min(far[n], max(0, 1-dot(vectors[d], centre)))
		}
	}
	return out
}

// unit gives each centre unit length.
func (c centres) unit() {
	sums := make([]float64, c.k)
	for i, w := range c.w {
		sums[i%c.k] += w * w
	}
	for x, s := range sums {
		sums[x] = math.Sqrt(s)
	}
	for i := range c.w {
		if n := sums[i%c.k]; n > 0 {
			c.w[i] /= n
		}
	}
}
