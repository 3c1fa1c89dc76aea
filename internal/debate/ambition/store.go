package ambition

import (
	"context"
	"strings"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/debate"
	"jalon/internal/journal"
	"jalon/internal/objective"
	"jalon/internal/panorama"
	"jalon/internal/policy"
)

const debateColumns = `d.id, d.rev, d.cop_id, d.region, d.lever, d.text, d.opens_on, d.closes_on, d.state, d.at`

func scanDebate(r interface{ Scan(...any) error }, more ...any) (d Debate, err error) {
	var at int64
	err = r.Scan(append([]any{&d.ID, &d.Rev, &d.COP, &d.Region, &d.Lever, &d.Text, &d.Opens, &d.Closes, &d.State, &at}, more...)...)
	d.At = time.UnixMilli(at).UTC()
	return d, err
}

// Listed is a debate with how many answers count in it.
type Listed struct {
	Debate
	Answers int64
}

// Of lists the debates of a COP, the withdrawn ones too, by the day they close.
func Of(ctx context.Context, q db.Q, copID string) (_ []Listed, err error) {
	defer apperr.Wrap(&err, "ambition.Of(%s)", copID)
	rows, err := q.Query(ctx, `SELECT `+debateColumns+`, COALESCE(n.answers, 0) FROM ambition_debate d
		LEFT JOIN (SELECT debate_id, COUNT(*) AS answers FROM ambition_answer WHERE cop_id = $1 AND state = 'counted' GROUP BY debate_id) n ON n.debate_id = d.id
		WHERE d.cop_id = $1 ORDER BY d.closes_on DESC, d.id`, copID)
	return db.Collect(rows, err, func(r *db.Rows) (x Listed, err error) {
		x.Debate, err = scanDebate(r, &x.Answers)
		return x, err
	})
}

// Find returns the debate of a lever that somebody may read.
func Find(ctx context.Context, q db.Q, a policy.Actor, c cop.COP, lever string) (d Debate, err error) {
	d, err = scanDebate(q.QueryRow(ctx, `SELECT `+debateColumns+` FROM ambition_debate d WHERE d.cop_id = $1 AND d.lever = $2`, c.ID, lever))
	if err = db.OrNotFound(err, "L’ambition de ce levier n’est pas en débat dans cette région."); err != nil {
		return d, err
	}
	return d, policy.Check(a, policy.Read, d.Thing(c))
}

func byID(ctx context.Context, q db.Q, id string) (Debate, error) {
	d, err := scanDebate(q.QueryRow(ctx, `SELECT `+debateColumns+` FROM ambition_debate d WHERE d.id = $1`, id))
	return d, db.OrNotFound(err, "Ce débat n’existe pas.")
}

func (d *Debate) tidy() error {
	d.Text = debate.Tidy(d.Text)
	if err := debate.Long("le texte", d.Text, 5000); err != nil {
		return &Fault{"text", err}
	}
	for _, x := range [][2]string{{"opens", d.Opens}, {"closes", d.Closes}} {
		if _, err := time.Parse(time.DateOnly, x[1]); err != nil {
			return fault(x[0], "Écrivez la date comme 2026-06-30.")
		}
	}
	if d.Closes < d.Opens {
		return fault("closes", "Le débat se fermerait avant de s’ouvrir\u00a0: vérifiez les deux dates.")
	}
	return nil
}

// Begin puts a lever in debate.
func (m *Room) Begin(ctx context.Context, a policy.Actor, c cop.COP, in Debate) (d Debate, err error) {
	defer apperr.Wrap(&err, "ambition.Begin(%s, %s)", c.ID, in.Lever)
	if err := policy.Check(a, policy.Create, c.Thing(policy.Debate)); err != nil {
		return d, err
	}
	d = in
	if err := d.tidy(); err != nil {
		return d, err
	}
	if d.ID, err = m.IDs.New(); err != nil {
		return d, err
	}
	d.Rev, d.COP, d.Region, d.State, d.At = 1, c.ID, c.Region, Open, m.Now()
	err = db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		n, err := db.Insert(ctx, tx, "ambition_debate", []string{"id", "rev", "cop_id", "region", "lever", "text", "opens_on", "closes_on", "state", "at"},
			[][]any{{d.ID, d.Rev, d.COP, d.Region, d.Lever, d.Text, d.Opens, d.Closes, d.State, d.At.UnixMilli()}}, "ON CONFLICT (cop_id, lever) DO NOTHING")
		if err == nil && n == 0 {
			err = fault("lever", "Ce levier est déjà en débat, ou l’a été\u00a0: changez plutôt ses dates dans la liste.")
		}
		if err != nil {
			return err
		}
		return m.kept(ctx, tx, a, "open", d, "")
	})
	return d, err
}

// Change changes the text and the days of a debate that was read at revision in.Rev,
// or takes it back: its answers are kept.
func (m *Room) Change(ctx context.Context, a policy.Actor, in Debate, reason string) (d Debate, err error) {
	defer apperr.Wrap(&err, "ambition.Change(%s)", in.ID)
	err = db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		n, err := tx.Exec(ctx, `UPDATE ambition_debate SET rev = rev + 1 WHERE id = $1 AND rev = $2`, in.ID, in.Rev)
		if err != nil {
			return err
		}
		if d, err = byID(ctx, tx, in.ID); err != nil {
			return err
		}
		c, err := cop.Find(ctx, tx, d.COP)
		if err != nil {
			return err
		}
		if err := policy.Check(a, policy.Edit, d.Thing(c)); err != nil {
			return err
		}
		if n == 0 {
			return apperr.Conflictf("Quelqu’un d’autre a modifié ce débat pendant votre saisie. Rien n’a été enregistré\u00a0: comparez les deux versions, puis recommencez.")
		}
		if in.State != Open && in.State != Withdrawn {
			return apperr.Invalidf("Dites si le débat est ouvert ou retiré.")
		}
		d.Text, d.Opens, d.Closes, d.State = in.Text, in.Opens, in.Closes, in.State
		if err := d.tidy(); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `UPDATE ambition_debate SET text = $2, opens_on = $3, closes_on = $4, state = $5 WHERE id = $1`, d.ID, d.Text, d.Opens, d.Closes, d.State); err != nil {
			return err
		}
		return m.kept(ctx, tx, a, "edit", d, reason)
	})
	return d, err
}

func (m *Room) kept(ctx context.Context, tx db.Q, a policy.Actor, verb string, d Debate, reason string) error {
	if err := m.KeepVersion(ctx, tx, a, "ambition_debate", d.ID, d.Rev, reason, d); err != nil {
		return err
	}
	return m.record(ctx, tx, a, verb, "ambition", d.ID, d.Rev, d.COP)
}

func (m *Room) record(ctx context.Context, tx db.Q, a policy.Actor, verb, kind, subject string, rev int64, copID string) error {
	if _, err := m.Journal.Record(ctx, tx, journal.Entry{Actor: a.Person, Verb: verb, Kind: kind, Subject: subject, Rev: rev, COP: copID}); err != nil {
		return err
	}
	_, err := db.Bump(ctx, tx, Version, m.Now())
	return err
}

const answerColumns = `a.id, a.cop_id, a.debate_id, a.voice_id, a.state, a.party, a.org, a.college, a.measure, a.typed_low, a.typed_high, a.low_kg, a.high_kg, a.low_level, a.high_level, a.unit, a.at`

func scanAnswer(r interface{ Scan(...any) error }) (a Answer, err error) {
	var lowKg, highKg *int64
	var low, high *float64
	var unit string
	var at int64
	err = r.Scan(&a.ID, &a.COP, &a.Debate, &a.Voice, &a.State, &a.Party, &a.Org, &a.College, &a.Measure, &a.TypedLow, &a.TypedHigh, &lowKg, &highKg, &low, &high, &unit, &at)
	set := func(kg *int64, level *float64) (v objective.Value) {
		v.Unit = unit
		if kg != nil {
			v.Kg = panorama.Amount{Kg: panorama.Kg(*kg), Known: true}
		}
		if level != nil {
			v.Level = panorama.Value{V: *level, Known: true}
		}
		return v
	}
	a.Low, a.High, a.At = set(lowKg, low), set(highKg, high), time.UnixMilli(at).UTC()
	return a, err
}

// Answers lists the answers that count in a debate, the last first.
func Answers(ctx context.Context, q db.Q, debateID string) (_ []Answer, err error) {
	defer apperr.Wrap(&err, "ambition.Answers(%s)", debateID)
	rows, err := q.Query(ctx, `SELECT `+answerColumns+` FROM ambition_answer a WHERE a.debate_id = $1 AND a.state = 'counted' ORDER BY a.at DESC, a.id DESC`, debateID)
	return db.Collect(rows, err, func(r *db.Rows) (Answer, error) { return scanAnswer(r) })
}

// Own lists what a voice said in a debate, the last first: what counts, what it
// replaced, what waits for its address.
func Own(ctx context.Context, q db.Q, debateID, voice string) (_ []Answer, err error) {
	defer apperr.Wrap(&err, "ambition.Own(%s)", debateID)
	rows, err := q.Query(ctx, `SELECT `+answerColumns+` FROM ambition_answer a WHERE a.debate_id = $1 AND a.voice_id = $2 ORDER BY a.at DESC, a.id DESC`, debateID, voice)
	return db.Collect(rows, err, func(r *db.Rows) (Answer, error) { return scanAnswer(r) })
}

// Shared is a condition that moderators published, with how many answers make it.
type Shared struct {
	ID, Text string
	Answers  int64
}

// Conditions lists the published conditions of a debate, those that most share first:
// 500 at most.
func Conditions(ctx context.Context, q db.Q, debateID string) (_ []Shared, err error) {
	defer apperr.Wrap(&err, "ambition.Conditions(%s)", debateID)
	rows, err := q.Query(ctx, `SELECT p.id, p.text, COALESCE(n.answers, 0) FROM debate_post p
		LEFT JOIN (SELECT k.post_id, COUNT(*) AS answers FROM ambition_condition k JOIN ambition_answer a ON a.id = k.answer_id AND a.state = 'counted' AND a.debate_id = $1 GROUP BY k.post_id) n ON n.post_id = p.id
		WHERE p.parent = $1 AND p.kind = 'condition' AND p.state = 'published' ORDER BY COALESCE(n.answers, 0) DESC, p.id LIMIT 500`, debateID)
	return db.Collect(rows, err, func(r *db.Rows) (s Shared, err error) {
		err = r.Scan(&s.ID, &s.Text, &s.Answers)
		s.Text = strings.TrimSpace(s.Text)
		return s, err
	})
}
