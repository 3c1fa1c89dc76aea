package panorama

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"jalon/internal/territory"
)

// publishedRounding is what the rounding of published values may lose in a sum
// of regions: under half of the tenth of a kt in which residuals are known, it
// is rounding and not a difference. The largest met is 0.035 kt.
const publishedRounding Kg = KgPerKt / 20

// KeyTolerance is the largest gap, in points of share, between a key recomputed
// from public figures and the share that the State published.
const KeyTolerance = 0.05

// VerifyLine closes one lever of the 30 at every scale.
type VerifyLine struct {
	Lever         string
	Name          string
	National      Kg
	December      Kg // Σ of the 18 regions, December 2023
	Residual      Kg // December − National
	Named         string
	July          Kg // Σ of the 13 mainland regions, July 2024
	Divided       bool
	DividedTotal  Kg // Σ of the regions that are divided
	Departments   Kg
	Groups        Kg // Σ EPCI parts
	OutsideGroups Kg // Σ communes outside any EPCI
	Communes      Kg
	Key           string
	KeyGap        Value // points, for the 14 keys that can be recomputed
}

// Report is what «jalon verify» prints. Problems is empty when all closes.
type Report struct {
	Version    string
	Lines      []VerifyLine
	Adjusted   int // mainland cells that differ between editions, all named
	Overseas   [2]int
	Recomputed int
	Scopes     Scopes
	Coverages  []Coverage
	Problems   []string
}

func (r *Report) problem(format string, args ...any) {
	r.Problems = append(r.Problems, fmt.Sprintf(format, args...))
}

// Verify recomputes everything and names every residual; any that is not known
// by name is a problem.
func (m *Model) Verify() Report {
	r := Report{Version: m.version, Scopes: m.Scopes(), Coverages: m.Coverages()}
	for l := range m.levers[:m.national] {
		r.Lines = append(r.Lines, m.verifyLever(l, &r))
	}
	slices.SortFunc(r.Lines, func(a, b VerifyLine) int {
		return cmp.Or(cmp.Compare(b.National, a.National), cmp.Compare(a.Lever, b.Lever))
	})
	m.verifyEditions(&r)
	m.verifyPercentages(&r)
	if r.Recomputed != 14 {
		r.problem("%d clés recalculées au lieu de 14", r.Recomputed)
	}
	return r
}

func (m *Model) verifyLever(l int, r *Report) VerifyLine {
	lever := m.levers[l]
	v := VerifyLine{Lever: lever.Code, Name: lever.Name, National: m.ref.National[lever.Code]}
	for _, reg := range m.tree.Regions() {
		if c, ok := m.ref.Cell(December, reg.Code, lever.Code); ok && c.Objective.Known {
			v.December += c.Objective.Kg
		}
		if c, ok := m.ref.Cell(July, reg.Code, lever.Code); ok && c.Objective.Known && !reg.Overseas {
			v.July += c.Objective.Kg
		}
	}
	m.nameResidual(&v, r)
	m.closeDivision(l, &v, r)
	m.checkKey(lever.Code, &v, r)
	return v
}

func (m *Model) nameResidual(v *VerifyLine, r *Report) {
	v.Residual = v.December - v.National
	var known Kg
	for _, k := range m.ref.Residuals {
		if k.Edition == December && k.Lever == v.Lever {
			known, v.Named = k.Kg, k.Reason
		}
	}
	if d := v.Residual - known; d > publishedRounding || d < -publishedRounding {
		r.problem("%s : la somme des régions de décembre 2023 s’écarte de %.4f kt de l’objectif national, au lieu de %.4f kt connus", v.Name, v.Residual.Kt(), known.Kt())
	}
}

func (m *Model) closeDivision(l int, v *VerifyLine, r *Report) {
	groups := map[territory.Ref]Kg{}
	departments := map[string]Kg{}
	for _, reg := range m.tree.Regions() {
		d := m.divisions[l][reg.Code]
		if !d.communes {
			continue
		}
		v.Divided = true
		c, _ := m.ref.Cell(July, reg.Code, v.Lever)
		v.DividedTotal += c.Objective.Kg
		var inRegion Kg
		for _, i := range m.regionCommunes[reg.Code] {
			kg := m.parts[l][i]
			inRegion += kg
			departments[m.communes[i].Dept] += kg
			if u := m.unitOf(i, territory.EPCI); u.Scale == territory.EPCI {
				groups[u] += kg
			} else {
				v.OutsideGroups += kg
			}
		}
		v.Communes += inRegion
		if inRegion != c.Objective.Kg {
			r.problem("%s, %s : les communes font %d kg au lieu de %d", v.Name, reg.Name, inRegion, c.Objective.Kg)
		}
	}
	for _, kg := range departments {
		v.Departments += kg
	}
	for _, kg := range groups {
		v.Groups += kg
	}
	if v.Departments != v.DividedTotal || v.Groups+v.OutsideGroups != v.DividedTotal {
		r.problem("%s : la répartition ne se referme pas (départements %d, EPCI et communes hors EPCI %d, régions %d)", v.Name, v.Departments, v.Groups+v.OutsideGroups, v.DividedTotal)
	}
}

// checkKey recomputes the regional shares of December from the public key.
func (m *Model) checkKey(lever string, v *VerifyLine, r *Report) {
	k := m.ref.Official[lever]
	v.Key = k.Label
	inputs := m.ref.keyInputs[k.Key]
	if len(inputs) == 0 {
		v.KeyGap = blank("Seule la part publiée est connue.")
		return
	}
	r.Recomputed++
	var keySum float64
	var cellSum Kg
	for region, value := range inputs {
		if c, ok := m.ref.Cell(December, region, lever); ok && c.Objective.Known {
			keySum += value
			cellSum += c.Objective.Kg
		}
	}
	v.KeyGap.Known = true
	for region, value := range inputs {
		if c, ok := m.ref.Cell(December, region, lever); ok && c.Objective.Known {
			gap := 100 * math.Abs(value/keySum-float64(c.Objective.Kg)/float64(cellSum))
			v.KeyGap.V = max(v.KeyGap.V, gap)
		}
	}
	if v.KeyGap.V > KeyTolerance {
		r.problem("%s : la clé recalculée s’écarte de %.3f point des parts publiées", v.Name, v.KeyGap.V)
	}
}

// verifyEditions holds that July differs from December only where it is said.
func (m *Model) verifyEditions(r *Report) {
	named := map[[2]string]Adjusted{}
	for _, a := range m.ref.Adjusted {
		named[[2]string{a.Region, a.Lever}] = a
	}
	for _, reg := range m.tree.Regions() {
		for l, lever := range m.levers {
			from, inDec := m.ref.Cell(December, reg.Code, lever.Code)
			to, inJul := m.ref.Cell(July, reg.Code, lever.Code)
			if reg.Overseas {
				if inDec {
					r.Overseas[0]++
				}
				if inJul && to.Objective.Known {
					r.Overseas[1]++
				}
				continue
			}
			if l >= m.national {
				continue // Corse's mix stands for the adjusted cell of electricity
			}
			same := from.Objective.Known == to.Objective.Known && from.Objective.Kg == to.Objective.Kg
			a, isNamed := named[[2]string{reg.Code, lever.Code}]
			switch {
			case !same && !isNamed:
				r.problem("%s, %s : la valeur de juillet 2024 diffère de décembre 2023 sans que la raison soit tenue", lever.Name, reg.Name)
			case same && isNamed:
				r.problem("%s, %s : donnée comme ajustée, mais les deux éditions sont égales", lever.Name, reg.Name)
			case isNamed:
				r.Adjusted++
				if a.From.Kg != from.Objective.Kg || a.Reason == "" {
					r.problem("%s, %s : la table des ajustements ne correspond pas à l’édition de décembre", lever.Name, reg.Name)
				}
			}
		}
	}
	if r.Adjusted != len(m.ref.Adjusted) {
		r.problem("%d cellules ajustées retrouvées sur %d", r.Adjusted, len(m.ref.Adjusted))
	}
}

// verifyPercentages holds that the second method shares out whole sectors.
func (m *Model) verifyPercentages(r *Report) {
	for _, region := range sortedKeys(m.percentages) {
		sums := map[string]float64{}
		for _, p := range m.percentages[region] {
			if p.InTotal && p.Subsector == "" {
				sums[p.Sector] += p.Percent
			}
		}
		for _, sector := range sortedKeys(sums) {
			if math.Abs(sums[sector]-100) > 1 {
				r.problem("région %s, secteur %s : les pourcentages de la seconde méthode font %.0f", region, sector, sums[sector])
			}
		}
	}
}
