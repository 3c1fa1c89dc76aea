package plan

import (
	"fmt"
	"math"
	"testing"

	"pgregory.net/rapid"
)

func saves(kt float64) *Effort { return &Effort{Kt: known(kt)} }

func people(int32) int64 { return 100 }

func TestEachCommuneCountsOnce(t *testing.T) {
	region := []int32{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}
	epci := Cover{Plan: Plan{ID: "epci", Territory: "epci:200000001"}, Communes: []int32{0, 1, 2, 3}, Effort: saves(40)}
	scot := Cover{Plan: Plan{ID: "scot", Territory: "perimeter:scot"}, Communes: []int32{0, 1, 2, 3, 4, 5, 6, 7}, Effort: saves(80)}
	silent := Cover{Plan: Plan{ID: "muet", Territory: "epci:200000002"}, Communes: []int32{4, 5}}
	away := Cover{Plan: Plan{ID: "deux-regions", Territory: "epci:200000003"}, Communes: []int32{8, 9, 10, 11}, Effort: saves(20)}
	older := Cover{Plan: Plan{ID: "ancien", Territory: "epci:200000001", Adopted: "2010-01-01"}, Communes: []int32{0, 1, 2, 3}, Effort: saves(1)}
	epci.Plan.Adopted = "2020-01-01"
	s := Add([]Cover{scot, older, away, silent, epci}, region, people)
	// 40 of the EPCI whole, 6 and 7 of the SCoT (a quarter of 80), half of 20.
	if !s.Kt.Known || math.Abs(s.Kt.V-70) > 1e-9 || s.Covered != 800 || s.Population != 1000 || !s.Estimated {
		t.Errorf("%+v", s)
	}
	if len(s.Counted) != 3 || len(s.Left) != 1 || s.Left[0].Plan.ID != "muet" || s.Left[0].Kt.Reason == "" {
		t.Errorf("counted %+v left %+v", s.Counted, s.Left)
	}
	if empty := Add(nil, region, people); empty.Kt.Known || empty.Kt.Reason == "" || empty.Population != 1000 {
		t.Errorf("%+v", empty)
	}
}

// The establishments of Greater Paris hold their communes before it does.
func TestGreaterParis(t *testing.T) {
	mgp := Cover{Plan: Plan{ID: "mgp", Territory: "epci:200054781"}, Communes: []int32{0, 1, 2, 3}, Effort: saves(400)}
	ept := Cover{Plan: Plan{ID: "ept", Territory: "ept:200057867"}, Communes: []int32{1, 2}, Effort: saves(50)}
	pcaet := Cover{Plan: Plan{ID: "commune", Territory: "commune:75056"}, Communes: []int32{0}, Effort: saves(7)}
	s := Add([]Cover{mgp, ept, pcaet}, []int32{0, 1, 2, 3}, people)
	if s.Kt.V != 157 || s.Covered != 400 {
		t.Errorf("%+v", s)
	}
}

// Whatever the plans and their order, nobody is counted twice, and plans of
// territories that do not meet add up exactly.
func TestAddIsASum(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 30).Draw(t, "communes")
		region := make([]int32, n)
		for i := range region {
			region[i] = int32(i)
		}
		pop := rapid.SliceOfN(rapid.Int64Range(-1, 5000), n, n).Draw(t, "population")
		population := func(c int32) int64 { return pop[c] }
		var covers []Cover
		for i := range rapid.IntRange(0, 8).Draw(t, "plans") {
			scale := rapid.SampledFrom([]string{"commune", "epci", "perimeter", "department"}).Draw(t, "scale")
			c := Cover{Plan: Plan{ID: fmt.Sprint(i), Territory: fmt.Sprintf("%s:%d", scale, i)}, Communes: rapid.SliceOfDistinct(rapid.Int32Range(0, int32(n-1)), rapid.ID[int32]).Draw(t, "of")}
			if rapid.Bool().Draw(t, "speaks") {
				c.Effort = saves(rapid.Float64Range(-100, 100).Draw(t, "kt"))
			}
			covers = append(covers, c)
		}
		s := Add(covers, region, population)
		if s.Covered > s.Population || s.Covered < 0 {
			t.Fatalf("%d people of %d", s.Covered, s.Population)
		}
		sum := 0.0
		for _, c := range s.Counted {
			if c.Share < 0 || c.Share > 1 {
				t.Fatalf("a share of %v", c.Share)
			}
			sum += c.Kt.V
		}
		if s.Kt.Known && math.Abs(sum-s.Kt.V) > 1e-9 || s.Kt.Known != (len(s.Counted) > 0) {
			t.Fatalf("%v, and the parts make %v", s.Kt, sum)
		}
		for i, j := 0, len(covers)-1; i < j; i, j = i+1, j-1 {
			covers[i], covers[j] = covers[j], covers[i]
		}
		if again := Add(covers, region, population); again.Covered != s.Covered || math.Abs(again.Kt.V-s.Kt.V) > 1e-9 {
			t.Fatalf("the order changes the sum: %+v %+v", s, again)
		}
	})
}
