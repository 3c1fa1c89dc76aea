package territory

import (
	"context"
	"strconv"
	"strings"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/db"
)

// DataVersion is the name under which db.Version tells that another edition is
// in force: a process that holds a tree loads it again when it moves.
const DataVersion = "territories"

// Tables lists the tables of this room.
func Tables() []db.Table {
	return []db.Table{
		{Name: "perimeter", Order: []string{"id"}, Scope: db.Nation},
		{Name: "perimeter_member", Order: []string{"perimeter", "commune"}, Scope: db.Nation},
		{Name: "perimeter_version", Order: []string{"id", "rev"}, Scope: db.Nation},
		{Name: "territory_edition", Order: []string{"name"}, Scope: db.Nation},
		{Name: "territory_row", Order: []string{"edition", "kind", "code"}, Scope: db.Nation},
	}
}

// stageRows is how many rows one short transaction writes: a single long one
// would stop every other writer.
const stageRows = 500

// rowKinds maps the first cell of a line of the table to the kind under which
// the database keeps it, in the order a table needs.
var rowKinds = []struct{ cell, kind string }{
	{"R", "region"}, {"O", "overseas"}, {"D", "department"}, {"G", "epci"}, {"T", "ept"}, {"C", "commune"}, {"F", "old"},
}

// SaveEdition keeps an edition and puts it in force: staged in short
// transactions, then activated at once, so that a reader sees the older or the
// newer and never a mixture. Run again after a failure, it starts afresh; an
// edition in force is not written over. run is the import it comes from.
func SaveEdition(ctx context.Context, q db.Q, table, run string, at time.Time) (_ Edition, err error) {
	defer apperr.Wrap(&err, "SaveEdition")
	tree, err := Parse(table)
	if err != nil {
		return Edition{}, err
	}
	e := tree.edition
	rows, err := editionRows(e.Name, table)
	if err != nil {
		return Edition{}, err
	}
	if err := db.Tx(ctx, q, func(ctx context.Context, tx db.Q) error { return stageEdition(ctx, tx, e, run, at) }); err != nil {
		return Edition{}, err
	}
	for n := 0; n < len(rows); n += stageRows {
		part := rows[n:min(n+stageRows, len(rows))]
		if err := db.Tx(ctx, q, func(ctx context.Context, tx db.Q) error {
			_, err := db.Insert(ctx, tx, "territory_row", []string{"edition", "kind", "code", "body"}, part, "")
			return err
		}); err != nil {
			return Edition{}, err
		}
	}
	return e, db.Tx(ctx, q, func(ctx context.Context, tx db.Q) error { return activateEdition(ctx, tx, e.Name, run, len(rows), at) })
}

// editionRows cuts the table into rows with a unique key.
func editionRows(name, table string) ([][]any, error) {
	kinds := map[string]string{}
	for _, k := range rowKinds {
		kinds[k.cell] = k.kind
	}
	seen := map[string]int{}
	var rows [][]any
	for line := range strings.SplitSeq(table, "\n") {
		cell, rest, _ := strings.Cut(line, "\t")
		kind, ok := kinds[cell]
		if !ok {
			continue
		}
		code, _, _ := strings.Cut(rest, "\t")
		// A former code may be told twice (associée, then déléguée): both are kept.
		if seen[kind+code]++; seen[kind+code] > 1 {
			code += "#" + strconv.Itoa(seen[kind+code])
		}
		rows = append(rows, []any{name, kind, code, line})
	}
	return rows, nil
}

// stageEdition makes room for the rows of an edition that is not in force. The
// note of the populations rides in front of the source.
func stageEdition(ctx context.Context, tx db.Q, e Edition, run string, at time.Time) error {
	if _, err := tx.Exec(ctx, `
		INSERT INTO territory_edition (name, year, population_year, source, at, active, run)
		VALUES ($1, $2, $3, $4, $5, FALSE, $6)
		ON CONFLICT (name) DO NOTHING`,
		e.Name, e.Year, e.PopulationYear, e.Note+"\t"+e.Source, at.UnixMilli(), run); err != nil {
		return err
	}
	n, err := tx.Exec(ctx, `
		UPDATE territory_edition
		SET year = $2, population_year = $3, source = $4, at = $5, run = $6
		WHERE name = $1 AND active = FALSE`,
		e.Name, e.Year, e.PopulationYear, e.Note+"\t"+e.Source, at.UnixMilli(), run)
	if err != nil {
		return err
	}
	if n == 0 {
		return apperr.Conflictf("L’édition %s du découpage est déjà en vigueur\u00a0: rien n’a été modifié.", e.Name)
	}
	_, err = tx.Exec(ctx, `DELETE FROM territory_row WHERE edition = $1`, e.Name)
	return err
}

// activateEdition checks that this run wrote every row, then switches.
func activateEdition(ctx context.Context, tx db.Q, name, run string, rows int, at time.Time) error {
	n, err := tx.Exec(ctx, `UPDATE territory_edition SET active = TRUE WHERE name = $1 AND active = FALSE AND run = $2`, name, run)
	if err != nil {
		return err
	}
	var kept int
	if err := tx.QueryRow(ctx, `SELECT COUNT(*) FROM territory_row WHERE edition = $1`, name).Scan(&kept); err != nil {
		return err
	}
	if n == 0 || kept != rows {
		return apperr.Conflictf("Un autre import de l’édition %s est en cours\u00a0: celui-ci s’arrête. L’édition en vigueur n’a pas changé\u00a0; recommencez.", name)
	}
	if _, err := tx.Exec(ctx, `UPDATE territory_edition SET active = FALSE WHERE name <> $1`, name); err != nil {
		return err
	}
	_, err = db.Bump(ctx, tx, DataVersion, at)
	return err
}

// LoadActive loads the edition in force: the one imported last, or the embedded
// one when none was, or when the program carries a later year.
func LoadActive(ctx context.Context, q db.Q) (_ *Tree, err error) {
	defer apperr.Wrap(&err, "LoadActive")
	var table string
	err = db.Snapshot(ctx, q, func(ctx context.Context, q db.Q) error {
		table, err = activeTable(ctx, q)
		return err
	})
	if err != nil {
		return nil, err
	}
	carried, err := Embedded()
	if err != nil || table == "" {
		return carried, err
	}
	active, err := Parse(table)
	if err != nil {
		return nil, err
	}
	if carried.edition.Year > active.edition.Year {
		return carried, nil
	}
	return active, nil
}

// activeTable writes the table of the edition in force again, "" without one.
func activeTable(ctx context.Context, q db.Q) (string, error) {
	var e Edition
	var source string
	err := q.QueryRow(ctx, `SELECT name, year, population_year, source FROM territory_edition WHERE active = TRUE`).
		Scan(&e.Name, &e.Year, &e.PopulationYear, &source)
	if apperr.KindOf(err) == apperr.NotFound {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	parts := map[string]*strings.Builder{}
	for _, k := range rowKinds {
		parts[k.kind] = &strings.Builder{}
	}
	rows, err := q.Query(ctx, `SELECT kind, body FROM territory_row WHERE edition = $1 ORDER BY kind, code`, e.Name)
	_, err = db.Collect(rows, err, func(r *db.Rows) (struct{}, error) {
		var kind, body string
		err := r.Scan(&kind, &body)
		if b, ok := parts[kind]; ok && err == nil {
			b.WriteString(body + "\n")
		}
		return struct{}{}, err
	})
	if err != nil {
		return "", err
	}
	note, from, ok := strings.Cut(source, "\t")
	if !ok {
		note, from = "", source
	}
	var b strings.Builder
	b.WriteString(strings.Join([]string{"E", e.Name, strconv.Itoa(e.Year), strconv.Itoa(e.PopulationYear), note, from}, "\t") + "\n")
	for _, k := range rowKinds {
		b.WriteString(parts[k.kind].String())
	}
	return b.String(), nil
}
