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
func followUpRoutes() []Route { return compositionRoutes(composition.Review) }

// renewalRoutes: the next COP.
func renewalRoutes() []Route { return nil }

// adaptationRoutes: priorities of adaptation, the sheet of an EPCI.
func adaptationRoutes() []Route { return nil }
