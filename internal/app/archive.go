package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"jalon/internal/apperr"
	"jalon/internal/config"
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

// Restore brings a backup back to the new place that the configuration names, says
// what was restored, and recomputes it when its schema is that of this program.
func Restore(ctx context.Context, cfg config.Config, path string, w io.Writer, opts ...Option) (err error) {
	defer apperr.Wrap(&err, "app.Restore(%q)", path)
	r, err := db.Restore(ctx, path, cfg.DB)
	if err != nil {
		return err
	}
	if _, err := fmt.Fprintf(w, "Sauvegarde reprise et relue\u00a0: %s (schéma %d, %d tables, %s lignes).\n", r.Target, r.Schema, len(r.Tables), french.Integer(r.Rows())); err != nil {
		return err
	}
	if r.Schema < r.Known {
		_, err = fmt.Fprintf(w, "Elle vient d’une version plus ancienne\u00a0: «\u00a0jalon migrate\u00a0» la mettra au schéma %d, puis «\u00a0jalon verify\u00a0» la recalculera.\n", r.Known)
		return err
	}
	c, err := OpenExisting(ctx, cfg, opts...)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, c.Close()) }()
	var waiting int64
	if err := c.DB.QueryRow(ctx, `SELECT COUNT(*) FROM mail_outbox WHERE state = 'waiting'`).Scan(&waiting); err != nil {
		return err
	}
	var found strings.Builder
	if err := c.Verify(ctx, &found); err != nil {
		return apperr.New(apperr.KindOf(err), err, "La base est reprise, mais la vérification n’y trouve pas tout en ordre\u00a0: lancez «\u00a0jalon verify\u00a0» pour le détail. La sauvegarde est intacte.")
	}
	if _, err := fmt.Fprint(w, "Recalcul («\u00a0jalon verify\u00a0»)\u00a0: aucun écart inconnu.\n"); err != nil {
		return err
	}
	if waiting > 0 {
		_, err = fmt.Fprintf(w, "%s attendaient de partir\u00a0: si la base d’origine sert toujours, ne réglez pas JALON_SMTP_URL ici, ils partiraient deux fois.\n", french.Integer(waiting)+"\u00a0"+french.Plural(int(waiting), "courriel", "courriels"))
	}
	return err
}
