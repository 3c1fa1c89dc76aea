package outcome

import (
	"math/rand/v2"
	"testing"

	"jalon/internal/action/coverage"
	"jalon/internal/panorama"
)

// Whatever is observed, expected and said, the parts of an objective make it again and
// none is negative: a flow neither loses nor makes anything.
func TestAFlowKeepsItsObjective(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 11))
	kg := func() panorama.Kg { return panorama.Kg(random.IntN(4_000_000) - 1_000_000) }
	var o Outcome
	var aim panorama.Kg
	for range 40 {
		l := Lever{Numbers: *newNumbers()}
		l.Line.Lever.ShortName = "levier"
		l.Objective.Known, l.Objective.Kg = random.IntN(5) > 0, kg()
		l.Done = coverage.Done{Kg: panorama.Amount{Known: random.IntN(3) > 0, Kg: kg(), Reason: "aucune série"}}
		l.Planned.Kg.Central = kg()
		for _, c := range Classes() {
			l.Said.add(c, Sum{1, kg()})
		}
		if l.Objective.Known && l.Objective.Kg > 0 {
			aim += l.Objective.Kg
			f := flowOf(l)
			if f.seen+f.planned+f.rest != f.aim || min(f.seen, f.planned, f.rest) < 0 || f.spoken() > f.planned {
				t.Fatalf("%+v of %+v", f, l)
			}
			for c, x := range f.said {
				if x < 0 {
					t.Fatalf("%s is %d", c, x)
				}
			}
			if !l.Done.Kg.Known && f.seen != 0 {
				t.Fatal("something is drawn as observed that no series says")
			}
		}
		o.Levers = append(o.Levers, l)
	}
	c := o.Flow("flux")
	if c.Drawing.W == 0 || len(c.Table.Rows) < 2 {
		t.Fatal("no flow")
	}
	if got, want := c.Table.Rows[len(c.Table.Rows)-1][1].Text, kt(aim, decimalsOf(aim)); got != want {
		t.Errorf("the table sums %s, the objectives %s", got, want)
	}
	for _, part := range []func(*Outcome){func(o *Outcome) { o.Theme = "se-deplacer" }, func(o *Outcome) { o.Holder = "X" }, func(o *Outcome) { o.Levers = nil }} {
		p := o
		if part(&p); p.Flow("flux").Drawing.W != 0 {
			t.Error("a flow without an objective of its own")
		}
	}
}
