package chart

import (
	"math"
	"sort"
)

// Span is the part of a horizontal axis that a bar covers, in percent of its
// length with one decimal. Known is false for a missing value, which has no
// bar at all: it is not a bar of length zero.
type Span struct {
	From, Width float64
	Negative    bool
	Known       bool
}

// Axis places values on one horizontal axis that always holds zero.
type Axis struct{ low, high float64 }

// NewAxis makes the axis that holds zero and every known value.
func NewAxis(values ...float64) Axis {
	a := Axis{}
	for _, v := range values {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			continue
		}
		a.low, a.high = math.Min(a.low, v), math.Max(a.high, v)
	}
	if a.high == a.low {
		a.high = a.low + 1
	}
	return a
}

// At is the place of v on the axis, in percent with one decimal.
func (a Axis) At(v float64) float64 {
	// Halves before the subtraction: the width of the axis may not fit a float.
	return tenth((v/2 - a.low/2) / (a.high/2 - a.low/2) * 100)
}

// Span is the bar of v, from zero.
func (a Axis) Span(v float64) Span {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return Span{}
	}
	from, to := a.At(0), a.At(v)
	if v < 0 {
		from, to = to, from
	}
	return Span{From: from, Width: tenth(to - from), Negative: v < 0, Known: true}
}

func tenth(v float64) float64 { return math.Round(v*10) / 10 }

// Gauge compares what is assigned with an objective on one axis, in percent
// with one decimal: the part within the objective, the part beyond it, and the
// place of the objective itself.
type Gauge struct{ Within, Beyond, Target float64 }

// NewGauge makes the gauge of assigned against objective. The axis holds both;
// a negative or unknown assigned amount fills nothing.
func NewGauge(assigned, objective float64) Gauge {
	assigned, objective = weight(assigned), weight(objective)
	if assigned == 0 && objective == 0 {
		return Gauge{}
	}
	a := NewAxis(assigned, objective)
	target := a.At(objective)
	within := a.At(math.Min(assigned, objective))
	return Gauge{Within: within, Beyond: tenth(a.At(assigned) - within), Target: target}
}

// Classes cuts values into at most k classes for a map by natural breaks
// (Fisher-Jenks): the classes whose values are the closest to one another. It
// returns the highest value of each class, in order; there are fewer than k
// classes when there are fewer distinct values. Missing values are left out.
func Classes(values []float64, k int) []float64 {
	sorted := make([]float64, 0, len(values))
	for _, v := range values {
		if !math.IsNaN(v) && !math.IsInf(v, 0) {
			sorted = append(sorted, v)
		}
	}
	sort.Float64s(sorted)
	distinct := 0
	for i, v := range sorted {
		if i == 0 || v != sorted[i-1] {
			distinct++
		}
	}
	if k = min(k, distinct); k <= 0 {
		return nil
	}
	return naturalBreaks(sorted, k)
}

// naturalBreaks is the dynamic programme of Fisher: best[j][i] is the least sum
// of squared distances to class means when the first i values make j classes.
// Equal values never part, or one value would have two colours.
func naturalBreaks(sorted []float64, k int) []float64 {
	n := len(sorted)
	best := make([][]float64, k+1)
	from := make([][]int, k+1)
	for j := range best {
		best[j], from[j] = make([]float64, n+1), make([]int, n+1)
		for i := range best[j] {
			best[j][i] = math.Inf(1)
		}
	}
	best[0][0] = 0
	for j := 1; j <= k; j++ {
		for i := j; i <= n; i++ {
			if i < n && sorted[i] == sorted[i-1] {
				continue
			}
			spread, mean := 0.0, 0.0
			for m := i; m >= j; m-- {
				d := sorted[m-1] - mean
				mean += d / float64(i-m+1)
				spread += d * (sorted[m-1] - mean)
				if c := best[j-1][m-1] + spread; c < best[j][i] {
					best[j][i], from[j][i] = c, m-1
				}
			}
		}
	}
	out := make([]float64, k)
	for j, i := k, n; j > 0; j-- {
		out[j-1] = sorted[i-1]
		i = from[j][i]
	}
	return out
}

// ClassOf is the class of v in the upper bounds that Classes gave, from 1; 0
// is for a missing value, which is never in the lowest class.
func ClassOf(bounds []float64, v float64) int {
	if math.IsNaN(v) || math.IsInf(v, 0) || len(bounds) == 0 {
		return 0
	}
	return min(sort.SearchFloat64s(bounds, v), len(bounds)-1) + 1
}
