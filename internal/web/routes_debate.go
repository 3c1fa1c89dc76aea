package web

import (
	"slices"
	"time"
)

// debateRoutes are the addresses of the debate, one list each.
func debateRoutes() []Route {
	return slices.Concat(groupRoutes(), meetingRoutes(), minutesRoutes(), ballotRoutes(), contributionRoutes(), contributionThemeRoutes(), instructionRoutes(), moderationRoutes(), questionRoutes(), ambitionRoutes(), inEachCycle(consultationRoutes()), followRoutes())
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
		{Method: "GET", Pattern: "/api/v1/meetings/{territory}", Name: "api-meetings", Formats: []string{typeJSON}, Cache: Own, Sample: "/api/v1/meetings/region:44"},
		{Method: "GET", Pattern: "/api/v1/decisions/{territory}", Name: "api-decisions", Formats: []string{typeJSON}, Cache: Own, Sample: "/api/v1/decisions/region:44"},
		{Method: "GET", Pattern: "/api/v1/debates/{territory}", Name: "api-debates", Formats: []string{typeJSON}, Cache: Own, Sample: "/api/v1/debates/region:44"},
	}
}

// contributionThemeRoutes: themes of contributions, grouped by their words.
func contributionThemeRoutes() []Route {
	const public, desk = "/regions/{slug}/contributions/themes", "/regions/{slug}/bureau/contributions/themes"
	return []Route{
		{Method: "GET", Pattern: public, Name: "contribution-themes", Formats: []string{typeHTML}, Cache: Private, Sample: "/regions/grand-est/contributions/themes"},
		{Method: "GET", Pattern: desk, Name: "contribution-themes-desk", Formats: []string{typeHTML}, Cache: Private, SignIn: true},
		{Method: "POST", Pattern: desk, Name: "contribution-theme-rename", Formats: []string{typeHTML}, Cache: Private, SignIn: true, Body: formBody},
	}
}

// instructionRoutes: studying contributions and answering them.
func instructionRoutes() []Route {
	const desk = "/regions/{slug}/bureau/contributions"
	page := Route{Method: "GET", Pattern: desk, Name: "study-desk", Formats: []string{typeHTML}, Cache: Private, SignIn: true}
	many := Route{Method: "POST", Pattern: desk, Name: "study-many", Formats: []string{typeHTML}, Cache: Private, SignIn: true, Body: formBody}
	one, change := page, many
	one.Pattern, one.Name, change.Pattern, change.Name = desk+"/{id}", "study-one", desk+"/{id}", "study-change"
	return []Route{page, many, one, change}
}

// moderationRoutes: the queue of moderators, rules, reports, appeals.
func moderationRoutes() []Route {
	const desk, public = "/regions/{slug}/bureau/moderation", "/regions/{slug}/contributions"
	html := []string{typeHTML}
	page := func(pattern, name string) Route {
		return Route{Method: "GET", Pattern: pattern, Name: name, Formats: html, Cache: Private, SignIn: true}
	}
	form := func(pattern, name string) Route {
		return Route{Method: "POST", Pattern: pattern, Name: name, Formats: html, Cache: Private, SignIn: true, Body: formBody}
	}
	open := func(method, pattern, name string) Route {
		rt := Route{Method: method, Pattern: pattern, Name: name, Formats: html, Cache: Private}
		if method == "POST" {
			rt.Body = 64 << 10
		}
		return rt
	}
	rules, stats := open("GET", public+"/regles", "moderation-rules"), open("GET", public+"/moderation", "moderation-stats")
	rules.Sample, stats.Sample = "/regions/grand-est/contributions/regles", "/regions/grand-est/contributions/moderation"
	return []Route{
		page(desk, "moderation-desk"), form(desk, "moderation-many"), form(desk+"/reglages", "moderation-settings"),
		page(desk+"/textes/{id}", "moderation-one"), form(desk+"/textes/{id}", "moderation-decide"),
		page(desk+"/recours/{id}", "moderation-appeal"), form(desk+"/recours/{id}", "moderation-appeal-end"),
		rules, stats,
		{Method: "GET", Pattern: public + "/moderation.csv", Name: "moderation-stats-csv", Formats: []string{typeCSV}, Cache: Private, Sample: "/regions/grand-est/contributions/moderation.csv"},
		open("GET", public+"/{id}/signaler", "contribution-report"), open("POST", public+"/{id}/signaler", "contribution-report-send"),
		open("GET", "/signaler/{id}", "post-report"), open("POST", "/signaler/{id}", "post-report-send"),
		open("GET", "/recours/{jeton}", "decision-appeal"), open("POST", "/recours/{jeton}", "decision-appeal-send"),
	}
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
