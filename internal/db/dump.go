package db

import (
	"archive/zip"
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"hash"
	"io"
	"time"

	"jalon/internal/apperr"
)

// Dump writes one portable archive of the tables, read in one snapshot, with a
// memory that does not grow with them. Tables of scope Local are left out and
// named so. Two dumps of the same rows hold the same texts and digests,
// whatever the engine; w gets the manifest last, so that a cut archive is
// never taken for a whole one.
func Dump(ctx context.Context, d *DB, tables []Table, w io.Writer, meta ArchiveMeta) (m Manifest, err error) {
	defer apperr.Wrap(&err, "db.Dump")
	schema, known, err := d.SchemaVersion(ctx)
	if err != nil {
		return Manifest{}, err
	}
	if schema > known {
		return Manifest{}, newer(schema, known)
	}
	m = Manifest{
		Format: ArchiveFormat, Product: "jalon", Version: meta.Version, Schema: schema, Engine: d.engine,
		CreatedAt: meta.CreatedAt.UTC().Format(time.RFC3339), Tables: []ManifestTable{}, LeftOut: []string{},
	}
	z := zip.NewWriter(w)
	err = Snapshot(ctx, d, func(ctx context.Context, q Q) error {
		for _, table := range tables {
			if table.Scope == Local {
				m.LeftOut = append(m.LeftOut, table.Name)
				continue
			}
			t, err := dumpTable(ctx, q, Part{Table: table}, z, meta.CreatedAt)
			if err != nil {
				return err
			}
			m.Tables = append(m.Tables, t)
		}
		return nil
	})
	if err != nil {
		return Manifest{}, err
	}
	body, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return Manifest{}, err
	}
	f, err := member(z, manifestName, meta.CreatedAt)
	if err != nil {
		return Manifest{}, err
	}
	if _, err := f.Write(append(body, '\n')); err != nil {
		return Manifest{}, writeFailed(err)
	}
	return m, writeFailed(z.Close())
}

func member(z *zip.Writer, name string, at time.Time) (io.Writer, error) {
	f, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: at.UTC()})
	return f, writeFailed(err)
}

func writeFailed(err error) error {
	if err == nil || apperr.KindOf(err) != apperr.Internal {
		return err
	}
	return apperr.New(apperr.Unavailable, err, "L’archive n’a pas pu être écrite jusqu’au bout\u00a0: le disque est peut-être plein. Le fichier commencé ne doit pas être gardé.")
}

func dumpTable(ctx context.Context, q Q, p Part, z *zip.Writer, at time.Time) (t ManifestTable, err error) {
	table := p.Table
	defer apperr.Wrap(&err, "dump %s", table.Name)
	columns, err := Columns(ctx, q, table.Name)
	if err != nil {
		return t, err
	}
	if err := typed(table.Name, columns); err != nil {
		return t, err
	}
	t = ManifestTable{Name: table.Name, File: "tables/" + table.Name + ".ndjson", Columns: columns}
	f, err := member(z, t.File, at)
	if err != nil {
		return t, err
	}
	digest := sha256.New()
	out := bufio.NewWriterSize(io.MultiWriter(f, digest), 64<<10)
	if t.Rows, err = p.rows(ctx, q, columns, func(line []byte) error {
		_, err := out.Write(line)
		return writeFailed(err)
	}); err != nil {
		return t, err
	}
	if err := out.Flush(); err != nil {
		return t, writeFailed(err)
	}
	t.SHA256 = hexSum(digest)
	return t, nil
}

func hexSum(h hash.Hash) string { return hex.EncodeToString(h.Sum(nil)) }
