package web

import (
	"slices"
	"time"
)

// surveyRoutes are the addresses of questionnaires, campaigns, answers and
// restitutions, one list each.
func surveyRoutes() []Route {
	return slices.Concat(questionnaireRoutes(), campaignRoutes(), answerRoutes(), paperRoutes(), restitutionRoutes())
}

// questionnaireRoutes: what is asked, its versions and its editor.
func questionnaireRoutes() []Route {
	return nil
}

// campaignRoutes: sending, following and reminding, rates.
func campaignRoutes() []Route {
	return nil
}

// answerRoutes: an authority answers, delegates, validates.
func answerRoutes() []Route {
	return nil
}

// paperRoutes: forms as files, their return, exports of answers.
func paperRoutes() []Route {
	return nil
}

// restitutionRoutes: what answers say together. What one reads depends on who
// asks: as it stands, or the published edition.
func restitutionRoutes() []Route {
	return []Route{
		{Method: "GET", Pattern: "/regions/{slug}/restitution", Name: "restitution", Formats: []string{typeHTML}, Cache: Private, Sample: "/regions/grand-est/restitution"},
		{Method: "GET", Pattern: "/regions/{slug}/restitution/{lever}", Name: "restitution-lever", Formats: []string{typeHTML}, Cache: Private},
		{Method: "GET", Pattern: "/regions/{slug}/restitution/tableaux/{table}", Name: "restitution-csv", Formats: []string{typeCSV}, Cache: Private},
		{Method: "POST", Pattern: "/regions/{slug}/restitution/publication", Name: "restitution-publish", Formats: []string{typeHTML}, Cache: Private, SignIn: true, Body: 4 << 10},
		{Method: "GET", Pattern: "/departements/{code}/restitution", Name: "restitution-department", Formats: []string{typeHTML}, Cache: Private, Sample: "/departements/67/restitution"},
		{Method: "GET", Pattern: "/departements/{code}/restitution/{fichier}", Name: "restitution-department-file", Formats: []string{typePPTX, typeODT, typePDF}, Cache: Private, Timeout: time.Minute},
		{Method: "GET", Pattern: "/national/restitution", Name: "restitution-national", Formats: []string{typeHTML}, Cache: Private, Sample: "/national/restitution"},
		{Method: "GET", Pattern: "/national/restitution/tableaux/{table}", Name: "restitution-national-csv", Formats: []string{typeCSV}, Cache: Private},
		{Method: "GET", Pattern: "/national/restitution/etude", Name: "restitution-study", Formats: []string{typeHTML}, Cache: Private},
		{Method: "GET", Pattern: "/national/restitution/etude/{fichier}", Name: "restitution-study-file", Formats: []string{typePPTX, typeODT, typePDF}, Cache: Private, Timeout: time.Minute},
		{Method: "GET", Pattern: "/chiffres/restitution/{key...}", Name: "restitution-figure", Formats: []string{typeHTML}, Cache: Private},
	}
}
