package coverage

import (
	"context"
	"maps"
	"math/big"
	"slices"

	"jalon/internal/action"
	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/panorama"
	"jalon/internal/territory"
)

// OfCommunes reads what covers the objectives of a département or of a perimeter, each
// held against what it is given to read: the part that a COP discusses or shared, which
// is not always what the panorama offers. communes are those of one region; what is done
// is read where the territory has series of its own. Two statements,
// one more for actions on free perimeters.
func (m *Room) OfCommunes(ctx context.Context, q db.Q, region string, p panorama.Panorama, communes []int32, objective func(panorama.Line) Objective) (x Coverage, err error) {
	defer apperr.Wrap(&err, "coverage.OfCommunes(%s)", p.Territory.Ref)
	model, book, err := m.inputs(ctx)
	if err != nil {
		return x, err
	}
	x.Panorama = p
	if x.Region, err = model.Tree().Region(region); err != nil {
		return x, err
	}
	curves, err := book.Read(ctx, q, p.Territory.Ref.String())
	if err != nil {
		return x, err
	}
	in := make(map[int32]bool, len(communes))
	for _, i := range communes {
		in[i] = true
	}
	groups, err := inside(ctx, q, model.Tree(), []string{region}, func(i int32) bool { return in[i] })
	if err != nil {
		return x, err
	}
	for _, line := range p.Lines {
		x.Cells = append(x.Cells, CellOf(line, objective(line), DoneOf(line, p.Territory.Ref, book, curves), groups))
	}
	x.sum()
	return x, nil
}

// OfGroup reads the coverage of an EPCI or of an établissement public territorial: what
// the retained actions of every region that it touches bring to its communes. What is
// offered to it is the sum of its parts in each region. Four statements, one more for
// actions on free perimeters.
func (m *Room) OfGroup(ctx context.Context, q db.Q, ref territory.Ref) (x Coverage, err error) {
	defer apperr.Wrap(&err, "coverage.OfGroup(%s)", ref)
	if ref.Scale != territory.EPCI && ref.Scale != territory.EPT {
		return x, apperr.NotFoundf("Ce territoire n’est pas une intercommunalité.")
	}
	return m.of(ctx, q, ref, func(model *panorama.Model) ([]Group, error) {
		tree := model.Tree()
		communes, err := tree.CommunesOf(ref)
		if err != nil {
			return nil, err
		}
		in, regions := make(map[int32]bool, len(communes)), map[string]bool{}
		for _, i := range communes {
			in[i] = true
			if r := tree.Communes()[i].Region; r != "" {
				regions[r] = true
			}
		}
		return inside(ctx, q, tree, slices.Sorted(maps.Keys(regions)), func(i int32) bool { return in[i] })
	})
}

// PartIn is the part of an action that lies in some communes, between 0 and 1, and false
// when its places do not say it: a free perimeter does not.
func PartIn(tree *territory.Tree, places []action.Place, here func(commune int32) bool) (*big.Rat, bool) {
	all := make([]placed, len(places))
	for i, p := range places {
		all[i] = placed{p.Territory, -1}
		if p.Share != nil {
			all[i].share = *p.Share
		}
	}
	part, ok := partOf(land{tree: tree}, all, here)
	return part.Rat, ok
}
