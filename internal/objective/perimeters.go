package objective

import (
	"slices"
	"strconv"
	"strings"

	"jalon/internal/panorama"
	"jalon/internal/territory"
)

// Area is a set of communes of the region that lie in the same perimeters.
type Area struct {
	Communes []int32
	In       []int // places in Perimeters.Zones, ascending; empty for what is in none
}

// Perimeters sets a region beside the perimeters that touch it.
type Perimeters struct {
	Zones   []territory.Zone
	Inside  [][]int32 // of each zone, its communes of this region
	Twice   []Area    // communes that lie in two perimeters or more
	Outside Area      // communes that lie in none
	Levers  []PerimeterClosure
}

// PerimeterClosure is one lever over perimeters: its cells count their part in this
// region alone, and the sum counts each commune once.
type PerimeterClosure struct {
	LeverClosure
	Twice        []panorama.Amount // of each area of Perimeters.Twice
	CountedTwice panorama.Amount   // what the plain sum of the cells counts again
	Outside      panorama.Amount   // what lies in no perimeter
}

// areas cuts a region by the perimeters that its communes lie in.
func areas(region []int32, inside [][]int32) []Area {
	in := map[int32][]int{}
	for z, communes := range inside {
		for _, c := range communes {
			in[c] = append(in[c], z)
		}
	}
	at := map[string]int{}
	var out []Area
	for _, c := range region {
		var key strings.Builder
		for _, z := range in[c] {
			key.WriteString(strconv.Itoa(z) + " ")
		}
		i, ok := at[key.String()]
		if !ok {
			i = len(out)
			at[key.String()] = i
			out = append(out, Area{In: in[c]})
		}
		out[i].Communes = append(out[i].Communes, c)
	}
	return out
}

// ClosePerimeters sets a region beside the perimeters that touch it, lever by
// lever. The region is cut into areas by the perimeters that its communes lie in,
// and what is read for it is divided among these areas: each commune counts once
// whatever the overlaps, and the whole is exact to the kilogram.
func ClosePerimeters(m *panorama.Model, region string, zones []territory.Zone, rows []Objective, onTable func(Objective) bool) (Perimeters, error) {
	ref := territory.Ref{Scale: territory.RegionS, Code: region}
	p, err := m.Of(ref)
	if err != nil {
		return Perimeters{}, err
	}
	communes, err := m.Tree().CommunesOf(ref)
	if err != nil {
		return Perimeters{}, err
	}
	communes = slices.Clone(communes)
	slices.Sort(communes)
	out := Perimeters{}
	for _, z := range zones {
		if inside := territory.Common(z.Communes, communes); len(inside) > 0 {
			out.Zones, out.Inside = append(out.Zones, z), append(out.Inside, inside)
		}
	}
	cut := areas(communes, out.Inside)
	of := func(idx []int32) map[string]panorama.Line {
		lines := map[string]panorama.Line{}
		for _, l := range m.OfCommunes(territory.Territory{Ref: territory.Ref{Scale: territory.Perimeter}}, idx).Lines {
			lines[l.Lever.Code] = l
		}
		return lines
	}
	inArea := make([]map[string]panorama.Line, len(cut))
	for i, a := range cut {
		inArea[i] = of(a.Communes)
		switch len(a.In) {
		case 0:
			out.Outside = a
		case 1:
		default:
			out.Twice = append(out.Twice, a)
		}
	}
	inZone := make([]map[string]panorama.Line, len(out.Zones))
	for i := range out.Zones {
		// A perimeter that overlaps no other is one area, read already.
		if j := slices.IndexFunc(cut, func(a Area) bool { return slices.Contains(a.In, i) }); len(cut[j].In) == 1 && len(cut[j].Communes) == len(out.Inside[i]) {
			inZone[i] = inArea[j]
			continue
		}
		inZone[i] = of(out.Inside[i])
	}
	t := byPlaceOf(rows)
	for _, line := range p.Lines {
		x := PerimeterClosure{LeverClosure: LeverClosure{Lever: line.Lever, Region: regionCell(t, p, line, onTable)}}
		offered := make([]panorama.Amount, len(cut))
		for i := range cut {
			offered[i] = offeredIn(inArea[i], line.Lever.Code)
		}
		parts := divide(x.Region.Read, offered)
		for i, z := range out.Zones {
			own := inZone[i][line.Lever.Code]
			c := Cell{Territory: territory.Territory{Ref: z.Ref(), Name: z.Name, Path: "/perimetres/" + z.ID}, Offered: offeredIn(inZone[i], line.Lever.Code), Estimated: own.State == panorama.Substitute}
			if c.Part = partOf(cut, parts, i); !c.Part.Known {
				c.Part = scaled(c.Offered, x.Region)
			}
			t.read(&c, line.Lever.Code, onTable)
			x.Cells = append(x.Cells, c)
		}
		x.Outside, x.CountedTwice = zero, zero
		for i, a := range cut {
			switch n := len(a.In); {
			case n == 0:
				x.Outside = parts[i]
			case n > 1:
				x.Twice = append(x.Twice, parts[i])
				if again := parts[i]; !again.Known {
					x.CountedTwice = again
				} else if x.CountedTwice.Known {
					x.CountedTwice.Kg += again.Kg * panorama.Kg(n-1)
				}
			}
		}
		x.close(x.CountedTwice, x.Outside)
		out.Levers = append(out.Levers, x)
	}
	return out, nil
}

func offeredIn(lines map[string]panorama.Line, lever string) panorama.Amount {
	if l, ok := lines[lever]; ok {
		return l.Objective
	}
	return panorama.Amount{Reason: "le panorama n’a pas ce levier ici"}
}

// partOf adds up the areas of a perimeter.
func partOf(cut []Area, parts []panorama.Amount, zone int) panorama.Amount {
	sum := panorama.Amount{Known: true}
	for i, a := range cut {
		if !slices.Contains(a.In, zone) {
			continue
		}
		if !parts[i].Known {
			return parts[i]
		}
		sum.Kg += parts[i].Kg
	}
	return sum
}

// scaled is the part of one perimeter by itself, where the panorama divides the
// lever among whole territories alone: some areas then have no part, and the sum
// of the perimeters is missing.
func scaled(offered panorama.Amount, region Cell) panorama.Amount {
	for _, a := range []panorama.Amount{offered, region.Offered} {
		if !a.Known {
			return panorama.Amount{Reason: a.Reason}
		}
	}
	rest := panorama.Amount{Kg: region.Offered.Kg - offered.Kg, Known: true}
	return divide(region.Read, []panorama.Amount{offered, rest})[0]
}
