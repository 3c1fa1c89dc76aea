package demo

import (
	"context"

	"jalon/internal/cop"
	"jalon/internal/policy"
	"jalon/internal/roadmap"
)

// handed is what two COPs leave to the next one, and how they are followed.
var handed = map[string]struct {
	subjects     []roadmap.Subject
	arrangements []roadmap.Arrangement
}{
	"44": {
		[]roadmap.Subject{
			{Title: "L’eau en été, pour les villes et les champs", Text: "Cité dans les quatre groupes de travail : le partage de l’eau commande les haies, l’élevage et la fraîcheur des villes.", Part: policy.Public},
			{Title: "Les bâtiments publics pendant les vagues de chaleur", Text: "Les écoles et les hôpitaux ferment quand il faudrait les ouvrir. À reprendre avec les communes.", Part: policy.Public},
			{Title: "Le financement des petites communes", Text: "À préparer entre nous avant d’en parler : trois options, aucune n’est mûre.", Part: cop.Internal},
		},
		[]roadmap.Arrangement{
			{Who: "Comité de suivi de la COP, les deux têtes et huit collectivités", Indicators: "Actions retenues par statut, âge des nouvelles, alertes sans réponse", Every: "half", Note: "Le comité lit ce qui bloque avant ce qui va bien.", Part: policy.Public},
			{Who: "Équipe de la COP", Indicators: "Prévu, déclaré, observé, levier par levier", Every: "year", Note: "La revue annuelle, validée par les deux têtes.", Part: policy.Public},
		},
	},
	closing: {
		[]roadmap.Subject{
			{Title: "Le littoral qui recule", Text: "Demandé par les communes de la côte, à traiter avec l’adaptation (sujet inventé).", Part: policy.Public},
		},
		[]roadmap.Arrangement{
			{Who: "Comité régional de suivi (inventé)", Indicators: "Points d’avancement des porteurs, indicateurs observés", Every: "half", Note: "Une séance publique par an.", Part: policy.Public},
		},
	},
}

// closing is the region whose COP is about to close: Nouvelle-Aquitaine, which did most of
// its work before it came to Jalon, as most regions did.
const closing = "75"

// exits say what two COPs leave; one of them is proposed to both heads to be closed, with
// the reason of each point that Jalon does not see.
func exits(s *Script) {
	for _, region := range []string{"44", closing} {
		team := s.Head(policy.Team, region)
		s.in(team, region, 5, "subjects left", func(ctx context.Context, a policy.Actor, c cop.COP) error {
			for _, x := range handed[region].subjects {
				x.COP, x.Title, x.Text = c.ID, fr(x.Title), fr(x.Text)
				if _, err := s.Roadmap.SaveSubject(ctx, a, x, ""); err != nil {
					return err
				}
			}
			return nil
		})
		s.in(team, region, 4, "how it is followed", func(ctx context.Context, a policy.Actor, c cop.COP) error {
			for i, x := range handed[region].arrangements {
				x.COP, x.Who, x.Indicators, x.Note, x.NextOn = c.ID, fr(x.Who), fr(x.Indicators), fr(x.Note), s.Date(-45-60*i)
				if _, err := s.Roadmap.SaveArrangement(ctx, a, x, ""); err != nil {
					return err
				}
			}
			return nil
		})
	}
	s.in(s.Head(policy.StateChair, closing), closing, 2, "close", func(ctx context.Context, a policy.Actor, c cop.COP) error {
		_, err := s.Roadmap.ProposeClose(ctx, a, c.ID, map[string]string{
			roadmap.Shared:    fr("Les objectifs ont été partagés en séance avant l’arrivée de la COP sur Jalon : ils sont dans la feuille de route signée (raison inventée)."),
			roadmap.Portrayed: fr("Le diagnostic est un document d’avant Jalon ; ceux qui y ont pris part sont dans son annexe (raison inventée)."),
			roadmap.Covered:   fr("Les actions sont dans la feuille de route signée ; elles seront reprises dans le registre par la prochaine COP (raison inventée)."),
		})
		return err
	})
}
