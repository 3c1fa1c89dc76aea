package db

import (
	"context"
	"database/sql"
	"errors"
	"sync/atomic"

	"github.com/ncruces/go-sqlite3/driver"

	"jalon/internal/apperr"
)

// txn is a transaction as a Q.
type txn struct {
	d        *DB
	tx       *sql.Tx // PostgreSQL
	c        *conn   // SQLite
	readOnly bool
	done     atomic.Bool
}

// Tx runs fn inside a transaction: committed when fn returns nil, undone when
// it returns an error or panics. When q is already a transaction fn joins it,
// and the outer one decides. On SQLite it takes the only writer at once
// (BEGIN IMMEDIATE), on PostgreSQL it is READ COMMITTED: guard every rule by
// an UPDATE of the root row or a unique key, never by read-then-write.
func Tx(ctx context.Context, q Q, fn func(ctx context.Context, tx Q) error) error {
	return begin(ctx, q, false, fn)
}

// Snapshot runs fn over one unchanging view of the database; nothing can be
// written in it. When q is already a transaction fn joins it.
func Snapshot(ctx context.Context, q Q, fn func(ctx context.Context, q Q) error) error {
	return begin(ctx, q, true, fn)
}

func begin(ctx context.Context, q Q, readOnly bool, fn func(ctx context.Context, tx Q) error) (err error) {
	d, ok := q.(*DB)
	if !ok {
		return fn(ctx, q)
	}
	if err := d.refuse(ctx, "BEGIN"); err != nil {
		return err
	}
	t := &txn{d: d, readOnly: readOnly}
	if err := t.begin(ctx); err != nil {
		return err
	}
	defer func() {
		if p := recover(); p != nil {
			_ = t.end(ctx, false) // the panic is what must be heard
			panic(p)
		}
	}()
	err = fn(context.WithValue(ctx, txKey{d}, t), t)
	if err == nil && ctx.Err() != nil {
		err = wrapEngine(ctx.Err())
	}
	endErr := t.end(ctx, err == nil)
	if err != nil {
		return err
	}
	return endErr
}

func (t *txn) begin(ctx context.Context) error {
	if t.d.lite == nil {
		opts := &sql.TxOptions{Isolation: sql.LevelReadCommitted}
		if t.readOnly {
			opts = &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true}
		}
		tx, err := t.d.pool.BeginTx(ctx, opts)
		t.tx = tx
		return wrapEngine(err)
	}
	c, err := t.lane().take(ctx)
	if err != nil {
		return err
	}
	text := "BEGIN IMMEDIATE"
	if t.readOnly {
		text = "BEGIN DEFERRED"
	}
	if _, err := c.exec(ctx, text, nil); err != nil {
		t.lane().give(c)
		return err
	}
	t.c = c
	return nil
}

func (t *txn) lane() *lane {
	if t.readOnly {
		return t.d.lite.readers
	}
	return t.d.lite.writer
}

// end commits or undoes. Undoing is not stopped by a cancelled context: a
// connection never goes back with a transaction open.
func (t *txn) end(ctx context.Context, commit bool) error {
	t.done.Store(true)
	if t.tx != nil {
		if commit {
			return wrapEngine(t.tx.Commit())
		}
		if err := t.tx.Rollback(); err != nil && !errors.Is(err, sql.ErrTxDone) {
			return wrapEngine(err)
		}
		return nil
	}
	defer func() { t.lane().give(t.c) }()
	ctx = context.WithoutCancel(ctx)
	var err error
	if commit {
		if _, err = t.c.exec(ctx, "COMMIT", nil); err == nil {
			return nil
		}
	}
	// Some errors (a full disk) have already undone everything.
	if !t.c.autocommit() {
		if _, rerr := t.c.exec(ctx, "ROLLBACK", nil); err == nil {
			err = rerr
		}
	}
	return err
}

func (c *conn) autocommit() (auto bool) {
	if err := c.c.Raw(func(dc any) error {
		auto = dc.(driver.Conn).Raw().GetAutocommit()
		return nil
	}); err != nil {
		return false
	}
	return auto
}

// Engine says which engine answers.
func (t *txn) Engine() Engine { return t.d.engine }

// use refuses a transaction kept after its end, which on SQLite would act on a
// connection that somebody else holds by now.
func (t *txn) use(args []any) error {
	if t.done.Load() {
		return apperr.New(apperr.Internal, sql.ErrTxDone, "Une erreur inattendue s’est produite. Rien n’a été enregistré.")
	}
	return checkArgs(args)
}

func (t *txn) Exec(ctx context.Context, query string, args ...any) (int64, error) {
	if err := t.use(args); err != nil {
		return 0, err
	}
	if t.tx != nil {
		return affected(t.tx.ExecContext(ctx, query, args...))
	}
	return t.c.exec(ctx, t.d.rewrite(query).text, args)
}

func (t *txn) Query(ctx context.Context, query string, args ...any) (*Rows, error) {
	if err := t.use(args); err != nil {
		return nil, err
	}
	if t.tx != nil {
		rows, err := t.tx.QueryContext(ctx, query, args...)
		if err != nil {
			return nil, wrapEngine(err)
		}
		return &Rows{rows: rows}, nil
	}
	return t.c.query(ctx, t.d.rewrite(query).text, args)
}

func (t *txn) QueryRow(ctx context.Context, query string, args ...any) *Row {
	rows, err := t.Query(ctx, query, args...)
	return &Row{rows: rows, err: err}
}
