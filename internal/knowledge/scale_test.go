package knowledge

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"

	"jalon/internal/db"
	"jalon/internal/policy"
	"jalon/internal/testkit"
)

// counter counts the statements of a reading.
type counter struct {
	db.Q
	n *atomic.Int64
}

func (c counter) Query(ctx context.Context, query string, args ...any) (*db.Rows, error) {
	c.n.Add(1)
	return c.Q.Query(ctx, query, args...)
}

func (c counter) QueryRow(ctx context.Context, query string, args ...any) *db.Row {
	c.n.Add(1)
	return c.Q.QueryRow(ctx, query, args...)
}

// crowd writes n strong points, n obstacles and n/10 lines of the nation, each
// strong point found by some words.
func crowd(t testing.TB, d *db.DB, from, n, each int) {
	t.Helper()
	regions := []string{"44", "53", "04", "11", "84"}
	words := strings.Fields("haie bocage foret eau sol velo train bus chaleur gaz bois dechet tri compost isolation toit solaire eolien reseau permis delai aide prime ferme elevage cantine lait blé vigne mer port digue crue canicule arbre parc cour ecole mairie")
	err := db.Tx(t.Context(), d, func(ctx context.Context, tx db.Q) error {
		var rows, index, levers, groups [][]any
		for i := from; i < from+n; i++ {
			for _, kind := range []string{"strength", "obstacle"} {
				id, group := fmt.Sprintf("%s-%06d", kind, i), ""
				if kind == "obstacle" {
					group = fmt.Sprintf("group-%06d", i/10)
				}
				rows = append(rows, []any{id, 1, kind, regions[i%5], "", "", "personne", nil, "Syndicat", fmt.Sprint("r", i), "region:" + regions[i%5], "region", "preserver", "biogaz", "Titre", "Texte", "", "", "", "", "norme", "national", "", "", "", "retained", "", kind == "strength", "", group, group, "", i})
				levers = append(levers, []any{"biogaz", id})
				if kind == "strength" {
					for j := range min(each, len(words)) {
						index = append(index, []any{fmt.Sprintf("%s%d", words[j%len(words)], i%(j+1)), i, id})
					}
				}
			}
			if i%10 == 0 {
				groups = append(groups, []any{fmt.Sprintf("group-%06d", i/10), 1, "Titre", "Texte", "norme", "national", "biogaz", "attente", "", "", 5, 10, 5_000_010 + i, 1})
			}
		}
		for _, x := range []struct {
			table, columns string
			rows           [][]any
		}{{"knowledge_item", `id rev kind region department org author origin organisation raiser territory scale theme levers title text result contact replicable evidence nature level source link day state said shared merged_into grp home escalated_by at`, rows},
			{"knowledge_word", "word at item", index}, {"knowledge_lever", "lever item", levers}, {"obstacle_group", "id rev title text nature level lever status answer day regions raisers weight at", groups}} {
			if _, err := db.Insert(ctx, tx, x.table, strings.Fields(x.columns), x.rows, ""); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if d.Engine() == db.PostgreSQL {
		for _, table := range []string{"knowledge_item", "knowledge_word", "knowledge_lever", "obstacle_group"} {
			if _, err := d.Exec(t.Context(), "ANALYZE "+table); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// A page costs as many statements at 60 rows as at 50 000.
func TestPagesCostTheSameSmallAndLarge(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		m := room(t, d)
		first := func() int64 {
			var n atomic.Int64
			q := counter{d, &n}
			for _, f := range []Filter{{Kind: Strength, Shared: true}, {Kind: Strength, Shared: true, Words: "haies"}, {Kind: Obstacle, Region: "44", State: Retained}} {
				p, err := m.List(t.Context(), q, policy.Actor{}, f, "", 50)
				if err != nil {
					t.Fatal(err)
				}
				if _, err := UptakeCounts(t.Context(), q, p.Rows); err != nil {
					t.Fatal(err)
				}
			}
			p, err := m.Groups(t.Context(), q, admin, GroupFilter{}, "", 50)
			if err != nil || len(p.Rows) == 0 {
				t.Fatal(len(p.Rows), err)
			}
			if _, err := RegionsOf(t.Context(), q, p.Rows); err != nil {
				t.Fatal(err)
			}
			return n.Load()
		}
		crowd(t, d, 0, 50, 4)
		small := first()
		for i := 50; i < 50_000; i += 5000 {
			crowd(t, d, i, 5000, 4)
		}
		if large := first(); large != small || small == 0 {
			t.Errorf("%d statements at 50 rows, %d at 50 000", small, large)
		}
		p, err := m.List(t.Context(), d, policy.Actor{}, Filter{Kind: Strength, Shared: true}, "", 50)
		if err != nil || !p.More || p.Total != 1000 || len(p.Rows) != 50 {
			t.Errorf("%d rows of %d, %v", len(p.Rows), p.Total, err)
		}
	})
}

// BenchmarkSearch finds words among 50 000 good practices: a common one, a rare
// one, two of them, none.
func BenchmarkSearch(b *testing.B) {
	for _, engine := range []db.Engine{db.SQLite, db.PostgreSQL} {
		d := testkit.Open(b, engine)
		m := room(b, d)
		for i := 0; i < 50_000; i += 5000 {
			crowd(b, d, i, 5000, 40)
		}
		for _, words := range []string{"", "haie0", "mairie37", "velo3 gaz5", "introuvable"} {
			b.Run(string(engine)+"/"+words, func(b *testing.B) {
				for b.Loop() {
					if _, err := m.List(b.Context(), d, policy.Actor{}, Filter{Kind: Strength, Shared: true, Words: words}, "", 50); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
		b.Run(string(engine)+"/nation", func(b *testing.B) {
			for b.Loop() {
				if _, err := m.Groups(b.Context(), d, admin, GroupFilter{}, "", 50); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
