package moderation

import (
	"context"
	"errors"
	"time"

	"jalon/internal/account"
	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/debate"
	"jalon/internal/journal"
	"jalon/internal/mail"
	"jalon/internal/policy"
)

// The states of an appeal.
const (
	AppealOpen     = "open"
	AppealUpheld   = "upheld"   // the decision stands
	AppealReversed = "reversed" // the text is published
)

// Appeal is what an author says against a decision, and the end of it.
type Appeal struct {
	ID      string
	Rev     int64
	COP     string
	Post    string
	Act     string
	Voice   string
	Text    string
	State   string
	At      time.Time
	By      string
	Note    string
	EndedAt time.Time // zero while it is open
}

const appealColumns = `l.id, l.rev, l.cop_id, l.post_id, l.act_id, l.voice_id, l.text, l.state, l.at, l.by, l.note, l.ended_at`

func scanAppeal(r interface{ Scan(...any) error }) (l Appeal, err error) {
	var at, ended int64
	err = r.Scan(&l.ID, &l.Rev, &l.COP, &l.Post, &l.Act, &l.Voice, &l.Text, &l.State, &at, &l.By, &l.Note, &ended)
	l.At = time.UnixMilli(at).UTC()
	if ended > 0 {
		l.EndedAt = time.UnixMilli(ended).UTC()
	}
	return l, err
}

// FindAppeal returns an appeal.
func FindAppeal(ctx context.Context, q db.Q, id string) (Appeal, error) {
	l, err := scanAppeal(q.QueryRow(ctx, `SELECT `+appealColumns+` FROM moderation_appeal l WHERE l.id = $1`, id))
	return l, db.OrNotFound(err, "Ce recours n’existe pas.")
}

// AppealOf returns the appeal against a decision; ok is false when there is none.
func AppealOf(ctx context.Context, q db.Q, act string) (l Appeal, ok bool, err error) {
	l, err = scanAppeal(q.QueryRow(ctx, `SELECT `+appealColumns+` FROM moderation_appeal l WHERE l.act_id = $1`, act))
	if errors.Is(err, db.ErrNoRows) {
		return l, false, nil
	}
	return l, err == nil, err
}

// OpenAppeals lists the appeals of a COP that wait, the oldest first.
func OpenAppeals(ctx context.Context, q db.Q, copID string) ([]Appeal, error) {
	rows, err := q.Query(ctx, `SELECT `+appealColumns+` FROM moderation_appeal l WHERE l.cop_id = $1 AND l.state = 'open' ORDER BY l.at, l.id LIMIT 200`, copID)
	return db.Collect(rows, err, func(r *db.Rows) (Appeal, error) { return scanAppeal(r) })
}

// Appealable is the decision that an address of AppealPath names, with its text.
func (m *Room) Appealable(ctx context.Context, q db.Q, token string) (x Act, p debate.Post, c cop.COP, err error) {
	defer apperr.Wrap(&err, "moderation.Appealable")
	parts, err := m.Cursors.Open("appeal", token, 1)
	if err != nil || len(parts) != 1 {
		return x, p, c, apperr.NotFoundf("Cette adresse est incomplète. Ouvrez-la depuis le message qui vous a dit la décision.")
	}
	if x, err = FindAct(ctx, q, parts[0]); err != nil {
		return x, p, c, err
	}
	if p, err = debate.FindPost(ctx, q, x.Post); err != nil {
		return x, p, c, err
	}
	c, err = cop.Find(ctx, q, p.COP)
	return x, p, c, err
}

// Appeal keeps what an author says against a decision, once for each decision.
func (m *Room) Appeal(ctx context.Context, token, text string) (l Appeal, err error) {
	defer apperr.Wrap(&err, "moderation.Appeal")
	if text = debate.Tidy(text); text == "" {
		return l, apperr.Invalidf("Écrivez pourquoi votre texte devrait être publié\u00a0: une phrase suffit.")
	}
	if err := debate.Long("votre recours", text, 3000); err != nil {
		return l, err
	}
	id, err := m.IDs.New()
	if err != nil {
		return l, err
	}
	err = db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		x, p, c, err := m.Appealable(ctx, tx, token)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `UPDATE debate_post SET rev = rev WHERE id = $1`, p.ID); err != nil {
			return err
		}
		if p, err = debate.FindPost(ctx, tx, p.ID); err != nil {
			return err
		}
		if !appealable(x) || p.State != debate.PostRefused && p.State != debate.PostHidden {
			return apperr.Conflictf("Il n’y a plus lieu de faire un recours\u00a0: ce texte est %s.", stateWord(p.State))
		}
		n, err := db.Insert(ctx, tx, "moderation_appeal", []string{"id", "rev", "cop_id", "post_id", "act_id", "voice_id", "text", "state", "at", "by", "note", "ended_at"},
			[][]any{{id, int64(1), c.ID, p.ID, x.ID, p.Voice, text, AppealOpen, m.Now().UnixMilli(), "", "", int64(0)}}, "ON CONFLICT (act_id) DO NOTHING")
		if err != nil {
			return err
		}
		if n == 0 {
			return apperr.Conflictf("Un recours est déjà déposé contre cette décision\u00a0: il suit son cours, et le premier texte est celui qui sera lu.")
		}
		if _, err := m.Journal.Record(ctx, tx, journal.Entry{Verb: "appeal", Kind: "post", Subject: p.ID, Rev: p.Rev, COP: c.ID}); err != nil {
			return err
		}
		l, err = FindAppeal(ctx, tx, id)
		return err
	})
	return l, err
}

// MayEnd tells why somebody may not decide an appeal, nil when they may: whoever took
// the decision leaves it to another moderator, when the COP has one.
func (m *Room) MayEnd(ctx context.Context, q db.Q, a policy.Actor, c cop.COP, x Act) error {
	if err := policy.Check(a, policy.Judge, c.Thing(policy.Post)); err != nil || x.By != a.Person {
		return err
	}
	at := "region"
	scope := c.Region
	if code := c.Department(); code != "" {
		at, scope = "department", code
	}
	held, err := account.AtWork(ctx, q, at, scope)
	if err != nil {
		return err
	}
	for _, h := range held {
		if h.Account != a.Person && (h.Role == policy.Team || h.Role == policy.StateChair || h.Role == policy.RegionChair) {
			return apperr.New(apperr.Forbidden, nil, "Vous avez pris la décision que ce recours conteste\u00a0: une autre personne de l’équipe le tranche. Rien n’a été enregistré.")
		}
	}
	return nil
}

// EndAppeal decides an appeal as it was at a revision, for good: the text is
// published, or the decision stands. note is why; the author reads it.
func (m *Room) EndAppeal(ctx context.Context, a policy.Actor, id string, rev int64, publish bool, note string) (l Appeal, err error) {
	defer apperr.Wrap(&err, "moderation.EndAppeal(%s)", id)
	if note = debate.Tidy(note); note == "" {
		return l, apperr.Invalidf("Dites pourquoi\u00a0: l’auteur lit votre réponse, et elle est définitive.")
	}
	if err := debate.Long("la réponse", note, 1000); err != nil {
		return l, err
	}
	err = db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		if l, err = FindAppeal(ctx, tx, id); err != nil {
			return err
		}
		c, err := m.judging(ctx, tx, a, l.COP)
		if err != nil {
			return err
		}
		x, err := FindAct(ctx, tx, l.Act)
		if err != nil {
			return err
		}
		if err := m.MayEnd(ctx, tx, a, c, x); err != nil {
			return err
		}
		state := AppealUpheld
		if publish {
			state = AppealReversed
		}
		n, err := tx.Exec(ctx, `UPDATE moderation_appeal SET rev = rev + 1, state = $3, by = $4, note = $5, ended_at = $6 WHERE id = $1 AND rev = $2 AND state = 'open'`, id, rev, state, a.Person, note, m.Now().UnixMilli())
		if err != nil {
			return err
		}
		if n == 0 {
			return apperr.Conflictf("Quelqu’un vient de trancher ce recours. Rien de ce que vous aviez écrit n’est enregistré\u00a0: relisez sa décision ci-dessous.")
		}
		p, err := debate.FindPost(ctx, tx, l.Post)
		if err != nil {
			return err
		}
		if publish {
			_, _, err = m.decide(ctx, tx, a, c, p, Decision{Verb: Publish, Note: note}, l.ID)
		} else {
			err = m.uphold(ctx, tx, a, c, p, l, x, note)
		}
		if err != nil {
			return err
		}
		l, err = FindAppeal(ctx, tx, id)
		return err
	})
	return l, err
}

// uphold keeps that a decision stands, and tells its author.
func (m *Room) uphold(ctx context.Context, tx db.Q, a policy.Actor, c cop.COP, p debate.Post, l Appeal, x Act, note string) error {
	end, err := m.act(ctx, tx, a, c, Act{Post: p.ID, Kind: p.Kind, Rev: p.Rev, Was: p.State, Verb: Uphold, Reason: x.Reason, Note: note, Waited: m.Now().Sub(l.At), Appeal: l.ID})
	if err != nil {
		return err
	}
	if p.State == debate.PostHidden { // it waited for this: it is refused for good
		if p, err = m.Turn(ctx, tx, a, p, debate.PostRefused, x.Reason); err != nil {
			return err
		}
	} else if _, err := m.Journal.Record(ctx, tx, journal.Entry{Actor: a.Person, Verb: "uphold", Kind: "post", Subject: p.ID, Rev: p.Rev, COP: c.ID}); err != nil {
		return err
	}
	who := "Une autre personne"
	if x.By == a.Person {
		who = "L’équipe"
	}
	return m.Tell(ctx, tx, c, p.Voice, "moderation/"+end.ID, mail.Letter{Subject: "Votre recours a été examiné", Blocks: []mail.Block{
		mail.Para(who + " a relu " + of(p.Kind) + " " + named(p) + " et votre recours. La décision est maintenue, pour la même raison" + nb + ": " + ReasonName(x.Reason) + "."),
		mail.Quote("Sa réponse", note), mail.Para("Cette décision est définitive."), mail.Link("Les règles de modération", m.BaseURL+RulesPath(c))},
		Reason: "Vous recevez ce message parce que vous avez fait un recours."}, false)
}

// Erased empties what a voice wrote to moderators, when it is erased.
func (m *Room) Erased(ctx context.Context, tx db.Q, v debate.Voice) (err error) {
	defer apperr.Wrap(&err, "moderation.Erased")
	for _, text := range []string{
		`UPDATE moderation_appeal SET text = '' WHERE voice_id = $1`,
		`UPDATE moderation_report SET note = '', voice_id = '', reporter = 'erased:' || id WHERE voice_id = $1`,
		`UPDATE moderation_act SET note = '' WHERE post_id IN (SELECT id FROM debate_post WHERE voice_id = $1)`,
	} {
		if _, err := tx.Exec(ctx, text, v.ID); err != nil {
			return err
		}
	}
	return nil
}
