package composition

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/journal"
	"jalon/internal/policy"
)

// The states of a block.
const (
	BlockKept      = "kept"
	BlockWithdrawn = "withdrawn"
)

// The most that a document holds.
const (
	MostBlocks        = 120
	LongestBlockTitle = 200
	LongestBlockText  = 20_000
	longestParam      = 200
)

// Refusal refuses one field of a form, so that the form says in which one it
// stands.
type Refusal struct{ Field, Message string }

// Error is the sentence a user reads.
func (f *Refusal) Error() string { return f.Message }

// Unwrap makes it an invalid input.
func (f *Refusal) Unwrap() error { return apperr.Invalidf("%s", f.Message) }

// Thing is the draft of a document for the table of rights.
func (d Composition) Thing() policy.Thing {
	return policy.Thing{Kind: d.Kind.Policy(), COPs: []string{d.COP}}
}

func (k Kind) rank(p Part) int {
	return slices.IndexFunc(k.Parts(), func(x [2]string) bool { return x[0] == string(p) })
}

const compositionColumns = `d.id, d.rev, d.cop_id, d.region, d.cycle, d.kind, d.term, d.title`

func scan(r interface{ Scan(...any) error }) (d Composition, err error) {
	err = r.Scan(&d.ID, &d.Rev, &d.COP, &d.Region, &d.Cycle, &d.Kind, &d.Term, &d.Title)
	return d, err
}

// Of is the document of a kind that a COP composes, once or for a term; «not
// found» when it has not begun.
func Of(ctx context.Context, q db.Q, k Kind, copID, term string) (Composition, error) {
	d, err := scan(q.QueryRow(ctx, `SELECT `+compositionColumns+` FROM composition d WHERE d.cop_id = $1 AND d.kind = $2 AND d.term = $3`, copID, string(k), term))
	return d, db.OrNotFound(err, "Cette COP n’a pas encore commencé %s.", k.Words().The)
}

// Find returns what a team composes by its id.
func Find(ctx context.Context, q db.Q, id string) (Composition, error) {
	d, err := scan(q.QueryRow(ctx, `SELECT `+compositionColumns+` FROM composition d WHERE d.id = $1`, id))
	return d, db.OrNotFound(err, "Ce document n’existe pas.")
}

const blockColumns = `b.id, b.rev, b.composition_id, b.part, b.position, b.live, b.params, b.title, b.text, b.state`

func scanBlock(r interface{ Scan(...any) error }) (b Block, err error) {
	var params string
	if err := r.Scan(&b.ID, &b.Rev, &b.Of, &b.Part, &b.Position, &b.Live, &params, &b.Title, &b.Text, &b.State); err != nil {
		return b, err
	}
	return b, json.Unmarshal([]byte(params), &b.Params)
}

// Blocks lists those of a document in the order of the document, withdrawn ones
// included.
func Blocks(ctx context.Context, q db.Q, d Composition) ([]Block, error) {
	rows, err := q.Query(ctx, `SELECT `+blockColumns+` FROM composition_block b WHERE b.composition_id = $1 ORDER BY b.position, b.id`, d.ID)
	list, err := db.Collect(rows, err, func(r *db.Rows) (Block, error) { return scanBlock(r) })
	slices.SortStableFunc(list, func(a, b Block) int { return d.Kind.rank(a.Part) - d.Kind.rank(b.Part) })
	return list, err
}

// FindBlock returns a block with the document that it is of.
func FindBlock(ctx context.Context, q db.Q, id string) (b Block, d Composition, err error) {
	b, err = scanBlock(q.QueryRow(ctx, `SELECT `+blockColumns+` FROM composition_block b WHERE b.id = $1`, id))
	if err = db.OrNotFound(err, "Ce bloc n’existe pas."); err != nil {
		return b, d, err
	}
	d, err = Find(ctx, q, b.Of)
	return b, d, err
}

// BlockPast is one version of a block: who, when, why, and what it was.
type BlockPast struct {
	Rev        int64
	At         time.Time
	By, Reason string
	Block      Block
}

// BlockHistory lists the versions of a block, the last first, at most fifty.
func BlockHistory(ctx context.Context, q db.Q, id string) ([]BlockPast, error) {
	rows, err := q.Query(ctx, `SELECT rev, at, by, reason, body FROM composition_block_version WHERE id = $1 ORDER BY rev DESC LIMIT 50`, id)
	return db.Collect(rows, err, func(r *db.Rows) (p BlockPast, err error) {
		var at int64
		var body string
		if err := r.Scan(&p.Rev, &at, &p.By, &p.Reason, &body); err != nil {
			return p, err
		}
		p.At = time.UnixMilli(at).UTC()
		if err := json.Unmarshal([]byte(body), &p.Block); err != nil {
			return p, err
		}
		p.Block.Rev = p.Rev
		return p, nil
	})
}

// Begin opens a document of a COP: empty, or with the usual live blocks of the
// catalogue in the order of the parts, a text that opens it and one for each part.
func (m *Room) Begin(ctx context.Context, a policy.Actor, k Kind, copID, term string, list []Live, usual bool) (d Composition, err error) {
	defer apperr.Wrap(&err, "composition.Begin(%s)", copID)
	c, err := cop.Find(ctx, m.DB, copID)
	if err != nil {
		return d, err
	}
	d = Composition{Rev: 1, COP: c.ID, Region: c.Region, Cycle: c.Cycle, Kind: k, Term: term}
	if err := policy.Check(a, policy.Create, d.Thing()); err != nil {
		return d, err
	}
	if d.ID, err = m.IDs.New(); err != nil {
		return d, err
	}
	var blocks []Block
	if usual {
		blocks = k.planned(list)
	}
	for i := range blocks {
		blocks[i].Of = d.ID
		if blocks[i].ID, err = m.IDs.New(); err != nil {
			return d, err
		}
	}
	err = db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		n, err := db.Insert(ctx, tx, "composition", []string{"id", "rev", "cop_id", "region", "cycle", "kind", "term", "title"},
			[][]any{{d.ID, d.Rev, d.COP, d.Region, d.Cycle, string(d.Kind), d.Term, d.Title}}, "ON CONFLICT (cop_id, kind, term) DO NOTHING")
		if err != nil {
			return err
		}
		if n == 0 {
			return apperr.Conflictf("Quelqu’un a déjà commencé %s de cette COP\u00a0: rien n’a été ajouté. Rechargez la page pour %s lire.", k.Words().The, k.Words().Pronoun())
		}
		const why = "Plan proposé par Jalon."
		for _, b := range blocks {
			if err := m.insertBlock(ctx, tx, a, b, why); err != nil {
				return err
			}
		}
		return m.keepRoot(ctx, tx, a, "create", d, why)
	})
	return d, err
}

// planned are the blocks of the proposed plan.
func (k Kind) planned(list []Live) (out []Block) {
	for _, p := range k.Parts() {
		part, at := Part(p[0]), int64(0)
		add := func(b Block) {
			at += spread
			b.Rev, b.Part, b.Position, b.State, b.Params = 1, part, at, BlockKept, map[string]string{}
			out = append(out, b)
		}
		if title := definitions[k].usual(part); title != "" {
			add(Block{Title: title})
		}
		for _, l := range list {
			if l.Part == part && l.Usual {
				add(Block{Live: l.Code})
			}
		}
	}
	return out
}

// spread is what stands between the positions of two blocks: another one can be
// set between them without moving them.
const spread = 1 << 10

// insertBlock adds a row and its first version.
func (m *Room) insertBlock(ctx context.Context, tx db.Q, a policy.Actor, b Block, reason string) error {
	params, err := json.Marshal(b.Params)
	if err != nil {
		return err
	}
	if _, err := db.Insert(ctx, tx, "composition_block", []string{"id", "rev", "composition_id", "part", "position", "live", "params", "title", "text", "state"},
		[][]any{{b.ID, b.Rev, b.Of, string(b.Part), b.Position, b.Live, string(params), b.Title, b.Text, b.State}}, ""); err != nil {
		return err
	}
	return m.blockVersion(ctx, tx, a, b, reason)
}

func (m *Room) blockVersion(ctx context.Context, tx db.Q, a policy.Actor, b Block, reason string) error {
	return m.draftVersion(ctx, tx, a, "composition_block", b.ID, b.Rev, reason, b)
}

func (m *Room) draftVersion(ctx context.Context, tx db.Q, a policy.Actor, table, id string, rev int64, reason string, body any) error {
	text, err := json.Marshal(body)
	if err != nil {
		return err
	}
	_, err = db.Insert(ctx, tx, table+"_version", []string{"id", "rev", "at", "by", "reason", "body"}, [][]any{{id, rev, m.Now().UnixMilli(), a.Person, reason, string(text)}}, "")
	return err
}

// keepRoot and keepBlock keep a version, and say in the journal what was done. No
// public page shows a draft, so no public version moves.
func (m *Room) keepRoot(ctx context.Context, tx db.Q, a policy.Actor, verb string, d Composition, reason string) error {
	if err := m.draftVersion(ctx, tx, a, "composition", d.ID, d.Rev, reason, d); err != nil {
		return err
	}
	_, err := m.Journal.Record(ctx, tx, journal.Entry{Actor: a.Person, Verb: verb, Kind: definitions[d.Kind].journal, Subject: d.ID, Rev: d.Rev, COP: d.COP})
	return err
}

func (m *Room) keepBlock(ctx context.Context, tx db.Q, a policy.Actor, verb string, d Composition, b Block, reason string) error {
	if err := m.blockVersion(ctx, tx, a, b, reason); err != nil {
		return err
	}
	_, err := m.Journal.Record(ctx, tx, journal.Entry{Actor: a.Person, Verb: verb, Kind: d.Kind.block(), Subject: b.ID, Rev: b.Rev, COP: d.COP})
	return err
}

// changeDraft locks a document for somebody who may edit it: what is sealed at a
// revision is what stood then. Two people work on two blocks all the same, each
// block having its own revision.
func (m *Room) changeDraft(ctx context.Context, a policy.Actor, id string, do func(ctx context.Context, tx db.Q, d Composition) error) error {
	return db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		if _, err := tx.Exec(ctx, `UPDATE composition SET rev = rev + 1 WHERE id = $1`, id); err != nil {
			return err
		}
		d, err := Find(ctx, tx, id)
		if err != nil {
			return err
		}
		if err := policy.Check(a, policy.Edit, d.Thing()); err != nil {
			return err
		}
		return do(ctx, tx, d)
	})
}

// Rename gives a document its title, as it was when somebody read it: empty for
// the usual one.
func (m *Room) Rename(ctx context.Context, a policy.Actor, id, was, title string) (d Composition, err error) {
	defer apperr.Wrap(&err, "composition.Rename(%s)", id)
	if title = strings.TrimSpace(title); utf8.RuneCountInString(title) > LongestBlockTitle {
		return d, &Refusal{"titre", fmt.Sprintf("Le titre tient en %d\u00a0caractères. Le vôtre est resté dans le formulaire.", LongestBlockTitle)}
	}
	err = m.changeDraft(ctx, a, id, func(ctx context.Context, tx db.Q, now Composition) error {
		if d = now; now.Title != was {
			return apperr.Conflictf("Quelqu’un d’autre a changé le titre pendant votre saisie\u00a0: «\u00a0%s\u00a0». Rien n’a été enregistré\u00a0: comparez, puis recommencez.", now.Title)
		}
		if now.Title == title {
			return nil
		}
		d.Title = title
		if _, err := tx.Exec(ctx, `UPDATE composition SET title = $2 WHERE id = $1`, id, title); err != nil {
			return err
		}
		return m.keepRoot(ctx, tx, a, "edit", d, "")
	})
	return d, err
}
