package demo

import (
	"context"
	"time"

	"jalon/internal/composition"
	"jalon/internal/policy"
)

// roadmapTexts are the texts of the two regions that compose a roadmap.
var roadmapTexts = map[string]words{
	"44": {
		composition.Preface: "Cette feuille de route dit ce que **nous faisons ensemble** d’ici 2030, qui le porte, et ce qui nous manque encore. Elle ne promet pas ce que personne ne porte : chaque action a un porteur, une date et une fiche.\n\n" +
			"Elle sera relue chaque année, en public. Ce qui n’avance pas y sera écrit aussi.\n\n*Le préfet de région et le président du conseil régional (texte inventé pour la démonstration).*",
		composition.Plan: "Les actions sont rangées par thème, ceux que nous avons mis en premier d’abord. Une action qui sert plusieurs thèmes n’est écrite qu’une fois.\n\n" +
			"Une action chiffrée n’est pas meilleure qu’une autre : former, animer, débattre ne se mesure pas en tonnes.",
		composition.Following: "Nous demanderons à chaque porteur, **deux fois par an**, où en est son action : une page, depuis un téléphone. Le comité de suivi lit ce qui bloque avant ce qui va bien.",
	},
	"28": {
		composition.Preface: "Premier projet, pour relecture par le comité technique : la préface viendra des deux têtes.",
	},
}

// roadmaps composes two: Grand Est's, that both heads adopted, and a draft in Normandie.
func roadmaps(s *Script) {
	s.composed(composition.Roadmap, "44", 9, roadmapTexts["44"])
	act := s.frozen(composition.Roadmap, "44", s.At(1))
	for i, head := range []policy.Role{policy.StateChair, policy.RegionChair} {
		s.As(s.Head(head, "44"), s.At(1).Add(time.Duration(i+1)*time.Hour), "word on the roadmap of 44", func(ctx context.Context, a policy.Actor) error {
			_, err := s.COPs.Consent(ctx, a, act())
			return err
		})
	}
	s.composed(composition.Roadmap, "28", 6, roadmapTexts["28"])
}
