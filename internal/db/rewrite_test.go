package db

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestNumberedRewritesOnlyPlaceholders(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"SELECT $1, $12", "SELECT ?1, ?12"},
		{"UPDATE t SET a = $2 WHERE b = $1", "UPDATE t SET a = ?2 WHERE b = ?1"},
		{"SELECT '$1', \"$2\", $3", "SELECT '$1', \"$2\", ?3"},
		{"SELECT 'l''été $1', $1", "SELECT 'l''été $1', ?1"},
		{"SELECT 1 -- costs $1\n, $1", "SELECT 1 -- costs $1\n, ?1"},
		{"SELECT /* $1 */ $1", "SELECT /* $1 */ ?1"},
		{"SELECT '$1", "SELECT '$1"},
		{"SELECT $", "SELECT $"},
		{"", ""},
	} {
		if got := numbered(c.in); got != c.want {
			t.Errorf("numbered(%q) = %q, want %q", c.in, got, c.want)
		}
	}
}

func TestNumberedChangesNothingElse(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := rapid.StringMatching(`[a-z'"$0-9 \-/*\n]{0,40}`).Draw(t, "sql")
		got := numbered(in)
		if len(got) != len(in) {
			t.Fatalf("%q became %q", in, got)
		}
		if strings.ReplaceAll(got, "?", "$") != in {
			t.Fatalf("%q became %q", in, got)
		}
	})
}

func TestWritesFindsWhatMustGoToTheWriter(t *testing.T) {
	for query, want := range map[string]bool{
		"SELECT a FROM t":                                false,
		"  WITH x AS (SELECT 1) SELECT a FROM x":         false,
		"WITH x AS (SELECT 1) INSERT INTO t SELECT 1":    true,
		"insert into t values ($1) returning a":          true,
		"SELECT 'DELETE FROM t'":                         false,
		"SELECT updated_at, last_update FROM t":          false,
		"SELECT replace(a, 'x', 'y') FROM t":             false,
		"-- delete\nSELECT 1":                            false,
		"UPDATE t SET a = 1":                             true,
		"DELETE FROM t WHERE a = $1 RETURNING a":         true,
		"VACUUM":                                         true,
		"PRAGMA page_count":                              false,
		"SELECT insert_at2 FROM t WHERE create_day = $1": false,
		"VALUES (1)":                                     false,
		"/* why */ DELETE FROM t":                        true,
		"SELECT \"delete\" FROM t":                       false,
	} {
		if got := writes(query); got != want {
			t.Errorf("writes(%q) = %v", query, got)
		}
	}
}
