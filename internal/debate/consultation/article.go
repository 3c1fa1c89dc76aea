package consultation

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/debate"
	"jalon/internal/policy"
)

// Article is a part of the text.
type Article struct {
	Origin string `json:"origin"` // the same from one version to the next
	Title  string `json:"title"`
	Text   string `json:"text"` // markdown
}

// Limits of a text: those of a long roadmap.
const (
	mostArticles = 400
	mostTitle    = 300
	mostText     = 30_000
)

// preamble titles what comes before the first heading.
const preamble = "Préambule"

// Cut makes articles of a text in markdown: each heading begins one.
func Cut(text string) (out []Article) {
	var body []string
	title, fenced := "", false
	flush := func() {
		t := strings.TrimSpace(strings.Join(body, "\n"))
		if title != "" || t != "" {
			if title == "" {
				title = preamble
			}
			out = append(out, Article{Title: title, Text: t})
		}
		body = nil
	}
	for _, line := range strings.Split(debate.Tidy(text), "\n") {
		if strings.HasPrefix(strings.TrimSpace(line), "```") {
			fenced = !fenced
		}
		marks := len(line) - len(strings.TrimLeft(line, "#"))
		if !fenced && marks > 0 && marks <= 6 && len(line) > marks && line[marks] == ' ' {
			flush()
			title = debate.Line(strings.TrimRight(line[marks:], "# "))
			continue
		}
		body = append(body, line)
	}
	flush()
	return out
}

// Markdown is a text as one file: what its SHA-256 is taken of.
func Markdown(list []Article) string {
	var b strings.Builder
	for _, a := range list {
		b.WriteString("# " + a.Title + "\n\n")
		if a.Text != "" {
			b.WriteString(a.Text + "\n\n")
		}
	}
	return b.String()
}

// Hash is the SHA-256 of a text, in hexadecimal.
func Hash(list []Article) string {
	sum := sha256.Sum256([]byte(Markdown(list)))
	return hex.EncodeToString(sum[:])
}

// ArticlesOf lists the articles of a version in order.
func ArticlesOf(ctx context.Context, q db.Q, id string, version int64) (_ []Article, err error) {
	defer apperr.Wrap(&err, "consultation.ArticlesOf")
	rows, err := q.Query(ctx, `SELECT origin, title, text FROM consultation_article WHERE consultation_id = $1 AND version = $2 ORDER BY seq, origin`, id, version)
	return db.Collect(rows, err, func(r *db.Rows) (a Article, err error) { return a, r.Scan(&a.Origin, &a.Title, &a.Text) })
}

func checkArticles(list []Article) error {
	if len(list) == 0 {
		return apperr.Invalidf("Il n’y a aucun article\u00a0: collez un texte, ou gardez au moins un article.")
	}
	if len(list) > mostArticles {
		return apperr.Invalidf("Le texte compte %d articles, %d au plus\u00a0: réunissez-en.", len(list), mostArticles)
	}
	seen := map[string]bool{}
	for i := range list {
		list[i].Title, list[i].Text = debate.Line(list[i].Title), debate.Tidy(list[i].Text)
		a := list[i]
		if a.Title == "" {
			return apperr.Invalidf("L’article %d n’a pas de titre.", i+1)
		}
		if err := debate.Long("le titre de l’article "+a.Title, a.Title, mostTitle); err != nil {
			return err
		}
		if err := debate.Long("l’article «\u00a0"+a.Title+"\u00a0»", a.Text, mostText); err != nil {
			return err
		}
		if a.Origin != "" && seen[a.Origin] {
			return apperr.Invalidf("Un article est deux fois dans le formulaire. Rechargez la page.")
		}
		seen[a.Origin] = true
	}
	return nil
}

// Write keeps the text that is being written, whole: its articles, in order. An article
// keeps its origin; one without begins here.
func (m *Room) Write(ctx context.Context, a policy.Actor, c cop.COP, id string, rev int64, list []Article) (Consultation, error) {
	list = slices.Clone(list)
	if err := checkArticles(list); err != nil {
		return Consultation{}, err
	}
	return m.change(ctx, a, c, id, rev, "write", list, func(ctx context.Context, tx db.Q, x *Consultation) error {
		known := map[string]bool{}
		for _, v := range []int64{x.Version, x.Version + 1} {
			before, err := ArticlesOf(ctx, tx, id, v)
			if err != nil {
				return err
			}
			for _, b := range before {
				known[b.Origin] = true
			}
		}
		return m.place(ctx, tx, *x, list, known)
	})
}

// place puts articles in the text that is being written, in order, in the place of those
// that are there; one whose origin is not known begins here.
func (m *Room) place(ctx context.Context, tx db.Q, x Consultation, list []Article, known map[string]bool) error {
	var rows [][]any
	for i, b := range list {
		if !known[b.Origin] {
			var err error
			if b.Origin, err = m.IDs.New(); err != nil {
				return err
			}
		}
		rows = append(rows, []any{x.ID, x.Version + 1, b.Origin, int64(i + 1), b.Title, b.Text})
	}
	if _, err := tx.Exec(ctx, `DELETE FROM consultation_article WHERE consultation_id = $1 AND version = $2`, x.ID, x.Version+1); err != nil {
		return err
	}
	_, err := db.Insert(ctx, tx, "consultation_article", []string{"consultation_id", "version", "origin", "seq", "title", "text"}, rows, "")
	return err
}

// Change is what became of an article from a version to the next.
type Change struct {
	Article Article // as it is now, or was when it is gone
	Was     Article
	New     bool
	Gone    bool
	Title   []Chunk
	Text    []Chunk
}

// Same reports whether nothing changed.
func (c Change) Same() bool {
	return !c.New && !c.Gone && c.Article.Title == c.Was.Title && c.Article.Text == c.Was.Text
}

// Compare tells what changed between two versions, in the order of the new one, what
// is gone last.
func Compare(before, after []Article) (out []Change) {
	was := map[string]Article{}
	for _, a := range before {
		was[a.Origin] = a
	}
	here := map[string]bool{}
	for _, a := range after {
		here[a.Origin] = true
		b, ok := was[a.Origin]
		c := Change{Article: a, Was: b, New: !ok}
		if ok && !c.Same() {
			c.Title, c.Text = Diff(b.Title, a.Title), Diff(b.Text, a.Text)
		}
		out = append(out, c)
	}
	for _, a := range before {
		if !here[a.Origin] {
			out = append(out, Change{Article: a, Was: a, Gone: true})
		}
	}
	return out
}
