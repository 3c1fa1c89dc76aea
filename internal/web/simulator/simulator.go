// Package simulator serves the simulator: setting each lever of a region in kt
// or in its physical unit, and seeing at once what remains to be assigned. The
// address is the whole state, so a simulation is shared by copying it; every
// page works without script.
package simulator

import (
	"context"
	"net/http"
	"strings"

	"jalon/internal/apperr"
	"jalon/internal/panorama"
	"jalon/internal/territory"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
)

// Sector is a sector of the referential: its name and its place in the palette.
type Sector struct {
	Code, Name string
	Color      int
}

// Source is the snapshot that one request reads.
type Source interface {
	// Regions lists the 18, in French alphabetical order.
	Regions() []territory.Region
	// Lookup is apperr.NotFound, with a helpful message, for an unknown code.
	Lookup(territory.Ref) (territory.Territory, error)
	// Of is the panorama of a territory.
	Of(territory.Ref) (panorama.Panorama, error)
	// Sectors are in the order of the referential.
	Sectors() []Sector
}

// Deps are what the simulator needs of the rest of the site.
type Deps struct {
	Shell *shell.Shell
	// Source gives the current data; it is cheap enough for each request.
	// FromModel makes it of the panorama's model.
	Source func(ctx context.Context) (Source, error)
}

// handlers serve /simulateur.
type handlers struct{ Deps }

// Handlers are those of this room, by the names of routes.go.
func Handlers(d Deps) map[string]shell.Handler {
	h := &handlers{d}
	return map[string]shell.Handler{
		"simulators":    h.index,
		"simulator":     h.page,
		"simulator-csv": h.csv,
	}
}

// index serves GET /simulateur: the regions, and the reading of a link of the
// State's public simulator (?lien=).
func (h *handlers) index(w http.ResponseWriter, r *http.Request) error {
	src, err := h.Source(r.Context())
	if err != nil {
		return err
	}
	field := linkField()
	if field.Value = r.URL.Query().Get("lien"); field.Value != "" {
		slug, query, err := panorama.PublicLink(field.Value)
		if err == nil {
			var region territory.Region
			if region, err = regionBySlug(src, slug); err == nil {
				return shell.SeeOther(w, r, withQuery(path(region), query))
			}
		}
		field.Error = apperr.Message(err)
	}
	p := h.Shell.Page(r, "Simulateur", "Composez autrement l’objectif 2030 de votre région, levier par levier, en kt ou en ordres de grandeur.", trail("")...)
	p.Styles = append(p.Styles, h.asset("simulator.css"))
	p.NoIndex = r.URL.RawQuery != ""
	status := http.StatusOK
	if field.Error != "" {
		status = http.StatusBadRequest
	}
	return h.Shell.RenderStatus(w, r, status, p, indexPage(indexView{Regions: src.Regions(), Link: field}))
}

// trail is the breadcrumb of the page of that name, of the list when empty.
func trail(name string) []ui.Link {
	t := []ui.Link{{Label: "France", Href: "/france/panorama"}, {Label: "Simulateur", Href: "/simulateur"}}
	if name != "" {
		t = append(t, ui.Link{Label: name})
	}
	return t
}

// page serves GET /simulateur/{territoire}: the slug of a region, or the ref
// of any territory, which leads to its region.
func (h *handlers) page(w http.ResponseWriter, r *http.Request) error {
	src, region, done, err := h.resolve(w, r)
	if err != nil || done {
		return err
	}
	s, remarks, err := read(src, region, r.URL.RawQuery)
	if err != nil {
		return err
	}
	if len(remarks) == 0 && !canonical(r.URL.RawQuery, s.Query()) {
		return shell.SeeOther(w, r, withQuery(path(region), s.Query()))
	}
	v := makeView(s, src, remarks)
	v.Path, v.Share = path(region), h.Shell.Absolute(withQuery(path(region), v.Query))
	v.From = cameFrom(src, r.URL.Query().Get(fromParam))
	v.Source = ui.Source{
		Text:    "Objectifs et ratios publiés par le Secrétariat général à la planification écologique pour sa publication de juillet 2024\u00a0; conversions calculées par Jalon.",
		Sources: []ui.Link{{Label: "Méthode", Href: "/methode"}},
		Print:   true,
	}
	p := h.Shell.Page(r, "Simulateur – "+region.Name, "Composez autrement l’objectif 2030 de la région "+region.Name+", levier par levier, en kt ou en ordres de grandeur.", trail(region.Name)...)
	p.Styles = append(p.Styles, h.asset("simulator.css"))
	p.NoIndex = r.URL.RawQuery != ""
	p.Scripts = append(p.Scripts, h.asset("simulator.js"))
	return h.Shell.Render(w, r, p, simulatorPage(v))
}

// asset is the address of a static file.
func (h *handlers) asset(name string) string {
	if h.Shell.Asset == nil {
		return "/static/" + name
	}
	return h.Shell.Asset(name)
}

// fromParam names the smaller territory that the reader came from.
const fromParam = "depuis"

// canonical says whether the address already is the canonical one, whatever
// it says besides the simulation: where the reader came from, how the page is
// framed.
func canonical(raw, want string) bool {
	var own []string
	for part := range strings.SplitSeq(raw, "&") {
		if !strings.HasPrefix(part, fromParam+"=") && !strings.HasPrefix(part, "integre=") {
			own = append(own, part)
		}
	}
	return strings.Join(own, "&") == want
}

// read makes the simulation that an address or a form says.
func read(src Source, region territory.Region, raw string) (*panorama.Simulation, []panorama.Remark, error) {
	p, err := src.Of(territory.Ref{Scale: territory.RegionS, Code: region.Code})
	if err != nil {
		return nil, nil, err
	}
	s, err := panorama.NewSimulation(p)
	if err != nil {
		return nil, nil, err
	}
	readInto := s.Read
	if panorama.IsForm(raw) {
		readInto = s.ReadForm
	}
	remarks, err := readInto(raw)
	return s, remarks, err
}
