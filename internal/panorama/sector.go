package panorama

import "jalon/internal/territory"

// SectorEmissions is what a sector emitted in 2019 in a set of communes (indexes
// of the tree, ascending), as imported for the EPCI that make it up exactly. It is
// missing, with its reason, as soon as one EPCI has no import or lies partly
// outside: a part of a sum is no sum.
func (m *Model) SectorEmissions(communes []int32, sector string) Amount {
	none := Amount{Reason: "Les émissions de ce secteur n’ont pas été importées pour tout le territoire."}
	if sector == "" || len(communes) == 0 || len(m.emissions) == 0 {
		return none
	}
	inside := map[string]int{}
	for _, i := range communes {
		inside[m.communes[i].EPCI]++
	}
	sum := Kg(0)
	for siren, n := range inside {
		e, ok := m.emissions[emissionKey{siren, sector, "", 2019}]
		all, err := m.tree.CommunesOf(territory.Ref{Scale: territory.EPCI, Code: siren})
		if !ok || err != nil || len(all) != n {
			return none
		}
		sum += e.Kg
	}
	return Amount{Kg: sum, Known: true}
}
