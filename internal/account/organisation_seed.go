package account

import (
	"context"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/french"
	"jalon/internal/territory"
)

const organisationsTable = "organisations.csv"

// seedForm changes when the rows below are made another way, so that a database
// of before is brought up to date.
const seedForm = "1"

// seedRows is how many rows one short transaction writes.
const seedRows = 1000

// seedBy is who brings what comes with the program: nobody in particular.
const seedBy = "jalon"

// Reference makes the organisations that exist without anybody adding them: the
// authorities of an edition of the tree, and the services of the table. edition
// names both.
func Reference(tree *territory.Tree, fsys fs.FS) (list []Organisation, edition string, err error) {
	defer apperr.Wrap(&err, "account.Reference")
	raw, err := fs.ReadFile(fsys, organisationsTable)
	if err != nil {
		return nil, "", err
	}
	authorities, err := tree.Authorities()
	if err != nil {
		return nil, "", err
	}
	list = make([]Organisation, 0, 40_000)
	for a := range authorities.All() {
		list = append(list, fromAuthority(a))
	}
	rows, err := csv.NewReader(strings.NewReader(string(raw))).ReadAll()
	if err != nil {
		return nil, "", err
	}
	for i, cells := range rows[1:] {
		r := map[string]string{}
		for j, column := range rows[0] {
			r[column] = cells[j]
		}
		o := Organisation{ID: r["code"], Name: r["name"], Kind: OrgKind(r["kind"]), Label: r["label"], Region: r["region"], Department: r["department"], Origin: FromTable, State: OrgActive}
		if d, err := tree.Dept(o.Department); o.Department != "" && (err != nil || d.Region != o.Region) || !o.Kind.Made() || o.ID == "" || o.Name == "" {
			return nil, "", fmt.Errorf("%s, line %d: %v", organisationsTable, i+2, r)
		}
		list = append(list, o)
	}
	return list, editionOf(tree, raw), nil
}

// editionOf names what the reference organisations come from.
func editionOf(tree *territory.Tree, table []byte) string {
	sum := sha256.Sum256(table)
	return seedForm + "/" + tree.Edition().Name + "/" + hex.EncodeToString(sum[:6])
}

var authorityKinds = map[string]OrgKind{
	"communauté de communes": OrgCC, "communauté d’agglomération": OrgCA, "communauté urbaine": OrgCU, "métropole": OrgMetropole, "métropole de Lyon": OrgMetropole,
	"établissement public territorial": OrgEPT,
}

// kindOf is the kind of an authority by the widest of its capacities.
func kindOf(a territory.Authority) OrgKind {
	switch {
	case a.Has(territory.AsRegion):
		return OrgRegion
	case a.Has(territory.AsGroup):
		if k := authorityKinds[a.Kind]; k != "" {
			return k
		}
		return OrgMetropole // of the special ones, Lyon is a métropole that is a département too
	case a.Has(territory.AsDepartment) && !a.Has(territory.AsCommune):
		return OrgDepartment
	case a.Has(territory.AsEPT):
		return OrgEPT
	}
	return OrgCommune
}

func fromAuthority(a territory.Authority) Organisation {
	o := Organisation{ID: a.Code, Name: a.Name, Kind: kindOf(a), Label: a.Kind, SIREN: a.SIREN, Region: a.Home, Origin: FromTree, State: OrgActive}
	for _, c := range a.Capacities {
		o.Capacities = append(o.Capacities, string(c))
	}
	if len(a.Land) == 1 {
		o.Territory = a.Land[0].String()
	}
	if len(a.Departments) > 0 && !a.Has(territory.AsRegion) {
		o.Department = a.Departments[0]
		for _, d := range a.Departments { // the older EPCI bear their seat's
			if strings.HasPrefix(a.SIREN, "24"+d) {
				o.Department = d
			}
		}
		for _, d := range a.Departments {
			if d != o.Department {
				o.Reach = append(o.Reach, "department:"+d)
			}
		}
	}
	for _, r := range a.Regions {
		if r != o.Region {
			o.Reach = append(o.Reach, "region:"+r)
		}
	}
	slices.Sort(o.Reach)
	o.Reach = slices.Compact(o.Reach)
	return o
}

var orgWritten = []string{"id", "rev", "name", "name_fold", "sort_key", "kind", "label", "capacities", "territory", "siren", "region", "department", "contact", "origin", "state", "at"}

func orgValues(o Organisation) []any {
	return []any{o.ID, o.Rev, o.Name, french.Fold(o.Name), french.SortKey(o.Name), string(o.Kind), o.Label, strings.Join(o.Capacities, "|"), o.Territory, o.SIREN,
		o.Region, o.Department, o.Contact, o.Origin, o.State, o.At.UnixMilli()}
}

// seeded is what the tree and the table say of an organisation, to tell whether
// it changed.
func (o Organisation) seeded() string {
	return strings.Join([]string{o.Name, string(o.Kind), o.Label, strings.Join(o.Capacities, "|"), o.Territory, o.SIREN, o.Region, o.Department, o.State}, "\x00")
}

// Seeded says what a seeding did.
type Seeded struct{ Added, Changed, Gone int }

// SeededAs is the edition that the organisations of the database come from.
func SeededAs(ctx context.Context, q db.Q) (edition string, err error) {
	rows, err := q.Query(ctx, `SELECT edition FROM organisation_edition WHERE id = 'reference'`)
	found, err := db.Strings(rows, err)
	if err != nil || len(found) == 0 {
		return "", err
	}
	return found[0], nil
}

// Seed brings the organisations of the tree and of the table up to an edition.
// What appears is added, what changes keeps its versions and what people wrote
// of it, what is there no more is marked gone; nothing is deleted. It writes the
// difference alone, by short transactions, so that it can be stopped, run again,
// or run by two programs at once.
func (m *Room) Seed(ctx context.Context, edition string, list []Organisation) (s Seeded, err error) {
	defer apperr.Wrap(&err, "account.Seed(%s)", edition)
	rows, err := m.DB.Query(ctx, `SELECT `+orgColumns+` FROM organisation o WHERE o.origin <> 'team'`)
	kept, err := db.Collect(rows, err, func(r *db.Rows) (Organisation, error) { return scanOrg(r) })
	if err != nil {
		return s, err
	}
	at := make(map[string]Organisation, len(kept))
	for _, o := range kept {
		at[o.ID] = o
	}
	var added, changed []Organisation
	for _, o := range list {
		old, known := at[o.ID]
		delete(at, o.ID)
		switch {
		case !known:
			o.Rev, o.At = 1, m.Now()
			added = append(added, o)
		case old.seeded() != o.seeded():
			changed = append(changed, o)
		}
	}
	for _, o := range kept {
		if _, left := at[o.ID]; left && o.State == OrgActive {
			o.State, o.GoneAt = OrgGone, m.Now()
			changed = append(changed, o)
			s.Gone++
		}
	}
	s.Added, s.Changed = len(added), len(changed)-s.Gone
	for part := range slices.Chunk(added, seedRows) {
		if err := m.seedAdded(ctx, part); err != nil {
			return s, err
		}
	}
	for part := range slices.Chunk(changed, seedRows/4) {
		if err := m.seedChanged(ctx, edition, part); err != nil {
			return s, err
		}
	}
	if err := m.seedReach(ctx, list); err != nil {
		return s, err
	}
	_, err = m.DB.Exec(ctx, `INSERT INTO organisation_edition (id, edition, at) VALUES ('reference', $1, $2)
		ON CONFLICT (id) DO UPDATE SET edition = excluded.edition, at = excluded.at`, edition, m.Now().UnixMilli())
	return s, err
}

func (m *Room) seedAdded(ctx context.Context, part []Organisation) error {
	values := make([][]any, len(part))
	for i, o := range part {
		values[i] = orgValues(o)
	}
	return db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		_, err := db.Insert(ctx, tx, "organisation", orgWritten, values, "ON CONFLICT (id) DO NOTHING")
		return err
	})
}

// seedChanged writes each changed row over the one that is there, and keeps both
// versions.
func (m *Room) seedChanged(ctx context.Context, edition string, part []Organisation) error {
	return db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		for _, o := range part {
			before, err := FindOrganisation(ctx, tx, o.ID)
			if err != nil {
				return err
			}
			if before.seeded() == o.seeded() {
				continue // another program was first
			}
			var gone any
			if o.State == OrgGone {
				gone = m.Now().UnixMilli()
			}
			n, err := tx.Exec(ctx, `
				UPDATE organisation SET rev = rev + 1, name = $3, name_fold = $4, sort_key = $5, kind = $6, label = $7, capacities = $8, territory = $9, siren = $10,
				       region = $11, department = $12, state = $13, gone_at = $14
				 WHERE id = $1 AND rev = $2`,
				o.ID, before.Rev, o.Name, french.Fold(o.Name), french.SortKey(o.Name), string(o.Kind), o.Label, strings.Join(o.Capacities, "|"), o.Territory, o.SIREN,
				o.Region, o.Department, o.State, gone)
			if err != nil {
				return err
			}
			if n == 0 {
				return apperr.Conflictf("Une collectivité a été modifiée pendant la mise à jour du découpage. Relancez la mise à jour\u00a0: elle reprendra où elle en était.")
			}
			if err := m.orgVersion(ctx, tx, before, seedBy, "version précédente"); err != nil {
				return err
			}
			o.Rev, o.Contact = before.Rev+1, before.Contact
			if err := m.orgVersion(ctx, tx, o, seedBy, "édition "+edition); err != nil {
				return err
			}
		}
		return nil
	})
}

// seedReach says where else each one decides, in one short transaction: a few
// hundred rows.
func (m *Room) seedReach(ctx context.Context, list []Organisation) error {
	var values [][]any
	for _, o := range list {
		for _, r := range o.Reach {
			scale, code, _ := strings.Cut(r, ":")
			values = append(values, []any{o.ID, scale, code})
		}
	}
	return db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		if _, err := tx.Exec(ctx, `DELETE FROM organisation_reach`); err != nil {
			return err
		}
		_, err := db.Insert(ctx, tx, "organisation_reach", []string{"organisation", "scale", "code"}, values, "ON CONFLICT (organisation, scale, code) DO NOTHING")
		return err
	})
}

// SeedReference is Seed with the tree in force and the table, when the database
// holds those of another edition: it costs one statement otherwise.
func (m *Room) SeedReference(ctx context.Context, tree *territory.Tree, fsys fs.FS) (s Seeded, took time.Duration, err error) {
	defer apperr.Wrap(&err, "account.SeedReference")
	start := m.Now()
	raw, err := fs.ReadFile(fsys, organisationsTable)
	if err != nil {
		return s, 0, err
	}
	edition := editionOf(tree, raw)
	if m.Seeds != nil {
		edition += "/some" // whoever wants them all finds that they are not there
	}
	held, err := SeededAs(ctx, m.DB)
	if err != nil || held == edition {
		return s, 0, err
	}
	list, _, err := Reference(tree, fsys)
	if err != nil {
		return s, 0, err
	}
	if m.Seeds != nil {
		list = slices.DeleteFunc(list, func(o Organisation) bool { return !m.Seeds(o) })
	}
	s, err = m.Seed(ctx, edition, list)
	return s, m.Now().Sub(start), err
}
