// Package cop holds the conferences: their cycles, a COP for each territory of a
// cycle, what happened to each stage and when, what both heads validated, who
// may act for them, meetings and news. What is decided is never overwritten:
// each thing keeps its versions, and events are only added.
package cop

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"time"

	"jalon/internal/account"
	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/journal"
	"jalon/internal/policy"
)

// Tables lists the tables of this room.
func Tables() []db.Table {
	versions := func(name, key string, scope db.Scope) db.Table {
		return db.Table{Name: name + "_version", Order: []string{key, "rev"}, Scope: scope, Personal: []string{"by"}}
	}
	return []db.Table{
		{Name: "cycle", Order: []string{"code"}, Scope: db.Nation}, versions("cycle", "code", db.Nation),
		{Name: "cop", Order: []string{"id"}, Scope: db.COP}, versions("cop", "id", db.COP),
		{Name: "cop_event", Order: []string{"id"}, Scope: db.COP, Personal: []string{"by"}},
		{Name: "act", Order: []string{"id"}, Scope: db.COP, Personal: []string{"proposed_by"}},
		{Name: "act_consent", Order: []string{"act", "side"}, Scope: db.COP, Personal: []string{"person"}},
		{Name: "delegation", Order: []string{"id"}, Scope: db.COP, Personal: []string{"giver", "person"}, Owner: []string{"giver", "person"}},
		{Name: "meeting", Order: []string{"id"}, Scope: db.COP}, versions("meeting", "id", db.COP),
		{Name: "news", Order: []string{"id"}, Scope: db.COP}, versions("news", "id", db.COP),
		{Name: "cycle_template", Order: []string{"id"}, Scope: db.Nation}, versions("cycle_template", "id", db.Nation),
		{Name: "cop_template", Order: []string{"id"}, Scope: db.COP}, versions("cop_template", "id", db.COP),
		{Name: "office", Order: []string{"id"}, Scope: db.COP, Personal: []string{"person", "name"}, Owner: []string{"person"}, Free: []string{"name"}}, versions("office", "id", db.COP),
		{Name: "cop_document", Order: []string{"id"}, Scope: db.COP}, versions("cop_document", "id", db.COP),
		{Name: "priority", Order: []string{"id"}, Scope: db.COP}, versions("priority", "id", db.COP),
		{Name: "cop_check", Order: []string{"id"}, Scope: db.COP, Personal: []string{"by"}},
		{Name: "cop_visit", Order: []string{"person", "cop_id"}, Scope: db.Person, Personal: []string{"person"}, Owner: []string{"person"}},
		{Name: "calendar_feed", Order: []string{"id"}, Scope: db.Person, Personal: []string{"person"}, Owner: []string{"person"}, Secret: []string{"hash"}},
	}
}

// Room does what people do to COPs. Time and ids are given.
type Room struct {
	DB      *db.DB
	IDs     *db.IDs
	Now     func() time.Time
	Journal *journal.Journal
	Cursors db.Cursors // of the lists
	Random  io.Reader  // of the secrets in the addresses of calendars
	// People are told by mail of what waits for them; nobody is when nil.
	People *account.Room
	// OnEnd is what the rooms after this one do when an act of theirs ends, in its
	// transaction, by kind of act: the state of the act says how it ended.
	OnEnd map[string]func(ctx context.Context, tx db.Q, act Act) error
	// MoreDue is what the rooms after this one have to be done in a COP until a day,
	// for its desk; nothing when nil.
	MoreDue func(ctx context.Context, q db.Q, copID, until string) ([]Due, error)
	// OnMeeting is what the rooms after this one do when a meeting was planned (before
	// has no id) or changed, in its transaction: they tell those who come. Nil does
	// nothing.
	OnMeeting func(ctx context.Context, tx db.Q, c COP, before, after Meeting) error
}

// Version is the name of the version of all that the public pages of COPs show.
const Version = "cops"

// Seed is who brought what comes with the program: nobody in particular.
const Seed = "jalon"

// COP is a conference: a territory in a cycle.
type COP struct {
	ID           string `json:"id"`
	Rev          int64  `json:"-"`
	Cycle        string `json:"cycle"`
	Territory    string `json:"territory"` // region:44, department:67
	Region       string `json:"region"`    // code: 44
	Parent       string `json:"parent"`    // the region's COP, for that of a département
	Slug         string `json:"slug"`
	Name         string `json:"name"`
	Presentation string `json:"presentation"` // markdown
	Contact      string `json:"contact"`
	Zone         string `json:"zone"`     // time zone of its calendar
	Patience     int64  `json:"patience"` // days after which one head may go on without the other
	Both         bool   `json:"both"`     // two heads; false for a département that its préfet leads alone
}

// Thing is a COP as policy sees it, for one kind of thing of it. The COP of a
// département also belongs to those of its region.
func (c COP) Thing(kind policy.Kind) policy.Thing {
	t := policy.Thing{Kind: kind, COPs: []string{c.ID}}
	if c.Parent != "" {
		t.COPs = append(t.COPs, c.Parent)
		t.Department = c.Territory[len("department:"):]
	}
	return t
}

// Department is the code of the département whose COP it is, empty for that of
// a region.
func (c COP) Department() string {
	code, ok := strings.CutPrefix(c.Territory, "department:")
	if !ok {
		return ""
	}
	return code
}

// Path is the address of the public page of a COP. The page of a region is that
// of its COP of the first cycle; the others say their cycle.
func (c COP) Path() string {
	switch d := c.Department(); {
	case d != "":
		return "/departements/" + d + "/cycles/" + c.Cycle
	}
	return RegionPath(c.Slug, c.Cycle)
}

// RegionPath is the address of the page of a region's COP in a cycle, and how those of
// its actions, documents and desk begin.
func RegionPath(slug, cycle string) string {
	if cycle == First || cycle == "" {
		return "/regions/" + slug
	}
	return "/regions/" + slug + "/cycles/" + cycle
}

// Head is how one of the two heads of this COP is called on its pages.
func (c COP) Head(s Side) string {
	if s == RegionSide && c.Department() != "" {
		return "le Département"
	}
	return s.Name()
}

// RegionID is the id of the COP of a region in a cycle: an address that a
// person can read.
func RegionID(cycle, region string) string { return cycle + "-r" + region }

// DepartmentID is the same for a département.
func DepartmentID(cycle, department string) string { return cycle + "-d" + department }

const copColumns = `id, rev, cycle, territory, region, COALESCE(parent, ''), slug, name, presentation, contact, zone, patience, two_heads`

func scanCOP(r interface{ Scan(...any) error }) (c COP, err error) {
	err = r.Scan(&c.ID, &c.Rev, &c.Cycle, &c.Territory, &c.Region, &c.Parent, &c.Slug, &c.Name, &c.Presentation, &c.Contact, &c.Zone, &c.Patience, &c.Both)
	return c, err
}

// Find returns a COP by its id.
func Find(ctx context.Context, q db.Q, id string) (COP, error) {
	c, err := scanCOP(q.QueryRow(ctx, `SELECT `+copColumns+` FROM cop WHERE id = $1`, id))
	return c, db.OrNotFound(err, "Cette COP n’existe pas.")
}

// FindIn returns the COP of a territory in a cycle.
func FindIn(ctx context.Context, q db.Q, cycle, territory string) (COP, error) {
	c, err := scanCOP(q.QueryRow(ctx, `SELECT `+copColumns+` FROM cop WHERE cycle = $1 AND territory = $2`, cycle, territory))
	return c, db.OrNotFound(err, "Ce territoire n’a pas de COP dans ce cycle.")
}

// OfRegion is the COP that the pages of a region speak of, and that its debate
// belongs to: that of the first cycle. This is the one place to change when the
// pages of the regions go over to a next cycle.
func OfRegion(ctx context.Context, q db.Q, region string) (COP, error) {
	return FindIn(ctx, q, First, "region:"+region)
}

// Among is the COP of a region in a cycle that an address names, without one that of
// OfRegion, among all those of the region itself, newest first: a page lets its reader
// go over to the others.
func Among(ctx context.Context, q db.Q, region, cycle string) (c COP, all []COP, err error) {
	list, err := ListOfRegion(ctx, q, region)
	if err != nil {
		return c, nil, err
	}
	for _, x := range list {
		if x.Parent != "" {
			continue
		}
		if all = append(all, x); x.Cycle == cmp.Or(cycle, First) {
			c = x
		}
	}
	if c.ID == "" {
		return c, nil, apperr.NotFoundf("Ce territoire n’a pas de COP dans ce cycle.")
	}
	return c, all, nil
}

// ListOfRegion lists the COPs of a region, its own first, then those of its
// départements, newest cycle first.
func ListOfRegion(ctx context.Context, q db.Q, region string) ([]COP, error) {
	rows, err := q.Query(ctx, `SELECT `+copColumns+` FROM cop WHERE region = $1 ORDER BY cycle DESC, CASE WHEN parent IS NULL THEN 0 ELSE 1 END, territory`, region)
	return db.Collect(rows, err, func(r *db.Rows) (COP, error) { return scanCOP(r) })
}

// All lists every COP, in the order of their ids: a few hundred.
func All(ctx context.Context, q db.Q) ([]COP, error) {
	rows, err := q.Query(ctx, `SELECT `+copColumns+` FROM cop ORDER BY id`)
	return db.Collect(rows, err, func(r *db.Rows) (COP, error) { return scanCOP(r) })
}

// InCycle lists the COPs of the regions in a cycle, in the order of their
// territories.
func InCycle(ctx context.Context, q db.Q, cycle string) ([]COP, error) {
	rows, err := q.Query(ctx, `SELECT `+copColumns+` FROM cop WHERE cycle = $1 AND parent IS NULL ORDER BY territory`, cycle)
	return db.Collect(rows, err, func(r *db.Rows) (COP, error) { return scanCOP(r) })
}

// IDsOfRegion lists the ids of a region's COPs, for the roles held over it.
func IDsOfRegion(ctx context.Context, q db.Q, region string) ([]string, error) {
	rows, err := q.Query(ctx, `SELECT id FROM cop WHERE region = $1 ORDER BY id`, region)
	return db.Strings(rows, err)
}

// Change is what a person gives to edit a COP: all that they see in the form.
type Change struct {
	Name, Presentation, Contact string
	Patience                    int64
	Reason                      string
}

func (c Change) check() error {
	switch {
	case c.Name == "":
		return apperr.Invalidf("Donnez un nom à la COP.")
	case len(c.Presentation) > 100_000:
		return apperr.Invalidf("La présentation dépasse 100\u00a0000 caractères.")
	case c.Patience < 1 || c.Patience > 365:
		return apperr.Invalidf("Le délai d’attente va de 1 à 365 jours.")
	}
	return nil
}

// Save edits a COP as it was at revision rev. A COP that moved since is a
// conflict: nothing is saved, and the caller shows both versions.
func (m *Room) Save(ctx context.Context, a policy.Actor, id string, rev int64, in Change) (_ COP, err error) {
	defer apperr.Wrap(&err, "cop.Save(%s)", id)
	if err := in.check(); err != nil {
		return COP{}, err
	}
	var out COP
	err = db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		n, err := tx.Exec(ctx, `
			UPDATE cop SET rev = rev + 1, name = $3, presentation = $4, contact = $5, patience = $6
			 WHERE id = $1 AND rev = $2`, id, rev, in.Name, in.Presentation, in.Contact, in.Patience)
		if err != nil {
			return err
		}
		if out, err = Find(ctx, tx, id); err != nil {
			return err
		}
		if err := policy.Check(a, policy.Edit, out.Thing(policy.COP)); err != nil {
			return err
		}
		if n == 0 {
			return errMoved("cette COP")
		}
		if err := m.version(ctx, tx, "cop", out.ID, out.Rev, a.Person, in.Reason, out); err != nil {
			return err
		}
		return m.record(ctx, tx, a, "edit", "cop", id, out.Rev, id)
	})
	return out, err
}

func errMoved(what string) error {
	return apperr.Conflictf("Quelqu’un d’autre a modifié %s pendant votre saisie. Rien n’a été enregistré\u00a0: comparez les deux versions, puis recommencez.", what)
}

// version keeps a thing as it stood at a revision.
func (m *Room) version(ctx context.Context, tx db.Q, table, id string, rev int64, by, reason string, body any) error {
	text, err := json.Marshal(body)
	if err != nil {
		return err
	}
	key := "id"
	if table == "cycle" {
		key = "code"
	}
	_, err = db.Insert(ctx, tx, table+"_version", []string{key, "rev", "at", "by", "reason", "body"},
		[][]any{{id, rev, m.Now().UnixMilli(), by, reason, string(text)}}, "")
	return err
}

func (m *Room) record(ctx context.Context, tx db.Q, a policy.Actor, verb, kind, subject string, rev int64, copID string) error {
	return m.recordFor(ctx, tx, a, "", verb, kind, subject, rev, copID)
}

func (m *Room) recordFor(ctx context.Context, tx db.Q, a policy.Actor, actingFor, verb, kind, subject string, rev int64, copID string) error {
	if _, err := m.Journal.Record(ctx, tx, journal.Entry{Actor: a.Person, ActingFor: actingFor, Verb: verb, Kind: kind, Subject: subject, Rev: rev, COP: copID}); err != nil {
		return err
	}
	_, err := db.Bump(ctx, tx, Version, m.Now())
	return err
}

// Location is the time zone of a COP, UTC when it is not one.
func (c COP) Location() *time.Location {
	zone, err := time.LoadLocation(c.Zone)
	if err != nil {
		return time.UTC
	}
	return zone
}

// DayAt is the day it is at an instant where a COP is held.
func (c COP) DayAt(at time.Time) string { return at.In(c.Location()).Format(time.DateOnly) }

// EndOf is the instant at which a day is over where a COP is held: what was written before
// it stood at the end of that day.
func (c COP) EndOf(day string) (time.Time, error) {
	at, err := time.ParseInLocation(time.DateOnly, day, c.Location())
	return at.AddDate(0, 0, 1), err
}

// today is the day it is where a COP is held.
func (m *Room) today(c COP) string { return c.DayAt(m.Now()) }

// day checks a date that a person wrote.
func day(text, what string) error {
	if _, err := time.Parse(time.DateOnly, text); err != nil {
		return apperr.New(apperr.Invalid, err, "%s\u00a0: écrivez une date, par exemple 2024-05-27.", what)
	}
	return nil
}

// notFound reports whether an error says that a thing is not there.
func notFound(err error) bool {
	var e *apperr.Error
	return errors.As(err, &e) && e.Kind == apperr.NotFound
}
