package app

import (
	"context"
	"math"

	"jalon/internal/account"
	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/followup"
	"jalon/internal/mail"
	"jalon/internal/panorama"
	"jalon/internal/policy"
	"jalon/internal/support/aid"
	"jalon/internal/territory"
)

// lagging lists the levers of a region whose observed indicator moves too slowly to reach
// its target, with how far its pace is under the one that is needed.
func (c *Core) lagging(ctx context.Context, q db.Q, x cop.COP) ([]followup.Lagging, error) {
	m, err := c.Model(ctx)
	if err != nil {
		return nil, err
	}
	book, err := c.Book()
	if err != nil {
		return nil, err
	}
	at := territory.Ref{Scale: territory.RegionS, Code: x.Region}
	own, err := c.own(ctx, at)
	if err != nil {
		return nil, err
	}
	pan, err := m.Of(at)
	if err != nil {
		return nil, err
	}
	curves, err := book.Read(ctx, q, at.String())
	if err != nil {
		return nil, err
	}
	book.Complete(curves)
	var out []followup.Lagging
	for _, t := range panorama.Trends(&pan, book, curves, own, c.now().Year()) {
		if t.Main < 0 || !t.Verdict().Given() {
			continue
		}
		j := t.Trends[t.Main].Judgement
		if !j.Required.Known || j.Required.PerYear == 0 {
			continue
		}
		if short := math.Round(100 * (1 - j.Pace.PerYear/j.Required.PerYear)); short > 0 {
			out = append(out, followup.Lagging{Lever: t.Line.Lever.Code, Name: t.Line.Lever.Name, Short: int64(math.Min(short, 999))})
		}
	}
	return out, nil
}

// closing says which of some aids close, and when.
func closing(ctx context.Context, q db.Q, ids []string) (map[string]followup.Closing, error) {
	out := map[string]followup.Closing{}
	for _, id := range ids {
		x, err := aid.Find(ctx, q, id)
		if apperr.KindOf(err) == apperr.NotFound && err != nil {
			continue
		}
		if err != nil {
			return nil, err
		}
		if x.Closes != "" {
			out[id] = followup.Closing{Name: x.Name, On: x.Closes}
		}
	}
	return out, nil
}

// tellTeam writes to each of the team of a COP, when and if they want reminders.
func tellTeam(accounts *account.Room) func(ctx context.Context, tx db.Q, c cop.COP, m mail.Mail) (int, error) {
	return func(ctx context.Context, tx db.Q, c cop.COP, m mail.Mail) (sent int, err error) {
		kind, scope := "region", c.Region
		if d := c.Department(); d != "" {
			kind, scope = "department", d
		}
		roles, err := account.AtWork(ctx, tx, kind, scope)
		if err != nil {
			return 0, err
		}
		told := map[string]bool{}
		for _, g := range roles {
			if g.Role != policy.Team && g.Role != policy.DepartmentLead || told[g.Account] {
				continue
			}
			told[g.Account] = true
			mine := m
			mine.Dedup += "/" + g.Account
			put, err := accounts.Notify(ctx, tx, g.Account, account.Reminders, c.Location(), mine)
			if err != nil {
				return sent, err
			}
			if put {
				sent++
			}
		}
		return sent, nil
	}
}
