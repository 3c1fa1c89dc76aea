package paper

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/a-h/templ"

	"jalon/internal/document"
	"jalon/internal/web/static"
	"jalon/internal/web/ui"
)

func TestTmp(t *testing.T) {
	d := document.Specimen()
	var b bytes.Buffer
	p := ui.Page{Title: d.Title, Styles: []string{Stylesheet()}, Asset: static.URL, Demo: true}
	if err := ui.Layout(p).Render(templ.WithChildren(t.Context(), Body(d)), &b); err != nil {
		t.Fatal(err)
	}
	dir := os.Getenv("LOOK")
	os.WriteFile(filepath.Join(dir, "page.html"), b.Bytes(), 0o644)
	s, err := Standalone(t.Context(), d)
	if err != nil {
		t.Fatal(err)
	}
	os.WriteFile(filepath.Join(dir, "alone.html"), s, 0o644)
	pdf, err := document.PDF(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	os.WriteFile(filepath.Join(dir, "a.pdf"), pdf, 0o644)
}
