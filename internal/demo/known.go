package demo

import (
	"context"

	"jalon/internal/knowledge"
	"jalon/internal/policy"
)

// told is a strong point or an obstacle that a team retained: nobody who exists said
// it.
var told = []struct {
	knowledge.Item
	up string // why it goes up to the nation, empty when it does not
}{
	{knowledge.Item{Kind: knowledge.Strength, Region: "44", Organisation: "Syndicat des Trois-Rivières (inventé)", Levers: []string{"velo-transports-commun"}, Title: "Un car toutes les vingt minutes, et des vélos à l’arrêt",
		Text: "Deux lignes de cars rapides sont cadencées ; un abri à vélos fermé attend à chaque arrêt.", Result: "La fréquentation a doublé en deux ans.", Replicable: "Une convention type et le coût par arrêt sont tenus à disposition."}, ""},
	{knowledge.Item{Kind: knowledge.Strength, Region: "44", Organisation: "Coopérative des Collines (inventée)", Levers: []string{"fertilisation-azotee"}, Title: "Des légumineuses achetées avant d’être semées",
		Text: "La coopérative garantit un prix sur trois ans : les fermes introduisent du pois et de la luzerne.", Result: "Quarante fermes engagées."}, ""},
	{knowledge.Item{Kind: knowledge.Obstacle, Region: "44", Organisation: "Syndicat d’énergie (inventé)", Levers: []string{"biogaz"}, Nature: "norme", Level: "national", Title: "Trois ans pour raccorder une unité",
		Text: "L’étude de raccordement se refait à chaque changement du projet.", Evidence: "Deux projets sur cinq ont changé de site en attendant."}, "Le délai est fixé à l’échelle nationale : la région ne peut pas le réduire."},
	{knowledge.Item{Kind: knowledge.Obstacle, Region: "44", Organisation: "Chambre de métiers (inventée)", Levers: []string{"residentiel-sobriete-isolation", "residentiel-fioul"}, Nature: "competences", Level: "regional", Title: "Les artisans formés manquent",
		Text: "Les carnets de commandes sont pleins, et les formations ne le sont pas.", Evidence: "Neuf mois d’attente pour un devis, dans quatre départements."}, ""},
	{knowledge.Item{Kind: knowledge.Strength, Region: "04", Organisation: "Bailleur social (inventé)", Levers: []string{"om-sobriete-solaire-thermique"}, Title: "Le chauffe-eau solaire dans chaque résidence neuve",
		Text: "Le bailleur l’impose à ses marchés depuis cinq ans, entretien compris.", Result: "Mille deux cents logements équipés."}, ""},
}

// known is what teams retained of what works and of what blocks, and a note of
// expertise.
func known(s *Script) {
	for i, x := range told {
		team, kept := s.Holding(policy.Team, x.Region)[:2], new(knowledge.Item)
		x.Territory, x.Scale, x.Title, x.Text, x.Result, x.Evidence = "region:"+x.Region, "region", fr(x.Title), fr(x.Text), fr(x.Result), fr(x.Evidence)
		x.Source, x.Day = inventedPlan, s.Date(60+i)
		s.As(team[1], s.At(55-i), "told: "+x.Title, func(ctx context.Context, a policy.Actor) (err error) {
			*kept, err = s.Known.Add(ctx, s.db, a, x.Item)
			return err
		})
		s.As(team[0], s.At(45-i), "retained: "+x.Title, func(ctx context.Context, a policy.Actor) (err error) {
			if *kept, err = s.Known.Judge(ctx, s.db, a, kept.ID, kept.Rev, knowledge.Retain, ""); err == nil && x.up != "" {
				_, err = s.Known.Escalate(ctx, s.db, a, kept.ID, kept.Rev, fr(x.up))
			}
			return err
		})
	}
	note := new(knowledge.Note)
	s.As(s.Head(policy.Expert, "44"), s.At(38), "note of expertise", func(ctx context.Context, a policy.Actor) (err error) {
		*note, err = s.Known.Bring(ctx, s.db, a, knowledge.Note{Region: "44", Territory: "region:44", Lever: "gestion-haies", Title: "Haies : ce que l’on sait, ce que l’on ignore", Signature: "Observatoire du bocage (inventé)",
			Findings: fr("Le linéaire planté est connu, le linéaire arraché ne l’est pas. La note propose de les suivre ensemble.\n\n- trois inventaires communaux se recoupent ;\n- l’entretien pèse plus que la plantation dans le coût."),
			Sources:  "Inventaires de la démonstration, inventés.", Limits: "Trois territoires seulement : rien ne permet d’étendre à la région.", Day: s.Date(38)})
		return err
	})
	s.As(s.Head(policy.Team, "44"), s.At(30), "note published", func(ctx context.Context, a policy.Actor) error {
		_, err := s.Known.Publish(ctx, s.db, a, note.ID, note.Rev)
		return err
	})
}
