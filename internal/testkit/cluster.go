package testkit

import (
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"

	"jalon/internal/db"
)

var errNoPostgres = errors.New(`PostgreSQL est introuvable : installez-le (Debian : apt-get install postgresql) ou donnez l’adresse d’un serveur jetable dans JALON_TEST_PG.
PostgreSQL not found: install it (Debian: apt-get install postgresql) or set JALON_TEST_PG to a throw-away server`)

// startCluster makes and starts a throw-away cluster and returns its address.
// A watchdog process holds the other end of a pipe: when this process ends,
// however it ends, the pipe closes and the watchdog stops and removes all.
func startCluster() (dsn string, err error) {
	initdb, ok := db.PostgresTool("initdb")
	pgctl, also := db.PostgresTool("pg_ctl")
	if !ok || !also {
		return "", errNoPostgres
	}
	dir, err := os.MkdirTemp("", "jalon-pg-")
	if err != nil {
		return "", err
	}
	cred, err := credential(dir)
	if err != nil {
		return "", errors.Join(err, os.RemoveAll(dir))
	}
	if err := watch(pgctl, dir, cred); err != nil {
		return "", errors.Join(err, os.RemoveAll(dir))
	}
	data := filepath.Join(dir, "data")
	if err := run(dir, cred, initdb, "--pgdata="+data, "--username=postgres", "--auth=trust",
		"--encoding=UTF8", "--locale=C.UTF-8", "--no-sync", "--no-instructions"); err != nil {
		return "", err
	}
	options := strings.Join([]string{
		"-c listen_addresses=", "-c unix_socket_directories=" + dir,
		"-c fsync=off", "-c synchronous_commit=off", "-c full_page_writes=off",
		"-c max_connections=200", "-c shared_buffers=64MB", "-c autovacuum=off",
	}, " ")
	if err := run(dir, cred, pgctl, "--pgdata="+data, "--log="+filepath.Join(dir, "log"), "--wait", "--silent",
		"--options="+options, "start"); err != nil {
		return "", err
	}
	u := url.URL{Scheme: "postgres", Path: "/postgres", RawQuery: url.Values{"host": {dir}, "user": {"postgres"}}.Encode()}
	return u.String(), nil
}

// credential gives the folder to the account postgres when the tests run as
// root, which PostgreSQL refuses to run as.
func credential(dir string) (*syscall.Credential, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errNoPostgres, err)
	}
	uid, uerr := strconv.ParseUint(u.Uid, 10, 32)
	gid, gerr := strconv.ParseUint(u.Gid, 10, 32)
	if err := errors.Join(uerr, gerr, os.Chown(dir, int(uid), int(gid))); err != nil {
		return nil, err
	}
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
}

// watch starts the watchdog. The write end of the pipe is kept by this process
// alone, and never closed but by its end.
func watch(pgctl, dir string, cred *syscall.Credential) error {
	r, w, err := os.Pipe()
	if err != nil {
		return err
	}
	cmd := exec.Command("/bin/sh", "-c",
		`read _; "$1" --pgdata="$2/data" --mode=immediate --silent stop; rm -rf "$2"`, "sh", pgctl, dir)
	cmd.Dir = "/"
	cmd.Stdin = r
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Credential: cred}
	if err := cmd.Start(); err != nil {
		return errors.Join(err, r.Close(), w.Close())
	}
	watchdogs = append(watchdogs, w) // or the collector would close it
	return r.Close()
}

var watchdogs []*os.File

func run(dir string, cred *syscall.Credential, name string, args ...string) error {
	// A file rather than a pipe: the server started by pg_ctl inherits it.
	out, err := os.CreateTemp(dir, "out-")
	if err != nil {
		return err
	}
	defer out.Close()
	cmd := exec.Command(name, args...)
	cmd.Dir = "/"
	cmd.Stdout, cmd.Stderr = out, out
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Credential: cred}
	if err := cmd.Run(); err != nil {
		text, _ := os.ReadFile(out.Name())
		return fmt.Errorf("testkit: %s: %w\n%s", filepath.Base(name), err, text)
	}
	return nil
}
