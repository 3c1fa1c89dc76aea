package db

import (
	"archive/zip"
	"context"
	"strings"
	"time"

	"jalon/internal/apperr"
)

// maxKeys bounds the keys that one statement of a Part names.
const maxKeys = 500

// Part is some rows of one table, in the order of its key: all of them; those that
// a condition keeps; or those of a list of keys, sorted.
type Part struct {
	Table  Table
	Where  string // a condition with its $n, "" for none
	Args   []any
	Column string // with Keys: the column, first of the order of the table, that holds one
	Keys   []string
	// Mask gives what is written in place of the value of a text column, on the nth
	// row from 1; a column without one is written as it is, and NULL stays NULL.
	Mask map[string]func(value string, n int64) string
	// Seen is given each line as it is written.
	Seen func(line []byte)
}

// DumpPart adds rows of one table to a portable archive, as Dump adds whole tables;
// q is the snapshot that all parts share.
func DumpPart(ctx context.Context, q Q, p Part, z *zip.Writer, at time.Time) (ManifestTable, error) {
	return dumpTable(ctx, q, p, z, at)
}

// Lines gives each row of a part as the line that DumpPart writes, and their count.
func (p Part) Lines(ctx context.Context, q Q, do func(line []byte) error) (n int64, err error) {
	defer apperr.Wrap(&err, "db.Lines(%s)", p.Table.Name)
	columns, err := Columns(ctx, q, p.Table.Name)
	if err != nil {
		return 0, err
	}
	if err := typed(p.Table.Name, columns); err != nil {
		return 0, err
	}
	return p.rows(ctx, q, columns, do)
}

func (p Part) rows(ctx context.Context, q Q, columns []Column, do func(line []byte) error) (n int64, err error) {
	if p.Column == "" {
		return p.some(ctx, q, columns, p.Where, p.Args, 0, do)
	}
	for keys := p.Keys; len(keys) > 0; {
		now := keys[:min(len(keys), maxKeys)]
		keys = keys[len(now):]
		args := make([]any, len(now))
		for i, k := range now {
			args[i] = k
		}
		if n, err = p.some(ctx, q, columns, p.Column+" IN ("+Params(1, len(now))+")", args, n, do); err != nil {
			return n, err
		}
	}
	return n, nil
}

func (p Part) some(ctx context.Context, q Q, columns []Column, where string, args []any, n int64, do func(line []byte) error) (_ int64, err error) {
	names := make([]string, len(columns))
	heads := make([]string, len(columns))
	for i, c := range columns {
		names[i] = c.Name
		heads[i] = `,"` + c.Name + `":`
	}
	heads[0] = "{" + heads[0][1:]
	if where != "" {
		where = " WHERE " + where
	}
	rows, err := q.Query(ctx, "SELECT "+strings.Join(names, ", ")+" FROM "+p.Table.Name+where+" ORDER BY "+strings.Join(p.Table.Order, ", "), args...)
	if err != nil {
		return n, err
	}
	defer rows.Close()
	var line []byte
	for rows.Next() {
		cells := make([]cell, len(columns))
		dest := make([]any, len(columns))
		for i, c := range columns {
			cells[i].t = c.Type
			dest[i] = cells[i].dest()
		}
		if err := rows.Scan(dest...); err != nil {
			return n, err
		}
		n++
		line = line[:0]
		for i := range cells {
			if mask := p.Mask[columns[i].Name]; mask != nil && cells[i].text != nil {
				masked := mask(*cells[i].text, n)
				cells[i].text = &masked
			}
			line = append(line, heads[i]...)
			if line, err = cells[i].append(line); err != nil {
				return n, err
			}
		}
		line = append(line, "}\n"...)
		if p.Seen != nil {
			p.Seen(line)
		}
		if err := do(line); err != nil {
			return n, err
		}
	}
	return n, rows.Err()
}

// LoadPart inserts the rows of one table of an archive, but those that skip names,
// and says how many were new; tail is what follows the values, as Insert takes it.
// Nothing is to be kept of the transaction when it fails.
func LoadPart(ctx context.Context, tx Q, z *zip.Reader, t ManifestTable, tail string, skip func(line []byte) (bool, error)) (added int64, err error) {
	defer apperr.Wrap(&err, "load %s", t.Name)
	return loadRows(ctx, tx, z, t, tail, skip)
}

// WriteMember adds a file to a portable archive.
func WriteMember(z *zip.Writer, name string, at time.Time, body []byte) error {
	f, err := member(z, name, at)
	if err != nil {
		return err
	}
	_, err = f.Write(body)
	return writeFailed(err)
}

// ReadPart gives each line of one table of an archive, without its end, then holds
// their count and their digest against the manifest.
func ReadPart(z *zip.Reader, t ManifestTable, do func(line []byte) error) (err error) {
	defer apperr.Wrap(&err, "read %s", t.Name)
	return readLines(z, t, do, func() error { return nil })
}
