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
	const desk = "/regions/{slug}/bureau/questionnaire"
	return []Route{
		{Method: "GET", Pattern: "/regions/{slug}/questionnaire", Name: "campaign-public", Formats: []string{typeHTML}, Cache: Own, Sample: "/regions/grand-est/questionnaire"},
		{Method: "GET", Pattern: "/national/questionnaire", Name: "campaign-nation", Formats: []string{typeHTML}, Cache: Own, Sample: "/national/questionnaire"},
		{Method: "GET", Pattern: "/national/questionnaire.csv", Name: "campaign-nation-csv", Formats: []string{typeCSV}, Cache: Own, Sample: "/national/questionnaire.csv"},
		{Method: "GET", Pattern: "/questionnaire/ne-plus-recevoir/{word}", Name: "campaign-stop", Formats: []string{typeHTML}, Cache: Own},
		{Method: "POST", Pattern: "/questionnaire/ne-plus-recevoir/{word}", Name: "campaign-stop-now", Formats: []string{typeHTML}, Cache: Own, Body: 4 << 10},
		{Method: "GET", Pattern: desk, Name: "campaign-desk", Formats: []string{typeHTML}, Cache: Private, SignIn: true},
		{Method: "GET", Pattern: desk + "/chiffres", Name: "campaign-live", Formats: []string{typeHTML}, Cache: Private, SignIn: true},
		{Method: "GET", Pattern: desk + "/suivi.csv", Name: "campaign-csv", Formats: []string{typeCSV}, Cache: Private, SignIn: true},
		{Method: "GET", Pattern: desk + "/reglages", Name: "campaign-settings", Formats: []string{typeHTML}, Cache: Private, SignIn: true},
		{Method: "POST", Pattern: desk + "/reglages", Name: "campaign-save", Formats: []string{typeHTML}, Cache: Private, SignIn: true, Body: formBody},
		{Method: "POST", Pattern: desk + "/etat", Name: "campaign-turn", Formats: []string{typeHTML}, Cache: Private, SignIn: true, Body: formBody},
		{Method: "POST", Pattern: desk + "/destinataires", Name: "campaign-recipients", Formats: []string{typeHTML}, Cache: Private, SignIn: true, Body: formBody},
		{Method: "POST", Pattern: desk + "/relances", Name: "campaign-remind", Formats: []string{typeHTML}, Cache: Private, SignIn: true, Body: formBody, Timeout: time.Minute},
		{Method: "POST", Pattern: desk + "/lettres", Name: "campaign-letters", Formats: []string{typeHTML}, Cache: Private, SignIn: true, Body: formBody},
		{Method: "GET", Pattern: desk + "/contacts", Name: "campaign-contacts", Formats: []string{typeHTML}, Cache: Private, SignIn: true},
		{Method: "POST", Pattern: desk + "/contacts", Name: "campaign-contacts-stage", Formats: []string{typeHTML}, Cache: Private, SignIn: true, Body: 26 << 20, Timeout: time.Minute},
		{Method: "GET", Pattern: desk + "/contacts/modele.csv", Name: "campaign-contacts-model", Formats: []string{typeCSV}, Cache: Private, SignIn: true},
		{Method: "GET", Pattern: desk + "/contacts/{run}", Name: "campaign-contacts-run", Formats: []string{typeHTML}, Cache: Private, SignIn: true},
		{Method: "GET", Pattern: desk + "/contacts/{run}/verdicts.csv", Name: "campaign-contacts-verdicts", Formats: []string{typeCSV}, Cache: Private, SignIn: true},
		{Method: "POST", Pattern: desk + "/contacts/{run}/enregistrer", Name: "campaign-contacts-apply", Formats: []string{typeHTML}, Cache: Private, SignIn: true, Body: 4 << 10, Timeout: time.Minute},
		{Method: "GET", Pattern: desk + "/{id}", Name: "campaign-one", Formats: []string{typeHTML}, Cache: Private, SignIn: true},
		{Method: "POST", Pattern: desk + "/{id}", Name: "campaign-one-change", Formats: []string{typeHTML}, Cache: Private, SignIn: true, Body: formBody},
	}
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
