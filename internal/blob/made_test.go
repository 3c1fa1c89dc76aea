package blob

import (
	"strings"
	"testing"

	"jalon/internal/apperr"
)

// A page is kept when Jalon made it, and from nobody else.
func TestOnlyJalonBringsPages(t *testing.T) {
	const page = "<!DOCTYPE html><html lang=\"fr\"><title>x</title></html>"
	s, err := Stage(t.Context(), "", strings.NewReader(page), Claim{Name: "page.html", Made: true})
	if err != nil {
		t.Fatal(err)
	}
	if s.Type != "text/html" {
		t.Errorf("the page is kept as %s", s.Type)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	for _, c := range []Claim{{Name: "page.html"}, {Name: "page.html", Type: "text/html"}, {Name: "page.txt"}, {Name: "page.svg", Made: true}} {
		if s, err := Stage(t.Context(), "", strings.NewReader(page), c); apperr.KindOf(err) != apperr.Invalid {
			t.Errorf("%+v: %v", c, err)
			if s != nil {
				s.Close()
			}
		}
	}
	if _, err := Stage(t.Context(), "", strings.NewReader("no page"), Claim{Name: "page.html", Made: true}); apperr.KindOf(err) != apperr.Invalid {
		t.Errorf("bytes that are no page: %v", err)
	}
}
