package territory

import (
	"slices"
	"strings"
)

// Tree is one edition of the territories of France, read-only once built and
// safe for concurrent use. The slices it returns are its own: do not write in
// them. A commune is named by its index in Communes, the one allocation uses.
type Tree struct {
	table    string // as parsed: every name points into it
	edition  Edition
	regions  []Region   // French alphabetical
	depts    []Dept     // by code
	groups   []Group    // by SIREN
	epts     []Group    // by SIREN
	overseas []Overseas // by code
	communes []Commune  // by code
	former   []Former   // by code, kind, name

	regionAt   map[string]int
	regionSlug map[string]int
	deptAt     map[string]int
	groupAt    map[string]int
	eptAt      map[string]int
	overseasAt map[string]int

	all      []int32 // communes of the 18 regions
	byRegion [][]int32
	byDept   [][]int32

	find *finder
}

// Table is the text that the tree was parsed from: Parse gives the same tree
// back, so that a bundle carries its own territories.
func (t *Tree) Table() string { return t.table }

// Edition tells which publication of the tree this is.
func (t *Tree) Edition() Edition { return t.edition }

// Regions lists the 18 regions in French alphabetical order.
func (t *Tree) Regions() []Region { return t.regions }

// MetropolitanRegions lists the 13 regions of mainland France and Corse: the
// objectives of the overseas regions are of another kind and are never added to
// theirs.
func (t *Tree) MetropolitanRegions() []Region {
	return slices.DeleteFunc(slices.Clone(t.regions), func(r Region) bool { return r.Overseas })
}

// Departments lists the 101 départements by code.
func (t *Tree) Departments() []Dept { return t.depts }

// Groups lists the EPCI by SIREN. EPT are apart: they lie inside one of them.
func (t *Tree) Groups() []Group { return t.groups }

// EPTs lists the établissements publics territoriaux of the Métropole du Grand
// Paris by SIREN.
func (t *Tree) EPTs() []Group { return t.epts }

// Communes lists the communes in force by code. Those of the overseas
// collectivities are among them, with an empty Region: skip them in a sum over
// everything, or take CommunesOf(France), which does.
func (t *Tree) Communes() []Commune { return t.communes }

// OverseasCollectivities lists what lies outside the 18 regions, by code.
func (t *Tree) OverseasCollectivities() []Overseas { return t.overseas }

// Formers lists the former communes and old codes, by code.
func (t *Tree) Formers() []Former { return t.former }

// CommuneIndex finds a commune in force by its code.
func (t *Tree) CommuneIndex(code string) (int32, bool) {
	i, ok := slices.BinarySearchFunc(t.communes, code, func(c Commune, code string) int { return strings.Compare(c.Code, code) })
	return int32(i), ok
}

// Successor finds the commune that answers today for a former code, so that a
// file made with an older geography can be read. It says false for a code in
// force and for one that nobody knows.
func (t *Tree) Successor(code string) (Commune, bool) {
	if _, inForce := t.CommuneIndex(code); inForce {
		return Commune{}, false
	}
	i, ok := slices.BinarySearchFunc(t.former, code, func(f Former, code string) int { return strings.Compare(f.Code, code) })
	if !ok {
		return Commune{}, false
	}
	return t.communes[t.former[i].Commune], true
}

// SameAs tells the territory that holds exactly the same land at another scale:
// each overseas région is one département. Pages then show the same figures.
func (t *Tree) SameAs(r Ref) (Ref, bool) {
	switch r.Scale {
	case RegionS:
		if i, ok := t.regionAt[r.Code]; ok {
			for _, d := range t.depts {
				if d.Region == r.Code && len(t.byDept[t.deptAt[d.Code]]) == len(t.byRegion[i]) {
					return Ref{Department, d.Code}, true
				}
			}
		}
	case Department:
		if i, ok := t.deptAt[r.Code]; ok {
			region := t.depts[i].Region
			if len(t.byDept[i]) == len(t.byRegion[t.regionAt[region]]) {
				return Ref{RegionS, region}, true
			}
		}
	}
	return Ref{}, false
}

// populationOf adds up; one unknown makes the sum unknown, since missing is not
// zero.
func (t *Tree) populationOf(communes []int32) int64 {
	sum := int64(0)
	for _, i := range communes {
		p := t.communes[i].Population
		if p < 0 {
			return -1
		}
		sum += p
	}
	return sum
}
