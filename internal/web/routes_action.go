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
func coverageRoutes() []Route { return nil }

// measureRoutes: what helps a lever, step by step.
func measureRoutes() []Route {
	const desk = "/regions/{slug}/bureau/mesures"
	return []Route{
		{Method: "GET", Pattern: "/mesures", Name: "measures", Formats: []string{typeHTML}, Sample: "/mesures"},
		{Method: "GET", Pattern: "/leviers/{code}/mesures", Name: "measures-lever", Formats: []string{typeHTML}, Sample: "/leviers/covoiturage/mesures?region=grand-est"},
		{Method: "GET", Pattern: "/leviers/{code}/mesures.csv", Name: "measures-csv", Formats: []string{typeCSV}, Sample: "/leviers/covoiturage/mesures.csv"},
		{Method: "GET", Pattern: "/leviers/{code}/mesures.json", Name: "measures-json", Formats: []string{typeJSON}, Sample: "/leviers/covoiturage/mesures.json"},
		{Method: "GET", Pattern: desk, Name: "measure-desk", Formats: []string{typeHTML}, Cache: Private, SignIn: true},
		{Method: "POST", Pattern: desk, Name: "measure-add", Formats: []string{typeHTML}, Cache: Private, SignIn: true, Body: formBody},
		{Method: "GET", Pattern: desk + "/{id}", Name: "measure-one", Formats: []string{typeHTML}, Cache: Private, SignIn: true},
		{Method: "POST", Pattern: desk + "/{id}", Name: "measure-save", Formats: []string{typeHTML}, Cache: Private, SignIn: true, Body: formBody},
		{Method: "GET", Pattern: "/national/mesures", Name: "measure-nation", Formats: []string{typeHTML}, Cache: Private, SignIn: true},
		{Method: "POST", Pattern: "/national/mesures", Name: "measure-nation-add", Formats: []string{typeHTML}, Cache: Private, SignIn: true, Body: formBody},
		{Method: "GET", Pattern: "/national/mesures/{id}", Name: "measure-nation-one", Formats: []string{typeHTML}, Cache: Private, SignIn: true},
		{Method: "POST", Pattern: "/national/mesures/{id}", Name: "measure-nation-save", Formats: []string{typeHTML}, Cache: Private, SignIn: true, Body: formBody},
	}
}

// aidRoutes: the catalogue of aids, what fits, needs.
func aidRoutes() []Route { return nil }

// transferRoutes: files of actions.
func transferRoutes() []Route { return nil }
