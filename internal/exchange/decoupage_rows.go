package exchange

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

func (d *Decoupage) addRegion(file string, line int, v decoupageJSON) error {
	if err := checkDecoupage(file, line, v, regionCode); err != nil {
		return err
	}
	d.Regions = append(d.Regions, DecoupageArea{Line: line, Code: v.Code, Name: typeset(v.Nom), Zone: v.Zone})
	return nil
}

func (d *Decoupage) addDepartment(file string, line int, v decoupageJSON) error {
	if err := checkDecoupage(file, line, v, departmentCode); err != nil {
		return err
	}
	d.Departments = append(d.Departments, DecoupageArea{Line: line, Code: v.Code, Name: typeset(v.Nom), Region: v.Region, Zone: v.Zone})
	return nil
}

var groupKinds = []string{"CC", "CA", "CU", "METRO", "MET69", "EPT"}

func addGroup(to *[]DecoupageGroup, file string, line int, v decoupageJSON) error {
	if err := checkDecoupage(file, line, v, sirenCode); err != nil {
		return err
	}
	if !slices.Contains(groupKinds, v.Type) {
		return decoupageFault(file, line, v.Type, "nature de groupement inconnue (attendu\u00a0: %s)", strings.Join(groupKinds, ", "))
	}
	g := DecoupageGroup{Line: line, SIREN: v.Code, Kind: v.Type, Name: typeset(v.Nom)}
	for _, m := range v.Membres {
		if !communeCode.MatchString(m.Code) {
			return decoupageFault(file, line, m.Code, "code de commune membre invalide")
		}
		g.Members = append(g.Members, m.Code)
	}
	if len(g.Members) == 0 {
		return decoupageFault(file, line, v.Code, "groupement sans membre")
	}
	*to = append(*to, g)
	return nil
}

func (d *Decoupage) addCommune(file string, line int, v decoupageJSON) error {
	if err := checkDecoupage(file, line, v, communeCode); err != nil {
		return err
	}
	switch v.Type {
	case "commune-actuelle":
		return d.addCurrent(file, line, v)
	case "commune-deleguee":
		return d.addFormer(file, line, v, "D", v.ChefLieu)
	case "commune-associee":
		return d.addFormer(file, line, v, "A", v.ChefLieu)
	case "arrondissement-municipal":
		return d.addFormer(file, line, v, "M", v.Commune)
	}
	return decoupageFault(file, line, v.Type, "type de commune inconnu")
}

func (d *Decoupage) addCurrent(file string, line int, v decoupageJSON) error {
	c := DecoupageCommune{
		Line: line, Code: v.Code, Name: typeset(v.Nom), Department: v.Departement, Region: v.Region,
		Zone: v.Zone, SIREN: v.SIREN, Postcodes: slices.Compact(slices.Sorted(slices.Values(v.CodesPostaux))), Population: -1,
	}
	if v.Population != nil {
		if c.Population = *v.Population; c.Population < 0 || c.Population > 100_000_000 {
			return decoupageFault(file, line, v.Code, "population impossible\u00a0: %d", c.Population)
		}
	}
	if c.SIREN != "" && !sirenCode.MatchString(c.SIREN) {
		return decoupageFault(file, line, c.SIREN, "SIREN invalide\u00a0: neuf chiffres attendus")
	}
	for _, p := range c.Postcodes {
		if !postcodeCode.MatchString(p) {
			return decoupageFault(file, line, p, "code postal invalide\u00a0: cinq chiffres attendus")
		}
	}
	d.Communes = append(d.Communes, c)
	for _, old := range v.AnciensCodes {
		if !communeCode.MatchString(old) {
			return decoupageFault(file, line, old, "ancien code de commune invalide")
		}
		d.Former = append(d.Former, DecoupageFormer{Line: line, Code: old, Kind: "O", Commune: v.Code})
	}
	return nil
}

func (d *Decoupage) addFormer(file string, line int, v decoupageJSON, kind, commune string) error {
	if !communeCode.MatchString(commune) {
		return decoupageFault(file, line, commune, "l’ancienne commune %s ne dit pas à quelle commune elle appartient", v.Code)
	}
	d.Former = append(d.Former, DecoupageFormer{Line: line, Code: v.Code, Name: typeset(v.Nom), Kind: kind, Commune: commune})
	return nil
}

// dropKnown leaves out an old code that a named former commune already tells,
// or that is in force.
func (d *Decoupage) dropKnown() {
	known := make(map[string]bool, len(d.Communes)+len(d.Former))
	for _, c := range d.Communes {
		known[c.Code] = true
	}
	for _, f := range d.Former {
		if f.Kind != "O" {
			known[f.Code] = true
		}
	}
	d.Former = slices.DeleteFunc(d.Former, func(f DecoupageFormer) bool {
		if f.Kind != "O" {
			return false
		}
		drop := known[f.Code]
		known[f.Code] = true
		return drop
	})
}

// checkDecoupage refuses a row whose code or name could not be shown or stored.
func checkDecoupage(file string, line int, v decoupageJSON, code *regexp.Regexp) error {
	if !code.MatchString(v.Code) {
		return decoupageFault(file, line, v.Code, "code invalide")
	}
	if !utf8.ValidString(v.Nom) || len(v.Nom) > 200 || strings.TrimSpace(v.Nom) == "" ||
		strings.ContainsFunc(v.Nom, func(r rune) bool { return unicode.IsControl(r) || r == utf8.RuneError }) {
		return decoupageFault(file, line, v.Nom, "nom vide, trop long ou illisible")
	}
	switch v.Zone {
	case "", "metro", "drom", "com":
		return nil
	}
	return decoupageFault(file, line, v.Zone, "zone inconnue")
}
