package diagnosis

import (
	"context"
	"slices"
	"strings"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/framework"
	"jalon/internal/french"
	"jalon/internal/policy"
)

// lockThemes takes the list of themes of a COP: two who add, order or choose at
// once come one after the other.
func lockThemes(ctx context.Context, tx db.Q, copID string) error {
	_, err := tx.Exec(ctx, `UPDATE cop SET rev = rev WHERE id = $1`, copID)
	return err
}

// ofCOP finds a COP and judges what somebody does to its themes.
func (m *Room) ofCOP(ctx context.Context, a policy.Actor, v policy.Verb, copID string) (cop.COP, error) {
	c, err := cop.Find(ctx, m.DB, copID)
	if err != nil {
		return c, err
	}
	if err := policy.Check(a, v, c.Thing(policy.Theme)); err != nil {
		return c, err
	}
	if c.Parent != "" {
		return c, apperr.Invalidf("Les thèmes sont ceux de la COP de la région.")
	}
	return c, nil
}

func (m *Room) insertTheme(ctx context.Context, tx db.Q, by string, c cop.COP, position int64, reason string, in ThemeInput) (t Theme, err error) {
	t = Theme{Rev: 1, COP: c.ID, Region: c.Region, Cycle: c.Cycle, Position: position, Name: in.Name, Text: in.Text, Kind: in.Kind, Subject: in.Subject, Maps: in.Maps, Levers: in.Levers, State: ThemeKept}
	if t.ID, err = m.IDs.New(); err != nil {
		return t, err
	}
	if _, err := db.Insert(ctx, tx, "diagnosis_theme", strings.Fields("id rev cop_id region cycle position name text kind subject maps levers state priority chosen_why choice"),
		[][]any{{t.ID, t.Rev, t.COP, t.Region, t.Cycle, t.Position, t.Name, t.Text, string(t.Kind), t.Subject, strings.Join(t.Maps, " "), strings.Join(t.Levers, " "), t.State, false, "", ""}}, ""); err != nil {
		return t, err
	}
	return t, m.themeKept(ctx, tx, by, "create", "diagnosis_theme", t.ID, t.Rev, c.ID, reason, t)
}

// AddTheme adds a theme at the end of the list of a COP.
func (m *Room) AddTheme(ctx context.Context, a policy.Actor, copID string, in ThemeInput) (t Theme, err error) {
	defer apperr.Wrap(&err, "diagnosis.AddTheme(%s)", copID)
	c, err := m.ofCOP(ctx, a, policy.Create, copID)
	if err != nil {
		return t, err
	}
	in = in.tidy()
	if err := m.checkTheme(ctx, c.Region, in); err != nil {
		return t, err
	}
	err = db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		if err := lockThemes(ctx, tx, copID); err != nil {
			return err
		}
		// A button that is pressed twice adds one theme, and no two bear one name.
		kept, err := themesIn(ctx, tx, copID, ThemeKept)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(kept, func(x Theme) bool { return french.Fold(x.Name) == french.Fold(in.Name) }) {
			return ThemeFaults{{"name", "Un thème de la liste porte déjà ce nom. Rien n’a été ajouté\u00a0: donnez-lui un autre nom, ou modifiez celui qui existe."}}
		}
		var last int64
		if err := tx.QueryRow(ctx, `SELECT COALESCE(MAX(position), 0) FROM diagnosis_theme WHERE cop_id = $1`, copID).Scan(&last); err != nil {
			return err
		}
		t, err = m.insertTheme(ctx, tx, a.Person, c, last+1, "", in)
		return err
	})
	return t, err
}

func (m *Room) checkTheme(ctx context.Context, region string, in ThemeInput) error {
	model, err := m.Model(ctx)
	if err != nil {
		return err
	}
	exist, err := m.Exist(ctx, region)
	if err != nil {
		return err
	}
	return in.check(model, exist)
}

// StartThemes fills an empty list with the six themes of the plan, each with the
// levers that the region's panorama has of it; one that has none is a subject that
// cuts across them, and says so.
func (m *Room) StartThemes(ctx context.Context, a policy.Actor, copID string) (out []Theme, err error) {
	defer apperr.Wrap(&err, "diagnosis.StartThemes(%s)", copID)
	c, err := m.ofCOP(ctx, a, policy.Create, copID)
	if err != nil {
		return nil, err
	}
	model, err := m.Model(ctx)
	if err != nil {
		return nil, err
	}
	lines, err := m.Lines(ctx, c.Region)
	if err != nil {
		return nil, err
	}
	of := map[framework.Theme][]string{}
	for _, l := range lines {
		of[l.Lever.Theme] = append(of[l.Lever.Theme], l.Lever.Code)
	}
	err = db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		if err := lockThemes(ctx, tx, copID); err != nil {
			return err
		}
		var n int64
		if err := tx.QueryRow(ctx, `SELECT COUNT(*) FROM diagnosis_theme WHERE cop_id = $1`, copID).Scan(&n); err != nil {
			return err
		}
		if n > 0 {
			return apperr.Conflictf("Cette COP a déjà des thèmes\u00a0: rien n’a été ajouté. Rechargez la page pour les lire.")
		}
		for _, x := range model.Framework().Themes() {
			in := ThemeInput{Name: x.Name, Kind: OfLevers, Maps: []string{string(x.Code)}, Levers: of[x.Code]}
			if len(in.Levers) == 0 {
				in.Kind, in.Subject, in.Text = Cross, "autre", "Le panorama de la région ne range aucun levier dans ce thème\u00a0: il est tenu comme un sujet transversal."
			}
			t, err := m.insertTheme(ctx, tx, a.Person, c, int64(len(out)+1), "Parti des six thèmes du plan.", in.tidy())
			if err != nil {
				return err
			}
			out = append(out, t)
		}
		return nil
	})
	return out, err
}

// SaveTheme changes a theme as it was at a revision.
func (m *Room) SaveTheme(ctx context.Context, a policy.Actor, id string, rev int64, in ThemeInput, reason string) (t Theme, err error) {
	defer apperr.Wrap(&err, "diagnosis.SaveTheme(%s)", id)
	if t, err = m.theirs(ctx, a, id); err != nil {
		return t, err
	}
	in = in.tidy()
	if err := m.checkTheme(ctx, t.Region, in); err != nil {
		return t, err
	}
	if err := themeText("reason", "Pourquoi", reason, 2_000, false); err != nil {
		return t, err
	}
	return m.changeTheme(ctx, a, "edit", id, reason, func(ctx context.Context, tx db.Q) (int64, error) {
		return tx.Exec(ctx, `UPDATE diagnosis_theme SET rev = rev + 1, name = $3, text = $4, kind = $5, subject = $6, maps = $7, levers = $8 WHERE id = $1 AND rev = $2 AND state = 'kept'`,
			id, rev, in.Name, in.Text, string(in.Kind), in.Subject, strings.Join(in.Maps, " "), strings.Join(in.Levers, " "))
	})
}

// theirs finds a theme that the actor may change.
func (m *Room) theirs(ctx context.Context, a policy.Actor, id string) (Theme, error) {
	t, err := FindTheme(ctx, m.DB, id)
	if err != nil {
		return t, err
	}
	_, err = m.ofCOP(ctx, a, policy.Edit, t.COP)
	return t, err
}

func (m *Room) changeTheme(ctx context.Context, a policy.Actor, verb, id, reason string, change func(ctx context.Context, tx db.Q) (int64, error)) (t Theme, err error) {
	err = db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		n, err := change(ctx, tx)
		if err != nil {
			return err
		}
		if t, err = FindTheme(ctx, tx, id); err != nil {
			return err
		}
		if n == 0 {
			return errThemeMoved("ce thème")
		}
		return m.themeKept(ctx, tx, a.Person, verb, "diagnosis_theme", t.ID, t.Rev, t.COP, reason, t)
	})
	return t, err
}

// WithdrawTheme takes a theme out of the list, with the reason; it is kept, and
// may come back. What a choice of both heads froze does not change.
func (m *Room) WithdrawTheme(ctx context.Context, a policy.Actor, id string, rev int64, reason string) (t Theme, err error) {
	return m.turnTheme(ctx, a, id, rev, reason, ThemeKept, ThemeWithdrawn, "withdraw")
}

// RestoreTheme brings a withdrawn theme back, at its place.
func (m *Room) RestoreTheme(ctx context.Context, a policy.Actor, id string, rev int64, reason string) (t Theme, err error) {
	return m.turnTheme(ctx, a, id, rev, reason, ThemeWithdrawn, ThemeKept, "restore")
}

func (m *Room) turnTheme(ctx context.Context, a policy.Actor, id string, rev int64, reason, from, to, verb string) (t Theme, err error) {
	defer apperr.Wrap(&err, "diagnosis.turnTheme(%s, %s)", id, verb)
	if t, err = m.theirs(ctx, a, id); err != nil {
		return t, err
	}
	if err := themeText("why", "Pourquoi", reason, 2_000, true); err != nil {
		return t, err
	}
	return m.changeTheme(ctx, a, verb, id, reason, func(ctx context.Context, tx db.Q) (int64, error) {
		return tx.Exec(ctx, `UPDATE diagnosis_theme SET rev = rev + 1, state = $4 WHERE id = $1 AND rev = $2 AND state = $3`, id, rev, from, to)
	})
}

// MoveTheme moves a theme one place up or down. The order is that of the list, not
// of a theme: nothing that somebody is writing of one is made out of date by it.
func (m *Room) MoveTheme(ctx context.Context, a policy.Actor, id string, down bool) (err error) {
	defer apperr.Wrap(&err, "diagnosis.MoveTheme(%s)", id)
	t, err := m.theirs(ctx, a, id)
	if err != nil {
		return err
	}
	return db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		if err := lockThemes(ctx, tx, t.COP); err != nil {
			return err
		}
		all, err := themesIn(ctx, tx, t.COP, ThemeKept)
		if err != nil {
			return err
		}
		at := -1
		for i, x := range all {
			if x.ID == id {
				at = i
			}
		}
		to := at - 1
		if down {
			to = at + 1
		}
		if at < 0 || to < 0 || to >= len(all) {
			return nil // already at the end of the list, or out of it
		}
		// The rows are taken by their id, as EndChoice takes them: neither waits for the
		// other for ever.
		swap := []struct {
			id string
			at int64
		}{{all[at].ID, all[to].Position}, {all[to].ID, all[at].Position}}
		slices.SortFunc(swap, func(a, b struct {
			id string
			at int64
		}) int {
			return strings.Compare(a.id, b.id)
		})
		for _, p := range swap {
			if _, err := tx.Exec(ctx, `UPDATE diagnosis_theme SET position = $2 WHERE id = $1`, p.id, p.at); err != nil {
				return err
			}
		}
		return m.themeTold(ctx, tx, a.Person, "move", "diagnosis_theme", id, t.Rev, t.COP)
	})
}
