package demo

import (
	"context"
	"strconv"
	"time"

	"jalon/internal/cop"
	"jalon/internal/debate/ballot"
	"jalon/internal/debate/minutes"
	"jalon/internal/policy"
)

// point is one of an agenda, and what was said of it.
type point struct {
	title, presenter string
	minutes          int64
	levers           []string
	text             string
}

// sentence is a decision, and the contributions that it answers.
type sentence struct {
	text, kind, reached string
	point               int
	levers, answers     []string
	became              string
}

var mobilityAgenda = []point{
	{"Où en sont les contributions", "L’équipe de la COP", 20, nil, "Trente contributions portent sur les déplacements. Les plus soutenues demandent un **billet commun** et des **correspondances qui attendent**.\n\nUne participante rappelle que ceux qui travaillent la nuit ne figurent nulle part : le point est ajouté."},
	{"Ce qui remplace le trajet seul en voiture", "Le groupe restreint", 45, []string{"covoiturage", "velo-transports-commun"}, "Le groupe restreint présente neuf propositions. Deux sont écartées, avec leurs raisons : le covoiturage imposé, et la limitation de la puissance des moteurs, qui ne se décident pas ici.\n\nLe retour garanti le soir revient dans presque toutes les prises de parole."},
	{"Les villages sans gare", "", 35, []string{"voitures-electriques"}, "Désaccord assumé : pour les uns, la voiture électrique partagée suffira ; pour les autres, elle vient après le car. Les deux positions sont notées."},
	{"Calendrier et qui fait quoi", "L’animatrice ou l’animateur du groupe", 20, nil, "La prochaine séance relit les dix actions, une par une."},
}

var mobilityDecisions = []sentence{
	{text: "Douze lieux sont proposés pour accueillir un arrêt de covoiturage, avec un retour garanti jusqu’à 21 heures.", kind: "decision", reached: "consensus", point: 1, levers: []string{"covoiturage"}, answers: []string{"Un arrêt de covoiturage au rond-point"}, became: "applied"},
	{text: "Le groupe propose un billet commun aux réseaux volontaires dès la prochaine rentrée.", kind: "orientation", reached: "vote", point: 1, levers: []string{"velo-transports-commun"}, answers: []string{"Un seul billet pour le train, le car et le tram"}},
	{text: "Une étude est demandée sur l’ouverture de deux lignes le vendredi et le dimanche.", kind: "demande", reached: "consensus", point: 1, levers: []string{"velo-transports-commun"}, answers: []string{"Rouvrir la petite ligne le vendredi et le dimanche"}},
	{text: "Les ruptures de pistes cyclables signalées par les habitants sont transmises aux intercommunalités, avec leur nombre de soutiens.", kind: "decision", reached: "consensus", point: 0, levers: []string{"velo-transports-commun"}, answers: []string{"Une piste continue entre la gare et le lycée", "Un plan vélo qui relie les bourgs, pas seulement les villes"}},
	{text: "Les trajets de nuit sont étudiés à part, avec les employeurs.", kind: "accord", reached: "consensus", point: 0, answers: []string{"Rien pour ceux qui travaillent la nuit"}},
	{text: "La place de la voiture électrique dans les villages reste en désaccord : les deux positions sont portées à la plénière.", kind: "desaccord", reached: "consensus", point: 2, levers: []string{"voitures-electriques"}},
	{text: "Interdire les moteurs les plus puissants n’est pas proposé.", kind: "decision", reached: "vote", point: 1, answers: []string{"Interdire les moteurs de plus de 100 chevaux"}},
}

// sessions is what meetings of Grand Est say: one whose minutes are approved, with its
// live votes, one whose minutes are proposed, one to come whose vote is ready.
func sessions(s *Script) {
	f := s.forum["44"]
	if f == nil {
		return
	}
	team := s.Holding(policy.Team, "44")[:2]
	x := &session{s, f, f.meetings["gt-mobilite"], s.Weekday(27)}
	x.agenda(team[0], x.ago+3, mobilityAgenda)
	votes := []*ballot.Ballot{
		x.vote(f.keeper, 14, ballot.Input{Question: fr("Un billet commun aux réseaux volontaires, dès la prochaine rentrée ?"), Kind: ballot.Scale, Colleges: true}, []int{1, 3, 9, 12, 2}, true),
		x.vote(f.keeper, 15, ballot.Input{Question: fr("Par quoi commencer ?"), Kind: ballot.Multiple, Most: 2, Options: []string{"Le retour garanti le soir", "Les correspondances", "Les arrêts de covoiturage", "Les pistes jusqu’aux gares"}}, []int{14, 11, 8, 7}, true),
	}
	x.written(f.keeper, mobilityAgenda, fr("Séance ouverte à 14 h. Les participants se présentent en une phrase : leur trajet du matin, et ce qui l’aurait rendu plus simple."), fr("Prochaine séance dans cinq semaines. Le relevé est envoyé à tous les inscrits."))
	x.decided(f.keeper, mobilityDecisions, votes[0])
	for i, t := range []minutes.TaskInput{
		{What: "Écrire aux intercommunalités des douze lieux, avec un plan de chacun.", Email: f.keeper.Email, Holder: f.keeper.Name, Due: s.Date(12)},
		{What: "Demander aux employeurs d’une zone d’activité leurs horaires de nuit.", Holder: "Service déconcentré (inventé)", Due: s.Date(-15)},
		{What: "Chiffrer le retour garanti sur une ligne.", Org: "Bureau d’études Méandre (inventé)", Due: s.Date(-4)},
		{What: "Mettre en page la carte des ruptures de pistes.", Org: "Les Roues libres (association inventée)"},
	} {
		kept := new(minutes.Task)
		s.in(f.keeper, "44", x.ago-1, "task", func(ctx context.Context, a policy.Actor, _ cop.COP) (err error) {
			t.What = fr(t.What)
			*kept, err = s.Debate.Minutes.AddTask(ctx, a, x.meeting.ID, t)
			return err
		})
		if i == 3 {
			s.in(f.keeper, "44", 11, "task done", func(ctx context.Context, a policy.Actor, _ cop.COP) error {
				_, err := s.Debate.Minutes.EndTask(ctx, a, kept.ID, kept.Rev, minutes.TaskDone, s.Date(11), "")
				return err
			})
		}
	}
	x.propose(f.keeper, x.ago-3)
	x.approve(team[0], x.ago-6)

	y := &session{s, f, f.meetings["gt-batiment"], s.Weekday(9)}
	homes := []point{
		{"Ce que disent les artisans", "La fédération (inventée)", 30, []string{"residentiel-sobriete-isolation"}, "Les carnets de commandes sont ouverts : neuf mois d’attente en moyenne dans les réponses reçues (chiffre inventé). Ce n’est pas l’envie qui manque, c’est l’horizon."},
		{"Par quels bâtiments commencer", "", 60, []string{"residentiel-fioul", "tertiaire-sobriete-isolation"}, "Trois entrées sont comparées : les logements au fioul sans gaz à proximité, les écoles, les grands ensembles."},
		{"La chaleur perdue", "", 30, []string{"reseaux-chaleur"}, "L’étude de faisabilité est attendue pour le printemps."},
	}
	y.agenda(team[1], y.ago+2, homes)
	y.written(team[1], homes, "", "")
	y.decided(team[1], []sentence{
		{text: "L’accompagnement à domicile est la première action du groupe, d’abord pour les propriétaires de plus de 70 ans.", kind: "decision", reached: "consensus", point: 1, levers: []string{"residentiel-sobriete-isolation"}, answers: []string{"Un conseiller qui vient à la maison, pas un numéro"}},
		{text: "Une étude de faisabilité est demandée sur la chaleur de la fonderie.", kind: "demande", reached: "consensus", point: 2, levers: []string{"reseaux-chaleur"}, answers: []string{"Récupérer la chaleur de la fonderie"}},
	}, nil)
	y.propose(team[1], 6)

	z := &session{s, f, f.meetings["a-venir-mobilite"], s.Weekday(-8)}
	z.agenda(team[0], 3, []point{
		{"Relecture des dix actions", "L’animatrice ou l’animateur du groupe", 90, []string{"covoiturage", "velo-transports-commun", "voitures-electriques"}, ""},
		{"Vote sur l’ordre des actions", "", 20, nil, ""},
		{"Ce qui est abandonné, et pourquoi", "", 25, nil, ""},
	})
	s.in(f.keeper, "44", 2, "ballot ready", func(ctx context.Context, a policy.Actor, _ cop.COP) error {
		_, err := s.Debate.Ballot.Create(ctx, a, z.meeting.ID, ballot.Input{Question: fr("Quelles actions mettre en tête ? Trois au plus."), Kind: ballot.Multiple, Most: 3, Colleges: true,
			Options: []string{"Le billet commun", "Les douze arrêts", "Le retour garanti", "Les liaisons vers les gares", "Les lignes du vendredi et du dimanche", "Les trajets de nuit"}})
		return err
	})
}

// session is a meeting, while what it says is written.
type session struct {
	*Script
	f       *forum
	meeting *cop.Meeting
	ago     int
}

func (x *session) hour(h, m int) time.Time {
	return x.Day(x.ago).Add(time.Duration(h)*time.Hour + time.Duration(m)*time.Minute)
}

func (x *session) agenda(by *Person, ago int, points []point) {
	x.in(by, "44", ago, "agenda", func(ctx context.Context, a policy.Actor, _ cop.COP) error {
		for _, p := range points {
			if _, err := x.Debate.Minutes.AddItem(ctx, a, x.meeting.ID, minutes.ItemInput{Title: fr(p.title), Planned: p.minutes, Presenter: p.presenter, Levers: p.levers}); err != nil {
				return err
			}
		}
		return nil
	})
}

// vote is taken in the room, and closed: counts says how many chose each answer.
func (x *session) vote(by *Person, hour int, in ballot.Input, counts []int, shown bool) *ballot.Ballot {
	kept := new(ballot.Ballot)
	x.inAt(by, "44", x.hour(hour, 5), "vote", func(ctx context.Context, a policy.Actor, _ cop.COP) (err error) {
		if *kept, err = x.Debate.Ballot.Create(ctx, a, x.meeting.ID, in); err == nil {
			*kept, err = x.Debate.Ballot.Start(ctx, a, kept.ID, kept.Rev)
		}
		return err
	})
	x.Scene(x.hour(hour, 7), "voices", func(ctx context.Context) error {
		n := 0
		for choice, many := range counts {
			for range many {
				v := ballot.Voice{Device: "demo-" + strconv.Itoa(n), Machine: "demo-room", Choices: []int{choice}, College: x.f.voices[n].college}
				if in.Kind == ballot.Multiple && n%2 == 0 {
					v.Choices = append(v.Choices, (choice+1)%len(counts))
				}
				if n++; n > 23 {
					return nil // no more voices than people
				}
				if _, err := x.Debate.Ballot.Vote(ctx, *kept, v); err != nil {
					return err
				}
			}
		}
		return nil
	})
	x.inAt(by, "44", x.hour(hour, 12), "vote closed", func(ctx context.Context, a policy.Actor, _ cop.COP) (err error) {
		if *kept, err = x.Debate.Ballot.Close(ctx, a, kept.ID, kept.Rev); err == nil {
			*kept, err = x.Debate.Ballot.Show(ctx, a, kept.ID, kept.Rev, shown)
		}
		return err
	})
	return kept
}

func (x *session) items(ctx context.Context) ([]minutes.Item, error) {
	return minutes.Agenda(ctx, x.db, *x.meeting)
}

func (x *session) written(by *Person, points []point, opening, closing string) {
	x.inAt(by, "44", x.hour(17, 30), "minutes", func(ctx context.Context, a policy.Actor, _ cop.COP) error {
		items, err := x.items(ctx)
		if err != nil {
			return err
		}
		texts := [][2]string{{minutes.Opening, opening}, {minutes.Closing, closing}}
		for i, p := range points {
			texts = append(texts, [2]string{items[i].ID, fr(p.text)})
		}
		for _, t := range texts {
			if t[1] == "" {
				continue
			}
			if err := x.Debate.Minutes.Write(ctx, a, x.meeting.ID, t[0], 0, t[1]); err != nil {
				return err
			}
		}
		return nil
	})
}

// decided records what was decided; what a vote decided bears it.
func (x *session) decided(by *Person, list []sentence, voted *ballot.Ballot) {
	x.in(by, "44", x.ago-1, "decisions", func(ctx context.Context, a policy.Actor, _ cop.COP) error {
		items, err := x.items(ctx)
		if err != nil {
			return err
		}
		for _, d := range list {
			in := minutes.DecisionInput{Sentence: fr(d.text), Kind: d.kind, Reached: d.reached, Item: items[d.point].ID, Levers: d.levers}
			if d.reached == "vote" && voted != nil {
				in.Ballot, voted = voted.ID, nil
			}
			for _, title := range d.answers {
				if p := x.f.posts[fr(title)]; p != nil && p.post.ID != "" {
					in.Contributions = append(in.Contributions, p.post.ID)
				}
			}
			kept, err := x.Debate.Minutes.Decide(ctx, a, x.meeting.ID, in)
			if err != nil {
				return err
			}
			if d.became != "" {
				if err := x.Debate.Minutes.Settle(ctx, a, kept.ID, kept.Rev, d.became, fr("Les douze lieux sont écrits dans le projet de chapitre.")); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

func (x *session) propose(by *Person, ago int) {
	x.in(by, "44", ago, "minutes proposed", func(ctx context.Context, a policy.Actor, _ cop.COP) error {
		m, err := minutes.Of(ctx, x.db, *x.meeting)
		if err != nil {
			return err
		}
		return x.Debate.Minutes.Propose(ctx, a, m.ID, m.Rev)
	})
}

// approve freezes the minutes, without a PDF: what prints one takes longer than all
// the rest of the demonstration.
func (x *session) approve(by *Person, ago int) {
	x.in(by, "44", ago, "minutes approved", func(ctx context.Context, a policy.Actor, c cop.COP) error {
		m, err := minutes.Of(ctx, x.db, *x.meeting)
		if err != nil {
			return err
		}
		model, err := x.model(ctx)
		if err != nil {
			return err
		}
		lever := func(code string) string {
			l, err := model.Framework().Lever(code)
			if err != nil {
				return code
			}
			return l.Name
		}
		person := func(string) string { return by.Name }
		_, err = x.Debate.Minutes.Approve(ctx, a, x.meeting.ID, m.Rev, minutes.Press{Lever: lever, Person: person, Day: c.DayAt(x.clock), Author: c.SenderName(), Address: x.Accounts.BaseURL + x.meeting.Path() + "/compte-rendu", Demo: true, Draw: page})
		return err
	})
}
