package panorama

import (
	"cmp"
	"fmt"
	"slices"

	"jalon/internal/figure"
	"jalon/internal/territory"
)

// Of returns the panorama of a territory; apperr.NotFound when the tree does
// not hold it. A perimeter is not in the tree: see OfCommunes. The nation, the
// regions and the départements, which every list reads, are computed once for
// the life of the model; each caller has lines of its own.
func (m *Model) Of(ref territory.Ref) (Panorama, error) {
	if p, ok := m.known.Load(ref); ok {
		return p.(Panorama).copied(), nil
	}
	p, err := m.compute(ref)
	if err != nil {
		return Panorama{}, err
	}
	switch ref.Scale {
	case territory.Nation, territory.RegionS, territory.Department:
		m.known.Store(ref, p)
		return p.copied(), nil
	}
	return p, nil
}

// copied lets a caller sort the lines without touching those of others.
func (p Panorama) copied() Panorama {
	p.Lines = slices.Clone(p.Lines)
	return p
}

func (m *Model) compute(ref territory.Ref) (Panorama, error) {
	t, err := m.tree.Lookup(ref)
	if err != nil {
		return Panorama{}, err
	}
	if ref.Scale == territory.Nation {
		return m.nation(t), nil
	}
	idx, err := m.tree.CommunesOf(ref)
	if err != nil {
		return Panorama{}, err
	}
	p := m.OfCommunes(t, idx)
	m.addEmissions(&p)
	return p, nil
}

// OfCommunes returns the panorama of any set of communes, by ascending index:
// a perimeter, or a territory of the tree.
func (m *Model) OfCommunes(t territory.Territory, idx []int32) Panorama {
	p := Panorama{Territory: t, Edition: July, Version: m.version}
	last := ""
	for _, i := range idx {
		r := m.communes[i].Region
		if r == last || r == "" {
			continue
		}
		last = r
		if ref := (territory.Ref{Scale: territory.RegionS, Code: r}); !slices.Contains(p.Regions, ref) {
			p.Regions = append(p.Regions, ref)
		}
	}
	slices.SortFunc(p.Regions, func(a, b territory.Ref) int { return cmp.Compare(a.Code, b.Code) })
	if len(p.Regions) == 1 {
		region, err := m.tree.Region(p.Regions[0].Code)
		p.Overseas = err == nil && region.Overseas
		if p.Overseas && t.Ref.Scale == territory.Department {
			p.SameAs = region.Name
		}
	}
	whole := t.Ref.Scale == territory.RegionS || p.SameAs != ""
	for l := range m.levers {
		if line, ok := m.line(l, &p, idx, whole); ok {
			p.Lines = append(p.Lines, line)
		}
	}
	m.finish(&p)
	if !whole && len(p.Regions) > 1 {
		m.splitByRegion(&p, idx)
	}
	return p
}

// line is one lever of a territory; false when the lever is not one of its own:
// the 30 on the mainland, those of overseas there, and in Corse both.
func (m *Model) line(l int, p *Panorama, idx []int32, whole bool) (Line, bool) {
	lever := m.levers[l]
	line := Line{Lever: lever, FigureKey: FigureKey(July, lever.Code, p.Territory.Ref)}
	cells, regional := 0, Amount{Known: true}
	var cell Cell
	for _, r := range p.Regions {
		c, ok := m.ref.Cell(July, r.Code, lever.Code)
		if !ok {
			continue
		}
		cells++
		cell = c
		if c.Objective.Known {
			regional.Kg += c.Objective.Kg
		} else {
			regional = Amount{Known: regional.Known && len(p.Regions) > 1, Kg: regional.Kg, Reason: c.Objective.Reason}
		}
	}
	if cells == 0 && p.Overseas == (l < m.national) {
		return Line{}, false
	}
	switch {
	case len(p.Regions) == 0:
		regional = Amount{Reason: "Ce territoire est hors des 18 régions : la planification ne lui propose pas d’objectif."}
	case cells == 0:
		regional = Amount{Reason: "La publication ne donne pas de valeur pour ce levier dans cette région."}
	}
	line.Region = regional
	switch {
	case len(p.Regions) == 0:
		m.unallocated(&line, regional.Reason)
		line.Equiv = noEquivalent(regional.Reason)
	case whole:
		line.Objective, line.State, line.Class = regional, Published, figure.Reference
		line.Equiv = m.equivalent(lever, cell, regional)
	case l >= m.national:
		m.unallocated(&line, "Les leviers propres à cette région ne sont publiés qu’à l’échelle de la région.")
		line.Equiv = noEquivalent(line.Objective.Reason)
	default:
		m.allocated(&line, l, p, idx)
	}
	if !line.Objective.Known {
		line.Class = figure.Missing
	}
	line.Share = m.share(lever.Code, line.Objective)
	m.addPublished(&line, p.Territory.Ref)
	return line, true
}

func (m *Model) unallocated(line *Line, reason string) {
	line.Objective, line.State, line.Class = Amount{Reason: reason}, Unallocated, figure.Missing
}

// allocated fills a line under the region from the parts of its communes.
func (m *Model) allocated(line *Line, l int, p *Panorama, idx []int32) {
	state, key, reason := Keyed, (*Key)(nil), ""
	parts := map[string]Kg{}
	scale := p.Territory.Ref.Scale
	for _, r := range p.Regions {
		d := m.divisions[l][r.Code]
		c, _ := m.ref.Cell(July, r.Code, line.Lever.Code)
		kg, s, k, why := m.partIn(l, r.Code, d, c, scale, p.Territory.Ref, idx)
		parts[r.Code] = kg
		switch {
		case s == Unallocated:
			state, reason = Unallocated, why
		case s == Substitute && state == Keyed:
			state = Substitute
		}
		if k != nil {
			key = k
		}
	}
	if state == Unallocated {
		m.unallocated(line, reason)
	} else {
		sum := Kg(0)
		for _, kg := range parts {
			sum += kg
		}
		line.Objective, line.State, line.Key = Amount{Kg: sum, Known: true}, state, key
		line.Class = figure.Computed
		if state == Substitute {
			line.Class = figure.Estimated
		}
	}
	line.Equiv = m.below(line.Lever, parts, line.Objective.Known, line.Objective.Reason)
}

// partIn is what the communes of a territory that lie in one region receive of
// a lever, with how it was obtained.
func (m *Model) partIn(l int, region string, d *division, c Cell, scale territory.Scale, ref territory.Ref, idx []int32) (Kg, State, *Key, string) {
	if !c.Objective.Known {
		return 0, Unallocated, nil, c.Objective.Reason
	}
	rule := m.ref.Rule(m.levers[l].Code, ruleScale(scale))
	if d.imported != nil {
		return m.importedPart(l, region, d, rule, scale, ref, idx)
	}
	if rule.State == Unallocated || !d.communes {
		return 0, Unallocated, nil, rule.Reason
	}
	return m.sum(l, region, idx), rule.State, m.populationKey(), ""
}

func (m *Model) importedPart(l int, region string, d *division, rule ScaleRule, scale territory.Scale, ref territory.Ref, idx []int32) (Kg, State, *Key, string) {
	known := d.imported.Scale
	switch {
	case known == territory.CommuneS:
		return m.sum(l, region, idx), Keyed, d.imported, ""
	case scale == known:
		if kg, ok := d.coarse[ref]; ok {
			return kg, Keyed, d.imported, ""
		}
	}
	// A territory made of whole units of the key is their exact sum.
	if kg, ok := m.wholeUnits(region, d, known, idx); ok {
		return kg, Keyed, d.imported, ""
	}
	if d.communes && rule.State != Unallocated {
		return m.sum(l, region, idx), Substitute, d.imported, ""
	}
	return 0, Unallocated, nil, fmt.Sprintf("La clé importée (%s, %d) n’est connue que par %s.", d.imported.Label, d.imported.Year, known.Label())
}

func (m *Model) wholeUnits(region string, d *division, scale territory.Scale, idx []int32) (Kg, bool) {
	count := map[territory.Ref]int{}
	for _, i := range idx {
		if m.communes[i].Region == region {
			count[m.unitOf(i, scale)]++
		}
	}
	var sum Kg
	for u, n := range count {
		all, err := m.tree.CommunesOf(u)
		if err != nil {
			return 0, false
		}
		inside := 0
		for _, i := range all {
			if m.communes[i].Region == region {
				inside++
			}
		}
		if n != inside {
			return 0, false
		}
		sum += d.coarse[u]
	}
	return sum, true
}

func ruleScale(s territory.Scale) territory.Scale {
	switch s {
	case territory.EPT, territory.Perimeter:
		return territory.EPCI
	}
	return s
}

func (m *Model) populationKey() *Key {
	e := m.tree.Edition()
	return &Key{Code: "population", Label: "Population municipale", Year: e.PopulationYear, Source: e.Source, Scale: territory.CommuneS}
}

func (m *Model) sum(l int, region string, idx []int32) (sum Kg) {
	for _, i := range idx {
		if m.communes[i].Region == region {
			sum += m.parts[l][i]
		}
	}
	return sum
}

func (m *Model) share(lever string, o Amount) Value {
	national, ok := m.ref.National[lever]
	switch {
	case !ok:
		return blank("Ce levier n’a pas d’objectif national : il est propre à la Corse et aux outre-mer.")
	case !o.Known:
		return blank(o.Reason)
	}
	return Value{V: float64(o.Kg) / float64(national), Known: true}
}

func (m *Model) addPublished(line *Line, ref territory.Ref) {
	for _, v := range m.published[ref.String()+"|"+line.Lever.Code] {
		if v.Gap = (Amount{Reason: line.Objective.Reason}); line.Objective.Known {
			v.Gap = Amount{Kg: line.Objective.Kg - v.Kg, Known: true}
		}
		line.Imported = append(line.Imported, v)
	}
}

// finish orders the lines and makes the totals: exact sums, never of rounded
// values, and always with what they leave out.
func (m *Model) finish(p *Panorama) {
	slices.SortStableFunc(p.Lines, func(a, b Line) int {
		if a.Objective.Known != b.Objective.Known {
			if a.Objective.Known {
				return -1
			}
			return 1
		}
		return cmp.Or(cmp.Compare(b.Objective.Kg, a.Objective.Kg), cmp.Compare(b.Region.Kg, a.Region.Kg), cmp.Compare(a.Lever.Code, b.Lever.Code))
	})
	objective := func(l Line) Amount { return l.Objective }
	region := func(l Line) Amount { return l.Region }
	every := func(Line) bool { return true }
	p.Total = total(p.Lines, every, objective)
	p.WithoutForest = total(p.Lines, func(l Line) bool { return l.Lever.Code != ForestLever }, objective)
	p.RegionTotal = total(p.Lines, every, region)
	p.Divided = total(p.Lines, func(l Line) bool { return l.Objective.Known }, region)
	p.Total.Scope = scope(p.Total, hasForest(p.Lines))
	p.WithoutForest.Scope = scope(p.WithoutForest, false)
}

func total(lines []Line, keep func(Line) bool, of func(Line) Amount) (t Total) {
	for _, l := range lines {
		if !keep(l) {
			continue
		}
		if a := of(l); a.Known {
			t.Kg += a.Kg
			t.Known++
		} else {
			t.Missing++
		}
	}
	return t
}

func hasForest(lines []Line) bool {
	return slices.ContainsFunc(lines, func(l Line) bool { return l.Lever.Code == ForestLever && l.Objective.Known })
}

func scope(t Total, forest bool) string {
	s := fmt.Sprintf("%d leviers", t.Known)
	if t.Known < 2 {
		s = fmt.Sprintf("%d levier", t.Known)
	}
	if forest {
		return s + ", forêts comprises"
	}
	return s + ", hors gestion des forêts"
}

// splitByRegion shows the part of an EPCI in each of its regions.
func (m *Model) splitByRegion(p *Panorama, idx []int32) {
	for _, r := range p.Regions {
		var inside []int32
		for _, i := range idx {
			if m.communes[i].Region == r.Code {
				inside = append(inside, i)
			}
		}
		part := m.OfCommunes(p.Territory, inside)
		name := r.Code
		if t, err := m.tree.Lookup(r); err == nil {
			name = t.Name
		}
		p.Parts = append(p.Parts, Part{Region: r, Name: name, Total: part.Total})
	}
}

// FigureKey is the permanent address of the objective of a lever in a territory.
func FigureKey(edition, lever string, ref territory.Ref) string {
	return "panorama/" + edition + "/" + lever + "/" + ref.String()
}

func (m *Model) nation(t territory.Territory) Panorama {
	p := Panorama{Territory: t, Edition: July, Version: m.version}
	for _, lever := range m.levers[:m.national] {
		o := Amount{Kg: m.ref.National[lever.Code], Known: true}
		line := Line{
			Lever: lever, Objective: o, Region: o, Share: Value{V: 1, Known: true}, State: Published,
			Class: figure.Reference, FigureKey: FigureKey(July, lever.Code, t.Ref), Equiv: m.nationEquivalent(lever),
		}
		m.addPublished(&line, t.Ref)
		p.Lines = append(p.Lines, line)
	}
	m.finish(&p)
	return p
}
