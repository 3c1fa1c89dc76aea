// Package db is the one door to the database: SQLite (embedded default) and
// PostgreSQL with one SQL text. Functions of rooms take a Q (pool or
// transaction); Tx joins the transaction that Q already is.
package db
