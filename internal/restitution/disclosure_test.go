package restitution

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"jalon/internal/questionnaire"
	"jalon/internal/territory"
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

// grandEst are the authorities of the real region, of which some answer.
func grandEst(t testing.TB, answers func(n int) bool) (all []Respondent, departments []string) {
	t.Helper()
	tree, err := territory.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	authorities, err := tree.Authorities()
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range tree.Departments() {
		if d.Region == "44" {
			departments = append(departments, d.Code)
		}
	}
	n := 0
	for a := range authorities.All() {
		if a.Home != "44" {
			continue
		}
		var capacities []string
		for _, c := range a.Capacities {
			capacities = append(capacities, string(c))
		}
		department := ""
		if len(a.Departments) > 0 {
			department = a.Departments[0]
		}
		population := int64(0)
		for _, ref := range a.Land {
			if x, err := tree.Lookup(ref); err == nil {
				population += x.Population
			}
		}
		if n++; !answers(n) {
			continue
		}
		all = append(all, Respondent{Response: a.Code, Name: a.Name, Kind: questionnaire.KindOf(capacities), Size: sizeOf(population), Department: department, Seq: 1, Packed: []byte{byte(n % 5), byte(n % 3)}})
	}
	return all, departments
}

// sizeOf is survey.SizeOf, by the same bounds: this test knows no room.
func sizeOf(p int64) string {
	for _, s := range []struct {
		code string
		most int64
	}{{"s1", 499}, {"s2", 1999}, {"s3", 9999}, {"s4", 49_999}, {"s5", 199_999}} {
		if p <= s.most {
			return s.code
		}
	}
	return "s6"
}

// The real Grand Est: a campaign where two in three answered, one that fills up,
// and one where hardly anybody did.
func TestGrandEst(t *testing.T) {
	sizes := []string{"s1", "s2", "s3", "s4", "s5", "s6"}
	for _, share := range []int{1, 2, 7, 60} {
		var editions []Content
		all, departments := grandEst(t, func(n int) bool { return n%share == 0 })
		for e := range 3 {
			for i := range all {
				if (i+e)%37 == 1 && e > 0 {
					all[i].Packed, all[i].Seq = []byte{byte((i + e) % 5), byte(e)}, all[i].Seq+1
				}
			}
			c, kept := NextEdition(editions, all, departments, sizes)
			editions = append(editions, c)
			t.Logf("one in %d, edition %d: %d answered, %d groups, %d totals, %d groups kept, %d wait, left out %v", share, e+1, len(all), len(c.Groups), len(c.Unions()), len(kept.Groups), kept.Waiting, kept.Out)
		}
		open := openly(editions, nil)
		all2, names := sets(editions, open)
		pairs := 0
		for i, a := range all2 {
			if few(len(a)) {
				t.Errorf("%s is of %d", names[i], len(a))
			}
			for j, b := range all2 {
				if pairs++; i != j && minus(b, a) == 0 && few(minus(a, b)) {
					t.Errorf("%s less %s tells of %d", names[i], names[j], minus(a, b))
				}
			}
		}
		t.Logf("%d pairs of published groups and totals compared", pairs)
	}
}

// Régions and départements are one group, and one that consents stands alone when
// the others are still enough.
func TestConsent(t *testing.T) {
	heads := func(n int, consents ...int) []Respondent {
		var all []Respondent
		for i := range n {
			k := questionnaire.Department
			if i == 0 {
				k = questionnaire.Region
			}
			all = append(all, Respondent{Response: fmt.Sprintf("r%d", i), Name: fmt.Sprintf("Collectivité %d", i), Kind: k, Packed: []byte{byte(i)}, Consent: slices.Contains(consents, i)})
		}
		return all
	}
	c, kept := NextEdition(nil, heads(10), nil, nil)
	if len(c.Groups) != 1 || c.Groups[0].Key != Heads || len(c.Held) != 10 || len(kept.Out) != 0 {
		t.Errorf("%+v %+v", c, kept)
	}
	if c, kept = NextEdition(nil, heads(4), nil, nil); len(c.Groups) != 0 || !slices.Equal(kept.Out, []string{Heads}) {
		t.Errorf("four: %+v %+v", c, kept)
	}
	if c, _ = NextEdition(nil, heads(4, 0), nil, nil); len(c.Groups) != 1 || c.Groups[0].Name != "Collectivité 0" {
		t.Errorf("one of four consents: %+v", c)
	}
	first, _ := NextEdition(nil, heads(6), nil, nil)
	c, kept = NextEdition([]Content{first}, heads(6, 1), nil, nil)
	if len(c.Groups) != 2 || kept.Consents != 0 {
		t.Errorf("one of six consents: %+v %+v", c, kept)
	}
	if c, kept = NextEdition([]Content{first, c}, heads(6, 1, 2), nil, nil); len(c.Groups) != 2 || kept.Consents != 1 {
		t.Errorf("two of six would leave four: %+v %+v", c, kept)
	}
}

// A group keeps what it said until five respondents changed.
func TestFewChangesWait(t *testing.T) {
	var all []Respondent
	for i := range 12 {
		all = append(all, Respondent{Response: fmt.Sprintf("r%02d", i), Kind: questionnaire.Group, Department: "08", Size: "s4", Seq: 1, Packed: []byte{1}})
	}
	one, _ := NextEdition(nil, all, []string{"08"}, []string{"s4"})
	for i := range 4 {
		all[i].Packed, all[i].Seq = []byte{2}, 2
	}
	two, kept := NextEdition([]Content{one}, all, []string{"08"}, []string{"s4"})
	if len(kept.Groups) != 1 || kept.Waiting != 4 || two.Held[0].Seq != 1 {
		t.Errorf("%+v", kept)
	}
	all[4].Packed, all[4].Seq = []byte{2}, 2
	three, kept := NextEdition([]Content{one, two}, all, []string{"08"}, []string{"s4"})
	if len(kept.Groups) != 0 || three.Held[0].Seq != 2 {
		t.Errorf("%+v", kept)
	}
	// Four go back to what they said: against the first edition, one changed.
	for i := range 4 {
		all[i].Packed, all[i].Seq = []byte{1}, 3
	}
	all[5].Packed, all[5].Seq = []byte{2}, 2
	if _, kept = NextEdition([]Content{one, two, three}, all, []string{"08"}, []string{"s4"}); len(kept.Groups) != 1 {
		t.Errorf("back: %+v", kept)
	}
}
