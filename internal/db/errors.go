package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/ncruces/go-sqlite3"

	"jalon/internal/apperr"
)

// French sentences for what an engine may refuse.
const (
	msgConflict = "Cet élément existe déjà, ou quelqu’un d’autre vient de le modifier. Votre saisie n’a pas été enregistrée\u00a0: rechargez la page pour voir la version actuelle."
	msgLinked   = "Cet élément est utilisé ailleurs, ou ce qu’il désigne n’existe plus. Rien n’a été enregistré."
	msgFull     = "Le disque est plein\u00a0: rien n’a été enregistré. Libérez de la place sur le serveur, puis recommencez."
	msgWrite    = "Le disque est plein, ou refuse l’écriture\u00a0: rien n’a été enregistré. Libérez de la place sur le serveur, puis recommencez."
	msgBusy     = "La base de données est occupée\u00a0: rien n’a été enregistré. Réessayez dans un instant."
	msgDown     = "La base de données ne répond pas\u00a0: rien n’a été enregistré. Réessayez dans un instant\u00a0; si cela dure, prévenez l’administrateur."
	msgText     = "Le texte contient un caractère que Jalon ne peut pas enregistrer. Rien n’a été enregistré\u00a0: retirez ce caractère et recommencez."
	msgTooBig   = "Le contenu est trop grand pour être enregistré. Rien n’a été enregistré."
	msgStopped  = "L’opération a été interrompue avant sa fin\u00a0: rien n’a été enregistré."
)

// IsConflict reports whether err is a conflict: a broken unique key, or a rule
// of a room that says so.
func IsConflict(err error) bool { return err != nil && apperr.KindOf(err) == apperr.Conflict }

// wrapEngine turns an engine's error into one of the few kinds that rooms know,
// with a French sentence, and keeps the cause for the log.
func wrapEngine(err error) error {
	if err == nil {
		return nil
	}
	if e := new(apperr.Error); errors.As(err, &e) {
		return err
	}
	if kind, message := classify(err); message != "" {
		return apperr.New(kind, err, "%s", message)
	}
	return err
}

func classify(err error) (apperr.Kind, string) {
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return apperr.NotFound, "Cet élément n’existe pas, ou n’existe plus."
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return apperr.Unavailable, msgStopped
	case errors.Is(err, sql.ErrConnDone):
		return apperr.Unavailable, msgDown
	}
	// A bare code or a code with its message: the library returns either.
	var code sqlite3.ErrorCode
	if errors.As(err, &code) {
		var extended sqlite3.ExtendedErrorCode
		errors.As(err, &extended)
		return classifySQLite(code, extended)
	}
	if e := new(pgconn.PgError); errors.As(err, &e) {
		return classifyPostgres(e)
	}
	if e := new(pgconn.ConnectError); errors.As(err, &e) {
		return apperr.Unavailable, msgDown
	}
	return apperr.Internal, ""
}

func classifySQLite(code sqlite3.ErrorCode, extended sqlite3.ExtendedErrorCode) (apperr.Kind, string) {
	switch extended {
	case sqlite3.CONSTRAINT_UNIQUE, sqlite3.CONSTRAINT_PRIMARYKEY, sqlite3.CONSTRAINT_ROWID:
		return apperr.Conflict, msgConflict
	case sqlite3.CONSTRAINT_FOREIGNKEY:
		return apperr.Conflict, msgLinked
	}
	switch code {
	case sqlite3.FULL:
		return apperr.Unavailable, msgFull
	case sqlite3.IOERR:
		// The driver (0.37) looks for ENOSPC without unwrapping the path error
		// around it: a full disk, like a quota, reaches us as a failed write.
		switch extended {
		case sqlite3.IOERR_WRITE, sqlite3.IOERR_FSYNC, sqlite3.IOERR_TRUNCATE, sqlite3.IOERR_SHMSIZE:
			return apperr.Unavailable, msgWrite
		}
		return apperr.Unavailable, msgDown
	case sqlite3.BUSY, sqlite3.LOCKED, sqlite3.PROTOCOL:
		return apperr.Unavailable, msgBusy
	case sqlite3.INTERRUPT:
		return apperr.Unavailable, msgStopped
	case sqlite3.TOOBIG:
		return apperr.TooLarge, msgTooBig
	case sqlite3.CANTOPEN, sqlite3.CORRUPT, sqlite3.NOTADB:
		return apperr.Unavailable, msgDown
	}
	return apperr.Internal, ""
}

func classifyPostgres(e *pgconn.PgError) (apperr.Kind, string) {
	switch e.Code {
	case "23505":
		return apperr.Conflict, msgConflict
	case "23503":
		return apperr.Conflict, msgLinked
	case "53100":
		return apperr.Unavailable, msgFull
	case "40001", "40P01", "55P03":
		return apperr.Unavailable, msgBusy
	case "57014":
		return apperr.Unavailable, msgStopped
	case "22021", "22P05":
		return apperr.Invalid, msgText
	case "54000":
		return apperr.TooLarge, msgTooBig
	}
	switch {
	case strings.HasPrefix(e.Code, "53"), strings.HasPrefix(e.Code, "57P"), strings.HasPrefix(e.Code, "08"):
		return apperr.Unavailable, msgDown
	}
	return apperr.Internal, ""
}

// checkArgs refuses what the two engines would not take alike: PostgreSQL
// refuses NUL and invalid UTF-8 where SQLite stores them, SQLite stores NaN as
// NULL, and an instant has no common type.
func checkArgs(args []any) error {
	for i, a := range args {
		switch v := a.(type) {
		case string:
			if strings.IndexByte(v, 0) >= 0 || !utf8.ValidString(v) {
				return apperr.New(apperr.Invalid, fmt.Errorf("db: argument $%d is not text", i+1), "%s", msgText)
			}
		case float64:
			if math.IsNaN(v) || math.IsInf(v, 0) {
				return fmt.Errorf("db: argument $%d is %v: missing is NULL", i+1, v)
			}
		case *string:
			if v != nil {
				if err := checkArgs([]any{*v}); err != nil {
					return err
				}
			}
		case *float64:
			if v != nil {
				if err := checkArgs([]any{*v}); err != nil {
					return err
				}
			}
		case time.Time, *time.Time:
			return fmt.Errorf("db: argument $%d is a time: instants are BIGINT milliseconds, days are text", i+1)
		}
	}
	return nil
}

func affected(res sql.Result, err error) (int64, error) {
	if err != nil {
		return 0, wrapEngine(err)
	}
	n, err := res.RowsAffected()
	return n, wrapEngine(err)
}
