package demo

import (
	"context"
	"slices"

	"jalon/internal/policy"
	"jalon/internal/territory"
)

// contract is an invented CRTE: its objectives are indicative, and are read beside
// those of the region.
type contract struct {
	name    string
	members []string
	id      string // once it is written
}

// contracts are two in the Bas-Rhin, of which the second holds a commune of the
// first: nothing forbids it, and what is counted twice is said.
func (s *Script) contracts() []*contract {
	var groups []string
	first := map[string]string{} // commune of each
	largest := s.largest()["44"].SIREN
	for _, c := range s.Tree.Communes() {
		if c.Dept == "67" && c.EPCI != "" && c.EPCI != largest && first[c.EPCI] == "" {
			groups, first[c.EPCI] = append(groups, c.EPCI), c.Code
		}
	}
	slices.Sort(groups)
	if len(groups) < 4 {
		return nil // another edition of the tree
	}
	return []*contract{
		{name: "CRTE des Trois-Rivières (exemple inventé)", members: groups[:2]},
		{name: "CRTE de la Plaine et des Collines (exemple inventé)", members: []string{groups[2], groups[3], first[groups[1]]}},
	}
}

// perimeters writes the CRTE whose objectives are discussed.
func perimeters(s *Script) {
	admin := s.Head(policy.NationalAdmin, "")
	s.crte = s.contracts()
	for i, x := range s.crte {
		s.As(admin, s.At(opened-40-i), "perimeter "+x.name, func(ctx context.Context, a policy.Actor) (err error) {
			if x.id, err = s.COPs.IDs.New(); err != nil {
				return err
			}
			_, err = territory.CreatePerimeter(ctx, s.db, s.Tree, x.id, territory.PerimeterInput{Kind: territory.CRTE, Name: x.name, From: "2022-01-01", Members: x.members, Demo: true},
				territory.Act{By: a.Person, Reason: "inventé pour la démonstration", At: s.clock})
			return err
		})
	}
}
