package db_test

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/testkit"
)

func meta() db.ArchiveMeta {
	return db.ArchiveMeta{CreatedAt: time.UnixMilli(1716768000000), Version: "1.0"}
}

func dump(t *testing.T, d *db.DB, tables []db.Table) ([]byte, db.Manifest) {
	t.Helper()
	var b bytes.Buffer
	m, err := db.Dump(context.Background(), d, tables, &b, meta())
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes(), m
}

func load(d *db.DB, tables []db.Table, archive []byte) (db.Manifest, error) {
	return db.Load(context.Background(), d, tables, bytes.NewReader(archive), int64(len(archive)))
}

// fill gives every table some rows, with what is hard to carry.
func fill(t *testing.T, d *db.DB) {
	t.Helper()
	ctx := t.Context()
	exec := func(query string, args ...any) {
		t.Helper()
		if _, err := d.Exec(ctx, query, args...); err != nil {
			t.Fatal(err)
		}
	}
	exec(`INSERT INTO import_run (id, kind, state, rows, at, applied_at) VALUES ($1, $2, $3, $4, $5, $6)`, "r1", "keys", "applied", math.MaxInt64, math.MinInt64, nil)
	exec(`INSERT INTO import_row (run, line, data, verdict, reason, col) VALUES ($1, $2, $3, $4, $5, $6)`, "r1", 1, `{"a":"<&>\u2028"}`, "ok", nil, 3)
	exec(`INSERT INTO perimeter (id, kind, name, name_fold, demo, state) VALUES ($1, $2, $3, $4, $5, $6)`, "p1", "scot", "Été « 1 »", "ete 1", true, "open")
	exec(`INSERT INTO perimeter_member (perimeter, commune) VALUES ($1, $2)`, "p1", "2A004")
	exec(`INSERT INTO perimeter_version (id, rev, at, body) VALUES ($1, $2, $3, $4)`, "p1", 1, 1, "{}")
	exec(`INSERT INTO territory_edition (name, year, population_year, source, at) VALUES ($1, $2, $3, $4, $5)`, "2025", 2025, 2022, "INSEE", 1)
	exec(`INSERT INTO setting (name, value) VALUES ($1, $2)`, "secret", "never in an archive")
	if _, err := db.Bump(ctx, d, "series", time.UnixMilli(5)); err != nil {
		t.Fatal(err)
	}
	var rows [][]any
	for i := range 1000 {
		rows = append(rows, []any{"2025", "commune", fmt.Sprintf("%05d", i*7919%100000), strings.Repeat("é\t\"", i%5)})
	}
	if _, err := db.Insert(ctx, d, "territory_row", []string{"edition", "kind", "code", "body"}, rows, ""); err != nil {
		t.Fatal(err)
	}
	for i, v := range []any{0.1, 1.0 / 3, math.MaxFloat64, math.SmallestNonzeroFloat64, math.Copysign(0, -1), 1e21, -194915.0, nil} {
		reason := any(nil)
		if v == nil {
			reason = "non couvert"
		}
		exec(`INSERT INTO observation (series, territory, year, edition, value, reason, class) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
			"s", "region:44", 2000+i, "e", v, reason, "reference")
	}
}

func digests(m db.Manifest) map[string]string {
	all := map[string]string{}
	for _, t := range m.Tables {
		all[t.Name] = fmt.Sprintf("%d %s", t.Rows, t.SHA256)
	}
	return all
}

func TestArchiveGoesFromSQLiteToPostgresAndBack(t *testing.T) {
	tables := allTables(t)
	first := testkit.Open(t, db.SQLite)
	fill(t, first)
	archive, want := dump(t, first, tables)
	if again, _ := dump(t, first, tables); !bytes.Equal(archive, again) {
		t.Error("two dumps of the same database differ")
	}
	if diff := cmp.Diff([]string{"setting"}, want.LeftOut); diff != "" {
		t.Error(diff)
	}
	if bytes.Contains(archive, []byte("never in an archive")) || want.Rows() != 1015 {
		t.Errorf("%d rows", want.Rows())
	}
	for _, to := range []*db.DB{testkit.Open(t, db.PostgreSQL), testkit.Empty(t, db.PostgreSQL), testkit.Open(t, db.SQLite), testkit.Empty(t, db.SQLite)} {
		if _, err := load(to, tables, archive); err != nil {
			t.Fatal(err)
		}
		next, got := dump(t, to, tables)
		if diff := cmp.Diff(digests(want), digests(got)); diff != "" {
			t.Fatal(diff)
		}
		if got.Engine != to.Engine() {
			t.Errorf("engine %s", got.Engine)
		}
		archive = next
		_, err := load(to, tables, archive)
		if apperr.KindOf(err) != apperr.Conflict || !strings.Contains(apperr.Message(err), "pas vide") {
			t.Errorf("a second load: %v", err)
		}
	}
	if _, err := first.Exec(t.Context(), `SELECT 1`); err != nil {
		t.Error(err)
	}
}

// scratch is a table with every type, made beside the real ones.
var scratch = []db.Table{{Name: "scratch", Order: []string{"id"}, Scope: db.Nation}}

func withScratch(t *testing.T, engine db.Engine) *db.DB {
	t.Helper()
	d := testkit.Open(t, engine)
	if _, err := d.Exec(t.Context(), `CREATE TABLE scratch (id TEXT NOT NULL PRIMARY KEY, n BIGINT, b BOOLEAN, x DOUBLE PRECISION, y BYTEA, s TEXT)`); err != nil {
		t.Fatal(err)
	}
	return d
}

func TestEveryValueSurvivesTheRoundTrip(t *testing.T) {
	lite, pg := withScratch(t, db.SQLite), withScratch(t, db.PostgreSQL)
	tables := append(allTables(t), scratch...)
	ctx := t.Context()
	rapid.Check(t, func(r *rapid.T) {
		for _, d := range []*db.DB{lite, pg} {
			if _, err := d.Exec(ctx, `DELETE FROM scratch`); err != nil {
				r.Fatal(err)
			}
		}
		text := rapid.String().Filter(func(s string) bool { return !strings.Contains(s, "\x00") })
		var rows [][]any
		for id := range rapid.SliceOfNDistinct(text, 0, 8, rapid.ID).Draw(r, "ids") {
			row := []any{fmt.Sprint(id), nil, nil, nil, nil, nil}
			if rapid.Bool().Draw(r, "filled") {
				row[1] = rapid.Int64().Draw(r, "n")
				row[2] = rapid.Bool().Draw(r, "b")
				row[3] = rapid.Float64().Draw(r, "x")
				row[4] = rapid.SliceOf(rapid.Byte()).Draw(r, "y")
				row[5] = text.Draw(r, "s")
			}
			rows = append(rows, row)
		}
		if _, err := db.Insert(ctx, lite, "scratch", []string{"id", "n", "b", "x", "y", "s"}, rows, ""); err != nil {
			r.Fatal(err)
		}
		var b bytes.Buffer
		want, err := db.Dump(ctx, lite, tables, &b, meta())
		if err != nil {
			r.Fatal(err)
		}
		if _, err := load(pg, tables, b.Bytes()); err != nil {
			r.Fatal(err)
		}
		got, err := db.Dump(ctx, pg, tables, io.Discard, meta())
		if err != nil {
			r.Fatal(err)
		}
		if diff := cmp.Diff(digests(want), digests(got)); diff != "" {
			r.Fatal(diff)
		}
	})
}

func TestBytesKeepTheirAffinity(t *testing.T) {
	engines(t, func(t *testing.T, engine db.Engine) {
		d := withScratch(t, engine)
		for id, want := range map[string][]byte{"digits": []byte("123"), "empty": {}, "zero": {0, 255}} {
			if _, err := d.Exec(t.Context(), `INSERT INTO scratch (id, y) VALUES ($1, $2)`, id, want); err != nil {
				t.Fatal(err)
			}
			var got []byte
			if err := d.QueryRow(t.Context(), `SELECT y FROM scratch WHERE id = $1`, id).Scan(&got); err != nil {
				t.Fatal(err)
			}
			if got == nil || !bytes.Equal(got, want) {
				t.Errorf("%s: %v (nil %v)", id, got, got == nil)
			}
		}
	})
}

func empty(t *testing.T, d *db.DB, tables []db.Table) {
	t.Helper()
	for _, table := range tables {
		if table.Name == "setting" {
			continue
		}
		var some bool
		if err := d.QueryRow(t.Context(), `SELECT EXISTS (SELECT 1 FROM `+table.Name+`)`).Scan(&some); err != nil || some {
			t.Fatalf("%s was written (%v)", table.Name, err)
		}
	}
}

func TestTruncatedOrAlteredArchivesAreRefusedWhole(t *testing.T) {
	tables := allTables(t)
	source := testkit.Open(t, db.SQLite)
	fill(t, source)
	archive, want := dump(t, source, tables)
	d := testkit.Open(t, db.SQLite)
	rapid.Check(t, func(r *rapid.T) {
		bad := bytes.Clone(archive)
		if rapid.Bool().Draw(r, "truncate") {
			bad = bad[:rapid.IntRange(0, len(bad)-1).Draw(r, "length")]
		} else {
			bad[rapid.IntRange(0, len(bad)-1).Draw(r, "at")] ^= 1 << rapid.IntRange(0, 7).Draw(r, "bit")
		}
		m, err := load(d, tables, bad)
		if err == nil {
			// Some bits of a ZIP say nothing of its content (a date): then the
			// content is whole.
			_, got := dump(t, d, tables)
			if diff := cmp.Diff(digests(want), digests(got)); diff != "" {
				r.Fatal(diff)
			}
			for _, table := range slices.Backward(m.Tables) {
				if _, err := d.Exec(t.Context(), `DELETE FROM `+table.Name); err != nil {
					r.Fatal(err)
				}
			}
			return
		}
		if apperr.KindOf(err) != apperr.Invalid {
			r.Fatal(err)
		}
		empty(t, d, tables)
	})
}

// forge rewrites the members of an archive.
func forge(t *testing.T, archive []byte, change func(name, body string) (string, bool)) []byte {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(archive), int64(len(archive)))
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		text, keep := change(f.Name, string(body))
		if !keep {
			continue
		}
		out, err := w.Create(f.Name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(out, text); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestForgedArchivesAreRefusedWithAReason(t *testing.T) {
	tables := allTables(t)
	source := testkit.Open(t, db.SQLite)
	fill(t, source)
	archive, whole := dump(t, source, tables)
	schema := fmt.Sprintf(`"schema": %d`, whole.Schema)
	replace := func(file, from, to string) func(string, string) (string, bool) {
		return func(name, body string) (string, bool) {
			if name == file && !strings.Contains(body, from) {
				t.Fatalf("%s holds no %q", name, from)
			}
			if name == file {
				body = strings.Replace(body, from, to, 1)
			}
			return body, true
		}
	}
	targets := []*db.DB{testkit.Open(t, db.SQLite), testkit.Open(t, db.PostgreSQL)}
	const runs = "tables/import_run.ndjson"
	for name, c := range map[string]struct {
		change func(string, string) (string, bool)
		says   string
	}{
		"no manifest":       {func(n, b string) (string, bool) { return b, n != "manifest.json" }, "manifest.json"},
		"manifest not JSON": {replace("manifest.json", "{", "["), "manifest.json"},
		"another product":   {replace("manifest.json", `"jalon"`, `"autre"`), "archive de Jalon"},
		"newer format":      {replace("manifest.json", `"format": 1`, `"format": 2`), "format 2"},
		"newer schema":      {replace("manifest.json", schema, `"schema": 9999`), "plus récente"},
		"no schema":         {replace("manifest.json", schema, `"schema": 0`), "schéma"},
		"unknown table":     {replace("manifest.json", `"import_run"`, `"sqlite_schema"`), "sqlite_schema"},
		"local table":       {replace("manifest.json", `"import_run"`, `"setting"`), "setting"},
		"path out":          {replace("manifest.json", runs, "../../etc/passwd"), "import_run"},
		"other column":      {replace("manifest.json", `"file_name"`, `"x"`), "colonnes"},
		"missing file":      {func(n, b string) (string, bool) { return b, n != runs }, runs},
		"fewer rows": {func(n, b string) (string, bool) {
			if n == runs {
				b = ""
			}
			return b, true
		}, "empreinte"},
		"changed value":       {replace(runs, "keys", "keyz"), "empreinte"},
		"changed count":       {replace("manifest.json", `"rows": 1000`, `"rows": 999`), "empreinte"},
		"not JSON":            {replace(runs, "{", "("), "ligne 1"},
		"missing column":      {replace(runs, `"kind":"keys",`, ""), "kind"},
		"one column too much": {replace(runs, `"kind":"keys"`, `"kind":"keys","zz":1`), "zz"},
		"text in a number":    {replace(runs, `"rev":1`, `"rev":"un"`), "rev"},
		"doubled key": {func(n, b string) (string, bool) {
			if n == runs {
				b += b
			}
			return b, true
		}, "refusée"},
		"reference to nothing": {replace("tables/import_row.ndjson", `"r1"`, `"r2"`), "refusée"},
	} {
		t.Run(name, func(t *testing.T) {
			for _, d := range targets { // each stays empty, hence serves all
				_, err := load(d, tables, forge(t, archive, c.change))
				if apperr.KindOf(err) != apperr.Invalid || !strings.Contains(apperr.Message(err), c.says) {
					t.Errorf("%s: %v", d.Engine(), err)
				}
				empty(t, d, tables)
			}
		})
	}
}

func TestDumpFailsOnAFullDisk(t *testing.T) {
	d := testkit.DB(t)
	fill(t, d)
	tables := allTables(t)
	for _, room := range []int{0, 100, 3000} {
		_, err := db.Dump(t.Context(), d, tables, &fullWriter{room}, meta())
		if apperr.KindOf(err) != apperr.Unavailable || !strings.Contains(apperr.Message(err), "disque") {
			t.Errorf("%d bytes of room: %v", room, err)
		}
	}
}

type fullWriter struct{ room int }

func (w *fullWriter) Write(b []byte) (int, error) {
	if w.room -= len(b); w.room < 0 {
		return 0, fmt.Errorf("no space left on device")
	}
	return len(b), nil
}
