package diagnosis

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sync/errgroup"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/document"
	"jalon/internal/policy"
	"jalon/internal/testkit"
)

// Both heads publish what was frozen when it was proposed: whatever moves after, the
// edition, its page and its explanations stay as they were, and verify.
func TestAPublishedDiagnosisNeverChanges(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx, m, s, l := t.Context(), conference(t, d, noon), newShelf(), &ledger{}
		l.value.Store(22)
		root, blocks := begun(t, m, s)
		if len(blocks) != 8 || blocks[0].Part != Opening || blocks[2].Live != "cibles/panorama" {
			t.Fatalf("the plan: %+v", blocks)
		}
		for _, a := range []policy.Actor{{}, stranger} {
			_, err := m.ProposeEdition(ctx, a, root.Rev, grandEst, press(s, l))
			kind(t, "proposed by "+a.Person, err, apperr.NotFound)
		}
		e, err := m.ProposeEdition(ctx, team, root.Rev, grandEst, press(s, l))
		if err != nil || e.State != EditionProposed || e.Seq != 1 || e.Act == "" || e.Day != "2026-03-02" {
			t.Fatalf("%+v %v", e, err)
		}
		act, err := cop.FindAct(ctx, d, e.Act)
		if err != nil || act.SHA256 != e.SHA256 || act.Subject != e.ID || !strings.Contains(act.Title, "édition n°") {
			t.Fatalf("%+v %v", act, err)
		}
		_, err = m.ProposeEdition(ctx, prefet, root.Rev, grandEst, press(s, l))
		kind(t, "proposed while one waits", err, apperr.Conflict)
		frozen, files := content(t, m, e)
		if len(frozen.Explanations) != 3 || frozen.Explanations[0].Figure.Value != 22 {
			t.Errorf("explained: %+v", frozen.Explanations)
		}
		if got := []string{frozen.Document.Parts[0].Chapter, frozen.Document.Parts[0].Title, frozen.Document.Parts[1].Title}; !slices.Equal(got, []string{"Cibles et objectifs", "22 kt à réduire", "Les ventes montent"}) {
			t.Errorf("the document says %q", got)
		}
		before, err := db.Version(ctx, d, Version)
		if err != nil {
			t.Fatal(err)
		}
		// Everything moves: the team writes, a series and a theme are withdrawn, figures change.
		if _, err := m.SaveBlock(ctx, team, s.list, Block{ID: blocks[2].ID, Rev: 1, Title: "Autre titre", Text: "D’autres mots."}, "relecture"); err != nil {
			t.Fatal(err)
		}
		if _, err := m.PlaceBlock(ctx, team, blocks[4].ID, 1, StepWithdraw, "", "hors sujet"); err != nil {
			t.Fatal(err)
		}
		s.made = map[string]Made{"cibles/panorama": {Title: "18 kt", Blocks: []document.Block{document.Para("18")}}, "dynamiques/courbe": {Missing: "La série a été retirée le 1er mars 2026."}}
		l.value.Store(18)
		if _, err := m.COPs.Consent(ctx, prefet, e.Act); err != nil {
			t.Fatal(err)
		}
		if list, err := PublishedEditions(ctx, d, grandEst.COP); err != nil || len(list) != 0 {
			t.Errorf("published by one head: %v %v", list, err)
		}
		if _, err := m.COPs.Consent(ctx, chair, e.Act); err != nil {
			t.Fatal(err)
		}
		list, err := PublishedEditions(ctx, d, grandEst.COP)
		if err != nil || len(list) != 1 || list[0].PublishedOn != "2026-03-02" || list[0].Thing().Part != policy.Public {
			t.Fatalf("published: %+v %v", list, err)
		}
		if after, err := db.Version(ctx, d, Version); err != nil || after == before {
			t.Errorf("public pages are kept as they were: %d, %v", after, err)
		}
		again, same := content(t, m, list[0])
		if diff := cmp.Diff(files, same); diff != "" {
			t.Errorf("a file changed: %s", diff)
		}
		if diff := cmp.Diff(frozen, again); diff != "" {
			t.Errorf("the document changed: %s", diff)
		}
		if v, err := Verify(ctx, d); err != nil || v.Editions != 1 || len(v.Problems) != 0 {
			t.Errorf("verified: %+v %v", v, err)
		}
		// The next edition says what is so now, in its own words and number.
		next, err := m.ProposeEdition(ctx, team, rev(t, m), grandEst, press(s, l))
		if err != nil || next.Seq != 2 {
			t.Fatalf("%+v %v", next, err)
		}
		newer, _ := content(t, m, next)
		if newer.Document.Parts[0].Title != "Autre titre" || newer.Document.FigureBase == frozen.Document.FigureBase {
			t.Errorf("the next edition: %+v", newer.Document)
		}
		// Somebody with the database in hand changes a file: it is found.
		if _, err := d.Exec(ctx, `UPDATE publication SET manifest = '[]' WHERE id = $1`, list[0].Publication); err != nil {
			t.Fatal(err)
		}
		if v, err := Verify(ctx, d); err != nil || len(v.Problems) != 1 {
			t.Errorf("changed by hand: %+v %v", v, err)
		}
	})
}

// A block whose series was withdrawn says so in its place, a text that is not written
// is left out, and both are listed before anything is proposed.
func TestWhatIsMissingIsSaid(t *testing.T) {
	d := testkit.Open(t, db.SQLite)
	m, s := conference(t, d, noon), newShelf()
	s.made["dynamiques/courbe"] = Made{Missing: "La série a été retirée le 1er mars 2026."}
	s.list = append(s.list, Live{Code: "parti", Part: Priorities, Name: "Un bloc", Usual: true})
	root, blocks := begun(t, m, s)
	draft, err := Compose(t.Context(), root, blocks, s, grandEst, Sheet{Mark: DraftMark})
	if err != nil {
		t.Fatal(err)
	}
	if len(draft.Document.Parts) != 3 || draft.Document.Mark != DraftMark {
		t.Fatalf("%+v", draft.Document.Parts)
	}
	if q, ok := draft.Document.Parts[1].Blocks[0].(document.Quote); !ok || q.Spans[0].Text != "La série a été retirée le 1er mars 2026." {
		t.Errorf("in its place: %+v", draft.Document.Parts[1])
	}
	reasons := map[string]int{}
	for _, g := range draft.Lacks {
		reasons[g.Reason]++
	}
	if len(draft.Lacks) != 8 || reasons["Ce texte n’est pas écrit\u00a0: il n’entre pas dans le document."] != 6 || reasons["La série a été retirée le 1er mars 2026."] != 1 {
		t.Errorf("%+v", reasons)
	}
	// Two blocks under one title, and a text that has none.
	blocks = []Block{{Part: Opening, Text: "Un.", State: BlockKept}, {Part: Opening, Text: "Deux.", State: BlockKept}, {Part: Opening, Text: "Trois.", State: BlockWithdrawn}, {Part: Aims, Title: "T", Text: "**Quatre**", State: BlockKept}}
	if draft, err = Compose(t.Context(), root, blocks, s, grandEst, Sheet{}); err != nil {
		t.Fatal(err)
	}
	want := []document.Part{{ID: "texte", Title: "En bref", Chapter: "Ouverture", Blocks: []document.Block{document.Para("Un."), document.Para("Deux.")}},
		{ID: "texte", Title: "T", Chapter: "Cibles et objectifs", Blocks: []document.Block{document.Text{Spans: []document.Span{{Text: "Quatre", Bold: true}}}}}}
	if diff := cmp.Diff(want, draft.Document.Parts); diff != "" {
		t.Error(diff)
	}
}

// A few lines of a diagnosis are its synthesis first, without what it lacks.
func TestTheGistOfADiagnosis(t *testing.T) {
	keys := document.KeyFigures{Figures: []document.KeyFigure{{Label: "l", Value: "1"}}}
	d := document.Document{Parts: []document.Part{{ID: "o", Title: "O", Chapter: PartName(Opening), Blocks: []document.Block{keys}}, {ID: "a", Title: "A", Chapter: PartName(Aims), Blocks: []document.Block{document.Table{}, keys}}}}
	if g := GistOf(d); g.Part.ID != "a" || len(g.Part.Blocks) != 1 || len(g.Findings) != 0 {
		t.Errorf("%+v", g)
	}
	d.Parts = append(d.Parts, document.Part{ID: "s/1", Title: "Un", Chapter: PartName(Priorities), Blocks: []document.Block{document.Chart{}}}, document.Part{ID: "s/2", Title: "Deux", Blocks: []document.Block{document.Quote{Title: nothing}}},
		document.Part{ID: "s/3", Title: "Trois", Blocks: []document.Block{document.Para("Mot.")}})
	g := GistOf(d)
	if g.Part.ID != "s/3" {
		t.Errorf("%+v", g.Part)
	}
	if diff := cmp.Diff([][2]string{{"Un", "s-1"}, {"Trois", "s-3"}}, g.Findings); diff != "" {
		t.Error(diff)
	}
	if g := GistOf(document.Document{}); len(g.Part.Blocks) != 0 {
		t.Errorf("of nothing: %+v", g)
	}
}

// What moved while an edition was being made is a conflict, and nothing is proposed.
func TestADraftThatMovedWhileItWasSealed(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx, m, s := t.Context(), conference(t, d, noon), newShelf()
		root, blocks := begun(t, m, s)
		p := press(s, &ledger{})
		draw := p.Draw
		p.Draw = func(ctx context.Context, doc document.Document) ([]document.File, error) {
			if _, err := m.SaveBlock(ctx, team, s.list, Block{ID: blocks[0].ID, Rev: 1, Title: "T", Text: "Ajout."}, ""); err != nil {
				t.Error(err)
			}
			return draw(ctx, doc)
		}
		_, err := m.ProposeEdition(ctx, team, root.Rev, grandEst, p)
		kind(t, "moved", err, apperr.Conflict)
		p.Draw = draw
		_, err = m.ProposeEdition(ctx, team, root.Rev, grandEst, p)
		kind(t, "from a page read before", err, apperr.Conflict)
		for _, table := range []string{"diagnosis_edition", "publication", "act"} {
			var n int64
			if err := d.QueryRow(ctx, `SELECT COUNT(*) FROM `+table).Scan(&n); err != nil || n != 0 {
				t.Errorf("%d rows of %s, %v", n, table, err)
			}
		}
		if _, err := m.ProposeEdition(ctx, team, rev(t, m), grandEst, p); err != nil {
			t.Error(err)
		}
	})
}

// Of twenty who propose at once, one does; of twenty words given at once, two count.
func TestTwentyPublishAtOnce(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx, m, s := t.Context(), conference(t, d, noon), newShelf()
		root, _ := begun(t, m, s)
		together := func(do func(i int) error) (won int64) {
			var n atomic.Int64
			var g errgroup.Group
			for i := range 20 {
				g.Go(func() error {
					err := do(i)
					if err == nil {
						n.Add(1)
					}
					if apperr.KindOf(err) == apperr.Conflict {
						return nil
					}
					return err
				})
			}
			if err := g.Wait(); err != nil {
				t.Error(err)
			}
			return n.Load()
		}
		if n := together(func(int) error {
			_, err := m.ProposeEdition(ctx, team, root.Rev, grandEst, press(s, &ledger{}))
			return err
		}); n != 1 {
			t.Errorf("%d editions proposed", n)
		}
		list, err := Editions(ctx, d, grandEst.COP)
		if err != nil || len(list) != 1 {
			t.Fatal(list, err)
		}
		heads := []policy.Actor{prefet, chair}
		if n := together(func(i int) error {
			_, err := m.COPs.Consent(ctx, heads[i%2], list[0].Act)
			return err
		}); n != 2 {
			t.Errorf("%d words counted", n)
		}
		if list, err = PublishedEditions(ctx, d, grandEst.COP); err != nil || len(list) != 1 {
			t.Error(list, err)
		}
		if v, err := db.Version(ctx, d, Version); err != nil || v != 1 {
			t.Errorf("published %d times, %v", v, err)
		}
	})
}

// One head goes on alone after the COP's period, and what is withdrawn publishes
// nothing: another edition may follow, under another number.
func TestAloneAndWithdrawn(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		now := noon()
		ctx, s := t.Context(), newShelf()
		m := conference(t, d, func() time.Time { return now })
		root, _ := begun(t, m, s)
		e, err := m.ProposeEdition(ctx, prefet, root.Rev, grandEst, press(s, &ledger{}))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := m.COPs.Withdraw(ctx, prefet, e.Act, "trop tôt"); err != nil {
			t.Fatal(err)
		}
		if e, err = FindEdition(ctx, d, e.ID); err != nil || e.State != EditionWithdrawn || e.PublishedOn != "" {
			t.Errorf("withdrawn: %+v %v", e, err)
		}
		if e, err = m.ProposeEdition(ctx, prefet, root.Rev, grandEst, press(s, &ledger{})); err != nil || e.Seq != 2 {
			t.Fatalf("again: %+v %v", e, err)
		}
		now = now.AddDate(1, 0, 0)
		if _, err := m.COPs.GoAlone(ctx, prefet, e.Act, "sans réponse"); err != nil {
			t.Fatal(err)
		}
		list, err := PublishedEditions(ctx, d, grandEst.COP)
		if err != nil || len(list) != 1 || list[0].Seq != 2 || list[0].PublishedOn != "2027-03-02" {
			t.Errorf("alone: %+v %v", list, err)
		}
		if v, err := Verify(ctx, d); err != nil || v.Editions != 1 || len(v.Problems) != 0 {
			t.Errorf("verified: %+v %v", v, err)
		}
	})
}

// A figure that cannot be explained is kept as such, with why.
func TestAFigureWithoutExplanation(t *testing.T) {
	d := testkit.Open(t, db.SQLite)
	m, s := conference(t, d, noon), newShelf()
	s.made = maps.Clone(s.made)
	s.made["dynamiques/courbe"] = Made{Title: "x", Blocks: []document.Block{document.Text{Spans: []document.Span{{Text: "1", Figure: "panorama/inconnu"}}}}}
	root, _ := begun(t, m, s)
	e, err := m.ProposeEdition(t.Context(), team, root.Rev, grandEst, press(s, &ledger{}))
	if err != nil {
		t.Fatal(err)
	}
	f, _ := content(t, m, e)
	if len(f.Unexplained) != 1 || f.Unexplained[0].Key != "panorama/inconnu" {
		t.Errorf("%+v", f.Unexplained)
	}
	if _, err := m.Begin(t.Context(), over("x", policy.Team, "53"), cop.RegionID(cop.First, "53"), nil, false); err != nil {
		t.Fatal(err)
	}
	bzh := grandEst
	bzh.COP = cop.RegionID(cop.First, "53")
	_, err = m.ProposeEdition(t.Context(), over("x", policy.Team, "53"), 1, bzh, press(s, &ledger{}))
	kind(t, "an empty one", err, apperr.Invalid)
	if !strings.Contains(fmt.Sprint(apperr.Message(err)), "est vide") {
		t.Error(err)
	}
}
