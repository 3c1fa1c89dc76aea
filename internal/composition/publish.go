package composition

import (
	"context"
	"errors"
	"strconv"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/document"
	"jalon/internal/figure"
	"jalon/internal/french"
	"jalon/internal/journal"
	"jalon/internal/policy"
)

func number(n int64) string { return strconv.FormatInt(n, 10) }

// Press is what an edition is made with.
type Press struct {
	Catalogue Catalogue
	// Explain answers for each figure of the document, as anyone may read it.
	Explain figure.Explainer
	// Together lets explanations share what they read; nil when they share nothing.
	Together func(ctx context.Context) context.Context
	// Draw gives the files that this room cannot draw: the page, the PDF.
	Draw func(ctx context.Context, d document.Document) ([]document.File, error)
	// Why says why this edition follows the one before: asked of a roadmap that was
	// adopted once.
	Why string
	// Differs tells which figures of a document, or of the page that was drawn from it,
	// are not what their explanations say: a figure may move between the two. Nil for a
	// document that is not compared.
	Differs func(f document.Frozen, page []byte) []string
	// Sheet is what the edition of a number says of itself.
	Sheet func(seq int64) Sheet
}

var (
	errWaits = apperr.Conflictf("Une édition attend déjà la validation des deux têtes\u00a0: rien n’a été proposé. Retirez-la au bureau pour en proposer une autre.")
	errDraft = apperr.Conflictf("Le projet a changé pendant que l’édition se préparait\u00a0: rien n’a été proposé, et les changements sont gardés. Relisez le projet, puis proposez-le de nouveau.")
)

// ProposeEdition freezes a draft as it was when somebody read it, and asks both
// heads to publish it. What takes time (reading, drawing, sealing) is done before
// anything is written: a draft that moved meanwhile is a conflict, and nothing is
// proposed.
func (m *Room) ProposeEdition(ctx context.Context, a policy.Actor, rev int64, k Kind, term string, at Place, p Press) (e Edition, err error) {
	defer apperr.Wrap(&err, "composition.ProposeEdition(%s)", at.COP)
	var d Composition
	var blocks []Block
	var seq int64
	if err := db.Snapshot(ctx, m.DB, func(ctx context.Context, q db.Q) (err error) {
		if d, err = Of(ctx, q, k, at.COP, term); err != nil {
			return err
		}
		if err := policy.Check(a, policy.Propose, d.Thing()); err != nil {
			return err
		}
		if blocks, err = Blocks(ctx, q, d); err != nil {
			return err
		}
		seq, err = nextEdition(ctx, q, d)
		return err
	}); err != nil {
		return e, err
	}
	if d.Rev != rev {
		return e, errDraft
	}
	if p.Why, err = m.why(ctx, d, p.Why); err != nil {
		return e, err
	}
	draft, err := Compose(ctx, d, blocks, p.Catalogue, at, p.Sheet(seq))
	if err != nil {
		return e, err
	}
	if len(draft.Document.Parts) == 0 {
		return e, apperr.Invalidf("Le document est vide\u00a0: ajoutez un bloc ou écrivez un texte avant de le proposer. Rien n’a été proposé.")
	}
	files, err := p.Draw(ctx, draft.Document)
	if err != nil {
		return e, err
	}
	if p.Together != nil {
		ctx = p.Together(ctx)
	}
	sealed, err := document.Seal(ctx, draft.Document, p.Explain, files...)
	if err != nil {
		return e, err
	}
	defer func() { err = errors.Join(err, sealed.Close()) }()
	if err := p.compared(sealed, files); err != nil {
		return e, err
	}
	now := m.Now()
	e = Edition{COP: d.COP, Region: d.Region, Cycle: d.Cycle, Kind: d.Kind, Term: d.Term, Seq: seq, State: EditionProposed, Day: draft.Document.Day, By: a.Person, At: now, SHA256: sealed.SHA256(), Why: p.Why}
	if e.ID, err = m.IDs.New(); err != nil {
		return e, err
	}
	if e.Publication, err = m.IDs.New(); err != nil {
		return e, err
	}
	err = db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error { return m.propose(ctx, tx, a, &e, d, sealed) })
	return e, err
}

// compared refuses a document whose figures are not those of their explanations: heads
// would validate what its own archive contradicts.
func (p Press) compared(sealed *document.Sealed, files []document.File) error {
	if p.Differs == nil {
		return nil
	}
	var page []byte
	for _, f := range files {
		if f.Path == document.PagePart {
			page = f.Body
		}
	}
	list := p.Differs(sealed.Frozen(), page)
	if len(list) == 0 {
		return nil
	}
	return apperr.Conflictf("Un chiffre a changé pendant que l’édition se préparait\u00a0: rien n’a été proposé, et le projet est gardé. Proposez-la de nouveau. Si ce message revient, retirez le bloc qui le montre et prévenez l’administrateur. %s", list[0])
}

// nextEdition checks that no edition waits, and numbers the next one. What was
// withdrawn keeps its number: two documents never share one.
func nextEdition(ctx context.Context, q db.Q, d Composition) (seq int64, err error) {
	var waiting int64
	if err := q.QueryRow(ctx, `SELECT COUNT(CASE WHEN state = 'proposed' THEN 1 END), COALESCE(MAX(seq), 0) + 1 FROM composition_edition WHERE cop_id = $1 AND kind = $2 AND term = $3`, d.COP, string(d.Kind), d.Term).Scan(&waiting, &seq); err != nil {
		return 0, err
	}
	if waiting > 0 {
		return 0, errWaits
	}
	return seq, nil
}

func (m *Room) propose(ctx context.Context, tx db.Q, a policy.Actor, e *Edition, d Composition, sealed *document.Sealed) error {
	// The draft is the root: of two who propose at once, the second reads the first
	// one's edition; and it moves no more until this is written.
	if _, err := tx.Exec(ctx, `UPDATE composition SET rev = rev WHERE id = $1`, d.ID); err != nil {
		return err
	}
	now, err := Find(ctx, tx, d.ID)
	if err != nil {
		return err
	}
	seq, err := nextEdition(ctx, tx, d)
	if err != nil {
		return err
	}
	if now.Rev != d.Rev || seq != e.Seq {
		return errDraft
	}
	n, err := db.Insert(ctx, tx, "composition_edition", []string{"id", "cop_id", "region", "cycle", "kind", "term", "seq", "state", "day", "published_on", "publication_id", "act", "by", "at", "sha256", "why"},
		[][]any{{e.ID, e.COP, e.Region, e.Cycle, string(e.Kind), e.Term, e.Seq, string(e.State), e.Day, "", e.Publication, "", e.By, e.At.UnixMilli(), e.SHA256, e.Why}}, "ON CONFLICT (cop_id, kind, term, seq) DO NOTHING")
	if err != nil {
		return err
	}
	if n == 0 {
		return errWaits
	}
	if _, err := document.Freeze(ctx, tx, sealed, document.Occasion{ID: e.Publication, COP: e.COP, By: a.Person, At: e.At}); err != nil {
		return err
	}
	if _, err := m.Journal.Record(ctx, tx, journal.Entry{Actor: a.Person, Verb: "propose", Kind: definitions[e.Kind].journal, Subject: e.ID, Rev: e.Seq, COP: e.COP}); err != nil {
		return err
	}
	act, err := m.COPs.ProposeIn(ctx, tx, a, e.COP, cop.NewAct{Kind: e.Kind.Act(), Subject: e.ID, SHA256: e.SHA256,
		Title: "Publication " + e.Kind.Words().OfShared + e.term() + ", édition n°" + french.NoBreak + number(e.Seq) + ", au " + french.Day(e.Day)})
	if err != nil {
		return err
	}
	// An act that one head alone ends is ended already: its edition is kept as
	// EndEdition left it.
	if _, err = tx.Exec(ctx, `UPDATE composition_edition SET act = $2 WHERE id = $1`, e.ID, act.ID); err != nil {
		return err
	}
	*e, err = FindEdition(ctx, tx, e.ID)
	return err
}

// term is how a title names the term of an edition.
func (e Edition) term() string {
	if e.Term == "" {
		return ""
	}
	return " " + e.Term
}

// EndEdition publishes an edition, or drops it, when its act ends.
func (m *Room) EndEdition(ctx context.Context, tx db.Q, act cop.Act) error {
	if act.State == cop.ActWithdrawn {
		_, err := tx.Exec(ctx, `UPDATE composition_edition SET state = 'withdrawn' WHERE id = $1 AND cop_id = $2 AND state = 'proposed'`, act.Subject, act.COP)
		return err
	}
	c, err := cop.Find(ctx, tx, act.COP)
	if err != nil {
		return err
	}
	n, err := tx.Exec(ctx, `UPDATE composition_edition SET state = 'published', published_on = $2 WHERE id = $1 AND cop_id = $3 AND state = 'proposed'`, act.Subject, c.DayAt(m.Now()), act.COP)
	if err != nil || n == 0 {
		return err
	}
	e, err := FindEdition(ctx, tx, act.Subject)
	if err != nil {
		return err
	}
	by := act.ProposedBy
	if len(act.Consents) > 0 {
		by = act.Consents[len(act.Consents)-1].Person
	}
	if _, err := m.Journal.Record(ctx, tx, journal.Entry{Actor: by, Verb: "publish", Kind: definitions[e.Kind].journal, Subject: e.ID, Rev: e.Seq, COP: e.COP}); err != nil {
		return err
	}
	_, err = db.Bump(ctx, tx, Version, m.Now())
	return err
}
