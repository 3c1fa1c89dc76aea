package demo

import (
	"context"
	"strings"

	"jalon/internal/action"
	"jalon/internal/cop"
	"jalon/internal/policy"
	"jalon/internal/support/aid"
)

// detailed adds to some actions what a page has at its fullest.
func (s *Script) detailed(x *action.Action) {
	begins := func(title string) bool { return strings.HasPrefix(x.Title, fr(title)) }
	cents := func(euros int64) *int64 { v := euros * 100; return &v }
	num := func(v float64) *float64 { return &v }
	done := func(v float64) []action.Value {
		return []action.Value{{Day: s.Date(40), V: v, Class: "declared", Source: "Bilan publié par la COP, en 2026"}}
	}
	switch {
	case begins("Planter 4 000 km"):
		x.Indicators = []action.Indicator{{ID: "haies", Name: "Haies plantées", Unit: "km", Target: num(4000), Year: 2030, Values: done(1315)}}
		x.Tasks = []action.Task{{ID: "t1", Title: "Réunir les pépiniéristes et fixer les quantités", Who: "Équipe de la COP", Due: s.Date(60), Done: s.Date(63)},
			{ID: "t2", Title: fr("Publier le relevé des haies arrachées"), Who: "Observatoire du bocage (inventé)", Due: s.Date(-45)}, {ID: "t3", Title: "Signer les contrats d’entretien", Who: "Chambre d’agriculture", Due: s.Date(-160)}}
		x.Budget.Invest, x.Budget.FTE, x.Budget.Note = cents(38_000_000), cents(6), "Montants écrits pour la démonstration."
		x.Funding = []action.Funding{{Funder: fr("Région (montant inventé)"), Amount: cents(11_000_000), State: "granted"}, {Funder: fr("Pacte en faveur de la haie (montant inventé)"), Amount: cents(9_000_000), State: "paid"}, {Funder: fr("Agence de l’eau (montant inventé)"), Amount: cents(4_000_000), State: "considered"}}
		x.Partners = []action.Party{{Name: fr("Plaines et haies (association inventée)"), Role: "conseille les agriculteurs"}, {Name: "Lycées agricoles", Role: "plantent et entretiennent"}}
		x.Met = []action.Met{{Text: fr("Les plants locaux manquent : il faut commander deux ans plus tôt.")}}
	case begins("Ouvrir 70"):
		x.Indicators = []action.Indicator{{ID: "lieux", Name: "Matériauthèques ouvertes", Unit: "lieux", Target: num(70), Year: 2030}}
	case begins("Accompagner la décarbonation"):
		x.Indicators = []action.Indicator{{ID: "projets", Name: "Projets engagés", Unit: "projets", Values: done(18)}} // of 118 found: no target
	case begins("Rendre les sols"):
		x.Indicators = []action.Indicator{{ID: "m2", Name: "Sols rendus perméables", Unit: "m²", Values: done(1_487_000)}}
	case begins("Bâtir d’abord"):
		x.Indicators = []action.Indicator{{ID: "ha", Name: "Friches réemployées", Unit: "ha", Values: done(1000)}}
	case begins("Installer des énergies"):
		x.Indicators = []action.Indicator{{ID: "mw", Name: "Puissance installée", Unit: "MW", Values: done(430)}}
	case begins("Des bornes de recharge"):
		x.Indicators = []action.Indicator{{ID: "bornes", Name: "Bornes installées", Unit: "bornes", Values: done(3200)}}
	case begins("Un fonds de garantie"):
		x.StatusReason, x.StatusOn = fr("La convention avec les banques attend un second tour : six mois de retard."), s.Date(50)
	case begins("Un réseau de géothermie"):
		x.StatusReason, x.StatusOn = "L’autorisation de forer n’est pas donnée.", s.Date(70)
		x.Met = []action.Met{{Text: "Les riverains demandent un suivi des vibrations avant tout forage."}}
	case begins("Finir la piste"):
		x.StatusReason, x.StatusOn = fr("Le pont demande une étude de plus : une saison de retard."), s.Date(45)
		x.Tasks = []action.Task{{ID: "t1", Title: "Acheter les deux parcelles", Who: "Syndicat (inventé)", Due: s.Date(20)}}
	case begins("Rouvrir le quai"):
		x.StatusReason, x.StatusOn = "L’accord sur le dragage du canal se fait attendre.", s.Date(55)
	}
}

// wanting are the helps that were looked for and not found, and a search that somebody
// follows.
func (s *Script) wanting(by map[string]*plot) {
	for i, n := range []struct {
		title string
		need  aid.Need
	}{
		{"Finir la piste de la gare au lycée", aid.Need{Territory: "department:88", Lever: "velo-transports-commun", Step: "infrastructure", Text: fr("Rien ne paie un pont pour les vélos quand la route n’est pas refaite : il manque 1,2 million d’euros.")}},
		{"Un réseau de géothermie profonde", aid.Need{Territory: "department:67", Lever: "reseaux-chaleur", Step: "study", Text: fr("Un suivi des vibrations, demandé par les riverains, n’entre dans aucun dossier que nous ayons trouvé.")}},
		{"", aid.Need{Territory: "region:44", Lever: "gestion-haies", Step: "awareness", Text: fr("L’entretien des haies après trois ans : tout aide à planter, presque rien à garder.")}},
	} {
		s.in(s.Holding(policy.Team, "44")[i%2], "44", 7-i, "need", func(ctx context.Context, a policy.Actor, c cop.COP) error {
			if p := by[fr(n.title)]; p != nil {
				n.need.Action = p.x.ID
			}
			_, err := s.Aids.AddNeed(ctx, s.db, a, c, n.need)
			return err
		})
	}
	s.in(s.Holding(policy.Team, "44")[0], "44", 5, "alert on aids", func(ctx context.Context, a policy.Actor, _ cop.COP) error {
		_, err := s.Aids.Follow(ctx, a, "demo", "", aid.Filter{Place: "region:44", Lever: "gestion-haies"}, "weekly")
		return err
	})
}
