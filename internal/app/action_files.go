package app

import (
	"context"
	"io/fs"

	"jalon/internal/account"
	"jalon/internal/action"
	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/french"
	"jalon/internal/policy"
	"jalon/internal/questionnaire"
)

// actionFiles gives the register what files of actions need of other rooms.
func (c *Core) actionFiles(r rooms, m *action.Room) {
	m.Intake = c.Intake
	m.Held = func(ctx context.Context, tx db.Q, person string) (policy.Actor, error) {
		return r.accounts.Held(ctx, tx, person)
	}
	c.actionWords(m)
}

// actionWords are those that the command needs too.
func (c *Core) actionWords(m *action.Room) {
	m.Parties = func(ctx context.Context, q db.Q) (func(string) (action.Party, bool), error) {
		all, err := account.Numbered(ctx, q)
		if err != nil {
			return nil, err
		}
		known := make(map[string]action.Party, len(all))
		for _, o := range all {
			known[o.SIREN] = action.Party{Org: o.ID, Name: o.Name}
		}
		return func(siren string) (action.Party, bool) { p, ok := known[siren]; return p, ok }, nil
	}
	m.SIREN = func(ctx context.Context, q db.Q) (func(string) string, error) {
		all, err := account.Numbered(ctx, q)
		if err != nil {
			return nil, err
		}
		known := make(map[string]string, len(all))
		for _, o := range all {
			known[o.ID] = o.SIREN
		}
		return func(org string) string { return known[org] }, nil
	}
	m.Suggest = suggestLever(c.tables)
}

// suggestLever reads a financed project as a lever: that of the section of the
// questionnaire whose row the table gives. A table that cannot be read suggests nothing.
func suggestLever(tables fs.FS) func(programme, measure, title string) (string, bool) {
	rules, levers, err := leverRules(tables)
	return func(programme, measure, title string) (string, bool) {
		if err != nil {
			return "", false
		}
		p, m, name := french.Fold(programme), french.Fold(measure), french.Fold(title)
		for _, rule := range rules {
			if rule.fits(p, m, name) {
				l := levers[rule.row]
				return l, l != ""
			}
		}
		return "", false
	}
}

func leverRules(tables fs.FS) (rules []projectRule, levers map[string]string, err error) {
	defer apperr.Wrap(&err, "app.leverRules")
	if rules, err = loadProjectRules(tables); err != nil {
		return nil, nil, err
	}
	text, err := fs.ReadFile(tables, "questionnaire-national.json")
	if err != nil {
		return nil, nil, err
	}
	q, err := questionnaire.Read(text)
	if err != nil {
		return nil, nil, err
	}
	levers = map[string]string{}
	for _, s := range q.Sections {
		for _, question := range s.Questions {
			for _, row := range question.Rows {
				levers[row.ID] = s.Lever
			}
		}
	}
	return rules, levers, nil
}
