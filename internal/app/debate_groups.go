package app

import (
	"context"

	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/debate/follow"
	"jalon/internal/debate/group"
	"jalon/internal/debate/meeting"
	"jalon/internal/mail"
	"jalon/internal/web"
)

// wireGroups tells meetings and subscriptions of the working groups.
func wireGroups(d web.Debate) {
	d.Meeting.Groups = func(ctx context.Context, q db.Q, c cop.COP) (out []meeting.Group, err error) {
		all, err := group.Choices(ctx, q, c.ID)
		for _, g := range all {
			out = append(out, meeting.Group{ID: g.ID, Name: g.Name})
		}
		return out, err
	}
	d.Meeting.Members = func(ctx context.Context, q db.Q, id string) (out []mail.Address, err error) {
		g, err := group.Find(ctx, q, id)
		if err != nil {
			return nil, err
		}
		c, err := cop.Find(ctx, q, g.COP)
		if err != nil {
			return nil, err
		}
		members, err := group.Members(ctx, q, id)
		today := d.Group.Today(c)
		for _, x := range members {
			if x.Email != "" && x.Sits(today) {
				out = append(out, mail.Address{Email: x.Email, Name: x.Name})
			}
		}
		return out, err
	}
	d.Follow.Names[follow.Group] = func(ctx context.Context, q db.Q, c cop.COP, id string) (n follow.Named, err error) {
		g, err := group.Find(ctx, q, id)
		return follow.Named{Name: "le groupe «\u00a0" + g.Name + "\u00a0»", Path: c.Path() + "/groupes/" + id}, err
	}
}
