package roadmap

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"jalon/internal/apperr"
	"jalon/internal/composition"
	"jalon/internal/db"
	"jalon/internal/journal"
	"jalon/internal/policy"
)

// comments are the tables of what is said of a draft.
func comments() []db.Table {
	return []db.Table{{Name: "roadmap_comment", Order: []string{"id"}, Scope: db.COP, Personal: []string{"author", "text", "answer", "answered_by"}, Free: []string{"text", "answer"}}}
}

// Comment is what somebody says of a passage of a draft roadmap: read by those who read
// the draft, never public.
type Comment struct {
	ID         string
	Rev        int64
	COP, Of    string // Of is the composition
	Block      string
	Paragraph  int64 // from 1, in its block
	Quote      string
	Author     string
	At         time.Time
	Text       string
	Answered   bool
	Answer     string
	AnsweredBy string
	AnsweredAt time.Time
}

// The most that a comment and its quote hold.
const (
	LongestComment = 3_000
	longestQuote   = 400
)

const commentColumns = `id, rev, cop_id, composition_id, block_id, paragraph, quote, author, at, text, state, answer, answered_by, COALESCE(answered_at, 0)`

func scanComment(r interface{ Scan(...any) error }) (x Comment, err error) {
	var at, answered int64
	var state string
	err = r.Scan(&x.ID, &x.Rev, &x.COP, &x.Of, &x.Block, &x.Paragraph, &x.Quote, &x.Author, &at, &x.Text, &state, &x.Answer, &x.AnsweredBy, &answered)
	x.At, x.Answered = time.UnixMilli(at).UTC(), state == "answered"
	if x.Answered {
		x.AnsweredAt = time.UnixMilli(answered).UTC()
	}
	return x, err
}

// Comments lists what is said of a draft, those that wait for an answer first, each in
// the order of time.
func Comments(ctx context.Context, q db.Q, composition string) (_ []Comment, err error) {
	defer apperr.Wrap(&err, "roadmap.Comments(%s)", composition)
	rows, err := q.Query(ctx, `SELECT `+commentColumns+` FROM roadmap_comment WHERE composition_id = $1 ORDER BY CASE WHEN state = 'open' THEN 0 ELSE 1 END, id`, composition)
	return db.Collect(rows, err, func(r *db.Rows) (Comment, error) { return scanComment(r) })
}

// said checks what somebody wrote.
func said(label, text string) (string, error) {
	text = strings.TrimSpace(text)
	switch n := utf8.RuneCountInString(text); {
	case n == 0:
		return "", apperr.Invalidf("%s est vide\u00a0: rien n’a été enregistré.", label)
	case n > LongestComment:
		return "", apperr.Invalidf("%s tient en 3\u202f000\u00a0caractères\u00a0; le vôtre en a %d. Il est resté dans le formulaire.", label, n)
	}
	return text, nil
}

// Comment keeps what somebody says of a passage of a draft. as is what they read it as:
// the draft of the COP, or that of one of its départements.
func (m *Room) Comment(ctx context.Context, a policy.Actor, as policy.Thing, d composition.Composition, x Comment) (_ Comment, err error) {
	defer apperr.Wrap(&err, "roadmap.Comment(%s)", d.ID)
	as.Kind, as.Part = d.Kind.Policy(), ""
	if err := policy.Check(a, policy.Read, as); err != nil {
		return x, err
	}
	if x.Text, err = said("Votre commentaire", x.Text); err != nil {
		return x, err
	}
	b, of, err := composition.FindBlock(ctx, m.DB, x.Block)
	if err != nil {
		return x, err
	}
	if of.ID != d.ID || b.State != composition.BlockKept {
		return x, apperr.Conflictf("Ce bloc n’est plus dans le projet\u00a0: rien n’a été enregistré. Copiez votre commentaire, et rechargez la page.")
	}
	if x.ID, err = m.IDs.New(); err != nil {
		return x, err
	}
	if r := []rune(x.Quote); len(r) > longestQuote {
		x.Quote = string(r[:longestQuote-1]) + "…"
	}
	x.Rev, x.COP, x.Of, x.Author, x.At = 1, d.COP, d.ID, a.Person, m.Now()
	err = db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		if _, err := db.Insert(ctx, tx, "roadmap_comment", []string{"id", "rev", "cop_id", "composition_id", "block_id", "paragraph", "quote", "author", "at", "text", "state", "answer", "answered_by", "answered_at"},
			[][]any{{x.ID, x.Rev, x.COP, x.Of, x.Block, x.Paragraph, x.Quote, x.Author, x.At.UnixMilli(), x.Text, "open", "", "", nil}}, ""); err != nil {
			return err
		}
		_, err := m.Journal.Record(ctx, tx, journal.Entry{Actor: a.Person, Verb: "comment", Kind: "roadmap", Subject: x.ID, Rev: x.Rev, COP: x.COP})
		return err
	})
	return x, err
}

// Answer answers a comment, once: of two who answer, the second reads the first.
func (m *Room) Answer(ctx context.Context, a policy.Actor, d composition.Composition, id string, rev int64, text string) (err error) {
	defer apperr.Wrap(&err, "roadmap.Answer(%s)", id)
	if err := policy.Check(a, policy.Edit, d.Thing()); err != nil {
		return err
	}
	if text, err = said("Votre réponse", text); err != nil {
		return err
	}
	return db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		n, err := tx.Exec(ctx, `UPDATE roadmap_comment SET rev = rev + 1, state = 'answered', answer = $4, answered_by = $5, answered_at = $6 WHERE id = $1 AND composition_id = $2 AND rev = $3 AND state = 'open'`,
			id, d.ID, rev, text, a.Person, m.Now().UnixMilli())
		if err != nil {
			return err
		}
		if n == 0 {
			return apperr.Conflictf("Quelqu’un a répondu à ce commentaire avant vous\u00a0: sa réponse est gardée, la vôtre n’a pas été enregistrée.")
		}
		_, err = m.Journal.Record(ctx, tx, journal.Entry{Actor: a.Person, Verb: "answer", Kind: "roadmap", Subject: id, Rev: rev + 1, COP: d.COP})
		return err
	})
}
