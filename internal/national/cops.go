package national

import (
	"context"
	"slices"
	"time"

	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/figure"
)

// Keys of the metrics that pages and reports name.
const (
	StageKey     = "cop/etape"
	LaunchKey    = "cop/lancement"
	RoadmapKey   = "cop/feuille-de-route"
	LastKey      = "cop/dernier-evenement"
	SinceKey     = "cop/jours-depuis"
	HeldKey      = "cop/reunions-tenues"
	CountedKey   = "cop/personnes-comptees"
	DeclaredKey  = "cop/personnes-declarees"
	NoFigureKey  = "cop/reunions-sans-nombre"
	LargestKey   = "cop/plus-grande-reunion"
	GroupsKey    = "cop/reunions-de-groupe"
	PendingKey   = "cop/actes-en-attente"
	PeopleKey    = "compte/personnes"
	NewsKey      = "cop/actualites"
	DocumentsKey = "cop/documents"
)

const regionPage, meetingsPage, deskPage = "/regions/{slug}", "/regions/{slug}/bureau/reunions", "/regions/{slug}/bureau"

// Events are the metrics that dated events prove, at any date.
func Events() Source {
	m := func(key, name, unit string, kind Kind, shown bool, definition, leaves string) Metric {
		return Metric{Key: key, Name: name, Unit: unit, Kind: kind, Total: NoTotal, Past: FromDays, Class: figure.Declared, Rows: regionPage, Version: 1, Shown: shown,
			Definition: definition, LeavesOut: leaves}
	}
	since := m(SinceKey, "Jours depuis", "jours", Span, true, "Le nombre de jours entre le dernier événement d’étape daté et la date du tableau.",
		"Une COP sans événement daté n’a pas de nombre. Un travail qui n’a donné lieu à aucun événement n’y paraît pas.")
	since.Class = figure.Computed
	return Source{
		Absent: "aucun événement daté à cette date",
		Metrics: []Metric{
			m(StageKey, "Étape", "", Step, true, "L’étape la plus avancée qu’un événement daté prouve à cette date.",
				"Une étape annoncée, ou que l’on sait atteinte sans en connaître la date, ne compte pas. Sans événement, la COP est en préparation."),
			m(LaunchKey, "Lancement", "", Date, true, "Le premier jour auquel le lancement de la COP est daté.",
				"Une annonce n’est pas un lancement. Quand deux dates sont publiées, la première compte et l’autre est dite à côté."),
			m(RoadmapKey, "Feuille de route adoptée", "", Date, false, "Le jour auquel l’adoption de la feuille de route est datée.",
				"Une feuille de route que l’on sait adoptée sans en connaître la date n’y est pas\u00a0: le bilan national du 7\u00a0mai\u00a02025 en comptait 14."),
			m(LastKey, "Dernier événement", "", Date, false, "Le jour du dernier événement d’étape daté.", "Les réunions et les actualités ne sont pas des événements d’étape."),
			since,
		},
		Read: readEvents,
	}
}

func readEvents(ctx context.Context, q db.Q, cycle, day string) (Values, error) {
	all, err := cop.InCycle(ctx, q, cycle)
	if err != nil {
		return nil, err
	}
	events, err := cop.EventsInCycle(ctx, q, cycle)
	if err != nil {
		return nil, err
	}
	by := map[string][]cop.Event{}
	for _, e := range events {
		by[e.COP] = append(by[e.COP], e)
	}
	v := Values{}
	for _, c := range all {
		s := cop.StateAt(by[c.ID], day)
		v.Set(StageKey, c.ID, Value{Known: true, N: int64(slices.Index(cop.Stages(), s.Stage)) + 1, Text: string(s.Stage)})
		launch := Missing("aucun lancement daté à cette date")
		if e, ok := s.Launched(); ok {
			launch = dated(e)
			if len(s.Conflicts) > 0 {
				launch.Note = join(launch.Note, "ou "+s.Conflicts[0].Date()+", selon "+s.Conflicts[0].Source)
			}
		} else if s.Next != nil && s.Next.Stage == cop.Launch {
			launch = Value{Reason: "lancement annoncé\u00a0: " + s.Next.Date(), Note: "annoncé\u00a0: " + s.Next.Date()}
		}
		v.Set(LaunchKey, c.ID, launch)
		roadmap := Missing("aucune adoption datée à cette date")
		if e, ok := cop.FirstOf(by[c.ID], day, cop.Roadmap, cop.Done); ok {
			roadmap = dated(e)
		}
		v.Set(RoadmapKey, c.ID, roadmap)
		if e := s.Last; e != nil {
			last := dated(*e)
			last.Note = join(e.Stage.Name()+", "+e.Mark.Name(), last.Note)
			v.Set(LastKey, c.ID, last)
			v.Set(SinceKey, c.ID, Value{Known: true, N: Days(e.Day, day), Text: e.Day, Source: last.Source})
		}
	}
	return v, nil
}

// dated is the day of an event. One known to the month only says so.
func dated(e cop.Event) Value {
	v := Value{Known: true, Text: e.Day, Source: e.Source}
	if v.Source == "" {
		v.Source = "équipe de la COP"
	}
	if e.Precision != "day" {
		v.Note = "connu au mois près\u00a0: " + e.Date()
		if e.Precision == "half-year" {
			v.Note = "connu au semestre près\u00a0: " + e.Date()
		}
	}
	return v
}

func join(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + "\u00a0; " + b
}

// Days counts from one day to another.
func Days(from, to string) int64 {
	a, errA := time.Parse(time.DateOnly, from)
	b, errB := time.Parse(time.DateOnly, to)
	if errA != nil || errB != nil {
		return 0
	}
	return int64(b.Sub(a).Hours() / 24)
}

// Meetings are the metrics of mobilisation, from recorded meetings.
func Meetings() Source {
	const leaves = "Les réunions que personne n’a enregistrées dans Jalon n’y sont pas, ni les chiffres déclarés d’avant Jalon."
	m := func(key, name, unit string, total Aggregation, class figure.Class, shown bool, definition, more string) Metric {
		return Metric{Key: key, Name: name, Unit: unit, Kind: Count, Total: total, Past: FromDays, Class: class, Rows: meetingsPage, Version: 1, Shown: shown,
			Definition: definition, LeavesOut: leaves + more}
	}
	return Source{
		Absent: "aucune réunion n’est enregistrée dans Jalon à cette date",
		Metrics: []Metric{
			m(HeldKey, "Réunions tenues", "réunions", Sum, figure.Computed, true, "Les réunions enregistrées comme tenues jusqu’à cette date, celles des COP départementales comprises.", ""),
			m(GroupsKey, "Réunions de groupes de travail", "réunions", Sum, figure.Computed, false, "Les réunions tenues dont le genre est «\u00a0groupe de travail\u00a0».",
				" Ce n’est pas un nombre de groupes\u00a0: un groupe qui se réunit trois fois compte trois."),
			m(CountedKey, "Personnes comptées", "personnes", Sum, figure.Computed, true, "Les personnes comptées sur une liste de présence aux réunions tenues.",
				" Une personne venue deux fois compte deux fois. Les nombres seulement déclarés n’y sont pas."),
			m(DeclaredKey, "Personnes déclarées", "personnes", Sum, figure.Declared, false, "Les personnes que l’équipe déclare présentes, aux réunions où personne n’a été compté.",
				" Jamais ajoutées aux personnes comptées."),
			m(NoFigureKey, "Réunions sans nombre", "réunions", Sum, figure.Computed, false, "Les réunions tenues dont personne n’a dit combien y sont venus.", ""),
			m(LargestKey, "Plus grande réunion", "personnes", Highest, figure.Computed, false, "La plus grande assistance à une réunion, comptée ou déclarée.", ""),
		},
		Read: readMeetings,
	}
}

func readMeetings(ctx context.Context, q db.Q, cycle, day string) (Values, error) {
	lines, err := cop.MobilisationAt(ctx, q, cycle, day)
	if err != nil {
		return nil, err
	}
	by := map[string]cop.Mobilisation{}
	groups := map[string]int64{}
	for _, x := range lines {
		if x.Kind == cop.GroupMeeting {
			groups[x.COP] += x.Held
		}
		s := by[x.COP]
		s.Held, s.Counted, s.CountedAt = s.Held+x.Held, s.Counted+x.Counted, s.CountedAt+x.CountedAt
		s.Declared, s.DeclaredAt, s.WithoutFigure = s.Declared+x.Declared, s.DeclaredAt+x.DeclaredAt, s.WithoutFigure+x.WithoutFigure
		s.Largest = max(s.Largest, x.Largest)
		by[x.COP] = s
	}
	v := Values{}
	for id, s := range by {
		v.Set(HeldKey, id, Counted(s.Held))
		v.Set(GroupsKey, id, Counted(groups[id]))
		v.Set(NoFigureKey, id, Counted(s.WithoutFigure))
		some := func(n, at int64, reason string) Value {
			if at == 0 {
				return Missing(reason)
			}
			return Counted(n)
		}
		v.Set(CountedKey, id, some(s.Counted, s.CountedAt, "personne n’a été compté à ces réunions"))
		v.Set(DeclaredKey, id, some(s.Declared, s.DeclaredAt, "aucun nombre n’a été déclaré"))
		v.Set(LargestKey, id, some(s.Largest, s.CountedAt+s.DeclaredAt, "aucune assistance n’est connue"))
	}
	return v, nil
}
