package diagnosis

import (
	"math"
	"math/rand/v2"
	"slices"
)

// Draws is how many random weightings the interval of ranks is read from, and
// TopOf how many levers are the first.
const (
	Draws = 1000
	TopOf = 5
)

// The seed is a constant: the same evidence gives the same intervals, whoever asks.
const seedOne, seedTwo = 20240527, 5

// around is how close the drawn weightings stay to the team's: that of a criterion
// with a fifth of the weights is drawn between 7 and 36 % nine times out of ten.
const around = 20

// DrawsRule says in French what the intervals are.
const DrawsRule = "Mille pondérations sont tirées au sort autour de celle de l’équipe (loi de Dirichlet de concentration 20, graine fixe\u00a0: le même calcul redonne les mêmes tirages). L’intervalle contient neuf rangs sur dix\u00a0; " +
	"la dernière part dit dans combien de tirages le levier est parmi les cinq premiers."

// sensed is what random weightings say of each lever.
type sensed struct {
	low, high []int
	top       []float64
}

func sensitivity(m matrix, shares []float64) sensed {
	out := sensed{low: make([]int, len(m)), high: make([]int, len(m)), top: make([]float64, len(m))}
	r := rand.New(rand.NewPCG(seedOne, seedTwo)) //nolint:gosec // a draw that anyone can do again, not a secret
	drawn := make([][]int, len(m))
	for range Draws {
		weights := dirichlet(r, shares)
		for i, rank := range ranks(m.scores(weights)) {
			drawn[i] = append(drawn[i], rank)
			if rank > 0 && rank <= TopOf {
				out.top[i]++
			}
		}
	}
	for i := range m {
		slices.Sort(drawn[i])
		out.low[i], out.high[i] = drawn[i][Draws/20-1], drawn[i][Draws-Draws/20-1]
		out.top[i] /= Draws
	}
	return out
}

// dirichlet draws a weighting around shares; what weighs nothing stays so.
func dirichlet(r *rand.Rand, shares []float64) []float64 {
	out := make([]float64, len(shares))
	sum := 0.0
	for i, s := range shares {
		if s > 0 {
			// Never quite zero: a criterion that counts is never left out.
			out[i] = math.Max(gamma(r, around*s), 1e-12)
		}
		sum += out[i]
	}
	for i := range out {
		out[i] /= sum
	}
	return out
}

// gamma draws from the law of a shape, scale 1 (Marsaglia and Tsang, 2000).
func gamma(r *rand.Rand, shape float64) float64 {
	if shape < 1 {
		return gamma(r, shape+1) * math.Pow(r.Float64(), 1/shape)
	}
	d := shape - 1.0/3
	c := 1 / math.Sqrt(9*d)
	for {
		x := r.NormFloat64()
		v := 1 + c*x
		if v <= 0 {
			continue
		}
		v *= v * v
		u := r.Float64()
		if u < 1-0.0331*x*x*x*x || math.Log(u) < 0.5*x*x+d*(1-v+math.Log(v)) {
			return d * v
		}
	}
}

// Move is what becomes of the ranking when one weight alone changes.
type Move struct {
	Criterion Criterion `json:"criterion"`
	Factor    float64   `json:"factor"` // of its weight: 0, one half, 2
	In        []string  `json:"in"`     // levers that come among the first, by name
	Out       []string  `json:"out"`    // those that leave them
	// Most is the lever whose rank changes most, empty when none does.
	Most     string `json:"most"`
	From, To int
}

// Factors are what each weight is multiplied by in turn.
func Factors() []float64 { return []float64{0, 0.5, 2} }

// Moves changes each weight in turn. A criterion that weighs nothing, or alone, is
// left out: nothing would change.
func Moves(all []Scored, w Weights) []Move {
	evidence := make([]Evidence, len(all))
	for i, s := range all {
		evidence[i] = s.Evidence
	}
	m := notesOf(evidence, w)
	var out []Move
	for j, c := range Criteria() {
		for _, f := range Factors() {
			shares := w.shares()
			if shares[j] == 0 || shares[j] > 1-level {
				continue
			}
			shares[j] *= f
			move := Move{Criterion: c.Code, Factor: f, In: []string{}, Out: []string{}}
			for i, to := range ranks(m.scores(normal(shares))) {
				move.see(all[i], to)
			}
			out = append(out, move)
		}
	}
	return out
}

func (m *Move) see(s Scored, to int) {
	first := func(rank int) bool { return rank > 0 && rank <= TopOf }
	switch {
	case first(to) && !first(s.Rank):
		m.In = append(m.In, s.Name)
	case !first(to) && first(s.Rank):
		m.Out = append(m.Out, s.Name)
	}
	if to == 0 || s.Rank == 0 {
		return
	}
	if d := to - s.Rank; max(d, -d) > max(m.To-m.From, m.From-m.To) {
		m.Most, m.From, m.To = s.Name, s.Rank, to
	}
}

// normal makes a weighting add up to 1.
func normal(w []float64) []float64 {
	sum := 0.0
	for _, v := range w {
		sum += v
	}
	out := make([]float64, len(w))
	for i, v := range w {
		if sum > 0 {
			out[i] = v / sum
		}
	}
	return out
}
