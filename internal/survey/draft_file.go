package survey

import (
	"context"
	"errors"
	"io"
	"strings"

	"jalon/internal/apperr"
	"jalon/internal/blob"
	"jalon/internal/db"
	"jalon/internal/policy"
	"jalon/internal/questionnaire"
)

// Attach answers a question by a file: kept and pointed to together, or not at all.
func (m *Room) Attach(ctx context.Context, q db.Q, s Seat, response string, c Change, r io.Reader, claim blob.Claim) (o Outcome, err error) {
	defer apperr.Wrap(&err, "survey.Attach(%s, %s)", response, c.Key)
	to, p, err := m.at(ctx, q, s, response)
	if err != nil {
		return o, err
	}
	if err := s.may(policy.Edit, to); err != nil {
		return o, err
	}
	cell, ok := p.Cell(c.Key)
	if !ok || cell.Type != questionnaire.File || !s.Writer(cell.Section) {
		return o, apperr.Invalidf("Cette question n’attend pas de fichier de votre part. Rien n’a été enregistré.")
	}
	staged, err := blob.Stage(ctx, "", r, claim)
	if err != nil {
		return o, err
	}
	defer func() { err = errors.Join(err, staged.Close()) }()
	c.Value = staged.SHA256 + " " + fileName(claim.Name)
	c.attached = true
	err = db.Tx(ctx, q, func(ctx context.Context, tx db.Q) error {
		if _, err := staged.Store(ctx, tx, m.Now()); err != nil {
			return err
		}
		out, err := m.Save(ctx, tx, s, response, []Change{c})
		if err == nil {
			o = out.Outcomes[0]
		}
		return err
	})
	return o, err
}

// fileName is a name as an answer bears it: no folder, no line, 200 characters.
func fileName(name string) string {
	name = strings.Map(func(r rune) rune {
		if r < ' ' || r == '/' || r == '\\' {
			return '-'
		}
		return r
	}, strings.ToValidUTF8(strings.TrimSpace(name), ""))
	if runes := []rune(name); len(runes) > 200 {
		name = string(runes[len(runes)-200:])
	}
	if name == "" {
		return "fichier"
	}
	return name
}

// OpenFile opens the file that answers a question, for whoever reads the response.
func (t Desk) OpenFile(ctx context.Context, q db.Q, key string) (name string, b blob.Blob, r *blob.Reader, err error) {
	defer apperr.Wrap(&err, "survey.OpenFile(%s)", key)
	c, ok := t.Path.Cell(key)
	sha, name, has := strings.Cut(t.Answers[key], " ")
	if !ok || c.Type != questionnaire.File || !has {
		return "", b, nil, apperr.NotFoundf("Aucun fichier ne répond à cette question.")
	}
	if b, err = blob.Find(ctx, q, sha); err != nil {
		return "", b, nil, err
	}
	r, err = blob.Open(ctx, q, sha)
	return name, b, r, err
}
