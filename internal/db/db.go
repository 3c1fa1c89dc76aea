package db

import (
	"context"
	"database/sql"
	"io/fs"
	"strings"
	"sync"

	"jalon/internal/apperr"
)

// Engine names the database engine behind a Q. Rooms never branch on it: it is
// there for pages that say where Jalon runs and for maintenance commands.
type Engine string

// The two engines.
const (
	SQLite     Engine = "sqlite"
	PostgreSQL Engine = "postgres"
)

// Q runs statements, on the pool or inside a transaction. Functions of rooms
// take one, so that the caller decides what is done together.
type Q interface {
	// Exec runs a statement and returns the number of rows it touched: zero is
	// how a guarded UPDATE says that somebody else came first.
	Exec(ctx context.Context, query string, args ...any) (int64, error)
	// Query runs a statement that returns rows; the caller closes them, best
	// through Collect.
	Query(ctx context.Context, query string, args ...any) (*Rows, error)
	// QueryRow runs a statement that returns one row; errors wait in Scan.
	QueryRow(ctx context.Context, query string, args ...any) *Row
	// Engine says which engine answers.
	Engine() Engine
}

// DB is an open database. It is safe for concurrent use.
type DB struct {
	engine     Engine
	dsn        string  // as given, for backups
	path       string  // the SQLite file
	lite       *lite   // SQLite: our own connections
	pool       *sql.DB // PostgreSQL
	migrations fs.FS
	rewrites   sync.Map // SQL as written → rewritten
}

// Open opens the database that dsn names: a file path, a "file:" address, or
// "postgres://…". It checks what Jalon needs of the server (version, UTF-8,
// C collation), but creates no table: see Migrate.
func Open(ctx context.Context, dsn string) (_ *DB, err error) {
	defer apperr.Wrap(&err, "db.Open")
	if strings.HasPrefix(dsn, "postgres://") || strings.HasPrefix(dsn, "postgresql://") {
		return openPostgres(ctx, dsn)
	}
	return openSQLite(ctx, dsn)
}

// Close closes every connection. On SQLite the last to close folds the
// write-ahead log into the file.
func (d *DB) Close() error {
	if d.lite != nil {
		return d.lite.close()
	}
	return d.pool.Close()
}

// Engine says which engine answers.
func (d *DB) Engine() Engine { return d.engine }

// Exec runs a statement on its own; on SQLite it waits for the only writer.
func (d *DB) Exec(ctx context.Context, query string, args ...any) (int64, error) {
	if err := d.refuse(ctx, query); err != nil {
		return 0, err
	}
	if err := checkArgs(args); err != nil {
		return 0, err
	}
	if d.lite == nil {
		res, err := d.pool.ExecContext(ctx, query, args...)
		return affected(res, err)
	}
	c, err := d.lite.writer.take(ctx)
	if err != nil {
		return 0, err
	}
	defer d.lite.writer.give(c)
	return c.exec(ctx, d.rewrite(query).text, args)
}

// Query runs a statement that returns rows. A statement that writes and
// returns (INSERT … RETURNING) goes to the writer.
func (d *DB) Query(ctx context.Context, query string, args ...any) (*Rows, error) {
	if err := d.refuse(ctx, query); err != nil {
		return nil, err
	}
	if err := checkArgs(args); err != nil {
		return nil, err
	}
	if d.lite == nil {
		rows, err := d.pool.QueryContext(ctx, query, args...)
		if err != nil {
			return nil, wrapEngine(err)
		}
		return &Rows{rows: rows}, nil
	}
	r := d.rewrite(query)
	from := d.lite.readers
	if r.writes {
		from = d.lite.writer
	}
	c, err := from.take(ctx)
	if err != nil {
		return nil, err
	}
	rows, err := c.query(ctx, r.text, args)
	if err != nil {
		from.give(c)
		return nil, err
	}
	drop := rows.release
	rows.release = func() { drop(); from.give(c) }
	return rows, nil
}

// QueryRow runs a statement that returns one row; errors wait in Scan.
func (d *DB) QueryRow(ctx context.Context, query string, args ...any) *Row {
	rows, err := d.Query(ctx, query, args...)
	return &Row{rows: rows, err: err}
}

// txKey finds, in a context, the transaction of one database.
type txKey struct{ d *DB }

// refuse stops a statement on the pool whose context holds a transaction.
func (d *DB) refuse(ctx context.Context, query string) error {
	if t, ok := ctx.Value(txKey{d}).(*txn); ok && !t.done.Load() {
		return apperr.New(apperr.Internal, errPoolInTx(query), "Une erreur inattendue s’est produite. Rien n’a été enregistré.")
	}
	return nil
}

type errPoolInTx string

func (e errPoolInTx) Error() string {
	return "db: statement on the pool while its context holds a transaction (pass tx, not the pool): " + string(e)
}
