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
	return []Route{}
}
