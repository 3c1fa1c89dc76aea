package document

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/blob"
	"jalon/internal/db"
	"jalon/internal/figure"
)

// Tables lists the tables of this package, parents first.
func Tables() []db.Table {
	return []db.Table{
		{Name: "publication_series", Order: []string{"cop_id", "kind"}, Scope: db.COP},
		{Name: "publication", Order: []string{"id"}, Scope: db.COP, Personal: []string{"by"}},
		{Name: "publication_file", Order: []string{"publication_id", "path"}, Scope: db.COP},
	}
}

// The paths of the parts that every publication has. A room may add others:
// a PDF, a table.
const (
	DocumentPart = "document.json"
	SlidesPart   = "document.pptx"
	TextPart     = "document.odt"
	PagePart     = "page.html"
	PDFPart      = "document.pdf"
)

// File is a part of a publication.
type File struct {
	Path string
	Body []byte
}

// Frozen is a document as it was frozen: itself, and the explanation of each
// figure that it shows, as it was then.
type Frozen struct {
	Document     Document             `json:"document"`
	Explanations []figure.Explanation `json:"explanations"`
	// Unexplained are the figures whose explanation could not be had, with why.
	Unexplained []Unexplained `json:"unexplained,omitempty"`
}

// Unexplained is a figure without its explanation.
type Unexplained struct {
	Key    string `json:"key"`
	Reason string `json:"reason"`
}

// Entry is a line of a manifest.
type Entry struct {
	Path   string `json:"path"`
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
}

// Sealed is a document rendered and ready to be frozen: nothing is left to do
// in the transaction but to write it. Close it in any case.
type Sealed struct {
	doc      Document
	frozen   Frozen
	entries  []Entry
	manifest string
	staged   []*blob.Staged
}

// Seal renders the document, asks for the explanation of each of its figures,
// and receives every part as a file; others are the parts that the caller drew:
// its page, a PDF. It opens no transaction.
func Seal(ctx context.Context, d Document, explain figure.Explainer, others ...File) (_ *Sealed, err error) {
	defer apperr.Wrap(&err, "document.Seal(%q)", d.Kind)
	f := Frozen{Document: d, Explanations: []figure.Explanation{}}
	for _, key := range d.Figures() {
		e, err := explain(ctx, key)
		switch {
		case apperr.KindOf(err) == apperr.NotFound: // said, not hidden
			f.Unexplained = append(f.Unexplained, Unexplained{key, apperr.Message(err)})
		case err != nil:
			return nil, err
		default:
			f.Explanations = append(f.Explanations, e)
		}
	}
	body, err := json.MarshalIndent(f, "", " ")
	if err != nil {
		return nil, err
	}
	var pptx, odt bytes.Buffer
	if err := errors.Join(WritePPTX(&pptx, d), WriteODT(&odt, d)); err != nil {
		return nil, err
	}
	files := append([]File{{DocumentPart, body}, {SlidesPart, pptx.Bytes()}, {TextPart, odt.Bytes()}}, others...)
	s := &Sealed{doc: d, frozen: f}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.Close())
		}
	}()
	seen := map[string]bool{}
	for _, f := range files {
		if f.Path == "" || seen[f.Path] || strings.Contains(f.Path, "..") {
			return nil, fmt.Errorf("document: the part %q is there twice, or has no name", f.Path)
		}
		seen[f.Path] = true
		x, err := blob.Stage(ctx, "", bytes.NewReader(f.Body), blob.Claim{Name: f.Path, Made: true})
		if err != nil {
			return nil, err
		}
		s.staged = append(s.staged, x)
		s.entries = append(s.entries, Entry{f.Path, x.Size, x.SHA256})
	}
	m, err := json.Marshal(s.entries)
	s.manifest = string(m)
	return s, err
}

// Frozen is the document with the explanations that are kept with it.
func (s *Sealed) Frozen() Frozen { return s.frozen }

// SHA256 is the digest of the manifest: what a person can compare and cite.
func (s *Sealed) SHA256() string { return digest(s.manifest) }

func digest(manifest string) string {
	sum := sha256.Sum256([]byte(manifest))
	return hex.EncodeToString(sum[:])
}

// Close removes what was received and not kept.
func (s *Sealed) Close() error {
	var err error
	for _, x := range s.staged {
		err = errors.Join(err, x.Close())
	}
	return err
}

// Publication is a document that was frozen.
type Publication struct {
	ID, COP, Kind string // COP is empty for a document of the nation
	Seq           int64
	Title         string
	Day, Version  string
	Demo          bool
	Manifest      []Entry
	SHA256        string
	At            time.Time
	By            string
}

// Occasion is who freezes a document, when, and for which COP ("" for the
// nation).
type Occasion struct {
	ID, COP, By string
	At          time.Time
}

// Freeze keeps a sealed document, in the transaction of what depends on it. The
// same bytes frozen again for the same COP are the publication that is there
// already: a second click publishes nothing twice.
func Freeze(ctx context.Context, tx db.Q, s *Sealed, o Occasion) (p Publication, err error) {
	defer apperr.Wrap(&err, "document.Freeze(%s, %s)", o.COP, s.doc.Kind)
	p = Publication{ID: o.ID, COP: o.COP, Kind: s.doc.Kind, Title: s.doc.Title, Day: s.doc.Day, Version: s.doc.Version, Demo: s.doc.Demo,
		Manifest: s.entries, SHA256: s.SHA256(), At: time.UnixMilli(o.At.UnixMilli()).UTC(), By: o.By}
	err = db.Tx(ctx, tx, func(ctx context.Context, tx db.Q) error {
		// Numbers of a series are given one after the other: this row waits.
		if err := tx.QueryRow(ctx, `
			INSERT INTO publication_series (cop_id, kind, last)
			VALUES ($1, $2, 1)
			ON CONFLICT (cop_id, kind) DO UPDATE SET last = publication_series.last + 1
			RETURNING last`, p.COP, p.Kind).Scan(&p.Seq); err != nil {
			return err
		}
		same, err := one(ctx, tx, `cop_id = $1 AND kind = $2 AND sha256 = $3`, p.COP, p.Kind, p.SHA256)
		if apperr.KindOf(err) != apperr.NotFound {
			if err != nil {
				return err
			}
			p = same
			_, err = tx.Exec(ctx, `UPDATE publication_series SET last = last - 1 WHERE cop_id = $1 AND kind = $2`, p.COP, p.Kind)
			return err
		}
		if _, err := db.Insert(ctx, tx, "publication", []string{"id", "cop_id", "kind", "seq", "title", "day", "version", "demo", "manifest", "sha256", "at", "by"},
			[][]any{{p.ID, p.COP, p.Kind, p.Seq, p.Title, p.Day, p.Version, p.Demo, s.manifest, p.SHA256, p.At.UnixMilli(), p.By}}, ""); err != nil {
			return err
		}
		for i, x := range s.staged {
			if _, err := x.Store(ctx, tx, o.At); err != nil {
				return err
			}
			e := s.entries[i]
			if _, err := db.Insert(ctx, tx, "publication_file", []string{"publication_id", "path", "size", "sha256"}, [][]any{{p.ID, e.Path, e.Size, e.SHA256}}, ""); err != nil {
				return err
			}
		}
		return nil
	})
	return p, err
}
