package meeting

import (
	"testing"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/debate"
	"jalon/internal/debate/group"
	"jalon/internal/policy"
	"jalon/internal/testkit"
)

// What a facilitator does for their group: plan its meeting, and invite those who sit
// there on that day, each once.
func TestAGroupMeets(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx, r := t.Context(), newRoom(t, d)
		groups := &group.Room{Room: r.Room.Room}
		made := func(name string) group.Group {
			g, err := groups.Add(ctx, team, group.Group{COP: r.cop.ID, Name: name, Mandate: "Dire.", Part: policy.Public})
			r.must(err)
			return g
		}
		g, other := made("Mobilité"), made("Bâtiment")
		r.must(groups.AddMembers(ctx, team, []group.Member{
			{COP: r.cop.ID, Group: g.ID, Name: "Jeanne", Email: "jeanne@exemple.fr", College: debate.Associations, Seat: group.Holder},
			{COP: r.cop.ID, Group: g.ID, Name: "Parti", Email: "parti@exemple.fr", College: debate.Associations, Seat: group.Holder, From: "2025-01-01", Until: "2026-03-19"},
			{COP: r.cop.ID, Group: g.ID, Name: "Sans adresse", College: debate.Associations, Seat: group.Holder},
		}))
		her := policy.Actor{Person: "anime", Grants: []policy.Grant{{Role: policy.Facilitator, Group: g.ID}}}
		in := cop.Meeting{Kind: cop.GroupMeeting, Stage: cop.Debate, Title: "Groupe mobilité", Day: "2026-03-20", Part: policy.Public, State: cop.Planned, Group: g.ID}
		x, err := r.Plan(ctx, her, r.cop, in)
		r.must(err)
		in.Group = other.ID
		if _, err := r.Plan(ctx, her, r.cop, in); apperr.KindOf(err) != apperr.NotFound && apperr.KindOf(err) != apperr.Forbidden {
			t.Errorf("the meeting of another group: %v", err)
		}
		if _, err := r.InviteGroup(ctx, her, x.ID, other.ID); err == nil {
			t.Error("she wrote to those of another group")
		}
		n, err := r.InviteGroup(ctx, her, x.ID, g.ID)
		if err != nil || n != (Sent{New: 1, Nobody: 1}) || r.last("jeanne@exemple.fr").Letter.Subject == "" {
			t.Fatalf("%+v %v", n, err)
		}
		if n, err = r.InviteGroup(ctx, her, x.ID, g.ID); err != nil || n != (Sent{Already: 1, Nobody: 1}) || r.mails("Invitation") != 1 {
			t.Errorf("invited twice: %+v %v", n, err)
		}
		if _, err = groups.Close(ctx, team, g.ID, g.Rev, "2026-03-01", "mandat rempli"); err != nil {
			t.Fatal(err)
		}
		if _, err := r.InviteGroup(ctx, team, x.ID, g.ID); apperr.KindOf(err) != apperr.Invalid {
			t.Errorf("a closed group was invited: %v", err)
		}
		x.Title = "Groupe mobilité, dernière séance" // its meetings stay
		r.must(r.Save(ctx, team, x))
	})
}
