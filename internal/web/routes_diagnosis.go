package web

import "slices"

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
func diagnosisDocumentRoutes() []Route { return nil }
