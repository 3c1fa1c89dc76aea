package debate

import (
	"context"
	"encoding/json"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/journal"
	"jalon/internal/policy"
)

// Kind is what a post is.
type Kind string

// The kinds of posts.
const (
	Contribution Kind = "contribution"
	Comment      Kind = "comment"   // on a contribution, or an answer to a comment
	Statement    Kind = "statement" // of a debate
	Amendment    Kind = "amendment" // to an article of a draft, or a remark on it
	Condition    Kind = "condition" // of an answer on how far a lever may go
)

var kindNames = map[Kind]string{Contribution: "contribution", Comment: "commentaire", Statement: "affirmation", Amendment: "amendement", Condition: "condition"}

// Name is the French name of a kind.
func (k Kind) Name() string { return kindNames[k] }

// PostState is where a post stands.
type PostState string

// The states of a post. Only a published or merged one is read by everybody.
const (
	PostDraft       PostState = "draft"       // its author alone sees it
	PostUnconfirmed PostState = "unconfirmed" // the address was not confirmed
	PostWaiting     PostState = "waiting"     // for a moderator
	PostPublished   PostState = "published"
	PostRefused     PostState = "refused"
	PostHidden      PostState = "hidden" // was published, and is looked at again
	PostMerged      PostState = "merged" // read with another one
	PostWithdrawn   PostState = "withdrawn"
)

var stateNames = map[PostState]string{PostDraft: "brouillon", PostUnconfirmed: "adresse à confirmer", PostWaiting: "en attente de modération", PostPublished: "publiée",
	PostRefused: "refusée", PostHidden: "masquée, à revoir", PostMerged: "fusionnée", PostWithdrawn: "retirée"}

// Name is the French name of a state.
func (s PostState) Name() string { return stateNames[s] }

// Erased is the name under which stands what somebody wrote who had themselves erased.
const Erased = "auteur effacé"

// Post is what somebody wrote.
type Post struct {
	ID          string    `json:"id"`
	Rev         int64     `json:"-"`
	COP         string    `json:"cop"`
	Kind        Kind      `json:"kind"`
	Parent      string    `json:"parent"` // what it hangs from
	Voice       string    `json:"voice"`  // empty: the team's own, of a debate that it seeds
	State       PostState `json:"state"`
	Title       string    `json:"title"`
	Text        string    `json:"text"`
	Speaker     string    `json:"speaker"` // in whose name
	Signed      string    `json:"signed"`  // as shown
	Theme       string    `json:"theme"`
	Lever       string    `json:"lever"`
	Territory   string    `json:"territory"` // region:44, commune:67482
	At          time.Time `json:"at"`
	PublishedAt time.Time `json:"published_at"` // zero before
	Supports    int64     `json:"-"`
	Comments    int64     `json:"-"`
}

// Thing is a post as policy sees it: published ones are public. Its author is known
// by their account, when they have one.
func (p Post) Thing(c cop.COP, author string) policy.Thing {
	t := c.Thing(policy.Post)
	t.Author = author
	if p.Read() {
		t.Part = policy.Public
	}
	return t
}

// Read reports whether everybody reads it.
func (p Post) Read() bool { return p.State == PostPublished || p.State == PostMerged }

// PostColumns are those that ScanPost reads, of the alias p.
const PostColumns = `p.id, p.rev, p.cop_id, p.kind, p.parent, p.voice_id, p.state, p.title, p.text, p.speaker, p.signed, p.theme, p.lever, p.territory, p.at, p.published_at, p.supports, p.comments`

// ScanPost reads PostColumns, then what a room reads besides.
func ScanPost(r interface{ Scan(...any) error }, more ...any) (p Post, err error) {
	var at, published int64
	err = r.Scan(append([]any{&p.ID, &p.Rev, &p.COP, &p.Kind, &p.Parent, &p.Voice, &p.State, &p.Title, &p.Text, &p.Speaker, &p.Signed, &p.Theme, &p.Lever, &p.Territory, &at, &published, &p.Supports, &p.Comments}, more...)...)
	p.At = time.UnixMilli(at).UTC()
	if published > 0 {
		p.PublishedAt = time.UnixMilli(published).UTC()
	}
	return p, err
}

// FindPost returns a post by its id, whatever its state: the caller asks policy.
func FindPost(ctx context.Context, q db.Q, id string) (Post, error) {
	p, err := ScanPost(q.QueryRow(ctx, `SELECT `+PostColumns+` FROM debate_post p WHERE p.id = $1`, id))
	return p, db.OrNotFound(err, "Ce texte n’existe pas, ou n’est pas publié.")
}

// Deposit leaves a post: draft when asked, waiting for a moderator when the author is
// sure, for their address otherwise (what names it in the mail that asks). more adds
// what the kind holds besides, in the same transaction.
func (m *Room) Deposit(ctx context.Context, a policy.Actor, c cop.COP, in Post, s Speaker, what string, more func(ctx context.Context, tx db.Q, p Post, v Voice) error) (p Post, v Voice, err error) {
	defer apperr.Wrap(&err, "debate.Deposit(%s)", in.Kind)
	p = in
	p.COP, p.Rev, p.At = c.ID, 1, m.Now()
	if p.ID, err = m.IDs.New(); err != nil {
		return p, v, err
	}
	err = db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		var sure bool
		if v, sure, err = m.Speak(ctx, tx, a, c, s); err != nil {
			return err
		}
		p.Voice = v.ID
		switch {
		case p.State == PostDraft:
		case sure:
			p.State = PostWaiting
		default:
			p.State = PostUnconfirmed
		}
		if _, err := db.Insert(ctx, tx, "debate_post", []string{"id", "rev", "cop_id", "kind", "parent", "voice_id", "state", "title", "text", "speaker", "signed", "theme", "lever", "territory", "at", "published_at", "supports", "comments"},
			[][]any{{p.ID, p.Rev, p.COP, string(p.Kind), p.Parent, p.Voice, string(p.State), p.Title, p.Text, p.Speaker, p.Signed, p.Theme, p.Lever, p.Territory, p.At.UnixMilli(), int64(0), int64(0), int64(0)}}, ""); err != nil {
			return err
		}
		if more != nil {
			if err := more(ctx, tx, p, v); err != nil {
				return err
			}
		}
		if p.State == PostUnconfirmed {
			if err := m.AskConfirm(ctx, tx, c, v, string(p.Kind), p.ID, what); err != nil {
				return err
			}
		}
		return m.KeptPost(ctx, tx, a, "deposit", p, "")
	})
	return p, v, err
}

// Confirmed lets a post whose address was confirmed go to the moderators: what
// OnConfirm does with posts.
func (m *Room) Confirmed(ctx context.Context, tx db.Q, _ Voice, id string) (path string, err error) {
	p, err := FindPost(ctx, tx, id)
	if err != nil || p.State != PostUnconfirmed {
		return "", err
	}
	_, err = m.Turn(ctx, tx, policy.Actor{}, p, PostWaiting, "adresse confirmée")
	return "", err
}

// Turn moves a post to another state, in the transaction of the act that does: the
// second of two who act on the same revision gets a conflict.
func (m *Room) Turn(ctx context.Context, tx db.Q, a policy.Actor, p Post, to PostState, reason string) (_ Post, err error) {
	defer apperr.Wrap(&err, "debate.Turn(%s, %s)", p.ID, to)
	from, published := p.State, p.PublishedAt
	if to == PostPublished && published.IsZero() {
		published = m.Now()
	}
	var ms int64
	if !published.IsZero() {
		ms = published.UnixMilli()
	}
	n, err := tx.Exec(ctx, `UPDATE debate_post SET rev = rev + 1, state = $3, published_at = $4 WHERE id = $1 AND rev = $2`, p.ID, p.Rev, string(to), ms)
	if err != nil {
		return p, err
	}
	if n == 0 {
		return p, apperr.Conflictf("Quelqu’un vient de traiter ce texte. Rien de ce que vous aviez choisi n’est enregistré\u00a0: relisez sa décision ci-dessous.")
	}
	p.Rev, p.State, p.PublishedAt = p.Rev+1, to, published
	if then, ok := m.OnState[p.Kind]; ok {
		if err := then(ctx, tx, p, from); err != nil {
			return p, err
		}
	}
	return p, m.KeptPost(ctx, tx, a, string(to), p, reason)
}

// KeptPost writes the version of a post and its row in the journal.
func (m *Room) KeptPost(ctx context.Context, tx db.Q, a policy.Actor, verb string, p Post, reason string) error {
	if err := m.KeepVersion(ctx, tx, a, "debate_post", p.ID, p.Rev, reason, p); err != nil {
		return err
	}
	_, err := m.Journal.Record(ctx, tx, journal.Entry{Actor: a.Person, Verb: verb, Kind: "post", Subject: p.ID, Rev: p.Rev, COP: p.COP})
	return err
}

// KeepVersion writes what a thing of the debate is at a revision, in the table of its
// versions: thing is the name of its own table.
func (m *Room) KeepVersion(ctx context.Context, tx db.Q, a policy.Actor, thing, id string, rev int64, reason string, body any) error {
	text, err := json.Marshal(body)
	if err != nil {
		return err
	}
	_, err = db.Insert(ctx, tx, thing+"_version", []string{"id", "rev", "at", "by", "reason", "body"}, [][]any{{id, rev, m.Now().UnixMilli(), a.Person, reason, string(text)}}, "")
	return err
}
