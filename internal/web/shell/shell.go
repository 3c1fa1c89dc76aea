// Package shell is what every page shares: the frame, the buffer it is drawn
// in, the type of its handlers. It knows no room.
package shell

import (
	"bytes"
	"context"
	"net/http"
	"path"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/a-h/templ"

	"jalon/internal/french"
	"jalon/internal/web/ui"
)

// Handler serves a request or returns why it could not: the server turns the
// error into a page, once, for all of them.
type Handler func(w http.ResponseWriter, r *http.Request) error

// Shell makes the frame of pages. Its fields are set at start-up.
type Shell struct {
	// BaseURL is the public address without its final slash, «» when unknown.
	BaseURL string
	// Version is that of the binary.
	Version string
	Demo    bool
	Theme   ui.Theme
	Asset   func(name string) string
	Now     func() time.Time
}

// Page is the frame of one page: its title says the finding, its trail leads
// back up, the country first.
func (s *Shell) Page(r *http.Request, title, description string, trail ...ui.Link) ui.Page {
	p := ui.Page{
		Title: title, Description: description, Nav: ui.MainNav(r.URL.Path), Trail: trail,
		Demo: s.Demo, Theme: s.Theme, Asset: s.Asset,
		Bare: r.URL.Query().Get("integre") == "1",
	}
	address := r.Host + r.URL.Path
	if s.BaseURL != "" {
		p.Canonical = s.BaseURL + r.URL.EscapedPath()
		address = strings.TrimPrefix(strings.TrimPrefix(p.Canonical, "https://"), "http://")
	}
	p.PrintNote = address
	if s.Now != nil {
		p.PrintNote += " – page du " + french.Date(s.Now())
	}
	return p
}

// Absolute is the public address of a path, the path alone when the public
// address of the site is unknown.
func (s *Shell) Absolute(path string) string { return s.BaseURL + path }

// Site is the public address of the site, or the one that the reader used: a file is
// read elsewhere, and its links must lead back.
func (s *Shell) Site(r *http.Request) string {
	switch {
	case s.BaseURL != "":
		return s.BaseURL
	case r.TLS != nil:
		return "https://" + r.Host
	}
	return "http://" + r.Host
}

// buffers are reused from page to page; one that grew beyond a large page is
// left to the collector.
var buffers = sync.Pool{New: func() any { return bytes.NewBuffer(make([]byte, 0, 128<<10)) }}

const largeBuffer = 1 << 20

func recycle(b *bytes.Buffer) {
	if b.Cap() <= largeBuffer {
		b.Reset()
		buffers.Put(b)
	}
}

// Render draws a page whole, then sends it: a failure while drawing is an error
// page, never half a page.
func (s *Shell) Render(w http.ResponseWriter, r *http.Request, p ui.Page, body templ.Component) error {
	return s.RenderStatus(w, r, http.StatusOK, p, body)
}

// RenderStatus is Render with another status: the page of an error, or a form
// that comes back filled.
func (s *Shell) RenderStatus(w http.ResponseWriter, r *http.Request, status int, p ui.Page, body templ.Component) error {
	b := buffers.Get().(*bytes.Buffer)
	defer recycle(b)
	if err := draw(r.Context(), b, p, body); err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Length", strconv.Itoa(b.Len()))
	w.WriteHeader(status)
	// Whoever left does not need to hear that they left.
	_, _ = w.Write(b.Bytes())
	return nil
}

func draw(ctx context.Context, b *bytes.Buffer, p ui.Page, body templ.Component) error {
	return ui.Layout(p).Render(templ.WithChildren(ctx, body), b)
}

// SeeOther sends the reader to another address with GET.
func SeeOther(w http.ResponseWriter, r *http.Request, path string) error {
	http.Redirect(w, r, path, http.StatusSeeOther)
	return nil
}

// Moved says that an address has another, canonical, spelling.
func Moved(w http.ResponseWriter, r *http.Request, path string) error {
	if q := r.URL.RawQuery; q != "" {
		path += "?" + q
	}
	http.Redirect(w, r, path, http.StatusMovedPermanently)
	return nil
}

// DemoName is the name of a file that was taken away from a demonstration: it
// says so wherever it goes.
func DemoName(file string) string {
	ext := path.Ext(file)
	return strings.TrimSuffix(file, ext) + "-demonstration" + ext
}

// DemoPath is the page of a demonstration where one chooses whom to be.
const DemoPath = "/demonstration"
