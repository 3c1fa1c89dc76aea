package restitution

import "math"

// Fewest is the least number of authorities that a score is given for.
const Fewest = 5

// Score is how a group of authorities rates a lever on an axis: the mean, over
// those that rated at least one of its rows, of the mean of their rated rows.
type Score struct {
	Known      bool
	Value      float64 // 0 to 1
	Low, High  float64 // confidence interval of 95 %
	N          int     // authorities that rated a row
	Population int     // authorities to which the lever was put
	Deviation  float64 // standard deviation between authorities
}

// score is computed from the sums of n means. The interval is Student's, with the
// correction for a finite population: once everyone has answered nothing is left
// to guess.
func score(n int, s sums, population int) Score {
	out := Score{N: n, Population: max(population, n)}
	if n < Fewest {
		return out
	}
	mean := float64(s.sum) / float64(n) // of units
	// The sum of squares less n times the square of the mean, in units squared.
	rest := float64(s.square) - mean*float64(s.sum)
	variance := math.Max(rest, 0) / float64(n-1)
	out.Known = true
	out.Value = mean / unit
	out.Deviation = math.Sqrt(variance) / unit
	half := 0.0
	if out.Population > 1 {
		left := float64(out.Population-n) / float64(out.Population-1)
		half = student(n-1) * out.Deviation / math.Sqrt(float64(n)) * math.Sqrt(left)
	}
	out.Low, out.High = math.Max(out.Value-half, 0), math.Min(out.Value+half, 1)
	return out
}

// quantiles of Student's law at 97.5 %, by degrees of freedom from 1 to 30.
var quantiles = [...]float64{12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145, 2.131,
	2.120, 2.110, 2.101, 2.093, 2.086, 2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042}

// student is the quantile of 97.5 % for so many degrees of freedom; beyond the
// table, the first two terms of its expansion around the normal law, exact to
// the third decimal.
func student(freedom int) float64 {
	if freedom >= 1 && freedom <= len(quantiles) {
		return quantiles[freedom-1]
	}
	const z = 1.959964
	return z + (z*z*z+z)/(4*float64(freedom))
}

// Thresholds are from where relevance and mobilisation are called high: at the
// threshold is above.
type Thresholds struct{ Relevance, Mobilisation float64 }

// Proposed are the thresholds that Jalon proposes; a campaign may set others.
func Proposed() Thresholds { return Thresholds{0.5, 0.5} }

// Family is what the answers together suggest of a lever. It is an
// interpretation, and is labelled so.
type Family string

// The three families; Unsorted is for what too few rated.
const (
	Amplify  Family = "amplifier"
	Unblock  Family = "debloquer"
	Clarify  Family = "clarifier"
	Unsorted Family = ""
)

// Families lists them in the order of the screens.
func Families() []Family { return []Family{Amplify, Unblock, Clarify} }

// Name is the French name of a family.
func (f Family) Name() string {
	switch f {
	case Amplify:
		return "à amplifier"
	case Unblock:
		return "à débloquer"
	case Clarify:
		return "à clarifier"
	}
	return "non classé"
}

// Means says how a family is read.
func (f Family) Means() string {
	switch f {
	case Amplify:
		return "jugé pertinent, et déjà engagé"
	case Unblock:
		return "jugé pertinent, mais peu engagé"
	case Clarify:
		return "peu jugé pertinent, quel que soit l’engagement"
	}
	return "moins de cinq collectivités l’ont noté"
}

// Debate lists the kinds of action that a family leads to debate.
func (f Family) Debate() []string {
	switch f {
	case Amplify:
		return []string{"faire connaître ce qui marche, et comment", "passer d’actions isolées à une action de tout le territoire", "chiffrer ce qui est déjà fait, et ce qui reste à faire"}
	case Unblock:
		return []string{"nommer le frein qui revient le plus, et qui peut le lever", "réunir l’ingénierie ou le financement qui manque", "commencer par quelques collectivités volontaires, et en tirer une méthode"}
	case Clarify:
		return []string{"dire en clair à quoi sert le levier, et pour qui", "chercher qui d’autre le porte\u00a0: État, entreprises, habitants", "vérifier qu’il convient au territoire avant d’y engager des moyens"}
	}
	return nil
}

// Of sorts a lever. Where relevance is below its threshold, mobilisation does not
// matter; where it is above, an unknown mobilisation leaves it unsorted.
func (t Thresholds) Of(relevance, mobilisation Score) Family {
	switch {
	case !relevance.Known:
		return Unsorted
	case relevance.Value < t.Relevance:
		return Clarify
	case !mobilisation.Known:
		return Unsorted
	case mobilisation.Value >= t.Mobilisation:
		return Amplify
	}
	return Unblock
}

// Range is an interval of thresholds. From is part of it when it is zero, To
// always is, but for open ends: see Stability.
type Range struct{ From, To float64 }

// Stability says how far the family of a lever depends on the thresholds.
type Stability struct {
	// Relevance and Mobilisation are the thresholds between which, the other one
	// unchanged, the family stays what it is.
	Relevance, Mobilisation Range
	// Fragile says that a confidence interval holds a threshold that decides:
	// other answers could change the family.
	Fragile bool
	On      []Axis // which ones
}

// Stability measures it. A score is above a threshold as long as the threshold is
// at most the score.
func (t Thresholds) Stability(relevance, mobilisation Score) Stability {
	all := Range{0, 1}
	switch t.Of(relevance, mobilisation) {
	case Clarify:
		s := Stability{Relevance: Range{relevance.Value, 1}, Mobilisation: all}
		return s.straddles(relevance, t.Relevance, Relevance)
	case Amplify:
		s := Stability{Relevance: Range{0, relevance.Value}, Mobilisation: Range{0, mobilisation.Value}}
		return s.straddles(relevance, t.Relevance, Relevance).straddles(mobilisation, t.Mobilisation, Mobilisation)
	case Unblock:
		s := Stability{Relevance: Range{0, relevance.Value}, Mobilisation: Range{mobilisation.Value, 1}}
		return s.straddles(relevance, t.Relevance, Relevance).straddles(mobilisation, t.Mobilisation, Mobilisation)
	}
	return Stability{Relevance: all, Mobilisation: all}
}

func (s Stability) straddles(x Score, threshold float64, a Axis) Stability {
	if x.Low < threshold && threshold <= x.High {
		s.Fragile, s.On = true, append(s.On, a)
	}
	return s
}
