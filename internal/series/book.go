package series

import (
	"compress/gzip"
	"encoding/csv"
	"errors"
	"io"
	"io/fs"
	"slices"
	"strconv"
	"strings"

	"jalon/internal/apperr"
)

// ReferenceTable is the embedded table of figures, by indicator, territory, year.
const ReferenceTable = "series-reference.csv.gz"

// Book is what the binary knows of series: the catalogue, and the figures that
// its table holds. It never changes once it is read.
type Book struct {
	Catalogue *Catalogue
	Nature    []Axis
	table     map[string]map[string]*Curve // territory → indicator
	sources   map[string]string
}

// LoadBook reads the catalogue and the table of figures. Each source is an
// edition of its own.
func LoadBook(fsys fs.FS) (_ *Book, err error) {
	defer apperr.Wrap(&err, "series.LoadBook")
	c, err := LoadCatalogue(fsys)
	if err != nil {
		return nil, err
	}
	nature, err := LoadNature(fsys, c)
	if err != nil {
		return nil, err
	}
	b := &Book{Catalogue: c, Nature: nature, table: map[string]map[string]*Curve{}, sources: map[string]string{}}
	err = readTable(fsys, "sources.csv", func(get func(string) string) error {
		b.sources[get("id")] = get("title")
		return nil
	})
	if err != nil {
		return nil, err
	}
	f, err := fsys.Open(ReferenceTable)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	z, err := gzip.NewReader(f)
	if err != nil {
		return nil, err
	}
	r := csv.NewReader(z)
	r.ReuseRecord = true
	for line := 1; ; line++ {
		cells, err := r.Read()
		if errors.Is(err, io.EOF) {
			err = b.dynamics(fsys)
			b.precise()
			return b, err
		}
		if err != nil {
			return nil, err
		}
		if line == 1 {
			continue
		}
		if err := b.add(cells); err != nil {
			return nil, apperr.New(apperr.Internal, err, "%s, ligne\u00a0%d\u00a0: %s", ReferenceTable, line, apperr.Message(err))
		}
	}
}

// add reads «indicator, territory, year, value, as_published, day, reason, source»;
// rows of one curve are together, by year.
func (b *Book) add(cells []string) error {
	if len(cells) != 8 {
		return apperr.Invalidf("%d cellules", len(cells))
	}
	ind, err := b.Catalogue.Find(cells[0])
	if err != nil {
		return err
	}
	p := Point{AsPublished: cells[4], Day: cells[5], Reason: cells[6], Partial: Partial(cells[5])}
	if p.AsPublished == "" {
		p.AsPublished = cells[3]
	}
	if p.Year, err = strconv.Atoi(cells[2]); err != nil {
		return apperr.Invalidf("année «\u00a0%s\u00a0»", cells[2])
	}
	if cells[3] != "" {
		v, err := strconv.ParseFloat(cells[3], 64)
		if err != nil {
			return apperr.Invalidf("valeur «\u00a0%s\u00a0»", cells[3])
		}
		p.Value, p.Known = ind.Shown(v), true
	} else if p.Reason == "" {
		return apperr.Invalidf("valeur absente sans raison")
	}
	all := b.table[cells[1]]
	if all == nil {
		all = map[string]*Curve{}
		b.table[cells[1]] = all
	}
	c := all[ind.Code]
	if c == nil {
		title, ok := b.sources[cells[7]]
		if !ok {
			return apperr.Invalidf("source «\u00a0%s\u00a0» inconnue", cells[7])
		}
		c = &Curve{Indicator: ind, Territory: cells[1], Label: title, Source: cells[7]}
		all[ind.Code] = c
	}
	if n := len(c.Points); n > 0 && c.Points[n-1].Year >= p.Year {
		return apperr.Invalidf("%s, %s, %d\u00a0: année en double ou en désordre", ind.Code, cells[1], p.Year)
	}
	c.Points = append(c.Points, p)
	return nil
}

// dynamics adds the figures that the State's simulator quotes. A campaign of two
// years («2019/2020») is the year in which it begins; what stands under two
// levers is one figure; a period of several years is no figure of a year.
func (b *Book) dynamics(fsys fs.FS) error {
	rows := map[string][][]string{}
	var order []string
	err := readTable(fsys, "dynamics.csv", func(get func(string) string) error {
		code := get("indicator")
		if _, err := b.Catalogue.Find(code); err != nil {
			return nil // a national average, or an aim: see data/README.md
		}
		year, end, _ := strings.Cut(get("year"), "/")
		if len(year) != 4 || end != "" && len(end) != 4 {
			return nil
		}
		key := code + " region:" + get("region")
		cells := []string{code, "region:" + get("region"), year, get("value"), get("as_published"), "", get("reason"), get("source")}
		if n := len(rows[key]); n > 0 && rows[key][n-1][2] == year {
			return nil
		}
		if rows[key] == nil {
			order = append(order, key)
		}
		rows[key] = append(rows[key], cells)
		return nil
	})
	for _, key := range order {
		slices.SortFunc(rows[key], func(a, b []string) int { return strings.Compare(a[2], b[2]) })
		for _, cells := range rows[key] {
			if err := b.add(cells); err != nil {
				return apperr.New(apperr.Internal, err, "dynamics.csv, %s\u00a0: %s", key, apperr.Message(err))
			}
		}
	}
	return err
}

// precise gives every curve of a table the decimals that its indicator is written
// with anywhere.
func (b *Book) precise() {
	most := map[string]int{}
	for _, all := range b.table {
		for code, c := range all {
			for _, p := range c.Points {
				most[code] = max(most[code], decimals(p.AsPublished))
			}
		}
	}
	for _, all := range b.table {
		for code, c := range all {
			c.Decimals = most[code]
		}
	}
}

// Held counts the values that the table holds for a territory.
func (b *Book) Held(territory string) int { return len(b.table[territory]) }

// Embedded returns the curve of the table, without the base.
func (b *Book) Embedded(code, territory string) (*Curve, bool) {
	c, ok := b.table[territory][code]
	return c, ok
}

// SourceTitle names a source of sources.csv, and anything else as it is.
func (b *Book) SourceTitle(id string) string {
	if t, ok := b.sources[id]; ok {
		return t
	}
	return id
}
