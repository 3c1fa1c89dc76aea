package web

import "time"

// Cache says who may keep an answer.
type Cache int

// Public answers depend on the data and the address alone: anyone may keep them
// and ask whether they changed. Private ones depend on who asks; Own ones set
// their own headers.
const (
	Public Cache = iota
	Private
	Own
)

// Route is one line of the list of routes.
type Route struct {
	Method  string
	Pattern string
	// Name is what the handler is registered under.
	Name string
	// Formats are the media types that the route can answer.
	Formats []string
	Cache   Cache
	// Timeout bounds the work, 10 s when zero.
	Timeout time.Duration
	// Body is the largest request body, none when zero.
	Body int64
	// SignIn sends whoever is not signed in to the sign-in page, and back.
	SignIn bool
	// Sample is an address that answers 200, for the tests that walk the list;
	// empty when it needs something that is not there by default.
	Sample string
}

const (
	typeHTML = "text/html"
	typeJSON = "application/json"
	typeCSV  = "text/csv"
	typeText = "text/plain"
	typeSVG  = "image/svg+xml"
	typeXLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	typeZIP  = "application/zip"

	typeCalendar = "text/calendar"
)

const formBody = 1 << 20

// Routes is the only list of routes: what is not here is not served, but for
// the files under /static/ and /theme/.
func Routes() []Route {
	return []Route{
		{Method: "GET", Pattern: "/{$}", Name: "home", Formats: []string{typeHTML}, Sample: "/"},
		{Method: "GET", Pattern: "/recherche", Name: "search", Formats: []string{typeHTML}, Sample: "/recherche?q=saint"},
		{Method: "GET", Pattern: "/territoires", Name: "territories", Formats: []string{typeHTML}, Sample: "/territoires"},

		{Method: "GET", Pattern: "/regions", Name: "regions", Formats: []string{typeHTML}, Sample: "/regions?jour=2024-05-27"},
		{Method: "GET", Pattern: "/regions/{slug}", Name: "region", Formats: []string{typeHTML}, Sample: "/regions/la-reunion"},
		{Method: "GET", Pattern: "/regions/{slug}/bureau", Name: "desk", Formats: []string{typeHTML}, Cache: Private, SignIn: true},
		{Method: "POST", Pattern: "/regions/{slug}/bureau/evenements", Name: "desk-event", Formats: []string{typeHTML}, Cache: Private, SignIn: true, Body: formBody},
		{Method: "POST", Pattern: "/regions/{slug}/bureau/actes/{id}", Name: "desk-act", Formats: []string{typeHTML}, Cache: Private, SignIn: true, Body: formBody},
		{Method: "POST", Pattern: "/regions/{slug}/bureau/delegations", Name: "desk-delegate", Formats: []string{typeHTML}, Cache: Private, SignIn: true, Body: formBody},
		{Method: "POST", Pattern: "/regions/{slug}/bureau/taches", Name: "desk-tick", Formats: []string{typeHTML}, Cache: Private, SignIn: true, Body: 4 << 10},
		{Method: "GET", Pattern: "/regions/{slug}/bureau/reunions", Name: "meetings", Formats: []string{typeHTML}, Cache: Private, SignIn: true},
		{Method: "POST", Pattern: "/regions/{slug}/bureau/reunions", Name: "meeting-add", Formats: []string{typeHTML}, Cache: Private, SignIn: true, Body: formBody},
		{Method: "POST", Pattern: "/regions/{slug}/bureau/reunions/{id}", Name: "meeting-save", Formats: []string{typeHTML}, Cache: Private, SignIn: true, Body: formBody},
		{Method: "GET", Pattern: "/regions/{slug}/bureau/actualites", Name: "news", Formats: []string{typeHTML}, Cache: Private, SignIn: true},
		{Method: "POST", Pattern: "/regions/{slug}/bureau/actualites", Name: "news-add", Formats: []string{typeHTML}, Cache: Private, SignIn: true, Body: formBody},
		{Method: "POST", Pattern: "/regions/{slug}/bureau/actualites/{id}", Name: "news-change", Formats: []string{typeHTML}, Cache: Private, SignIn: true, Body: formBody},
		{Method: "GET", Pattern: "/regions/{slug}/bureau/reglages", Name: "cop-settings", Formats: []string{typeHTML}, Cache: Private, SignIn: true},
		{Method: "POST", Pattern: "/regions/{slug}/bureau/reglages", Name: "cop-save", Formats: []string{typeHTML}, Cache: Private, SignIn: true, Body: formBody},
		{Method: "GET", Pattern: "/regions/{slug}/bureau/journal", Name: "cop-journal", Formats: []string{typeHTML}, Cache: Private, SignIn: true},
		{Method: "GET", Pattern: "/regions/{slug}/bureau/journal.csv", Name: "cop-journal-csv", Formats: []string{typeCSV}, Cache: Private, SignIn: true},
		{Method: "GET", Pattern: "/regions/{slug}/calendrier.ics", Name: "calendar", Formats: []string{typeCalendar}, Sample: "/regions/grand-est/calendrier.ics"},
		{Method: "GET", Pattern: "/regions/{slug}/panorama", Name: "region-panorama", Formats: []string{typeHTML}, Sample: "/regions/grand-est/panorama"},
		{Method: "GET", Pattern: "/regions/{slug}/plans", Name: "plans", Formats: []string{typeHTML}, Sample: "/regions/grand-est/plans"},
		{Method: "GET", Pattern: "/regions/{slug}/plans.csv", Name: "plans-csv", Formats: []string{typeCSV}, Sample: "/regions/grand-est/plans.csv"},
		{Method: "GET", Pattern: "/regions/{slug}/bureau/plans", Name: "plan-desk", Formats: []string{typeHTML}, Cache: Private, SignIn: true},
		{Method: "POST", Pattern: "/regions/{slug}/bureau/plans", Name: "plan-add", Formats: []string{typeHTML}, Cache: Private, SignIn: true, Body: formBody},
		{Method: "GET", Pattern: "/regions/{slug}/bureau/plans/{id}", Name: "plan", Formats: []string{typeHTML}, Cache: Private, SignIn: true},
		{Method: "POST", Pattern: "/regions/{slug}/bureau/plans/{id}", Name: "plan-save", Formats: []string{typeHTML}, Cache: Private, SignIn: true, Body: formBody},
		{Method: "POST", Pattern: "/regions/{slug}/bureau/plans/{id}/objectifs", Name: "plan-aim", Formats: []string{typeHTML}, Cache: Private, SignIn: true, Body: formBody},
		{Method: "POST", Pattern: "/regions/{slug}/bureau/plans/{id}/objectifs/{objectif}", Name: "plan-aim-save", Formats: []string{typeHTML}, Cache: Private, SignIn: true, Body: formBody},
		{Method: "GET", Pattern: "/bonnes-pratiques", Name: "practices", Formats: []string{typeHTML}, Sample: "/bonnes-pratiques"},
		{Method: "GET", Pattern: "/bonnes-pratiques/{id}", Name: "practice", Formats: []string{typeHTML}, Sample: "/bonnes-pratiques/etape-2024-corse"},
		{Method: "GET", Pattern: "/bonnes-pratiques/{id}/inspirer", Name: "practice-take", Formats: []string{typeHTML}, Cache: Private, SignIn: true},
		{Method: "POST", Pattern: "/bonnes-pratiques/{id}/inspirer", Name: "practice-taken", Formats: []string{typeHTML}, Cache: Private, SignIn: true, Body: formBody},
		{Method: "GET", Pattern: "/regions/{slug}/points-forts", Name: "strengths", Formats: []string{typeHTML}, Sample: "/regions/grand-est/points-forts"},
		{Method: "GET", Pattern: "/regions/{slug}/points-forts/{id}", Name: "strength", Formats: []string{typeHTML}},
		{Method: "GET", Pattern: "/regions/{slug}/bureau/points-forts", Name: "strength-desk", Formats: []string{typeHTML}, Cache: Private, SignIn: true},
		{Method: "POST", Pattern: "/regions/{slug}/bureau/points-forts", Name: "strength-add", Formats: []string{typeHTML}, Cache: Private, SignIn: true, Body: formBody},
		{Method: "GET", Pattern: "/regions/{slug}/bureau/points-forts/{id}", Name: "strength-one", Formats: []string{typeHTML}, Cache: Private, SignIn: true},
		{Method: "POST", Pattern: "/regions/{slug}/bureau/points-forts/{id}", Name: "strength-save", Formats: []string{typeHTML}, Cache: Private, SignIn: true, Body: formBody},
		{Method: "POST", Pattern: "/regions/{slug}/bureau/points-forts/{id}/suite", Name: "strength-judge", Formats: []string{typeHTML}, Cache: Private, SignIn: true, Body: formBody},
		{Method: "GET", Pattern: "/regions/{slug}/freins", Name: "obstacles", Formats: []string{typeHTML}, Sample: "/regions/grand-est/freins"},
		{Method: "GET", Pattern: "/regions/{slug}/freins/{id}", Name: "obstacle", Formats: []string{typeHTML}},
		{Method: "GET", Pattern: "/regions/{slug}/bureau/freins", Name: "obstacle-desk", Formats: []string{typeHTML}, Cache: Private, SignIn: true},
		{Method: "POST", Pattern: "/regions/{slug}/bureau/freins", Name: "obstacle-add", Formats: []string{typeHTML}, Cache: Private, SignIn: true, Body: formBody},
		{Method: "GET", Pattern: "/regions/{slug}/bureau/freins/{id}", Name: "obstacle-one", Formats: []string{typeHTML}, Cache: Private, SignIn: true},
		{Method: "POST", Pattern: "/regions/{slug}/bureau/freins/{id}", Name: "obstacle-save", Formats: []string{typeHTML}, Cache: Private, SignIn: true, Body: formBody},
		{Method: "POST", Pattern: "/regions/{slug}/bureau/freins/{id}/suite", Name: "obstacle-judge", Formats: []string{typeHTML}, Cache: Private, SignIn: true, Body: formBody},
		{Method: "GET", Pattern: "/regions/{slug}/notes", Name: "notes", Formats: []string{typeHTML}, Sample: "/regions/grand-est/notes"},
		{Method: "GET", Pattern: "/regions/{slug}/notes/{id}", Name: "note", Formats: []string{typeHTML}},
		{Method: "GET", Pattern: "/regions/{slug}/notes/{id}/fichiers/{n}", Name: "note-file", Formats: []string{"application/octet-stream"}, Cache: Private, Timeout: 3 * time.Minute},
		{Method: "GET", Pattern: "/regions/{slug}/bureau/notes", Name: "note-desk", Formats: []string{typeHTML}, Cache: Private, SignIn: true},
		{Method: "POST", Pattern: "/regions/{slug}/bureau/notes", Name: "note-add", Formats: []string{typeHTML}, Cache: Private, SignIn: true, Body: formBody},
		{Method: "GET", Pattern: "/regions/{slug}/bureau/notes/{id}", Name: "note-one", Formats: []string{typeHTML}, Cache: Private, SignIn: true},
		{Method: "POST", Pattern: "/regions/{slug}/bureau/notes/{id}", Name: "note-save", Formats: []string{typeHTML}, Cache: Private, SignIn: true, Timeout: 3 * time.Minute, Body: 26 << 20},
		{Method: "POST", Pattern: "/regions/{slug}/bureau/notes/{id}/suite", Name: "note-judge", Formats: []string{typeHTML}, Cache: Private, SignIn: true, Body: formBody},
		{Method: "GET", Pattern: "/national/freins", Name: "national-obstacles", Formats: []string{typeHTML}, Cache: Private, SignIn: true},
		{Method: "GET", Pattern: "/national/freins.csv", Name: "national-obstacles-csv", Formats: []string{typeCSV}, Cache: Private, SignIn: true},
		{Method: "GET", Pattern: "/national/freins/{id}", Name: "national-obstacle", Formats: []string{typeHTML}, Cache: Private, SignIn: true},
		{Method: "POST", Pattern: "/national/freins/{id}", Name: "national-obstacle-save", Formats: []string{typeHTML}, Cache: Private, SignIn: true, Body: formBody},
		{Method: "GET", Pattern: "/departements/{code}", Name: "department", Formats: []string{typeHTML}},
		{Method: "GET", Pattern: "/departements/{code}/panorama", Name: "department-panorama", Formats: []string{typeHTML}, Sample: "/departements/67/panorama"},
		{Method: "GET", Pattern: "/epci/{code}", Name: "epci", Formats: []string{typeHTML}},
		{Method: "GET", Pattern: "/epci/{code}/panorama", Name: "epci-panorama", Formats: []string{typeHTML}, Sample: "/epci/246700488/panorama"},
		{Method: "GET", Pattern: "/communes/{code}", Name: "commune", Formats: []string{typeHTML}},
		{Method: "GET", Pattern: "/communes/{code}/panorama", Name: "commune-panorama", Formats: []string{typeHTML}, Sample: "/communes/67482/panorama"},
		{Method: "GET", Pattern: "/perimetres/{id}/panorama", Name: "perimeter-panorama", Formats: []string{typeHTML}},
		{Method: "GET", Pattern: "/france/panorama", Name: "nation-panorama", Formats: []string{typeHTML}, Sample: "/france/panorama"},
		{Method: "GET", Pattern: "/comparer", Name: "compare", Formats: []string{typeHTML}, Sample: "/comparer?a=region:44&b=region:53"},

		{Method: "GET", Pattern: "/simulateur", Name: "simulators", Formats: []string{typeHTML}, Sample: "/simulateur"},
		{Method: "GET", Pattern: "/simulateur/{territoire}", Name: "simulator", Formats: []string{typeHTML}, Sample: "/simulateur/grand-est"},
		{Method: "GET", Pattern: "/simulateur/{territoire}/simulation.csv", Name: "simulator-csv", Formats: []string{typeCSV}, Sample: "/simulateur/grand-est/simulation.csv"},

		{Method: "GET", Pattern: "/leviers", Name: "levers", Formats: []string{typeHTML}, Sample: "/leviers"},
		{Method: "GET", Pattern: "/leviers/{code}", Name: "lever", Formats: []string{typeHTML}, Sample: "/leviers/voitures-electriques"},
		{Method: "GET", Pattern: "/chiffres/{key...}", Name: "figure", Formats: []string{typeHTML}, Sample: "/chiffres/panorama/2024-07/voitures-electriques/region:44"},
		{Method: "GET", Pattern: "/chiffres/national/{key...}", Name: "board-figure", Formats: []string{typeHTML}, Cache: Private, SignIn: true},

		{Method: "GET", Pattern: "/methode", Name: "method", Formats: []string{typeHTML}, Sample: "/methode"},
		{Method: "GET", Pattern: "/glossaire", Name: "glossary", Formats: []string{typeHTML}, Sample: "/glossaire"},
		{Method: "GET", Pattern: "/mentions-legales", Name: "legal", Formats: []string{typeHTML}, Sample: "/mentions-legales"},
		{Method: "GET", Pattern: "/donnees-personnelles", Name: "privacy", Formats: []string{typeHTML}, Sample: "/donnees-personnelles"},
		{Method: "GET", Pattern: "/accessibilite", Name: "accessibility", Formats: []string{typeHTML}, Sample: "/accessibilite"},

		{Method: "GET", Pattern: "/perimetres", Name: "perimeters", Formats: []string{typeHTML}, Cache: Private, Sample: "/perimetres"},
		{Method: "GET", Pattern: "/perimetres/{id}", Name: "perimeter", Formats: []string{typeHTML}},
		{Method: "GET", Pattern: "/perimetres/nouveau", Name: "perimeter-new", Formats: []string{typeHTML}, Cache: Private},
		{Method: "POST", Pattern: "/perimetres/nouveau", Name: "perimeter-create", Formats: []string{typeHTML}, Cache: Private, Body: formBody},
		{Method: "GET", Pattern: "/perimetres/{id}/modifier", Name: "perimeter-edit", Formats: []string{typeHTML}, Cache: Private},
		{Method: "POST", Pattern: "/perimetres/{id}/modifier", Name: "perimeter-save", Formats: []string{typeHTML}, Cache: Private, Body: formBody},
		{Method: "POST", Pattern: "/perimetres/{id}/retirer", Name: "perimeter-remove", Formats: []string{typeHTML}, Cache: Private, Body: formBody},
		{Method: "GET", Pattern: "/national", Name: "board", Formats: []string{typeHTML}, Cache: Private, SignIn: true},
		{Method: "GET", Pattern: "/national/tableau.csv", Name: "board-csv", Formats: []string{typeCSV}, Cache: Private, SignIn: true},
		{Method: "GET", Pattern: "/national/mouvements", Name: "board-moves", Formats: []string{typeHTML}, Cache: Private, SignIn: true},
		{Method: "GET", Pattern: "/national/frise", Name: "board-timeline", Formats: []string{typeHTML}, Cache: Private, SignIn: true},
		{Method: "GET", Pattern: "/national/indicateurs", Name: "metrics", Formats: []string{typeHTML}, Cache: Private, SignIn: true},
		{Method: "GET", Pattern: "/national/indicateurs/{room}/{name}", Name: "metric", Formats: []string{typeHTML}, Cache: Private, SignIn: true},
		{Method: "GET", Pattern: "/national/indicateurs/{room}/{name}/valeurs.csv", Name: "metric-csv", Formats: []string{typeCSV}, Cache: Private, SignIn: true},
		{Method: "GET", Pattern: "/national/chiffres-declares", Name: "declared", Formats: []string{typeHTML}, Cache: Private, SignIn: true},
		{Method: "POST", Pattern: "/national/chiffres-declares", Name: "declared-add", Formats: []string{typeHTML}, Cache: Private, SignIn: true, Body: 64 << 10},
		{Method: "GET", Pattern: "/national/chiffres-declares/{id}", Name: "declared-one", Formats: []string{typeHTML}, Cache: Private, SignIn: true},
		{Method: "POST", Pattern: "/national/chiffres-declares/{id}", Name: "declared-save", Formats: []string{typeHTML}, Cache: Private, SignIn: true, Body: 64 << 10},
		{Method: "GET", Pattern: "/connexion", Name: "sign-in", Formats: []string{typeHTML}, Cache: Private, Sample: "/connexion"},
		{Method: "POST", Pattern: "/connexion", Name: "sign-in-ask", Formats: []string{typeHTML}, Cache: Private, Body: 16 << 10},
		{Method: "GET", Pattern: "/connexion/confirmer", Name: "sign-in-confirm", Formats: []string{typeHTML}, Cache: Private, Sample: "/connexion/confirmer?jeton=exemple"},
		{Method: "POST", Pattern: "/connexion/confirmer", Name: "sign-in-use", Formats: []string{typeHTML}, Cache: Private, Body: 4 << 10},
		{Method: "POST", Pattern: "/connexion/code", Name: "sign-in-code", Formats: []string{typeHTML}, Cache: Private, Body: 4 << 10},
		{Method: "POST", Pattern: "/deconnexion", Name: "sign-out", Formats: []string{typeHTML}, Cache: Private, Body: 4 << 10},
		{Method: "GET", Pattern: "/mon-espace", Name: "self", Formats: []string{typeHTML}, Cache: Private, SignIn: true},
		{Method: "POST", Pattern: "/mon-espace", Name: "self-save", Formats: []string{typeHTML}, Cache: Private, SignIn: true, Body: 16 << 10},
		{Method: "POST", Pattern: "/mon-espace/sessions/{id}/fermer", Name: "session-close", Formats: []string{typeHTML}, Cache: Private, SignIn: true, Body: 4 << 10},
		{Method: "GET", Pattern: "/roles", Name: "roles", Formats: []string{typeHTML}, Cache: Private, SignIn: true},
		{Method: "POST", Pattern: "/roles", Name: "role-give", Formats: []string{typeHTML}, Cache: Private, SignIn: true, Body: 16 << 10},
		{Method: "POST", Pattern: "/roles/{id}/fin", Name: "role-end", Formats: []string{typeHTML}, Cache: Private, SignIn: true, Body: 4 << 10},
		{Method: "GET", Pattern: "/operateur", Name: "operator", Formats: []string{typeHTML}, Cache: Private, Sample: "/operateur"},
		{Method: "POST", Pattern: "/operateur", Name: "operator-enter", Formats: []string{typeHTML}, Cache: Private, Body: 4 << 10},
		{Method: "POST", Pattern: "/operateur/fin", Name: "operator-leave", Formats: []string{typeHTML}, Cache: Private, Body: 4 << 10},

		{Method: "GET", Pattern: "/donnees", Name: "data", Formats: []string{typeHTML}, Cache: Own, Sample: "/donnees"},
		{Method: "GET", Pattern: "/donnees/{file}", Name: "data-file", Formats: []string{typeCSV, typeXLSX, typeJSON, typeZIP, typeText}, Cache: Own, Timeout: 3 * time.Minute, Sample: "/donnees/sources.csv"},

		{Method: "GET", Pattern: "/api/v1/openapi.json", Name: "api-openapi", Formats: []string{typeJSON}, Sample: "/api/v1/openapi.json"},
		{Method: "GET", Pattern: "/api/v1/territories", Name: "api-territories", Formats: []string{typeJSON}, Sample: "/api/v1/territories?q=strasbourg"},
		{Method: "GET", Pattern: "/api/v1/territories/{ref}", Name: "api-territory", Formats: []string{typeJSON}, Sample: "/api/v1/territories/region:44"},
		{Method: "GET", Pattern: "/api/v1/territories/{ref}/children", Name: "api-children", Formats: []string{typeJSON}, Sample: "/api/v1/territories/region:44/children"},
		{Method: "GET", Pattern: "/api/v1/levers", Name: "api-levers", Formats: []string{typeJSON}, Sample: "/api/v1/levers"},
		{Method: "GET", Pattern: "/api/v1/levers/{code}", Name: "api-lever", Formats: []string{typeJSON}, Sample: "/api/v1/levers/voitures-electriques"},
		{Method: "GET", Pattern: "/api/v1/panorama/{territory}", Name: "api-panorama", Formats: []string{typeJSON}, Sample: "/api/v1/panorama/region:44"},
		{Method: "GET", Pattern: "/api/v1/figures/{key...}", Name: "api-figure", Formats: []string{typeJSON}, Sample: "/api/v1/figures/panorama/2024-07/voitures-electriques/region:44"},
		{Method: "GET", Pattern: "/api/v1/figures/national/{key...}", Name: "api-board-figure", Formats: []string{typeJSON}, Cache: Private},
		{Method: "GET", Pattern: "/api/v1/board", Name: "api-board", Formats: []string{typeJSON}, Cache: Private},
		{Method: "GET", Pattern: "/api/v1/metrics", Name: "api-metrics", Formats: []string{typeJSON}, Cache: Private},

		{Method: "GET", Pattern: "/sante", Name: "health", Formats: []string{typeJSON}, Cache: Own, Sample: "/sante"},
		{Method: "GET", Pattern: "/robots.txt", Name: "robots", Formats: []string{typeText}, Cache: Own, Sample: "/robots.txt"},
		{Method: "GET", Pattern: "/favicon.ico", Name: "favicon", Formats: []string{typeSVG}, Cache: Own},
	}
}
