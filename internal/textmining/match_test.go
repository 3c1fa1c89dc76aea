package textmining

import (
	"fmt"
	"math/rand"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestMatch(t *testing.T) {
	old := []Known{
		{Terms: []string{"vélo", "piste", "gare"}, Members: []string{"a", "b", "c", "d"}},
		{Terms: []string{"chaudière", "fioul", "isolation"}, Members: []string{"e", "f", "g"}},
		{Terms: []string{"haies", "arbres"}, Members: []string{"h", "i"}},
	}
	for name, c := range map[string]struct {
		renewed []Known
		want    []int
	}{
		"the same, in another order": {[]Known{old[2], old[0], old[1]}, []int{2, 0, 1}},
		"more texts":                 {[]Known{{Terms: []string{"pistes", "cyclables"}, Members: []string{"a", "b", "c", "d", "x", "y", "z", "u", "v", "w"}}}, []int{0}},
		"split: the larger part":     {[]Known{{Terms: []string{"gare"}, Members: []string{"d"}}, {Terms: []string{"piste"}, Members: []string{"a", "b", "c"}}}, []int{-1, 0}},
		"no text left, same words":   {[]Known{{Terms: []string{"haie", "arbre"}, Members: []string{"x"}}}, []int{2}},
		"something else":             {[]Known{{Terms: []string{"cantine", "repas"}, Members: []string{"x", "y"}}}, []int{-1}},
		"nothing":                    {nil, []int{}},
	} {
		if d := cmp.Diff(c.want, Match(old, c.renewed)); d != "" {
			t.Errorf("%s: %s", name, d)
		}
	}
}

func TestMatchGivesEachOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		draw := func(name string) (out []Known) {
			for range rapid.IntRange(0, 6).Draw(t, name) {
				out = append(out, Known{
					Terms:   rapid.SliceOfN(rapid.SampledFrom([]string{"vélo", "haie", "eau", "gare", "bois"}), 0, 3).Draw(t, "terms"),
					Members: rapid.SliceOfN(rapid.SampledFrom([]string{"a", "b", "c", "d", "e", "f"}), 0, 4).Draw(t, "members")})
			}
			return out
		}
		old, renewed := draw("old"), draw("new")
		got := Match(old, renewed)
		seen := map[int]bool{}
		for _, o := range got {
			if o < -1 || o >= len(old) || o >= 0 && seen[o] {
				t.Fatalf("%v", got)
			}
			seen[o] = true
		}
		if len(got) != len(renewed) || !slices.Equal(got, Match(old, renewed)) {
			t.Fatalf("%v", got)
		}
	})
}

// Texts come in: what was grouped stays grouped, and most names find their theme.
func TestThemesStay(t *testing.T) {
	texts, _ := comments(t)
	r := rand.New(rand.NewSource(3))
	texts = append(texts, national(t, 240)...)
	r.Shuffle(len(texts), func(i, j int) { texts[i], texts[j] = texts[j], texts[i] })
	var former []Theme
	for n := 200; n <= 300; n += 20 {
		g := Grouping{}
		for _, f := range former {
			g.Former = append(g.Former, f.Members)
		}
		themes, _ := Read(texts[:n]).Themes(g)
		if former != nil {
			match := Match(known(former), known(themes))
			lost := len(former)
			for _, o := range match {
				if o >= 0 {
					lost--
				}
			}
			same, both := 0, 0
			where := map[int]int{}
			for i, f := range former {
				for _, m := range f.Members {
					where[m] = i
				}
			}
			for i, x := range themes {
				for _, m := range x.Members {
					if f, ok := where[m]; ok {
						both++
						if match[i] == f {
							same++
						}
					}
				}
			}
			t.Logf("%d texts, %d themes: %d of %d texts stayed, %d of %d names lost", n, len(themes), same, both, lost, len(former))
			if float64(same) < 0.8*float64(both) || lost > 1 {
				t.Errorf("%d texts: %d of %d stayed, %d of %d names lost", n, same, both, lost, len(former))
			}
		}
		former = themes
	}
}

func known(themes []Theme) (out []Known) {
	for _, t := range themes {
		k := Known{Terms: t.Terms}
		for _, m := range t.Members {
			k.Members = append(k.Members, fmt.Sprint(m))
		}
		out = append(out, k)
	}
	return out
}
