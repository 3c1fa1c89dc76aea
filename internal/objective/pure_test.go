package objective

import (
	"testing"

	"pgregory.net/rapid"

	"jalon/internal/framework"
	"jalon/internal/panorama"
)

func kg(kt float64) panorama.Amount {
	return panorama.Amount{Kg: panorama.Kg(kt * float64(panorama.KgPerKt)), Known: true}
}

// What is known of a lever bounds a value: each bound alone, and none.
func TestCeilingOf(t *testing.T) {
	falls := panorama.Equivalent{Unit: "TWh", Start: panorama.Value{V: 10, Known: true}, Ratio: -0.01, Relative: true}
	rises := panorama.Equivalent{Unit: "milliers de véhicules", Start: panorama.Value{V: 8, Known: true}, Ratio: 0.5, Relative: true}
	for _, c := range []struct {
		name    string
		k       Known
		v       Value
		beyond  int
		read    int
		nothing bool
	}{
		{"nothing is known", Known{}, Value{Kg: kg(5)}, 0, 0, true},
		{"under zero", Known{Equiv: falls}, Value{Kg: kg(1001)}, 1, 0, false},
		{"exactly zero", Known{Equiv: falls}, Value{Kg: kg(1000)}, 0, 1, false},
		{"an increase of what should fall", Known{Equiv: falls}, Value{Kg: kg(-50)}, 0, 1, false},
		{"fewer than none of what should rise", Known{Equiv: rises}, Value{Kg: kg(-17)}, 1, 0, false},
		{"more of what should rise", Known{Equiv: rises}, Value{Kg: kg(1e6)}, 0, 0, true},
		{"a change alone says nothing", Known{Equiv: panorama.Equivalent{Unit: "TWh", Ratio: -0.01}}, Value{Kg: kg(1e6)}, 0, 0, true},
		{"known, without a value", Known{Equiv: falls, Sector: kg(100)}, Value{}, 0, 2, false},
		{"no unit", Known{Equiv: panorama.Equivalent{Reason: "pas d’unité"}}, Value{Kg: kg(1)}, 0, 0, true},
		{"the sector's emissions", Known{Sector: kg(100), SectorName: "Déchets"}, Value{Kg: kg(101)}, 1, 0, false},
		{"under them", Known{Sector: kg(100)}, Value{Kg: kg(100)}, 0, 1, false},
		{"the whole national objective", Known{National: kg(100)}, Value{Kg: kg(101)}, 1, 0, true},
		{"a national increase bounds nothing", Known{National: kg(-5)}, Value{Kg: kg(101)}, 0, 0, true},
		{"a share above 100 %", Known{}, Value{Level: panorama.Value{V: 130, Known: true}, Unit: "%"}, 1, 0, false},
		{"a share under 0 %", Known{}, Value{Level: panorama.Value{V: -1, Known: true}, Unit: "% du territoire"}, 1, 0, false},
		{"a change of a share", Known{}, Value{Level: panorama.Value{V: -20, Known: true}, Unit: "%" + SinceStart}, 0, 1, false},
		{"all at once", Known{Equiv: falls, Sector: kg(100), National: kg(900)}, Value{Kg: kg(2000)}, 3, 0, false},
	} {
		got := CeilingOf(c.k, c.v)
		if len(got.Beyond) != c.beyond || len(got.Read) != c.read || got.Nothing != c.nothing || got.Above() != (c.beyond > 0) {
			t.Errorf("%s: %+v", c.name, got)
		}
	}
}

// The gauge is the exact sum of its lines, in whole kilograms, and every lever stands
// in one of its counts.
func TestTheGaugeIsTheSumOfItsLines(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 40).Draw(t, "levers")
		p := Place{Panorama: panorama.Panorama{}}
		var rows []Objective
		onTable := rapid.Bool().Draw(t, "on the table")
		for i := range n {
			code := string(rune('A' + i))
			amount := rapid.Int64Range(-5_000_000_000, 5_000_000_000)
			line := panorama.Line{Lever: framework.Lever{Code: code}, Objective: panorama.Amount{Kg: panorama.Kg(amount.Draw(t, "offered")), Known: rapid.Bool().Draw(t, "known")}, Equiv: panorama.Equivalent{Reason: "sans unité"}}
			p.Panorama.Lines = append(p.Panorama.Lines, line)
			if !rapid.Bool().Draw(t, "put") {
				continue
			}
			o := Objective{ID: code, Lever: code, Territory: p.Ref().String(), State: rapid.SampledFrom([]State{Discussed, Sharing, Shared, Withdrawn}).Draw(t, "state"), Value: Value{Kg: panorama.Amount{Kg: panorama.Kg(amount.Draw(t, "value")), Known: true}}}
			if o.State == Shared || rapid.Bool().Draw(t, "was shared") {
				o.SharedRev, o.SharedValue = 1, Value{Kg: panorama.Amount{Kg: panorama.Kg(amount.Draw(t, "in force")), Known: true}}
			}
			rows = append(rows, o)
		}
		lines := p.Lines(rows, onTable)
		g := GaugeOf(lines)
		var put, offered panorama.Kg
		for _, l := range lines {
			if l.Line.Objective.Known {
				offered += l.Line.Objective.Kg
			}
			if l.Put() {
				put += l.Reading.Value.Kg.Kg
			}
			if !onTable && l.Put() && l.Reading.State != Shared {
				t.Fatalf("who may not read the table reads %+v", l.Reading)
			}
		}
		if g.Put != put || g.Offered != offered || g.Rest() != offered-put || g.SharedLevers+g.DiscussedLevers+g.SharingLevers+g.OfferedLevers != n {
			t.Fatalf("%+v of %d levers, want %d on the table of %d", g, n, put, offered)
		}
	})
}
