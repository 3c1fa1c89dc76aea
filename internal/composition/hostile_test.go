package composition

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"strings"
	"testing"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/document"
	"jalon/internal/figure"
	"jalon/internal/policy"
	"jalon/internal/testkit"
)

// A live block that left the catalogue keeps its choices when its words are changed,
// and takes none that a form invents.
func TestABlockOutOfTheCatalogueKeepsItsChoices(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx, m, s := t.Context(), conference(t, d, noon), newShelf()
		_, blocks := begun(t, m, s)
		b := blocks[2]
		b.Params = map[string]string{"nombre": "tous"}
		b, err := m.SaveBlock(ctx, team, s.list, b, "")
		if err != nil {
			t.Fatal(err)
		}
		want := maps.Clone(b.Params)
		s.list = s.list[1:]
		b.Text, b.Params = "Nos mots.", map[string]string{"autre": strings.Repeat("x", 1<<20)}
		b, err = m.SaveBlock(ctx, team, s.list, b, "")
		if err != nil || b.Text != "Nos mots." || !maps.Equal(b.Params, want) {
			t.Errorf("%.200v %v", b, err)
		}
	})
}

// What fails while an edition is made or written leaves nothing of it: no row, no
// blob, no file on the disk; and the next one is made as if nothing had been.
func TestNothingHalfKeptOfAnEdition(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		t.Setenv("TMPDIR", t.TempDir())
		ctx, m, s := t.Context(), conference(t, d, noon), newShelf()
		root, _ := begun(t, m, s)
		if _, err := d.Exec(ctx, `UPDATE cop SET two_heads = $2 WHERE id = $1`, grandEst.COP, false); err != nil {
			t.Fatal(err)
		}
		full := apperr.New(apperr.Unavailable, errors.New("disk full"), "Le disque est plein.")
		counts := func() (out string) {
			for _, table := range []string{"composition_edition", "publication", "publication_file", "publication_series", "blob", "blob_chunk", "act", "act_consent"} {
				var n int64
				if err := d.QueryRow(ctx, `SELECT COUNT(*) FROM `+table).Scan(&n); err != nil {
					t.Fatal(err)
				}
				out += fmt.Sprint(table, " ", n, " ")
			}
			left, err := os.ReadDir(os.Getenv("TMPDIR"))
			if err != nil {
				t.Fatal(err)
			}
			return out + fmt.Sprint(len(left), " files")
		}
		before := counts()
		good, end := press(s, &ledger{}), m.COPs.OnEnd[cop.DiagnosisAct]
		for what, spoil := range map[string]func(p *Press){
			"an explanation": func(p *Press) {
				p.Explain = func(context.Context, string) (figure.Explanation, error) { return figure.Explanation{}, full }
			},
			"a drawing": func(p *Press) {
				p.Draw = func(context.Context, document.Document) ([]document.File, error) { return nil, full }
			},
			"a part named twice": func(p *Press) {
				p.Draw = func(context.Context, document.Document) ([]document.File, error) {
					return []document.File{{Path: document.PagePart, Body: []byte("1")}, {Path: document.PagePart, Body: []byte("2")}}, nil
				}
			},
			"the last statement": func(*Press) {
				m.COPs.OnEnd[cop.DiagnosisAct] = func(context.Context, db.Q, cop.Act) error { return full }
			},
		} {
			p := good
			spoil(&p)
			if _, err := m.ProposeEdition(ctx, prefet, root.Rev, Diagnosis, "", grandEst, p); err == nil {
				t.Errorf("%s fails, and an edition is proposed", what)
			}
			m.COPs.OnEnd[cop.DiagnosisAct] = end
			if now := counts(); now != before {
				t.Errorf("%s failed, and leaves %s, not %s", what, now, before)
			}
		}
		e, err := m.ProposeEdition(ctx, prefet, root.Rev, Diagnosis, "", grandEst, good)
		if err != nil || e.State != EditionPublished || e.Seq != 1 || e.Act == "" {
			t.Fatalf("by one head alone: %+v %v", e, err)
		}
		if v, err := Verify(ctx, d); err != nil || v.Editions != 1 || len(v.Problems) != 0 {
			t.Errorf("%+v %v", v, err)
		}
	})
}

// An act of another COP publishes nothing here, whatever it names.
func TestAnActOfAnotherCOPEndsNothingHere(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx, m, s := t.Context(), conference(t, d, noon), newShelf()
		root, _ := begun(t, m, s)
		e, err := m.ProposeEdition(ctx, team, root.Rev, Diagnosis, "", grandEst, press(s, &ledger{}))
		if err != nil {
			t.Fatal(err)
		}
		act, err := m.COPs.Propose(ctx, over("ailleurs", policy.StateChair, "53"), cop.RegionID(cop.First, "53"), cop.NewAct{Kind: cop.DiagnosisAct, Subject: e.ID, Title: "Édition", SHA256: e.SHA256})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := m.COPs.Consent(ctx, over("là-bas", policy.RegionChair, "53"), act.ID); err != nil {
			t.Fatal(err)
		}
		if list, err := PublishedEditions(ctx, d, Diagnosis, grandEst.COP, ""); err != nil || len(list) != 0 {
			t.Errorf("published: %+v %v", list, err)
		}
	})
}
