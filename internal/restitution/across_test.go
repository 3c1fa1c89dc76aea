package restitution

import (
	"slices"
	"strings"
	"testing"

	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/testkit"
	"jalon/internal/testkit/answered"
)

// twoRegions are answers of which one region has too few councils of départements
// to tell them apart from its EPCI, and the other has enough.
func twoRegions(t *testing.T) (nation View, regions []View) {
	t.Helper()
	d := testkit.Open(t, db.SQLite)
	m := conference(t, d)
	answered.Fill(t, d, answered.Campaign{Form: answered.WideForm(6), Cycle: cop.First, Regions: map[string][]string{"44": {"08", "10", "51", "52", "54", "55", "57", "67", "68", "88"}, "53": {"22", "29", "35"}, "94": {"2A"}}, Communes: 9, Groups: 4, Share: 0.7, Seed: 5,
		COP: func(r string) string { return cop.RegionID(cop.First, r) }})
	read := func(region string) View {
		b, err := m.Read(t.Context(), cop.First, region)
		if err != nil {
			t.Fatal(err)
		}
		return View{Board: b, Cycle: cop.First, Region: region, Public: true}
	}
	return read(""), []View{read("44"), read("53"), read("94")}
}

// The nation less what regions show never leaves one to four authorities: of a
// group, of a lever, of its obstacles and needs.
func TestTheNationBesideItsRegions(t *testing.T) {
	nation, regions := twoRegions(t)
	hidden := 0
	for _, d := range []Dimension{"", ByKind, ByDepartment, BySize} {
		groups := func(v View) []Group {
			if d == "" {
				return []Group{v.Whole()}
			}
			return v.Cut(d)
		}
		key := func(g Group) string {
			codes := slices.Clone(g.Codes)
			slices.Sort(codes)
			return strings.Join(codes, "+")
		}
		for _, g := range groups(nation) {
			for some := range 1 << len(regions) {
				rest := g.Answers
				left := make([][told]int, len(nation.Layout.Levers))
				for i := range left {
					for what := range told {
						left[i][what] = g.behind(i, what)
					}
				}
				for n, v := range regions {
					if some&(1<<n) == 0 {
						continue
					}
					for _, x := range groups(v) {
						if key(x) != key(g) {
							continue
						}
						rest -= x.Answers
						for i := range left {
							for what := range told {
								if x.tells(i, what) {
									left[i][what] -= x.behind(i, what)
								}
							}
						}
					}
				}
				if rest > 0 && rest < Fewest {
					t.Errorf("%s %v less regions %b: %d answers", d, g.Codes, some, rest)
				}
				for i := range left {
					for what, n := range left[i] {
						if g.tells(i, what) && n > 0 && n < Fewest {
							t.Errorf("%s %v less regions %b, lever %d, number %d: %d", d, g.Codes, some, i, what, n)
						}
						if !g.tells(i, what) {
							hidden++
						}
					}
				}
			}
		}
		if d == ByKind || d == ByDepartment { // nobody is lost, nor counted twice
			n := 0
			for _, g := range groups(nation) {
				n += g.Answers
			}
			if n != nation.Whole().Answers {
				t.Errorf("%s: %d of %d", d, n, nation.Whole().Answers)
			}
		}
	}
	if hidden == 0 {
		t.Error("nothing was hidden: the answers of this test try nothing")
	}
	if g, err := nation.Group("type:region+departement"); err != nil || g.Answers != 11 {
		t.Errorf("councils told apart: %d, %v; those of one region alone are", g.Answers, err)
	}
}

// What is shown of a whole less what is shown of its parts leaves nobody: of
// obstacles and needs too.
func TestObstaclesByDifference(t *testing.T) {
	_, regions := twoRegions(t)
	tried := false
	for _, v := range regions {
		for _, d := range []Dimension{ByKind, ByDepartment} {
			for i := range v.Layout.Levers {
				for k, of := range []func(Group, int) ([]Ticked, int){Group.Obstacles, Group.Needs} {
					_, rest := of(v.Whole(), i)
					for _, g := range v.Cut(d) {
						_, n := of(g, i)
						if n > 0 && n < Fewest {
							t.Errorf("%s %s %v lever %d: %d said", v.Region, d, g.Codes, i, n)
						}
						tried = tried || n == 0 && g.behind(i, int(axes)+k) > 0
						rest -= n
					}
					if rest > 0 && rest < Fewest {
						t.Errorf("%s %s lever %d, list %d: %d are left", v.Region, d, i, k, rest)
					}
				}
			}
		}
	}
	if !tried {
		t.Error("nothing was hidden: the answers of this test try nothing")
	}
}
