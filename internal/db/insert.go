package db

import (
	"context"
	"strconv"
	"strings"
)

// maxParams is what one statement may bind: 32 766 on SQLite, 65 535 on
// PostgreSQL; beyond a few thousand nothing is gained.
const maxParams = 4096

// Insert writes many rows by few statements: INSERT INTO table (columns) VALUES
// (…), (…) tail. Rows are cut in powers of two, so that a table needs few
// distinct texts. tail is what follows the values ("" or ON CONFLICT …). Keys
// must be unique among rows when tail is ON CONFLICT DO UPDATE. It returns the
// number of rows written; give it a transaction if all or nothing matters.
func Insert(ctx context.Context, q Q, table string, columns []string, rows [][]any, tail string) (int64, error) {
	size := 256
	for size > 1 && size*len(columns) > maxParams {
		size /= 2
	}
	var total int64
	args := make([]any, 0, size*len(columns))
	for len(rows) > 0 {
		for size > len(rows) {
			size /= 2
		}
		args = args[:0]
		for _, row := range rows[:size] {
			args = append(args, row...)
		}
		n, err := q.Exec(ctx, insertText(table, columns, size, tail), args...)
		if err != nil {
			return total, err
		}
		total += n
		rows = rows[size:]
	}
	return total, nil
}

func insertText(table string, columns []string, rows int, tail string) string {
	var b strings.Builder
	b.WriteString("INSERT INTO " + table + " (" + strings.Join(columns, ", ") + ") VALUES ")
	for i := range rows {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString("(" + Params(i*len(columns)+1, len(columns)) + ")")
	}
	if tail != "" {
		b.WriteString(" " + tail)
	}
	return b.String()
}

// Params writes n placeholders from $first on, for IN ( … ) over a list whose
// length is known and small.
func Params(first, n int) string {
	var b strings.Builder
	for i := range n {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString("$" + strconv.Itoa(first+i))
	}
	return b.String()
}
