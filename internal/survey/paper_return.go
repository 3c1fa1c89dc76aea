package survey

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/jobs"
	"jalon/internal/journal"
	"jalon/internal/policy"
)

// Limits of what comes back together.
const (
	MaxReturnForms = 5_000
	MaxFormBytes   = 8 << 20
	returnKind     = "survey-return"
	// soon is how many forms are read, or applied, within the request that brings them.
	soon = 3
)

// ReturnState is where forms that came back stand.
type ReturnState string

// The states of a return.
const (
	ReturnReading  ReturnState = "reading"
	ReturnRead     ReturnState = "read"
	ReturnApplying ReturnState = "applying"
	ReturnApplied  ReturnState = "applied"
)

// Return is a set of forms that came back.
type Return struct {
	ID         string
	Rev        int64
	Region     string
	COP        string
	Response   string // of an authority that brings its own
	By         string
	At         time.Time
	State      ReturnState
	Beat       time.Time
	ReceivedOn string // of papers typed in a workbook by the team; "" otherwise
	Forms      int64
	Reason     string
}

// ReturnForm is one file of it.
type ReturnForm struct {
	N               int64
	File            string
	Response, Name  string
	Verdict         string // waiting, ok, warning, error
	Notes           []FormNote
	Filled, Refused int64
	Written, Kept   *int64 // nil before it is applied
}

// FormSent is a file that somebody brings.
type FormSent struct {
	Name string
	Data []byte
}

// StartReturn opens a return: the files are added to it, then Read.
func (m *Room) StartReturn(ctx context.Context, a policy.Actor, region, cop, response, receivedOn string) (ret Return, err error) {
	defer apperr.Wrap(&err, "survey.StartReturn")
	ret = Return{Rev: 1, Region: region, COP: cop, Response: response, By: a.Person, At: m.Now(), State: ReturnReading, ReceivedOn: receivedOn}
	if ret.ID, err = m.IDs.New(); err != nil {
		return ret, err
	}
	_, err = m.DB.Exec(ctx, `INSERT INTO survey_return (id, rev, region, cop_id, response_id, by, at, state, beat, received_on, forms, reason) VALUES ($1, 1, $2, $3, $4, $5, $6, $7, $6, $8, 0, '')`,
		ret.ID, region, cop, response, a.Person, ret.At.UnixMilli(), string(ret.State), receivedOn)
	return ret, err
}

// AddForms keeps files as they came, by short transactions.
func (m *Room) AddForms(ctx context.Context, ret *Return, files []FormSent) (err error) {
	defer apperr.Wrap(&err, "survey.AddForms")
	if ret.Forms+int64(len(files)) > MaxReturnForms {
		return apperr.New(apperr.TooLarge, nil, "Plus de %d formulaires d’un seul envoi. Aucun n’a été lu\u00a0: envoyez-les en plusieurs fois.", MaxReturnForms)
	}
	const chunk = 50
	for len(files) > 0 {
		var rows [][]any
		for _, f := range files[:min(chunk, len(files))] {
			ret.Forms++
			rows = append(rows, []any{ret.ID, ret.Forms, f.Name, f.Data, "", "", "waiting", "[]", "[]", 0, 0})
		}
		files = files[min(chunk, len(files)):]
		if err := db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
			if _, err := tx.Exec(ctx, `UPDATE survey_return SET forms = $1 WHERE id = $2`, ret.Forms, ret.ID); err != nil {
				return err
			}
			_, err := db.Insert(ctx, tx, "survey_return_form", strings.Fields("return_id n file_name data response_id name verdict cells notes filled refused"), rows, "")
			return err
		}); err != nil {
			return err
		}
	}
	return nil
}

type returnArgs struct {
	ID    string       `json:"id"`
	Actor policy.Actor `json:"actor"`
}

// Reading reads what was added, at once when it is little, else in the background.
// The actor's rights are those of the moment when they brought the files.
func (m *Room) Reading(ctx context.Context, a policy.Actor, ret Return) (err error) {
	defer apperr.Wrap(&err, "survey.Reading")
	if ret.Forms == 0 {
		return apperr.Invalidf("Aucun fichier n’a été reçu. Choisissez un ou plusieurs formulaires, ou une archive ZIP qui en contient.")
	}
	if ret.Forms <= soon {
		return m.work(ctx, returnArgs{ret.ID, a})
	}
	_, err = m.Queue.Enqueue(ctx, m.DB, returnKind, returnArgs{ret.ID, a}, jobs.Opts{})
	return err
}

// Apply writes what was read as drafts.
func (m *Room) Apply(ctx context.Context, a policy.Actor, id string, rev int64) (err error) {
	defer apperr.Wrap(&err, "survey.Apply")
	ret, err := FindReturn(ctx, m.DB, id)
	if err != nil {
		return err
	}
	err = db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		n, err := tx.Exec(ctx, `UPDATE survey_return SET rev = rev + 1, state = 'applying', beat = $1 WHERE id = $2 AND rev = $3 AND state = 'read'`, m.Now().UnixMilli(), id, rev)
		if err == nil && n == 0 {
			err = apperr.Conflictf("Ces formulaires sont déjà en cours d’enregistrement, ou l’ont été. Rechargez la page.")
		}
		if err != nil {
			return err
		}
		if _, err := m.Journal.Record(ctx, tx, journal.Entry{Actor: a.Person, Verb: "import", Kind: string(policy.Response), Subject: id, Rev: rev + 1, COP: ret.COP}); err != nil || ret.Forms <= soon {
			return err
		}
		_, err = m.Queue.Enqueue(ctx, tx, returnKind, returnArgs{id, a}, jobs.Opts{})
		return err
	})
	if err != nil || ret.Forms > soon {
		return err
	}
	return m.work(ctx, returnArgs{id, a})
}

func (m *Room) returnJob(ctx context.Context, j jobs.Job) error {
	var in returnArgs
	if err := json.Unmarshal(j.Args, &in); err != nil {
		return jobs.Permanent(err)
	}
	return m.work(ctx, in)
}

// work does what a return waits for, form by form: one that was done is not done
// again, whenever the program stopped.
func (m *Room) work(ctx context.Context, in returnArgs) error {
	ret, err := FindReturn(ctx, m.DB, in.ID)
	if err != nil {
		return jobs.Permanent(err)
	}
	where, do, next := `verdict = 'waiting'`, m.readOne, ReturnRead
	switch ret.State {
	case ReturnReading:
	case ReturnApplying:
		where, do, next = `verdict IN ('ok', 'warning') AND written IS NULL`, m.applyOne, ReturnApplied
	default:
		return nil
	}
	for after := int64(0); ; {
		rows, err := m.DB.Query(ctx, `SELECT n FROM survey_return_form WHERE return_id = $1 AND n > $2 AND `+where+` ORDER BY n LIMIT 50`, ret.ID, after)
		list, err := db.Collect(rows, err, func(r *db.Rows) (n int64, err error) { err = r.Scan(&n); return n, err })
		if err != nil {
			return err
		}
		if len(list) == 0 {
			break
		}
		for _, n := range list {
			if err := do(ctx, ret, n, in.Actor); err != nil {
				return fmt.Errorf("form %d: %w", n, err)
			}
			after = n
		}
		if _, err := m.DB.Exec(ctx, `UPDATE survey_return SET beat = $1 WHERE id = $2`, m.Now().UnixMilli(), ret.ID); err != nil {
			return err
		}
	}
	_, err = m.DB.Exec(ctx, `UPDATE survey_return SET rev = rev + 1, state = $1 WHERE id = $2 AND state = $3`, string(next), ret.ID, string(ret.State))
	return err
}

// seatFor is where the actor of a return sits for a response: who came by a link
// sits at their own response alone, in the parts that they were given.
func (m *Room) seatFor(ctx context.Context, a policy.Actor, ret Return) func(Response) (Seat, error) {
	return func(r Response) (Seat, error) {
		id, linked := strings.CutPrefix(a.Person, "seat:")
		if !linked {
			return TeamSeat(a, r), nil
		}
		s, err := FindSeat(ctx, m.DB, id)
		if err == nil && s.Response != ret.Response {
			err = errSeat
		}
		return s, err
	}
}

// readOne reads a form and holds it against its response.
func (m *Room) readOne(ctx context.Context, ret Return, n int64, a policy.Actor) error {
	var name string
	var data []byte
	if err := m.DB.QueryRow(ctx, `SELECT file_name, data FROM survey_return_form WHERE return_id = $1 AND n = $2`, ret.ID, n).Scan(&name, &data); err != nil {
		return err
	}
	f, err := m.ReadForm(name, bytes.NewReader(data), int64(len(data)))
	var j judged
	if err == nil {
		j, err = m.judgeForm(ctx, m.DB, m.seatFor(ctx, a, ret), f, ret.Response)
	}
	verdict := "ok"
	switch apperr.KindOf(err) {
	case apperr.Invalid, apperr.TooLarge, apperr.NotFound:
		if err != nil {
			verdict, j = "error", judged{Notes: []FormNote{{Reason: apperr.Message(err)}}}
		}
	default:
		if err != nil {
			return err
		}
	}
	if err == nil && len(j.Notes) > 0 {
		verdict = "warning"
	}
	cells, err := json.Marshal(pending{j.Changes, j.Cells})
	if err != nil {
		return err
	}
	notes, err := json.Marshal(j.Notes)
	if err != nil {
		return err
	}
	_, err = m.DB.Exec(ctx, `UPDATE survey_return_form SET response_id = $1, name = $2, verdict = $3, cells = $4, notes = $5, filled = $6, refused = $7 WHERE return_id = $8 AND n = $9 AND verdict = 'waiting'`,
		j.Response.ID, j.Response.Name, verdict, string(cells), string(notes), len(j.Changes), j.Refused, ret.ID, n)
	return err
}

// pending is what a form would write.
type pending struct {
	Changes []Change   `json:"changes"`
	Cells   []FormCell `json:"cells"`
}

// applyOne writes a form as drafts, by the rules of what is typed: a cell that
// somebody changed since is kept back with its line, and nothing is lost.
func (m *Room) applyOne(ctx context.Context, ret Return, n int64, a policy.Actor) error {
	var response, cells, notes string
	if err := m.DB.QueryRow(ctx, `SELECT response_id, cells, notes FROM survey_return_form WHERE return_id = $1 AND n = $2`, ret.ID, n).Scan(&response, &cells, &notes); err != nil {
		return err
	}
	var todo pending
	var told []FormNote
	if err := json.Unmarshal([]byte(cells), &todo); err != nil {
		return err
	}
	if err := json.Unmarshal([]byte(notes), &told); err != nil {
		return err
	}
	r, err := FindResponse(ctx, m.DB, response)
	if err != nil {
		return err
	}
	s, err := m.seatFor(ctx, a, ret)(r)
	if err != nil {
		return err
	}
	err = db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		written, kept := 0, 0
		saved, err := m.Save(ctx, tx, s, response, todo.Changes)
		if err != nil {
			return err
		}
		for _, o := range saved.Outcomes {
			at := FormCell{}
			for _, c := range todo.Cells {
				if c.Key == o.Key {
					at = c
				}
			}
			switch o.Verdict {
			case Saved, ToSay:
				written++
				if o.Message != "" {
					told = append(told, FormNote{Line: at.Line, Col: at.Col, Value: clipped(o.Mine), Reason: o.Message})
				}
			case Clash, Rejected:
				kept++
				reason := o.Message
				if o.Verdict == Clash {
					reason = "Cette réponse a été changée en ligne depuis le téléchargement du formulaire\u00a0: elle est gardée (« " + clipped(o.Draft.Value) + " »), celle du formulaire n’est pas enregistrée."
				}
				told = append(told, FormNote{Line: at.Line, Col: at.Col, Value: clipped(o.Mine), Reason: reason, Kept: true})
			}
		}
		if source := sourceOf(ret, s, r); source != "" {
			if err := comesFrom(ctx, tx, response, source, saved); err != nil {
				return err
			}
		}
		text, err := json.Marshal(told)
		if err != nil {
			return err
		}
		if written > 0 {
			if err := m.recordFor(ctx, tx, s, r); err != nil {
				return err
			}
		}
		n, err := tx.Exec(ctx, `UPDATE survey_return_form SET written = $1, kept_back = $2, notes = $3 WHERE return_id = $4 AND n = $5 AND written IS NULL`, written, kept, string(text), ret.ID, n)
		if err == nil && n == 0 {
			err = apperr.Conflictf("Ce formulaire vient d’être enregistré.")
		}
		return err
	})
	if err == nil || apperr.KindOf(err) == apperr.Internal || apperr.KindOf(err) == apperr.Unavailable || ctx.Err() != nil {
		return err
	}
	// Its response does not take answers any more: said beside it, the others go on.
	text, merr := json.Marshal(append(told, FormNote{Reason: apperr.Message(err), Kept: true}))
	if merr != nil {
		return merr
	}
	_, err = m.DB.Exec(ctx, `UPDATE survey_return_form SET written = 0, kept_back = $1, notes = $2 WHERE return_id = $3 AND n = $4 AND written IS NULL`, len(todo.Changes), string(text), ret.ID, n)
	return err
}

// sourceOf says where an answer comes from that the team typed for somebody.
func sourceOf(ret Return, s Seat, r Response) string {
	if s.As.Person == "" || s.As.Holds(policy.Thing{Kind: policy.Response, Org: r.Authority}, policy.Writer, policy.Validator) {
		return ""
	}
	day := ret.ReceivedOn
	if day == "" {
		day = ret.At.Format("2006-01-02")
	}
	return PaperSource(day)
}

const returnColumns = `id, rev, region, cop_id, response_id, by, at, state, beat, received_on, forms, reason`

func scanReturn(s scanner) (r Return, err error) {
	var at, beat int64
	err = s.Scan(&r.ID, &r.Rev, &r.Region, &r.COP, &r.Response, &r.By, &at, &r.State, &beat, &r.ReceivedOn, &r.Forms, &r.Reason)
	r.At, r.Beat = time.UnixMilli(at).UTC(), time.UnixMilli(beat).UTC()
	return r, err
}

// FindReturn returns a return by its id.
func FindReturn(ctx context.Context, q db.Q, id string) (Return, error) {
	r, err := scanReturn(q.QueryRow(ctx, `SELECT `+returnColumns+` FROM survey_return WHERE id = $1`, id))
	return r, db.OrNotFound(err, "Cet envoi de formulaires n’existe pas.")
}

// Returns lists those of a region, or of a response, the newest first.
func Returns(ctx context.Context, q db.Q, region, response string, limit int) ([]Return, error) {
	rows, err := q.Query(ctx, `SELECT `+returnColumns+` FROM survey_return WHERE region = $1 AND response_id = $2 ORDER BY id DESC LIMIT $3`, region, response, limit)
	return db.Collect(rows, err, func(r *db.Rows) (Return, error) { return scanReturn(r) })
}

// FormsOf lists the files of a return after one, those to look at first when bad.
func FormsOf(ctx context.Context, q db.Q, id string, bad bool, after int64, limit int) ([]ReturnForm, error) {
	verdicts := `('waiting', 'ok', 'warning', 'error')`
	if bad {
		verdicts = `('warning', 'error')`
	}
	rows, err := q.Query(ctx, `SELECT n, file_name, response_id, name, verdict, notes, filled, refused, written, kept_back FROM survey_return_form WHERE return_id = $1 AND n > $2 AND verdict IN `+verdicts+` ORDER BY n LIMIT $3`, id, after, limit)
	return db.Collect(rows, err, func(r *db.Rows) (f ReturnForm, err error) {
		var notes string
		if err := r.Scan(&f.N, &f.File, &f.Response, &f.Name, &f.Verdict, &notes, &f.Filled, &f.Refused, &f.Written, &f.Kept); err != nil {
			return f, err
		}
		return f, json.Unmarshal([]byte(notes), &f.Notes)
	})
}

// Tally counts the files of a return.
type Tally struct{ Waiting, OK, Warning, Error, Filled, Refused, Written, Kept int64 }

// TallyOf counts the files of a return by verdict.
func TallyOf(ctx context.Context, q db.Q, id string) (t Tally, err error) {
	err = q.QueryRow(ctx, `SELECT CAST(COALESCE(SUM(CASE WHEN verdict = 'waiting' THEN 1 ELSE 0 END), 0) AS BIGINT), CAST(COALESCE(SUM(CASE WHEN verdict = 'ok' THEN 1 ELSE 0 END), 0) AS BIGINT), CAST(COALESCE(SUM(CASE WHEN verdict = 'warning' THEN 1 ELSE 0 END), 0) AS BIGINT),
		CAST(COALESCE(SUM(CASE WHEN verdict = 'error' THEN 1 ELSE 0 END), 0) AS BIGINT), CAST(COALESCE(SUM(filled), 0) AS BIGINT), CAST(COALESCE(SUM(refused), 0) AS BIGINT), CAST(COALESCE(SUM(written), 0) AS BIGINT), CAST(COALESCE(SUM(kept_back), 0) AS BIGINT)
		FROM survey_return_form WHERE return_id = $1`, id).Scan(&t.Waiting, &t.OK, &t.Warning, &t.Error, &t.Filled, &t.Refused, &t.Written, &t.Kept)
	return t, err
}
