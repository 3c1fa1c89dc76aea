package db

import (
	"context"
	"strings"

	"jalon/internal/apperr"
)

// Type is one of the five column types that both engines take.
type Type string

// The five types.
const (
	Text   Type = "TEXT"
	BigInt Type = "BIGINT"
	Bool   Type = "BOOLEAN"
	Double Type = "DOUBLE PRECISION"
	Bytes  Type = "BYTEA"
)

// Column is one column as the live database has it.
type Column struct {
	Name string `json:"name"`
	Type Type   `json:"type"`
	Key  int    `json:"-"` // place in the primary key from 1, 0 outside it
}

// LiveTables names the tables that exist, in order, without those of the
// engine and of the migrations.
func LiveTables(ctx context.Context, q Q) (names []string, err error) {
	defer apperr.Wrap(&err, "db.LiveTables")
	query := `
		SELECT table_name
		  FROM information_schema.tables
		 WHERE table_schema = current_schema() AND table_type = 'BASE TABLE'
		 ORDER BY table_name`
	if q.Engine() == SQLite {
		query = `SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name`
	}
	all, err := Strings(q.Query(ctx, query))
	if err != nil {
		return nil, err
	}
	for _, name := range all {
		if !strings.HasPrefix(name, "sqlite_") && !strings.HasPrefix(name, "goose_") {
			names = append(names, name)
		}
	}
	return names, nil
}

// Columns describes the columns of a live table in their declared order; none
// when the table does not exist.
func Columns(ctx context.Context, q Q, table string) (_ []Column, err error) {
	defer apperr.Wrap(&err, "db.Columns(%q)", table)
	query := `
		SELECT c.column_name, c.data_type, COALESCE(k.ordinal_position, 0)
		  FROM information_schema.columns c
		  LEFT JOIN information_schema.table_constraints p
		    ON p.table_schema = c.table_schema AND p.table_name = c.table_name AND p.constraint_type = 'PRIMARY KEY'
		  LEFT JOIN information_schema.key_column_usage k
		    ON k.constraint_schema = p.constraint_schema AND k.constraint_name = p.constraint_name
		   AND k.table_name = c.table_name AND k.column_name = c.column_name
		 WHERE c.table_schema = current_schema() AND c.table_name = $1
		 ORDER BY c.ordinal_position`
	if q.Engine() == SQLite {
		query = `SELECT name, type, pk FROM pragma_table_info($1) ORDER BY cid`
	}
	rows, err := q.Query(ctx, query, table)
	return Collect(rows, err, func(r *Rows) (c Column, err error) {
		var typ string
		err = r.Scan(&c.Name, &typ, &c.Key)
		c.Type = Type(strings.ToUpper(typ))
		return c, err
	})
}
