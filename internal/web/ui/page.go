// Package ui holds the components of every page: plain data in, accessible
// HTML out. It knows no room: numbers arrive already written in French, links
// already made. Every component reads, and every form works, without script;
// none has an inline style or script, so pages live under a strict
// Content-Security-Policy.
//
// Class names and structure follow the State's design system where it has the
// component (fr-*), so that an official theme can be mounted in place of the
// small neutral stylesheet of Jalon.
package ui

import "strings"

// SiteName is the name that ends every page title.
const SiteName = "Jalon"

// Link is a word and where it leads. Without Href it is plain text, as the
// last step of a breadcrumb is.
type Link struct {
	Label, Href string
	// Current marks the page or the view that the reader is on.
	Current bool
	// Note completes the accessible name when the label alone is ambiguous.
	Note string
}

// Theme is a look: the stylesheets and scripts that a page loads after those
// that enhance it. The zero Theme is Jalon's own; an operator of a State
// service can mount the official design system instead.
type Theme struct {
	Stylesheets []string
	Scripts     []string
}

// Page is what the frame around every page needs to know.
type Page struct {
	// Title states the finding; it is the h1 of the document too when the page
	// says so itself. The name of the site is added after it.
	Title string
	// Description is the sentence that search engines show.
	Description string
	// Nav is the main menu; MainNav gives it.
	Nav []Link
	// Trail is the breadcrumb under the header; empty on the home page.
	Trail []Link
	// Query is what the reader searched for, kept in the field.
	Query string
	// Canonical is the permanent absolute address, empty when there is none.
	Canonical string
	// PrintNote is written at the foot of the printed page: its address and
	// the day it was printed.
	PrintNote string
	// Demo says that the data are invented, and leads to who else one may be.
	Demo bool
	// Bare leaves out header, menu and footer, for a page embedded elsewhere.
	Bare bool
	// Live loads htmx, for the few pages that refresh a part of themselves.
	Live bool
	// Refresh is after how many seconds a browser without script asks the page again;
	// 0 for never. Pages that are typed in never do.
	Refresh int
	// NoIndex keeps the page out of search engines.
	NoIndex bool
	// Scripts are further files of the page alone, already hashed addresses.
	Scripts []string
	// Styles are further sheets of the page alone, already hashed addresses.
	Styles []string
	Theme  Theme
	// Asset turns the name of a static file into its hashed address.
	Asset func(name string) string
}

// asset is the address of a static file; without Asset it is the plain name,
// which the static handler serves too.
func (p Page) asset(name string) string {
	if p.Asset == nil {
		return "/static/" + name
	}
	return p.Asset(name)
}

// documentTitle is the title of the browser's tab.
func (p Page) documentTitle() string {
	if p.Title == "" || p.Title == SiteName {
		return SiteName
	}
	return p.Title + " – " + SiteName
}

// stylesheets are the sheets of the theme, or Jalon's own.
func (p Page) stylesheets() []string {
	return append(append([]string{p.asset("app.css")}, p.Theme.Stylesheets...), p.Styles...)
}

// MainNav is the main menu, with the entry whose address begins path marked.
// The longest match wins, so that the home page is not current everywhere.
func MainNav(path string) []Link {
	nav := []Link{
		{Label: "Panorama", Href: "/"},
		{Label: "Les COP", Href: "/regions"},
		{Label: "Leviers", Href: "/leviers"},
		{Label: "Simulateur", Href: "/simulateur"},
		{Label: "Mesures et aides", Href: "/mesures"},
		{Label: "Bonnes pratiques", Href: "/bonnes-pratiques"},
		{Label: "Données", Href: "/donnees"},
		{Label: "Méthode", Href: "/methode"},
	}
	for i, l := range nav {
		if l.Href == "/" {
			nav[i].Current = path == "/" || strings.HasSuffix(path, "/panorama") || strings.HasPrefix(path, "/territoires")
			continue
		}
		if helping := ofHelp(path); helping || l.Href == "/mesures" {
			nav[i].Current = helping && l.Href == "/mesures"
			continue
		}
		nav[i].Current = !strings.HasSuffix(path, "/panorama") && (path == l.Href || strings.HasPrefix(path, l.Href+"/") || l.Href == "/regions" && ofCOPs(path))
	}
	return nav
}

// ofHelp reports whether a page is of what helps levers: measures of each, and aids.
func ofHelp(path string) bool {
	lever := strings.HasPrefix(path, "/leviers/") && strings.HasSuffix(path, "/mesures")
	return lever || path == "/mesures" || path == "/aides" || strings.HasPrefix(path, "/aides/")
}

// ofCOPs reports whether a page is of the COPs without being under /regions: the
// national board, the pages of a département, the studies.
func ofCOPs(path string) bool {
	for _, root := range []string{"/national", "/departements", "/etudes"} {
		if path == root || strings.HasPrefix(path, root+"/") {
			return true
		}
	}
	return false
}

// footerLinks are the legal pages, on every page.
func footerLinks() []Link {
	return []Link{
		{Label: "Accessibilité\u00a0: partiellement conforme", Href: "/accessibilite"},
		{Label: "Mentions légales", Href: "/mentions-legales"},
		{Label: "Données personnelles", Href: "/donnees-personnelles"},
		{Label: "Méthode et sources", Href: "/methode"},
		{Label: "Données ouvertes", Href: "/donnees"},
		{Label: "API", Href: "/api/v1/openapi.json"},
	}
}

// Heading is the block under the breadcrumb: a title that says the finding,
// and the line that says its scope.
type Heading struct {
	// Overline is the kind of thing, in small above the title: «Région».
	Overline string
	Title    string
	// Scope are the short facts that bound the finding, separated by dots.
	Scope []string
	// Explain leads to «D'où vient ce chiffre ?» for the figure of the title.
	Explain string
	// Lead is an optional opening paragraph.
	Lead string
}

// Alert is a message in one of four states: «info», «success», «warning»,
// «error»; the state is also a word, read before the title.
type Alert struct {
	State, Title, Text string
	Links              []Link
}

// stateWord is the French word of an alert's state.
func stateWord(state string) string {
	switch state {
	case "success":
		return "Succès"
	case "warning":
		return "Attention"
	case "error":
		return "Erreur"
	}
	return "Information"
}

// Empty is a list without anything in it yet: what will come, how to start.
type Empty struct {
	Title, Text string
	Action      Link
}

// Source is the foot of a page: where its data come from, what can be taken
// away, when it last changed.
type Source struct {
	Text      string
	Sources   []Link
	Downloads []Link
	// Print shows the button that prints, when script is there.
	Print bool
	// Embed is the address of the bare page, to be shown on another site.
	Embed string
	// Share is the permanent absolute address, offered for copy.
	Share string
	// Changed is the date of the last change, written in French.
	Changed string
}

// Problem is a page that could not be served: what happened, what was kept,
// what to do next.
type Problem struct {
	Status       int
	Title        string
	Message      string
	Advice       []string
	Links        []Link
	Reference    string
	SearchAction bool
}

// Pager leads through a list by cursors.
type Pager struct {
	Previous, Next string
	// Summary says what is shown: «50 actions sur plus de 1 000».
	Summary string
}

// Side is one of two territories set side by side.
type Side struct {
	Title string
	Href  string
	Scope string
}

// ContentSecurityPolicy is the policy that every page is written for: nothing
// but our own files, nothing inline, no frame around us. A bare page, made to
// be embedded, is served with another frame-ancestors.
const ContentSecurityPolicy = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; font-src 'self'; " +
	"connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// Pages are those of a territory, and the parts of the one that is read. Cycles are the
// same page of the other COPs of a region, when it had several.
type Pages struct{ Tabs, Parts, Cycles []Link }
