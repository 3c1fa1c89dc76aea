package composition

import (
	"context"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/document"
	"jalon/internal/policy"
)

// Thing is an edition for the table of rights: published, it is public.
func (e Edition) Thing() policy.Thing {
	t := policy.Thing{Kind: e.Kind.Policy(), COPs: []string{e.COP}}
	if e.PublishedOn != "" {
		t.Part = policy.Public
	}
	return t
}

// Retired reports whether an edition was withdrawn after it was published.
func (e Edition) Retired() bool { return e.State == EditionWithdrawn && e.PublishedOn != "" }

// Name is the French name of a state.
func (s EditionState) Name() string {
	return map[EditionState]string{EditionProposed: "attend les deux têtes", EditionPublished: "publiée", EditionWithdrawn: "retirée avant d’être publiée"}[s]
}

const editionColumns = `e.id, e.cop_id, e.region, e.cycle, e.kind, e.term, e.seq, e.state, e.day, e.published_on, e.publication_id, e.act, e.by, e.at, e.sha256, e.why, e.ended_on, e.ended_why`

func scanEdition(r interface{ Scan(...any) error }) (e Edition, err error) {
	var at int64
	err = r.Scan(&e.ID, &e.COP, &e.Region, &e.Cycle, &e.Kind, &e.Term, &e.Seq, &e.State, &e.Day, &e.PublishedOn, &e.Publication, &e.Act, &e.By, &at, &e.SHA256, &e.Why, &e.EndedOn, &e.EndedWhy)
	e.At = time.UnixMilli(at).UTC()
	return e, err
}

// Editions lists those of a document of a COP whatever their state, the newest
// first.
func Editions(ctx context.Context, q db.Q, k Kind, copID, term string) ([]Edition, error) {
	rows, err := q.Query(ctx, `SELECT `+editionColumns+` FROM composition_edition e WHERE e.cop_id = $1 AND e.kind = $2 AND e.term = $3 ORDER BY e.seq DESC`, copID, string(k), term)
	return db.Collect(rows, err, func(r *db.Rows) (Edition, error) { return scanEdition(r) })
}

// PublishedEditions lists what a COP published of a document, the newest first.
func PublishedEditions(ctx context.Context, q db.Q, k Kind, copID, term string) ([]Edition, error) {
	rows, err := q.Query(ctx, `SELECT `+editionColumns+` FROM composition_edition e WHERE e.cop_id = $1 AND e.kind = $2 AND e.term = $3 AND e.state = 'published' ORDER BY e.seq DESC`, copID, string(k), term)
	return db.Collect(rows, err, func(r *db.Rows) (Edition, error) { return scanEdition(r) })
}

// ReadEditions lists what anyone reads of a document, the newest first: what is
// published, and what was and is withdrawn since.
func ReadEditions(ctx context.Context, q db.Q, k Kind, copID, term string) ([]Edition, error) {
	rows, err := q.Query(ctx, `SELECT `+editionColumns+` FROM composition_edition e WHERE e.cop_id = $1 AND e.kind = $2 AND e.term = $3 AND e.published_on <> '' ORDER BY e.seq DESC`, copID, string(k), term)
	return db.Collect(rows, err, func(r *db.Rows) (Edition, error) { return scanEdition(r) })
}

// EditionsOf lists those that both heads published in a COP, of every term, the last
// first.
func EditionsOf(ctx context.Context, q db.Q, k Kind, copID string) ([]Edition, error) {
	rows, err := q.Query(ctx, `SELECT `+editionColumns+` FROM composition_edition e WHERE e.cop_id = $1 AND e.kind = $2 AND e.state = 'published' ORDER BY e.term DESC, e.seq DESC`, copID, string(k))
	return db.Collect(rows, err, func(r *db.Rows) (Edition, error) { return scanEdition(r) })
}

// FindEdition returns an edition by its id, whatever its state.
func FindEdition(ctx context.Context, q db.Q, id string) (Edition, error) {
	e, err := scanEdition(q.QueryRow(ctx, `SELECT `+editionColumns+` FROM composition_edition e WHERE e.id = $1`, id))
	return e, db.OrNotFound(err, "Cette édition n’existe pas.")
}

// PublishedIn lists what the COPs of a cycle published, by the day that they did:
// what a board tells at any date.
func PublishedIn(ctx context.Context, q db.Q, k Kind, cycle string) ([]Edition, error) {
	rows, err := q.Query(ctx, `SELECT `+editionColumns+` FROM composition_edition e WHERE e.cycle = $1 AND e.kind = $2 AND e.state = 'published' ORDER BY e.published_on, e.seq, e.cop_id`, cycle, string(k))
	return db.Collect(rows, err, func(r *db.Rows) (Edition, error) { return scanEdition(r) })
}

// Verified is what Verify read again.
type Verified struct {
	Editions int64
	Problems []string // French, one each
}

// Verify reads every published edition again, compares each of its files with its
// digest, and what both heads validated with what is kept.
func Verify(ctx context.Context, q db.Q) (v Verified, err error) {
	defer apperr.Wrap(&err, "composition.Verify")
	rows, err := q.Query(ctx, `SELECT `+editionColumns+` FROM composition_edition e WHERE e.published_on <> '' ORDER BY e.cop_id, e.kind, e.term, e.seq`)
	all, err := db.Collect(rows, err, func(r *db.Rows) (Edition, error) { return scanEdition(r) })
	if err != nil {
		return v, err
	}
	for _, e := range all {
		v.Editions++
		if err := verifyEdition(ctx, q, e); err != nil {
			if k := apperr.KindOf(err); k != apperr.Internal && k != apperr.NotFound {
				return v, err
			}
			v.Problems = append(v.Problems, e.Kind.Words().Shared+" de la COP "+e.COP+", édition n°\u00a0"+number(e.Seq)+"\u00a0: "+apperr.Message(err))
		}
	}
	return v, nil
}

func verifyEdition(ctx context.Context, q db.Q, e Edition) error {
	p, err := document.Find(ctx, q, e.Publication)
	if err != nil {
		return err
	}
	var validated string
	if err := q.QueryRow(ctx, `SELECT sha256 FROM act WHERE id = $1`, e.Act).Scan(&validated); err != nil {
		return db.OrNotFound(err, "L’acte des deux têtes n’est plus là.")
	}
	if p.SHA256 != e.SHA256 || validated != e.SHA256 {
		return apperr.New(apperr.Internal, nil, "L’empreinte validée par les deux têtes n’est pas celle du document gardé.")
	}
	return document.Verify(ctx, q, p)
}

// PublishedBy lists what the COPs of a cycle had published of a kind by the end of a
// day, by region, each one's editions in their order: one statement.
func PublishedBy(ctx context.Context, q db.Q, k Kind, cycle, day string) (_ []Edition, err error) {
	defer apperr.Wrap(&err, "composition.PublishedBy(%s, %s, %s)", k, cycle, day)
	rows, err := q.Query(ctx, `SELECT `+editionColumns+` FROM composition_edition e WHERE e.cycle = $1 AND e.kind = $2 AND e.state = 'published' AND e.published_on <= $3 ORDER BY e.region, e.term, e.seq`, cycle, string(k), day)
	return db.Collect(rows, err, func(r *db.Rows) (Edition, error) { return scanEdition(r) })
}

// Terms lists the terms for which a COP began a document of a kind, the last first.
func Terms(ctx context.Context, q db.Q, k Kind, copID string) ([]string, error) {
	rows, err := q.Query(ctx, `SELECT d.term FROM composition d WHERE d.cop_id = $1 AND d.kind = $2 ORDER BY d.term DESC`, copID, string(k))
	return db.Strings(rows, err)
}

// EditionsOfKind lists those of a COP for every term whatever their state, the last term
// and the newest first.
func EditionsOfKind(ctx context.Context, q db.Q, k Kind, copID string) ([]Edition, error) {
	rows, err := q.Query(ctx, `SELECT `+editionColumns+` FROM composition_edition e WHERE e.cop_id = $1 AND e.kind = $2 ORDER BY e.term DESC, e.seq DESC`, copID, string(k))
	return db.Collect(rows, err, func(r *db.Rows) (Edition, error) { return scanEdition(r) })
}

// PublishedOfKind lists what a COP published of a kind for every term, the last term and
// the newest first.
func PublishedOfKind(ctx context.Context, q db.Q, k Kind, copID string) (out []Edition, err error) {
	all, err := EditionsOfKind(ctx, q, k, copID)
	for _, e := range all {
		if e.State == EditionPublished {
			out = append(out, e)
		}
	}
	return out, err
}
