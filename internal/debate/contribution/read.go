package contribution

import (
	"context"
	"strings"

	"jalon/internal/apperr"
	"jalon/internal/blob"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/debate"
	"jalon/internal/policy"
)

// Whole is a contribution as its page shows it.
type Whole struct {
	debate.Post
	Study     Study
	Orgs      []string
	Marks     []string // what the form noticed, for moderators
	Files     []File
	Into      debate.Post   // the one it is read with, when it is merged
	Merged    []debate.Post // those that are read with it
	Own       bool          // of whoever reads
	Supported bool          // by whoever reads
}

const absent = "Cette contribution n’existe pas, ou n’est pas publiée."

// Find returns a contribution of a COP that may be read: a published or merged one by
// everybody, the others by their author and by those who moderate.
func (m *Room) Find(ctx context.Context, q db.Q, a policy.Actor, c cop.COP, id, voice string) (w Whole, err error) {
	defer apperr.Wrap(&err, "contribution.Find(%s)", id)
	var into, orgs, marks, study string
	w.Post, err = debate.ScanPost(q.QueryRow(ctx, `SELECT `+debate.PostColumns+`, c.study, c.merged_into, c.orgs, c.marks FROM debate_post p JOIN contribution c ON c.post_id = p.id WHERE p.id = $1 AND p.cop_id = $2`, id, c.ID), &study, &into, &orgs, &marks)
	if err != nil {
		return w, db.OrNotFound(err, absent)
	}
	own, err := m.voice(ctx, q, a, c, voice)
	if err != nil {
		return w, err
	}
	w.Own = own != "" && own == w.Voice
	author := ""
	if w.Own {
		author = a.Person
	}
	if !w.Own && !policy.Can(a, policy.Read, w.Thing(c, author)) || w.State == debate.PostWithdrawn && w.Text == "" {
		return w, apperr.NotFoundf(absent)
	}
	w.Study, w.Marks = Study(study), strings.Fields(marks)
	if orgs != "" {
		w.Orgs = strings.Split(orgs, "\n")
	}
	if own != "" {
		var n int64
		if err := q.QueryRow(ctx, `SELECT COUNT(*) FROM debate_support WHERE post_id = $1 AND voice_id = $2`, id, own).Scan(&n); err != nil {
			return w, err
		}
		w.Supported = n > 0
	}
	if w.Files, err = FilesOf(ctx, q, id); err != nil {
		return w, err
	}
	if into != "" && w.State == debate.PostMerged {
		if w.Into, err = debate.FindPost(ctx, q, into); err != nil {
			return w, err
		}
		if !w.Into.Read() && !policy.Can(a, policy.Read, w.Into.Thing(c, "")) { // hidden since
			w.Into = debate.Post{}
		}
	}
	rows, err := q.Query(ctx, `SELECT `+debate.PostColumns+` FROM contribution c JOIN debate_post p ON p.id = c.post_id WHERE c.merged_into = $1 AND p.state = 'merged' ORDER BY p.id LIMIT 100`, id)
	w.Merged, err = db.Collect(rows, err, func(r *db.Rows) (debate.Post, error) { return debate.ScanPost(r) })
	return w, err
}

// findRead is a published contribution of a COP, or the one that it is read with.
func findRead(ctx context.Context, q db.Q, c cop.COP, id string) (p debate.Post, err error) {
	for range 5 { // merged into one that was merged
		var into string
		p, err = debate.ScanPost(q.QueryRow(ctx, `SELECT `+debate.PostColumns+`, c.merged_into FROM debate_post p JOIN contribution c ON c.post_id = p.id WHERE p.id = $1 AND p.cop_id = $2`, id, c.ID), &into)
		if err != nil {
			return p, db.OrNotFound(err, absent)
		}
		if p.State != debate.PostMerged || into == "" {
			break
		}
		id = into
	}
	if p.State != debate.PostPublished {
		return p, apperr.NotFoundf(absent)
	}
	return p, nil
}

// FilesOf lists the files of a contribution.
func FilesOf(ctx context.Context, q db.Q, id string) ([]File, error) {
	rows, err := q.Query(ctx, `SELECT n, sha256, file_name, size, type FROM contribution_file WHERE post_id = $1 ORDER BY n`, id)
	return db.Collect(rows, err, func(r *db.Rows) (f File, err error) {
		err = r.Scan(&f.N, &f.SHA256, &f.FileName, &f.Size, &f.Type)
		return f, err
	})
}

// OpenFile opens a file of a contribution that may be read.
func (m *Room) OpenFile(ctx context.Context, q db.Q, a policy.Actor, c cop.COP, id, voice string, n int64) (f File, r *blob.Reader, err error) {
	defer apperr.Wrap(&err, "contribution.OpenFile(%s, %d)", id, n)
	w, err := m.Find(ctx, q, a, c, id, voice)
	if err != nil {
		return f, nil, err
	}
	for _, f := range w.Files {
		if f.N == n {
			r, err := blob.Open(ctx, q, f.SHA256)
			return f, r, err
		}
	}
	return f, nil, apperr.NotFoundf("Ce fichier n’existe pas, ou n’est pas publié.")
}
