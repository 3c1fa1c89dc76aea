package action

import (
	"cmp"
	"context"
	"errors"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/french"
	"jalon/internal/intake"
	"jalon/internal/journal"
	"jalon/internal/policy"
)

// Applied says what applying a file changed.
type Applied struct {
	Added, Changed, Same, Left int
}

// applyBatch is how many new actions one short transaction writes.
const applyBatch = 500

// shownAtOnce is how many of them one statement gives to the COP, in the one transaction
// that shows the file.
const shownAtOnce = 5_000

// hiddenState is that of actions of a file that is not applied yet.
const hiddenState = "incoming"

// ApplyRun makes a file real as its sender saw it, all of it or nothing. New actions
// are written first by short transactions where no page, sum or search of any COP
// reads them; one transaction then gives them to the COP, with what changes. Rights are
// read again in it. What a killed import leaves is seen by nobody, and is dropped.
func (m *Room) ApplyRun(ctx context.Context, a policy.Actor, c cop.COP, id string, rev int64) (out Applied, err error) {
	defer apperr.Wrap(&err, "action.ApplyRun(%s)", id)
	run, err := FindRun(ctx, m.DB, a, c.ID, id)
	if err != nil {
		return out, err
	}
	if run.State != intake.Staged || run.Rev != rev {
		// What intake says of it, before anything is written.
		run.Rev = rev
		_, err := m.Intake.Apply(ctx, m.DB, run, true, func(context.Context, db.Q) error {
			return apperr.Conflictf("Cet import a changé depuis que vous l’avez lu. Relisez-le, puis recommencez.")
		})
		return out, err
	}
	attempt, err := m.IDs.New()
	if err != nil {
		return out, err
	}
	x := &applying{Room: m, cop: c, by: a.Person, reason: "import du fichier " + run.FileName, hidden: "import:" + attempt, things: map[string]Action{}, states: map[State]bool{}}
	defer func() {
		if err != nil {
			err = errors.Join(err, m.dropHidden(context.WithoutCancel(ctx), `SELECT id FROM action WHERE cop_id = $1`, x.hidden))
		}
	}()
	if err := x.prepare(ctx, id); err != nil {
		return out, err
	}
	_, err = m.Intake.Apply(ctx, m.DB, run, true, func(ctx context.Context, tx db.Q) error {
		if err := x.allowed(ctx, tx, a); err != nil {
			return err
		}
		return x.show(ctx, tx, run)
	})
	return x.out, err
}

// applying is one file as it becomes real.
type applying struct {
	*Room
	cop     cop.COP
	by      string
	actor   policy.Actor // with the rights of now
	reason  string
	hidden  string
	out     Applied
	seq     int64
	held    []Action
	updates []update
	things  map[string]Action // one action of each that rights tell apart
	states  map[State]bool
	changes bool // the last row is of an action that is there
}

// update is where the file says what an action that is there becomes: its own line, then
// those of its parts. What they say is read again when it is written, so that a file of
// changes weighs no more in memory than one of new actions.
type update struct {
	id       string
	from, to int
}

// prepare reads the rows back and writes what is new, unseen.
func (x *applying) prepare(ctx context.Context, run string) error {
	for row, err := range intake.Numbered[Incomer](ctx, x.DB, run) {
		if err != nil {
			return err
		}
		switch r := row.Data; r.Do {
		case DoAdd:
			if len(x.held) == applyBatch {
				if err := x.flush(ctx); err != nil {
					return err
				}
			}
			x.states[r.Action.State], x.changes = true, false
			x.held = append(x.held, r.Action)
			x.things[r.Action.Department()+"|"+r.Action.Holder.Org] = Action{Title: r.Action.Title, State: r.Action.State, Places: r.Action.Places, Holder: r.Action.Holder}
		case DoUpdate:
			x.updates, x.changes = append(x.updates, update{r.ID, row.Line, row.Line}), true
		case DoTask:
			x.task(r.Action, row.Line)
		default:
			x.out.Left++
		}
	}
	return x.flush(ctx)
}

// task gives a part of an action to the one before it, new or there already.
func (x *applying) task(part Action, line int) {
	switch {
	case x.changes:
		x.updates[len(x.updates)-1].to = line
	case len(x.held) > 0:
		of := &x.held[len(x.held)-1]
		of.Tasks = append(of.Tasks, part.Tasks...)
	} // else the action was left as it is
}

// read gives what the file says of an action that is there, with its parts.
func (u update) read(ctx context.Context, q db.Q, run string) (Incomer, error) {
	rows, err := intake.At[Incomer](ctx, q, run, u.from, u.to)
	if err != nil || len(rows) == 0 {
		return Incomer{}, cmp.Or(err, apperr.New(apperr.Internal, nil, "L’import n’a pas retrouvé ce qu’il avait préparé. Rien n’a été enregistré\u00a0: recommencez."))
	}
	out := rows[0].Data
	for _, part := range rows[1:] {
		if part.Data.Do == DoTask {
			out.Action.Tasks = append(out.Action.Tasks, part.Data.Action.Tasks...)
		}
	}
	return out, nil
}

// allowed reads the rights of who applies again, and judges each kind of action that
// they tell apart.
func (x *applying) allowed(ctx context.Context, tx db.Q, a policy.Actor) (err error) {
	if x.actor = a; x.Held != nil {
		if x.actor, err = x.Held(ctx, tx, a.Person); err != nil {
			return err
		}
	}
	may := Referee(x.actor, x.cop)
	for _, one := range x.things {
		if err := may(one); err != nil {
			return apperr.New(apperr.Forbidden, err, "«\u00a0%s\u00a0»\u00a0: vos droits ont changé depuis la préparation. Rien n’a été enregistré.", one.Title)
		}
	}
	return nil
}

// nextNumber names the parts of an action, from 1.
func nextNumber(i int) string { return strconv.Itoa(i + 1) }

// flush writes the actions that are held, by sets.
func (x *applying) flush(ctx context.Context) error {
	if len(x.held) == 0 {
		return nil
	}
	at := x.Now().UTC().Truncate(time.Millisecond)
	var actions, versions, levers, places, words [][]any
	for _, a := range x.held {
		id, err := x.IDs.New()
		if err != nil {
			return err
		}
		for i := range a.Tasks {
			if a.Tasks[i].ID == "" {
				a.Tasks[i].ID = nextNumber(i)
			}
		}
		x.seq++
		a.ID, a.Rev, a.COP, a.Cycle, a.Region, a.Author, a.Seq, a.At, a.Changed = id, 1, x.cop.ID, x.cop.Cycle, x.cop.Region, x.by, x.seq, at, at
		row, err := a.row()
		if err != nil {
			return err
		}
		for i, c := range rowColumns {
			switch c {
			case "cop_id":
				row[i] = x.hidden
			case "cycle", "region":
				row[i] = ""
			case "state":
				row[i] = hiddenState
			}
		}
		actions = append(actions, row)
		versions = append(versions, []any{id, int64(1), at.UnixMilli(), x.by, x.reason, row[len(row)-1]})
		for i, l := range a.Levers {
			levers = append(levers, []any{id, l, i == 0 && a.Kind == Sectoral})
		}
		for _, p := range a.Places {
			places = append(places, []any{id, p.Territory, p.Share})
		}
		for _, w := range a.found() {
			words = append(words, []any{w, id})
		}
	}
	// In the order of the keys: neighbours are written together.
	slices.SortFunc(words, func(a, b []any) int {
		return cmp.Or(strings.Compare(a[0].(string), b[0].(string)), strings.Compare(a[1].(string), b[1].(string)))
	})
	x.held = x.held[:0]
	return db.Tx(ctx, x.DB, func(ctx context.Context, tx db.Q) error {
		for _, t := range []struct {
			name, columns string
			rows          [][]any
		}{{"action", strings.Join(rowColumns, " "), actions}, {"action_version", "id rev at by reason body", versions}, {"action_lever", "action_id lever central", levers},
			{"action_place", "action_id territory share", places}, {"action_word", "word action_id", words}} {
			if len(t.rows) == 0 {
				continue
			}
			if _, err := db.Insert(ctx, tx, t.name, strings.Fields(t.columns), t.rows, ""); err != nil {
				return err
			}
		}
		return nil
	})
}

// show gives the new actions to the COP, and writes what changes.
func (x *applying) show(ctx context.Context, tx db.Q, run intake.Run) error {
	if _, err := tx.Exec(ctx, `UPDATE cop SET rev = rev WHERE id = $1`, x.cop.ID); err != nil {
		return err
	}
	var twice, last int64
	if err := tx.QueryRow(ctx, `SELECT COUNT(*) FROM action h JOIN action x ON x.cop_id = $2 AND x.origin = h.origin WHERE h.cop_id = $1`, x.hidden, x.cop.ID).Scan(&twice); err != nil {
		return err
	}
	if twice > 0 {
		return apperr.Conflictf("Un autre import vient d’enregistrer %s de ce fichier. Rien n’a été enregistré\u00a0: envoyez-le de nouveau, elles seront reconnues.", french.Integer(twice)+"\u00a0"+french.Plural(twice, "action", "actions"))
	}
	if err := tx.QueryRow(ctx, `SELECT COALESCE(MAX(seq), 0) FROM action WHERE cop_id = $1`, x.cop.ID).Scan(&last); err != nil {
		return err
	}
	state := Draft
	for s := range x.states {
		if s != Pool {
			state = s
		}
	}
	// By sets: to undo one statement SQLite holds in memory what it changes, and 100 000
	// rows at once are more than it has.
	shown := int64(0)
	for from := int64(0); from < x.seq; from += shownAtOnce {
		n, err := tx.Exec(ctx, `UPDATE action SET cop_id = $2, cycle = $3, region = $4, seq = seq + $5, state = CASE WHEN pool_state <> '' THEN 'pool' ELSE $6 END WHERE cop_id = $1 AND seq > $7 AND seq <= $8`,
			x.hidden, x.cop.ID, x.cop.Cycle, x.cop.Region, last, string(state), from, from+shownAtOnce)
		if err != nil {
			return err
		}
		shown += n
	}
	if x.out.Added = int(shown); shown != x.seq {
		return apperr.New(apperr.Internal, nil, "L’import n’a pas retrouvé ce qu’il avait préparé. Rien n’a été enregistré\u00a0: recommencez.")
	}
	slices.SortFunc(x.updates, func(a, b update) int { return strings.Compare(a.id, b.id) }) // rows are held in one order: see Bulk
	for _, at := range x.updates {
		u, err := at.read(ctx, tx, run.ID)
		if err != nil {
			return err
		}
		if err := x.update(ctx, tx, u); err != nil {
			return err
		}
	}
	if _, err := x.Journal.Record(ctx, tx, journal.Entry{Actor: x.by, Verb: "import", Kind: "action", Subject: run.ID, COP: x.cop.ID}); err != nil {
		return err
	}
	return x.moved(ctx, tx, x.cop.ID)
}

// update gives an action that is there the values of its row, those alone that the
// file has.
func (x *applying) update(ctx context.Context, tx db.Q, u Incomer) error {
	was, err := lock(ctx, tx, u.ID)
	if err != nil {
		return err
	}
	if was.Rev != u.Rev || was.COP != x.cop.ID {
		return apperr.Conflictf("L’action n°\u00a0%s a changé depuis l’aperçu. Rien n’a été enregistré\u00a0: envoyez le fichier de nouveau.", french.Integer(was.Seq))
	}
	if err := x.mayEdit(ctx, tx, x.actor, was); err != nil {
		return err
	}
	now := u.onto(was)
	if reflect.DeepEqual(now, was) {
		x.out.Same++
		return nil
	}
	if err := now.check(); err != nil {
		return err
	}
	if _, _, err := x.write(ctx, tx, x.by, "edit", x.reason, now); err != nil {
		return err
	}
	x.out.Changed++
	return nil
}

// onto is an action with what a row says in place of what it said. An empty cell takes
// nothing away.
func (u Incomer) onto(x Action) Action {
	in := u.Action
	for _, t := range []struct {
		to   *string
		from string
	}{{&x.Title, in.Title}, {&x.Summary, in.Summary}, {&x.Contact, in.Contact}, {&x.Email, in.Email}, {&x.Referent, in.Referent}, {&x.Step, in.Step}, {&x.Starts, in.Starts}, {&x.Ends, in.Ends}, {&x.Phase, in.Phase}, {&x.Status, in.Status}} {
		if t.from != "" {
			*t.to = t.from
		}
	}
	if slices.Contains(u.Given, "kind") {
		x.Kind = in.Kind
	}
	if len(in.Levers) > 0 {
		x.Levers = in.Levers
	}
	if len(in.Places) > 0 && !sharesOf(x, in.Places) {
		x.Places = in.Places
	}
	if in.Holder.Name != "" && (in.Holder.Name != x.Holder.Name || in.Holder.Org != "" && in.Holder.Org != x.Holder.Org) {
		x.Holder = in.Holder
	}
	x.CoHolders, x.Partners = unite(x.CoHolders, in.CoHolders), unite(x.Partners, in.Partners)
	for _, t := range []struct{ to, from **int64 }{{&x.Budget.Invest, &in.Budget.Invest}, {&x.Budget.Operation, &in.Budget.Operation}, {&x.Budget.FTE, &in.Budget.FTE}} {
		if *t.from != nil {
			*t.to = *t.from
		}
	}
	x.Funding, x.Tasks, x.Indicators = slices.Clone(x.Funding), slices.Clone(x.Tasks), slices.Clone(x.Indicators)
	for _, f := range in.Funding {
		if i := slices.IndexFunc(x.Funding, func(o Funding) bool { return french.Fold(o.Funder) == french.Fold(f.Funder) }); i >= 0 {
			x.Funding[i].Amount, x.Funding[i].State = f.Amount, f.State
		} else {
			x.Funding = append(x.Funding, f)
		}
	}
	for _, t := range in.Tasks {
		if !slices.ContainsFunc(x.Tasks, func(o Task) bool { return french.Fold(o.Title) == french.Fold(t.Title) }) {
			t.ID = nextNumber(len(x.Tasks))
			x.Tasks = append(x.Tasks, t)
		}
	}
	for _, v := range in.Indicators {
		if i := slices.IndexFunc(x.Indicators, func(o Indicator) bool { return french.Fold(o.Name) == french.Fold(v.Name) }); i >= 0 {
			x.Indicators[i].Target, x.Indicators[i].Unit, x.Indicators[i].Year = v.Target, v.Unit, v.Year
		} else {
			v.ID = nextNumber(len(x.Indicators))
			x.Indicators = append(x.Indicators, v)
		}
	}
	return x
}

// sharesOf reports whether an action has these very places, whatever their shares.
func sharesOf(x Action, places []Place) bool {
	return len(places) == len(x.Places) && !slices.ContainsFunc(places, func(p Place) bool {
		return !slices.ContainsFunc(x.Places, func(o Place) bool { return o.Territory == p.Territory })
	})
}

// unite adds the parties that are not there.
func unite(was, in []Party) []Party {
	for _, p := range in {
		if !slices.ContainsFunc(was, func(o Party) bool { return french.Fold(o.Name) == french.Fold(p.Name) }) {
			was = append(slices.Clone(was), p)
		}
	}
	return was
}
