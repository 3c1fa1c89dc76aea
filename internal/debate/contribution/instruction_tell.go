package contribution

import (
	"context"
	"encoding/json"
	"strconv"
	"time"

	"jalon/internal/account"
	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/debate"
	"jalon/internal/french"
	"jalon/internal/jobs"
	"jalon/internal/link"
	"jalon/internal/mail"
)

// tellKind is the job that tells supporters what became of a contribution.
const tellKind = "contribution.tell"

const tellMany = 200

// tellArgs says what is told, and to whom this job goes on.
type tellArgs struct {
	COP, Post, Dedup, Except, After string
	Letter                          mail.Letter
}

// Register gives the worker what the study of contributions does in the background.
func (m *Room) Register(c *jobs.Config) {
	c.Handlers[tellKind] = jobs.Handle(m.tellSupporters)
	c.Handlers[uploadTick] = jobs.Handler{Do: func(ctx context.Context, _ jobs.Job) error { return m.SweepUploads(ctx) }}
	c.Periodic = append(c.Periodic, jobs.Periodic{Name: uploadTick, Last: jobs.Daily(3, 50, time.UTC)})
}

// Event is something that happened to a contribution: kept on its page, and told to
// its author at once, to those who support it with the digest of their day.
type Event struct {
	Fact
	Subject string       // of the mail
	More    []mail.Block // what the mail says besides
}

// Follow keeps an event of a contribution and tells who follows it, in the transaction
// that makes it: once for its kind and subject. Other rooms call it for what they do
// of a contribution: a decision that answers it, an action and its progress.
func (m *Room) Follow(ctx context.Context, tx db.Q, c cop.COP, post string, e Event) (err error) {
	defer apperr.Wrap(&err, "contribution.Follow(%s, %s)", post, e.Kind)
	p, err := debate.FindPost(ctx, tx, post)
	if err != nil {
		return err
	}
	fresh, err := m.stepped(ctx, tx, p.COP, p.ID, e.Fact)
	if err != nil || !fresh || !p.Read() {
		return err
	}
	if m.Told != nil {
		if err := m.Told(ctx, tx, c, p, e.Fact); err != nil {
			return err
		}
	}
	l := mail.Letter{Subject: e.Subject, Blocks: append([]mail.Block{mail.Para("Votre contribution «" + nb + p.Title + nb + "»" + nb + ": " + lower(e.Text))}, e.More...),
		Reason: "Vous recevez ce message parce que vous avez déposé cette contribution."}
	if e.Path != "" {
		l.Blocks = append(l.Blocks, mail.Link("Voir la suite donnée", m.BaseURL+e.Path))
	}
	l.Blocks = append(l.Blocks, mail.Link("Lire la contribution", m.BaseURL+Path(c, p.ID)))
	dedup := "contribution/" + p.ID + "/" + string(e.Kind) + "/" + e.Fact.Subject
	authors := []string{p.Voice}
	rows, err := tx.Query(ctx, `SELECT p.voice_id FROM contribution_relation r JOIN debate_post p ON p.id = r.from_id WHERE r.into_id = $1 AND r.kind = 'merge' AND r.ended_at = 0 ORDER BY p.voice_id LIMIT 200`, p.ID)
	merged, err := db.Strings(rows, err)
	if err != nil {
		return err
	}
	for _, v := range append(authors, merged...) {
		if v == "" {
			continue
		}
		if err := m.Tell(ctx, tx, c, v, dedup, l, false); err != nil {
			return err
		}
	}
	l.Blocks = append([]mail.Block{mail.Para("Une contribution que vous soutenez, «" + nb + p.Title + nb + "»" + nb + ": " + lower(e.Text))}, l.Blocks[1:]...)
	l.Reason = "Vous recevez ce message parce que vous soutenez cette contribution."
	_, err = m.Queue.Enqueue(ctx, tx, tellKind, tellArgs{COP: c.ID, Post: p.ID, Dedup: dedup, Except: p.Voice, Letter: l}, jobs.Opts{Dedup: tellKind + ":" + dedup})
	return err
}

// lower begins a sentence after a colon.
func lower(s string) string {
	r := []rune(s)
	if len(r) > 1 && r[0] >= 'A' && r[0] <= 'Z' {
		r[0] += 'a' - 'A'
	}
	return string(r)
}

// tellSupporters puts a letter in the outbox for those who support a contribution, 200
// at a time, so that no transaction lasts.
func (m *Room) tellSupporters(ctx context.Context, in tellArgs) (err error) {
	defer apperr.Wrap(&err, "contribution.tellSupporters(%s)", in.Post)
	return db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		c, err := cop.Find(ctx, tx, in.COP)
		if err != nil {
			return err
		}
		rows, err := tx.Query(ctx, `SELECT voice_id FROM debate_support WHERE post_id = $1 AND voice_id > $2 ORDER BY voice_id LIMIT $3`, in.Post, in.After, int64(tellMany))
		voices, err := db.Strings(rows, err)
		if err != nil {
			return err
		}
		for _, v := range voices {
			if v == in.Except {
				continue
			}
			if err := m.Tell(ctx, tx, c, v, in.Dedup, in.Letter, true); err != nil {
				return err
			}
		}
		if len(voices) < tellMany {
			return nil
		}
		in.After = voices[len(voices)-1]
		_, err = m.Queue.Enqueue(ctx, tx, tellKind, in, jobs.Opts{Dedup: tellKind + ":" + in.Dedup + ":" + in.After})
		return err
	})
}

// tellHolder tells somebody that a contribution is theirs to study.
func (m *Room) tellHolder(ctx context.Context, tx db.Q, c cop.COP, x Instruction) error {
	p, err := debate.FindPost(ctx, tx, x.Post)
	if err != nil {
		return err
	}
	l := mail.Letter{Subject: "Une contribution vous est confiée", Blocks: []mail.Block{mail.Para("L’équipe de la COP vous confie l’étude d’une contribution."), mail.Quote("La contribution", p.Title)},
		Reason: "Vous recevez ce message parce que vous travaillez pour cette COP. Réglez ces messages dans «" + nb + "Mon espace" + nb + "»."}
	if x.Due != "" {
		l.Blocks = append(l.Blocks, mail.Para("Votre avis est attendu le "+french.Day(x.Due)+"."))
	}
	l.Blocks = append(l.Blocks, mail.Link("Lire et donner votre avis", m.BaseURL+"/regions/"+c.Slug+"/bureau/contributions/"+x.Post))
	_, err = m.Accounts.Notify(ctx, tx, x.Assignee, account.Tasks, c.Location(), mail.Mail{Dedup: "study/" + x.Post + "/" + strconv.FormatInt(x.Rev, 10) + "/" + x.Assignee, FromName: c.SenderName(), ReplyTo: c.ReplyTo(), COP: c.ID, Letter: l})
	return err
}

// linkWords says what links to a contribution do of it, by their kind.
var linkWords = map[string]string{link.Decision: "Une décision y répond", link.Action: "Une action la met en œuvre", link.Meeting: "Une réunion en a parlé", link.Group: "Un groupe de travail l’étudie"}

// Linked tells who follows a contribution that something answers it: what
// link.Links.OnJoin calls. What may not be read yet is told by its own room, by Follow,
// once it is.
func (m *Room) Linked(ctx context.Context, tx db.Q, x link.Link) (err error) {
	defer apperr.Wrap(&err, "contribution.Linked(%s)", x.To.ID)
	words, ok := linkWords[x.From.Kind]
	if !ok {
		return nil
	}
	p, err := debate.FindPost(ctx, tx, x.To.ID)
	if err != nil {
		return err
	}
	c, err := cop.Find(ctx, tx, p.COP)
	if err != nil {
		return err
	}
	var title, href string
	if m.Title != nil {
		if title, href, err = m.Title(ctx, tx, x.From.Kind, x.From.ID); err != nil || title == "" {
			return err
		}
		words += nb + ": «" + nb + title + nb + "»"
	}
	return m.Follow(ctx, tx, c, p.ID, Event{Fact: Fact{Kind: FactLinked, Subject: x.From.Kind + ":" + x.From.ID, Text: words + ".", Path: href}, Subject: "La suite donnée à une contribution"})
}

// StepsOf is Became as the page of a contribution shows it.
func (m *Room) StepsOf(ctx context.Context, q db.Q, id string) ([]Step, error) {
	facts, err := Became(ctx, q, id)
	if err != nil || len(facts) == 0 {
		return nil, err
	}
	if err := m.asRead(ctx, q, facts); err != nil {
		return nil, err
	}
	p, err := debate.FindPost(ctx, q, id)
	if err != nil {
		return nil, err
	}
	c, err := cop.Find(ctx, q, p.COP)
	if err != nil {
		return nil, err
	}
	reasons, err := answersOf(ctx, q, id)
	if err != nil {
		return nil, err
	}
	out := make([]Step, len(facts))
	for i, f := range facts {
		out[i] = Step{At: french.Date(f.At.In(c.Location())), What: f.Text, Href: f.Path}
		if f.Kind == FactVerdict {
			out[i].Text = reasons[f.Subject]
		}
		if f.Path != "" {
			out[i].Label = "Y aller"
		}
	}
	return out, nil
}

// answersOf are the reasons of the verdicts of a contribution, by their revision.
func answersOf(ctx context.Context, q db.Q, id string) (map[string]string, error) {
	out := map[string]string{}
	rows, err := q.Query(ctx, `SELECT rev, body FROM contribution_instruction_version WHERE id = $1 ORDER BY rev LIMIT 200`, id)
	_, err = db.Collect(rows, err, func(r *db.Rows) (struct{}, error) {
		var rev int64
		var body string
		if err := r.Scan(&rev, &body); err != nil {
			return struct{}{}, err
		}
		var x Instruction
		err := json.Unmarshal([]byte(body), &x)
		out[strconv.FormatInt(rev, 10)] = x.Reason
		return struct{}{}, err
	})
	return out, err
}
