package demo

import (
	"context"

	"jalon/internal/plan"
	"jalon/internal/policy"
	"jalon/internal/territory"
)

// inventedPlan is the source of every plan of the demonstration: none of these
// figures is that of a real document.
const inventedPlan = "exemple inventé"

// aimed is a gain of greenhouse gases that an invented plan counts, as a part of
// what large regions have to do.
type aimed struct {
	lever string
	kt    [2]int // least and most
}

var (
	mainland = []aimed{{"voitures-electriques", [2]int{500, 950}}, {"residentiel-gaz", [2]int{150, 420}}, {"residentiel-fioul", [2]int{120, 380}}, {"tertiaire-gaz", [2]int{60, 200}}, {"fertilisation-azotee", [2]int{90, 300}}, {"covoiturage", [2]int{40, 160}}}
	overseas = []aimed{{"om-mix-electrique", [2]int{300, 700}}, {"om-dechets", [2]int{15, 60}}}
)

// plans records, in three regions, the documents of the Region and two climate
// plans with what they aim at, so that the comparison has something to say.
func plans(s *Script) {
	for _, x := range []struct {
		region string
		own    []plan.Kind
		epci   []string
		levers []aimed
	}{
		{"44", []plan.Kind{plan.SRADDET}, []string{"246700488", "200067213"}, mainland},
		{"53", []plan.Kind{plan.SRADDET}, []string{"243500139", "242900314"}, mainland},
		{"04", []plan.Kind{plan.SAR, plan.PPE}, []string{"249740119", "249740077"}, overseas},
	} {
		place := plan.Place(context.Background(), s.db, s.Tree)
		team, ago := s.Head(policy.Team, x.region), opened-30
		for _, k := range x.own {
			p := plan.Plan{Kind: k, Territory: "region:" + x.region, Region: x.region, Name: k.Name() + " (exemple inventé)", Adopted: "2020-02-14", From: 2019, To: 2050, State: plan.InForce, Source: inventedPlan}
			s.plan(team, ago, p, x.levers, 1)
			ago -= Between(s.Random, 3, 9)
		}
		for _, siren := range x.epci {
			e, err := s.Tree.EPCI(siren)
			if err != nil {
				continue // merged since: another edition of the tree
			}
			p := plan.Plan{Kind: plan.PCAET, Territory: "epci:" + siren, Name: "Plan climat, " + e.Name + " (exemple inventé)", Adopted: "2021-06-25", From: 2021, To: 2026, State: plan.InForce, Source: inventedPlan}
			if p.Region, p.Department, err = place(territory.Ref{Scale: territory.EPCI, Code: siren}); err != nil || p.Region != x.region {
				continue
			}
			s.plan(team, ago, p, x.levers[:len(x.levers)-1], 10)
			ago -= Between(s.Random, 3, 9)
		}
	}
}

// plan keeps a plan and what it aims at, a few days after one another; small
// divides what a region would do.
func (s *Script) plan(team *Person, ago int, p plan.Plan, levers []aimed, small int) {
	kept := new(plan.Plan)
	s.As(team, s.At(ago), "plan "+p.Name, func(ctx context.Context, a policy.Actor) (err error) {
		*kept, err = s.Plans.Add(ctx, s.db, a, p)
		return err
	})
	for i, l := range levers {
		v := float64(Between(s.Random, l.kt[0], l.kt[1]) / small)
		page := plan.Number(float64(40 + 7*i))
		s.As(team, s.At(ago-1-i%2), "objective of "+p.Name, func(ctx context.Context, a policy.Actor) error {
			_, err := s.Plans.AddObjective(ctx, s.db, a, plan.Objective{Plan: kept.ID, Lever: l.lever, Gain: true, BaseYear: plan.BaseYear, TargetYear: plan.TargetYear, Target: v, Unit: "ktCO₂e", Written: plan.Number(v), Page: page})
			return err
		})
	}
}
