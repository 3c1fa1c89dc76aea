// Package static serves the stylesheet, scripts and icon of Jalon: embedded,
// named by their content so that browsers keep them for ever, and compressed
// once, when the first of them is asked for.
package static

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"strconv"
	"strings"
	"sync"
)

//go:embed assets
var assets embed.FS

// Prefix is the path under which Handler is mounted.
const Prefix = "/static/"

// asset is one file, ready to send both ways.
type asset struct {
	name, hashed, contentType, etag string
	plain, zipped                   []byte
}

// store holds every file under its plain and its hashed name.
type store struct {
	byName map[string]*asset
	hashed map[string]bool
}

var load = sync.OnceValue(func() *store {
	s, err := newStore(assets)
	if err != nil {
		panic("static: embedded files: " + err.Error())
	}
	return s
})

// newStore reads the files of the folder assets in fsys.
func newStore(fsys fs.FS) (*store, error) {
	entries, err := fs.ReadDir(fsys, "assets")
	if err != nil {
		return nil, err
	}
	s := &store{byName: map[string]*asset{}, hashed: map[string]bool{}}
	for _, e := range entries {
		b, err := fs.ReadFile(fsys, path.Join("assets", e.Name()))
		if err != nil {
			return nil, err
		}
		a, err := newAsset(e.Name(), b)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", e.Name(), err)
		}
		s.byName[a.name], s.byName[a.hashed] = a, a
		s.hashed[a.hashed] = true
	}
	return s, nil
}

func newAsset(name string, b []byte) (*asset, error) {
	sum := sha256.Sum256(b)
	hash := hex.EncodeToString(sum[:5])
	ext := path.Ext(name)
	a := &asset{
		name:        name,
		hashed:      strings.TrimSuffix(name, ext) + "-" + hash + ext,
		contentType: contentType(ext),
		etag:        `"` + hash + `"`,
		plain:       b,
	}
	var z bytes.Buffer
	w, err := gzip.NewWriterLevel(&z, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(b); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	if z.Len() < len(b) {
		a.zipped = z.Bytes()
	}
	return a, nil
}

// contentType does not ask the system, whose answers differ between machines.
func contentType(ext string) string {
	switch ext {
	case ".css":
		return "text/css; charset=utf-8"
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	}
	return "text/plain; charset=utf-8"
}

// URL is the address of a file, with the hash of its content in it. A name that
// does not exist is a programming error, which the tests of pages find: its
// address answers 404.
func URL(name string) string {
	if a, ok := load().byName[name]; ok {
		return Prefix + a.hashed
	}
	return Prefix + name
}

// Text is the content of a file, for a page that carries it in itself.
func Text(name string) string {
	if a, ok := load().byName[name]; ok {
		return string(a.plain)
	}
	return ""
}

// Handler serves the files under Prefix. Hashed names never change, so they are
// kept for a year; plain names are asked for again each time.
func Handler() http.Handler { return load() }

func (s *store) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "Méthode non admise.", http.StatusMethodNotAllowed)
		return
	}
	name := strings.TrimPrefix(r.URL.Path, Prefix)
	a, ok := s.byName[name]
	if !ok {
		http.NotFound(w, r)
		return
	}
	h := w.Header()
	h.Set("Content-Type", a.contentType)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Vary", "Accept-Encoding")
	h.Set("Cache-Control", "no-cache")
	if s.hashed[name] {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	body, etag := a.plain, a.etag
	if a.zipped != nil && acceptsGzip(r.Header.Get("Accept-Encoding")) {
		h.Set("Content-Encoding", "gzip")
		body, etag = a.zipped, strings.TrimSuffix(a.etag, `"`)+`-gz"`
	}
	h.Set("ETag", etag)
	if strings.Contains(r.Header.Get("If-None-Match"), etag) {
		h.Del("Content-Encoding")
		w.WriteHeader(http.StatusNotModified)
		return
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	if r.Method == http.MethodHead {
		return
	}
	// The reader may leave at any time: nobody is there to read the error.
	_, _ = w.Write(body)
}

// acceptsGzip reads the header as browsers write it; «gzip;q=0» refuses.
func acceptsGzip(header string) bool {
	for part := range strings.SplitSeq(header, ",") {
		coding, q, _ := strings.Cut(strings.TrimSpace(part), ";")
		if strings.TrimSpace(coding) != "gzip" {
			continue
		}
		value, err := strconv.ParseFloat(strings.TrimPrefix(strings.TrimSpace(q), "q="), 64)
		return err != nil || value > 0
	}
	return false
}
