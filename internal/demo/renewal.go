package demo

import (
	"context"
	"slices"

	"jalon/internal/cop"
	"jalon/internal/policy"
	"jalon/internal/renewal"
)

// settled are levers of 2023-24 that the team of Grand Est settled for its COP of 2025;
// the others wait for its word.
var settled = map[string]renewal.Settled{
	"sobriete-fonciere":    {Way: renewal.ToLever, To: "a25-renaturation-villes"},
	"pratiques-stockantes": {Way: renewal.ToLever, To: "a25-filieres-agricoles"},
	"elevage-durable":      {Way: renewal.ToLever, To: "a25-filieres-agricoles"},
	"gestion-haies":        {Way: renewal.ToCross},
	"prevention-dechets":   {Way: renewal.Behind, Reason: "Sans lien avec l’adaptation : suivie dans la COP 2023-24."},
}

// carriedObstacles is how many obstacles the new COP takes up.
const carriedObstacles = 3

// renewals open the COP of 2025 of Grand Est from that of 2023-24: a few actions, three
// obstacles, who headed it. What does not map is half settled, as work that goes on.
func renewals(s *Script) {
	const region = "44"
	team := s.Head(policy.Team, region)
	s.As(team, s.At(2), "carry-over of Grand Est", func(ctx context.Context, a policy.Actor) error {
		c, err := cop.Find(ctx, s.db, cop.RegionID("2025", region))
		if err != nil {
			return err
		}
		said := map[string]renewal.Settled{}
		for code, x := range settled {
			x.Reason = fr(x.Reason)
			said[code] = x
		}
		p, err := s.Renewal.Preview(ctx, s.db, a, c, renewal.Renewal{COP: c.ID, Choices: renewal.Choices{Levers: said}})
		if err != nil {
			return err
		}
		left := map[string]bool{}
		for i, x := range p.Of(renewal.Obstacles) {
			if i >= carriedObstacles {
				left[x.Key()] = true
			}
		}
		for _, x := range p.Of(renewal.Objectives) { // adaptation counts no tonnes
			left[x.Key()] = true
		}
		kept, err := s.Renewal.Choose(ctx, a, c.ID, p.From.ID, 0, renewal.Choices{Left: left, Levers: said, Theme: "adaptation"})
		if err != nil {
			return err
		}
		if p, err = s.Renewal.Propose(ctx, s.db, a, c, ""); err != nil {
			return err
		}
		if !slices.ContainsFunc(p.Items, renewal.Item.Goes) {
			return nil
		}
		_, err = s.Renewal.Apply(ctx, a, c.ID, kept.Rev, p.Digest())
		return err
	})
}
