package web

import (
	"slices"
	"strings"
	"time"
)

// actionRoutes are the addresses of actions and of what helps them, one list each.
func actionRoutes() []Route {
	return slices.Concat(inEachCycle(sheetRoutes()), inEachCycle(registerRoutes()), inEachCycle(gridRoutes()), coverageRoutes(), inEachCycle(overlapRoutes()), measureRoutes(), aidRoutes(), inEachCycle(transferRoutes()), shareRoutes(), keyRoutes())
}

// inEachCycle adds to routes of the COP of a region, which are those of its first one, the
// same pages of its later ones, at the address of each.
func inEachCycle(routes []Route) []Route {
	out := slices.Clone(routes)
	for _, rt := range routes {
		if rest, ok := strings.CutPrefix(rt.Pattern, "/regions/{slug}/"); ok {
			rt.Pattern, rt.Sample = "/regions/{slug}/cycles/{cycle}/"+rest, ""
			out = append(out, rt)
		}
	}
	return out
}

// sheetRoutes: actions as people read, propose and write them.
func sheetRoutes() []Route {
	html := []string{typeHTML}
	return append(writingRoutes(), []Route{
		{Method: "GET", Pattern: "/regions/{slug}/actions", Name: "actions", Formats: html, Cache: Private, Sample: "/regions/grand-est/actions"},
		{Method: "GET", Pattern: "/actions/{id}", Name: "action", Formats: html, Cache: Private},
		{Method: "GET", Pattern: "/actions/{id}/versions", Name: "action-versions", Formats: html, Cache: Private, SignIn: true},
		{Method: "GET", Pattern: "/actions/{id}/documents/{fichier}", Name: "action-document", Formats: []string{typeAny}, Cache: Private, Timeout: 5 * time.Minute},
	}...)
}

// writingRoutes: how an action is proposed and written, part by part.
func writingRoutes() []Route {
	const action, add = "/actions/{id}", "/regions/{slug}/actions/nouvelle"
	html := []string{typeHTML}
	return []Route{
		{Method: "GET", Pattern: add, Name: "action-new", Formats: html, Cache: Private, SignIn: true},
		{Method: "POST", Pattern: add, Name: "action-create", Formats: html, Cache: Private, SignIn: true, Body: formBody},
		{Method: "GET", Pattern: action + "/modifier", Name: "action-edit", Formats: html, Cache: Private, SignIn: true},
		{Method: "GET", Pattern: action + "/modifier/{partie}", Name: "action-part", Formats: html, Cache: Private, SignIn: true},
		{Method: "POST", Pattern: action + "/modifier/{partie}", Name: "action-part-save", Formats: html, Cache: Private, SignIn: true, Body: fileBody, Timeout: 5 * time.Minute},
		{Method: "POST", Pattern: action + "/versions/{rev}/reprendre", Name: "action-restore", Formats: html, Cache: Private, SignIn: true, Body: formBody},
	}
}

// registerRoutes: the team's register.
func registerRoutes() []Route {
	const desk = "/regions/{slug}/bureau/actions"
	html := []string{typeHTML}
	return []Route{
		{Method: "GET", Pattern: desk, Name: "register", Formats: html, Cache: Private, SignIn: true},
		{Method: "GET", Pattern: desk + "/tableau", Name: "register-board", Formats: html, Cache: Private, SignIn: true},
		{Method: "GET", Pattern: desk + "/calendrier", Name: "register-calendar", Formats: html, Cache: Private, SignIn: true},
		{Method: "GET", Pattern: desk + "/carte", Name: "register-map", Formats: html, Cache: Private, SignIn: true},
		{Method: "POST", Pattern: desk + "/lot", Name: "register-many", Formats: html, Cache: Private, SignIn: true, Body: formBody},
		{Method: "POST", Pattern: desk + "/lot/changer", Name: "register-change", Formats: html, Cache: Private, SignIn: true, Body: formBody, Timeout: time.Minute},
		{Method: "POST", Pattern: desk + "/vues", Name: "register-view-keep", Formats: html, Cache: Private, SignIn: true, Body: 16 << 10},
		{Method: "POST", Pattern: desk + "/vues/retrait", Name: "register-view-end", Formats: html, Cache: Private, SignIn: true, Body: 4 << 10},
	}
}

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
	const region = "/regions/{slug}/couverture"
	return []Route{
		{Method: "GET", Pattern: region, Name: "coverage", Formats: []string{typeHTML}, Sample: "/regions/grand-est/couverture"},
		{Method: "GET", Pattern: region + ".csv", Name: "coverage-csv", Formats: []string{typeCSV}, Sample: "/regions/grand-est/couverture.csv"},
		{Method: "GET", Pattern: region + "/{levier}", Name: "coverage-lever", Formats: []string{typeHTML}, Sample: "/regions/grand-est/couverture/gestion-haies"},
		{Method: "GET", Pattern: region + "/{levier}/actions.csv", Name: "coverage-lever-csv", Formats: []string{typeCSV}, Sample: "/regions/grand-est/couverture/gestion-haies/actions.csv"},
		{Method: "GET", Pattern: "/departements/{code}/couverture", Name: "coverage-department", Formats: []string{typeHTML}, Sample: "/departements/67/couverture"},
		{Method: "GET", Pattern: "/departements/{code}/couverture.csv", Name: "coverage-department-csv", Formats: []string{typeCSV}, Sample: "/departements/67/couverture.csv"},
		{Method: "GET", Pattern: "/epci/{code}/couverture", Name: "coverage-epci", Formats: []string{typeHTML}, Sample: "/epci/246700488/couverture"},
		{Method: "GET", Pattern: "/epci/{code}/couverture.csv", Name: "coverage-epci-csv", Formats: []string{typeCSV}, Sample: "/epci/246700488/couverture.csv"},
		{Method: "GET", Pattern: "/national/couverture", Name: "coverage-nation", Formats: []string{typeHTML}, Sample: "/national/couverture"},
		{Method: "GET", Pattern: "/national/couverture.csv", Name: "coverage-nation-csv", Formats: []string{typeCSV}, Sample: "/national/couverture.csv"},
		{Method: "GET", Pattern: "/national/actions", Name: "nation-actions", Formats: []string{typeHTML}, Cache: Private, SignIn: true},
		{Method: "GET", Pattern: "/national/actions.csv", Name: "nation-actions-csv", Formats: []string{typeCSV}, Cache: Private, SignIn: true},
	}
}

// overlapRoutes: what several actions of a COP count twice.
func overlapRoutes() []Route {
	const desk = "/regions/{slug}/bureau/actions/recoupements"
	return []Route{
		{Method: "GET", Pattern: desk, Name: "overlaps", Formats: []string{typeHTML}, Cache: Private, SignIn: true},
		{Method: "POST", Pattern: desk, Name: "overlap-settle", Formats: []string{typeHTML}, Cache: Private, SignIn: true, Body: formBody},
	}
}

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
func transferRoutes() []Route {
	const imports, exports = "/regions/{slug}/bureau/actions/importer", "/regions/{slug}/bureau/actions/exporter"
	html, every := []string{typeHTML}, []string{typeXLSX, typeCSV, typeJSON, typeText}
	return []Route{
		{Method: "GET", Pattern: imports, Name: "action-import", Formats: html, Cache: Private, SignIn: true},
		{Method: "POST", Pattern: imports, Name: "action-import-send", Formats: html, Cache: Private, SignIn: true, Body: fileBody, Timeout: 5 * time.Minute},
		{Method: "GET", Pattern: imports + "/modele.xlsx", Name: "action-import-model", Formats: []string{typeXLSX}, Cache: Private, SignIn: true},
		{Method: "GET", Pattern: imports + "/{run}/colonnes", Name: "action-import-columns", Formats: html, Cache: Private, SignIn: true},
		{Method: "POST", Pattern: imports + "/{run}/colonnes", Name: "action-import-map", Formats: html, Cache: Private, SignIn: true, Body: formBody, Timeout: 5 * time.Minute},
		{Method: "POST", Pattern: imports + "/enregistrer", Name: "action-import-apply", Formats: html, Cache: Private, SignIn: true, Body: 4 << 10, Timeout: 5 * time.Minute},
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

// shareRoutes: objectives under the region beside the actions there.
func shareRoutes() []Route {
	html := []string{typeHTML}
	return []Route{
		{Method: "GET", Pattern: "/departements/{code}/fiche", Name: "share-department", Formats: html, Cache: Private, Sample: "/departements/67/fiche"},
		{Method: "GET", Pattern: "/departements/{code}/bureau/partage", Name: "share-desk", Formats: html, Cache: Private, SignIn: true},
		{Method: "GET", Pattern: "/perimetres/{id}/fiche", Name: "share-perimeter", Formats: html, Cache: Private},
	}
}

// keyRoutes: what programs read and write of actions, and the keys that let them.
func keyRoutes() []Route {
	html, object := []string{typeHTML}, []string{typeJSON}
	const api, own = "/api/v1", "/mon-espace/cles"
	return []Route{
		{Method: "GET", Pattern: own, Name: "keys", Formats: html, Cache: Private, SignIn: true},
		{Method: "POST", Pattern: own, Name: "key-add", Formats: html, Cache: Private, SignIn: true, Body: 8 << 10},
		{Method: "POST", Pattern: own + "/{id}/terminer", Name: "key-end", Formats: html, Cache: Private, SignIn: true, Body: 4 << 10},
		{Method: "GET", Pattern: api + "/actions", Name: "api-actions", Formats: object, Cache: Own, Sample: "/api/v1/actions?region=44"},
		{Method: "GET", Pattern: api + "/actions/{id}", Name: "api-action", Formats: object, Cache: Own},
		{Method: "POST", Pattern: api + "/actions", Name: "api-action-add", Formats: object, Cache: Own, Body: 256 << 10},
		{Method: "PUT", Pattern: api + "/actions/{id}", Name: "api-action-save", Formats: object, Cache: Own, Body: 256 << 10},
		{Method: "GET", Pattern: api + "/couverture/{territoire}", Name: "api-coverage", Formats: object, Sample: "/api/v1/couverture/region:44"},
		{Method: "GET", Pattern: api + "/aides", Name: "api-aids", Formats: object, Sample: "/api/v1/aides"},
		{Method: "GET", Pattern: api + "/aides/{id}", Name: "api-aid", Formats: object},
		{Method: "GET", Pattern: api + "/mesures/{levier}", Name: "api-measures", Formats: object, Sample: "/api/v1/mesures/covoiturage"},
	}
}
