package action_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"jalon/internal/action"
	"jalon/internal/link"
	"jalon/internal/panorama"
	"jalon/internal/policy"
)

// secret is an action each group of which says a word that is nowhere else.
func secret(hidden ...string) action.Action {
	return action.Action{Kind: action.Sectoral, State: action.Proposed, Title: "Planter", Levers: []string{"gestion-haies"}, Holder: action.Party{Name: "Chambre d’agriculture"}, Contact: "Anne contact", Email: "anne@exemple.fr", Referent: "Paul contact",
		Budget: action.Budget{Invest: cents(123_456_700), Operation: cents(777_700), Note: "note du budget"}, Funding: []action.Funding{{Funder: "financeur", Amount: cents(55_500), State: "granted"}},
		Tasks: []action.Task{{ID: "1", Title: "tâche à faire", Who: "quelqu’un"}}, Met: []action.Met{{Text: "frein foncier"}}, Hidden: hidden}
}

// Each group that an action hides is shown to who works on it and to nobody else; an
// address of mail, an author and who does a task are never public.
func TestHiddenGroupsAreForWhoWorksOnIt(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		ctx := context.Background()
		says := map[string][]string{"contact": {"Anne contact", "Paul contact"}, "budget": {"123456700", "777700", "note du budget"}, "funding": {"financeur"}, "tasks": {"tâche à faire"}, "obstacles": {"frein foncier"}}
		for group := range says {
			x, err := k.room.Add(ctx, k.db, k.team, k.cop, secret(group))
			if err != nil {
				t.Fatal(err)
			}
			told := func(x action.Action) string {
				out, err := json.Marshal(x)
				if err != nil {
					t.Fatal(err)
				}
				return string(out)
			}
			open := told(x.For(policy.Actor{}, k.cop))
			for other, all := range says {
				for _, w := range all {
					if strings.Contains(open, w) == (other == group) {
						t.Errorf("%s hidden: anyone reads %q: %v", group, w, other != group)
					}
				}
			}
			for _, never := range []string{"anne@exemple.fr", k.team.Person, "quelqu’un"} {
				if strings.Contains(open, never) {
					t.Errorf("anyone reads %q", never)
				}
			}
			for _, a := range []policy.Actor{k.team, k.state} {
				if inner := told(x.For(a, k.cop)); inner != told(x) {
					t.Errorf("%s hidden: %s reads only %s", group, a.Person, inner)
				}
			}
			if other := told(x.For(over("ailleurs", policy.Team, "53"), k.cop)); other != open {
				t.Errorf("another team reads %s", other)
			}
		}
		if x := secret("tasks"); len(x.Public().Tasks) != 0 || x.Tasks[0].Who == "" {
			t.Error("what is shown changes what is kept")
		}
	})
}

// A budget that is hidden is in no list, no order, no sum and no tie of who reads only
// what is public, and in those of the team.
func TestHiddenMoneyIsInNoPublicList(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		ctx := context.Background()
		obstacle := link.End{Kind: link.Obstacle, ID: "frein"}
		var ids []string
		for _, hidden := range [][]string{{"budget"}, {"funding"}, nil} {
			x := secret(hidden...)
			x.Met = []action.Met{{Item: obstacle.ID}}
			x.Budget.Invest = cents(int64(9_000_000 - 1_000_000*len(ids)))
			x, err := k.room.Add(ctx, k.db, k.team, k.cop, x)
			if err != nil {
				t.Fatal(err)
			}
			ids = append(ids, x.ID)
		}
		if _, err := k.db.Exec(ctx, `UPDATE action SET state = 'debated'`); err != nil {
			t.Fatal(err)
		}
		read := func(a policy.Actor, f action.Filter) (out []action.Row) {
			t.Helper()
			f.Order = action.ByInvest
			for cursor := ""; ; {
				p, err := k.room.List(ctx, k.db, a, f, cursor, 1)
				if err != nil {
					t.Fatal(err)
				}
				out = append(out, p.Rows...)
				if cursor = p.Next; cursor == "" {
					return out
				}
			}
		}
		all := action.Filter{COP: k.cop.ID}
		for name, a := range map[string]policy.Actor{"anyone": {}, "another team": over("ailleurs", policy.Team, "53")} {
			rows := read(a, all)
			if len(rows) != 3 || rows[2].ID != ids[0] || rows[2].Invest != nil || rows[2].Operation != nil || rows[2].Funded == nil || rows[0].Funded != nil || rows[0].Invest == nil {
				t.Errorf("%s: %+v", name, rows)
			}
			if sums, err := k.room.TallyBy(ctx, k.db, a, all, "state"); err != nil || sums[0].Invest != 15_000_000 || sums[0].Budgeted != 2 || sums[0].Count != 3 {
				t.Errorf("%s: %+v, %v", name, sums, err)
			}
			tied, err := k.room.Of(ctx, k.db, a, obstacle)
			if err != nil || len(tied) != 3 {
				t.Fatal(tied, err)
			}
			for _, r := range tied {
				if r.ID == ids[0] && r.Invest != nil {
					t.Errorf("%s reads it where it is tied", name)
				}
			}
		}
		for _, f := range []action.Filter{all, {}} { // its COP, and the nation
			rows := read(k.team, f)
			if len(rows) != 3 {
				t.Fatalf("%+v", rows)
			}
			for _, r := range rows {
				if r.Invest == nil || r.Funded == nil {
					t.Errorf("the team does not read %+v", r)
				}
			}
		}
	})
}

// Versions are told apart in words, and an older one comes back as a new one.
func TestVersionsAreToldApartAndComeBack(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		ctx := context.Background()
		was, err := k.room.Add(ctx, k.db, k.team, k.cop, secret())
		if err != nil {
			t.Fatal(err)
		}
		x := was
		x.Title, x.Status, x.StatusReason, x.Budget.Invest, x.Hidden = "Planter plus", "late", "Marché infructueux.", nil, []string{"budget"}
		x.Levers = []string{"gestion-haies", "covoiturage"}
		x, err = k.room.Save(ctx, k.db, k.team, x, "")
		if err != nil {
			t.Fatal(err)
		}
		got := map[string][2]string{}
		for _, d := range action.Diff(was, x, action.Words{Lever: func(c string) string { return "le levier " + c }}) {
			got[d.What] = [2]string{d.From, d.To}
		}
		for what, want := range map[string][2]string{"Titre": {"Planter", "Planter plus"}, "Statut": {"", "en retard – Marché infructueux. – 2026-03-02"}, "Investissement": {"1 234 567 €", ""},
			"Leviers": {"le levier gestion-haies", "le levier gestion-haies, le levier covoiturage"}, "Non publié": {"", "budget"}} {
			if got[what] != want {
				t.Errorf("%s: %q, want %q", what, got[what], want)
			}
		}
		if len(got) != 5 {
			t.Errorf("%q", got)
		}
		back, err := k.room.Restore(ctx, k.db, k.team, was.ID, x.Rev, 1, "")
		if err != nil || back.Rev != 3 || len(action.Diff(was, back, action.Words{})) != 0 {
			t.Errorf("%+v, %v", back, err)
		}
		all, err := action.Versions(ctx, k.db, was.ID)
		if err != nil || len(all) != 3 || all[0].Rev != 3 || !strings.Contains(all[0].Reason, "version 1") || all[1].Action.Title != "Planter plus" {
			t.Errorf("%+v, %v", all, err)
		}
		if gap, hoped := was.Gap(); gap == nil || *gap != 123_456_700-55_500 || hoped != 0 {
			t.Errorf("gap %v, hoped %d", gap, hoped)
		}
		if gap, _ := x.Gap(); gap != nil {
			t.Error("a missing budget has a gap")
		}
	})
}

// What an action brings, when it is hidden, is on no page, in no list and in no sum of
// who reads only what is public, until both heads retain the action.
func TestHiddenImpactIsPublicOnceRetained(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		ctx := context.Background()
		x := hedge("Planter", "haies", 100, "region:44")
		kg := panorama.Kg(3_000_000)
		x.Impacts[0].Kg, x.Hidden = &kg, []string{"impact"}
		x, err := k.room.Add(ctx, k.db, k.team, k.cop, x)
		if err != nil {
			t.Fatal(err)
		}
		read := func(a policy.Actor) (one, listed bool, sum panorama.Kg) {
			t.Helper()
			y, c, err := action.Find(ctx, k.db, a, x.ID)
			if err != nil {
				t.Fatal(err)
			}
			p, err := k.room.List(ctx, k.db, a, action.Filter{COP: k.cop.ID}, "", 10)
			if err != nil || len(p.Rows) != 1 {
				t.Fatal(len(p.Rows), err)
			}
			if err := action.Dress(ctx, k.db, p.Rows); err != nil {
				t.Fatal(err)
			}
			sums, err := k.room.TallyBy(ctx, k.db, a, action.Filter{COP: k.cop.ID}, "state")
			if err != nil {
				t.Fatal(err)
			}
			_, listed = p.Rows[0].Brings()
			if listed == p.Rows[0].KeepsImpact() {
				t.Errorf("listed %v, kept %v", listed, p.Rows[0].KeepsImpact())
			}
			return len(y.For(a, c).Impacts) > 0, listed, sums[0].Kg
		}
		for _, state := range []action.State{action.Debated, action.Retaining, action.Retained} {
			// As a change of state writes it: the column, and the body that is read.
			x.State = state
			body, err := json.Marshal(x)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := k.db.Exec(ctx, `UPDATE action SET state = $1, body = $2 WHERE id = $3`, string(state), string(body), x.ID); err != nil {
				t.Fatal(err)
			}
			want := panorama.Kg(0)
			if state == action.Retained {
				want = kg
			}
			for name, a := range map[string]policy.Actor{"anyone": {}, "another team": over("ailleurs", policy.Team, "53")} {
				if one, listed, sum := read(a); one != (want > 0) || listed != (want > 0) || sum != want {
					t.Errorf("%s, %s: page %v, list %v, sum %d", state, name, one, listed, sum)
				}
			}
			if one, listed, sum := read(k.team); !one || !listed || sum != kg {
				t.Errorf("%s, the team: page %v, list %v, sum %d", state, one, listed, sum)
			}
		}
	})
}
