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
func objectiveRoutes() []Route {
	return []Route{
		{Method: "GET", Pattern: "/regions/{slug}/objectifs", Name: "objectives", Formats: []string{typeHTML}, Sample: "/regions/grand-est/objectifs"},
		{Method: "GET", Pattern: "/regions/{slug}/objectifs.csv", Name: "objectives-csv", Formats: []string{typeCSV}, Sample: "/regions/grand-est/objectifs.csv"},
		{Method: "GET", Pattern: "/regions/{slug}/objectifs/partages/{n}", Name: "objectives-list", Formats: []string{typeHTML}},
		{Method: "GET", Pattern: "/regions/{slug}/bureau/objectifs", Name: "objective-desk", Formats: []string{typeHTML}, Cache: Private, SignIn: true},
		{Method: "GET", Pattern: "/regions/{slug}/bureau/objectifs/{territoire}", Name: "objective-place", Formats: []string{typeHTML}, Cache: Private, SignIn: true},
		{Method: "POST", Pattern: "/regions/{slug}/bureau/objectifs/{territoire}", Name: "objective-share", Formats: []string{typeHTML}, Cache: Private, SignIn: true, Body: formBody},
		{Method: "GET", Pattern: "/regions/{slug}/bureau/objectifs/partages/{n}", Name: "objective-list", Formats: []string{typeHTML}, Cache: Private, SignIn: true},
		{Method: "GET", Pattern: "/regions/{slug}/bureau/objectifs/{territoire}/{levier}", Name: "objective", Formats: []string{typeHTML}, Cache: Private, SignIn: true},
		{Method: "POST", Pattern: "/regions/{slug}/bureau/objectifs/{territoire}/{levier}", Name: "objective-put", Formats: []string{typeHTML}, Cache: Private, SignIn: true, Body: formBody},
		{Method: "POST", Pattern: "/regions/{slug}/bureau/objectifs/{territoire}/{levier}/desaccords", Name: "objective-dissent", Formats: []string{typeHTML}, Cache: Private, SignIn: true, Body: formBody},
	}
}

// closureRoutes: objectives of départements and perimeters, and those of the nation.
func closureRoutes() []Route {
	return []Route{
		{Method: "GET", Pattern: "/regions/{slug}/objectifs/bouclage", Name: "closure", Formats: []string{typeHTML}, Cache: Private, Sample: "/regions/grand-est/objectifs/bouclage"},
		{Method: "GET", Pattern: "/regions/{slug}/objectifs/bouclage.csv", Name: "closure-csv", Formats: []string{typeCSV}, Cache: Private, Sample: "/regions/grand-est/objectifs/bouclage.csv"},
		{Method: "GET", Pattern: "/departements/{code}/objectifs", Name: "department-objectives", Formats: []string{typeHTML}, Cache: Private, Sample: "/departements/67/objectifs"},
		{Method: "GET", Pattern: "/perimetres/{id}/objectifs", Name: "perimeter-objectives", Formats: []string{typeHTML}, Cache: Private},
		{Method: "GET", Pattern: "/national/objectifs", Name: "nation-objectives", Formats: []string{typeHTML}, Cache: Private, SignIn: true},
		{Method: "GET", Pattern: "/national/objectifs.csv", Name: "nation-objectives-csv", Formats: []string{typeCSV}, Cache: Private, SignIn: true},
		{Method: "GET", Pattern: "/national/objectifs/{lever}", Name: "nation-objective", Formats: []string{typeHTML}, Cache: Private, SignIn: true},
		{Method: "GET", Pattern: "/objectifs", Name: "shared-objectives", Formats: []string{typeHTML}, Sample: "/objectifs"},
		{Method: "GET", Pattern: "/objectifs.csv", Name: "shared-objectives-csv", Formats: []string{typeCSV}, Sample: "/objectifs.csv"},
		{Method: "GET", Pattern: "/api/v1/objectives/{territory}", Name: "api-objectives", Formats: []string{typeJSON}, Sample: "/api/v1/objectives/region:44"},
	}
}

// themeRoutes: themes, scores of levers, and what both heads put first.
func themeRoutes() []Route {
	const desk = "/regions/{slug}/bureau/themes"
	get := func(path, name string) Route {
		return Route{Method: "GET", Pattern: desk + path, Name: name, Formats: []string{typeHTML}, Cache: Private, SignIn: true}
	}
	post := func(path, name string) Route {
		return Route{Method: "POST", Pattern: desk + path, Name: name, Formats: []string{typeHTML}, Cache: Private, SignIn: true, Body: formBody}
	}
	return []Route{
		{Method: "GET", Pattern: "/regions/{slug}/themes", Name: "themes", Formats: []string{typeHTML}, Sample: "/regions/grand-est/themes"},
		{Method: "GET", Pattern: "/api/v1/themes/{territory}", Name: "api-themes", Formats: []string{typeJSON}, Sample: "/api/v1/themes/region:44"},
		{Method: "GET", Pattern: "/national/themes", Name: "themes-national", Formats: []string{typeHTML}, Cache: Private, SignIn: true},
		get("", "theme-desk"), post("", "theme-add"), post("/depart", "theme-start"),
		get("/notes", "theme-scores"), post("/notes", "theme-weights"), get("/choix", "theme-choice"), post("/choix", "theme-propose"),
		get("/{id}", "theme-one"), post("/{id}", "theme-save"), post("/{id}/ordre", "theme-move"), post("/{id}/retrait", "theme-turn"),
	}
}

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
		{Method: "GET", Pattern: "/api/v1/diagnoses/{territory}", Name: "api-diagnoses", Formats: []string{typeJSON}, Sample: "/api/v1/diagnoses/region:44"},
		{Method: "GET", Pattern: public + "/{n}", Name: "diagnosis-edition", Formats: []string{typeHTML}},
		{Method: "GET", Pattern: public + "/{n}/{fichier}", Name: "diagnosis-edition-file", Formats: files},
		{Method: "GET", Pattern: public + "/{n}/chiffres/{key...}", Name: "diagnosis-edition-figure", Formats: []string{typeHTML}},
	}
}
