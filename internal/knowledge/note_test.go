package knowledge

import (
	"errors"
	"testing"

	"golang.org/x/sync/errgroup"

	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/document"
	"jalon/internal/policy"
	"jalon/internal/testkit"
)

func written(region, title string) Note {
	return Note{Region: region, Territory: "region:" + region, Lever: "biogaz", Theme: "produire", Title: title, Findings: "Un constat.\n\nUn autre.", Sources: "INSEE", Limits: "Une année.", Signature: "DREAL", Day: "2026-02-01"}
}

// What is shown beside charts is what the team published, as it published it.
func TestNotesBesideCharts(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx, m := t.Context(), room(t, d)
		expert := over("experte", policy.Expert, "44")
		var f *Fault
		if _, err := m.Bring(ctx, d, expert, Note{Region: "44", Territory: "region:44", Theme: "produire", Title: "x", Findings: "x", Sources: "x", Signature: "x", Day: "2026-01-01"}); !errors.As(err, &f) || f.Field != "limits" {
			t.Errorf("without its limits: %v", err)
		}
		_, err := m.Bring(ctx, d, expert, written("53", "Ailleurs"))
		kindIs(t, "in another region", err, apperr.NotFound)
		n, err := m.Bring(ctx, d, expert, written("44", "La ressource"))
		if err != nil {
			t.Fatal(err)
		}
		if list, err := NotesFor(ctx, d, "region:44", "biogaz"); err != nil || len(list) != 0 {
			t.Errorf("before it is published: %+v %v", list, err)
		}
		_, err = m.Publish(ctx, d, expert, n.ID, n.Rev)
		kindIs(t, "published by its author", err, apperr.Forbidden)
		won := make(chan bool, 20)
		var g errgroup.Group
		for range 20 {
			g.Go(func() error {
				_, err := m.Publish(ctx, d, team("44"), n.ID, n.Rev)
				if apperr.KindOf(err) == apperr.Conflict {
					return nil
				}
				won <- err == nil
				return err
			})
		}
		if err := g.Wait(); err != nil || len(won) != 1 {
			t.Errorf("%d were kept, %v", len(won), err)
		}
		again := written("44", "La ressource, revue")
		again.ID, again.Rev = n.ID, 2
		if _, err := m.Write(ctx, d, expert, again, "revue"); err != nil {
			t.Fatal(err)
		}
		_, err = m.Write(ctx, d, over("autre", policy.Expert, "44"), again, "")
		kindIs(t, "written by another expert", err, apperr.Forbidden)
		list, err := NotesFor(ctx, d, "region:44", "biogaz")
		if err != nil || len(list) != 1 || list[0].Title != "La ressource" || list[0].Rev != 2 {
			t.Fatalf("%+v %v", list, err)
		}
		if other, err := NotesFor(ctx, d, "region:44", "gestion-haies"); err != nil || len(other) != 0 {
			t.Errorf("another lever: %+v %v", other, err)
		}
		blocks := Blocks(list[0])
		if q, ok := blocks[3].(document.Quote); len(blocks) != 6 || !ok || q.Spans[0].Text != "Une année." {
			t.Errorf("%+v", blocks)
		}
		if _, err := m.Publish(ctx, d, team("44"), n.ID, 3); err != nil {
			t.Fatal(err)
		}
		if list, err = NotesFor(ctx, d, "region:44", ""); err != nil || len(list) != 1 || list[0].Title != "La ressource, revue" {
			t.Errorf("%+v %v", list, err)
		}
	})
}
