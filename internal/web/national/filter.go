package national

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/french"
	"jalon/internal/national"
	"jalon/internal/web/ui"
)

// choice is what a reader of the board asked for besides a day and a cycle.
type choice struct {
	stage   cop.Stage
	stalled int64 // COPs without a dated event for more than these days; 0 for all
	where   string
	name    string
	columns []string
	sort    string // «region» or the key of a metric
	down    bool
}

const (
	mainland = "metropole"
	overseas = "outre-mer"
)

// formerSorts are the orders of the addresses that were given before metrics had
// keys: they still answer.
var formerSorts = map[string]string{"etape": national.StageKey, "depuis": national.SinceKey, "reunions": national.HeldKey, "presents": national.CountedKey}

// choose reads the filters; a wrong one is said, never ignored.
func (d Deps) choose(r *http.Request) (c choice, err error) {
	q := r.URL.Query()
	get := func(name string) string {
		return strings.TrimSpace(strings.ToValidUTF8(strings.ReplaceAll(q.Get(name), "\x00", ""), ""))
	}
	c.stage, c.where, c.name = cop.Stage(get("etape")), get("territoire"), get("region")
	if c.stage != "" && !slices.Contains(cop.Stages(), c.stage) {
		return c, apperr.Invalidf("Choisissez l’étape dans la liste.")
	}
	if c.where != "" && c.where != mainland && c.where != overseas {
		return c, apperr.Invalidf("Choisissez l’hexagone et la Corse, ou l’outre-mer.")
	}
	if len(c.name) > 100 {
		return c, apperr.Invalidf("Ce nom de région est trop long.")
	}
	if text := get("immobile"); text != "" {
		if c.stalled, err = strconv.ParseInt(text, 10, 64); err != nil || c.stalled < 1 || c.stalled > 9999 {
			return c, apperr.Invalidf("Le nombre de jours sans événement va de 1 à 9\u202f999.")
		}
	}
	for _, key := range q["col"] {
		if _, err := d.Room.Registry.Find(key); err != nil {
			return c, err
		}
		if !slices.Contains(c.columns, key) {
			c.columns = append(c.columns, key)
		}
	}
	if len(c.columns) == 0 {
		for _, m := range d.Room.Registry.Metrics() {
			if m.Shown {
				c.columns = append(c.columns, m.Key)
			}
		}
	}
	if c.sort = get("tri"); c.sort == "" {
		c.sort = "region"
	}
	if key, ok := formerSorts[c.sort]; ok {
		c.sort, c.down = key, true
	}
	if c.sort != "region" {
		if _, err := d.Room.Registry.Find(c.sort); err != nil {
			return c, err
		}
	}
	switch get("ordre") {
	case "", "croissant":
	case "decroissant":
		c.down = true
	default:
		return c, apperr.Invalidf("L’ordre est croissant ou décroissant.")
	}
	return c, nil
}

// filtered reports whether some COPs are left out.
func (c choice) filtered() bool {
	return c.stage != "" || c.stalled > 0 || c.where != "" || c.name != ""
}

// address is that of the board with this choice, sorted by a column.
func (c choice) address(a asked, path, sort string, down bool) string {
	v := url.Values{}
	for _, k := range c.columns {
		v.Add("col", k)
	}
	set := func(name, value string) {
		if value != "" {
			v.Set(name, value)
		}
	}
	set("etape", string(c.stage))
	set("territoire", c.where)
	set("region", c.name)
	if c.stalled > 0 {
		set("immobile", strconv.FormatInt(c.stalled, 10))
	}
	set("jour", a.Day)
	if a.Cycle != cop.First {
		set("cycle", a.Cycle)
	}
	set("tri", sort)
	if down {
		set("ordre", "decroissant")
	}
	return path + "?" + v.Encode()
}

// keep chooses the COPs that pass the filters, in the order asked. A value that
// is missing comes last, whichever way.
func (c choice) keep(a asked, b national.Board) []cop.COP {
	out := slices.DeleteFunc(a.ordered(b.COPs), func(x cop.COP) bool {
		since := b.Value(national.SinceKey, x.ID)
		return c.stage != "" && b.Value(national.StageKey, x.ID).Text != string(c.stage) ||
			c.stalled > 0 && since.Known && since.N <= c.stalled ||
			c.where == overseas && !strings.HasPrefix(x.Region, "0") || c.where == mainland && strings.HasPrefix(x.Region, "0") ||
			c.name != "" && !strings.Contains(french.Fold(a.names[x.Region]), french.Fold(c.name))
	})
	if c.sort == "region" {
		if c.down {
			slices.Reverse(out)
		}
		return out
	}
	slices.SortStableFunc(out, func(x, y cop.COP) int {
		v, w := b.Value(c.sort, x.ID), b.Value(c.sort, y.ID)
		switch {
		case v.Known != w.Known:
			if v.Known {
				return -1
			}
			return 1
		case c.down:
			v, w = w, v
		}
		if v.Whole > 0 && w.Whole > 0 {
			return cmp.Compare(v.N*w.Whole, w.N*v.Whole)
		}
		if v.N != w.N {
			return cmp.Compare(v.N, w.N)
		}
		return strings.Compare(v.Text, w.Text)
	})
	return out
}

// fields are the form of the filters, filled as asked.
func (c choice) fields(a asked, metrics []national.Metric) (filters []ui.Field, columns ui.Field) {
	stage := ui.Field{ID: "etape", Label: "Étape", Type: "select", Options: []ui.Option{{Label: "Toutes"}}}
	for _, s := range cop.Stages() {
		stage.Options = append(stage.Options, ui.Option{Value: string(s), Label: s.Name(), Selected: s == c.stage})
	}
	where := ui.Field{ID: "territoire", Label: "Territoire", Type: "select", Options: []ui.Option{{Label: "Toute la France"},
		{Value: mainland, Label: "Hexagone et Corse", Selected: c.where == mainland}, {Value: overseas, Label: "Outre-mer", Selected: c.where == overseas}}}
	days := ui.Field{ID: "immobile", Label: "Sans événement depuis plus de", Unit: "jours", Attributes: map[string]any{"inputmode": "numeric"}}
	if c.stalled > 0 {
		days.Value = strconv.FormatInt(c.stalled, 10)
	}
	filters = append([]ui.Field{{ID: "jour", Label: "Lire le tableau à une autre date", Type: "date", Value: a.Day, Required: true}}, a.cycleField()...)
	filters = append(filters, stage, where, days, ui.Field{ID: "region", Label: "Nom de la région", Value: c.name})
	columns = ui.Field{ID: "col", Label: "Colonnes du tableau", Type: "checkbox"}
	for _, m := range metrics {
		o := ui.Option{Value: m.Key, Label: m.Name, Selected: slices.Contains(c.columns, m.Key)}
		if m.Coming != "" {
			o.Help = m.Coming
		}
		columns.Options = append(columns.Options, o)
	}
	return filters, columns
}
