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
func exitRoutes() []Route { return nil }

// adoptionRoutes: evidence, commitments of organisations, versions of the roadmap.
func adoptionRoutes() []Route { return nil }

// updateRoutes: rounds of updates, and the personal link of a holder.
func updateRoutes() []Route { return nil }

// followUpRoutes: dashboards, alerts, reviews of a year.
func followUpRoutes() []Route { return compositionRoutes(composition.Review) }

// renewalRoutes: the next COP.
func renewalRoutes() []Route {
	html := []string{typeHTML}
	const desk, nation = "/regions/{slug}/bureau/reprise", "/national/correspondances"
	return []Route{
		{Method: "GET", Pattern: desk, Name: "renewal-desk", Formats: html, Cache: Private, SignIn: true},
		{Method: "POST", Pattern: desk, Name: "renewal-act", Formats: html, Cache: Private, SignIn: true, Body: formBody, Timeout: time.Minute},
		{Method: "GET", Pattern: "/regions/{slug}/cycles/{cycle}/archive", Name: "cop-archive", Formats: html, Sample: "/regions/grand-est/cycles/2023-24/archive"},
		{Method: "GET", Pattern: nation, Name: "crosswalks", Formats: html, Cache: Private, SignIn: true},
		{Method: "POST", Pattern: nation, Name: "crosswalk-try", Formats: html, Cache: Private, SignIn: true, Body: 2 << 20},
		{Method: "GET", Pattern: nation + "/{id}", Name: "crosswalk", Formats: html, Cache: Private, SignIn: true},
		{Method: "POST", Pattern: nation + "/{id}", Name: "crosswalk-turn", Formats: html, Cache: Private, SignIn: true, Body: formBody},
	}
}

// adaptationRoutes: priorities of adaptation, the sheet of an EPCI.
func adaptationRoutes() []Route { return nil }
