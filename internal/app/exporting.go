package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"jalon/internal/apperr"
	"jalon/internal/web/downloads"
)

// Downloads makes the store of the files of open data, which writes them in dir.
func (c *Core) Downloads(dir string) *downloads.Store {
	return &downloads.Store{Q: c.DB, Tables: c.tables, Model: c.Model, NewID: c.IDs.New, Now: c.now, Dir: dir}
}

// Export writes one file of the data page, with its digest beside, into a
// folder; without a name it lists what can be had.
func (c *Core) Export(ctx context.Context, name, dir string, w io.Writer) (err error) {
	defer apperr.Wrap(&err, "app.Export(%q)", name)
	temp, err := os.MkdirTemp("", "jalon-export-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(temp)) }()
	store := c.Downloads(temp)
	if name == "" {
		names, err := store.Names(ctx)
		if err != nil {
			return err
		}
		for _, n := range names {
			if _, err := fmt.Fprintln(w, n); err != nil {
				return err
			}
		}
		return nil
	}
	f, err := store.File(ctx, name)
	if err != nil {
		return err
	}
	path := filepath.Join(dir, f.Name)
	if err := WriteFile(path, func(out *os.File) (err error) {
		in, err := os.Open(f.Path)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, in.Close()) }()
		_, err = io.Copy(out, in)
		return err
	}); err != nil {
		return err
	}
	if err := WriteFile(path+".sha256", func(out *os.File) error {
		_, err := fmt.Fprintf(out, "%s  %s\n", f.SHA256, f.Name)
		return err
	}); err != nil {
		return err
	}
	_, err = fmt.Fprintf(w, "%s\u00a0: %d octets, SHA-256 %s, version %s\n", path, f.Size, f.SHA256, f.Version)
	return err
}
