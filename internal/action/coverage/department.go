package coverage

import (
	"context"
	"math/big"

	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/panorama"
	"jalon/internal/territory"
)

// ShareRule is how an action is given to départements, as pages write it.
const ShareRule = "Une action compte dans un département pour la part que ses territoires lui donnent. Une commune est de son département\u00a0; une intercommunalité qui s’étend sur plusieurs " +
	"compte dans chacun au prorata de la population de ses communes. Une action sur toute la région, ou sur plusieurs départements sans que leurs parts soient dites, n’est pas répartie\u00a0: elle est comptée à part, jamais divisée d’office."

// placed is where an action takes place: its territory, and its part in ten-thousandths,
// negative when it is not said.
type placed struct {
	ref   string
	share int64
}

// partOf is the part of an action that is in some communes, between 0 and 1, and false
// when its places do not say it.
func partOf(tree *territory.Tree, places []placed, here func(commune int32) bool) (*big.Rat, bool) {
	sum, whole := new(big.Rat), big.NewRat(1, 1)
	alike := true // every place gives the same part: no share is needed
	var first *big.Rat
	shared := len(places) == 1
	for i, p := range places {
		part, ok := within(tree, p.ref, here)
		if !ok {
			return nil, false
		}
		if i == 0 {
			first = part
		}
		alike = alike && part.Cmp(first) == 0 && (part.Sign() == 0 || part.Cmp(whole) == 0)
		if p.share >= 0 {
			shared = true
			sum.Add(sum, new(big.Rat).Mul(part, big.NewRat(p.share, 10_000)))
		} else {
			sum.Add(sum, part)
		}
	}
	switch {
	case len(places) == 0:
		return nil, false
	case shared:
		return sum, true
	case alike:
		return first, true
	}
	return nil, false
}

// within is the part of a territory that lies in some communes, by population; false for
// one that is not made of communes of départements known here.
func within(tree *territory.Tree, text string, in func(commune int32) bool) (*big.Rat, bool) {
	ref, err := territory.ParseRef(text)
	if err != nil || ref.Scale == territory.Perimeter || ref.Scale == territory.RegionS || ref.Scale == territory.Nation {
		return nil, false
	}
	communes, err := tree.CommunesOf(ref)
	if err != nil {
		return nil, false
	}
	var here, all int64
	every, none := true, true
	for _, i := range communes {
		c := tree.Communes()[i]
		n := max(0, c.Population)
		all += n
		if in(i) {
			here, none = here+n, false
		} else {
			every = false
		}
	}
	switch {
	case every && len(communes) > 0:
		return big.NewRat(1, 1), true
	case none:
		return new(big.Rat), true
	case all == 0:
		return nil, false
	}
	return big.NewRat(here, all), true
}

// of is a part of a mass, to the nearest kg.
func (r Range) of(part *big.Rat) Range {
	scale := func(kg panorama.Kg) panorama.Kg {
		x := new(big.Rat).Mul(part, new(big.Rat).SetInt64(int64(kg)))
		half := big.NewRat(1, 2)
		if x.Sign() < 0 {
			half.Neg(half)
		}
		x.Add(x, half)
		return panorama.Kg(new(big.Int).Quo(x.Num(), x.Denom()).Int64())
	}
	return Range{scale(r.Low), scale(r.Central), scale(r.High)}
}

// spread is one impact with the places of its action.
type spread struct {
	id string
	Group
	places []placed
}

// OfDepartment reads the coverage of a département: four statements, however many
// actions its region has.
func (m *Room) OfDepartment(ctx context.Context, q db.Q, department string) (x Coverage, err error) {
	defer apperr.Wrap(&err, "coverage.OfDepartment(%q)", department)
	model, err := m.Model(ctx)
	if err != nil {
		return x, err
	}
	ref := territory.Ref{Scale: territory.Department, Code: department}
	if same, ok := model.Tree().SameAs(ref); ok {
		return m.OfRegion(ctx, q, same.Code) // overseas, a département is its region
	}
	return m.of(ctx, q, ref, func(model *panorama.Model) ([]Group, error) {
		d, err := model.Tree().Dept(department)
		if err != nil {
			return nil, err
		}
		all, err := spreads(ctx, q, d.Region)
		if err != nil {
			return nil, err
		}
		tree := model.Tree()
		return inOne(tree, all, func(i int32) bool { return tree.Communes()[i].Dept == department }), nil
	})
}

// inOne keeps what is in some communes, and what nobody said of.
func inOne(tree *territory.Tree, all []spread, here func(commune int32) bool) (out []Group) {
	for _, s := range all {
		part, known := partOf(tree, s.places, here)
		switch {
		case !known:
			s.Regional = true
		case part.Sign() == 0:
			continue
		default:
			s.Kg = s.Kg.of(part)
			if s.Gross > 0 {
				s.GrossKg = s.Kg.Central
			}
		}
		out = append(out, s.Group)
	}
	return out
}

// spreads reads the impacts of the retained actions of a region with their places.
func spreads(ctx context.Context, q db.Q, region string) (out []spread, err error) {
	rows, err := q.Query(ctx, `
		SELECT i.action_id, i.lever, i.class, i.first_year, i.status, i.outside, i.gross, i.counted, COALESCE(i.kg_low, i.kg, 0), COALESCE(i.kg, 0), COALESCE(i.kg_high, i.kg, 0), COALESCE(p.territory, ''), COALESCE(p.share, -1)
		  FROM action_impact i JOIN cop c ON c.id = i.cop_id LEFT JOIN action_place p ON p.action_id = i.action_id
		 WHERE i.state = 'retained' AND c.region = $1
		 ORDER BY i.action_id, i.lever, p.territory`, region)
	type row struct {
		spread
		at placed
	}
	all, err := db.Collect(rows, err, func(r *db.Rows) (x row, err error) {
		var standing, status string
		var outside, gross bool
		err = r.Scan(&x.id, &x.Lever, &standing, &x.First, &status, &outside, &gross, &x.Counted, &x.Kg.Low, &x.Kg.Central, &x.Kg.High, &x.at.ref, &x.at.share)
		x.Actions = 1
		switch status {
		case abandoned:
			standing = abandoned
		case "paused":
			x.Paused = 1
		case "blocked":
			x.Blocked = 1
		}
		if outside {
			x.First = Outside
		}
		if gross {
			x.Gross = 1
		}
		if x.Kg.Central < 0 {
			x.Increases = 1
		}
		x.stand(standing)
		return x, err
	})
	for _, x := range all {
		if n := len(out); n == 0 || out[n-1].id != x.id || out[n-1].Lever != x.Lever {
			out = append(out, x.spread)
		}
		if x.at.ref != "" {
			out[len(out)-1].places = append(out[len(out)-1].places, x.at)
		}
	}
	return out, err
}
