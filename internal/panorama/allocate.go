package panorama

import (
	"math/bits"
	"slices"
	"strconv"
	"strings"

	"jalon/internal/apperr"
)

// Kg is a mass of CO₂e per year in 2030 against 2019, in whole kilograms: an
// additive quantity is an integer, so that parts always add up to their whole.
// Positive is a reduction expected, negative an increase.
type Kg int64

// KgPerKt is the count of kilograms in the kilotonne that the State publishes in.
const KgPerKt = 1_000_000

// Kt returns the mass in kilotonnes, for display and for ratios only.
func (kg Kg) Kt() float64 { return float64(kg) / KgPerKt }

// ParseKt reads kilotonnes as published («1379.8038») into exact kilograms.
// More than six decimals would not be whole kilograms and are refused.
func ParseKt(s string) (Kg, error) {
	neg := strings.HasPrefix(s, "-")
	whole, frac, _ := strings.Cut(strings.TrimPrefix(s, "-"), ".")
	if frac = strings.TrimRight(frac, "0"); len(frac) > 6 || whole == "" {
		return 0, apperr.Invalidf("« %s » n’est pas une valeur en ktCO₂e (six décimales au plus, point décimal).", s)
	}
	n, err := strconv.ParseUint(whole+frac+strings.Repeat("0", 6-len(frac)), 10, 62)
	if err != nil {
		return 0, apperr.New(apperr.Invalid, err, "« %s » n’est pas une valeur en ktCO₂e.", s)
	}
	if neg {
		return -Kg(n), nil
	}
	return Kg(n), nil
}

// Allocate divides total over weights in whole kilograms by largest remainder,
// ties going to the lower index (commune codes ascend), and writes the parts
// into out, which has the length of weights. The parts add up to total exactly
// and each is within one kilogram of its exact quotient. The arithmetic is in
// integers of 128 bits: the same inputs give the same parts on any machine.
//
// It fails with apperr.Invalid when no weight is positive: a total cannot be
// divided by a key that is nothing everywhere, and missing is not zero.
func Allocate(out []Kg, total Kg, weights []uint64) error {
	var sum uint64
	for _, w := range weights {
		s, carry := bits.Add64(sum, w, 0)
		if carry != 0 {
			return apperr.Invalidf("La clé dépasse la capacité de calcul : exprimez-la dans une unité plus grande.")
		}
		sum = s
	}
	if sum == 0 {
		return apperr.Invalidf("La clé est nulle partout sur ce territoire : elle ne peut rien répartir.")
	}
	sign, amount := Kg(1), uint64(total)
	if total < 0 {
		sign, amount = -1, uint64(-total)
	}
	remainders := make([]uint64, len(weights))
	left := amount
	for i, w := range weights {
		hi, lo := bits.Mul64(amount, w)
		q, r := bits.Div64(hi, lo, sum) // hi < sum because w ≤ sum and amount < 2⁶³
		out[i], remainders[i] = sign*Kg(q), r
		left -= q
	}
	giveLargest(out, remainders, int(left), sign)
	return nil
}

// giveLargest adds one unit to the n entries of the largest remainders, in
// index order among equals.
func giveLargest(out []Kg, remainders []uint64, n int, unit Kg) {
	if n == 0 {
		return
	}
	threshold := nthLargest(slices.Clone(remainders), n)
	for i, r := range remainders {
		if r > threshold {
			out[i] += unit
			n--
		}
	}
	for i, r := range remainders {
		if n == 0 {
			return
		}
		if r == threshold {
			out[i] += unit
			n--
		}
	}
}

// nthLargest returns the n-th largest value of s (n from 1), reordering s. It
// selects instead of sorting: linear on average, with the median of three as
// pivot so that sorted input, which communes often are, costs no more.
func nthLargest(s []uint64, n int) uint64 {
	lo, hi, k := 0, len(s)-1, n-1
	for lo < hi {
		mid := lo + (hi-lo)/2
		pivot := max(min(s[lo], s[mid]), min(max(s[lo], s[mid]), s[hi]))
		i, j := lo, hi
		for i <= j {
			for s[i] > pivot {
				i++
			}
			for s[j] < pivot {
				j--
			}
			if i <= j {
				s[i], s[j] = s[j], s[i]
				i++
				j--
			}
		}
		switch {
		case k <= j:
			hi = j
		case k >= i:
			lo = i
		default:
			return s[k]
		}
	}
	return s[k]
}

// Weights turns the values of a key into exact integer weights: they are scaled
// by the power of ten that keeps every decimal published, up to six.
func Weights(values []float64) ([]uint64, error) {
	decimals := 0
	var largest float64
	for _, v := range values {
		if v < 0 {
			return nil, apperr.Invalidf("Une clé de répartition ne peut pas être négative (%s).", strconv.FormatFloat(v, 'g', -1, 64))
		}
		largest = max(largest, v)
		_, frac, _ := strings.Cut(strconv.FormatFloat(v, 'f', -1, 64), ".")
		decimals = max(decimals, min(len(frac), 6))
	}
	scale := 1.0
	// 2⁴⁵ a unit leaves room for the sum of half a million units.
	for range decimals {
		if largest*scale*10 >= 1<<45 {
			break
		}
		scale *= 10
	}
	if largest*scale >= 1<<45 {
		return nil, apperr.Invalidf("Une valeur de la clé est trop grande (%g) : exprimez-la dans une unité plus grande.", largest)
	}
	out := make([]uint64, len(values))
	for i, v := range values {
		out[i] = uint64(v*scale + 0.5)
	}
	return out, nil
}
