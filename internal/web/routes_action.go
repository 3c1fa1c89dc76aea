package web

import "slices"

// actionRoutes are the addresses of actions and of what helps them, one list each.
func actionRoutes() []Route {
	return slices.Concat(sheetRoutes(), registerRoutes(), gridRoutes(), coverageRoutes(), measureRoutes(), aidRoutes(), transferRoutes())
}

// sheetRoutes: actions as people read, propose and write them.
func sheetRoutes() []Route { return nil }

// registerRoutes: the team's register.
func registerRoutes() []Route { return nil }

// gridRoutes: the grid, the list that both heads retain, the vivier, doubles.
func gridRoutes() []Route { return nil }

// coverageRoutes: how far actions cover objectives.
func coverageRoutes() []Route {
	const region, desk = "/regions/{slug}/couverture", "/regions/{slug}/bureau/actions/recoupements"
	return []Route{
		{Method: "GET", Pattern: region, Name: "coverage", Formats: []string{typeHTML}, Sample: "/regions/grand-est/couverture"},
		{Method: "GET", Pattern: region + ".csv", Name: "coverage-csv", Formats: []string{typeCSV}, Sample: "/regions/grand-est/couverture.csv"},
		{Method: "GET", Pattern: region + "/{levier}", Name: "coverage-lever", Formats: []string{typeHTML}, Sample: "/regions/grand-est/couverture/gestion-haies"},
		{Method: "GET", Pattern: region + "/{levier}/actions.csv", Name: "coverage-lever-csv", Formats: []string{typeCSV}, Sample: "/regions/grand-est/couverture/gestion-haies/actions.csv"},
		{Method: "GET", Pattern: "/departements/{code}/couverture", Name: "coverage-department", Formats: []string{typeHTML}, Sample: "/departements/67/couverture"},
		{Method: "GET", Pattern: "/departements/{code}/couverture.csv", Name: "coverage-department-csv", Formats: []string{typeCSV}, Sample: "/departements/67/couverture.csv"},
		{Method: "GET", Pattern: "/national/couverture", Name: "coverage-nation", Formats: []string{typeHTML}, Sample: "/national/couverture"},
		{Method: "GET", Pattern: "/national/couverture.csv", Name: "coverage-nation-csv", Formats: []string{typeCSV}, Sample: "/national/couverture.csv"},
		{Method: "GET", Pattern: desk, Name: "overlaps", Formats: []string{typeHTML}, Cache: Private, SignIn: true},
		{Method: "POST", Pattern: desk, Name: "overlap-settle", Formats: []string{typeHTML}, Cache: Private, SignIn: true, Body: formBody},
	}
}

// measureRoutes: what helps a lever, step by step.
func measureRoutes() []Route { return nil }

// aidRoutes: the catalogue of aids, what fits, needs.
func aidRoutes() []Route { return nil }

// transferRoutes: files of actions.
func transferRoutes() []Route { return nil }
