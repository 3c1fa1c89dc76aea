package knowledge

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/policy"
	"jalon/internal/testkit"
)

func titlesOf(t *testing.T, m *Room, a policy.Actor, f Filter) string {
	t.Helper()
	p, err := m.List(t.Context(), m.DB, a, f, "", 50)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, x := range p.Rows {
		out = append(out, x.Title)
	}
	return strings.Join(out, ", ")
}

func ticked(t *testing.T, m *Room, who policy.Actor) int64 {
	t.Helper()
	n, _, err := CountTicked(t.Context(), m.DB, who, Obstacle, "44")
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// What boxes gave stands apart from what people wrote, until one of them writes in
// it or retains it.
func TestTickedStandsApartUntilSomebodyTakesItUp(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx, m := t.Context(), room(t, d)
		if _, err := m.Add(ctx, d, team("44"), func() Item { x := obstacle("44", "Écrit"); x.Ticked = true; return x }()); err != nil {
			t.Fatal(err)
		}
		var boxes []Item
		for _, title := range []string{"Coché un", "Coché deux", "Coché trois"} {
			x := obstacle("44", title)
			x.Ticked = true
			x, _, err := m.Propose(ctx, d, "answer/1/"+title, "", x)
			if err != nil || !x.Ticked {
				t.Fatal(x.Ticked, err)
			}
			boxes = append(boxes, x)
		}
		people, machine := Filter{Kind: Obstacle, Region: "44", From: ByPeople}, Filter{Kind: Obstacle, Region: "44", From: ByBoxes}
		if got := titlesOf(t, m, team("44"), people); got != "Écrit" {
			t.Errorf("people wrote %q", got)
		}
		if got := strings.Split(titlesOf(t, m, team("44"), machine), ", "); len(got) != 3 || slices.Contains(got, "Écrit") {
			t.Errorf("boxes gave %q", got)
		}
		if n := ticked(t, m, team("44")); n != 3 {
			t.Errorf("%d ticked", n)
		}
		if n := ticked(t, m, team("53")); n != 0 {
			t.Errorf("another team counts %d of what it may not read", n)
		}
		// The same answer again changes nothing; a correction stays among what is ticked.
		again := obstacle("44", "Coché un")
		again.Ticked = true
		if _, changed, err := m.Propose(ctx, d, "answer/1/Coché un", "", again); err != nil || changed {
			t.Errorf("given again: %v, %v", changed, err)
		}
		again.Text = "Ce qui bloque encore."
		if x, changed, err := m.Propose(ctx, d, "answer/1/Coché un", "", again); err != nil || !changed || !x.Ticked {
			t.Errorf("corrected by its answer: %v, %v, %v", changed, x.Ticked, err)
		}
		// The team retains one, and writes in another.
		if x, err := m.Judge(ctx, d, team("44"), boxes[1].ID, boxes[1].Rev, Retain, ""); err != nil || x.Ticked {
			t.Errorf("retained: %v, %v", x.Ticked, err)
		}
		in := boxes[2]
		in.Text = "Repris par l’équipe."
		if x, err := m.Save(ctx, d, team("44"), in, "saisie"); err != nil || x.Ticked {
			t.Errorf("written in: %v, %v", x.Ticked, err)
		}
		if got := titlesOf(t, m, team("44"), people); !strings.Contains(got, "Coché deux") || !strings.Contains(got, "Coché trois") || strings.Contains(got, "Coché un") {
			t.Errorf("taken up: %q", got)
		}
		if n := ticked(t, m, team("44")); n != 1 {
			t.Errorf("%d ticked after two were taken up", n)
		}
		_, err := m.List(ctx, d, team("44"), Filter{Kind: Obstacle, Region: "44", From: "magie"}, "", 50)
		kindIs(t, "an origin that is none", err, apperr.Invalid)
		var all int64
		if list, err := TallyNow(ctx, d); err != nil {
			t.Fatal(err)
		} else {
			for _, x := range list {
				all += x.Escalated
			}
		}
		if all != 0 {
			t.Errorf("the nation counts %d that no team sent up", all)
		}
	})
}

// The team's page costs as many statements with 50 boxes as with 50 000.
func TestTheTeamsPageCostsTheSameWithManyBoxes(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		m := room(t, d)
		if _, err := m.Add(t.Context(), d, team("44"), obstacle("44", "Écrit")); err != nil {
			t.Fatal(err)
		}
		fill := func(from, to int) {
			err := db.Tx(t.Context(), d, func(ctx context.Context, tx db.Q) error {
				var rows [][]any
				for i := from; i < to; i++ {
					rows = append(rows, []any{fmt.Sprintf("coche-%06d", i), 1, "obstacle", "44", "", "", "", fmt.Sprintf("answer/%06d/freins", i), "Commune", "r", "region:44", "region", "preserver", "biogaz", "Titre", "Texte", "", "", "", "", "norme", "national",
						"", "", "", "proposed", "", false, "", "", "", "", noon.UnixMilli() + int64(i) + 1, true})
				}
				_, err := db.Insert(ctx, tx, "knowledge_item", strings.Fields(`id rev kind region department org author origin organisation raiser territory scale theme levers title text result contact replicable evidence nature level
					source link day state said shared merged_into grp home escalated_by at ticked`), rows, "")
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		page := func() (int64, int64, bool) {
			var n atomic.Int64
			q := counter{d, &n}
			p, err := m.List(t.Context(), q, team("44"), Filter{Kind: Obstacle, Region: "44", From: ByPeople}, "", 50)
			if err != nil || len(p.Rows) != 1 || p.Total != 1 {
				t.Fatal(len(p.Rows), p.Total, err)
			}
			count, more, err := CountTicked(t.Context(), q, team("44"), Obstacle, "44")
			if err != nil {
				t.Fatal(err)
			}
			return n.Load(), count, more
		}
		fill(0, 50)
		small, count, more := page()
		if count != 50 || more {
			t.Errorf("%d ticked, more %v", count, more)
		}
		for i := 50; i < 50_000; i += 4995 {
			fill(i, min(i+4995, 50_000))
		}
		large, count, more := page()
		if large != small || small == 0 || count != tickedTo || !more {
			t.Errorf("%d statements with 50 boxes, %d with 50 000, which count %d, more %v", small, large, count, more)
		}
		if d.Engine() != db.SQLite {
			return
		}
		// The few that people wrote are found by the index, not among the boxes.
		var b binder
		where := Filter{Kind: Obstacle, Region: "44", From: ByPeople}.where(&b)
		rows, err := d.Query(t.Context(), `EXPLAIN QUERY PLAN SELECT i.id FROM knowledge_item i WHERE `+where+` ORDER BY i.at DESC, i.id DESC LIMIT 50`, b.args...)
		plan, err := db.Collect(rows, err, func(r *db.Rows) (s string, err error) {
			var a, b, c int64
			return s, r.Scan(&a, &b, &c, &s)
		})
		if err != nil || !strings.Contains(strings.Join(plan, " "), "knowledge_item_ticked") || strings.Contains(strings.Join(plan, " "), "TEMP B-TREE") {
			t.Errorf("read by %q, %v", plan, err)
		}
	})
}
