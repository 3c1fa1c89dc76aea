package db

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"jalon/internal/apperr"
)

// RestoreReport says what a restored database holds, as read from the database
// itself.
type RestoreReport struct {
	Engine Engine
	Target string // the file, or the address without its password
	Schema int64  // of the backup; Known when it is of this version
	Known  int64
	Bytes  int64
	Tables map[string]int64 // rows of each table
}

// Rows is the number of rows of all tables.
func (r RestoreReport) Rows() (n int64) {
	for _, c := range r.Tables {
		n += c
	}
	return n
}

// Restore brings a backup (see Backup) back to a new place of the same engine: a
// file that does not exist yet, or a PostgreSQL database that holds no table. It
// writes over nothing, refuses a backup of a newer schema before it writes, and
// leaves the place as it was when anything fails.
//
// The schema stays that of the backup: what is restored is what was saved, and
// Migrate brings it up to date when somebody decides so.
func Restore(ctx context.Context, path, dsn string) (r RestoreReport, err error) {
	defer apperr.Wrap(&err, "db.Restore(%q)", path)
	engine, err := engineOfBackup(path)
	if err != nil {
		return r, err
	}
	server := strings.HasPrefix(dsn, "postgres://") || strings.HasPrefix(dsn, "postgresql://")
	switch {
	case engine == SQLite && server:
		return r, otherEngine("SQLite", "un fichier qui n’existe pas encore")
	case engine == PostgreSQL && !server:
		return r, otherEngine("PostgreSQL", "une adresse «\u00a0postgres://…\u00a0»")
	case engine == SQLite:
		return restoreFile(ctx, path, dsn)
	}
	return pgRestore(ctx, path, dsn)
}

func otherEngine(name, want string) error {
	return apperr.Invalidf("Cette sauvegarde est celle d’une base %s\u00a0: donnez à JALON_DB %s. Rien n’a été écrit. Pour passer d’un moteur à l’autre, c’est «\u00a0jalon dump\u00a0» puis «\u00a0jalon load\u00a0».", name, want)
}

func engineOfBackup(path string) (_ Engine, err error) {
	f, err := os.Open(path)
	if err != nil {
		return "", apperr.New(apperr.Invalid, err, "La sauvegarde «\u00a0%s\u00a0» ne peut pas être lue\u00a0: vérifiez son nom et ses droits.", path)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	head := make([]byte, 16)
	n, err := io.ReadFull(f, head)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) {
		return "", err
	}
	switch head = head[:n]; {
	case bytes.Equal(head, []byte("SQLite format 3\x00")):
		return SQLite, nil
	case bytes.HasPrefix(head, []byte("PGDMP")):
		return PostgreSQL, nil
	case bytes.HasPrefix(head, []byte("PK")):
		return "", apperr.Invalidf("«\u00a0%s\u00a0» est une archive, pas une sauvegarde\u00a0: elle se charge par «\u00a0jalon load\u00a0». Rien n’a été écrit.", path)
	}
	return "", apperr.Invalidf("«\u00a0%s\u00a0» n’est pas une sauvegarde de «\u00a0jalon backup\u00a0», ou elle est altérée. Rien n’a été écrit.", path)
}

// taken refuses a place where something is: a restored database beside the log of
// another would be read mixed with it.
func taken(target string) error {
	for _, suffix := range []string{"", "-wal", "-shm", "-journal"} {
		switch _, err := os.Lstat(target + suffix); {
		case err == nil:
			return apperr.Conflictf("«\u00a0%s\u00a0» existe déjà. Rien n’a été écrit ni remplacé\u00a0: une reprise se fait à une place neuve. Donnez un autre JALON_DB, ou déplacez ce fichier.", target+suffix)
		case !errors.Is(err, fs.ErrNotExist):
			return err
		}
	}
	return nil
}

func restoreFile(ctx context.Context, path, dsn string) (r RestoreReport, err error) {
	target, _, err := sqlitePath(dsn)
	if err != nil {
		return r, err
	}
	if target, err = filepath.Abs(target); err != nil {
		return r, err
	}
	if err := taken(target); err != nil {
		return r, err
	}
	if err := os.MkdirAll(filepath.Dir(target), 0o700); err != nil {
		return r, apperr.New(apperr.Unavailable, err, "Le dossier «\u00a0%s\u00a0» ne peut pas être créé. Rien n’a été écrit.", filepath.Dir(target))
	}
	tmp, err := os.CreateTemp(filepath.Dir(target), filepath.Base(target)+".partiel-")
	if err != nil {
		return r, apperr.New(apperr.Unavailable, err, "La base ne peut pas être écrite dans «\u00a0%s\u00a0»\u00a0: vérifiez les droits de ce dossier. Rien n’a été écrit.", filepath.Dir(target))
	}
	defer func() {
		for _, suffix := range []string{"", "-journal", "-wal", "-shm"} {
			err = errors.Join(err, ignoreGone(os.Remove(tmp.Name()+suffix)))
		}
	}()
	if err := copyChecked(path, tmp); err != nil {
		return r, restoreFailed(err)
	}
	r = RestoreReport{Engine: SQLite, Target: target, Known: newestEmbedded()}
	if r.Schema, err = fileSchema(ctx, tmp.Name()); err != nil {
		return r, unreadableBackup(err)
	}
	if r.Schema > r.Known {
		return r, newerBackup(r.Schema, r.Known)
	}
	if r.Tables, err = checkCopy(ctx, tmp.Name(), r.Schema); err != nil {
		return r, unreadableBackup(err)
	}
	if r.Bytes, err = settle(tmp.Name(), target); err != nil {
		return r, restoreFailed(err)
	}
	return r, nil
}

// copyChecked copies a file, then reads the copy again: what is checked is what
// the disk gives back.
func copyChecked(path string, to *os.File) (err error) {
	defer func() { err = errors.Join(err, to.Close()) }()
	from, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, from.Close()) }()
	read, written := sha256.New(), sha256.New()
	if _, err := io.Copy(io.MultiWriter(to, read), from); err != nil {
		return err
	}
	if err := to.Sync(); err != nil {
		return err
	}
	if _, err := to.Seek(0, io.SeekStart); err != nil {
		return err
	}
	if _, err := io.Copy(written, to); err != nil {
		return err
	}
	if a, b := hexSum(read), hexSum(written); a != b {
		return fmt.Errorf("the copy has the digest %s, the backup %s", b, a)
	}
	return nil
}

// fileSchema reads the schema of a database file without changing it.
func fileSchema(ctx context.Context, path string) (v int64, err error) {
	l, err := openLane(ctx, path, 1, "PRAGMA query_only = ON;")
	if err != nil {
		return 0, wrapEngine(err)
	}
	defer func() { err = errors.Join(err, l.close()) }()
	q := &DB{engine: SQLite, lite: &lite{readers: l}}
	err = q.QueryRow(ctx, `SELECT COALESCE(MAX(version_id), 0) FROM goose_db_version WHERE is_applied`).Scan(&v)
	if err == nil && v < 1 {
		err = errors.New("no migration was applied")
	}
	return v, err
}

// settle gives a finished file its name, unless somebody took it meanwhile: a
// link, unlike a rename, replaces nothing.
func settle(tmp, target string) (size int64, err error) {
	info, err := os.Stat(tmp)
	if err != nil {
		return 0, err
	}
	switch err := os.Link(tmp, target); {
	case errors.Is(err, fs.ErrExist):
		return 0, taken(target)
	case err != nil: // a file system without links
		if err := taken(target); err != nil {
			return 0, err
		}
		if err := os.Rename(tmp, target); err != nil {
			return 0, err
		}
	}
	dir, err := os.Open(filepath.Dir(target))
	if err != nil {
		return 0, err
	}
	return info.Size(), errors.Join(dir.Sync(), dir.Close())
}

func newerBackup(schema, known int64) error {
	return apperr.Invalidf("La sauvegarde vient d’une version plus récente de Jalon (schéma %d, cette version connaît le schéma %d). Rien n’a été écrit\u00a0: installez la version récente, puis recommencez.", schema, known)
}

func unreadableBackup(cause error) error {
	return apperr.New(apperr.Invalid, cause, "La sauvegarde ne se relit pas entière, ou n’est pas celle d’une base de Jalon\u00a0: elle est incomplète ou altérée. Rien n’a été repris\u00a0; essayez une autre sauvegarde.")
}

func restoreFailed(err error) error {
	if e := new(apperr.Error); errors.As(err, &e) && e.Message != msgFull && e.Message != msgWrite {
		return err
	}
	if e := new(apperr.Error); errors.As(err, &e) || isFull(err) {
		return apperr.New(apperr.Unavailable, err, "Le disque est plein, ou refuse l’écriture\u00a0: rien n’a été repris, et rien ne reste du fichier commencé. La sauvegarde est intacte. Libérez de la place, puis recommencez.")
	}
	return apperr.New(apperr.Unavailable, err, "La sauvegarde n’a pas été reprise, et rien ne reste de ce qui était commencé. La sauvegarde est intacte\u00a0; la cause suit.")
}
