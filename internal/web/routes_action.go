package web

import (
	"slices"
	"time"
)

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
func aidRoutes() []Route {
	html := []string{typeHTML}
	desk, nation := "/regions/{slug}/bureau", "/national/aides"
	return []Route{
		{Method: "GET", Pattern: "/aides", Name: "aids", Formats: html, Sample: "/aides?public=epci&lieu=region:44"},
		{Method: "GET", Pattern: "/aides/suivre", Name: "aid-follow", Formats: html, Cache: Private, Sample: "/aides/suivre?levier=gestion-haies"},
		{Method: "POST", Pattern: "/aides/suivre", Name: "aid-followed", Formats: html, Cache: Private, Body: 8 << 10},
		{Method: "GET", Pattern: "/aides/{id}", Name: "aid", Formats: html},
		{Method: "GET", Pattern: "/aides/{id}/signaler", Name: "aid-report", Formats: html, Cache: Private},
		{Method: "POST", Pattern: "/aides/{id}/signaler", Name: "aid-reported", Formats: html, Cache: Private, Body: 32 << 10},
		{Method: "GET", Pattern: "/alertes-aides/{jeton}", Name: "aid-alert", Formats: html, Cache: Private},
		{Method: "POST", Pattern: "/alertes-aides/{jeton}", Name: "aid-alert-turn", Formats: html, Cache: Private, Body: 4 << 10},
		{Method: "GET", Pattern: "/actions/{id}/aides", Name: "action-aids", Formats: html, Cache: Private},
		{Method: "POST", Pattern: "/actions/{id}/aides", Name: "action-aid-add", Formats: html, Cache: Private, SignIn: true, Body: 8 << 10},
		{Method: "POST", Pattern: "/actions/{id}/aides/besoin", Name: "action-need", Formats: html, Cache: Private, SignIn: true, Body: formBody},
		{Method: "GET", Pattern: desk + "/aides", Name: "aids-desk", Formats: html, Cache: Private, SignIn: true},
		{Method: "POST", Pattern: desk + "/aides", Name: "aids-desk-add", Formats: html, Cache: Private, SignIn: true, Body: formBody},
		{Method: "GET", Pattern: desk + "/aides/{id}", Name: "aids-desk-one", Formats: html, Cache: Private, SignIn: true},
		{Method: "POST", Pattern: desk + "/aides/{id}", Name: "aids-desk-save", Formats: html, Cache: Private, SignIn: true, Body: formBody},
		{Method: "GET", Pattern: desk + "/besoins", Name: "needs-desk", Formats: html, Cache: Private, SignIn: true},
		{Method: "POST", Pattern: desk + "/besoins", Name: "need-add", Formats: html, Cache: Private, SignIn: true, Body: formBody},
		{Method: "POST", Pattern: desk + "/besoins/{id}", Name: "need-turn", Formats: html, Cache: Private, SignIn: true, Body: formBody},
		{Method: "GET", Pattern: "/national/besoins", Name: "national-needs", Formats: html, Cache: Private, SignIn: true},
		{Method: "GET", Pattern: nation, Name: "national-aids", Formats: html, Cache: Private, SignIn: true},
		{Method: "POST", Pattern: nation, Name: "national-aids-add", Formats: html, Cache: Private, SignIn: true, Body: formBody},
		{Method: "GET", Pattern: nation + "/{id}", Name: "national-aid", Formats: html, Cache: Private, SignIn: true},
		{Method: "POST", Pattern: nation + "/{id}", Name: "national-aid-save", Formats: html, Cache: Private, SignIn: true, Body: formBody},
		{Method: "POST", Pattern: nation + "/signalements/{id}", Name: "national-aid-report", Formats: html, Cache: Private, SignIn: true, Body: formBody},
		{Method: "GET", Pattern: nation + "/importer", Name: "national-aids-import", Formats: html, Cache: Private, SignIn: true},
		{Method: "POST", Pattern: nation + "/importer", Name: "national-aids-stage", Formats: html, Cache: Private, SignIn: true, Body: fileBody, Timeout: 5 * time.Minute},
		{Method: "GET", Pattern: nation + "/importer/{id}", Name: "national-aids-run", Formats: html, Cache: Private, SignIn: true},
		{Method: "POST", Pattern: nation + "/importer/{id}", Name: "national-aids-apply", Formats: html, Cache: Private, SignIn: true, Body: 8 << 10, Timeout: 2 * time.Minute},
	}
}

// transferRoutes: files of actions.
func transferRoutes() []Route { return nil }
