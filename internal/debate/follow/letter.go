package follow

import (
	"context"
	"encoding/json"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/debate"
	"jalon/internal/jobs"
	"jalon/internal/journal"
	"jalon/internal/mail"
	"jalon/internal/policy"
)

// The states of a letter.
const (
	Draft   = "draft"
	Sending = "sending"
	Sent    = "sent"
)

// Letter is one letter of a COP.
type Letter struct {
	ID     string    `json:"id"`
	Rev    int64     `json:"-"`
	COP    string    `json:"cop"`
	State  string    `json:"state"`
	Title  string    `json:"title"`
	Text   string    `json:"text"` // markdown
	Auto   []Part    `json:"auto"` // «Depuis la dernière lettre», kept when it leaves
	At     time.Time `json:"at"`
	SentAt time.Time `json:"sent_at"`
	Count  int64     `json:"-"` // how many readers it went to
}

// Part is a part of «Depuis la dernière lettre».
type Part struct {
	Title string `json:"title"`
	Items []Item `json:"items"`
}

// Item is a line of a part, and where it is read.
type Item struct {
	Text string `json:"text"`
	Path string `json:"path"`
}

func instant(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}

const letterColumns = `id, rev, cop_id, state, title, text, auto, at, sent_at, sent`

func scanLetter(r interface{ Scan(...any) error }) (x Letter, err error) {
	var at, sent int64
	var auto string
	if err = r.Scan(&x.ID, &x.Rev, &x.COP, &x.State, &x.Title, &x.Text, &auto, &at, &sent, &x.Count); err != nil {
		return x, err
	}
	x.At, x.SentAt = instant(at), instant(sent)
	return x, json.Unmarshal([]byte(auto), &x.Auto)
}

// Thing is a letter as policy sees it: public once it leaves.
func (x Letter) Thing(c cop.COP) policy.Thing {
	t := c.Thing(policy.News)
	t.Part = cop.Draft
	if x.State != Draft {
		t.Part = policy.Public
	}
	return t
}

// FindLetter returns a letter of a COP that an actor may read.
func FindLetter(ctx context.Context, q db.Q, a policy.Actor, c cop.COP, id string) (x Letter, err error) {
	defer apperr.Wrap(&err, "follow.FindLetter(%s)", id)
	x, err = scanLetter(q.QueryRow(ctx, `SELECT `+letterColumns+` FROM letter WHERE id = $1 AND cop_id = $2`, id, c.ID))
	if err = db.OrNotFound(err, "Cette lettre n’existe pas, ou n’est pas envoyée."); err != nil {
		return x, err
	}
	return x, policy.Check(a, policy.Read, x.Thing(c))
}

// Letters lists the letters of a COP, the latest first; those that left alone for who
// does not write them.
func Letters(ctx context.Context, q db.Q, c cop.COP, all bool) (_ []Letter, err error) {
	defer apperr.Wrap(&err, "follow.Letters")
	rows, err := q.Query(ctx, `SELECT `+letterColumns+` FROM letter WHERE cop_id = $1 AND (state <> 'draft' OR $2) ORDER BY CASE WHEN sent_at = 0 THEN 0 ELSE 1 END, sent_at DESC, id DESC LIMIT 200`, c.ID, all)
	return db.Collect(rows, err, func(r *db.Rows) (Letter, error) { return scanLetter(r) })
}

func checkLetter(title, text string) error {
	if title == "" || debate.Tidy(text) == "" {
		return apperr.Invalidf("Une lettre a un titre et un texte.")
	}
	if err := debate.Long("le titre", title, 150); err != nil {
		return err
	}
	return debate.Long("le texte", text, 30_000)
}

// AddLetter begins a letter.
func (m *Room) AddLetter(ctx context.Context, a policy.Actor, c cop.COP, title, text string) (x Letter, err error) {
	defer apperr.Wrap(&err, "follow.AddLetter")
	if err := policy.Check(a, policy.Create, c.Thing(policy.News)); err != nil {
		return x, err
	}
	title, text = debate.Line(title), debate.Tidy(text)
	if err := checkLetter(title, text); err != nil {
		return x, err
	}
	x = Letter{Rev: 1, COP: c.ID, State: Draft, Title: title, Text: text, At: m.Now()}
	if x.ID, err = m.IDs.New(); err != nil {
		return x, err
	}
	return x, db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		if _, err := db.Insert(ctx, tx, "letter", []string{"id", "rev", "cop_id", "state", "title", "text", "auto", "at", "sent_at", "last", "sent"},
			[][]any{{x.ID, x.Rev, x.COP, x.State, x.Title, x.Text, "[]", x.At.UnixMilli(), int64(0), "", int64(0)}}, ""); err != nil {
			return err
		}
		return m.keptLetter(ctx, tx, a, "add", x)
	})
}

func (m *Room) keptLetter(ctx context.Context, tx db.Q, a policy.Actor, verb string, x Letter) error {
	body, err := json.Marshal(x)
	if err != nil {
		return err
	}
	if _, err := db.Insert(ctx, tx, "letter_version", []string{"id", "rev", "at", "by", "reason", "body"}, [][]any{{x.ID, x.Rev, m.Now().UnixMilli(), a.Person, verb, string(body)}}, ""); err != nil {
		return err
	}
	_, err = m.Journal.Record(ctx, tx, journal.Entry{Actor: a.Person, Verb: verb, Kind: "letter", Subject: x.ID, Rev: x.Rev, COP: x.COP})
	return err
}

// SaveLetter changes a draft as it was at revision rev.
func (m *Room) SaveLetter(ctx context.Context, a policy.Actor, c cop.COP, id string, rev int64, title, text string) (x Letter, err error) {
	defer apperr.Wrap(&err, "follow.SaveLetter(%s)", id)
	title, text = debate.Line(title), debate.Tidy(text)
	if err := checkLetter(title, text); err != nil {
		return x, err
	}
	err = db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		n, err := tx.Exec(ctx, `UPDATE letter SET rev = rev + 1, title = $3, text = $4 WHERE id = $1 AND rev = $2 AND state = 'draft'`, id, rev, title, text)
		if err != nil {
			return err
		}
		if x, err = m.mine(ctx, tx, a, c, id); err != nil {
			return err
		}
		if n == 0 {
			return errLetter(x)
		}
		return m.keptLetter(ctx, tx, a, "edit", x)
	})
	return x, err
}

func (m *Room) mine(ctx context.Context, tx db.Q, a policy.Actor, c cop.COP, id string) (Letter, error) {
	x, err := FindLetter(ctx, tx, a, c, id)
	if err != nil {
		return x, err
	}
	return x, policy.Check(a, policy.Create, c.Thing(policy.News))
}

func errLetter(x Letter) error {
	if x.State != Draft {
		return apperr.Conflictf("Cette lettre est déjà partie\u00a0: elle ne change plus. Rien n’est enregistré.")
	}
	return apperr.Conflictf("Quelqu’un d’autre a modifié cette lettre pendant votre saisie. Rien n’est enregistré\u00a0: comparez les deux versions, puis enregistrez de nouveau.")
}

// Auto is «Depuis la dernière lettre» of a draft, as it stands now.
func (m *Room) Auto(ctx context.Context, q db.Q, c cop.COP) (out []Part, err error) {
	defer apperr.Wrap(&err, "follow.Auto")
	var last int64
	if err := q.QueryRow(ctx, `SELECT COALESCE(MAX(sent_at), 0) FROM letter WHERE cop_id = $1`, c.ID).Scan(&last); err != nil {
		return nil, err
	}
	from := instant(last)
	if from.IsZero() {
		from = m.Now().AddDate(0, -1, 0) // the first letter tells of a month
	}
	for _, one := range m.Since {
		p, err := one(ctx, q, c, from)
		if err != nil {
			return nil, err
		}
		if len(p.Items) > 0 {
			out = append(out, p)
		}
	}
	return out, nil
}

// TestLetter sends a draft to who writes it, as its readers will get it.
func (m *Room) TestLetter(ctx context.Context, a policy.Actor, c cop.COP, id string, to mail.Address) (err error) {
	defer apperr.Wrap(&err, "follow.TestLetter")
	x, err := m.mine(ctx, m.DB, a, c, id)
	if err != nil {
		return err
	}
	if x.Auto, err = m.Auto(ctx, m.DB, c); err != nil {
		return err
	}
	name, err := m.IDs.New()
	if err != nil {
		return err
	}
	l := m.Mail(c, x, "")
	l.Subject = "[Essai] " + l.Subject
	return db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		if _, err := m.Outbox.Enqueue(ctx, tx, mail.Mail{Dedup: "letter-test/" + name, To: to, Person: a.Person, FromName: c.SenderName(), ReplyTo: c.ReplyTo(), COP: c.ID, Letter: l}); err != nil {
			return err
		}
		_, err := m.Journal.Record(ctx, tx, journal.Entry{Actor: a.Person, Verb: "test", Kind: "letter", Subject: x.ID, Rev: x.Rev, COP: c.ID})
		return err
	})
}

// SendLetter lets a draft leave, as it was at revision rev: what happened since the
// last letter is kept with it, and a job sends it by chunks.
func (m *Room) SendLetter(ctx context.Context, a policy.Actor, c cop.COP, id string, rev int64) (x Letter, err error) {
	defer apperr.Wrap(&err, "follow.SendLetter(%s)", id)
	if _, err := m.mine(ctx, m.DB, a, c, id); err != nil {
		return x, err
	}
	auto, err := m.Auto(ctx, m.DB, c)
	if err != nil {
		return x, err
	}
	kept, err := json.Marshal(auto)
	if err != nil {
		return x, err
	}
	if auto == nil {
		kept = []byte("[]")
	}
	err = db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		n, err := tx.Exec(ctx, `UPDATE letter SET rev = rev + 1, state = 'sending', auto = $3, sent_at = $4 WHERE id = $1 AND rev = $2 AND state = 'draft'`, id, rev, string(kept), m.Now().UnixMilli())
		if err != nil {
			return err
		}
		if x, err = m.mine(ctx, tx, a, c, id); err != nil {
			return err
		}
		if n == 0 {
			return errLetter(x)
		}
		if _, err := m.Queue.Enqueue(ctx, tx, SendKind, rowArgs{id}, jobs.Opts{Dedup: "letter:" + id}); err != nil {
			return err
		}
		return m.keptLetter(ctx, tx, a, "send", x)
	})
	return x, err
}

// sendSome puts one chunk of a letter in the outbox.
func (m *Room) sendSome(ctx context.Context, id string) (more bool, err error) {
	defer apperr.Wrap(&err, "follow.sendSome")
	err = db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		n, err := tx.Exec(ctx, `UPDATE letter SET sent = sent WHERE id = $1 AND state = 'sending'`, id) // one worker at a time
		if err != nil || n == 0 {
			return err
		}
		x, err := scanLetter(tx.QueryRow(ctx, `SELECT `+letterColumns+` FROM letter WHERE id = $1`, id))
		if err != nil {
			return err
		}
		c, err := cop.Find(ctx, tx, x.COP)
		if err != nil {
			return err
		}
		type reader struct{ voice, email, name string }
		rows, err := tx.Query(ctx, `
			SELECT r.voice_id, v.email, v.name
			  FROM letter_reader r
			  JOIN debate_voice v ON v.id = r.voice_id
			 WHERE r.cop_id = $1 AND r.state = 'on' AND v.state = 'confirmed' AND r.voice_id > (SELECT last FROM letter WHERE id = $2)
			 ORDER BY r.voice_id LIMIT $3`, c.ID, id, int64(chunk))
		readers, err := db.Collect(rows, err, func(r *db.Rows) (x reader, err error) { return x, r.Scan(&x.voice, &x.email, &x.name) })
		if err != nil {
			return err
		}
		last := ""
		for _, r := range readers {
			k := mail.Mail{Dedup: "letter/" + id + "/" + r.voice, To: mail.Address{Email: r.email, Name: r.name}, Person: r.voice, FromName: c.SenderName(), ReplyTo: c.ReplyTo(), COP: c.ID, Letter: m.Mail(c, x, r.voice)}
			if leave := m.leavePath(r.voice); len(m.BaseURL) > 8 && m.BaseURL[:8] == "https://" { // a one-click address must be: RFC 8058
				k.Unsubscribe = m.BaseURL + leave
			}
			if _, err := m.Outbox.Enqueue(ctx, tx, k); err != nil {
				return err
			}
			last = r.voice
		}
		more = len(readers) == chunk
		state := Sending
		if !more {
			state = Sent
		}
		_, err = tx.Exec(ctx, `UPDATE letter SET last = CASE WHEN $2 = '' THEN last ELSE $2 END, sent = sent + $3, state = $4 WHERE id = $1`, id, last, int64(len(readers)), state)
		return err
	})
	return more && err == nil, err
}

func (m *Room) leavePath(voice string) string { return m.VoicePath(voice) + "/mes/lettre" }
