package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/french"
)

// Dump writes the whole database to one portable archive, whole or not at all.
func (c *Core) Dump(ctx context.Context, path string) (m db.Manifest, err error) {
	defer apperr.Wrap(&err, "app.Dump(%q)", path)
	err = WriteFile(path, func(f *os.File) error {
		m, err = db.Dump(ctx, c.DB, Tables(), f, db.ArchiveMeta{CreatedAt: c.now(), Version: c.Version})
		return err
	})
	return m, err
}

// Load fills an empty database from an archive, whole or not at all.
func (c *Core) Load(ctx context.Context, path string) (m db.Manifest, err error) {
	defer apperr.Wrap(&err, "app.Load(%q)", path)
	f, err := os.Open(path)
	if err != nil {
		return m, apperr.New(apperr.Invalid, err, "%s\u00a0: ce fichier ne peut pas être lu. Vérifiez son nom et ses droits.", path)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	info, err := f.Stat()
	if err != nil {
		return m, err
	}
	return db.Load(ctx, c.DB, Tables(), f, info.Size())
}

// WriteFile writes a file under another name, makes it durable, then renames
// it: path holds the whole of it or what it held before.
func WriteFile(path string, write func(*os.File) error) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), ".jalon-*")
	if err != nil {
		return apperr.New(apperr.Invalid, err, "Le fichier ne peut pas être écrit dans %s\u00a0: vérifiez que le dossier existe et ses droits.", filepath.Dir(path))
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(f.Name()))
		}
	}()
	if err := errors.Join(write(f), f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Chmod(f.Name(), 0o640); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}

// Backup copies the database to a file that restores it on the same engine, and
// says what the copy holds.
func (c *Core) Backup(ctx context.Context, path string, w io.Writer) (err error) {
	defer apperr.Wrap(&err, "app.Backup(%q)", path)
	r, err := db.Backup(ctx, c.DB, path)
	if err != nil {
		return err
	}
	rows := int64(0)
	for _, n := range r.Tables {
		rows += n
	}
	if r.Tables == nil {
		_, err = fmt.Fprintf(w, "Sauvegarde écrite\u00a0: %s (%s octets).\n", r.Path, french.Integer(r.Bytes))
		return err
	}
	_, err = fmt.Fprintf(w, "Sauvegarde écrite et vérifiée\u00a0: %s (%s octets, %d tables, %s lignes).\n", r.Path, french.Integer(r.Bytes), len(r.Tables), french.Integer(rows))
	return err
}
