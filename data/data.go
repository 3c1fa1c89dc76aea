// Package data embeds the reference tables of Jalon: the levers, their
// objectives and keys, and the tree of territories. Each row carries its
// source; README.md says how each table was made. The tables here are the
// source of truth: what publishers issue comes in by an import, never by code.
package data

import "embed"

// FS holds the tables, so that the program needs no file beside itself.
//
//go:embed *.csv questionnaire-national.json *.csv.gz territories/*.tsv.gz
var FS embed.FS
