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
