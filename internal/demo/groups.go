package demo

import (
	"context"
	"slices"

	"jalon/internal/cop"
	"jalon/internal/debate"
	"jalon/internal/debate/group"
	"jalon/internal/policy"
)

// working is a working group, as its team writes it.
type working struct {
	key, name, mandate, expected string
	levers                       []string
	parent                       string // key
	body                         group.Body
	part                         string
	members                      int
}

var workingGroups = map[string][]working{
	"44": {
		{key: "mobilite", name: "Se déplacer", members: 26, levers: []string{"voitures-electriques", "covoiturage", "velo-transports-commun", "reduction-deplacements", "bus-cars-decarbones"},
			mandate:  "Dire, pour chaque type de territoire, ce qui remplace le trajet seul en voiture, et à quelles conditions.\n\n- partir des trajets domicile-travail, car ils se répètent ;\n- traiter à part les villages sans gare ;\n- ne rien proposer sans dire qui le fait et qui le paie.",
			expected: "Dix actions chiffrées, et la liste de celles qui ne se feront pas, avec leurs raisons."},
		{key: "batiment", name: "Se loger, se chauffer", members: 22, levers: []string{"residentiel-fioul", "residentiel-gaz", "residentiel-sobriete-isolation", "tertiaire-sobriete-isolation", "reseaux-chaleur"},
			mandate:  "Accorder le rythme des rénovations à ce que les artisans peuvent faire, et dire par quels bâtiments commencer.\n\nLe groupe reçoit aussi ce qui touche aux réseaux de chaleur.",
			expected: "Un calendrier par type de logement, et ce qu’il demande à la formation."},
		{key: "industrie", name: "Produire", members: 18, levers: []string{"production-industrielle", "electricite-renouvelable", "fret-efficacite-sobriete", "fret-decarbone-multimodalite"},
			mandate:  "Réunir les sites les plus émetteurs, ceux qui transportent leurs marchandises et ceux qui produisent l’énergie : ce que l’un fait dépend des deux autres.",
			expected: "Une feuille par bassin industriel, relue par les syndicats et les riverains."},
		{key: "agriculture", name: "Se nourrir, cultiver", members: 24, levers: []string{"fertilisation-azotee", "elevage-durable", "pratiques-stockantes", "gestion-prairies", "gestion-haies"},
			mandate:  "Dire ce que les fermes peuvent changer d’ici 2030 **sans perdre de revenu**, et ce que les cantines et les filières doivent changer avec elles.",
			expected: "Cinq accords de filière, et un suivi des prairies."},
		{key: "nature", name: "Forêts, sols et eau", members: 19, levers: []string{"gestion-forets", "produits-bois", "sobriete-fonciere"},
			mandate:  "Regarder ensemble la forêt qui dépérit, les sols que l’on bâtit et l’eau qui manque l’été.",
			expected: "Une carte des secteurs où agir d’abord, avec ses limites."},
		{key: "dechets", name: "Consommer moins, jeter moins", members: 15, levers: []string{"prevention-dechets", "valorisation-matiere-dechets", "captage-methane", "biogaz"},
			mandate:  "Faire baisser ce qui est jeté avant de parler de ce que l’on en fait.",
			expected: "Trois opérations que toute intercommunalité volontaire peut reprendre."},
		{key: "metiers", name: "Métiers et formations", members: 14,
			mandate:  "Compter les métiers qui manquent à chacun des autres groupes, et dire où les former.",
			expected: "Un tableau des besoins par bassin d’emploi, tenu à jour deux fois par an."},
		{key: "mobilite-restreint", parent: "mobilite", name: "Se déplacer : groupe restreint", members: 8, part: cop.Internal, levers: []string{"covoiturage", "velo-transports-commun"},
			mandate:  "Préparer les séances du groupe élargi : chiffrer les propositions retenues, et écarter celles qui ne tiennent pas, en disant pourquoi.",
			expected: "Une note de quatre pages, quinze jours avant chaque séance élargie."},
		{key: "crb", body: "crb", name: "Comité régional de la biodiversité", members: 0, levers: []string{"gestion-haies", "sobriete-fonciere"},
			mandate: "Le comité existe déjà : il rend un avis sur ce que les groupes proposent quand la nature est touchée, plutôt que de créer une instance de plus."},
	},
	"04": {
		{key: "energie", name: "Une électricité faite sur l’île", members: 12, levers: []string{"om-mix-electrique", "om-sobriete-solaire-thermique"}, mandate: "Dire ce que l’île peut produire, stocker et économiser, et dans quel ordre.", expected: "Un ordre de priorité, partagé avec les communes des Hauts."},
		{key: "mobilite", name: "Circuler", members: 10, levers: []string{"om-voitures-electriques", "om-covoiturage-report-modal"}, mandate: "Desserrer l’étau des embouteillages sans attendre les grands chantiers.", expected: "Trois essais, un par bassin."},
	},
	"53": {
		{key: "agriculture", name: "Élevage et bocage", members: 11, levers: []string{"elevage-durable", "gestion-haies"}, mandate: "Tenir ensemble le revenu des éleveurs, le bocage et l’eau.", expected: "Un texte court, signé par ceux qui s’y engagent."},
		{key: "mobilite", name: "Se déplacer en Bretagne", members: 9, levers: []string{"covoiturage", "velo-transports-commun"}, mandate: "Relier les bourgs aux gares et aux lignes de cars.", expected: "Une carte des manques, et qui s’en charge."},
	},
}

// groups makes the working groups of the regions that debate, with those who sit there
// by college, and one whom a visitor may be: the facilitator of a group and of nothing
// else.
func groups(s *Script) {
	for _, x := range forums {
		f := s.forum[x.region]
		if f == nil {
			continue
		}
		team := s.Holding(policy.Team, x.region)[:2]
		for i, w := range workingGroups[x.region] {
			kept := new(group.Group)
			f.groups[w.key] = kept
			members, named := s.sitting(f, w)
			s.in(team[i%2], x.region, opened-50-i/3, "group "+w.key, func(ctx context.Context, a policy.Actor, c cop.COP) (err error) {
				g := group.Group{COP: c.ID, Body: w.body, Name: fr(w.name), Mandate: fr(w.mandate), Expected: fr(w.expected), Until: s.Date(-120), Levers: slices.Clone(w.levers), Part: policy.Public, Secretariat: "Équipe de la COP", Rule: w.body.Rule()} //nolint:gosec // no secret is named here
				if w.part != "" {
					g.Part = w.part
				}
				if w.parent != "" {
					g.Parent = f.groups[w.parent].ID
				}
				*kept, err = s.Debate.Group.Add(ctx, a, g)
				return err
			})
			if len(members) > 0 {
				s.in(team[(i+1)%2], x.region, opened-60-i, "members of "+w.key, func(ctx context.Context, a policy.Actor, _ cop.COP) error {
					for j := range members {
						members[j].Group = kept.ID
						members[j].Shown = named[j]
					}
					return s.Debate.Group.AddMembers(ctx, a, members)
				})
			}
		}
		if x.region == "44" {
			s.facilitator(f, team[0], "mobilite")
		}
	}
}

// sitting draws who sits in a group: one in six is an organisation without a name yet.
func (s *Script) sitting(f *forum, w working) (list []group.Member, named []bool) {
	for n, k := range s.Random.Perm(len(f.voices)) {
		if n == w.members {
			break
		}
		v := f.voices[k]
		x := group.Member{Email: v.email, Name: v.name, OrgName: v.org, College: v.college, Seat: group.Holder, Department: v.commune.Dept, From: s.Date(opened - 60)}
		switch {
		case v.college == debate.Authorities:
			x.Title = [2]string{"élu municipal", "élue municipale"}[n%2]
			if v.woman != (n%2 == 1) {
				x.Title = "service transition écologique"
			}
		case v.org != "" && n%6 == 5:
			x.Name, x.Email = "", "" // whom it sends is not known yet
		case n%7 == 6:
			x.Seat = group.Substitute
		}
		if n%9 == 8 {
			x.Until = s.Date(25) // left
		}
		list, named = append(list, x), append(named, n%3 != 0)
	}
	return list, named
}

// facilitator holds one group alone.
func (s *Script) facilitator(f *forum, by *Person, key string) {
	p := &Person{Role: policy.Facilitator, Kind: "group", Since: opened - 62}
	p.Name, p.Woman = s.name()
	p.Email = s.address(p.Name)
	f.keeper = p
	s.in(by, f.region.Code, opened-62, "facilitator of "+key, func(ctx context.Context, a policy.Actor, _ cop.COP) error {
		g := f.groups[key]
		role, err := s.Debate.Group.Appoint(ctx, a, g.ID, p.Email, p.Name)
		p.id, p.Scope, p.Where = role.Account, g.ID, "groupe «\u00a0"+g.Name+"\u00a0»"
		s.Show(p, f.region.Code, "/regions/"+f.region.Slug+"/groupes/"+g.ID)
		s.moved()
		return err
	})
}
