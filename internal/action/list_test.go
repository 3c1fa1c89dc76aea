package action_test

import (
	"context"
	"fmt"
	"testing"

	"jalon/internal/action"
	"jalon/internal/policy"
	"jalon/internal/territory"
)

// A list shows what its reader may know, each page once, by every order, and finds by
// words, lever and place.
func TestListHoldsWhatItsReaderMayKnow(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		ctx := context.Background()
		for i := range 7 {
			x := action.Action{Kind: action.Sectoral, State: action.Proposed, Title: fmt.Sprintf("Planter des haies, tranche %d", i), Levers: []string{"gestion-haies"}, Holder: action.Party{Name: "Chambre d’agriculture"},
				Places: []action.Place{{Territory: "commune:67482"}}, Starts: fmt.Sprintf("20%02d", 25+i), Ends: "2032"}
			if i == 3 {
				x.Title, x.Levers, x.Places = "Ouvrir une ligne de bus", []string{"bus-cars-decarbones", "covoiturage"}, []action.Place{{Territory: "department:57"}}
			}
			if _, err := k.room.Add(ctx, k.db, k.team, k.cop, x); err != nil {
				t.Fatal(err)
			}
		}
		read := func(a policy.Actor, f action.Filter) (titles []string) {
			t.Helper()
			cursor := ""
			for {
				p, err := k.room.List(ctx, k.db, a, f, cursor, 2)
				if err != nil {
					t.Fatal(err)
				}
				for _, r := range p.Rows {
					titles = append(titles, r.Title)
				}
				if cursor = p.Next; cursor == "" {
					return titles
				}
			}
		}
		for _, o := range []action.Order{action.ByTitle, action.ByNumber, action.ByChange, action.ByStart, action.ByComplete, action.ByInvest} {
			seen := map[string]bool{}
			for _, s := range read(k.team, action.Filter{COP: k.cop.ID, Order: o}) {
				if seen[s] {
					t.Errorf("%q: %s comes twice", o, s)
				}
				seen[s] = true
			}
			if len(seen) != 7 {
				t.Errorf("%q: %d of 7", o, len(seen))
			}
		}
		if got := read(policy.Actor{}, action.Filter{COP: k.cop.ID}); len(got) != 0 {
			t.Errorf("anyone reads what is only proposed: %v", got)
		}
		if got := read(over("ailleurs", policy.Team, "53"), action.Filter{}); len(got) != 0 {
			t.Errorf("another region reads %v", got)
		}
		inside, err := action.Inside(k.model.Tree(), territory.Ref{Scale: territory.Department, Code: "67"})
		if err != nil {
			t.Fatal(err)
		}
		for name, c := range map[string]struct {
			f    action.Filter
			want int
		}{"word": {action.Filter{Words: "bus"}, 1}, "stem": {action.Filter{Words: "haie"}, 6}, "lever": {action.Filter{Lever: "covoiturage"}, 1}, "central": {action.Filter{Lever: "covoiturage", Central: true}, 0},
			"inside": {action.Filter{Places: inside}, 6}, "years": {action.Filter{From: 2027, To: 2028}, 4}, "lacks": {action.Filter{Lacks: "funding"}, 7}, "done": {action.Filter{Status: "done"}, 0}} {
			c.f.COP = k.cop.ID
			if got := read(k.team, c.f); len(got) != c.want {
				t.Errorf("%s: %v", name, got)
			}
		}
		tally, err := k.room.TallyBy(ctx, k.db, k.team, action.Filter{COP: k.cop.ID}, "lever")
		if err != nil || len(tally) != 2 || tally[1].Count != 6 {
			t.Errorf("%+v, %v", tally, err)
		}
	})
}
