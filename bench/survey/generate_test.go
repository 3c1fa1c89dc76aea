package survey

import (
	"context"
	"crypto/rand"
	"testing"
	"time"

	"jalon/internal/db"
	"jalon/internal/questionnaire"
	"jalon/internal/survey"
	"jalon/internal/testkit"
)

// roomOn is the survey room of a database, enough to publish.
func roomOn(d *db.DB) *survey.Room {
	now := func() time.Time { return time.Date(2026, 11, 26, 9, 0, 0, 0, time.UTC) }
	return &survey.Room{DB: d, IDs: db.NewIDs(now, rand.Reader), Now: now, Random: rand.Reader}
}

// The load is what it says, on both engines, and the same twice.
func TestLoad(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		f, err := Load{Authorities: 700, Open: 10}.Fill(ctx, roomOn(d))
		if err != nil {
			t.Fatal(err)
		}
		closed := 0
		for _, c := range f.Cells() {
			if c.Row != "" {
				closed++
			}
		}
		if closed != 200 {
			t.Errorf("%d closed answers, want 200", closed)
		}
		for query, want := range map[string]int{
			`SELECT COUNT(*) FROM response`:                              700,
			`SELECT COUNT(*) FROM answer`:                                690,
			`SELECT COUNT(*) FROM response_version`:                      690,
			`SELECT COUNT(*) FROM response_seat`:                         10,
			`SELECT COUNT(DISTINCT response_id) FROM draft`:              28,
			`SELECT COUNT(*) FROM response WHERE state = 'invited'`:      10,
			`SELECT COUNT(*) FROM survey_slot WHERE options = '0 1'`:     350,
			`SELECT COUNT(*) FROM survey_slot WHERE options <> '0 1'`:    250,
			`SELECT COUNT(*) FROM campaign WHERE state = 'nearly'`:       18,
			`SELECT COUNT(*) FROM response WHERE region = department`:    0,
			`SELECT COUNT(*) FROM organisation WHERE id = 'region-44'`:   1,
			`SELECT COUNT(*) FROM answer WHERE cycle <> '2023-24'`:       0,
			`SELECT COUNT(*) FROM questionnaire_form WHERE version <> 1`: 0,
		} {
			var n int
			if err := d.QueryRow(ctx, query).Scan(&n); err != nil || n != want {
				t.Errorf("%s: %d, want %d (%v)", query, n, want, err)
			}
		}
		slots, err := survey.Slots(ctx, d)
		if err != nil {
			t.Fatal(err)
		}
		var packed []byte
		if err := d.QueryRow(ctx, `SELECT packed FROM answer WHERE response_id = $1`, ResponseID(3)).Scan(&packed); err != nil {
			t.Fatal(err)
		}
		given := 0
		for i, c := range f.Cells() {
			if c.Row != "" && questionnaire.At(packed, slots[c.Key]) == Answer(3, i, len(c.Options)) {
				given++
			}
		}
		if given != 200 {
			t.Errorf("%d answers are packed as they were given", given)
		}
	})
}
