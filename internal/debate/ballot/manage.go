package ballot

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"unicode/utf8"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/debate"
	"jalon/internal/journal"
	"jalon/internal/policy"
)

// Input is what a facilitator says of a question.
type Input struct {
	Item, Question string
	Kind           Kind
	Options        []string
	Most           int64
	Slips          bool
	Colleges       bool
}

const (
	questionMost = 300
	optionMost   = 120
	optionsMost  = 12
)

// tidy reads what was typed, and refuses what makes no question.
func (in Input) tidy() (Input, error) {
	in.Question = debate.Line(in.Question)
	var options []string
	seen := map[string]bool{}
	for _, o := range in.Options {
		if o = debate.Line(o); o != "" && !seen[o] {
			seen[o] = true
			options = append(options, o)
		}
	}
	in.Options = options
	if in.Kind == Scale {
		in.Options = Agreement()
	}
	if in.Kind != Multiple {
		in.Most = 1
	}
	switch {
	case in.Question == "":
		return in, apperr.Invalidf("Écrivez la question posée à la salle.")
	case in.Kind.Name() == "":
		return in, apperr.Invalidf("Choisissez dans la liste comment on répond.")
	case len(in.Options) < 2 || len(in.Options) > optionsMost:
		return in, apperr.Invalidf("Écrivez de 2 à %d réponses différentes, une par ligne.", optionsMost)
	case in.Most < 1 || in.Most > int64(len(in.Options)):
		return in, apperr.Invalidf("Le nombre de choix va de 1 à %d, le nombre de réponses.", len(in.Options))
	}
	for _, o := range in.Options {
		if utf8.RuneCountInString(o) > optionMost {
			return in, apperr.Invalidf("Chaque réponse tient en %d caractères\u00a0: raccourcissez «\u00a0%s\u00a0».", optionMost, o)
		}
	}
	return in, debate.Long("la question", in.Question, questionMost)
}

// Create prepares a question of a meeting, with its code.
func (m *Room) Create(ctx context.Context, a policy.Actor, meeting string, in Input) (b Ballot, err error) {
	defer apperr.Wrap(&err, "ballot.Create(%s)", meeting)
	x, c, err := cop.FindMeeting(ctx, m.DB, a, meeting)
	if err != nil {
		return b, err
	}
	if err := policy.Check(a, policy.Edit, x.Thing(c)); err != nil {
		return b, err
	}
	if in, err = in.tidy(); err != nil {
		return b, err
	}
	return m.put(ctx, a, Ballot{COP: x.COP, Meeting: x.ID, Item: in.Item, Question: in.Question, Kind: in.Kind, Options: in.Options, Most: in.Most, Slips: in.Slips, Colleges: in.Colleges}, "")
}

// put keeps a new ballot under a code that no other has.
func (m *Room) put(ctx context.Context, a policy.Actor, b Ballot, reason string) (_ Ballot, err error) {
	b.Rev, b.State, b.At = 1, Draft, m.Now()
	if b.ID, err = m.IDs.New(); err != nil {
		return b, err
	}
	options, err := json.Marshal(b.Options)
	if err != nil {
		return b, err
	}
	err = db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		for range 8 { // a code that is taken is drawn again
			if b.Code, err = m.random(codeLength); err != nil {
				return err
			}
			n, err := db.Insert(ctx, tx, "ballot", []string{"id", "rev", "cop_id", "meeting_id", "item_id", "code", "question", "kind", "options", "most", "slips", "colleges", "state", "shown", "reason", "voices", "tick", "refused", "at", "opened_at", "closed_at"},
				[][]any{{b.ID, b.Rev, b.COP, b.Meeting, b.Item, b.Code, b.Question, string(b.Kind), string(options), b.Most, b.Slips, b.Colleges, string(b.State), false, "", int64(0), int64(0), int64(0), b.At.UnixMilli(), int64(0), int64(0)}}, "ON CONFLICT (code) DO NOTHING")
			if err != nil {
				return err
			}
			if n > 0 {
				return m.kept(ctx, tx, a, "create", reason, b)
			}
		}
		return errors.New("ballot: no free code after 8 draws")
	})
	return b, err
}

func (m *Room) kept(ctx context.Context, tx db.Q, a policy.Actor, verb, reason string, b Ballot) error {
	if err := m.KeepVersion(ctx, tx, a, "ballot", b.ID, b.Rev, reason, b); err != nil {
		return err
	}
	_, err := m.Journal.Record(ctx, tx, journal.Entry{Actor: a.Person, Verb: verb, Kind: "ballot", Subject: b.ID, Rev: b.Rev, COP: b.COP})
	return err
}

// change is one act of a facilitator on a ballot at a revision: of two who act at
// once, the second reads what the first did.
func (m *Room) change(ctx context.Context, a policy.Actor, id string, rev int64, verb, reason string, do func(ctx context.Context, tx db.Q, b *Ballot) error) (b Ballot, err error) {
	defer apperr.Wrap(&err, "ballot.%s(%s)", verb, id)
	err = db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		n, err := tx.Exec(ctx, `UPDATE ballot SET rev = rev + 1 WHERE id = $1 AND rev = $2`, id, rev)
		if err != nil {
			return err
		}
		var x cop.Meeting
		var c cop.COP
		if b, x, c, err = Find(ctx, tx, a, id); err != nil {
			return err
		}
		if err := policy.Check(a, policy.Edit, x.Thing(c)); err != nil {
			return err
		}
		if n == 0 {
			return apperr.Conflictf("Quelqu’un vient de changer ce vote\u00a0: rien de ce que vous demandiez n’est fait. Lisez où il en est ci-dessous.")
		}
		if err := do(ctx, tx, &b); err != nil {
			return err
		}
		options, err := json.Marshal(b.Options)
		if err != nil {
			return err
		}
		var hands *string
		if b.Hands != nil {
			h, err := json.Marshal(b.Hands)
			if err != nil {
				return err
			}
			text := string(h)
			hands = &text
		}
		if _, err := tx.Exec(ctx, `
			UPDATE ballot SET item_id = $2, question = $3, kind = $4, options = $5, most = $6, slips = $7, colleges = $8, state = $9, shown = $10, hands = $11, reason = $12, present = $13,
			       opened_at = $14, closed_at = $15 WHERE id = $1`, b.ID, b.Item, b.Question, string(b.Kind), string(options), b.Most, b.Slips, b.Colleges, string(b.State), b.Shown, hands, b.Reason, b.Present,
			millis(b.OpenedAt), millis(b.ClosedAt)); err != nil {
			return err
		}
		return m.kept(ctx, tx, a, verb, reason, b)
	})
	return b, err
}

// Edit changes a question that is not open yet.
func (m *Room) Edit(ctx context.Context, a policy.Actor, id string, rev int64, in Input) (Ballot, error) {
	in, bad := in.tidy()
	return m.change(ctx, a, id, rev, "edit", "", func(_ context.Context, _ db.Q, b *Ballot) error {
		if bad != nil {
			return bad
		}
		if b.State != Draft {
			return apperr.Conflictf("Ce vote a déjà été ouvert\u00a0: sa question ne change plus. Annulez-le et reprenez-le pour la corriger.")
		}
		b.Item, b.Question, b.Kind, b.Options, b.Most, b.Slips, b.Colleges = in.Item, in.Question, in.Kind, in.Options, in.Most, in.Slips, in.Colleges
		return nil
	})
}

// Start opens a vote, or opens again one that was closed.
func (m *Room) Start(ctx context.Context, a policy.Actor, id string, rev int64) (Ballot, error) {
	return m.change(ctx, a, id, rev, "open", "", func(_ context.Context, _ db.Q, b *Ballot) error {
		if b.State != Draft && b.State != Closed {
			return apperr.Conflictf("Ce vote est %s\u00a0: il ne s’ouvre pas.", b.State.Name())
		}
		b.State, b.Shown, b.ClosedAt, b.Present = Open, false, instant(0), nil
		if b.OpenedAt.IsZero() {
			b.OpenedAt = m.Now()
		}
		return nil
	})
}

// Close ends a vote: a voice that comes later is refused. It keeps how many people
// were there, and a row of the journal when there were fewer than voices.
func (m *Room) Close(ctx context.Context, a policy.Actor, id string, rev int64) (Ballot, error) {
	return m.change(ctx, a, id, rev, "close", "", func(ctx context.Context, tx db.Q, b *Ballot) error {
		if b.State != Open {
			return apperr.Conflictf("Ce vote est %s\u00a0: il n’y a rien à clore.", b.State.Name())
		}
		b.State, b.ClosedAt = Closed, m.Now()
		n, known, err := m.There(ctx, tx, cop.Meeting{ID: b.Meeting, COP: b.COP})
		if err != nil {
			return err
		}
		if known {
			b.Present = &n
		}
		if err := unnamed(ctx, tx, b.ID); err != nil {
			return err
		}
		if known && b.Voices > n {
			_, err = m.Journal.Record(ctx, tx, journal.Entry{Actor: a.Person, Verb: "exceed", Kind: "ballot", Subject: b.ID, Rev: b.Rev, COP: b.COP})
		}
		return err
	})
}

// Show shows the results of a vote on the screen and on phones, or hides them.
func (m *Room) Show(ctx context.Context, a policy.Actor, id string, rev int64, shown bool) (Ballot, error) {
	return m.change(ctx, a, id, rev, "show", "", func(_ context.Context, _ db.Q, b *Ballot) error {
		if b.State != Open && b.State != Closed {
			return apperr.Conflictf("Ce vote est %s\u00a0: il n’a pas de résultat à montrer.", b.State.Name())
		}
		b.Shown = shown
		return nil
	})
}

// Cancel voids a vote, and says why. Its voices stay, and count for nothing.
func (m *Room) Cancel(ctx context.Context, a policy.Actor, id string, rev int64, reason string) (Ballot, error) {
	reason = debate.Line(reason)
	return m.change(ctx, a, id, rev, "void", reason, func(ctx context.Context, tx db.Q, b *Ballot) error {
		switch {
		case b.State == Void:
			return apperr.Conflictf("Ce vote est déjà annulé.")
		case reason == "" || utf8.RuneCountInString(reason) > questionMost:
			return apperr.Invalidf("Dites en %d caractères au plus pourquoi vous annulez ce vote\u00a0: la raison figure au compte rendu.", questionMost)
		}
		b.State, b.Shown, b.Reason = Void, false, reason
		if b.ClosedAt.IsZero() {
			b.ClosedAt = m.Now()
		}
		return unnamed(ctx, tx, b.ID)
	})
}

// unnamed forgets from which machines the voices of a ballot came, once it takes none
// any more.
func unnamed(ctx context.Context, tx db.Q, id string) error {
	_, err := tx.Exec(ctx, `UPDATE ballot_vote SET machine = '' WHERE ballot_id = $1 AND machine <> ''`, id)
	return err
}

// Raise keeps the numbers of hands that were raised, one for each option, beside what
// the phones said; nil takes them back.
func (m *Room) Raise(ctx context.Context, a policy.Actor, id string, rev int64, hands []int64) (Ballot, error) {
	return m.change(ctx, a, id, rev, "raise", "", func(_ context.Context, _ db.Q, b *Ballot) error {
		if b.State == Void || b.State == Draft {
			return apperr.Conflictf("Ce vote est %s\u00a0: on n’y compte pas de mains levées.", b.State.Name())
		}
		if hands != nil && len(hands) != len(b.Options) {
			return apperr.Invalidf("Donnez un nombre de mains pour chaque réponse, 0 quand il n’y en a aucune.")
		}
		for _, n := range hands {
			if n < 0 || n > 100_000 {
				return apperr.Invalidf("Un nombre de mains va de 0 à 100\u202f000.")
			}
		}
		b.Hands = hands
		return nil
	})
}

// Again prepares the same question under a new code, once a vote was voided.
func (m *Room) Again(ctx context.Context, a policy.Actor, id string) (b Ballot, err error) {
	defer apperr.Wrap(&err, "ballot.Again(%s)", id)
	b, x, c, err := Find(ctx, m.DB, a, id)
	if err != nil {
		return b, err
	}
	if err := policy.Check(a, policy.Edit, x.Thing(c)); err != nil {
		return b, err
	}
	return m.put(ctx, a, Ballot{COP: b.COP, Meeting: b.Meeting, Item: b.Item, Question: b.Question, Kind: b.Kind, Options: b.Options, Most: b.Most, Slips: b.Slips, Colleges: b.Colleges}, "reprend "+b.Code)
}

// There is how many people are in a meeting, when somebody knows.
func (m *Room) There(ctx context.Context, q db.Q, x cop.Meeting) (n int64, known bool, err error) {
	defer apperr.Wrap(&err, "ballot.There(%s)", x.ID)
	var said *int64
	if err := q.QueryRow(ctx, `SELECT attendance FROM meeting WHERE id = $1`, x.ID).Scan(&said); err != nil {
		return 0, false, err
	}
	if said != nil {
		return *said, true, nil
	}
	if m.Present == nil {
		return 0, false, nil
	}
	return m.Present(ctx, q, x)
}

// Options reads what was typed, one answer a line.
func Options(text string) []string { return strings.Split(strings.ReplaceAll(text, "\r", "\n"), "\n") }
