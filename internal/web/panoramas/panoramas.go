// Package panoramas serves the panorama des leviers of every territory, the
// nation's, two territories side by side, and the page behind every figure.
package panoramas

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"jalon/internal/apperr"
	"jalon/internal/figure"
	"jalon/internal/panorama"
	"jalon/internal/territory"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
	"jalon/internal/web/wording"
)

// Deps is what these pages need.
type Deps struct {
	Shell   *shell.Shell
	Model   func(ctx context.Context) (*panorama.Model, error)
	Explain figure.Explainer
	// Perimeter finds a free perimeter and its communes; nil when there are none.
	Perimeter func(ctx context.Context, id string) (territory.Territory, []int32, error)
	// Actions are a few of those that take place in a territory or around it, and the
	// page of all of them; nil where no room has any.
	Actions func(ctx context.Context, ref territory.Ref) ([]ui.Link, error)
}

// Handlers are the handlers of this package by the names of the routes.
func Handlers(d Deps) map[string]shell.Handler {
	return map[string]shell.Handler{
		"region-panorama":     d.page(d.region),
		"department":          d.short(d.department),
		"department-panorama": d.page(d.department),
		"epci":                d.short(d.epci),
		"epci-panorama":       d.page(d.epci),
		"commune":             d.short(d.commune),
		"commune-panorama":    d.page(d.commune),
		"perimeter":           d.short(d.perimeter),
		"perimeter-panorama":  d.page(d.perimeter),
		"nation-panorama":     d.nation,
		"compare":             d.compare,
		"board-figure":        d.boardFigure, "restitution-figure": d.restitutionFigure, "figure": d.figure,
	}
}

// found is the territory of an address: the panorama to draw, or the canonical
// spelling of the address when it was written otherwise.
type found struct {
	panorama  panorama.Panorama
	communes  []int32
	canonical string
}

// finder reads the territory of an address.
type finder func(r *http.Request, m *panorama.Model) (found, error)

// short is the address of a territory without its tab: it leads to its
// panorama, the only one of its pages that needs no COP.
func (d Deps) short(find finder) shell.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		m, err := d.Model(r.Context())
		if err != nil {
			return err
		}
		f, err := find(r, m)
		if err != nil {
			return err
		}
		path := f.canonical
		if path == "" {
			path = wording.PanoramaPath(f.panorama.Territory)
		}
		return shell.SeeOther(w, r, path)
	}
}

func (d Deps) page(find finder) shell.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		m, err := d.Model(r.Context())
		if err != nil {
			return err
		}
		f, err := find(r, m)
		if err != nil {
			return err
		}
		if f.canonical != "" {
			return shell.Moved(w, r, f.canonical)
		}
		return d.show(w, r, m, f)
	}
}

func (d Deps) region(r *http.Request, m *panorama.Model) (found, error) {
	slug := r.PathValue("slug")
	region, err := m.Tree().RegionBySlug(slug)
	if err != nil {
		// «/regions/44» and «/regions/Grand-Est» are what people try.
		if byCode, cerr := m.Tree().Region(slug); cerr == nil {
			return found{canonical: "/regions/" + byCode.Slug + "/panorama"}, nil
		}
		if bySlug, serr := m.Tree().RegionBySlug(strings.ToLower(slug)); serr == nil {
			return found{canonical: "/regions/" + bySlug.Slug + "/panorama"}, nil
		}
		return found{}, err
	}
	return of(m, territory.Ref{Scale: territory.RegionS, Code: region.Code})
}

func (d Deps) department(r *http.Request, m *panorama.Model) (found, error) {
	return d.byCode(r, m, "/departements/", territory.Department)
}

func (d Deps) commune(r *http.Request, m *panorama.Model) (found, error) {
	code := r.PathValue("code")
	if now, ok := m.Tree().Successor(code); ok {
		return found{canonical: "/communes/" + now.Code + "/panorama"}, nil
	}
	return d.byCode(r, m, "/communes/", territory.CommuneS)
}

func (d Deps) epci(r *http.Request, m *panorama.Model) (found, error) {
	code := r.PathValue("code")
	if _, err := m.Tree().EPT(code); err == nil {
		return of(m, territory.Ref{Scale: territory.EPT, Code: code})
	}
	return of(m, territory.Ref{Scale: territory.EPCI, Code: code})
}

// byCode reads a code of the INSEE, in which Corse has a capital letter.
func (d Deps) byCode(r *http.Request, m *panorama.Model, prefix string, scale territory.Scale) (found, error) {
	code := r.PathValue("code")
	if upper := strings.ToUpper(code); upper != code {
		if _, err := m.Tree().Lookup(territory.Ref{Scale: scale, Code: upper}); err == nil {
			return found{canonical: prefix + upper + "/panorama"}, nil
		}
	}
	return of(m, territory.Ref{Scale: scale, Code: code})
}

func of(m *panorama.Model, ref territory.Ref) (found, error) {
	p, err := m.Of(ref)
	if err != nil {
		return found{}, err
	}
	if len(p.Regions) == 0 {
		return found{}, apperr.NotFoundf("%s est une collectivité d’outre-mer, hors des 18\u00a0régions\u00a0: l’État ne lui a pas publié de panorama.", p.Territory.Name)
	}
	idx, err := m.Tree().CommunesOf(ref)
	return found{panorama: p, communes: idx}, err
}

func (d Deps) perimeter(r *http.Request, m *panorama.Model) (found, error) {
	if d.Perimeter == nil {
		return found{}, apperr.NotFoundf("Aucun périmètre n’est enregistré.")
	}
	t, idx, err := d.Perimeter(r.Context(), r.PathValue("id"))
	if err != nil {
		return found{}, err
	}
	idx = slices.Clone(idx)
	slices.Sort(idx)
	return found{panorama: m.OfCommunes(t, idx), communes: idx}, nil
}
