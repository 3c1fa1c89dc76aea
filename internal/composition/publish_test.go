package composition

import (
	"context"
	"crypto/rand"
	"io"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sync/errgroup"

	"jalon/data"
	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/document"
	"jalon/internal/figure"
	"jalon/internal/journal"
	"jalon/internal/policy"
	"jalon/internal/territory"
	"jalon/internal/testkit"
)

// shelf is a catalogue for tests: what it gives may be changed under a diagnosis.
type shelf struct {
	list []Live
	made map[string]Made
}

func (s *shelf) List() []Live { return s.list }

func (s *shelf) Open(context.Context, Place) (Reading, error) {
	return s, nil
}

func (s *shelf) Make(_ context.Context, code string, params map[string]string) (Made, error) {
	m, ok := s.made[code]
	if !ok {
		return Made{}, ErrUnknown
	}
	if p := params["nombre"]; p != "" {
		m.Title += " " + p
	}
	return m, nil
}

func newShelf() *shelf {
	return &shelf{list: []Live{
		{Code: "cibles/panorama", Part: Aims, Name: "Le panorama", Usual: true, Options: []Option{{Name: "nombre", Label: "Combien", Values: [][2]string{{"dix", "dix"}, {"tous", "tous"}}}, {Name: "mot", Label: "Un mot"}}},
		{Code: "dynamiques/courbe", Part: Dynamics, Name: "Une courbe", Usual: true},
		{Code: "synthese/scores", Part: Priorities, Name: "Les scores"}},
		made: map[string]Made{
			"cibles/panorama": {Title: "22 kt à réduire", Notes: []string{"Source : État."}, Blocks: []document.Block{document.Text{Spans: []document.Span{{Text: "22", Figure: "panorama/total"}}},
				document.Table{ID: "t", Columns: []document.Column{{Label: "Levier"}, {Label: "kt", Number: true}}, Rows: [][]document.Cell{{{Text: "Vélo"}, {Text: "3", Figure: "panorama/velo"}}}}}},
			"dynamiques/courbe": {Title: "Les ventes montent", Blocks: []document.Block{document.KeyFigures{Figures: []document.KeyFigure{{Label: "Ventes", Value: "7", Figure: "series/ventes"}}}}},
			"synthese/scores":   {Title: "Les scores", Blocks: []document.Block{document.Para("Un.")}},
		}}
}

// ledger explains figures, with a value that may move.
type ledger struct{ value atomic.Int64 }

func (l *ledger) explain(_ context.Context, key string) (figure.Explanation, error) {
	if key == "panorama/inconnu" {
		return figure.Explanation{}, apperr.NotFoundf("Aucun chiffre ne porte cette adresse.")
	}
	return figure.Explanation{Figure: figure.Figure{Key: key, Value: float64(l.value.Load()), Class: figure.Computed}, Title: key}, nil
}

func conference(t *testing.T, d *db.DB, now func() time.Time) *Room {
	t.Helper()
	ids := db.NewIDs(now, rand.Reader)
	j := journal.New(ids, now, db.NewCursors([]byte("essai")))
	tree, err := territory.LoadActive(t.Context(), d)
	if err != nil {
		t.Fatal(err)
	}
	cops := &cop.Room{DB: d, IDs: ids, Now: now, Journal: j, Cursors: db.NewCursors([]byte("essai")), Random: rand.Reader}
	if err := cops.Load(t.Context(), data.FS, tree); err != nil {
		t.Fatal(err)
	}
	m := &Room{DB: d, IDs: ids, Now: now, Journal: j, COPs: cops}
	cops.OnEnd = map[string]func(context.Context, db.Q, cop.Act) error{cop.DiagnosisAct: m.EndEdition}
	return m
}

func noon() time.Time { return time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC) }

func over(person string, role policy.Role, region string) policy.Actor {
	return policy.Actor{Person: person, Grants: []policy.Grant{{Role: role, COP: cop.RegionID(cop.First, region)}}}
}

var (
	grandEst = Place{COP: cop.RegionID(cop.First, "44"), Cycle: cop.First, Region: territory.Region{Code: "44", Slug: "grand-est", Name: "Grand Est"}, Day: "2026-03-02"}
	team     = over("équipe", policy.Team, "44")
	prefet   = over("préfet", policy.StateChair, "44")
	chair    = over("présidente", policy.RegionChair, "44")
	stranger = over("ailleurs", policy.Team, "53")
)

func press(c Catalogue, l *ledger) Press {
	return Press{Catalogue: c, Explain: l.explain, Draw: func(_ context.Context, d document.Document) ([]document.File, error) {
		return []document.File{{Path: document.PagePart, Body: []byte("<!DOCTYPE html><html lang=\"fr\"><title>" + d.Title + "</title></html>")}}, nil
	}, Sheet: func(seq int64) Sheet {
		return Sheet{Author: "COP", Address: "https://jalon.example/regions/grand-est/diagnostic/editions/" + number(seq), FigureBase: "/regions/grand-est/diagnostic/editions/" + number(seq) + "/chiffres/"}
	}}
}

func begun(t *testing.T, m *Room, s *shelf) (Composition, []Block) {
	t.Helper()
	d, err := m.Begin(t.Context(), team, Diagnosis, grandEst.COP, "", s.list, true)
	if err != nil {
		t.Fatal(err)
	}
	blocks, err := Blocks(t.Context(), m.DB, d)
	if err != nil {
		t.Fatal(err)
	}
	return d, blocks
}

func kind(t *testing.T, what string, err error, want apperr.Kind) {
	t.Helper()
	if apperr.KindOf(err) != want {
		t.Errorf("%s: %v", what, err)
	}
}

// rev is that of the draft now.
func rev(t *testing.T, m *Room) int64 {
	t.Helper()
	d, err := Of(t.Context(), m.DB, Diagnosis, grandEst.COP, "")
	if err != nil {
		t.Fatal(err)
	}
	return d.Rev
}

// content is every file of an edition.
func content(t *testing.T, m *Room, e Edition) (document.Frozen, map[string]string) {
	t.Helper()
	p, err := document.Find(t.Context(), m.DB, e.Publication)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, x := range p.Manifest {
		r, err := document.Open(t.Context(), m.DB, p, x.Path)
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		out[x.Path] = string(b)
	}
	f, err := document.Load(t.Context(), m.DB, p)
	if err != nil {
		t.Fatal(err)
	}
	return f, out
}

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
			_, err := m.ProposeEdition(ctx, a, root.Rev, Diagnosis, "", grandEst, press(s, l))
			kind(t, "proposed by "+a.Person, err, apperr.NotFound)
		}
		e, err := m.ProposeEdition(ctx, team, root.Rev, Diagnosis, "", grandEst, press(s, l))
		if err != nil || e.State != EditionProposed || e.Seq != 1 || e.Act == "" || e.Day != "2026-03-02" {
			t.Fatalf("%+v %v", e, err)
		}
		act, err := cop.FindAct(ctx, d, e.Act)
		if err != nil || act.SHA256 != e.SHA256 || act.Subject != e.ID || !strings.Contains(act.Title, "édition n°") {
			t.Fatalf("%+v %v", act, err)
		}
		_, err = m.ProposeEdition(ctx, prefet, root.Rev, Diagnosis, "", grandEst, press(s, l))
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
		if list, err := PublishedEditions(ctx, d, Diagnosis, grandEst.COP, ""); err != nil || len(list) != 0 {
			t.Errorf("published by one head: %v %v", list, err)
		}
		if _, err := m.COPs.Consent(ctx, chair, e.Act); err != nil {
			t.Fatal(err)
		}
		list, err := PublishedEditions(ctx, d, Diagnosis, grandEst.COP, "")
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
		next, err := m.ProposeEdition(ctx, team, rev(t, m), Diagnosis, "", grandEst, press(s, l))
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
	d := document.Document{Parts: []document.Part{{ID: "o", Title: "O", Chapter: Diagnosis.PartName(Opening), Blocks: []document.Block{keys}}, {ID: "a", Title: "A", Chapter: Diagnosis.PartName(Aims), Blocks: []document.Block{document.Table{}, keys}}}}
	if g := GistOf(d); g.Part.ID != "a" || len(g.Part.Blocks) != 1 || len(g.Findings) != 0 {
		t.Errorf("%+v", g)
	}
	d.Parts = append(d.Parts, document.Part{ID: "s/1", Title: "Un", Chapter: Diagnosis.PartName(Priorities), Blocks: []document.Block{document.Chart{}}}, document.Part{ID: "s/2", Title: "Deux", Blocks: []document.Block{document.Quote{Title: Nothing}}},
		document.Part{ID: "s/3", Title: "Trois", Blocks: []document.Block{document.Para("Mot.")}})
	g := GistOf(d)
	if g.Part.ID != "s/3" {
		t.Errorf("%+v", g.Part)
	}
	if diff := cmp.Diff([][2]string{{"Un", "s-1"}}, g.Findings); diff != "" {
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
		_, err := m.ProposeEdition(ctx, team, root.Rev, Diagnosis, "", grandEst, p)
		kind(t, "moved", err, apperr.Conflict)
		p.Draw = draw
		_, err = m.ProposeEdition(ctx, team, root.Rev, Diagnosis, "", grandEst, p)
		kind(t, "from a page read before", err, apperr.Conflict)
		for _, table := range []string{"composition_edition", "publication", "act"} {
			var n int64
			if err := d.QueryRow(ctx, `SELECT COUNT(*) FROM `+table).Scan(&n); err != nil || n != 0 {
				t.Errorf("%d rows of %s, %v", n, table, err)
			}
		}
		if _, err := m.ProposeEdition(ctx, team, rev(t, m), Diagnosis, "", grandEst, p); err != nil {
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
			_, err := m.ProposeEdition(ctx, team, root.Rev, Diagnosis, "", grandEst, press(s, &ledger{}))
			return err
		}); n != 1 {
			t.Errorf("%d editions proposed", n)
		}
		list, err := Editions(ctx, d, Diagnosis, grandEst.COP, "")
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
		if list, err = PublishedEditions(ctx, d, Diagnosis, grandEst.COP, ""); err != nil || len(list) != 1 {
			t.Error(list, err)
		}
		if v, err := db.Version(ctx, d, Version); err != nil || v != 1 {
			t.Errorf("published %d times, %v", v, err)
		}
	})
}
