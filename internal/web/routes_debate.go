package web

import "slices"

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
	return []Route{}
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
	html := []string{typeHTML}
	return []Route{
		{Method: "GET", Pattern: "/regions/{slug}/consultations", Name: "consultations", Formats: html, Cache: Private, Sample: "/regions/grand-est/consultations"},
		{Method: "GET", Pattern: "/regions/{slug}/consultations/{id}", Name: "consultation", Formats: html, Cache: Private},
		{Method: "GET", Pattern: "/regions/{slug}/consultations/{id}/articles/{article}", Name: "consultation-article", Formats: html, Cache: Private},
		{Method: "POST", Pattern: "/regions/{slug}/consultations/{id}/articles/{article}", Name: "consultation-amend", Formats: html, Cache: Private, Body: formBody},
		{Method: "POST", Pattern: "/regions/{slug}/consultations/{id}/amendements/{post}/soutien", Name: "consultation-support", Formats: html, Cache: Private, Body: 4 << 10},
		{Method: "GET", Pattern: "/regions/{slug}/consultations/{id}/versions/{n}", Name: "consultation-changes", Formats: html, Cache: Private},
		{Method: "GET", Pattern: "/regions/{slug}/consultations/{id}/texte.md", Name: "consultation-text", Formats: []string{typeText}, Cache: Private},
		{Method: "GET", Pattern: "/regions/{slug}/consultations/{id}/amendements.csv", Name: "consultation-csv", Formats: []string{typeCSV}, Cache: Private},
		{Method: "GET", Pattern: "/regions/{slug}/consultations/{id}/amendements.odt", Name: "consultation-odt", Formats: []string{typeODT}, Cache: Private},
		{Method: "GET", Pattern: "/regions/{slug}/bureau/consultations", Name: "consultation-desk", Formats: html, Cache: Private, SignIn: true},
		{Method: "POST", Pattern: "/regions/{slug}/bureau/consultations", Name: "consultation-add", Formats: html, Cache: Private, SignIn: true, Body: formBody},
		{Method: "GET", Pattern: "/regions/{slug}/bureau/consultations/{id}", Name: "consultation-edit", Formats: html, Cache: Private, SignIn: true},
		{Method: "POST", Pattern: "/regions/{slug}/bureau/consultations/{id}", Name: "consultation-save", Formats: html, Cache: Private, SignIn: true, Body: 8 << 20},
		{Method: "GET", Pattern: "/regions/{slug}/bureau/consultations/{id}/amendements", Name: "consultation-judging", Formats: html, Cache: Private, SignIn: true},
		{Method: "POST", Pattern: "/regions/{slug}/bureau/consultations/{id}/amendements/{post}", Name: "consultation-judge", Formats: html, Cache: Private, SignIn: true, Body: formBody},
	}
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
		{Method: "POST", Pattern: "/voix/{jeton}/abonnements/{id}", Name: "voice-unfollow", Formats: html, Cache: Private, Body: 4 << 10},
		{Method: "GET", Pattern: "/voix/{jeton}/mes/lettre", Name: "voice-leave", Formats: html, Cache: Private},
		{Method: "POST", Pattern: "/voix/{jeton}/mes/lettre", Name: "voice-left", Formats: html, Cache: Private, Body: 4 << 10},
		{Method: "GET", Pattern: "/suivre", Name: "follow", Formats: html, Cache: Private},
		{Method: "POST", Pattern: "/suivre", Name: "follow-save", Formats: html, Cache: Private, Body: 16 << 10},
		{Method: "GET", Pattern: "/regions/{slug}/lettre", Name: "letters", Formats: html, Cache: Private, Sample: "/regions/grand-est/lettre"},
		{Method: "POST", Pattern: "/regions/{slug}/lettre", Name: "letter-ask", Formats: html, Cache: Private, Body: 16 << 10},
		{Method: "GET", Pattern: "/regions/{slug}/lettre/{id}", Name: "letter", Formats: html, Cache: Private},
		{Method: "GET", Pattern: "/regions/{slug}/bureau/lettre", Name: "letter-desk", Formats: html, Cache: Private, SignIn: true},
		{Method: "POST", Pattern: "/regions/{slug}/bureau/lettre", Name: "letter-add", Formats: html, Cache: Private, SignIn: true, Body: formBody},
		{Method: "GET", Pattern: "/regions/{slug}/bureau/lettre/{id}", Name: "letter-draft", Formats: html, Cache: Private, SignIn: true},
		{Method: "POST", Pattern: "/regions/{slug}/bureau/lettre/{id}", Name: "letter-change", Formats: html, Cache: Private, SignIn: true, Body: formBody},
		{Method: "GET", Pattern: "/integrer/regions/{slug}/{quoi}", Name: "embed", Formats: html, Cache: Own, Sample: "/integrer/regions/grand-est/debat"},
		{Method: "GET", Pattern: "/regions/{slug}/integrer", Name: "embed-codes", Formats: html, Sample: "/regions/grand-est/integrer"},
		{Method: "GET", Pattern: "/mon-espace/debats", Name: "voices", Formats: html, Cache: Private, SignIn: true},
	}
}
