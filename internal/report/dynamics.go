package report

import (
	"bytes"
	"cmp"
	"encoding/csv"
	"io/fs"
	"slices"
	"strconv"
	"sync"

	"jalon/data"
	"jalon/internal/apperr"
	"jalon/internal/document"
	"jalon/internal/framework"
	"jalon/internal/french"
)

// dynamic is a value that the State quotes beside a lever, as published.
type dynamic struct {
	region, lever, indicator, label, year, value, unit, reason string
}

// allDynamics reads data/dynamics.csv once.
var allDynamics = sync.OnceValues(func() (_ []dynamic, err error) {
	defer apperr.Wrap(&err, "report: dynamics.csv")
	text, err := fs.ReadFile(data.FS, "dynamics.csv")
	if err != nil {
		return nil, err
	}
	return readDynamics(text)
})

func readDynamics(text []byte) ([]dynamic, error) {
	rows, err := csv.NewReader(bytes.NewReader(text)).ReadAll()
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	at := map[string]int{}
	for i, name := range rows[0] {
		at[name] = i
	}
	out := make([]dynamic, 0, len(rows)-1)
	for _, r := range rows[1:] {
		get := func(name string) string { return r[at[name]] }
		d := dynamic{get("region"), get("lever"), get("indicator"), get("label"), get("year"), get("as_published"), get("unit"), get("reason")}
		if get("value") == "" {
			d.value = ""
			if d.reason == "" {
				d.reason = "non publié"
			}
		}
		out = append(out, d)
	}
	return out, nil
}

// trend is an indicator of a region at its first and its last year.
type trend struct{ first, last dynamic }

// trends are the indicators of a region, in the order of the referential; one
// that serves two levers is given once.
func trends(fw *framework.Framework, all []dynamic, region string) []trend {
	order := map[string]int{}
	for i, l := range fw.Levers(framework.National) {
		order[l.Code] = i
	}
	by := map[string]*trend{}
	var out []*trend
	for _, d := range all {
		if d.region != region {
			continue
		}
		t := by[d.indicator]
		switch {
		case t == nil:
			t = &trend{d, d}
			by[d.indicator] = t
			out = append(out, t)
		case d.lever != t.first.lever:
		case d.year < t.first.year:
			t.first = d
		case d.year > t.last.year:
			t.last = d
		}
	}
	slices.SortStableFunc(out, func(x, y *trend) int { return cmp.Compare(order[x.first.lever], order[y.first.lever]) })
	list := make([]trend, 0, len(out))
	for _, t := range out {
		list = append(list, *t)
	}
	return list
}

// dynamics is where a region started from and where it last stood.
func (g *guide) dynamics() document.Part {
	if g.national || g.p.Overseas {
		return document.Part{}
	}
	part := document.Part{ID: "dynamiques", Notes: []string{"Séries régionales citées par le simulateur territorial du SGPE, telles que publiées en juillet 2024."}}
	all, err := allDynamics()
	if err != nil {
		part.Title, part.Missing = "Les dynamiques ne se lisent pas", "La table des dynamiques n’a pas pu être lue\u00a0: prévenez l’opérateur."
		return part
	}
	t := document.Table{ID: "series", Caption: "Ce que l’on mesure déjà", Columns: []document.Column{{Label: "Indicateur"}, {Label: "Unité"}, {Label: "Au départ", Number: true}, {Label: "Année"}, {Label: "Dernier connu", Number: true}, {Label: "Année"}, {Label: "Sens voulu"}}}
	for _, x := range trends(g.fw, all, g.p.Regions[0].Code) {
		l, err := g.fw.Lever(x.first.lever)
		if err != nil {
			continue
		}
		last, year := published(x.last), cell(x.last.year)
		if x.first == x.last {
			last, year = blank("une seule année publiée"), blank("une seule année publiée")
		}
		t.Rows = append(t.Rows, []document.Cell{{Text: x.first.label, Href: "/leviers/" + l.Code}, cell(x.first.unit), published(x.first), cell(x.first.year), last, year, wanted(l, x.first.indicator)})
	}
	if len(t.Rows) == 0 {
		part.Title, part.Missing = "Aucune série n’est publiée pour ce territoire", "Les séries locales paraîtront ici quand elles seront importées dans Jalon."
		return part
	}
	part.Title = "D’où part la région\u00a0: " + counted(len(t.Rows), "série publiée", "séries publiées") + ", de 2019 à 2022 au plus"
	t.Note = "Deux années ne font pas une tendance\u00a0: 2020 et 2021 portent la crise sanitaire, et les séries s’arrêtent avant le début de la COP."
	part.Blocks = []document.Block{t}
	return part
}

// wanted is the direction in which the quantity must go; a series that is not
// the lever's own quantity says nothing of it.
func wanted(l framework.Lever, indicator string) document.Cell {
	switch indicator {
	case "renovations-a-aider":
		return cell("rythme visé")
	case "tonnes-km-origine", "tonnes-km-destination":
		return cell("baisser") // the lever counts those avoided
	}
	switch l.Direction {
	case "down":
		return cell("baisser")
	case "up":
		return cell("monter")
	}
	return blank("sans sens publié")
}

func published(d dynamic) document.Cell {
	if d.value == "" {
		return blank(d.reason)
	}
	if n, err := parseNumber(d.value); err == nil {
		return cell(french.Number(n, decimalsOf(d.value)))
	}
	return cell(d.value)
}

// decimalsOf counts the decimals that a publication gave.
func decimalsOf(s string) int {
	for i := range len(s) {
		if s[i] == ',' || s[i] == '.' {
			return len(s) - i - 1
		}
	}
	return 0
}

// parseNumber reads a number as published, with a comma or a point.
func parseNumber(s string) (float64, error) {
	b := []byte(s)
	for i := range b {
		if b[i] == ',' {
			b[i] = '.'
		}
	}
	return strconv.ParseFloat(string(b), 64)
}
