package db_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"jalon/internal/apperr"
	"jalon/internal/db"
)

func TestACursorOpensOnTheListThatSealedIt(t *testing.T) {
	c := db.NewCursors([]byte("secret"))
	sealed := c.Seal("journal?verb=invite", "1716800000000", "018f")
	if key, err := c.Open("journal?verb=invite", sealed, 2); err != nil || cmp.Diff([]string{"1716800000000", "018f"}, key) != "" {
		t.Error(key, err)
	}
	if key, err := c.Open("journal", "", 2); key != nil || err != nil {
		t.Error("first page:", key, err)
	}
	for name, open := range map[string]func() ([]string, error){
		"another filter":       func() ([]string, error) { return c.Open("journal?verb=sign", sealed, 2) },
		"another installation": func() ([]string, error) { return db.NewCursors([]byte("other")).Open("journal?verb=invite", sealed, 2) },
		"another key":          func() ([]string, error) { return c.Open("journal?verb=invite", sealed, 3) },
		"not a cursor":         func() ([]string, error) { return c.Open("journal?verb=invite", "…", 2) },
		"cut":                  func() ([]string, error) { return c.Open("journal?verb=invite", sealed[:20], 2) },
	} {
		if key, err := open(); apperr.KindOf(err) != apperr.Invalid || key != nil {
			t.Errorf("%s: %v, %v", name, key, err)
		}
	}
}

func TestCursorsHoldAnyText(t *testing.T) {
	c := db.NewCursors([]byte("secret"))
	rapid.Check(t, func(t *rapid.T) {
		list := rapid.String().Draw(t, "list")
		key := rapid.SliceOfN(rapid.String(), 1, 4).Draw(t, "key")
		got, err := c.Open(list, c.Seal(list, key...), len(key))
		if err != nil || cmp.Diff(key, got) != "" {
			t.Fatal(got, err)
		}
	})
}
