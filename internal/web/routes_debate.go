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
	const public, desk = "/regions/{slug}/debats", "/regions/{slug}/bureau/debats"
	get := func(pattern, name string) Route {
		return Route{Method: "GET", Pattern: pattern, Name: name, Formats: []string{typeHTML}, Cache: Private}
	}
	post := func(pattern, name string) Route {
		return Route{Method: "POST", Pattern: pattern, Name: name, Formats: []string{typeHTML}, Cache: Private, Body: formBody}
	}
	list := []Route{
		{Method: "GET", Pattern: public, Name: "questions", Formats: []string{typeHTML}, Cache: Private, Sample: "/regions/grand-est/debats"}, get(public+"/{id}", "question"), post(public+"/{id}", "question-vote"), get(public+"/{id}/resultats", "question-results"),
		get(public+"/{id}/affirmations", "question-statements"), get(public+"/{id}/moi", "question-mine"), post(public+"/{id}/moi", "question-about"),
		get(public+"/{id}/proposer", "question-propose"), post(public+"/{id}/proposer", "question-proposed"),
		{Method: "GET", Pattern: public + "/{id}/votes.csv", Name: "question-csv", Formats: []string{typeCSV}, Cache: Private, Timeout: time.Minute},
		{Method: "GET", Pattern: public + "/{id}/votes.json", Name: "question-json", Formats: []string{typeJSON}, Cache: Private, Timeout: time.Minute},
		{Method: "GET", Pattern: "/methode/groupes-d-opinion", Name: "opinion-method", Formats: []string{typeHTML}, Sample: "/methode/groupes-d-opinion"},
	}
	for _, rt := range []Route{get(desk, "question-desk"), post(desk, "question-add"), get(desk+"/{id}", "question-one"), post(desk+"/{id}", "question-save"), post(desk+"/{id}/affirmations", "question-seed"),
		post(desk+"/{id}/etat", "question-turn"), post(desk+"/{id}/conclusion", "question-conclude"), post(desk+"/{id}/retrait", "question-withdraw")} {
		rt.SignIn = true
		list = append(list, rt)
	}
	return list
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
	return []Route{}
}
