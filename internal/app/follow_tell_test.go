package app

import (
	"testing"

	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/debate/follow"
	"jalon/internal/debate/group"
	"jalon/internal/debate/minutes"
	"jalon/internal/policy"
	"jalon/internal/testkit"
)

// A decision of a meeting that nobody reads is told to nobody, then once to those who
// follow its contribution or its lever when the meeting becomes public.
func TestADecisionIsToldOnceItIsRead(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx, k := t.Context(), someone(t, d)
		c, err := cop.OfRegion(ctx, d, "44")
		k.must(err)
		team := policy.Actor{Person: "equipe", Grants: []policy.Grant{{Role: policy.Team, COP: c.ID}}}
		_, err = db.Insert(ctx, d, "debate_post", []string{"id", "rev", "cop_id", "kind", "parent", "voice_id", "state", "title", "text", "speaker", "signed", "theme", "lever", "territory", "at", "published_at", "supports", "comments"},
			[][]any{{"contribution", int64(1), c.ID, "contribution", "", "", "published", "Des pistes", "Plus.", "personne", "", "", "velo", "region:44", int64(1), int64(1), int64(0), int64(0)}}, "")
		k.must(err)
		count := func(text string, args ...any) (n int64) {
			k.must(d.QueryRow(ctx, text, args...).Scan(&n))
			return n
		}
		told := func() (steps, news int64) {
			return count(`SELECT COUNT(*) FROM contribution_step WHERE post_id = 'contribution'`), count(`SELECT COUNT(*) FROM follow_news`)
		}
		x, err := k.cops.AddMeeting(ctx, team, cop.Meeting{COP: c.ID, Kind: cop.Plenary, Stage: cop.Debate, Title: "Comité", Day: c.DayAt(k.core.now()), Part: cop.Internal, State: cop.Planned})
		k.must(err)
		one, err := k.debate.Minutes.Decide(ctx, team, x.ID, minutes.DecisionInput{Sentence: "Faire une carte des pistes.", Levers: []string{"velo"}, Contributions: []string{"contribution"}})
		k.must(err)
		if steps, news := told(); steps != 0 || news != 0 {
			t.Fatalf("an internal decision was told: %d steps, %d news", steps, news)
		}
		x.Part = policy.Public
		k.must(k.debate.Meeting.Save(ctx, team, x))
		if steps, news := told(); steps != 1 || news != 2 {
			t.Errorf("%d steps and %d news of a decision that anyone reads, want 1 and 2 (its contribution, its lever)", steps, news)
		}
		k.must(k.debate.Minutes.SaveDecision(ctx, team, x.ID, one.ID, one.Rev, minutes.DecisionInput{Sentence: "Faire une carte des pistes, en 2026.", Levers: []string{"velo"}, Contributions: []string{"contribution"}}))
		if steps, news := told(); steps != 1 || news != 2 {
			t.Errorf("told again when its sentence was corrected: %d steps, %d news", steps, news)
		}

		g, err := k.debate.Group.Add(ctx, team, group.Group{COP: c.ID, Name: "Mobilité", Mandate: "Dire.", Part: policy.Public})
		k.must(err)
		for _, s := range []follow.Subject{{Kind: follow.Group, ID: g.ID}, {Kind: follow.Contribution, ID: "contribution"}} {
			if n, err := k.debate.Follow.NameOf(ctx, d, c, s); err != nil || n.Path == "" {
				t.Errorf("%s has no name: %+v %v", s.Kind, n, err)
			}
		}
		for part, want := range map[string]int64{cop.Internal: 0, policy.Public: 1} {
			was := count(`SELECT COUNT(*) FROM follow_news`)
			_, err := k.debate.Meeting.Plan(ctx, team, c, cop.Meeting{Kind: cop.GroupMeeting, Stage: cop.Debate, Title: "Séance", Day: "2999-01-02", Part: part, State: cop.Planned, Group: g.ID})
			k.must(err)
			if n := count(`SELECT COUNT(*) FROM follow_news`) - was; n != want {
				t.Errorf("a meeting of a group that is %s: %d news, want %d", part, n, want)
			}
		}
	})
}
