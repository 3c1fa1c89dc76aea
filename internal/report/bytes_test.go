package report_test

import (
	"bytes"
	"context"
	"reflect"
	"testing"

	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/document"
	"jalon/internal/report"
	"jalon/internal/testkit"
	"jalon/internal/web/paper"
)

// written is a document in every format that needs no browser.
func written(t testing.TB, doc document.Document) map[string][]byte {
	t.Helper()
	var pptx, odt bytes.Buffer
	if err := document.WritePPTX(&pptx, doc); err != nil {
		t.Fatal(err)
	}
	if err := document.WriteODT(&odt, doc); err != nil {
		t.Fatal(err)
	}
	page, err := paper.Standalone(context.Background(), doc)
	if err != nil {
		t.Fatal(err)
	}
	return map[string][]byte{"pptx": pptx.Bytes(), "odt": odt.Bytes(), "page": page}
}

// Two installations that hold the same things, each on its engine, publish the
// same bytes.
func TestTwoInstallationsPublishTheSameBytes(t *testing.T) {
	lite, pg := open(t, testkit.Open(t, db.SQLite)), open(t, testkit.Open(t, db.PostgreSQL))
	for _, day := range []string{"2024-05-27", "2026-03-01"} {
		a, b := lite.documents(t, day), pg.documents(t, day)
		for i := range a {
			if !reflect.DeepEqual(a[i], b[i]) {
				t.Errorf("%s at %s: two documents", a[i].Title, day)
				continue
			}
			if i > 4 {
				continue // the other regions are made by the same code
			}
			x, y := written(t, a[i]), written(t, b[i])
			for format, text := range x {
				if !bytes.Equal(text, y[format]) {
					t.Errorf("%s at %s: other bytes in %s", a[i].Title, day, format)
				}
			}
		}
	}
}

// BenchmarkAllFormats is the point d’étape from the database to its page, its
// deck and its text; the PDF, which takes a browser, is measured with it when
// there is one.
func BenchmarkAllFormats(b *testing.B) {
	s := open(b, testkit.DB(b))
	ctx := context.Background()
	b.Run("document", func(b *testing.B) {
		for b.Loop() {
			if _, err := report.National(ctx, s.db, s.model, report.Edition{Cycle: cop.First, Day: "2024-05-27"}); err != nil {
				b.Fatal(err)
			}
		}
	})
	doc := s.national(b, "2024-05-27")
	b.Run("page, deck and text", func(b *testing.B) {
		for b.Loop() {
			written(b, doc)
		}
	})
	if document.Browser() == "" {
		return
	}
	page := written(b, doc)["page"]
	b.Run("pdf", func(b *testing.B) {
		for b.Loop() {
			if _, err := document.PDF(ctx, page); err != nil {
				b.Fatal(err)
			}
		}
	})
}
