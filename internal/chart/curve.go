package chart

import "math"

// Plot places years and values in a box: years from left to right, values from
// bottom to top, on an axis that ends on round numbers.
type Plot struct {
	Box       Rect
	From, To  int // years
	low, high float64
	step      float64
}

// NewPlot makes the plot that holds every known value. The axis begins at zero
// unless the values stand in the upper part of it: a curve shows a change, and
// its axis is written.
func NewPlot(box Rect, from, to int, values ...float64) Plot {
	low, high := math.Inf(1), math.Inf(-1)
	for _, v := range values {
		if !math.IsNaN(v) && !math.IsInf(v, 0) {
			low, high = math.Min(low, v), math.Max(high, v)
		}
	}
	if low > high {
		low, high = 0, 1
	}
	if low >= 0 && low < high*0.6 {
		low = 0
	}
	if high == low {
		high = low + math.Max(1, math.Abs(low)*0.1)
	}
	if to <= from {
		to = from + 1
	}
	p := Plot{Box: box, From: from, To: to, step: nice((high/4 - low/4))}
	p.low, p.high = math.Floor(low/p.step)*p.step, math.Ceil(high/p.step)*p.step
	return p
}

// nice is the round number next above v: 1, 2, 2.5 or 5 times a power of ten.
func nice(v float64) float64 {
	if v <= 0 || math.IsNaN(v) || math.IsInf(v, 0) {
		return 1
	}
	unit := math.Pow(10, math.Floor(math.Log10(v)))
	for _, m := range []float64{1, 2, 2.5, 5} {
		if v <= m*unit*(1+1e-12) {
			return m * unit
		}
	}
	return 10 * unit
}

// FromZero says whether the axis of values holds zero.
func (p Plot) FromZero() bool { return p.low <= 0 && p.high >= 0 }

// X is the place of a year, which may be between two.
func (p Plot) X(year float64) int {
	return p.Box.X + int(math.Round((year-float64(p.From))/float64(p.To-p.From)*float64(p.Box.W)))
}

// Y is the place of a value, held inside the box.
func (p Plot) Y(v float64) int {
	part := (v/2 - p.low/2) / (p.high/2 - p.low/2)
	return p.Box.Y + p.Box.H - int(math.Round(math.Max(0, math.Min(1, part))*float64(p.Box.H)))
}

// Ticks are the round values of the axis, from the lowest.
func (p Plot) Ticks() []float64 {
	var out []float64
	for i := 0; i < 12; i++ {
		v := p.low + float64(i)*p.step
		if v > p.high+p.step/2 {
			break
		}
		out = append(out, v)
	}
	return out
}

// Decimals is how many decimals tell the ticks apart.
func (p Plot) Decimals() int {
	d := 0
	for s := p.step; d < 9 && math.Abs(s-math.Round(s)) > 1e-9*math.Max(1, math.Abs(s)); d++ {
		s *= 10
	}
	return d
}

// Years are the years written under the axis, at most so many, the last one
// always among them.
func (p Plot) Years(most int) []int {
	every := 1
	for _, e := range []int{1, 2, 5, 10, 20, 50, 100} {
		if every = e; (p.To-p.From)/e < most {
			break
		}
	}
	var out []int
	for y := p.To; y >= p.From; y -= every {
		out = append([]int{y}, out...)
	}
	return out
}

// Dated is a value of a year; NaN is a gap.
type Dated struct {
	Year  int
	Value float64
}

// Runs are the pieces of a line: it breaks where a value is missing or where more
// than step years lie between two.
func (p Plot) Runs(points []Dated, step int) [][]Point {
	var out [][]Point
	last := math.MinInt
	for _, d := range points {
		if math.IsNaN(d.Value) || math.IsInf(d.Value, 0) {
			last = math.MinInt
			continue
		}
		at := Point{X: p.X(float64(d.Year)), Y: p.Y(d.Value)}
		if last == math.MinInt || d.Year-last > step {
			out = append(out, nil)
		}
		out[len(out)-1] = append(out[len(out)-1], at)
		last = d.Year
	}
	return out
}
