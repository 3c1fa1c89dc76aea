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
func gridRoutes() []Route {
	const desk, releves = "/regions/{slug}/bureau/actions", "/regions/{slug}/actions/releves"
	html, files := []string{typeHTML}, []string{typeODT, typePDF, typeJSON}
	return []Route{
		{Method: "GET", Pattern: "/actions/{id}/grille", Name: "grid", Formats: html, Cache: Private},
		{Method: "POST", Pattern: "/actions/{id}/grille", Name: "grid-act", Formats: html, Cache: Private, SignIn: true, Body: formBody},
		{Method: "GET", Pattern: desk + "/retenir", Name: "listing-compose", Formats: html, Cache: Private, SignIn: true},
		{Method: "POST", Pattern: desk + "/retenir", Name: "listing-propose", Formats: html, Cache: Private, SignIn: true, Body: formBody},
		{Method: "GET", Pattern: desk + "/releves", Name: "listing-desk", Formats: html, Cache: Private, SignIn: true},
		{Method: "GET", Pattern: desk + "/releves/{n}", Name: "listing-pending", Formats: html, Cache: Private, SignIn: true},
		{Method: "GET", Pattern: desk + "/releves/{n}/{fichier}", Name: "listing-pending-file", Formats: files, Cache: Private, SignIn: true, Timeout: time.Minute},
		{Method: "GET", Pattern: desk + "/vivier", Name: "pool", Formats: html, Cache: Private, SignIn: true},
		{Method: "GET", Pattern: desk + "/vivier.csv", Name: "pool-csv", Formats: []string{typeCSV}, Cache: Private, SignIn: true},
		{Method: "GET", Pattern: desk + "/doublons", Name: "action-pairs", Formats: html, Cache: Private, SignIn: true},
		{Method: "POST", Pattern: desk + "/doublons", Name: "action-pairs-act", Formats: html, Cache: Private, SignIn: true, Body: formBody},
		{Method: "GET", Pattern: desk + "/doublons/{id}/{autre}", Name: "action-pair", Formats: html, Cache: Private, SignIn: true},
		{Method: "POST", Pattern: desk + "/doublons/{id}/{autre}", Name: "action-merge", Formats: html, Cache: Private, SignIn: true, Body: formBody},
		{Method: "GET", Pattern: desk + "/transversales", Name: "action-cross", Formats: html, Cache: Private, SignIn: true},
		{Method: "POST", Pattern: desk + "/transversales", Name: "action-cross-save", Formats: html, Cache: Private, SignIn: true, Body: formBody},
		{Method: "GET", Pattern: releves, Name: "listings", Formats: html, Sample: "/regions/grand-est/actions/releves"},
		{Method: "GET", Pattern: releves + "/{n}", Name: "listing", Formats: html},
		{Method: "GET", Pattern: releves + "/{n}/{fichier}", Name: "listing-file", Formats: files, Timeout: time.Minute},
	}
}

// coverageRoutes: how far actions cover objectives.
func coverageRoutes() []Route { return nil }

// measureRoutes: what helps a lever, step by step.
func measureRoutes() []Route { return nil }

// aidRoutes: the catalogue of aids, what fits, needs.
func aidRoutes() []Route { return nil }

// transferRoutes: files of actions.
func transferRoutes() []Route { return nil }
