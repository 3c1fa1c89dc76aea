package db

import (
	"context"
	"embed"
	"errors"
	"io/fs"

	"github.com/ncruces/go-sqlite3/driver"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"

	"jalon/internal/apperr"
)

//go:embed migrations/*.sql
var migrationFiles embed.FS

func embedded() fs.FS {
	sub, err := fs.Sub(migrationFiles, "migrations")
	if err != nil {
		panic(err) // the folder is embedded above
	}
	return sub
}

// Migrate brings the schema to what this binary knows. Replicas may start
// together: on PostgreSQL an advisory lock lets one work while the others
// wait. A schema newer than the binary is refused, because an older program
// does not know what the newer one keeps there.
func (d *DB) Migrate(ctx context.Context) (err error) {
	defer apperr.Wrap(&err, "db.Migrate")
	return d.migrateTo(ctx, -1)
}

// migrateTo applies migrations up to version, or all when it is negative.
func (d *DB) migrateTo(ctx context.Context, version int64) error {
	return d.withProvider(func(p *goose.Provider) error {
		if err := refuseNewer(ctx, p); err != nil {
			return err
		}
		up := func() error {
			var err error
			if version < 0 {
				_, err = p.Up(ctx)
			} else {
				_, err = p.UpTo(ctx, version)
			}
			return err
		}
		err := up()
		// SQLite has no advisory lock: another process may have applied the same
		// step first. As long as the schema moves on, somebody works at it, and
		// what is left is looked at again; a step that fails by itself does not
		// move it.
		for seen := int64(-1); err != nil && d.engine == SQLite; {
			now, verr := currentVersion(ctx, p)
			if verr != nil || now <= seen {
				break
			}
			seen, err = now, up()
		}
		if err != nil {
			return apperr.New(apperr.Unavailable, wrapEngine(err), "La mise à jour du schéma de la base de données a échoué\u00a0: aucune donnée n’a été modifiée. Consultez le journal du serveur.")
		}
		return nil
	})
}

// SchemaVersion returns the version of the schema in the database (0 when it
// has none) and the one that this binary knows.
func (d *DB) SchemaVersion(ctx context.Context) (current, known int64, err error) {
	defer apperr.Wrap(&err, "db.SchemaVersion")
	err = d.withProvider(func(p *goose.Provider) error {
		known = newest(p)
		current, err = currentVersion(ctx, p)
		return err
	})
	return current, known, err
}

// CheckSchema refuses a database that this binary cannot serve: newer, or
// waiting for «jalon migrate».
func (d *DB) CheckSchema(ctx context.Context) error {
	current, known, err := d.SchemaVersion(ctx)
	if err != nil {
		return err
	}
	if current > known {
		return newer(current, known)
	}
	if current < known {
		return apperr.New(apperr.Unavailable, nil, "Le schéma de la base de données (version %d) attend une mise à jour vers la version %d\u00a0: lancez «\u00a0jalon migrate\u00a0».", current, known)
	}
	return nil
}

func refuseNewer(ctx context.Context, p *goose.Provider) error {
	current, err := currentVersion(ctx, p)
	if err != nil {
		return err
	}
	if known := newest(p); current > known {
		return newer(current, known)
	}
	return nil
}

func newer(current, known int64) error {
	return apperr.New(apperr.Unavailable, nil,
		"La base de données a été mise à jour par une version plus récente de Jalon (schéma %d, cette version connaît le schéma %d). Rien n’a été modifié\u00a0: lancez la version récente, ou restaurez une sauvegarde.", current, known)
}

func newest(p *goose.Provider) int64 {
	var v int64
	for _, s := range p.ListSources() {
		v = max(v, s.Version)
	}
	return v
}

// newestEmbedded is the schema that this binary knows, read without a database.
func newestEmbedded() (v int64) {
	names, err := fs.Glob(embedded(), "*.sql")
	if err != nil {
		panic(err) // the pattern above is a good one
	}
	for _, name := range names {
		if n, err := goose.NumericComponent(name); err == nil {
			v = max(v, n)
		}
	}
	return v
}

func currentVersion(ctx context.Context, p *goose.Provider) (int64, error) {
	v, err := p.GetDBVersion(ctx)
	return v, wrapEngine(err)
}

// withProvider gives goose a pool of its own on SQLite, whose two lanes are
// lent out connection by connection.
func (d *DB) withProvider(fn func(*goose.Provider) error) (err error) {
	dialect, pool := goose.DialectPostgres, d.pool
	opts := []goose.ProviderOption{goose.WithDisableGlobalRegistry(true)}
	if d.engine == SQLite {
		dialect = goose.DialectSQLite3
		pool, err = driver.Open(fileURI(d.path), sqliteInit(pragmas("FULL", false)))
		if err != nil {
			return wrapEngine(err)
		}
		pool.SetMaxOpenConns(1)
		defer func() { err = errors.Join(err, pool.Close()) }()
	} else {
		// Wait up to ten minutes for a replica that migrates.
		locker, lerr := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, 600))
		if lerr != nil {
			return lerr
		}
		opts = append(opts, goose.WithSessionLocker(locker))
	}
	p, err := goose.NewProvider(dialect, pool, d.migrations, opts...)
	if err != nil {
		return err
	}
	return fn(p)
}

// Migrations is the folder of migrations that this binary carries.
func Migrations() fs.FS { return embedded() }
