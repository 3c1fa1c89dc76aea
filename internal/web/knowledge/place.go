package knowledge

import (
	"net/http"
	"strings"

	"github.com/a-h/templ"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/framework"
	"jalon/internal/knowledge"
	"jalon/internal/plan"
	"jalon/internal/policy"
	"jalon/internal/territory"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
	"jalon/internal/web/wording"
)

func enctype(f formView) templ.Attributes {
	if !f.Files {
		return nil
	}
	return templ.Attributes{"enctype": "multipart/form-data"}
}

// where is the region of an address, and on whose behalf the actor writes there.
type where struct {
	territory.Region
	tree *territory.Tree
	fw   *framework.Framework
	org  string // the authority for which they write, when no other right lets them
}

func (x where) base() string { return "/regions/" + x.Slug }

// seen is the region of a public page.
func (d Deps) seen(r *http.Request) (where, error) {
	m, err := d.Model(r.Context())
	if err != nil {
		return where{}, err
	}
	region, err := m.Tree().RegionBySlug(r.PathValue("slug"))
	return where{Region: region, tree: m.Tree(), fw: m.Framework()}, err
}

// working is the region of a page of those who may bring something there: over
// the region, one of its départements, or an authority whose seat is there.
// Nobody else knows the page.
func (d Deps) working(r *http.Request, kind policy.Kind) (where, error) {
	x, err := d.seen(r)
	if err != nil {
		return x, err
	}
	return d.workingIn(r, x, kind)
}

// workingIn is working in a region that is known.
func (d Deps) workingIn(r *http.Request, x where, kind policy.Kind) (where, error) {
	cops, err := cop.IDsOfRegion(r.Context(), d.Q, x.Code)
	if err != nil {
		return x, err
	}
	a := shell.Actor(r)
	if policy.Can(a, policy.Create, policy.Thing{Kind: kind, COPs: cops}) {
		return x, nil
	}
	for _, dept := range x.tree.Departments() {
		if dept.Region == x.Code && policy.Can(a, policy.Create, policy.Thing{Kind: kind, Department: dept.Code}) {
			return x, nil
		}
	}
	var all *territory.Authorities
	for _, g := range a.Grants {
		if g.Org == "" || !policy.Can(a, policy.Create, policy.Thing{Kind: kind, Org: g.Org}) {
			continue
		}
		if all == nil {
			if all, err = x.tree.Authorities(); err != nil {
				return x, err
			}
		}
		if who, err := all.Find(g.Org); err == nil && who.Home == x.Code {
			x.org = g.Org
			return x, nil
		}
	}
	return x, apperr.NotFoundf("Cette page n’existe pas, ou elle est réservée à d’autres rôles que les vôtres.")
}

// locate reads a territory that somebody wrote, which must be one of the region;
// nothing is the region itself.
func (d Deps) locate(r *http.Request, x where, typed string) (ref, scale, department string, err error) {
	if typed == "" {
		typed = "region:" + x.Code
	}
	if len(typed) == 9 && !strings.Contains(typed, ":") {
		if _, err := x.tree.EPCI(typed); err == nil {
			typed = "epci:" + typed
		} else {
			typed = "ept:" + typed
		}
	}
	wrong := func(message string) error { return &knowledge.Fault{Field: "territory", Message: message} }
	at, err := territory.ParseRef(typed)
	if err != nil || at == territory.France {
		return typed, "", "", wrong("Écrivez le SIREN d’une intercommunalité, ou une référence comme region:" + x.Code + ", department:…, commune:….")
	}
	var parts []territory.Part
	if at.Scale == territory.Perimeter {
		communes, err := territory.MembersOf(r.Context(), d.Q, x.tree, at.Code)
		if err != nil {
			return typed, "", "", wrong("Ce périmètre n’existe pas.")
		}
		parts = x.tree.PartsOf(communes)
	} else if parts, err = x.tree.Parts(at); err != nil {
		return typed, "", "", wrong("Ce territoire n’existe pas\u00a0: " + wording.Clip(typed, 80) + ".")
	}
	region, department, err := plan.PlaceOf(at, parts)
	if err != nil || region != x.Code {
		return typed, "", "", wrong("Ce territoire est d’une autre région\u00a0: c’est à elle d’en parler.")
	}
	return at.String(), string(at.Scale), department, nil
}

// tabs are the pages of a region: those that anyone reads, or those of the desk
// where its people work.
func tabs(x where, private bool, current string) ui.Pages {
	if !private {
		for _, part := range wording.Parts(x.base()) {
			if part.Href == current {
				return wording.RegionTabs(x.Region, part.Label)
			}
		}
		return wording.RegionTabs(x.Region, wording.TabDiagnosis)
	}
	all := []ui.Link{{Label: wording.TabCOP, Href: x.base()}, {Label: "Bureau", Href: x.base() + "/bureau"}, {Label: wording.TabPlans, Href: x.base() + "/bureau/plans"},
		{Label: wording.TabStrengths, Href: x.base() + "/bureau/points-forts"}, {Label: wording.TabObstacles, Href: x.base() + "/bureau/freins"}, {Label: wording.TabNotes, Href: x.base() + "/bureau/notes"}}
	for i := range all {
		all[i].Current = all[i].Href == current
	}
	return ui.Pages{Tabs: all}
}

func trail(x where, last ...ui.Link) []ui.Link {
	return wording.RegionTrail(x.Region, last...)
}

// ownTheme is the theme that a form shows chosen: none when it is that of the
// lever, so that another lever brings its own.
func ownTheme(fw *framework.Framework, lever, theme string) string {
	if l, err := fw.Lever(lever); err == nil && string(l.Theme) == theme {
		return ""
	}
	return theme
}

// knownLever refuses a code that no lever bears.
func knownLever(fw *framework.Framework, field, code string) error {
	if code == "" {
		return nil
	}
	if _, err := fw.Lever(code); err != nil {
		return &knowledge.Fault{Field: field, Message: "Choisissez un levier de la liste."}
	}
	return nil
}
