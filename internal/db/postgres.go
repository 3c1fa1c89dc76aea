package db

import (
	"context"
	"database/sql"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"

	"jalon/internal/apperr"
)

// pgConns bounds connections per replica: PostgreSQL's default is 100 for all.
const pgConns = 16

func openPostgres(ctx context.Context, dsn string) (*DB, error) {
	cfg, err := pgx.ParseConfig(dsn)
	if err != nil {
		return nil, apperr.New(apperr.Invalid, err, "L’adresse de la base PostgreSQL ne se lit pas\u00a0: elle s’écrit «\u00a0postgres://utilisateur:motdepasse@serveur:5432/base\u00a0».")
	}
	if cfg.RuntimeParams["application_name"] == "" {
		cfg.RuntimeParams["application_name"] = "jalon"
	}
	pool := stdlib.OpenDB(*cfg)
	pool.SetMaxOpenConns(pgConns)
	pool.SetMaxIdleConns(pgConns)
	pool.SetConnMaxIdleTime(5 * time.Minute)
	if err := checkServer(ctx, pool); err != nil {
		pool.Close()
		return nil, err
	}
	return &DB{engine: PostgreSQL, dsn: dsn, pool: pool, migrations: embedded()}, nil
}

// checkServer refuses a server that would order or store text otherwise than
// SQLite does: lists are paged on keys, so both must sort by code point.
func checkServer(ctx context.Context, pool *sql.DB) error {
	var version int
	var encoding, provider, collation string
	err := pool.QueryRowContext(ctx, `
		SELECT CAST(current_setting('server_version_num') AS INT), pg_encoding_to_char(encoding),
		       CAST(datlocprovider AS TEXT), datcollate
		  FROM pg_database
		 WHERE datname = current_database()`).Scan(&version, &encoding, &provider, &collation)
	if err != nil {
		return apperr.New(apperr.Unavailable, err, "La base PostgreSQL ne répond pas\u00a0: vérifiez l’adresse donnée dans JALON_DB, que le serveur est démarré et que la base existe.")
	}
	if version < 150000 {
		return apperr.New(apperr.Unavailable, nil, "PostgreSQL %d est trop ancien\u00a0: Jalon demande la version 15 ou une plus récente.", version/10000)
	}
	byCodePoint := provider == "b" ||
		provider == "c" && (collation == "C" || collation == "POSIX" || collation == "C.UTF-8" || collation == "C.utf8")
	if encoding != "UTF8" || !byCodePoint {
		return apperr.New(apperr.Unavailable, nil,
			"La base PostgreSQL doit être en UTF-8 avec le classement «\u00a0C\u00a0» ou «\u00a0C.UTF-8\u00a0» (elle est en %s, «\u00a0%s\u00a0»). Créez-la ainsi\u00a0: CREATE DATABASE jalon TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8'.",
			encoding, collation)
	}
	return nil
}
