package trends

import (
	"bytes"
	"fmt"
	"iter"
	"net/http"
	"slices"
	"strconv"

	"jalon/internal/exchange"
	"jalon/internal/french"
	"jalon/internal/knowledge"
	"jalon/internal/panorama"
	"jalon/internal/series"
	"jalon/internal/territory"
	"jalon/internal/web/ui"
	"jalon/internal/web/wording"
)

// oneView is the page of one indicator in one territory.
type oneView struct {
	Heading   ui.Heading
	Tabs      ui.Pages
	Figures   []ui.KeyFigure
	Mark      ui.VerdictMark
	Reason    string
	Target    string
	National  string
	Chart     ui.Curve
	Values    ui.Table
	Revisions *ui.Table
	Rank      string
	NoRank    string
	Ranking   *ui.Table
	Facts     ui.Table
	Levers    []ui.Link
	Notes     []ui.Link // what experts say of these levers here
	Rules     []string
	Source    ui.Source
}

func (d Deps) one(w http.ResponseWriter, r *http.Request, t *place) error {
	c, err := d.indicator(r, t)
	if err != nil {
		return err
	}
	ind := c.Indicator
	x := panorama.TrendOf(d.Book, c, panorama.TargetsFor(&t.p, ind, t.own), series.DefaultRules(), t.year)
	path := t.base + "/tendances/" + ind.Code
	v := oneView{Tabs: t.tabs(wording.TabTrends), Mark: *mark(x.Judgement.Verdict), Reason: x.Judgement.Reason, Rules: append(series.DefaultRules().Text(), series.YearRule)}
	v.Heading = ui.Heading{Overline: "Tendance – " + t.name(), Title: t.finding(&x), Lead: ind.Counts, Scope: []string{ind.Unit, ind.Producer, "édition" + nb + ": " + wording.Lower(c.Label)}}
	v.Figures = t.figures(&x)
	v.Chart = t.chart(&x, v.Heading.Title)
	v.Values = values(c)
	v.Revisions = revisions(c)
	if j := x.Judgement.Target; j != nil {
		v.Target = fmt.Sprintf("Cible%s: %s%s%s en %d (%s).", nb, shown(j.Value), nb, ind.Unit, j.Year, j.Label)
	}
	if n := x.National; n != nil {
		v.National = fmt.Sprintf("Cible nationale%s: %s%s%s en %d, d’après %s. Elle ne juge pas une région.", nb, shown(n.Value), nb, ind.Unit, n.Year, "«"+nb+d.Book.SourceTitle(n.Source)+nb+"»")
	}
	if err := d.rank(r, t, c, &v); err != nil {
		return err
	}
	v.Facts = t.facts(d.Book, c)
	for _, code := range ind.Levers {
		if l, err := t.m.Framework().Lever(code); err == nil {
			v.Levers = append(v.Levers, ui.Link{Label: l.Name, Href: wording.LeverPath(code), Note: l.Version})
		}
	}
	if v.Notes, err = d.notes(r, t, ind.Levers); err != nil {
		return err
	}
	v.Source = ui.Source{Text: ind.Producer + ", " + d.Book.SourceTitle(c.Source) + ".", Print: true, Share: d.Shell.Absolute(path),
		Downloads: []ui.Link{{Label: "JSON", Href: "/api/v1/series/" + ind.Code + "?territory=" + t.p.Territory.Ref.String()}}}
	v.Source.Downloads = append([]ui.Link{{Label: "CSV", Href: path + "/serie.csv"}}, v.Source.Downloads...)
	if !c.At.IsZero() {
		v.Source.Changed = french.Date(c.At) + ", import de séries"
	}
	page := d.page(r, t, v.Heading.Title, ind.Counts, ui.Link{Label: "Tendances", Href: t.base + "/tendances"}, ui.Link{Label: ind.Name})
	return d.Shell.Render(w, r, page, onePage(v))
}

// finding is the title: the last value, and what it says.
func (t *place) finding(x *panorama.Trend) string {
	s := t.name() + nb + ": " + wording.Lower(x.Curve.Indicator.Name)
	last, ok := x.Curve.Last()
	if !ok {
		return s + ", aucune année entière"
	}
	s += ", " + shown(last.Value) + nb + x.Curve.Indicator.Unit + " en " + strconv.Itoa(last.Year)
	if x.Judgement.Verdict.Given() {
		return s + ", " + x.Judgement.Verdict.Label()
	}
	if p := x.Judgement.Pace; p.Known {
		return s + ", " + signed(p.PerYear) + map[bool]string{true: nb + "point"}[x.Curve.Indicator.Unit == "%"] + " par an"
	}
	return s
}

func (t *place) figures(x *panorama.Trend) []ui.KeyFigure {
	unit := x.Curve.Indicator.Unit
	class, label := "provider", "donnée d’un producteur"
	if x.Curve.Terms[0] != nil {
		class, label = "computed", "calculé par Jalon"
	}
	first := ui.KeyFigure{Label: "Dernière valeur", Value: ui.Value{Missing: "aucune valeur d’année entière"}}
	if last, ok := x.Curve.Last(); ok {
		first = ui.KeyFigure{Label: "Dernière valeur, " + strconv.Itoa(last.Year), Value: ui.Value{Text: shown(last.Value), Unit: unit, Exact: exact(last.Value, unit), Provenance: class, ProvenanceLabel: label,
			Explain: wording.FigurePath(series.Figure(x.Curve.Indicator.Code, x.Curve.Territory, last.Year)), Name: x.Curve.Indicator.Name}}
	}
	pace := func(label string, p series.Pace, none, explain string) ui.KeyFigure {
		if !p.Known {
			return ui.KeyFigure{Label: label, Value: ui.Value{Missing: none}}
		}
		return ui.KeyFigure{Label: label, Value: ui.Value{Text: signed(p.PerYear), Unit: x.Curve.Indicator.PaceUnit(), Exact: exact(p.PerYear, x.Curve.Indicator.PaceUnit()), Provenance: "computed", ProvenanceLabel: "calculé par Jalon", Explain: explain, Name: label},
			Meaning: fmt.Sprintf("De %d à %d.", p.From, p.To)}
	}
	key := wording.FigurePath(series.Trends + "/" + x.Curve.Indicator.Code + "/" + x.Curve.Territory + "/")
	required := pace("Rythme requis", x.Judgement.Required, "pas de cible régionale dans cette unité", "")
	if p := x.Judgement.Required; p.Known {
		required.Meaning = fmt.Sprintf("(cible − dernière valeur) ÷ %d%s, de %d à %d.", p.Years(), nb+french.Plural(p.Years(), "an", "ans"), p.From, p.To)
	}
	return []ui.KeyFigure{first, pace("Rythme observé", x.Judgement.Pace, "une seule valeur, ou trop éloignée de la précédente", key+"rythme"), required}
}

// chart draws the curve with its target, or the nation's when there is no other.
func (t *place) chart(x *panorama.Trend, title string) ui.Curve {
	c := x.Curve
	out := ui.Curve{ID: "courbe", Title: title, Unit: c.Indicator.Unit, Points: points(c), Step: c.Indicator.Every, TableHref: "#valeurs"}
	if len(c.Points) > 0 {
		out.Description = fmt.Sprintf("%s, de %d à %d.", c.Indicator.Counts[:len(c.Indicator.Counts)-1], c.Points[0].Year, c.Points[len(c.Points)-1].Year)
	}
	target, name := x.Judgement.Target, "cible de la région"
	if target == nil {
		target, name = x.National, "cible nationale"
	}
	if target == nil {
		return out
	}
	out.Target = &ui.CurveTarget{Name: name, Text: shown(target.Value), Year: target.Year, Value: target.Value}
	last, ok := c.Last()
	if !ok || !x.Judgement.Required.Known || x.Judgement.Target == nil {
		return out
	}
	rules := series.DefaultRules()
	left := float64(target.Year - last.Year)
	low, high := last.Value+rules.OnTrack*x.Judgement.Required.PerYear*left, last.Value+rules.Ahead*x.Judgement.Required.PerYear*left
	word := fmt.Sprintf("où mène un rythme de %s à %s du rythme requis", french.Percent(rules.OnTrack, 3), french.Percent(rules.Ahead, 3))
	if target.Ranged() {
		low, high, word = target.Low, target.High, "fourchette de la cible"
	}
	if c.Indicator.Kind != series.Index {
		low, high = max(0, low), max(0, high)
	}
	out.Corridor = &ui.Corridor{Name: word, FromYear: last.Year, From: last.Value, ToYear: target.Year, Low: min(low, high), High: max(low, high)}
	return out
}

// values is the table of the curve, the last year first.
func values(c *series.Curve) ui.Table {
	t := ui.Table{ID: "valeurs", Caption: "Valeurs par année", CaptionHidden: true, Columns: []ui.Column{{Label: "Année"}, {Label: "Valeur", Unit: c.Indicator.Unit, Number: true}, {Label: "Telle que publiée", Unit: c.Indicator.Published, Number: true}, {Label: "Remarque", Wide: true}}}
	for i := len(c.Points) - 1; i >= 0; i-- {
		p := c.Points[i]
		row := []ui.Cell{{Text: strconv.Itoa(p.Year)}}
		note := ui.Cell{}
		if p.Partial {
			note.Text = "au " + french.Day(p.Day) + nb + ": année incomplète, hors des rythmes"
		}
		if p.Known {
			row = append(row, ui.Cell{Text: shown(p.Value), Explain: wording.FigurePath(series.Figure(c.Indicator.Code, c.Territory, p.Year)), Name: c.Indicator.Name + ", " + strconv.Itoa(p.Year)})
		} else {
			row = append(row, ui.Cell{Missing: p.Reason})
		}
		t.Rows = append(t.Rows, ui.Row{Cells: append(row, ui.Cell{Text: published(p)}, note)})
	}
	return t
}

func published(p series.Point) string {
	if p.AsPublished == "" {
		return "–"
	}
	return p.AsPublished
}

// revisions is what older editions said otherwise.
func revisions(c *series.Curve) *ui.Table {
	if len(c.Revisions) == 0 {
		return nil
	}
	t := &ui.Table{ID: "revisions", Caption: "Révisions", CaptionHidden: true, Columns: []ui.Column{{Label: "Année"}, {Label: "Avant", Unit: c.Indicator.Unit, Number: true}, {Label: "Maintenant", Unit: c.Indicator.Unit, Number: true}, {Label: "Édition d’avant", Wide: true}}}
	for _, v := range c.Revisions {
		now := ui.Cell{Text: shown(v.New.Value), Exact: exact(v.New.Value, c.Indicator.Unit)}
		if !v.New.Known {
			now = ui.Cell{Missing: v.New.Reason}
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: strconv.Itoa(v.Year)}, {Text: shown(v.Old.Value), Exact: exact(v.Old.Value, c.Indicator.Unit)}, now, {Text: v.Label}}})
	}
	return t
}

// rank sets the region among those that may be compared with it.
func (d Deps) rank(r *http.Request, t *place, c *series.Curve, v *oneView) error {
	if !t.region() {
		v.NoRank = "Pas de rang" + nb + ": Jalon ne compare que les régions."
		return nil
	}
	all, err := d.Book.Across(r.Context(), d.Q, c.Indicator.Code, string(territory.RegionS))
	if err != nil {
		return err
	}
	all[c.Territory] = c
	rank, order, reason := series.Ranking(all, comparable(t.m.Tree(), t.p.Territory.Ref.Code), c.Territory)
	if reason != "" {
		v.NoRank = "Pas de rang" + nb + ": " + reason + "."
		return nil
	}
	v.Rank = fmt.Sprintf("%s sur %d régions comparables en %d.", ordinal(rank.Place), rank.Of, rank.Year)
	table := ui.Table{ID: "rang", Caption: "Les régions comparables en " + strconv.Itoa(rank.Year), Columns: []ui.Column{{Label: "Région"}, {Label: "Valeur", Unit: c.Indicator.Unit, Number: true}}}
	for _, ref := range order {
		region, err := t.m.Tree().Region(ref[len("region:"):])
		if err != nil {
			continue
		}
		p, _ := all[ref].In(rank.Year)
		table.Rows = append(table.Rows, ui.Row{Current: ref == c.Territory, Cells: []ui.Cell{{Text: region.Name, Href: "/regions/" + region.Slug + "/tendances/" + c.Indicator.Code}, {Text: shown(p.Value), Exact: exact(p.Value, c.Indicator.Unit)}}})
	}
	v.Ranking = &table
	return nil
}

func ordinal(n int) string {
	if n == 1 {
		return "1re"
	}
	return strconv.Itoa(n) + "e"
}

// facts are what the catalogue says of the indicator.
func (t *place) facts(book *series.Book, c *series.Curve) ui.Table {
	ind := c.Indicator
	out := ui.Table{ID: "fiche", Caption: "Fiche de la série", CaptionHidden: true, Columns: []ui.Column{{Label: "Champ"}, {Label: "Contenu", Wide: true}}}
	add := func(label, text string) {
		if text != "" {
			out.Rows = append(out.Rows, ui.Row{Cells: []ui.Cell{{Text: label}, {Text: text}}})
		}
	}
	add("Code", ind.Code)
	add("Nature", map[series.Kind]string{series.Quantity: "quantité, qui s’additionne", series.Ratio: "rapport de deux quantités, recalculé à chaque échelle ou absent", series.Index: "taux ou indice, tel que son producteur le donne"}[ind.Kind])
	if ind.Kind == series.Ratio {
		num, _ := book.Catalogue.Find(ind.Numerator)
		den, _ := book.Catalogue.Find(ind.Denominator)
		if num != nil && den != nil {
			add("Calcul", wording.Lower(num.Name)+" ÷ "+wording.Lower(den.Name))
		}
	}
	add("Le mieux", map[series.Direction]string{series.Up: "plus haut", series.Down: "plus bas", "": "aucun sens n’est meilleur"}[ind.Direction])
	add("Fréquence", map[int]string{1: "tous les ans", 2: "tous les deux ans"}[ind.Every])
	add("Échelle la plus fine du producteur", territory.Scale(ind.Scale).Label())
	if ind.Hub > 0 {
		add("Dans le hub d’indicateurs", strconv.Itoa(ind.Hub)+" ("+ind.HubMeasure+")")
	}
	add("Dans le baromètre", ind.Barometer)
	return out
}

// csv serves the series of the page as a file.
func (d Deps) csv(w http.ResponseWriter, r *http.Request, t *place) error {
	c, err := d.indicator(r, t)
	if err != nil {
		return err
	}
	set := exchange.Dataset{Name: "serie", Fields: []exchange.Field{{Name: "indicator", Label: "Code de l’indicateur"}, {Name: "territory", Label: "Territoire"}, {Name: "year", Label: "Année", Number: true},
		{Name: "value", Label: "Valeur", Unit: c.Indicator.Unit, Number: true, Missing: "pas de valeur"}, {Name: "unit", Label: "Unité"}, {Name: "as_published", Label: "Valeur telle que publiée"}, {Name: "published_unit", Label: "Unité de la publication"},
		{Name: "day", Label: "Jour, quand l’année est incomplète"}, {Name: "reason", Label: "Raison de l’absence"}, {Name: "edition", Label: "Édition"}, {Name: "source", Label: "Source"}}, Rows: rowsOf(d.Book, c)}
	var b bytes.Buffer
	if _, err := exchange.WriteCSV(&b, set, ','); err != nil {
		return err
	}
	head := w.Header()
	head.Set("Content-Type", "text/csv; charset=utf-8")
	head.Set("Content-Disposition", `attachment; filename="`+c.Indicator.Code+"-"+t.p.Territory.Ref.Code+`.csv"`)
	_, err = w.Write(b.Bytes())
	return err
}

func rowsOf(book *series.Book, c *series.Curve) iter.Seq2[[]exchange.Datum, error] {
	return func(yield func([]exchange.Datum, error) bool) {
		for _, p := range c.Points {
			value := ""
			if p.Known {
				value = strconv.FormatFloat(p.Value, 'f', -1, 64)
			}
			row := []exchange.Datum{exchange.Text(c.Indicator.Code), exchange.Text(c.Territory), exchange.Integer(p.Year), exchange.Number(value), exchange.Text(c.Indicator.Unit), exchange.Text(p.AsPublished),
				exchange.Text(c.Indicator.Published), exchange.Text(p.Day), exchange.Text(p.Reason), exchange.Text(c.Label), exchange.Text(book.SourceTitle(c.Source))}
			if !yield(row, nil) {
				return
			}
		}
	}
}

// notes leads to the notes of expertise that a region published on some levers.
func (d Deps) notes(r *http.Request, t *place, levers []string) (out []ui.Link, err error) {
	if !t.region() || d.Q == nil {
		return nil, nil
	}
	all, err := knowledge.PublishedNotes(r.Context(), d.Q, t.p.Territory.Ref.Code)
	for _, n := range all {
		if slices.Contains(levers, n.Lever) {
			out = append(out, ui.Link{Label: n.Title, Href: t.base + "/notes/" + n.ID, Note: n.Signature + ", " + french.Day(n.Day)})
		}
	}
	return out, err
}
