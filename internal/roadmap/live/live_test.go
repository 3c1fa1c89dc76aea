package live_test

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"jalon/data"
	"jalon/internal/action"
	"jalon/internal/action/coverage"
	"jalon/internal/apperr"
	"jalon/internal/composition"
	"jalon/internal/cop"
	"jalon/internal/db"
	told "jalon/internal/diagnosis/live"
	"jalon/internal/document"
	"jalon/internal/figure"
	"jalon/internal/journal"
	"jalon/internal/panorama"
	"jalon/internal/policy"
	"jalon/internal/roadmap"
	"jalon/internal/roadmap/live"
	"jalon/internal/series"
	"jalon/internal/territory"
	"jalon/internal/testkit"
	"jalon/internal/testkit/registered"
)

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

func clock() time.Time { return noon }

// place is a base with the register of one region, and what a roadmap reads of it.
type place struct {
	db        *db.DB
	cop       cop.COP
	region    territory.Region
	model     *panorama.Model
	catalogue *live.Catalogue
	figures   *figure.Registry
}

func settle(t testing.TB, d *db.DB, actions int) place {
	t.Helper()
	tree, err := territory.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	ids := db.NewIDs(clock, rand.Reader)
	rooms := &cop.Room{DB: d, IDs: ids, Now: clock, Journal: journal.New(ids, clock, db.NewCursors([]byte("essai"))), Cursors: db.NewCursors([]byte("essai")), Random: rand.Reader}
	if err := rooms.Load(t.Context(), data.FS, tree); err != nil {
		t.Fatal(err)
	}
	at := place{db: d, figures: &figure.Registry{}}
	if at.model, err = panorama.NewStore(d, data.FS, func(context.Context) (*territory.Tree, error) { return tree, nil }).Model(t.Context()); err != nil {
		t.Fatal(err)
	}
	book, err := series.LoadBook(data.FS)
	if err != nil {
		t.Fatal(err)
	}
	if at.region, err = tree.Region("44"); err != nil {
		t.Fatal(err)
	}
	if at.cop, err = cop.OfRegion(t.Context(), d, "44"); err != nil {
		t.Fatal(err)
	}
	if actions > 0 {
		if _, err := registered.Fill(t.Context(), d, tree, registered.Size{Actions: actions, COPs: []cop.COP{at.cop}, At: noon.AddDate(0, -1, 0), Seed: 7}); err != nil {
			t.Fatal(err)
		}
	}
	model := func(context.Context) (*panorama.Model, error) { return at.model, nil }
	cover := &coverage.Room{DB: d, Now: clock, Model: model, Book: func() (*series.Book, error) { return book, nil }}
	at.catalogue = live.New(live.Sources{DB: d, Model: model, Coverage: cover, Told: told.New(told.Sources{DB: d, Now: clock, Model: model, Book: book})})
	at.figures.Register("panorama", at.model.Explain)
	at.figures.Register(coverage.Prefix, cover.Explain)
	at.figures.Register(coverage.ActionPrefix, cover.ExplainAction)
	at.figures.Register(live.Prefix, at.catalogue.Explain)
	return at
}

func (at place) open(t testing.TB) composition.Reading {
	t.Helper()
	r, err := at.catalogue.Open(t.Context(), composition.Place{COP: at.cop.ID, Cycle: at.cop.Cycle, Region: at.region, Day: "2026-03-02"})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// own are the blocks of a roadmap that are not those of a diagnosis.
func (at place) own() []composition.Live {
	return slices.DeleteFunc(at.catalogue.List(), func(l composition.Live) bool {
		return !slices.Contains([]string{"preface", "plan", "couverture", "besoins", "suivi", "annexes", "etat"}, strings.Split(l.Code, "/")[0])
	})
}

// document is a document of all the usual blocks.
func (at place) document(t testing.TB) document.Document {
	t.Helper()
	var blocks []composition.Block
	for i, l := range at.catalogue.List() {
		if l.Usual {
			blocks = append(blocks, composition.Block{ID: l.Code, Part: l.Part, Position: int64(i), Live: l.Code, State: composition.BlockKept})
		}
	}
	const page = "/regions/grand-est/feuille-de-route/editions/1"
	made, err := composition.Compose(t.Context(), composition.Composition{Kind: composition.Roadmap}, blocks, at.catalogue, composition.Place{COP: at.cop.ID, Cycle: at.cop.Cycle, Region: at.region, Day: "2026-03-02"}, composition.Sheet{Address: "https://jalon.exemple.fr" + page, FigureBase: page + "/chiffres/"})
	if err != nil {
		t.Fatal(err)
	}
	return made.Document
}

func TestEveryBlockSaysSomethingOrWhyNot(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		for _, n := range []int{0, 120} {
			at := settle(t, d, n)
			reading := at.open(t)
			for _, l := range at.own() {
				made, err := reading.Make(t.Context(), l.Code, nil)
				if err != nil {
					t.Fatalf("%d actions, %s: %v", n, l.Code, err)
				}
				if (made.Missing == "") == (len(made.Blocks) == 0) {
					t.Errorf("%d actions, %s: %q and %d blocks", n, l.Code, made.Missing, len(made.Blocks))
				}
				if n == 0 && strings.HasPrefix(l.Code, "plan/") && made.Missing == "" {
					t.Errorf("%s shows actions where there is none", l.Code)
				}
				if made.Missing == "" && made.Title == "" {
					t.Errorf("%d actions, %s: no title", n, l.Code)
				}
				for _, o := range l.Options {
					if len(o.Values) == 0 { // a line of text
						if made, err := reading.Make(t.Context(), l.Code, map[string]string{o.Name: "Un comité, chaque année."}); err != nil || made.Missing != "" {
							t.Errorf("%s: %+v (%v)", l.Code, made, err)
						}
						continue
					}
					made, err := reading.Make(t.Context(), l.Code, map[string]string{o.Name: "ce-qui-n-est-plus"})
					if err != nil || !strings.Contains(made.Missing, "n’existe plus") {
						t.Errorf("%s: a value that is gone gives %q (%v)", l.Code, made.Missing, err)
					}
				}
			}
			if _, err := reading.Make(t.Context(), "inconnu/bloc", nil); err == nil {
				t.Error("an unknown block is made")
			}
		}
	})
}

// A roadmap holds each retained action once, no other one, and nothing that an action
// keeps from its public page.
func TestASheetForEachRetainedActionAndNothingHidden(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		at := settle(t, d, 300)
		list, err := action.RetainedOf(t.Context(), d, at.cop.ID)
		if err != nil || len(list) < 20 {
			t.Fatalf("%d retained actions (%v)", len(list), err)
		}
		cents := int64(123_456_789_00)
		kept := list[0]
		kept.ID, kept.Seq, kept.Rev, kept.Hidden = "00000000-0000-7000-8000-00000000cafe", 99_999, 1, []string{"budget", "funding", "obstacles"}
		kept.Budget, kept.Met = action.Budget{Invest: &cents}, []action.Met{{Text: "Le frein que l’on garde"}}
		kept.Funding = []action.Funding{{Funder: "Le financeur que l’on garde", State: "asked"}}
		kept.Email = "porteur@exemple.fr"
		if err := db.Tx(t.Context(), d, func(ctx context.Context, tx db.Q) error {
			return action.InsertAll(ctx, tx, "", "", []action.Action{kept})
		}); err != nil {
			t.Fatal(err)
		}
		list = append(list, kept)
		made, err := at.open(t).Make(t.Context(), "plan/fiches", nil)
		if err != nil {
			t.Fatal(err)
		}
		seen := map[string]int{}
		for _, b := range made.Blocks {
			if x, ok := b.(document.Table); ok {
				id, ok := strings.CutPrefix(x.ID, live.SheetPrefix)
				if !ok || !x.Detail {
					t.Errorf("%s is no sheet", x.ID)
				}
				seen[id]++
				for _, row := range x.Rows {
					for _, hidden := range []string{"@", "que l’on garde", "123\u202f456\u202f789"} {
						if strings.Contains(row[1].Text, hidden) {
							t.Errorf("%s shows what is kept: %s", x.ID, row[1].Text)
						}
					}
				}
			}
		}
		for _, x := range list {
			if seen[x.ID] != 1 {
				t.Errorf("%s has %d sheets", x.ID, seen[x.ID])
			}
		}
		if len(seen) != len(list) {
			t.Errorf("%d sheets for %d retained actions", len(seen), len(list))
		}
	})
}

func TestEveryFigureOfARoadmapIsExplainedAsItIsShown(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		at := settle(t, d, 150)
		doc := at.document(t)
		keys := doc.Figures()
		if len(keys) < 60 {
			t.Fatalf("%d figures", len(keys))
		}
		own := 0
		frozen := document.Frozen{Document: doc}
		for _, key := range keys {
			e, err := at.figures.Explain(t.Context(), key)
			if err != nil {
				t.Errorf("%s: %s", key, apperr.Message(err))
				continue
			}
			frozen.Explanations = append(frozen.Explanations, e)
			if e.Title == "" || e.Sentence == "" {
				t.Errorf("%s says nothing: %+v", key, e)
			}
			if strings.HasPrefix(key, live.Prefix+"/") {
				own++
			}
		}
		if own < 5 {
			t.Errorf("%d sums of the roadmap are explained", own)
		}
		for _, differs := range roadmap.Compare(frozen, nil) {
			t.Error(differs)
		}
	})
}

// The follow-up and the subjects are those that the COP wrote; before, the block says so
// and the rest stands.
func TestWhatTheCOPSaysOfItsFollowUp(t *testing.T) {
	at := settle(t, testkit.Open(t, db.SQLite), 0)
	made, err := at.open(t).Make(t.Context(), "suivi/prochaine-cop", nil)
	if err != nil || made.Missing == "" {
		t.Fatalf("%+v (%v)", made, err)
	}
	for i, who := range []string{"Un comité de suivi", "L’équipe, entre nous", "Un comité retiré"} {
		state, part := roadmap.Kept, policy.Public
		switch i {
		case 1:
			part = cop.Internal
		case 2:
			state = roadmap.Withdrawn
		}
		if _, err := at.db.Exec(t.Context(), `INSERT INTO roadmap_arrangement (id, rev, cop_id, who, indicators, every, next_on, note, part, state) VALUES ($1, 1, $2, $3, 'Les indicateurs des leviers', 'half', '2026-09-15', 'En public.', $4, $5)`, who, at.cop.ID, who, part, state); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := at.db.Exec(t.Context(), `INSERT INTO roadmap_subject (id, rev, cop_id, title, text, part, state) VALUES ('s', 1, $1, 'L’eau', '', $2, $3)`, at.cop.ID, policy.Public, roadmap.Kept); err != nil {
		t.Fatal(err)
	}
	for code, want := range map[string]string{"suivi/prochaine-cop": "Un sujet", "suivi/modalites": "15\u00a0septembre\u00a02026"} {
		if made, err = at.open(t).Make(t.Context(), code, nil); err != nil || made.Missing != "" || !strings.Contains(made.Title, want) && !strings.Contains(made.Title, "1\u00a0sujet") {
			t.Errorf("%s: %+v (%v)", code, made, err)
		}
	}
	made, err = at.open(t).Make(t.Context(), "suivi/modalites", nil)
	if err != nil {
		t.Fatal(err)
	}
	body, err := json.Marshal(made.Blocks)
	if err != nil {
		t.Fatal(err)
	}
	if text := string(body); !strings.Contains(text, "Les indicateurs des leviers\u00a0; deux fois par an\u00a0; En public") || strings.Contains(text, "entre nous") || strings.Contains(text, "retiré") {
		t.Errorf("what is said of the follow-up: %s", text)
	}
}

// A deck of many actions stays one that a meeting can be shown.
func TestTheDeckOfManyActionsStaysShort(t *testing.T) {
	at := settle(t, testkit.Open(t, db.SQLite), 1200)
	doc := at.document(t)
	if n := doc.Slides(); n > 90 {
		t.Errorf("%d slides", n)
	}
	if err := document.WritePPTX(io.Discard, doc); err != nil {
		t.Error(err)
	}
}
