package roadmap

import (
	"archive/zip"
	"bytes"
	"context"
	"io"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"jalon/internal/apperr"
	"jalon/internal/composition"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/document"
	"jalon/internal/figure"
	"jalon/internal/policy"
	"jalon/internal/territory"
	"jalon/internal/testkit"
)

// shelf gives one live block, whose figure may move.
type shelf struct{ value atomic.Int64 }

func (s *shelf) List() []composition.Live {
	return []composition.Live{{Code: "couverture/tout", Part: composition.Cover, Name: "La couverture", Usual: true}}
}

func (s *shelf) Open(context.Context, composition.Place) (composition.Reading, error) { return s, nil }

func (s *shelf) Make(context.Context, string, map[string]string) (composition.Made, error) {
	return composition.Made{Title: "Douze", Blocks: []document.Block{document.Text{Spans: []document.Span{{Text: "12", Figure: "couverture/tout"}}}}}, nil
}

func (s *shelf) explain(_ context.Context, key string) (figure.Explanation, error) {
	return figure.Explanation{Title: key, Numbers: "10,5 + 2 − 0,5 = 12", Figure: figure.Figure{Key: key, Value: float64(s.value.Load()), Class: figure.Computed}}, nil
}

func (s *shelf) press(why string) composition.Press {
	return composition.Press{Catalogue: s, Explain: s.explain, Why: why, Draw: func(context.Context, document.Document) ([]document.File, error) {
		return []document.File{{Path: document.PagePart, Body: []byte("<!DOCTYPE html><html lang=\"fr\"><title>Feuille de route</title><p><a href=\"https://jalon.exemple.fr/regions/grand-est/feuille-de-route/editions/1/chiffres/couverture/tout\">12</a></p></html>")}}, nil
	}, Sheet: func(int64) composition.Sheet {
		return composition.Sheet{Author: "COP", FigureBase: "/regions/grand-est/feuille-de-route/editions/1/chiffres/"}
	}}
}

// adopted is an edition of the roadmap that both heads adopted.
func (m *Room) adopted(t testing.TB, s *shelf, why string) composition.Edition {
	t.Helper()
	ctx := t.Context()
	d, err := composition.Of(ctx, m.DB, composition.Roadmap, theCOP, "")
	if apperr.KindOf(err) == apperr.NotFound {
		d, err = m.Composed.Begin(ctx, team, composition.Roadmap, theCOP, "", s.List(), true)
	}
	if err != nil {
		t.Fatal(err)
	}
	e, err := m.Composed.ProposeEdition(ctx, team, d.Rev, composition.Roadmap, "", composition.Place{COP: theCOP, Cycle: cop.First, Region: territory.Region{Code: "44", Slug: "grand-est", Name: "Grand Est"}, Day: "2026-03-02"}, s.press(why))
	if err != nil {
		t.Fatal(err)
	}
	for _, who := range []policy.Actor{prefet, chair} {
		if _, err := m.COPs.Consent(ctx, who, e.Act); err != nil {
			t.Fatal(err)
		}
	}
	e, err = composition.FindEdition(ctx, m.DB, e.ID)
	if err != nil || e.State != composition.EditionPublished {
		t.Fatalf("%+v %v", e, err)
	}
	return e
}

func (m *Room) archive(t testing.TB, e composition.Edition) []byte {
	t.Helper()
	p, err := Pack(t.Context(), m.DB, must(cop.Find(t.Context(), m.DB, theCOP)), e)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := p.Write(t.Context(), m.DB, &b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// altered is an archive where change was done to the files, in a container that is whole.
func altered(t testing.TB, archive []byte, change func(files map[string]string)) []byte {
	t.Helper()
	z := must(zip.NewReader(bytes.NewReader(archive), int64(len(archive))))
	files := map[string]string{}
	for _, f := range z.File {
		r := must(f.Open())
		files[f.Name] = string(must(io.ReadAll(r)))
	}
	change(files)
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for name, body := range files {
		if _, err := io.WriteString(must(w.Create(name)), body); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func pdf(n int) []byte { return append([]byte("%PDF-1.7\n"), bytes.Repeat([]byte("x"), n)...) }

// An archive proves what both heads validated; each class of byte that is changed in it
// is told, and what moved in Jalon since changes nothing of it.
func TestAnArchiveProvesItself(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx, m, s := t.Context(), ended(t, d), &shelf{}
		s.value.Store(12)
		e := m.adopted(t, s, "")
		whole := m.archive(t, e)
		s.value.Store(13) // the figure moved since
		start := time.Now()
		c, err := Check(bytes.NewReader(whole), int64(len(whole)))
		if err != nil || len(c.Differences) > 0 || c.Manifest != e.SHA256 || c.Figures != 1 || c.Explained != 1 || c.Sums != 1 || c.Parts != 4 || c.Compared != 1 || c.OnPage != 1 || c.Words != 0 {
			t.Fatalf("%+v %v", c, err)
		}
		if took := time.Since(start); took > time.Second {
			t.Errorf("checked in %s", took)
		}
		if !strings.Contains(c.Text(), "Aucune différence") || !bytes.Equal(whole, m.archive(t, e)) {
			t.Error("an archive does not say so, or is not the same twice")
		}
		for what, change := range map[string]func(map[string]string){
			"a part": func(f map[string]string) { f["parties/page.html"] += " " },
			"a byte of a part": func(f map[string]string) {
				f["parties/page.html"] = strings.Replace(f["parties/page.html"], "Feuille", "Feuilla", 1)
			},
			"a figure": func(f map[string]string) {
				f["parties/document.json"] = strings.Replace(f["parties/document.json"], "12", "13", 1)
			},
			"a part less": func(f map[string]string) { delete(f, "parties/document.odt") },
			"a part more": func(f map[string]string) { f["parties/autre.pdf"] = "x" },
			"the manifest": func(f map[string]string) {
				f["manifest.json"] = strings.Replace(f["manifest.json"], `"size":`, `"size": `, 1)
			},
			"a validation": func(f map[string]string) {
				f["validations.json"] = strings.Replace(f["validations.json"], "l’État", "l’Etat", 1)
			},
			"no validation": func(f map[string]string) { delete(f, "validations.json") },
			"another digest": func(f map[string]string) {
				f["validations.json"] = strings.ReplaceAll(f["validations.json"], e.SHA256, strings.Repeat("0", 64))
			},
			"a head less": func(f map[string]string) {
				f["validations.json"] = strings.Replace(f["validations.json"], `"side": "region"`, `"side": "state"`, 1)
			},
			"alone, no reason": func(f map[string]string) {
				f["validations.json"] = strings.Replace(f["validations.json"], `"recorded"`, `"alone"`, 1)
			},
			"the evidence":       func(f map[string]string) { f["preuves.json"] = "[ ]" },
			"the seal":           func(f map[string]string) { delete(f, "sceau.json") },
			"what says how":      func(f map[string]string) { f["LISEZ-MOI.txt"] = "Faites-moi confiance." },
			"a manifest of none": func(f map[string]string) { f["manifest.json"] = "[]" },
		} {
			bad := altered(t, whole, change)
			if c, err := Check(bytes.NewReader(bad), int64(len(bad))); err != nil || len(c.Differences) == 0 {
				t.Errorf("%s: nothing is told (%v)", what, err)
			}
		}
		same := altered(t, whole, func(map[string]string) {})
		if c, err := Check(bytes.NewReader(same), int64(len(same))); err != nil || len(c.Differences) > 0 {
			t.Errorf("another container of the same bytes: %v %v", c.Differences, err)
		}
		for i := 0; i < len(whole); i += 1 + len(whole)/400 { // any byte of the container
			bad := bytes.Clone(whole)
			bad[i] ^= 0x20
			c, err := Check(bytes.NewReader(bad), int64(len(bad)))
			if err == nil && len(c.Differences) == 0 && c.Manifest != e.SHA256 {
				t.Errorf("byte %d is not told", i)
			}
		}
		for _, none := range [][]byte{nil, []byte("PK"), altered(t, whole, func(f map[string]string) { delete(f, "manifest.json") })} {
			_, err := Check(bytes.NewReader(none), int64(len(none)))
			want(t, "no archive", err, apperr.Invalid)
		}

		// Evidence comes after, keeps its own digest, and is in the next archive.
		one := Evidence{Side: "state", Title: "Lettre signée", FileName: "lettre.pdf"}
		x, err := m.Join(ctx, prefet, e, one, bytes.NewReader(pdf(10)), "application/pdf")
		if err != nil || x.SHA256 != sum(pdf(10)) {
			t.Fatal(x, err)
		}
		_, err = m.Join(ctx, team, e, one, bytes.NewReader(pdf(10)), "application/pdf")
		want(t, "the same twice", err, apperr.Conflict)
		_, err = m.Join(ctx, team, e, one, bytes.NewReader(pdf(26<<20)), "application/pdf")
		want(t, "26 MB", err, apperr.TooLarge)
		_, err = m.Join(ctx, team, e, one, strings.NewReader("<html>"), "application/pdf")
		want(t, "a page", err, apperr.Invalid)
		one.FileName = "lettre.exe"
		_, err = m.Join(ctx, team, e, one, bytes.NewReader(pdf(9)), "")
		want(t, "a program", err, apperr.Invalid)
		_, err = m.Join(ctx, expert, e, one, bytes.NewReader(pdf(9)), "")
		want(t, "an expert", err, apperr.Forbidden)
		_, err = m.Join(ctx, stranger, e, one, bytes.NewReader(pdf(9)), "")
		want(t, "another region", err, apperr.NotFound)
		next := m.archive(t, e)
		if c, err := Check(bytes.NewReader(next), int64(len(next))); err != nil || len(c.Differences) > 0 || c.Evidence != 1 || c.Manifest != e.SHA256 {
			t.Errorf("%+v %v", c, err)
		}
		if err := m.Unjoin(ctx, team, x.ID, "mauvais fichier"); err != nil {
			t.Fatal(err)
		}
		_, _, err = OpenEvidence(ctx, d, e.ID, x.ID)
		want(t, "a withdrawn evidence", err, apperr.NotFound)

		// What follows says why; what is withdrawn says so, and proves itself still.
		_, err = m.Composed.ProposeEdition(ctx, team, must(composition.Of(ctx, d, composition.Roadmap, theCOP, "")).Rev, composition.Roadmap, "", composition.Place{COP: theCOP, Cycle: cop.First, Region: territory.Region{Code: "44"}, Day: "2026-03-02"}, s.press(""))
		want(t, "an edition without a why", err, apperr.Invalid)
		if later := m.adopted(t, s, "Une action de plus."); later.Why != "Une action de plus." || later.Seq != 2 {
			t.Errorf("%+v", later)
		}
		_, err = m.Composed.Retire(ctx, team, e.ID, "")
		want(t, "withdrawn without a reason", err, apperr.Invalid)
		_, err = m.Composed.Retire(ctx, expert, e.ID, "une erreur")
		want(t, "an expert withdraws", err, apperr.Forbidden)
		if e, err = m.Composed.Retire(ctx, team, e.ID, "Une erreur de total."); err != nil || !e.Retired() {
			t.Fatal(e, err)
		}
		_, err = m.Composed.Retire(ctx, team, e.ID, "encore")
		want(t, "withdrawn twice", err, apperr.Conflict)
		if list := must(composition.ReadEditions(ctx, d, composition.Roadmap, theCOP, "")); len(list) != 2 {
			t.Errorf("%d editions are read", len(list))
		}
		last := m.archive(t, e)
		if c, err := Check(bytes.NewReader(last), int64(len(last))); err != nil || len(c.Differences) > 0 || !strings.Contains(c.Text(), "Une erreur de total.") {
			t.Errorf("%+v %v", c.Differences, err)
		}
	})
}

// Of twenty who propose an edition at once, one does.
func TestTwoProposalsAtOnce(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx, m, s := t.Context(), ended(t, d), &shelf{}
		c := must(m.Composed.Begin(ctx, team, composition.Roadmap, theCOP, "", s.List(), true))
		var won atomic.Int64
		var g errgroup.Group
		for range 20 {
			g.Go(func() error {
				_, err := m.Composed.ProposeEdition(ctx, team, c.Rev, composition.Roadmap, "", composition.Place{COP: theCOP, Cycle: cop.First, Region: territory.Region{Code: "44"}, Day: "2026-03-02"}, s.press(""))
				if err == nil {
					won.Add(1)
				} else if apperr.KindOf(err) != apperr.Conflict {
					return err
				}
				return nil
			})
		}
		if err := g.Wait(); err != nil || won.Load() != 1 {
			t.Fatalf("%d proposed: %v", won.Load(), err)
		}
	})
}

func TestSumsAreComputedAgain(t *testing.T) {
	for text, want := range map[string][2]bool{"10,5 + 2 − 0,5 = 12": {true, true}, "1\u202f000 + 2 = 1\u202f002": {true, true}, "10 + 2 = 13,5": {false, true}, "3 × 4 = 12": {}, "12": {}, "12 sur 30": {}, "1 + 1 = 2 = 2": {}, "0,333 + 0,333 = 0,67": {true, true}} {
		if ok, checked := addsUp(text); ok != want[0] || checked != want[1] {
			t.Errorf("%q: %v %v", text, ok, checked)
		}
	}
}
