package app

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/demo"
)

// The archive of a region's COP: a ZIP that holds tables/NAME.ndjson and, last,
// manifest.json; what is hashed is each part and the manifest, never the ZIP.
const (
	regionFormat   = 1
	regionProduct  = "jalon-cop"
	regionManifest = "manifest.json"
	maxRegionIndex = 4 << 20
)

// RegionManifest says what the archive of a COP holds, and what it leaves out.
type RegionManifest struct {
	Format    int           `json:"format"`
	Product   string        `json:"product"`
	Version   string        `json:"version"`
	Schema    int64         `json:"schema"`
	CreatedAt string        `json:"created_at"`
	Region    string        `json:"region"`
	Cycle     string        `json:"cycle"`
	COPs      []string      `json:"cops"`
	Demo      *demo.Mark    `json:"demo"` // of invented data
	Versions  []string      `json:"versions"`
	Tables    []RegionTable `json:"tables"`
	LeftOut   []LeftTable   `json:"left_out"`
	Masked    []string      `json:"masked"` // columns whose values stay home

	// Digest is that of the manifest as written: who receives the archive holds it
	// against what the sender says.
	Digest string `json:"-"`
}

// RegionTable is one part of the archive: «cop» the rows of the COP, «region» those
// of the region that cycles share, «cited» what they name, «alike» what must be the
// same at both ends.
type RegionTable struct {
	db.ManifestTable
	How string `json:"how"`
}

// LeftTable is a table that is not in the archive, and why.
type LeftTable struct {
	Name string `json:"name"`
	Why  string `json:"why"`
}

// Rows is the number of rows of the parts that are so.
func (m RegionManifest) Rows(how ...string) (n int64) {
	for _, t := range m.Tables {
		if slices.Contains(how, t.How) {
			n += t.Rows
		}
	}
	return n
}

// ExportCOP writes the COP of a region in a cycle, those of its départements with it,
// to one file, whole or not at all, from one snapshot. People travel by what their
// acts need, their name and no address; nothing that opens a door travels.
func (c *Core) ExportCOP(ctx context.Context, region, cycle, path string) (m RegionManifest, err error) {
	defer apperr.Wrap(&err, "app.ExportCOP(%s, %s)", region, cycle)
	if err := c.DB.CheckSchema(ctx); err != nil {
		return m, err
	}
	err = WriteFile(path, func(f *os.File) error {
		z := zip.NewWriter(f)
		err := db.Snapshot(ctx, c.DB, func(ctx context.Context, q db.Q) error {
			x := exporter{q: q, z: z, at: c.now(), salt: make([]byte, 32), keys: map[string]map[string]bool{}}
			if _, err := io.ReadFull(rand.Reader, x.salt); err != nil {
				return err
			}
			x.m = RegionManifest{Format: regionFormat, Product: regionProduct, Version: c.Version, CreatedAt: x.at.UTC().Format(time.RFC3339), Region: region, Cycle: cycle}
			err := x.run(ctx)
			m = x.m
			return err
		})
		if err != nil {
			return err
		}
		body, err := json.MarshalIndent(m, "", "  ")
		if err != nil {
			return err
		}
		body = append(body, '\n')
		m.Digest = digestOf(body)
		if err := db.WriteMember(z, regionManifest, c.now(), body); err != nil {
			return err
		}
		return z.Close()
	})
	return m, err
}

func digestOf(body []byte) string {
	sum := sha256.Sum256(body)
	return hex.EncodeToString(sum[:])
}

// exporter writes one archive.
type exporter struct {
	q    db.Q
	z    *zip.Writer
	at   time.Time
	salt []byte
	m    RegionManifest
	all  []inclusion
	by   map[string]inclusion
	ids  map[string][]string        // an identifier → the roots that have it
	keys map[string]map[string]bool // a root → the rows that travel
	next map[string][]string        // those of them that are not read yet
}

func (x *exporter) run(ctx context.Context) (err error) {
	if err := x.begin(ctx); err != nil {
		return err
	}
	for _, t := range x.all {
		switch {
		case t.How == leftOut:
			x.m.LeftOut = append(x.m.LeftOut, LeftTable{t.Table.Name, t.Why})
		case t.How == ofCOP:
			err = x.write(ctx, t, db.Part{Where: condition(t, x.by), Args: []any{x.m.Cycle, x.m.Region}, Seen: x.cite})
		case t.How == alike && t.Column == "":
			err = x.write(ctx, t, db.Part{})
		}
		if err != nil {
			return err
		}
	}
	if err := x.follow(ctx); err != nil {
		return err
	}
	for _, t := range x.all {
		if t.How == leftOut || t.How == ofCOP || t.How == alike && t.Column == "" {
			continue
		}
		keys, err := x.travel(ctx, t)
		if err != nil {
			return err
		}
		if err := x.write(ctx, t, db.Part{Column: first(t), Keys: keys}); err != nil {
			return err
		}
	}
	// The order in which they load is that of the house.
	place := map[string]int{}
	for i, t := range x.all {
		place[t.Table.Name] = i
	}
	slices.SortFunc(x.m.Tables, func(a, b RegionTable) int { return place[a.Name] - place[b.Name] })
	slices.Sort(x.m.Masked)
	return nil
}

// first is the column by which rows that travel are found.
func first(t inclusion) string {
	if t.Column != "" {
		return t.Column
	}
	return t.Table.Order[0]
}

func (x *exporter) begin(ctx context.Context) (err error) {
	if x.m.COPs, err = db.Strings(x.q.Query(ctx, theCOPs+" ORDER BY id", x.m.Cycle, x.m.Region)); err != nil {
		return err
	}
	if len(x.m.COPs) == 0 {
		return apperr.Invalidf("Il n’y a pas de COP de la région «\u00a0%s\u00a0» dans le cycle «\u00a0%s\u00a0». Le code est celui de l’INSEE (44\u00a0: Grand Est), le cycle s’écrit comme dans ses adresses (2023-24).", x.m.Region, x.m.Cycle)
	}
	if err := x.q.QueryRow(ctx, `SELECT COALESCE(MAX(version_id), 0) FROM goose_db_version WHERE is_applied`).Scan(&x.m.Schema); err != nil {
		return err
	}
	if mark, ok, err := demo.Read(ctx, x.q); err != nil {
		return err
	} else if ok {
		x.m.Demo = &mark
	}
	if x.m.Versions, err = db.Strings(x.q.Query(ctx, `SELECT name FROM data_version ORDER BY name`)); err != nil {
		return err
	}
	all, unsaid, err := inclusions(ctx, x.q, Tables())
	if err != nil {
		return err
	}
	if len(unsaid) > 0 {
		return apperr.New(apperr.Internal, errors.New(strings.Join(unsaid, "; ")), "L’archive ne serait pas entière\u00a0: cette version de Jalon ne sait pas lire toutes ses tables. Rien n’a été écrit\u00a0; signalez-le.")
	}
	x.all, x.by = all, map[string]inclusion{}
	x.ids, x.next = map[string][]string{}, map[string][]string{}
	for _, t := range all {
		x.by[t.Table.Name] = t
		if t.Column != "" || t.How != ofRegion && t.How != cited {
			continue
		}
		name, key := t.Table.Name, t.Table.Order[0]
		x.keys[name] = map[string]bool{}
		ids, err := db.Strings(x.q.Query(ctx, "SELECT "+key+" FROM "+name))
		if err != nil {
			return err
		}
		for _, id := range ids {
			x.ids[id] = append(x.ids[id], name)
		}
		if t.How == ofRegion {
			own, err := db.Strings(x.q.Query(ctx, "SELECT "+key+" FROM "+name+" WHERE region = $1", x.m.Region))
			if err != nil {
				return err
			}
			for _, id := range own {
				x.take(name, id)
			}
		}
	}
	return nil
}

func (x *exporter) take(table, id string) {
	if !x.keys[table][id] {
		x.keys[table][id] = true
		x.next[table] = append(x.next[table], id)
	}
}

// cite finds in a line every identifier of a row of the roots, wherever it stands: in
// a column, or within the text of a version or of a link. A room needs to declare
// nothing for what it names to travel with it.
func (x *exporter) cite(line []byte) {
	for len(line) > 0 {
		i := bytes.IndexFunc(line, ofWord)
		if i < 0 {
			return
		}
		line = line[i:]
		end := bytes.IndexFunc(line, func(r rune) bool { return !ofWord(r) })
		if end < 0 {
			end = len(line)
		}
		for _, table := range x.ids[string(line[:end])] {
			x.take(table, string(line[:end]))
		}
		line = line[end:]
	}
}

func ofWord(r rune) bool {
	return r == '-' || r == '_' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
}

// ends are roots whose rows name nothing that is needed to read them.
var ends = []string{"account", "blob", "organisation"}

// follow reads what travels until it names nothing new.
func (x *exporter) follow(ctx context.Context) error {
	for len(x.next) > 0 {
		now := x.next
		x.next = map[string][]string{}
		for _, t := range x.all {
			root := t
			for root.Parent != "" {
				root = x.by[root.Parent]
			}
			fresh := now[root.Table.Name]
			if len(fresh) == 0 || t.How == ofCOP || slices.Contains(ends, root.Table.Name) || t.Column != "" && t.Parent != root.Table.Name {
				continue
			}
			p := db.Part{Table: t.Table, Column: first(t), Keys: slices.Sorted(slices.Values(fresh)), Seen: x.cite}
			if _, err := p.Lines(ctx, x.q, func([]byte) error { return nil }); err != nil {
				return err
			}
		}
	}
	return nil
}

// travel lists the values of the first column of a table whose rows travel.
func (x *exporter) travel(ctx context.Context, t inclusion) ([]string, error) {
	if t.Column == "" {
		return slices.Sorted(maps.Keys(x.keys[t.Table.Name])), nil
	}
	up := x.by[t.Parent]
	if up.Column == "" {
		return x.travel(ctx, up)
	}
	above, err := x.travel(ctx, up)
	if err != nil {
		return nil, err
	}
	var all []string
	for part := range slices.Chunk(above, 500) {
		args := make([]any, len(part))
		for i, k := range part {
			args[i] = k
		}
		some, err := db.Strings(x.q.Query(ctx, "SELECT DISTINCT "+t.Key+" FROM "+t.Parent+" WHERE "+up.Column+" IN ("+db.Params(1, len(part))+")", args...))
		if err != nil {
			return nil, err
		}
		all = append(all, some...)
	}
	slices.Sort(all)
	return slices.Compact(all), nil
}

func (x *exporter) write(ctx context.Context, t inclusion, p db.Part) error {
	p.Table = t.Table
	p.Mask = masks(t, x.salt)
	for column := range p.Mask {
		x.m.Masked = append(x.m.Masked, t.Table.Name+"."+column)
	}
	written, err := db.DumpPart(ctx, x.q, p, x.z, x.at)
	x.m.Tables = append(x.m.Tables, RegionTable{ManifestTable: written, How: t.How})
	return err
}

// awayState is that of the account of somebody who acted in a COP elsewhere: their
// name is shown, nobody signs in by it.
const awayState = "archive"

// awayDomain is that of every address of an archive.
const awayDomain = "@archive.invalid"

// away is what an address is in an archive.
func away(value string, salt []byte) string {
	if value == "" || strings.HasSuffix(value, awayDomain) {
		return value
	}
	mac := hmac.New(sha256.New, salt)
	_, _ = mac.Write([]byte(strings.ToLower(value))) // never fails
	return hex.EncodeToString(mac.Sum(nil)[:12]) + awayDomain
}

// masks are the values that stay home: what opens a door, the addresses of people,
// who stands behind a vote, and what a person said of their needs. The same address
// is the same within one archive, and tells nothing outside it.
//
// Columns are known by what rooms say of them and by their names too: a room that
// forgets to say that a column opens a door does not open it elsewhere.
func masks(t inclusion, salt []byte) map[string]func(string, int64) string {
	nothing := func(string, int64) string { return "" }
	numbered := func(_ string, n int64) string { return "archive:" + strconv.FormatInt(n, 10) }
	out := map[string]func(string, int64) string{}
	for _, column := range t.columns {
		personal := slices.Contains(t.Table.Personal, column)
		switch {
		case slices.Contains(t.Table.Secret, column), column == "hash", strings.HasSuffix(column, "token_hash"), strings.HasSuffix(column, "code_hash"), personal && column == "reporter":
			out[column] = numbered
		case strings.Contains(column, "email"):
			out[column] = func(value string, _ int64) string { return away(value, salt) }
		case slices.Contains(t.Table.Free, column): // the words of people, who write addresses in them
			out[column] = func(value string, _ int64) string {
				return address.ReplaceAllStringFunc(value, func(found string) string { return away(found, salt) })
			}
		case personal && slices.Contains([]string{"ip", "agent", "needs"}, column):
			out[column] = nothing
		}
	}
	switch t.Table.Name {
	case "account":
		out["state"] = func(string, int64) string { return awayState }
	case "debate_voter":
		out["account"], out["voice_id"] = nothing, nothing
	}
	return out
}
