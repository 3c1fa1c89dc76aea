package panorama

import (
	"slices"

	"jalon/internal/framework"
	"jalon/internal/territory"
)

// Scopes are the three totals that are never one sum: the national objective,
// the 13 mainland regions as displayed, and the overseas regions beside.
type Scopes struct{ National, Mainland, Overseas Total }

// Scopes computes the three totals from the cells that pages show.
func (m *Model) Scopes() (s Scopes) {
	for _, kg := range m.ref.National {
		s.National.Kg += kg
		s.National.Known++
	}
	for _, r := range m.tree.Regions() {
		t := &s.Mainland
		if r.Overseas {
			t = &s.Overseas
		}
		for _, l := range m.levers {
			if c, ok := m.ref.Cell(July, r.Code, l.Code); ok && c.Objective.Known {
				t.Kg += c.Objective.Kg
				t.Known++
			} else if ok {
				t.Missing++
			}
		}
	}
	s.National.Scope = "30 leviers, forêts comprises, France entière"
	s.Mainland.Scope = "13 régions de l’Hexagone et de Corse, valeurs affichées en juillet 2024, forêts comprises sauf en Île-de-France"
	s.Overseas.Scope = "5 régions d’outre-mer, 13 leviers qui leur sont propres, hors objectif national"
	return s
}

// RegionCell is a lever in one of the 18 regions, for its map and bars.
type RegionCell struct {
	Region territory.Region
	Line   Line
}

// LeverAcross returns a lever in each region that has it, in the order of the
// tree; a region where it has no value comes with the reason.
func (m *Model) LeverAcross(code string) ([]RegionCell, error) {
	l, ok := m.index[code]
	if !ok {
		_, err := m.fw.Lever(code)
		return nil, err
	}
	var out []RegionCell
	for _, r := range m.tree.Regions() {
		t, err := m.tree.Lookup(territory.Ref{Scale: territory.RegionS, Code: r.Code})
		if err != nil {
			return nil, err
		}
		p := Panorama{Territory: t, Overseas: r.Overseas, Regions: []territory.Ref{t.Ref}}
		if line, ok := m.line(l, &p, m.regionCommunes[r.Code], true); ok {
			out = append(out, RegionCell{Region: r, Line: line})
		}
	}
	return out, nil
}

// LeversOf counts the levers of a region's panorama: those of its table, and any
// other that the State gives it a value for.
func LeversOf(ref *Reference, fw *framework.Framework, r territory.Region) (n int) {
	for _, version := range []string{framework.National, framework.Overseas} {
		for _, l := range fw.Levers(version) {
			if _, ok := ref.Cell(July, r.Code, l.Code); ok || r.Overseas == (version == framework.Overseas) {
				n++
			}
		}
	}
	return n
}

// DepartmentCell is a lever in one département.
type DepartmentCell struct {
	Department territory.Territory
	Line       Line
}

// LeverDepartments returns a lever in the départements of a region.
func (m *Model) LeverDepartments(code, region string) ([]DepartmentCell, error) {
	if _, ok := m.index[code]; !ok {
		_, err := m.fw.Lever(code)
		return nil, err
	}
	var out []DepartmentCell
	for _, d := range m.tree.Departments() {
		if d.Region != region {
			continue
		}
		p, err := m.Of(territory.Ref{Scale: territory.Department, Code: d.Code})
		if err != nil {
			return nil, err
		}
		if i := slices.IndexFunc(p.Lines, func(l Line) bool { return l.Lever.Code == code }); i >= 0 {
			out = append(out, DepartmentCell{Department: p.Territory, Line: p.Lines[i]})
		}
	}
	return out, nil
}
