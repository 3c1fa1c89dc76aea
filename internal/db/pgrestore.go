package db

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"jalon/internal/apperr"
)

// pgRestore fills an empty database from the file of pg_dump, in one transaction,
// and holds each table against the rows that the file has.
func pgRestore(ctx context.Context, path, dsn string) (r RestoreReport, err error) {
	tool, ok := PostgresTool("pg_restore")
	if !ok {
		return r, apperr.New(apperr.Unavailable, nil, "Reprendre la sauvegarde d’une base PostgreSQL demande le programme pg_restore, qui n’est pas installé. Installez-le (Debian\u00a0: apt-get install postgresql-client).")
	}
	clean, password := withoutPassword(dsn)
	r = RestoreReport{Engine: PostgreSQL, Target: clean, Known: newestEmbedded()}
	held, err := readPgDump(ctx, tool, path)
	if err != nil {
		return r, unreadableBackup(err)
	}
	if r.Schema = held.schema; r.Schema < 1 {
		return r, unreadableBackup(errors.New("no migration was applied"))
	}
	if r.Schema > r.Known {
		return r, newerBackup(r.Schema, r.Known)
	}
	d, err := Open(ctx, dsn)
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	var some bool
	// Tables of others too, those of goose among them: this database is to be new.
	if err := d.QueryRow(ctx, `SELECT EXISTS (SELECT 1 FROM information_schema.tables WHERE table_schema = current_schema())`).Scan(&some); err != nil {
		return r, err
	}
	if some {
		return r, apperr.Conflictf("La base de données de destination n’est pas vide. Rien n’a été écrit ni effacé\u00a0: une reprise se fait dans une base neuve. Créez-la, puis donnez son adresse par JALON_DB.")
	}
	if err := runTool(ctx, password, tool, "--dbname="+clean, "--no-password", "--no-owner", "--no-privileges", "--single-transaction", "--exit-on-error", path); err != nil {
		return r, restoreFailed(err)
	}
	if r.Tables, err = d.countAll(ctx); err != nil {
		return r, err
	}
	for name, n := range held.rows {
		if r.Tables[name] != n && name != "goose_db_version" {
			return r, fmt.Errorf("table %s has %d rows, the backup %d", name, r.Tables[name], n)
		}
	}
	info, err := os.Stat(path)
	if err != nil {
		return r, err
	}
	r.Bytes = info.Size()
	return r, nil
}

func (d *DB) countAll(ctx context.Context) (map[string]int64, error) {
	names, err := LiveTables(ctx, d)
	if err != nil {
		return nil, err
	}
	counts := make(map[string]int64, len(names))
	for _, name := range names {
		var n int64
		if err := d.QueryRow(ctx, "SELECT COUNT(*) FROM "+name).Scan(&n); err != nil {
			return nil, err
		}
		counts[name] = n
	}
	return counts, nil
}

// pgDumped is what the file of pg_dump says that it holds.
type pgDumped struct {
	schema int64
	rows   map[string]int64
}

// readPgDump has pg_restore write the rows of a backup out, and counts them: the
// file keeps no counts, and reading it to its end is what shows that it is whole.
func readPgDump(ctx context.Context, tool, path string) (_ pgDumped, err error) {
	cmd := exec.CommandContext(ctx, tool, "--data-only", "--file=-", path)
	out, err := cmd.StdoutPipe()
	if err != nil {
		return pgDumped{}, err
	}
	var errs strings.Builder
	cmd.Stderr = &errs
	if err := cmd.Start(); err != nil {
		return pgDumped{}, err
	}
	held, err := countCopies(out)
	if err != nil {
		_ = cmd.Process.Kill()
		return pgDumped{}, errors.Join(err, cmd.Wait())
	}
	if err := cmd.Wait(); err != nil {
		return pgDumped{}, fmt.Errorf("pg_restore: %w: %s", err, strings.TrimSpace(errs.String()))
	}
	return held, nil
}

func countCopies(r io.Reader) (held pgDumped, err error) {
	held.rows = map[string]int64{}
	in := bufio.NewReaderSize(r, 1<<20)
	table, version, applied, start := "", -1, -1, true
	for {
		part, err := in.ReadSlice('\n')
		whole := err == nil
		if err != nil && !errors.Is(err, bufio.ErrBufferFull) {
			if errors.Is(err, io.EOF) {
				return held, nil
			}
			return held, err
		}
		line := ""
		if start && len(part) < 1<<16 {
			line = strings.TrimRight(string(part), "\n")
		}
		switch {
		case !start:
		case table == "" && strings.HasPrefix(line, "COPY "):
			name, columns, _ := strings.Cut(strings.TrimPrefix(line, "COPY "), " (")
			table = name[strings.LastIndexByte(name, '.')+1:]
			columns, _, _ = strings.Cut(columns, ")")
			fields := strings.Split(columns, ", ")
			version, applied = slices.Index(fields, "version_id"), slices.Index(fields, "is_applied")
			held.rows[table] = 0
		case table != "" && line == `\.`:
			table = ""
		case table != "":
			held.rows[table]++
			if cells := strings.Split(line, "\t"); table == "goose_db_version" && version >= 0 && applied >= 0 && len(cells) > max(version, applied) && cells[applied] == "t" {
				v, err := strconv.ParseInt(cells[version], 10, 64)
				if err != nil {
					return held, err
				}
				held.schema = max(held.schema, v)
			}
		}
		start = whole
	}
}

// isFull reports whether a write failed for want of room, whoever wrote.
func isFull(err error) bool {
	return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) || errors.Is(err, syscall.EFBIG)
}
