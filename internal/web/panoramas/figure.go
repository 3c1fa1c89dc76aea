package panoramas

import (
	"context"
	"net/http"
	"strconv"

	"jalon/internal/figure"
	"jalon/internal/french"
	"jalon/internal/territory"
	"jalon/internal/web/ui"
	"jalon/internal/web/wording"
)

// figureView is the page behind a figure: «d'où vient ce chiffre ?».
type figureView struct {
	Heading ui.Heading
	Number  ui.Value
	E       figure.Explanation
	Facts   ui.Table
	Inputs  *ui.Table
	Source  ui.Source
	// Kept says of which frozen document an explanation is, when it is not today's.
	Kept *ui.Alert
}

// figure serves /chiffres/{key...}, the permanent address of every number.
func (d Deps) figure(w http.ResponseWriter, r *http.Request) error {
	return d.explained(w, r, r.PathValue("key"), false)
}

// boardFigure serves those of the national board, which only some may read: the
// room judges whoever the request comes from.
func (d Deps) boardFigure(w http.ResponseWriter, r *http.Request) error {
	return d.explained(w, r, "national/"+r.PathValue("key"), true)
}

// restitutionFigure serves those of what authorities answered together, of which
// each reads what they may.
func (d Deps) restitutionFigure(w http.ResponseWriter, r *http.Request) error {
	return d.explained(w, r, "restitution/"+r.PathValue("key"), true)
}

func (d Deps) explained(w http.ResponseWriter, r *http.Request, key string, private bool) error {
	e, err := d.Explain(r.Context(), key)
	if err != nil {
		return err
	}
	v, place, err := d.figureOf(r.Context(), e, wording.FigurePath)
	if err != nil {
		return err
	}
	m, err := d.Model(r.Context())
	if err != nil {
		return err
	}
	v.Source = ui.Source{
		Text:    e.Figure.Source,
		Sources: []ui.Link{{Label: "Toute la méthode", Href: "/methode"}},
		Downloads: []ui.Link{
			{Label: "Ce chiffre pour un programme", Href: "/api/v1/figures/" + key, Note: "JSON"},
			{Label: "De quoi tout recalculer chez vous", Href: "/donnees#archive", Note: "entrées, règles et version"},
		},
		Print: true, Share: d.Shell.Absolute(r.URL.Path), Changed: wording.Changed(m),
	}
	page := d.Shell.Page(r, e.Title, e.Sentence, place...)
	if private {
		page.NoIndex, page.Canonical = true, ""
		v.Source.Share, v.Source.Changed = "", ""
		v.Source.Sources = append([]ui.Link{{Label: "L’indicateur et ses lignes", Href: e.Page}}, v.Source.Sources...)
		v.Source.Downloads = v.Source.Downloads[:1]
	}
	return d.Shell.Render(w, r, page, figurePage(v))
}

// KeptFigure is the page of an explanation that was frozen with a document: it says
// which one, and its terms lead where terms says.
func (d Deps) KeptFigure(w http.ResponseWriter, r *http.Request, e figure.Explanation, kept ui.Alert, terms func(key string) string, trail []ui.Link) error {
	v, _, err := d.figureOf(r.Context(), e, terms)
	if err != nil {
		return err
	}
	v.Kept = &kept
	v.E.Page = "" // it shows what is so today
	v.Source = ui.Source{Text: e.Figure.Source, Sources: []ui.Link{{Label: "Toute la méthode", Href: "/methode"}}, Print: true}
	return d.Shell.Render(w, r, d.Shell.Page(r, e.Title, e.Sentence, trail...), figurePage(v))
}

// figureOf is what the page of an explanation shows, and the way to its territory.
func (d Deps) figureOf(ctx context.Context, e figure.Explanation, terms func(key string) string) (figureView, []ui.Link, error) {
	v := figureView{E: e, Heading: ui.Heading{Overline: "D’où vient ce chiffre\u00a0?", Title: e.Title, Lead: e.Sentence}}
	f := e.Figure
	if f.Known() {
		class, label := wording.Class(f.Class)
		v.Number = ui.Value{Text: plain(f.Value), Unit: f.Unit, Provenance: class, ProvenanceLabel: label}
	} else {
		v.Number = ui.Value{Missing: f.Reason, Unit: f.Unit}
	}
	trail := []ui.Link{{Label: "France", Href: "/france/panorama"}, {Label: "D’où vient ce chiffre\u00a0?"}}
	place := f.Territory
	if t, tree, err := d.placeOf(ctx, f.Territory); err == nil {
		place = t.Name + " (" + f.Territory + ")"
		trail = append(wording.Trail(tree, t), ui.Link{Label: "D’où vient ce chiffre\u00a0?"})
	}
	v.Facts = facts(f, place)
	if len(e.Inputs) > 0 {
		t := ui.Table{ID: "termes", Caption: "Les termes du calcul", Columns: []ui.Column{{Label: "Terme"}, {Label: "Valeur", Number: true}, {Label: "Source", Wide: true}}}
		for _, in := range e.Inputs {
			label := in.Label
			if in.Symbol != "" && in.Symbol != "+" {
				label = in.Symbol + "\u00a0: " + in.Label
			}
			value := ui.Cell{Text: in.Value}
			if in.Key != "" {
				value.Explain, value.Name = terms(in.Key), in.Label
			}
			t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: label}, value, {Text: in.Source}}})
		}
		v.Inputs = &t
	}
	return v, trail, nil
}

// placeOf is the territory of a figure, for its name and the way back to it.
func (d Deps) placeOf(ctx context.Context, ref string) (territory.Territory, *territory.Tree, error) {
	m, err := d.Model(ctx)
	if err != nil {
		return territory.Territory{}, nil, err
	}
	at, err := territory.ParseRef(ref)
	if err != nil {
		return territory.Territory{}, nil, err
	}
	if at.Scale == territory.Perimeter && d.Perimeter != nil {
		t, _, err := d.Perimeter(ctx, at.Code)
		return t, m.Tree(), err
	}
	t, err := m.Tree().Lookup(at)
	return t, m.Tree(), err
}

// plain is a value with the digits that it has, and no more than six decimals.
func plain(v float64) string {
	for decimals := range 6 {
		if french.Round(v, decimals) == french.Round(v, 6) {
			return french.Number(v, decimals)
		}
	}
	return french.Number(v, 6)
}

func facts(f figure.Figure, place string) ui.Table {
	t := ui.Table{ID: "fiche", Caption: "La fiche du chiffre", Columns: []ui.Column{{Label: "Rubrique"}, {Label: "Contenu", Wide: true}}}
	add := func(name, text string) {
		if text != "" {
			t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: name}, {Text: text}}})
		}
	}
	add("Provenance", wording.Upper(f.Class.Label()))
	add("Unité", f.Unit)
	add("Territoire", place)
	if f.Year != 0 {
		add("Année", strconv.Itoa(f.Year))
	}
	add("Source", f.Source)
	add("Version des données", f.Version)
	add("Adresse permanente", "/chiffres/"+f.Key)
	return t
}
