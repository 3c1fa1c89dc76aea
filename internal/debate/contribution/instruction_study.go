package contribution

import (
	"context"
	"strconv"
	"time"
	"unicode/utf8"

	"jalon/internal/account"
	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/debate"
	"jalon/internal/debate/group"
	"jalon/internal/mail"
	"jalon/internal/policy"
)

// ask finds the study of a contribution, for somebody who may do a verb to it, as it
// was at a revision.
func (m *Room) ask(ctx context.Context, q db.Q, a policy.Actor, v policy.Verb, post string, rev int64) (x Instruction, c cop.COP, err error) {
	if x, err = FindInstruction(ctx, q, post); err != nil {
		return x, c, err
	}
	if c, err = cop.Find(ctx, q, x.COP); err != nil {
		return x, c, err
	}
	if err := policy.Check(a, v, x.Thing(c)); err != nil {
		return x, c, err
	}
	if rev != 0 && x.Rev != rev {
		return x, c, errStudyMoved
	}
	return x, c, nil
}

var errStudyMoved = apperr.Conflictf("Quelqu’un d’autre a modifié l’étude de cette contribution pendant votre saisie. Rien n’a été enregistré\u00a0: comparez, puis enregistrez de nouveau.")

// StudyFor returns the study of a contribution for somebody who may read it, with its
// COP.
func (m *Room) StudyFor(ctx context.Context, q db.Q, a policy.Actor, post string) (x Instruction, c cop.COP, err error) {
	defer apperr.Wrap(&err, "contribution.StudyFor(%s)", post)
	return m.ask(ctx, q, a, policy.Read, post, 0)
}

// Holder is whom a contribution is given to: a group, or a person.
type Holder struct {
	Group, Person string
	Due           string // day, empty for none
}

// Assign gives the study of a contribution to a group or to a person, or takes it back
// when neither is said.
func (m *Room) Assign(ctx context.Context, a policy.Actor, post string, rev int64, h Holder) (x Instruction, err error) {
	defer apperr.Wrap(&err, "contribution.Assign(%s)", post)
	if h.Group != "" && h.Person != "" {
		return x, fault("person", "Choisissez un groupe ou une personne, pas les deux.")
	}
	if _, err := time.Parse(time.DateOnly, h.Due); h.Due != "" && err != nil {
		return x, fault("due", "Écrivez la date comme 2026-05-27.")
	}
	err = db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		was, c, err := m.ask(ctx, tx, a, policy.Judge, post, rev)
		if x = was; err != nil {
			return err
		}
		if x.State == Joined || x.State == Split {
			return apperr.Conflictf("Cette contribution est %s\u00a0: elle ne s’attribue plus. Rien n’a été enregistré.", x.State.Name())
		}
		if err := m.may(ctx, tx, c, h); err != nil {
			return err
		}
		x.Group, x.Assignee, x.Due = h.Group, h.Person, h.Due
		held := h.Group != "" || h.Person != ""
		if !held {
			x.Due = ""
		}
		switch {
		case x.State == Unassigned && held:
			x.State = Studied
		case x.State == Studied && !held:
			x.State = Unassigned
		}
		if x, err = m.move(ctx, tx, a, "assign", x, x.Rev, ""); err != nil {
			return err
		}
		if h.Person != "" && h.Person != was.Assignee && h.Person != a.Person {
			if err := m.tellHolder(ctx, tx, c, x); err != nil {
				return err
			}
		}
		if was.Verdict == "" {
			study := Unstudied
			if x.State != Unassigned {
				study = Assigned
			}
			return m.SetStudy(ctx, tx, post, study)
		}
		return nil
	})
	return x, err
}

// may refuses a holder who could not study what it is given.
func (m *Room) may(ctx context.Context, q db.Q, c cop.COP, h Holder) error {
	if h.Group != "" {
		g, err := group.Find(ctx, q, h.Group)
		if err != nil && apperr.KindOf(err) != apperr.NotFound {
			return err
		}
		if err != nil || g.COP != c.ID || g.State != group.Active {
			return fault("group", "Choisissez un groupe de la liste.")
		}
	}
	if h.Person == "" {
		return nil
	}
	people, err := Workers(ctx, q, c)
	if err != nil {
		return err
	}
	for _, p := range people {
		if p.Account == h.Person {
			return nil
		}
	}
	return fault("person", "Choisissez une personne de la liste\u00a0: l’équipe, une experte, un facilitateur de la COP.")
}

// Workers lists who may be given a contribution of a COP, each once.
func Workers(ctx context.Context, q db.Q, c cop.COP) (out []account.Role, err error) {
	at, scope := "region", c.Region
	if code := c.Department(); code != "" {
		at, scope = "department", code
	}
	held, err := account.AtWork(ctx, q, at, scope)
	seen := map[string]bool{}
	for _, h := range held {
		if !seen[h.Account] {
			seen[h.Account] = true
			out = append(out, h)
		}
	}
	return out, err
}

// Given is one of several contributions that were given at once.
type Given struct {
	Post string
	Err  error
}

// AssignMany gives several contributions at once, each in a transaction of its own:
// those that somebody else changed meanwhile are told, and stop none of the others.
func (m *Room) AssignMany(ctx context.Context, a policy.Actor, picks map[string]int64, h Holder) (out []Given, err error) {
	defer apperr.Wrap(&err, "contribution.AssignMany(%d)", len(picks))
	if len(picks) == 0 {
		return nil, fault("post", "Cochez au moins une contribution.")
	}
	if h.Group == "" && h.Person == "" {
		return nil, fault("group", "Choisissez à qui les attribuer\u00a0: un groupe ou une personne.")
	}
	for post, rev := range picks {
		_, err := m.Assign(ctx, a, post, rev, h)
		switch apperr.KindOf(err) {
		case apperr.Conflict, apperr.NotFound:
		default:
			if err != nil {
				return out, err
			}
		}
		out = append(out, Given{post, err})
	}
	return out, nil
}

// Opinion is what whoever studied a contribution makes of it.
type Opinion struct {
	ID, Post, Group, By, Text string
	Verdict                   Study
	At                        time.Time
}

// OpinionsOn lists the opinions on a contribution, the last first.
func OpinionsOn(ctx context.Context, q db.Q, post string) (_ []Opinion, err error) {
	defer apperr.Wrap(&err, "contribution.OpinionsOn(%s)", post)
	rows, err := q.Query(ctx, `SELECT id, post_id, group_id, by, verdict, text, at FROM contribution_opinion WHERE post_id = $1 ORDER BY at DESC, id DESC LIMIT 50`, post)
	return db.Collect(rows, err, func(r *db.Rows) (o Opinion, err error) {
		var at int64
		err = r.Scan(&o.ID, &o.Post, &o.Group, &o.By, &o.Verdict, &o.Text, &at)
		o.At = time.UnixMilli(at).UTC()
		return o, err
	})
}

func verdict(v Study) bool {
	for _, x := range Verdicts() {
		if x == v {
			return true
		}
	}
	return false
}

// shortest is how short the reason of a verdict may be: its author reads it.
const shortest = 20

func reasoned(field, text string) error {
	if utf8.RuneCountInString(text) < shortest {
		return fault(field, "Dites pourquoi en une phrase au moins\u00a0: c’est ce que l’auteur lira.")
	}
	if err := debate.Long("la raison", text, LongText); err != nil {
		return fault(field, apperr.Message(err))
	}
	return nil
}

// Opine keeps what whoever studies a contribution makes of it, as it was at a revision.
func (m *Room) Opine(ctx context.Context, a policy.Actor, post string, rev int64, v Study, text string) (x Instruction, err error) {
	defer apperr.Wrap(&err, "contribution.Opine(%s)", post)
	if text = debate.Tidy(text); !verdict(v) {
		return x, fault("verdict", "Choisissez la suite que vous proposez.")
	}
	if err := reasoned("text", text); err != nil {
		return x, err
	}
	id, err := m.IDs.New()
	if err != nil {
		return x, err
	}
	err = db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		if x, _, err = m.ask(ctx, tx, a, policy.Edit, post, rev); err != nil {
			return err
		}
		if x.State == Joined || x.State == Split {
			return apperr.Conflictf("Cette contribution est %s\u00a0: un avis ne s’y écrit plus. Rien n’a été enregistré.", x.State.Name())
		}
		first := x.State == Unassigned
		if x.State == Unassigned || x.State == Studied {
			x.State = Advised
		}
		if x, err = m.move(ctx, tx, a, "advise", x, x.Rev, ""); err != nil {
			return err
		}
		if first {
			if err := m.SetStudy(ctx, tx, post, Assigned); err != nil {
				return err
			}
		}
		_, err := db.Insert(ctx, tx, "contribution_opinion", []string{"id", "cop_id", "post_id", "group_id", "by", "verdict", "text", "at"},
			[][]any{{id, x.COP, post, x.Group, a.Person, string(v), text, m.Now().UnixMilli()}}, "")
		return err
	})
	return x, err
}

// Answer publishes the verdict on a contribution and its reason, as its study was at a
// revision. A later one replaces it on its page, which keeps both.
func (m *Room) Answer(ctx context.Context, a policy.Actor, post string, rev int64, v Study, reason string) (x Instruction, err error) {
	defer apperr.Wrap(&err, "contribution.Answer(%s)", post)
	if reason = debate.Tidy(reason); !verdict(v) {
		return x, fault("answer-verdict", "Choisissez la suite donnée.")
	}
	if err := reasoned("reason", reason); err != nil {
		return x, err
	}
	err = db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		was, c, err := m.ask(ctx, tx, a, policy.Judge, post, rev)
		if x = was; err != nil {
			return err
		}
		switch {
		case x.State == Joined:
			return apperr.Conflictf("Cette contribution est fusionnée avec une autre\u00a0: répondez à celle-là. Rien n’a été enregistré.")
		case x.State == Split:
			return apperr.Conflictf("Cette contribution est scindée\u00a0: répondez à chacune de ses parties. Rien n’a été enregistré.")
		case x.Verdict == v && x.Reason == reason:
			return apperr.Conflictf("C’est déjà la réponse publiée. Rien n’a été enregistré.")
		}
		x.State, x.Verdict, x.Reason, x.AnsweredAt = Answered, v, reason, m.Now()
		if was.AnsweredAt.IsZero() {
			x.Took = max(m.Now().Sub(x.PublishedAt), time.Millisecond)
		}
		if x, err = m.move(ctx, tx, a, "answer", x, x.Rev, reason); err != nil {
			return err
		}
		if err := m.SetStudy(ctx, tx, post, v); err != nil {
			return err
		}
		text := "Réponse publiée" + nb + ": " + v.Name() + "."
		if !was.AnsweredAt.IsZero() {
			text = "Réponse revue" + nb + ": " + v.Name() + ", et non plus " + was.Verdict.Name() + "."
			if was.Verdict == v {
				text = "Réponse revue" + nb + ": toujours " + v.Name() + ", pour une autre raison."
			}
		}
		return m.Follow(ctx, tx, c, post, Event{Fact: Fact{Kind: FactVerdict, Subject: strconv.FormatInt(x.Rev, 10), Text: text}, Subject: "La réponse à une contribution", More: []mail.Block{mail.Quote("La raison donnée", reason)}})
	})
	return x, err
}
