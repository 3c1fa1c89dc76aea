package exchange

import (
	"iter"
	"regexp"
	"slices"

	"jalon/internal/apperr"
)

// CommuneRow is what a public file by commune gives for one commune: one value
// for each series of the format, nil when the file gives none.
type CommuneRow struct {
	Line   int
	Code   Cell
	Values []*float64
	Err    error
}

// Format is a public file by commune that is read as its producer publishes it.
type Format struct {
	Name     string   // as it is given to a command
	Label    string   // French
	Document string   // where its columns are described
	Keys     []string // codes of data/keys.csv, in the order of CommuneRow.Values
	Unit     []string
	Counts   []string // what each key counts here, in French, when it is not what the State's key counts
	Year     int
	Source   string
	Notes    []string // what whoever reads the result must know
	Rows     iter.Seq2[CommuneRow, error]
}

var censusColumn = regexp.MustCompile(`^P(\d\d)_RP_CFIOUL$`)

// ReadHousing reads INSEE's «base-cc-logement», dwellings by commune: main
// residences heated with oil (P22_RP_CFIOUL) and with piped gas
// (P22_RP_CGAZV), the year of the census being in the name of the columns.
// Columns as described in INSEE's dictionary of the base («Logement en 2022»,
// insee.fr/fr/statistiques/8581474), and read in public code that uses it.
func ReadHousing(t *Table, m Mapping) (Format, error) {
	prefix, year := "", 0
	for _, h := range t.Header {
		found := censusColumn.FindStringSubmatch(h)
		if found == nil {
			continue
		}
		if prefix != "" {
			return Format{}, apperr.Invalidf("%s, ligne\u00a0%d\u00a0: plusieurs millésimes de RP_CFIOUL\u00a0; gardez-en un.", t.Name, t.Line)
		}
		prefix, year = "P"+found[1]+"_", 2000+twoDigits(found[1])
	}
	names := Synonyms{"code": {"CODGEO"}, "oil": {prefix + "RP_CFIOUL"}, "gas": {prefix + "RP_CGAZV"}}
	if prefix == "" {
		names["oil"], names["gas"] = []string{"P22_RP_CFIOUL"}, []string{"P22_RP_CGAZV"}
	}
	c, err := t.Columns(names, m)
	if err != nil {
		return Format{}, err
	}
	if err := c.RequireOnly("code", "oil", "gas"); err != nil {
		return Format{}, err
	}
	f := Format{
		Name: "insee-logement", Label: "INSEE, base des principaux indicateurs du logement par commune",
		Document: "INSEE, «\u00a0Logement en 2022\u00a0», dictionnaire des variables de base-cc-logement",
		Keys:     []string{"logements-fioul-2019", "logements-gaz-2019"}, Unit: []string{"logements", "logements"},
		Counts: []string{"", "Résidences principales chauffées au gaz de réseau"},
		Year:   year, Source: "INSEE, recensement de la population, base-cc-logement",
		Notes: []string{"Gaz\u00a0: logements raccordés au gaz de ville ou de réseau (CGAZV), sans les bouteilles et citernes."},
	}
	f.Rows = communes(t, c, "oil", "gas")
	return f, nil
}

var flowColumn = regexp.MustCompile(`^(?i:naf)(\d\d)(?i:art)(\d\d)$`)

// The ten years whose consumption the «Climat et résilience» law takes as its
// reference: from 1 January 2011 to 1 January 2021.
const (
	landFrom = 2011
	landTo   = 2021
)

// ReadLand reads Cerema's «conso_com», land taken by commune: idcom, and one
// flow a year in m² (naf11art12 is the year 2011). The window of published
// years moves from one edition to the next, so the ten flows of the law's
// reference decade are looked for by name and added up; when the file also
// gives their total (naf11art21), both must agree.
// Columns as read in the data set «Consommation d'espaces naturels, agricoles et
// forestiers du 1er janvier 2011 au 1er janvier 2025» (data.gouv.fr), described
// by public code that reads it. It lacks Mayotte and two islands of Finistère
// (Île-de-Sein and Île-Molène), which have no land registry.
func ReadLand(t *Table, m Mapping) (Format, error) {
	names := Synonyms{"code": {"idcom"}, "decade": {"naf11art21"}}
	var years []string
	for _, h := range t.Header {
		found := flowColumn.FindStringSubmatch(h)
		if found == nil || twoDigits(found[2]) != twoDigits(found[1])+1 {
			continue
		}
		if y := 2000 + twoDigits(found[1]); y >= landFrom && y < landTo {
			names[h] = []string{h}
			years = append(years, h)
		}
	}
	c, err := t.Columns(names, m)
	if err != nil {
		return Format{}, err
	}
	if !c.Has("decade") && len(years) != landTo-landFrom {
		return Format{}, apperr.Invalidf("%s, ligne\u00a0%d\u00a0: les dix flux annuels de naf11art12 à naf20art21, ou leur total naf11art21, sont attendus\u00a0; %d trouvés.", t.Name, t.Line, len(years))
	}
	if err := c.RequireOnly("code"); err != nil {
		return Format{}, err
	}
	return Format{
		Name: "cerema-artif", Label: "Cerema, consommation d’espaces naturels, agricoles et forestiers par commune",
		Document: "Cerema, jeu «\u00a0Consommation d’espaces naturels, agricoles et forestiers\u00a0» (data.gouv.fr), fichier conso_com.csv",
		Keys:     []string{"artificialisation"}, Unit: []string{"m²"}, Year: landTo - 1,
		Counts: []string{"Consommation d’espaces naturels, agricoles et forestiers de 2011 à 2020"},
		Source: "Cerema, fichiers fonciers, consommation d’espaces du 1er janvier 2011 au 1er janvier 2021",
		Notes:  []string{"La consommation d’espaces n’est pas l’artificialisation au sens strict\u00a0; elle est brute, sans déduire la renaturation."},
		Rows:   landRows(t, c, years),
	}, nil
}

func landRows(t *Table, c *Columns, years []string) iter.Seq2[CommuneRow, error] {
	whole := len(years) == landTo-landFrom
	return each(t, func(row Row) CommuneRow {
		r := CommuneRow{Line: row.Line, Code: c.Cell(row, "code")}
		if r.Err = filled(r.Code); r.Err != nil {
			return r
		}
		sum := 0.0
		if whole {
			for _, y := range years {
				v, err := c.Cell(row, y).NonNegative()
				if err != nil {
					r.Err = err
					return r
				}
				sum += v
			}
		}
		if cell := c.Cell(row, "decade"); c.Has("decade") && !cell.Empty() {
			v, err := cell.NonNegative()
			if err != nil {
				r.Err = err
				return r
			}
			const rounding = 10 // one m² a flow
			if whole && (v-sum > rounding || sum-v > rounding) {
				r.Err = cell.Fault("le total ne correspond pas à la somme des dix flux annuels (%.0f m²)", sum)
				return r
			}
			sum = v
		}
		r.Values = []*float64{&sum}
		return r
	})
}

// communes reads a code and some non-negative numbers, empty ones being absent.
func communes(t *Table, c *Columns, keys ...string) iter.Seq2[CommuneRow, error] {
	return each(t, func(row Row) CommuneRow {
		r := CommuneRow{Line: row.Line, Code: c.Cell(row, "code"), Values: make([]*float64, len(keys))}
		if r.Err = filled(r.Code); r.Err != nil {
			return r
		}
		for i, key := range keys {
			cell := c.Cell(row, key)
			if cell.Empty() || slices.Contains(secret, cell.Value) {
				continue
			}
			v, err := cell.NonNegative()
			if err != nil {
				r.Err = err
				return r
			}
			r.Values[i] = &v
		}
		return r
	})
}

// secret is how producers write a value that they do not publish.
var secret = []string{"s", "S", "nd", "ND", "N.D.", "nc", "NC", "-"}

func twoDigits(s string) int { return int(s[0]-'0')*10 + int(s[1]-'0') }
