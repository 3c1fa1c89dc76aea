package db_test

import (
	"context"
	"fmt"
	"testing"

	"jalon/internal/db"
	"jalon/internal/testkit"
)

func BenchmarkSelectOne(b *testing.B) {
	for _, engine := range []db.Engine{db.SQLite, db.PostgreSQL} {
		b.Run(string(engine), func(b *testing.B) {
			d := testkit.Open(b, engine)
			ctx := context.Background()
			if err := set(ctx, d, "a", "1"); err != nil {
				b.Fatal(err)
			}
			var value string
			for b.Loop() {
				if err := d.QueryRow(ctx, `SELECT value FROM setting WHERE name = $1`, "a").Scan(&value); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkInsertTenThousandRows(b *testing.B) {
	for _, engine := range []db.Engine{db.SQLite, db.PostgreSQL} {
		b.Run(string(engine), func(b *testing.B) {
			d := testkit.Open(b, engine)
			ctx := context.Background()
			rows := make([][]any, 10000)
			for i := range rows {
				rows[i] = []any{"population", fmt.Sprintf("commune:%05d", i), 2020, "e", float64(i), "", "reference"}
			}
			columns := []string{"series", "territory", "year", "edition", "value", "unit", "class"}
			for b.Loop() {
				if err := db.Tx(ctx, d, func(ctx context.Context, tx db.Q) error {
					if _, err := tx.Exec(ctx, `DELETE FROM observation`); err != nil {
						return err
					}
					_, err := db.Insert(ctx, tx, "observation", columns, rows, "")
					return err
				}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
