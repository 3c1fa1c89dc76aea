package knowledge

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/french"
	"jalon/internal/journal"
	"jalon/internal/policy"
)

const itemColumns = `i.id, i.rev, i.kind, i.region, i.department, i.org, i.author, COALESCE(i.origin, ''), i.organisation, i.raiser, i.territory, i.scale, i.theme, i.levers, i.title, i.text,
	i.result, i.contact, i.replicable, i.evidence, i.nature, i.level, i.source, i.link, i.day, i.state, i.said, i.shared, i.merged_into, i.grp, i.home, i.escalated_by, i.at, i.ticked`

func scanItem(r interface{ Scan(...any) error }) (x Item, err error) {
	var levers string
	var at int64
	err = r.Scan(&x.ID, &x.Rev, &x.Kind, &x.Region, &x.Department, &x.Org, &x.Author, &x.Origin, &x.Organisation, &x.Raiser, &x.Territory, &x.Scale, &x.Theme, &levers, &x.Title, &x.Text,
		&x.Result, &x.Contact, &x.Replicable, &x.Evidence, &x.Nature, &x.Level, &x.Source, &x.Link, &x.Day, &x.State, &x.Said, &x.Shared, &x.MergedInto, &x.Group, &x.Home, &x.EscalatedBy, &at, &x.Ticked)
	x.Levers, x.At = split(levers), time.UnixMilli(at).UTC()
	return x, err
}

func items(rows *db.Rows, err error) ([]Item, error) {
	return db.Collect(rows, err, func(r *db.Rows) (Item, error) { return scanItem(r) })
}

func oneItem(ctx context.Context, q db.Q, id string) (Item, error) {
	x, err := scanItem(q.QueryRow(ctx, `SELECT `+itemColumns+` FROM knowledge_item i WHERE i.id = $1`, id))
	return x, db.OrNotFound(err, "Cette page n’existe pas, ou elle est réservée à d’autres rôles que les vôtres.")
}

// Find returns an item that the actor may read.
func Find(ctx context.Context, q db.Q, a policy.Actor, id string) (x Item, err error) {
	if x, err = oneItem(ctx, q, id); err != nil {
		return x, err
	}
	return x, may(ctx, q, a, policy.Read, x)
}

// May reports whether an actor may do a verb to an item.
func May(ctx context.Context, q db.Q, a policy.Actor, v policy.Verb, x Item) (bool, error) {
	cops, err := cop.IDsOfRegion(ctx, q, x.Region)
	return policy.Can(a, v, x.Thing(cops)), err
}

func may(ctx context.Context, q db.Q, a policy.Actor, v policy.Verb, x Item) error {
	cops, err := cop.IDsOfRegion(ctx, q, x.Region)
	if err != nil {
		return err
	}
	return policy.Check(a, v, x.Thing(cops))
}

// Add keeps what somebody proposes: the team examines it before anyone reads it.
func (m *Room) Add(ctx context.Context, q db.Q, a policy.Actor, x Item) (_ Item, err error) {
	defer apperr.Wrap(&err, "knowledge.Add(%s)", x.Kind)
	if x, err = proposed(ctx, q, a, x); err != nil {
		return x, err
	}
	err = m.change(ctx, q, func(ctx context.Context, tx db.Q) error {
		x, _, err = m.insert(ctx, tx, a.Person, "", x)
		return err
	})
	return x, err
}

// proposed is what somebody proposes, once it is known that they may and that it holds.
func proposed(ctx context.Context, q db.Q, a policy.Actor, x Item) (Item, error) {
	x.Author, x.Origin, x.State, x.Said, x.Shared, x.MergedInto, x.Group, x.Home, x.Ticked = "", "", Proposed, "", false, "", "", "", false
	if err := may(ctx, q, a, policy.Create, x); err != nil {
		return x, err
	}
	x.Author = a.Person
	return x, x.check()
}

// insert writes a new item with its first version; fresh is false when its origin
// is there already.
func (m *Room) insert(ctx context.Context, tx db.Q, by, reason string, x Item) (_ Item, fresh bool, err error) {
	if x.ID == "" {
		if x.ID, err = m.IDs.New(); err != nil {
			return x, false, err
		}
	}
	x.Rev, x.At, x.Raiser = 1, m.Now().UTC().Truncate(time.Millisecond), raiserOf(x, french.Fold)
	var origin *string
	if x.Origin != "" {
		origin = &x.Origin
	}
	n, err := db.Insert(ctx, tx, "knowledge_item", strings.Fields(`id rev kind region department org author origin organisation raiser territory scale theme levers title text
		result contact replicable evidence nature level source link day state said shared merged_into grp home escalated_by at ticked`),
		[][]any{{x.ID, x.Rev, string(x.Kind), x.Region, x.Department, x.Org, x.Author, origin, x.Organisation, x.Raiser, x.Territory, x.Scale, x.Theme, strings.Join(x.Levers, " "), x.Title, x.Text,
			x.Result, x.Contact, x.Replicable, x.Evidence, x.Nature, x.Level, x.Source, x.Link, x.Day, string(x.State), x.Said, x.Shared, x.MergedInto, x.Group, x.Home, x.EscalatedBy, x.At.UnixMilli(), x.Ticked}}, "ON CONFLICT DO NOTHING")
	if err != nil || n == 0 {
		return x, false, err
	}
	if err := index(ctx, tx, x); err != nil {
		return x, true, err
	}
	return x, true, m.kept(ctx, tx, by, "create", "knowledge_item", string(x.Kind), x.ID, x.Rev, reason, x)
}

// index writes what an item is found by, in place of what it was.
func index(ctx context.Context, tx db.Q, x Item) error {
	for _, text := range []string{`DELETE FROM knowledge_lever WHERE item = $1`, `DELETE FROM knowledge_word WHERE item = $1`} {
		if _, err := tx.Exec(ctx, text, x.ID); err != nil {
			return err
		}
	}
	var levers, words [][]any
	for _, l := range x.Levers {
		levers = append(levers, []any{l, x.ID})
	}
	for _, w := range x.words() {
		words = append(words, []any{w, x.At.UnixMilli(), x.ID})
	}
	if _, err := db.Insert(ctx, tx, "knowledge_lever", []string{"lever", "item"}, levers, ""); err != nil {
		return err
	}
	_, err := db.Insert(ctx, tx, "knowledge_word", []string{"word", "at", "item"}, words, "")
	return err
}

// Propose keeps what was made from something else, an answer to a questionnaire:
// origin names it, so that the same one, given again, corrects the item until the
// team has retained or set it aside, and never doubles it. After that the team's
// decision stands, and a correction that differs comes back to be examined. Give
// it the transaction of the job; by is who answered, empty when nobody signed in.
func (m *Room) Propose(ctx context.Context, tx db.Q, origin, by string, in Item) (x Item, changed bool, err error) {
	defer apperr.Wrap(&err, "knowledge.Propose(%s)", origin)
	if origin == "" || len(origin) > 300 {
		return x, false, errors.New("knowledge: an origin names one thing")
	}
	in.Origin, in.Author, in.State = origin, by, Proposed
	in.Said, in.Shared, in.MergedInto, in.Group, in.Home, in.ID = "", false, "", "", "", ""
	if err := in.check(); err != nil {
		return x, false, err
	}
	err = m.change(ctx, tx, func(ctx context.Context, tx db.Q) error {
		out, fresh, err := m.insert(ctx, tx, by, fromAnswer, in)
		if err != nil || fresh {
			x, changed = out, fresh
			return err
		}
		// The row is locked before it is read: two jobs come one after the other.
		if _, err := tx.Exec(ctx, `UPDATE knowledge_item SET rev = rev WHERE origin = $1`, origin); err != nil {
			return err
		}
		was, err := scanItem(tx.QueryRow(ctx, `SELECT `+itemColumns+` FROM knowledge_item i WHERE i.origin = $1`, origin))
		if err != nil {
			return err
		}
		gave, err := given(ctx, tx, was)
		if err != nil {
			return err
		}
		// Held against what the answer said, not against what the team made of it.
		if x = was; gave.says(in) {
			if was.dropped() {
				x, err = m.again(ctx, tx, by, was)
				changed = err == nil
			}
			return err
		}
		if in.Kind != was.Kind || in.Region != was.Region {
			return apperr.Conflictf("Cette réponse a déjà donné un élément d’une autre nature ou d’une autre région.")
		}
		in.ID, in.Rev = was.ID, was.Rev
		if was.dropped() { // said again, otherwise
			if _, err := tx.Exec(ctx, `UPDATE knowledge_item SET said = '' WHERE id = $1`, was.ID); err != nil {
				return err
			}
		}
		x, err = m.write(ctx, tx, by, fromCorrection, in, Proposed)
		changed = err == nil
		return err
	})
	return x, changed, err
}

// says reports whether two items say the same.
func (x Item) says(y Item) bool {
	a, b := x, y
	for _, p := range []*Item{&a, &b} {
		p.ID, p.Rev, p.State, p.Said, p.Shared, p.MergedInto, p.Group, p.Home, p.At, p.Raiser, p.Origin, p.Author, p.EscalatedBy, p.Ticked = "", 0, "", "", false, "", "", "", time.Time{}, "", "", "", "", false
		if len(p.Levers) == 0 {
			p.Levers = []string{}
		}
	}
	left, err := json.Marshal(a)
	right, err2 := json.Marshal(b)
	return err == nil && err2 == nil && string(left) == string(right)
}

// Save edits the words of an item as it was at a revision. Its author corrects it
// until the team has decided; the team at any time.
func (m *Room) Save(ctx context.Context, q db.Q, a policy.Actor, in Item, reason string) (x Item, err error) {
	defer apperr.Wrap(&err, "knowledge.Save(%s)", in.ID)
	if err := in.check(); err != nil {
		return x, err
	}
	err = m.change(ctx, q, func(ctx context.Context, tx db.Q) error {
		was, err := lock(ctx, tx, in.ID)
		if err != nil {
			return err
		}
		if err := may(ctx, tx, a, policy.Edit, was); err != nil {
			return err
		}
		team, err := May(ctx, tx, a, policy.Judge, was)
		if err != nil {
			return err
		}
		if !team && was.State != Proposed && was.State != Incomplete {
			return apperr.New(apperr.Forbidden, nil, "L’équipe de la COP s’est prononcée\u00a0: elle seule corrige ce texte maintenant. Rien n’a été enregistré.")
		}
		if was.Rev != in.Rev {
			x = was
			return errMoved("ce " + was.Kind.Name())
		}
		state := was.State
		if !team {
			state = Proposed // completed: it comes back to be examined
		}
		in.Kind, in.Region, in.Org, in.Author, in.Origin = was.Kind, was.Region, was.Org, was.Author, was.Origin
		if err := takenUp(ctx, tx, was); err != nil {
			return err
		}
		x, err = m.write(ctx, tx, a.Person, reason, in, state)
		return err
	})
	return x, err
}

// takenUp counts an item that is locked among what people wrote, from the moment
// that one of them wrote in it or retained it.
func takenUp(ctx context.Context, tx db.Q, was Item) error {
	if !was.Ticked {
		return nil
	}
	_, err := tx.Exec(ctx, `UPDATE knowledge_item SET ticked = $2 WHERE id = $1`, was.ID, false)
	return err
}

// lock takes the row of an item until the transaction ends, and reads it.
func lock(ctx context.Context, tx db.Q, id string) (Item, error) {
	if _, err := tx.Exec(ctx, `UPDATE knowledge_item SET rev = rev WHERE id = $1`, id); err != nil {
		return Item{}, err
	}
	return oneItem(ctx, tx, id)
}

// write replaces the words of an item that is locked, as they were at its
// revision.
func (m *Room) write(ctx context.Context, tx db.Q, by, reason string, in Item, state State) (x Item, err error) {
	in.Raiser = raiserOf(in, french.Fold)
	n, err := tx.Exec(ctx, `
		UPDATE knowledge_item SET rev = rev + 1, department = $3, organisation = $4, raiser = $5, territory = $6, scale = $7, theme = $8, levers = $9, title = $10, text = $11, result = $12,
		       contact = $13, replicable = $14, evidence = $15, nature = $16, level = $17, source = $18, link = $19, day = $20, state = $21
		 WHERE id = $1 AND rev = $2`, in.ID, in.Rev, in.Department, in.Organisation, in.Raiser, in.Territory, in.Scale, in.Theme, strings.Join(in.Levers, " "), in.Title, in.Text, in.Result,
		in.Contact, in.Replicable, in.Evidence, in.Nature, in.Level, in.Source, in.Link, in.Day, string(state))
	if err != nil {
		return x, err
	}
	if x, err = oneItem(ctx, tx, in.ID); err != nil {
		return x, err
	}
	if n == 0 {
		return x, errMoved("ce " + x.Kind.Name())
	}
	if err := index(ctx, tx, x); err != nil {
		return x, err
	}
	groups := []string{x.Group}
	if x.MergedInto != "" {
		root, err := oneItem(ctx, tx, x.MergedInto)
		if err != nil {
			return x, err
		}
		groups = append(groups, root.Group)
	}
	if err := m.recount(ctx, tx, groups...); err != nil {
		return x, err
	}
	return x, m.kept(ctx, tx, by, "edit", "knowledge_item", string(x.Kind), x.ID, x.Rev, reason, x)
}

// kept writes the version of a thing and its row of the journal.
func (m *Room) kept(ctx context.Context, tx db.Q, by, verb, table, kind, id string, rev int64, reason string, body any) error {
	text, err := json.Marshal(body)
	if err != nil {
		return err
	}
	if _, err := db.Insert(ctx, tx, table+"_version", []string{"id", "rev", "at", "by", "reason", "body"}, [][]any{{id, rev, m.Now().UnixMilli(), by, reason, string(text)}}, ""); err != nil {
		return err
	}
	_, err = m.Journal.Record(ctx, tx, journal.Entry{Actor: by, Verb: verb, Kind: kind, Subject: id, Rev: rev})
	return err
}

// change runs what writes, and moves what public pages are kept by as its last
// statement: two changes at once then never wait for each other both ways.
func (m *Room) change(ctx context.Context, q db.Q, do func(ctx context.Context, tx db.Q) error) error {
	return db.Tx(ctx, q, func(ctx context.Context, tx db.Q) error {
		if err := do(ctx, tx); err != nil {
			return err
		}
		_, err := db.Bump(ctx, tx, Version, m.Now())
		return err
	})
}

// Past is one version of an item: what was said, when, and why it changed.
type Past struct {
	Rev    int64
	At     time.Time
	By     string
	Reason string
	Item   Item
}

// History lists the versions of an item, the last first, at most fifty.
func History(ctx context.Context, q db.Q, id string) ([]Past, error) {
	rows, err := q.Query(ctx, `SELECT rev, at, by, reason, body FROM knowledge_item_version WHERE id = $1 ORDER BY rev DESC LIMIT 50`, id)
	return db.Collect(rows, err, func(r *db.Rows) (p Past, err error) {
		var at int64
		var body string
		if err := r.Scan(&p.Rev, &at, &p.By, &p.Reason, &body); err != nil {
			return p, err
		}
		p.At = time.UnixMilli(at).UTC()
		return p, json.Unmarshal([]byte(body), &p.Item)
	})
}
