package aid

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strings"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/french"
	"jalon/internal/journal"
	"jalon/internal/policy"
)

const columns = `x.id, x.rev, x.owner, x.state, x.checked, x.broken, x.tried, x.changed, x.body, x.ours`

func scan(r interface{ Scan(...any) error }, more ...any) (x Aid, err error) {
	var state, body, ours string
	var changed int64
	if err := r.Scan(append([]any{&x.ID, &x.Rev, &x.Owner, &state, &x.Checked, &x.Broken, &x.Tried, &changed, &body, &ours}, more...)...); err != nil {
		return x, err
	}
	x.State, x.Changed = State(state), time.UnixMilli(changed).UTC()
	if err := json.Unmarshal([]byte(body), &x.Facts); err != nil {
		return x, err
	}
	return x, json.Unmarshal([]byte(ours), &x.Ours)
}

const noAid = "Cette aide n’existe pas, ou n’existe plus."

func one(ctx context.Context, q db.Q, id string) (x Aid, err error) {
	var texts string
	x, err = scan(q.QueryRow(ctx, `SELECT `+columns+`, x.texts FROM aid x WHERE x.id = $1`, id), &texts)
	if err != nil {
		return x, db.OrNotFound(err, noAid)
	}
	return x, json.Unmarshal([]byte(texts), &x.Texts)
}

// Find returns an aid with its texts, as it was written: what a local version takes from
// its generic aid is on the shelf.
func Find(ctx context.Context, q db.Q, id string) (_ Aid, err error) {
	defer apperr.Wrap(&err, "aid.Find(%q)", id)
	return one(ctx, q, id)
}

// May reports whether an actor may do a verb to an aid.
func May(ctx context.Context, q db.Q, a policy.Actor, v policy.Verb, x Aid) (bool, error) {
	t, err := thing(ctx, q, x)
	return policy.Can(a, v, t), err
}

func thing(ctx context.Context, q db.Q, x Aid) (policy.Thing, error) {
	if x.Owner == "" {
		return x.Thing(nil), nil
	}
	cops, err := cop.IDsOfRegion(ctx, q, x.Owner)
	return x.Thing(cops), err
}

func may(ctx context.Context, q db.Q, a policy.Actor, v policy.Verb, x Aid) error {
	t, err := thing(ctx, q, x)
	if err != nil {
		return err
	}
	return policy.Check(a, v, t)
}

// packed is an aid as its columns hold it.
type packed struct{ body, texts, ours, digest string }

func (x Aid) packed() (p packed, err error) {
	for _, t := range []struct {
		v  any
		to *string
	}{{x.Facts, &p.body}, {x.Texts, &p.texts}, {x.Ours, &p.ours}} {
		b, err := json.Marshal(t.v)
		if err != nil {
			return p, err
		}
		*t.to = string(b)
	}
	// The day of reading is no change of the aid.
	f := x.Facts
	f.ReadOn = ""
	b, err := json.Marshal(f)
	sum := sha256.Sum256(append(b, p.texts...))
	p.digest = hex.EncodeToString(sum[:16])
	return p, err
}

var rowColumns = strings.Fields(`id rev owner origin state name sort checked broken tried digest run changed body texts ours`)

// Add keeps a new aid, of the nation or of the region that owns it.
func (m *Room) Add(ctx context.Context, q db.Q, a policy.Actor, x Aid) (_ Aid, err error) {
	defer apperr.Wrap(&err, "aid.Add")
	x.ID, x.Rev, x.SourceID, x.State, x.Broken, x.Tried = "", 1, "", Published, false, ""
	if err := may(ctx, q, a, policy.Create, x); err != nil {
		return x, err
	}
	x.Checked = m.Today()
	if err := x.check(); err != nil {
		return x, err
	}
	err = m.change(ctx, q, func(ctx context.Context, tx db.Q) error {
		if err := m.tied(ctx, tx, x); err != nil {
			return err
		}
		x, _, err = m.insert(ctx, tx, a.Person, "", "", x)
		return err
	})
	return x, err
}

// insert writes a new aid with its first version; fresh is false when its origin is there.
func (m *Room) insert(ctx context.Context, tx db.Q, by, reason, origin string, x Aid) (_ Aid, fresh bool, err error) {
	if x.ID == "" {
		if x.ID, err = m.IDs.New(); err != nil {
			return x, false, err
		}
	}
	x.Changed = m.Now().UTC().Truncate(time.Millisecond)
	p, err := x.packed()
	if err != nil {
		return x, false, err
	}
	var from *string
	if origin != "" {
		from = &origin
	}
	n, err := db.Insert(ctx, tx, "aid", rowColumns, [][]any{{x.ID, x.Rev, x.Owner, from, string(x.State), x.Name, french.SortKey(x.Name), x.Checked, x.Broken, x.Tried, p.digest, "", x.Changed.UnixMilli(), p.body, p.texts, p.ours}}, "ON CONFLICT DO NOTHING")
	if err != nil || n == 0 {
		return x, false, err
	}
	return x, true, m.kept(ctx, tx, by, "create", reason, x, p)
}

func (m *Room) kept(ctx context.Context, tx db.Q, by, verb, reason string, x Aid, p packed) error {
	if _, err := db.Insert(ctx, tx, "aid_version", strings.Fields(`id rev at by reason body texts ours`), [][]any{{x.ID, x.Rev, m.Now().UnixMilli(), by, reason, p.body, p.texts, p.ours}}, ""); err != nil {
		return err
	}
	_, err := m.Journal.Record(ctx, tx, journal.Entry{Actor: by, Verb: verb, Kind: "aid", Subject: x.ID, Rev: x.Rev})
	return err
}

// lock takes the row of an aid until the transaction ends, and reads it.
func lock(ctx context.Context, tx db.Q, id string) (Aid, error) {
	if _, err := tx.Exec(ctx, `UPDATE aid SET rev = rev WHERE id = $1`, id); err != nil {
		return Aid{}, err
	}
	return one(ctx, tx, id)
}

// Save writes an aid as it was at a revision. Of one that a source holds, only what is ours
// and its state move: the rest is corrected there. The second of two writers gets a
// conflict, and the aid as it is now.
func (m *Room) Save(ctx context.Context, q db.Q, a policy.Actor, in Aid, reason string) (x Aid, err error) {
	defer apperr.Wrap(&err, "aid.Save(%s)", in.ID)
	err = m.change(ctx, q, func(ctx context.Context, tx db.Q) error {
		was, err := lock(ctx, tx, in.ID)
		if err != nil {
			return err
		}
		if err := may(ctx, tx, a, policy.Edit, was); err != nil {
			return err
		}
		if was.Rev != in.Rev {
			x = was
			return errMoved()
		}
		in.Owner, in.Broken, in.Tried, in.SourceID = was.Owner, was.Broken, was.Tried, was.SourceID
		if was.Imported() {
			in.Facts, in.Texts = was.Facts, was.Texts
		}
		if in.State.Name() == "" {
			in.State = was.State
		}
		if in.Address != was.Address || in.Origin != was.Origin || in.Apply != was.Apply {
			in.Broken, in.Tried = false, ""
		}
		in.Checked = m.Today()
		if err := in.check(); err != nil {
			return err
		}
		if err := m.tied(ctx, tx, in); err != nil {
			return err
		}
		x, err = m.write(ctx, tx, a.Person, "edit", reason, in)
		return err
	})
	return x, err
}

// tied refuses a generic aid or an edition before that are not there, a chain that comes
// back to itself, and a local version of a local version.
func (m *Room) tied(ctx context.Context, tx db.Q, x Aid) error {
	if x.Generic != "" {
		g, err := one(ctx, tx, x.Generic)
		if apperr.KindOf(err) == apperr.NotFound && err != nil || err == nil && g.Generic != "" {
			return fault("generic", "Cette aide générique n’existe pas, ou est elle-même une version locale.")
		}
		if err != nil {
			return err
		}
	}
	seen := map[string]bool{x.ID: true}
	for id := x.Previous; id != ""; {
		if seen[id] {
			return fault("previous", "Ces éditions se suivraient en rond\u00a0: choisissez une édition plus ancienne.")
		}
		seen[id] = true
		p, err := one(ctx, tx, id)
		if apperr.KindOf(err) == apperr.NotFound && err != nil {
			return fault("previous", "Cette édition précédente n’existe pas.")
		}
		if err != nil {
			return err
		}
		id = p.Previous
	}
	return nil
}

// write replaces an aid that is locked, at its revision.
func (m *Room) write(ctx context.Context, tx db.Q, by, verb, reason string, x Aid) (_ Aid, err error) {
	was := x.Rev
	x.Rev, x.Changed = was+1, m.Now().UTC().Truncate(time.Millisecond)
	p, err := x.packed()
	if err != nil {
		return x, err
	}
	n, err := tx.Exec(ctx, `
		UPDATE aid SET rev = rev + 1, state = $3, name = $4, sort = $5, checked = $6, broken = $7, tried = $8, digest = $9, changed = $10, body = $11, texts = $12, ours = $13
		 WHERE id = $1 AND rev = $2`, x.ID, was, string(x.State), x.Name, french.SortKey(x.Name), x.Checked, x.Broken, x.Tried, p.digest, x.Changed.UnixMilli(), p.body, p.texts, p.ours)
	if err != nil {
		return x, err
	}
	if n == 0 {
		return x, errMoved()
	}
	return x, m.kept(ctx, tx, by, verb, reason, x, p)
}

func errMoved() error {
	return apperr.Conflictf("Quelqu’un a changé cette aide pendant que vous l’écriviez. Rien de ce que vous avez tapé n’est perdu\u00a0: comparez les deux versions, puis enregistrez à nouveau.")
}

// change runs what writes, and moves what public pages are kept by as its last statement.
func (m *Room) change(ctx context.Context, q db.Q, do func(ctx context.Context, tx db.Q) error) error {
	return db.Tx(ctx, q, func(ctx context.Context, tx db.Q) error {
		if err := do(ctx, tx); err != nil {
			return err
		}
		_, err := db.Bump(ctx, tx, Version, m.Now())
		return err
	})
}

// Past is one version of an aid.
type Past struct {
	Rev    int64
	At     time.Time
	By     string
	Reason string
	Aid    Aid
}

// History lists the versions of an aid, the last first, at most fifty.
func History(ctx context.Context, q db.Q, id string) (_ []Past, err error) {
	defer apperr.Wrap(&err, "aid.History(%q)", id)
	rows, err := q.Query(ctx, `SELECT rev, at, by, reason, body, texts, ours FROM aid_version WHERE id = $1 ORDER BY rev DESC LIMIT 50`, id)
	return db.Collect(rows, err, func(r *db.Rows) (p Past, err error) {
		var at int64
		var body, texts, ours string
		if err := r.Scan(&p.Rev, &at, &p.By, &p.Reason, &body, &texts, &ours); err != nil {
			return p, err
		}
		p.At = time.UnixMilli(at).UTC()
		p.Aid.ID, p.Aid.Rev = id, p.Rev
		for _, t := range []struct {
			text string
			to   any
		}{{body, &p.Aid.Facts}, {texts, &p.Aid.Texts}, {ours, &p.Aid.Ours}} {
			if err := json.Unmarshal([]byte(t.text), t.to); err != nil {
				return p, err
			}
		}
		return p, nil
	})
}
