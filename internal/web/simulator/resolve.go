package simulator

import (
	"net/http"
	"net/url"
	"strings"

	"jalon/internal/apperr"
	"jalon/internal/french"
	"jalon/internal/territory"
	"jalon/internal/web/ui"
)

// path is the address of a region's simulator.
func path(r territory.Region) string { return "/simulateur/" + r.Slug }

// regionBySlug finds a region; the State's simulator calls one of them by its
// initials.
func regionBySlug(src Source, slug string) (territory.Region, error) {
	if slug == "paca" {
		slug = "provence-alpes-cote-d-azur"
	}
	for _, r := range src.Regions() {
		if r.Slug == slug {
			return r, nil
		}
	}
	return territory.Region{}, apperr.NotFoundf("Aucune région ne s’appelle « %s ». La liste des régions est sur la page du simulateur.", shorten(slug))
}

func shorten(s string) string {
	if r := []rune(strings.ToValidUTF8(s, "\ufffd")); len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return s
}

// resolve finds the region that {territoire} names. It answers itself, and
// says done, when the address must change: a ref, or a smaller territory.
func (h *handlers) resolve(w http.ResponseWriter, r *http.Request) (src Source, region territory.Region, done bool, err error) {
	if src, err = h.Source(r.Context()); err != nil {
		return nil, region, false, err
	}
	name := r.PathValue("territoire")
	if !strings.Contains(name, ":") && name != territory.France.String() {
		region, err = regionBySlug(src, strings.ToLower(name))
		if err == nil && region.Slug != name {
			http.Redirect(w, r, withQuery(path(region), r.URL.RawQuery), http.StatusMovedPermanently)
			done = true
		}
		return src, region, done, err
	}
	ref, err := territory.ParseRef(name)
	if err != nil {
		return nil, region, false, err
	}
	if ref == territory.France {
		http.Redirect(w, r, "/simulateur", http.StatusSeeOther)
		return src, region, true, nil
	}
	t, err := src.Lookup(ref)
	if err != nil {
		return nil, region, false, err
	}
	regions := regionsOf(src, t)
	if len(regions) != 1 {
		return src, region, true, h.choose(w, r, t, regions)
	}
	query := r.URL.RawQuery
	if ref.Scale != territory.RegionS {
		query = url.Values{fromParam: {ref.String()}}.Encode()
	}
	http.Redirect(w, r, withQuery(path(regions[0]), query), http.StatusSeeOther)
	return src, regions[0], true, nil
}

// regionsOf are the regions that a territory lies in, itself if it is one.
func regionsOf(src Source, t territory.Territory) []territory.Region {
	codes := map[string]bool{}
	for _, p := range append([]territory.Ref{t.Ref}, t.Parents...) {
		if p.Scale == territory.RegionS {
			codes[p.Code] = true
		}
	}
	var out []territory.Region
	for _, r := range src.Regions() {
		if codes[r.Code] {
			out = append(out, r)
		}
	}
	return out
}

// choose asks which region, for a territory that lies in several.
func (h *handlers) choose(w http.ResponseWriter, r *http.Request, t territory.Territory, regions []territory.Region) error {
	if len(regions) == 0 {
		return apperr.NotFoundf("%s n’est rattaché à aucune des 18 régions\u00a0: le simulateur ne peut pas s’ouvrir.", t.Name)
	}
	v := indexView{Regions: regions, Link: linkField(), Territory: t.Name}
	p := h.Shell.Page(r, "Simulateur – "+t.Name, "", trail(t.Name)...)
	p.Styles = append(p.Styles, h.asset("simulator.css"))
	p.NoIndex = true
	return h.Shell.Render(w, r, p, indexPage(v))
}

// cameFrom is the name of the smaller territory that led here, if it is one.
func cameFrom(src Source, from string) string {
	ref, err := territory.ParseRef(from)
	if err != nil || ref == territory.France || ref.Scale == territory.RegionS {
		return ""
	}
	t, err := src.Lookup(ref)
	if err != nil {
		return ""
	}
	return t.Name
}

// indexView is the list of regions, all of them or those of a territory.
type indexView struct {
	Regions   []territory.Region
	Territory string
	Link      ui.Field
}

func (v indexView) heading() ui.Heading {
	if v.Territory != "" {
		return ui.Heading{
			Overline: "Simulateur",
			Title:    v.Territory + french.NoBreak + ": choisir une région",
			Lead:     "Ce territoire s’étend sur plusieurs régions. Le simulateur travaille à l’échelle de la région, la seule où les objectifs et les ordres de grandeur sont publiés.",
		}
	}
	return ui.Heading{
		Overline: "Simulateur",
		Title:    "Composez autrement l’objectif 2030 de votre région",
		Lead:     "Choisissez une région, puis réglez chaque levier en milliers de tonnes de CO₂e (kt) ou en ordre de grandeur\u00a0: l’un suit l’autre, et une jauge dit ce qu’il reste à assigner. Rien n’est enregistré\u00a0: l’adresse de la page contient votre simulation.",
	}
}

// linkField asks for a link of the State's public simulator.
func linkField() ui.Field {
	return ui.Field{
		ID: "lien", Label: "Lien du simulateur public de l’État", Type: "url", Autocomplete: "off", Required: true,
		Help: "Collez l’adresse entière\u00a0: elle contient « /territoire/ » et, après le point d’interrogation, vos valeurs.",
	}
}
