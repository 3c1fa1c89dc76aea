package db_test

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/testkit"
)

func TestOpenRefusesWhatIsNoDatabase(t *testing.T) {
	for _, dsn := range []string{"", ":memory:", "mysql://x", "file:a.db?cache=shared", "file:%zz", "postgres://%zz"} {
		_, err := db.Open(t.Context(), dsn)
		if err == nil {
			t.Errorf("%q was opened", dsn)
		} else if apperr.KindOf(err) != apperr.Invalid {
			t.Errorf("%q: %v", dsn, err)
		}
	}
	if _, err := db.Open(t.Context(), "postgres://nobody@127.0.0.1:1/none?connect_timeout=2"); apperr.KindOf(err) != apperr.Unavailable {
		t.Errorf("server down: %v", err)
	}
	text := filepath.Join(t.TempDir(), "text.db")
	if err := writeFile(text, strings.Repeat("pas une base ", 400)); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Open(t.Context(), text); apperr.KindOf(err) != apperr.Unavailable {
		t.Errorf("text file: %v", err)
	}
}

func TestOpenTakesAPathAsItIs(t *testing.T) {
	path := filepath.Join(t.TempDir(), "à l'été #1 100%? ok", "jalon.db")
	d, err := db.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(d.Migrate(t.Context()), d.Close()); err != nil {
		t.Fatal(err)
	}
	if !exists(path) {
		t.Error("the file is elsewhere")
	}
}

func TestOpenRefusesAPostgresThatSortsOtherwise(t *testing.T) {
	dsn := testkit.Foreign(t, func(name string) string {
		return `CREATE DATABASE ` + name + ` TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'fr-FR' LOCALE 'C.UTF-8'`
	})
	_, err := db.Open(t.Context(), dsn)
	if err == nil || !strings.Contains(apperr.Message(err), "classement") {
		t.Errorf("%v", err)
	}
}
