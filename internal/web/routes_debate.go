package web

import (
	"slices"
	"time"
)

// debateRoutes are the addresses of the debate, one list each.
func debateRoutes() []Route {
	return slices.Concat(groupRoutes(), meetingRoutes(), minutesRoutes(), ballotRoutes(), contributionRoutes(), contributionThemeRoutes(), instructionRoutes(), moderationRoutes(), questionRoutes(), ambitionRoutes(), consultationRoutes(), followRoutes())
}

// groupRoutes: working groups, and the page of the debate.
func groupRoutes() []Route {
	return []Route{}
}

// meetingRoutes: meetings, for those who come.
func meetingRoutes() []Route {
	html := []string{typeHTML}
	return []Route{
		{Method: "GET", Pattern: "/regions/{slug}/reunions", Name: "meeting-list", Formats: html, Cache: Private, Sample: "/regions/grand-est/reunions"},
		{Method: "GET", Pattern: "/regions/{slug}/reunions/participation", Name: "participation", Formats: html, Cache: Private, Sample: "/regions/grand-est/reunions/participation"},
		{Method: "GET", Pattern: "/regions/{slug}/bureau/reunions/nouvelle", Name: "meeting-new", Formats: html, Cache: Private, SignIn: true},
		{Method: "POST", Pattern: "/regions/{slug}/bureau/reunions/nouvelle", Name: "meeting-plan", Formats: html, Cache: Private, SignIn: true, Body: formBody},
		{Method: "GET", Pattern: "/reunions/{id}", Name: "meeting", Formats: html, Cache: Private},
		{Method: "GET", Pattern: "/reunions/{id}/reunion.ics", Name: "meeting-ics", Formats: []string{typeCalendar}, Cache: Private},
		{Method: "GET", Pattern: "/reunions/{id}/inscription", Name: "seat-new", Formats: html, Cache: Private},
		{Method: "POST", Pattern: "/reunions/{id}/inscription", Name: "seat-add", Formats: html, Cache: Private, Body: 64 << 10},
		{Method: "GET", Pattern: "/reunions/{id}/inscription/{jeton}", Name: "seat", Formats: html, Cache: Private},
		{Method: "POST", Pattern: "/reunions/{id}/inscription/{jeton}", Name: "seat-cancel", Formats: html, Cache: Private, Body: 4 << 10},
		{Method: "GET", Pattern: "/reunions/{id}/organiser", Name: "meeting-desk", Formats: html, Cache: Private, SignIn: true},
		{Method: "POST", Pattern: "/reunions/{id}/organiser", Name: "meeting-desk-save", Formats: html, Cache: Private, SignIn: true, Body: formBody, Timeout: time.Minute},
		{Method: "GET", Pattern: "/reunions/{id}/presences", Name: "presence", Formats: html, Cache: Private, SignIn: true},
		{Method: "POST", Pattern: "/reunions/{id}/presences", Name: "presence-save", Formats: html, Cache: Private, SignIn: true, Body: formBody},
		{Method: "GET", Pattern: "/reunions/{id}/presences.csv", Name: "presence-csv", Formats: []string{typeCSV}, Cache: Private, SignIn: true},
		{Method: "GET", Pattern: "/reunions/{id}/emargement", Name: "presence-sheet", Formats: html, Cache: Private, SignIn: true},
		{Method: "GET", Pattern: "/reunions/{id}/entree", Name: "door-screen", Formats: html, Cache: Private, SignIn: true},
		{Method: "POST", Pattern: "/reunions/{id}/entree", Name: "door-new", Formats: html, Cache: Private, SignIn: true, Body: 4 << 10},
		{Method: "GET", Pattern: "/reunions/{id}/entree/{code}", Name: "door", Formats: html, Cache: Private},
		{Method: "POST", Pattern: "/reunions/{id}/entree/{code}", Name: "door-enter", Formats: html, Cache: Private, Body: 64 << 10},
		{Method: "GET", Pattern: "/entree", Name: "door-type", Formats: html, Cache: Private, Sample: "/entree"},
		{Method: "POST", Pattern: "/entree", Name: "door-typed", Formats: html, Cache: Private, Body: 4 << 10},
		{Method: "GET", Pattern: "/entree/{code}", Name: "door-typed", Formats: html, Cache: Private},
	}
}

// minutesRoutes: agenda, minutes, decisions, tasks, record.
func minutesRoutes() []Route {
	return []Route{}
}

// ballotRoutes: votes taken live.
func ballotRoutes() []Route {
	return []Route{}
}

// contributionRoutes: what people contribute.
func contributionRoutes() []Route {
	return []Route{}
}

// contributionThemeRoutes: themes of contributions, grouped by their words.
func contributionThemeRoutes() []Route {
	return []Route{}
}

// instructionRoutes: studying contributions and answering them.
func instructionRoutes() []Route {
	return []Route{}
}

// moderationRoutes: the queue of moderators, rules, reports, appeals.
func moderationRoutes() []Route {
	return []Route{}
}

// questionRoutes: debates on a question.
func questionRoutes() []Route {
	return []Route{}
}

// ambitionRoutes: how far a lever may go.
func ambitionRoutes() []Route {
	return []Route{}
}

// consultationRoutes: public consultations on a draft.
func consultationRoutes() []Route {
	return []Route{}
}

// followRoutes: addresses, the letter of a region, what other sites embed.
func followRoutes() []Route {
	html := []string{typeHTML}
	return []Route{
		{Method: "GET", Pattern: "/voix/confirmer/{jeton}", Name: "voice-confirm", Formats: html, Cache: Private},
		{Method: "POST", Pattern: "/voix/confirmer/{jeton}", Name: "voice-confirmed", Formats: html, Cache: Private, Body: 4 << 10},
		{Method: "GET", Pattern: "/voix/{jeton}", Name: "voice", Formats: html, Cache: Private},
		{Method: "POST", Pattern: "/voix/{jeton}", Name: "voice-save", Formats: html, Cache: Private, Body: 64 << 10},
		{Method: "POST", Pattern: "/voix/{jeton}/textes/{id}", Name: "voice-withdraw", Formats: html, Cache: Private, Body: 4 << 10},
		{Method: "GET", Pattern: "/voix/{jeton}/mes/donnees.json", Name: "voice-data", Formats: []string{typeJSON}, Cache: Private},
		{Method: "GET", Pattern: "/voix/{jeton}/mes/effacement", Name: "voice-erase", Formats: html, Cache: Private},
		{Method: "POST", Pattern: "/voix/{jeton}/mes/effacement", Name: "voice-erased", Formats: html, Cache: Private, Body: 4 << 10},
		{Method: "GET", Pattern: "/voix/{jeton}/mes/messages", Name: "voice-stop", Formats: html, Cache: Private},
		{Method: "POST", Pattern: "/voix/{jeton}/mes/messages", Name: "voice-stopped", Formats: html, Cache: Private, Body: 4 << 10},
		{Method: "GET", Pattern: "/mon-espace/debats", Name: "voices", Formats: html, Cache: Private, SignIn: true},
	}
}
