package app

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
)

// RegionImport says what an archive of a COP brought, or would bring.
type RegionImport struct {
	Manifest RegionManifest
	Applied  bool
	Already  bool  // this very archive is here
	Added    int64 // rows
	Kept     int64 // rows that were here already, left as they are
}

// ImportCOP brings the archive of a COP to this installation. Without apply it reads
// the whole of it and writes nothing. It writes everything or nothing, only where
// the COP holds nothing yet but what the program seeds; the same archive brought
// twice changes nothing the second time.
func (c *Core) ImportCOP(ctx context.Context, path string, apply bool) (out RegionImport, err error) {
	defer apperr.Wrap(&err, "app.ImportCOP(%q)", path)
	f, err := os.Open(path)
	if err != nil {
		return out, apperr.New(apperr.Invalid, err, "%s\u00a0: ce fichier ne peut pas être lu. Vérifiez son nom et ses droits.", path)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	info, err := f.Stat()
	if err != nil {
		return out, err
	}
	z, err := zip.NewReader(f, info.Size())
	if err != nil {
		return out, alteredCOP(err, "ce n’est pas un fichier ZIP entier")
	}
	all, unsaid, err := inclusions(ctx, c.DB, Tables())
	if err != nil {
		return out, err
	}
	if len(unsaid) > 0 {
		return out, fmt.Errorf("tables that nothing says how to read: %q", unsaid)
	}
	m := importer{core: c, z: z, by: map[string]inclusion{}, there: map[string]map[string]bool{}}
	for _, t := range all {
		m.by[t.Table.Name] = t
	}
	if out.Manifest, err = m.read(ctx, all); err != nil {
		return out, err
	}
	m.m = out.Manifest
	if err := m.verify(); err != nil {
		return out, err
	}
	if out.Already, err = m.place(ctx, c.DB); err != nil || out.Already || !apply {
		return out, err
	}
	err = db.Tx(ctx, c.DB, func(ctx context.Context, tx db.Q) error {
		out.Already, err = m.place(ctx, tx) // what it was may have changed since
		if err != nil || out.Already {
			return err
		}
		return m.write(ctx, tx, &out)
	})
	out.Applied = err == nil && !out.Already
	return out, err
}

func alteredCOP(cause error, format string, args ...any) error {
	return apperr.New(apperr.Invalid, cause, "L’archive de la COP est incomplète ou altérée\u00a0: %s. Rien n’a été importé\u00a0; reprenez le fichier d’origine.", fmt.Sprintf(format, args...))
}

// importer brings one archive.
type importer struct {
	core  *Core
	z     *zip.Reader
	m     RegionManifest
	by    map[string]inclusion
	there map[string]map[string]bool // table → keys of its rows that were here before
}

// read reads the manifest and holds it against what this program expects: nothing of
// a file is trusted, and names go into SQL.
func (x *importer) read(ctx context.Context, all []inclusion) (m RegionManifest, err error) {
	f, err := x.z.Open(regionManifest)
	if err != nil {
		return m, alteredCOP(err, "il y manque %s", regionManifest)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	body, err := io.ReadAll(io.LimitReader(f, maxRegionIndex+1))
	if err != nil || len(body) > maxRegionIndex || json.Unmarshal(body, &m) != nil {
		return m, alteredCOP(err, "%s ne se lit pas", regionManifest)
	}
	m.Digest = digestOf(body)
	if m.Product != regionProduct {
		return m, apperr.Invalidf("Ce fichier n’est pas l’archive d’une COP («\u00a0jalon export cop\u00a0»). Rien n’a été importé. Celle de toute une base se charge par «\u00a0jalon load\u00a0».")
	}
	schema, _, err := x.core.DB.SchemaVersion(ctx)
	if err != nil {
		return m, err
	}
	if m.Format != regionFormat || m.Schema != schema {
		return m, apperr.Invalidf("L’archive est au schéma %d (version %s de Jalon) et cette base au schéma %d. Rien n’a été importé\u00a0: mettez les deux installations à la même version, puis exportez de nouveau.", m.Schema, m.Version, schema)
	}
	want, files := map[string]string{}, map[string]bool{regionManifest: true}
	for _, t := range all {
		if t.How != leftOut {
			want[t.Table.Name] = t.How
		}
	}
	for _, t := range m.Tables {
		if want[t.Name] == "" || want[t.Name] != t.How || t.File != "tables/"+t.Name+".ndjson" {
			return m, alteredCOP(nil, "la table «\u00a0%s\u00a0» n’y est pas attendue", t.Name)
		}
		delete(want, t.Name)
		files[t.File] = true
	}
	for name := range want {
		return m, alteredCOP(nil, "il y manque la table «\u00a0%s\u00a0»", name)
	}
	for _, f := range x.z.File {
		if !files[f.Name] {
			return m, alteredCOP(nil, "le fichier «\u00a0%s\u00a0» n’y est pas attendu", f.Name)
		}
		delete(files, f.Name) // the same name twice would be two parts
	}
	// The order in which tables load is this program's, whatever the file says.
	place := map[string]int{}
	for i, t := range all {
		place[t.Table.Name] = i
	}
	slices.SortFunc(m.Tables, func(a, b RegionTable) int { return place[a.Name] - place[b.Name] })
	return m, nil
}

// verify reads every part before anything is written: each against its digest, and
// each row of the COP against the COPs that the archive says it holds.
func (x *importer) verify() error {
	for _, t := range x.m.Tables {
		own := x.by[t.Name].own
		err := db.ReadPart(x.z, t.ManifestTable, func(line []byte) error {
			if own == "" {
				return nil
			}
			id, err := value(line, own)
			if err != nil || !slices.Contains(x.m.COPs, id) {
				return alteredCOP(err, "une ligne de «\u00a0%s\u00a0» est d’une autre COP", t.Name)
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// value reads one column of a line, as text.
func value(line []byte, column string) (string, error) {
	var row map[string]json.RawMessage
	if err := json.Unmarshal(line, &row); err != nil {
		return "", err
	}
	raw := bytes.TrimSpace(row[column])
	if len(raw) == 0 {
		return "", fmt.Errorf("no column %s", column)
	}
	if raw[0] != '"' {
		return string(raw), nil
	}
	var s string
	err := json.Unmarshal(raw, &s)
	return s, err
}

// settled is where an installation remembers the archive of a COP that it took.
func (x *importer) settled() string { return "cop archive " + x.m.Cycle + " " + x.m.Region }

// seeded are the tables in which a program writes of a COP by itself.
var seeded = []string{"cop", "cop_version", "cop_event", "metric_day"}

// place refuses an installation where the COP holds something, or whose data are
// invented when those of the archive are not, or the other way round.
func (x *importer) place(ctx context.Context, q db.Q) (already bool, err error) {
	held, err := db.Strings(q.Query(ctx, `SELECT value FROM setting WHERE name = $1`, x.settled()))
	if err != nil {
		return false, err
	}
	if len(held) == 1 && held[0] == x.m.Digest {
		return true, nil
	}
	args := []any{x.m.Cycle, x.m.Region}
	some := func(query string, args ...any) (yes bool, err error) {
		err = q.QueryRow(ctx, "SELECT EXISTS ("+query+")", args...).Scan(&yes)
		return yes, err
	}
	for _, t := range x.m.Tables {
		from := x.by[t.Name]
		if from.How != ofCOP {
			continue
		}
		query, args := "SELECT 1 FROM "+t.Name+" WHERE "+condition(from, x.by), args
		switch {
		case t.Name == "cop":
			query += " AND rev > 1"
		case t.Name == "cop_event":
			query, args = query+" AND by <> $3", append(slices.Clone(args), cop.Seed)
		case slices.Contains(seeded, t.Name):
			continue
		}
		if yes, err := some(query, args...); err != nil {
			return false, err
		} else if yes {
			return false, apperr.Conflictf("La COP de la région %s (cycle %s) existe déjà ici, et elle est en cours (table «\u00a0%s\u00a0»). Rien n’a été importé ni remplacé\u00a0: une COP ne s’importe que là où elle n’a pas commencé.", x.m.Region, x.m.Cycle, t.Name)
		}
	}
	return false, x.invented(some)
}

// invented keeps the data of a demonstration out of a real site, and real ones out of
// a demonstration. An installation where no COP was begun becomes a demonstration.
func (x *importer) invented(some func(string, ...any) (bool, error)) error {
	here, err := some(`SELECT 1 FROM demo`)
	if err != nil || here == (x.m.Demo != nil) {
		return err
	}
	if here {
		return apperr.Conflictf("Cette installation est une démonstration, et l’archive est celle d’une vraie COP. Rien n’a été importé.")
	}
	begun, err := some(`SELECT 1 FROM cop WHERE rev > 1`)
	if err == nil && !begun {
		begun, err = some(`SELECT 1 FROM account`)
	}
	if err != nil || !begun {
		return err
	}
	return apperr.Conflictf("L’archive vient d’une démonstration\u00a0: ses données sont inventées, et cette installation en a de vraies. Rien n’a été importé\u00a0: essayez-la sur une installation neuve.")
}

func (x *importer) write(ctx context.Context, tx db.Q, out *RegionImport) error {
	for _, name := range slices.Backward(seeded) {
		if _, err := tx.Exec(ctx, "DELETE FROM "+name+" WHERE "+condition(x.by[name], x.by), x.m.Cycle, x.m.Region); err != nil {
			return err
		}
	}
	for _, t := range x.m.Tables {
		added, err := x.bring(ctx, tx, t)
		if err != nil {
			return err
		}
		out.Added += added
		out.Kept += t.Rows - added
	}
	if x.m.Demo != nil {
		d := x.m.Demo
		if _, err := tx.Exec(ctx, `INSERT INTO demo (id, state, edition, size, seed, day) VALUES ('demo', $1, $2, $3, $4, $5) ON CONFLICT (id) DO NOTHING`, string(d.State), d.Edition, string(d.Size), d.Seed, d.Day); err != nil {
			return err
		}
	}
	if _, err := tx.Exec(ctx, `INSERT INTO setting (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value`, x.settled(), x.m.Digest); err != nil {
		return err
	}
	here, err := db.Strings(tx.Query(ctx, `SELECT name FROM data_version`))
	if err != nil {
		return err
	}
	names := slices.Concat(here, x.m.Versions)
	slices.Sort(names)
	for _, name := range slices.Compact(names) {
		if _, err := db.Bump(ctx, tx, name, x.core.now()); err != nil {
			return err
		}
	}
	return nil
}

// bring inserts one part. What is here already stays as it is, with all that hangs
// from it: the histories of two installations are not mixed.
func (x *importer) bring(ctx context.Context, tx db.Q, t RegionTable) (int64, error) {
	from := x.by[t.Name]
	switch {
	case from.How == ofCOP:
		return db.LoadPart(ctx, tx, x.z, t.ManifestTable, "", nil)
	case from.How == alike:
		added, err := db.LoadPart(ctx, tx, x.z, t.ManifestTable, "ON CONFLICT DO NOTHING", nil)
		if err != nil {
			return 0, err
		}
		return added, x.same(ctx, tx, t)
	}
	key, here := from.Table.Order[0], map[string]bool{}
	x.there[t.Name] = here
	if from.Column == "" {
		ids, err := db.Strings(tx.Query(ctx, "SELECT "+key+" FROM "+t.Name))
		if err != nil {
			return 0, err
		}
		for _, id := range ids {
			here[id] = true
		}
	}
	return db.LoadPart(ctx, tx, x.z, t.ManifestTable, "ON CONFLICT DO NOTHING", func(line []byte) (bool, error) {
		if from.Column == "" {
			id, err := value(line, key)
			return here[id], err
		}
		above, err := value(line, from.Column)
		if err != nil || !x.there[from.Parent][above] {
			return false, err
		}
		id, err := value(line, key)
		here[id] = true
		return true, err
	})
}

// means are the columns by which the rest is read, of the tables that are to be alike.
var means = map[string][]string{"survey_slot": {"n", "options"}, "questionnaire_form": {"version", "sha256"}}

// same refuses an installation that reads answers otherwise than the archive does.
func (x *importer) same(ctx context.Context, tx db.Q, t RegionTable) error {
	from := x.by[t.Name]
	said := func(line []byte) (key, all string, err error) {
		for _, column := range from.Table.Order {
			v, err := value(line, column)
			if err != nil {
				return "", "", err
			}
			key += v + "\x00"
		}
		for _, column := range means[t.Name] {
			v, err := value(line, column)
			if err != nil {
				return "", "", err
			}
			all += v + "\x00"
		}
		return key, all, nil
	}
	here := map[string]string{}
	if _, err := (db.Part{Table: from.Table}).Lines(ctx, tx, func(line []byte) error {
		key, all, err := said(line)
		here[key] = all
		return err
	}); err != nil {
		return err
	}
	return db.ReadPart(x.z, t.ManifestTable, func(line []byte) error {
		key, all, err := said(line)
		if err == nil && here[key] != all {
			return apperr.Conflictf("Le questionnaire de cette installation n’est pas celui de l’archive (table «\u00a0%s\u00a0»)\u00a0: les réponses y seraient mal lues. Rien n’a été importé\u00a0; importez cette COP dans une installation neuve.", t.Name)
		}
		return err
	})
}
