package web

import (
	"slices"
	"strings"
	"time"
)

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
	typeAny      = "application/octet-stream" // of a document: that of its content
	typePPTX     = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
	typeODT      = "application/vnd.oasis.opendocument.text"
	typePDF      = "application/pdf"
)

const formBody = 1 << 20

// fileBody lets a file that is too large be read to its end, so that its sender
// reads why it was refused; what is kept is bounded far below.
const fileBody = 128 << 20

// Routes is the only list of routes: what is not here is not served, but for
// the files under /static/ and /theme/.
func Routes() []Route {
	return everyCOP(slices.Concat(surveyRoutes(), diagnosisRoutes(), debateRoutes(), actionRoutes(), afterRoutes(), []Route{
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
		{Method: "GET", Pattern: "/regions/{slug}/cycles/{cycle}", Name: "cop", Formats: []string{typeHTML}},
		{Method: "GET", Pattern: "/departements/{code}/cycles/{cycle}", Name: "cop", Formats: []string{typeHTML}},
		{Method: "GET", Pattern: "/departements/{code}/cop", Name: "department-cop", Formats: []string{typeHTML}, Sample: "/departements/67/cop"},
		{Method: "GET", Pattern: "/departements/{code}/bureau", Name: "department-desk", Formats: []string{typeHTML}, Cache: Private, SignIn: true},
		{Method: "GET", Pattern: "/regions/{slug}/bureau/evenements", Name: "events", Formats: []string{typeHTML}, Cache: Private, SignIn: true},
		{Method: "GET", Pattern: "/regions/{slug}/bureau/evenements/{id}", Name: "event", Formats: []string{typeHTML}, Cache: Private, SignIn: true},
		{Method: "POST", Pattern: "/regions/{slug}/bureau/evenements/{id}", Name: "event-change", Formats: []string{typeHTML}, Cache: Private, SignIn: true, Body: formBody},
		{Method: "POST", Pattern: "/regions/{slug}/bureau/calendrier", Name: "feed-change", Formats: []string{typeHTML}, Cache: Private, SignIn: true, Body: 4 << 10},
		{Method: "GET", Pattern: "/regions/{slug}/bureau/documents", Name: "documents", Formats: []string{typeHTML}, Cache: Private, SignIn: true},
		{Method: "POST", Pattern: "/regions/{slug}/bureau/documents", Name: "document-add", Formats: []string{typeHTML}, Cache: Private, SignIn: true, Body: fileBody, Timeout: 5 * time.Minute},
		{Method: "GET", Pattern: "/regions/{slug}/bureau/documents/{id}", Name: "document-edit", Formats: []string{typeHTML}, Cache: Private, SignIn: true},
		{Method: "POST", Pattern: "/regions/{slug}/bureau/documents/{id}", Name: "document-save", Formats: []string{typeHTML}, Cache: Private, SignIn: true, Body: fileBody, Timeout: 5 * time.Minute},
		{Method: "POST", Pattern: "/regions/{slug}/bureau/documents/{id}/retirer", Name: "document-withdraw", Formats: []string{typeHTML}, Cache: Private, SignIn: true, Body: formBody},
		{Method: "GET", Pattern: "/regions/{slug}/bureau/priorites", Name: "priorities", Formats: []string{typeHTML}, Cache: Private, SignIn: true},
		{Method: "POST", Pattern: "/regions/{slug}/bureau/priorites", Name: "priority-add", Formats: []string{typeHTML}, Cache: Private, SignIn: true, Body: formBody},
		{Method: "GET", Pattern: "/regions/{slug}/bureau/priorites/{id}", Name: "priority", Formats: []string{typeHTML}, Cache: Private, SignIn: true},
		{Method: "POST", Pattern: "/regions/{slug}/bureau/priorites/{id}", Name: "priority-change", Formats: []string{typeHTML}, Cache: Private, SignIn: true, Body: formBody},
		{Method: "GET", Pattern: "/regions/{slug}/bureau/departements", Name: "cop-departments", Formats: []string{typeHTML}, Cache: Private, SignIn: true},
		{Method: "POST", Pattern: "/regions/{slug}/bureau/departements", Name: "cop-department-open", Formats: []string{typeHTML}, Cache: Private, SignIn: true, Body: 4 << 10},
		{Method: "GET", Pattern: "/regions/{slug}/bureau/modele", Name: "template", Formats: []string{typeHTML}, Cache: Private, SignIn: true},
		{Method: "POST", Pattern: "/regions/{slug}/bureau/modele", Name: "template-save", Formats: []string{typeHTML}, Cache: Private, SignIn: true, Body: formBody},
		{Method: "GET", Pattern: "/documents/{id}", Name: "document-file", Formats: []string{typeAny}, Cache: Own, Timeout: 5 * time.Minute},
		{Method: "GET", Pattern: "/calendriers/{secret}", Name: "feed", Formats: []string{typeCalendar}, Cache: Own},
		{Method: "GET", Pattern: "/national/cycles", Name: "cycles", Formats: []string{typeHTML}, Cache: Private, SignIn: true},
		{Method: "POST", Pattern: "/national/cycles", Name: "cycle-add", Formats: []string{typeHTML}, Cache: Private, SignIn: true, Body: formBody},
		{Method: "GET", Pattern: "/national/cycles/{cycle}", Name: "cycle", Formats: []string{typeHTML}, Cache: Private, SignIn: true},
		{Method: "POST", Pattern: "/national/cycles/{cycle}", Name: "cycle-save", Formats: []string{typeHTML}, Cache: Private, SignIn: true, Body: formBody},
		{Method: "POST", Pattern: "/national/cycles/{cycle}/ouvrir", Name: "cycle-open", Formats: []string{typeHTML}, Cache: Private, SignIn: true, Body: 4 << 10},
		{Method: "POST", Pattern: "/national/cycles/{cycle}/modele", Name: "cycle-template", Formats: []string{typeHTML}, Cache: Private, SignIn: true, Body: formBody},
		{Method: "GET", Pattern: "/regions/{slug}/calendrier.ics", Name: "calendar", Formats: []string{typeCalendar}, Sample: "/regions/grand-est/calendrier.ics"},
		{Method: "GET", Pattern: "/regions/{slug}/panorama", Name: "region-panorama", Formats: []string{typeHTML}, Sample: "/regions/grand-est/panorama"},
		{Method: "GET", Pattern: "/regions/{slug}/diagnostic", Name: "diagnosis", Formats: []string{typeHTML}, Sample: "/regions/grand-est/diagnostic"},
		{Method: "GET", Pattern: "/regions/{slug}/plans", Name: "plans", Formats: []string{typeHTML}, Sample: "/regions/grand-est/plans"},
		{Method: "GET", Pattern: "/regions/{slug}/plans.csv", Name: "plans-csv", Formats: []string{typeCSV}, Sample: "/regions/grand-est/plans.csv"},
		{Method: "GET", Pattern: "/regions/{slug}/bureau/plans", Name: "plan-desk", Formats: []string{typeHTML}, Cache: Private, SignIn: true},
		{Method: "POST", Pattern: "/regions/{slug}/bureau/plans", Name: "plan-add", Formats: []string{typeHTML}, Cache: Private, SignIn: true, Body: formBody},
		{Method: "GET", Pattern: "/regions/{slug}/bureau/plans/import", Name: "plan-import", Formats: []string{typeHTML}, Cache: Private, SignIn: true},
		{Method: "POST", Pattern: "/regions/{slug}/bureau/plans/import", Name: "plan-stage", Formats: []string{typeHTML}, Cache: Private, SignIn: true, Body: 26 << 20, Timeout: time.Minute},
		{Method: "GET", Pattern: "/regions/{slug}/bureau/plans/import/modele.csv", Name: "plan-model", Formats: []string{typeCSV}, Cache: Private, SignIn: true},
		{Method: "POST", Pattern: "/regions/{slug}/bureau/plans/import/enregistrer", Name: "plan-apply", Formats: []string{typeHTML}, Cache: Private, SignIn: true, Body: 4 << 10, Timeout: time.Minute},
		{Method: "GET", Pattern: "/regions/{slug}/bureau/plans/import/{run}", Name: "plan-preview", Formats: []string{typeHTML}, Cache: Private, SignIn: true},
		{Method: "GET", Pattern: "/regions/{slug}/bureau/plans/import/{run}/verdicts.csv", Name: "plan-verdicts", Formats: []string{typeCSV}, Cache: Private, SignIn: true},
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
		{Method: "GET", Pattern: "/regions/{slug}/tendances", Name: "region-trends", Formats: []string{typeHTML}, Sample: "/regions/grand-est/tendances"},
		{Method: "GET", Pattern: "/regions/{slug}/tendances/{indicateur}", Name: "region-trend", Formats: []string{typeHTML}, Sample: "/regions/grand-est/tendances/part-bio"},
		{Method: "GET", Pattern: "/regions/{slug}/tendances/{indicateur}/serie.csv", Name: "region-trend-csv", Formats: []string{typeCSV}, Sample: "/regions/grand-est/tendances/part-bio/serie.csv"},
		{Method: "GET", Pattern: "/regions/{slug}/biodiversite-ressources", Name: "region-nature", Formats: []string{typeHTML}, Sample: "/regions/la-reunion/biodiversite-ressources"},
		{Method: "GET", Pattern: "/departements/{code}/tendances", Name: "department-trends", Formats: []string{typeHTML}, Sample: "/departements/67/tendances"},
		{Method: "GET", Pattern: "/departements/{code}/tendances/{indicateur}", Name: "department-trend", Formats: []string{typeHTML}, Sample: "/departements/67/tendances/points-recharge"},
		{Method: "GET", Pattern: "/departements/{code}/tendances/{indicateur}/serie.csv", Name: "department-trend-csv", Formats: []string{typeCSV}, Sample: "/departements/67/tendances/points-recharge/serie.csv"},
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
		{Method: "GET", Pattern: "/national/journal", Name: "national-journal", Formats: []string{typeHTML}, Cache: Private, SignIn: true},
		{Method: "GET", Pattern: "/national/journal.csv", Name: "national-journal-csv", Formats: []string{typeCSV}, Cache: Private, SignIn: true, Timeout: time.Minute},
		{Method: "GET", Pattern: "/national/documents", Name: "national-documents", Formats: []string{typeHTML}, Cache: Private, SignIn: true},
		{Method: "GET", Pattern: "/national/documents/figer", Name: "document-freeze-form", Formats: []string{typeHTML}, Cache: Private, SignIn: true},
		{Method: "POST", Pattern: "/national/documents/figer", Name: "document-freeze", Formats: []string{typeHTML}, Cache: Private, SignIn: true, Timeout: time.Minute, Body: 64 << 10},
		{Method: "GET", Pattern: "/national/point-d-etape", Name: "report", Formats: []string{typeHTML}, Cache: Private, SignIn: true},
		{Method: "GET", Pattern: "/national/point-d-etape.pptx", Name: "report-pptx", Formats: []string{typePPTX}, Cache: Private, SignIn: true, Timeout: time.Minute},
		{Method: "GET", Pattern: "/national/point-d-etape.odt", Name: "report-odt", Formats: []string{typeODT}, Cache: Private, SignIn: true, Timeout: time.Minute},
		{Method: "GET", Pattern: "/national/point-d-etape.pdf", Name: "report-pdf", Formats: []string{typePDF}, Cache: Private, SignIn: true, Timeout: time.Minute},
		{Method: "GET", Pattern: "/national/publications/{id}", Name: "publication", Formats: []string{typeHTML}, Cache: Private, SignIn: true},
		{Method: "GET", Pattern: "/national/publications/{id}/{fichier}", Name: "publication-file", Formats: []string{typePPTX, typeODT, typePDF, typeHTML, typeJSON}, Cache: Private, SignIn: true, Timeout: time.Minute},
		{Method: "GET", Pattern: "/etudes", Name: "studies", Formats: []string{typeHTML}, Sample: "/etudes"},
		{Method: "GET", Pattern: "/etudes/{etude}", Name: "study", Formats: []string{typeHTML, typePPTX, typeODT, typePDF}, Timeout: time.Minute, Sample: "/etudes/guide-du-panorama?region=grand-est"},

		{Method: "GET", Pattern: "/connexion", Name: "sign-in", Formats: []string{typeHTML}, Cache: Private, Sample: "/connexion"},
		{Method: "POST", Pattern: "/connexion", Name: "sign-in-ask", Formats: []string{typeHTML}, Cache: Private, Body: 16 << 10},
		{Method: "GET", Pattern: "/connexion/confirmer", Name: "sign-in-confirm", Formats: []string{typeHTML}, Cache: Private, Sample: "/connexion/confirmer?jeton=exemple"},
		{Method: "POST", Pattern: "/connexion/confirmer", Name: "sign-in-use", Formats: []string{typeHTML}, Cache: Private, Body: 4 << 10},
		{Method: "POST", Pattern: "/connexion/code", Name: "sign-in-code", Formats: []string{typeHTML}, Cache: Private, Body: 4 << 10},
		{Method: "POST", Pattern: "/deconnexion", Name: "sign-out", Formats: []string{typeHTML}, Cache: Private, Body: 4 << 10},
		{Method: "GET", Pattern: "/mon-espace", Name: "self", Formats: []string{typeHTML}, Cache: Private, SignIn: true},
		{Method: "POST", Pattern: "/mon-espace", Name: "self-save", Formats: []string{typeHTML}, Cache: Private, SignIn: true, Body: 16 << 10},
		{Method: "POST", Pattern: "/mon-espace/sessions/{id}/fermer", Name: "session-close", Formats: []string{typeHTML}, Cache: Private, SignIn: true, Body: 4 << 10},
		{Method: "GET", Pattern: "/connexion/oidc", Name: "oidc-start", Formats: []string{typeHTML}, Cache: Private, Timeout: 20 * time.Second},
		{Method: "GET", Pattern: "/connexion/oidc/retour", Name: "oidc-return", Formats: []string{typeHTML}, Cache: Private, Timeout: 30 * time.Second},
		{Method: "GET", Pattern: "/deconnexion/retour", Name: "sign-out-return", Formats: []string{typeHTML}, Cache: Private},
		{Method: "POST", Pattern: "/mon-espace/identite/lier", Name: "oidc-bind", Formats: []string{typeHTML}, Cache: Private, SignIn: true, Body: 4 << 10, Timeout: 20 * time.Second},
		{Method: "POST", Pattern: "/mon-espace/identite/delier", Name: "oidc-unbind", Formats: []string{typeHTML}, Cache: Private, SignIn: true, Body: 4 << 10},
		{Method: "GET", Pattern: "/mon-espace/mes-donnees", Name: "own-data", Formats: []string{typeHTML}, Cache: Private, SignIn: true},
		{Method: "GET", Pattern: "/mon-espace/mes-donnees.json", Name: "own-data-json", Formats: []string{typeJSON}, Cache: Private, SignIn: true},
		{Method: "GET", Pattern: "/mon-espace/effacement", Name: "erase", Formats: []string{typeHTML}, Cache: Private, SignIn: true},
		{Method: "POST", Pattern: "/mon-espace/effacement", Name: "erase-ask", Formats: []string{typeHTML}, Cache: Private, SignIn: true, Body: 4 << 10},
		{Method: "POST", Pattern: "/mon-espace/effacement/confirmer", Name: "erase-confirm", Formats: []string{typeHTML}, Cache: Private, SignIn: true, Body: 4 << 10, Timeout: time.Minute},
		{Method: "GET", Pattern: "/desabonnement", Name: "stop", Formats: []string{typeHTML}, Cache: Private},
		{Method: "POST", Pattern: "/desabonnement", Name: "stop-now", Formats: []string{typeHTML}, Cache: Private, Body: 4 << 10},
		{Method: "GET", Pattern: "/roles", Name: "roles", Formats: []string{typeHTML}, Cache: Private, SignIn: true},
		{Method: "POST", Pattern: "/roles", Name: "role-give", Formats: []string{typeHTML}, Cache: Private, SignIn: true, Body: 16 << 10},
		{Method: "POST", Pattern: "/roles/{id}/fin", Name: "role-end", Formats: []string{typeHTML}, Cache: Private, SignIn: true, Body: 4 << 10},

		{Method: "GET", Pattern: "/organisations", Name: "organisations", Formats: []string{typeHTML}, Cache: Private, SignIn: true},
		{Method: "POST", Pattern: "/organisations", Name: "organisation-create", Formats: []string{typeHTML}, Cache: Private, SignIn: true, Body: 16 << 10},
		{Method: "GET", Pattern: "/organisations/nouvelle", Name: "organisation-new", Formats: []string{typeHTML}, Cache: Private, SignIn: true},
		{Method: "GET", Pattern: "/organisations/{id}", Name: "organisation", Formats: []string{typeHTML}, Cache: Private, SignIn: true},
		{Method: "GET", Pattern: "/organisations/{id}/modifier", Name: "organisation-edit", Formats: []string{typeHTML}, Cache: Private, SignIn: true},
		{Method: "POST", Pattern: "/organisations/{id}/modifier", Name: "organisation-save", Formats: []string{typeHTML}, Cache: Private, SignIn: true, Body: 16 << 10},
		{Method: "POST", Pattern: "/organisations/{id}/personnes", Name: "member-add", Formats: []string{typeHTML}, Cache: Private, SignIn: true, Body: 16 << 10},
		{Method: "POST", Pattern: "/organisations/{id}/personnes/{member}", Name: "member-save", Formats: []string{typeHTML}, Cache: Private, SignIn: true, Body: 16 << 10},
		{Method: "GET", Pattern: "/personnes/{id}/transfert", Name: "transfer", Formats: []string{typeHTML}, Cache: Private, SignIn: true},
		{Method: "POST", Pattern: "/personnes/{id}/transfert", Name: "transfer-do", Formats: []string{typeHTML}, Cache: Private, SignIn: true, Body: 16 << 10},
		{Method: "GET", Pattern: "/invitations", Name: "invitations", Formats: []string{typeHTML}, Cache: Private, SignIn: true},
		{Method: "POST", Pattern: "/invitations", Name: "invitations-stage", Formats: []string{typeHTML}, Cache: Private, SignIn: true, Body: 26 << 20, Timeout: time.Minute},
		{Method: "GET", Pattern: "/invitations/modele.csv", Name: "invitations-model", Formats: []string{typeCSV}, Cache: Private, SignIn: true},
		{Method: "GET", Pattern: "/invitations/{run}", Name: "invitations-run", Formats: []string{typeHTML}, Cache: Private, SignIn: true},
		{Method: "GET", Pattern: "/invitations/{run}/verdicts.csv", Name: "invitations-verdicts", Formats: []string{typeCSV}, Cache: Private, SignIn: true},
		{Method: "POST", Pattern: "/invitations/{run}/envoyer", Name: "invitations-send", Formats: []string{typeHTML}, Cache: Private, SignIn: true, Body: 4 << 10, Timeout: time.Minute},

		{Method: "GET", Pattern: "/operateur", Name: "operator", Formats: []string{typeHTML}, Cache: Private, Sample: "/operateur"},
		{Method: "POST", Pattern: "/operateur", Name: "operator-enter", Formats: []string{typeHTML}, Cache: Private, Body: 4 << 10},
		{Method: "POST", Pattern: "/operateur/fin", Name: "operator-leave", Formats: []string{typeHTML}, Cache: Private, Body: 4 << 10},

		{Method: "GET", Pattern: "/operateur/courriels", Name: "mails", Formats: []string{typeHTML}, Cache: Private},

		// A demonstration's own: «not found» everywhere else.
		{Method: "GET", Pattern: "/demonstration", Name: "demo", Formats: []string{typeHTML}, Cache: Private},
		{Method: "POST", Pattern: "/demonstration", Name: "demo-enter", Formats: []string{typeHTML}, Cache: Private, Body: 4 << 10},
		{Method: "GET", Pattern: "/demonstration/courriels", Name: "demo-mails", Formats: []string{typeHTML}, Cache: Private},
		{Method: "GET", Pattern: "/demonstration/courriels/{id}", Name: "demo-mail", Formats: []string{typeHTML}, Cache: Private},
		{Method: "GET", Pattern: "/demonstration/courriels/{id}/html", Name: "demo-mail-html", Formats: []string{typeHTML}, Cache: Private},

		{Method: "GET", Pattern: "/donnees", Name: "data", Formats: []string{typeHTML}, Cache: Own, Sample: "/donnees"},
		{Method: "GET", Pattern: "/donnees/{file}", Name: "data-file", Formats: []string{typeCSV, typeXLSX, typeJSON, typeZIP, typeText}, Cache: Own, Timeout: 3 * time.Minute, Sample: "/donnees/sources.csv"},

		{Method: "GET", Pattern: "/api/v1/openapi.json", Name: "api-openapi", Formats: []string{typeJSON}, Sample: "/api/v1/openapi.json"},
		{Method: "GET", Pattern: "/api/v1/territories", Name: "api-territories", Formats: []string{typeJSON}, Sample: "/api/v1/territories?q=strasbourg"},
		{Method: "GET", Pattern: "/api/v1/territories/{ref}", Name: "api-territory", Formats: []string{typeJSON}, Sample: "/api/v1/territories/region:44"},
		{Method: "GET", Pattern: "/api/v1/territories/{ref}/children", Name: "api-children", Formats: []string{typeJSON}, Sample: "/api/v1/territories/region:44/children"},
		{Method: "GET", Pattern: "/api/v1/levers", Name: "api-levers", Formats: []string{typeJSON}, Sample: "/api/v1/levers"},
		{Method: "GET", Pattern: "/api/v1/levers/{code}", Name: "api-lever", Formats: []string{typeJSON}, Sample: "/api/v1/levers/voitures-electriques"},
		{Method: "GET", Pattern: "/api/v1/panorama/{territory}", Name: "api-panorama", Formats: []string{typeJSON}, Sample: "/api/v1/panorama/region:44"},
		{Method: "GET", Pattern: "/api/v1/series", Name: "api-series", Formats: []string{typeJSON}, Sample: "/api/v1/series?lever=voitures-electriques"},
		{Method: "GET", Pattern: "/api/v1/series/{code}", Name: "api-series-one", Formats: []string{typeJSON}, Sample: "/api/v1/series/part-bio?territory=region:44"},
		{Method: "GET", Pattern: "/api/v1/trends/{territory}", Name: "api-trends", Formats: []string{typeJSON}, Sample: "/api/v1/trends/region:44"},
		{Method: "GET", Pattern: "/api/v1/plans/{territory}", Name: "api-plans", Formats: []string{typeJSON}, Sample: "/api/v1/plans/region:44"},
		{Method: "GET", Pattern: "/api/v1/figures/{key...}", Name: "api-figure", Formats: []string{typeJSON}, Sample: "/api/v1/figures/panorama/2024-07/voitures-electriques/region:44"},
		{Method: "GET", Pattern: "/api/v1/figures/national/{key...}", Name: "api-board-figure", Formats: []string{typeJSON}, Cache: Private},
		{Method: "GET", Pattern: "/api/v1/board", Name: "api-board", Formats: []string{typeJSON}, Cache: Private},
		{Method: "GET", Pattern: "/api/v1/metrics", Name: "api-metrics", Formats: []string{typeJSON}, Cache: Private},

		{Method: "GET", Pattern: "/sante", Name: "health", Formats: []string{typeJSON}, Cache: Own, Sample: "/sante"},
		{Method: "GET", Pattern: "/robots.txt", Name: "robots", Formats: []string{typeText}, Cache: Own, Sample: "/robots.txt"},
		{Method: "GET", Pattern: "/favicon.ico", Name: "favicon", Formats: []string{typeSVG}, Cache: Own},
	}))
}

// ofRegion reports whether a page of a desk is of its region, whatever the COP:
// plans, strong points, obstacles and notes are those of a place.
func ofRegion(rest string) bool {
	return slices.ContainsFunc([]string{"bureau/plans", "bureau/points-forts", "bureau/freins", "bureau/notes", "bureau/questionnaire", "bureau/objectifs", "bureau/themes", "bureau/diagnostic",
		"bureau/groupes", "bureau/moderation", "bureau/contributions", "bureau/debats", "bureau/ambitions", "bureau/consultations", "bureau/lettre", "bureau/actions", "bureau/mesures", "bureau/aides", "bureau/besoins", "bureau/feuille-de-route", "bureau/suivi"}, func(prefix string) bool { return strings.HasPrefix(rest, prefix) })
}

// everyCOP gives each page of the COP of a region to those of the other cycles
// and of the départements, whose addresses say the cycle.
func everyCOP(list []Route) []Route {
	for _, rt := range list {
		rest, ok := strings.CutPrefix(rt.Pattern, "/regions/{slug}/")
		if !ok || !strings.HasPrefix(rest, "bureau") && rest != "calendrier.ics" || ofRegion(rest) {
			continue
		}
		rt.Sample = ""
		for _, base := range []string{"/regions/{slug}/cycles/{cycle}/", "/departements/{code}/cycles/{cycle}/"} {
			rt.Pattern = base + rest
			list = append(list, rt)
		}
	}
	return list
}
