package app

import (
	"context"
	"errors"
	"io"
	"os"

	"jalon/internal/apperr"
	"jalon/internal/french"
	"jalon/internal/roadmap"
)

// VerifyRoadmap reads the archive of a roadmap again, from itself alone, and writes the
// verdict; a difference is an error of kind Internal, what is no archive an invalid input.
func VerifyRoadmap(ctx context.Context, path string, w io.Writer) (err error) {
	defer apperr.Wrap(&err, "app.VerifyRoadmap(%q)", path)
	if err := ctx.Err(); err != nil {
		return err
	}
	f, err := os.Open(path)
	if err != nil {
		return apperr.New(apperr.Invalid, err, "%s\u00a0: ce fichier ne peut pas être lu. Vérifiez son nom et ses droits.", path)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	c, err := roadmap.Check(f, info.Size())
	if err != nil {
		return err
	}
	if _, err := io.WriteString(w, c.Text()); err != nil {
		return err
	}
	if n := len(c.Differences); n > 0 {
		return apperr.New(apperr.Internal, nil, "L’archive n’est pas celle que les têtes de la COP ont validée\u00a0: %s %s.", french.Integer(n), french.Plural(n, "différence", "différences"))
	}
	return nil
}
