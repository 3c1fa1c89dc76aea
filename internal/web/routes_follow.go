package web

import (
	"slices"
	"time"

	"jalon/internal/composition"
)

// afterRoutes are the addresses of what a COP ends with and of what follows, one list
// each.
func afterRoutes() []Route {
	return slices.Concat(roadmapRoutes(), exitRoutes(), adoptionRoutes(), updateRoutes(), followUpRoutes(), renewalRoutes(), adaptationRoutes())
}

// roadmapRoutes: the roadmap as it is composed and read.
func roadmapRoutes() []Route { return compositionRoutes(composition.Roadmap) }

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
func updateRoutes() []Route { return nil }

// followUpRoutes: dashboards, alerts, reviews of a year.
func followUpRoutes() []Route { return compositionRoutes(composition.Review) }

// renewalRoutes: the next COP.
func renewalRoutes() []Route { return nil }

// adaptationRoutes: priorities of adaptation, the sheet of an EPCI.
func adaptationRoutes() []Route { return nil }
