package demo

import (
	"context"
	"strconv"
	"time"

	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/debate"
	"jalon/internal/debate/meeting"
	"jalon/internal/policy"
)

// assembly is a meeting of the debate: who registered, who came, how they were counted.
type assembly struct {
	key, title string
	kind       cop.MeetingKind
	stage      cop.Stage
	group      string // key
	dept       string
	place      string
	ago        int // negative: to come
	start, end string
	list       int   // registered
	door       int   // who read the code at the door without having registered
	spot       int   // added on the spot
	heads      int64 // counted in the room, when nobody held a list
	capacity   int64
	words      string
}

var assemblies = map[string][]assembly{
	"44": {
		{key: "lancement", title: "Lancement du débat : d’où partons-nous ?", kind: cop.LaunchMeeting, stage: cop.Launch, place: "Palais des congrès, salle Ovale", ago: 148, start: "09:30", end: "12:30", heads: 386},
		{key: "inter", title: "COP intermédiaire : ce que les groupes ont déjà écrit", kind: cop.MidtermCOP, stage: cop.Debate, place: "Hôtel de région, hémicycle", ago: 62, start: "14:00", end: "17:30", list: 52, door: 9, spot: 6},
		{key: "rest-67", title: "Restitution dans le Bas-Rhin", kind: cop.LocalRestitution, stage: cop.Sharing, dept: "67", place: "Maison de la culture, grande salle", ago: 47, start: "18:00", end: "20:30", list: 24, spot: 9},
		{key: "rest-57", title: "Restitution en Moselle", kind: cop.LocalRestitution, stage: cop.Sharing, dept: "57", place: "Salle des fêtes, rue des Écoles", ago: 44, start: "18:00", end: "20:30", list: 21, door: 5},
		{key: "rest-51", title: "Restitution dans la Marne", kind: cop.LocalRestitution, stage: cop.Sharing, dept: "51", place: "Chambre d’agriculture (salle prêtée)", ago: 40, start: "18:30", end: "20:30", heads: 74},
		{key: "rest-88", title: "Restitution dans les Vosges", kind: cop.LocalRestitution, stage: cop.Sharing, dept: "88", place: "Ancienne filature, salle du premier étage", ago: 36, start: "18:30", end: "21:00", list: 19, spot: 11},
		{key: "gt-mobilite", title: "Se déplacer : ce que l’on garde, ce que l’on écarte", kind: cop.GroupMeeting, stage: cop.Debate, group: "mobilite", place: "Maison de la région, salle 204", ago: 27, start: "14:00", end: "16:30", list: 23, spot: 4},
		{key: "pleniere", title: "Plénière : les premières réponses aux contributions", kind: cop.Plenary, stage: cop.Debate, place: "Halle aux grains", ago: 18, start: "09:30", end: "16:00", list: 58, door: 14, spot: 7},
		{key: "gt-batiment", title: "Se loger : quels bâtiments d’abord", kind: cop.GroupMeeting, stage: cop.Debate, group: "batiment", place: "Maison de la région, salle 112", ago: 9, start: "09:30", end: "12:00", list: 17, spot: 2},
		{key: "a-venir-mobilite", title: "Se déplacer : relire les dix actions", kind: cop.GroupMeeting, stage: cop.Debate, group: "mobilite", place: "Maison de la région, salle 204", ago: -8, start: "14:00", end: "16:30", list: 12},
		{key: "a-venir", title: "Plénière d’hiver : la feuille de route article par article", kind: cop.Plenary, stage: cop.Roadmap, place: "Médiathèque, auditorium", ago: -22, start: "13:30", end: "17:00", list: 41, capacity: 35,
			words: "L’auditorium tient 35 personnes. Si vous ne pouvez plus venir, dites-le : la place va à la première personne qui attend."},
	},
	"04": {
		{key: "lancement", title: "Atelier public : que produire ici ?", kind: cop.PublicHearing, stage: cop.Debate, place: "Salle polyvalente", ago: 33, start: "17:30", end: "19:30", list: 14, spot: 5},
		{key: "a-venir", title: "Circuler : choisir trois essais", kind: cop.GroupMeeting, stage: cop.Debate, group: "mobilite", place: "Médiathèque", ago: -12, start: "17:00", end: "19:00", list: 6, capacity: 30},
	},
	"53": {
		{key: "lancement", title: "Réunion publique : bocage, lait et climat", kind: cop.PublicHearing, stage: cop.Debate, place: "Salle du Champ de foire", ago: 29, start: "20:00", end: "22:00", heads: 63},
		{key: "a-venir", title: "Se déplacer : relire la carte des manques", kind: cop.GroupMeeting, stage: cop.Debate, group: "mobilite", place: "Mairie, salle du conseil", ago: -15, start: "18:00", end: "20:00", list: 8, capacity: 25},
	},
}

// gatheringsOf holds the meetings of the debate: registrations, attendance by list, by
// the code at the door or by a count of heads, and those to come, of which one is full.
func gatheringsOf(s *Script) {
	for _, x := range forums {
		if f := s.forum[x.region]; f != nil {
			for _, g := range assemblies[x.region] {
				s.assembly(f, g)
			}
		}
	}
}

func (s *Script) assembly(f *forum, g assembly) {
	region, team := f.region.Code, s.Holding(policy.Team, f.region.Code)[:2]
	ago := s.Weekday(g.ago)
	planned := max(ago+18, 6)
	kept := new(cop.Meeting)
	f.meetings[g.key] = kept
	s.in(team[0], region, planned, "meeting "+g.key, func(ctx context.Context, a policy.Actor, c cop.COP) (err error) {
		in := cop.Meeting{Kind: g.kind, Stage: g.stage, Title: fr(g.title), Day: s.Date(ago), Start: g.start, End: g.end, Place: g.place, Part: policy.Public, State: cop.Planned, Department: g.dept}
		if g.group != "" {
			in.Group = f.groups[g.group].ID
		}
		if *kept, err = s.Debate.Meeting.Plan(ctx, a, c, in); err != nil || g.list == 0 {
			return err
		}
		e := meeting.Entry{Meeting: kept.ID, Mode: meeting.Open, Words: fr(g.words), Remind: []int{7, 1}}
		if g.capacity > 0 {
			e.Capacity = &g.capacity
		}
		was, err := meeting.EntryOf(ctx, s.db, *kept)
		if e.Rev = was.Rev; err == nil {
			_, err = s.Debate.Meeting.SaveEntry(ctx, a, e)
		}
		return err
	})
	who := s.near(f, g.dept)
	for i := range g.list {
		day := max(planned-1-i*max(planned-max(ago, 0)-1, 1)/g.list, max(ago+1, 1))
		s.said(region, s.At(day), "registration "+g.key, func(ctx context.Context, _ cop.COP) error {
			_, _, err := s.Debate.Meeting.Register(ctx, policy.Actor{}, kept.ID, s.seat(ctx, who[i], i))
			return err
		})
	}
	if ago > 0 {
		s.held(f, g, kept, ago, who[g.list:])
	}
}

// near lists the voices of a region, those of a département first, in an order of its
// own.
func (s *Script) near(f *forum, dept string) (out []*voice) {
	var far []*voice
	for _, i := range s.Random.Perm(len(f.voices)) {
		if v := f.voices[i]; dept == "" || v.commune.Dept == dept {
			out = append(out, v)
		} else {
			far = append(far, v)
		}
	}
	return append(out, far...)
}

var needs = []string{"Entrée sans marche.", "Boucle magnétique, si la salle en a une.", "Je viens avec un enfant de trois ans."}

// seat is what a voice says who registers; who comes from an authority comes for its
// commune, whose organisation it is when it is there.
func (s *Script) seat(ctx context.Context, v *voice, i int) meeting.NewSeat {
	in := meeting.NewSeat{Speaker: v.speaker()}
	in.Org, in.OrgName = s.office(ctx, v)
	if i%13 == 12 {
		in.Needs = needs[i/13%len(needs)]
	}
	return in
}

func (s *Script) office(ctx context.Context, v *voice) (id, name string) {
	if v.college != debate.Authorities {
		return "", v.org
	}
	rows, err := s.db.Query(ctx, `SELECT id, name FROM organisation WHERE territory IN ($1, $2) AND state = 'active' ORDER BY territory, id LIMIT 1`, v.ref(), "epci:"+v.commune.EPCI)
	found, err := db.Collect(rows, err, func(r *db.Rows) (x [2]string, err error) { return x, r.Scan(&x[0], &x[1]) })
	if err != nil || len(found) == 0 {
		return "", v.commune.Name
	}
	return found[0][0], found[0][1]
}

// held notes who came on the day, and closes the meeting that evening.
func (s *Script) held(f *forum, g assembly, kept *cop.Meeting, ago int, others []*voice) {
	region, team := f.region.Code, s.Holding(policy.Team, f.region.Code)[:2]
	hour := func(h int) time.Time { return s.Day(ago).Add(time.Duration(h) * time.Hour) }
	presence := func(ctx context.Context, v *voice) meeting.NewPresence {
		p := meeting.NewPresence{Name: v.name, College: v.college, Territory: v.ref()}
		p.Org, p.OrgName = s.office(ctx, v)
		return p
	}
	if g.door > 0 {
		s.inAt(team[1], region, hour(8), "door of "+g.key, func(ctx context.Context, a policy.Actor, _ cop.COP) error {
			code, err := s.Debate.Meeting.NewDoor(ctx, a, kept.ID)
			for i := range g.door {
				if err != nil {
					return err
				}
				v := others[g.spot+i]
				_, _, err = s.Debate.Meeting.Enter(ctx, policy.Actor{}, code, meeting.Arrival{NewPresence: presence(ctx, v), Device: "demo-" + v.id})
			}
			return err
		})
	}
	s.inAt(team[1], region, hour(20), "attendance of "+g.key, func(ctx context.Context, a policy.Actor, _ cop.COP) error {
		here, err := s.listed(ctx, `SELECT id FROM meeting_seat WHERE meeting_id = $1 AND state = 'confirmed' ORDER BY id`, kept.ID)
		if err != nil {
			return err
		}
		if n := len(here) * 5 / 6; n > 0 { // as everywhere, some did not come
			if err := s.Debate.Meeting.Tick(ctx, a, kept.ID, here[:n], nil); err != nil {
				return err
			}
		}
		for i := range g.spot {
			in := presence(ctx, others[i])
			in.Once = strconv.Itoa(i)
			if err := s.Debate.Meeting.Add(ctx, a, kept.ID, in); err != nil {
				return err
			}
		}
		if g.heads > 0 {
			e, err := meeting.EntryOf(ctx, s.db, *kept)
			if err != nil {
				return err
			}
			n := g.heads
			parts := map[debate.College]int64{debate.Citizens: n / 3, debate.Authorities: n / 3, debate.Associations: n / 9, debate.Economic: n / 9}
			parts[debate.State] = n - 2*(n/3) - 2*(n/9)
			if err := s.Debate.Meeting.SetHeads(ctx, a, kept.ID, e.Rev, &n, parts); err != nil {
				return err
			}
		}
		return s.Debate.Meeting.Close(ctx, a, kept.ID)
	})
}
