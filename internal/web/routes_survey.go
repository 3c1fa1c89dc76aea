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
	page := func(method, pattern, name string, body int64) Route {
		return Route{Method: method, Pattern: pattern, Name: name, Formats: []string{typeHTML}, Cache: Private, Body: body}
	}
	return []Route{
		{Method: "GET", Pattern: "/questionnaire", Name: "answer-home", Formats: []string{typeHTML}, Cache: Private, Sample: "/questionnaire"},
		page("POST", "/questionnaire", "answer-code", formBody),
		page("POST", "/questionnaire/quitter", "answer-leave", formBody),
		page("GET", "/questionnaire/{secret}", "answer-link", 0),
		page("POST", "/questionnaire/{secret}", "answer-sit", formBody),
		page("GET", "/reponses/{id}", "answer", 0),
		page("POST", "/reponses/{id}", "answer-act", formBody),
		{Method: "POST", Pattern: "/reponses/{id}/cellules", Name: "answer-cells", Formats: []string{typeJSON}, Cache: Private, Body: formBody},
		page("GET", "/reponses/{id}/equipe", "answer-team", 0),
		page("POST", "/reponses/{id}/equipe", "answer-team-save", formBody),
		page("GET", "/reponses/{id}/relire", "answer-review", 0),
		page("GET", "/reponses/{id}/valider", "answer-validate", 0),
		page("POST", "/reponses/{id}/valider", "answer-validated", formBody),
		page("GET", "/reponses/{id}/versions/{seq}", "answer-version", 0),
		{Method: "GET", Pattern: "/reponses/{id}/versions/{seq}/recu.pdf", Name: "answer-receipt", Formats: []string{typePDF}, Cache: Private, Timeout: 90 * time.Second},
		page("GET", "/reponses/{id}/{section}", "answer-section", 0),
		page("POST", "/reponses/{id}/{section}", "answer-section-save", formBody),
	}
}

// paperRoutes: forms as files, their return, exports of answers.
func paperRoutes() []Route {
	return nil
}

// restitutionRoutes: what answers say together.
func restitutionRoutes() []Route {
	return nil
}
