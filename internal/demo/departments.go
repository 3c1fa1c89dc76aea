package demo

import (
	"context"

	"jalon/internal/cop"
	"jalon/internal/policy"
	"jalon/internal/territory"
)

// adaptation is the cycle whose COPs are held in the départements too.
const adaptation = "2025"

var wishes = []cop.NewPriority{
	{Title: "Rafraîchir les cours d’école et les crèches", Text: "Trente cours à désimperméabiliser d’ici trois ans, en commençant par les quartiers les plus chauds.", Theme: "se-loger"},
	{Title: "Partager l’eau avant la crise", Text: "Un projet de territoire par bassin, et des volumes connus de tous.", Theme: "preserver"},
	{Title: "Protéger les routes des crues", Text: "Recenser les ouvrages exposés, et les reprendre en dix ans.", Theme: "se-deplacer"},
	{Title: "Adapter les forêts communales", Text: "Diversifier les essences à chaque coupe, avec l’appui de l’ONF.", Theme: "preserver"},
	{Title: "Aider les éleveurs à passer l’été", Text: "Ombre, eau et fourrage : un diagnostic par exploitation volontaire.", Theme: "se-nourrir"},
	{Title: "Prévenir les retraits-gonflements d’argile", Text: "Informer les propriétaires avant les travaux, et non après les fissures.", Theme: "se-loger"},
}

// departments opens the cycle of adaptation everywhere, a COP in the
// départements of some regions, and takes their priorities up to the region,
// which answers some.
func departments(s *Script) {
	s.As(s.Head(policy.NationalAdmin, ""), s.At(opened-9), "cycle of adaptation", func(ctx context.Context, a policy.Actor) error {
		_, err := s.COPs.OpenCycle(ctx, a, adaptation, s.Tree)
		s.moved()
		return err
	})
	for _, r := range s.Tree.Regions() {
		if !s.Lively(r.Code) {
			continue
		}
		x := scenario{s, r}
		for _, d := range s.Tree.Departments() {
			if d.Region == r.Code {
				x.department(d)
			}
		}
	}
}

func (x scenario) department(d territory.Dept) {
	team, lead := x.Head(policy.Team, x.region.Code), x.Head(policy.DepartmentLead, d.Code)
	id := cop.DepartmentID(adaptation, d.Code)
	began := Between(x.Random, 120, opened-15)
	x.As(team, x.At(began), "COP of "+d.Code, func(ctx context.Context, a policy.Actor) error {
		_, err := x.COPs.OpenDepartment(ctx, a, cop.RegionID(adaptation, x.region.Code), d, false)
		x.moved()
		return err
	})
	title := "préfet du département"
	if lead.Woman {
		title = "préfète du département"
	}
	x.As(x.Head(policy.NationalAdmin, ""), x.At(began-1), "office of "+d.Code, func(ctx context.Context, a policy.Actor) error {
		_, err := x.COPs.SetOffice(ctx, a, cop.Office{COP: id, Side: cop.StateSide, Person: lead.id, Name: lead.Name, Title: title, From: x.Date(began + 200)}, "ouverture de la COP du département")
		return err
	})
	place := Pick(x.Random, "Préfecture", "Hôtel du département", "Salle des fêtes")
	n := int64(Between(x.Random, 40, 130))
	x.As(lead, x.At(began-Between(x.Random, 8, 30)), "meeting of "+d.Code, func(ctx context.Context, a policy.Actor) error {
		c, err := cop.Find(ctx, x.db, id)
		if err != nil {
			return err
		}
		m := cop.Meeting{COP: c.ID, Kind: cop.LocalMeeting, Stage: cop.Sharing, Title: fr("Conférence départementale : à quoi nous préparer ?"), Day: x.clock.AddDate(0, 0, -1).Format("2006-01-02"),
			Place: place, Part: policy.Public, State: cop.MeetingOn, Attendance: &n, Counted: n%2 == 0}
		_, err = x.COPs.AddMeeting(ctx, a, m)
		return err
	})
	for i, k := range x.Random.Perm(len(wishes))[:2] {
		x.priority(id, lead, team, wishes[k], began-35-i*Between(x.Random, 3, 15))
	}
}

// priority is written and adopted by the département, then answered, or still
// waits.
func (x scenario) priority(copID string, lead, team *Person, in cop.NewPriority, ago int) {
	in.Title, in.Text = fr(in.Title), fr(in.Text)
	kept := new(cop.Priority)
	x.As(lead, x.At(ago), "priority in "+copID, func(ctx context.Context, a policy.Actor) (err error) {
		*kept, err = x.COPs.AddPriority(ctx, a, copID, in)
		return err
	})
	how := x.Random.IntN(10)
	if how == 9 { // still a draft
		return
	}
	x.As(lead, x.At(ago-Between(x.Random, 2, 20)), "adoption in "+copID, func(ctx context.Context, a policy.Actor) (err error) {
		*kept, _, err = x.COPs.AdoptPriority(ctx, a, kept.ID, kept.Rev)
		return err
	})
	if how > 5 { // the region has not answered
		return
	}
	answer, reason := cop.TakenUp, ""
	switch how {
	case 4:
		answer, reason = cop.Merged, "Trois départements le demandent : la région en fait une seule action."
	case 5:
		answer, reason = cop.SetAside, "Déjà inscrit au contrat de plan, avec le même calendrier."
	}
	x.As(team, x.At(max(2, ago-Between(x.Random, 24, 60))), "answer to "+copID, func(ctx context.Context, a policy.Actor) error {
		_, err := x.COPs.Answer(ctx, a, kept.ID, kept.Rev, answer, fr(reason), "")
		return err
	})
}
