package exchange

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	_ "embed" // rules.md
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/panorama"
	"jalon/internal/series"
	"jalon/internal/territory"
)

//go:embed rules.md
var rulesText []byte

// BundleFormat is the version of the layout of a bundle.
const BundleFormat = 1

const (
	bundleProduct  = "jalon-panorama"
	bundleManifest = "manifest.json"
	bundleRules    = "rules.md"
	bundleTables   = "inputs/tables/"
	bundleTree     = "inputs/territories.tsv"
	bundleObserved = "inputs/observations.ndjson"
)

// BundlePart is one file of a bundle as its manifest lists it.
type BundlePart struct {
	Path   string `json:"path"`
	Length int64  `json:"length"`
	SHA256 string `json:"sha256"`
}

// BundleManifest is what names a bundle: the same inputs and rules give the same
// manifest, whatever compressed the archive.
type BundleManifest struct {
	Format  int          `json:"format"`
	Product string       `json:"product"`
	Version string       `json:"version"` // of the panorama: inputs and rules
	Rules   string       `json:"rules"`
	Parts   []BundlePart `json:"parts"`
}

// Text is the manifest as it stands in the archive.
func (m BundleManifest) Text() ([]byte, error) {
	text, err := json.MarshalIndent(m, "", "  ")
	return append(text, '\n'), err
}

// Digest is the SHA-256 of the manifest: what names the content of a bundle.
func (m BundleManifest) Digest() string {
	text, err := m.Text()
	if err != nil {
		return ""
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// BundleName is the file name of the bundle of a version.
func BundleName(version string) string { return "jalon-panorama-" + version + ".zip" }

// bundleDate stands on every file of a bundle: a date of making would make two
// bundles of the same inputs differ.
var bundleDate = time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)

type bundleWriter struct {
	zip   *zip.Writer
	parts []BundlePart
}

func (b *bundleWriter) add(path string, write func(io.Writer) error) error {
	f, err := b.zip.CreateHeader(&zip.FileHeader{Name: path, Method: zip.Deflate, Modified: bundleDate})
	if err != nil {
		return err
	}
	h := sha256.New()
	n := &lengthOnly{}
	if err := write(io.MultiWriter(f, h, n)); err != nil {
		return err
	}
	b.parts = append(b.parts, BundlePart{Path: path, Length: n.n, SHA256: hex.EncodeToString(h.Sum(nil))})
	return nil
}

type lengthOnly struct{ n int64 }

func (l *lengthOnly) Write(p []byte) (int, error) {
	l.n += int64(len(p))
	return len(p), nil
}

// WriteBundle writes inputs, rules and results of a model in one archive, as a
// stream; the manifest comes last, so that a cut archive is never a whole one.
// observed are the imported figures that the model was computed from.
func WriteBundle(w io.Writer, m *panorama.Model, tables fs.FS, observed []series.Observation) (_ BundleManifest, err error) {
	defer apperr.Wrap(&err, "exchange.WriteBundle")
	b := &bundleWriter{zip: zip.NewWriter(w)}
	names, err := fs.Glob(tables, "*.csv")
	if err != nil {
		return BundleManifest{}, err
	}
	for _, name := range names {
		data, err := fs.ReadFile(tables, name)
		if err != nil {
			return BundleManifest{}, err
		}
		if err := b.add(bundleTables+name, func(w io.Writer) error { _, err := w.Write(data); return err }); err != nil {
			return BundleManifest{}, err
		}
	}
	steps := []struct {
		path  string
		write func(io.Writer) error
	}{
		{bundleTree, func(w io.Writer) error { _, err := io.WriteString(w, m.Tree().Table()); return err }},
		{bundleObserved, func(w io.Writer) error { return writeObserved(w, observed) }},
		{bundleRules, func(w io.Writer) error { _, err := w.Write(rulesText); return err }},
	}
	for _, d := range bundleResults(m) {
		steps = append(steps, struct {
			path  string
			write func(io.Writer) error
		}{resultPath(d), func(w io.Writer) error { _, err := WriteCSV(w, d, '.'); return err }})
	}
	for _, s := range steps {
		if err := b.add(s.path, s.write); err != nil {
			return BundleManifest{}, err
		}
	}
	slices.SortFunc(b.parts, func(x, y BundlePart) int { return strings.Compare(x.Path, y.Path) })
	manifest := BundleManifest{Format: BundleFormat, Product: bundleProduct, Version: m.Version(), Rules: panorama.Rules, Parts: b.parts}
	text, err := manifest.Text()
	if err != nil {
		return BundleManifest{}, err
	}
	if err := (&bundleWriter{zip: b.zip}).add(bundleManifest, func(w io.Writer) error { _, err := w.Write(text); return err }); err != nil {
		return BundleManifest{}, err
	}
	return manifest, b.zip.Close()
}

func resultPath(d Dataset) string { return "results/" + d.Name + ".csv" }

// bundleResults are the panoramas of every territory of the tree.
func bundleResults(m *panorama.Model) []Dataset {
	return []Dataset{
		Panoramas("nation", "France", m, []territory.Ref{territory.France}),
		Panoramas("regions", "Régions", m, Refs(m, territory.RegionS)),
		Panoramas("departments", "Départements", m, Refs(m, territory.Department)),
		Panoramas("epci", "EPCI", m, Refs(m, territory.EPCI)),
		CommunePanoramas("communes", m),
	}
}

// Refs lists every territory of a scale, in the order of the tree.
func Refs(m *panorama.Model, scale territory.Scale) []territory.Ref {
	var codes []string
	t := m.Tree()
	switch scale {
	case territory.RegionS:
		for _, x := range t.Regions() {
			codes = append(codes, x.Code)
		}
	case territory.Department:
		for _, x := range t.Departments() {
			codes = append(codes, x.Code)
		}
	case territory.EPCI:
		for _, x := range t.Groups() {
			codes = append(codes, x.SIREN)
		}
	case territory.CommuneS:
		for _, x := range t.Communes() {
			codes = append(codes, x.Code)
		}
	}
	refs := make([]territory.Ref, len(codes))
	for i, c := range codes {
		refs[i] = territory.Ref{Scale: scale, Code: c}
	}
	return refs
}

// writeObserved writes one JSON line an observation. The id of an edition, which
// differs from one installation to another, becomes its rank: only the order of
// editions counts.
func writeObserved(w io.Writer, all []series.Observation) error {
	rank := map[string]string{}
	var ids []string
	for _, o := range all {
		if _, ok := rank[o.Edition]; !ok {
			rank[o.Edition] = ""
			ids = append(ids, o.Edition)
		}
	}
	slices.Sort(ids)
	for i, id := range ids {
		rank[id] = fmt.Sprintf("%06d", i+1)
	}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	for _, o := range all {
		o.Edition = rank[o.Edition]
		if err := enc.Encode(o); err != nil {
			return err
		}
	}
	return nil
}

func readObserved(text []byte) ([]series.Observation, error) {
	var all []series.Observation
	line := 0
	for one := range bytes.Lines(text) {
		line++
		var o series.Observation
		dec := json.NewDecoder(bytes.NewReader(one))
		dec.DisallowUnknownFields()
		if err := dec.Decode(&o); err != nil {
			return nil, apperr.New(apperr.Invalid, err, "%s, ligne\u00a0%d\u00a0: cette observation est illisible.", bundleObserved, line)
		}
		all = append(all, o)
	}
	return all, nil
}
