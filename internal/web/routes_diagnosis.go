package web

import "slices"

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
func closureRoutes() []Route { return nil }

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
		{Method: "GET", Pattern: "/national/themes", Name: "themes-national", Formats: []string{typeHTML}, Cache: Private, SignIn: true},
		get("", "theme-desk"), post("", "theme-add"), post("/depart", "theme-start"),
		get("/notes", "theme-scores"), post("/notes", "theme-weights"), get("/choix", "theme-choice"), post("/choix", "theme-propose"),
		get("/{id}", "theme-one"), post("/{id}", "theme-save"), post("/{id}/ordre", "theme-move"), post("/{id}/retrait", "theme-turn"),
	}
}

// diagnosisDocumentRoutes: the diagnosis as it is composed, and its editions.
func diagnosisDocumentRoutes() []Route { return nil }
