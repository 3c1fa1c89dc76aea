package demo

import (
	"context"

	"jalon/internal/cop"
	"jalon/internal/policy"
	"jalon/internal/territory"
)

func copOf(r territory.Region) string { return cop.RegionID(cop.First, r.Code) }

// region titles of the elected head, where it is not the president of a regional
// council.
var elected = map[string][2]string{
	"94": {"présidente du conseil exécutif de Corse", "président du conseil exécutif de Corse"},
	"02": {"présidente du conseil exécutif de Martinique", "président du conseil exécutif de Martinique"},
	"03": {"présidente de l’assemblée de Guyane", "président de l’assemblée de Guyane"},
	"06": {"présidente de l’assemblée de Mayotte", "président de l’assemblée de Mayotte"},
}

func (s *Script) titles(r territory.Region) (state, region string) {
	n := func(p *Person) int {
		if p.Woman {
			return 0
		}
		return 1
	}
	head, chair := n(s.Head(policy.StateChair, r.Code)), n(s.Head(policy.RegionChair, r.Code))
	state = [2]string{"préfète de la région ", "préfet de la région "}[head] + r.Name
	region = [2]string{"présidente du conseil régional, ", "président du conseil régional, "}[chair] + r.Name
	if own, ok := elected[r.Code]; ok {
		region = own[chair]
	}
	return state, region
}

// conferences says who heads each COP, what it is for, and when people last came
// to their desk.
func conferences(s *Script) {
	admin := s.Head(policy.NationalAdmin, "")
	for _, r := range s.Tree.Regions() {
		state, elect := s.titles(r)
		for _, o := range []struct {
			side  cop.Side
			who   *Person
			title string
		}{{cop.StateSide, s.Head(policy.StateChair, r.Code), state}, {cop.RegionSide, s.Head(policy.RegionChair, r.Code), elect}} {
			s.As(admin, s.At(opened-3), "office in "+r.Slug, func(ctx context.Context, a policy.Actor) error {
				_, err := s.COPs.SetOffice(ctx, a, cop.Office{COP: copOf(r), Side: o.side, Person: o.who.id, Name: o.who.Name, Title: o.title, From: s.Date(Between(s.rand(r.Code+string(o.side)), 400, 1200))}, "arrivée sur Jalon")
				return err
			})
		}
		team := s.Head(policy.Team, r.Code)
		if s.Lively(r.Code) {
			s.As(team, s.At(opened-6), "presentation of "+r.Slug, func(ctx context.Context, a policy.Actor) error {
				c, err := cop.Find(ctx, s.db, copOf(r))
				if err != nil {
					return err
				}
				_, err = s.COPs.Save(ctx, a, c.ID, c.Rev, cop.Change{Name: c.Name, Patience: c.Patience, Contact: "cop-" + r.Slug + "@demo.invalid", Reason: "première présentation",
					Presentation: fr("La COP régionale réunit l’État, la Région, les collectivités, les entreprises, les associations et les habitants. Elle part des objectifs que l’État propose à la région " +
						"pour 2030, regarde ce qui se fait déjà, débat de ce qui manque et arrête une feuille de route.\n\nLes objectifs sont **indicatifs** : chacun dit ce qu’il peut faire, et pourquoi.")})
				return err
			})
		}
		for i, role := range []policy.Role{policy.StateChair, policy.RegionChair, policy.Team, policy.Expert} {
			who := s.Head(role, r.Code)
			s.As(who, s.At(Between(s.Random, 3+i, 12+i)), "visit in "+r.Slug, func(ctx context.Context, a policy.Actor) error {
				_, err := s.COPs.Visit(ctx, a, copOf(r))
				return err
			})
		}
	}
}

// delegations lets one of the team act for a head, for a time: some are about to
// end.
func delegations(s *Script) {
	for i, r := range s.Tree.Regions() {
		if !s.Lively(r.Code) {
			continue
		}
		helper := s.Holding(policy.Team, r.Code)[1]
		left := 90
		if i%3 == 0 {
			left = Between(s.Random, 2, 12)
		}
		s.As(s.Head(policy.RegionChair, r.Code), s.At(opened-15), "delegation in "+r.Slug, func(ctx context.Context, a policy.Actor) error {
			_, err := s.COPs.Delegate(ctx, a, cop.Delegation{COP: copOf(r), Person: helper.id, Reach: "all", From: s.Date(opened - 15), To: s.Date(-left),
				Decision: fr("arrêté de délégation n° ") + s.Day(opened-15).Format("2006") + "-" + r.Code + "7"})
			return err
		})
	}
}

// checklists ticks the lines that nothing proves.
func checklists(s *Script) {
	lines := []string{"preparation/panorama", "lancement/guide", "diagnostic/cibles", "diagnostic/dynamiques", "diagnostic/points-forts", "debat/cartographie", "feuille-de-route/points-de-sortie"}
	notes := []string{"", "", "Présenté au comité de pilotage.", "Une note de deux pages circule dans l’équipe.", "Vu avec la DREAL et l’ADEME."}
	for _, r := range s.Tree.Regions() {
		if !s.Lively(r.Code) {
			continue
		}
		n := Between(s.Random, 2, len(lines))
		for i, line := range lines[:n] {
			who, note := Pick(s.Random, s.Holding(policy.Team, r.Code)[:2]...), Pick(s.Random, notes...)
			s.As(who, s.At(opened-20-i*Between(s.Random, 15, 24)), "tick in "+r.Slug, func(ctx context.Context, a policy.Actor) error {
				return s.COPs.Tick(ctx, a, copOf(r), line, true, note)
			})
		}
	}
}
