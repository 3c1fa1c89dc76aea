// Command territories reduces a release of @etalab/decoupage-administratif to
// the table that the program embeds:
//
//	go run ./tools/territories -in etalab-decoupage-administratif-6.0.0.tgz -out data/territories/2026.tsv.gz
//
// It is run when a yearly edition comes out, never by a build: the table is
// committed. An edition that comes later reaches a running platform by
// «jalon import territories».
package main

import (
	"bytes"
	"compress/gzip"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"

	"jalon/internal/apperr"
	"jalon/internal/exchange"
)

func main() {
	in := flag.String("in", "", "the package: a .tgz, or the folder it unpacks to")
	out := flag.String("out", "", "the reduced table, gzip")
	year := flag.Int("year", 0, "year of the geography, when the package does not say it")
	population := flag.Int("population-year", 0, "year of the populations, when it is not the usual one")
	flag.Parse()
	if err := run(*in, *out, exchange.DecoupageOptions{Year: *year, PopulationYear: *population}); err != nil {
		fmt.Fprintln(os.Stderr, apperr.Message(err))
		fmt.Fprintln(os.Stderr, err)
		os.Exit(apperr.ExitCode(err))
	}
}

func run(in, out string, o exchange.DecoupageOptions) error {
	if in == "" || out == "" {
		return apperr.Invalidf("Indiquez -in (paquet) et -out (table réduite).")
	}
	d, err := read(in, o)
	if err != nil {
		return err
	}
	packed, err := Pack(d)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(out), 0o755); err != nil {
		return err
	}
	fmt.Printf("%s %d: %d communes, %d EPCI, %d former, %d bytes\n", d.Version, d.Year, len(d.Communes), len(d.Groups), len(d.Former), len(packed))
	return os.WriteFile(out, packed, 0o644)
}

func read(in string, o exchange.DecoupageOptions) (_ *exchange.Decoupage, err error) {
	info, err := os.Stat(in)
	if err != nil {
		return nil, err
	}
	if info.IsDir() {
		return exchange.ReadDecoupageDir(os.DirFS(in), o)
	}
	f, err := os.Open(in)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	return exchange.ReadDecoupageArchive(filepath.Base(in), f, o)
}

// Pack is the table as embedded. The gzip header holds neither date nor name,
// so that the same package and the same compiler give the same file.
func Pack(d *exchange.Decoupage) ([]byte, error) {
	var b bytes.Buffer
	w, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	if err := errors.Join(d.WriteTable(w), w.Close()); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}
