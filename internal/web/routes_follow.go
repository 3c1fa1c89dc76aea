package web

import (
	"slices"
	"time"

	"jalon/internal/composition"
)

// afterRoutes are the addresses of what a COP ends with and of what follows, one list
// each.
func afterRoutes() []Route {
	return slices.Concat(inEachCycle(roadmapRoutes()), inEachCycle(exitRoutes()), inEachCycle(adoptionRoutes()), inEachCycle(updateRoutes()), followUpRoutes(), inEachCycle(reviewRoutes()), renewalRoutes(), adaptationRoutes())
}

// roadmapRoutes: the roadmap as it is composed and read.
func roadmapRoutes() []Route {
	const public = "/regions/{slug}/feuille-de-route"
	const draft = "/regions/{slug}/bureau/feuille-de-route"
	return append(compositionRoutes(composition.Roadmap),
		Route{Method: "GET", Pattern: draft + "/relecture", Name: "roadmap-comments", Formats: []string{typeHTML}, Cache: Private, SignIn: true},
		Route{Method: "POST", Pattern: draft + "/relecture", Name: "roadmap-comment-add", Formats: []string{typeHTML}, Cache: Private, SignIn: true, Body: formBody},
		Route{Method: "POST", Pattern: draft + "/relecture/{id}", Name: "roadmap-comment-answer", Formats: []string{typeHTML}, Cache: Private, SignIn: true, Body: formBody},
		Route{Method: "POST", Pattern: draft + "/consultation", Name: "roadmap-consult", Formats: []string{typeHTML}, Cache: Private, SignIn: true, Body: formBody},
		Route{Method: "GET", Pattern: public, Name: "roadmap", Formats: []string{typeHTML}, Sample: "/regions/grand-est/feuille-de-route"},
		Route{Method: "GET", Pattern: public + "/editions/{n}/actions/{action}", Name: "roadmap-edition-action", Formats: []string{typeHTML}},
		Route{Method: "GET", Pattern: public + "/editions/{n}/affiche", Name: "roadmap-poster", Formats: []string{typeHTML}},
		Route{Method: "GET", Pattern: public + "/editions/{n}/affiche.pdf", Name: "roadmap-poster-file", Formats: []string{typePDF}, Timeout: time.Minute})
}

// exitRoutes: the four exit points of a COP, and its close.
func exitRoutes() []Route {
	const desk = "/regions/{slug}/bureau/points-de-sortie"
	get := func(pattern, name string) Route {
		return Route{Method: "GET", Pattern: pattern, Name: name, Formats: []string{typeHTML}, Cache: Private, SignIn: true}
	}
	post := func(pattern, name string) Route {
		return Route{Method: "POST", Pattern: pattern, Name: name, Formats: []string{typeHTML}, Cache: Private, SignIn: true, Body: formBody}
	}
	return []Route{
		{Method: "GET", Pattern: "/regions/{slug}/feuille-de-route/points-de-sortie", Name: "exit", Formats: []string{typeHTML}, Sample: "/regions/grand-est/feuille-de-route/points-de-sortie"},
		get("/national/points-de-sortie", "exit-nation"),
		get(desk, "exit-desk"), post(desk+"/sujets", "exit-subject-add"), get(desk+"/sujets/{id}", "exit-subject"), post(desk+"/sujets/{id}", "exit-subject-save"),
		post(desk+"/suivi", "exit-arrangement-add"), get(desk+"/suivi/{id}", "exit-arrangement"), post(desk+"/suivi/{id}", "exit-arrangement-save"),
		get(desk+"/cloture", "exit-close"), post(desk+"/cloture", "exit-propose"),
	}
}

// adoptionRoutes: evidence, commitments of organisations, versions of the roadmap.
func adoptionRoutes() []Route {
	const edition, desk = "/regions/{slug}/feuille-de-route/editions/{n}", "/regions/{slug}/bureau/feuille-de-route/adoption/{n}"
	html := []string{typeHTML}
	return []Route{
		{Method: "GET", Pattern: edition + "/adoption", Name: "adoption", Formats: html},
		{Method: "GET", Pattern: edition + "/archive.zip", Name: "adoption-archive", Formats: []string{typeZIP}, Timeout: time.Minute},
		{Method: "GET", Pattern: edition + "/preuves/{id}", Name: "adoption-file", Formats: []string{typeAny}},
		{Method: "GET", Pattern: edition + "/ecarts", Name: "adoption-changes", Formats: html},
		{Method: "GET", Pattern: desk, Name: "adoption-desk", Formats: html, Cache: Private, SignIn: true},
		{Method: "POST", Pattern: desk + "/preuves", Name: "adoption-join", Formats: html, Cache: Private, SignIn: true, Body: fileBody, Timeout: 5 * time.Minute},
		{Method: "POST", Pattern: desk, Name: "adoption-turn", Formats: html, Cache: Private, SignIn: true, Body: formBody},
		{Method: "GET", Pattern: "/organismes/{id}/engagements/{slug}", Name: "adoption-mine", Formats: html, Cache: Private, SignIn: true},
		{Method: "POST", Pattern: "/organismes/{id}/engagements/{slug}", Name: "adoption-commit", Formats: html, Cache: Private, SignIn: true, Body: formBody},
	}
}

// updateRoutes: rounds of updates, and the personal link of a holder.
func updateRoutes() []Route {
	const desk, link, one = "/regions/{slug}/bureau/suivi", "/point/{jeton}", "/actions/{id}/point"
	html := []string{typeHTML}
	team := func(method, pattern, name string) Route {
		out := Route{Method: method, Pattern: pattern, Name: name, Formats: html, Cache: Private, SignIn: true}
		if method == "POST" {
			out.Body = formBody
		}
		return out
	}
	return []Route{
		team("GET", desk, "followup-desk"), team("POST", desk, "followup-round-add"), team("GET", desk+"/tours/{id}", "followup-round"), team("POST", desk+"/tours/{id}", "followup-round-act"),
		team("GET", desk+"/reglages", "followup-rules"), team("POST", desk+"/reglages", "followup-rules-save"), team("GET", desk+"/alertes", "followup-alerts"), team("POST", desk+"/alertes", "followup-alert-answer"),
		{Method: "GET", Pattern: link, Name: "point", Formats: html, Cache: Private},
		{Method: "GET", Pattern: link + "/{demande}", Name: "point-one", Formats: html, Cache: Private},
		{Method: "POST", Pattern: link + "/{demande}", Name: "point-send", Formats: html, Cache: Private, Body: fileBody, Timeout: 5 * time.Minute},
		team("GET", "/actions/{id}/bonne-pratique", "practice-draw"), team("POST", "/actions/{id}/bonne-pratique", "practice-draw-save"),
		team("GET", one, "update"),
		{Method: "POST", Pattern: one, Name: "update-say", Formats: html, Cache: Private, SignIn: true, Body: fileBody, Timeout: 5 * time.Minute},
		{Method: "GET", Pattern: one + "/pieces/{piece}", Name: "update-file", Formats: []string{typeAny}, Cache: Private, SignIn: true, Timeout: 5 * time.Minute},
	}
}

// followUpRoutes: dashboards, which are of a whole territory whatever the cycle.
func followUpRoutes() []Route {
	const region, department, nation = "/regions/{slug}/suivi", "/departements/{code}/suivi", "/national/suivi"
	return []Route{
		{Method: "GET", Pattern: region, Name: "followup", Formats: []string{typeHTML}, Sample: "/regions/grand-est/suivi"},
		{Method: "GET", Pattern: region + ".csv", Name: "followup-csv", Formats: []string{typeCSV}, Sample: "/regions/grand-est/suivi.csv"},
		{Method: "GET", Pattern: department, Name: "followup-department", Formats: []string{typeHTML}, Sample: "/departements/67/suivi"},
		{Method: "GET", Pattern: department + ".csv", Name: "followup-department-csv", Formats: []string{typeCSV}, Sample: "/departements/67/suivi.csv"},
		{Method: "GET", Pattern: nation, Name: "followup-nation", Formats: []string{typeHTML}, Sample: nation},
		{Method: "GET", Pattern: nation + ".csv", Name: "followup-nation-csv", Formats: []string{typeCSV}, Sample: nation + ".csv"},
	}
}

// reviewRoutes: reviews of a year.
func reviewRoutes() []Route {
	const region, desk = "/regions/{slug}/suivi", "/regions/{slug}/bureau/suivi"
	return append(compositionRoutes(composition.Review), []Route{
		{Method: "GET", Pattern: region + "/revues", Name: "reviews", Formats: []string{typeHTML}, Sample: "/regions/grand-est/suivi/revues"},
		{Method: "GET", Pattern: desk + "/revues", Name: "reviews-desk", Formats: []string{typeHTML}, Cache: Private, SignIn: true},
		{Method: "GET", Pattern: desk + "/editions/{id}", Name: "review-of-edition", Formats: []string{typeHTML}, Cache: Private, SignIn: true},
	}...)
}

// renewalRoutes: the next COP.
func renewalRoutes() []Route {
	html := []string{typeHTML}
	const desk, dept, nation = "/regions/{slug}/bureau/reprise", "/departements/{code}/cycles/{cycle}/bureau/reprise", "/national/correspondances"
	return []Route{
		{Method: "GET", Pattern: desk, Name: "renewal-desk", Formats: html, Cache: Private, SignIn: true},
		{Method: "GET", Pattern: dept, Name: "renewal-desk", Formats: html, Cache: Private, SignIn: true},
		{Method: "POST", Pattern: dept, Name: "renewal-act", Formats: html, Cache: Private, SignIn: true, Body: formBody, Timeout: time.Minute},
		{Method: "POST", Pattern: desk, Name: "renewal-act", Formats: html, Cache: Private, SignIn: true, Body: formBody, Timeout: time.Minute},
		{Method: "GET", Pattern: "/regions/{slug}/cycles/{cycle}/archive", Name: "cop-archive", Formats: html, Sample: "/regions/grand-est/cycles/2023-24/archive"},
		{Method: "GET", Pattern: nation, Name: "crosswalks", Formats: html, Cache: Private, SignIn: true},
		{Method: "POST", Pattern: nation, Name: "crosswalk-try", Formats: html, Cache: Private, SignIn: true, Body: 2 << 20},
		{Method: "GET", Pattern: nation + "/table.csv", Name: "crosswalk-table", Formats: []string{typeCSV}, Cache: Private, SignIn: true},
		{Method: "GET", Pattern: nation + "/{id}", Name: "crosswalk", Formats: html, Cache: Private, SignIn: true},
		{Method: "POST", Pattern: nation + "/{id}", Name: "crosswalk-turn", Formats: html, Cache: Private, SignIn: true, Body: formBody},
	}
}

// adaptationRoutes: priorities of adaptation, the sheet of an EPCI.
func adaptationRoutes() []Route {
	const dept, region = "/departements/{code}/cycles/{cycle}", "/regions/{slug}/cycles/{cycle}"
	html := []string{typeHTML}
	files := []string{typeXLSX, typeCSV, typeODT, typePDF}
	out := []Route{
		{Method: "GET", Pattern: dept + "/priorites/{id}", Name: "adaptation-one", Formats: html},
		{Method: "GET", Pattern: dept + "/priorites/{id}/{fichier}", Name: "adaptation-one-file", Formats: []string{typeODT, typePDF}, Timeout: time.Minute},
		{Method: "GET", Pattern: "/national/adaptation", Name: "adaptation-nation", Formats: html, Sample: "/national/adaptation"},
		{Method: "GET", Pattern: "/national/adaptation/fichiers/{fichier}", Name: "adaptation-nation-file", Formats: files, Sample: "/national/adaptation/fichiers/priorites.csv"},
		{Method: "GET", Pattern: dept + "/bureau/adaptation/nouvelle", Name: "adaptation-new", Formats: html, Cache: Private, SignIn: true},
		{Method: "POST", Pattern: dept + "/bureau/adaptation/nouvelle", Name: "adaptation-add", Formats: html, Cache: Private, SignIn: true, Body: formBody},
		{Method: "GET", Pattern: dept + "/bureau/adaptation/{id}", Name: "adaptation-edit", Formats: html, Cache: Private, SignIn: true},
		{Method: "POST", Pattern: dept + "/bureau/adaptation/{id}", Name: "adaptation-save", Formats: html, Cache: Private, SignIn: true, Body: formBody},
		{Method: "GET", Pattern: "/epci/{code}/fiche", Name: "group-sheet", Formats: html, Cache: Private, Sample: "/epci/246700488/fiche"},
		{Method: "GET", Pattern: "/epci/{code}/fiche.odt", Name: "group-sheet-odt", Formats: []string{typeODT}, Cache: Private, Sample: "/epci/246700488/fiche.odt"},
	}
	for _, base := range []string{dept, region} {
		out = append(out, []Route{
			{Method: "GET", Pattern: base + "/priorites", Name: "adaptation", Formats: html},
			{Method: "GET", Pattern: base + "/priorites/fiches", Name: "adaptation-sheets", Formats: html},
			{Method: "GET", Pattern: base + "/priorites/fichiers/{fichier}", Name: "adaptation-file", Formats: files, Timeout: time.Minute},
			{Method: "GET", Pattern: base + "/bureau/adaptation", Name: "adaptation-desk", Formats: html, Cache: Private, SignIn: true},
			{Method: "GET", Pattern: base + "/bureau/adaptation/fiches", Name: "adaptation-draft-sheets", Formats: html, Cache: Private, SignIn: true},
			{Method: "GET", Pattern: base + "/bureau/adaptation/fichiers/{fichier}", Name: "adaptation-draft-file", Formats: files, Cache: Private, SignIn: true, Timeout: time.Minute},
			{Method: "GET", Pattern: base + "/bureau/adaptation/importer", Name: "adaptation-import", Formats: html, Cache: Private, SignIn: true},
			{Method: "POST", Pattern: base + "/bureau/adaptation/importer", Name: "adaptation-send", Formats: html, Cache: Private, SignIn: true, Body: 26 << 20, Timeout: time.Minute},
			{Method: "POST", Pattern: base + "/bureau/adaptation/importer/enregistrer", Name: "adaptation-apply", Formats: html, Cache: Private, SignIn: true, Body: 4 << 10, Timeout: time.Minute},
			{Method: "GET", Pattern: base + "/bureau/adaptation/importer/{run}/colonnes", Name: "adaptation-columns", Formats: html, Cache: Private, SignIn: true},
			{Method: "POST", Pattern: base + "/bureau/adaptation/importer/{run}/colonnes", Name: "adaptation-map", Formats: html, Cache: Private, SignIn: true, Body: formBody, Timeout: time.Minute},
			{Method: "GET", Pattern: base + "/bureau/adaptation/importer/{run}", Name: "adaptation-preview", Formats: html, Cache: Private, SignIn: true},
			{Method: "GET", Pattern: base + "/bureau/adaptation/importer/{run}/verdicts.csv", Name: "adaptation-verdicts", Formats: []string{typeCSV}, Cache: Private, SignIn: true},
		}...)
	}
	return out
}
