package knowledge

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"strconv"
	"strings"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/blob"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/document"
	"jalon/internal/french"
	"jalon/internal/policy"
)

// File is a file of a note.
type File struct {
	N        int64
	SHA256   string
	FileName string
	Size     int64
	Type     string
}

const mostFiles = 10

// Attach keeps a file of a note that its author, or the team, writes. It shows
// with the note once that is published.
func (m *Room) Attach(ctx context.Context, a policy.Actor, id string, r io.Reader, claim blob.Claim) (f File, err error) {
	defer apperr.Wrap(&err, "knowledge.Attach(%s)", id)
	n, err := FindNote(ctx, m.DB, a, id)
	if err != nil {
		return f, err
	}
	if ok, err := MayWriteNote(ctx, m.DB, a, n); err != nil || !ok {
		return f, errors.Join(err, apperr.New(apperr.Forbidden, nil, "Cette note est écrite par quelqu’un d’autre. Rien n’a été enregistré."))
	}
	s, err := blob.Stage(ctx, "", r, claim)
	if err != nil {
		return f, err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	f = File{SHA256: s.SHA256, FileName: claim.Name, Size: s.Size, Type: s.Type}
	_, err = m.changeNote(ctx, m.DB, a, "attach", id, claim.Name, func(ctx context.Context, tx db.Q, was Note) error {
		if was.State == Withdrawn {
			return apperr.Conflictf("Cette note est retirée. Rien n’a été enregistré.")
		}
		if _, err := s.Store(ctx, tx, m.Now()); err != nil {
			return err
		}
		if err := tx.QueryRow(ctx, `SELECT COALESCE(MAX(n), 0) + 1 FROM note_file WHERE note = $1`, id).Scan(&f.N); err != nil {
			return err
		}
		if f.N > mostFiles {
			return apperr.Invalidf("Une note a dix fichiers au plus. Rien n’a été enregistré.")
		}
		if _, err := db.Insert(ctx, tx, "note_file", strings.Fields("note n sha256 file_name size type by rev"), [][]any{{id, f.N, f.SHA256, f.FileName, f.Size, f.Type, a.Person, was.Rev + 1}}, ""); err != nil {
			return err
		}
		// What was published does not hold it: the team publishes it again.
		_, err := tx.Exec(ctx, `UPDATE note SET rev = rev + 1, state = CASE WHEN state = 'published' THEN 'written' ELSE state END WHERE id = $1`, id)
		return err
	})
	return f, err
}

// FilesOf lists the files that a note had at a revision.
func FilesOf(ctx context.Context, q db.Q, id string, until int64) ([]File, error) {
	rows, err := q.Query(ctx, `SELECT n, sha256, file_name, size, type FROM note_file WHERE note = $1 AND rev <= $2 ORDER BY n`, id, until)
	return db.Collect(rows, err, func(r *db.Rows) (f File, err error) {
		err = r.Scan(&f.N, &f.SHA256, &f.FileName, &f.Size, &f.Type)
		return f, err
	})
}

// OpenFile returns a file of a note of a region that the actor may read, and its bytes: one
// of a published note by anyone, the others by who works on it.
func OpenFile(ctx context.Context, q db.Q, a policy.Actor, region, id string, n int64) (f File, r *blob.Reader, err error) {
	defer apperr.Wrap(&err, "knowledge.OpenFile(%s, %d)", id, n)
	until := int64(1) << 53
	note, err := FindNote(ctx, q, a, id)
	if err != nil {
		if note, err = PublishedNote(ctx, q, id); err != nil {
			return f, nil, err
		}
		until = note.Rev
	}
	if note.Region != region {
		return f, nil, apperr.NotFoundf("Cette note n’est pas de cette région.")
	}
	files, err := FilesOf(ctx, q, id, until)
	if err != nil {
		return f, nil, err
	}
	for _, f := range files {
		if f.N == n {
			r, err := blob.Open(ctx, q, f.SHA256)
			return f, r, err
		}
	}
	return f, nil, apperr.NotFoundf("Ce fichier n’existe pas, ou n’est pas publié.")
}

// Notes lists the notes of a region that the actor works on, the latest first,
// cursor-paged.
func (m *Room) Notes(ctx context.Context, q db.Q, a policy.Actor, region, cursor string, limit int) (p Page[Note], err error) {
	defer apperr.Wrap(&err, "knowledge.Notes(%s)", region)
	cops, err := cop.IDsOfRegion(ctx, q, region)
	if err != nil {
		return p, err
	}
	from, err := m.Cursors.Open("notes"+region, cursor, 2)
	if err != nil {
		return p, err
	}
	var b binder
	where := "n.region = " + b.bind(region) + " AND " + within(policy.Where(a, policy.Read, policy.Note), "n", cops, &b)
	if from != nil {
		at, err := strconv.ParseInt(from[0], 10, 64)
		if err != nil {
			return p, err
		}
		where += " AND (n.at, n.id) < (" + b.bind(at) + ", " + b.bind(from[1]) + ")"
	}
	rows, err := q.Query(ctx, `SELECT `+noteColumns+` FROM note n WHERE `+where+` ORDER BY n.at DESC, n.id DESC LIMIT `+b.bind(int64(limit)+1), b.args...)
	if p.Rows, err = db.Collect(rows, err, func(r *db.Rows) (Note, error) { return scanNote(r) }); err != nil {
		return p, err
	}
	if len(p.Rows) > limit {
		p.Rows = p.Rows[:limit]
		last := p.Rows[limit-1]
		p.Next = m.Cursors.Seal("notes"+region, strconv.FormatInt(last.At.UnixMilli(), 10), last.ID)
	}
	return p, nil
}

// Blocks is a note as a part of a document quotes it.
func Blocks(n Note) []document.Block {
	blocks := []document.Block{document.Text{Spans: []document.Span{{Text: n.Title, Bold: true}}}}
	for _, p := range strings.Split(strings.ReplaceAll(n.Findings, "\r\n", "\n"), "\n\n") {
		if p = strings.TrimSpace(p); p != "" {
			blocks = append(blocks, document.Para(p))
		}
	}
	return append(blocks, document.Quote{Title: "Limites", Spans: document.Plain(n.Limits)}, document.Quote{Title: "Sources", Spans: document.Plain(n.Sources)},
		document.Text{Spans: []document.Span{{Text: n.Signature + ", " + french.Day(n.Day), Italic: true}}})
}

// NoteHistory lists the versions of a note, the last first, at most fifty.
func NoteHistory(ctx context.Context, q db.Q, id string) ([]Note, error) {
	rows, err := q.Query(ctx, `SELECT rev, at, body FROM note_version WHERE id = $1 ORDER BY rev DESC LIMIT 50`, id)
	return db.Collect(rows, err, func(r *db.Rows) (n Note, err error) {
		var rev, at int64
		var body string
		if err := r.Scan(&rev, &at, &body); err != nil {
			return n, err
		}
		err = json.Unmarshal([]byte(body), &n)
		n.ID, n.Rev, n.At = id, rev, time.UnixMilli(at).UTC()
		return n, err
	})
}
