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
	return []Route{
		{Method: "GET", Pattern: "/questionnaires", Name: "questionnaires", Formats: []string{typeHTML}, Sample: "/questionnaires"},
		{Method: "GET", Pattern: "/questionnaires/{code}", Name: "questionnaire", Formats: []string{typeHTML, typeJSON}, Sample: "/questionnaires/national-2025?type=commune"},
		{Method: "GET", Pattern: "/questionnaires/{code}/versions/{pair}", Name: "questionnaire-diff", Formats: []string{typeHTML}, Sample: "/questionnaires/national-2025/versions/1..1"},
		{Method: "GET", Pattern: "/questionnaire.schema.json", Name: "questionnaire-schema", Formats: []string{typeJSON}, Sample: "/questionnaire.schema.json"},

		{Method: "GET", Pattern: "/national/questionnaires/{code}", Name: "form-editor", Formats: []string{typeHTML}, Cache: Private, SignIn: true},
		{Method: "POST", Pattern: "/national/questionnaires/{code}", Name: "form-edit", Formats: []string{typeHTML}, Cache: Private, SignIn: true, Body: formBody},
		{Method: "GET", Pattern: "/national/questionnaires/{code}/sections/{section}", Name: "form-section", Formats: []string{typeHTML}, Cache: Private, SignIn: true},
		{Method: "POST", Pattern: "/national/questionnaires/{code}/apercu", Name: "form-preview", Formats: []string{typeHTML}, Cache: Private, SignIn: true, Body: formBody},
		{Method: "POST", Pattern: "/national/questionnaires/{code}/publier", Name: "form-publish", Formats: []string{typeHTML}, Cache: Private, SignIn: true, Body: formBody},
		{Method: "POST", Pattern: "/national/questionnaires/{code}/import", Name: "form-import", Formats: []string{typeHTML}, Cache: Private, SignIn: true, Body: documentBody},
		{Method: "GET", Pattern: "/national/questionnaires/{code}/document.json", Name: "form-export", Formats: []string{typeJSON}, Cache: Private, SignIn: true},

		{Method: "GET", Pattern: "/regions/{slug}/bureau/questionnaire/modele", Name: "variant-editor", Formats: []string{typeHTML}, Cache: Private, SignIn: true},
		{Method: "POST", Pattern: "/regions/{slug}/bureau/questionnaire/modele", Name: "variant-edit", Formats: []string{typeHTML}, Cache: Private, SignIn: true, Body: formBody},
		{Method: "GET", Pattern: "/regions/{slug}/bureau/questionnaire/modele/sections/{section}", Name: "variant-section", Formats: []string{typeHTML}, Cache: Private, SignIn: true},
		{Method: "POST", Pattern: "/regions/{slug}/bureau/questionnaire/modele/apercu", Name: "variant-preview", Formats: []string{typeHTML}, Cache: Private, SignIn: true, Body: formBody},
		{Method: "POST", Pattern: "/regions/{slug}/bureau/questionnaire/modele/publier", Name: "variant-publish", Formats: []string{typeHTML}, Cache: Private, SignIn: true, Body: formBody},
		{Method: "POST", Pattern: "/regions/{slug}/bureau/questionnaire/modele/import", Name: "variant-import", Formats: []string{typeHTML}, Cache: Private, SignIn: true, Body: documentBody},
		{Method: "GET", Pattern: "/regions/{slug}/bureau/questionnaire/modele/document.json", Name: "variant-export", Formats: []string{typeJSON}, Cache: Private, SignIn: true},
		{Method: "POST", Pattern: "/regions/{slug}/bureau/questionnaire/modele/creer", Name: "variant-make", Formats: []string{typeHTML}, Cache: Private, SignIn: true, Body: formBody},
		{Method: "POST", Pattern: "/regions/{slug}/bureau/questionnaire/modele/appliquer", Name: "variant-apply", Formats: []string{typeHTML}, Cache: Private, SignIn: true, Body: formBody},
	}
}

// documentBody lets a document that is too large be read to its end, so that its
// sender reads why it was refused.
const documentBody = 4 << 20

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
		{Method: "POST", Pattern: "/reponses/{id}/{section}", Name: "answer-section-save", Formats: []string{typeHTML}, Cache: Private, Body: fileBody, Timeout: 5 * time.Minute},
		{Method: "GET", Pattern: "/reponses/{id}/fichiers/{key}", Name: "answer-file", Formats: []string{typeAny}, Cache: Private, Timeout: 5 * time.Minute},
	}
}

// paperRoutes: forms as files, their return, exports of answers.
func paperRoutes() []Route {
	const desk = "/regions/{slug}/bureau/questionnaire"
	const long = 10 * time.Minute // a file over a slow line
	return []Route{
		{Method: "GET", Pattern: desk + "/exports", Name: "paper-exports", Formats: []string{typeHTML}, Cache: Private, SignIn: true},
		{Method: "POST", Pattern: desk + "/exports", Name: "paper-export-ask", Formats: []string{typeHTML}, Cache: Private, SignIn: true, Body: formBody, Timeout: time.Minute},
		{Method: "GET", Pattern: desk + "/exports/{fichier}", Name: "paper-export-file", Formats: []string{typeAny}, Cache: Private, SignIn: true, Timeout: long},
		{Method: "GET", Pattern: "/national/questionnaire/exports", Name: "paper-nation", Formats: []string{typeHTML}, Cache: Private, SignIn: true},
		{Method: "POST", Pattern: "/national/questionnaire/exports", Name: "paper-nation-ask", Formats: []string{typeHTML}, Cache: Private, SignIn: true, Body: formBody, Timeout: time.Minute},
		{Method: "GET", Pattern: "/national/questionnaire/exports/{fichier}", Name: "paper-nation-file", Formats: []string{typeAny}, Cache: Private, SignIn: true, Timeout: long},
		{Method: "GET", Pattern: desk + "/formulaires", Name: "paper-forms", Formats: []string{typeHTML}, Cache: Private, SignIn: true},
		{Method: "POST", Pattern: desk + "/formulaires", Name: "paper-forms-send", Formats: []string{typeHTML}, Cache: Private, SignIn: true, Body: fileBody, Timeout: long},
		{Method: "GET", Pattern: desk + "/formulaires.zip", Name: "paper-workbooks", Formats: []string{typeZIP}, Cache: Private, SignIn: true, Timeout: long},
		{Method: "GET", Pattern: desk + "/formulaires/{retour}", Name: "paper-forms-read", Formats: []string{typeHTML}, Cache: Private, SignIn: true},
		{Method: "POST", Pattern: desk + "/formulaires/{retour}", Name: "paper-forms-apply", Formats: []string{typeHTML}, Cache: Private, SignIn: true, Body: 4 << 10, Timeout: time.Minute},
		{Method: "GET", Pattern: "/reponses/{id}/formulaire.xlsx", Name: "paper-workbook", Formats: []string{typeXLSX}, Cache: Private},
		{Method: "GET", Pattern: "/reponses/{id}/formulaire", Name: "paper-form", Formats: []string{typeHTML}, Cache: Private},
		{Method: "POST", Pattern: "/reponses/{id}/formulaire", Name: "paper-form-send", Formats: []string{typeHTML}, Cache: Private, Body: fileBody, Timeout: 5 * time.Minute},
		{Method: "GET", Pattern: "/reponses/{id}/formulaire/{retour}", Name: "paper-form-read", Formats: []string{typeHTML}, Cache: Private},
		{Method: "POST", Pattern: "/reponses/{id}/formulaire/{retour}", Name: "paper-form-apply", Formats: []string{typeHTML}, Cache: Private, Body: 4 << 10, Timeout: time.Minute},
		{Method: "GET", Pattern: "/reponses/{id}/imprimer", Name: "paper-print", Formats: []string{typeHTML}, Cache: Private},
		{Method: "GET", Pattern: "/reponses/{id}/imprimer.pdf", Name: "paper-print-pdf", Formats: []string{typePDF}, Cache: Private, Timeout: 90 * time.Second},
		{Method: "GET", Pattern: "/reponses/{id}/papier", Name: "paper-behalf", Formats: []string{typeHTML}, Cache: Private, SignIn: true},
		{Method: "POST", Pattern: "/reponses/{id}/papier", Name: "paper-behalf-add", Formats: []string{typeHTML}, Cache: Private, SignIn: true, Body: fileBody, Timeout: 5 * time.Minute},
		{Method: "GET", Pattern: "/reponses/{id}/papier/image/{papier}", Name: "paper-behalf-scan", Formats: []string{typeAny}, Cache: Private, SignIn: true, Timeout: 5 * time.Minute},
		{Method: "POST", Pattern: "/reponses/{id}/papier/valider", Name: "paper-behalf-validate", Formats: []string{typeHTML}, Cache: Private, SignIn: true, Body: formBody},
		{Method: "GET", Pattern: "/reponses/{id}/papier/{section}", Name: "paper-behalf-section", Formats: []string{typeHTML}, Cache: Private, SignIn: true},
		{Method: "POST", Pattern: "/reponses/{id}/papier/{section}", Name: "paper-behalf-save", Formats: []string{typeHTML}, Cache: Private, SignIn: true, Body: formBody},
		{Method: "GET", Pattern: "/questionnaires/{code}/imprimer", Name: "paper-blank", Formats: []string{typeHTML}, Sample: "/questionnaires/national-2025/imprimer?type=commune"},
		{Method: "GET", Pattern: "/questionnaires/{code}/imprimer.pdf", Name: "paper-blank-pdf", Formats: []string{typePDF}, Timeout: 90 * time.Second},
	}
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
