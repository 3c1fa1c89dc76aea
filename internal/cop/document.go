package cop

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"strings"

	"jalon/internal/apperr"
	"jalon/internal/blob"
	"jalon/internal/db"
	"jalon/internal/policy"
)

// DocumentKind is what a document is for.
type DocumentKind string

// The kinds of documents.
const (
	DecisionDoc     DocumentKind = "decision"
	DiagnosisDoc    DocumentKind = "diagnostic"
	RoadmapDoc      DocumentKind = "feuille-de-route"
	MinutesDoc      DocumentKind = "compte-rendu"
	PresentationDoc DocumentKind = "presentation"
	StudyDoc        DocumentKind = "etude"
	OtherDoc        DocumentKind = "autre"
)

// DocumentKinds lists the kinds in the order of forms.
func DocumentKinds() []DocumentKind {
	return []DocumentKind{DecisionDoc, DiagnosisDoc, RoadmapDoc, MinutesDoc, PresentationDoc, StudyDoc, OtherDoc}
}

var documentNames = map[DocumentKind]string{DecisionDoc: "Décision", DiagnosisDoc: "Diagnostic", RoadmapDoc: "Feuille de route", MinutesDoc: "Compte rendu",
	PresentationDoc: "Présentation", StudyDoc: "Étude", OtherDoc: "Autre document"}

// Name is the French name of a kind of document.
func (k DocumentKind) Name() string { return documentNames[k] }

// The states of a document: withdrawn, it is listed no more, and its versions
// stay.
const (
	Kept = "kept"
	Gone = "withdrawn"
)

// Document is a file of a COP.
type Document struct {
	ID       string       `json:"id"`
	Rev      int64        `json:"-"`
	COP      string       `json:"cop"`
	Title    string       `json:"title"`
	Kind     DocumentKind `json:"kind"`
	Stage    Stage        `json:"stage"`
	Day      string       `json:"day"` // that the document bears
	Part     string       `json:"part"`
	State    string       `json:"state"`
	SHA256   string       `json:"sha256"`
	FileName string       `json:"file_name"`
	Size     int64        `json:"size"`
	Type     string       `json:"type"`
}

// Thing is a document as policy sees it.
func (x Document) Thing(c COP) policy.Thing { return part(c.Thing(policy.Document), x.Part) }

// NewDocument is what a person says of a file.
type NewDocument struct {
	Title     string
	Kind      DocumentKind
	Stage     Stage
	Day, Part string
}

func (in NewDocument) check() error {
	switch {
	case strings.TrimSpace(in.Title) == "" || len(in.Title) > 300:
		return apperr.Invalidf("Donnez au document un titre de 300 caractères au plus.")
	case in.Kind.Name() == "":
		return apperr.Invalidf("Choisissez le type de document dans la liste.")
	case in.Stage.order() < 0:
		return apperr.Invalidf("Choisissez l’étape dans la liste.")
	case in.Part != policy.Public && in.Part != Internal:
		return apperr.Invalidf("Dites si le document est public ou interne à la COP.")
	}
	return day(in.Day, "Date du document")
}

// mayKeep judges who brings a document: experts and facilitators bring internal
// ones, publishing is the team's.
func mayKeep(a policy.Actor, c COP, p string) error {
	if err := policy.Check(a, policy.Create, part(c.Thing(policy.Document), p)); err != nil || p != policy.Public {
		return err
	}
	return policy.Check(a, policy.Edit, part(c.Thing(policy.Document), p))
}

// stage receives a file. One that is refused (too large, not what it claims to
// be) leaves a row in the journal and nothing else.
func (m *Room) stage(ctx context.Context, a policy.Actor, copID string, r io.Reader, claim blob.Claim) (*blob.Staged, error) {
	s, err := blob.Stage(ctx, "", r, claim)
	if kind := apperr.KindOf(err); err != nil && (kind == apperr.Invalid || kind == apperr.TooLarge) {
		err = errors.Join(err, db.Tx(context.WithoutCancel(ctx), m.DB, func(ctx context.Context, tx db.Q) error {
			return m.record(ctx, tx, a, "refuse", "document", copID, 0, copID)
		}))
	}
	return s, err
}

// AddDocument keeps a file of a COP.
func (m *Room) AddDocument(ctx context.Context, a policy.Actor, copID string, in NewDocument, r io.Reader, claim blob.Claim) (x Document, err error) {
	defer apperr.Wrap(&err, "cop.AddDocument(%s)", copID)
	c, err := Find(ctx, m.DB, copID)
	if err != nil {
		return x, err
	}
	if err := mayKeep(a, c, in.Part); err != nil {
		return x, err
	}
	if err := in.check(); err != nil {
		return x, err
	}
	s, err := m.stage(ctx, a, copID, r, claim)
	if err != nil {
		return x, err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	x = Document{Rev: 1, COP: copID, Title: in.Title, Kind: in.Kind, Stage: in.Stage, Day: in.Day, Part: in.Part, State: Kept,
		SHA256: s.SHA256, FileName: claim.Name, Size: s.Size, Type: s.Type}
	if x.ID, err = m.IDs.New(); err != nil {
		return x, err
	}
	err = db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		if _, err := s.Store(ctx, tx, m.Now()); err != nil {
			return err
		}
		if _, err := db.Insert(ctx, tx, "cop_document", []string{"id", "rev", "cop_id", "title", "kind", "stage", "day", "part", "state", "sha256", "file_name", "size", "type"},
			[][]any{{x.ID, x.Rev, x.COP, x.Title, string(x.Kind), string(x.Stage), x.Day, x.Part, x.State, x.SHA256, x.FileName, x.Size, x.Type}}, ""); err != nil {
			return err
		}
		return m.keptDocument(ctx, tx, a, "create", "", x)
	})
	return x, err
}

func (m *Room) keptDocument(ctx context.Context, tx db.Q, a policy.Actor, verb, reason string, x Document) error {
	body, err := json.Marshal(x)
	if err != nil {
		return err
	}
	if _, err := db.Insert(ctx, tx, "cop_document_version", []string{"id", "rev", "at", "by", "reason", "sha256", "body"},
		[][]any{{x.ID, x.Rev, m.Now().UnixMilli(), a.Person, reason, x.SHA256, string(body)}}, ""); err != nil {
		return err
	}
	return m.record(ctx, tx, a, verb, "document", x.ID, x.Rev, x.COP)
}

// SaveDocument edits what is said of a document at a revision, and replaces its
// file when r is not nil.
func (m *Room) SaveDocument(ctx context.Context, a policy.Actor, id string, rev int64, in NewDocument, r io.Reader, claim blob.Claim, reason string) (x Document, err error) {
	defer apperr.Wrap(&err, "cop.SaveDocument(%s)", id)
	if x, err = m.editable(ctx, a, id); err != nil {
		return x, err
	}
	if err := in.check(); err != nil {
		return x, err
	}
	var s *blob.Staged
	if r != nil {
		if s, err = m.stage(ctx, a, x.COP, r, claim); err != nil {
			return x, err
		}
		defer func() { err = errors.Join(err, s.Close()) }()
	}
	err = db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		n, err := tx.Exec(ctx, `UPDATE cop_document SET rev = rev + 1, title = $3, kind = $4, stage = $5, day = $6, part = $7 WHERE id = $1 AND rev = $2 AND state = 'kept'`,
			id, rev, in.Title, string(in.Kind), string(in.Stage), in.Day, in.Part)
		if err != nil {
			return err
		}
		if n == 0 {
			return errMoved("ce document")
		}
		if s != nil {
			if _, err := s.Store(ctx, tx, m.Now()); err != nil {
				return err
			}
			if _, err := tx.Exec(ctx, `UPDATE cop_document SET sha256 = $2, file_name = $3, size = $4, type = $5 WHERE id = $1`, id, s.SHA256, claim.Name, s.Size, s.Type); err != nil {
				return err
			}
		}
		if x, err = oneDocument(ctx, tx, id); err != nil {
			return err
		}
		return m.keptDocument(ctx, tx, a, "edit", reason, x)
	})
	return x, err
}

// WithdrawDocument takes a document off the lists, and says why.
func (m *Room) WithdrawDocument(ctx context.Context, a policy.Actor, id string, rev int64, reason string) (err error) {
	defer apperr.Wrap(&err, "cop.WithdrawDocument(%s)", id)
	if reason == "" {
		return apperr.Invalidf("Dites pourquoi vous retirez ce document.")
	}
	if _, err := m.editable(ctx, a, id); err != nil {
		return err
	}
	return db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		n, err := tx.Exec(ctx, `UPDATE cop_document SET rev = rev + 1, state = 'withdrawn' WHERE id = $1 AND rev = $2 AND state = 'kept'`, id, rev)
		if err != nil {
			return err
		}
		if n == 0 {
			return errMoved("ce document")
		}
		x, err := oneDocument(ctx, tx, id)
		if err != nil {
			return err
		}
		return m.keptDocument(ctx, tx, a, "withdraw", reason, x)
	})
}

func (m *Room) editable(ctx context.Context, a policy.Actor, id string) (Document, error) {
	x, err := oneDocument(ctx, m.DB, id)
	if err != nil {
		return x, err
	}
	c, err := Find(ctx, m.DB, x.COP)
	if err != nil {
		return x, err
	}
	return x, policy.Check(a, policy.Edit, x.Thing(c))
}

const documentSelect = `SELECT id, rev, cop_id, title, kind, stage, day, part, state, sha256, file_name, size, type FROM cop_document `

func scanDocument(r interface{ Scan(...any) error }) (x Document, err error) {
	err = r.Scan(&x.ID, &x.Rev, &x.COP, &x.Title, &x.Kind, &x.Stage, &x.Day, &x.Part, &x.State, &x.SHA256, &x.FileName, &x.Size, &x.Type)
	return x, err
}

func oneDocument(ctx context.Context, q db.Q, id string) (Document, error) {
	x, err := scanDocument(q.QueryRow(ctx, documentSelect+`WHERE id = $1`, id))
	return x, db.OrNotFound(err, "Ce document n’existe pas.")
}

// FindDocument returns a document that the actor may read. One that was
// withdrawn is read by those who may edit it.
func FindDocument(ctx context.Context, q db.Q, a policy.Actor, id string) (x Document, c COP, err error) {
	if x, err = oneDocument(ctx, q, id); err != nil {
		return x, c, err
	}
	if c, err = Find(ctx, q, x.COP); err != nil {
		return x, c, err
	}
	if x.State == Gone {
		return x, c, policy.Check(a, policy.Edit, part(x.Thing(c), Internal))
	}
	return x, c, policy.Check(a, policy.Read, x.Thing(c))
}

// OpenDocument returns a document that the actor may read, and its bytes.
func OpenDocument(ctx context.Context, q db.Q, a policy.Actor, id string) (x Document, r *blob.Reader, err error) {
	defer apperr.Wrap(&err, "cop.OpenDocument(%s)", id)
	if x, _, err = FindDocument(ctx, q, a, id); err != nil {
		return x, nil, err
	}
	r, err = blob.Open(ctx, q, x.SHA256)
	return x, r, err
}

// OpenVersion returns an older file of a document, for who may change it.
func OpenVersion(ctx context.Context, q db.Q, a policy.Actor, id string, rev int64) (x Document, r *blob.Reader, err error) {
	defer apperr.Wrap(&err, "cop.OpenVersion(%s, %d)", id, rev)
	all, err := DocumentVersions(ctx, q, a, id)
	if err != nil {
		return x, nil, err
	}
	for _, v := range all {
		if v.Rev == rev {
			r, err = blob.Open(ctx, q, v.Body.SHA256)
			return v.Body, r, err
		}
	}
	return x, nil, apperr.NotFoundf("Ce document n’a pas cette version.")
}

// PublicDocuments is the set of the documents of a COP that anyone may read, for
// pages that show them as evidence.
func PublicDocuments(ctx context.Context, q db.Q, copID string) (map[string]bool, error) {
	rows, err := q.Query(ctx, `SELECT id FROM cop_document WHERE cop_id = $1 AND part = 'public' AND state = 'kept'`, copID)
	ids, err := db.Strings(rows, err)
	out := map[string]bool{}
	for _, id := range ids {
		out[id] = true
	}
	return out, err
}

// Documents lists the documents of a COP that the actor may read, the latest
// first.
func (m *Room) Documents(ctx context.Context, q db.Q, a policy.Actor, c COP, cursor string, limit int) (p Page[Document], err error) {
	defer apperr.Wrap(&err, "cop.Documents(%s)", c.ID)
	all := reads(a, c, policy.Document)
	return page(m, "documents", c.ID, all, cursor, limit, func(day, id string, n int64) ([]Document, error) {
		rows, err := q.Query(ctx, documentSelect+`
			WHERE cop_id = $1 AND state = 'kept' AND (part = 'public' OR $2) AND (day, id) < ($3, $4) ORDER BY day DESC, id DESC LIMIT $5`, c.ID, all, day, id, n)
		return db.Collect(rows, err, func(r *db.Rows) (Document, error) { return scanDocument(r) })
	}, func(x Document) (string, string) { return x.Day, x.ID })
}
