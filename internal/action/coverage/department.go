package coverage

import (
	"context"
	"maps"
	"math/big"
	"slices"
	"strconv"
	"strings"

	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/panorama"
	"jalon/internal/territory"
)

// ShareRule is how an action is given to what is under a region, as pages write it.
const ShareRule = "Une action compte dans un territoire pour la part que ses lieux lui donnent. Une commune est de son département\u00a0; une intercommunalité ou un périmètre libre (CRTE, PETR, parc, SCoT) qui déborde compte au prorata de la population de ses communes. " +
	"De même, dans une intercommunalité ou un périmètre, une action posée sur tout un département compte au prorata de la population\u00a0: c’est une estimation, dite à côté du chiffre. " +
	"Une action sur toute la région, ou sur plusieurs lieux sans que leurs parts soient dites, n’est pas répartie\u00a0: elle est comptée à part, jamais divisée d’office."

// placed is where an action takes place: its territory, and its part in ten-thousandths,
// negative when it is not said.
type placed struct {
	ref   string
	share int64
}

// land is what places are read by: the tree, and the communes of the perimeters that
// actions name.
type land struct {
	tree       *territory.Tree
	perimeters map[string][]int32
}

// landOf reads the perimeters that actions name: a statement when there are some.
func landOf(ctx context.Context, q db.Q, tree *territory.Tree, all []spread) (land, error) {
	ids := map[string]bool{}
	for _, s := range all {
		for _, p := range s.places {
			if id, ok := strings.CutPrefix(p.ref, string(territory.Perimeter)+":"); ok {
				ids[id] = true
			}
		}
	}
	members, err := territory.MembersOfAll(ctx, q, tree, slices.Sorted(maps.Keys(ids)))
	return land{tree, members}, err
}

// portion is how much of an action is somewhere, between 0 and 1. Estimated tells that
// the population said so.
type portion struct {
	*big.Rat
	estimated bool
}

// partOf is the part of an action that is in some communes, and false when its places do
// not say it.
func partOf(l land, places []placed, here func(commune int32) bool) (portion, bool) {
	sum, whole := portion{Rat: new(big.Rat)}, big.NewRat(1, 1)
	alike := true // every place gives the same part: no share is needed
	var first portion
	shared := len(places) == 1
	for i, p := range places {
		part, ok := within(l, p.ref, here)
		if !ok {
			return sum, false
		}
		estimated := part.Sign() != 0 && part.Cmp(whole) != 0
		if i == 0 {
			first = portion{part, estimated}
		}
		alike = alike && part.Cmp(first.Rat) == 0 && !estimated
		sum.estimated = sum.estimated || estimated
		if p.share >= 0 {
			shared = true
			sum.Add(sum.Rat, new(big.Rat).Mul(part, big.NewRat(p.share, 10_000)))
		} else {
			sum.Add(sum.Rat, part)
		}
	}
	switch {
	case len(places) == 0:
		return sum, false
	case shared:
		return sum, true
	case alike:
		return first, true
	}
	return sum, false
}

// within is the part of a territory that lies in some communes, by population; false for
// one whose communes are not known here, and for those that are wider than a département.
func within(l land, text string, in func(commune int32) bool) (*big.Rat, bool) {
	ref, err := territory.ParseRef(text)
	if err != nil || ref.Scale == territory.RegionS || ref.Scale == territory.Nation {
		return nil, false
	}
	communes := l.perimeters[ref.Code]
	if ref.Scale != territory.Perimeter {
		if communes, err = l.tree.CommunesOf(ref); err != nil {
			return nil, false
		}
	}
	if len(communes) == 0 {
		return nil, false
	}
	var here, all int64
	every, none := true, true
	for _, i := range communes {
		n := max(0, l.tree.Communes()[i].Population)
		all += n
		if in(i) {
			here, none = here+n, false
		} else {
			every = false
		}
	}
	switch {
	case every:
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
// actions its region has, one more for those on free perimeters.
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
		tree := model.Tree()
		return inside(ctx, q, tree, []string{d.Region}, func(i int32) bool { return tree.Communes()[i].Dept == department })
	})
}

// Without reads what the levers of a territory are held against, and what is done: its
// coverage without any action. Two statements.
func (m *Room) Without(ctx context.Context, q db.Q, ref territory.Ref) (x Coverage, err error) {
	defer apperr.Wrap(&err, "coverage.Without(%s)", ref)
	return m.of(ctx, q, ref, func(*panorama.Model) ([]Group, error) { return nil, nil })
}

// inside reads what the retained actions of some regions bring to some communes.
func inside(ctx context.Context, q db.Q, tree *territory.Tree, regions []string, here func(commune int32) bool) ([]Group, error) {
	all, err := spreads(ctx, q, regions)
	if err != nil {
		return nil, err
	}
	if len(regions) > 1 {
		if all, err = declaredOnce(ctx, q, regions, all); err != nil {
			return nil, err
		}
	}
	l, err := landOf(ctx, q, tree, all)
	if err != nil {
		return nil, err
	}
	return inOne(l, all, here), nil
}

// inOne keeps what is in some communes, and what nobody said of.
func inOne(l land, all []spread, here func(commune int32) bool) (out []Group) {
	for _, s := range all {
		part, known := partOf(l, s.places, here)
		switch {
		case !known:
			s.Regional = true
		case part.Sign() == 0:
			continue
		default:
			s.Kg = s.Kg.of(part.Rat)
			if s.Gross > 0 {
				s.GrossKg = s.Kg.Central
			}
			if part.estimated {
				s.Estimated = 1
			}
		}
		out = append(out, s.Group)
	}
	return out
}

// spreads reads the impacts of the retained actions of some regions, one at least, with
// their places.
func spreads(ctx context.Context, q db.Q, regions []string) (out []spread, err error) {
	args, holes := make([]any, len(regions)), make([]string, len(regions))
	for i, r := range regions {
		args[i], holes[i] = r, "$"+strconv.Itoa(i+1)
	}
	rows, err := q.Query(ctx, `
		SELECT i.action_id, i.lever, i.class, i.first_year, i.status, i.outside, i.gross, i.counted, COALESCE(i.kg_low, i.kg, 0), COALESCE(i.kg, 0), COALESCE(i.kg_high, i.kg, 0), COALESCE(p.territory, ''), COALESCE(p.share, -1)
		  FROM action_impact i JOIN cop c ON c.id = i.cop_id LEFT JOIN action_place p ON p.action_id = i.action_id
		 WHERE i.state = 'retained' AND c.region IN (`+strings.Join(holes, ", ")+`)
		 ORDER BY i.action_id, i.lever, p.territory`, args...)
	type row struct {
		spread
		at placed
	}
	all, err := db.Collect(rows, err, func(r *db.Rows) (x row, err error) {
		var standing, status string
		var outside, gross bool
		err = r.Scan(&x.id, &x.Lever, &standing, &x.First, &status, &outside, &gross, &x.Counted, &x.Kg.Low, &x.Kg.Central, &x.Kg.High, &x.at.ref, &x.at.share)
		x.Actions = 1
		if status == abandoned {
			standing = abandoned
		}
		x.mark(status, outside, gross)
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
