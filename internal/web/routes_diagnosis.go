package web

import (
	"slices"
	"time"

	"jalon/internal/composition"
)

// diagnosisRoutes are the addresses of objectives, themes and diagnoses, one list
// each.
func diagnosisRoutes() []Route {
	return slices.Concat(inEachCycle(objectiveRoutes()), inEachCycle(closureRoutes()), inEachCycle(themeRoutes()), diagnosisDocumentRoutes())
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
	return append(inEachCycle(compositionRoutes(composition.Diagnosis)),
		Route{Method: "GET", Pattern: "/api/v1/diagnoses/{territory}", Name: "api-diagnoses", Formats: []string{typeJSON}, Sample: "/api/v1/diagnoses/region:44"})
}

// compositionRoutes: a document of a region as its team composes it, and its
// editions. A review has its year in its address.
func compositionRoutes(k composition.Kind) []Route {
	path := k.Path("{annee}")
	desk, public := "/regions/{slug}/bureau"+path, "/regions/{slug}"+path+"/editions"
	name := func(what string) string { return k.Name() + "-" + what }
	page := func(pattern, what string) Route {
		return Route{Method: "GET", Pattern: pattern, Name: name(what), Formats: []string{typeHTML}, Cache: Private, SignIn: true}
	}
	form := func(pattern, what string) Route {
		return Route{Method: "POST", Pattern: pattern, Name: name(what), Formats: []string{typeHTML}, Cache: Private, SignIn: true, Body: formBody}
	}
	propose := form(desk+"/publication", "propose")
	propose.Timeout = 2 * time.Minute // every file of the edition is made, the PDF among them
	files, drafts := []string{typePPTX, typeODT, typePDF, typeJSON, typeHTML}, []string{typePPTX, typeODT, typePDF}
	if k == composition.Roadmap {
		files, drafts = append(files, typeXLSX), append(drafts, typeXLSX)
	}
	editions := Route{Method: "GET", Pattern: public, Name: name("editions"), Formats: []string{typeHTML}}
	if k != composition.Review {
		editions.Sample = "/regions/grand-est" + path + "/editions"
	}
	return []Route{
		page(desk, "desk"), form(desk, "begin"), page(desk+"/ajouter", "add"), form(desk+"/blocs", "block-add"),
		page(desk+"/blocs/{id}", "block"), form(desk+"/blocs/{id}", "block-save"), form(desk+"/blocs/{id}/place", "block-place"),
		page(desk+"/apercu", "preview"),
		{Method: "GET", Pattern: desk + "/fichiers/{fichier}", Name: name("draft-file"), Formats: drafts, Cache: Private, SignIn: true, Timeout: time.Minute},
		page(desk+"/publication", "publish"), propose,
		page(desk+"/editions/{id}", "proposed"), page(desk+"/editions/{id}/chiffres/{key...}", "proposed-figure"),
		{Method: "GET", Pattern: desk + "/editions/{id}/fichiers/{fichier}", Name: name("proposed-file"), Formats: files, Cache: Private, SignIn: true},

		editions,
		{Method: "GET", Pattern: public + "/{n}", Name: name("edition"), Formats: []string{typeHTML}},
		{Method: "GET", Pattern: public + "/{n}/{fichier}", Name: name("edition-file"), Formats: files},
		{Method: "GET", Pattern: public + "/{n}/chiffres/{key...}", Name: name("edition-figure"), Formats: []string{typeHTML}},
	}
}
