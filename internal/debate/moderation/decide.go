package moderation

import (
	"context"
	"slices"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/debate"
	"jalon/internal/policy"
)

// Verb is what a moderator does of a text.
type Verb string

// The verbs.
const (
	Publish Verb = "publish" // or let it stand, when it was published already
	Refuse  Verb = "refuse"
	Hide    Verb = "hide"
	Uphold  Verb = "uphold" // the decision appealed against stands
)

var verbNames = map[Verb]string{Publish: "publié", Refuse: "refusé", Hide: "masqué", Uphold: "refus confirmé"}

// Name says in French what was done.
func (v Verb) Name() string { return verbNames[v] }

// Decision is what a moderator decides of a text.
type Decision struct {
	Verb   Verb
	Reason string   // of Reasons, to refuse or hide
	Note   string   // to the author
	Mask   []string // passages to replace, as they are written
}

func (d Decision) check() error {
	switch d.Verb {
	case Publish:
		if d.Reason != "" && d.Reason != PersonalData {
			return apperr.Invalidf("Un texte publié n’a pas de raison de refus\u00a0: choisissez «\u00a0Refuser\u00a0», ou retirez la raison.")
		}
	case Refuse, Hide:
		if ReasonName(d.Reason) == "" {
			return apperr.Invalidf("Choisissez la raison dans la liste des règles publiées\u00a0: l’auteur la lira.")
		}
		if len(d.Mask) > 0 {
			return apperr.Invalidf("Des passages se masquent dans un texte que l’on publie. Pour refuser, décochez-les.")
		}
	default:
		return apperr.Invalidf("Choisissez ce que vous décidez\u00a0: publier, refuser ou masquer.")
	}
	return debate.Long("le mot à l’auteur", d.Note, 1000)
}

// moves says to which state a verb brings a text, false where it may not.
func (v Verb) moves(from debate.PostState) (to debate.PostState, ok bool) {
	switch v {
	case Publish:
		return debate.PostPublished, slices.Contains([]debate.PostState{debate.PostWaiting, debate.PostHidden, debate.PostRefused, debate.PostPublished}, from)
	case Refuse:
		return debate.PostRefused, from == debate.PostWaiting || from == debate.PostHidden
	case Hide:
		return debate.PostHidden, from == debate.PostPublished
	}
	return "", false
}

// Act is a decision that was taken.
type Act struct {
	ID     string
	COP    string
	Post   string
	Kind   debate.Kind
	Rev    int64
	Was    debate.PostState
	Verb   Verb
	Reason string
	Note   string
	Masked int64
	Waited time.Duration
	Late   bool
	Appeal string
	By     string // empty: readers reported it
	At     time.Time
}

const actColumns = `x.id, x.cop_id, x.post_id, x.kind, x.rev, x.was, x.verb, x.reason, x.note, x.masked, x.waited, x.late, x.appeal, x.by, x.at`

func scanAct(r interface{ Scan(...any) error }, more ...any) (x Act, err error) {
	var waited, late, at int64
	err = r.Scan(append([]any{&x.ID, &x.COP, &x.Post, &x.Kind, &x.Rev, &x.Was, &x.Verb, &x.Reason, &x.Note, &x.Masked, &waited, &late, &x.Appeal, &x.By, &at}, more...)...)
	x.Waited, x.Late, x.At = time.Duration(waited)*time.Millisecond, late == 1, time.UnixMilli(at).UTC()
	return x, err
}

// ActsOn lists the decisions on a post, the last first.
func ActsOn(ctx context.Context, q db.Q, post string) (_ []Act, err error) {
	defer apperr.Wrap(&err, "moderation.ActsOn(%s)", post)
	rows, err := q.Query(ctx, `SELECT `+actColumns+` FROM moderation_act x WHERE x.post_id = $1 ORDER BY x.at DESC, x.id DESC LIMIT 100`, post)
	return db.Collect(rows, err, func(r *db.Rows) (Act, error) { return scanAct(r) })
}

// FindAct returns a decision.
func FindAct(ctx context.Context, q db.Q, id string) (Act, error) {
	x, err := scanAct(q.QueryRow(ctx, `SELECT `+actColumns+` FROM moderation_act x WHERE x.id = $1`, id))
	return x, db.OrNotFound(err, "Cette décision n’existe pas.")
}

// Decide does what a moderator decides of a text as it was at a revision. The second
// of two gets a conflict: ActsOn tells what the first decided.
func (m *Room) Decide(ctx context.Context, a policy.Actor, post string, rev int64, d Decision) (p debate.Post, err error) {
	defer apperr.Wrap(&err, "moderation.Decide(%s, %s)", post, d.Verb)
	d.Note = debate.Tidy(d.Note)
	if err := d.check(); err != nil {
		return p, err
	}
	err = db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		if p, err = debate.FindPost(ctx, tx, post); err != nil {
			return err
		}
		c, err := m.judging(ctx, tx, a, p.COP)
		if err != nil {
			return err
		}
		if p.Rev != rev {
			return errTaken
		}
		p, _, err = m.decide(ctx, tx, a, c, p, d, "")
		return err
	})
	return p, err
}

var errTaken = apperr.Conflictf("Quelqu’un vient de traiter ce texte. Rien de ce que vous aviez choisi n’est enregistré\u00a0: relisez sa décision ci-dessous.")

// decide is Decide inside a transaction, once policy was asked.
func (m *Room) decide(ctx context.Context, tx db.Q, a policy.Actor, c cop.COP, p debate.Post, d Decision, appeal string) (debate.Post, Act, error) {
	to, ok := d.Verb.moves(p.State)
	if !ok {
		return p, Act{}, apperr.Conflictf("Ce texte est %s\u00a0: cela ne se fait pas d’ici. Rien n’a été enregistré.", stateWord(p.State))
	}
	since, err := m.since(ctx, tx, p)
	if err != nil {
		return p, Act{}, err
	}
	read, was := p.Rev, p.State
	var masked int64
	if len(d.Mask) > 0 {
		if p, masked, err = m.masked(ctx, tx, a, p, d.Mask); err != nil {
			return p, Act{}, err
		}
	}
	if p, err = m.Turn(ctx, tx, a, p, to, d.Reason); err != nil {
		return p, Act{}, err
	}
	x, err := m.act(ctx, tx, a, c, Act{Post: p.ID, Kind: p.Kind, Rev: read, Was: was, Verb: d.Verb, Reason: d.Reason, Note: d.Note, Masked: masked, Waited: m.Now().Sub(since), Appeal: appeal})
	if err != nil {
		return p, x, err
	}
	if err := m.answerReports(ctx, tx, c, p, x); err != nil {
		return p, x, err
	}
	if was == debate.PostPublished && to == was && masked == 0 {
		return p, x, nil // it stands as it was: nothing to tell its author
	}
	return p, x, m.tellAuthor(ctx, tx, c, p, x)
}

// since is when a post came where it stands.
func (m *Room) since(ctx context.Context, q db.Q, p debate.Post) (time.Time, error) {
	var at int64
	err := q.QueryRow(ctx, `SELECT CAST(COALESCE(MAX(at), 0) AS BIGINT) FROM debate_post_version WHERE id = $1`, p.ID).Scan(&at)
	if at == 0 {
		return p.At, err
	}
	return time.UnixMilli(at).UTC(), err
}

// masked replaces passages of a post. Both texts are kept: the one before in the
// version that was read, the one after in a new one.
func (m *Room) masked(ctx context.Context, tx db.Q, a policy.Actor, p debate.Post, passages []string) (debate.Post, int64, error) {
	p, n, err := mask(p, passages)
	if err != nil || n == 0 {
		return p, n, err
	}
	changed, err := tx.Exec(ctx, `UPDATE debate_post SET rev = rev + 1, title = $3, text = $4 WHERE id = $1 AND rev = $2`, p.ID, p.Rev, p.Title, p.Text)
	if err != nil {
		return p, n, err
	}
	if changed == 0 {
		return p, n, errTaken
	}
	p.Rev++
	return p, n, m.KeptPost(ctx, tx, a, "mask", p, PersonalData)
}

// act keeps a decision.
func (m *Room) act(ctx context.Context, tx db.Q, a policy.Actor, c cop.COP, x Act) (_ Act, err error) {
	if x.ID, err = m.IDs.New(); err != nil {
		return x, err
	}
	promised, err := SettingOf(ctx, tx, c.ID)
	if err != nil {
		return x, err
	}
	x.COP, x.By, x.At = c.ID, a.Person, m.Now()
	var late int64
	if x.Late = promised.Late(x.At.Add(-x.Waited), x.At); x.Late {
		late = 1
	}
	_, err = db.Insert(ctx, tx, "moderation_act", []string{"id", "cop_id", "post_id", "kind", "rev", "was", "verb", "reason", "note", "masked", "waited", "late", "month", "appeal", "by", "at"},
		[][]any{{x.ID, x.COP, x.Post, string(x.Kind), x.Rev, string(x.Was), string(x.Verb), x.Reason, x.Note, x.Masked, x.Waited.Milliseconds(), late, c.DayAt(x.At)[:7], x.Appeal, x.By, x.At.UnixMilli()}}, "")
	return x, err
}

// Pick is a text chosen in the queue, as it was read.
type Pick struct {
	Post string
	Rev  int64
}

// Outcome is what became of one of many texts on which one decision was taken.
type Outcome struct {
	Post debate.Post
	Last Act   // the decision of whoever came first, when there is one
	Err  error // nil when it was done
}

// mostAtOnce is how many texts one decision may be about.
const mostAtOnce = 200

// DecideMany takes one decision on many texts, each in a transaction of its own: those
// that somebody else treated meanwhile are told, and stop none of the others.
func (m *Room) DecideMany(ctx context.Context, a policy.Actor, copID string, picks []Pick, d Decision) (out []Outcome, err error) {
	defer apperr.Wrap(&err, "moderation.DecideMany(%d)", len(picks))
	if _, err := m.judging(ctx, m.DB, a, copID); err != nil {
		return nil, err
	}
	if len(picks) == 0 {
		return nil, apperr.Invalidf("Cochez au moins un texte.")
	}
	if len(picks) > mostAtOnce {
		return nil, apperr.Invalidf("Une décision porte sur 200\u00a0textes au plus\u00a0: cochez-en moins.")
	}
	d.Mask = nil
	if err := d.check(); err != nil {
		return nil, err
	}
	for _, pick := range picks {
		x := Outcome{}
		x.Post, x.Err = m.Decide(ctx, a, pick.Post, pick.Rev, d)
		if x.Err != nil {
			switch apperr.KindOf(x.Err) {
			case apperr.Conflict, apperr.NotFound, apperr.Invalid:
			default:
				return out, x.Err
			}
			p, err := debate.FindPost(ctx, m.DB, pick.Post)
			if err != nil && apperr.KindOf(err) != apperr.NotFound {
				return out, err
			}
			if x.Post = p; p.COP == copID {
				acts, err := ActsOn(ctx, m.DB, pick.Post)
				if err != nil {
					return out, err
				}
				if len(acts) > 0 {
					x.Last = acts[0]
				}
			}
		}
		out = append(out, x)
	}
	return out, nil
}

// stateWord is the state of a text, of a masculine noun.
func stateWord(s debate.PostState) string {
	switch s {
	case debate.PostPublished:
		return "publié"
	case debate.PostRefused:
		return "refusé"
	case debate.PostHidden:
		return "masqué, à revoir"
	case debate.PostMerged:
		return "fusionné avec un autre"
	case debate.PostWithdrawn:
		return "retiré par son auteur"
	case debate.PostUnconfirmed:
		return "en attente de la confirmation d’une adresse"
	}
	return s.Name()
}
