package minutes

import (
	"context"
	"errors"
	"io"

	"jalon/internal/apperr"
	"jalon/internal/blob"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/debate"
	"jalon/internal/policy"
)

// File is a document handed out at a meeting. It is read as its meeting is, unless its
// Part keeps it for the people of the COP and of the group.
type File struct {
	ID       string `json:"id"`
	Rev      int64  `json:"-"`
	COP      string `json:"cop"`
	Meeting  string `json:"meeting"`
	Item     string `json:"item"`
	Title    string `json:"title"`
	Part     string `json:"part"`
	State    string `json:"state"`
	SHA256   string `json:"sha256"`
	FileName string `json:"file_name"`
	Size     int64  `json:"size"`
	Type     string `json:"type"`
}

// reads judges who reads a file: a meeting that is not public has none that is.
func (f File) reads(a policy.Actor, x cop.Meeting, c cop.COP) bool {
	if f.Part != policy.Public {
		x.Part = cop.Internal
	}
	return policy.Can(a, policy.Read, x.Thing(c))
}

const fileColumns = `id, rev, cop_id, meeting_id, item_id, title, part, state, sha256, file_name, size, type`

func scanFile(r *db.Rows) (f File, err error) {
	err = r.Scan(&f.ID, &f.Rev, &f.COP, &f.Meeting, &f.Item, &f.Title, &f.Part, &f.State, &f.SHA256, &f.FileName, &f.Size, &f.Type)
	return f, err
}

// Files lists the files of a meeting that somebody may read, the first first.
func Files(ctx context.Context, q db.Q, a policy.Actor, x cop.Meeting, c cop.COP) (out []File, err error) {
	defer apperr.Wrap(&err, "minutes.Files(%s)", x.ID)
	rows, err := q.Query(ctx, `SELECT `+fileColumns+` FROM meeting_file WHERE meeting_id = $1 AND state = 'kept' ORDER BY id`, x.ID)
	list, err := db.Collect(rows, err, scanFile)
	for _, f := range list {
		if f.reads(a, x, c) {
			out = append(out, f)
		}
	}
	return out, err
}

// OpenFile returns a file with its bytes, for who may read it.
func OpenFile(ctx context.Context, q db.Q, a policy.Actor, meeting, id string) (f File, body *blob.Reader, err error) {
	defer apperr.Wrap(&err, "minutes.OpenFile(%s)", id)
	x, c, err := cop.FindMeeting(ctx, q, a, meeting)
	if err != nil {
		return f, nil, err
	}
	rows, err := q.Query(ctx, `SELECT `+fileColumns+` FROM meeting_file WHERE id = $1 AND meeting_id = $2 AND state = 'kept'`, id, meeting)
	list, err := db.Collect(rows, err, scanFile)
	if err == nil && (len(list) == 0 || !list[0].reads(a, x, c)) {
		err = apperr.NotFoundf("Ce document n’existe pas, ou il a été retiré.")
	}
	if err != nil {
		return f, nil, err
	}
	body, err = blob.Open(ctx, q, list[0].SHA256)
	return list[0], body, err
}

// FileInput is what somebody says of a file.
type FileInput struct{ Title, Item, Part string }

// AddFile keeps a file of a meeting, 25 MB at most, that is what it claims to be. It
// comes in whatever the state of the minutes: it is no part of them.
func (m *Room) AddFile(ctx context.Context, a policy.Actor, meeting string, in FileInput, r io.Reader, claim blob.Claim) (f File, err error) {
	defer apperr.Wrap(&err, "minutes.AddFile(%s)", meeting)
	x, c, err := cop.FindMeeting(ctx, m.DB, a, meeting)
	if err != nil {
		return f, err
	}
	if err := policy.Check(a, policy.Edit, x.Thing(c)); err != nil {
		return f, err
	}
	in.Title = debate.Line(in.Title)
	if in.Title == "" {
		in.Title = debate.Line(claim.Name)
	}
	if in.Part != policy.Public && in.Part != cop.Internal {
		return f, apperr.Invalidf("Dites qui lit ce document.")
	}
	if err := debate.Long("le titre", in.Title, 300); err != nil {
		return f, err
	}
	s, err := blob.Stage(ctx, "", r, claim)
	if err != nil {
		return f, err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	f = File{Rev: 1, COP: x.COP, Meeting: x.ID, Item: in.Item, Title: in.Title, Part: in.Part, State: "kept", SHA256: s.SHA256, FileName: debate.Line(claim.Name), Size: s.Size, Type: s.Type}
	if f.ID, err = m.IDs.New(); err != nil {
		return f, err
	}
	err = db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		if err := (DecisionInput{Item: in.Item}).owned(ctx, tx, x); err != nil {
			return err
		}
		if _, err := s.Store(ctx, tx, m.Now()); err != nil {
			return err
		}
		if _, err := db.Insert(ctx, tx, "meeting_file", []string{"id", "rev", "cop_id", "meeting_id", "item_id", "title", "part", "state", "sha256", "file_name", "size", "type", "at"},
			[][]any{{f.ID, f.Rev, f.COP, f.Meeting, f.Item, f.Title, f.Part, f.State, f.SHA256, f.FileName, f.Size, f.Type, m.Now().UnixMilli()}}, ""); err != nil {
			return err
		}
		return m.kept(ctx, tx, a, "create", "meeting-file", f.ID, f.Rev, f.COP, "", f)
	})
	return f, err
}

// WithdrawFile takes a file off its meeting, and says why; its bytes stay.
func (m *Room) WithdrawFile(ctx context.Context, a policy.Actor, meeting, id, reason string) (err error) {
	defer apperr.Wrap(&err, "minutes.WithdrawFile(%s)", id)
	x, c, err := cop.FindMeeting(ctx, m.DB, a, meeting)
	if err != nil {
		return err
	}
	if err := policy.Check(a, policy.Edit, x.Thing(c)); err != nil {
		return err
	}
	if reason = debate.Line(reason); reason == "" {
		return apperr.Invalidf("Dites pourquoi vous retirez ce document.")
	}
	return db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		n, err := tx.Exec(ctx, `UPDATE meeting_file SET rev = rev + 1, state = 'withdrawn' WHERE id = $1 AND meeting_id = $2 AND state = 'kept'`, id, x.ID)
		if err != nil {
			return err
		}
		if n == 0 {
			return apperr.NotFoundf("Ce document n’existe pas, ou il a déjà été retiré.")
		}
		return m.kept(ctx, tx, a, "withdraw", "meeting-file", id, 2, x.COP, reason, map[string]string{"state": "withdrawn"})
	})
}
