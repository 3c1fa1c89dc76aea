// Package exchange turns foreign bytes into rows with a line and a column, and
// back. Files come from anyone: every reader here is bounded (bytes, expanded
// bytes, rows, columns, length of a cell), streams in flat memory, and says in
// French where and why it stopped. It knows no database and no rule of a room.
package exchange
