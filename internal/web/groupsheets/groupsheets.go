// Package groupsheets serves the own sheet of an EPCI: its share of the objectives, the
// actions that touch it, what it answered, its plans, the aids that it can ask for now, on
// two pages of paper.
package groupsheets

import (
	"bytes"
	"cmp"
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"jalon/internal/action"
	"jalon/internal/action/coverage"
	"jalon/internal/db"
	"jalon/internal/document"
	"jalon/internal/french"
	"jalon/internal/panorama"
	"jalon/internal/plan"
	"jalon/internal/policy"
	"jalon/internal/support/aid"
	"jalon/internal/survey"
	"jalon/internal/territory"
	"jalon/internal/web/paper"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
	"jalon/internal/web/wording"
)

const nb = french.NoBreak

// Deps is what these pages need.
type Deps struct {
	Shell    *shell.Shell
	Model    func(ctx context.Context) (*panorama.Model, error)
	Q        db.Q
	Now      func() time.Time
	Register *action.Room
	Coverage *coverage.Room
	Aid      *aid.Room
}

// Handlers are the handlers of this package by the names of the routes.
func Handlers(d Deps) map[string]shell.Handler {
	return map[string]shell.Handler{"group-sheet": d.page, "group-sheet-odt": d.odt}
}

// How many lines of each table one page of paper holds; what is left out is counted and
// led to.
const (
	mostLevers  = 6
	mostActions = 4
	mostAids    = 4
	mostPlans   = 3
)

// sheet is what is drawn.
type sheet struct {
	coverage.Coverage
	model *panorama.Model
	ref   territory.Ref
	name  string
	path  string
	actor policy.Actor
}

func (d Deps) read(r *http.Request) (x sheet, err error) {
	if x.model, err = d.Model(r.Context()); err != nil {
		return x, err
	}
	x.ref = territory.Ref{Scale: territory.EPCI, Code: r.PathValue("code")}
	if _, err := x.model.Tree().EPT(x.ref.Code); err == nil {
		x.ref.Scale = territory.EPT
	}
	if x.Coverage, err = d.Coverage.OfGroup(r.Context(), d.Q, x.ref); err != nil {
		return x, err
	}
	x.name, x.path, x.actor = x.Panorama.Territory.Name, "/epci/"+x.ref.Code, shell.Actor(r)
	return x, nil
}

func (d Deps) page(w http.ResponseWriter, r *http.Request) error {
	x, doc, err := d.document(r)
	if err != nil {
		return err
	}
	page := d.Shell.Page(r, doc.Title, "Part des objectifs, actions, réponses, plans et aides de cette intercommunalité, sur une page.", append(wording.Trail(x.model.Tree(), x.Panorama.Territory), ui.Link{Label: "Fiche"})...)
	page.Styles = append(page.Styles, paper.Stylesheet())
	return d.Shell.Render(w, r, page, onePage(x.tabs(), doc, x.path))
}

func (d Deps) odt(w http.ResponseWriter, r *http.Request) error {
	x, doc, err := d.document(r)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := document.WriteODT(&b, doc); err != nil {
		return err
	}
	name := "fiche-" + x.ref.Code + ".odt"
	if d.Shell.Demo {
		name = shell.DemoName(name)
	}
	h := w.Header()
	h.Set("Content-Type", "application/vnd.oasis.opendocument.text")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Disposition", `attachment; filename="`+name+`"`)
	h.Set("Content-Length", strconv.Itoa(b.Len()))
	_, _ = w.Write(b.Bytes()) // whoever left does not need to hear that they left
	return nil
}

func (x sheet) tabs() ui.Pages { return wording.Tabs(x.model.Tree(), x.Panorama, wording.TabSheet) }

// document is the sheet, in one part that a page of paper holds.
func (d Deps) document(r *http.Request) (x sheet, doc document.Document, err error) {
	if x, err = d.read(r); err != nil {
		return x, doc, err
	}
	doc = document.Document{Kind: "fiche-epci", Title: x.name + nb + ": la fiche de l’intercommunalité", Subtitle: "Planification écologique, " + french.Plural(len(x.Panorama.Regions), "une région", "plusieurs régions"), Day: d.Now().UTC().Format(time.DateOnly),
		Scope: []string{"ktCO₂e par an en 2030, par rapport à 2019", "parts indicatives"}, Demo: d.Shell.Demo, Address: d.Shell.Absolute(x.path + "/fiche"), Sheets: true}
	doc.Subtitle = "Planification écologique"
	part := document.Part{ID: "objectifs", Title: x.name + nb + ": " + x.finding(), Blocks: []document.Block{
		x.keys(), x.levers()}, Notes: []string{"Panorama de l’État, objectifs partagés et actions retenues des COP. Une part indicative est un ordre de grandeur, qui ne s’impose à personne" + nb + "; un chiffre qui manque n’est pas zéro. Tous les leviers" + nb + ": " + d.Shell.Absolute(x.path+"/couverture")}}
	acts, err := d.actions(r, x)
	if err != nil {
		return x, doc, err
	}
	part.Blocks = append(part.Blocks, acts)
	for _, of := range []func(*http.Request, sheet) ([]document.Block, error){d.answers, d.plans, d.aids} {
		blocks, err := of(r, x)
		if err != nil {
			return x, doc, err
		}
		part.Blocks = append(part.Blocks, blocks...)
	}
	doc.Parts = []document.Part{part}
	return x, doc, nil
}

func (x sheet) finding() string {
	t := x.Total
	switch {
	case t.Objective <= 0:
		return "aucune part d’objectif n’est connue"
	case t.Actions == 0:
		return "une part indicative de " + wording.Mass(t.Objective) + ", sans action retenue et chiffrée"
	}
	return wording.Mass(t.Planned.Central) + " attendues d’actions, sur une part indicative de " + wording.Mass(t.Objective)
}

func (x sheet) keys() document.KeyFigures {
	t := x.Total
	key := func(part coverage.Part) string { return coverage.Key(coverage.AllLevers, x.ref, part) }
	figure := func(label string, kg panorama.Kg, part coverage.Part, known bool, reason string) document.KeyFigure {
		f := document.KeyFigure{Label: label, Missing: reason}
		if known {
			f.Value, f.Unit, f.Figure, f.Missing = french.Number(kg.Kt(), wording.TableDecimals(t.Objective)), wording.Kilotonnes, key(part), ""
		}
		return f
	}
	return document.KeyFigures{Figures: []document.KeyFigure{
		figure("Part indicative", t.Objective, coverage.AimIs, t.Levers > 0, "Aucune part n’est connue."),
		figure("Attendu des actions retenues", t.Planned.Central, coverage.PlannedIs, t.Actions > 0, "Aucune action retenue et chiffrée."),
		figure("Reste à trouver, levier par levier", t.Gap, coverage.GapIs, t.Levers > 0, "Aucune part n’est connue."),
	}}
}

// heaviest are its levers, those whose part is the largest first.
func (x sheet) heaviest() []coverage.Cell {
	cells := slices.Clone(x.Cells)
	slices.SortStableFunc(cells, func(a, b coverage.Cell) int {
		switch {
		case a.Objective.Known != b.Objective.Known && a.Objective.Known:
			return -1
		case a.Objective.Known != b.Objective.Known:
			return 1
		}
		return cmp.Compare(b.Objective.Kg, a.Objective.Kg)
	})
	return cells
}

// levers are those whose part is the largest.
func (x sheet) levers() document.Table {
	t := document.Table{ID: "leviers", Caption: "Ses leviers les plus lourds", Columns: []document.Column{{Label: "Levier"}, {Label: "Part indicative", Unit: wording.Kilotonnes, Number: true}, {Label: "Attendu", Unit: wording.Kilotonnes, Number: true}, {Label: "Reste", Unit: wording.Kilotonnes, Number: true}, {Label: "Actions", Number: true}}}
	cells := x.heaviest()
	decimals := wording.TableDecimals(x.Total.Objective)
	for _, c := range cells[:min(len(cells), mostLevers)] {
		code := c.Line.Lever.Code
		row := []document.Cell{{Text: c.Line.Lever.ShortName, Href: wording.LeverPath(code)}}
		mass := func(kg panorama.Kg, key string) document.Cell {
			return document.Cell{Text: french.Number(kg.Kt(), decimals), Figure: key}
		}
		if c.Objective.Known {
			row = append(row, mass(c.Objective.Kg, c.Objective.Key))
		} else {
			row = append(row, document.Cell{Missing: c.Objective.Reason})
		}
		if c.Planned.Actions > 0 {
			row = append(row, mass(c.Planned.Kg.Central, coverage.Key(code, x.ref, coverage.PlannedIs)))
		} else {
			row = append(row, document.Cell{Missing: "Aucune action retenue et chiffrée ici."})
		}
		if c.Rest.Known {
			row = append(row, mass(c.Rest.Central, coverage.Key(code, x.ref, coverage.RestIs)))
		} else {
			row = append(row, document.Cell{Missing: c.Rest.Reason})
		}
		t.Rows = append(t.Rows, append(row, document.Cell{Text: french.Integer(c.Planned.Actions + c.Planned.Qualitative + c.Planned.Unassessed)}))
	}
	if n := len(cells) - mostLevers; n > 0 {
		t.Note = french.Integer(n) + nb + french.Plural(n, "autre levier est", "autres leviers sont") + " sur la page de couverture."
	}
	return t
}

// actions are those that it holds first, then those that take place in its communes.
func (d Deps) actions(r *http.Request, x sheet) (t document.Table, err error) {
	t = document.Table{ID: "actions", Caption: "Les actions\u00a0: les siennes, celles de chez elle, puis celles d’autour", Columns: []document.Column{{Label: "Action"}, {Label: "Porteur"}, {Label: "État"}, {Label: "Fin"}}}
	rows, err := d.touching(r, x)
	if err != nil {
		return t, err
	}
	mine := func(a action.Row) bool { return a.HolderOrg == x.authority() }
	slices.SortStableFunc(rows, func(a, b action.Row) int {
		switch {
		case mine(a) == mine(b):
			return 0
		case mine(a):
			return -1
		}
		return 1
	})
	for _, a := range rows[:min(len(rows), mostActions)] {
		holder, ends := document.Cell{Text: a.Holder}, document.Cell{Text: a.Ends}
		if mine(a) {
			holder.Text = "elle-même"
		} else if holder.Text == "" {
			holder = document.Cell{Missing: "Le porteur n’est pas dit."}
		}
		if a.Ends == "" {
			ends = document.Cell{Missing: "La fin n’est pas dite."}
		}
		t.Rows = append(t.Rows, []document.Cell{{Text: a.Title, Href: wording.ActionPath(a.ID)}, holder, {Text: a.State.Name()}, ends})
	}
	switch n := len(rows) - mostActions; {
	case len(rows) == 0:
		t.Note = "Aucune action que vous puissiez lire n’a lieu dans ses communes, son département ou sa région."
	case n > 0:
		t.Note = french.Integer(n) + nb + french.Plural(n, "autre action est", "autres actions sont") + " dans le registre de la région."
	}
	return t, nil
}

// touching are the actions that a reader may read there: first those that take place in
// its communes, what both heads retained before the others, then those of the whole
// département or region around it that are retained.
func (d Deps) touching(r *http.Request, x sheet) ([]action.Row, error) {
	inside, err := action.Inside(x.model.Tree(), x.ref)
	if err != nil {
		return nil, err
	}
	around, err := action.Around(x.model.Tree(), x.ref)
	if err != nil {
		return nil, err
	}
	var rows []action.Row
	for _, f := range []action.Filter{{Places: inside, States: []action.State{action.Retained}}, {Places: inside, States: []action.State{action.Debated, action.Qualified, action.Proposed}}, {Places: around, States: []action.State{action.Retained}}} {
		f.Order = action.ByChange
		page, err := d.Register.List(r.Context(), d.Q, x.actor, f, "", 100)
		if err != nil {
			return nil, err
		}
		for _, a := range page.Rows {
			if !slices.ContainsFunc(rows, func(o action.Row) bool { return o.ID == a.ID }) {
				rows = append(rows, a)
			}
		}
	}
	return rows, action.Dress(r.Context(), d.Q, rows)
}

// answers are those to the questionnaire: who may read them reads where they are, anyone
// else that they are not public.
func (d Deps) answers(r *http.Request, x sheet) ([]document.Block, error) {
	all, err := survey.ResponsesOf(r.Context(), d.Q, x.authority())
	if err != nil {
		return nil, err
	}
	var items []document.Span
	for _, one := range all {
		if policy.Can(x.actor, policy.Read, one.Thing()) {
			items = append(items, document.Span{Text: wording.Upper(one.State.Name()) + nb + ": "}, document.Span{Text: "la lire à côté de celles d’intercommunalités comparables", Href: "/reponses/" + one.ID + "/fiche"}, document.Span{Text: ". "})
		}
	}
	title := document.Text{Spans: []document.Span{{Text: "Ce qu’elle a répondu au questionnaire. ", Bold: true}}}
	switch {
	case len(all) == 0:
		title.Spans = append(title.Spans, document.Span{Text: "Aucune campagne ne lui a été adressée."})
	case len(items) == 0:
		title.Spans = append(title.Spans, document.Span{Text: "Réservé à elle et à l’équipe de la COP, une fois connecté."})
	default:
		title.Spans = append(title.Spans, items...)
	}
	return []document.Block{title}, nil
}

// plans are its own, as its region's list holds them.
func (d Deps) plans(r *http.Request, x sheet) ([]document.Block, error) {
	var items []string
	for _, region := range x.Panorama.Regions {
		all, err := plan.OfRegion(r.Context(), d.Q, region.Code)
		if err != nil {
			return nil, err
		}
		for _, p := range all {
			if p.Territory == x.ref.String() && len(items) < mostPlans {
				items = append(items, p.Name+years(p))
			}
		}
	}
	title := document.Text{Spans: []document.Span{{Text: "Ses plans. ", Bold: true}}}
	said := "Aucun plan (PCAET ou autre) n’est encore dans la liste de la région."
	if len(items) > 0 {
		said = strings.Join(items, "\u00a0; ") + "."
	}
	title.Spans = append(title.Spans, document.Span{Text: said})
	return []document.Block{title}, nil
}

func years(p plan.Plan) string {
	switch {
	case p.From > 0 && p.To > 0:
		return ", de " + strconv.FormatInt(int64(p.From), 10) + " à " + strconv.FormatInt(int64(p.To), 10)
	case p.Adopted != "":
		return ", adopté le " + french.Day(p.Adopted)
	}
	return ""
}

// aids are those that an EPCI can ask for today where it is: first those of its heaviest
// levers, one each in turn, then the others.
func (d Deps) aids(r *http.Request, x sheet) ([]document.Block, error) {
	f := aid.Filter{Audience: "epci", Place: x.ref.String()}
	every, err := d.Aid.List(r.Context(), f, "", mostAids)
	if err != nil {
		return nil, err
	}
	var shown []aid.Aid
	about := map[string]string{} // the lever that brought each
	add := func(list []aid.Aid, lever string, most int) {
		for _, a := range list {
			if most == 0 || len(shown) == mostAids {
				return
			}
			if !slices.ContainsFunc(shown, func(o aid.Aid) bool { return o.ID == a.ID }) {
				shown, about[a.ID], most = append(shown, a), lever, most-1
			}
		}
	}
	for _, c := range x.heaviest() {
		if len(shown) == mostAids {
			break
		}
		of := f
		of.Lever = c.Line.Lever.Code
		page, err := d.Aid.List(r.Context(), of, "", mostAids)
		if err != nil {
			return nil, err
		}
		add(page.Aids, c.Line.Lever.ShortName, 1)
	}
	add(every.Aids, "", mostAids)
	t := document.Table{ID: "aides", Caption: "Des aides qu’elle peut demander, pour ses leviers les plus lourds", Columns: []document.Column{{Label: "Aide"}, {Label: "Pour le levier"}, {Label: "Qui aide, et comment"}}, Note: "Toutes les aides" + nb + ": " + d.Shell.Absolute("/aides?"+f.Query())}
	for _, a := range shown {
		how := document.Cell{Text: strings.Join(slices.DeleteFunc([]string{a.Holder(), aid.Names(aid.Types(), a.Types)}, func(s string) bool { return s == "" }), nb+": ")}
		if how.Text == "" {
			how = document.Cell{Missing: "La source ne le dit pas."}
		}
		lever := document.Cell{Text: about[a.ID]}
		if lever.Text == "" {
			lever.Text = "un autre"
		}
		t.Rows = append(t.Rows, []document.Cell{{Text: a.Name, Href: a.Path()}, lever, how})
	}
	if n := every.Total - len(shown); n > 0 {
		t.Note = french.Integer(n) + nb + french.Plural(n, "autre aide", "autres aides") + " dans le catalogue. " + t.Note
	}
	return []document.Block{t}, nil
}

// authority is its id among the authorities that answer and hold.
func (x sheet) authority() string { return string(x.ref.Scale) + "-" + x.ref.Code }
