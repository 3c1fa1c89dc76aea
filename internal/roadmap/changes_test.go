package roadmap

import (
	"slices"
	"strings"
	"testing"

	"jalon/internal/apperr"
	"jalon/internal/composition"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/document"
	"jalon/internal/figure"
	"jalon/internal/territory"
	"jalon/internal/testkit"
)

// What differs between two editions is told by part, by figure, by action.
func TestWhatChangesBetweenTwoEditions(t *testing.T) {
	explained := func(value float64, class figure.Class) []figure.Explanation {
		return []figure.Explanation{{Title: "Attendu des actions", Figure: figure.Figure{Key: "couverture/tout", Value: value, Unit: "ktCO₂e par an", Class: class}}, {Title: "Objectif", Figure: figure.Figure{Key: "objectif/tout", Value: 100, Class: figure.Reference}}}
	}
	list := func(actions ...string) document.Table {
		x := document.Table{ID: "actions"}
		for _, a := range actions {
			x.Rows = append(x.Rows, []document.Cell{document.Linked("Action "+a, "/actions/"+a)})
		}
		return x
	}
	was := document.Frozen{Explanations: explained(12, figure.Computed), Document: document.Document{Parts: []document.Part{
		{ID: "texte", Title: "Le mot des deux têtes", Blocks: document.Markdown("Un.")}, {ID: "plan/themes", Title: "Douze actions", Blocks: []document.Block{list("a", "b")}},
		{ID: "besoins/aides", Title: "Les besoins", Blocks: document.Markdown("Aucun.")}, {ID: "annexes/methode", Title: "La méthode", Blocks: document.Markdown("Même.")}}}}
	now := document.Frozen{Explanations: explained(13, figure.Computed), Document: document.Document{Parts: []document.Part{
		{ID: "texte", Title: "Le mot des deux têtes", Blocks: document.Markdown("Deux.")}, {ID: "plan/themes", Title: "Treize actions", Blocks: []document.Block{list("b", "c")}},
		{ID: "suivi/modalites", Title: "Qui suit quoi", Blocks: document.Markdown("Un comité.")}, {ID: "annexes/methode", Title: "La méthode", Blocks: document.Markdown("Même.")}}}}
	c, err := changesOf(was, now)
	if err != nil {
		t.Fatal(err)
	}
	for what, x := range map[string][2][]string{
		"added": {c.Added, {"Qui suit quoi"}}, "removed": {c.Removed, {"Les besoins"}}, "changed": {c.Changed, {"Le mot des deux têtes", "Treize actions"}},
		"actions added": {c.ActionsAdded, {"Action c"}}, "actions withdrawn": {c.ActionsWithdrawn, {"Action a"}},
	} {
		if !slices.Equal(x[0], x[1]) {
			t.Errorf("%s: %q, want %q", what, x[0], x[1])
		}
	}
	if len(c.Figures) != 1 || c.Figures[0].Was != "12" || c.Figures[0].Now != "13" || c.Figures[0].Title != "Attendu des actions" || c.None() {
		t.Errorf("%+v", c.Figures)
	}
	now.Explanations = explained(0, figure.Missing)
	if c, err = changesOf(was, now); err != nil || len(c.Figures) != 1 || c.Figures[0].Now != "–" {
		t.Errorf("a figure that is missing now: %+v %v", c.Figures, err)
	}
	if c, err = changesOf(was, was); err != nil || !c.None() {
		t.Errorf("nothing changes: %+v %v", c, err)
	}
}

// A figure that moves after an edition was frozen changes nothing of it; the next one
// says that it moved, with its reason.
func TestAFigureThatMovesIsOfTheNextEdition(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx, m, s := t.Context(), ended(t, d), &shelf{}
		s.value.Store(12)
		first := m.adopted(t, s, "")
		before := m.archive(t, first)
		s.value.Store(13)
		second := m.adopted(t, s, "Une action de plus.")
		if second.Why != "Une action de plus." || second.SHA256 == first.SHA256 {
			t.Fatalf("%+v", second)
		}
		if after := m.archive(t, first); !slices.Equal(before, after) {
			t.Error("the first edition moved with the figure")
		}
		c := must(ChangesBetween(ctx, d, first, second))
		if len(c.Figures) != 1 || c.Figures[0].Key != "couverture/tout" || c.Figures[0].Was != "12" || c.Figures[0].Now != "13" || len(c.Added)+len(c.Removed)+len(c.Changed) != 0 {
			t.Errorf("%+v", c)
		}
		// The block of this test still writes 12: the archive of the second says so.
		if c := check(t, m.archive(t, second)); !c.tells("couverture/tout", "le document montre 12", "son explication vaut 13") {
			t.Errorf("%q", c.Differences)
		}
		// A figure that moves while an edition is made is no edition: nothing is proposed.
		press := s.press("Encore une.")
		press.Differs = Compare
		root := must(composition.Of(ctx, d, composition.Roadmap, theCOP, ""))
		propose := func() error {
			_, err := m.Composed.ProposeEdition(ctx, team, root.Rev, composition.Roadmap, "", composition.Place{COP: theCOP, Cycle: cop.First, Region: territory.Region{Code: "44"}, Day: "2026-03-02"}, press)
			return err
		}
		err := propose()
		want(t, "a figure that moved", err, apperr.Conflict)
		if !strings.Contains(apperr.Message(err), "couverture/tout") || len(must(composition.Editions(ctx, d, composition.Roadmap, theCOP, ""))) != 2 {
			t.Errorf("%v", err)
		}
		s.value.Store(12)
		if err := propose(); err != nil {
			t.Error(err)
		}
	})
}
