package objective

import (
	"math/rand/v2"
	"strconv"
	"testing"

	"jalon/internal/db"
	"jalon/internal/panorama"
	"jalon/internal/territory"
	"jalon/internal/testkit"
)

// crowd are n perimeters of some communes of a region each: side by side, or drawn at
// random, so that nearly every commune lies in several.
func crowd(t testing.TB, m *panorama.Model, n, each int, apart bool) (zones []territory.Zone) {
	t.Helper()
	communes, err := m.Tree().CommunesOf(territory.Ref{Scale: territory.RegionS, Code: "44"})
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(1, 2)) // the same perimeters each time
	for i := range n {
		z := territory.Zone{ID: "z" + strconv.Itoa(i), Name: "CRTE " + strconv.Itoa(i)}
		if apart {
			z.Communes = communes[i*len(communes)/n : (i+1)*len(communes)/n]
		} else {
			for _, k := range r.Perm(len(communes))[:each] {
				z.Communes = append(z.Communes, communes[k])
			}
		}
		zones = append(zones, z)
	}
	return zones
}

// However many perimeters there are and however they overlap, each commune counts
// once: the whole closes to the kilogram.
func TestManyPerimetersCloseToTheKilogram(t *testing.T) {
	_, m := table(t, testkit.Open(t, db.SQLite))
	for _, apart := range []bool{true, false} {
		p, err := ClosePerimeters(m, "44", crowd(t, m, 30, 170, apart), nil, Anyone)
		if err != nil || len(p.Zones) != 30 || apart != (len(p.Twice) == 0) {
			t.Fatalf("%d perimeters, %d overlaps, %v", len(p.Zones), len(p.Twice), err)
		}
		closed := 0
		for _, l := range p.Levers {
			if l.Gap.Known && l.Gap.Kg != 0 {
				t.Errorf("%s: %d kg", l.Lever.Code, l.Gap.Kg)
			}
			if l.Gap.Known {
				closed++
			}
		}
		if closed < 10 {
			t.Errorf("%d levers closed", closed)
		}
	}
}

func BenchmarkTwoHundredPerimeters(b *testing.B) {
	_, m := table(b, testkit.Open(b, db.SQLite))
	for _, apart := range []bool{true, false} {
		zones := crowd(b, m, 200, 170, apart)
		b.Run(map[bool]string{true: "apart", false: "overlapping"}[apart], func(b *testing.B) {
			for b.Loop() {
				if _, err := ClosePerimeters(m, "44", zones, nil, Anyone); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
