package db

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
	"syscall"
	"time"

	"jalon/internal/apperr"
)

// PostgresTool finds a program of PostgreSQL (pg_dump, initdb…): the newest
// installed the Debian way, which is not on the PATH, else the one on the PATH.
func PostgresTool(name string) (path string, ok bool) {
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/" + name)
	if err == nil && len(found) > 0 {
		version := func(path string) int {
			n, err := strconv.Atoi(filepath.Base(filepath.Dir(filepath.Dir(path))))
			if err != nil {
				return 0
			}
			return n
		}
		sort.Slice(found, func(i, j int) bool { return version(found[i]) > version(found[j]) })
		return found[0], true
	}
	path, err = exec.LookPath(name)
	return path, err == nil
}

// pgDump writes the custom format, which pg_restore reads, and reads its table
// of contents back.
func (d *DB) pgDump(ctx context.Context, tmp string, r *BackupReport) error {
	dump, ok := PostgresTool("pg_dump")
	restore, also := PostgresTool("pg_restore")
	if !ok || !also {
		return apperr.New(apperr.Unavailable, nil, "La sauvegarde d’une base PostgreSQL demande le programme pg_dump, qui n’est pas installé. Installez-le (Debian\u00a0: apt-get install postgresql-client), ou utilisez «\u00a0jalon dump\u00a0», qui n’en a pas besoin.")
	}
	dsn, password := withoutPassword(d.dsn)
	began := time.Now()
	if err := runTool(ctx, password, dump, "--format=custom", "--no-password", "--file="+tmp, "--dbname="+dsn); err != nil {
		return err
	}
	r.Copied = time.Since(began)
	began = time.Now()
	err := runTool(ctx, "", restore, "--list", tmp)
	r.Checked = time.Since(began)
	return err
}

// withoutPassword keeps the password out of the command line, which every
// account of the machine may read.
func withoutPassword(dsn string) (clean, password string) {
	u, err := url.Parse(dsn)
	if err != nil {
		return dsn, ""
	}
	if u.User != nil {
		password, _ = u.User.Password()
		u.User = url.User(u.User.Username())
	}
	query := u.Query()
	if p := query.Get("password"); p != "" {
		password = p
		query.Del("password")
		u.RawQuery = query.Encode()
	}
	return u.String(), password
}

func runTool(ctx context.Context, password, name string, args ...string) error {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Env = os.Environ()
	if password != "" {
		cmd.Env = append(cmd.Env, "PGPASSWORD="+password)
	}
	var errs bytes.Buffer
	cmd.Stderr = &errs
	if err := cmd.Run(); err != nil {
		err = fmt.Errorf("%s: %w: %s", filepath.Base(name), err, strings.TrimSpace(errs.String()))
		// A limit on the size of files ends the program itself, before it can say so.
		var exit *exec.ExitError
		var ended syscall.WaitStatus
		if errors.As(err, &exit) {
			ended, _ = exit.Sys().(syscall.WaitStatus)
		}
		if strings.Contains(errs.String(), "No space left") || strings.Contains(errs.String(), "File too large") || ended.Signaled() && ended.Signal() == syscall.SIGXFSZ {
			return apperr.New(apperr.Unavailable, err, msgFull)
		}
		return err
	}
	return nil
}
