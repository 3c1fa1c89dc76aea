package demo

import (
	"context"
	"math"

	"jalon/internal/cop"
	"jalon/internal/objective"
	"jalon/internal/panorama"
	"jalon/internal/policy"
	"jalon/internal/territory"
)

// aim is what a COP puts beside what the panorama offers for a lever: a part of it,
// or a level in the lever's own unit.
type aim struct {
	lever  string
	part   int    // percent of what is offered; 100 takes it up as it is
	level  string // instead of a part
	reason string
}

// dissent is who does not hold a value: nobody who exists.
type dissent struct {
	lever, party, name, text string
	part                     int // of what is offered, that they hold instead; 0 for none
}

// table is what the COP of a region puts on its table: shared is given to both heads
// as one list, discussed is not.
type table struct {
	region    string
	shared    []aim
	dissents  []dissent
	discussed []aim
	waits     bool // one head has not answered
}

func asOffered(levers ...string) (out []aim) {
	for _, l := range levers {
		out = append(out, aim{lever: l, part: 100})
	}
	return out
}

// tables are those whose every value is written here.
func tables() []table {
	return []table{
		{region: "44",
			shared: append(asOffered("fret-efficacite-sobriete", "gestion-forets", "residentiel-fioul", "voitures-electriques", "tertiaire-sobriete-isolation", "residentiel-gaz", "tertiaire-fioul", "produits-bois",
				"residentiel-sobriete-isolation", "efficacite-carburants-vehicules", "tertiaire-gaz", "captage-methane", "electricite-renouvelable", "covoiturage", "valorisation-matiere-dechets", "gestion-haies"),
				aim{lever: "fertilisation-azotee", part: 79, reason: "Les filières demandent trois campagnes de plus pour installer les légumineuses : la marche est étalée, la cible de 2035 reste entière."},
				aim{lever: "biogaz", part: 108, reason: "Onze unités sont en service ou financées au-delà de ce que la clé suppose."},
				aim{lever: "reseaux-chaleur", level: "40", reason: "Deux réseaux passent à la géothermie avant 2029 : le contenu carbone moyen descend plus bas que proposé."},
				aim{lever: "sobriete-fonciere", part: 90, reason: "Des projets engagés avant 2021 se terminent : l’équipe propose une marche plus basse jusqu’en 2027."}),
			dissents: []dissent{
				{"fertilisation-azotee", "associations", "Association inventée des Rivières vives", "L’eau potable de plusieurs captages ne peut pas attendre trois campagnes : l’association tient la proposition de l’État.", 100},
				{"sobriete-fonciere", "bloc-communal", "Communauté de communes inventée des Trois-Rivières", "Sans ingénierie pour recenser les friches, la communauté ne tient aucun chiffre avant son plan local d’urbanisme.", 0},
			},
			discussed: []aim{
				{lever: "production-industrielle", part: 92, reason: "Deux sites n’ont pas encore dit leur calendrier : la valeur suit ceux qui l’ont donné."},
				{lever: "fret-decarbone-multimodalite", part: 80, reason: "Le report vers la voie d’eau dépend d’un quai qui n’ouvrira pas avant 2029."},
				{lever: "elevage-durable", part: 75, reason: "Première valeur du groupe de travail, à reprendre avec la chambre d’agriculture."},
				{lever: "prevention-dechets", part: 110, reason: "Le tri des biodéchets est en avance dans quatre syndicats."},
			}},
		{region: "04",
			shared: append(asOffered("om-mix-electrique", "om-dechets", "om-covoiturage-report-modal", "om-efficacite-voitures", "om-gaz-hfc"),
				aim{lever: "om-voitures-electriques", part: 80, reason: "Tant que le mix électrique n’est pas décarboné, la COP préfère les transports collectifs."},
				aim{lever: "om-sobriete-solaire-thermique", part: 107, reason: "L’équipement des logements sociaux en chauffe-eau solaire est financé jusqu’en 2028."}),
			discussed: []aim{{lever: "om-trafic-aerien", part: 60, reason: "La continuité territoriale est en débat : la valeur est celle du groupe de travail, sans accord."}}},
		{region: "53", discussed: []aim{
			{lever: "voitures-electriques", part: 100, reason: "La proposition de l’État est reprise pour commencer la discussion."},
			{lever: "fertilisation-azotee", part: 90, reason: "Les bassins versants à algues vertes ont déjà réduit leurs apports : l’effort restant est moindre."},
			{lever: "gestion-haies", part: 120, reason: "Le groupe de travail veut faire plus, avec les communes."},
			{lever: "residentiel-gaz", part: 85, reason: "Valeur du syndicat d’énergie, à confirmer."},
			{lever: "biogaz", part: 100, reason: "Valeur de départ, sans avis des filières."},
		}},
	}
}

// others share the first levers of their panorama: most as the State offers them.
var others = []struct {
	region string
	levers int
	small  bool // in the small demonstration too
	waits  bool
}{
	{"24", 12, true, false}, {"94", 8, true, false}, {"28", 10, true, true}, {"76", 15, false, false}, {"84", 17, false, false}, {"32", 9, false, false},
}

var (
	lower = []string{"Les financements connus à ce jour ne permettent pas davantage avant 2028.", "Une part des projets a pris deux ans de retard, dit le groupe de travail.", "Le gisement mesuré par l’étude de l’équipe est plus petit que ce que la clé suppose."}
	upper = []string{"Les collectivités engagées vont au-delà de la proposition.", "Un appel à projets de la Région finance un effort de plus.", "Les filières ont donné un calendrier plus rapide."}
)

// objectives puts values on the tables of regions, of a département and of a CRTE,
// and has both heads share most of them.
func objectives(s *Script) {
	for _, t := range tables() {
		s.table(t)
	}
	for _, x := range others {
		if s.Size == Small && !x.small {
			continue
		}
		s.drawn(x.region, x.levers, x.waits)
	}
	lead := s.Head(policy.DepartmentLead, "67")
	s.put(lead, 18, "44", func() territory.Ref { return territory.Ref{Scale: territory.Department, Code: "67"} },
		aim{lever: "voitures-electriques", part: 106, reason: "Le plan de mobilité du département prévoit une borne à moins de vingt minutes de chaque commune."})
	for i, x := range s.crte {
		at := func() territory.Ref { return territory.Ref{Scale: territory.Perimeter, Code: x.id} }
		s.put(s.Holding(policy.Team, "44")[1], 16-i, "44", at, aim{lever: "covoiturage", part: 110 - 15*i, reason: "Valeur du contrat, à titre indicatif : deux lignes sont étudiées avec les communes."})
	}
}

func region(code string) func() territory.Ref {
	return func() territory.Ref { return territory.Ref{Scale: territory.RegionS, Code: code} }
}

// table plays the table of a region: values, who does not hold them, then the list.
func (s *Script) table(t table) {
	team := s.Holding(policy.Team, t.region)[:2]
	for _, x := range t.shared {
		if x.part != 100 {
			s.put(Pick(s.Random, team...), Between(s.Random, 30, 50), t.region, region(t.region), x)
		}
	}
	for i, x := range t.dissents {
		s.As(team[0], s.At(25-i), "dissent in "+t.region, func(ctx context.Context, a policy.Actor) error {
			p, err := s.place(ctx, t.region, region(t.region)())
			if err != nil {
				return err
			}
			in := objective.NewDissent{Lever: x.lever, Party: x.party, Name: x.name, Text: fr(x.text)}
			if line, ok := p.Line(x.lever); ok && x.part > 0 {
				in.Measure, in.Typed = objective.InKt, panorama.FieldKt(share(line.Objective.Kg, x.part))
			}
			_, err = s.Told.Objectives.Dissent(ctx, a, p, in)
			return err
		})
	}
	for _, x := range t.discussed {
		s.put(Pick(s.Random, team...), Between(s.Random, 10, 28), t.region, region(t.region), x)
	}
	if len(t.shared) > 0 {
		s.list(t.region, t.waits, func(objective.Place) []aim { return t.shared })
	}
}

// drawn is the table of a region of which only how many levers it shares is written.
func (s *Script) drawn(code string, levers int, waits bool) {
	random := s.rand("objectives " + code)
	parts := make([]aim, levers)
	for i := range parts {
		parts[i].part = 100
		switch i % 5 {
		case 1:
			parts[i] = aim{part: Between(random, 78, 95), reason: Pick(random, lower...)}
		case 3:
			parts[i] = aim{part: Between(random, 103, 115), reason: Pick(random, upper...)}
		}
	}
	named := func(p objective.Place) (out []aim) {
		for _, l := range p.Panorama.Lines {
			if len(out) < levers && l.Objective.Known && l.Objective.Kg > 0 {
				x := parts[len(out)]
				x.lever = l.Lever.Code
				out = append(out, x)
			}
		}
		return out
	}
	s.As(s.Head(policy.Team, code), s.At(Between(random, 24, 45)), "table of "+code, func(ctx context.Context, a policy.Actor) error {
		p, err := s.place(ctx, code, region(code)())
		for _, x := range named(p) {
			if x.part != 100 && err == nil {
				err = s.putNow(ctx, a, p, x)
			}
		}
		return err
	})
	s.list(code, waits, named)
}

func (s *Script) place(ctx context.Context, code string, at territory.Ref) (objective.Place, error) {
	m, err := s.model(ctx)
	if err != nil {
		return objective.Place{}, err
	}
	c, err := cop.Find(ctx, s.db, cop.RegionID(cop.First, code))
	if err != nil {
		return objective.Place{}, err
	}
	return objective.PlaceOf(ctx, s.db, m, c, at)
}

func (s *Script) put(who *Person, ago int, code string, at func() territory.Ref, x aim) {
	s.As(who, s.At(ago), "objective of "+x.lever+" in "+code, func(ctx context.Context, a policy.Actor) error {
		p, err := s.place(ctx, code, at())
		if err != nil {
			return err
		}
		return s.putNow(ctx, a, p, x)
	})
}

func (s *Script) putNow(ctx context.Context, a policy.Actor, p objective.Place, x aim) error {
	in := objective.NewValue{Lever: x.lever, Measure: objective.InLevel, Typed: x.level, Reason: fr(x.reason)}
	if x.level == "" {
		line, _ := p.Line(x.lever)
		in.Measure, in.Typed = objective.InKt, panorama.FieldKt(share(line.Objective.Kg, x.part))
	}
	_, err := s.Told.Objectives.Put(ctx, a, p, in)
	return err
}

// share is a part of a mass, as people round what they put on a table.
func share(kg panorama.Kg, percent int) panorama.Kg {
	if percent == 100 {
		return kg
	}
	kt := kg.Kt() * float64(percent) / 100
	step := math.Pow10(max(int(math.Floor(math.Log10(max(math.Abs(kt), 0.1))))-1, -1))
	return panorama.Kg(math.Round(math.Round(kt/step) * step * float64(panorama.KgPerKt)))
}

// list gives what a region shares to both heads: the préfet proposes it, the elected
// head follows, or has not answered yet.
func (s *Script) list(code string, waits bool, of func(objective.Place) []aim) {
	kept := new(objective.SharingList)
	ago := Between(s.Random, 14, 19)
	if waits {
		ago = 5
	}
	s.As(s.Head(policy.StateChair, code), s.At(ago), "list of "+code, func(ctx context.Context, a policy.Actor) error {
		p, err := s.place(ctx, code, region(code)())
		if err != nil {
			return err
		}
		rows, err := objective.OfTerritory(ctx, s.db, p.COP.ID, p.Ref().String())
		if err != nil {
			return err
		}
		var picks []objective.Pick
		for _, x := range of(p) {
			line, _ := p.Line(x.lever)
			pick := objective.Pick{Lever: x.lever, AsOffered: true, Kg: line.Objective.Kg}
			for _, o := range rows {
				if o.Lever == x.lever {
					pick = objective.Pick{Lever: x.lever, Rev: o.Rev}
				}
			}
			picks = append(picks, pick)
		}
		*kept, err = s.Told.Objectives.ProposeSharing(ctx, a, p, picks)
		return err
	})
	if !waits {
		s.word(s.Head(policy.RegionChair, code), ago-Between(s.Random, 1, 3), "list of "+code, func() string { return kept.Act })
	}
}
