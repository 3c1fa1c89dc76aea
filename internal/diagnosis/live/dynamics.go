package live

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"

	"jalon/internal/chart"
	"jalon/internal/composition"
	"jalon/internal/document"
	"jalon/internal/french"
	"jalon/internal/panorama"
	"jalon/internal/series"
)

// dynamics is what happens: series, their pace, notes of expertise.
func dynamics(book *series.Book) []block {
	choice := [][2]string{{"", "celle du plus grand levier loin de sa trajectoire"}}
	if book != nil {
		for _, ind := range book.Catalogue.All() {
			choice = append(choice, [2]string{ind.Code, ind.Name + " (" + ind.Unit + ")"})
		}
	}
	return []block{
		{Live: composition.Live{Code: "dynamiques/bilan", Part: composition.Dynamics, Name: "Le rythme des leviers, en bref", Usual: true,
			Help: "Combien de leviers ont le rythme voulu pour 2030, combien ne l’ont pas, combien ne se mesurent pas."}, make: paceInShort},
		{Live: composition.Live{Code: "dynamiques/leviers", Part: composition.Dynamics, Name: "Le rythme, levier par levier", Usual: true,
			Help:    "Pour chaque levier\u00a0: dernière valeur, rythme observé, rythme requis, verdict.",
			Options: []composition.Option{{Name: "leviers", Label: "Leviers montrés", Values: [][2]string{{"mesures", "tous ceux qu’une série mesure"}, {"juges", "ceux que l’on peut juger"}}}}}, make: paces},
		{Live: composition.Live{Code: "dynamiques/serie", Part: composition.Dynamics, Name: "Une série en détail",
			Help:    "La courbe d’un indicateur dans la région, avec sa cible quand elle en a une, et ses valeurs.",
			Options: []composition.Option{{Name: "serie", Label: "Quelle série", Values: choice}}}, make: oneSeries},
		{Live: composition.Live{Code: "dynamiques/biodiversite-ressources", Part: composition.Dynamics, Name: "Biodiversité et ressources\u00a0: ce qui se mesure", Usual: true,
			Help: "Dernière valeur et rythme des séries qui suivent les autres axes, et les sujets que rien ne suit."}, make: natureTrends},
		{Live: composition.Live{Code: "dynamiques/notes", Part: composition.Dynamics, Name: "Les notes d’expertise publiées", Usual: true,
			Help:    "Ce que disent les services, observatoires et opérateurs, signé et daté.",
			Options: []composition.Option{{Name: "forme", Label: "Ce que le document en reprend", Values: [][2]string{{"texte", "les constats en entier"}, {"liste", "la liste seulement"}}}}}, make: notesOfExperts},
	}
}

// sourceOfTrends cites the sources of some curves, once each.
func (r *reading) sourceOfTrends(curves []*series.Curve) []string {
	var names []string
	for _, c := range curves {
		if s := r.Book.SourceTitle(c.Source); !slices.Contains(names, s) {
			names = append(names, s)
		}
	}
	slices.Sort(names)
	if len(names) == 0 {
		return nil
	}
	return []string{"Sources\u00a0: " + strings.Join(names, "\u00a0; ") + ". Rythmes et verdicts calculés par Jalon."}
}

// worstFirst is the order of verdicts.
var worstFirst = []series.Verdict{series.Wrong, series.Behind, series.OnTrack, series.Ahead, series.Insufficient}

// tally sorts the levers of a region: those of each verdict, those that a series
// measures without target, those that none measures.
type tally struct {
	by                   map[series.Verdict][]string
	unjudged, unmeasured []string
	all                  int
}

func tallyOf(all []panorama.LeverTrend) tally {
	t := tally{by: map[series.Verdict][]string{}, all: len(all)}
	for i := range all {
		l := &all[i]
		switch name := l.Line.Lever.ShortName; {
		case l.Main < 0:
			t.unmeasured = append(t.unmeasured, name)
		case l.Verdict() == series.NoTarget:
			t.unjudged = append(t.unjudged, name)
		default:
			t.by[l.Verdict()] = append(t.by[l.Verdict()], name)
		}
	}
	return t
}

func (t tally) off() int { return len(t.by[series.Wrong]) + len(t.by[series.Behind]) }

func (t tally) on() int { return len(t.by[series.OnTrack]) + len(t.by[series.Ahead]) }

// title says the finding, and how far it goes.
func (t tally) title() string {
	judged := t.off() + t.on()
	if judged == 0 {
		measured := t.all - len(t.unmeasured)
		return "Aucun des " + howMany(t.all, "levier", "leviers") + " ne se juge encore\u00a0: " + french.Integer(measured) + nbsp + french.Plural(measured, "est mesuré", "sont mesurés") + ", sans cible dans la même unité"
	}
	rest := t.all - judged
	if t.off() == 0 {
		return upper(howMany(t.on(), "levier a", "leviers ont")) + " le rythme voulu pour 2030, sur " + french.Integer(judged) + " que l’on peut juger et " + french.Integer(t.all) + " en tout"
	}
	return french.Integer(t.off()) + " des " + howMany(judged, "levier", "leviers") + " que l’on peut juger " + french.Plural(t.off(), "n’a pas", "n’ont pas") + " le rythme voulu pour 2030, et " + french.Integer(rest) + " ne se jugent pas"
}

func paceInShort(ctx context.Context, r *reading, _ map[string]string) (composition.Made, error) {
	all, err := r.trends(ctx)
	if err != nil {
		return composition.Made{}, err
	}
	t := tallyOf(all)
	if len(t.unmeasured) == t.all {
		return none("Aucun levier de la région n’est mesuré par une série", "Aucune série du catalogue n’a de valeur pour les leviers de cette région. Une série importée paraîtra ici.", series.YearRule), nil
	}
	table := document.Table{ID: "verdicts", Caption: "Les leviers, par verdict", Columns: []document.Column{{Label: "Verdict"}, {Label: "Leviers", Number: true}, {Label: "Lesquels"}}}
	var bars []chart.Bar
	add := func(label string, names []string, tone chart.Tone) {
		if len(names) == 0 {
			return
		}
		bars = append(bars, chart.Bar{Label: label, Value: float64(len(names)), Text: howMany(len(names), "levier", "leviers"), Tone: tone})
		table.Rows = append(table.Rows, []document.Cell{word(label), word(french.Integer(len(names))), word(strings.Join(names, ", "))})
	}
	tones := map[series.Verdict]chart.Tone{series.Wrong: chart.Scale5, series.Behind: chart.Scale4, series.OnTrack: chart.Scale2, series.Ahead: chart.Scale1, series.Insufficient: chart.Second}
	for _, v := range worstFirst {
		add(upper(v.Label()), t.by[v], tones[v])
	}
	add("Mesuré, sans cible comparable", t.unjudged, chart.Second)
	add("Sans série", t.unmeasured, chart.Second)
	return composition.Made{Title: t.title(), Notes: append(r.sourceOfTrends(mainCurves(all)), series.DefaultRules().Text()...),
		Blocks: []document.Block{document.Chart{ID: "barres-verdicts", Title: "Les " + howMany(t.all, "levier", "leviers") + " de la région, par verdict", Description: "Une barre par verdict, en nombre de leviers.", Drawing: chart.Bars(bars, chart.Target{}), Table: table}}}, nil
}

func mainCurves(all []panorama.LeverTrend) []*series.Curve {
	var out []*series.Curve
	for i := range all {
		if m := all[i].Main; m >= 0 {
			out = append(out, all[i].Trends[m].Curve)
		}
	}
	return out
}

// paces is one row a lever, the worst first, with what measures it.
func paces(ctx context.Context, r *reading, params map[string]string) (composition.Made, error) {
	all, err := r.trends(ctx)
	if err != nil {
		return composition.Made{}, err
	}
	onlyJudged := params["leviers"] == "juges"
	var kept []*panorama.LeverTrend
	measured, judged := 0, 0
	for i := range all {
		l := &all[i]
		if l.Main < 0 {
			continue
		}
		measured++
		if l.Verdict().Given() {
			judged++
		} else if onlyJudged {
			continue
		}
		kept = append(kept, l)
	}
	if len(kept) == 0 {
		why := "Aucune série du catalogue n’a de valeur pour les leviers de cette région."
		if measured > 0 {
			why = upper(howMany(measured, "levier est mesuré", "leviers sont mesurés")) + ", mais aucune cible n’est publiée dans l’unité des séries\u00a0: montrez tous les leviers mesurés pour voir ce qui se passe."
		}
		return none("Aucun levier de la région ne se juge encore", why), nil
	}
	order := append(slices.Clone(worstFirst), series.NoTarget)
	slices.SortStableFunc(kept, func(a, b *panorama.LeverTrend) int {
		return slices.Index(order, a.Verdict()) - slices.Index(order, b.Verdict())
	})
	t := document.Table{ID: "rythmes", Caption: "Les leviers, les plus loin de leur trajectoire d’abord", Columns: []document.Column{{Label: "Levier"}, {Label: "Ce qui est mesuré"}, {Label: "Dernière valeur", Number: true},
		{Label: "Rythme observé", Unit: "par an", Number: true}, {Label: "Rythme requis", Unit: "par an", Number: true}, {Label: "Verdict"}}}
	for _, l := range kept {
		t.Rows = append(t.Rows, paceRow(l))
	}
	t.Note = "Rythme observé\u00a0: sur les trois dernières années de la série, à défaut deux, quatre ou une. Rythme requis\u00a0: ce qui reste jusqu’à la cible de 2030, divisé par les années qui restent."
	title := upper(howMany(measured, "levier est mesuré", "leviers sont mesurés")) + " par une série, dont " + french.Integer(judged) + french.Plural(judged, " se juge", " se jugent") + " face à une cible"
	if measured > 0 && judged == 0 {
		title = upper(howMany(measured, "levier est mesuré", "leviers sont mesurés")) + " par une série, sans cible régionale dans la même unité"
	}
	return composition.Made{Title: title, Blocks: []document.Block{t}, Notes: r.sourceOfTrends(mainCurves(all))}, nil
}

func paceRow(l *panorama.LeverTrend) []document.Cell {
	x := &l.Trends[l.Main]
	ind := x.Curve.Indicator
	what := document.Cell{Text: ind.Name + ", " + ind.Unit}
	verdict := word(x.Judgement.Verdict.Label())
	if x.Judgement.Verdict == series.NoTarget {
		verdict = absent(l.Reason)
	}
	return []document.Cell{leverCell(l.Line.Lever), what, lastCell(x.Curve), paceCell(x.Judgement.Pace, paceKey(x.Curve), "pas deux valeurs assez proches pour mesurer un rythme"),
		paceCell(x.Judgement.Required, "", cmp.Or(l.Reason, "l’année de la cible est passée")), verdict}
}

// lastCell is the last value of a whole year, with its year.
func lastCell(c *series.Curve) document.Cell {
	last, ok := c.Last()
	if !ok {
		return absent("aucune valeur d’année entière")
	}
	return keyed(shown(last.Value)+" ("+strconv.Itoa(last.Year)+")", series.Figure(c.Indicator.Code, c.Territory, last.Year))
}

// paceKey is the address of the judged pace of a curve.
func paceKey(c *series.Curve) string {
	return series.Trends + "/" + c.Indicator.Code + "/" + c.Territory + "/rythme"
}
