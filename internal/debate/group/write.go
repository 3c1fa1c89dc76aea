package group

import (
	"context"
	"slices"
	"strings"
	"time"

	"jalon/internal/account"
	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/debate"
	"jalon/internal/french"
	"jalon/internal/journal"
	"jalon/internal/policy"
)

// Fault is an error about one field of a form.
type Fault struct {
	Field string
	err   error
}

func (f *Fault) Error() string { return f.err.Error() }

// Unwrap gives what is said of the field.
func (f *Fault) Unwrap() error { return f.err }

func fault(field, format string, args ...any) error {
	return &Fault{field, apperr.Invalidf(format, args...)}
}

// tidy cleans what was typed, and refuses what a group may not be.
func (g *Group) tidy() error {
	g.Name, g.Expected, g.Rule, g.Secretariat, g.Contact = debate.Line(g.Name), debate.Tidy(g.Expected), debate.Line(g.Rule), debate.Line(g.Secretariat), debate.Line(g.Contact)
	g.Mandate = debate.Tidy(g.Mandate)
	if g.Name == "" {
		return fault("name", "Donnez un nom au groupe.")
	}
	for _, x := range []struct {
		field, what, text string
		most              int
	}{{"name", "le nom", g.Name, 150}, {"mandate", "le mandat", g.Mandate, 5000}, {"expected", "ce que le groupe remet", g.Expected, 2000}, {"rule", "le texte qui donne son mandat", g.Rule, 300}, {"secretariat", "le secrétariat", g.Secretariat, 200}, {"contact", "le contact", g.Contact, 200}} {
		if err := debate.Long(x.what, x.text, x.most); err != nil {
			return &Fault{x.field, err}
		}
	}
	if g.Mandate == "" && g.Body == "" {
		return fault("mandate", "Dites ce qui est demandé au groupe\u00a0: c’est ce que chacun en lira.")
	}
	if g.Until != "" {
		if _, err := time.Parse(time.DateOnly, g.Until); err != nil {
			return fault("until", "Écrivez la date comme 2026-06-30, ou laissez ce champ vide.")
		}
	}
	if g.Body != "" && g.Body.Short() == "" {
		return fault("body", "Choisissez l’instance dans la liste.")
	}
	if g.Part != policy.Public && g.Part != cop.Internal {
		return fault("part", "Dites si le groupe est public ou fermé.")
	}
	for _, list := range []*[]string{&g.Themes, &g.Levers, &g.Departments, &g.Perimeters} {
		slices.Sort(*list)
		*list = slices.Compact(*list)
		if len(*list) > 100 || slices.ContainsFunc(*list, func(s string) bool { return s == "" || len(s) > 100 || strings.ContainsAny(s, " \t\n") }) {
			return apperr.Invalidf("Une des listes n’a pas été comprise. Rechargez la page et recommencez.")
		}
	}
	return nil
}

// fit refuses a parent of another COP, one that is closed, and one that is within the
// group itself. The COP is locked first: of two who place groups within one another at
// once, the second sees what the first did.
func (g *Group) fit(ctx context.Context, tx db.Q) error {
	if _, err := tx.Exec(ctx, `UPDATE cop SET rev = rev WHERE id = $1`, g.COP); err != nil {
		return err
	}
	for at, steps := g.Parent, 0; at != ""; steps++ {
		if at == g.ID {
			return fault("parent", "Ce groupe serait à l’intérieur de lui-même\u00a0: choisissez un autre groupe élargi.")
		}
		p, err := Find(ctx, tx, at)
		if err != nil || p.COP != g.COP || steps > 5 {
			return fault("parent", "Choisissez le groupe élargi dans la liste\u00a0: un groupe de cette COP, et pas plus de cinq niveaux.")
		}
		if at == g.Parent && p.State != Active && g.State == Active {
			return fault("parent", "Le groupe «\u00a0%s\u00a0» est clos\u00a0: choisissez-en un autre, ou aucun.", p.Name)
		}
		at = p.Parent
	}
	return nil
}

// Add makes a group.
func (m *Room) Add(ctx context.Context, a policy.Actor, in Group) (g Group, err error) {
	defer apperr.Wrap(&err, "group.Add(%s)", in.COP)
	c, err := cop.Find(ctx, m.DB, in.COP)
	if err != nil {
		return g, err
	}
	g = in
	g.ID = ""
	if err := policy.Check(a, policy.Create, g.desk(c)); err != nil {
		return g, err
	}
	if err := g.tidy(); err != nil {
		return g, err
	}
	if g.ID, err = m.IDs.New(); err != nil {
		return g, err
	}
	g.Rev, g.State, g.At, g.ClosedOn, g.ClosedReason = 1, Active, m.Now(), "", ""
	err = db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		if err := g.fit(ctx, tx); err != nil {
			return err
		}
		n, err := db.Insert(ctx, tx, "working_group", strings.Fields(`id rev cop_id parent kind name name_fold mandate expected until_day rule themes levers departments perimeters secretariat contact part state closed_on closed_reason at`),
			[][]any{{g.ID, g.Rev, g.COP, g.Parent, string(g.Body), g.Name, french.Fold(g.Name), g.Mandate, g.Expected, g.Until, g.Rule, words(g.Themes), words(g.Levers), words(g.Departments), words(g.Perimeters), g.Secretariat, g.Contact, g.Part, g.State, "", "", g.At.UnixMilli()}}, "ON CONFLICT DO NOTHING")
		if err == nil && n == 0 {
			err = errNamed()
		}
		if err != nil {
			return err
		}
		return m.kept(ctx, tx, a, "create", g, "")
	})
	return g, err
}

func errNamed() error {
	return fault("name", "Un groupe de cette COP porte déjà ce nom. Rien n’a été enregistré\u00a0: précisez le nom du vôtre.")
}

// Save changes a group that was read at revision in.Rev.
func (m *Room) Save(ctx context.Context, a policy.Actor, in Group, reason string) (Group, error) {
	return m.change(ctx, a, in.ID, in.Rev, "edit", reason, func(g *Group) error {
		was := *g
		*g = in
		g.COP, g.State, g.ClosedOn, g.ClosedReason, g.At = was.COP, was.State, was.ClosedOn, was.ClosedReason, was.At
		return nil
	})
}

// Close ends a group on a day, with the reason that its page tells. Its history stays.
func (m *Room) Close(ctx context.Context, a policy.Actor, id string, rev int64, day, reason string) (Group, error) {
	return m.change(ctx, a, id, rev, "close", reason, func(g *Group) error {
		g.ClosedReason = debate.Line(reason)
		switch _, err := time.Parse(time.DateOnly, day); {
		case err != nil:
			return fault("day", "Écrivez la date comme 2026-06-30.")
		case g.State == Closed:
			return apperr.Invalidf("Ce groupe est déjà clos.")
		case g.ClosedReason == "":
			return fault("reason", "Dites pourquoi le groupe se termine\u00a0: sa page le dira.")
		}
		if err := debate.Long("la raison", g.ClosedReason, 500); err != nil {
			return &Fault{"reason", err}
		}
		g.State, g.ClosedOn = Closed, day
		return nil
	})
}

// Reopen brings back a group that was closed.
func (m *Room) Reopen(ctx context.Context, a policy.Actor, id string, rev int64) (Group, error) {
	return m.change(ctx, a, id, rev, "reopen", "", func(g *Group) error {
		if g.State != Closed {
			return apperr.Invalidf("Ce groupe n’est pas clos.")
		}
		g.State, g.ClosedOn, g.ClosedReason = Active, "", ""
		return nil
	})
}

// change reads a group, does something to it, and keeps it, in one transaction.
func (m *Room) change(ctx context.Context, a policy.Actor, id string, rev int64, verb, reason string, do func(*Group) error) (g Group, err error) {
	defer apperr.Wrap(&err, "group.%s(%s)", verb, id)
	err = db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		n, err := tx.Exec(ctx, `UPDATE working_group SET rev = rev + 1 WHERE id = $1 AND rev = $2`, id, rev)
		if err != nil {
			return err
		}
		if g, err = Find(ctx, tx, id); err != nil {
			return err
		}
		c, err := cop.Find(ctx, tx, g.COP)
		if err != nil {
			return err
		}
		if err := policy.Check(a, policy.Edit, g.desk(c)); err != nil {
			return err
		}
		if n == 0 {
			return apperr.Conflictf("Quelqu’un d’autre a modifié ce groupe pendant votre saisie. Rien n’a été enregistré\u00a0: comparez les deux versions, puis recommencez.")
		}
		now, at := g.Rev, g.desk(c)
		if err := do(&g); err != nil {
			return err
		}
		g.Rev = now
		// Whoever may edit it where it is may not take it where they could not.
		if moved := g.desk(c); moved.Department != at.Department && !policy.Can(a, policy.Edit, moved) {
			return fault("departments", "Votre rôle ne porte que sur un département\u00a0: le groupe doit rester le sien.")
		}
		if err := g.tidy(); err != nil {
			return err
		}
		if err := g.fit(ctx, tx); err != nil {
			return err
		}
		var same int64
		if err := tx.QueryRow(ctx, `SELECT COUNT(*) FROM working_group WHERE cop_id = $1 AND name_fold = $2 AND state = 'active' AND id <> $3`, g.COP, french.Fold(g.Name), g.ID).Scan(&same); err != nil {
			return err
		}
		if same > 0 && g.State == Active {
			return errNamed()
		}
		if _, err := tx.Exec(ctx, `UPDATE working_group SET parent = $2, kind = $3, name = $4, name_fold = $5, mandate = $6, expected = $7, until_day = $8, rule = $9, themes = $10, levers = $11, departments = $12, perimeters = $13,
			secretariat = $14, contact = $15, part = $16, state = $17, closed_on = $18, closed_reason = $19 WHERE id = $1`, g.ID, g.Parent, string(g.Body), g.Name, french.Fold(g.Name), g.Mandate, g.Expected, g.Until, g.Rule,
			words(g.Themes), words(g.Levers), words(g.Departments), words(g.Perimeters), g.Secretariat, g.Contact, g.Part, g.State, g.ClosedOn, g.ClosedReason); err != nil {
			return err
		}
		return m.kept(ctx, tx, a, verb, g, reason)
	})
	return g, err
}

// kept writes the version, the journal and the version of the public pages, last.
func (m *Room) kept(ctx context.Context, tx db.Q, a policy.Actor, verb string, g Group, reason string) error {
	if err := m.KeepVersion(ctx, tx, a, "working_group", g.ID, g.Rev, reason, g); err != nil {
		return err
	}
	return m.record(ctx, tx, a, verb, "group", g.ID, g.Rev, g.COP)
}

func (m *Room) record(ctx context.Context, tx db.Q, a policy.Actor, verb, kind, subject string, rev int64, copID string) error {
	if _, err := m.Journal.Record(ctx, tx, journal.Entry{Actor: a.Person, Verb: verb, Kind: kind, Subject: subject, Rev: rev, COP: copID}); err != nil {
		return err
	}
	_, err := db.Bump(ctx, tx, Version, m.Now())
	return err
}

// Appoint makes somebody the facilitator of a group: they may change it, and what it
// does, and nothing else. They are told by mail.
func (m *Room) Appoint(ctx context.Context, a policy.Actor, id, email, name string) (r account.Role, err error) {
	defer apperr.Wrap(&err, "group.Appoint(%s)", id)
	g, c, err := Works(ctx, m.DB, a, id)
	if err != nil {
		return r, err
	}
	if err := policy.Check(a, policy.Edit, g.desk(c)); err != nil {
		return r, err
	}
	return m.Accounts.Give(ctx, a, email, debate.Line(name), policy.Facilitator, "group", id, "groupe «\u00a0"+g.Name+"\u00a0»")
}

// Dismiss ends the role of a facilitator of a group.
func (m *Room) Dismiss(ctx context.Context, a policy.Actor, id, role string) (err error) {
	defer apperr.Wrap(&err, "group.Dismiss(%s)", id)
	held, err := Facilitators(ctx, m.DB, id)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(held, func(r account.Role) bool { return r.ID == role }) {
		return apperr.NotFoundf("Cette personne n’anime pas, ou plus, ce groupe.")
	}
	return m.Accounts.End(ctx, a, role)
}
