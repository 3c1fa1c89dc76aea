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
		team("GET", one, "update"),
		{Method: "POST", Pattern: one, Name: "update-say", Formats: html, Cache: Private, SignIn: true, Body: fileBody, Timeout: 5 * time.Minute},
		{Method: "GET", Pattern: one + "/pieces/{piece}", Name: "update-file", Formats: []string{typeAny}, Cache: Private, SignIn: true, Timeout: 5 * time.Minute},
	}
}

// followUpRoutes: dashboards, alerts, reviews of a year.
func followUpRoutes() []Route {
	const region, department, nation, desk = "/regions/{slug}/suivi", "/departements/{code}/suivi", "/national/suivi", "/regions/{slug}/bureau/suivi"
	return append(compositionRoutes(composition.Review), []Route{
		{Method: "GET", Pattern: region, Name: "followup", Formats: []string{typeHTML}, Sample: "/regions/grand-est/suivi"},
		{Method: "GET", Pattern: region + ".csv", Name: "followup-csv", Formats: []string{typeCSV}, Sample: "/regions/grand-est/suivi.csv"},
		{Method: "GET", Pattern: department, Name: "followup-department", Formats: []string{typeHTML}, Sample: "/departements/67/suivi"},
		{Method: "GET", Pattern: department + ".csv", Name: "followup-department-csv", Formats: []string{typeCSV}, Sample: "/departements/67/suivi.csv"},
		{Method: "GET", Pattern: nation, Name: "followup-nation", Formats: []string{typeHTML}, Sample: nation},
		{Method: "GET", Pattern: nation + ".csv", Name: "followup-nation-csv", Formats: []string{typeCSV}, Sample: nation + ".csv"},
		{Method: "GET", Pattern: region + "/revues", Name: "reviews", Formats: []string{typeHTML}, Sample: "/regions/grand-est/suivi/revues"},
		{Method: "GET", Pattern: desk + "/revues", Name: "reviews-desk", Formats: []string{typeHTML}, Cache: Private, SignIn: true},
		{Method: "GET", Pattern: desk + "/editions/{id}", Name: "review-of-edition", Formats: []string{typeHTML}, Cache: Private, SignIn: true},
	}...)
}

// renewalRoutes: the next COP.
func renewalRoutes() []Route { return nil }

// adaptationRoutes: priorities of adaptation, the sheet of an EPCI.
func adaptationRoutes() []Route { return nil }
