package db_test

import (
	"path/filepath"
	"testing"

	"jalon/internal/apperr"
	"jalon/internal/db"
)

// A plain address waits for the disk at each commit; another pace has to be
// asked for by name.
func TestWhatAFileWaitsFor(t *testing.T) {
	for query, want := range map[string]int64{"": 2, "?sync=normal": 1, "?sync=off": 0} {
		d, err := db.Open(t.Context(), "file:"+filepath.Join(t.TempDir(), "a.db")+query)
		if err != nil {
			t.Fatal(err)
		}
		var got int64
		if err := d.QueryRow(t.Context(), `PRAGMA synchronous`).Scan(&got); err != nil || got != want {
			t.Errorf("%q: synchronous is %d, want %d (%v)", query, got, want, err)
		}
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	}
	for _, query := range []string{"?sync=full", "?sync=OFF", "?sync=off&sync=normal", "?cache=shared"} {
		if d, err := db.Open(t.Context(), "file:"+filepath.Join(t.TempDir(), "a.db")+query); apperr.KindOf(err) != apperr.Invalid {
			t.Errorf("%q: %v %v", query, d, err)
		}
	}
}
