package opinion

import "math"

// points are places, dims numbers each.
type points struct {
	at   []float64
	dims int
}

func (p points) len() int           { return len(p.at) / max(p.dims, 1) }
func (p points) of(i int) []float64 { return p.at[i*p.dims : (i+1)*p.dims] }

// some are the points of some rows.
func (p points) some(rows []int32) points {
	out := points{make([]float64, 0, len(rows)*p.dims), p.dims}
	for _, r := range rows {
		out.at = append(out.at, p.of(int(r))...)
	}
	return out
}

// firsts are the points along the first dims of their dimensions.
func (p points) firsts(dims int) points {
	if dims >= p.dims {
		return p
	}
	out := points{make([]float64, 0, p.len()*dims), dims}
	for i := range p.len() {
		out.at = append(out.at, p.of(i)[:dims]...)
	}
	return out
}

func apart(a, b []float64) float64 {
	sum := 0.0
	for i, x := range a {
		d := x - b[i]
		sum += d * d
	}
	return sum
}

// clustering is k groups of points: the group of each, the centres, and the sum of
// squares to them.
type clustering struct {
	label   []int8
	centres [][]float64
	spread  float64
}

// lloyd moves centres until no point changes group. A centre that loses all its
// points stays where it is.
func (p points) lloyd(centres [][]float64) clustering {
	n, k := p.len(), len(centres)
	c := clustering{label: make([]int8, n), centres: make([][]float64, k)}
	for x := range centres {
		c.centres[x] = append([]float64(nil), centres[x]...)
	}
	sums, counts := make([]float64, k*p.dims), make([]int, k)
	for round := range 100 {
		moved := 0
		c.spread = 0
		clear(sums)
		clear(counts)
		for i := range n {
			point := p.of(i)
			best, least := 0, math.Inf(1)
			for x, centre := range c.centres {
				if d := apart(point, centre); d < least {
					best, least = x, d
				}
			}
			if c.label[i] != int8(best) || round == 0 {
				c.label[i] = int8(best)
				moved++
			}
			c.spread += least
			counts[best]++
			add(sums[best*p.dims:(best+1)*p.dims], point, 1)
		}
		if moved == 0 {
			break
		}
		for x := range c.centres {
			if counts[x] > 0 {
				copy(c.centres[x], sums[x*p.dims:(x+1)*p.dims])
				scale(c.centres[x], 1/float64(counts[x]))
			}
		}
	}
	return c
}

// starts draws first centres: each a point the likelier, the farther it is from
// those already drawn (k-means++).
func (p points) starts(k int, r *sequence) [][]float64 {
	n := p.len()
	far := make([]float64, n)
	for i := range far {
		far[i] = math.Inf(1)
	}
	pick := r.below(n)
	var out [][]float64
	for {
		out = append(out, append([]float64(nil), p.of(pick)...))
		if len(out) == k {
			return out
		}
		sum := 0.0
		for i := range far {
			far[i] = min(far[i], apart(p.of(i), out[len(out)-1]))
			sum += far[i]
		}
		mark := r.unit() * sum
		pick = n - 1
		for i, f := range far {
			if mark -= f; mark < 0 {
				pick = i
				break
			}
		}
	}
}

// tries is how many starts are compared.
const tries = 8

// group finds k groups: several starts, the tightest kept.
func (p points) group(k int, r *sequence) clustering {
	var best clustering
	for i := range tries {
		if c := p.lloyd(p.starts(k, r)); i == 0 || c.spread < best.spread*(1-1e-9) {
			best = c
		}
	}
	return best
}

// silhouettes gives for each clustering of the same points how much closer they are
// to their own group than to the next one: the mean over points, -1 to 1.
// Distances are computed once for all.
func (p points) silhouettes(of []clustering) []float64 {
	n := p.len()
	sums := make([][]float64, len(of)) // of distances, by clustering and group, of one point
	counts := make([][]int, len(of))
	for j, c := range of {
		sums[j], counts[j] = make([]float64, len(c.centres)), make([]int, len(c.centres))
		for _, l := range c.label {
			counts[j][l]++
		}
	}
	out := make([]float64, len(of))
	for i := range n {
		for j := range sums {
			clear(sums[j])
		}
		point := p.of(i)
		for o := range n {
			d := math.Sqrt(apart(point, p.of(o)))
			for j := range of {
				sums[j][of[j].label[o]] += d
			}
		}
		for j := range of {
			own := of[j].label[i]
			if counts[j][own] < 2 {
				continue
			}
			a, b := sums[j][own]/float64(counts[j][own]-1), math.Inf(1)
			for x, s := range sums[j] {
				if int8(x) != own && counts[j][x] > 0 {
					b = min(b, s/float64(counts[j][x]))
				}
			}
			if top := max(a, b); top > 0 && !math.IsInf(b, 1) {
				out[j] += (b - a) / top
			}
		}
	}
	for j := range out {
		out[j] /= float64(max(n, 1))
	}
	return out
}

// Rand is the adjusted Rand index of two groupings of the same things: 1 when they
// are the same, about 0 when one tells nothing of the other. Those that either
// leaves out (a negative label) are not counted.
func Rand(a, b []int8) float64 {
	var table [128][128]int
	var rows, cols [128]int
	n := 0
	for i := range min(len(a), len(b)) {
		if a[i] >= 0 && b[i] >= 0 {
			table[a[i]][b[i]]++
			rows[a[i]]++
			cols[b[i]]++
			n++
		}
	}
	pairs := func(x int) float64 { return float64(x) * float64(x-1) / 2 }
	both, left, right := 0.0, 0.0, 0.0
	for i := range rows {
		left += pairs(rows[i])
		right += pairs(cols[i])
		if rows[i] > 0 {
			for j := range cols {
				both += pairs(table[i][j])
			}
		}
	}
	if n < 2 {
		return 1
	}
	chance := left * right / pairs(n)
	if top := (left + right) / 2; top != chance {
		return (both - chance) / (top - chance)
	}
	return 1
}

// sizes counts the points of each group.
func (c clustering) sizes() []int {
	out := make([]int, len(c.centres))
	for _, l := range c.label {
		out[l]++
	}
	return out
}
