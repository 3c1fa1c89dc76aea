package group

import (
	"context"
	"strings"
	"time"

	"jalon/internal/account"
	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/policy"
)

const columns = `g.id, g.rev, g.cop_id, g.parent, g.kind, g.name, g.mandate, g.expected, g.until_day, g.rule, g.themes, g.levers, g.departments, g.perimeters, g.secretariat, g.contact, g.part, g.state, g.closed_on, g.closed_reason, g.at`

func scan(r interface{ Scan(...any) error }, more ...any) (g Group, err error) {
	var themes, levers, departments, perimeters string
	var at int64
	err = r.Scan(append([]any{&g.ID, &g.Rev, &g.COP, &g.Parent, &g.Body, &g.Name, &g.Mandate, &g.Expected, &g.Until, &g.Rule, &themes, &levers, &departments, &perimeters, &g.Secretariat, &g.Contact, &g.Part, &g.State, &g.ClosedOn, &g.ClosedReason, &at}, more...)...)
	g.Themes, g.Levers, g.Departments, g.Perimeters = strings.Fields(themes), strings.Fields(levers), strings.Fields(departments), strings.Fields(perimeters)
	g.At = time.UnixMilli(at).UTC()
	return g, err
}

// Find returns a group by its id: anyone may know that it exists, and its mandate.
// What it does and who is in it asks Group.Thing.
func Find(ctx context.Context, q db.Q, id string) (Group, error) {
	g, err := scan(q.QueryRow(ctx, `SELECT `+columns+` FROM working_group g WHERE g.id = $1`, id))
	return g, db.OrNotFound(err, "Ce groupe n’existe pas.")
}

// Of lists the groups of a COP, those that are closed too, by name; how many sit in
// each on a day is counted when one is given. A COP has 120 of them at most.
func Of(ctx context.Context, q db.Q, copID, day string) (_ []Group, err error) {
	defer apperr.Wrap(&err, "group.Of(%s)", copID)
	rows, err := q.Query(ctx, `SELECT `+columns+`, COALESCE(n.members, 0) FROM working_group g
		LEFT JOIN (SELECT group_id, COUNT(*) AS members FROM working_group_member WHERE cop_id = $1 AND (from_day = '' OR from_day <= $2) AND (until_day = '' OR until_day >= $2) GROUP BY group_id) n ON n.group_id = g.id
		WHERE g.cop_id = $1 ORDER BY g.name_fold, g.id`, copID, day)
	return db.Collect(rows, err, func(r *db.Rows) (Group, error) {
		var n int64
		g, err := scan(r, &n)
		g.Members = n
		return g, err
	})
}

// Choice is a group in a list to choose from.
type Choice struct {
	ID, Name string // the name says within which group it is
	Open     bool   // anyone may read what it does
}

// Choices lists the active groups of a COP for a field that chooses one, each after
// the one that it is within.
func Choices(ctx context.Context, q db.Q, copID string) (_ []Choice, err error) {
	all, err := Of(ctx, q, copID, "")
	if err != nil {
		return nil, err
	}
	var out []Choice
	for _, x := range Tree(all) {
		if x.State == Active {
			out = append(out, Choice{ID: x.ID, Name: strings.Repeat("– ", x.Depth) + x.Name, Open: x.Part == policy.Public})
		}
	}
	return out, nil
}

// Names gives the names of the groups of a COP by their ids.
func Names(ctx context.Context, q db.Q, copID string) (map[string]string, error) {
	all, err := Of(ctx, q, copID, "")
	out := make(map[string]string, len(all))
	for _, g := range all {
		out[g.ID] = g.Name
	}
	return out, err
}

// Name gives the name of a group, empty when there is none of this id.
func Name(ctx context.Context, q db.Q, id string) (string, error) {
	if id == "" {
		return "", nil
	}
	g, err := Find(ctx, q, id)
	if apperr.KindOf(err) == apperr.NotFound && err != nil {
		return "", nil
	}
	return g.Name, err
}

// Placed tells the accounts where a group lies, so that a team may name who
// facilitates it, and how it is called.
func Placed(ctx context.Context, q db.Q, id string) (t policy.Thing, name, region string, err error) {
	g, err := Find(ctx, q, id)
	if err != nil {
		return t, "", "", err
	}
	c, err := cop.Find(ctx, q, g.COP)
	t = g.desk(c)
	return t, g.Name, c.Region, err
}

// Node is a group with how deep it is.
type Node struct {
	Group
	Depth int
}

// Tree sets each group after the one that it is within. One whose parent is not in
// the list stands alone.
func Tree(all []Group) []Node {
	known, under := map[string]bool{}, map[string][]Group{}
	for _, g := range all {
		known[g.ID] = true
	}
	for _, g := range all {
		parent := g.Parent
		if !known[parent] {
			parent = ""
		}
		under[parent] = append(under[parent], g)
	}
	var out []Node
	var walk func(parent string, depth int)
	walk = func(parent string, depth int) {
		for _, g := range under[parent] {
			out = append(out, Node{g, depth})
			walk(g.ID, depth+1)
		}
	}
	walk("", 0)
	return out
}

// Works returns a group that somebody may read from within, for a desk: its public
// part opens none.
func Works(ctx context.Context, q db.Q, a policy.Actor, id string) (g Group, c cop.COP, err error) {
	if g, err = Find(ctx, q, id); err != nil {
		return g, c, err
	}
	if c, err = cop.Find(ctx, q, g.COP); err != nil {
		return g, c, err
	}
	return g, c, policy.Check(a, policy.Read, g.desk(c))
}

// MayEdit reports whether somebody may change a group.
func MayEdit(a policy.Actor, g Group, c cop.COP) bool {
	return policy.Can(a, policy.Edit, g.desk(c))
}

// Facilitators lists who holds the role of facilitating a group, by name.
func Facilitators(ctx context.Context, q db.Q, id string) (_ []account.Role, err error) {
	defer apperr.Wrap(&err, "group.Facilitators(%s)", id)
	held, err := account.Holders(ctx, q, "group", id)
	var out []account.Role
	for _, x := range held {
		if x.Role == policy.Facilitator {
			out = append(out, x)
		}
	}
	return out, err
}

// Past is a version of a group.
type Past struct {
	Rev    int64
	At     time.Time
	By     string
	Reason string
	Body   string // the group as it was, in JSON
}

// History lists the versions of a group, the last first.
func History(ctx context.Context, q db.Q, id string) (_ []Past, err error) {
	defer apperr.Wrap(&err, "group.History(%s)", id)
	rows, err := q.Query(ctx, `SELECT rev, at, by, reason, body FROM working_group_version WHERE id = $1 ORDER BY rev DESC LIMIT 200`, id)
	return db.Collect(rows, err, func(r *db.Rows) (p Past, err error) {
		var at int64
		err = r.Scan(&p.Rev, &at, &p.By, &p.Reason, &p.Body)
		p.At = time.UnixMilli(at).UTC()
		return p, err
	})
}

// ActiveIn counts the active groups of each COP of a cycle that has some.
func ActiveIn(ctx context.Context, q db.Q, cycle string) (_ map[string]int64, err error) {
	defer apperr.Wrap(&err, "group.ActiveIn(%s)", cycle)
	rows, err := q.Query(ctx, `SELECT g.cop_id, COUNT(*) FROM working_group g JOIN cop c ON c.id = g.cop_id WHERE c.cycle = $1 AND g.state = 'active' GROUP BY g.cop_id`, cycle)
	out := map[string]int64{}
	_, err = db.Collect(rows, err, func(r *db.Rows) (struct{}, error) {
		var id string
		var n int64
		err := r.Scan(&id, &n)
		out[id] = n
		return struct{}{}, err
	})
	return out, err
}
