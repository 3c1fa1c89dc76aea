package contribution

import (
	"context"
	"strings"
	"unicode/utf8"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/debate"
	"jalon/internal/policy"
)

// Reply is a comment as its form holds it.
type Reply struct {
	To      string // the comment that it answers, "" for none
	Text    string
	Name    string
	Email   string
	Voice   string
	Machine string
}

// Comment leaves a comment on a published contribution, or an answer to one of its
// comments: it waits for a moderator as all that is left does. An answer to an answer
// stands beside it.
func (m *Room) Comment(ctx context.Context, a policy.Actor, c cop.COP, id string, r Reply) (p debate.Post, v debate.Voice, err error) {
	defer apperr.Wrap(&err, "contribution.Comment(%s)", id)
	r.Text, r.Name = debate.Tidy(r.Text), debate.Line(r.Name)
	switch {
	case utf8.RuneCountInString(r.Text) < 2:
		return p, v, fault("commentaire", "Écrivez votre commentaire.")
	case r.Name == "":
		return p, v, fault("signature", "Écrivez le nom qui signera.")
	}
	if err := debate.Long("le commentaire", r.Text, LongReply); err != nil {
		return p, v, fault("commentaire", apperr.Message(err))
	}
	who := r.Email
	if a.Person != "" {
		who = a.Person
	}
	if err := m.busy(ctx, c, "contribution", r.Machine, who, perMachine); err != nil {
		return p, v, err
	}
	on, err := findRead(ctx, m.DB, c, id)
	if err != nil {
		return p, v, err
	}
	if r.To != "" {
		to, err := debate.FindPost(ctx, m.DB, r.To)
		if err != nil || to.Parent != on.ID || !to.Read() {
			return p, v, apperr.NotFoundf("Le commentaire auquel vous répondez n’est plus affiché. Votre texte est dans le formulaire.")
		}
		var above string
		if err := m.DB.QueryRow(ctx, `SELECT reply_to FROM contribution_comment WHERE post_id = $1`, to.ID).Scan(&above); err != nil {
			return p, v, err
		}
		if above != "" {
			r.To = above
		}
	}
	in := debate.Post{Kind: debate.Comment, Parent: on.ID, Text: r.Text, Speaker: debate.Person, Signed: r.Name}
	return m.Deposit(ctx, a, c, in, debate.Speaker{Email: r.Email, Name: r.Name, Voice: r.Voice}, "votre commentaire sur «"+nb+on.Title+nb+"»", func(ctx context.Context, tx db.Q, p debate.Post, _ debate.Voice) error {
		_, err := db.Insert(ctx, tx, "contribution_comment", strings.Fields("post_id cop_id contribution reply_to"), [][]any{{p.ID, c.ID, on.ID, r.To}}, "")
		return err
	})
}

// Thread is a comment with its answers. One that is not shown any more stays, empty,
// when somebody answered it.
type Thread struct {
	debate.Post
	Replies []debate.Post
}

// mostReplies bounds what one page shows of answers.
const mostReplies = 500

// Comments lists the comments of a contribution in the order in which they were left,
// with their answers: two statements. Next is the cursor of the part after it.
func (m *Room) Comments(ctx context.Context, q db.Q, id, cursor string, limit int) (list []Thread, next string, err error) {
	defer apperr.Wrap(&err, "contribution.Comments(%s)", id)
	name := "comments" + id
	from, err := m.Cursors.Open(name, cursor, 1)
	if err != nil {
		return nil, "", err
	}
	after := ""
	if from != nil {
		after = from[0]
	}
	rows, err := q.Query(ctx, `
		SELECT `+debate.PostColumns+`
		  FROM contribution_comment c JOIN debate_post p ON p.id = c.post_id
		 WHERE c.contribution = $1 AND c.reply_to = '' AND c.post_id > $2 AND (p.state = 'published' OR p.comments > 0)
		 ORDER BY c.post_id LIMIT $3`, id, after, int64(limit)+1)
	top, err := db.Collect(rows, err, func(r *db.Rows) (debate.Post, error) { return debate.ScanPost(r) })
	if err != nil || len(top) == 0 {
		return nil, "", err
	}
	if len(top) > limit {
		top = top[:limit]
		next = m.Cursors.Seal(name, top[limit-1].ID)
	}
	at := map[string]int{}
	ids := make([]string, 0, len(top))
	for i, p := range top {
		if !p.Read() {
			p.Text, p.Signed = "", ""
		}
		list, ids, at[p.ID] = append(list, Thread{Post: p}), append(ids, p.ID), i
	}
	args := []any{id, int64(mostReplies)}
	in, args := in(args, ids)
	rows, err = q.Query(ctx, `
		SELECT `+debate.PostColumns+`, c.reply_to
		  FROM contribution_comment c JOIN debate_post p ON p.id = c.post_id
		 WHERE c.contribution = $1 AND c.reply_to IN (`+in+`) AND p.state = 'published'
		 ORDER BY c.post_id LIMIT $2`, args...)
	_, err = db.Collect(rows, err, func(r *db.Rows) (struct{}, error) {
		var to string
		p, err := debate.ScanPost(r, &to)
		if err == nil {
			list[at[to]].Replies = append(list[at[to]].Replies, p)
		}
		return struct{}{}, err
	})
	return list, next, err
}
