package app

import (
	"bufio"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"

	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/exchange"
	"jalon/internal/french"
	"jalon/internal/intake"
	"jalon/internal/journal"
	"jalon/internal/support/aid"
)

// importAids brings in the aids of Aides-territoires, from a file or from its API: what the
// API gives is written to a file first, so that it is read as a whole or not at all.
func (c *Core) importAids(ctx context.Context, r ImportRequest) (o Outcome, err error) {
	if r.API != "" {
		path, n, failed := c.fetchAids(ctx, r)
		if path != "" {
			defer func() { err = errors.Join(err, os.Remove(path)) }()
		}
		if failed != nil {
			return o, failed
		}
		r.Path = path
		o.Summary = append(o.Summary, french.Integer(n)+"\u00a0"+french.Plural(n, "aide reçue", "aides reçues")+" de l’API.")
	}
	o.File = filepath.Base(r.Path)
	if r.API != "" {
		o.File = r.API
	}
	f, err := os.Open(r.Path)
	if err != nil {
		return o, apperr.New(apperr.Invalid, err, "%s\u00a0: ce fichier ne peut pas être lu. Vérifiez son nom et ses droits.", r.Path)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	digest, err := fileDigest(f)
	if err != nil {
		return o, err
	}
	options := exchange.Options{Sheet: r.Sheet, SkipRows: r.SkipRows}
	if r.Encoding == "windows-1252" || r.Encoding == "cp1252" {
		options.Encoding = exchange.Windows1252
	}
	rows, done, err := exchange.ReadAids(filepath.Base(r.Path), f, r.Mapping, options)
	if err != nil {
		return o, err
	}
	defer func() { err = errors.Join(err, done()) }()
	room := &aid.Room{DB: c.DB, IDs: c.IDs, Now: c.now, Journal: journal.New(c.IDs, c.now, db.Cursors{}), Intake: c.Intake, Tree: c.tree}
	// What the API gave is asked for again on purpose: the same answer, checked today, is no double.
	again := r.Again || r.API != ""
	run, err := room.Stage(ctx, c.DB, intake.File{Name: o.File, SHA256: digest, By: r.By, Again: again}, rows)
	if err != nil {
		return o, err
	}
	o.Run, r.Again = run, again
	var did aid.Applied
	o, err = c.conclude(ctx, r, o, func(ctx context.Context, tx db.Q) (err error) {
		did, err = room.Publish(ctx, tx, run)
		return err
	})
	if o.Applied {
		o.Summary = append(o.Summary, did.String())
	}
	return o, err
}

// fetchAids asks the API for all of its aids and writes them to a file.
func (c *Core) fetchAids(ctx context.Context, r ImportRequest) (path string, n int, err error) {
	f, err := os.CreateTemp("", "aides-*.jsonl")
	if err != nil {
		return "", 0, apperr.New(apperr.Unavailable, err, "Le dossier temporaire du système ne peut pas être écrit.")
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	w := bufio.NewWriter(f)
	api := c.aidsAPI
	api.URL, api.Token = r.API, c.Config.AidsToken
	if n, err = api.Fetch(ctx, w); err != nil {
		return f.Name(), 0, err
	}
	if n == 0 {
		return f.Name(), 0, apperr.New(apperr.Unavailable, io.ErrUnexpectedEOF, "L’API n’a donné aucune aide. Rien n’a été modifié.")
	}
	return f.Name(), n, w.Flush()
}
