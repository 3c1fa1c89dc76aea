// Package places serves the home page, the search for a territory and the list
// of those that have a page.
package places

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"jalon/internal/french"
	"jalon/internal/panorama"
	"jalon/internal/territory"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
	"jalon/internal/web/wording"
)

// Deps is what these pages need.
type Deps struct {
	Shell *shell.Shell
	Model func(ctx context.Context) (*panorama.Model, error)
}

// Handlers are the handlers of this package by the names of the routes.
func Handlers(d Deps) map[string]shell.Handler {
	return map[string]shell.Handler{"home": d.home, "search": d.search, "territories": d.territories}
}

type homeView struct {
	Map      ui.Map
	National string
	Lever    string // gloss
	Source   ui.Source
}

// home serves /: what an inhabitant reads in one minute.
func (d Deps) home(w http.ResponseWriter, r *http.Request) error {
	m, err := d.Model(r.Context())
	if err != nil {
		return err
	}
	v := homeView{Map: regionMap(m), National: wording.Mass(m.Scopes().National.Kg)}
	if t, err := m.Framework().Define("levier"); err == nil {
		v.Lever = t.Gloss
	}
	v.Source = ui.Source{Text: "objectifs affichés par le Secrétariat général à la planification écologique, " + french.Month(panorama.July) +
		"\u00a0; contours des régions Etalab, d’après IGN ADMIN EXPRESS (Licence Ouverte).",
		Sources: []ui.Link{{Label: "Méthode", Href: "/methode"}}, Changed: wording.Changed(m)}
	page := d.Shell.Page(r, "Ce que votre territoire est invité à faire pour le climat d’ici 2030",
		"Cherchez votre commune, votre intercommunalité, votre département ou votre région\u00a0: ses objectifs pour 2030, levier par levier, et d’où vient chaque chiffre.")
	return d.Shell.Render(w, r, page, homePage(v))
}

// regionMap leads to the 18 regions.
func regionMap(m *panorama.Model) ui.Map {
	out := ui.Map{ID: "regions", Title: "Les 18 régions", Description: "Choisissez une région sur la carte ou dans la liste.", Names: true, ListTitle: "Les régions"}
	for _, r := range m.Tree().Regions() {
		p, err := m.Of(territory.Ref{Scale: territory.RegionS, Code: r.Code})
		if err != nil {
			continue // its own list: found
		}
		place := ui.Place{Code: r.Code, Name: r.Name, Href: "/regions/" + r.Slug + "/panorama"}
		if p.Total.Known > 0 {
			place.Text = wording.Mass(p.Total.Kg)
		} else {
			place.Missing = "aucun objectif publié"
		}
		out.Places = append(out.Places, place)
	}
	return out
}

// limit is how many results are shown: more means that a word is missing.
const limit = 40

type searchView struct {
	Query  string
	Groups []group
	Empty  *ui.Empty
	More   bool
	Field  ui.Field
}

// group is the results of one scale.
type group struct {
	Title string
	ID    string
	Hits  []hit
}

type hit struct{ Name, Href, Kind, Place, Note string }

// search serves /recherche?q=…: one exact answer leads straight to its page.
func (d Deps) search(w http.ResponseWriter, r *http.Request) error {
	m, err := d.Model(r.Context())
	if err != nil {
		return err
	}
	q := strings.TrimSpace(r.URL.Query().Get("q"))
	hits := m.Tree().Search(q, limit)
	if to, ok := only(m.Tree(), q, hits); ok {
		return shell.SeeOther(w, r, wording.PanoramaPath(to))
	}
	v := searchView{Query: q, Groups: grouped(hits), More: len(hits) == limit}
	v.Field = ui.Field{ID: "q-page", Name: "q", Label: "Votre territoire", Type: "search", Value: q, Required: true,
		Help: "Un nom, un code postal, un code INSEE ou un SIREN. Les accents et les traits d’union ne comptent pas."}
	switch {
	case q == "":
		v.Empty = &ui.Empty{Title: "Que cherchez-vous\u00a0?", Text: "Écrivez le nom d’une commune, d’une intercommunalité, d’un département ou d’une région, ou un code postal.",
			Action: ui.Link{Label: "Voir les 18 régions", Href: "/territoires"}}
	case len(hits) == 0:
		v.Empty = &ui.Empty{Title: "Aucun territoire ne répond à «\u00a0" + q + "\u00a0»", Text: "Vérifiez l’orthographe, essayez un seul mot ou le code postal. Les anciennes communes mènent à celle d’aujourd’hui.",
			Action: ui.Link{Label: "Voir les 18 régions", Href: "/territoires"}}
	}
	page := d.Shell.Page(r, searchTitle(q), "", ui.Link{Label: "France", Href: "/france/panorama"}, ui.Link{Label: "Recherche"})
	page.Query, page.NoIndex, page.Canonical = q, true, ""
	return d.Shell.Render(w, r, page, searchPage(v))
}

// only is the territory that a query can but mean: a single answer, or a code.
func only(tree *territory.Tree, q string, hits []territory.Hit) (territory.Territory, bool) {
	if ref, err := territory.ParseRef(q); err == nil && strings.Contains(q, ":") {
		if t, err := tree.Lookup(ref); err == nil {
			return t, true
		}
	}
	if len(hits) != 1 || len(hits[0].Territory.Parents) == 0 && hits[0].Territory.Ref.Scale != territory.RegionS {
		return territory.Territory{}, false
	}
	h := hits[0]
	exact := h.Note != "" || french.Fold(h.Territory.Name) == french.Fold(q) || h.Territory.Ref.Code == strings.ToUpper(q) || isDigits(q)
	return h.Territory, exact
}

func isDigits(q string) bool {
	return q != "" && strings.Trim(q, "0123456789 ") == ""
}

func grouped(hits []territory.Hit) []group {
	var out []group
	for _, s := range []struct {
		scale territory.Scale
		title string
	}{
		{territory.RegionS, "Régions"}, {territory.Department, "Départements"}, {territory.EPCI, "Intercommunalités"},
		{territory.EPT, "Établissements publics territoriaux"}, {territory.CommuneS, "Communes"},
	} {
		g := group{Title: s.title, ID: "trouve-" + string(s.scale)}
		for _, h := range hits {
			if h.Territory.Ref.Scale != s.scale {
				continue
			}
			x := hit{Name: h.Territory.Name, Href: wording.PanoramaPath(h.Territory), Kind: h.Territory.Kind, Place: h.Place, Note: h.Note}
			if h.Matched != "" {
				x.Name = h.Matched
			}
			if len(h.Territory.Parents) == 0 && s.scale == territory.CommuneS {
				x.Href = ""
			}
			g.Hits = append(g.Hits, x)
		}
		if len(g.Hits) > 0 {
			out = append(out, g)
		}
	}
	return out
}

type territoriesView struct {
	Regions []regionList
	Others  []string
	Edition string
}

type regionList struct {
	Region      ui.Link
	Departments []ui.Link
}

// territories serves /territoires: the regions and their départements, which
// lead to the rest. A query goes to the search.
func (d Deps) territories(w http.ResponseWriter, r *http.Request) error {
	if r.URL.Query().Get("q") != "" {
		return shell.Moved(w, r, "/recherche")
	}
	m, err := d.Model(r.Context())
	if err != nil {
		return err
	}
	tree := m.Tree()
	v := territoriesView{Edition: strconv.Itoa(tree.Edition().Year)}
	for _, region := range tree.Regions() {
		l := regionList{Region: ui.Link{Label: region.Name, Href: "/regions/" + region.Slug + "/panorama"}}
		for _, dept := range tree.Departments() {
			if dept.Region == region.Code {
				l.Departments = append(l.Departments, ui.Link{Label: dept.Name, Href: "/departements/" + dept.Code + "/panorama", Note: dept.Code})
			}
		}
		v.Regions = append(v.Regions, l)
	}
	for _, o := range tree.OverseasCollectivities() {
		v.Others = append(v.Others, o.Name)
	}
	page := d.Shell.Page(r, "Les 18 régions et leurs départements", "Tous les territoires qui ont un panorama.", ui.Link{Label: "France", Href: "/france/panorama"}, ui.Link{Label: "Territoires"})
	return d.Shell.Render(w, r, page, territoriesPage(v))
}
