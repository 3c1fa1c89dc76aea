package document

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sync/errgroup"

	"jalon/internal/apperr"
	"jalon/internal/blob"
	"jalon/internal/db"
	"jalon/internal/figure"
	"jalon/internal/testkit"
)

var then = time.Date(2024, 5, 28, 9, 0, 0, 0, time.UTC)

func explained(_ context.Context, key string) (figure.Explanation, error) {
	if key == "cop/lancees" {
		return figure.Explanation{}, apperr.NotFoundf("Aucun chiffre ne porte cette adresse.")
	}
	return figure.Explanation{Figure: figure.Figure{Key: key, Value: 22116, Unit: "ktCO₂e", Class: figure.Computed}, Title: "Objectif " + key}, nil
}

func seal(t testing.TB, d Document) *Sealed {
	t.Helper()
	s, err := Seal(t.Context(), d, explained, File{PagePart, []byte("<!DOCTYPE html><html lang=\"fr\"><title>x</title></html>")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func TestFreezing(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		s := seal(t, sample())
		p, err := Freeze(ctx, d, s, Occasion{ID: "p1", By: "u1", At: then})
		if err != nil {
			t.Fatal(err)
		}
		if p.Seq != 1 || p.SHA256 != s.SHA256() || len(p.Manifest) != 4 || !p.Demo {
			t.Errorf("frozen: %+v", p)
		}
		got, err := Find(ctx, d, "p1")
		if err != nil || cmp.Diff(p, got) != "" {
			t.Errorf("Find: %v %s", err, cmp.Diff(p, got))
		}
		if err := Verify(ctx, d, got); err != nil {
			t.Error(err)
		}
		f, err := Load(ctx, d, got)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(sample(), f.Document); diff != "" {
			t.Errorf("the document came back another: %s", diff)
		}
		if want := len(sample().Figures()) - 1; len(f.Explanations) != want || len(f.Unexplained) != 1 {
			t.Errorf("%d explanations of %d, unexplained: %v", len(f.Explanations), want, f.Unexplained)
		}
		for _, part := range []string{SlidesPart, TextPart, PagePart, DocumentPart} {
			r, err := Open(ctx, d, got, part)
			if err != nil {
				t.Fatal(err)
			}
			if body, err := io.ReadAll(r); err != nil || len(body) == 0 {
				t.Errorf("%s: %d bytes, %v", part, len(body), err)
			}
		}
		if _, err := Open(ctx, d, got, PDFPart); apperr.KindOf(err) != apperr.NotFound {
			t.Errorf("a form that was not published: %v", err)
		}
		// A second click, and the same document another day: there already.
		again, err := Freeze(ctx, d, seal(t, sample()), Occasion{ID: "p2", By: "u2", At: then.Add(time.Hour)})
		if err != nil || again.ID != "p1" {
			t.Errorf("frozen twice: %+v, %v", again, err)
		}
		other := sample()
		other.Version = "panorama 2025"
		if p, err = Freeze(ctx, d, seal(t, other), Occasion{ID: "p3", At: then}); err != nil || p.Seq != 2 {
			t.Errorf("the second of the series: %+v, %v", p, err)
		}
		if p, err = Freeze(ctx, d, seal(t, other), Occasion{ID: "p4", COP: "cop-1", At: then}); err != nil || p.Seq != 1 {
			t.Errorf("the first of another series: %+v, %v", p, err)
		}
		list, err := Publications(ctx, d, "", "point-etape", 0, 10)
		if err != nil || len(list) != 2 || list[0].Seq != 2 {
			t.Errorf("the list: %v, %v", list, err)
		}
		if list, err = Publications(ctx, d, "", "point-etape", 2, 10); err != nil || len(list) != 1 || list[0].ID != "p1" {
			t.Errorf("the rest of the list: %v, %v", list, err)
		}
		if p, err := FindSeq(ctx, d, "cop-1", "point-etape", 1); err != nil || p.ID != "p4" {
			t.Errorf("by number: %v, %v", p, err)
		}
		for _, id := range []string{"", "p2", "nobody"} {
			if _, err := Find(ctx, d, id); apperr.KindOf(err) != apperr.NotFound {
				t.Errorf("Find(%q): %v", id, err)
			}
		}
		if gone, err := blob.Remove(ctx, d, got.Manifest[0].SHA256, then.Add(1000*time.Hour)); gone || err == nil {
			t.Errorf("a file in use was removed: %v, %v", gone, err)
		}
	})
}

// Twenty people freeze twenty documents of one series at once: numbers 1 to 20,
// none twice, and the same document only once.
func TestFreezingTogether(t *testing.T) {
	d := testkit.Open(t, db.PostgreSQL)
	var same, others []*Sealed
	for i := range 10 {
		x := Document{Kind: "essai", Title: "un", Parts: []Part{{Title: "a", Blocks: []Block{Para("b")}}}}
		same = append(same, seal(t, x))
		x.Title = fmt.Sprint("autre ", i)
		others = append(others, seal(t, x))
	}
	var g errgroup.Group
	for i, s := range append(same, others...) {
		g.Go(func() error {
			_, err := Freeze(context.Background(), d, s, Occasion{ID: fmt.Sprint("p", i), At: then})
			return err
		})
	}
	if err := g.Wait(); err != nil {
		t.Fatal(err)
	}
	list, err := Publications(t.Context(), d, "", "essai", 0, 100)
	if err != nil || len(list) != 11 {
		t.Fatalf("%d publications, want 11: %v", len(list), err)
	}
	for i, p := range list {
		if p.Seq != int64(11-i) {
			t.Errorf("the number %d stands at %d", p.Seq, i)
		}
	}
}

func TestSealRefusesWhatItCannotKeep(t *testing.T) {
	for _, f := range []File{{SlidesPart, []byte("x")}, {"", nil}, {"../x.html", []byte("<html>")}, {"page.html", []byte("no page")}, {"x.pdf", []byte("no pdf")}} {
		if s, err := Seal(t.Context(), Document{Title: "x"}, explained, f); err == nil {
			t.Errorf("the part %q was taken", f.Path)
			s.Close()
		}
	}
	broken := errors.New("the database is away")
	_, err := Seal(t.Context(), sample(), func(context.Context, string) (figure.Explanation, error) { return figure.Explanation{}, broken })
	if !errors.Is(err, broken) {
		t.Errorf("an explanation that failed: %v", err)
	}
}

func TestJSONRefusesUnknownBlocks(t *testing.T) {
	var d Document
	err := json.Unmarshal([]byte(`{"Parts":[{"title":"x","blocks":[{"type":"video","block":{}}]}]}`), &d)
	if err == nil || !strings.Contains(err.Error(), "video") {
		t.Errorf("an unknown block: %v", err)
	}
}
