package support

import (
	"context"
	"encoding/csv"
	"fmt"
	"io/fs"
	"strings"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/framework"
)

// Load writes the cartography that comes with the program. What is there already stays
// as it is, so that it may run at each start: a measure that somebody edited or withdrew
// is known by its code and left alone.
func (m *Room) Load(ctx context.Context, fsys fs.FS) (err error) {
	defer apperr.Wrap(&err, "support.Load")
	table, err := readTable(fsys, "measures.csv")
	if err != nil {
		return err
	}
	return db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		list, err := tx.Query(ctx, `SELECT id FROM measure WHERE author = $1 ORDER BY id`, cop.Seed)
		there := map[string]bool{}
		if _, err = db.Collect(list, err, func(r *db.Rows) (struct{}, error) {
			var id string
			err := r.Scan(&id)
			there[id] = true
			return struct{}{}, err
		}); err != nil {
			return err
		}
		var rows, versions [][]any
		for i, r := range table {
			if r["kind"] == "none" || there[r["code"]] { // none: a step that was looked at, and left empty
				continue
			}
			x := Measure{ID: r["code"], Rev: 1, Lever: r["lever"], Step: r["step"], Kind: Kind(r["kind"]), Text: r["text"], Publisher: r["publisher"], Link: r["link"], Reviewed: r["reviewed"], State: Active,
				Author: cop.Seed, Place: int64(i), At: m.Now().UTC().Truncate(time.Millisecond), Audience: strings.FieldsFunc(r["audience"], func(c rune) bool { return c == '|' })}
			if err := x.check(func(string) bool { return true }); err != nil {
				return fmt.Errorf("measures.csv, %s: %w", x.ID, err)
			}
			v, err := m.version(cop.Seed, "données fournies avec Jalon", x)
			if err != nil {
				return err
			}
			rows, versions = append(rows, x.row()), append(versions, v)
		}
		if len(rows) == 0 {
			return nil
		}
		// Two programs may start at once: what the other one wrote stays.
		if _, err := db.Insert(ctx, tx, "measure", rowColumns, rows, "ON CONFLICT DO NOTHING"); err != nil {
			return err
		}
		if _, err := db.Insert(ctx, tx, "measure_version", versionColumns, versions, "ON CONFLICT DO NOTHING"); err != nil {
			return err
		}
		_, err = db.Bump(ctx, tx, Version, m.Now())
		return err
	})
}

// readTable reads an embedded table, each row by the names of its columns.
func readTable(fsys fs.FS, name string) ([]map[string]string, error) {
	f, err := fsys.Open(name)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	var out []map[string]string
	for _, cells := range rows[1:] {
		r := map[string]string{}
		for i, c := range cells {
			r[rows[0][i]] = c
		}
		out = append(out, r)
	}
	return out, nil
}

// Sharing says under which levers the content of a lever is kept: a lever of one
// referential reads the content of its equal in another, or of its parts.
type Sharing struct {
	fw    *framework.Framework
	alike map[string][]string
	own   map[string]bool
}

// Share reads which levers hold content of their own, from what the nation wrote, and
// the table of those that no crosswalk ties.
func Share(fsys fs.FS, fw *framework.Framework, counts []Count) (Sharing, error) {
	s := Sharing{fw: fw, alike: map[string][]string{}, own: map[string]bool{}}
	for _, c := range counts {
		if c.Region == "" {
			s.own[c.Lever] = true
		}
	}
	table, err := readTable(fsys, "measure-levers.csv")
	for _, r := range table {
		s.alike[r["lever"]] = append(s.alike[r["lever"]], r["alike"])
	}
	return s, err
}

// Of lists the levers whose content serves a lever, itself first when it has its own.
func (s Sharing) Of(lever string) []string {
	out := s.find(lever, map[string]bool{}, true)
	if len(out) == 0 {
		return nil
	}
	return out
}

func (s Sharing) find(lever string, seen map[string]bool, down bool) []string {
	if seen[lever] {
		return nil
	}
	seen[lever] = true
	if s.own[lever] {
		return []string{lever}
	}
	links := s.fw.Crosswalk(lever)
	for _, k := range links {
		if k.Kind == framework.OneToOne {
			if out := s.find(k.Other(lever), seen, down); len(out) > 0 {
				return out
			}
		}
	}
	var parts []string
	for _, k := range links {
		if down && k.Kind == framework.PartOf && k.To == lever {
			parts = append(parts, s.find(k.From, seen, true)...)
		}
	}
	for _, l := range s.alike[lever] {
		parts = append(parts, s.find(l, seen, down)...)
	}
	if len(parts) > 0 {
		return parts
	}
	// Up, and never down again, for its other parts are other levers; but a lever of 2026
	// reads what its wider one holds, which the page says.
	l, err := s.fw.Lever(lever)
	if err != nil {
		return nil
	}
	for _, k := range links {
		if k.Kind == framework.PartOf && k.From == lever {
			if out := s.find(k.To, seen, k.To == l.Wider); len(out) > 0 {
				return out
			}
		}
	}
	return nil
}
