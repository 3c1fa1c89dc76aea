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
	"jalon/internal/web/shell"
)

// Downloads makes the store of the files of open data, which writes them in dir.
func (c *Core) Downloads(dir string) *downloads.Store {
	return &downloads.Store{Q: c.DB, Tables: c.tables, Model: c.Model, NewID: c.IDs.New, Now: c.now, Dir: dir}
}

// ExportRequest is one file of the data page and the folder where it goes.
// Decimal is ',' or '.', for CSV only.
type ExportRequest struct {
	Name    string
	Dir     string
	Decimal rune
}

// Export writes one file of the data page, with its digest beside, into a
// folder; without a name it lists what can be had.
func (c *Core) Export(ctx context.Context, r ExportRequest, w io.Writer) (err error) {
	defer apperr.Wrap(&err, "app.Export(%q)", r.Name)
	temp, err := os.MkdirTemp("", "jalon-export-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(temp)) }()
	store := c.Downloads(temp)
	store.Decimal = r.Decimal
	if r.Name == "" {
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
	f, err := store.File(ctx, r.Name)
	if err != nil {
		return err
	}
	name := f.Name
	if c.demo {
		name = shell.DemoName(name)
	}
	path := filepath.Join(r.Dir, name)
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
		_, err := fmt.Fprintf(out, "%s  %s\n", f.SHA256, name)
		return err
	}); err != nil {
		return err
	}
	_, err = fmt.Fprintf(w, "%s\u00a0: %d octets, SHA-256 %s, version %s\n", path, f.Size, f.SHA256, f.Version)
	return err
}
