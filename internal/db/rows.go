package db

import (
	"database/sql"
	"errors"

	"jalon/internal/apperr"
)

// ErrNoRows is what Row.Scan wraps when nothing matches. Rooms turn it into
// their own sentence with OrNotFound.
var ErrNoRows = sql.ErrNoRows

// Rows are the answer of a query; they hold a connection until closed.
type Rows struct {
	rows    *sql.Rows
	release func() // gives the connection back, once
}

// Next moves to the next row, and closes the rows after the last one.
func (r *Rows) Next() bool {
	if r.rows.Next() {
		return true
	}
	r.free()
	return false
}

// Scan copies the columns of the current row.
func (r *Rows) Scan(dest ...any) error { return wrapEngine(r.rows.Scan(dest...)) }

// Err says what stopped the rows before their end.
func (r *Rows) Err() error { return wrapEngine(r.rows.Err()) }

// Columns names the columns in order.
func (r *Rows) Columns() ([]string, error) {
	names, err := r.rows.Columns()
	return names, wrapEngine(err)
}

// Close gives the connection back; closing twice is harmless.
func (r *Rows) Close() error {
	err := r.rows.Close()
	r.free()
	return wrapEngine(err)
}

func (r *Rows) free() {
	if r.release != nil {
		// The statement is reset before another goroutine may use it.
		r.rows.Close()
		release := r.release
		r.release = nil
		release()
	}
}

// Row is the answer of QueryRow.
type Row struct {
	rows *Rows
	err  error
}

// Scan copies the first row and closes the answer; with no row it returns a
// NotFound error that wraps ErrNoRows.
func (r *Row) Scan(dest ...any) (err error) {
	if r.err != nil {
		return r.err
	}
	defer func() {
		if cerr := r.rows.Close(); err == nil {
			err = cerr
		}
	}()
	if !r.rows.Next() {
		if err := r.rows.Err(); err != nil {
			return err
		}
		return apperr.New(apperr.NotFound, ErrNoRows, "Cet élément n’existe pas, ou n’existe plus.")
	}
	return r.rows.Scan(dest...)
}

// OrNotFound gives a missing row the room's own sentence and leaves any other
// error as it is.
func OrNotFound(err error, format string, args ...any) error {
	if errors.Is(err, ErrNoRows) {
		return apperr.New(apperr.NotFound, err, format, args...)
	}
	return err
}

// Collect scans every row and closes the rows. It takes the error of Query, so
// that a listing is two lines: rows, err := q.Query(…) and
// return db.Collect(rows, err, scan).
func Collect[T any](rows *Rows, err error, scan func(*Rows) (T, error)) (_ []T, rerr error) {
	if err != nil {
		return nil, err
	}
	defer func() {
		if cerr := rows.Close(); rerr == nil {
			rerr = cerr
		}
	}()
	var all []T
	for rows.Next() {
		v, err := scan(rows)
		if err != nil {
			return nil, err
		}
		all = append(all, v)
	}
	return all, rows.Err()
}

// Strings reads a listing of one text column.
func Strings(rows *Rows, err error) ([]string, error) {
	return Collect(rows, err, func(r *Rows) (s string, err error) {
		err = r.Scan(&s)
		return s, err
	})
}
