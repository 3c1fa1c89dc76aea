package restitution

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"jalon/internal/questionnaire"
)

// sets lists everything that editions publish: groups and totals, as sets of
// «response=digest», those published alone left out of the sets since anybody may
// take them off.
func sets(editions []Content, open map[Held]bool) (out []map[string]bool, names []string) {
	for e, c := range editions {
		of := map[string]map[string]bool{}
		for _, g := range c.Groups {
			if g.Alone != "" {
				continue
			}
			s := map[string]bool{}
			for _, h := range c.of(g.Key) {
				if !open[Held{Response: h.Response, Digest: h.Digest}] {
					s[h.Response+"="+h.Digest] = true
				}
			}
			of[g.Key] = s
			out, names = append(out, s), append(names, fmt.Sprintf("%d:%s", e+1, g.Key))
		}
		for _, u := range c.Unions() {
			s := map[string]bool{}
			for _, g := range u.Groups {
				for x := range of[g] {
					s[x] = true
				}
			}
			out, names = append(out, s), append(names, fmt.Sprintf("%d:total %s", e+1, u.Key))
		}
	}
	return out, names
}

// minus is what a set has and another has not.
func minus(a, b map[string]bool) (n int) {
	for x := range a {
		if !b[x] {
			n++
		}
	}
	return n
}

// few reports a number that would tell of somebody.
func few(n int) bool { return n >= 1 && n < Least }

// differences enumerates every pair of published groups and totals, of all
// editions: when one holds the other, what it has besides is nobody or enough; and
// the same group, from one edition to another, changed for nobody or for enough.
func differences(t *rapid.T, editions []Content, open map[Held]bool) {
	all, names := sets(editions, open)
	for i, a := range all {
		if few(len(a)) {
			t.Fatalf("%s is of %d", names[i], len(a))
		}
		for j, b := range all {
			if i != j && minus(b, a) == 0 && few(minus(a, b)) {
				t.Fatalf("%s less %s tells of %d", names[i], names[j], minus(a, b))
			}
		}
	}
	for _, a := range editions {
		for _, b := range editions {
			for _, g := range b.Groups {
				if n := changed(a.of(g.Key), b.of(g.Key), open); g.Alone == "" && few(n) && slices.ContainsFunc(a.Groups, func(x OpenGroup) bool { return x.Key == g.Key }) {
					t.Fatalf("%s changed for %d", g.Key, n)
				}
			}
		}
	}
	// Totals that are not published but that anybody can make: any groups of an
	// edition put together, against any of another.
	for i, a := range editions {
		for _, b := range editions[i+1:] {
			left, right := someOf(a, open), someOf(b, open)
			for _, x := range left {
				for _, y := range right {
					if minus(x, y) == 0 && few(minus(y, x)) || minus(y, x) == 0 && few(minus(x, y)) {
						t.Fatalf("groups put together differ by %d and %d", minus(x, y), minus(y, x))
					}
				}
			}
		}
	}
}

// someOf are the groups of an edition put together in every way, the first four.
func someOf(c Content, open map[Held]bool) []map[string]bool {
	n := 0
	for _, g := range c.Groups {
		if g.Alone == "" {
			n++
		}
	}
	var out []map[string]bool
	groups := groupSets(c, open)
	for ways := 1; ways < 1<<min(n, 4); ways++ {
		s := map[string]bool{}
		for i := range min(n, 4) {
			if ways>>i&1 == 1 {
				for x := range groups[i] {
					s[x] = true
				}
			}
		}
		out = append(out, s)
	}
	return out
}

func groupSets(c Content, open map[Held]bool) []map[string]bool {
	var out []map[string]bool
	for _, g := range c.Groups {
		if g.Alone != "" {
			continue
		}
		s := map[string]bool{}
		for _, h := range c.of(g.Key) {
			if !open[Held{Response: h.Response, Digest: h.Digest}] {
				s[h.Response+"="+h.Digest] = true
			}
		}
		out = append(out, s)
	}
	return out
}

// combinations is the strongest reader: one who adds and subtracts published
// tables in any way, any number of times. No sum of one to four answers may come
// of it. A sum can be had when it is orthogonal to all that the tables do not see.
func combinations(t *rapid.T, editions []Content, open map[Held]bool) {
	rows, _ := sets(editions, open)
	var elements []string
	seen := map[string]bool{}
	for _, r := range rows {
		for x := range r {
			if !seen[x] {
				seen[x] = true
				elements = append(elements, x)
			}
		}
	}
	slices.Sort(elements)
	// Answers that are in the same tables cannot be told apart: one column each.
	pattern := map[string]int{}
	var size []int
	var columns [][]float64
	for _, x := range elements {
		var key strings.Builder
		col := make([]float64, len(rows))
		for i, r := range rows {
			if r[x] {
				col[i] = 1
			}
			fmt.Fprint(&key, col[i])
		}
		if n, ok := pattern[key.String()]; ok {
			size[n]++
			continue
		}
		pattern[key.String()] = len(columns)
		columns, size = append(columns, col), append(size, 1)
	}
	var small []int
	for n, s := range size {
		if s < Least {
			small = append(small, n)
		}
	}
	if len(small) == 0 {
		return
	}
	free := kernel(columns, len(rows))
	for ways := 1; ways < 1<<min(len(small), 12); ways++ {
		total := 0
		pick := make([]float64, len(columns))
		for i, n := range small[:min(len(small), 12)] {
			if ways>>i&1 == 1 {
				pick[n] = 1
				total += size[n]
			}
		}
		if total < Least && !slices.ContainsFunc(free, func(v []float64) bool {
			s := 0.0
			for n := range v {
				s += v[n] * pick[n]
			}
			return math.Abs(s) > 1e-6
		}) {
			t.Fatalf("tables added and subtracted tell of %d", total)
		}
	}
}

// kernel is a basis of the weights of columns that every row sums to nothing.
func kernel(columns [][]float64, rows int) [][]float64 {
	m := make([][]float64, rows)
	for i := range m {
		m[i] = make([]float64, len(columns))
		for n := range columns {
			m[i][n] = columns[n][i]
		}
	}
	pivots, at := map[int]int{}, 0
	for n := 0; n < len(columns) && at < rows; n++ {
		best := at
		for i := at; i < rows; i++ {
			if math.Abs(m[i][n]) > math.Abs(m[best][n]) {
				best = i
			}
		}
		if math.Abs(m[best][n]) < 1e-9 {
			continue
		}
		m[at], m[best] = m[best], m[at]
		p := m[at][n]
		for k := range m[at] {
			m[at][k] /= p
		}
		for i := range m {
			if f := m[i][n]; i != at && f != 0 {
				for k := range m[i] {
					m[i][k] -= f * m[at][k]
				}
			}
		}
		pivots[n] = at
		at++
	}
	var out [][]float64
	for n := range columns {
		if _, ok := pivots[n]; ok {
			continue
		}
		v := make([]float64, len(columns))
		v[n] = 1
		for p, i := range pivots {
			v[p] = -m[i][n]
		}
		out = append(out, v)
	}
	return out
}

var fewSizes = []string{"s1", "s2", "s3"}

func drawRespondent(t *rapid.T, id int) Respondent {
	kind := rapid.SampledFrom([]questionnaire.Kind{questionnaire.Commune, questionnaire.Commune, questionnaire.Commune, questionnaire.Group, questionnaire.Department, questionnaire.Region}).Draw(t, "kind")
	return Respondent{Response: fmt.Sprintf("r%03d", id), Name: "Nom", Kind: kind, Seq: 1, Packed: []byte{rapid.Byte().Draw(t, "answer") % 3},
		Department: rapid.SampledFrom([]string{"08", "10", "51", "52"}).Draw(t, "department"), Size: rapid.SampledFrom(fewSizes).Draw(t, "size")}
}

// Whatever the population, its corrections, its late answers and its consents, no
// difference tells of one to four respondents.
func TestNothingTellsOfAFew(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var all []Respondent
		for range rapid.IntRange(0, 45).Draw(t, "respondents") {
			all = append(all, drawRespondent(t, len(all)))
		}
		var editions []Content
		for range rapid.IntRange(1, 4).Draw(t, "editions") {
			for i := range all {
				switch rapid.IntRange(0, 9).Draw(t, "what") {
				case 0:
					all[i].Packed, all[i].Seq = []byte{rapid.Byte().Draw(t, "answer") % 3}, all[i].Seq+1
				case 1:
					all[i].Consent = rapid.Bool().Draw(t, "consent")
				case 2:
					all[i].Size = rapid.SampledFrom(fewSizes).Draw(t, "size") // it grew
				}
			}
			for range rapid.IntRange(0, 8).Draw(t, "late") {
				all = append(all, drawRespondent(t, len(all)))
			}
			c, _ := NextEdition(editions, all, []string{"08", "10", "51", "52"}, fewSizes)
			editions = append(editions, c)
		}
		open := openly(editions, nil)
		differences(t, editions, open)
		combinations(t, editions, open)
		for _, c := range editions {
			seen := map[string]string{}
			for _, h := range c.Held {
				if other, twice := seen[h.Response]; twice && !strings.HasPrefix(h.Group, "accord.") {
					t.Fatalf("%s is in %s and %s", h.Response, other, h.Group)
				}
				seen[h.Response] = h.Group
			}
		}
	})
}

// The order in which answers are read changes nothing.
func TestEditionsAreTheSameTwice(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var all []Respondent
		for range rapid.IntRange(0, 40).Draw(t, "respondents") {
			all = append(all, drawRespondent(t, len(all)))
		}
		a, _ := NextEdition(nil, all, []string{"08", "10", "51", "52"}, fewSizes)
		slices.Reverse(all)
		b, _ := NextEdition(nil, all, []string{"52", "51", "10", "08"}, fewSizes)
		if fmt.Sprint(a) != fmt.Sprint(b) {
			t.Fatalf("%v\n%v", a, b)
		}
	})
}
