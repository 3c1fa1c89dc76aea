package web

import (
	"slices"
	"time"
)

// diagnosisRoutes are the addresses of objectives, themes and diagnoses, one list
// each.
func diagnosisRoutes() []Route {
	return slices.Concat(objectiveRoutes(), closureRoutes(), themeRoutes(), diagnosisDocumentRoutes())
}

// objectiveRoutes: what a COP puts on the table, discusses and shares.
func objectiveRoutes() []Route { return nil }

// closureRoutes: objectives of départements and perimeters, and those of the nation.
func closureRoutes() []Route { return nil }

// themeRoutes: themes, scores of levers, and what both heads put first.
func themeRoutes() []Route { return nil }

// diagnosisDocumentRoutes: the diagnosis as it is composed, and its editions.
func diagnosisDocumentRoutes() []Route {
	const desk, public = "/regions/{slug}/bureau/diagnostic", "/regions/{slug}/diagnostic/editions"
	page := func(pattern, name string) Route {
		return Route{Method: "GET", Pattern: pattern, Name: name, Formats: []string{typeHTML}, Cache: Private, SignIn: true}
	}
	form := func(pattern, name string) Route {
		return Route{Method: "POST", Pattern: pattern, Name: name, Formats: []string{typeHTML}, Cache: Private, SignIn: true, Body: formBody}
	}
	propose := form(desk+"/publication", "diagnosis-propose")
	propose.Timeout = 2 * time.Minute // every file of the edition is made, the PDF among them
	files := []string{typePPTX, typeODT, typePDF, typeJSON, typeHTML}
	return []Route{
		page(desk, "diagnosis-desk"), form(desk, "diagnosis-begin"), page(desk+"/ajouter", "diagnosis-add"), form(desk+"/blocs", "diagnosis-block-add"),
		page(desk+"/blocs/{id}", "diagnosis-block"), form(desk+"/blocs/{id}", "diagnosis-block-save"), form(desk+"/blocs/{id}/place", "diagnosis-block-place"),
		page(desk+"/apercu", "diagnosis-preview"),
		{Method: "GET", Pattern: desk + "/fichiers/{fichier}", Name: "diagnosis-draft-file", Formats: []string{typePPTX, typeODT, typePDF}, Cache: Private, SignIn: true, Timeout: time.Minute},
		page(desk+"/publication", "diagnosis-publish"), propose,
		page(desk+"/editions/{id}", "diagnosis-proposed"), page(desk+"/editions/{id}/chiffres/{key...}", "diagnosis-proposed-figure"),
		{Method: "GET", Pattern: desk + "/editions/{id}/fichiers/{fichier}", Name: "diagnosis-proposed-file", Formats: files, Cache: Private, SignIn: true},

		{Method: "GET", Pattern: public, Name: "diagnosis-editions", Formats: []string{typeHTML}, Sample: "/regions/grand-est/diagnostic/editions"},
		{Method: "GET", Pattern: public + "/{n}", Name: "diagnosis-edition", Formats: []string{typeHTML}},
		{Method: "GET", Pattern: public + "/{n}/{fichier}", Name: "diagnosis-edition-file", Formats: files},
		{Method: "GET", Pattern: public + "/{n}/chiffres/{key...}", Name: "diagnosis-edition-figure", Formats: []string{typeHTML}},
	}
}
