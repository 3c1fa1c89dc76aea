package db_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The traps of one SQL text for two engines. Each was met; each rule is a
// pattern over the SQL texts of the sources, outside quotes and comments.
var (
	isSQL      = regexp.MustCompile(`^\s*(--[^\n]*\n\s*)*(SELECT|INSERT|UPDATE|DELETE|WITH|VALUES)\s`)
	star       = regexp.MustCompile(`(?i)\bSELECT\s+(DISTINCT\s+)?\*|,\s*[a-z_]+\.\*|\bSELECT\s+[a-z_]+\.\*`)
	like       = regexp.MustCompile(`(?i)([a-z_.]+|\))\s+(NOT\s+)?I?LIKE\b`)
	ilike      = regexp.MustCompile(`(?i)\bILIKE\b|\bSIMILAR TO\b|\bGLOB\b|\bREGEXP\b`)
	sum        = regexp.MustCompile(`(?i)\b(SUM|AVG)\s*\(`)
	castSum    = regexp.MustCompile(`(?i)CAST\s*\(\s*(COALESCE\s*\(\s*)?SUM\s*\(`)
	selectInto = regexp.MustCompile(`(?is)\bINSERT\s+INTO\b.*\bSELECT\b.*\bON\s+CONFLICT\b`)
	whereTrue  = regexp.MustCompile(`(?is)\bWHERE\b.*\bON\s+CONFLICT\b`)
	question   = regexp.MustCompile(`\?`)
	castDollar = regexp.MustCompile(`::[a-z]`)
	nullable   = regexp.MustCompile(`(?i)\bORDER\s+BY\b([^()]*)`)
	optional   = regexp.MustCompile(`(?i)(^|[^T])\s*\$\d+\s+IS\s+(NOT\s+)?NULL`)
	division   = regexp.MustCompile(`(?i)[a-z0-9_)]\s/\s[a-z0-9_($]|\bROUND\s*\(`)
	engineOnly = regexp.MustCompile(`(?i)\b(json_each|json_extract|jsonb?_[a-z_]+|strftime|julianday|date_trunc|rowid|last_insert_rowid|INSERT\s+OR\s+(REPLACE|IGNORE)|ON\s+DUPLICATE|ANY\s*\(\$\d+|unnest|FOR\s+UPDATE|SKIP\s+LOCKED|AUTOINCREMENT|SERIAL)\b|\b(now|random)\(\)`)
	quotedText = regexp.MustCompile(`'(?:[^']|'')*'|--[^\n]*|/\*[\s\S]*?\*/`)
)

// nullColumns are the columns that may hold NULL: ordering by one must say
// where its NULLs go, since the engines differ.
var nullColumns = regexp.MustCompile(`(?i)\b(value|reason|applied_at|col|holder|valid_from|valid_to)\b(?:\s+(?:ASC|DESC))?(\s+NULLS\s+(?:FIRST|LAST))?`)

func lintSQL(text string) (found []string) {
	if !isSQL.MatchString(text) {
		return nil
	}
	bare := quotedText.ReplaceAllString(text, "''")
	add := func(bad bool, why string) {
		if bad {
			found = append(found, why)
		}
	}
	add(star.MatchString(bare), "SELECT *: name the columns")
	add(ilike.MatchString(bare), "ILIKE, GLOB, REGEXP: not on both engines")
	for _, m := range like.FindAllStringSubmatch(bare, -1) {
		add(!strings.HasSuffix(m[1], "_fold") && !strings.EqualFold(m[1], "not"), "LIKE on "+m[1]+": only on folded columns (name_fold), SQLite ignores case and PostgreSQL does not")
	}
	add(len(sum.FindAllString(bare, -1)) > len(castSum.FindAllString(bare, -1)), "SUM without CAST(… AS BIGINT), or AVG: PostgreSQL gives NUMERIC")
	if selectInto.MatchString(bare) {
		add(!whereTrue.MatchString(bare), "INSERT … SELECT … ON CONFLICT without WHERE: SQLite reads ON as a join, write WHERE TRUE")
	}
	add(question.MatchString(bare), "placeholder ?: write $1, $2")
	add(castDollar.MatchString(bare), ":: is PostgreSQL alone: write CAST(… AS …)")
	add(optional.MatchString(bare), "$1 IS NULL has no type on PostgreSQL: write CAST($1 AS TEXT) IS NULL")
	add(division.MatchString(bare), "division or rounding in SQL: the engines differ, do it in Go")
	add(engineOnly.MatchString(bare), "function or clause of one engine: "+engineOnly.FindString(bare))
	for _, m := range nullable.FindAllStringSubmatch(bare, -1) {
		for _, c := range nullColumns.FindAllStringSubmatch(m[1], -1) {
			add(c[2] == "", "ORDER BY "+c[1]+": it may be NULL, write NULLS LAST or NULLS FIRST")
		}
	}
	return found
}

func TestLintSQLKnowsEachTrap(t *testing.T) {
	for text, want := range map[string]string{
		`SELECT * FROM t`:                                                     "SELECT *",
		`SELECT t.* FROM t`:                                                   "SELECT *",
		`SELECT COUNT(*) FROM t`:                                              "",
		`SELECT name FROM t WHERE name LIKE $1`:                               "LIKE on name",
		`SELECT name FROM t WHERE name_fold LIKE $1`:                          "",
		`SELECT name FROM t WHERE name NOT LIKE $1`:                           "LIKE on name",
		`SELECT name FROM t WHERE name ILIKE $1`:                              "ILIKE",
		`SELECT SUM(kg) FROM t`:                                               "SUM without",
		`SELECT CAST(SUM(kg) AS BIGINT) FROM t`:                               "",
		`SELECT CAST(COALESCE(SUM(kg), 0) AS BIGINT) FROM t`:                  "",
		`INSERT INTO t (a) SELECT a FROM u ON CONFLICT (a) DO NOTHING`:        "WHERE TRUE",
		`INSERT INTO t (a) SELECT a FROM u WHERE TRUE ON CONFLICT DO NOTHING`: "",
		`SELECT name FROM t WHERE id = ?`:                                     "placeholder",
		`SELECT name FROM t WHERE a = 'pourquoi ?' -- ?`:                      "",
		`SELECT $1::text FROM t`:                                              ":: is",
		`SELECT name FROM t WHERE ($1 IS NULL OR a = $1)`:                     "IS NULL has no type",
		`SELECT name FROM t WHERE (CAST($1 AS TEXT) IS NULL OR a = $1)`:       "",
		`SELECT a / b FROM t`:                                                 "division",
		`SELECT ROUND(a) FROM t`:                                              "division",
		`SELECT value FROM t ORDER BY value DESC, id`:                         "ORDER BY value",
		`SELECT value FROM t ORDER BY value DESC NULLS LAST, id`:              "",
		`SELECT a FROM t WHERE id = ANY($1)`:                                  "one engine",
		`SELECT a FROM t WHERE at < now()`:                                    "one engine",
		`INSERT OR IGNORE INTO t VALUES ($1)`:                                 "one engine",
		`Select a territory / region`:                                         "",
	} {
		got := strings.Join(lintSQL(text), "; ")
		if (want == "") != (got == "") || !strings.Contains(got, want) {
			t.Errorf("%s\n got %q, want %q", text, got, want)
		}
	}
}

// TestSQLOfEveryRoomKeepsClearOfTheTraps reads every Go source of the program:
// a text that starts as SQL is taken for SQL. Tests are free.
func TestSQLOfEveryRoomKeepsClearOfTheTraps(t *testing.T) {
	root := filepath.Join("..", "..")
	var found []string
	var texts int
	err := filepath.WalkDir(root, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := e.Name()
		if e.IsDir() {
			if path != root && (strings.HasPrefix(name, ".") || name == "node_modules" || name == "testdata" || name == "bin" || name == "jalon-data" || name == "testkit") {
				return fs.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") || strings.HasSuffix(name, "_templ.go") {
			return nil
		}
		if filepath.Base(filepath.Dir(path)) == "db" && (name == "schema.go" || name == "postgres.go") {
			return nil // they ask each engine in its own words
		}
		set := token.NewFileSet()
		file, err := parser.ParseFile(set, path, nil, 0)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			lit, ok := n.(*ast.BasicLit)
			if !ok || lit.Kind != token.STRING {
				return true
			}
			text, err := strconv.Unquote(lit.Value)
			if err != nil {
				return true
			}
			if isSQL.MatchString(text) {
				texts++
			}
			for _, why := range lintSQL(text) {
				rel, _ := filepath.Rel(root, path)
				found = append(found, fmt.Sprintf("%s:%d: %s", rel, set.Position(lit.Pos()).Line, why))
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if texts < 5 {
		t.Errorf("only %d SQL texts were seen: the lint looks elsewhere", texts)
	}
	if diff := cmp.Diff([]string(nil), found); diff != "" {
		t.Error(diff)
	}
}

// TestMigrationsKeepToTheFiveTypes holds the other half: what a migration may
// write for both engines to take. There is a table blob; the type is written
// BLOB, like every type.
func TestMigrationsKeepToTheFiveTypes(t *testing.T) {
	foreign := regexp.MustCompile(`(?i)\b(INTEGER|INT|SMALLINT|SERIAL|BIGSERIAL|VARCHAR|CHAR|CLOB|REAL|FLOAT|NUMERIC|DECIMAL|(?-i:BLOB)|JSONB?|UUID|DATE|TIME|TIMESTAMPTZ?|DATETIME|AUTOINCREMENT|STRICT|WITHOUT ROWID)\b`)
	files, err := filepath.Glob("migrations/*.sql")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, path := range files {
		body := readFile(t, path)
		bare := quotedText.ReplaceAllString(body, "")
		if m := foreign.FindString(bare); m != "" {
			t.Errorf("%s: %s is not one of TEXT, BIGINT, BOOLEAN, DOUBLE PRECISION, BYTEA", path, m)
		}
		if !strings.HasPrefix(strings.TrimSpace(body), "-- +goose Up") {
			t.Errorf("%s: does not start with -- +goose Up", path)
		}
	}
}
