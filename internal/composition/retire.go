package composition

import (
	"context"
	"strings"
	"unicode/utf8"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/journal"
	"jalon/internal/policy"
)

// LongestWhy is the longest reason of an edition or of its withdrawal.
const LongestWhy = 2_000

// AsksWhy reports whether a new edition must say why it follows those before: one was
// adopted already.
func AsksWhy(ctx context.Context, q db.Q, k Kind, copID, term string) (bool, error) {
	if k != Roadmap {
		return false, nil
	}
	list, err := ReadEditions(ctx, q, k, copID, term)
	return len(list) > 0, err
}

func (m *Room) why(ctx context.Context, d Composition, why string) (string, error) {
	asked, err := AsksWhy(ctx, m.DB, d.Kind, d.COP, d.Term)
	if err != nil {
		return "", err
	}
	why = strings.TrimSpace(why)
	switch {
	case asked && why == "":
		return "", &Refusal{"why", "Une édition est déjà adoptée\u00a0: dites pourquoi celle-ci la suit. Rien n’a été proposé."}
	case utf8.RuneCountInString(why) > LongestWhy:
		return "", &Refusal{"why", "Cette raison est trop longue\u00a0: 2\u00a0000 caractères au plus. Elle est restée dans le formulaire."}
	}
	return why, nil
}

// Retire withdraws a published edition: its page says when and why, its files stay. Who
// may propose an edition may do so alone, with a reason: it tells readers that something
// is wrong, which must not wait for two words, and it changes nothing of what both heads
// validated. What takes its place needs both.
func (m *Room) Retire(ctx context.Context, a policy.Actor, id, why string) (e Edition, err error) {
	defer apperr.Wrap(&err, "composition.Retire(%s)", id)
	err = db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		if e, err = FindEdition(ctx, tx, id); err != nil {
			return err
		}
		if err := policy.Check(a, policy.Propose, policy.Thing{Kind: e.Kind.Policy(), COPs: []string{e.COP}}); err != nil {
			return err
		}
		if why = strings.TrimSpace(why); why == "" || utf8.RuneCountInString(why) > LongestWhy {
			return &Refusal{"why", "Dites pourquoi cette édition est retirée, en 2\u00a0000 caractères au plus\u00a0: sa page le dira."}
		}
		c, err := cop.Find(ctx, tx, e.COP)
		if err != nil {
			return err
		}
		n, err := tx.Exec(ctx, `UPDATE composition_edition SET state = 'withdrawn', ended_on = $2, ended_why = $3 WHERE id = $1 AND state = 'published'`, e.ID, c.DayAt(m.Now()), why)
		if err != nil {
			return err
		}
		if n == 0 {
			return apperr.Conflictf("Cette édition n’est pas publiée, ou elle est déjà retirée\u00a0: rien n’a changé. Rechargez la page.")
		}
		if e, err = FindEdition(ctx, tx, id); err != nil {
			return err
		}
		if _, err := m.Journal.Record(ctx, tx, journal.Entry{Actor: a.Person, Verb: "retire", Kind: definitions[e.Kind].journal, Subject: e.ID, Rev: e.Seq, COP: e.COP}); err != nil {
			return err
		}
		_, err = db.Bump(ctx, tx, Version, m.Now())
		return err
	})
	return e, err
}
