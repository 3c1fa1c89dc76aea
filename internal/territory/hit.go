package territory

import "strings"

// hit dresses a target for the screen.
func (t *Tree) hit(x target) Hit {
	var h Hit
	switch x.kind {
	case kindRegion:
		h.Territory, _ = t.Lookup(Ref{RegionS, t.regions[x.at].Code}) // its own rows: found
	case kindDept:
		h.Territory, _ = t.Lookup(Ref{Department, t.depts[x.at].Code})
	case kindGroup:
		h.Territory, _ = t.Lookup(Ref{EPCI, t.groups[x.at].SIREN})
	case kindEPT:
		h.Territory, _ = t.Lookup(Ref{EPT, t.epts[x.at].SIREN})
	case kindCommune:
		h.Territory, _ = t.Lookup(Ref{CommuneS, t.communes[x.at].Code})
	case kindFormer:
		old := t.former[x.at]
		c := t.communes[old.Commune]
		h.Territory, _ = t.Lookup(Ref{CommuneS, c.Code})
		h.Matched, h.Note = old.Name, formerNote(old, c)
	}
	h.Place = t.Place(h.Territory)
	if h.Territory.Ref.Scale == CommuneS && len(h.Territory.Parents) == 0 && h.Note == "" {
		h.Note = "Collectivité d’outre-mer, hors des 18\u00a0régions\u00a0: pas de panorama"
	}
	return h
}

func formerNote(old Former, now Commune) string {
	switch old.Kind {
	case FormerDistrict:
		return "Arrondissement " + of(now.Name)
	case FormerCode:
		return "Ancien code de commune (" + old.Code + "), aujourd’hui " + now.Name
	}
	return "Ancienne commune, aujourd’hui " + now.Name
}

// Place says where a territory is, by the names of what holds it: the
// département and the region of a commune, the départements of an EPCI.
func (t *Tree) Place(x Territory) string {
	var depts, regions []string
	for _, p := range x.Parents {
		name, _ := t.known(p)
		switch p.Scale {
		case Department:
			depts = append(depts, name)
		case RegionS:
			regions = append(regions, name)
		}
	}
	if len(depts) == 1 && len(regions) == 1 && depts[0] == regions[0] {
		regions = nil // overseas, the département is the region
	}
	if x.Ref.Scale == CommuneS && len(x.Parents) == 0 {
		if i, ok := t.CommuneIndex(x.Ref.Code); ok {
			if o, ok := t.overseasAt[t.communes[i].Overseas]; ok {
				return t.overseas[o].Name
			}
		}
	}
	return strings.Join(append(depts, regions...), ", ")
}
