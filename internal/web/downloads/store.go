// Package downloads serves the page of open data and its files: every data set
// as CSV, XLSX and JSON with its codebook, and the bundle that recomputes
// itself. A file is made once for a version of the data, then sent whole, with
// its length and its digest.
package downloads

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"sync"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/exchange"
	"jalon/internal/panorama"
	"jalon/internal/series"
)

// Store makes the files and remembers what was made.
type Store struct {
	Q      db.Q
	Tables fs.FS
	Model  func(ctx context.Context) (*panorama.Model, error)
	NewID  func() (string, error)
	Now    func() time.Time
	// Dir is a folder of our own, emptied by whoever gives it.
	Dir string
	// Decimal is the decimal sign of CSV files, ',' unless a program asked for
	// '.' from the command line; what the site gives has one digest, so one sign.
	Decimal rune

	once  sync.Once
	turn  chan struct{} // one file is made at a time
	mu    sync.Mutex
	files map[string]File
	data  string // the version that files belong to
}

// File is a made file: whole on disk, never changed.
type File struct {
	Name    string // as it is downloaded
	Path    string
	Size    int64
	Rows    int64
	SHA256  string
	Version string
	Type    string
	Digest  string // of the manifest, for a bundle
	At      time.Time
}

// Export is a file that was made, as the page lists it.
type Export struct {
	At      time.Time
	What    string
	Rows    int64
	SHA256  string
	Version string
}

// snapshot is what every file of one version is made from.
type snapshot struct {
	model    *panorama.Model
	observed []series.Observation
}

// snapshot is the model in force. With the imported figures, it reads them in
// one view of the database and computes the model from them again, so that a
// bundle never holds results of other inputs.
func (s *Store) snapshot(ctx context.Context, withInputs bool) (snapshot, error) {
	m, err := s.Model(ctx)
	if err != nil {
		return snapshot{}, err
	}
	out := snapshot{model: m}
	if !withInputs {
		return out, nil
	}
	err = db.Snapshot(ctx, s.Q, func(ctx context.Context, q db.Q) error {
		for _, family := range []string{series.Keys, series.Objectives, series.Equivalent, series.Emissions} {
			rows, err := series.History(ctx, q, family)
			if err != nil {
				return err
			}
			out.observed = append(out.observed, rows...)
		}
		return nil
	})
	if err != nil {
		return snapshot{}, err
	}
	fresh, err := panorama.FromObservations(m.Tree(), m.Framework(), s.Tables, out.observed)
	if err != nil {
		return snapshot{}, err
	}
	out.model = fresh
	return out, nil
}

// Catalogue lists the data sets of the data as they are now.
func (s *Store) Catalogue(ctx context.Context) ([]exchange.Dataset, *panorama.Model, error) {
	m, err := s.Model(ctx)
	if err != nil {
		return nil, nil, err
	}
	sets, err := exchange.Catalogue(m, s.Tables, nil)
	return sets, m, err
}

var mediaTypes = map[string]string{
	"csv":  "text/csv; charset=utf-8; header=present",
	"json": "application/json; charset=utf-8",
	"xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
	"zip":  "application/zip",
}

// File returns the file of a name, made now if nobody asked for it since the
// data changed.
func (s *Store) File(ctx context.Context, name string) (_ File, err error) {
	defer apperr.Wrap(&err, "downloads.File(%q)", name)
	m, err := s.Model(ctx)
	if err != nil {
		return File{}, err
	}
	if f, ok := s.made(m.Version(), name); ok {
		return f, nil
	}
	s.once.Do(func() { s.turn = make(chan struct{}, 1) })
	select {
	case s.turn <- struct{}{}:
	case <-ctx.Done():
		return File{}, ctx.Err()
	}
	defer func() { <-s.turn }()
	if f, ok := s.made(m.Version(), name); ok { // somebody made it meanwhile
		return f, nil
	}
	f, err := s.make(ctx, name)
	if err != nil {
		return File{}, err
	}
	s.keep(f)
	return f, nil
}

func (s *Store) made(version, name string) (File, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f, ok := s.files[name]
	return f, ok && s.data == version && f.Version == version
}

// keep remembers a file and forgets those of older data. A reader that still
// holds one of them reads it to its end: its file is only unlinked.
func (s *Store) keep(f File) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.data != f.Version {
		for _, old := range s.files {
			_ = os.Remove(old.Path) // what cannot be removed goes with the folder
		}
		s.files, s.data = map[string]File{}, f.Version
	}
	s.files[f.Name] = f
}

// make writes a file beside its final name, then records it.
func (s *Store) make(ctx context.Context, name string) (_ File, err error) {
	ext := filepath.Ext(name)
	if ext == "" || mediaTypes[ext[1:]] == "" {
		return File{}, unknownFile(name)
	}
	// What making a file took is given back: an idle server stays small.
	defer debug.FreeOSMemory()
	snap, err := s.snapshot(ctx, ext == ".zip" || strings.HasPrefix(name, exchange.ImportedName))
	if err != nil {
		return File{}, err
	}
	f := File{Name: name, Version: snap.model.Version(), Type: mediaTypes[ext[1:]], At: s.Now()}
	write, err := s.writer(ctx, snap, name[:len(name)-len(ext)], ext[1:], &f)
	if err != nil {
		return File{}, err
	}
	out, err := os.CreateTemp(s.Dir, "export-*")
	if err != nil {
		return File{}, apperr.New(apperr.Unavailable, err, "Le fichier ne peut pas être préparé\u00a0: le dossier temporaire ne s’écrit pas.")
	}
	f.Path = out.Name()
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(f.Path))
		}
	}()
	h := sha256.New()
	err = errors.Join(write(io.MultiWriter(out, h)), out.Close())
	if err != nil {
		return File{}, err
	}
	info, err := os.Stat(f.Path)
	if err != nil {
		return File{}, err
	}
	f.Size, f.SHA256 = info.Size(), hex.EncodeToString(h.Sum(nil))
	return f, s.record(ctx, f)
}

func unknownFile(name string) error {
	return apperr.NotFoundf("Aucun fichier ne s’appelle «\u00a0%s\u00a0». La page «\u00a0Données\u00a0» les liste tous.", name)
}

// writer finds what writes a file of a base name and an extension.
func (s *Store) writer(ctx context.Context, snap snapshot, base, ext string, f *File) (func(io.Writer) error, error) {
	if ext == "zip" {
		if base+".zip" != exchange.BundleName(snap.model.Version()) {
			return nil, apperr.NotFoundf("Ce lot n’est plus celui des données en vigueur (version %s). La page «\u00a0Données\u00a0» donne l’actuel.", snap.model.Version())
		}
		return func(w io.Writer) error {
			manifest, err := exchange.WriteBundle(w, snap.model, s.Tables, snap.observed)
			f.Rows, f.Digest = int64(len(manifest.Parts)), manifest.Digest()
			return err
		}, nil
	}
	sets, err := exchange.Catalogue(snap.model, s.Tables, snap.observed)
	if err != nil {
		return nil, err
	}
	sets = append(sets, exchange.Codebook(sets))
	for _, d := range sets {
		if d.Name != base {
			continue
		}
		d.Rows = exchange.Until(ctx, d.Rows)
		return func(w io.Writer) (err error) {
			switch ext {
			case "csv":
				f.Rows, err = exchange.WriteCSV(w, d, s.decimal())
			case "xlsx":
				f.Rows, err = exchange.WriteXLSX(w, d)
			default:
				f.Rows, err = exchange.WriteJSON(w, d)
			}
			return err
		}, nil
	}
	return nil, unknownFile(base + "." + ext)
}

// filter says in what a file differs from the one of the same name on the site.
func (s *Store) filter(f File) string {
	if s.decimal() == '.' && strings.HasSuffix(f.Name, ".csv") {
		return "point décimal"
	}
	return ""
}

func (s *Store) decimal() rune {
	if s.Decimal == 0 {
		return ','
	}
	return s.Decimal
}

// record keeps what was made: how many rows, which bytes, of which data.
func (s *Store) record(ctx context.Context, f File) error {
	id, err := s.NewID()
	if err != nil {
		return err
	}
	_, err = s.Q.Exec(ctx, `
		INSERT INTO export (id, by, at, what, filter, rows, sha256, data_version)
		VALUES ($1, '', $2, $3, $4, $5, $6, $7)`, id, f.At.UnixMilli(), f.Name, s.filter(f), f.Rows, f.SHA256, f.Version)
	return err
}

// Recent lists the last files made for anyone, the newest first.
func (s *Store) Recent(ctx context.Context, limit int) (_ []Export, err error) {
	defer apperr.Wrap(&err, "downloads.Recent")
	rows, err := s.Q.Query(ctx, `
		SELECT at, what, filter, rows, sha256, data_version
		  FROM export
		 WHERE by = ''
		 ORDER BY id DESC
		 LIMIT $1`, limit)
	return db.Collect(rows, err, func(r *db.Rows) (e Export, err error) {
		var at int64
		var filter string
		err = r.Scan(&at, &e.What, &filter, &e.Rows, &e.SHA256, &e.Version)
		e.At = time.UnixMilli(at).UTC()
		if filter != "" {
			e.What += " (" + filter + ")"
		}
		return e, err
	})
}

// Names lists every file of the data as they are now, for the command line.
func (s *Store) Names(ctx context.Context) ([]string, error) {
	sets, m, err := s.Catalogue(ctx)
	if err != nil {
		return nil, err
	}
	var out []string
	for _, d := range append(sets, exchange.Codebook(sets)) {
		out = append(out, d.Name+".csv", d.Name+".xlsx", d.Name+".json")
	}
	return append(out, exchange.BundleName(m.Version())), nil
}
