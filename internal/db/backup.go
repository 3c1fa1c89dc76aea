package db

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/ncruces/go-sqlite3/driver"

	"jalon/internal/apperr"
)

// BackupReport says what a backup holds, as checked on the copy itself.
type BackupReport struct {
	Path   string
	Bytes  int64
	Tables map[string]int64 // rows of each table; nil on PostgreSQL, whose tool lists no counts
	// Copied is how long the copy took, Checked how long reading it again did.
	Copied, Checked time.Duration
}

// Backup writes one file that restores this database on the same engine, while
// Jalon keeps serving. The copy is made under another name, checked, made
// durable, then renamed: path holds a whole backup or what it held before.
//
// On SQLite it is VACUUM INTO, which reads one snapshot and blocks nobody; a
// copy of the file itself could mix two states. On PostgreSQL it is pg_dump.
// To move from one engine to the other, see Dump and Load.
func Backup(ctx context.Context, d *DB, path string) (r BackupReport, err error) {
	defer apperr.Wrap(&err, "db.Backup(%q)", path)
	if path, err = filepath.Abs(path); err != nil {
		return r, err
	}
	if err := d.notLive(path); err != nil {
		return r, err
	}
	tmp, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".partiel-")
	if err != nil {
		return r, apperr.New(apperr.Unavailable, err, "La sauvegarde ne peut pas être écrite dans «\u00a0%s\u00a0»\u00a0: vérifiez que ce dossier existe et que Jalon peut y écrire.", filepath.Dir(path))
	}
	defer func() {
		if err != nil {
			// The engine keeps a journal beside a copy that it could not finish.
			for _, suffix := range []string{"", "-journal", "-wal", "-shm"} {
				err = errors.Join(err, ignoreGone(os.Remove(tmp.Name()+suffix)))
			}
		}
	}()
	if err := tmp.Close(); err != nil {
		return r, backupFailed(err)
	}
	if d.engine == SQLite {
		err = d.vacuumInto(ctx, tmp.Name(), &r)
	} else {
		err = d.pgDump(ctx, tmp.Name(), &r)
	}
	if err != nil {
		return r, backupFailed(err)
	}
	if r.Bytes, err = publish(tmp.Name(), path); err != nil {
		return r, backupFailed(err)
	}
	r.Path = path
	return r, nil
}

func ignoreGone(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// notLive refuses to write a backup over the database itself.
func (d *DB) notLive(path string) error {
	if d.engine != SQLite {
		return nil
	}
	for _, suffix := range []string{"", "-wal", "-shm", "-journal"} {
		live, lerr := os.Stat(d.path + suffix)
		target, terr := os.Stat(path)
		if lerr == nil && terr == nil && os.SameFile(live, target) {
			return apperr.Invalidf("«\u00a0%s\u00a0» est la base de données en service. Rien n’a été écrit\u00a0: donnez un autre nom à la sauvegarde.", path)
		}
	}
	return nil
}

func backupFailed(err error) error {
	if e := new(apperr.Error); errors.As(err, &e) {
		if e.Message == msgFull || e.Message == msgWrite {
			return apperr.New(apperr.Unavailable, err, "Le disque est plein, ou refuse l’écriture\u00a0: la sauvegarde n’a pas été faite, la base en service est intacte et les sauvegardes précédentes aussi. Libérez de la place, puis recommencez.")
		}
		return err
	}
	return apperr.New(apperr.Unavailable, err, "La sauvegarde n’a pas été faite. La base en service est intacte et les sauvegardes précédentes aussi\u00a0; la cause est dans le journal.")
}

// betweenSyncs is the pause between two times that a copy in the making is made durable.
const betweenSyncs = time.Millisecond

// steadily makes a file durable again and again while it is written, until what it
// returns is called. Written at the speed of memory and made durable at once at its end, a
// copy holds up whoever commits meanwhile: the file system orders their sync after the
// hundreds of megabytes that wait.
func steadily(path string) (end func() error, err error) {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return nil, err
	}
	stop, done := make(chan struct{}), make(chan error)
	go func() {
		pause := time.NewTicker(betweenSyncs)
		defer pause.Stop()
		var failed error // told once by the system: whoever opens the file later is not
		for {
			select {
			case <-stop:
				done <- errors.Join(failed, f.Sync(), f.Close())
				return
			case <-pause.C:
				if err := f.Sync(); failed == nil {
					failed = err
				}
			}
		}
	}()
	return func() error { close(stop); return <-done }, nil
}

// vacuumInto copies the database and reads the copy back.
func (d *DB) vacuumInto(ctx context.Context, tmp string, r *BackupReport) (err error) {
	source, err := driver.Open(fileURI(d.path), sqliteInit("PRAGMA busy_timeout = 10000;"))
	if err != nil {
		return wrapEngine(err)
	}
	defer func() { err = errors.Join(err, source.Close()) }()
	began := time.Now()
	durable, err := steadily(tmp)
	if err != nil {
		return err
	}
	_, err = source.ExecContext(ctx, `VACUUM INTO ?1`, tmp)
	if err := errors.Join(durable(), err); err != nil {
		return wrapEngine(err)
	}
	r.Copied = time.Since(began)
	current, _, err := d.SchemaVersion(ctx)
	if err != nil {
		return err
	}
	began = time.Now()
	r.Tables, err = checkCopy(ctx, tmp, current)
	r.Checked = time.Since(began)
	return err
}

// checkCopy opens a copy for reading only and asks SQLite whether every page,
// index and reference holds, then counts its tables.
func checkCopy(ctx context.Context, path string, schema int64) (counts map[string]int64, err error) {
	l, err := openLane(ctx, path, 1, "PRAGMA query_only = ON;")
	if err != nil {
		return nil, wrapEngine(err)
	}
	defer func() { err = errors.Join(err, l.close()) }()
	q := &DB{engine: SQLite, lite: &lite{readers: l}}

	problems, err := Strings(q.Query(ctx, `SELECT integrity_check FROM pragma_integrity_check`))
	if err != nil {
		return nil, err
	}
	if len(problems) != 1 || problems[0] != "ok" {
		return nil, fmt.Errorf("integrity_check: %q", problems)
	}
	broken, err := Strings(q.Query(ctx, `SELECT "table" FROM pragma_foreign_key_check`))
	if err != nil {
		return nil, err
	}
	if len(broken) > 0 {
		return nil, fmt.Errorf("foreign_key_check: %d rows of %q", len(broken), broken[0])
	}
	var version int64
	if err := q.QueryRow(ctx, `SELECT COALESCE(MAX(version_id), 0) FROM goose_db_version WHERE is_applied`).Scan(&version); err != nil {
		return nil, err
	}
	if version != schema {
		return nil, fmt.Errorf("the copy has schema %d, the database %d", version, schema)
	}
	return q.countAll(ctx)
}

// publish makes a finished file durable under its name and returns its size.
func publish(tmp, path string) (size int64, err error) {
	f, err := os.OpenFile(tmp, os.O_RDWR, 0)
	if err != nil {
		return 0, err
	}
	info, err := f.Stat()
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return 0, err
	}
	if err := os.Rename(tmp, path); err != nil {
		return 0, err
	}
	dir, err := os.Open(filepath.Dir(path))
	if err != nil {
		return 0, err
	}
	// A rename is durable once its folder is.
	return info.Size(), errors.Join(dir.Sync(), dir.Close())
}
