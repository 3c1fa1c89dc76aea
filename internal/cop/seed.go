package cop

import (
	"context"
	"encoding/csv"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/policy"
	"jalon/internal/territory"
)

// Cycle is a season of COPs.
type Cycle struct {
	Code      string `json:"code"`
	Rev       int64  `json:"-"`
	Name      string `json:"name"`
	Subject   string `json:"subject"`
	Framework string `json:"framework"` // version of the levers
	Axes      string `json:"axes"`      // separated by |
	Source    string `json:"source"`
	State     string `json:"state"` // open, closed
}

// Cycles lists the cycles, newest first.
func Cycles(ctx context.Context, q db.Q) ([]Cycle, error) {
	rows, err := q.Query(ctx, `SELECT code, rev, name, subject, framework, axes, source, state FROM cycle ORDER BY code DESC`)
	return db.Collect(rows, err, func(r *db.Rows) (c Cycle, err error) {
		err = r.Scan(&c.Code, &c.Rev, &c.Name, &c.Subject, &c.Framework, &c.Axes, &c.Source, &c.State)
		return c, err
	})
}

// OpenedCycles lists the cycles that have COPs, newest first.
func OpenedCycles(ctx context.Context, q db.Q) ([]Cycle, error) {
	all, err := Cycles(ctx, q)
	if err != nil {
		return nil, err
	}
	rows, err := q.Query(ctx, `SELECT DISTINCT cycle FROM cop ORDER BY cycle`)
	with, err := db.Strings(rows, err)
	return slices.DeleteFunc(all, func(c Cycle) bool { return !slices.Contains(with, c.Code) }), err
}

// zones are the time zones that are not that of the mainland, by region.
var zones = map[string]string{"01": "America/Guadeloupe", "02": "America/Martinique", "03": "America/Cayenne", "04": "Indian/Reunion", "06": "Indian/Mayotte"}

// First is the cycle whose COPs come with the program, because what happened in
// them is known.
const First = "2023-24"

// defaultPatience is how many days a head waits for the other before they may go
// on alone, until the COP sets its own period.
const defaultPatience = 30

// Load writes the cycles, the 18 COPs of the first one and the dated events that
// are known, from the tables of data/. What is there already stays as it is, so
// that it may run at each start.
func (m *Room) Load(ctx context.Context, fsys fs.FS, tree *territory.Tree) (err error) {
	defer apperr.Wrap(&err, "cop.Load")
	cycles, err := readTable(fsys, "cycles.csv")
	if err != nil {
		return err
	}
	events, err := m.readEvents(fsys, tree)
	if err != nil {
		return err
	}
	templates, err := readTemplates(fsys)
	if err != nil {
		return err
	}
	return db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		for _, r := range cycles {
			c := Cycle{Code: r["code"], Rev: 1, Name: r["name"], Subject: r["subject"], Framework: r["framework"], Axes: r["axes"], Source: r["source"], State: "open"}
			n, err := db.Insert(ctx, tx, "cycle", []string{"code", "rev", "name", "subject", "framework", "axes", "source", "state"},
				[][]any{{c.Code, c.Rev, c.Name, c.Subject, c.Framework, c.Axes, c.Source, c.State}}, "ON CONFLICT (code) DO NOTHING")
			if err != nil {
				return err
			}
			if n > 0 {
				if err := m.version(ctx, tx, "cycle", c.Code, 1, Seed, "données fournies avec Jalon", c); err != nil {
					return err
				}
			}
			if err := m.seedTemplate(ctx, tx, c.Code, templates[c.Code]); err != nil {
				return err
			}
		}
		for _, r := range tree.Regions() {
			if _, err := m.add(ctx, tx, Seed, "données fournies avec Jalon", regionCOP(First, r)); err != nil {
				return err
			}
		}
		n, err := insertEvents(ctx, tx, events, m.Now().UnixMilli())
		if err != nil || n == 0 {
			return err
		}
		_, err = db.Bump(ctx, tx, Version, m.Now())
		return err
	})
}

func regionCOP(cycle string, r territory.Region) COP {
	zone := zones[r.Code]
	if zone == "" {
		zone = "Europe/Paris"
	}
	return COP{ID: RegionID(cycle, r.Code), Rev: 1, Cycle: cycle, Territory: "region:" + r.Code, Region: r.Code, Slug: r.Slug,
		Name: "COP régionale, " + r.Name, Zone: zone, Patience: defaultPatience, Both: true}
}

// add writes a new COP and its first version; one that is there stays.
func (m *Room) add(ctx context.Context, tx db.Q, by, reason string, c COP) (fresh bool, err error) {
	n, err := db.Insert(ctx, tx, "cop", []string{"id", "rev", "cycle", "territory", "region", "parent", "slug", "name", "presentation", "contact", "zone", "patience", "two_heads"},
		[][]any{{c.ID, c.Rev, c.Cycle, c.Territory, c.Region, null(c.Parent), c.Slug, c.Name, c.Presentation, c.Contact, c.Zone, c.Patience, c.Both}}, "ON CONFLICT (cycle, territory) DO NOTHING")
	if err != nil || n == 0 {
		return false, err
	}
	return true, m.version(ctx, tx, "cop", c.ID, c.Rev, by, reason, c)
}

// OpenCycle opens a cycle in every region: a COP each, with the template that
// regions then adapt. Doing it twice opens nothing twice.
func (m *Room) OpenCycle(ctx context.Context, a policy.Actor, cycle string, tree *territory.Tree) (opened int, err error) {
	defer apperr.Wrap(&err, "cop.OpenCycle(%s)", cycle)
	if err := policy.Check(a, policy.Create, policy.Thing{Kind: policy.Cycle}); err != nil {
		return 0, err
	}
	err = db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		n, err := tx.Exec(ctx, `UPDATE cycle SET rev = rev WHERE code = $1 AND state = 'open'`, cycle)
		if err != nil {
			return err
		}
		if n == 0 {
			return apperr.NotFoundf("Ce cycle n’existe pas, ou il est clos.")
		}
		for _, r := range tree.Regions() {
			c := regionCOP(cycle, r)
			fresh, err := m.add(ctx, tx, a.Person, "ouverture du cycle", c)
			if err != nil {
				return err
			}
			if fresh {
				opened++
				if err := m.record(ctx, tx, a, "open", "cop", c.ID, 1, c.ID); err != nil {
					return err
				}
			}
		}
		return nil
	})
	return opened, err
}

// OpenDepartment opens the COP of a département under its region's. both says
// whether the président of its council leads it beside the préfet.
func (m *Room) OpenDepartment(ctx context.Context, a policy.Actor, parent string, d territory.Dept, both bool) (c COP, err error) {
	defer apperr.Wrap(&err, "cop.OpenDepartment(%s, %s)", parent, d.Code)
	up, err := Find(ctx, m.DB, parent)
	if err != nil {
		return c, err
	}
	if err := policy.Check(a, policy.Edit, up.Thing(policy.COP)); err != nil {
		return c, err
	}
	if up.Parent != "" || d.Region != up.Region {
		return c, apperr.Invalidf("Ce département n’est pas de cette région.")
	}
	c = COP{ID: DepartmentID(up.Cycle, d.Code), Rev: 1, Cycle: up.Cycle, Territory: "department:" + d.Code, Region: up.Region, Parent: up.ID, Slug: up.Slug,
		Name: "COP départementale, " + d.Name, Zone: up.Zone, Patience: up.Patience, Both: both}
	err = db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		fresh, err := m.add(ctx, tx, a.Person, "ouverture", c)
		if err != nil {
			return err
		}
		if !fresh {
			return apperr.Conflictf("Ce département a déjà sa COP dans ce cycle.")
		}
		return m.record(ctx, tx, a, "open", "cop", c.ID, 1, c.ID)
	})
	return c, err
}

// readEvents reads the dated events that come with the program. Their ids say
// what they are, so that reading them again adds nothing.
func (m *Room) readEvents(fsys fs.FS, tree *territory.Tree) ([]Event, error) {
	rows, err := readTable(fsys, "cop-events.csv")
	if err != nil {
		return nil, err
	}
	var out []Event
	for i, r := range rows {
		e := Event{COP: RegionID(r["cycle"], r["region"]), Stage: Stage(r["stage"]), Mark: Mark(r["mark"]), Day: r["day"], Precision: r["precision"],
			KnownOn: r["known_on"], Elsewhere: true, Evidence: r["url"], Source: r["publisher"], Note: r["note"], State: Recorded, By: Seed}
		e.ID = strings.Join([]string{"seed", e.COP, string(e.Stage), string(e.Mark), e.Day}, "-")
		known := slices.ContainsFunc(tree.Regions(), func(x territory.Region) bool { return x.Code == r["region"] })
		if !known || e.Stage.order() < 0 || markNames[e.Mark] == "" || day(e.Day, "") != nil || day(e.KnownOn, "") != nil || e.Source == "" {
			return nil, fmt.Errorf("cop-events.csv, row %d: %+v", i+2, r)
		}
		out = append(out, e)
	}
	return out, nil
}

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
	out := make([]map[string]string, 0, len(rows))
	for _, cells := range rows[1:] {
		row := map[string]string{}
		for i, column := range rows[0] {
			row[column] = cells[i]
		}
		out = append(out, row)
	}
	return out, nil
}
