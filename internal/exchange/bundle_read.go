package exchange

import (
	"archive/zip"
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"jalon/internal/apperr"
	"jalon/internal/framework"
	"jalon/internal/panorama"
	"jalon/internal/territory"
)

// BundleReport says what recomputing a bundle gave.
type BundleReport struct {
	Manifest    BundleManifest
	Digest      string // SHA-256 of the manifest
	Rows        int64  // rows compared
	Differences []string
	More        int64 // differences that are not listed
}

const (
	bundleEntries  = 500
	bundleExpanded = 1 << 30
	shownDiffs     = 20
)

// ReadBundle checks an archive against its manifest, recomputes the panorama
// from its inputs alone and compares every row of its results. What is wrong
// with the archive is an error that names the part; what the computation gives
// otherwise is a difference of the report.
func ReadBundle(name string, r io.ReaderAt, size int64) (rep BundleReport, err error) {
	defer apperr.Wrap(&err, "exchange.ReadBundle(%q)", name)
	b, err := openBundle(name, r, size)
	if err != nil {
		return rep, err
	}
	rep.Manifest, rep.Digest = b.manifest, b.digest
	if b.manifest.Rules != panorama.Rules {
		return rep, apperr.Invalidf("%s\u00a0: ce lot suit les règles «\u00a0%s\u00a0», ce programme les règles «\u00a0%s\u00a0». Vérifiez-le avec la version de Jalon qui l’a produit.", name, b.manifest.Rules, panorama.Rules)
	}
	m, err := b.model()
	if err != nil {
		return rep, err
	}
	if m.Version() != b.manifest.Version {
		rep.differ("version\u00a0: %s dans le lot, %s recalculée", b.manifest.Version, m.Version())
	}
	for _, d := range bundleResults(m) {
		if err := b.compare(d, &rep); err != nil {
			return rep, err
		}
	}
	return rep, nil
}

func (r *BundleReport) differ(format string, args ...any) {
	if len(r.Differences) == shownDiffs {
		r.More++
		return
	}
	r.Differences = append(r.Differences, fmt.Sprintf(format, args...))
}

type bundle struct {
	name     string
	files    map[string]*zip.File
	manifest BundleManifest
	digest   string
}

func openBundle(name string, r io.ReaderAt, size int64) (*bundle, error) {
	z, err := zip.NewReader(r, size)
	if err != nil {
		return nil, apperr.New(apperr.Invalid, err, "%s\u00a0: ce n’est pas un lot de Jalon, ou il est tronqué. Téléchargez-le de nouveau.", name)
	}
	if len(z.File) > bundleEntries {
		return nil, apperr.New(apperr.TooLarge, nil, "%s\u00a0: l’archive contient plus de %d éléments, elle n’a pas été ouverte.", name, bundleEntries)
	}
	b := &bundle{name: name, files: map[string]*zip.File{}}
	var declared uint64
	for _, f := range z.File {
		if declared += f.UncompressedSize64; declared > bundleExpanded || f.UncompressedSize64 > bundleExpanded {
			return nil, apperr.New(apperr.TooLarge, nil, "%s\u00a0: une fois décompressé, le lot dépasserait %d\u00a0Mo. Il n’a pas été lu.", name, bundleExpanded>>20)
		}
		if b.files[f.Name] != nil {
			return nil, apperr.Invalidf("%s\u00a0: la partie «\u00a0%s\u00a0» y est deux fois.", name, clip(f.Name))
		}
		b.files[f.Name] = f
	}
	text, err := b.read(bundleManifest, 1<<20)
	if err != nil {
		return nil, err
	}
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&b.manifest); err != nil || b.manifest.Product != bundleProduct {
		return nil, apperr.New(apperr.Invalid, err, "%s\u00a0: le manifeste n’est pas celui d’un lot de Jalon.", name)
	}
	if b.manifest.Format != BundleFormat {
		return nil, apperr.Invalidf("%s\u00a0: le format %d de ce lot n’est pas connu de cette version de Jalon (format %d).", name, b.manifest.Format, BundleFormat)
	}
	sum := sha256.Sum256(text)
	b.digest = hex.EncodeToString(sum[:])
	return b, b.check()
}

// check holds the archive to its manifest: no part missing, none added, none
// altered.
func (b *bundle) check() error {
	listed := map[string]bool{bundleManifest: true}
	for _, p := range b.manifest.Parts {
		if listed[p.Path] {
			return apperr.Invalidf("%s\u00a0: le manifeste nomme deux fois «\u00a0%s\u00a0».", b.name, clip(p.Path))
		}
		listed[p.Path] = true
		h := sha256.New()
		n, err := b.stream(p.Path, p.Length, h)
		if err != nil {
			return err
		}
		if n != p.Length || hex.EncodeToString(h.Sum(nil)) != p.SHA256 {
			return apperr.Invalidf("%s\u00a0: la partie «\u00a0%s\u00a0» a été modifiée depuis la fabrication du lot. Téléchargez-le de nouveau.", b.name, clip(p.Path))
		}
	}
	for path := range b.files {
		if !listed[path] {
			return apperr.Invalidf("%s\u00a0: la partie «\u00a0%s\u00a0» n’est pas dans le manifeste\u00a0: elle a été ajoutée.", b.name, clip(path))
		}
	}
	return nil
}

// stream copies a part, and stops one byte past the length that it should have.
func (b *bundle) stream(path string, length int64, w io.Writer) (int64, error) {
	f := b.files[path]
	if f == nil {
		return 0, apperr.Invalidf("%s\u00a0: la partie «\u00a0%s\u00a0» manque.", b.name, clip(path))
	}
	r, err := f.Open()
	if err != nil {
		return 0, b.broken(path, err)
	}
	n, err := io.Copy(w, io.LimitReader(r, length+1))
	if err = errors.Join(err, r.Close()); err != nil {
		return n, b.broken(path, err)
	}
	return n, nil
}

func (b *bundle) broken(path string, cause error) error {
	return apperr.New(apperr.Invalid, cause, "%s\u00a0: la partie «\u00a0%s\u00a0» est abîmée. Téléchargez le lot de nouveau.", b.name, clip(path))
}

func (b *bundle) read(path string, limit int64) ([]byte, error) {
	var out bytes.Buffer
	n, err := b.stream(path, limit, &out)
	if err == nil && n > limit {
		err = apperr.New(apperr.TooLarge, nil, "%s\u00a0: la partie «\u00a0%s\u00a0» est trop grande.", b.name, clip(path))
	}
	return out.Bytes(), err
}

// model recomputes the panorama from the inputs of the bundle and nothing else.
func (b *bundle) model() (*panorama.Model, error) {
	const most = 256 << 20
	tables := heldFS{}
	for path := range b.files {
		name, ok := strings.CutPrefix(path, bundleTables)
		if !ok {
			continue
		}
		text, err := b.read(path, most)
		if err != nil {
			return nil, err
		}
		tables[name] = text
	}
	text, err := b.read(bundleTree, most)
	if err != nil {
		return nil, err
	}
	tree, err := territory.Parse(string(text))
	if err != nil {
		return nil, err
	}
	fw, err := framework.Load(tables)
	if err != nil {
		return nil, err
	}
	text, err = b.read(bundleObserved, most)
	if err != nil {
		return nil, err
	}
	observed, err := readObserved(text)
	if err != nil {
		return nil, err
	}
	return panorama.FromObservations(tree, fw, tables, observed)
}

// compare recomputes one result and compares it line by line with the bundle's.
func (b *bundle) compare(d Dataset, rep *BundleReport) error {
	path := resultPath(d)
	f := b.files[path]
	if f == nil {
		return apperr.Invalidf("%s\u00a0: la partie «\u00a0%s\u00a0» manque.", b.name, path)
	}
	r, err := f.Open()
	if err != nil {
		return b.broken(path, err)
	}
	fresh, out := io.Pipe()
	go func() {
		_, err := WriteCSV(out, d, '.')
		_ = out.CloseWithError(err) // always nil
	}()
	kept, now := bufio.NewScanner(r), bufio.NewScanner(fresh)
	for _, s := range []*bufio.Scanner{kept, now} {
		s.Buffer(make([]byte, 0, 64<<10), 1<<20)
	}
	for line := 1; ; line++ {
		said, a := scanned(kept)
		found, c := scanned(now)
		if !a && !c {
			break
		}
		rep.Rows++
		if a != c || said != found {
			rep.differ("%s, ligne\u00a0%d\u00a0: le lot dit «\u00a0%s\u00a0», le calcul donne «\u00a0%s\u00a0»", path, line, said, found)
		}
	}
	return errors.Join(kept.Err(), now.Err(), fresh.Close(), r.Close())
}

func scanned(s *bufio.Scanner) (string, bool) {
	if s.Scan() {
		return s.Text(), true
	}
	return "", false
}
