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
	const desk = "/regions/{slug}/bureau/groupes"
	return []Route{
		{Method: "GET", Pattern: "/regions/{slug}/debat", Name: "debate-hub", Formats: []string{typeHTML}, Cache: Private, Sample: "/regions/grand-est/debat"},
		{Method: "GET", Pattern: "/regions/{slug}/groupes", Name: "groups", Formats: []string{typeHTML}, Cache: Private, Sample: "/regions/grand-est/groupes"},
		{Method: "GET", Pattern: "/regions/{slug}/groupes/{id}", Name: "group", Formats: []string{typeHTML}, Cache: Private},
		{Method: "GET", Pattern: desk, Name: "group-desk", Formats: []string{typeHTML}, Cache: Private, SignIn: true},
		{Method: "POST", Pattern: desk, Name: "group-add", Formats: []string{typeHTML}, Cache: Private, SignIn: true, Body: formBody},
		{Method: "POST", Pattern: desk + "/membres", Name: "group-paste", Formats: []string{typeHTML}, Cache: Private, SignIn: true, Body: 4 << 20, Timeout: time.Minute},
		{Method: "GET", Pattern: desk + "/{id}", Name: "group-one", Formats: []string{typeHTML}, Cache: Private, SignIn: true},
		{Method: "POST", Pattern: desk + "/{id}", Name: "group-save", Formats: []string{typeHTML}, Cache: Private, SignIn: true, Body: formBody},
		{Method: "POST", Pattern: desk + "/{id}/etat", Name: "group-turn", Formats: []string{typeHTML}, Cache: Private, SignIn: true, Body: formBody},
		{Method: "POST", Pattern: desk + "/{id}/animation", Name: "group-facilitate", Formats: []string{typeHTML}, Cache: Private, SignIn: true, Body: formBody},
		{Method: "POST", Pattern: desk + "/{id}/membres", Name: "group-members", Formats: []string{typeHTML}, Cache: Private, SignIn: true, Body: 4 << 20, Timeout: time.Minute},
		{Method: "GET", Pattern: desk + "/{id}/membres/{membre}", Name: "group-member", Formats: []string{typeHTML}, Cache: Private, SignIn: true},
		{Method: "POST", Pattern: desk + "/{id}/membres/{membre}", Name: "group-member-save", Formats: []string{typeHTML}, Cache: Private, SignIn: true, Body: formBody},
	}
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
	const home = "/regions/{slug}/contributions"
	return []Route{
		{Method: "GET", Pattern: home, Name: "contributions", Formats: []string{typeHTML}, Cache: Private, Sample: "/regions/grand-est/contributions"},
		{Method: "GET", Pattern: home + ".csv", Name: "contributions-csv", Formats: []string{typeCSV}, Cache: Own, Timeout: time.Minute, Sample: "/regions/grand-est/contributions.csv"},
		{Method: "GET", Pattern: home + ".csv.sha256", Name: "contributions-csv-digest", Formats: []string{typeText}, Cache: Own, Timeout: time.Minute, Sample: "/regions/grand-est/contributions.csv.sha256"},
		{Method: "GET", Pattern: home + ".json", Name: "contributions-json", Formats: []string{typeJSON}, Cache: Own, Timeout: time.Minute, Sample: "/regions/grand-est/contributions.json"},
		{Method: "GET", Pattern: home + ".json.sha256", Name: "contributions-json-digest", Formats: []string{typeText}, Cache: Own, Timeout: time.Minute, Sample: "/regions/grand-est/contributions.json.sha256"},
		{Method: "GET", Pattern: home + "-dictionnaire.csv", Name: "contributions-codebook", Formats: []string{typeCSV}, Cache: Own, Sample: "/regions/grand-est/contributions-dictionnaire.csv"},
		{Method: "GET", Pattern: home + "/nouvelle", Name: "contribution-new", Formats: []string{typeHTML}, Cache: Private, Sample: "/regions/grand-est/contributions/nouvelle"},
		{Method: "POST", Pattern: home + "/nouvelle", Name: "contribution-leave", Formats: []string{typeHTML}, Cache: Private, Body: 40 << 20, Timeout: 5 * time.Minute},
		{Method: "POST", Pattern: home + "/proches", Name: "contribution-near", Formats: []string{typeHTML}, Cache: Private, Body: 256 << 10},
		{Method: "GET", Pattern: home + "/merci", Name: "contribution-thanks", Formats: []string{typeHTML}, Cache: Private},
		{Method: "GET", Pattern: home + "/{id}", Name: "contribution", Formats: []string{typeHTML}, Cache: Private},
		{Method: "POST", Pattern: home + "/{id}/soutenir", Name: "contribution-support", Formats: []string{typeHTML}, Cache: Private, Body: 4 << 10},
		{Method: "POST", Pattern: home + "/{id}/commentaires", Name: "contribution-comment", Formats: []string{typeHTML}, Cache: Private, Body: formBody},
		{Method: "GET", Pattern: home + "/{id}/fichiers/{n}", Name: "contribution-file", Formats: []string{typeAny}, Cache: Private, Timeout: 3 * time.Minute},
		{Method: "GET", Pattern: "/api/v1/contributions/{territory}", Name: "api-contributions", Formats: []string{typeJSON}, Cache: Own, Sample: "/api/v1/contributions/region:44"},
	}
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
	const list, desk = "/regions/{slug}/ambitions", "/regions/{slug}/bureau/ambitions"
	return []Route{
		{Method: "GET", Pattern: list, Name: "ambitions", Formats: []string{typeHTML}, Cache: Private, Sample: "/regions/grand-est/ambitions"},
		{Method: "GET", Pattern: list + "/{levier}", Name: "ambition", Formats: []string{typeHTML}, Cache: Private},
		{Method: "POST", Pattern: list + "/{levier}", Name: "ambition-give", Formats: []string{typeHTML}, Cache: Private, Body: formBody},
		{Method: "GET", Pattern: list + "/{levier}/reponses.csv", Name: "ambition-csv", Formats: []string{typeCSV}, Cache: Private},
		{Method: "GET", Pattern: desk, Name: "ambition-desk", Formats: []string{typeHTML}, Cache: Private, SignIn: true},
		{Method: "POST", Pattern: desk, Name: "ambition-open", Formats: []string{typeHTML}, Cache: Private, SignIn: true, Body: formBody},
		{Method: "GET", Pattern: desk + "/{levier}", Name: "ambition-edit", Formats: []string{typeHTML}, Cache: Private, SignIn: true},
		{Method: "POST", Pattern: desk + "/{levier}", Name: "ambition-save", Formats: []string{typeHTML}, Cache: Private, SignIn: true, Body: formBody},
	}
}

// consultationRoutes: public consultations on a draft.
func consultationRoutes() []Route {
	return []Route{}
}

// followRoutes: addresses, the letter of a region, what other sites embed.
func followRoutes() []Route {
	return []Route{}
}
