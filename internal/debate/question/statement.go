package question

import (
	"context"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/debate"
	"jalon/internal/policy"
	"jalon/internal/textmining"
)

// Statement is a statement of a debate that everybody reads.
type Statement struct {
	N      int64 // from 1, in votes
	Post   string
	Rev    int64
	Text   string
	Seeded bool
}

// Statements lists the statements of a debate that are read, by number.
func Statements(ctx context.Context, q db.Q, id string) (_ []Statement, err error) {
	defer apperr.Wrap(&err, "question.Statements(%s)", id)
	rows, err := q.Query(ctx, `
		SELECT s.n, p.id, p.rev, p.text, s.seeded
		  FROM debate_post p
		  JOIN debate_statement s ON s.post_id = p.id
		 WHERE p.parent = $1 AND p.kind = 'statement' AND p.state = 'published'
		 ORDER BY s.n`, id)
	return db.Collect(rows, err, func(r *db.Rows) (s Statement, err error) {
		return s, r.Scan(&s.N, &s.Post, &s.Rev, &s.Text, &s.Seeded)
	})
}

// Waiting counts the statements of a debate that wait for a moderator.
func Waiting(ctx context.Context, q db.Q, id string) (n int64, err error) {
	err = q.QueryRow(ctx, `SELECT COUNT(*) FROM debate_post WHERE parent = $1 AND kind = 'statement' AND state = 'waiting'`, id).Scan(&n)
	return n, err
}

// perHour are the statements that one machine may propose in an hour.
const perHour = 10

// MayPropose tells why somebody may not propose a statement, nil when they may.
func (m *Room) MayPropose(a policy.Actor, c cop.COP, x Question) error {
	switch {
	case !x.Takes(c, m.Now()):
		return m.shut(c, x)
	case x.Proposals == Nobody:
		return apperr.New(apperr.Forbidden, nil, "Dans ce débat, les affirmations sont écrites par l’équipe de la COP.")
	case x.Proposals == Account && a.Person == "":
		return apperr.New(apperr.Forbidden, nil, "Dans ce débat, seules les personnes qui ont un compte proposent une affirmation. Connectez-vous, puis revenez à cette page.")
	}
	return nil
}

// Propose leaves a statement, which waits for a moderator once the address of its
// author is sure. machine is where it comes from, for limits.
func (m *Room) Propose(ctx context.Context, a policy.Actor, c cop.COP, x Question, text string, s debate.Speaker, machine string) (p debate.Post, err error) {
	defer apperr.Wrap(&err, "question.Propose(%s)", x.ID)
	if err := m.MayPropose(a, c, x); err != nil {
		return p, err
	}
	text = bound(debate.Line(text))
	if text == "" {
		return p, fault("text", "Écrivez votre affirmation.")
	}
	if err := debate.Long("l’affirmation", text, MostLetters); err != nil {
		return p, fault("text", apperr.Message(err))
	}
	over, err := m.Accounts.Tried(ctx, "statement|"+machine, perHour)
	if err != nil {
		return p, err
	}
	if over {
		return p, apperr.New(apperr.TooMany, nil, "Trop d’affirmations ont été proposées depuis cette connexion depuis une heure. Rien n’est enregistré\u00a0; votre texte est dans le formulaire, renvoyez-le plus tard.")
	}
	p, _, err = m.Deposit(ctx, a, c, debate.Post{Kind: debate.Statement, Parent: x.ID, Text: text, Speaker: debate.Person, Signed: debate.Line(s.Name)}, s, "l’affirmation que vous proposez au débat «\u00a0"+x.Title+"\u00a0»",
		func(ctx context.Context, tx db.Q, p debate.Post, _ debate.Voice) error {
			return m.numbered(ctx, tx, x, p.ID, false)
		})
	return p, err
}

func fault(field, message string) error {
	return apperr.New(apperr.Invalid, Faults{{field, message}}, "%s", message)
}

// Near are the statements that say about what a draft says, the closest first.
func (m *Room) Near(ctx context.Context, x Question, text string) ([]Statement, error) {
	snap, err := m.Snapshot(ctx, x.ID)
	if err != nil {
		return nil, err
	}
	k := textmining.NewKindred()
	byPost := map[string]Statement{}
	for _, s := range snap.Statements {
		k.Put(s.Post, "", s.Text)
		byPost[s.Post] = s
	}
	var out []Statement
	for _, near := range k.Near(text, 3) {
		if near.Score >= textmining.Close {
			out = append(out, byPost[near.ID])
		}
	}
	return out, nil
}

// Withdraw takes a statement back: it is read no more, and its votes count no more.
func (m *Room) Withdraw(ctx context.Context, a policy.Actor, c cop.COP, x Question, post string, rev int64, reason string) (err error) {
	defer apperr.Wrap(&err, "question.Withdraw(%s)", post)
	if err := policy.Check(a, policy.Judge, c.Thing(policy.Post)); err != nil {
		return err
	}
	if reason = debate.Line(reason); reason == "" {
		return apperr.Invalidf("Dites pourquoi cette affirmation est retirée.")
	}
	err = db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		p, err := debate.FindPost(ctx, tx, post)
		if err != nil {
			return err
		}
		if p.Parent != x.ID || p.Kind != debate.Statement {
			return apperr.NotFoundf("Cette affirmation n’est pas de ce débat.")
		}
		if p.State != debate.PostPublished {
			return apperr.Conflictf("Cette affirmation n’est déjà plus publiée.")
		}
		p.Rev = rev
		_, err = m.Turn(ctx, tx, a, p, debate.PostWithdrawn, reason)
		return err
	})
	m.forget(x.ID)
	return err
}

// Turned is what follows when a moderator publishes a statement or takes it back: what
// OnState does with statements. Figures are computed again, without waiting for a vote.
func (m *Room) Turned(ctx context.Context, tx db.Q, p debate.Post, from debate.PostState) error {
	if p.State != debate.PostPublished && from != debate.PostPublished {
		return nil
	}
	x, err := Find(ctx, tx, p.Parent)
	if err != nil {
		return err
	}
	m.forget(x.ID)
	if err := m.ask(ctx, tx, x.Num, 0); err != nil {
		return err
	}
	_, err = db.Bump(ctx, tx, Version, m.Now())
	return err
}
