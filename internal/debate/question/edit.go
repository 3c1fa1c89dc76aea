package question

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/debate"
	"jalon/internal/debate/group"
	"jalon/internal/french"
	"jalon/internal/journal"
	"jalon/internal/policy"
)

// What a debate may hold. A statement is read on a phone, in one breath.
const (
	MostStatements = 1000
	MostLetters    = 240 // of a statement
	FewStatements  = 5   // below, a debate is not worth opening
)

// Faults are what is wrong in a form, each beside its field.
type Faults []Fault

// Fault is what is wrong in a field.
type Fault struct{ Field, Message string }

func (f Faults) Error() string {
	var out []string
	for _, x := range f {
		out = append(out, x.Message)
	}
	return strings.Join(out, " ")
}

func (f *Faults) long(field, what, text string, most int) {
	if err := debate.Long(what, text, most); err != nil {
		*f = append(*f, Fault{field, apperr.Message(err)})
	}
}

// bound keeps on its line the sign that a sentence ends with.
func bound(s string) string {
	return strings.NewReplacer(" ?", "\u00a0?", " !", "\u00a0!", " :", "\u00a0:", " ;", "\u00a0;", "« ", "«\u00a0", " »", "\u00a0»", " %", "\u00a0%").Replace(s)
}

// tidy checks what was written, and gives it as it is kept.
func (in Input) tidy() (Input, error) {
	var f Faults
	in.Title, in.Question, in.Text = bound(debate.Line(in.Title)), bound(debate.Line(in.Question)), debate.Tidy(in.Text)
	if in.Title == "" {
		f = append(f, Fault{"title", "Donnez un titre au débat."})
	}
	if in.Question == "" {
		f = append(f, Fault{"question", "Écrivez la question posée."})
	}
	f.long("title", "le titre", in.Title, 120)
	f.long("question", "la question", in.Question, 300)
	f.long("text", "la présentation", in.Text, 10_000)
	var days [2]time.Time
	for i, d := range []struct{ field, text string }{{"opens_on", in.OpensOn}, {"closes_on", in.ClosesOn}} {
		if d.text == "" {
			continue
		}
		day, err := time.Parse(time.DateOnly, d.text)
		if err != nil || day.Year() < 2020 || day.Year() > 2100 {
			f = append(f, Fault{d.field, "Choisissez une date, ou laissez vide."})
		}
		days[i] = day
	}
	if in.OpensOn != "" && in.ClosesOn != "" && days[1].Before(days[0]) {
		f = append(f, Fault{"closes_on", "Le dernier jour vient avant le premier\u00a0: changez l’un des deux."})
	}
	if !slices.ContainsFunc(Proposals(), func(p [2]string) bool { return p[0] == in.Proposals }) {
		f = append(f, Fault{"proposals", "Choisissez qui peut proposer une affirmation."})
	}
	if len(f) > 0 {
		return in, apperr.New(apperr.Invalid, f, "%s", f.Error())
	}
	return in, nil
}

// Create makes a debate, that nobody else reads before it opens.
func (m *Room) Create(ctx context.Context, a policy.Actor, c cop.COP, in Input) (x Question, err error) {
	defer apperr.Wrap(&err, "question.Create(%s)", c.ID)
	x = Question{COP: c.ID, State: Draft, Rev: 1, CreatedAt: m.Now()}
	thing := c.Thing(policy.Debate)
	thing.Group = in.Group
	if err := policy.Check(a, policy.Create, thing); err != nil {
		return x, err
	}
	if x.Input, err = in.tidy(); err != nil {
		return x, err
	}
	if err := ofCOP(ctx, m.DB, c, in.Group); err != nil {
		return x, err
	}
	if x.ID, err = m.IDs.New(); err != nil {
		return x, err
	}
	if x.Num, err = m.number(); err != nil {
		return x, err
	}
	err = db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		if _, err := db.Insert(ctx, tx, "debate_question", strings.Split(columns, ", "), [][]any{{x.ID, x.Rev, x.Num, x.COP, string(x.State), x.Title, x.Question, x.Text, x.OpensOn, x.ClosesOn, x.Theme,
			strings.Join(x.Levers, " "), x.Group, x.Proposals, x.AsksTerritory, x.AsksCollege, "", int64(0), x.CreatedAt.UnixMilli(), int64(0), int64(0)}}, ""); err != nil {
			return err
		}
		if _, err := db.Insert(ctx, tx, "debate_pulse", []string{"debate", "from_at", "until_at", "ticks", "voters", "due"}, [][]any{{x.Num, int64(0), int64(0), int64(0), int64(0), int64(0)}}, ""); err != nil {
			return err
		}
		return m.kept(ctx, tx, a, "create", x, "")
	})
	return x, err
}

var errMoved = apperr.Conflictf("Quelqu’un d’autre a modifié ce débat pendant votre saisie. Rien n’a été enregistré\u00a0: comparez les deux versions, puis recommencez.")

// change does one act on a debate at the revision that was read.
func (m *Room) change(ctx context.Context, a policy.Actor, c cop.COP, id string, rev int64, verb, reason string, do func(x *Question) error) (x Question, err error) {
	err = db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		n, err := tx.Exec(ctx, `UPDATE debate_question SET rev = rev + 1 WHERE id = $1 AND rev = $2 AND cop_id = $3`, id, rev, c.ID)
		if err != nil {
			return err
		}
		if x, err = Find(ctx, tx, id); err != nil {
			return err
		}
		if err := policy.Check(a, policy.Edit, x.Thing(c)); err != nil {
			return err
		}
		if n == 0 {
			return errMoved
		}
		if err := do(&x); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `
			UPDATE debate_question
			   SET state = $2, title = $3, question = $4, text = $5, opens_on = $6, closes_on = $7, theme = $8, levers = $9, group_id = $10, proposals = $11,
			       asks_territory = $12, asks_college = $13, conclusion = $14, opened_at = $15, closed_at = $16
			 WHERE id = $1`, x.ID, string(x.State), x.Title, x.Question, x.Text, x.OpensOn, x.ClosesOn, x.Theme, strings.Join(x.Levers, " "), x.Group, x.Proposals,
			x.AsksTerritory, x.AsksCollege, x.Conclusion, ms(x.OpenedAt), ms(x.ClosedAt)); err != nil {
			return err
		}
		// A vote takes this row first: it is within the bounds that it reads there, or
		// refused.
		from, until := x.Span(c)
		if x.State == Draft {
			from, until = time.UnixMilli(0), time.UnixMilli(0)
		}
		if _, err := tx.Exec(ctx, `UPDATE debate_pulse SET from_at = $2, until_at = $3 WHERE debate = $1`, x.Num, from.UnixMilli(), until.UnixMilli()); err != nil {
			return err
		}
		if err := m.kept(ctx, tx, a, verb, x, reason); err != nil || m.Announce == nil {
			return err
		}
		if verb == "open" || verb == "conclude" && x.Conclusion != "" {
			return m.Announce(ctx, tx, c, x, verb)
		}
		return nil
	})
	m.forget(id)
	return x, err
}

func ms(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

// ofCOP refuses a group of another COP, and one that is closed.
func ofCOP(ctx context.Context, q db.Q, c cop.COP, id string) error {
	if id == "" {
		return nil
	}
	all, err := group.Choices(ctx, q, c.ID)
	if err != nil || slices.ContainsFunc(all, func(g group.Choice) bool { return g.ID == id }) {
		return err
	}
	f := Faults{{"group", "Ce groupe de travail n’est pas de cette COP, ou il est clos\u00a0: choisissez-le dans la liste."}}
	return apperr.New(apperr.Invalid, f, "%s", f.Error())
}

// Save changes what is written of a debate. While it is open its days, its text and
// who may propose change; its question does not, for people answered it.
func (m *Room) Save(ctx context.Context, a policy.Actor, c cop.COP, id string, rev int64, in Input, reason string) (x Question, err error) {
	defer apperr.Wrap(&err, "question.Save(%s)", id)
	in, wrong := in.tidy()
	return m.change(ctx, a, c, id, rev, "edit", reason, func(x *Question) error {
		if wrong != nil {
			return wrong
		}
		if x.State != Draft && in.Question != x.Question {
			f := Faults{{"question", "Le débat est ouvert\u00a0: sa question ne change plus, car des personnes y ont répondu. La question était «\u00a0" + x.Question + "\u00a0»."}}
			return apperr.New(apperr.Invalid, f, "%s", f.Error())
		}
		if in.Group != x.Group { // whoever gives it to another group must hold both
			there := *x
			there.Group = in.Group
			if err := policy.Check(a, policy.Edit, there.Thing(c)); err != nil {
				return err
			}
			if err := ofCOP(ctx, m.DB, c, in.Group); err != nil {
				return err
			}
		}
		x.Input = in
		return nil
	})
}

// OpenIt opens a debate, or opens it again.
func (m *Room) OpenIt(ctx context.Context, a policy.Actor, c cop.COP, id string, rev int64) (x Question, err error) {
	defer apperr.Wrap(&err, "question.OpenIt(%s)", id)
	shown, err := Statements(ctx, m.DB, id)
	if err != nil {
		return x, err
	}
	return m.change(ctx, a, c, id, rev, "open", "", func(x *Question) error {
		if x.State == Open {
			return apperr.Conflictf("Ce débat est déjà ouvert.")
		}
		if len(shown) < FewStatements {
			return apperr.Invalidf("Un débat s’ouvre avec %d affirmations au moins\u00a0; il y en a %d. Écrivez-en d’autres, puis ouvrez-le.", FewStatements, len(shown))
		}
		if today := c.DayAt(m.Now()); x.ClosesOn != "" && x.ClosesOn < today {
			return apperr.Invalidf("Le dernier jour du débat, le %s, est passé. Changez-le, enregistrez, puis ouvrez le débat.", french.Day(x.ClosesOn))
		}
		x.State, x.ClosedAt = Open, time.Time{}
		if x.OpenedAt.IsZero() {
			x.OpenedAt = m.Now()
		}
		return nil
	})
}

// Close ends votes at once.
func (m *Room) Close(ctx context.Context, a policy.Actor, c cop.COP, id string, rev int64) (x Question, err error) {
	defer apperr.Wrap(&err, "question.Close(%s)", id)
	return m.change(ctx, a, c, id, rev, "close", "", func(x *Question) error {
		if x.State != Open {
			return apperr.Conflictf("Ce débat n’est pas ouvert.")
		}
		x.State, x.ClosedAt = Closed, m.Now()
		return nil
	})
}

// Conclude writes what the team draws from a debate, in a few sentences that its page
// shows first.
func (m *Room) Conclude(ctx context.Context, a policy.Actor, c cop.COP, id string, rev int64, text string) (x Question, err error) {
	defer apperr.Wrap(&err, "question.Conclude(%s)", id)
	text = debate.Tidy(text)
	return m.change(ctx, a, c, id, rev, "conclude", "", func(x *Question) error {
		if err := debate.Long("la conclusion", text, 1000); err != nil {
			return err
		}
		if x.State == Draft {
			return apperr.Invalidf("Le débat n’est pas encore ouvert\u00a0: il n’y a rien à conclure.")
		}
		x.Conclusion = text
		return nil
	})
}

func (m *Room) kept(ctx context.Context, tx db.Q, a policy.Actor, verb string, x Question, reason string) error {
	if err := m.KeepVersion(ctx, tx, a, "debate_question", x.ID, x.Rev, reason, x); err != nil {
		return err
	}
	if _, err := m.Journal.Record(ctx, tx, journal.Entry{Actor: a.Person, Verb: verb, Kind: "question", Subject: x.ID, Rev: x.Rev, COP: x.COP}); err != nil {
		return err
	}
	_, err := db.Bump(ctx, tx, Version, m.Now())
	return err
}

// Seed adds the statements of the team, one a line: they are read at once. Lines that
// are there already are left out, and told.
func (m *Room) Seed(ctx context.Context, a policy.Actor, c cop.COP, x Question, text string) (added int, left []string, err error) {
	defer apperr.Wrap(&err, "question.Seed(%s)", x.ID)
	if err := policy.Check(a, policy.Edit, x.Thing(c)); err != nil {
		return 0, nil, err
	}
	have, err := Statements(ctx, m.DB, x.ID)
	if err != nil {
		return 0, nil, err
	}
	said := map[string]bool{}
	for _, s := range have {
		said[french.Fold(s.Text)] = true
	}
	var lines []string
	for i, l := range strings.Split(debate.Tidy(text), "\n") {
		l = bound(strings.TrimSpace(strings.TrimLeft(debate.Line(l), "-–—•*· ")))
		switch n := utf8.RuneCountInString(l); {
		case l == "":
		case n > MostLetters:
			return 0, nil, apperr.Invalidf("La ligne %d compte %d caractères, %d au plus\u00a0: raccourcissez-la. Rien n’a été enregistré, vos lignes sont dans le formulaire.", i+1, n, MostLetters)
		case said[french.Fold(l)]:
			left = append(left, l)
		default:
			said[french.Fold(l)] = true
			lines = append(lines, l)
		}
	}
	if len(lines) == 0 {
		if len(left) > 0 {
			return 0, left, apperr.Invalidf("Ces affirmations sont déjà dans le débat. Rien n’a été ajouté.")
		}
		return 0, nil, apperr.Invalidf("Écrivez une affirmation par ligne.")
	}
	err = db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		for _, l := range lines {
			p := debate.Post{Rev: 1, COP: c.ID, Kind: debate.Statement, Parent: x.ID, State: debate.PostPublished, Text: l, Speaker: debate.Organisation, Signed: "l’équipe de la COP", At: m.Now(), PublishedAt: m.Now()}
			if p.ID, err = m.IDs.New(); err != nil {
				return err
			}
			if err := m.numbered(ctx, tx, x, p.ID, true); err != nil {
				return err
			}
			if _, err := db.Insert(ctx, tx, "debate_post", []string{"id", "rev", "cop_id", "kind", "parent", "voice_id", "state", "title", "text", "speaker", "signed", "theme", "lever", "territory", "at", "published_at", "supports", "comments"},
				[][]any{{p.ID, p.Rev, p.COP, string(p.Kind), p.Parent, "", string(p.State), "", p.Text, p.Speaker, p.Signed, "", "", "", p.At.UnixMilli(), p.PublishedAt.UnixMilli(), int64(0), int64(0)}}, ""); err != nil {
				return err
			}
			if err := m.KeptPost(ctx, tx, a, "seed", p, ""); err != nil {
				return err
			}
		}
		_, err := db.Bump(ctx, tx, Version, m.Now())
		return err
	})
	m.forget(x.ID)
	return len(lines), left, err
}

// numbered gives its number to a statement of a debate.
func (m *Room) numbered(ctx context.Context, tx db.Q, x Question, post string, seeded bool) error {
	var n int64
	err := tx.QueryRow(ctx, `UPDATE debate_question SET statements = statements + 1 WHERE id = $1 AND statements < $2 RETURNING statements`, x.ID, int64(MostStatements)).Scan(&n)
	if errors.Is(err, db.ErrNoRows) {
		return apperr.Invalidf("Ce débat compte déjà %s affirmations, le plus qu’il puisse tenir.", french.Integer(MostStatements))
	}
	if err != nil {
		return err
	}
	_, err = db.Insert(ctx, tx, "debate_statement", []string{"post_id", "debate", "n", "seeded"}, [][]any{{post, x.Num, n, seeded}}, "")
	return err
}
