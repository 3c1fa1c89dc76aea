package web

import "slices"

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

// restitutionRoutes: what answers say together.
func restitutionRoutes() []Route {
	return nil
}
