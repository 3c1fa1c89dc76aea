package panoramas

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"jalon/internal/apperr"
	"jalon/internal/french"
	"jalon/internal/panorama"
	"jalon/internal/territory"
	"jalon/internal/web/ui"
	"jalon/internal/web/wording"
)

// compareView is two territories side by side.
type compareView struct {
	Heading ui.Heading
	Fields  []ui.Field
	Choices []choice
	Ready   bool
	Left    ui.Side
	Right   ui.Side
	Figures [2][]ui.KeyFigure
	Notes   []ui.Alert
	Table   ui.Table
	Source  ui.Source
}

// choice is the list of places that an ambiguous name may mean.
type choice struct {
	Title string
	Links []ui.Link
}

// compare serves /comparer?a=…&b=…; each side is a Ref or what people type.
func (d Deps) compare(w http.ResponseWriter, r *http.Request) error {
	m, err := d.Model(r.Context())
	if err != nil {
		return err
	}
	q := r.URL.Query()
	v := compareView{Heading: ui.Heading{Title: "Comparer deux territoires"}}
	var sides []panorama.Panorama
	var typed bool
	for _, s := range []struct{ name, other, label string }{{"a", "b", "Premier territoire"}, {"b", "a", "Second territoire"}} {
		asked := strings.TrimSpace(q.Get(s.name))
		f := ui.Field{ID: s.name, Label: s.label, Type: "search", Value: asked, Required: true, Help: "Un nom, un code postal ou un code, par exemple «\u00a0Bretagne\u00a0» ou region:53."}
		p, options, err := d.side(r.Context(), m, asked)
		switch {
		case asked == "":
		case err != nil:
			f.Error = apperr.Message(err)
		case len(options) > 0:
			c := choice{Title: "«\u00a0" + asked + "\u00a0» peut désigner"}
			for _, h := range options {
				link := url.Values{s.name: {h.Territory.Ref.String()}}
				if other := q.Get(s.other); other != "" {
					link.Set(s.other, other)
				}
				label := h.Territory.Name + " (" + h.Territory.Kind
				if h.Place != "" {
					label += ", " + h.Place
				}
				c.Links = append(c.Links, ui.Link{Label: label + ")", Href: "/comparer?" + link.Encode()})
			}
			v.Choices = append(v.Choices, c)
		default:
			typed = typed || asked != p.Territory.Ref.String()
			if hits := m.Tree().Search(p.Territory.Name, 9); len(hits) > 0 && hits[0].Territory.Ref == p.Territory.Ref && meant(p.Territory.Name, hits) {
				f.Value = p.Territory.Name // read back, it means the same
			}
			sides = append(sides, p)
		}
		v.Fields = append(v.Fields, f)
	}
	title := v.Heading.Title
	if len(sides) == 2 {
		if typed { // the address says the territories, not what was typed
			to := url.Values{"a": {sides[0].Territory.Ref.String()}, "b": {sides[1].Territory.Ref.String()}}
			http.Redirect(w, r, "/comparer?"+to.Encode(), http.StatusSeeOther)
			return nil
		}
		c := comparison{m: m, a: &sides[0], b: &sides[1]}
		c.fill(&v)
		title = v.Heading.Title
	}
	v.Source = ui.Source{Text: "objectifs affichés par le Secrétariat général à la planification écologique, " + french.Month(panorama.July) + ".", Changed: wording.Changed(m),
		Sources: []ui.Link{{Label: "Méthode", Href: "/methode"}}, Print: true, Share: d.Shell.Absolute(r.URL.RequestURI())}
	page := d.Shell.Page(r, title, "Deux territoires côte à côte, levier par levier.", ui.Link{Label: "France", Href: "/france/panorama"}, ui.Link{Label: "Comparer"})
	page.NoIndex, page.Canonical = true, ""
	status := http.StatusOK
	for _, f := range v.Fields {
		if f.Error != "" {
			status = http.StatusBadRequest
		}
	}
	return d.Shell.RenderStatus(w, r, status, page, comparePage(v))
}

// side reads one of the two territories: its panorama, or what it may mean.
func (d Deps) side(ctx context.Context, m *panorama.Model, asked string) (panorama.Panorama, []territory.Hit, error) {
	if asked == "" {
		return panorama.Panorama{}, nil, nil
	}
	if strings.Contains(asked, ":") || asked == territory.France.String() {
		ref, err := territory.ParseRef(asked)
		if err != nil {
			return panorama.Panorama{}, nil, err
		}
		if ref.Scale == territory.Perimeter && d.Perimeter != nil {
			t, idx, err := d.Perimeter(ctx, ref.Code)
			if err != nil {
				return panorama.Panorama{}, nil, err
			}
			return m.OfCommunes(t, idx), nil, nil
		}
		p, err := m.Of(ref)
		return p, nil, err
	}
	hits := m.Tree().Search(asked, 9)
	if len(hits) == 0 {
		return panorama.Panorama{}, nil, apperr.NotFoundf("Aucun territoire ne s’appelle «\u00a0%s\u00a0».", asked)
	}
	if meant(asked, hits) {
		p, err := m.Of(hits[0].Territory.Ref)
		return p, nil, err
	}
	return panorama.Panorama{}, hits, nil
}

// meant reports whether the first answer is what was meant: the only one, or
// the only one of its scale that bears exactly this name, being the widest.
func meant(asked string, hits []territory.Hit) bool {
	if len(hits) == 1 {
		return true
	}
	bears := func(h territory.Hit) bool { return french.Fold(h.Territory.Name) == french.Fold(asked) }
	return bears(hits[0]) && (!bears(hits[1]) || hits[1].Territory.Ref.Scale != hits[0].Territory.Ref.Scale)
}

// comparison is two panoramas to be set side by side.
type comparison struct {
	m    *panorama.Model
	a, b *panorama.Panorama
}

// published reports whether the values of a panorama are the State's own: per
// inhabitant, what was divided by population says nothing.
func published(p *panorama.Panorama) bool {
	return p.Territory.Ref.Scale == territory.RegionS || p.SameAs != ""
}

// sound reports whether figures per inhabitant compare like with like.
func (c comparison) sound() bool {
	return published(c.a) && published(c.b) && c.a.Overseas == c.b.Overseas && c.a.Territory.Population > 0 && c.b.Territory.Population > 0
}

func (c comparison) fill(v *compareView) {
	v.Ready = true
	ta, tb := c.a.Territory, c.b.Territory
	v.Heading.Title = ta.Name + " et " + tb.Name + ", côte à côte"
	v.Heading.Scope = []string{"objectifs indicatifs, non contraignants", "référentiel 2023-24, " + french.Month(c.a.Edition)}
	for i, p := range []*panorama.Panorama{c.a, c.b} {
		side := ui.Side{Title: p.Territory.Name, Href: wording.PanoramaPath(p.Territory), Scope: p.Territory.Kind}
		if p.Territory.Population > 0 {
			side.Scope += ", " + french.Integer(p.Territory.Population) + " habitants"
		}
		b := &builder{m: c.m, p: *p, fw: c.m.Framework(), below: !published(p) && p.Territory.Ref.Scale != territory.Nation}
		v.Figures[i] = b.keyFigures()[:1]
		if k, ok := b.perInhabitant(); ok && c.sound() {
			v.Figures[i] = append(v.Figures[i], k)
		}
		if i == 0 {
			v.Left = side
		} else {
			v.Right = side
		}
	}
	if c.a.Overseas != c.b.Overseas {
		v.Notes = append(v.Notes, ui.Alert{State: "warning", Title: "Les leviers ne sont pas les mêmes",
			Text: "L’outre-mer a 13\u00a0leviers à lui, hors de l’objectif national\u00a0: les deux totaux ne se comparent pas."})
	}
	if !c.sound() {
		v.Notes = append(v.Notes, ui.Alert{State: "info", Title: "Pas de chiffre par habitant ici",
			Text: "Il ne dirait rien\u00a0: sous la région, les parts suivent la population, et sont les mêmes pour chaque habitant. Entre deux régions, il est donné."})
	}
	v.Table = c.table()
}

func (c comparison) table() ui.Table {
	na, nb := c.a.Territory.Name, c.b.Territory.Name
	t := ui.Table{ID: "comparaison", Caption: "Levier par levier", CaptionHidden: true}
	t.Columns = []ui.Column{
		{Label: "Levier", Wide: true},
		{Label: na, Unit: wording.Kilotonnes, Number: true}, {Label: nb, Unit: wording.Kilotonnes, Number: true},
		{Label: na, Unit: "% de son total", Number: true}, {Label: nb, Unit: "% de son total", Number: true},
	}
	sound := c.sound()
	if sound {
		t.Columns = append(t.Columns, ui.Column{Label: na, Unit: "kgCO₂e par habitant", Number: true}, ui.Column{Label: nb, Unit: "kgCO₂e par habitant", Number: true})
	}
	sectors := wording.SectorLook(c.m.Framework())
	other := map[string]*panorama.Line{}
	for i := range c.b.Lines {
		other[c.b.Lines[i].Lever.Code] = &c.b.Lines[i]
	}
	add := func(la, lb *panorama.Line) {
		l := la
		if l == nil {
			l = lb
		}
		row := ui.Row{Cells: []ui.Cell{{Text: l.Lever.Name, Href: wording.LeverPath(l.Lever.Code), Color: sectors[l.Lever.Sector].Color, Sub: sectors[l.Lever.Sector].Name}}}
		row.Cells = append(row.Cells, lineCell(la, c.a), lineCell(lb, c.b), partCell(la, c.a), partCell(lb, c.b))
		if sound {
			row.Cells = append(row.Cells, headCell(la, c.a), headCell(lb, c.b))
		}
		t.Rows = append(t.Rows, row)
	}
	for i := range c.a.Lines {
		la := &c.a.Lines[i]
		add(la, other[la.Lever.Code])
		delete(other, la.Lever.Code)
	}
	for i := range c.b.Lines {
		if lb := &c.b.Lines[i]; other[lb.Lever.Code] != nil {
			add(nil, lb)
		}
	}
	foot := ui.Row{Cells: []ui.Cell{{Text: "Total"}, totalCell(c.a), totalCell(c.b), {}, {}}}
	if sound {
		foot.Cells = append(foot.Cells, totalHead(c.a), totalHead(c.b))
	}
	t.Foot = []ui.Row{foot}
	return t
}

const notItsLever = "Ce levier n’est pas de ceux de ce territoire."

func reasonOf(l *panorama.Line) (string, bool) {
	switch {
	case l == nil:
		return notItsLever, true
	case !l.Objective.Known:
		return l.Objective.Reason, true
	}
	return "", false
}

func lineCell(l *panorama.Line, p *panorama.Panorama) ui.Cell {
	if why, missing := reasonOf(l); missing {
		return ui.Cell{Missing: why}
	}
	return ui.Cell{Text: french.Kt(int64(l.Objective.Kg), wording.TableDecimals(p.Total.Kg)), Exact: wording.Exact(l.Objective.Kg), Explain: wording.FigurePath(l.FigureKey),
		Name: l.Lever.Name + ", " + p.Territory.Name, Mark: wording.MarkOf(l.State)}
}

// partDecimals are those of parts of a territory's own total: thirty levers at
// most make a hundred percent, whatever the territory.
const partDecimals = 2

func partCell(l *panorama.Line, p *panorama.Panorama) ui.Cell {
	if why, missing := reasonOf(l); missing {
		return ui.Cell{Missing: why}
	}
	if p.Total.Kg == 0 {
		return ui.Cell{Missing: "Le total est nul."}
	}
	return ui.Cell{Text: wording.Share(float64(l.Objective.Kg)/float64(p.Total.Kg), partDecimals), Explain: wording.FigurePath(l.FigureKey + "/" + panorama.AskOfTotal),
		Name: l.Lever.Name + ", part du total, " + p.Territory.Name}
}

func headCell(l *panorama.Line, p *panorama.Panorama) ui.Cell {
	if why, missing := reasonOf(l); missing {
		return ui.Cell{Missing: why}
	}
	return ui.Cell{Text: french.Number(float64(l.Objective.Kg)/float64(p.Territory.Population), 1), Explain: wording.FigurePath(l.FigureKey + "/" + panorama.AskPerPerson),
		Name: l.Lever.Name + ", par habitant, " + p.Territory.Name}
}

// totalHead is the total per inhabitant, of territories whose figures compare.
func totalHead(p *panorama.Panorama) ui.Cell {
	return ui.Cell{Text: french.Number(float64(p.Total.Kg)/float64(p.Territory.Population), 1),
		Explain: wording.FigurePath(wording.TotalKey(p.Edition, p.Territory.Ref) + "/" + panorama.AskPerPerson), Name: "Total par habitant, " + p.Territory.Name}
}

func totalCell(p *panorama.Panorama) ui.Cell {
	if p.Total.Known == 0 {
		return ui.Cell{Missing: "Aucun levier ne se répartit à cette échelle."}
	}
	return ui.Cell{Text: french.Kt(int64(p.Total.Kg), wording.TableDecimals(p.Total.Kg)), Exact: wording.Exact(p.Total.Kg), Explain: wording.FigurePath(wording.TotalKey(p.Edition, p.Territory.Ref)), Name: p.Territory.Name, Sub: p.Total.Scope}
}
