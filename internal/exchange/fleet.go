package exchange

import (
	"iter"
	"regexp"
	"strconv"
	"strings"

	"jalon/internal/apperr"
	"jalon/internal/french"
)

var (
	fleetOld = regexp.MustCompile(`(?i)^parc au 01/01/(\d{4})$`)
	fleetNew = regexp.MustCompile(`^(20\d\d)$`)
)

// ReadFleet reads the SDES's cars by commune, in the two forms published:
// «Parc_VP_Communes_2021» («Code commune», «Energie», «Parc au 01/01/2021») and
// «parc_vp_commune_2022», whose title takes three rows («Code commune de
// résidence», «Carburant», one column a year: the last one is read). A commune
// has one row for each energy and Crit'Air class; the cars that burn something
// are added up, whatever their age, which the file does not give.
// Columns as read in the SDES's «Données sur le parc automobile français»
// (statistiques.developpement-durable.gouv.fr), editions 2021 and 2022, and in
// public code that uses them.
func ReadFleet(t *Table, m Mapping) (Format, error) {
	column, year := "", 0
	for _, h := range t.Header {
		found := fleetOld.FindStringSubmatch(strings.TrimSpace(h))
		if found == nil {
			found = fleetNew.FindStringSubmatch(strings.TrimSpace(h))
		}
		if found == nil {
			continue
		}
		if y, err := strconv.Atoi(found[1]); err == nil && y > year {
			column, year = h, y
		}
	}
	names := Synonyms{
		"code":   {"Code commune de résidence", "Code commune"},
		"energy": {"Carburant", "Energie", "Énergie"},
		"fleet":  {"Parc au 01/01/AAAA"},
	}
	if column != "" {
		names["fleet"] = []string{column}
	}
	c, err := t.Columns(names, m)
	if err != nil {
		return Format{}, err
	}
	if err := c.RequireOnly("code", "energy", "fleet"); err != nil {
		return Format{}, err
	}
	if year == 0 {
		return Format{}, apperr.Invalidf("%s, ligne\u00a0%d\u00a0: l’année du parc n’est pas dans l’en-tête («\u00a0Parc au 01/01/2021\u00a0» ou «\u00a02022\u00a0»).", t.Name, t.Line)
	}
	return Format{
		Name: "sdes-parc", Label: "SDES, parc de voitures par commune",
		Document: "SDES, «\u00a0Données sur le parc automobile français\u00a0», fichiers par commune de 2021 et 2022",
		Keys:     []string{"parc-thermique"}, Unit: []string{"véhicules"}, Year: year,
		Counts: []string{"Voitures particulières thermiques de tous âges"},
		Source: "SDES, parc de voitures particulières au 1er janvier " + strconv.Itoa(year),
		Notes:  []string{"Voitures thermiques de tous âges\u00a0: le fichier par commune ne donne pas l’âge, la clé de l’État ne compte que celles de plus de 5 ans."},
		Rows:   fleetRows(t, c),
	}, nil
}

func fleetRows(t *Table, c *Columns) iter.Seq2[CommuneRow, error] {
	return each(t, func(row Row) CommuneRow {
		r := CommuneRow{Line: row.Line, Code: c.Cell(row, "code"), Values: make([]*float64, 1)}
		if r.Err = filled(r.Code); r.Err != nil {
			return r
		}
		thermal, err := burns(c.Cell(row, "energy"))
		if err != nil {
			r.Err = err
			return r
		}
		v := 0.0
		if cell := c.Cell(row, "fleet"); !cell.Empty() {
			if v, r.Err = cell.NonNegative(); r.Err != nil {
				return r
			}
		}
		if !thermal {
			v = 0 // the commune is known all the same
		}
		r.Values[0] = &v
		return r
	})
}

// burns says whether a car of this energy burns a fuel. A word that is not
// known is refused: counted either way it would be a guess.
func burns(cell Cell) (bool, error) {
	text, err := cell.Required()
	if err != nil {
		return false, err
	}
	word := french.Fold(text)
	for _, known := range []struct {
		start string
		burns bool
	}{
		{"electrique et hydrogene", false}, {"electrique", false}, {"hydrogene", false},
		{"diesel", true}, {"gazole", true}, {"essence", true}, {"gaz", true}, {"gpl", true}, {"hybride", true},
		{"bicarburation", true}, {"superethanol", true},
		{"inconnu", false}, {"autre", false}, {"non determine", false},
	} {
		if strings.HasPrefix(word, known.start) {
			return known.burns, nil
		}
	}
	return false, cell.Fault("énergie inconnue\u00a0: diesel, essence, gaz, hybride, électrique ou inconnu sont attendus")
}
