package demo

import (
	"context"

	"jalon/internal/adaptation"
	"jalon/internal/cop"
	"jalon/internal/policy"
	"jalon/internal/territory"
)

// adaptationCycle is the one whose COPs are held in the départements too.
const adaptationCycle = "2025"

// wishes are what départements put first, as the State's sheet says it: some fields are
// left for later, as they are in life.
var wishes = []adaptation.Input{
	{Title: "Rafraîchir les cours d’école et les crèches", Text: "Trente cours à désimperméabiliser d’ici trois ans, en commençant par les quartiers les plus chauds.", Sheet: adaptation.Sheet{Effect: "chaleur", Sensitivity: "Écoles et crèches sans ombre dans les quartiers denses.", Lever: "a25-renaturation-villes", Level: "1", Ends: "2028", Criteria: "Trente cours plantées ; les enfants y jouent l’après-midi en juin.", Parties: "Communes, Éducation nationale, CAF", Funding: "Agence de l’eau", National: "Une dotation sur trois ans plutôt que chaque année.", Budget: "4,5 M€"}},
	{Title: "Partager l’eau avant la crise", Text: "Un projet de territoire par bassin, et des volumes connus de tous.", Sheet: adaptation.Sheet{Effect: "secheresse", Sensitivity: "Nappes basses trois étés sur quatre.", Lever: "a25-urbanisme-ressource-eau", Level: "1", Ends: "2027", Criteria: "Chaque bassin a ses volumes par usage, validés par la commission locale de l’eau.", Parties: "Agence de l’eau, chambre d’agriculture, syndicats d’eau", Engineering: "Agence de l’eau", Regional: "Une base commune des prélèvements.", Budget: "entre 1 et 2 M€"}},
	{Title: "Protéger les routes des crues", Text: "Recenser les ouvrages exposés, et les reprendre en dix ans.", Sheet: adaptation.Sheet{Effect: "inondation", Lever: "a25-infrastructures-transport", Level: "2", Ends: "2035", Criteria: "Aucune commune isolée plus d’un jour.", Parties: "Conseil départemental, Cerema", Engineering: "Cerema", National: "Compter l’adaptation des ouvrages dans les aides à l’entretien.", Budget: "12 M€"}},
	{Title: "Adapter les forêts communales", Text: "Diversifier les essences à chaque coupe, avec l’appui de l’ONF.", Sheet: adaptation.Sheet{Effect: "vivant", Sensitivity: "Épicéas et hêtres dépérissants.", Level: "2", Criteria: "Trois essences au moins par parcelle renouvelée.", Parties: "ONF, communes forestières"}},
	{Title: "Aider les éleveurs à passer l’été", Text: "Ombre, eau et fourrage : un diagnostic par exploitation volontaire.", Sheet: adaptation.Sheet{Effect: "chaleur", Lever: "a25-filieres-agricoles", Level: "2", Ends: "2028", Parties: "Chambre d’agriculture", Funding: "Région", Budget: "600 k€"}},
	{Title: "Prévenir les retraits-gonflements d’argile", Text: "Informer les propriétaires avant les travaux, et non après les fissures.", Sheet: adaptation.Sheet{Effect: "argiles", Lever: "a25-retrait-gonflement-argiles", Level: "3", National: "Ouvrir les aides à la prévention, avant les dégâts."}},
}

// departments opens the cycle of adaptation everywhere, a COP in the
// départements of some regions, and takes their priorities up to the region,
// which answers some.
func departments(s *Script) {
	s.As(s.Head(policy.NationalAdmin, ""), s.At(opened-9), "cycle of adaptation", func(ctx context.Context, a policy.Actor) error {
		_, err := s.COPs.OpenCycle(ctx, a, adaptationCycle, s.Tree)
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
	id := cop.DepartmentID(adaptationCycle, d.Code)
	began := Between(x.Random, 120, opened-15)
	x.As(team, x.At(began), "COP of "+d.Code, func(ctx context.Context, a policy.Actor) error {
		_, err := x.COPs.OpenDepartment(ctx, a, cop.RegionID(adaptationCycle, x.region.Code), d, false)
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
	x.sheetsOf(d.Code, id, lead, team, began-40)
}

// priority is written and adopted by the département, then answered, or still
// waits.
func (x scenario) priority(copID string, lead, team *Person, in adaptation.Input, ago int) {
	kept := x.sheet(copID, lead, in, ago)
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
