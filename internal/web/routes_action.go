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
func aidRoutes() []Route { return nil }

// transferRoutes: files of actions.
func transferRoutes() []Route {
	const imports, exports = "/regions/{slug}/bureau/actions/importer", "/regions/{slug}/bureau/actions/exporter"
	html, every := []string{typeHTML}, []string{typeXLSX, typeCSV, typeJSON, typeText}
	return []Route{
		{Method: "GET", Pattern: imports, Name: "action-import", Formats: html, Cache: Private, SignIn: true},
		{Method: "POST", Pattern: imports, Name: "action-import-send", Formats: html, Cache: Private, SignIn: true, Body: 26 << 20, Timeout: 2 * time.Minute},
		{Method: "GET", Pattern: imports + "/modele.xlsx", Name: "action-import-model", Formats: []string{typeXLSX}, Cache: Private, SignIn: true},
		{Method: "GET", Pattern: imports + "/{run}/colonnes", Name: "action-import-columns", Formats: html, Cache: Private, SignIn: true},
		{Method: "POST", Pattern: imports + "/{run}/colonnes", Name: "action-import-map", Formats: html, Cache: Private, SignIn: true, Body: formBody, Timeout: 2 * time.Minute},
		{Method: "POST", Pattern: imports + "/enregistrer", Name: "action-import-apply", Formats: html, Cache: Private, SignIn: true, Body: 4 << 10, Timeout: 2 * time.Minute},
		{Method: "GET", Pattern: imports + "/{run}", Name: "action-import-preview", Formats: html, Cache: Private, SignIn: true},
		{Method: "GET", Pattern: imports + "/{run}/verdicts.csv", Name: "action-import-verdicts", Formats: []string{typeCSV}, Cache: Private, SignIn: true},
		{Method: "GET", Pattern: imports + "/{run}/refusees.xlsx", Name: "action-import-refused", Formats: []string{typeXLSX}, Cache: Private, SignIn: true},
		{Method: "GET", Pattern: exports, Name: "action-export", Formats: html, Cache: Private, SignIn: true},
		{Method: "GET", Pattern: exports + "/{fichier}", Name: "action-export-file", Formats: every, Cache: Private, SignIn: true, Timeout: time.Minute},
		{Method: "GET", Pattern: "/regions/{slug}/actions/fichiers", Name: "action-files", Formats: html, Sample: "/regions/grand-est/actions/fichiers"},
		{Method: "GET", Pattern: "/regions/{slug}/actions/fichiers/{fichier}", Name: "action-file", Formats: every, Cache: Own, Timeout: time.Minute, Sample: "/regions/grand-est/actions/fichiers/actions.csv"},
		{Method: "GET", Pattern: "/exemples-d-actions", Name: "action-examples", Formats: html, Sample: "/exemples-d-actions"},
	}
}
