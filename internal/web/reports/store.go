package reports

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"os"
	"strings"
	"sync"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/document"
	"jalon/internal/web/shell"
)

// format is one way to take a document away.
type format struct{ Ext, Label, Note, Type string }

var formats = []format{
	{"pptx", "Diaporama (PPTX)", "modifiable, avec les sources en notes", "application/vnd.openxmlformats-officedocument.presentationml.presentation"},
	{"odt", "Texte (ODT)", "modifiable, avec les tableaux", "application/vnd.oasis.opendocument.text"},
	{"pdf", "PDF", "pour lire et imprimer", "application/pdf"},
}

func formatOf(ext string) (format, error) {
	for _, f := range formats {
		if f.Ext == ext {
			return f, nil
		}
	}
	return format{}, apperr.NotFoundf("Ce document se prend en pptx, odt ou pdf, pas en «\u00a0%s\u00a0».", ext)
}

// Store makes the files of documents and remembers what was made. A file is
// made once for a version of a document, then sent whole; one is made at a
// time, but a PDF makes nobody else wait.
type Store struct {
	DB    *db.DB
	NewID func() (string, error)
	Now   func() time.Time
	// Dir is a folder of our own, emptied by whoever gives it.
	Dir string
	// PDF prints a document; nil when no browser is there to do it.
	PDF func(ctx context.Context, d document.Document) ([]byte, error)

	once  sync.Once
	turns map[bool]chan struct{} // of PDFs, which are slow, and of the rest
	mu    sync.Mutex
	files map[string]made
	order []string
}

// made is a file on disk, never changed.
type made struct {
	Path, SHA256 string
	Size         int64
	At           time.Time
}

// kept is how many files stay on disk; the oldest goes first.
const kept = 60

// file returns the file of a document in a format, made now if nobody asked for
// this version of it before. by is who asks, empty for anyone.
func (s *Store) file(ctx context.Context, doc document.Document, f format, name, filter, by string) (_ made, err error) {
	defer apperr.Wrap(&err, "reports.file(%s)", name)
	key := strings.Join([]string{doc.Kind, doc.Version, doc.Day, doc.Address, f.Ext}, "|")
	s.once.Do(func() {
		s.turns, s.files = map[bool]chan struct{}{true: make(chan struct{}, 1), false: make(chan struct{}, 1)}, map[string]made{}
	})
	turn := s.turns[f.Ext == "pdf"]
	select {
	case turn <- struct{}{}:
	case <-ctx.Done():
		return made{}, ctx.Err()
	}
	defer func() { <-turn }()
	m, ok := s.have(key)
	if !ok {
		if m, err = s.write(ctx, doc, f); err != nil {
			return made{}, err
		}
		s.keep(key, m)
	}
	return m, s.record(ctx, doc, m, name, filter, by)
}

func (s *Store) have(key string) (made, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	m, ok := s.files[key]
	return m, ok
}

// keep remembers a file and forgets the oldest. A reader that still holds it
// reads it to its end: its file is only unlinked.
func (s *Store) keep(key string, m made) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.files[key] = m
	s.order = append(s.order, key)
	if len(s.order) > kept {
		old := s.order[0]
		_ = os.Remove(s.files[old].Path) // what cannot be removed goes with the folder
		delete(s.files, old)
		s.order = s.order[1:]
	}
}

// bytesOf writes a document in a format.
func (s *Store) bytesOf(ctx context.Context, w io.Writer, doc document.Document, ext string) error {
	switch ext {
	case "pptx":
		return document.WritePPTX(w, doc)
	case "odt":
		return document.WriteODT(w, doc)
	}
	if s.PDF == nil {
		return apperr.New(apperr.Unavailable, nil, "Le PDF demande un navigateur que cette installation n’a pas. Prenez le texte (ODT), ou imprimez la page.")
	}
	text, err := s.PDF(ctx, doc)
	if err != nil {
		return err
	}
	_, err = io.Copy(w, bytes.NewReader(text))
	return err
}

func (s *Store) write(ctx context.Context, doc document.Document, f format) (_ made, err error) {
	out, err := os.CreateTemp(s.Dir, "document-*")
	if err != nil {
		return made{}, apperr.New(apperr.Unavailable, err, "Le fichier ne peut pas être préparé\u00a0: le dossier temporaire ne s’écrit pas.")
	}
	m := made{Path: out.Name(), At: s.Now()}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(m.Path))
		}
	}()
	h := sha256.New()
	if err = errors.Join(s.bytesOf(ctx, io.MultiWriter(out, h), doc, f.Ext), out.Close()); err != nil {
		return made{}, err
	}
	info, err := os.Stat(m.Path)
	if err != nil {
		return made{}, err
	}
	m.Size, m.SHA256 = info.Size(), hex.EncodeToString(h.Sum(nil))
	return m, nil
}

// record keeps what was taken: by whom, which bytes, of which data.
func (s *Store) record(ctx context.Context, doc document.Document, m made, name, filter, by string) error {
	id, err := s.NewID()
	if err != nil {
		return err
	}
	_, err = s.DB.Exec(ctx, `
		INSERT INTO export (id, by, at, what, filter, rows, sha256, data_version)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`, id, by, s.Now().UnixMilli(), name, filter, len(doc.Parts), m.SHA256, doc.Version)
	return err
}

// file serves a document in a format: prepared whole, then sent with its length
// and its digest.
func (d Deps) file(k kind, ext string) shell.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		if err := mayExport(r, k); err != nil {
			return err
		}
		f, err := formatOf(ext)
		if err != nil {
			return err
		}
		doc, a, err := d.written(r, k)
		if err != nil {
			return err
		}
		name := a.fileName(k, ext)
		m, err := d.Store.file(r.Context(), doc, f, name, strings.TrimPrefix(a.query(k), "?"), shell.Actor(r).Person)
		if err != nil {
			return err
		}
		body, err := os.Open(m.Path)
		if err != nil {
			return apperr.New(apperr.Unavailable, err, "Le fichier vient d’être remplacé. Recommencez.")
		}
		defer func() { _ = body.Close() }()
		attach(w.Header(), name, f, m.SHA256, doc.Version)
		http.ServeContent(w, r, "", time.Time{}, body)
		return nil
	}
}

// attach are the headers of a file that a reader keeps.
func attach(h http.Header, name string, f format, sum, version string) {
	h.Set("Content-Type", f.Type)
	h.Set("Content-Disposition", `attachment; filename="`+name+`"`)
	h.Set("ETag", `"`+sum+`"`)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Data-Version", version)
	if raw, err := hex.DecodeString(sum); err == nil {
		h.Set("Repr-Digest", "sha-256=:"+base64.StdEncoding.EncodeToString(raw)+":")
	}
}
