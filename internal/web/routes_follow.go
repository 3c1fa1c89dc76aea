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
func roadmapRoutes() []Route {
	const public = "/regions/{slug}/feuille-de-route"
	const draft = "/regions/{slug}/bureau/feuille-de-route"
	return append(compositionRoutes(composition.Roadmap),
		Route{Method: "GET", Pattern: draft + "/relecture", Name: "roadmap-comments", Formats: []string{typeHTML}, Cache: Private, SignIn: true},
		Route{Method: "POST", Pattern: draft + "/relecture", Name: "roadmap-comment-add", Formats: []string{typeHTML}, Cache: Private, SignIn: true, Body: formBody},
		Route{Method: "POST", Pattern: draft + "/relecture/{id}", Name: "roadmap-comment-answer", Formats: []string{typeHTML}, Cache: Private, SignIn: true, Body: formBody},
		Route{Method: "POST", Pattern: draft + "/consultation", Name: "roadmap-consult", Formats: []string{typeHTML}, Cache: Private, SignIn: true, Body: formBody},
		Route{Method: "GET", Pattern: public, Name: "roadmap", Formats: []string{typeHTML}, Sample: "/regions/grand-est/feuille-de-route"},
		Route{Method: "GET", Pattern: public + "/editions/{n}/actions/{action}", Name: "roadmap-edition-action", Formats: []string{typeHTML}})
}

// exitRoutes: the four exit points of a COP, and its close.
func exitRoutes() []Route { return nil }

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
