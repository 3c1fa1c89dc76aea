package live_test

import (
	"context"
	"crypto/rand"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"jalon/data"
	"jalon/internal/apperr"
	"jalon/internal/composition"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/diagnosis/live"
	"jalon/internal/document"
	"jalon/internal/figure"
	"jalon/internal/french"
	"jalon/internal/journal"
	"jalon/internal/objective"
	"jalon/internal/panorama"
	"jalon/internal/plan"
	"jalon/internal/series"
	"jalon/internal/territory"
	"jalon/internal/testkit"
)

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

func clock() time.Time { return noon }

// place is a base as it is on the first day, with all that blocks read of what is
// aimed at and of what happens.
type place struct {
	db        *db.DB
	model     *panorama.Model
	book      *series.Book
	catalogue *live.Catalogue
	figures   *figure.Registry
	journal   *journal.Journal
	ids       *db.IDs
}

func settle(t testing.TB, d *db.DB) place {
	t.Helper()
	tree, err := territory.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	at := place{db: d, ids: db.NewIDs(clock, rand.Reader)}
	at.journal = journal.New(at.ids, clock, db.NewCursors([]byte("essai")))
	cops := &cop.Room{DB: d, IDs: at.ids, Now: clock, Journal: at.journal, Cursors: db.NewCursors([]byte("essai")), Random: rand.Reader}
	if err := cops.Load(t.Context(), data.FS, tree); err != nil {
		t.Fatal(err)
	}
	if at.model, err = panorama.NewStore(d, data.FS, func(context.Context) (*territory.Tree, error) { return tree, nil }).Model(t.Context()); err != nil {
		t.Fatal(err)
	}
	if at.book, err = series.LoadBook(data.FS); err != nil {
		t.Fatal(err)
	}
	at.catalogue = live.New(live.Sources{DB: d, Now: clock, Model: func(context.Context) (*panorama.Model, error) { return at.model, nil }, Book: at.book})
	at.figures = &figure.Registry{}
	at.figures.Register("panorama", at.model.Explain)
	at.figures.Register(plan.Prefix, func(ctx context.Context, key string) (figure.Explanation, error) {
		return plan.Explain(ctx, d, at.model, key)
	})
	aims := &objective.Room{DB: d, IDs: at.ids, Now: clock, Journal: at.journal, COPs: cops}
	at.figures.Register(objective.Prefix, func(ctx context.Context, key string) (figure.Explanation, error) {
		return aims.Explain(ctx, at.model, key)
	})
	at.figures.Register(series.Trends, func(ctx context.Context, key string) (figure.Explanation, error) {
		return at.book.Explain(ctx, d, func(text string) (string, string, error) {
			ref, err := territory.ParseRef(text)
			if err != nil {
				return "", "", err
			}
			x, err := tree.Lookup(ref)
			return x.Name, x.Path, err
		}, key)
	})
	return at
}

// open starts the reading of the diagnosis of a region.
func (at place) open(t testing.TB, region string) composition.Reading {
	t.Helper()
	x, err := at.model.Tree().Region(region)
	if err != nil {
		t.Fatal(err)
	}
	r, err := at.catalogue.Open(t.Context(), composition.Place{COP: cop.RegionID(cop.First, region), Cycle: cop.First, Region: x, Day: "2026-03-02"})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func (at place) make(t testing.TB, region, code string, params map[string]string) composition.Made {
	t.Helper()
	made, err := at.open(t, region).Make(t.Context(), code, params)
	if err != nil {
		t.Fatalf("%s, %s: %v", region, code, err)
	}
	return made
}

// blocks are those of the parts that this file looks at.
func (at place) blocks() []composition.Live {
	var out []composition.Live
	for _, b := range at.catalogue.List() {
		if slices.Contains([]composition.Part{composition.Opening, composition.Aims, composition.Dynamics}, b.Part) {
			out = append(out, b)
		}
	}
	return out
}

// choices are the settings of a block: the usual one, then each other value, but for
// the list of all series.
func choices(b composition.Live) []map[string]string {
	out := []map[string]string{nil}
	for _, o := range b.Options {
		for i, v := range o.Values {
			if i > 0 && o.Name != "serie" {
				out = append(out, map[string]string{o.Name: v[0]})
			}
		}
	}
	return out
}

func (at place) region(t *testing.T, code string) (charts, figures int) {
	t.Helper()
	reading := at.open(t, code)
	for _, b := range at.blocks() {
		for _, params := range choices(b) {
			made, err := reading.Make(t.Context(), b.Code, params)
			if err != nil {
				t.Errorf("%s, %s %v: %v", code, b.Code, params, err)
				continue
			}
			if made.Title == "" || (made.Missing == "") == (len(made.Blocks) == 0) {
				t.Errorf("%s, %s %v: a title, and either blocks or why there are none: %q", code, b.Code, params, made.Title)
			}
			if made.Title == b.Name {
				t.Errorf("%s, %s: the title is the name of the block, not a finding", code, b.Code)
			}
			doc := document.Document{Parts: []document.Part{{ID: "essai", Title: made.Title, Blocks: made.Blocks, Missing: made.Missing, Notes: made.Notes}}}
			for _, x := range made.Blocks {
				switch x := x.(type) {
				case document.Table:
					whole(t, code, b.Code, x)
				case document.Chart:
					charts++
					whole(t, code, b.Code, x.Table)
					if len(x.Drawing.Shapes) == 0 || x.Description == "" || x.Title == "" {
						t.Errorf("%s, %s: a chart is drawn and described", code, b.Code)
					}
				case document.KeyFigures:
					if n := len(x.Figures); n == 0 || n > 4 {
						t.Errorf("%s, %s: %d key figures", code, b.Code, n)
					}
				}
			}
			for _, key := range doc.Figures() {
				figures++
				if e, err := at.figures.Explain(t.Context(), key); err != nil || e.Title == "" {
					t.Errorf("%s, %s: %s leads nowhere: %v", code, b.Code, key, err)
				}
			}
			at.sameAsShown(t, code, b.Code, made.Blocks)
		}
	}
	return charts, figures
}

// sameAsShown: the kilotonnes of a table are those that its explanation comes to.
func (at place) sameAsShown(t *testing.T, region, code string, blocks []document.Block) {
	t.Helper()
	for _, b := range blocks {
		x, ok := b.(document.Table)
		if c, is := b.(document.Chart); is {
			x, ok = c.Table, true
		}
		if !ok {
			continue
		}
		for _, r := range x.Rows {
			for i, c := range r {
				if c.Figure == "" || x.Columns[i].Unit != "ktCO₂e par an" {
					continue
				}
				e, err := at.figures.Explain(t.Context(), c.Figure)
				if got := french.Number(e.Figure.Value, 1); err != nil || got != c.Text && got != strings.TrimPrefix(c.Text, "+") {
					t.Errorf("%s, %s: %s is shown %s and explained as %s (%v)", region, code, c.Figure, c.Text, got, err)
				}
			}
		}
	}
}

// whole: each row has a cell for each column, and each cell says something, or why
// it does not.
func whole(t *testing.T, region, code string, x document.Table) {
	t.Helper()
	if len(x.Rows) == 0 || x.Caption == "" || x.ID == "" {
		t.Errorf("%s, %s: table %q is empty or has no caption", region, code, x.ID)
	}
	for _, r := range x.Rows {
		if len(r) != len(x.Columns) {
			t.Errorf("%s, %s: table %s, row %q: %d cells for %d columns", region, code, x.ID, r[0].Text, len(r), len(x.Columns))
		}
		for i, c := range r {
			if c.Text == "" && c.Missing == "" {
				t.Errorf("%s, %s: table %s, row %q, column %s says nothing", region, code, x.ID, r[0].Text, x.Columns[i].Label)
			}
		}
	}
}

// No block fails in any of the 18 regions, none is empty without saying why, and
// every figure leads to its explanation.
func TestEveryBlockOfEveryRegion(t *testing.T) {
	at := settle(t, testkit.DB(t))
	charts, figures := 0, 0
	for _, r := range at.model.Tree().Regions() {
		c, f := at.region(t, r.Code)
		charts, figures = charts+c, figures+f
	}
	if charts < 18*5 || figures < 18*150 {
		t.Errorf("%d charts, %d figures", charts, figures)
	}
}

// What is read from the base is the same on both engines.
func TestBlocksOfTwoRegionsOnBothEngines(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		at := settle(t, d)
		at.region(t, "44")
		at.region(t, "04")
	})
}

func (at place) first(t *testing.T, region, code string) []document.KeyFigure {
	t.Helper()
	made := at.make(t, region, code, nil)
	k, ok := made.Blocks[0].(document.KeyFigures)
	if !ok {
		t.Fatalf("%s, %s: no key figures: %+v", region, code, made)
	}
	return k.Figures
}

func TestTheTotalsAreThoseThatTheStatePublishes(t *testing.T) {
	at := settle(t, testkit.DB(t))
	for _, c := range []struct {
		region string
		kt     float64
		levers int
		shares bool
		first  string
	}{
		{"44", 22116, 30, true, "22,1"},
		{"04", 3235, 13, false, "3,24"},
	} {
		keys := at.first(t, c.region, "cibles/chiffres-cles")
		e, err := at.figures.Explain(t.Context(), keys[0].Figure)
		if err != nil {
			t.Fatal(err)
		}
		if c.kt > 0 && math.Abs(e.Figure.Value-c.kt) > 0.5 || c.first != "" && keys[0].Value != c.first {
			t.Errorf("%s: %v %s, shown %s", c.region, e.Figure.Value, e.Figure.Unit, keys[0].Value)
		}
		p, err := at.model.Of(territory.Ref{Scale: territory.RegionS, Code: c.region})
		if err != nil {
			t.Fatal(err)
		}
		var sum panorama.Kg
		for _, l := range p.Lines {
			if l.Objective.Known {
				sum += l.Objective.Kg
			}
		}
		if sum != p.Total.Kg || len(p.Lines) != c.levers || math.Abs(sum.Kt()-e.Figure.Value) > 1e-6 {
			t.Errorf("%s: %d levers, %v kt, explained as %v", c.region, len(p.Lines), sum.Kt(), e.Figure.Value)
		}
		shares := slices.ContainsFunc(keys, func(k document.KeyFigure) bool { return k.Label == "Part de l’objectif national" })
		if shares != c.shares {
			t.Errorf("%s: its part of the national objective: %v", c.region, shares)
		}
	}
	cells := 0 // that the State publishes overseas, and that the tables of all five show
	for _, r := range at.model.Tree().Regions() {
		if !r.Overseas {
			continue
		}
		made := at.make(t, r.Code, "cibles/panorama", nil)
		if x, ok := made.Blocks[1].(document.Table); ok {
			for _, row := range x.Rows {
				if row[1].Text != "" {
					cells++
				}
			}
		}
	}
	if cells != 59 {
		t.Errorf("%d objectives overseas", cells)
	}
	made := at.make(t, "44", "cibles/panorama", nil)
	if x, ok := made.Blocks[1].(document.Table); !ok || len(x.Rows) != 30 {
		t.Errorf("the levers of Grand Est: %+v", made.Title)
	}
	made = at.make(t, "04", "cibles/panorama", nil)
	if x, ok := made.Blocks[1].(document.Table); !ok || len(x.Rows) != 13 || len(x.Columns) != 3 {
		t.Errorf("the levers of La Réunion: %+v", made.Title)
	}
}

// A figure of which everybody reads the explanation is shown as it is.
func TestTheShareOfTheNationIsExplained(t *testing.T) {
	at := settle(t, testkit.DB(t))
	e, err := at.figures.Explain(t.Context(), "panorama/2024-07/total/region:44/part")
	if err != nil || math.Abs(e.Figure.Value-14.4) > 5 || e.Numbers == "" {
		t.Fatalf("%+v %v", e.Figure, err)
	}
	if _, err := at.figures.Explain(t.Context(), "panorama/2024-07/total-hors-forets/region:44/part"); apperr.KindOf(err) != apperr.NotFound {
		t.Errorf("without forests, there is no such share: %v", err)
	}
	e, err = at.figures.Explain(t.Context(), "panorama/2024-07/total/region:04/part")
	if err != nil || e.Figure.Class != figure.Missing || e.Figure.Reason == "" {
		t.Errorf("overseas: %+v %v", e.Figure, err)
	}
}

// A choice that is no longer there is said, and nothing is put in its place.
func TestAChoiceThatIsGoneIsSaid(t *testing.T) {
	at := settle(t, testkit.DB(t))
	made := at.make(t, "44", "dynamiques/serie", map[string]string{"serie": "serie-d-autrefois"})
	if made.Missing == "" || len(made.Blocks) > 0 || !strings.Contains(made.Missing, "serie-d-autrefois") {
		t.Errorf("%+v", made)
	}
	if _, err := at.open(t, "44").Make(t.Context(), "cibles/rien", nil); !errors.Is(err, composition.ErrUnknown) {
		t.Errorf("no such block: %v", err)
	}
}

// Every series of the catalogue is drawn, or says that the region has no value.
func TestEverySeriesIsDrawnOrMissing(t *testing.T) {
	at := settle(t, testkit.DB(t))
	for _, region := range []string{"44", "04"} {
		drawn := 0
		reading := at.open(t, region)
		for _, ind := range at.book.Catalogue.All() {
			made, err := reading.Make(t.Context(), "dynamiques/serie", map[string]string{"serie": ind.Code})
			if err != nil || (made.Missing == "") == (len(made.Blocks) == 0) {
				t.Errorf("%s, %s: %+v %v", region, ind.Code, made, err)
			}
			if made.Missing == "" {
				drawn++
			}
		}
		if drawn < 10 {
			t.Errorf("%s: %d series", region, drawn)
		}
	}
}

// A series that an import withdrew says so, with the reason of its publisher; the
// other blocks stand.
func TestAWithdrawnSeriesSaysWhy(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		at := settle(t, d)
		const code = "part-bio"
		if made := at.make(t, "44", "dynamiques/serie", map[string]string{"serie": code}); made.Missing != "" {
			t.Fatalf("not there to begin with: %s", made.Missing)
		}
		var rows []series.Observation
		for _, year := range []int{2022, 2023, 2024} {
			rows = append(rows, series.Observation{Series: series.Trends + "/" + code, Territory: "region:44", Year: year, Edition: "20260301-essai", Reason: "Série retirée par son producteur, en attente de correction.",
				Class: figure.Missing, Source: "hub-ecolab-2026", Label: "édition d’essai"})
		}
		if err := series.Write(t.Context(), d, rows); err != nil {
			t.Fatal(err)
		}
		if err := db.Tx(t.Context(), d, func(ctx context.Context, tx db.Q) error { return series.Publish(ctx, tx, "20260301-essai", noon) }); err != nil {
			t.Fatal(err)
		}
		made := at.make(t, "44", "dynamiques/serie", map[string]string{"serie": code})
		if !strings.Contains(made.Missing, "retirée par son producteur") || !strings.Contains(made.Missing, french.Date(noon)) || len(made.Blocks) > 0 {
			t.Errorf("%+v", made)
		}
		at.region(t, "44")
	})
}

// A whole reading is bounded: a document of a region is made in a few statements.
func BenchmarkRead(b *testing.B) {
	at := settle(b, testkit.DB(b))
	for b.Loop() {
		reading := at.open(b, "44")
		for _, x := range at.blocks() {
			if _, err := reading.Make(b.Context(), x.Code, nil); err != nil {
				b.Fatal(err)
			}
		}
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/1000, "ms/read")
}
