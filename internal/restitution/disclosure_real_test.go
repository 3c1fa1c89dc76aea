package restitution

import (
	"fmt"
	"slices"
	"testing"

	"jalon/internal/questionnaire"
	"jalon/internal/territory"
)

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
