package territory

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

const (
	diffHead = "R\t44\tGrand Est\tmetro\nD\t67\tBas-Rhin\t44\n"
	oldTable = "E\t1\t2025\t2022\t\tx\n" + diffHead + "G\t1\tCC\tCC Une\nG\t2\tCC\tCC Deux\n" +
		"C\t67001\tA\t67\t1\t\t10\t\t\nC\t67002\tB\t67\t1\t\t20\t\t\nC\t67003\tC\t67\t2\t\t30\t\t\nC\t67004\tD\t67\t\t\t40\t\t\n"
	newTable = "E\t2\t2026\t2023\t\tx\n" + diffHead + "G\t1\tCA\tCA Une\nG\t3\tCC\tCC Trois\n" +
		"C\t67001\tA\t67\t1\t\t31\t\t\nC\t67003\tC-sur-Ill\t67\t3\t\t30\t\t\nC\t67005\tE\t67\t\t\t5\t\t\nF\t67002\tD\t67001\tB\n"
)

func TestDiff(t *testing.T) {
	before, err := Parse(oldTable)
	if err != nil {
		t.Fatal(err)
	}
	after, err := Parse(newTable)
	if err != nil {
		t.Fatal(err)
	}
	want := Changes{
		Old: before.Edition(), New: after.Edition(),
		Appeared:           []Change{{Code: "67005", Is: "E"}},
		Merged:             []Change{{Code: "67002", Was: "B", Is: "A", Into: "67001"}},
		Vanished:           []Change{{Code: "67004", Was: "D"}},
		Renamed:            []Change{{Code: "67003", Was: "C", Is: "C-sur-Ill"}},
		Moved:              []Change{{Code: "67003", Was: "2", Is: "3"}},
		GroupsAppeared:     []Change{{Code: "3", Is: "CC Trois"}},
		GroupsVanished:     []Change{{Code: "2", Was: "CC Deux"}},
		GroupsRenamed:      []Change{{Code: "1", Was: "CC Une", Is: "CA Une"}},
		Communes:           [2]int{4, 3},
		Population:         [2]int64{100, 66},
		PopulationByRegion: []PopulationChange{{"44", "Grand Est", 100, 66}},
	}
	if d := cmp.Diff(want, Diff(before, after)); d != "" {
		t.Error(d)
	}
	if !Diff(before, before).Empty() {
		t.Error("an edition differs from itself")
	}
}
