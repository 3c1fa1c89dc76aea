package coverages

import (
	"net/http"
	"strconv"

	"jalon/internal/action"
	"jalon/internal/action/coverage"
	"jalon/internal/apperr"
	"jalon/internal/exchange"
	"jalon/internal/framework"
	"jalon/internal/french"
	"jalon/internal/objective"
	"jalon/internal/panorama"
	"jalon/internal/plan"
	"jalon/internal/web/preview"
	"jalon/internal/web/ui"
	"jalon/internal/web/wording"
)

// leverReading is one lever of a region with the actions that are about it.
type leverReading struct {
	reading
	row     row
	brought []action.Brought
	plans   *plan.Line
}

func (d Deps) ofLever(r *http.Request) (x leverReading, err error) {
	if x.reading, err = d.ofRegion(r); err != nil {
		return x, err
	}
	c, ok := x.Cell(r.PathValue("levier"))
	if !ok {
		return x, apperr.NotFoundf("Ce levier n’est pas de ceux de la région.")
	}
	x.row = row{c, x.Panorama.Territory.Ref, x.base + "/" + c.Line.Lever.Code}
	x.brought, err = action.BroughtTo(r.Context(), d.Q, x.Region.Code, c.Line.Lever.Code)
	return x, err
}

func (d Deps) lever(w http.ResponseWriter, r *http.Request) error {
	x, err := d.ofLever(r)
	if err != nil {
		return err
	}
	ambition, err := objective.Ambition(r.Context(), d.Q, x.model, x.Region.Code)
	if err != nil {
		return err
	}
	all, err := plan.Read(r.Context(), d.Q, x.model, x.Region.Code, ambition)
	if err != nil {
		return err
	}
	for _, l := range all.Lines {
		if l.Line.Lever.Code == x.row.Line.Lever.Code {
			x.plans = &l
		}
	}
	c, lever := x.row.Cell, x.row.Line.Lever
	v := view{Heading: ui.Heading{Overline: "Couverture d’un levier, " + x.Region.Name, Title: lever.Name + nb + ": " + leverFinding(c), Scope: []string{"ktCO₂e par an en 2030, par rapport à 2019", "objectif indicatif", whose(c)}},
		Pages: wording.RegionTabs(x.Region, wording.TabCoverage)}
	if c.Gross() {
		v.Notices = append(v.Notices, ui.Alert{State: "warning", Title: "Une quantité brute est tenue contre un objectif net", Text: action.GrossNote})
	}
	v.Figures = x.figures()
	v.Sections = []section{x.waterfall(), x.notes(), x.actions(), x.begun(), x.rampUp()}
	if s, ok := x.declared(); ok {
		v.Sections = append(v.Sections, s)
	}
	v.Sections = append(v.Sections, rules(false))
	base := "/regions/" + x.Region.Slug
	v.Foot = ui.Source{Text: "actions retenues par la COP" + nb + "; séries observées" + nb + "; plans enregistrés" + nb + "; panorama de l’État (juillet 2024).", Print: true,
		Sources:   []ui.Link{{Label: "Les actions de la COP sur ce levier", Href: base + "/actions?levier=" + lever.Code}, {Label: "Ce qui aide ce levier", Href: wording.LeverPath(lever.Code) + "/mesures"}, {Label: "Le levier dans toutes les régions", Href: wording.LeverPath(lever.Code)}, {Label: "Tous les leviers", Href: x.base}},
		Downloads: []ui.Link{{Label: "Les actions de ce levier (CSV)", Href: x.row.href + "/actions.csv"}}}
	return d.show(w, r, v, "Ce qui est déjà fait, attendu des actions retenues et reste à trouver pour un levier.", wording.RegionTrail(x.Region, ui.Link{Label: "Couverture", Href: x.base}, ui.Link{Label: lever.ShortName})...)
}

func whose(c coverage.Cell) string {
	if c.Objective.Origin == coverage.Shared {
		return "objectif partagé par la COP le " + french.Day(c.Objective.On)
	}
	return "objectif proposé par le panorama de l’État"
}

func leverFinding(c coverage.Cell) string {
	planned, ok := c.PlannedPart()
	if !ok {
		return "sans objectif connu, rien n’est à couvrir"
	}
	text := percent(planned) + " de l’objectif attendus des actions retenues"
	if c.Planned.Actions == 0 {
		text = "aucune action retenue et chiffrée n’est attendue"
	} else if c.Gross() {
		text += " (en brut)"
	}
	if done, ok := c.DonePart(); ok {
		return text + ", " + percent(done) + " faits en " + strconv.Itoa(c.Done.Year)
	}
	return text
}

// figures are the three parts, each with its range and where it comes from.
func (x leverReading) figures() []ui.KeyFigure {
	c := x.row.Cell
	value := func(kg panorama.Kg, p coverage.Part, name string) ui.Value {
		return ui.Value{Text: french.Significant(kg.Kt(), 4), Unit: kilotonnes, Exact: wording.Exact(kg), Provenance: "computed", ProvenanceLabel: "calculé par Jalon", Explain: wording.FigurePath(x.row.key(p)), Name: name}
	}
	ranged := func(v ui.Value, r coverage.Range) ui.Value {
		if low, high := french.Significant(r.Low.Kt(), 4), french.Significant(r.High.Kt(), 4); low != high {
			v.Range = "entre " + low + " et " + high
		}
		return v
	}
	done, meaning := ui.Value{Missing: c.Done.Kg.Reason}, ""
	if c.Done.Kg.Known {
		done = ranged(value(c.Done.Kg.Kg, coverage.DoneIs, "déjà fait"), coverage.Range{Low: c.Done.Kg.Kg - c.Done.Slack, Central: c.Done.Kg.Kg, High: c.Done.Kg.Kg + c.Done.Slack})
		meaning = c.Done.Indicator.Name + nb + ": de " + french.Significant(c.Done.From, 4) + " en 2019 à " + french.Significant(c.Done.To, 4) + " en " + strconv.Itoa(c.Done.Year) + " (" + c.Done.Indicator.Unit + ")."
		if c.Done.Kg.Kg < 0 {
			meaning = "L’observé recule. " + meaning
		}
	}
	planned := ui.Value{Missing: "Aucune action retenue et chiffrée n’est attendue pour ce levier."}
	if c.Planned.Actions > 0 {
		planned = ranged(value(c.Planned.Kg.Central, coverage.PlannedIs, "attendu des actions"), c.Planned.Kg)
	}
	rest, left := ui.Value{Missing: c.Rest.Reason}, ""
	if c.Rest.Known {
		rest = ranged(value(c.Rest.Central, coverage.RestIs, "reste à trouver"), c.Rest.Range)
		left = "Sur un objectif de " + french.Significant(c.Objective.Kg.Kt(), 4) + nb + kilotonnes + inUnit(c, c.Objective.Kg) + "."
		if c.Rest.Central < 0 {
			left += " L’objectif est dépassé."
		}
		if c.Rest.WithoutDone {
			left += " Sans compter ce qui est déjà fait (aucune série)."
		}
	}
	return []ui.KeyFigure{{Label: "Déjà fait depuis 2019", Value: done, Meaning: meaning}, {Label: "Attendu des actions retenues", Value: planned, Meaning: french.Integer(c.Planned.Actions) + nb + french.Plural(c.Planned.Actions, "action comptée", "actions comptées") + expectedUnit(c) + "."},
		{Label: "Reste à trouver", Value: rest, Meaning: left}}
}

// inUnit writes a mass in the unit of the lever, empty when it has none that adds up.
func inUnit(c coverage.Cell, kg panorama.Kg) string {
	e := c.Line.Equiv
	if e.Reason != "" || e.Ratio == 0 || e.Kind == framework.Rate {
		return ""
	}
	return ", soit " + french.Significant(panorama.ToChange(kg, e.Ratio), 4) + nb + e.UnitShort
}

func expectedUnit(c coverage.Cell) string {
	if c.Planned.Actions == 0 {
		return ""
	}
	return inUnit(c, c.Planned.Kg.Central)
}

// waterfall goes from the objective to the gap; what plans aim at is a mark beside it,
// for it holds what actions and what is done hold too.
func (x leverReading) waterfall() section {
	c := x.row.Cell
	s := section{ID: "cascade", Title: "De l’objectif à ce qui reste à trouver"}
	if !c.Objective.Known {
		s.Lead = []string{"Sans objectif connu, il n’y a pas de cascade. " + c.Objective.Reason}
		return s
	}
	t := ui.Table{ID: "cascade-table", Caption: "Les mêmes étapes, en tableau", Columns: []ui.Column{{Label: "Étape"}, {Label: "Valeur", Unit: kilotonnes, Number: true}, {Label: "Ce que c’est", Wide: true}}}
	chart := &ui.Stacks{ID: "cascade-dessin", Title: "Objectif, moins ce qui est fait, moins ce qui est attendu", Description: "Chaque barre part d’où la précédente s’arrête" + nb + "; la dernière est ce qui reste. Les plans sont un repère, à part.", TableHref: "#cascade-table"}
	add := func(name, text, what string, pieces ...ui.Piece) {
		chart.Rows = append(chart.Rows, ui.Stack{Name: name, Text: text, Pieces: pieces})
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: name}, {Text: text}, {Text: what}}})
	}
	skip := func(name, reason string) {
		chart.Rows = append(chart.Rows, ui.Stack{Name: name, Missing: reason})
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: name}, {Missing: reason}, {}}})
	}
	decimals := wording.TableDecimals(c.Objective.Kg)
	number := func(kg panorama.Kg) string { return french.Number(kg.Kt(), decimals) }
	at := c.Objective.Kg.Kt()
	add("Objectif", number(c.Objective.Kg), whose(c), ui.Piece{From: 0, To: at, Look: ui.Filled})
	step := func(name string, kg panorama.Kg, what string, look ui.Look) {
		if kg < 0 {
			look = ui.Back
		}
		add(name, number(-kg), what, ui.Piece{From: at, To: at - kg.Kt(), Look: look})
		at -= kg.Kt()
	}
	if c.Done.Kg.Known {
		step("Déjà fait depuis 2019", c.Done.Kg.Kg, "observé jusqu’en "+strconv.Itoa(c.Done.Year), ui.Filled)
	} else {
		skip("Déjà fait depuis 2019", c.Done.Kg.Reason)
	}
	for _, m := range x.marks() {
		if m.known {
			add(m.name, number(m.kg), m.what, ui.Piece{From: 0, To: m.kg.Kt(), Look: ui.Hollow})
		} else {
			skip(m.name, m.what)
		}
	}
	if c.Planned.Actions > 0 {
		step("Attendu des actions retenues", c.Planned.Kg.Central, french.Integer(c.Planned.Actions)+nb+french.Plural(c.Planned.Actions, "action", "actions"), ui.Light)
	} else {
		skip("Attendu des actions retenues", "Aucune action retenue et chiffrée.")
	}
	look := ui.Hollow
	if c.Rest.Central < 0 {
		look = ui.Back
	}
	what := "objectif moins les deux"
	if c.Rest.WithoutDone {
		what = "sans compter ce qui est déjà fait (aucune série)"
	}
	add("Reste à trouver", number(c.Rest.Central), what, ui.Piece{From: 0, To: c.Rest.Central.Kt(), Look: look})
	s.Chart, s.Table = chart, t
	s.Lead = []string{"Ce que visent les plans ne s’ajoute à rien ici" + nb + ": un plan en vigueur vise tout le chemin depuis 2019, et des actions retenues le mettent en œuvre. Il se lit comme un repère."}
	return s
}

// mark is what plans in force aim at.
type mark struct {
	name, what string
	kg         panorama.Kg
	known      bool
}

func (x leverReading) marks() (out []mark) {
	add := func(name string, f plan.Figure, what string) {
		m := mark{name: name, what: "Rien à montrer" + nb + ": " + f.Reason + "."}
		if f.Known {
			m.kg, m.known, m.what = panorama.Kg(f.V*panorama.KgPerKt), true, what
		}
		out = append(out, m)
	}
	if x.plans == nil {
		return nil
	}
	if len(x.plans.Regional) > 0 && x.plans.Regional[0].Speaks {
		add("Repère"+nb+": document de la Région", x.plans.Regional[0].Effort.Kt, x.plans.Regional[0].Plan.Name)
	}
	sum := x.plans.Sum
	add("Repère"+nb+": plans des territoires", sum.Kt, french.Integer(len(sum.Counted))+nb+french.Plural(len(sum.Counted), "document", "documents")+", pour les communes qu’ils couvrent")
	return out
}

// notes are what the expected part holds and leaves out.
func (x leverReading) notes() section {
	s := section{ID: "a-savoir", Title: "Ce qu’il faut savoir de ces chiffres", List: x.row.Notes()}
	if x.row.Done.Slack > 0 {
		s.List = append(s.List, "La série observée est publiée arrondie"+nb+": ce qui est fait est connu à "+french.Significant(x.row.Done.Slack.Kt(), 3)+nb+"kt près.")
	}
	if len(s.List) == 0 {
		s.Lead = []string{"Rien de particulier" + nb + ": aucune action n’est mise à part."}
	}
	return s
}

// leverCSV gives the retained actions of a lever to a spreadsheet.
func (d Deps) leverCSV(w http.ResponseWriter, r *http.Request) error {
	x, err := d.ofLever(r)
	if err != nil {
		return err
	}
	data := exchange.Dataset{Name: "couverture-" + x.Region.Slug + "-" + x.row.Line.Lever.Code, Fields: []exchange.Field{{Name: "action"}, {Name: "titre"}, {Name: "porteur"}, {Name: "classe"}, {Name: "quantite", Number: true}, {Name: "unite"}, {Name: "brute"}, {Name: "apport_kt", Number: true}, {Name: "apport_bas_kt", Number: true}, {Name: "apport_haut_kt", Number: true},
		{Name: "part_comptee", Number: true}, {Name: "ou_elle_compte"}, {Name: "debut"}, {Name: "fin"}, {Name: "statut"}, {Name: "cle"}}}
	kt := func(kg *panorama.Kg) exchange.Datum {
		if kg == nil {
			return exchange.Number("")
		}
		return exchange.Number(exchange.Plain(kg.Kt()))
	}
	data.Rows = func(yield func([]exchange.Datum, error) bool) {
		for _, b := range x.brought {
			quantity, gross := exchange.Number(""), "non"
			if b.Impact.Quantity != nil {
				quantity = exchange.Number(exchange.Plain(*b.Impact.Quantity))
			}
			if b.Impact.Gross {
				gross = "oui"
			}
			if !yield([]exchange.Datum{exchange.Text(b.Action.ID), exchange.Text(b.Action.Title), exchange.Text(b.Action.Holder.Name), exchange.Text(b.Impact.Class.Name()), quantity, exchange.Text(b.Impact.Unit), exchange.Text(gross), kt(b.Impact.Kg), kt(b.Impact.KgLow), kt(b.Impact.KgHigh),
				exchange.Number(exchange.Plain(float64(b.Counted) / 10_000)), exchange.Text(x.standing(b)), exchange.Text(b.Action.Starts), exchange.Text(b.Action.Ends), exchange.Text(action.Named(action.Statuses(), b.Action.Status)), exchange.Text(coverage.ActionKey(b.Action.ID, x.row.Line.Lever.Code))}, nil) {
				return
			}
		}
	}
	return preview.SendCSV(w, data)
}
