package app

import (
	"context"
	"slices"
	"strings"

	"jalon/internal/account"
	"jalon/internal/action"
	"jalon/internal/adaptation"
	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/followup"
	"jalon/internal/policy"
	"jalon/internal/renewal"
	"jalon/internal/roadmap"
	"jalon/internal/territory"
	"jalon/internal/web"
	"jalon/internal/web/operator"
)

// followTables lists the tables of what a COP ends with and of what follows.
func followTables() []db.Table {
	return slices.Concat(roadmap.Tables(), followup.Tables(), adaptation.Tables(), renewal.Tables())
}

// followRooms builds these rooms, once those of actions are there.
func (c *Core) followRooms(r rooms, desk *operator.Desk, base string, _ func(context.Context) (*territory.Tree, error)) web.Follow {
	adapted := &adaptation.Room{DB: c.DB, IDs: c.IDs, Now: c.now, Journal: r.journal, COPs: r.cops, Model: c.Model, Intake: c.Intake, Cursors: r.action.Register.Cursors}
	f := web.Follow{
		Roadmap: &roadmap.Room{DB: c.DB, IDs: c.IDs, Now: c.now, Journal: r.journal, COPs: r.cops, Composed: r.composed, Register: r.action.Register, Coverage: r.action.Coverage, Model: c.Model},
		FollowUp: &followup.Room{DB: c.DB, IDs: c.IDs, Now: c.now, Journal: r.journal, COPs: r.cops, Register: r.action.Register, Knowledge: r.knowledge, Queue: r.queue, Outbox: r.outbox, Links: db.NewCursors(desk.Key("followup")), BaseURL: strings.TrimRight(base, "/"),
			People: followedBy(r.accounts), Lagging: c.lagging, Closing: closing, TellTeam: tellTeam(r.accounts)},
		Outcome:    c.nationOutcome(),
		Adaptation: adapted,
		Renewal:    &renewal.Room{DB: c.DB, IDs: c.IDs, Now: c.now, Journal: r.journal, COPs: r.cops, Register: r.action.Register, Knowledge: r.knowledge, Coverage: r.action.Coverage, Adaptation: adapted, Model: c.Model, Subjects: left},
	}
	r.cops.OnEnd[cop.CloseAct] = f.Roadmap.EndClose
	r.accounts.OnErase = append(r.accounts.OnErase, f.FollowUp.Erase)
	r.accounts.OnEraseAddress = append(r.accounts.OnEraseAddress, f.FollowUp.EraseAddress)
	return f
}

// followedBy lists who may say where an action stands when its contact does not: who
// wrote it, the contacts of its holder, who leads its département.
func followedBy(accounts *account.Room) func(ctx context.Context, q db.Q, step string, x action.Action) ([]followup.Person, error) {
	return func(ctx context.Context, q db.Q, step string, x action.Action) (out []followup.Person, err error) {
		switch {
		case step == "author" && x.Author != "":
			a, err := account.Find(ctx, q, x.Author)
			if apperr.KindOf(err) == apperr.NotFound && err != nil {
				return nil, nil
			}
			if err != nil || a.State != "active" {
				return nil, err
			}
			return []followup.Person{{ID: a.ID, Name: a.Name, Email: a.Email}}, nil
		case step == "holder" && x.Holder.Org != "":
			o, err := account.FindOrganisation(ctx, q, x.Holder.Org)
			if apperr.KindOf(err) == apperr.NotFound && err != nil {
				return nil, nil
			}
			if err != nil {
				return nil, err
			}
			to, step, err := accounts.Contacts(ctx, q, o)
			if err != nil || step >= 2 { // the team is the last step of its own
				return nil, err
			}
			for _, a := range to {
				out = append(out, followup.Person{Name: a.Name, Email: a.Email})
			}
			return out, nil
		case step == "lead" && x.Department() != "":
			roles, err := account.AtWork(ctx, q, "department", x.Department())
			for _, g := range roles {
				if g.Role == policy.DepartmentLead {
					out = append(out, followup.Person{ID: g.Account, Name: g.Name, Email: g.Email})
				}
			}
			return out, err
		}
		return nil, nil
	}
}
