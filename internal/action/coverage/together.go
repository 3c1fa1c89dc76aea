package coverage

import (
	"encoding/csv"
	"io/fs"
	"math"
	"slices"
	"strings"

	"jalon/internal/apperr"
	"jalon/internal/panorama"
	"jalon/internal/territory"
)

// Together is a group of levers that act on the same emissions.
type Together struct {
	Code, Name string
	Base       string // sector of emissions that holds what they act on
	Levers     []string
	Reason     string
}

// TogetherRule is what coverage does of them, as pages write it.
const TogetherRule = "Des leviers qui agissent sur les mêmes émissions se recouvrent\u00a0: leurs effets, pris ensemble, font moins que leur somme. Le chiffre d’un levier n’est jamais corrigé pour cela. " +
	"Au total du groupe, l’effet combiné de leviers qui évitent x₁, x₂… d’émissions E est E × (1 − (1 − x₁ ⁄ E) × (1 − x₂ ⁄ E) × …)\u00a0: il se lit à côté de la somme dès que les émissions de 2019 sont connues. " +
	"Là où E est plus large que ce que ces leviers touchent (tous les transports, toute l’énergie), le recouvrement réel est plus fort encore."

// LoadTogether reads the groups from the tables of data/.
func LoadTogether(fsys fs.FS) (out []Together, err error) {
	defer apperr.Wrap(&err, "coverage.LoadTogether")
	f, err := fsys.Open("lever-overlaps.csv")
	if err != nil {
		return nil, err
	}
	rows, err := csv.NewReader(f).ReadAll()
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return nil, err
	}
	for _, r := range rows[1:] {
		if len(r) != 6 {
			return nil, apperr.Invalidf("lever-overlaps.csv\u00a0: %d cellules", len(r))
		}
		out = append(out, Together{Code: r[0], Name: r[1], Base: r[2], Levers: strings.Split(r[3], "|"), Reason: r[4]})
	}
	return out, nil
}

// Combined is what several cuts in the same emissions make together, each acting on what
// the others leave: never more than their sum. A cut that lets emissions rise is added as
// it is. It is not known when one cut is more than all the emissions.
func Combined(base panorama.Kg, cuts []panorama.Kg) (panorama.Kg, bool) {
	if base <= 0 {
		return 0, false
	}
	left, up := 1.0, panorama.Kg(0)
	for _, x := range cuts {
		switch {
		case x > base:
			return 0, false
		case x < 0:
			up += x
		default:
			left *= 1 - float64(x)/float64(base)
		}
	}
	return panorama.Kg(math.Round(float64(base)*(1-left))) + up, true
}

// Joint is a group in a territory: what its levers cover added up, and together.
type Joint struct {
	Together
	Cells    []Cell
	Sum      panorama.Kg // done and expected of its levers
	Combined panorama.Amount
	Base     panorama.Amount
}

// Joints sets the groups of levers of a territory side by side with their sums: those of
// which two levers at least are covered in part.
func Joints(m *panorama.Model, x Coverage, groups []Together) (out []Joint, err error) {
	communes, err := m.Tree().CommunesOf(territory.Ref{Scale: x.Panorama.Territory.Ref.Scale, Code: x.Panorama.Territory.Ref.Code})
	if err != nil {
		return nil, err
	}
	for _, g := range groups {
		j := Joint{Together: g}
		var cuts []panorama.Kg
		for _, c := range x.Cells {
			if !slices.Contains(g.Levers, c.Line.Lever.Code) {
				continue
			}
			cut := c.Planned.Kg.Central
			if c.Done.Kg.Known {
				cut += c.Done.Kg.Kg
			}
			if cut == 0 {
				continue
			}
			j.Cells, cuts, j.Sum = append(j.Cells, c), append(cuts, cut), j.Sum+cut
		}
		if len(cuts) < 2 {
			continue
		}
		j.Base = m.SectorEmissions(communes, g.Base)
		j.Combined = panorama.Amount{Reason: "Les émissions de 2019 du secteur n’ont pas été importées pour tout le territoire\u00a0: l’effet combiné ne se calcule pas."}
		if j.Base.Known {
			if kg, ok := Combined(j.Base.Kg, cuts); ok {
				j.Combined = panorama.Amount{Kg: kg, Known: true}
			} else {
				j.Combined.Reason = "Un de ces leviers évite plus que toutes les émissions de 2019 du secteur\u00a0: vérifiez ses chiffres."
			}
		}
		out = append(out, j)
	}
	return out, nil
}
