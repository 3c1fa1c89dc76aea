package opinion

import (
	"math"
	"slices"
	"testing"

	"gonum.org/v1/gonum/mat"
	"pgregory.net/rapid"
)

// votes draws a small debate.
func votes(t *rapid.T) (people, statements int, all []Vote) {
	people, statements = rapid.IntRange(0, 40).Draw(t, "people"), rapid.IntRange(0, 15).Draw(t, "statements")
	if people*statements == 0 {
		return people, statements, nil
	}
	for range rapid.IntRange(0, 400).Draw(t, "votes") {
		all = append(all, Vote{
			int32(rapid.IntRange(0, people-1).Draw(t, "who")), int32(rapid.IntRange(0, statements-1).Draw(t, "what")), int8(rapid.IntRange(-1, 1).Draw(t, "answer"))})
	}
	return people, statements, all
}

func collect(t interface{ Fatal(...any) }, people, statements int, all []Vote) *Votes {
	v, err := Collect(people, statements, len(all), slices.Values(all))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestVotesKeepTheLastAnswer(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		people, statements, all := votes(t)
		last := map[[2]int32]int8{}
		for _, x := range all {
			last[[2]int32{x.Participant, x.Statement}] = x.Value
		}
		v := collect(t, people, statements, all)
		got := slices.Collect(v.All())
		if len(got) != len(last) || v.Len() != len(last) || v.Participants() != people || v.Statements() != statements {
			t.Fatalf("%d answers, not %d", len(got), len(last))
		}
		for i, x := range got {
			if last[[2]int32{x.Participant, x.Statement}] != x.Value {
				t.Fatalf("%+v", x)
			}
			if i > 0 && (x.Participant < got[i-1].Participant || x.Participant == got[i-1].Participant && x.Statement <= got[i-1].Statement) {
				t.Fatalf("%+v after %+v", x, got[i-1])
			}
		}
	})
	for _, bad := range []Vote{{3, 0, 1}, {0, 2, 1}, {-1, 0, 0}, {0, -1, 0}, {0, 0, 2}} {
		if _, err := Collect(3, 2, 0, slices.Values([]Vote{bad})); err == nil {
			t.Errorf("%+v taken", bad)
		}
	}
	if _, err := Collect(-1, 2, 0, slices.Values([]Vote{})); err == nil {
		t.Error("-1 participants taken")
	}
}

// The components are those of the dense matrix, missing answers at the mean of
// their statement, as another library decomposes it.
func TestComponentsAgainstAnIndependentPCA(t *testing.T) {
	r := sequence{3}
	for _, size := range [][2]int{{60, 20}, {200, 40}, {300, 150}, {30, 80}, {400, 220}} {
		people, statements := size[0], size[1]
		var all []Vote
		for p := range people {
			for s := range statements {
				if r.unit() < 0.4 { // three groups, so that the first components stand out
					chance := float64(mix(uint64(p%3*1000+s))>>11) / (1 << 53)
					all = append(all, Vote{int32(p), int32(s), int8(r.below(2)) * Disagree})
					if r.unit() < chance {
						all[len(all)-1].Value = Agree
					}
				}
			}
		}
		m := collect(t, people, statements, all).keep(1, 1)
		dense := mat.NewDense(m.rows, m.cols, nil)
		for i := range m.rows {
			for j := m.start[i]; j < m.start[i+1]; j++ {
				dense.Set(i, int(m.col[j]), float64(m.val[j])-m.mean[m.col[j]])
			}
		}
		var svd mat.SVD
		if !svd.Factorize(dense, mat.SVDThin) {
			t.Fatal("no decomposition")
		}
		var right mat.Dense
		svd.VTo(&right)
		values := svd.Values(nil)
		c := m.principal(dimensions, nil)
		if len(c.values) != dimensions {
			t.Fatalf("%v: %d components", size, len(c.values))
		}
		for j := range dimensions {
			if want := values[j] * values[j]; math.Abs(c.values[j]-want) > 1e-6*want {
				t.Errorf("%v: value %d is %v, not %v", size, j, c.values[j], want)
			}
			sign := math.Copysign(1, product(c.vectors[j], mat.Col(nil, j, &right)))
			for i, x := range c.vectors[j] {
				if math.Abs(x-sign*right.At(i, j)) > 1e-6 {
					t.Errorf("%v: component %d, statement %d: %v, not %v", size, j, i, x, sign*right.At(i, j))
				}
			}
			top := slices.MaxFunc(c.vectors[j], func(a, b float64) int {
				if math.Abs(a) > math.Abs(b) {
					return 1
				}
				return -1
			})
			if top <= 0 {
				t.Errorf("%v: the heaviest loading of component %d is %v", size, j, top)
			}
		}
		total := 0.0
		for _, x := range values {
			total += x * x
		}
		if math.Abs(total-c.total) > 1e-6*total {
			t.Errorf("%v: total %v, not %v", size, c.total, total)
		}
		// Where one starts does not change where one arrives.
		again := m.principal(dimensions, c.vectors)
		for j := range dimensions {
			if math.Abs(product(again.vectors[j], c.vectors[j])-1) > 1e-9 {
				t.Errorf("%v: component %d differs from a warm start", size, j)
			}
		}
		// A person's place, written out.
		at := m.project(c.vectors)
		for i := 0; i < m.rows; i += 17 {
			want, n := 0.0, 0.0
			for j := range m.cols {
				want += dense.At(i, j) * c.vectors[0][j]
			}
			for j := m.start[i]; j < m.start[i+1]; j++ {
				n++
			}
			if want *= math.Sqrt(float64(m.cols) / n); math.Abs(at[i*dimensions]-want) > 1e-9 {
				t.Errorf("%v: person %d at %v, not %v", size, i, at[i*dimensions], want)
			}
		}
	}
}

func TestTridiagonal(t *testing.T) {
	d, e := []float64{4, 3, 0, 2, 2}, []float64{1, 0, 2, 0.5}
	dense := mat.NewSymDense(5, nil)
	for i := range d {
		dense.SetSym(i, i, d[i])
		if i < 4 {
			dense.SetSym(i, i+1, e[i])
		}
	}
	var eigen mat.EigenSym
	if !eigen.Factorize(dense, true) {
		t.Fatal("no decomposition")
	}
	want := eigen.Values(nil)
	slices.Reverse(want)
	values, vectors := tridiagonal(d, e)
	for i := range values {
		if math.Abs(values[i]-want[i]) > 1e-12 {
			t.Errorf("values %v, not %v", values, want)
		}
		for r := range d {
			sum := d[r] * vectors[i][r]
			if r > 0 {
				sum += e[r-1] * vectors[i][r-1]
			}
			if r < 4 {
				sum += e[r] * vectors[i][r+1]
			}
			if math.Abs(sum-values[i]*vectors[i][r]) > 1e-12 {
				t.Errorf("vector %d is none", i)
			}
		}
	}
}

func TestRand(t *testing.T) {
	for _, c := range []struct {
		a, b []int8
		want float64
	}{
		{[]int8{0, 0, 1, 1}, []int8{1, 1, 0, 0}, 1},
		{[]int8{0, 0, 1, 1, -1}, []int8{0, 0, 1, 1, 0}, 1},
		{[]int8{0, 0, 1, 1}, []int8{0, 1, 0, 1}, -0.5},
		{[]int8{0, 0, 0, 1, 1, 1}, []int8{0, 0, 1, 1, 2, 2}, 0.24242424242424243}, // scikit-learn's example
		{nil, nil, 1},
	} {
		if got := Rand(c.a, c.b); math.Abs(got-c.want) > 1e-12 {
			t.Errorf("%v and %v: %v, not %v", c.a, c.b, got, c.want)
		}
	}
}
