package demo

import (
	"context"
	"slices"

	"jalon/internal/cop"
	"jalon/internal/diagnosis"
	"jalon/internal/policy"
)

// theme is one of a region's own list. why is what both heads say when they put it
// first, against why they do when it is scored below one that they leave aside.
type theme struct {
	name, text string
	subject    string // of one that cuts across levers
	maps       []string
	levers     []string
	why        string
	against    string
}

var themesOf = map[string][]theme{
	"44": {
		{name: "Bouger autrement, en ville et entre les villages", text: "La voiture partagée ou électrique, le vélo, les cars : ce que chacun peut prendre selon l’endroit où il vit.", maps: []string{"se-deplacer"},
			levers:  []string{"voitures-electriques", "covoiturage", "velo-transports-commun", "reduction-deplacements", "efficacite-carburants-vehicules", "bus-cars-decarbones"},
			why:     "C’est ce dont les habitants parlent d’abord, et ce que les communes peuvent décider dès cette année.",
			against: "Des thèmes mieux notés se décident ailleurs qu’en région ; la mobilité, elle, se débat ici, et les réunions publiques l’ont mise en tête."},
		{name: "Produire et transporter sans énergie fossile", text: "Les sites industriels, leur énergie, et les marchandises qui en sortent.", maps: []string{"produire", "se-deplacer"},
			levers: []string{"production-industrielle", "electricite-renouvelable", "fret-efficacite-sobriete", "fret-decarbone-multimodalite"},
			why:    "L’industrie et le fret qui en part se débattent ensemble : c’est le plus gros de l’effort, et quelques décisions suffisent à le déplacer."},
		{name: "Des bâtiments sobres, chauffés sans fioul", text: "Logements, bureaux, écoles : isoler, puis changer de chaleur.", maps: []string{"se-loger"},
			levers:  []string{"residentiel-fioul", "residentiel-gaz", "residentiel-sobriete-isolation", "tertiaire-sobriete-isolation", "tertiaire-fioul", "tertiaire-gaz", "reseaux-chaleur"},
			why:     "Près du quart de l’effort proposé à la région, et des artisans qui attendent de la visibilité.",
			against: "Le score ne compte pas les emplois du bâtiment ni les factures des ménages : les deux têtes les comptent."},
		{name: "Des fermes vivantes, des sols nourriciers", text: "Ce que l’on cultive et élève, ce que les sols gardent.", maps: []string{"se-nourrir"},
			levers: []string{"fertilisation-azotee", "elevage-durable", "batiments-machines-agricoles", "pratiques-stockantes", "gestion-prairies", "gestion-haies"}},
		{name: "Forêts, bois et terres", text: "Des forêts qui dépérissent, du bois qui dure, des terres que l’on ne bâtit plus.", maps: []string{"preserver", "se-loger"}, levers: []string{"gestion-forets", "produits-bois", "sobriete-fonciere"}},
		{name: "Moins jeter, mieux valoriser", text: "Prévenir, trier, récupérer la matière et le gaz.", maps: []string{"consommer"}, levers: []string{"prevention-dechets", "valorisation-matiere-dechets", "captage-methane", "biogaz"}},
		{name: "Des métiers pour le faire", text: "Former, recruter, reconvertir : sans bras, aucun levier n’avance.", subject: "emploi", maps: []string{"se-loger", "produire", "se-nourrir"},
			why: "Chaque groupe de travail l’a demandé : le manque de bras est le premier frein qui revient."},
	},
	"04": {
		{name: "Une électricité faite sur l’île", text: "Sortir des importations d’énergie, et consommer moins.", maps: []string{"produire", "se-loger"}, levers: []string{"om-mix-electrique", "om-sobriete-solaire-thermique"},
			why:     "Plus des deux tiers de l’effort proposé à l’île tiennent au mix électrique.",
			against: "La taille du levier l’emporte, pour les deux têtes, sur ce que les autres critères en disent."},
		{name: "Circuler sur une île", text: "Les routes sont pleines : bus, covoiturage, véhicules plus sobres.", maps: []string{"se-deplacer"},
			levers: []string{"om-voitures-electriques", "om-efficacite-voitures", "om-covoiturage-report-modal", "om-efficacite-poids-lourds", "om-transport-marchandises"}},
		{name: "Relier l’île au monde", text: "L’avion et le bateau, la continuité territoriale et le prix des billets.", subject: "outre-mer", maps: []string{"se-deplacer", "consommer"}, levers: []string{"om-trafic-aerien", "om-carburants-aerien"}},
		{name: "Vivre insulaire : eau, vivres, secours", text: "Ce qu’une île doit savoir faire seule quand un cyclone la coupe du monde.", subject: "outre-mer", maps: []string{"se-nourrir", "preserver"},
			why: "Ce sujet traverse tous les leviers, et aucun ne le porte : les deux têtes veulent qu’il ait sa place."},
		{name: "Terres, déchets et froid", text: "Artificialisation, décharges, gaz des climatiseurs et des chambres froides.", maps: []string{"preserver", "consommer"}, levers: []string{"om-artificialisation-deboisement", "om-dechets", "om-gaz-hfc", "om-industrie"}},
	},
}

// themes writes the lists of three regions; two weigh their levers and put some
// themes first, one has not chosen.
func themes(s *Script) {
	for _, code := range []string{"44", "04"} {
		s.themed(code, themesOf[code])
	}
	s.As(s.Head(policy.Team, "53"), s.At(22), "themes of 53", func(ctx context.Context, a policy.Actor) error {
		_, err := s.Told.Diagnosis.StartThemes(ctx, a, cop.RegionID(cop.First, "53"))
		return err
	})
}

func (s *Script) themed(code string, list []theme) {
	id := cop.RegionID(cop.First, code)
	team := s.Holding(policy.Team, code)[:2]
	s.As(team[0], s.At(30), "themes of "+code, func(ctx context.Context, a policy.Actor) error {
		for _, x := range list {
			in := diagnosis.ThemeInput{Name: fr(x.name), Text: fr(x.text), Kind: diagnosis.OfLevers, Subject: x.subject, Maps: x.maps, Levers: x.levers}
			if x.subject != "" {
				in.Kind = diagnosis.Cross
			}
			if _, err := s.Told.Diagnosis.AddTheme(ctx, a, id, in); err != nil {
				return err
			}
		}
		return nil
	})
	s.As(team[1], s.At(20), "weights of "+code, func(ctx context.Context, a policy.Actor) error {
		w, err := diagnosis.WeightsOf(ctx, s.db, id)
		if err != nil {
			return err
		}
		w.By[diagnosis.Size], w.By[diagnosis.Family] = 3, 2.5
		_, err = s.Told.Diagnosis.SaveWeights(ctx, a, id, w, fr("Vu en comité technique : la taille d’un levier compte davantage, et ce que les collectivités ont répondu aussi."))
		return err
	})
	choice := new(diagnosis.Choice)
	s.As(s.Head(policy.RegionChair, code), s.At(6), "choice of "+code, func(ctx context.Context, a policy.Actor) error {
		all, err := diagnosis.Themes(ctx, s.db, id)
		if err != nil {
			return err
		}
		in := diagnosis.ChoiceInput{Revs: map[string]int64{}, Chosen: map[string]bool{}, Why: map[string]string{}, Against: map[string]string{}}
		for _, t := range all {
			in.Revs[t.ID] = t.Rev
			i := slices.IndexFunc(list, func(x theme) bool { return fr(x.name) == t.Name })
			if i >= 0 && list[i].why != "" {
				in.Chosen[t.ID], in.Why[t.ID], in.Against[t.ID] = true, fr(list[i].why), fr(list[i].against)
			}
		}
		*choice, err = s.Told.Diagnosis.ProposeChoice(ctx, a, id, in)
		return err
	})
	s.word(s.Head(policy.StateChair, code), 5, "choice of "+code, func() string { return choice.Act })
}
