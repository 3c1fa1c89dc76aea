package demo

import (
	"context"

	"jalon/internal/cop"
	"jalon/internal/policy"
	"jalon/internal/territory"
)

// stages goes on from the 18 real statuses: what is known of each COP stays, and
// what the script adds bears the name of somebody invented. Each region shows
// something else that may happen between two heads.
func stages(s *Script) {
	for _, r := range s.Tree.Regions() {
		x := scenario{s, r}
		switch r.Code {
		case "44": // Grand Est: an event of the past that nobody had dated, both heads are asked
			x.event(policy.Team, 4, cop.NewEvent{Stage: cop.Diagnosis, Mark: cop.Done, Day: "2024-04-12", Note: "Pour compléter l’histoire de la COP."})
			x.event(policy.Team, 40, cop.NewEvent{Stage: cop.Following, Mark: cop.Held, Day: s.Date(s.Weekday(41)), Note: "Séance de suivi."})
		case "03": // Guyane: the team proposes the launch, both heads are asked
			x.event(policy.Team, 5, cop.NewEvent{Stage: cop.Launch, Mark: cop.Opened, Day: s.Date(6), Note: "Séance d’ouverture à l’assemblée de Guyane."})
		case "53": // Bretagne: the préfet has waited long enough to go on alone
			x.event(policy.StateChair, 44, cop.NewEvent{Stage: cop.Roadmap, Mark: cop.Done, Day: s.Date(45), Note: "Adoptée en plénière."})
		case "52": // Pays de la Loire: the président waits for the préfet
			x.event(policy.RegionChair, 9, cop.NewEvent{Stage: cop.Roadmap, Mark: cop.Done, Day: s.Date(10)})
		case "06": // Mayotte: a diagnosis published, the Region's word by delegation
			x.event(policy.Team, 120, cop.NewEvent{Stage: cop.Diagnosis, Mark: cop.Opened, Day: s.Date(121)})
			x.both(policy.StateChair, "", 28, cop.NewEvent{Stage: cop.Diagnosis, Mark: cop.Done, Day: s.Date(29)}, 22)
			x.event(policy.Team, 15, cop.NewEvent{Stage: cop.Debate, Mark: cop.Opened, Day: s.Date(16)})
		case "94": // Corse: both heads, in a week
			x.both(policy.RegionChair, policy.StateChair, 80, cop.NewEvent{Stage: cop.Diagnosis, Mark: cop.Done, Day: s.Date(82)}, 74)
			x.event(policy.Team, 60, cop.NewEvent{Stage: cop.Debate, Mark: cop.Opened, Day: s.Date(61), Note: "Quatre groupes de travail."})
		case "76": // Occitanie: the préfet went on alone, and said why
			x.alone(90, 58, cop.NewEvent{Stage: cop.Diagnosis, Mark: cop.Done, Day: s.Date(91)})
		case "02", "04": // Martinique, La Réunion: sharing with the territories
			x.event(policy.Team, 70, cop.NewEvent{Stage: cop.Sharing, Mark: cop.Opened, Day: s.Date(72)})
		default:
			began := s.Weekday(Between(s.Random, 95, 190))
			x.event(policy.Team, began-3, cop.NewEvent{Stage: cop.Following, Mark: cop.Opened, Day: s.Date(began), Note: "Le suivi de la feuille de route commence."})
			if s.Random.IntN(2) == 0 {
				x.event(policy.Team, 20, cop.NewEvent{Stage: cop.Following, Mark: cop.Held, Day: s.Date(s.Weekday(Between(s.Random, 21, 60))), Note: "Séance de suivi."})
			}
		}
	}
}

type scenario struct {
	*Script
	region territory.Region
}

// event is recorded by whoever holds a role first; the act that it opens, if
// any, is given back once it is played.
func (x scenario) event(role policy.Role, ago int, in cop.NewEvent) *cop.Act {
	act := new(cop.Act)
	x.As(x.Head(role, x.region.Code), x.At(ago), string(in.Stage)+" in "+x.region.Slug, func(ctx context.Context, a policy.Actor) (err error) {
		_, *act, err = x.COPs.AddEvent(ctx, a, copOf(x.region), in)
		return err
	})
	return act
}

// both is an event that one head proposes and the other validates later; an
// empty second role is whoever received a delegation of the Region.
func (x scenario) both(first, second policy.Role, ago int, in cop.NewEvent, then int) {
	act := x.event(first, ago, in)
	who := x.Holding(policy.Team, x.region.Code)[1]
	if second != "" || !x.Lively(x.region.Code) {
		if second == "" {
			second = policy.RegionChair
		}
		who = x.Head(second, x.region.Code)
	}
	x.As(who, x.At(then), "consent in "+x.region.Slug, func(ctx context.Context, a policy.Actor) error {
		_, err := x.COPs.Consent(ctx, a, act.ID)
		return err
	})
}

// alone is an event that the préfet brings into force without the other head.
func (x scenario) alone(ago, then int, in cop.NewEvent) {
	act := x.event(policy.StateChair, ago, in)
	x.As(x.Head(policy.StateChair, x.region.Code), x.At(then), "alone in "+x.region.Slug, func(ctx context.Context, a policy.Actor) error {
		_, err := x.COPs.GoAlone(ctx, a, act.ID, fr("Le conseil régional a demandé un délai, passé depuis ; le diagnostic est attendu par les groupes de travail."))
		return err
	})
}
