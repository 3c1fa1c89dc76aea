package demo

import (
	"context"

	"jalon/internal/adaptation"
	"jalon/internal/cop"
	"jalon/internal/policy"
)

// sheets are those of Bas-Rhin and of Moselle that are written beside what each
// département wishes: one that was adopted and taken up, one that is being written.
var sheets = map[string][2]adaptation.Input{
	"67": {
		{Title: "Mettre à l’ombre les arrêts et les correspondances", Text: "Cent arrêts de bus et de tram à ombrager d’ici 2029, les plus fréquentés d’abord.\n\n- arbres là où le sol le permet\n- abris clairs ailleurs", Sheet: adaptation.Sheet{Effect: "chaleur", Sensitivity: "Personnes âgées et enfants qui attendent en plein soleil, aux heures les plus chaudes.", Lever: "a25-confort-thermique-transports", Level: "1", Ends: "2029-06",
			Criteria: "Aucun arrêt de plus de 500 montées par jour sans ombre à 16 h en juillet. Les voyageurs le disent dans l’enquête annuelle.", Parties: "Compagnie des transports\nEurométropole\nAssociations d’usagers", Engineering: "Cerema", Funding: "Fonds vert", Regional: "Un marché groupé d’abris pour les autorités de transport.", National: "Une règle claire sur l’arbre en domaine public, près des lignes aériennes.", Budget: "3,2 M€"}},
		{Title: "Accueillir les plus fragiles pendant les canicules", Text: "Un lieu frais ouvert dans chaque canton, avec qui y va chercher les gens.", Sheet: adaptation.Sheet{Effect: "chaleur", Lever: "a25-personnes-vulnerables", Level: "1", Parties: "CCAS, Croix-Rouge, pharmacies"}},
	},
	"57": {
		{Title: "Rendre leur place aux affluents de la Moselle", Text: "Reculer ou ouvrir les digues où des prés peuvent recevoir l’eau, commune par commune.", Sheet: adaptation.Sheet{Effect: "inondation", Sensitivity: "Onze bourgs bâtis en lit majeur ; trois crues en dix ans.", Lever: "a25-inondations-cours-eau", Level: "1", Ends: "2032",
			Criteria: "Le niveau d’une crue comme celle de mai 2024 baisse de 30 cm à l’entrée des bourgs.", Parties: "Syndicats de rivière\nAgriculteurs\nCommunes", Engineering: "Syndicat mixte du bassin", Funding: "Agence de l’eau, fonds de prévention des risques", National: "Indemniser à l’avance les prés qui reçoivent l’eau, et non après chaque crue.", Budget: "entre 8 et 11 M€"}},
		{Title: "Garder l’eau potable l’été dans les communes isolées", Text: "Relier les réseaux qui n’ont qu’une source.", Sheet: adaptation.Sheet{Effect: "secheresse", Lever: "a25-services-eau-assainissement", Level: "2", Ends: "2030", Budget: "5 M€"}},
	},
}

// sheet is a draft of a département.
func (x scenario) sheet(copID string, lead *Person, in adaptation.Input, ago int) *cop.Priority {
	for _, s := range []*string{&in.Title, &in.Text, &in.Sensitivity, &in.Criteria, &in.Parties, &in.Regional, &in.National, &in.Budget} {
		*s = fr(*s)
	}
	kept := new(cop.Priority)
	x.As(lead, x.At(ago), "priority in "+copID, func(ctx context.Context, a policy.Actor) error {
		p, err := x.Adaptation.Add(ctx, a, copID, in)
		*kept = p.Priority
		return err
	})
	return kept
}

// sheetsOf are written in the COP of a département; the first is adopted and taken up.
func (x scenario) sheetsOf(code, copID string, lead, team *Person, ago int) {
	list, ok := sheets[code]
	if !ok {
		return
	}
	kept := x.sheet(copID, lead, list[0], ago)
	x.sheet(copID, lead, list[1], ago-1)
	x.As(lead, x.At(ago-3), "adoption in "+copID, func(ctx context.Context, a policy.Actor) (err error) {
		*kept, _, err = x.COPs.AdoptPriority(ctx, a, kept.ID, kept.Rev)
		return err
	})
	x.As(team, x.At(max(2, ago-20)), "answer to "+copID, func(ctx context.Context, a policy.Actor) error {
		_, err := x.COPs.Answer(ctx, a, kept.ID, kept.Rev, cop.TakenUp, fr("La région en fait une action de sa feuille de route, avec un marché groupé."), "")
		return err
	})
}
