package db

import (
	"archive/zip"
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"jalon/internal/apperr"
)

// Load fills an empty database of either engine from an archive: all of it, or
// nothing. Every line, count and digest is checked before the commit. A
// database without schema gets the archive's, then the migrations since; one
// already migrated takes only an archive of the same schema.
func Load(ctx context.Context, d *DB, tables []Table, r io.ReaderAt, size int64) (m Manifest, err error) {
	defer apperr.Wrap(&err, "db.Load")
	z, err := zip.NewReader(r, size)
	if err != nil {
		return m, damaged(err, "ce n’est pas un fichier ZIP entier")
	}
	if m, err = readManifest(z); err != nil {
		return m, err
	}
	if err := checkManifest(m, tables); err != nil {
		return m, err
	}
	if err := ready(ctx, d, m, tables); err != nil {
		return m, err
	}
	err = Tx(ctx, d, func(ctx context.Context, tx Q) error {
		if err := checkEmpty(ctx, tx, tables); err != nil {
			return err
		}
		for _, t := range m.Tables {
			if err := loadTable(ctx, tx, z, t); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return m, err
	}
	return m, d.Migrate(ctx)
}

// ReadManifest reads what an archive says of itself, without loading it.
func ReadManifest(r io.ReaderAt, size int64) (Manifest, error) {
	z, err := zip.NewReader(r, size)
	if err != nil {
		return Manifest{}, damaged(err, "ce n’est pas un fichier ZIP entier")
	}
	return readManifest(z)
}

func readManifest(z *zip.Reader) (m Manifest, err error) {
	f, err := z.Open(manifestName)
	if err != nil {
		return m, damaged(err, "il y manque %s", manifestName)
	}
	defer f.Close()
	body, err := io.ReadAll(io.LimitReader(f, maxManifest+1))
	if err != nil || len(body) > maxManifest {
		return m, damaged(err, "%s ne se lit pas", manifestName)
	}
	if err := json.Unmarshal(body, &m); err != nil {
		return m, damaged(err, "%s ne se lit pas", manifestName)
	}
	if m.Product != "jalon" {
		return m, apperr.Invalidf("Ce fichier n’est pas une archive de Jalon.")
	}
	if m.Format > ArchiveFormat {
		return m, apperr.Invalidf("L’archive est au format %d, cette version de Jalon lit jusqu’au format %d\u00a0: chargez-la avec la version qui l’a écrite (%s) ou une plus récente.", m.Format, ArchiveFormat, m.Version)
	}
	return m, nil
}

// checkManifest accepts only tables and files that this binary lists: names go
// into SQL, and nothing of an archive is trusted.
func checkManifest(m Manifest, tables []Table) error {
	known := map[string]Scope{}
	for _, t := range tables {
		known[t.Name] = t.Scope
	}
	seen := map[string]bool{}
	for _, t := range m.Tables {
		scope, ok := known[t.Name]
		if !ok || scope == Local || seen[t.Name] || t.File != "tables/"+t.Name+".ndjson" {
			return damaged(nil, "la table «\u00a0%s\u00a0» n’y est pas attendue", t.Name)
		}
		seen[t.Name] = true
	}
	return nil
}

// ready brings a database without schema to the archive's, and refuses one
// whose schema is not the archive's.
func ready(ctx context.Context, d *DB, m Manifest, tables []Table) error {
	current, known, err := d.SchemaVersion(ctx)
	if err != nil {
		return err
	}
	if m.Schema > known {
		return apperr.Invalidf("L’archive vient d’une version plus récente de Jalon (schéma %d, cette version connaît le schéma %d). Rien n’a été chargé\u00a0: installez la version %s ou une plus récente.", m.Schema, known, m.Version)
	}
	if m.Schema < 1 {
		return damaged(nil, "elle ne dit pas son schéma")
	}
	if m.Schema == known { // an older archive may lack tables made since
		for _, t := range tables {
			has := func(mt ManifestTable) bool { return mt.Name == t.Name }
			if t.Scope != Local && !slices.ContainsFunc(m.Tables, has) {
				return damaged(nil, "il y manque la table «\u00a0%s\u00a0»", t.Name)
			}
		}
	}
	if current == 0 {
		return d.migrateTo(ctx, m.Schema)
	}
	if current != m.Schema {
		return apperr.Invalidf("L’archive est au schéma %d et la base au schéma %d. Rien n’a été chargé\u00a0: donnez une base neuve et vide, Jalon y mettra le schéma de l’archive puis la mettra à jour.", m.Schema, current)
	}
	return nil
}

func checkEmpty(ctx context.Context, tx Q, tables []Table) error {
	live, err := LiveTables(ctx, tx)
	if err != nil {
		return err
	}
	for _, t := range tables {
		// Local rows (a signing key made at start-up) are not in archives.
		if t.Scope == Local || !slices.Contains(live, t.Name) {
			continue
		}
		var some bool
		if err := tx.QueryRow(ctx, "SELECT EXISTS (SELECT 1 FROM "+t.Name+")").Scan(&some); err != nil {
			return err
		}
		if some {
			return apperr.Conflictf("La base n’est pas vide (table «\u00a0%s\u00a0»). Rien n’a été chargé ni effacé\u00a0: indiquez une base neuve.", t.Name)
		}
	}
	return nil
}

func loadTable(ctx context.Context, tx Q, z *zip.Reader, t ManifestTable) (err error) {
	defer apperr.Wrap(&err, "load %s", t.Name)
	if _, err := loadRows(ctx, tx, z, t, "", nil); err != nil {
		return err
	}
	var stored int64
	if err := tx.QueryRow(ctx, "SELECT COUNT(*) FROM "+t.Name).Scan(&stored); err != nil {
		return err
	}
	if stored != t.Rows {
		return fmt.Errorf("%d rows stored of %d", stored, t.Rows)
	}
	return nil
}

// loadRows inserts the rows of one file, checks them against their count and their
// digest, and says how many were new.
func loadRows(ctx context.Context, tx Q, z *zip.Reader, t ManifestTable, tail string, skip func([]byte) (bool, error)) (added int64, err error) {
	live, err := Columns(ctx, tx, t.Name)
	if err != nil {
		return 0, err
	}
	same := func(a, b Column) bool { return a.Name == b.Name && a.Type == b.Type }
	if !slices.EqualFunc(live, t.Columns, same) {
		return 0, damaged(nil, "la table «\u00a0%s\u00a0» n’a pas les colonnes de son schéma", t.Name)
	}
	l := loader{tx: tx, table: t, tail: tail, skip: skip}
	// The last rows are written before the digest is known: one that the database
	// refuses is told as such.
	err = readLines(z, t, func(line []byte) error { return l.line(ctx, line) }, func() error { return l.flush(ctx) })
	return l.added, err
}

// readLines gives each line of one file, then holds their count and their digest
// against what the manifest says.
func readLines(z *zip.Reader, t ManifestTable, do func(line []byte) error, last func() error) error {
	f, err := z.Open(t.File)
	if err != nil {
		return damaged(err, "il y manque %s", t.File)
	}
	defer f.Close()
	digest, n := sha256.New(), int64(0)
	lines := bufio.NewScanner(io.TeeReader(f, digest))
	lines.Buffer(make([]byte, 64<<10), maxLine)
	for lines.Scan() {
		n++
		if err := do(lines.Bytes()); err != nil {
			return err
		}
	}
	if err := lines.Err(); err != nil {
		return damaged(err, "%s ne se lit pas jusqu’au bout", t.File)
	}
	if err := last(); err != nil {
		return err
	}
	if n != t.Rows || hexSum(digest) != t.SHA256 {
		return damaged(nil, "%s ne correspond pas à son empreinte", t.File)
	}
	return nil
}

// loader gathers lines into inserts of a bounded size.
type loader struct {
	tx    Q
	table ManifestTable
	tail  string // what follows the values, as Insert takes it
	skip  func(line []byte) (bool, error)
	rows  int64
	added int64
	batch [][]any
	bytes int
}

func (l *loader) line(ctx context.Context, text []byte) error {
	l.rows++
	if l.skip != nil {
		if out, err := l.skip(text); err != nil || out {
			return err
		}
	}
	var raw map[string]json.RawMessage
	if err := json.Unmarshal(text, &raw); err != nil {
		return damaged(err, "%s, ligne %d", l.table.File, l.rows)
	}
	row := make([]any, len(l.table.Columns))
	for i, c := range l.table.Columns {
		v, ok := raw[c.Name]
		if !ok {
			return damaged(nil, "%s, ligne %d, il manque «\u00a0%s\u00a0»", l.table.File, l.rows, c.Name)
		}
		var err error
		if row[i], err = parse(c.Type, bytes.TrimSpace(v)); err != nil {
			return damaged(err, "%s, ligne %d, valeur de «\u00a0%s\u00a0»", l.table.File, l.rows, c.Name)
		}
	}
	if len(raw) != len(row) {
		return damaged(nil, "%s, ligne %d, colonnes %s", l.table.File, l.rows, strings.Join(slices.Sorted(maps.Keys(raw)), ", "))
	}
	l.batch = append(l.batch, row)
	l.bytes += len(text)
	if len(l.batch) == 256 || l.bytes > 1<<20 {
		return l.flush(ctx)
	}
	return nil
}

func (l *loader) flush(ctx context.Context) error {
	columns := make([]string, len(l.table.Columns))
	for i, c := range l.table.Columns {
		columns[i] = c.Name
	}
	n, err := Insert(ctx, l.tx, l.table.Name, columns, l.batch, l.tail)
	l.added += n
	l.batch, l.bytes = l.batch[:0], 0
	if e := new(apperr.Error); errors.As(err, &e) && (e.Kind == apperr.Conflict || e.Kind == apperr.Invalid) {
		return damaged(err, "%s, avant la ligne %d, ligne refusée par la base", l.table.File, l.rows+1)
	}
	return err
}
