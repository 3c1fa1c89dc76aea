// Command series re-tabulates the public figures that Jalon ships: the regional
// series of the Écolab hub, the baromètre of départements and regions, and the
// indicators of the national referential.
//
//	go run ./tools/series -from FOLDER
//
// FOLDER holds indicateurs/irpe/*.json, indicateurs/barometre-departements.csv.gz
// and referentiel/indicateurs-2026.csv as their publishers issue them. It writes
// data/series-reference.csv.gz and data/indicators-national.csv, the same bytes
// from the same files.
package main

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"encoding/csv"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"

	"jalon/data"
	"jalon/internal/exchange"
	"jalon/internal/series"
	"jalon/internal/territory"
)

func main() {
	from := flag.String("from", "", "folder of the public files")
	to := flag.String("to", "data", "folder to write to")
	flag.Parse()
	if err := run(*from, *to); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(from, to string) error {
	national, err := Nationals(filepath.Join(from, "referentiel", "indicateurs-2026.csv"))
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(to, "indicators-national.csv"), national, 0o600); err != nil {
		return err
	}
	reference, err := Reference(from)
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(to, series.ReferenceTable), reference, 0o600)
}

// figure is one row of the table.
type figure struct {
	indicator, territory string
	year                 int
	value, written, day  string
	reason, source       string
	received             series.Received
}

// Reference is the table of figures, compressed.
func Reference(from string) ([]byte, error) {
	tree, err := territory.Embedded()
	if err != nil {
		return nil, err
	}
	catalogue, err := series.LoadCatalogue(data.FS)
	if err != nil {
		return nil, err
	}
	var all []figure
	files, err := filepath.Glob(filepath.Join(from, "indicateurs", "irpe", "*.json"))
	if err != nil || len(files) == 0 {
		return nil, errors.Join(err, fmt.Errorf("no answer of the hub in %s", from))
	}
	for _, f := range files {
		rows, err := hub(catalogue, tree, f)
		if err != nil {
			return nil, err
		}
		all = append(all, rows...)
	}
	rows, err := barometer(catalogue, tree, filepath.Join(from, "indicateurs", "barometre-departements.csv.gz"))
	if err != nil {
		return nil, err
	}
	all = append(all, rows...)
	return write(trim(judged(catalogue, tree, all)))
}

// judged leaves out what an import would leave out or refuse.
func judged(catalogue *series.Catalogue, tree *territory.Tree, all []figure) []figure {
	received := make([]series.Received, len(all))
	for i, f := range all {
		received[i] = f.received
		received[i].Line = i
	}
	kept := all[:0]
	for i, j := range series.NewIncoming(catalogue, tree).Judge(received) {
		if j.Keep != nil {
			kept = append(kept, all[i])
		}
	}
	return kept
}

func hub(catalogue *series.Catalogue, tree *territory.Tree, path string) (out []figure, err error) {
	f, err := os.Open(filepath.Clean(path))
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	s, err := exchange.ReadHub(filepath.Base(path), f)
	if err != nil {
		return nil, err
	}
	ind := catalogue.OfHubMeasure(s.Cube + "." + s.Measure)
	if ind == nil {
		return nil, fmt.Errorf("%s: the catalogue does not know %s.%s", path, s.Cube, s.Measure)
	}
	for _, r := range s.Rows {
		if r.Err != nil {
			return nil, fmt.Errorf("%s, element %d: %w", path, r.Line, r.Err)
		}
		ref := territory.Ref{Scale: territory.RegionS, Code: r.Place}
		if _, err := tree.Region(r.Place); err != nil || r.Scale != exchange.HubRegion || !ind.Holds(r.Dims) {
			continue // another country, or another line of the cube
		}
		out = append(out, row(ind, ref, r.Day, r.Value, r.Text, "Le hub ne donne pas de valeur pour cette année."))
	}
	return out, nil
}

func barometer(catalogue *series.Catalogue, tree *territory.Tree, path string) (out []figure, err error) {
	f, err := os.Open(filepath.Clean(path))
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	name, r, err := exchange.Inflate(filepath.Base(path), f, exchange.Limits{})
	if err != nil {
		return nil, err
	}
	t, err := exchange.ReadTableWith(name, r, exchange.Options{Decimal: exchange.PointDecimal})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, t.Close()) }()
	rows, err := exchange.ReadBarometer(t, nil)
	if err != nil {
		return nil, err
	}
	for r, err := range rows {
		if err := errors.Join(err, r.Err); err != nil {
			return nil, err
		}
		ind, ok := catalogue.OfBarometer(r.Indicator.Value)
		if !ok {
			return nil, fmt.Errorf("%s: the catalogue does not know %s", path, r.Indicator.Value)
		}
		ref := territory.Ref{Scale: territory.Department, Code: r.Code.Value}
		switch r.Level.Value {
		case "region":
			ref.Scale = territory.RegionS
		case "france":
			continue // the nation's quantities are never a territory's
		}
		if _, err := tree.Lookup(ref); err != nil {
			return nil, err
		}
		out = append(out, row(ind, ref, r.Day, r.Quantity.Value, r.Quantity.Cell.Value, r.Quantity.Reason))
	}
	return out, nil
}

func row(ind *series.Indicator, ref territory.Ref, day string, value *float64, written, reason string) figure {
	f := figure{indicator: ind.Code, territory: ref.String(), year: series.YearOf(day), written: written, day: day, source: ind.Source,
		received: series.Received{Indicator: ind.Code, Ref: ref, Day: day, Value: value, Reason: reason, Written: written}}
	if !series.Partial(day) {
		f.day = ""
	}
	if value == nil {
		f.reason = reason
		return f
	}
	f.value = strconv.FormatFloat(*value, 'g', -1, 64)
	if f.value == f.written {
		f.written = ""
	}
	return f
}

// trim keeps the last day of each year, and no year before the first value or
// after the last.
func trim(all []figure) []figure {
	slices.SortStableFunc(all, func(a, b figure) int {
		return cmp.Or(cmp.Compare(a.indicator, b.indicator), cmp.Compare(a.territory, b.territory), cmp.Compare(a.year, b.year), cmp.Compare(partial(a), partial(b)))
	})
	var out []figure
	for i := 0; i < len(all); {
		j, first, last := i, -1, -1
		for ; j < len(all) && all[j].indicator == all[i].indicator && all[j].territory == all[i].territory; j++ {
			if all[j].value != "" {
				if first < 0 {
					first = j
				}
				last = j
			}
		}
		for k := first; first >= 0 && k <= last; k++ {
			if k == last || all[k+1].year != all[k].year {
				out = append(out, all[k])
			}
		}
		i = j
	}
	return out
}

// partial orders the days of a year: the whole year, written without day, last.
func partial(f figure) string {
	if f.day == "" {
		return "9"
	}
	return f.day
}

func write(all []figure) ([]byte, error) {
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	w := csv.NewWriter(z)
	rows := [][]string{{"indicator", "territory", "year", "value", "as_published", "day", "reason", "source"}}
	for _, f := range all {
		rows = append(rows, []string{f.indicator, f.territory, strconv.Itoa(f.year), f.value, f.written, f.day, f.reason, f.source})
	}
	if err := errors.Join(w.WriteAll(rows), z.Close()); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}
