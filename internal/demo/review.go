package demo

import (
	"context"
	"slices"
	"time"

	"jalon/internal/action"
	"jalon/internal/composition"
	"jalon/internal/cop"
	"jalon/internal/followup"
	"jalon/internal/knowledge"
	"jalon/internal/policy"
)

// reviewTexts are the texts of the review of Grand Est.
var reviewTexts = words{
	composition.Preface: "Des actions sont terminées, une est en retard, une attend un forage. **La plupart avancent, et nous ne savons pas encore assez ce qu’elles changent** : moins de la moitié des porteurs ont dit une quantité.\n\n" +
		"Ce qui bloque le plus ne dépend pas de nous : le délai de raccordement. L’échelon national a répondu qu’il l’étudie.\n\n*Texte inventé pour la démonstration.*",
	composition.Following: "- demander une **quantité** à chaque porteur, et plus seulement un pourcentage ;\n- rappeler d’abord ceux qui n’ont jamais répondu ;\n- porter le raccordement des unités de biogaz au prochain comité.",
}

// ended are the actions of which one is said to be over, by titles: the first that is
// there. The second is held by the team of the demonstration itself.
var ended = []string{"Partager des voitures électriques entre villages", "Un atlas de la biodiversité par intercommunalité"}

// reviews are the follow-up of a year in Grand Est, as its two heads published it: an
// action that ended and the good practice that was made of it, what the nation answers to
// an obstacle, and the review itself. Its year is that of the day when the action ended:
// the register holds nothing of the one before.
func reviews(s *Script) {
	const region = "44"
	team := s.Holding(policy.Team, region)[:2]
	over := new(action.Action)
	s.in(team[1], region, 5, "an action ends", func(ctx context.Context, a policy.Actor, c cop.COP) error {
		list, err := followup.RetainedOf(ctx, s.db, c.ID)
		if err != nil {
			return err
		}
		for _, title := range ended {
			if i := slices.IndexFunc(list, func(x action.Action) bool { return x.Title == fr(title) }); i >= 0 {
				*over = list[i]
				break
			}
		}
		if over.ID == "" {
			return nil // neither is retained
		}
		u := followup.Update{Action: over.ID, Day: s.Date(6), Confirmed: true, Said: followup.Said{Status: "done", Progress: new(int64(100)), Spent: new(int64(4_870_000_00)), Note: fr("Trois choses ont compté : une commune qui commence, un référent par village, et le prix dit avant l’inscription.")}}
		if len(over.Impacts) > 0 && over.Impacts[0].Quantity != nil {
			v := *over.Impacts[0].Quantity * 0.9
			u.Quantities = []followup.Quantity{{Lever: over.Impacts[0].Lever, Quantity: &v, Unit: over.Impacts[0].Unit, Class: followup.Observed, Source: fr("Registre des contrats (inventé)")}}
		}
		_, err = s.Followup.Say(ctx, s.db, a, u)
		return err
	})
	s.in(team[0], region, 4, "a good practice of it", func(ctx context.Context, a policy.Actor, _ cop.COP) error {
		if over.ID == "" {
			return nil
		}
		at, scale := "region:"+region, "region"
		if d := over.Department(); d != "" {
			at, scale = "department:"+d, "department"
		}
		_, err := s.Followup.DrawPractice(ctx, s.db, a, over.ID, knowledge.Item{Kind: knowledge.Strength, Department: over.Department(), Organisation: over.Holder.Name, Territory: at, Scale: scale, Levers: over.Levers, Day: s.Date(6),
			Title: over.Title, Text: over.Summary + "\n\n" + fr("Trois choses ont compté : une commune qui commence, un référent par village, et le prix dit avant l’inscription."),
			Result:     fr("Neuf dixièmes de ce qui était prévu, pour 4,87 M€ dépensés (chiffres inventés)."),
			Replicable: fr("Commencer par trois villages qui se connaissent ; la convention type est jointe à la fiche de l’action."), Source: fr("Action de la COP, d’après son porteur (inventé)")}, true)
		return err
	})
	s.As(s.Head(policy.NationalAdmin, ""), s.At(4), "answer to an obstacle", func(ctx context.Context, a policy.Actor) error {
		list, _, err := knowledge.Public(ctx, s.db, knowledge.Filter{Kind: knowledge.Obstacle, Region: region}, 100)
		if err != nil {
			return err
		}
		for _, x := range list {
			if !x.Escalated() || x.Title != "Trois ans pour raccorder une unité" {
				continue
			}
			g, err := knowledge.FindGroup(ctx, s.db, a, x.Group)
			if err != nil || g.Status != knowledge.Waiting {
				return err
			}
			_, err = s.Known.Answer(ctx, s.db, a, g.ID, g.Rev, knowledge.Reply{Title: g.Title, Nature: g.Nature, Level: g.Level, Status: "etude", Day: s.Date(4),
				Answer: fr("Un groupe de travail réunit les gestionnaires de réseau : une étude unique, valable deux ans même si le projet change de site, est à l’étude (réponse inventée).")}, "")
			return err
		}
		return nil
	})
	year := s.Date(6)[:4]
	s.composedFor(composition.Review, region, year, 3, reviewTexts)
	act := s.frozenFor(composition.Review, region, year, s.At(2))
	for i, head := range []policy.Role{policy.StateChair, policy.RegionChair} {
		s.As(s.Head(head, region), s.At(1).Add(time.Duration(i)*time.Minute), "word on the review of "+region, func(ctx context.Context, a policy.Actor) error {
			_, err := s.COPs.Consent(ctx, a, act())
			return err
		})
	}
}
