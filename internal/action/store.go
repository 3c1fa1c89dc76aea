package action

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/french"
	"jalon/internal/journal"
	"jalon/internal/policy"
	"jalon/internal/textmining"
)

const columns = `x.id, x.rev, x.state, x.seq, x.pool_state, x.changed, x.body`

func scan(r interface{ Scan(...any) error }) (x Action, err error) {
	var id, state, pool, body string
	var rev, seq, changed int64
	if err := r.Scan(&id, &rev, &state, &seq, &pool, &changed, &body); err != nil {
		return x, err
	}
	err = json.Unmarshal([]byte(body), &x)
	x.ID, x.Rev, x.State, x.Seq, x.PoolState, x.Changed = id, rev, State(state), seq, pool, time.UnixMilli(changed).UTC()
	return x, err
}

func collect(rows *db.Rows, err error) ([]Action, error) {
	return db.Collect(rows, err, func(r *db.Rows) (Action, error) { return scan(r) })
}

const noAction = "Cette page n’existe pas, ou elle est réservée à d’autres rôles que les vôtres."

func one(ctx context.Context, q db.Q, id string) (Action, error) {
	x, err := scan(q.QueryRow(ctx, `SELECT `+columns+` FROM action x WHERE x.id = $1`, id))
	return x, db.OrNotFound(err, noAction)
}

// Find returns an action that the actor may read, with its COP.
func Find(ctx context.Context, q db.Q, a policy.Actor, id string) (x Action, c cop.COP, err error) {
	defer apperr.Wrap(&err, "action.Find(%q)", id)
	if x, err = one(ctx, q, id); err != nil {
		return x, c, err
	}
	if c, err = cop.Find(ctx, q, x.COP); err != nil {
		return x, c, err
	}
	return x, c, policy.Check(a, policy.Read, x.Thing(c))
}

// Numbered returns the action of a COP that has a number, for who may read it.
func Numbered(ctx context.Context, q db.Q, a policy.Actor, c cop.COP, n int64) (x Action, err error) {
	defer apperr.Wrap(&err, "action.Numbered(%s, %d)", c.ID, n)
	x, err = scan(q.QueryRow(ctx, `SELECT `+columns+` FROM action x WHERE x.cop_id = $1 AND x.seq = $2`, c.ID, n))
	if err = db.OrNotFound(err, noAction); err != nil {
		return x, err
	}
	return x, policy.Check(a, policy.Read, x.Thing(c))
}

// Add keeps a new action, as a draft or as proposed, and gives it its number.
func (m *Room) Add(ctx context.Context, q db.Q, a policy.Actor, c cop.COP, x Action) (_ Action, err error) {
	defer apperr.Wrap(&err, "action.Add(%s)", c.ID)
	x.ID, x.Rev, x.COP, x.Cycle, x.Region, x.Author = "", 1, c.ID, c.Cycle, c.Region, a.Person
	x.PoolState, x.MergedInto, x.List, x.RetainedOn = "", "", "", ""
	if x.State != Proposed {
		x.State = Draft
	}
	if err := policy.Check(a, policy.Create, x.Thing(c)); err != nil {
		return x, err
	}
	if err := x.check(); err != nil {
		return x, err
	}
	err = m.change(ctx, q, func(ctx context.Context, tx db.Q) error {
		x, err = m.insert(ctx, tx, a.Person, "", x)
		return err
	})
	return x, err
}

// insert gives a new action its id and its number, and writes it.
func (m *Room) insert(ctx context.Context, tx db.Q, by, reason string, x Action) (_ Action, err error) {
	if x.ID, err = m.IDs.New(); err != nil {
		return x, err
	}
	// The row of the COP is held: two actions never have the same number.
	if _, err := tx.Exec(ctx, `UPDATE cop SET rev = rev WHERE id = $1`, x.COP); err != nil {
		return x, err
	}
	if err := tx.QueryRow(ctx, `SELECT COALESCE(MAX(seq), 0) + 1 FROM action WHERE cop_id = $1`, x.COP).Scan(&x.Seq); err != nil {
		return x, err
	}
	x.At = m.Now().UTC().Truncate(time.Millisecond)
	x.Changed, x.Rev = x.At, 1
	row, err := x.row()
	if err != nil {
		return x, err
	}
	if _, err := db.Insert(ctx, tx, "action", rowColumns, [][]any{row}, ""); err != nil {
		return x, err
	}
	if err := x.tied(ctx, tx); err != nil {
		return x, err
	}
	if err := x.index(ctx, tx); err != nil {
		return x, err
	}
	if err := m.met(ctx, tx, by, Action{}, x); err != nil {
		return x, err
	}
	return x, m.kept(ctx, tx, by, "create", reason, x)
}

var rowColumns = strings.Fields(`id rev cop_id cycle region seq kind state pool_state author origin title sort theme cross_theme lever holder_org holder department step phase status
	starts ends first_year last_year invest operation funded kg budget_hidden funding_hidden impact_hidden complete merged_into list_id at changed body`)

// row is an action as its columns hold it.
func (x Action) row() ([]any, error) {
	body, err := json.Marshal(x)
	if err != nil {
		return nil, err
	}
	var origin *string
	if x.Origin != "" {
		origin = &x.Origin
	}
	return []any{x.ID, x.Rev, x.COP, x.Cycle, x.Region, x.Seq, string(x.Kind), string(x.State), x.PoolState, x.Author, origin, x.Title, french.SortKey(x.Title), x.Theme, x.Cross, x.Central(), x.Holder.Org,
		x.Holder.Name, x.Department(), x.Step, x.Phase, x.Status, x.Starts, x.Ends, int64(YearOf(x.Starts)), int64(YearOf(x.Ends)), x.Budget.Invest, x.Budget.Operation, x.funded(), x.brings(), slices.Contains(x.Hidden, "budget"), slices.Contains(x.Hidden, "funding"), slices.Contains(x.Hidden, "impact"), int64(x.Completeness().Points), x.MergedInto, x.List,
		x.At.UnixMilli(), x.Changed.UnixMilli(), string(body)}, nil
}

// YearOf reads the year of a date that may be a year, a month or a day, 0 for none.
func YearOf(day string) int {
	if len(day) < 4 {
		return 0
	}
	n, err := strconv.Atoi(day[:4])
	if err != nil {
		return 0
	}
	return n
}

// funded is what funders granted or paid, nil when none did.
func (x Action) funded() *int64 {
	var sum int64
	known := false
	for _, f := range x.Funding {
		if f.Amount != nil && (f.State == "granted" || f.State == "paid") {
			sum, known = sum+*f.Amount, true
		}
	}
	if !known {
		return nil
	}
	return &sum
}

// brings is what a sectoral action brings to all its levers, nil when nothing of it is
// quantified.
func (x Action) brings() *int64 {
	var sum int64
	known := false
	for _, p := range x.Impacts {
		if p.Kg != nil && x.Kind == Sectoral {
			sum, known = sum+int64(*p.Kg), true
		}
	}
	if !known {
		return nil
	}
	return &sum
}

// write replaces an action that is at revision x.Rev, and its index; false when
// somebody changed it meanwhile.
func (m *Room) write(ctx context.Context, tx db.Q, by, verb, reason string, x Action) (_ Action, fresh bool, err error) {
	was := x.Rev
	x.Rev, x.Changed = was+1, m.Now().UTC().Truncate(time.Millisecond)
	row, err := x.row()
	if err != nil {
		return x, false, err
	}
	sets := make([]string, len(rowColumns))
	for i, c := range rowColumns {
		sets[i] = c + " = $" + strconv.Itoa(i+1)
	}
	n, err := tx.Exec(ctx, `UPDATE action SET `+strings.Join(sets[1:], ", ")+` WHERE id = $1 AND rev = $`+strconv.Itoa(len(row)+1), append(row, was)...)
	if err != nil || n == 0 {
		return x, false, err
	}
	if err := x.index(ctx, tx); err != nil {
		return x, true, err
	}
	return x, true, m.kept(ctx, tx, by, verb, reason, x)
}

// lock takes the row of an action until the transaction ends, and reads it.
func lock(ctx context.Context, tx db.Q, id string) (Action, error) {
	if _, err := tx.Exec(ctx, `UPDATE action SET rev = rev WHERE id = $1`, id); err != nil {
		return Action{}, err
	}
	return one(ctx, tx, id)
}

// Save writes an action as it was at a revision. Its authors correct it until the team
// has qualified it; the team at any time, with its reason once it is retained. What an
// edit never moves (state, number, grid, list) is kept as it was. The second of two
// writers gets a conflict, and the action as it is now.
func (m *Room) Save(ctx context.Context, q db.Q, a policy.Actor, in Action, reason string) (x Action, err error) {
	defer apperr.Wrap(&err, "action.Save(%s)", in.ID)
	err = m.change(ctx, q, func(ctx context.Context, tx db.Q) error {
		if len(in.Relations) > 0 {
			// Whoever holds a COP and its actions takes the COP first: see tied.
			if _, err := tx.Exec(ctx, `UPDATE cop SET rev = rev WHERE id = (SELECT cop_id FROM action WHERE id = $1)`, in.ID); err != nil {
				return err
			}
		}
		was, err := lock(ctx, tx, in.ID)
		if err != nil {
			return err
		}
		if err := m.mayEdit(ctx, tx, a, was); err != nil {
			return err
		}
		if was.Rev != in.Rev {
			x = was
			return errMoved()
		}
		in.COP, in.Cycle, in.Region, in.Seq, in.State, in.Author, in.Origin, in.At = was.COP, was.Cycle, was.Region, was.Seq, was.State, was.Author, was.Origin, was.At
		in = m.dated(was, in)
		in.Grid, in.PoolState, in.MergedInto, in.List, in.RetainedOn = was.Grid, was.PoolState, was.MergedInto, was.List, was.RetainedOn
		in.Debate = was.Debate
		if err := in.check(); err != nil {
			return err
		}
		if was.State == Retained && strings.TrimSpace(reason) == "" {
			return fault("reason", "Cette action est retenue\u00a0: dites pourquoi vous la changez.")
		}
		if err := in.tied(ctx, tx); err != nil {
			return err
		}
		in.Files = was.Files
		if err := m.met(ctx, tx, a.Person, was, in); err != nil {
			return err
		}
		x, _, err = m.write(ctx, tx, a.Person, "edit", reason, in)
		return err
	})
	return x, err
}

// dated gives today to a status that somebody changes without saying when.
func (m *Room) dated(was, in Action) Action {
	if in.Status != "" && in.Status != was.Status && in.StatusOn == "" {
		in.StatusOn = m.Now().UTC().Format(time.DateOnly)
	}
	return in
}

// mayEdit refuses whoever may not change an action now.
func (m *Room) mayEdit(ctx context.Context, q db.Q, a policy.Actor, x Action) error {
	c, err := cop.Find(ctx, q, x.COP)
	if err != nil {
		return err
	}
	if err := policy.Check(a, policy.Edit, x.Thing(c)); err != nil {
		return err
	}
	switch {
	case x.State == Merged:
		return apperr.Conflictf("Cette action a été fusionnée avec une autre\u00a0: modifiez celle qui la remplace. Rien n’a été enregistré.")
	case x.State == Retaining:
		return apperr.Conflictf("Cette action attend la validation des deux têtes\u00a0: elle ne change pas pendant ce temps. Rien n’a été enregistré.")
	case x.State != Draft && x.State != Proposed && x.State != Pool && !policy.Can(a, policy.Judge, x.Thing(c)):
		return apperr.New(apperr.Forbidden, nil, "L’équipe de la COP a qualifié cette action\u00a0: elle seule la change maintenant. Rien n’a été enregistré.")
	}
	return nil
}

func errMoved() error {
	return apperr.Conflictf("Quelqu’un a changé cette action pendant que vous l’écriviez. Rien de ce que vous avez tapé n’est perdu\u00a0: comparez les deux versions, puis enregistrez à nouveau.")
}

// kept writes the version of an action and its row of the journal.
func (m *Room) kept(ctx context.Context, tx db.Q, by, verb, reason string, x Action) error {
	body, err := json.Marshal(x)
	if err != nil {
		return err
	}
	if _, err := db.Insert(ctx, tx, "action_version", []string{"id", "rev", "at", "by", "reason", "body"}, [][]any{{x.ID, x.Rev, m.Now().UnixMilli(), by, reason, string(body)}}, ""); err != nil {
		return err
	}
	touch(ctx, x.COP)
	_, err = m.Journal.Record(ctx, tx, journal.Entry{Actor: by, ActingFor: through(ctx), Verb: verb, Kind: "action", Subject: x.ID, Rev: x.Rev, COP: x.COP})
	return err
}

// change runs what writes, and moves what public pages are kept by as its last
// statement.
func (m *Room) change(ctx context.Context, q db.Q, do func(ctx context.Context, tx db.Q) error) error {
	return db.Tx(ctx, q, func(ctx context.Context, tx db.Q) error {
		cops := map[string]bool{}
		if err := do(context.WithValue(ctx, touched{}, cops), tx); err != nil {
			return err
		}
		return m.moved(ctx, tx, slices.Sorted(maps.Keys(cops))...)
	})
}

// touched is where a change gathers the COPs whose actions it wrote.
type touched struct{}

func touch(ctx context.Context, copID string) {
	if cops, ok := ctx.Value(touched{}).(map[string]bool); ok {
		cops[copID] = true
	}
}

// VersionOf is the name of the version of the actions of one COP: what is summed over
// the nation is read again for the COPs that moved alone.
func VersionOf(copID string) string { return Version + ":" + copID }

// moved tells what is kept of actions that they changed: the last statements of a
// transaction, in one order whoever makes them.
func (m *Room) moved(ctx context.Context, tx db.Q, cops ...string) error {
	for _, c := range cops {
		if _, err := db.Bump(ctx, tx, VersionOf(c), m.Now()); err != nil {
			return err
		}
	}
	_, err := db.Bump(ctx, tx, Version, m.Now())
	return err
}

// mostWords bounds the words that one action is found by.
const mostWords = 200

// index writes what an action is found and summed by, in place of what was there.
func (x Action) index(ctx context.Context, tx db.Q) error {
	for _, text := range []string{`DELETE FROM action_lever WHERE action_id = $1`, `DELETE FROM action_place WHERE action_id = $1`, `DELETE FROM action_relation WHERE action_id = $1`,
		`DELETE FROM action_word WHERE action_id = $1`, `DELETE FROM action_impact WHERE action_id = $1`} {
		if _, err := tx.Exec(ctx, text, x.ID); err != nil {
			return err
		}
	}
	var w indexed
	w.add(x)
	if err := w.write(ctx, tx); err != nil {
		return err
	}
	return recount(ctx, tx, x.ID)
}

// words are the stems that an action is found by: its title first, for a long text is
// cut.
func (x Action) words() []string {
	seen := map[string]bool{}
	var out []string
	for _, w := range textmining.NewStemmer().Stems(x.Title + " " + x.Holder.Name + " " + x.Summary) {
		if !seen[w] && len(out) < mostWords {
			seen[w] = true
			out = append(out, w)
		}
	}
	return out
}
