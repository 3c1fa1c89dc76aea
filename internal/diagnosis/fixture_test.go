package diagnosis

import (
	"context"
	"crypto/rand"
	"io"
	"sync/atomic"
	"testing"
	"time"

	"jalon/data"
	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/document"
	"jalon/internal/figure"
	"jalon/internal/journal"
	"jalon/internal/policy"
	"jalon/internal/territory"
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

func begun(t *testing.T, m *Room, s *shelf) (Diagnosis, []Block) {
	t.Helper()
	d, err := m.Begin(t.Context(), team, grandEst.COP, s.list, true)
	if err != nil {
		t.Fatal(err)
	}
	blocks, err := Blocks(t.Context(), m.DB, d.ID)
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
	d, err := Of(t.Context(), m.DB, grandEst.COP)
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
