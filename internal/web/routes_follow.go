package web

import (
	"slices"

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
func adoptionRoutes() []Route { return nil }

// updateRoutes: rounds of updates, and the personal link of a holder.
func updateRoutes() []Route { return nil }

// followUpRoutes: dashboards, alerts, reviews of a year.
func followUpRoutes() []Route { return compositionRoutes(composition.Review) }

// renewalRoutes: the next COP.
func renewalRoutes() []Route { return nil }

// adaptationRoutes: priorities of adaptation, the sheet of an EPCI.
func adaptationRoutes() []Route { return nil }
