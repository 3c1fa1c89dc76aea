// Package db is the one door to the database: SQLite (embedded default) and
// PostgreSQL with one SQL text. Functions of rooms take a Q (pool or
// transaction); Tx joins the transaction that Q already is.
//
// What a caller may rely on, on both engines:
//   - placeholders are $1, $2…; a text may use one several times;
//   - errors are apperr errors: no row is NotFound (and ErrNoRows), a broken
//     unique key Conflict, a full disk or a busy database Unavailable;
//   - a text argument holds neither NUL nor invalid UTF-8, a number is finite
//     (missing is NULL), an instant is BIGINT milliseconds: anything else is
//     refused before it reaches the engine, so that both refuse the same;
//   - a statement on the pool is refused while its context holds a transaction
//     of the same database: on SQLite it would wait for itself for ever.
package db
