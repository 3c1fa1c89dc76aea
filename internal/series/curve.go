package series

import (
	"context"
	"fmt"
	"math"
	"slices"
	"sort"
	"strconv"
	"strings"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/db"
)

// Point is the value of one year, in the unit of pages. Partial says that the
// year was not over when it was measured: it is drawn and counts in no pace.
type Point struct {
	Year        int
	Value       float64
	Known       bool
	Reason      string
	AsPublished string
	Day         string
	Partial     bool
}

// Curve is what one edition says of an indicator in a territory, by year. Two
// editions are never mixed: what an older one said otherwise is a Revision.
type Curve struct {
	Indicator *Indicator
	Territory string
	Edition   string // id of the import; empty for the table of the binary
	Label     string // the edition as it is named on pages
	Source    string
	At        time.Time // when the edition came in; zero for the table of the binary
	Points    []Point
	Revisions []Revision
	// Decimals is how many its edition writes at most: «8» beside «7,4» is 8,0.
	Decimals int
	// Aim is the nation's target in 2030 as an imported referential gives it, nil
	// when the table of the binary holds.
	Aim *Written
	// Terms are the numerator and the denominator of a ratio that Jalon made.
	Terms [2]*Curve
}

// Rounding is the most that a value may be off for being written with few
// decimals, in the unit of pages.
func (c *Curve) Rounding() float64 {
	return 0.5 * math.Pow(10, -float64(c.Decimals)) * c.Indicator.Factor
}

// decimals counts those of a number as it is written.
func decimals(text string) int {
	for i := range len(text) {
		if text[i] == '.' || text[i] == ',' {
			return min(9, len(text)-i-1)
		}
	}
	return 0
}

// Revision is a year of which an older edition said something else.
type Revision struct {
	Year     int
	Old, New Point
	Edition  string // the older one
	Label    string
}

// Last returns the last known value of a whole year.
func (c *Curve) Last() (Point, bool) {
	for i := len(c.Points) - 1; i >= 0; i-- {
		if p := c.Points[i]; p.Known && !p.Partial {
			return p, true
		}
	}
	return Point{}, false
}

// In returns the known value of a whole year.
func (c *Curve) In(year int) (Point, bool) {
	i, ok := slices.BinarySearchFunc(c.Points, year, func(p Point, y int) int { return p.Year - y })
	if !ok || !c.Points[i].Known || c.Points[i].Partial {
		return Point{}, false
	}
	return c.Points[i], true
}

// Until is the curve without the years after one: what it said of the time before.
func (c *Curve) Until(year int) *Curve {
	out := *c
	i, _ := slices.BinarySearchFunc(c.Points, year+1, func(p Point, y int) int { return p.Year - y })
	out.Points = c.Points[:i:i]
	return &out
}

// Known counts the values of whole years.
func (c *Curve) Known() int {
	n := 0
	for _, p := range c.Points {
		if p.Known && !p.Partial {
			n++
		}
	}
	return n
}

// Read returns every curve of a territory, by indicator: the last edition in the
// base, else the table of the binary, without what older editions said. It is one
// statement, and reads the rows of one edition a series, however many there are.
func (b *Book) Read(ctx context.Context, q db.Q, territory string) (_ map[string]*Curve, err error) {
	defer apperr.Wrap(&err, "series.Read(%q)", territory)
	var rows []kept
	if q != nil {
		rows, err = collect(q.Query(ctx, `
			SELECT `+columns+`
			  FROM (SELECT x.series AS series, MAX(x.edition) AS edition
			          FROM observation x
			          JOIN published_edition p ON p.id = x.edition
			         WHERE x.territory = $1 AND x.series >= $2 AND x.series < $3
			         GROUP BY x.series) last
			  JOIN observation o ON o.territory = $1 AND o.series = last.series AND o.edition = last.edition
			  JOIN published_edition e ON e.id = o.edition
			UNION ALL
			SELECT `+columns+`
			  FROM observation o
			  JOIN published_edition e ON e.id = o.edition
			 WHERE o.territory = 'nation' AND o.series >= $4 AND o.series < $5 AND o.year = $6
			 ORDER BY 1, 2, 4, 3`,
			territory, Trends+"/", Trends+"0", NationalTargets+"/", NationalTargets+"0", Horizon))
		if err != nil {
			return nil, err
		}
	}
	out := map[string]*Curve{}
	for code, c := range b.table[territory] {
		out[code] = c
	}
	for key, c := range b.curves(rows) {
		out[key.series] = b.revised(c, out[key.series])
	}
	b.aimed(out, rows)
	return out, nil
}

// ReadOne returns the curve of one indicator with what its older editions said
// otherwise; of a ratio that nobody publishes there, the curve that its two terms
// make. It is nil when there is none.
func (b *Book) ReadOne(ctx context.Context, q db.Q, ind *Indicator, territory string) (_ *Curve, err error) {
	defer apperr.Wrap(&err, "series.ReadOne(%q, %q)", ind.Code, territory)
	names := []string{ind.Code, ind.Numerator, ind.Denominator}
	var rows []kept
	if q != nil {
		rows, err = collect(q.Query(ctx, `
			SELECT `+columns+`
			  FROM observation o
			  JOIN published_edition e ON e.id = o.edition
			 WHERE o.territory = $1 AND o.series IN ($2, $3, $4)
			    OR o.territory = 'nation' AND o.series = $5 AND o.year = $6
			 ORDER BY 1, 2, 4, 3`,
			territory, Trends+"/"+names[0], Trends+"/"+names[1], Trends+"/"+names[2], NationalTargets+"/"+ind.National, Horizon))
		if err != nil {
			return nil, err
		}
	}
	out := map[string]*Curve{}
	for _, code := range names {
		if c, ok := b.Embedded(code, territory); ok {
			out[code] = c
		}
	}
	for key, c := range b.curves(rows) {
		out[key.series] = b.revised(c, out[key.series])
	}
	if out[ind.Code] == nil {
		if c := Recompute(ind, out[ind.Numerator], out[ind.Denominator]); c != nil {
			out[ind.Code] = c
		}
	}
	b.aimed(out, rows)
	return out[ind.Code], nil
}

// Across returns the curves of one indicator in every territory of a scale, each
// of its last edition.
func (b *Book) Across(ctx context.Context, q db.Q, code, scale string) (_ map[string]*Curve, err error) {
	defer apperr.Wrap(&err, "series.Across(%q, %q)", code, scale)
	var rows []kept
	if q != nil {
		rows, err = collect(q.Query(ctx, `
			SELECT `+columns+`
			  FROM (SELECT x.territory AS territory, MAX(x.edition) AS edition
			          FROM observation x
			          JOIN published_edition p ON p.id = x.edition
			         WHERE x.series = $1 AND x.territory >= $2 AND x.territory < $3
			         GROUP BY x.territory) last
			  JOIN observation o ON o.series = $1 AND o.territory = last.territory AND o.edition = last.edition
			  JOIN published_edition e ON e.id = o.edition
			 ORDER BY 1, 2, 4, 3`, Trends+"/"+code, scale+":", scale+";"))
		if err != nil {
			return nil, err
		}
	}
	out := map[string]*Curve{}
	for territory, all := range b.table {
		if c, ok := all[code]; ok && strings.HasPrefix(territory, scale+":") {
			out[territory] = c
		}
	}
	for key, c := range b.curves(rows) {
		out[key.territory] = b.revised(c, out[key.territory])
	}
	return out, nil
}

// kept is a row of the base with the day its edition came in.
type kept struct {
	Observation
	at int64
}

// columns are those of kept, in its order: by series, territory, year, edition.
const columns = `o.series, o.territory, o.year, o.edition, o.value, COALESCE(o.reason, '') AS reason, o.as_published, o.source, o.label, o.day, e.at`

func collect(rows *db.Rows, err error) ([]kept, error) {
	return db.Collect(rows, err, func(r *db.Rows) (k kept, err error) {
		err = r.Scan(&k.Series, &k.Territory, &k.Year, &k.Edition, &k.Value, &k.Reason, &k.AsPublished, &k.Source, &k.Label, &k.Day, &k.at)
		return k, err
	})
}

// aimed gives the curves of a territory the nation's targets that an import brought;
// a curve of the table is copied first, for the table is everyone's.
func (b *Book) aimed(curves map[string]*Curve, rows []kept) {
	targets := map[string]*Written{}
	for _, r := range rows {
		if code, ok := strings.CutPrefix(r.Series, NationalTargets+"/"); ok && r.Value != nil {
			targets[code] = &Written{Value: *r.Value, Text: r.Label} // editions come in order: the last one stays
		}
	}
	for code, c := range curves {
		if t := targets[c.Indicator.National]; t != nil {
			with := *c
			with.Aim = t
			curves[code] = &with
		}
	}
}

type curveKey struct{ series, territory string }

// curves makes one curve of each series and territory: the last edition, with
// what the older ones said otherwise. Rows come by edition, then by year.
func (b *Book) curves(rows []kept) map[curveKey]*Curve {
	out := map[curveKey]*Curve{}
	for i := 0; i < len(rows); {
		j := i
		for j < len(rows) && rows[j].Series == rows[i].Series && rows[j].Territory == rows[i].Territory && rows[j].Edition == rows[i].Edition {
			j++
		}
		if c := b.curve(rows[i:j]); c != nil {
			key := curveKey{c.Indicator.Code, c.Territory}
			out[key] = b.revised(c, out[key])
		}
		i = j
	}
	return out
}

func (b *Book) curve(rows []kept) *Curve {
	first := rows[0]
	if !strings.HasPrefix(first.Series, Trends+"/") {
		return nil
	}
	ind, err := b.Catalogue.Find(first.Series[len(Trends)+1:])
	if err != nil {
		return nil // an indicator that this version of the catalogue does not know
	}
	c := &Curve{Indicator: ind, Territory: first.Territory, Edition: first.Edition, Source: first.Source, At: time.UnixMilli(first.at).UTC(), Label: first.Label}
	for _, r := range rows {
		p := Point{Year: r.Year, Reason: r.Reason, AsPublished: r.AsPublished, Day: r.Day, Partial: Partial(r.Day)}
		if r.Value != nil {
			p.Value, p.Known = ind.Shown(*r.Value), true
		}
		c.Points, c.Decimals = append(c.Points, p), max(c.Decimals, decimals(p.AsPublished))
	}
	return c
}

// revised adds to a curve what the one it replaces said otherwise, and what that
// one already knew of its own elders.
func (b *Book) revised(c, older *Curve) *Curve {
	if older == nil {
		return c
	}
	for _, p := range older.Points {
		i := slices.IndexFunc(c.Points, func(n Point) bool { return n.Year == p.Year })
		if i < 0 || !p.Known || c.Points[i].Known && same(p.Value, c.Points[i].Value) {
			continue
		}
		c.Revisions = append(c.Revisions, Revision{Year: p.Year, Old: p, New: c.Points[i], Edition: older.Edition, Label: older.Label})
	}
	c.Revisions = append(c.Revisions, older.Revisions...)
	sort.SliceStable(c.Revisions, func(i, j int) bool { return c.Revisions[i].Year < c.Revisions[j].Year })
	return c
}

// same ignores what binary fractions add: nine digits are more than any source
// measures.
func same(a, b float64) bool {
	return strconv.FormatFloat(a, 'e', 8, 64) == strconv.FormatFloat(b, 'e', 8, 64)
}

// Figure is the permanent address of one value: «serie/bio-surface/region:44/2024».
func Figure(code, territory string, year int) string {
	return fmt.Sprintf("%s/%s/%s/%d", Trends, code, territory, year)
}
