package db_test

import (
	"bytes"
	"crypto/rand"
	"regexp"
	"testing"
	"time"

	"jalon/internal/db"
)

func TestIDsAreUUIDv7AndGrowEvenWhenTheClockDoesNot(t *testing.T) {
	form := regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)
	at := time.UnixMilli(1716768000000)
	ids := db.NewIDs(func() time.Time { at = at.Add(-time.Microsecond); return at }, rand.Reader)
	last := ""
	for range 10000 {
		id, err := ids.New()
		if err != nil || !form.MatchString(id) || id <= last {
			t.Fatalf("%s after %s, %v", id, last, err)
		}
		last = id
	}
	if first, err := db.NewIDs(func() time.Time { return time.UnixMilli(0x0123456789ab) }, bytes.NewReader(make([]byte, 8))).New(); err != nil || first != "01234567-89ab-7000-8000-000000000000" {
		t.Errorf("%s %v", first, err)
	}
	if _, err := db.NewIDs(time.Now, bytes.NewReader(nil)).New(); err == nil {
		t.Error("an id without randomness")
	}
}
