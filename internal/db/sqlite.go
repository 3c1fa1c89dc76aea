package db

import (
	"context"
	"database/sql"
	"errors"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/ncruces/go-sqlite3"
	"github.com/ncruces/go-sqlite3/driver"

	"jalon/internal/apperr"
)

// readConns is how many reads run at once. Reads never wait for the writer
// (WAL); more than a few per core only costs memory, about 1 MiB each.
const readConns = 6

// lite is our own set of SQLite connections over database/sql. Each is held
// for ever with the statements it has prepared: the library's pool cannot keep
// a prepared statement for the writer while a transaction holds it.
type lite struct{ writer, readers *lane }

// lane is a set of interchangeable connections, lent one by one.
type lane struct {
	pool   *sql.DB
	free   chan *conn
	closed chan struct{}
}

// conn is one SQLite connection with its prepared statements.
type conn struct {
	c     *sql.Conn
	mu    sync.Mutex // rows may be closed by another goroutine than their maker
	stmts map[string]*sql.Stmt
}

func newConn(c *sql.Conn) *conn { return &conn{c: c, stmts: map[string]*sql.Stmt{}} }

// maxStmts bounds the statements kept per connection. SQL texts are constants
// of the rooms, so the bound is a guard against a text built in a loop.
const maxStmts = 512

func openSQLite(ctx context.Context, dsn string) (_ *DB, err error) {
	path, sync, err := sqlitePath(dsn)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, apperr.New(apperr.Unavailable, err, "Le dossier de la base de données «\u00a0%s\u00a0» ne peut pas être créé.", filepath.Dir(path))
	}
	l := &lite{}
	defer func() {
		if err != nil {
			l.close()
		}
	}()
	if l.writer, err = openLane(ctx, path, 1, pragmas(sync, false)); err != nil {
		return nil, sqliteOpenError(path, err)
	}
	if l.readers, err = openLane(ctx, path, readConns, pragmas(sync, true)); err != nil {
		return nil, sqliteOpenError(path, err)
	}
	return &DB{engine: SQLite, dsn: dsn, path: path, lite: l, migrations: embedded()}, nil
}

// sqlitePath reads the file and the synchronous mode out of a DSN. "sync=off"
// is for tests, which never lose power; "sync=normal" for what is made again
// when a power cut took its end, as the filling of a demonstration: production is
// always FULL.
func sqlitePath(dsn string) (path, sync string, err error) {
	sync = "FULL"
	path = dsn
	if rest, ok := strings.CutPrefix(dsn, "file:"); ok {
		rest, query, _ := strings.Cut(rest, "?")
		values, qerr := url.ParseQuery(query)
		if path, err = url.PathUnescape(rest); err != nil || qerr != nil {
			return "", "", apperr.Invalidf("L’adresse de la base de données «\u00a0%s\u00a0» ne se lit pas.", dsn)
		}
		for name, v := range values {
			if name != "sync" || len(v) != 1 || v[0] != "off" && v[0] != "normal" {
				return "", "", apperr.Invalidf("L’adresse de la base de données porte une option inconnue\u00a0: «\u00a0%s\u00a0».", name)
			}
			sync = strings.ToUpper(v[0])
		}
		if strings.HasPrefix(path, "//") { // file:///abs and file://localhost/abs
			path = strings.TrimPrefix(path[2:], "localhost")
		}
	}
	if path == "" || strings.Contains(path, ":memory:") || strings.Contains(path, "://") {
		return "", "", apperr.Invalidf("«\u00a0%s\u00a0» n’est pas une base de données connue de Jalon\u00a0: indiquez un fichier (SQLite) ou une adresse «\u00a0postgres://…\u00a0».", dsn)
	}
	return path, sync, nil
}

func sqliteOpenError(path string, err error) error {
	if code := sqlite3.ErrorCode(0); errors.As(err, &code) && (code == sqlite3.NOTADB || code == sqlite3.CORRUPT) {
		return apperr.New(apperr.Unavailable, err, "Le fichier «\u00a0%s\u00a0» n’est pas une base SQLite lisible. Rien n’y a été écrit\u00a0; restaurez une sauvegarde ou indiquez un autre fichier.", path)
	}
	return apperr.New(apperr.Unavailable, err, "La base de données «\u00a0%s\u00a0» ne peut pas être ouverte\u00a0: vérifiez que le dossier existe et que Jalon peut y écrire.", path)
}

// pragmas are what every connection starts with.
func pragmas(synchronous string, readOnly bool) string {
	s := `
-- Wait for another process that writes (a backup, a command) rather than fail.
PRAGMA busy_timeout = 10000;
-- Readers never wait for the writer, nor the writer for readers.
PRAGMA journal_mode = WAL;
-- FULL: what was answered «enregistré» survives a power cut. NORMAL would keep
-- the file sound but could lose the last acknowledged transactions.
PRAGMA synchronous = ` + synchronous + `;
-- SQLite checks references only when asked, per connection.
PRAGMA foreign_keys = ON;
-- 16 MiB of pages per connection: the reference tables stay in memory.
PRAGMA cache_size = -16384;
-- Sorts too large for a page stay in memory, not in a file on a small disk.
PRAGMA temp_store = MEMORY;
-- After a checkpoint the log shrinks back to 64 MiB at most.
PRAGMA journal_size_limit = 67108864;
`
	if readOnly {
		s += "-- A read connection cannot write, whatever it is asked.\nPRAGMA query_only = ON;\n"
	}
	return s
}

// sqliteInit also makes a name in double quotes that is no column an error, as
// in PostgreSQL, instead of a text.
func sqliteInit(script string) func(*sqlite3.Conn) error {
	return func(c *sqlite3.Conn) error {
		for _, opt := range []sqlite3.DBConfig{sqlite3.DBCONFIG_DQS_DML, sqlite3.DBCONFIG_DQS_DDL} {
			if _, err := c.Config(opt, false); err != nil {
				return err
			}
		}
		return c.Exec(script)
	}
}

// fileURI keeps characters that a URI reserves ('?', '#', '%') in a path.
func fileURI(path string) string {
	abs, err := filepath.Abs(path)
	if err != nil {
		abs = path
	}
	// _timefmt: without it the driver turns a text that looks like an instant
	// into a time when it comes from an expression.
	return (&url.URL{Scheme: "file", OmitHost: true, Path: filepath.ToSlash(abs), RawQuery: "_timefmt=sqlite"}).String()
}

func openLane(ctx context.Context, path string, n int, script string) (*lane, error) {
	pool, err := driver.Open(fileURI(path), sqliteInit(script))
	if err != nil {
		return nil, err
	}
	pool.SetMaxOpenConns(n)
	a := &lane{pool: pool, free: make(chan *conn, n), closed: make(chan struct{})}
	for range n {
		c, err := pool.Conn(ctx)
		if err != nil {
			return nil, errors.Join(err, a.close())
		}
		a.free <- newConn(c)
	}
	return a, nil
}

// close closes readers first: the last to close is then the writer, which may
// fold the log into the file.
func (l *lite) close() error {
	return errors.Join(l.readers.close(), l.writer.close())
}

// close closes the connections that are free; one still lent is closed when
// it comes back.
func (a *lane) close() error {
	if a == nil {
		return nil
	}
	select {
	case <-a.closed:
		return nil
	default:
		close(a.closed)
	}
	for {
		select {
		case c := <-a.free:
			c.close()
			continue
		default:
		}
		return a.pool.Close()
	}
}

func (a *lane) take(ctx context.Context) (*conn, error) {
	select {
	case <-a.closed:
		return nil, wrapEngine(sql.ErrConnDone)
	case c := <-a.free:
		return c, nil
	case <-ctx.Done():
		return nil, wrapEngine(ctx.Err())
	}
}

func (a *lane) give(c *conn) {
	select {
	case <-a.closed:
		c.close()
	default:
		a.free <- c
	}
}

func (c *conn) close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, s := range c.stmts {
		s.Close()
	}
	c.stmts = nil
	c.c.Close()
}

// prepare lends the kept statement for text, or makes it, and drop gives it
// back. While it is lent, the same text gets another statement (rows within
// rows).
func (c *conn) prepare(ctx context.Context, text string) (*sql.Stmt, error) {
	c.mu.Lock()
	s := c.stmts[text]
	delete(c.stmts, text)
	c.mu.Unlock()
	if s != nil {
		return s, nil
	}
	s, err := c.c.PrepareContext(ctx, text)
	return s, wrapEngine(err)
}

func (c *conn) drop(text string, s *sql.Stmt) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.stmts == nil || c.stmts[text] != nil || len(c.stmts) >= maxStmts {
		s.Close()
		return
	}
	c.stmts[text] = s
}

func (c *conn) exec(ctx context.Context, text string, args []any) (int64, error) {
	if len(args) == 0 { // may hold several statements: never prepared
		return affected(c.c.ExecContext(ctx, text))
	}
	s, err := c.prepare(ctx, text)
	if err != nil {
		return 0, err
	}
	defer c.drop(text, s)
	return affected(s.ExecContext(ctx, args...))
}

func (c *conn) query(ctx context.Context, text string, args []any) (*Rows, error) {
	s, err := c.prepare(ctx, text)
	if err != nil {
		return nil, err
	}
	rows, err := s.QueryContext(ctx, args...)
	if err != nil {
		c.drop(text, s)
		return nil, wrapEngine(err)
	}
	return &Rows{rows: rows, release: func() { c.drop(text, s) }}, nil
}
