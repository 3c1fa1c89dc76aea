package panorama

import (
	"math/big"
	"math/rand/v2"
	"slices"
	"sort"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"jalon/internal/apperr"
)

func TestAllocateSmall(t *testing.T) {
	for _, c := range []struct {
		name    string
		total   Kg
		weights []uint64
		want    []Kg
	}{
		{"equal weights give the odd kilogram to the lowest code", 10, []uint64{1, 1, 1}, []Kg{4, 3, 3}},
		{"the largest remainder first", 10, []uint64{6, 6, 8}, []Kg{3, 3, 4}},
		{"a zero weight receives nothing", 7, []uint64{0, 1, 2}, []Kg{0, 2, 5}},
		{"an increase of emissions is divided alike", -10, []uint64{1, 1, 1}, []Kg{-4, -3, -3}},
		{"nothing divides into nothing", 0, []uint64{3, 5}, []Kg{0, 0}},
	} {
		got := make([]Kg, len(c.weights))
		if err := Allocate(got, c.total, c.weights); err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
	if err := Allocate(make([]Kg, 2), 5, []uint64{0, 0}); apperr.KindOf(err) != apperr.Invalid {
		t.Errorf("a key that is nothing everywhere divides: %v", err)
	}
}

// allocateSlowly is the definition, with arbitrary integers and a full sort.
func allocateSlowly(total Kg, weights []uint64) []Kg {
	sum := new(big.Int)
	for _, w := range weights {
		sum.Add(sum, new(big.Int).SetUint64(w))
	}
	sign := Kg(1)
	if total < 0 {
		sign, total = -1, -total
	}
	out := make([]Kg, len(weights))
	rem := make([]*big.Int, len(weights))
	order := make([]int, len(weights))
	left := total
	for i, w := range weights {
		p := new(big.Int).Mul(big.NewInt(int64(total)), new(big.Int).SetUint64(w))
		q := new(big.Int)
		q, rem[i] = q.QuoRem(p, sum, new(big.Int))
		out[i], order[i] = Kg(q.Int64()), i
		left -= out[i]
	}
	sort.SliceStable(order, func(a, b int) bool { return rem[order[a]].Cmp(rem[order[b]]) > 0 })
	for _, i := range order[:left] {
		out[i]++
	}
	for i := range out {
		out[i] *= sign
	}
	return out
}

func TestAllocateIsTheDefinition(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		weights := rapid.SliceOfN(rapid.OneOf(rapid.Uint64Range(0, 5), rapid.Uint64Range(0, 1<<45)), 1, 60).Draw(t, "weights")
		if slices.Max(weights) == 0 {
			weights[0] = 1
		}
		total := Kg(rapid.Int64Range(-40_000_000_000, 40_000_000_000).Draw(t, "total"))
		got := make([]Kg, len(weights))
		if err := Allocate(got, total, weights); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(allocateSlowly(total, weights), got); diff != "" {
			t.Fatalf("(-definition +got):\n%s", diff)
		}
		var sum Kg
		for _, k := range got {
			sum += k
		}
		if sum != total {
			t.Fatalf("parts sum to %d, not %d", sum, total)
		}
	})
}

func TestParseKt(t *testing.T) {
	for s, want := range map[string]Kg{"1379.8038": 1_379_803_800, "0": 0, "-0.5": -500_000, "38000": 38_000_000_000, "0.000001": 1, "1.0000000": 1_000_000} {
		got, err := ParseKt(s)
		if err != nil || got != want {
			t.Errorf("ParseKt(%q) = %d, %v, want %d", s, got, err, want)
		}
	}
	for _, s := range []string{"", "1,5", "0.0000001", "1e3", "NaN", ".5", "12345678901234567890"} {
		if got, err := ParseKt(s); err == nil {
			t.Errorf("ParseKt(%q) = %d, want an error", s, got)
		}
	}
}

func TestWeights(t *testing.T) {
	got, err := Weights([]float64{1.5, 0, 2.25})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]uint64{150, 0, 225}, got); diff != "" {
		t.Error(diff)
	}
	if _, err := Weights([]float64{1, -1}); err == nil {
		t.Error("a negative key is taken")
	}
	if _, err := Weights([]float64{1e18}); err == nil {
		t.Error("a key beyond exact integers is taken")
	}
}

func BenchmarkAllocate30x34969(b *testing.B) {
	const levers, communes = 30, 34_969
	r := rand.New(rand.NewPCG(1, 2))
	keys := make([][]uint64, levers)
	for l := range keys {
		keys[l] = make([]uint64, communes)
		for c := range keys[l] {
			keys[l][c] = r.Uint64N(1_000_000)
		}
	}
	out := make([]Kg, communes)
	for b.Loop() {
		for l := range keys {
			if err := Allocate(out, 38_000_000_000, keys[l]); err != nil {
				b.Fatal(err)
			}
		}
	}
}
