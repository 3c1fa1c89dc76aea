package contribution

import (
	"context"
	"encoding/json"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/debate"
	"jalon/internal/journal"
	"jalon/internal/policy"
)

// themeTables lists the tables of themes.
func themeTables() []db.Table {
	return []db.Table{
		{Name: "debate_theme_set", Order: []string{"cop_id"}, Scope: db.COP},
		{Name: "debate_grouping", Order: []string{"id"}, Scope: db.COP},
		{Name: "debate_theme", Order: []string{"id"}, Scope: db.COP},
		{Name: "debate_theme_version", Order: []string{"id", "rev"}, Scope: db.COP, Personal: []string{"by"}},
		{Name: "debate_theme_run", Order: []string{"grouping_id", "theme_id"}, Scope: db.COP},
		{Name: "debate_theme_text", Order: []string{"grouping_id", "theme_id", "n"}, Scope: db.COP},
	}
}

// Theme is a group of contributions that use the same words.
type Theme struct {
	ID      string
	Rev     int64
	Name    string // that the team gave, if any
	Words   []string
	Texts   int64         // contributions, when they were grouped
	Typical []debate.Post // the closest to all, published today
}

// Label is the name of a theme, or its words while it has none.
func (t Theme) Label() string {
	if t.Name != "" {
		return t.Name
	}
	return strings.Join(t.Words[:min(3, len(t.Words))], ", ")
}

// Themes are those of a COP, the largest first.
type Themes struct {
	At     time.Time // when they were grouped; zero: not yet
	Texts  int64     // contributions that were read
	Alone  int64     // those of no theme
	Themes []Theme

	grouping string
}

// typical is how many contributions stand for a theme, and spare how many of the
// first are read to find them: some may be withdrawn since.
const (
	typical = 3
	spare   = 12
)

// ThemesOf reads the themes of a COP, with their most typical contributions: only
// readable ones.
func ThemesOf(ctx context.Context, q db.Q, c cop.COP) (t Themes, err error) {
	defer apperr.Wrap(&err, "contribution.ThemesOf(%s)", c.ID)
	rows, err := q.Query(ctx, `SELECT g.id, g.at, g.texts, g.alone, t.id, t.rev, t.name, r.words, r.texts FROM debate_theme_set s JOIN debate_grouping g ON g.id = s.grouping_id
		   JOIN debate_theme_run r ON r.grouping_id = g.id JOIN debate_theme t ON t.id = r.theme_id WHERE s.cop_id = $1 ORDER BY r.n`, c.ID)
	at := map[string]int{}
	t.Themes, err = db.Collect(rows, err, func(r *db.Rows) (x Theme, err error) {
		var ms int64
		var words string
		err = r.Scan(&t.grouping, &ms, &t.Texts, &t.Alone, &x.ID, &x.Rev, &x.Name, &words, &x.Texts)
		t.At, x.Words = time.UnixMilli(ms).UTC(), strings.Fields(words)
		at[x.ID] = len(at)
		return x, err
	})
	if err != nil || len(t.Themes) == 0 {
		return t, err
	}
	type first struct {
		theme string
		post  debate.Post
	}
	ids := make([]string, len(t.Themes)) // named one by one, the first texts of each are found by the key
	for i, x := range t.Themes {
		ids[i] = x.ID
	}
	list, args := in([]any{t.grouping, int64(spare)}, ids)
	rows, err = q.Query(ctx, `SELECT `+debate.PostColumns+`, x.theme_id FROM debate_theme_text x JOIN debate_post p ON p.id = x.post_id WHERE x.grouping_id = $1 AND x.theme_id IN (`+list+`) AND x.n < $2 AND p.state = 'published' ORDER BY x.theme_id, x.n`, args...)
	posts, err := db.Collect(rows, err, func(r *db.Rows) (f first, err error) {
		f.post, err = debate.ScanPost(r, &f.theme)
		return f, err
	})
	for _, f := range posts {
		if x := &t.Themes[at[f.theme]]; len(x.Typical) < typical {
			x.Typical = append(x.Typical, f.post)
		}
	}
	return t, err
}

// noTheme is what whoever asks for a theme that is not shown reads.
const noTheme = "Ce regroupement de contributions n’existe pas, ou n’existe plus depuis que de nouvelles contributions ont été regroupées."

// ThemeTexts reads a theme and its contributions, the most typical first, a page
// after a cursor.
func (m *Room) ThemeTexts(ctx context.Context, q db.Q, c cop.COP, id, after string, limit int) (t Theme, posts []debate.Post, next string, err error) {
	defer apperr.Wrap(&err, "contribution.ThemeTexts(%s)", id)
	var grouping, words string
	err = q.QueryRow(ctx, `SELECT r.grouping_id, t.id, t.rev, t.name, r.words, r.texts FROM debate_theme_set s JOIN debate_theme_run r ON r.grouping_id = s.grouping_id JOIN debate_theme t ON t.id = r.theme_id
		   WHERE s.cop_id = $1 AND r.theme_id = $2`, c.ID, id).Scan(&grouping, &t.ID, &t.Rev, &t.Name, &words, &t.Texts)
	if err != nil {
		return t, nil, "", db.OrNotFound(err, noTheme)
	}
	t.Words = strings.Fields(words)
	list, from := "themes:"+grouping+":"+id, int64(-1)
	if after != "" {
		key, err := m.Cursors.Open(list, after, 1)
		if err != nil {
			return t, nil, "", err
		}
		if from, err = strconv.ParseInt(key[0], 10, 64); err != nil {
			return t, nil, "", err
		}
	}
	var places []int64
	rows, err := q.Query(ctx, `SELECT `+debate.PostColumns+`, x.n FROM debate_theme_text x JOIN debate_post p ON p.id = x.post_id WHERE x.grouping_id = $1 AND x.theme_id = $2 AND x.n > $3 AND p.state = 'published'
		   ORDER BY x.n LIMIT $4`, grouping, id, from, int64(limit)+1)
	posts, err = db.Collect(rows, err, func(r *db.Rows) (debate.Post, error) {
		var n int64
		p, err := debate.ScanPost(r, &n)
		places = append(places, n)
		return p, err
	})
	if len(posts) > limit {
		posts, next = posts[:limit], m.Cursors.Seal(list, strconv.FormatInt(places[limit-1], 10))
	}
	return t, posts, next, err
}

// longName is the longest name of a theme.
const longName = 80

// RenameTheme gives a theme the name that the team wants, which the next groupings
// keep; an empty one gives it back its words. What the theme was when the team read
// it is its revision.
func (m *Room) RenameTheme(ctx context.Context, a policy.Actor, c cop.COP, id string, rev int64, name string) (err error) {
	defer apperr.Wrap(&err, "contribution.RenameTheme(%s)", id)
	if err := policy.Check(a, policy.Judge, c.Thing(policy.Post)); err != nil {
		return err
	}
	name = strings.Join(strings.Fields(name), " ")
	if n := utf8.RuneCountInString(name); n > longName {
		return apperr.Invalidf("Le nom d’un thème tient en %d caractères\u00a0; celui-ci en a %d.", longName, n)
	}
	return db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		n, err := tx.Exec(ctx, `UPDATE debate_theme SET rev = rev + 1, name = $4 WHERE id = $1 AND cop_id = $2 AND rev = $3`, id, c.ID, rev, name)
		if err != nil {
			return err
		}
		if n == 0 {
			var now int64
			if err := tx.QueryRow(ctx, `SELECT rev FROM debate_theme WHERE id = $1 AND cop_id = $2`, id, c.ID).Scan(&now); err != nil {
				return db.OrNotFound(err, noTheme)
			}
			return apperr.Conflictf("Quelqu’un vient de renommer ce thème. Votre nom n’est pas enregistré, il reste ci-dessous\u00a0: comparez, puis choisissez.")
		}
		if err := m.keptTheme(ctx, tx, a, Theme{ID: id, Rev: rev + 1, Name: name}); err != nil {
			return err
		}
		_, err = m.Journal.Record(ctx, tx, journal.Entry{Actor: a.Person, Verb: "rename", Kind: "debate_theme", Subject: id, Rev: rev + 1, COP: c.ID})
		return err
	})
}

func (m *Room) keptTheme(ctx context.Context, tx db.Q, a policy.Actor, t Theme) error {
	body, err := json.Marshal(map[string]string{"name": t.Name})
	if err != nil {
		return err
	}
	_, err = db.Insert(ctx, tx, "debate_theme_version", []string{"id", "rev", "at", "by", "reason", "body"}, [][]any{{t.ID, t.Rev, m.Now().UnixMilli(), a.Person, "", string(body)}}, "")
	return err
}
