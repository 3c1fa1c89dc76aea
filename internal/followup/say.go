package followup

import (
	"context"
	"encoding/json"
	"reflect"
	"time"

	"jalon/internal/action"
	"jalon/internal/apperr"
	"jalon/internal/blob"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/french"
	"jalon/internal/journal"
	"jalon/internal/policy"
)

const updateColumns = `u.id, u.cop_id, u.region, u.action_id, u.seq, u.day, u.at, u.by, u.said_by, u.origin, u.ask_id, u.standing, u.body`

func scanUpdate(r interface{ Scan(...any) error }) (u Update, err error) {
	var at int64
	var origin, body string
	if err := r.Scan(&u.ID, &u.COP, &u.Region, &u.Action, &u.Seq, &u.Day, &at, &u.By, &u.SaidBy, &origin, &u.Ask, &u.Standing, &body); err != nil {
		return u, err
	}
	u.At, u.Origin = time.UnixMilli(at).UTC(), Origin(origin)
	return u, json.Unmarshal([]byte(body), &u.Said)
}

// Of lists what was said of an action, the last day first: all of it, what was corrected
// too. Who may read the action reads it; Public takes out what only the team reads.
func Of(ctx context.Context, q db.Q, id string) (_ []Update, err error) {
	defer apperr.Wrap(&err, "followup.Of(%s)", id)
	rows, err := q.Query(ctx, `SELECT `+updateColumns+` FROM followup_update u WHERE u.action_id = $1 ORDER BY u.day DESC, u.seq DESC`, id)
	return db.Collect(rows, err, func(r *db.Rows) (Update, error) { return scanUpdate(r) })
}

// LastOf gives the last word about each action of a COP, by the id of the action, in one
// statement.
func LastOf(ctx context.Context, q db.Q, copID string) (_ map[string]Update, err error) {
	defer apperr.Wrap(&err, "followup.LastOf(%s)", copID)
	rows, err := q.Query(ctx, `SELECT `+updateColumns+` FROM followup_update u WHERE u.cop_id = $1 AND u.standing = 'current' AND NOT EXISTS (
		SELECT 1 FROM followup_update v WHERE v.action_id = u.action_id AND v.standing = 'current' AND (v.day > u.day OR v.day = u.day AND v.seq > u.seq))`, copID)
	list, err := db.Collect(rows, err, func(r *db.Rows) (Update, error) { return scanUpdate(r) })
	out := make(map[string]Update, len(list))
	for _, u := range list {
		out[u.Action] = u
	}
	return out, err
}

// Last is the last word about one action, false when nothing was said.
func Last(ctx context.Context, q db.Q, id string) (u Update, ok bool, err error) {
	all, err := Of(ctx, q, id)
	for _, x := range all {
		if x.Standing == Current {
			return x, true, err
		}
	}
	return u, false, err
}

// The standings of an update.
const (
	Current    = "current"
	Superseded = "superseded"
	Withdrawn  = "withdrawn"
)

// Shown is an update as anyone reads it: without who said it, nor files that only the
// team opens.
func (u Update) Shown() Update {
	u.By, u.SaidBy, u.Ask = "", "", ""
	var out []string
	for _, e := range u.Evidence {
		if !IsFile(e) {
			out = append(out, e)
		}
	}
	u.Evidence = out
	return u
}

// Mine says as whom an actor may say where an action stands: for the team, as its
// holder, or not at all.
func Mine(a policy.Actor, c cop.COP, x action.Action) (Origin, bool) {
	t := x.Thing(c)
	t.Kind = policy.FollowUp
	switch {
	case policy.Can(a, policy.Create, t):
		return ByTeam, true
	case a.Person != "" && policy.Can(a, policy.Edit, x.Thing(c)):
		return ByHolder, true
	}
	return "", false
}

// Say keeps where an action stands on a day, as somebody who may says it: the team, the
// organisation that holds it, or who wrote it. The last word of a day stands for it, what
// was said before is kept. When the writer tells the last update that they read (Seen)
// and somebody spoke meanwhile, it fails with a conflict and gives what was said.
func (m *Room) Say(ctx context.Context, q db.Q, a policy.Actor, u Update) (out Update, err error) {
	defer apperr.Wrap(&err, "followup.Say(%s)", u.Action)
	x, c, err := action.Find(ctx, q, a, u.Action)
	if err != nil {
		return u, err
	}
	origin, ok := Mine(a, c, x)
	if !ok {
		return u, apperr.New(apperr.Forbidden, nil, "Le porteur de l’action et l’équipe de la COP disent où elle en est. Rien n’a été enregistré.")
	}
	u.By = a.Person
	if u.Origin != ByImport || origin != ByTeam {
		u.Origin = origin
	}
	err = db.Tx(ctx, q, func(ctx context.Context, tx db.Q) error {
		out, err = m.say(ctx, tx, u)
		if err == nil && u.Ask == "" {
			err = m.answered(ctx, tx, out)
		}
		return err
	})
	return out, err
}

// say keeps an update of whoever was checked before, in a transaction.
func (m *Room) say(ctx context.Context, tx db.Q, u Update) (out Update, err error) {
	x, err := action.Hold(ctx, tx, u.Action)
	if err != nil {
		return u, err
	}
	c, err := cop.Find(ctx, tx, x.COP)
	if err != nil {
		return u, err
	}
	if why := Ended(x); why != "" {
		return u, apperr.Conflictf("%s", why+" Rien n’a été enregistré, et rien de ce que vous avez écrit n’est perdu\u00a0: c’est encore dans le formulaire.")
	}
	past, err := Of(ctx, tx, x.ID)
	if err != nil {
		return u, err
	}
	var seq int64
	var last Update // by its day
	var latest Update
	for _, p := range past {
		if p.Seq > seq {
			seq, latest = p.Seq, p
		}
		if last.ID == "" && p.Standing == Current {
			last = p
		}
	}
	if u.Unchanged && last.ID != "" {
		note := u.Note
		u.Said = last.Said
		u.Said.Unchanged, u.Note, u.Evidence, u.Confirmed = true, note, nil, true
		for i := range u.Quantities { // what was measured then was not measured again
			if q := &u.Quantities[i]; q.Class == Observed && q.Source == "" {
				q.Class = Declared
			}
		}
	}
	for _, f := range u.Files {
		u.Evidence = append(u.Evidence, f.Blob.SHA256)
	}
	if err := u.check(x, c.DayAt(m.Now())); err != nil {
		return u, err
	}
	// The same form sent twice is one update.
	if latest.ID != "" && latest.Day == u.Day && latest.By == u.By && latest.Ask == u.Ask && latest.Origin == u.Origin && latest.SaidBy == u.SaidBy && reflect.DeepEqual(latest.Said, u.Said) {
		return latest, nil
	}
	if u.Seen != nil && *u.Seen < seq {
		return latest, errMoved()
	}
	if u.ID, err = m.IDs.New(); err != nil {
		return u, err
	}
	u.COP, u.Region, u.Seq, u.At, u.Standing = x.COP, x.Region, seq+1, m.Now().UTC().Truncate(time.Millisecond), Current
	for _, f := range u.Files {
		if _, err := f.Blob.Store(ctx, tx, m.Now()); err != nil {
			return u, err
		}
		if _, err := db.Insert(ctx, tx, "followup_file", []string{"action_id", "sha256", "cop_id", "name", "at"}, [][]any{{x.ID, f.Blob.SHA256, x.COP, cut(f.Name, longestName), m.Now().UnixMilli()}}, "ON CONFLICT DO NOTHING"); err != nil {
			return u, err
		}
	}
	u.Seen, u.Confirmed, u.Files = nil, false, nil
	if err := m.put(ctx, tx, x, u); err != nil {
		return u, err
	}
	if u.Status != "" && u.Status != x.Status && u.Day >= last.Day && u.Day >= x.StatusOn {
		reason := "Point d’avancement du " + french.Day(u.Day)
		if u.Blocked != "" {
			reason += "\u00a0: " + cut(u.Blocked, 300)
		}
		if _, err := m.Register.StatusSaid(ctx, tx, u.By, x.ID, u.Status, reason, u.Day); err != nil {
			return u, err
		}
	}
	if _, err := m.Journal.Record(ctx, tx, journal.Entry{Actor: u.By, Verb: "say", Kind: "update", Subject: u.ID, Rev: u.Seq, COP: u.COP}); err != nil {
		return u, err
	}
	return u, Moved(ctx, tx, u.COP, u.Action, m.Now())
}

// Moved tells what is kept of what is said of a COP that an action of it was spoken of:
// what is said of that action alone is read again. The last statements of a transaction.
func Moved(ctx context.Context, tx db.Q, copID, action string, at time.Time) error {
	version, err := db.Bump(ctx, tx, VersionOf(copID), at)
	if err != nil {
		return err
	}
	if _, err := db.Insert(ctx, tx, "followup_moved", []string{"cop_id", "version", "action_id"}, [][]any{{copID, version, action}}, "ON CONFLICT (cop_id, version) DO UPDATE SET action_id = excluded.action_id"); err != nil {
		return err
	}
	_, err = db.Bump(ctx, tx, Version, at)
	return err
}

// Ended says why nobody says any more where an action stands, empty while they may.
func Ended(x action.Action) string {
	switch {
	case x.State == action.Merged:
		return "Cette action a été fusionnée avec une autre\u00a0: c’est celle-là qui se suit."
	case x.State == action.Withdrawn:
		return "Cette action a été retirée\u00a0: elle ne se suit plus."
	case x.State != action.Retained:
		return "Cette action n’est pas retenue par la COP\u00a0: son avancement se suivra quand les deux têtes l’auront retenue."
	case x.Status == "abandoned":
		return "Cette action est abandonnée" + when(x.StatusOn) + "\u00a0: elle ne se suit plus. Si elle reprend, l’équipe de la COP le note sur sa fiche."
	}
	return ""
}

func when(day string) string {
	if day == "" {
		return ""
	}
	return " depuis le " + french.Day(day)
}

func errMoved() error {
	return apperr.Conflictf("Quelqu’un a dit où en est cette action pendant que vous écriviez. Rien de ce que vous avez tapé n’est perdu\u00a0: comparez, puis enregistrez à nouveau si le vôtre est le plus juste.")
}

// put writes an update, its quantities, and sets aside what was said of the same day.
func (m *Room) put(ctx context.Context, tx db.Q, x action.Action, u Update) error {
	body, err := json.Marshal(u.Said)
	if err != nil {
		return err
	}
	for _, text := range []string{`UPDATE followup_update SET standing = 'superseded' WHERE action_id = $1 AND day = $2 AND standing = 'current'`,
		`UPDATE followup_quantity SET standing = 'superseded' WHERE action_id = $1 AND day = $2 AND standing = 'current'`} {
		if _, err := tx.Exec(ctx, text, u.Action, u.Day); err != nil {
			return err
		}
	}
	if _, err := db.Insert(ctx, tx, "followup_update", []string{"id", "cop_id", "region", "action_id", "seq", "day", "at", "by", "said_by", "origin", "ask_id", "standing", "progress", "status", "spent", "blocked", "body"},
		[][]any{{u.ID, u.COP, u.Region, u.Action, u.Seq, u.Day, u.At.UnixMilli(), u.By, u.SaidBy, string(u.Origin), u.Ask, u.Standing, u.Progress, u.Status, u.Spent, u.Blocked, string(body)}}, ""); err != nil {
		return err
	}
	var rows [][]any
	for _, q := range u.Quantities {
		if q.Quantity != nil {
			rows = append(rows, []any{u.ID, u.COP, u.Region, u.Action, q.Lever, u.Day, *q.Quantity, q.Unit, string(q.Class), KgOf(x, q), Current})
		}
	}
	if len(rows) == 0 {
		return nil
	}
	_, err = db.Insert(ctx, tx, "followup_quantity", []string{"update_id", "cop_id", "region", "action_id", "lever", "day", "quantity", "unit", "class", "kg", "standing"}, rows, "")
	return err
}

// answered ends what was still asked about an action: somebody said it.
func (m *Room) answered(ctx context.Context, tx db.Q, u Update) error {
	_, err := tx.Exec(ctx, `UPDATE followup_ask SET state = 'answered', ended_at = $2 WHERE action_id = $1 AND state IN ('waiting', 'sent', 'passed', 'bounced')
		AND round_id IN (SELECT id FROM followup_round WHERE cop_id = $3 AND state = 'open' AND period <= $4)`, u.Action, m.Now().UnixMilli(), u.COP, u.Day)
	return err
}

// OpenFile opens a piece of evidence of an action, for its team and its holder.
func OpenFile(ctx context.Context, q db.Q, a policy.Actor, id, sha string) (name string, r *blob.Reader, err error) {
	defer apperr.Wrap(&err, "followup.OpenFile(%q)", id)
	x, c, err := action.Find(ctx, q, a, id)
	if err != nil {
		return "", nil, err
	}
	const missing = "Cette pièce n’existe pas, ou elle est réservée au porteur et à l’équipe de la COP."
	if _, ok := Mine(a, c, x); !ok {
		return "", nil, apperr.NotFoundf(missing)
	}
	if err := q.QueryRow(ctx, `SELECT name FROM followup_file WHERE action_id = $1 AND sha256 = $2`, id, sha).Scan(&name); err != nil {
		return "", nil, db.OrNotFound(err, missing)
	}
	r, err = blob.Open(ctx, q, sha)
	return name, r, err
}

func cut(text string, most int) string {
	if r := []rune(text); len(r) > most {
		return string(r[:most-1]) + "…"
	}
	return text
}
