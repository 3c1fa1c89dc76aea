package panorama

import (
	"cmp"
	"slices"

	"jalon/internal/territory"
)

// KeyValue is one value of an allocation key received from outside.
type KeyValue struct {
	Key       string
	Territory territory.Ref
	Year      int
	Value     float64
	Unit      string
	Source    string
	Edition   string // orders imports: the last one holds
	Counts    string // what was counted, in French, when it is not what the State's key counts
}

// division is how one lever reaches the communes of one region.
type division struct {
	imported *Key // nil when only the public rule applies
	communes bool // every commune of the region has a part in Model.parts
	coarse   map[territory.Ref]Kg
	weights  map[territory.Ref]float64 // values of the imported key, for explanations
	sum      float64
}

// keySet holds the imported values of one key and year.
type keySet struct {
	key    string
	year   int
	values map[territory.Ref]KeyValue
}

// keySets groups imported values by key, latest year first; within a year the
// last edition of a territory's value holds.
func keySets(values []KeyValue) map[string][]*keySet {
	out := map[string][]*keySet{}
	for _, v := range values {
		var set *keySet
		for _, s := range out[v.Key] {
			if s.year == v.Year {
				set = s
			}
		}
		if set == nil {
			set = &keySet{key: v.Key, year: v.Year, values: map[territory.Ref]KeyValue{}}
			out[v.Key] = append(out[v.Key], set)
		}
		if old, ok := set.values[v.Territory]; !ok || old.Edition <= v.Edition {
			set.values[v.Territory] = v
		}
	}
	for _, sets := range out {
		slices.SortFunc(sets, func(a, b *keySet) int { return cmp.Compare(b.year, a.year) })
	}
	return out
}

// Coverage says how far the imported values of a key go in a region.
type Coverage struct {
	Key     string
	Year    int
	Region  string
	Scale   territory.Scale // the scale that is complete, empty when none is
	Known   int             // units known at the scale that is nearest to complete
	Missing []territory.Ref // units still missing at that scale
}

// units lists what must have a value for a key to be complete in a region at a
// scale. Communes outside any EPCI stand for themselves among EPCI.
func (m *Model) units(region string, scale territory.Scale) []territory.Ref {
	var out []territory.Ref
	seen := map[territory.Ref]bool{}
	for _, i := range m.regionCommunes[region] {
		ref := m.unitOf(i, scale)
		if !seen[ref] {
			seen[ref] = true
			out = append(out, ref)
		}
	}
	return out
}

// unitOf is the unit of a commune at a scale.
func (m *Model) unitOf(commune int32, scale territory.Scale) territory.Ref {
	c := &m.communes[commune]
	switch {
	case scale == territory.Department:
		return territory.Ref{Scale: territory.Department, Code: c.Dept}
	case scale == territory.EPCI && c.EPCI != "":
		return territory.Ref{Scale: territory.EPCI, Code: c.EPCI}
	}
	return territory.Ref{Scale: territory.CommuneS, Code: c.Code}
}

// coverage finds the finest scale at which a set is complete in a region.
func (m *Model) coverage(set *keySet, region string) Coverage {
	best := Coverage{Key: set.key, Year: set.year, Region: region}
	for _, scale := range []territory.Scale{territory.CommuneS, territory.EPCI, territory.Department} {
		known, missing := 0, []territory.Ref(nil)
		for _, u := range m.units(region, scale) {
			if _, ok := set.values[u]; ok {
				known++
			} else {
				missing = append(missing, u)
			}
		}
		if len(missing) == 0 {
			return Coverage{Key: set.key, Year: set.year, Region: region, Scale: scale, Known: known}
		}
		if known > 0 && (best.Known == 0 || len(missing) < len(best.Missing)) {
			best.Known, best.Missing = known, missing
		}
	}
	return best
}

// divide fills the parts of one lever in one region and says how it did.
func (m *Model) divide(lever int, region string, total Kg) (*division, error) {
	idx := m.regionCommunes[region]
	code := m.levers[lever].Code
	if set, cover := m.importedKey(code, region); set != nil {
		return m.divideByKey(lever, idx, total, set, cover)
	}
	rule := m.ref.Rule(code, territory.Department)
	if rule.State == Unallocated {
		return &division{}, nil
	}
	if err := m.spread(lever, idx, total); err != nil {
		return nil, err
	}
	return &division{communes: true}, nil
}

func (m *Model) importedKey(lever, region string) (*keySet, Coverage) {
	official, ok := m.ref.Official[lever]
	if !ok {
		return nil, Coverage{}
	}
	for _, set := range m.keys[official.Key] {
		if c := m.coverage(set, region); c.Scale != "" {
			return set, c
		}
	}
	return nil, Coverage{}
}

// spread divides an amount over communes by population.
func (m *Model) spread(lever int, idx []int32, total Kg) error {
	w := make([]uint64, len(idx))
	for n, i := range idx {
		w[n] = uint64(max(m.communes[i].Population, 0))
	}
	return m.allot(lever, idx, total, w)
}

func (m *Model) allot(lever int, idx []int32, total Kg, w []uint64) error {
	out := make([]Kg, len(idx))
	if err := Allocate(out, total, w); err != nil {
		return err
	}
	for n, i := range idx {
		m.parts[lever][i] = out[n]
	}
	return nil
}

// divideByKey splits first among the units at which the key is known; below, a
// lever that has a public stand-in goes on by population, the others stop.
func (m *Model) divideByKey(lever int, idx []int32, total Kg, set *keySet, cover Coverage) (*division, error) {
	d := &division{coarse: map[territory.Ref]Kg{}, weights: map[territory.Ref]float64{}}
	groups := map[territory.Ref][]int32{}
	var order []territory.Ref
	for _, i := range idx {
		u := m.unitOf(i, cover.Scale)
		if groups[u] == nil {
			order = append(order, u)
		}
		groups[u] = append(groups[u], i)
	}
	values := make([]float64, len(order))
	source, unit, counts := "", "", ""
	for n, u := range order {
		v := set.values[u]
		values[n], source, unit, counts = v.Value*m.insideShare(u, groups[u]), v.Source, v.Unit, v.Counts
		d.weights[u] = values[n]
		d.sum += values[n]
	}
	w, err := Weights(values)
	if err != nil {
		return nil, err
	}
	out := make([]Kg, len(order))
	if err := Allocate(out, total, w); err != nil {
		return nil, err
	}
	official := m.ref.Keys[set.key]
	d.imported = &Key{Code: set.key, Label: official.Label, Year: set.year, Unit: unit, Source: source, Scale: cover.Scale}
	if counts != "" && counts != official.Label {
		d.imported.Label, d.imported.Official = counts, official.Label
	}
	below := m.ref.Rule(m.levers[lever].Code, territory.EPCI).State != Unallocated
	d.communes = cover.Scale == territory.CommuneS || below
	for n, u := range order {
		d.coarse[u] = out[n]
		switch {
		case cover.Scale == territory.CommuneS:
			m.parts[lever][groups[u][0]] = out[n]
		case below:
			if err := m.spread(lever, groups[u], out[n]); err != nil {
				return nil, err
			}
		}
	}
	return d, nil
}

// insideShare is 1 but for an EPCI over several regions, whose single value is
// brought to this region by population.
func (m *Model) insideShare(u territory.Ref, inside []int32) float64 {
	if u.Scale != territory.EPCI {
		return 1
	}
	all, err := m.tree.CommunesOf(u)
	if err != nil || len(all) == len(inside) {
		return 1
	}
	total := m.population(all)
	if total == 0 {
		return 0
	}
	return float64(m.population(inside)) / float64(total)
}

func (m *Model) population(idx []int32) (sum int64) {
	for _, i := range idx {
		sum += max(m.communes[i].Population, 0)
	}
	return sum
}
