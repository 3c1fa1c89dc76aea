package roadmap

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"jalon/internal/apperr"
	"jalon/internal/composition"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/policy"
	"jalon/internal/territory"
	"jalon/internal/testkit"
)

// A base that is full refuses an edition as it is frozen, and evidence as it is joined: it
// is said, nothing of them is there, and both are done once there is room.
func TestAdoptionOnAFullDisk(t *testing.T) {
	d := testkit.Open(t, db.SQLite)
	ctx, m, s := t.Context(), ended(t, d), &shelf{}
	s.value.Store(12)
	full := func(more int) {
		t.Helper()
		var pages int
		if err := d.QueryRow(ctx, `SELECT page_count FROM pragma_page_count`).Scan(&pages); err != nil {
			t.Fatal(err)
		}
		m.exec(t, fmt.Sprintf(`PRAGMA max_page_count = %d`, pages+more))
	}
	said := func(what string, err error) {
		t.Helper()
		if apperr.KindOf(err) != apperr.Unavailable || !strings.Contains(apperr.Message(err), "Le disque est plein") {
			t.Errorf("%s: %v", what, err)
		}
	}
	rows := func() (out [5]int64) {
		t.Helper()
		for i, table := range []string{"composition_edition", "publication", "publication_file", "act", "roadmap_evidence"} {
			if err := d.QueryRow(ctx, `SELECT COUNT(*) FROM `+table).Scan(&out[i]); err != nil {
				t.Fatal(err)
			}
		}
		return out
	}
	root := must(m.Composed.Begin(ctx, team, composition.Roadmap, theCOP, "", s.List(), true))
	propose := func() (composition.Edition, error) {
		return m.Composed.ProposeEdition(ctx, team, root.Rev, composition.Roadmap, "", composition.Place{COP: theCOP, Cycle: cop.First, Region: territory.Region{Code: "44"}, Day: "2026-03-02"}, s.press(""))
	}
	none := rows()
	full(2)
	_, err := propose()
	said("frozen", err)
	full(1_000_000)
	if rows() != none {
		t.Fatalf("a document that was not frozen left %v", rows())
	}
	e, err := propose()
	if err != nil {
		t.Fatal(err)
	}
	for _, who := range []policy.Actor{prefet, chair} {
		if _, err := m.COPs.Consent(ctx, who, e.Act); err != nil {
			t.Fatal(err)
		}
	}
	e = must(composition.FindEdition(ctx, d, e.ID))
	letter := Evidence{Side: "both", Title: "Lettre", FileName: "lettre.pdf"}
	before := rows()
	full(2)
	_, err = m.Join(ctx, team, e, letter, strings.NewReader(string(pdf(1<<20))), "application/pdf")
	said("joined", err)
	full(1_000_000)
	if rows() != before {
		t.Errorf("an evidence that was not kept left %v", rows())
	}
	if _, err = m.Join(ctx, team, e, letter, strings.NewReader(string(pdf(1<<20))), "application/pdf"); err != nil {
		t.Error(err)
	}
	if c := check(t, m.archive(t, e)); len(c.Differences) != 0 || c.Evidence != 1 {
		t.Errorf("%q", c.Differences)
	}
}

// The second head's word and the adoption are one act: what fails after the word leaves
// the edition proposed and the word to give again.
func TestAWordThatFailsAdoptsNothing(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx, m, s := t.Context(), ended(t, d), &shelf{}
		s.value.Store(12)
		root := must(m.Composed.Begin(ctx, team, composition.Roadmap, theCOP, "", s.List(), true))
		e := must(m.Composed.ProposeEdition(ctx, team, root.Rev, composition.Roadmap, "", composition.Place{COP: theCOP, Cycle: cop.First, Region: territory.Region{Code: "44"}, Day: "2026-03-02"}, s.press("")))
		if _, err := m.COPs.Consent(ctx, prefet, e.Act); err != nil {
			t.Fatal(err)
		}
		m.COPs.OnEnd[cop.RoadmapAct] = func(ctx context.Context, tx db.Q, act cop.Act) error {
			if err := m.Composed.EndEdition(ctx, tx, act); err != nil {
				return err
			}
			return apperr.New(apperr.Unavailable, nil, "Le disque est plein.")
		}
		_, err := m.COPs.Consent(ctx, chair, e.Act)
		want(t, "the word that adopts", err, apperr.Unavailable)
		if now := must(composition.FindEdition(ctx, d, e.ID)); now.State != composition.EditionProposed || now.PublishedOn != "" {
			t.Errorf("half adopted: %+v", now)
		}
		if act := must(cop.FindAct(ctx, d, e.Act)); act.State != cop.ActPending || len(act.Consents) != 1 {
			t.Errorf("half an act: %+v", act)
		}
		m.COPs.OnEnd[cop.RoadmapAct] = m.Composed.EndEdition
		if _, err := m.COPs.Consent(ctx, chair, e.Act); err != nil {
			t.Fatal(err)
		}
		if now := must(composition.FindEdition(ctx, d, e.ID)); now.State != composition.EditionPublished {
			t.Errorf("%+v", now)
		}
	})
}
