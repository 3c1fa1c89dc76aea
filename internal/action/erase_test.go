package action_test

import (
	"context"
	"strings"
	"testing"

	"jalon/internal/action"
	"jalon/internal/db"
)

// Whoever leaves is in no action any more, nor in its versions, however they were
// written; the others are as they were, and no revision moves.
func TestWhoLeavesIsInNoAction(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		ctx := context.Background()
		add := func(x action.Action) action.Action {
			t.Helper()
			x.Kind = action.Sectoral
			x, err := k.room.Add(ctx, k.db, k.team, k.cop, x)
			if err != nil {
				t.Fatal(err)
			}
			return x
		}
		x := add(action.Action{Title: "Planter des haies", Summary: "Écrire à\nanne_martin@exemple.fr ANNE_MARTIN@exemple.fr.\nOu à mari.anne_martin@exemple.fr, à anne_martin@exemple.fr.org.", Contact: "Anne Martin", Email: "Anne_Martin@exemple.fr", Referent: "Paul Roy",
			Tasks: []action.Task{{ID: "1", Title: "Écrire", Who: "anne martin"}}})
		x.Title = "Planter mille haies (anne_martin@exemple.fr)"
		x, err := k.room.Save(ctx, k.db, k.team, x, "")
		if err != nil {
			t.Fatal(err)
		}
		other := add(action.Action{Title: "Une ligne de bus", Contact: "Annexmartin", Email: "annexmartin@exemple.fr"}) // _ is a letter here
		for _, v := range []action.View{{Name: "À moi", Query: "etat=proposee"}, {Name: "À nous", Query: "etat=debattue", Shared: true}} {
			if err := k.room.SaveView(ctx, k.team, k.cop, v); err != nil {
				t.Fatal(err)
			}
		}
		before, err := db.Version(ctx, k.db, action.Version)
		if err != nil {
			t.Fatal(err)
		}
		if err := db.Tx(ctx, k.db, func(ctx context.Context, tx db.Q) error {
			if err := k.room.EraseAddress(ctx, tx, "anne_martin@exemple.fr"); err != nil {
				return err
			}
			return k.room.Erase(ctx, tx, k.team.Person)
		}); err != nil {
			t.Fatal(err)
		}
		got, _, err := action.Find(ctx, k.db, k.team, x.ID)
		if err != nil || got.Rev != x.Rev || got.Email != "" || got.Contact != "" || got.Referent != "Paul Roy" || got.Tasks[0].Who != "personne effacée" || got.Summary != "Écrire à\npersonne effacée personne effacée.\nOu à mari.anne_martin@exemple.fr, à anne_martin@exemple.fr.org." || got.Title != "Planter mille haies (personne effacée)" {
			t.Errorf("%+v, %v", got, err)
		}
		rows, err := k.db.Query(ctx, `SELECT body FROM action_version WHERE id = $1 UNION ALL SELECT body FROM action WHERE id = $1 UNION ALL SELECT title FROM action WHERE id = $1`, x.ID)
		bodies, err := db.Strings(rows, err)
		if err != nil || len(bodies) != 4 {
			t.Fatal(len(bodies), err)
		}
		for _, b := range bodies {
			if low := strings.NewReplacer("mari.anne_martin", "", "anne_martin@exemple.fr.org", "").Replace(strings.ToLower(b)); strings.Contains(low, "anne_martin") || strings.Contains(low, "anne martin") {
				t.Errorf("still there: %s", b)
			}
		}
		if p, err := k.room.List(ctx, k.db, k.team, action.Filter{COP: k.cop.ID, Words: "mille haies"}, "", 5); err != nil || len(p.Rows) != 1 {
			t.Errorf("it is no longer found: %+v, %v", p, err)
		}
		if got, _, err := action.Find(ctx, k.db, k.team, other.ID); err != nil || got.Email != other.Email || got.Contact != other.Contact {
			t.Errorf("another contact: %+v, %v", got, err)
		}
		views, err := action.Views(ctx, k.db, k.team, k.cop)
		if err != nil || len(views) != 1 || views[0].Name != "À nous" || views[0].Person != "" {
			t.Errorf("views: %+v, %v", views, err)
		}
		if after, err := db.Version(ctx, k.db, action.Version); err != nil || after == before {
			t.Errorf("public pages still show them: %v, %v", after, err)
		}
	})
}
