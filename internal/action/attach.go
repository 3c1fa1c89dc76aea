package action

import (
	"context"
	"errors"
	"io"
	"slices"

	"jalon/internal/apperr"
	"jalon/internal/blob"
	"jalon/internal/db"
	"jalon/internal/policy"
)

const mostFiles = 20

// Attach joins a document to an action, as a new version of it.
func (m *Room) Attach(ctx context.Context, a policy.Actor, id string, rev int64, title string, r io.Reader, claim blob.Claim) (x Action, err error) {
	defer apperr.Wrap(&err, "action.Attach(%q)", id)
	if x, _, err = Find(ctx, m.DB, a, id); err != nil {
		return x, err
	}
	if err := m.mayEdit(ctx, m.DB, a, x); err != nil {
		return x, err
	}
	if err := sized("title", "Titre du document", title, LongestTitle); err != nil {
		return x, err
	}
	s, err := blob.Stage(ctx, "", r, claim)
	if err != nil {
		return x, err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	file, err := m.IDs.New()
	if err != nil {
		return x, err
	}
	err = m.change(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		return m.files(ctx, tx, a, id, rev, "attach", claim.Name, &x, func(all []File) ([]File, error) {
			if len(all) >= mostFiles {
				return nil, apperr.Invalidf("Une action a vingt documents au plus. Rien n’a été enregistré.")
			}
			if _, err := s.Store(ctx, tx, m.Now()); err != nil {
				return nil, err
			}
			if _, err := db.Insert(ctx, tx, "action_file", []string{"action_id", "sha256"}, [][]any{{id, s.SHA256}}, "ON CONFLICT DO NOTHING"); err != nil {
				return nil, err
			}
			return append(all, File{ID: file, SHA256: s.SHA256, Name: claim.Name, Title: title, Size: s.Size}), nil
		})
	})
	return x, err
}

// Detach takes a document off an action; its versions keep it.
func (m *Room) Detach(ctx context.Context, a policy.Actor, id string, rev int64, file, reason string) (x Action, err error) {
	defer apperr.Wrap(&err, "action.Detach(%q)", id)
	err = m.change(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		return m.files(ctx, tx, a, id, rev, "detach", reason, &x, func(all []File) ([]File, error) {
			i := slices.IndexFunc(all, func(f File) bool { return f.ID == file })
			if i < 0 {
				return nil, apperr.NotFoundf("Ce document n’est plus joint à l’action.")
			}
			return slices.Delete(all, i, i+1), nil
		})
	})
	return x, err
}

// files changes the documents of an action that stands at a revision.
func (m *Room) files(ctx context.Context, tx db.Q, a policy.Actor, id string, rev int64, verb, reason string, out *Action, do func([]File) ([]File, error)) error {
	was, err := lock(ctx, tx, id)
	if err != nil {
		return err
	}
	if err := m.mayEdit(ctx, tx, a, was); err != nil {
		return err
	}
	if *out = was; was.Rev != rev {
		return errMoved()
	}
	if was.Files, err = do(slices.Clone(was.Files)); err != nil {
		return err
	}
	*out, _, err = m.write(ctx, tx, a.Person, verb, reason, was)
	return err
}

// OpenFile returns a document of an action that the actor may read, and its bytes.
func OpenFile(ctx context.Context, q db.Q, a policy.Actor, id, file string) (f File, r *blob.Reader, err error) {
	defer apperr.Wrap(&err, "action.OpenFile(%q)", id)
	x, c, err := Find(ctx, q, a, id)
	if err != nil {
		return f, nil, err
	}
	for _, f := range x.For(a, c).Files {
		if f.ID == file {
			r, err := blob.Open(ctx, q, f.SHA256)
			return f, r, err
		}
	}
	return f, nil, apperr.NotFoundf("Ce document n’existe pas, ou n’est pas publié.")
}
