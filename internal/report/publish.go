package report

import (
	"context"
	"strings"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/document"
	"jalon/internal/figure"
	"jalon/internal/journal"
	"jalon/internal/policy"
)

// Room freezes documents. Time and ids are given.
type Room struct {
	DB      *db.DB
	IDs     *db.IDs
	Now     func() time.Time
	Journal *journal.Journal
	Explain figure.Explainer
	// Draw gives the parts that this package cannot draw: the page, and the PDF
	// when there is what prints it.
	Draw func(ctx context.Context, d document.Document) ([]document.File, error)
}

// Kinds are those of the nation's documents, in the order of lists.
func Kinds() []string { return []string{KindReport, KindGuide, KindSurveyStudy, KindMeasureStudy} }

// The longest words that a publisher may add.
const (
	LongestIntro  = 4000
	LongestRemark = 1500
)

// Check reads what a publisher added to a document, and trims it.
func (e *Edition) Check() error {
	e.Intro = strings.TrimSpace(e.Intro)
	if len([]rune(e.Intro)) > LongestIntro {
		return apperr.Invalidf("Le mot d’ouverture tient en 4\u202f000 caractères.")
	}
	for id, text := range e.Remarks {
		if text = strings.TrimSpace(text); len([]rune(text)) > LongestRemark {
			return apperr.Invalidf("Une remarque tient en 1\u202f500 caractères.")
		}
		e.Remarks[id] = text
	}
	return nil
}

// Publish freezes a document with the explanation of its figures: what is
// downloaded later is what was there. The same document, published twice or by
// two people at once, is one publication.
func (m *Room) Publish(ctx context.Context, a policy.Actor, doc document.Document) (p document.Publication, err error) {
	defer apperr.Wrap(&err, "report.Publish(%s, %s)", doc.Kind, doc.Day)
	if err := policy.Check(a, policy.Create, policy.Thing{Kind: policy.Report}); err != nil {
		return p, err
	}
	if p, err = sameVersion(ctx, m.DB, doc, ""); apperr.KindOf(err) != apperr.NotFound {
		return p, err
	}
	parts, err := m.Draw(ctx, doc)
	if err != nil {
		return p, err
	}
	sealed, err := document.Seal(ctx, doc, m.Explain, parts...)
	if err != nil {
		return p, err
	}
	defer func() { _ = sealed.Close() }() // temporary files, already kept or of no use
	id, err := m.IDs.New()
	if err != nil {
		return p, err
	}
	var other document.Publication
	err = db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) (err error) {
		if p, err = document.Freeze(ctx, tx, sealed, document.Occasion{ID: id, By: a.Person, At: m.Now()}); err != nil || p.ID != id {
			return err
		}
		// A PDF differs from one printing to the next, so the same document may
		// have other bytes: Freeze holds the series, and whoever was first stays.
		if other, err = sameVersion(ctx, tx, doc, id); apperr.KindOf(err) != apperr.NotFound {
			if err == nil {
				err = errSame
			}
			return err
		}
		_, err = m.Journal.Record(ctx, tx, journal.Entry{Actor: a.Person, Verb: "freeze", Kind: "report", Subject: id})
		return err
	})
	if other.ID != "" {
		return other, nil
	}
	return p, err
}

// errSame undoes what was written of a document that is there already.
var errSame = apperr.Conflictf("Ce document est déjà figé.")

// sameVersion finds the publication of a document, but one.
func sameVersion(ctx context.Context, q db.Q, doc document.Document, but string) (document.Publication, error) {
	var id string
	err := q.QueryRow(ctx, `SELECT id FROM publication WHERE cop_id = '' AND kind = $1 AND version = $2 AND id <> $3 ORDER BY seq LIMIT 1`, doc.Kind, doc.Version, but).Scan(&id)
	if err = db.OrNotFound(err, "Ce document n’a pas été figé."); err != nil {
		return document.Publication{}, err
	}
	return document.Find(ctx, q, id)
}

// Publications lists the frozen documents of the nation, for whoever reads
// reports, the newest first of each kind.
func Publications(ctx context.Context, q db.Q, a policy.Actor, limit int) (out []document.Publication, err error) {
	defer apperr.Wrap(&err, "report.Publications")
	if err := mayRead(a); err != nil {
		return nil, err
	}
	for _, k := range Kinds() {
		list, err := document.Publications(ctx, q, "", k, 0, limit)
		if err != nil {
			return nil, err
		}
		out = append(out, list...)
	}
	return out, nil
}

// Publication finds a frozen document of the nation.
func Publication(ctx context.Context, q db.Q, a policy.Actor, id string) (p document.Publication, err error) {
	defer apperr.Wrap(&err, "report.Publication(%s)", id)
	if err := mayRead(a); err != nil {
		return p, err
	}
	if p, err = document.Find(ctx, q, id); err == nil && p.COP != "" {
		return document.Publication{}, apperr.NotFoundf("Ce document n’a pas été publié.")
	}
	return p, err
}

// mayRead admits whoever holds a role that reads reports, wherever they hold
// it; to anyone else there is none.
func mayRead(a policy.Actor) error {
	if !policy.Where(a, policy.Read, policy.Report).None() {
		return nil
	}
	return policy.Check(a, policy.Read, policy.Thing{Kind: policy.Report})
}
