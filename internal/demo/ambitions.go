package demo

import (
	"context"
	"strconv"

	"jalon/internal/cop"
	"jalon/internal/debate"
	"jalon/internal/debate/ambition"
	"jalon/internal/objective"
	"jalon/internal/policy"
	"jalon/internal/territory"
)

// ambitionOn is a lever whose ambition is in debate: the conditions that some make.
var ambitionOn = []struct {
	lever, text string
	answers     int
	conditions  []string
}{
	{"covoiturage", "Ce que le panorama propose suppose que beaucoup partagent leur voiture, et souvent. **Jusqu’où cela vous paraît-il atteignable en 2030**, et à quelle condition ?", 27,
		[]string{"À condition que le retour soit garanti, même en taxi.", "Si les horaires des entreprises d’une même zone sont rapprochés.", "Si les arrêts sont éclairés et que l’on paie sans téléphone.", "Pas sans une voie réservée aux entrées de ville."}},
	{"residentiel-sobriete-isolation", "Le rythme proposé demande plus d’artisans qu’il n’y en a. Dites ce qui vous semble tenable, en le rapportant à ce que vous connaissez.", 24,
		[]string{"Si les aides ne changent pas pendant cinq ans.", "À condition de former deux fois plus de jeunes, dès la prochaine rentrée.", "Si les copropriétés peuvent emprunter ensemble."}},
}

// ambitions puts two levers of Grand Est in debate, with what people hold reachable.
func ambitions(s *Script) {
	f := s.forum["44"]
	if f == nil {
		return
	}
	for i, x := range ambitionOn {
		kept := new(ambition.Debate)
		s.in(s.Holding(policy.Team, "44")[i], "44", 40, "ambition of "+x.lever, func(ctx context.Context, a policy.Actor, c cop.COP) (err error) {
			*kept, err = s.Debate.Ambition.Begin(ctx, a, c, ambition.Debate{Lever: x.lever, Text: fr(x.text), Opens: s.Date(40), Closes: s.Date(-45)})
			return err
		})
		for n, k := range s.Random.Perm(len(f.voices))[:x.answers] {
			v, part := f.voices[k], Between(s.Random, 35, 115)
			if v.college == debate.Economic {
				part = part * 4 / 5
			}
			wide, how := s.Random.IntN(3) == 0, debate.Person
			if v.org != "" && n%3 == 0 {
				how = debate.Organisation
			}
			condition := ""
			if n%5 == 1 && n/5 < len(x.conditions) {
				condition = fr(x.conditions[n/5])
			}
			s.said("44", s.At(Between(s.Random, 4, 38)), "answer on "+x.lever, func(ctx context.Context, c cop.COP) error {
				m, err := s.model(ctx)
				if err != nil {
					return err
				}
				p, err := objective.PlaceOf(ctx, s.db, m, c, territory.Ref{Scale: territory.RegionS, Code: "44"})
				if err != nil {
					return err
				}
				line, ok := p.Line(x.lever)
				if !ok || !line.Objective.Known {
					return nil
				}
				kt := line.Objective.Kg.Kt() * float64(part) / 100
				in := ambition.New{Measure: objective.InKt, Low: number(kt), Condition: condition, Speaker: v.speaker(), As: how, Machine: "demo-" + v.id}
				if wide {
					in.High = number(kt * 1.3)
				}
				_, err = s.Debate.Ambition.Give(ctx, policy.Actor{}, c, *kept, p, in)
				return err
			})
		}
		s.in(s.Holding(policy.Team, "44")[1-i], "44", 3, "conditions on "+x.lever, func(ctx context.Context, a policy.Actor, _ cop.COP) error {
			return s.publishAll(ctx, a, kept.ID)
		})
	}
}

// number is a quantity as somebody types it.
func number(kt float64) string { return strconv.FormatInt(int64(kt+0.5), 10) }
