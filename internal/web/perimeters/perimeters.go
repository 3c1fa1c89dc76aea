// Package perimeters serves the list of free perimeters and the form by which
// an operator draws one: CRTE, PETR, PNR, SCoT or other, a dated set of
// communes.
package perimeters

import (
	"context"
	"net/http"
	"strings"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/french"
	"jalon/internal/panorama"
	"jalon/internal/policy"
	"jalon/internal/territory"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
)

// Deps is what these pages need.
type Deps struct {
	Shell *shell.Shell
	Model func(ctx context.Context) (*panorama.Model, error)
	Q     db.Q
	// Actor reads who acts from a request.
	Actor func(r *http.Request) policy.Actor
	NewID func() (string, error)
	Now   func() time.Time
	// CursorKey signs the cursors of the list.
	CursorKey []byte
}

// Handlers are the handlers of this package by the names of the routes.
func Handlers(d Deps) map[string]shell.Handler {
	return map[string]shell.Handler{
		"perimeters":       d.list,
		"perimeter-new":    d.blank,
		"perimeter-create": d.create,
		"perimeter-edit":   d.edit,
		"perimeter-save":   d.save,
		"perimeter-remove": d.withdraw,
	}
}

func thing() policy.Thing { return policy.Thing{Kind: policy.Perimeter} }

// allow refuses whoever is not the operator, and says how to become one.
func (d Deps) allow(r *http.Request, v policy.Verb) error {
	if policy.Can(d.Actor(r), v, thing()) {
		return nil
	}
	return apperr.New(apperr.Forbidden, nil, "Seul l’opérateur de cette installation peut créer ou modifier un périmètre. Ouvrez le lien que «\u00a0jalon serve\u00a0» affiche en démarrant.")
}

type listView struct {
	Query   string
	Field   ui.Field
	Items   []item
	Pager   ui.Pager
	Empty   *ui.Empty
	MayEdit bool
}

type item struct{ Name, Href, Kind, Communes, Dates, Edit, Note string }

const pageSize = 50

func (d Deps) list(w http.ResponseWriter, r *http.Request) error {
	q := strings.TrimSpace(r.URL.Query().Get("q"))
	f := territory.PerimeterFilter{Query: q, Limit: pageSize}
	if after := r.URL.Query().Get("apres"); after != "" {
		parts, ok := shell.Unseal(d.CursorKey, q, after)
		if !ok || len(parts) != 2 {
			return apperr.Invalidf("Cette page de la liste n’existe pas ou plus. Reprenez la liste depuis le début.")
		}
		f.After = territory.PerimeterKey{Fold: parts[0], ID: parts[1]}
	}
	if !policy.Where(d.Actor(r), policy.Read, policy.Perimeter).All {
		return apperr.NotFoundf("Cette liste n’existe pas.")
	}
	found, next, err := territory.ListPerimeters(r.Context(), d.Q, f)
	if err != nil {
		return err
	}
	v := listView{Query: q, MayEdit: policy.Can(d.Actor(r), policy.Edit, thing())}
	v.Field = ui.Field{ID: "nom", Name: "q", Label: "Chercher un périmètre par son nom", Type: "search", Value: q}
	for _, p := range found {
		x := item{Name: p.Name, Href: "/perimetres/" + p.ID + "/panorama", Kind: p.Kind.Short(), Dates: dates(p),
			Communes: french.Integer(p.Count) + french.Plural(p.Count, " commune", " communes"), Edit: "/perimetres/" + p.ID + "/modifier"}
		if p.Demo {
			x.Note = "inventé pour la démonstration"
		}
		v.Items = append(v.Items, x)
	}
	if next != (territory.PerimeterKey{}) {
		link := "/perimetres?apres=" + shell.Seal(d.CursorKey, q, next.Fold, next.ID)
		if q != "" {
			link += "&q=" + escape(q)
		}
		v.Pager.Next = link
	}
	switch {
	case len(found) > 0:
	case q != "":
		v.Empty = &ui.Empty{Title: "Aucun périmètre ne répond à «\u00a0" + q + "\u00a0»", Text: "Essayez un seul mot de son nom.", Action: ui.Link{Label: "Voir tous les périmètres", Href: "/perimetres"}}
	default:
		v.Empty = &ui.Empty{Title: "Aucun périmètre pour l’instant", Text: "Un périmètre réunit des communes autour d’un projet\u00a0: CRTE, PETR, parc naturel régional, SCoT. L’opérateur de cette installation peut en créer un ici, ou en importer une liste."}
		if v.MayEdit {
			v.Empty.Action = ui.Link{Label: "Créer un périmètre", Href: "/perimetres/nouveau"}
		}
	}
	page := d.Shell.Page(r, "Périmètres de projet", "Les périmètres de projet et leur panorama.", crumbs()...)
	page.NoIndex = r.URL.RawQuery != ""
	return d.Shell.Render(w, r, page, listPage(v))
}

func crumbs(more ...ui.Link) []ui.Link {
	return append([]ui.Link{{Label: "France", Href: "/france/panorama"}, {Label: "Périmètres", Href: "/perimetres"}}, more...)
}

func dates(p territory.FreePerimeter) string {
	from, to := date(p.From), date(p.To)
	switch {
	case from != "" && to != "":
		return "du " + from + " au " + to
	case from != "":
		return "depuis le " + from
	case to != "":
		return "jusqu’au " + to
	}
	return ""
}

func date(s string) string {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return ""
	}
	return french.Date(t)
}
