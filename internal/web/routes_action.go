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
func transferRoutes() []Route {
	const imports, exports = "/regions/{slug}/bureau/actions/importer", "/regions/{slug}/bureau/actions/exporter"
	html, every := []string{typeHTML}, []string{typeXLSX, typeCSV, typeJSON, typeText}
	return []Route{
		{Method: "GET", Pattern: imports, Name: "action-import", Formats: html, Cache: Private, SignIn: true},
		{Method: "POST", Pattern: imports, Name: "action-import-send", Formats: html, Cache: Private, SignIn: true, Body: 26 << 20, Timeout: 2 * time.Minute},
		{Method: "GET", Pattern: imports + "/modele.xlsx", Name: "action-import-model", Formats: []string{typeXLSX}, Cache: Private, SignIn: true},
		{Method: "GET", Pattern: imports + "/colonnes/{envoi}", Name: "action-import-columns", Formats: html, Cache: Private, SignIn: true},
		{Method: "POST", Pattern: imports + "/colonnes/{envoi}", Name: "action-import-map", Formats: html, Cache: Private, SignIn: true, Body: formBody, Timeout: 2 * time.Minute},
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
