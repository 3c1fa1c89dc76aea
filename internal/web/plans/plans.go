// Package plans serves what the plans of a region and of its territories aim at,
// beside the panorama, and the forms that keep them.
package plans

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"jalon/internal/db"
	"jalon/internal/exchange"
	"jalon/internal/french"
	"jalon/internal/link"
	"jalon/internal/panorama"
	"jalon/internal/plan"
	"jalon/internal/policy"
	"jalon/internal/territory"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
	"jalon/internal/web/wording"
)

// Deps is what these pages need.
type Deps struct {
	Shell *shell.Shell
	Model func(ctx context.Context) (*panorama.Model, error)
	Q     db.Q
	Room  *plan.Room
	// Cursors seal where a preview goes on.
	Cursors db.Cursors
	// Ambition tells what a region's COP shared for its levers; nil where no room does.
	Ambition func(ctx context.Context, region string) (plan.Ambition, error)
	// Actions are those of the region's COP that are linked to its plans, by the plan or
	// by what it aims at, as far as a reader may read them; nil where no room has any.
	Actions func(ctx context.Context, a policy.Actor, region string) (map[link.End][]ui.Link, error)
}

// Handlers are the handlers of this package by the names of the routes.
func Handlers(d Deps) map[string]shell.Handler {
	return map[string]shell.Handler{"plans": d.page, "plans-csv": d.csv,
		"plan-desk": d.desk, "plan-add": d.add, "plan": d.one, "plan-save": d.save, "plan-aim": d.aim, "plan-aim-save": d.aimSave,
		"plan-import": d.importForm, "plan-stage": d.stage, "plan-model": d.model, "plan-preview": d.preview, "plan-verdicts": d.verdicts, "plan-apply": d.apply}
}

const nb = french.NoBreak

type view struct {
	Title string
	Scope []string
	Tabs  ui.Pages
	Key   []ui.KeyFigure
	Table ui.Table
	Plans ui.Table
	Aside ui.Table
	// Actions are those of the COP that answer the plans.
	Actions ui.Table
	// Documents are the region's own, where it has several; Expected says which are
	// looked for.
	Documents ui.Table
	Expected  string
	Steps     []stepsOf
	Desk      string
	Foot      ui.Source
}

// stepsOf is what was done to the values of a lever before they were compared.
type stepsOf struct {
	Lever string
	Lines []string
}

// comparison reads a region's plans in two statements and compares them.
func (d Deps) comparison(r *http.Request) (plan.Comparison, territory.Region, error) {
	ctx := r.Context()
	m, err := d.Model(ctx)
	if err != nil {
		return plan.Comparison{}, territory.Region{}, err
	}
	region, err := m.Tree().RegionBySlug(r.PathValue("slug"))
	if err != nil {
		return plan.Comparison{}, region, err
	}
	var ambition plan.Ambition
	if d.Ambition != nil {
		if ambition, err = d.Ambition(ctx, region.Code); err != nil {
			return plan.Comparison{}, region, err
		}
	}
	x, err := plan.Read(ctx, d.Q, m, region.Code, ambition)
	return x, region, err
}

func (d Deps) page(w http.ResponseWriter, r *http.Request) error {
	x, region, err := d.comparison(r)
	if err != nil {
		return err
	}
	base := "/regions/" + region.Slug
	v := view{Title: region.Name + nb + ": " + finding(x), Scope: []string{"objectifs indicatifs, proposés à la discussion", "référentiel 2023-24, juillet 2024", "de 2019 à 2030, en ktCO₂e par an"},
		Desk: base + "/bureau/plans",
		Foot: ui.Source{Text: "panorama de l’État, juillet 2024" + nb + "; plans saisis ou importés par les équipes, chacun avec sa source.",
			Downloads: []ui.Link{{Label: "Cette comparaison (CSV)", Href: base + "/plans.csv"}}, Print: true}}
	m, err := d.Model(r.Context())
	if err != nil {
		return err
	}
	v.Tabs = wording.Tabs(m.Tree(), x.Region, wording.TabPlans)
	v.Key = keyFigures(x)
	v.Table, v.Steps = lines(x)
	v.Plans = planTable(x.Plans)
	v.Aside = asideTable(x)
	if v.Actions, err = d.actions(r.Context(), policy.Actor{}, m.Framework(), x.Plans...); err != nil {
		return err
	}
	v.Documents = documentTable(x)
	documents, err := plan.Documents(region.Code)
	if err != nil {
		return err
	}
	v.Expected = plan.Expected(documents)
	page := d.Shell.Page(r, v.Title, "Ce que visent le panorama de l’État, les documents de la région et les plans climat de ses territoires, levier par levier, ramené aux mêmes termes.",
		ui.Link{Label: "France", Href: "/france/panorama"}, ui.Link{Label: "Les COP régionales", Href: "/regions"}, ui.Link{Label: region.Name, Href: base}, ui.Link{Label: "Plans"})
	return d.Shell.Render(w, r, page, comparePage(v))
}

// finding is the title of the page: what the reader learns first.
func finding(x plan.Comparison) string {
	held := 0
	for _, p := range x.Plans {
		if p.State.Holds() {
			held++
		}
	}
	levers := len(x.Lines)
	switch {
	case held == 0:
		return "aucun plan n’est encore enregistré en face du panorama"
	case x.Compared == 0 && x.Summed == 0:
		return french.Integer(held) + nb + french.Plural(held, "plan enregistré", "plans enregistrés") + ", dont aucun objectif ne se compare encore au panorama"
	}
	return "les plans se comparent au panorama sur " + french.Integer(comparable(x)) + " des " + french.Integer(levers) + nb + "leviers"
}

func comparable(x plan.Comparison) int {
	n := 0
	for _, l := range x.Lines {
		if l.Gap.Known || l.Sum.Kt.Known {
			n++
		}
	}
	return n
}

func keyFigures(x plan.Comparison) []ui.KeyFigure {
	below, kt := 0, 0.0
	for _, l := range x.Lines {
		if l.Gap.Known && l.Gap.V < 0 {
			below++
			kt -= l.Gap.V
		}
	}
	regional := ui.KeyFigure{Label: "Document régional", Value: ui.Value{Text: french.Integer(x.Compared), Unit: french.Plural(x.Compared, "levier comparé", "leviers comparés")},
		Meaning: "sur " + french.Integer(len(x.Lines)) + nb + ": les autres disent dans le tableau pourquoi ils ne se comparent pas"}
	gap := ui.KeyFigure{Label: "Là où il vise moins que le panorama", Value: ui.Value{Text: french.Integer(below), Unit: french.Plural(below, "levier", "leviers")},
		Meaning: "soit " + kilotonnes(kt) + " à discuter, sur ces leviers seulement"}
	if x.Compared == 0 {
		gap.Value = ui.Value{Missing: "aucun objectif du document régional ne se compare encore"}
		gap.Meaning = "l’écart se calcule levier par levier"
	}
	return []ui.KeyFigure{regional, gap, {Label: "Plans climat des territoires", Value: ui.Value{Text: french.Integer(x.Summed), Unit: french.Plural(x.Summed, "levier additionné", "leviers additionnés")},
		Meaning: "chaque commune compte une fois, et la part de la population couverte est dite à chaque ligne"}}
}

func kilotonnes(v float64) string {
	return french.Number(v, min(2, max(0, french.Decimals(v, 3)))) + nb + "ktCO₂e"
}

// cellOf writes a figure of a column, or why it is not there.
func cellOf(f plan.Figure, decimals int) ui.Cell {
	if !f.Known {
		return ui.Cell{Missing: f.Reason}
	}
	return ui.Cell{Text: french.Number(f.V, decimals), Exact: french.Number(f.V, 4)}
}

// lines writes the comparison, one lever a line.
func lines(x plan.Comparison) (ui.Table, []stepsOf) {
	t := ui.Table{ID: "comparaison", Caption: "Ce que chacun vise, levier par levier", Columns: []ui.Column{{Label: "Levier", Wide: true},
		{Label: "Panorama", Unit: wording.Kilotonnes, Number: true}, {Label: "Document régional", Unit: wording.Kilotonnes, Number: true}, {Label: "Écart", Unit: "kt", Number: true},
		{Label: "Écart", Unit: "unité du levier", Number: true}, {Label: "Plans climat, total", Unit: wording.Kilotonnes, Number: true}, {Label: "Population couverte", Unit: "%", Number: true},
		{Label: "Ambition de la COP", Unit: wording.Kilotonnes, Number: true}}}
	var steps []stepsOf
	decimals := wording.TableDecimals(x.Region.Total.Kg)
	for _, l := range x.Lines {
		offered := cellOf(l.Panorama.Kt, decimals)
		if l.Panorama.Kt.Known {
			offered.Explain = wording.FigurePath(l.Line.FigureKey)
		}
		regional := ui.Cell{Missing: l.Gap.Reason}
		var said []string
		if len(l.Regional) > 0 {
			s := l.Regional[0]
			if regional = cellOf(s.Effort.Kt, decimals); s.Effort.Kt.Known {
				regional.Sub = s.Plan.Kind.Name() + prefixed(", ", s.Effort.Base)
			}
			for i, s := range l.Regional {
				said = append(said, prefixedAll(s.Plan.Kind.Name()+nb+": ", s.Effort.Steps)...)
				if i == 0 || !s.Speaks {
					continue
				}
				regional.Sub += "\u00a0; " + s.Plan.Kind.Name() + nb + ": " + besides(s.Effort.Kt, decimals)
			}
		}
		difference := cellOf(l.Gap, decimals)
		if l.Gap.Known {
			difference.Explain = wording.FigurePath(plan.Key(l.Line.Lever.Code, x.Region.Territory.Ref.Code))
		}
		gap := cellOf(l.GapChange, 1)
		if l.GapChange.Known {
			gap.Text, gap.Sub = plan.Number(l.GapChange.V), l.Panorama.Unit
		}
		covered := ui.Cell{Missing: l.Sum.Kt.Reason}
		if l.Sum.Kt.Known && l.Sum.Population > 0 {
			covered = ui.Cell{Text: french.Number(100*float64(l.Sum.Covered)/float64(l.Sum.Population), 1)}
		}
		sum := cellOf(l.Sum.Kt, decimals)
		if l.Sum.Estimated {
			sum.Mark = ui.Estimated
		}
		for _, c := range l.Sum.Counted {
			said = append(said, prefixedAll(c.Plan.Name+nb+": ", c.Steps)...)
			if c.Why != "" {
				said = append(said, c.Plan.Name+nb+": compte pour "+french.Percent(c.Share, 3)+", "+c.Why)
			}
		}
		for _, c := range l.Sum.Left {
			said = append(said, c.Plan.Name+nb+": hors du total, "+c.Kt.Reason)
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: l.Line.Lever.ShortName, Href: wording.LeverPath(l.Line.Lever.Code)}, offered, regional, difference, gap, sum, covered, ambitionCell(l, decimals)}})
		if len(said) > 0 {
			steps = append(steps, stepsOf{Lever: l.Line.Lever.ShortName, Lines: said})
		}
	}
	return t, steps
}

// ambitionCell is what the COP shared, with when, and leads to its explanation.
func ambitionCell(l plan.Line, decimals int) ui.Cell {
	c := cellOf(l.Ambition.Kt, decimals)
	c.Sub = strings.Join(l.Ambition.Steps, ", ")
	if l.Ambition.Kt.Known && l.Ambition.Key != "" {
		c.Explain, c.Name = wording.FigurePath(l.Ambition.Key), l.Line.Lever.ShortName
	}
	return c
}

// besides writes what another document of the region does, in short: why it
// cannot be compared is in the table of documents.
func besides(f plan.Figure, decimals int) string {
	if !f.Known {
		return "ne se compare pas"
	}
	return french.Number(f.V, decimals)
}

// documentTable sets every document of the region that speaks of a lever on a
// line of its own, where the region has several.
func documentTable(x plan.Comparison) ui.Table {
	t := ui.Table{ID: "documents", Caption: "Chaque document de la Région, levier par levier", Columns: []ui.Column{{Label: "Levier", Wide: true}, {Label: "Document"}, {Label: "Ce qu’il vise", Unit: wording.Kilotonnes, Number: true},
		{Label: "Écart au panorama", Unit: "kt", Number: true}, {Label: "Niveau en 2030", Unit: "unité du levier", Number: true}}}
	decimals := wording.TableDecimals(x.Region.Total.Kg)
	held := 0
	for _, p := range x.Plans {
		if p.Kind.Regional() && p.State.Holds() {
			held++
		}
	}
	if held < 2 {
		return t
	}
	for _, l := range x.Lines {
		for _, s := range l.Regional {
			if !s.Speaks {
				continue
			}
			level := cellOf(s.Effort.Level, 1)
			if s.Effort.Level.Known {
				level.Text, level.Sub = plan.Number(s.Effort.Level.V), s.Effort.Unit
			}
			t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: l.Line.Lever.ShortName, Href: wording.LeverPath(l.Line.Lever.Code)}, {Text: s.Plan.Kind.Name(), Sub: s.Plan.Name}, cellOf(s.Effort.Kt, decimals), cellOf(l.GapOf(s), decimals), level}})
		}
	}
	return t
}

func prefixed(prefix, text string) string {
	if text == "" {
		return ""
	}
	return prefix + text
}

func prefixedAll(prefix string, all []string) []string {
	out := make([]string, len(all))
	for i, s := range all {
		out[i] = prefix + s
	}
	return out
}

func planTable(plans []plan.Plan) ui.Table {
	t := ui.Table{ID: "plans", Caption: "Les plans enregistrés", Columns: []ui.Column{{Label: "Plan", Wide: true}, {Label: "Type"}, {Label: "Statut"}, {Label: "Adopté le"}, {Label: "Période"}, {Label: "Source"}}}
	for _, p := range plans {
		adopted := ui.Cell{Missing: "la date d’adoption n’a pas été indiquée"}
		if p.Adopted != "" {
			adopted = ui.Cell{Text: french.Day(p.Adopted)}
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: p.Name, Href: p.Link}, {Text: p.Kind.Name(), Sub: p.Kind.Long()}, {Text: p.State.Name()}, adopted, period(p), {Text: p.Source}}})
	}
	return t
}

func period(p plan.Plan) ui.Cell {
	switch {
	case p.From != 0 && p.To != 0:
		return ui.Cell{Text: strconv.Itoa(p.From) + " à " + strconv.Itoa(p.To)}
	case p.To != 0:
		return ui.Cell{Text: "jusqu’en " + strconv.Itoa(p.To)}
	case p.From != 0:
		return ui.Cell{Text: "depuis " + strconv.Itoa(p.From)}
	}
	return ui.Cell{Missing: "la période n’a pas été indiquée"}
}

// asideTable lists what the plans aim at besides the levers of the panorama.
func asideTable(x plan.Comparison) ui.Table {
	names := map[string]string{}
	for _, p := range x.Plans {
		names[p.ID] = p.Name
	}
	t := ui.Table{ID: "autres", Caption: "Les objectifs qui ne sont pas ceux d’un levier du panorama", Columns: []ui.Column{{Label: "Ce que le plan mesure", Wide: true}, {Label: "Plan"}, {Label: "Départ"}, {Label: "Visé"}, {Label: "Page"}}}
	for _, o := range x.Aside {
		what := o.Indicator
		if what == "" {
			what = o.Lever
		}
		base := ui.Cell{Missing: o.Base.Reason}
		if o.Base.Known {
			base = ui.Cell{Text: plan.Exact(o.Base.V) + nb + o.Unit, Sub: strconv.Itoa(o.BaseYear)}
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: what}, {Text: names[o.Plan]}, base, {Text: strings.TrimSpace(o.Written) + nb + o.Unit, Sub: strconv.Itoa(o.TargetYear)}, {Text: o.Page}}})
	}
	return t
}

// csv gives the comparison to a spreadsheet, each missing figure with its reason.
func (d Deps) csv(w http.ResponseWriter, r *http.Request) error {
	x, region, err := d.comparison(r)
	if err != nil {
		return err
	}
	data := exchange.Dataset{Name: "plans-" + region.Slug, Fields: []exchange.Field{{Name: "code_levier"}, {Name: "levier"}, {Name: "panorama_kt", Number: true}, {Name: "document"}, {Name: "document_kt", Number: true},
		{Name: "document_raison"}, {Name: "ecart_kt", Number: true}, {Name: "unite"}, {Name: "ecart_unite", Number: true}, {Name: "plans_climat_kt", Number: true}, {Name: "plans_climat_raison"},
		{Name: "population_couverte", Number: true}, {Name: "population", Number: true}, {Name: "estime"}, {Name: "ambition_cop_kt", Number: true}, {Name: "etapes"}, {Name: "autres_documents"}}}
	data.Rows = func(yield func([]exchange.Datum, error) bool) {
		for _, l := range x.Lines {
			n := func(f plan.Figure) exchange.Datum {
				if !f.Known {
					return exchange.Number("")
				}
				return exchange.Number(exchange.Plain(f.V))
			}
			document, kt, why, steps := "", plan.Figure{}, l.Gap.Reason, []string{}
			if len(l.Regional) > 0 {
				s := l.Regional[0]
				document, kt, why, steps = s.Plan.Name, s.Effort.Kt, s.Effort.Kt.Reason, s.Effort.Steps
			}
			var others []string
			for i, s := range l.Regional {
				if i > 0 && s.Speaks {
					said := s.Effort.Kt.Reason
					if s.Effort.Kt.Known {
						said = plan.Number(s.Effort.Kt.V) + nb + "ktCO₂e"
					}
					others = append(others, s.Plan.Name+nb+": "+said)
				}
			}
			estimated := "non"
			if l.Sum.Estimated {
				estimated = "oui"
			}
			if !yield([]exchange.Datum{exchange.Text(l.Line.Lever.Code), exchange.Text(l.Line.Lever.Name), n(l.Panorama.Kt), exchange.Text(document), n(kt), exchange.Text(why), n(l.Gap), exchange.Text(l.Panorama.Unit), n(l.GapChange),
				n(l.Sum.Kt), exchange.Text(l.Sum.Kt.Reason), exchange.Number(strconv.FormatInt(l.Sum.Covered, 10)), exchange.Number(strconv.FormatInt(l.Sum.Population, 10)), exchange.Text(estimated), n(l.Ambition.Kt), exchange.Text(strings.Join(steps, " ; ")), exchange.Text(strings.Join(others, " ; "))}, nil) {
				return
			}
		}
	}
	return sendCSV(w, data)
}
