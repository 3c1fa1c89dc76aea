package cop

import (
	"context"
	"encoding/json"
	"regexp"
	"slices"
	"strings"

	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/policy"
)

// FindCycle returns a cycle by its code.
func FindCycle(ctx context.Context, q db.Q, code string) (c Cycle, err error) {
	err = q.QueryRow(ctx, `SELECT code, rev, name, subject, framework, axes, source, state FROM cycle WHERE code = $1`, code).
		Scan(&c.Code, &c.Rev, &c.Name, &c.Subject, &c.Framework, &c.Axes, &c.Source, &c.State)
	return c, db.OrNotFound(err, "Ce cycle n’existe pas.")
}

var cycleCode = regexp.MustCompile(`^20\d\d(-\d\d)?$`)

func (c Cycle) check() error {
	switch {
	case !cycleCode.MatchString(c.Code):
		return apperr.Invalidf("Le code d’un cycle est son année, comme 2027, ou deux, comme 2023-24.")
	case strings.TrimSpace(c.Name) == "" || len(c.Name) > 200:
		return apperr.Invalidf("Donnez au cycle un nom de 200 caractères au plus.")
	case strings.TrimSpace(c.Subject) == "" || len(c.Subject) > 500:
		return apperr.Invalidf("Dites en 500 caractères au plus sur quoi porte le cycle.")
	case c.Framework == "":
		return apperr.Invalidf("Choisissez le référentiel de leviers du cycle.")
	case c.State != CycleOpen && c.State != CycleClosed:
		return apperr.Invalidf("Dites si le cycle est ouvert ou clos.")
	}
	return nil
}

// The states of a cycle: no COP opens in one that is closed.
const (
	CycleOpen   = "open"
	CycleClosed = "closed"
)

// AddCycle writes a new cycle, whose template starts as that of another one. Its
// COPs are opened apart (see OpenCycle).
func (m *Room) AddCycle(ctx context.Context, a policy.Actor, in Cycle, like string) (c Cycle, err error) {
	defer apperr.Wrap(&err, "cop.AddCycle(%s)", in.Code)
	if err := policy.Check(a, policy.Create, policy.Thing{Kind: policy.Cycle}); err != nil {
		return c, err
	}
	c = in
	c.Rev, c.State, c.Source = 1, CycleOpen, "administration nationale"
	if err := c.check(); err != nil {
		return c, err
	}
	err = db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		t, err := CycleTemplate(ctx, tx, like)
		if err != nil {
			return err
		}
		n, err := db.Insert(ctx, tx, "cycle", []string{"code", "rev", "name", "subject", "framework", "axes", "source", "state"},
			[][]any{{c.Code, c.Rev, c.Name, c.Subject, c.Framework, c.Axes, c.Source, c.State}}, "ON CONFLICT (code) DO NOTHING")
		if err != nil {
			return err
		}
		if n == 0 {
			return apperr.Conflictf("Le cycle %s existe déjà. Rien n’a été enregistré.", c.Code)
		}
		body, err := encode(t.Template)
		if err != nil {
			return err
		}
		if _, err := db.Insert(ctx, tx, "cycle_template", []string{"id", "rev", "body"}, [][]any{{c.Code, int64(1), body}}, ""); err != nil {
			return err
		}
		if err := m.version(ctx, tx, "cycle_template", c.Code, 1, a.Person, "d’après le cycle "+like, t.Template); err != nil {
			return err
		}
		return m.kept(ctx, tx, a, "create", "cycle", c.Code, 1, "", "", c)
	})
	return c, err
}

// SaveCycle edits what a cycle says of itself, at a revision.
func (m *Room) SaveCycle(ctx context.Context, a policy.Actor, rev int64, in Cycle, reason string) (c Cycle, err error) {
	defer apperr.Wrap(&err, "cop.SaveCycle(%s)", in.Code)
	if err := policy.Check(a, policy.Edit, policy.Thing{Kind: policy.Cycle}); err != nil {
		return c, err
	}
	if err := in.check(); err != nil {
		return c, err
	}
	err = db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		n, err := tx.Exec(ctx, `UPDATE cycle SET rev = rev + 1, name = $3, subject = $4, framework = $5, axes = $6, state = $7 WHERE code = $1 AND rev = $2`,
			in.Code, rev, in.Name, in.Subject, in.Framework, in.Axes, in.State)
		if err != nil {
			return err
		}
		if c, err = FindCycle(ctx, tx, in.Code); err != nil {
			return err
		}
		if n == 0 {
			return errMoved("ce cycle")
		}
		return m.kept(ctx, tx, a, "edit", "cycle", c.Code, c.Rev, "", reason, c)
	})
	return c, err
}

// BaseTemplate is what the copy of a COP is compared with: its cycle's template,
// or what its region follows for a département.
func BaseTemplate(ctx context.Context, q db.Q, c COP) (h InForce, err error) {
	var body string
	if err := q.QueryRow(ctx, `
		SELECT rev, body FROM (
			SELECT rev, body, 1 AS rank FROM cop_template WHERE id = $1
			UNION ALL SELECT rev, body, 2 AS rank FROM cycle_template WHERE id = $2) AS t
		ORDER BY rank LIMIT 1`, c.Parent, c.Cycle).Scan(&h.Rev, &body); err != nil {
		return h, db.OrNotFound(err, "Ce cycle n’a pas de modèle.")
	}
	return h, json.Unmarshal([]byte(body), &h.Template)
}

// ResetTemplate brings the copy of a COP back to what it was made from, as a new
// version: what the COP had written stays in the others.
func (m *Room) ResetTemplate(ctx context.Context, a policy.Actor, copID string, rev int64) (err error) {
	defer apperr.Wrap(&err, "cop.ResetTemplate(%s)", copID)
	c, err := Find(ctx, m.DB, copID)
	if err != nil {
		return err
	}
	if rev == 0 {
		return apperr.Invalidf("Cette COP suit déjà le modèle\u00a0: il n’y a rien à reprendre.")
	}
	base, err := BaseTemplate(ctx, m.DB, c)
	if err != nil {
		return err
	}
	return m.SaveTemplate(ctx, a, copID, rev, base.Template, "retour au modèle")
}

// Difference is what one template changes to another one.
type Difference struct {
	Part string // French: étapes, thématiques, points à vérifier, critères, questionnaires
	What string // ajouté, retiré, modifié
	Name string
	Was  string // for what was changed
}

// Differences lists what a template changes to the one it was made from.
func Differences(from, to Template) (out []Difference) {
	add := func(part, what, name, was string) { out = append(out, Difference{part, what, name, was}) }
	for _, s := range Stages() {
		switch before, after := slices.Contains(from.Stages, s), slices.Contains(to.Stages, s); {
		case before && !after:
			add("étapes", "retiré", s.Name(), "")
		case after && !before:
			add("étapes", "ajouté", s.Name(), "")
		}
	}
	for _, t := range to.Themes {
		if !slices.Contains(from.Themes, t) {
			add("thématiques", "ajouté", t, "")
		}
	}
	for _, t := range from.Themes {
		if !slices.Contains(to.Themes, t) {
			add("thématiques", "retiré", t, "")
		}
	}
	for _, x := range []struct {
		part     string
		from, to []Item
	}{{"points à vérifier", from.Checklist, to.Checklist}, {"critères", from.Grid, to.Grid}, {"questionnaires", from.Questionnaires, to.Questionnaires}} {
		old := map[string]Item{}
		for _, i := range x.from {
			old[i.Key()] = i
		}
		for _, i := range x.to {
			was, there := old[i.Key()]
			switch delete(old, i.Key()); {
			case !there:
				add(x.part, "ajouté", i.Name, "")
			case was != i && was.Name != i.Name:
				add(x.part, "modifié", i.Name, was.Name)
			case was != i:
				add(x.part, "modifié", i.Name, "la précision a changé")
			}
		}
		for _, i := range x.from {
			if _, gone := old[i.Key()]; gone {
				add(x.part, "retiré", i.Name, "")
			}
		}
	}
	return out
}
