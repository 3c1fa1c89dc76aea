package demo

import (
	"context"
	"strings"
	"time"

	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/debate"
	"jalon/internal/debate/question"
	"jalon/internal/policy"
)

// claim is a statement put to vote, and how many in a hundred agree with it in each of
// the three ways of seeing things that the votes are drawn from: people who live in
// villages and need their car, people of large towns, people who work the land.
type claim struct {
	text  string
	agree [3]int
}

var claims = []claim{
	{"Avant d’interdire quoi que ce soit, il faut proposer autre chose à ceux qui n’ont que la voiture.", [3]int{96, 78, 93}},
	{"Dans les grandes villes, la place donnée à la voiture doit diminuer dès maintenant.", [3]int{16, 95, 58}},
	{"Un car toutes les heures, même à moitié vide, vaut la dépense.", [3]int{80, 84, 26}},
	{"La priorité va aux petites lignes de train plutôt qu’à une nouvelle route.", [3]int{66, 93, 28}},
	{"La voiture électrique est la principale réponse pour les villages.", [3]int{78, 26, 24}},
	{"Je serais prêt à covoiturer si j’étais sûr de rentrer le soir.", [3]int{71, 66, 52}},
	{"Il faut limiter les livraisons à domicile en moins de deux jours.", [3]int{22, 78, 70}},
	{"Les éoliennes doivent d’abord rapporter aux habitants qui les voient.", [3]int{92, 74, 88}},
	{"Notre région a déjà assez d’éoliennes.", [3]int{86, 12, 34}},
	{"Aucun panneau solaire sur un champ tant que les toits et les parkings ne sont pas couverts.", [3]int{91, 80, 38}},
	{"Le bois de nos forêts doit d’abord servir à construire, puis à chauffer.", [3]int{66, 77, 71}},
	{"Les méthaniseurs sont une chance pour les fermes.", [3]int{34, 26, 91}},
	{"Un champ ne doit pas nourrir une machine.", [3]int{81, 86, 16}},
	{"Plus un seul hectare ne devrait être bâti hors des bourgs.", [3]int{14, 86, 82}},
	{"Les habitants des villages doivent pouvoir construire sur leur terrain.", [3]int{93, 16, 22}},
	{"Une zone commerciale qui ouvre doit en faire revivre une qui ferme.", [3]int{79, 88, 82}},
	{"Il faut payer les agriculteurs pour ce qu’ils entretiennent : haies, prairies, mares.", [3]int{85, 87, 95}},
	{"Les cantines doivent servir moins de viande, et mieux choisie.", [3]int{40, 94, 14}},
	{"On demande trop d’efforts à l’agriculture par rapport aux autres.", [3]int{66, 10, 97}},
	{"L’eau des rivières doit passer avant l’irrigation, même les années sèches.", [3]int{76, 90, 7}},
	{"Un conseiller indépendant devrait passer dans chaque maison mal isolée.", [3]int{87, 89, 78}},
	{"Il vaut mieux rénover moins de logements, mais entièrement.", [3]int{36, 82, 50}},
	{"On ne devrait plus pouvoir louer un logement qui ne se chauffe pas.", [3]int{44, 94, 46}},
	{"Les bâtiments publics doivent baisser le chauffage d’un degré.", [3]int{70, 81, 66}},
	{"Les grandes usines doivent publier chaque année ce qu’elles ont fait.", [3]int{89, 94, 85}},
	{"Aider une usine à se transformer coûte moins cher que la laisser partir.", [3]int{83, 70, 81}},
	{"Je fais plus attention à ce que je jette qu’il y a cinq ans.", [3]int{86, 88, 84}},
	{"Les décisions se prennent trop loin de chez moi.", [3]int{95, 34, 93}},
	{"On devrait tirer au sort des habitants pour suivre ce qui est promis.", [3]int{63, 76, 58}},
	{"Les efforts demandés sont justement répartis entre les territoires.", [3]int{11, 32, 9}},
}

// asked is a debate on a question, and how many vote there.
type askedOf struct {
	region, title, question, text string
	claims                        []claim
	voters, opens, closes         int
	conclusion                    string
}

// questions holds two debates: one where three ways of seeing things show, one of so
// few people that no group can be told for sure.
func questions(s *Script) {
	people := 600
	if s.Size == Small {
		people = 240
	}
	few := make([]claim, 0, 12)
	for _, i := range []int{0, 2, 5, 7, 9, 16, 20, 24, 27, 28} {
		few = append(few, claim{claims[i].text, [3]int{64, 58, 61}})
	}
	for _, x := range []askedOf{
		{"44", "Bouger, produire, bâtir : jusqu’où sommes-nous d’accord ?", "Que faut-il faire d’abord dans le Grand Est d’ici 2030, et que ne faut-il pas faire ?",
			"Trente phrases courtes, écrites à partir des contributions. À chacune : d’accord, pas d’accord, ou je passe. **Personne n’a à tout lire** : dix réponses suffisent pour compter.\n\nCe débat ne vote rien. Il montre sur quoi l’on s’accorde, et où l’on se partage.",
			claims, people, 70, -20, "Beaucoup d’accord sur le concret : une solution avant une contrainte, payer ce que l’on entretient, dire ce que font les grandes usines. Le désaccord porte sur la voiture en ville, sur l’eau des années sèches et sur ce que l’on bâtit encore."},
		{"04", "Vivre sur une île plus sobre", "Que garder, que changer d’abord à La Réunion ?", "Dix phrases pour commencer. Peu de personnes ont répondu : **rien n’est encore sûr**.", few, 22, 25, -35, ""},
	} {
		if f := s.forum[x.region]; f != nil {
			s.debated(f, x)
		}
	}
}

func (s *Script) debated(f *forum, x askedOf) {
	team := s.Head(policy.Team, x.region)
	kept := new(question.Question)
	s.in(team, x.region, x.opens, "question", func(ctx context.Context, a policy.Actor, c cop.COP) (err error) {
		in := question.Input{Title: fr(x.title), Question: fr(x.question), Text: fr(x.text), OpensOn: s.Date(x.opens), ClosesOn: s.Date(x.closes), Proposals: question.Anyone, AsksTerritory: true, AsksCollege: true}
		if *kept, err = s.Debate.Question.Create(ctx, a, c, in); err != nil {
			return err
		}
		lines := make([]string, len(x.claims))
		for i, y := range x.claims {
			lines[i] = y.text
		}
		if _, _, err = s.Debate.Question.Seed(ctx, a, c, *kept, strings.Join(lines, "\n")); err != nil {
			return err
		}
		*kept, err = s.Debate.Question.OpenIt(ctx, a, c, kept.ID, kept.Rev)
		return err
	})
	random := s.rand("votes of " + x.region)
	s.Scene(s.At(2), "votes of "+x.region, func(ctx context.Context) error {
		return db.Tx(ctx, s.db, func(ctx context.Context, tx db.Q) error {
			var voters, votes [][]any
			for i := range x.voters {
				kind := []int{0, 0, 0, 1, 1, 1, 1, 2, 2}[random.IntN(9)]
				at := s.Day(max(x.opens-random.IntN(x.opens), 3)).Add(time.Duration(6+random.IntN(14)) * time.Hour).UnixMilli()
				id := at<<20 | int64(i+1)
				college, dept := "", ""
				if random.IntN(3) > 0 {
					college = string(Pick(random, collegesOf[kind]...))
				}
				if random.IntN(4) > 0 {
					dept = "department:" + Pick(random, f.voices...).commune.Dept
				}
				voters = append(voters, []any{kept.Num, id, int64(i), "", "", college, dept, at})
				keen := Between(random, 55, 100) // some answer all, some half
				for n, y := range x.claims {
					if random.IntN(100) >= keen {
						continue
					}
					value, draw := question.Disagree, random.IntN(100)
					switch {
					case random.IntN(100) < 6:
						value = question.Pass
					case draw < y.agree[kind]:
						value = question.Agree
					}
					votes = append(votes, []any{kept.Num, id, int64(n + 1), value, at + int64(n)*4000})
				}
			}
			// By sets of rows: one by one, as people vote, they would take minutes.
			if _, err := db.Insert(ctx, tx, "debate_voter", strings.Fields("debate voter seat account voice_id college territory at"), voters, ""); err != nil {
				return err
			}
			if _, err := db.Insert(ctx, tx, "debate_vote", strings.Fields("debate voter statement value at"), votes, ""); err != nil {
				return err
			}
			_, err := tx.Exec(ctx, `UPDATE debate_pulse SET ticks = $2, voters = $3 WHERE debate = $1`, kept.Num, int64(len(votes)), int64(len(voters)))
			return err
		})
	})
	s.in(team, x.region, 1, "figures of a question", func(ctx context.Context, a policy.Actor, c cop.COP) error {
		if err := s.Debate.Question.Refresh(ctx, kept.Num); err != nil {
			return err
		}
		// How long it took is not of the seed.
		if _, err := s.db.Exec(ctx, `UPDATE debate_result SET took = 25 WHERE debate = $1`, kept.Num); err != nil {
			return err
		}
		now, err := question.Find(ctx, s.db, kept.ID)
		if err == nil && x.conclusion != "" {
			_, err = s.Debate.Question.Conclude(ctx, a, c, now.ID, now.Rev, fr(x.conclusion))
		}
		return err
	})
}

// collegesOf is where each way of seeing things speaks from.
var collegesOf = [3][]debate.College{{debate.Citizens, debate.Citizens, debate.Authorities}, {debate.Citizens, debate.Associations, debate.Experts}, {debate.Economic, debate.Economic, debate.Citizens}}
