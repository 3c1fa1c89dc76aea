package restitution

import (
	"fmt"
	"testing"

	"jalon/internal/db"
	"jalon/internal/testkit"
	"jalon/internal/testkit/answered"
)

// nation is the load of the country: 18 regions, 101 départements, about 40 000
// authorities that all answered 200 slots and more.
func nation(b *testing.B, engine db.Engine) (*db.DB, int) {
	d := testkit.Open(b, engine)
	regions := map[string][]string{}
	for i := range 101 {
		region := fmt.Sprintf("%02d", i%18+1)
		regions[region] = append(regions[region], fmt.Sprintf("%03d", i+1))
	}
	return d, answered.Fill(b, d, answered.Campaign{Form: answered.WideForm(23), Cycle: "2024", Regions: regions, Communes: 383, Groups: 12, Share: 1, Seed: 1,
		COP: func(region string) string { return "2024-region-" + region }})
}

func engines(b *testing.B, fn func(b *testing.B, d *db.DB, n int)) {
	for _, e := range []db.Engine{db.SQLite, db.PostgreSQL} {
		b.Run(string(e), func(b *testing.B) {
			d, n := nation(b, e)
			fn(b, d, n)
		})
	}
}

func BenchmarkRead(b *testing.B) {
	engines(b, func(b *testing.B, d *db.DB, n int) {
		for _, region := range []string{"", "01"} {
			name := "nation"
			if region != "" {
				name = "region"
			}
			b.Run(name, func(b *testing.B) { reading(b, d, region) })
		}
	})
}

func reading(b *testing.B, d *db.DB, region string) {
	ctx := b.Context()
	warm := &Room{DB: d}
	if _, err := warm.Read(ctx, "2024", region); err != nil {
		b.Fatal(err)
	}
	// What a process pays once: every answer by one statement.
	b.Run("first", func(b *testing.B) {
		n := 0
		for b.Loop() {
			board, err := (&Room{DB: d}).Read(ctx, "2024", region)
			if err != nil {
				b.Fatal(err)
			}
			n = board.Of(Filter{}).Answers
		}
		b.ReportMetric(float64(n), "answers")
	})
	// What each page pays when nothing changed, and when one answer did.
	b.Run("unchanged", func(b *testing.B) {
		for b.Loop() {
			if _, err := warm.Read(ctx, "2024", region); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("one-changed", func(b *testing.B) {
		at := int64(0)
		if err := d.QueryRow(ctx, `SELECT MAX(at) FROM answer`).Scan(&at); err != nil {
			b.Fatal(err)
		}
		for b.Loop() {
			at++
			if _, err := d.Exec(ctx, `UPDATE answer SET at = $1, seq = seq + 1 WHERE response_id = (SELECT response_id FROM answer WHERE cycle = '2024' ORDER BY at LIMIT 1)`, at); err != nil {
				b.Fatal(err)
			}
			if _, err := warm.Read(ctx, "2024", region); err != nil {
				b.Fatal(err)
			}
		}
	})
	board, err := warm.Read(ctx, "2024", region)
	if err != nil {
		b.Fatal(err)
	}
	b.Run("page", func(b *testing.B) {
		for b.Loop() {
			page(board, Filter{})
		}
	})
}

// page is the work of the heaviest page: the whole, and each cut.
func page(b *Board, f Filter) int {
	n := len(b.Of(f).Levers())
	for _, d := range []Dimension{ByRegion, ByKind, ByDepartment} {
		for _, g := range b.By(f, d) {
			n += len(g.Levers())
		}
	}
	return n
}
