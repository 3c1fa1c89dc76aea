package territory

import (
	"slices"
	"strings"
)

// Change is one commune that is not the same in two editions.
type Change struct {
	Code string
	Was  string // name, or SIREN of the EPCI, in the older edition; empty when it is new
	Is   string // in the newer one; empty when it is gone
	Into string // code of the commune that took it over, empty when none is known
}

// Changes tells how the newer of two editions differs, for whoever decides to
// put it in force.
type Changes struct {
	Old, New Edition
	Appeared []Change // communes that the older edition does not know (some were re-established)
	Merged   []Change // communes that now belong to another
	Vanished []Change // communes that no row of the newer edition explains
	Renamed  []Change
	Moved    []Change // communes that changed EPCI: Was and Is are SIREN, empty outside any
	// Groups that appeared, vanished, or took another name or kind.
	GroupsAppeared, GroupsVanished, GroupsRenamed []Change
	Communes                                      [2]int   // in the 18 regions, old and new
	Population                                    [2]int64 // of the 18 regions, -1 when unknown
	// PopulationByRegion holds the regions whose population differs, by code of
	// the newer edition, in its order.
	PopulationByRegion []PopulationChange
}

// PopulationChange is the municipal population of a region in two editions.
type PopulationChange struct {
	Region   string
	Name     string
	Was, New int64 // -1 when unknown
}

// Empty tells that nothing but the edition's name differs.
func (c Changes) Empty() bool {
	return len(c.Appeared)+len(c.Merged)+len(c.Vanished)+len(c.Renamed)+len(c.Moved)+len(c.GroupsAppeared)+
		len(c.GroupsVanished)+len(c.GroupsRenamed)+len(c.PopulationByRegion) == 0
}

// Diff compares two editions, commune by commune.
func Diff(before, after *Tree) Changes {
	c := Changes{
		Old: before.edition, New: after.edition,
		Communes:   [2]int{len(before.all), len(after.all)},
		Population: [2]int64{before.populationOf(before.all), after.populationOf(after.all)},
	}
	// One walk over two lists in the same order.
	i, j := 0, 0
	for i < len(before.communes) || j < len(after.communes) {
		switch {
		case j == len(after.communes) || i < len(before.communes) && before.communes[i].Code < after.communes[j].Code:
			c.gone(before.communes[i], after)
			i++
		case i == len(before.communes) || after.communes[j].Code < before.communes[i].Code:
			c.Appeared = append(c.Appeared, Change{Code: after.communes[j].Code, Is: after.communes[j].Name})
			j++
		default:
			c.same(before.communes[i], after.communes[j])
			i, j = i+1, j+1
		}
	}
	c.groups(before.groups, after.groups)
	c.groups(before.epts, after.epts)
	for at, r := range after.regions {
		was, is := int64(-1), after.populationOf(after.byRegion[at])
		if o, ok := before.regionAt[r.Code]; ok {
			was = before.populationOf(before.byRegion[o])
		}
		if was != is {
			c.PopulationByRegion = append(c.PopulationByRegion, PopulationChange{r.Code, r.Name, was, is})
		}
	}
	return c
}

func (c *Changes) gone(old Commune, after *Tree) {
	if into, ok := after.Successor(old.Code); ok {
		c.Merged = append(c.Merged, Change{Code: old.Code, Was: old.Name, Is: into.Name, Into: into.Code})
		return
	}
	c.Vanished = append(c.Vanished, Change{Code: old.Code, Was: old.Name})
}

func (c *Changes) same(old, now Commune) {
	if old.Name != now.Name {
		c.Renamed = append(c.Renamed, Change{Code: old.Code, Was: old.Name, Is: now.Name})
	}
	if old.EPCI != now.EPCI {
		c.Moved = append(c.Moved, Change{Code: old.Code, Was: old.EPCI, Is: now.EPCI})
	}
}

func (c *Changes) groups(before, after []Group) {
	find := func(in []Group, siren string) (Group, bool) {
		i, ok := slices.BinarySearchFunc(in, siren, func(g Group, s string) int { return strings.Compare(g.SIREN, s) })
		if !ok {
			return Group{}, false
		}
		return in[i], true
	}
	for _, g := range before {
		if now, ok := find(after, g.SIREN); !ok {
			c.GroupsVanished = append(c.GroupsVanished, Change{Code: g.SIREN, Was: g.Name})
		} else if now.Name != g.Name || now.Kind != g.Kind {
			c.GroupsRenamed = append(c.GroupsRenamed, Change{Code: g.SIREN, Was: g.Name, Is: now.Name})
		}
	}
	for _, g := range after {
		if _, ok := find(before, g.SIREN); !ok {
			c.GroupsAppeared = append(c.GroupsAppeared, Change{Code: g.SIREN, Is: g.Name})
		}
	}
}
