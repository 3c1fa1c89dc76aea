package demo

import (
	"context"
	"time"

	"jalon/internal/cop"
	"jalon/internal/policy"
)

// gathering is a sort of meeting, how large it usually is and what it is about.
type gathering struct {
	kind      cop.MeetingKind
	stage     cop.Stage
	low, high int
	part      string
	titles    []string
	place     []string
}

var gatherings = []gathering{
	{cop.LaunchMeeting, cop.Launch, 280, 720, policy.Public, []string{"Réunion de lancement de la COP"}, []string{"Palais des congrès", "Hôtel de région"}},
	{cop.Committee, cop.Launch, 11, 24, cop.Internal, []string{"Comité de pilotage : calendrier et méthode", "Comité de pilotage : où en sont les groupes", "Comité de pilotage : préparation de la plénière"}, []string{"Préfecture de région", "Hôtel de région", "En visioconférence"}},
	{cop.GroupMeeting, cop.Debate, 22, 64, policy.Public, []string{"Groupe de travail : mieux se déplacer", "Groupe de travail : mieux se loger", "Groupe de travail : mieux produire", "Groupe de travail : mieux se nourrir", "Groupe de travail : mieux préserver", "Groupe de travail : mieux consommer"}, []string{"Maison de la région", "Chambre d’agriculture", "Chambre de commerce et d’industrie", "Campus universitaire"}},
	{cop.Workshop, cop.Diagnosis, 14, 42, policy.Public, []string{"Atelier : lire le panorama de la région", "Atelier : les points forts du territoire", "Atelier : ce que disent les plans climat"}, []string{"Médiathèque", "Siège de l’intercommunalité", "En visioconférence"}},
	{cop.LocalMeeting, cop.Sharing, 48, 160, policy.Public, []string{"Réunion départementale : partager le diagnostic", "Réunion départementale : les actions à l’échelle des bassins de vie"}, []string{"Hôtel du département", "Salle des fêtes", "Préfecture"}},
	{cop.PublicHearing, cop.Debate, 70, 310, policy.Public, []string{"Réunion publique : et chez nous, qu’est-ce qui change ?", "Réunion publique : se loger et se chauffer"}, []string{"Salle polyvalente", "Théâtre municipal", "Halle aux grains"}},
	{cop.Plenary, cop.Following, 150, 410, policy.Public, []string{"Plénière de la COP", "Plénière : premiers résultats"}, []string{"Palais des congrès", "Hôtel de région"}},
}

var hours = [][2]string{{"09:30", "12:00"}, {"10:00", "12:30"}, {"14:00", "16:30"}, {"14:30", "17:00"}, {"18:00", "20:00"}, {"18:30", "20:30"}}

// meetings holds those of the last months and plans those of the next weeks. Of
// some people were counted, of others the team gave a number, of a few nobody
// said anything.
func meetings(s *Script) {
	for _, r := range s.Tree.Regions() {
		x := scenario{s, r}
		if r.Code != "03" { // not launched yet
			x.meeting(gatherings[0], s.Weekday(opened-12))
		}
		held, planned, sorts := 2, 1, gatherings[1:]
		if s.Lively(r.Code) {
			held, planned = Between(s.Random, 9, 14), Between(s.Random, 2, 4)
		}
		if r.Code == "03" {
			held, sorts = 3, []gathering{gatherings[1], gatherings[3]} // what prepares a launch
		}
		for range held {
			x.meeting(Pick(s.Random, sorts...), s.Weekday(Between(s.Random, 4, opened-20)))
		}
		for range planned {
			x.meeting(Pick(s.Random, sorts...), s.Weekday(-Between(s.Random, 3, 40)))
		}
	}
}

// meeting is planned two weeks before its day, or so, and closed after it.
func (x scenario) meeting(g gathering, ago int) {
	r := x.Random
	hour := Pick(r, hours...)
	in := cop.Meeting{COP: copOf(x.region), Kind: g.kind, Stage: g.stage, Title: fr(Pick(r, g.titles...)), Day: x.Date(ago), Start: hour[0], End: hour[1],
		Place: Pick(r, g.place...), Part: g.part, State: cop.Planned}
	team := x.Holding(policy.Team, x.region.Code)[:2]
	plan := min(ago+Between(r, 10, 25), opened-7)
	if ago < 0 {
		plan = Between(r, 1, 12)
	}
	kept := new(cop.Meeting)
	x.As(Pick(r, team...), x.At(plan), "meeting in "+x.region.Slug, func(ctx context.Context, a policy.Actor) (err error) {
		*kept, err = x.COPs.AddMeeting(ctx, a, in)
		return err
	})
	n, how := int64(Between(r, g.low, g.high)), r.IntN(20)
	if how < 2 && ago > 10 && g.kind != cop.LaunchMeeting { // nobody closed it, or it did not take place
		if how == 0 && ago > 0 {
			x.close(kept, team, ago+1, func(m *cop.Meeting) { m.State = cop.Cancelled })
		}
		return
	}
	if ago > 1 {
		x.close(kept, team, ago-1, func(m *cop.Meeting) {
			m.State = cop.MeetingOn
			if how < 17 {
				m.Attendance, m.Counted = &n, how < 10
			}
		})
	}
}

func (x scenario) close(kept *cop.Meeting, team []*Person, ago int, change func(*cop.Meeting)) {
	x.As(Pick(x.Random, team...), x.At(ago), "meeting over in "+x.region.Slug, func(ctx context.Context, a policy.Actor) error {
		m := *kept
		change(&m)
		_, err := x.COPs.SaveMeeting(ctx, a, m, "")
		return err
	})
}

var stories = [][2]string{
	{"Le diagnostic se partage : venez en parler", "Le diagnostic de la région sera présenté dans chaque département. Il dit **d’où nous partons**, ce qui avance, et ce qui manque.\n\n- les chiffres sont ceux du panorama ;\n- chacun peut dire ce qu’il en pense."},
	{"Six groupes de travail au travail", "Les groupes se réunissent une fois par mois. Leurs comptes rendus sont déposés ici dès qu’ils sont relus.\n\nPour rejoindre un groupe, écrivez à l’équipe de la COP."},
	{"Ce que nous retenons de la plénière", "Trois sujets ont occupé la salle : la rénovation des logements des propriétaires modestes, le fret ferroviaire, et l’eau.\n\nLes suites sont inscrites au calendrier."},
	{"Covoiturage : deux intercommunalités montrent la voie", "Elles ont ouvert une ligne régulière et un abri à chaque arrêt. L’équipe publiera le bilan au printemps."},
	{"Un an de suivi : le point", "La feuille de route avance, pas partout au même pas. Le prochain point dira, levier par levier, ce qui est fait, ce qui est attendu et ce qui reste à trouver."},
	{"Les mairies volontaires répondent au questionnaire", "Merci à celles qui ont déjà répondu. Les autres le peuvent encore : les communes répondent si elles le souhaitent."},
}

// news publishes what the team tells, and leaves a draft on its desk.
func news(s *Script) {
	for _, r := range s.Tree.Regions() {
		x := scenario{s, r}
		n := 1
		if s.Lively(r.Code) {
			n = Between(s.Random, 3, 5)
		}
		for i, k := range s.Random.Perm(len(stories))[:n+1] {
			ago := 7 + i*Between(s.Random, 24, 36)
			x.story(stories[k], ago, i < n)
		}
	}
}

func (x scenario) story(text [2]string, ago int, publish bool) {
	who := x.Head(policy.Team, x.region.Code)
	if !publish {
		ago = Between(x.Random, 1, 6)
	}
	kept := new(cop.News)
	at := x.At(ago)
	x.As(who, at, "news in "+x.region.Slug, func(ctx context.Context, a policy.Actor) (err error) {
		*kept, err = x.COPs.AddNews(ctx, a, copOf(x.region), fr(text[0]), fr(text[1]))
		return err
	})
	if publish {
		x.As(who, at.Add(time.Hour), "news published in "+x.region.Slug, func(ctx context.Context, a policy.Actor) error {
			_, err := x.COPs.Publish(ctx, a, kept.ID, kept.Rev)
			return err
		})
	}
}
