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
	const at = "/reunions/{id}"
	read := func(pattern, name string) Route {
		return Route{Method: "GET", Pattern: at + pattern, Name: name, Formats: []string{typeHTML}, Cache: Private}
	}
	page := func(pattern, name string) Route {
		return Route{Method: "GET", Pattern: at + pattern, Name: name, Formats: []string{typeHTML}, Cache: Private, SignIn: true}
	}
	form := func(pattern, name string) Route {
		return Route{Method: "POST", Pattern: at + pattern, Name: name, Formats: []string{typeHTML}, Cache: Private, SignIn: true, Body: formBody}
	}
	turn := form("/compte-rendu", "minutes-turn")
	turn.Timeout = 2 * time.Minute // approving draws every file, the PDF among them
	files := []string{typePPTX, typeODT, typePDF, typeJSON, typeHTML}
	return []Route{
		read("/ordre-du-jour", "agenda"), form("/ordre-du-jour", "agenda-add"), page("/ordre-du-jour/{point}", "agenda-item"), form("/ordre-du-jour/{point}", "agenda-change"),
		read("/compte-rendu", "minutes"), turn, page("/compte-rendu/textes/{texte}", "minutes-text"), form("/compte-rendu/textes/{texte}", "minutes-write"),
		{Method: "GET", Pattern: at + "/compte-rendu/projet/{fichier}", Name: "minutes-draft-file", Formats: []string{typeODT, typePDF}, Cache: Private, SignIn: true, Timeout: time.Minute},
		{Method: "GET", Pattern: at + "/compte-rendu/versions/{n}/{fichier}", Name: "minutes-file", Formats: files, Cache: Private},
		read("/decisions", "decisions"), form("/decisions", "decision-add"), page("/decisions/{decision}", "decision"), form("/decisions/{decision}", "decision-change"),
		read("/taches", "tasks"), form("/taches", "task-add"), form("/taches/{tache}", "task-end"),
		read("/documents", "meeting-files"),
		{Method: "POST", Pattern: at + "/documents", Name: "meeting-file-add", Formats: []string{typeHTML}, Cache: Private, SignIn: true, Body: fileBody, Timeout: 5 * time.Minute},
		{Method: "GET", Pattern: at + "/documents/{document}", Name: "meeting-file", Formats: []string{typeAny}, Cache: Private, Timeout: 5 * time.Minute},
		form("/documents/{document}", "meeting-file-withdraw"),
		{Method: "GET", Pattern: "/regions/{slug}/decisions", Name: "cop-decisions", Formats: []string{typeHTML}, Cache: Private, Sample: "/regions/grand-est/decisions"},
	}
}

// ballotRoutes: votes taken live.
func ballotRoutes() []Route {
	const desk = "/reunions/{id}/votes"
	page := func(pattern, name string) Route {
		return Route{Method: "GET", Pattern: pattern, Name: name, Formats: []string{typeHTML}, Cache: Private, SignIn: true}
	}
	form := func(pattern, name string) Route {
		return Route{Method: "POST", Pattern: pattern, Name: name, Formats: []string{typeHTML}, Cache: Private, SignIn: true, Body: formBody}
	}
	return []Route{
		{Method: "GET", Pattern: desk, Name: "ballots", Formats: []string{typeHTML}, Cache: Private},
		form(desk, "ballot-add"), page(desk+"/{vote}", "ballot"), form(desk+"/{vote}", "ballot-change"), page(desk+"/{vote}/voix", "ballot-live"),
		page(desk+"/{vote}/bulletins", "ballot-slips"), form(desk+"/{vote}/bulletins", "ballot-slips-make"),
		{Method: "GET", Pattern: "/vote", Name: "vote-code", Formats: []string{typeHTML}, Cache: Private, Sample: "/vote"},
		{Method: "GET", Pattern: "/vote/{code}", Name: "vote", Formats: []string{typeHTML}, Cache: Own},
		{Method: "POST", Pattern: "/vote/{code}", Name: "vote-send", Formats: []string{typeHTML}, Cache: Own, Body: 16 << 10},
		{Method: "GET", Pattern: "/ecran/{code}", Name: "vote-screen", Formats: []string{typeHTML}, Cache: Own},
	}
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
