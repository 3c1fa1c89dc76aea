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
func themeRoutes() []Route { return nil }

// diagnosisDocumentRoutes: the diagnosis as it is composed, and its editions.
func diagnosisDocumentRoutes() []Route { return nil }
