package web

import (
	"slices"
	"time"
)

// surveyRoutes are the addresses of questionnaires, campaigns, answers and
// restitutions, one list each.
func surveyRoutes() []Route {
	return slices.Concat(questionnaireRoutes(), campaignRoutes(), answerRoutes(), paperRoutes(), restitutionRoutes(), openDataRoutes())
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

// restitutionRoutes: what answers say together.
func restitutionRoutes() []Route {
	return nil
}

// openDataRoutes: what comes out besides: free texts, open data, an authority's own
// sheet.
func openDataRoutes() []Route {
	return []Route{
		{Method: "GET", Pattern: "/regions/{slug}/bureau/questionnaire/textes", Name: "survey-texts", Formats: []string{typeHTML}, Cache: Private, SignIn: true, Timeout: 30 * time.Second},
		{Method: "POST", Pattern: "/regions/{slug}/bureau/questionnaire/textes", Name: "survey-texts-review", Formats: []string{typeHTML}, Cache: Private, SignIn: true, Body: formBody, Timeout: 30 * time.Second},
		{Method: "GET", Pattern: "/regions/{slug}/bureau/questionnaire/donnees", Name: "open-desk", Formats: []string{typeHTML}, Cache: Private, SignIn: true},
		{Method: "POST", Pattern: "/regions/{slug}/bureau/questionnaire/donnees", Name: "open-publish", Formats: []string{typeHTML}, Cache: Private, SignIn: true, Body: formBody, Timeout: time.Minute},
		{Method: "POST", Pattern: "/regions/{slug}/bureau/questionnaire/donnees/accords", Name: "open-consent", Formats: []string{typeHTML}, Cache: Private, SignIn: true, Body: formBody},
		{Method: "GET", Pattern: "/reponses/{id}/fiche", Name: "sheet", Formats: []string{typeHTML}, Cache: Private},
		{Method: "GET", Pattern: "/donnees/questionnaire", Name: "open-list", Formats: []string{typeHTML}, Sample: "/donnees/questionnaire"},
		{Method: "GET", Pattern: "/donnees/questionnaire/{cycle}/{slug}/{edition}", Name: "open-edition", Formats: []string{typeHTML}},
		{Method: "GET", Pattern: "/donnees/questionnaire/{cycle}/{slug}/{edition}/{file}", Name: "open-file", Formats: []string{typeCSV, typeJSON, typeXLSX, typeText}, Cache: Own, Timeout: 5 * time.Minute},
	}
}
