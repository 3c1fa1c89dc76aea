package diagnosis

import (
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/document"
	"jalon/internal/policy"
	"jalon/internal/testkit"
)

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
