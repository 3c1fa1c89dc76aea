package moderation

import (
	"context"
	"slices"
	"strconv"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/debate"
	"jalon/internal/policy"
)

// Item is a text of the queue, with what is to be seen of it.
type Item struct {
	Post    debate.Post
	Since   time.Time // when it came there
	Late    bool
	Spots   []Spot
	Reports []Report
	Last    Act // the last decision, when there is one
}

// List is a page of the queue.
type List struct {
	Items []Item
	Next  string
}

// listed are the states whose texts a queue lists.
var listed = []debate.PostState{debate.PostWaiting, debate.PostHidden, debate.PostRefused}

// Queue lists the texts of a COP in a state, those that came first first: of one kind,
// or of all.
func (m *Room) Queue(ctx context.Context, q db.Q, a policy.Actor, copID string, state debate.PostState, kind debate.Kind, cursor string, limit int) (l List, err error) {
	defer apperr.Wrap(&err, "moderation.Queue(%s, %s)", copID, state)
	if _, err := m.judging(ctx, q, a, copID); err != nil {
		return l, err
	}
	if !slices.Contains(listed, state) || kind != "" && kind.Name() == "" {
		return l, apperr.Invalidf("Cette liste n’existe pas\u00a0: revenez au début de la file.")
	}
	name := "moderation/" + copID + "/" + string(state) + "/" + string(kind)
	after, err := m.Cursors.Open(name, cursor, 2)
	if err != nil {
		return l, err
	}
	var at int64
	var id string
	if after != nil {
		if at, err = strconv.ParseInt(after[0], 10, 64); err != nil {
			return l, err
		}
		id = after[1]
	}
	args := []any{copID, string(state), at, id, int64(limit + 1)}
	of := ""
	if kind != "" {
		of, args = ` AND p.kind = $6`, append(args, string(kind))
	}
	rows, err := q.Query(ctx, `SELECT `+debate.PostColumns+` FROM debate_post p WHERE p.cop_id = $1 AND p.state = $2 AND p.at >= $3 AND (p.at > $3 OR p.id > $4)`+of+` ORDER BY p.at, p.id LIMIT $5`, args...)
	posts, err := db.Collect(rows, err, func(r *db.Rows) (debate.Post, error) { return debate.ScanPost(r) })
	if err != nil {
		return l, err
	}
	if len(posts) > limit {
		posts = posts[:limit]
		last := posts[limit-1]
		l.Next = m.Cursors.Seal(name, strconv.FormatInt(last.At.UnixMilli(), 10), last.ID)
	}
	l.Items, err = m.items(ctx, q, copID, posts)
	return l, err
}

// One is a text as a moderator sees it, whatever its state; those of its author alone
// are not theirs to read.
func (m *Room) One(ctx context.Context, q db.Q, a policy.Actor, post string) (x Item, err error) {
	defer apperr.Wrap(&err, "moderation.One(%s)", post)
	p, err := debate.FindPost(ctx, q, post)
	if err != nil {
		return x, err
	}
	if _, err := m.judging(ctx, q, a, p.COP); err != nil {
		return x, err
	}
	if p.State == debate.PostDraft || p.State == debate.PostUnconfirmed {
		return x, apperr.NotFoundf("Ce texte n’est pas encore déposé.")
	}
	items, err := m.items(ctx, q, p.COP, []debate.Post{p})
	if err != nil {
		return x, err
	}
	return items[0], nil
}

// Reported lists the published texts of a COP that readers reported and that no
// moderator looked at since, the oldest report first.
func (m *Room) Reported(ctx context.Context, q db.Q, a policy.Actor, copID string, limit int) (_ []Item, err error) {
	defer apperr.Wrap(&err, "moderation.Reported(%s)", copID)
	if _, err := m.judging(ctx, q, a, copID); err != nil {
		return nil, err
	}
	rows, err := q.Query(ctx, `SELECT `+debate.PostColumns+` FROM debate_post p
		JOIN (SELECT post_id, MIN(at) AS at FROM moderation_report WHERE cop_id = $1 AND act_id = '' GROUP BY post_id) r ON r.post_id = p.id
		WHERE p.state IN ('published', 'merged') ORDER BY r.at, p.id LIMIT $2`, copID, int64(limit))
	posts, err := db.Collect(rows, err, func(r *db.Rows) (debate.Post, error) { return debate.ScanPost(r) })
	if err != nil {
		return nil, err
	}
	return m.items(ctx, q, copID, posts)
}

// items reads what is to be seen of some texts: as many statements for one as for
// fifty.
func (m *Room) items(ctx context.Context, q db.Q, copID string, posts []debate.Post) ([]Item, error) {
	if len(posts) == 0 {
		return nil, nil
	}
	set, err := SettingOf(ctx, q, copID)
	if err != nil {
		return nil, err
	}
	ids := make([]any, len(posts))
	at := map[string]int{}
	out := make([]Item, len(posts))
	for i, p := range posts {
		ids[i], at[p.ID], out[i] = p.ID, i, Item{Post: p, Since: p.At}
	}
	in := ` IN (` + db.Params(1, len(ids)) + `)`
	read := func(text string, scan func(r *db.Rows) error) error {
		rows, err := q.Query(ctx, text, ids...)
		_, err = db.Collect(rows, err, func(r *db.Rows) (struct{}, error) { return struct{}{}, scan(r) })
		return err
	}
	marks := map[string][]string{}
	for text, scan := range map[string]func(r *db.Rows) error{
		`SELECT id, CAST(MAX(at) AS BIGINT) FROM debate_post_version WHERE id` + in + ` GROUP BY id`: func(r *db.Rows) error {
			var id string
			var ms int64
			err := r.Scan(&id, &ms)
			out[at[id]].Since = time.UnixMilli(ms).UTC()
			return err
		},
		`SELECT post_id, what FROM moderation_mark WHERE post_id` + in + ` ORDER BY post_id, what`: func(r *db.Rows) error {
			var id, what string
			err := r.Scan(&id, &what)
			marks[id] = append(marks[id], what)
			return err
		},
		`SELECT post_id, id, reason, note, at FROM moderation_report WHERE act_id = '' AND post_id` + in + ` ORDER BY at, id LIMIT 1000`: func(r *db.Rows) error {
			var id string
			var x Report
			var ms int64
			err := r.Scan(&id, &x.ID, &x.Reason, &x.Note, &ms)
			x.At = time.UnixMilli(ms).UTC()
			out[at[id]].Reports = append(out[at[id]].Reports, x)
			return err
		},
		`SELECT ` + actColumns + ` FROM moderation_act x WHERE x.post_id` + in + ` ORDER BY x.at, x.id`: func(r *db.Rows) error {
			x, err := scanAct(r)
			out[at[x.Post]].Last = x
			return err
		},
	} {
		if err := read(text, scan); err != nil {
			return nil, err
		}
	}
	for i := range out {
		p := out[i].Post
		out[i].Spots = spots(p, marks[p.ID])
		out[i].Late = p.State == debate.PostWaiting && set.Late(out[i].Since, m.Now())
	}
	return out, nil
}

// countTo is how far what waits is counted.
const countTo = 1000

// Waiting is what waits for the moderators of a COP.
type Waiting struct {
	Read, Late, Hidden, Reported, Appeals int64 // exact to 1 000
}

// Any reports whether something waits.
func (w Waiting) Any() bool { return w.Read+w.Hidden+w.Reported+w.Appeals > 0 }

// WaitingIn counts what waits for the moderators of a COP.
func WaitingIn(ctx context.Context, q db.Q, copID string, now time.Time) (w Waiting, err error) {
	defer apperr.Wrap(&err, "moderation.WaitingIn(%s)", copID)
	set, err := SettingOf(ctx, q, copID)
	if err != nil {
		return w, err
	}
	before := now.Add(-time.Duration(set.Days) * 24 * time.Hour).UnixMilli()
	err = q.QueryRow(ctx, `SELECT
		(SELECT COUNT(*) FROM (SELECT 1 FROM debate_post WHERE cop_id = $1 AND state = 'waiting' LIMIT $3) a),
		(SELECT COUNT(*) FROM (SELECT 1 FROM debate_post p WHERE p.cop_id = $1 AND p.state = 'waiting' AND p.at < $2 AND NOT EXISTS (SELECT 1 FROM debate_post_version v WHERE v.id = p.id AND v.at >= $2) LIMIT $3) b),
		(SELECT COUNT(*) FROM (SELECT 1 FROM debate_post WHERE cop_id = $1 AND state = 'hidden' LIMIT $3) c),
		(SELECT COUNT(*) FROM (SELECT DISTINCT r.post_id FROM moderation_report r JOIN debate_post p ON p.id = r.post_id WHERE r.cop_id = $1 AND r.act_id = '' AND p.state IN ('published', 'merged') LIMIT $3) d),
		(SELECT COUNT(*) FROM (SELECT 1 FROM moderation_appeal WHERE cop_id = $1 AND state = 'open' LIMIT $3) e)`, copID, before, int64(countTo)).Scan(&w.Read, &w.Late, &w.Hidden, &w.Reported, &w.Appeals)
	return w, err
}

// Done is a decision with the text that it is about.
type Done struct {
	Act  Act
	Post debate.Post
}

// Acts lists the decisions of a COP, the last first.
func (m *Room) Acts(ctx context.Context, q db.Q, a policy.Actor, copID, cursor string, limit int) (out []Done, next string, err error) {
	defer apperr.Wrap(&err, "moderation.Acts(%s)", copID)
	if _, err := m.judging(ctx, q, a, copID); err != nil {
		return nil, "", err
	}
	name := "moderation-acts/" + copID
	after, err := m.Cursors.Open(name, cursor, 2)
	if err != nil {
		return nil, "", err
	}
	at, id := int64(1)<<62, ""
	if after != nil {
		if at, err = strconv.ParseInt(after[0], 10, 64); err != nil {
			return nil, "", err
		}
		id = after[1]
	}
	rows, err := q.Query(ctx, `SELECT `+actColumns+`, p.title, p.text, p.state FROM moderation_act x JOIN debate_post p ON p.id = x.post_id
		WHERE x.cop_id = $1 AND x.at <= $2 AND (x.at < $2 OR x.id < $3) ORDER BY x.at DESC, x.id DESC LIMIT $4`, copID, at, id, int64(limit+1))
	out, err = db.Collect(rows, err, func(r *db.Rows) (d Done, err error) {
		d.Act, err = scanAct(r, &d.Post.Title, &d.Post.Text, &d.Post.State)
		d.Post.ID, d.Post.Kind = d.Act.Post, d.Act.Kind
		return d, err
	})
	if err == nil && len(out) > limit {
		out = out[:limit]
		last := out[limit-1].Act
		next = m.Cursors.Seal(name, strconv.FormatInt(last.At.UnixMilli(), 10), last.ID)
	}
	return out, next, err
}
