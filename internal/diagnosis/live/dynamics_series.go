package live

import (
	"context"
	"math"
	"slices"
	"strconv"

	"jalon/internal/chart"
	"jalon/internal/composition"
	"jalon/internal/document"
	"jalon/internal/figure"
	"jalon/internal/french"
	"jalon/internal/knowledge"
	"jalon/internal/panorama"
	"jalon/internal/series"
)

// oneSeries draws one series of the region with what it aims at.
func oneSeries(ctx context.Context, r *reading, params map[string]string) (composition.Made, error) {
	p, err := r.panorama()
	if err != nil {
		return composition.Made{}, err
	}
	curves, err := r.curves(ctx)
	if err != nil {
		return composition.Made{}, err
	}
	code := params["serie"]
	if code == "" {
		all, err := r.trends(ctx)
		if err != nil {
			return composition.Made{}, err
		}
		if code = telling(all); code == "" {
			return none("Aucune série ne mesure encore un levier de la région", "Aucune série du catalogue n’a de valeur pour les leviers de cette région."), nil
		}
	}
	ind, err := r.Book.Catalogue.Find(code)
	if err != nil {
		return composition.Made{}, err
	}
	c := curves[code]
	if made, ok := r.noValue(ind, c); ok {
		return made, nil
	}
	own, err := r.own(ctx)
	if err != nil {
		return composition.Made{}, err
	}
	x := panorama.TrendOf(r.Book, c, panorama.TargetsFor(&p, ind, own), series.DefaultRules(), r.year())
	title := findingOf(&x)
	made := composition.Made{Title: title, Blocks: []document.Block{document.KeyFigures{Figures: figuresOf(&x)},
		document.Chart{ID: "courbe-" + ind.Code, Title: ind.Name + ", en " + ind.Unit, Description: describe(c), Drawing: curveOf(&x), Table: valuesOf(c)}}}
	made.Notes = append([]string{ind.Counts}, r.sourceOfTrends([]*series.Curve{c})...)
	if t := x.Judgement.Target; t != nil {
		made.Notes = append(made.Notes, "Cible\u00a0: "+shown(t.Value)+nbsp+ind.Unit+" en "+strconv.Itoa(t.Year)+" ("+t.Label+"). "+x.Judgement.Reason)
	} else {
		made.Notes = append(made.Notes, x.Judgement.Reason)
	}
	if n := x.National; n != nil {
		made.Notes = append(made.Notes, "Cible nationale\u00a0: "+shown(n.Value)+nbsp+ind.Unit+" en "+strconv.Itoa(n.Year)+", d’après "+guillemets(r.Book.SourceTitle(n.Source))+". Elle ne juge pas une région.")
	}
	if n := len(c.Revisions); n > 0 {
		made.Notes = append(made.Notes, upper(howMany(n, "valeur a été révisée", "valeurs ont été révisées"))+" depuis une édition plus ancienne.")
	}
	return made, nil
}

// noValue says why there is nothing to draw: no value is known here, or what was
// published was withdrawn.
func (r *reading) noValue(ind *series.Indicator, c *series.Curve) (composition.Made, bool) {
	switch {
	case c == nil || len(c.Points) == 0:
		return none("La série "+guillemets(ind.Name)+" n’a pas de valeur dans la région", "Aucune édition publiée ne donne de valeur de "+guillemets(ind.Name)+" pour cette région. Un import la ferait paraître ici.", ind.Counts), true
	case c.Known() == 0 && !slices.ContainsFunc(c.Points, func(p series.Point) bool { return p.Known }):
		why := c.Points[len(c.Points)-1].Reason
		since := ""
		if !c.At.IsZero() {
			since = ", édition du " + french.Date(c.At)
		}
		return none("La série "+guillemets(ind.Name)+" n’a plus de valeur dans la région", "Ses valeurs ont été retirées"+since+"\u00a0: "+plainly(why)+". Les documents déjà publiés gardent celles d’alors.", r.sourceOfTrends([]*series.Curve{c})...), true
	}
	return composition.Made{}, false
}

// telling is the series of the lever with the largest objective among those that are
// the furthest from their pace, else of the largest that is measured.
func telling(all []panorama.LeverTrend) string {
	for _, set := range [][]series.Verdict{{series.Wrong, series.Behind}, {series.OnTrack, series.Ahead}, {series.Insufficient, series.NoTarget}} {
		for i := range all { // by descending objective
			l := &all[i]
			if l.Main >= 0 && slices.Contains(set, l.Verdict()) {
				return l.Trends[l.Main].Curve.Indicator.Code
			}
		}
	}
	return ""
}

// findingOf is the last value, and what it says.
func findingOf(x *panorama.Trend) string {
	ind := x.Curve.Indicator
	last, ok := x.Curve.Last()
	if !ok {
		return ind.Name + "\u00a0: aucune année entière"
	}
	s := ind.Name + "\u00a0: " + shown(last.Value) + nbsp + ind.Unit + " en " + strconv.Itoa(last.Year)
	if x.Judgement.Verdict.Given() {
		return s + ", " + x.Judgement.Verdict.Label()
	}
	if p := x.Judgement.Pace; p.Known {
		return s + ", " + signed(p.PerYear) + nbsp + ind.PaceUnit()
	}
	return s
}

func figuresOf(x *panorama.Trend) []document.KeyFigure {
	c := x.Curve
	class := figure.Provider
	if c.Terms[0] != nil {
		class = figure.Computed
	}
	first := document.KeyFigure{Label: "Dernière valeur", Missing: "aucune valeur d’année entière"}
	if last, ok := c.Last(); ok {
		first = document.KeyFigure{Label: "Dernière valeur, " + strconv.Itoa(last.Year), Value: shown(last.Value), Unit: c.Indicator.Unit, Class: class.Label(), Figure: series.Figure(c.Indicator.Code, c.Territory, last.Year)}
	}
	pace := func(label string, p series.Pace, why, key string) document.KeyFigure {
		if !p.Known {
			return document.KeyFigure{Label: label, Missing: plainly(why)}
		}
		return document.KeyFigure{Label: label, Value: signed(p.PerYear), Unit: c.Indicator.PaceUnit(), Meaning: years(p.From, p.To), Class: figure.Computed.Label(), Figure: key}
	}
	return []document.KeyFigure{first, pace("Rythme observé", x.Judgement.Pace, "une seule valeur, ou trop éloignée de la précédente", paceKey(c)),
		pace("Rythme requis", x.Judgement.Required, "pas de cible régionale dans cette unité", "")}
}

func describe(c *series.Curve) string {
	from, to := c.Points[0].Year, c.Points[len(c.Points)-1].Year
	if from == to {
		return "Une valeur, en " + strconv.Itoa(to) + "."
	}
	return "Une valeur par point, " + years(from, to) + "\u00a0; le losange est la cible, quand il y en a une."
}

func curveOf(x *panorama.Trend) chart.Drawing {
	c := x.Curve
	points := make([]chart.CurvePoint, 0, len(c.Points))
	for _, p := range c.Points {
		v := chart.CurvePoint{Dated: chart.Dated{Year: p.Year, Value: math.NaN()}, Open: p.Partial}
		if p.Known {
			v.Value, v.Text, v.Href = p.Value, shown(p.Value)+nbsp+c.Indicator.Unit, document.FigurePath(series.Figure(c.Indicator.Code, c.Territory, p.Year))
		}
		points = append(points, v)
	}
	var target *chart.CurveTarget
	if t := x.Judgement.Target; t != nil {
		target = &chart.CurveTarget{Dated: chart.Dated{Year: t.Year, Value: t.Value}, Text: "cible " + strconv.Itoa(t.Year) + "\u00a0: " + shown(t.Value)}
	} else if n := x.National; n != nil {
		target = &chart.CurveTarget{Dated: chart.Dated{Year: n.Year, Value: n.Value}, Text: "cible nationale " + strconv.Itoa(n.Year) + "\u00a0: " + shown(n.Value), Apart: true}
	}
	return chart.CurveDrawing(points, c.Indicator.Every, target, french.Number)
}

// valuesOf is the table of a curve, the last year first.
func valuesOf(c *series.Curve) document.Table {
	t := document.Table{ID: "valeurs-" + c.Indicator.Code, Caption: c.Indicator.Name + ", par année", Columns: []document.Column{{Label: "Année"}, {Label: "Valeur", Unit: c.Indicator.Unit, Number: true}}}
	for _, p := range slices.Backward(c.Points) {
		year := strconv.Itoa(p.Year)
		if p.Partial {
			year += " (incomplète)"
			t.Note = "Une année incomplète est dessinée, et n’entre dans aucun rythme."
		}
		value := absent(p.Reason)
		if p.Known {
			value = keyed(shown(p.Value), series.Figure(c.Indicator.Code, c.Territory, p.Year))
		}
		t.Rows = append(t.Rows, []document.Cell{word(year), value})
	}
	return t
}

// natureTrends is what is measured of biodiversity and resources.
func natureTrends(ctx context.Context, r *reading, _ map[string]string) (composition.Made, error) {
	curves, err := r.curves(ctx)
	if err != nil {
		return composition.Made{}, err
	}
	t := document.Table{ID: "axes-mesures", Caption: "Ce qui se mesure sur les autres axes", Columns: []document.Column{{Label: "Sujet"}, {Label: "Ce qui est mesuré"}, {Label: "Dernière valeur", Number: true},
		{Label: "Rythme sur 3 ans", Unit: "par an", Number: true}, {Label: "À savoir"}}}
	var used []*series.Curve
	all := subjects(r.model.Framework(), r.Book.Nature)
	for _, s := range all {
		c := curves[s.Indicator]
		if c == nil || c.Known() == 0 {
			continue
		}
		used = append(used, c)
		note := word(s.Note)
		if s.Note == "" {
			note = word("se lit avec la cible nationale")
		}
		t.Rows = append(t.Rows, []document.Cell{word(s.Name), word(c.Indicator.Name + ", " + c.Indicator.Unit), lastCell(c), paceCell(c.PaceOver(3), "", "pas de valeur trois ans avant la dernière"), note})
	}
	if len(t.Rows) == 0 {
		return none("Aucun des "+howMany(len(all), "sujet", "sujets")+" de biodiversité et de ressources n’est suivi par une série dans la région", "Aucune série du catalogue ne suit ces sujets dans cette région\u00a0: rien n’est estimé à leur place."), nil
	}
	if rest := len(all) - len(t.Rows); rest > 0 {
		t.Note = upper(howMany(rest, "autre sujet n’est suivi", "autres sujets ne sont suivis")) + " par aucune série dans la région\u00a0: rien n’est estimé à leur place."
	}
	return composition.Made{Title: upper(howMany(len(t.Rows), "sujet", "sujets")) + " de biodiversité et de ressources sur " + french.Integer(len(all)) + french.Plural(len(t.Rows), " est suivi", " sont suivis") + " par une série",
		Blocks: []document.Block{t}, Notes: r.sourceOfTrends(used)}, nil
}

// mostNotes is how many notes of expertise a document quotes in full.
const mostNotes = 6

func notesOfExperts(ctx context.Context, r *reading, params map[string]string) (composition.Made, error) {
	all, err := r.notes(ctx)
	if err != nil {
		return composition.Made{}, err
	}
	if len(all) == 0 {
		return none("Aucune note d’expertise n’est encore publiée", "Les services, observatoires et opérateurs proposent des notes signées\u00a0; celles que l’équipe de la COP publie paraîtront ici."), nil
	}
	made := composition.Made{Title: upper(howMany(len(all), "note d’expertise éclaire", "notes d’expertise éclairent")) + " ce diagnostic", Notes: []string{"Chaque note engage le service qui la signe. Sa page donne ses fichiers et ses versions."}}
	whole := all[:min(len(all), mostNotes)]
	if params["forme"] == "liste" {
		whole = nil
	}
	for _, n := range whole {
		made.Blocks = append(made.Blocks, knowledge.Blocks(n)...)
	}
	rest := all[len(whole):]
	if len(rest) == 0 {
		return made, nil
	}
	t := document.Table{ID: "notes", Caption: "Les notes publiées", Columns: []document.Column{{Label: "Note"}, {Label: "Levier ou sujet"}, {Label: "Signée par"}, {Label: "Date"}}}
	if len(whole) > 0 {
		t.Caption = "Les autres notes publiées"
	}
	for _, n := range rest {
		t.Rows = append(t.Rows, []document.Cell{{Text: n.Title, Href: r.base() + "/notes/" + n.ID}, r.noteAbout(n), word(n.Signature), word(french.Day(n.Day))})
	}
	made.Blocks = append(made.Blocks, t)
	return made, nil
}

// noteAbout is what a note is about: a lever, else a theme.
func (r *reading) noteAbout(n knowledge.Note) document.Cell {
	if l, err := r.model.Framework().Lever(n.Lever); n.Lever != "" && err == nil {
		return leverCell(l)
	}
	if n.Theme != "" {
		return word(knowledge.Named(knowledge.Themes(), n.Theme))
	}
	return absent("la note ne nomme ni levier ni thème")
}
