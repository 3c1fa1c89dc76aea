package panorama

import (
	"cmp"
	"maps"
	"math"
	"slices"
	"strings"

	"jalon/internal/territory"
)

// Emission is one value of an EPCI's emissions by sector and sub-sector: the
// inventory of 2019 or the objective for 2030, in kilograms.
type Emission struct {
	EPCI      string
	Sector    string
	Subsector string // empty for the whole sector
	Year      int
	Kg        Kg
	Source    string
	Run       string
}

type emissionKey struct {
	epci, sector, subsector string
	year                    int
}

type emissionIndex map[emissionKey]Emission

func indexEmissions(in []Emission) emissionIndex {
	out := emissionIndex{}
	for _, e := range in {
		k := emissionKey{e.EPCI, e.Sector, e.Subsector, e.Year}
		if old, ok := out[k]; !ok || old.Run <= e.Run {
			out[k] = e
		}
	}
	return out
}

// emissionShare is the second method for one lever of an EPCI: (2019 − 2030) ×
// the region's percentage, of the sub-sector that the percentage names. It is
// nil when nothing of the EPCI was imported for the sector.
func (m *Model) emissionShare(epci, region, lever string) *EmissionShare {
	for _, p := range m.percentages[region] {
		if p.Lever != lever {
			continue
		}
		fall, source, ok := m.fall(epci, p)
		s := &EmissionShare{Percent: p.Percent, Sector: p.Sector, Subsector: p.Subsector, InTotal: p.InTotal, Source: source}
		switch {
		case ok:
			s.Amount = Amount{Kg: Kg(math.Round(float64(fall) * p.Percent / 100)), Known: true}
		case m.hasEmissions(epci):
			s.Amount.Reason = missingSector(p.Subsector) + " pour 2019 et 2030\u00a0: levier non réparti."
		default:
			return nil
		}
		return s
	}
	return nil
}

// missingSector names what a percentage applies to, so that its reader knows
// what to import.
func missingSector(subsector string) string {
	switch {
	case subsector == "":
		return "Le secteur auquel s’applique ce pourcentage n’a pas été importé"
	case strings.Contains(subsector, "|"):
		return "Les sous-secteurs «\u00a0" + SubsectorNames(subsector) + "\u00a0» n’ont pas tous été importés"
	}
	return "Le sous-secteur «\u00a0" + SubsectorNames(subsector) + "\u00a0» n’a pas été importé"
}

// fall is 2019 − 2030 for the sector or sub-sectors («a|b») of a percentage.
func (m *Model) fall(epci string, p Percentage) (fall Kg, source string, ok bool) {
	for sub := range strings.SplitSeq(p.Subsector, "|") {
		from, ok1 := m.emissions[emissionKey{epci, p.Sector, sub, 2019}]
		to, ok2 := m.emissions[emissionKey{epci, p.Sector, sub, 2030}]
		if !ok1 || !ok2 {
			return 0, "", false
		}
		fall += from.Kg - to.Kg
		source = from.Source
	}
	return fall, source, true
}

func (m *Model) hasEmissions(epci string) bool {
	for k := range m.emissions {
		if k.epci == epci {
			return true
		}
	}
	return false
}

// addEmissions puts the second method beside the first, for an EPCI of one
// mainland region.
func (m *Model) addEmissions(p *Panorama) {
	if p.Territory.Ref.Scale != territory.EPCI || len(p.Regions) != 1 || !m.hasEmissions(p.Territory.Ref.Code) {
		return
	}
	for i := range p.Lines {
		p.Lines[i].Emissions = m.emissionShare(p.Territory.Ref.Code, p.Regions[0].Code, p.Lines[i].Lever.Code)
	}
	for _, pct := range m.percentages[p.Regions[0].Code] {
		if _, own := m.index[pct.Lever]; own {
			continue
		}
		if lever, err := m.fw.Lever(pct.Lever); err == nil {
			if s := m.emissionShare(p.Territory.Ref.Code, p.Regions[0].Code, pct.Lever); s != nil {
				p.Beside = append(p.Beside, BesideLine{Lever: lever, Share: *s})
			}
		}
	}
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

func sortPublished(vs []PublishedValue) {
	slices.SortFunc(vs, func(a, b PublishedValue) int {
		return cmp.Or(cmp.Compare(b.Edition, a.Edition), cmp.Compare(a.Source, b.Source))
	})
}
