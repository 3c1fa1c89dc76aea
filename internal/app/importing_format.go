package app

import (
	"fmt"
	"iter"
	"maps"
	"slices"

	"jalon/internal/apperr"
	"jalon/internal/exchange"
	"jalon/internal/figure"
	"jalon/internal/intake"
	"jalon/internal/panorama"
	"jalon/internal/series"
	"jalon/internal/territory"
)

// placeFinder is what reading a file of another geography needs of the tree.
type placeFinder interface {
	CommuneIndex(code string) (int32, bool)
	Successor(code string) (territory.Commune, bool)
	Formers() []territory.Former
}

// communeSum is what a public file says of one commune in force.
type communeSum struct {
	line   int
	values []*float64
	own    bool // a row bears its own code
	merged int  // rows of former communes added to it
}

// mostUnknown is the share of codes that may be unknown before a file is taken
// for one of another kind or another country.
const mostUnknown = 0.02

// formatRows sums a public file by commune in force, then gives one row for each.
// A former commune is added to the one it belongs to today; an arrondissement is
// added to its city unless the city has its own row. A code that nobody knows is
// left out with a warning.
func formatRows(f exchange.Format, judge *panorama.Incoming, tree placeFinder, kept *[]series.Observation) iter.Seq2[intake.Row, error] {
	return func(yield func(intake.Row, error) bool) {
		g := gathering{tree: tree, sums: map[string]*communeSum{}, districts: map[string]*communeSum{}, district: districts(tree)}
		for r, err := range f.Rows {
			if err != nil {
				yield(intake.Row{}, err)
				return
			}
			row, aside := g.add(r)
			if aside && !yield(row, nil) {
				return
			}
		}
		if n := g.unknown; n > 10 && float64(n) > mostUnknown*float64(n+len(g.sums)) {
			yield(intake.Row{}, apperr.Invalidf("%d codes de commune sont inconnus sur %d\u00a0: ce fichier n’est pas par commune, ou d’une tout autre année.", n, n+len(g.sums)))
			return
		}
		g.cities()
		for _, code := range slices.Sorted(maps.Keys(g.sums)) {
			sum := g.sums[code]
			obs, err := sum.observations(f, judge, code)
			row := intake.Accept(sum.line, obs)
			switch {
			case err != nil:
				row = intake.Refuse(sum.line, err)
			case sum.merged > 0:
				row = intake.Warn(sum.line, obs, fmt.Sprintf("%s\u00a0: %d ligne(s) d’anciennes communes ou d’arrondissements y sont ajoutées", code, sum.merged))
			}
			if err == nil {
				*kept = append(*kept, obs...)
			}
			if !yield(row, nil) {
				return
			}
		}
	}
}

type gathering struct {
	tree      placeFinder
	sums      map[string]*communeSum
	districts map[string]*communeSum // by city
	district  map[string]bool        // codes of arrondissements
	unknown   int
}

func districts(tree placeFinder) map[string]bool {
	out := map[string]bool{}
	for _, f := range tree.Formers() {
		if f.Kind == territory.FormerDistrict {
			out[f.Code] = true
		}
	}
	return out
}

// add takes a row in; it returns a verdict at once for a row that is set aside.
func (g *gathering) add(r exchange.CommuneRow) (intake.Row, bool) {
	if r.Err != nil {
		return intake.Refuse(r.Line, r.Err), true
	}
	code, into := r.Code.Value, g.sums
	_, own := g.tree.CommuneIndex(code)
	if !own {
		now, ok := g.tree.Successor(code)
		if !ok {
			g.unknown++
			return intake.Warn(r.Line, nil, fmt.Sprintf("code de commune inconnu, ligne ignorée\u00a0: «\u00a0%s\u00a0»", code)), true
		}
		if g.district[code] {
			into = g.districts
		}
		code = now.Code
	}
	sum := into[code]
	if sum == nil {
		sum = &communeSum{line: r.Line, values: make([]*float64, len(r.Values))}
		into[code] = sum
	}
	sum.own = sum.own || own
	if !own {
		sum.merged++
	}
	sum.add(r.Values)
	return intake.Row{}, false
}

// cities gives Paris, Lyon and Marseille the sum of their arrondissements when
// the file has no row for the city itself.
func (g *gathering) cities() {
	for code, d := range g.districts {
		if _, ok := g.sums[code]; !ok {
			g.sums[code] = d
		}
	}
}

func (s *communeSum) add(values []*float64) {
	for i, v := range values {
		switch {
		case v == nil:
		case s.values[i] == nil:
			s.values[i] = v
		default:
			sum := *s.values[i] + *v
			s.values[i] = &sum
		}
	}
}

func (s *communeSum) observations(f exchange.Format, judge *panorama.Incoming, code string) ([]series.Observation, error) {
	var out []series.Observation
	for i, key := range f.Keys {
		r := panorama.Received{Line: s.line, Territory: string(territory.CommuneS) + ":" + code, Name: key, Year: f.Year, Value: s.values[i],
			Unit: f.Unit[i], Source: f.Source, Label: f.Counts[i], Class: figure.Provider}
		if r.Value == nil {
			r.Reason = "Le producteur ne publie pas de valeur pour cette commune."
		} else {
			r.Written = exchange.Plain(*r.Value)
		}
		o, err := judge.Key(r)
		if err != nil {
			return nil, err
		}
		out = append(out, o)
	}
	return out, nil
}
