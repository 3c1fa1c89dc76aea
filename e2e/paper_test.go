package e2e

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/a-h/templ"

	"jalon/internal/document"
	"jalon/internal/web/paper"
	"jalon/internal/web/static"
	"jalon/internal/web/ui"
)

// A document of every type of block, as a page: at each width, in each scheme,
// on paper, and by keyboard.
func TestDocumentIsAccessible(t *testing.T) {
	t.Parallel()
	mux := http.NewServeMux()
	mux.Handle(static.Prefix, static.Handler())
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Content-Security-Policy", ui.ContentSecurityPolicy)
		d := document.Specimen()
		page := ui.Page{Title: d.Title, Styles: []string{paper.Stylesheet()}, Asset: static.URL}
		if err := ui.Layout(page).Render(templ.WithChildren(r.Context(), paper.Body(d)), w); err != nil {
			t.Error(err)
		}
	})
	s := httptest.NewServer(mux)
	t.Cleanup(s.Close)
	p := Open(t, s.URL)
	p.Visit("/")
	p.Resize(1280, 900)
	p.Axe()
	p.Narrow()
	p.Axe()
	p.Resize(1280, 900)
	Eval[bool](p, `(document.querySelectorAll("details").forEach(d => d.open = true), true)`)
	p.Axe()
	p.Dark()
	p.Visit("/")
	p.Axe()
	p.PDF(false)
	if n := Eval[int](p, `document.querySelectorAll("svg.drawing a").length`); n < 18 {
		t.Errorf("%d regions can be reached by keyboard, want 18", n)
	}
	if !Eval[bool](p, `(document.querySelector("svg.drawing a").focus(), document.activeElement.matches("svg.drawing a"))`) {
		t.Error("an element of a chart does not take the focus")
	}
}
