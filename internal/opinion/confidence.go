package opinion

import "math"

// Level is how sure groups are.
type Level int

// The levels, by the rule that Confidence.judge applies.
const (
	Uncertain  Level = iota // groupes incertains
	FairlySure              // groupes assez sûrs
	Sure                    // groupes sûrs
)

// Reason is why groups are uncertain.
type Reason int

// The reasons: the first that holds.
const (
	NoReason    Reason = iota
	TooFew             // too few people or statements to make groups
	NoStructure        // answers differ no more together than if they had been dealt at random
	Gradual            // people go from one end to the other without a gap between groups
	Unstable           // other statements would have made other groups
)

// Confidence says how sure groups are, by three questions that each have a null
// answer to be compared with.
type Confidence struct {
	Level  Level
	Reason Reason
	// Structure is what the first component tells, over what it tells when the
	// answers to each statement are dealt again among those who answered it: 1 says
	// that nobody's answers hold together.
	Structure float64
	// Silhouette of the groups (-1 to 1), and Chance, what as many groups of a cloud
	// of the same width without any gap get.
	Silhouette, Chance float64
	// Stability is the mean adjusted Rand index of the groups with those that half of
	// the statements, drawn, would have made.
	Stability float64
}

// The rule, tried on the generator of bench/opinion: groups that are there and well
// asked are sure, weak ones and none at all never are, and people spread along a
// line are not groups.
const (
	sureStructure, fairStructure = 1.3, 1.15
	sureGap, fairGap             = 0.12, 0.09
	sureStability, fairStability = 0.60, 0.35
)

func (c *Confidence) judge() {
	gap := c.Silhouette - c.Chance
	switch {
	case c.Structure >= sureStructure && gap >= sureGap && c.Stability >= sureStability:
		c.Level = Sure
	case c.Structure < fairStructure:
		c.Reason = NoStructure
	case gap < fairGap:
		c.Reason = Gradual
	case c.Stability < fairStability:
		c.Reason = Unstable
	default:
		c.Level = FairlySure
	}
}

const (
	doubted   = 2000 // people on whom confidence is measured
	deals     = 3    // of answers dealt again
	halves    = 6    // of the statements
	clouds    = 6    // without a gap
	standsOut = 1.1  // over chance, from which a component counts
)

// structure compares components with those of answers dealt again, and says how
// many stand out: groups are made in those, one at least. A component at the limit
// stays on the side where it was.
func (m *matrix) structure(c components, former int, r *sequence) (Confidence, int) {
	if len(c.values) == 0 {
		return Confidence{}, 0
	}
	own := c
	part := m
	if m.rows > doubted {
		part = m.part(r.some(doubted, m.rows), nil)
		own = part.principal(dimensions, c.vectors)
	}
	chance := 0.0
	for range deals {
		if dealt := part.shuffled(r).principal(1, nil); len(dealt.values) > 0 {
			chance = max(chance, dealt.values[0])
		}
	}
	if chance == 0 || len(own.values) == 0 {
		return Confidence{}, 1
	}
	dims := 0
	for j, v := range own.values {
		limit := standsOut
		if former > j {
			limit -= 0.04
		} else if former > 0 {
			limit += 0.04
		}
		if v >= limit*chance {
			dims = j + 1
		}
	}
	return Confidence{Structure: own.values[0] / chance}, min(max(dims, 1), len(c.vectors))
}

// chance is the silhouette of k groups in a cloud as wide along each dimension as
// the points, without any gap (a normal one).
func (p points) chance(k int, r *sequence) float64 {
	n := p.len()
	width := make([]float64, p.dims)
	for i := range n {
		for j, x := range p.of(i) {
			width[j] += x * x
		}
	}
	for j := range width {
		width[j] = math.Sqrt(width[j] / float64(n))
	}
	sum := 0.0
	for range clouds {
		cloud := points{make([]float64, min(n, 500)*p.dims), p.dims}
		for i := range cloud.len() {
			for j := range p.dims {
				cloud.at[i*p.dims+j] = width[j] * r.normal()
			}
		}
		sum += cloud.silhouettes([]clustering{cloud.group(k, r)})[0]
	}
	return sum / clouds
}

func (s *sequence) normal() float64 {
	return math.Sqrt(-2*math.Log(1-s.unit())) * math.Cos(2*math.Pi*s.unit())
}

// stability groups people by half of the statements, several times, and says how
// near these groups are to those of all statements.
func (m *matrix) stability(label []int8, k, dims int, r *sequence) float64 {
	rows := r.some(doubted, m.rows)
	own := make([]int8, len(rows))
	for i, row := range rows {
		own[i] = label[row]
	}
	sum := 0.0
	for range halves {
		keep := make([]bool, m.cols)
		for _, c := range r.some((m.cols+1)/2, m.cols) {
			keep[c] = true
		}
		half := m.part(rows, keep)
		c := half.principal(dims, nil)
		if len(c.vectors) == 0 {
			continue
		}
		found := points{half.project(c.vectors), len(c.vectors)}.group(k, r)
		sum += Rand(own, half.settle(found.label, k, 1))
	}
	return sum / halves
}

// prior is how many answers the mean of all weighs in the shares of a group.
const prior = 2

// settle gives each person to the group whose answers theirs are the likeliest of,
// once k-means has said what the groups are, and again until nobody moves: a
// projection forgets part of what was answered. A person's own answers are taken
// out of those of their group first. When a group would fall under least, groups
// are left as k-means made them.
func (m *matrix) settle(label []int8, k, least int) []int8 {
	own := label
	for range 5 {
		odds := m.odds(label, k)
		out, moved, size := make([]int8, m.rows), 0, make([]int, k)
		for i := range out {
			best := 0
			for g := range k {
				if odds[i*k+g] > odds[i*k+best] {
					best = g
				}
			}
			out[i] = int8(best)
			size[best]++
			if out[i] != label[i] {
				moved++
			}
		}
		for _, n := range size {
			if n < least {
				return own
			}
		}
		label = out
		if moved == 0 {
			break
		}
	}
	return label
}

// odds are the logarithms of how likely the answers of each person are, by group.
func (m *matrix) odds(label []int8, k int) []float64 {
	counts, all := make([][3]float64, k*m.cols), make([][3]float64, m.cols)
	for i, g := range label {
		for j := m.start[i]; j < m.start[i+1]; j++ {
			counts[int(m.col[j])*k+int(g)][m.val[j]+1]++
		}
	}
	logs := make([]float64, 3*k*m.cols) // of the share of each answer, by statement and group
	base := make([]float64, 3*m.cols)   // of what the mean of all weighs
	for c := range m.cols {
		for g := range k {
			for v, n := range counts[c*k+g] {
				all[c][v] += n
			}
		}
		for v := range 3 {
			base[3*c+v] = prior * (all[c][v] + 1) / (all[c][0] + all[c][1] + all[c][2] + 3)
			for g := range k {
				n := &counts[c*k+g]
				logs[3*(c*k+g)+v] = math.Log((n[v] + base[3*c+v]) / (n[0] + n[1] + n[2] + prior))
			}
		}
	}
	out := make([]float64, m.rows*k)
	for i, own := range label {
		o := out[i*k : (i+1)*k]
		for j := m.start[i]; j < m.start[i+1]; j++ {
			c, v := int(m.col[j]), int(m.val[j]+1)
			for g := range o {
				if int8(g) != own {
					o[g] += logs[3*(c*k+g)+v]
					continue
				}
				n := &counts[c*k+g]
				o[g] += math.Log((n[v] - 1 + base[3*c+v]) / (n[0] + n[1] + n[2] - 1 + prior))
			}
		}
	}
	return out
}

// sure is how likely each person's group is among all, by what they answered. It
// takes answers for independent once the group is known, which flatters.
func (m *matrix) sure(label []int8, k int) []float32 {
	odds, out := m.odds(label, k), make([]float32, m.rows)
	for i, own := range label {
		sum := 0.0
		for g := range k {
			sum += math.Exp(odds[i*k+g] - odds[i*k+int(own)])
		}
		out[i] = float32(1 / sum)
	}
	return out
}
