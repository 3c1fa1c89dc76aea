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
func measureRoutes() []Route { return nil }

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
