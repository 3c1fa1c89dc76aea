package roadmap_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"jalon/data"
	"jalon/internal/apperr"
	"jalon/internal/composition"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/document"
	"jalon/internal/journal"
	"jalon/internal/policy"
	"jalon/internal/roadmap"
	"jalon/internal/territory"
	"jalon/internal/testkit"
)

func team(region string) policy.Actor {
	return policy.Actor{Person: "equipe", Grants: []policy.Grant{{Role: policy.Team, COP: cop.RegionID(cop.First, region)}}}
}

// Of many who answer one comment at once, one does; the others are told, and nothing of
// theirs takes its place.
func TestACommentIsAnsweredOnce(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		m, root, block := begun(t, d)
		a := team("44")
		x, err := m.Comment(t.Context(), a, root.Thing(), root, roadmap.Comment{Block: block, Paragraph: 1, Quote: "Un passage.", Text: " À préciser. "})
		if err != nil {
			t.Fatal(err)
		}
		var won, lost atomic.Int64
		var g errgroup.Group
		for i := range 20 {
			g.Go(func() error {
				switch err := m.Answer(context.WithoutCancel(t.Context()), a, root, x.ID, x.Rev, fmt.Sprint("Réponse ", i)); {
				case err == nil:
					won.Add(1)
				case apperr.KindOf(err) == apperr.Conflict:
					lost.Add(1)
				default:
					return err
				}
				return nil
			})
		}
		if err := g.Wait(); err != nil || won.Load() != 1 || lost.Load() != 19 {
			t.Fatalf("%d answered, %d were told (%v)", won.Load(), lost.Load(), err)
		}
		list, err := roadmap.Comments(t.Context(), d, root.ID)
		if err != nil || len(list) != 1 || !list[0].Answered || list[0].Text != "À préciser." || !strings.HasPrefix(list[0].Answer, "Réponse ") {
			t.Errorf("%+v (%v)", list, err)
		}
	})
}

func TestWhoMayCommentAndWhat(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		m, root, block := begun(t, d)
		for name, c := range map[string]struct {
			a    policy.Actor
			x    roadmap.Comment
			want apperr.Kind
		}{
			"nobody":           {policy.Actor{}, roadmap.Comment{Block: block, Text: "x"}, apperr.NotFound},
			"another region":   {team("53"), roadmap.Comment{Block: block, Text: "x"}, apperr.NotFound},
			"nothing said":     {team("44"), roadmap.Comment{Block: block, Text: "  "}, apperr.Invalid},
			"too long":         {team("44"), roadmap.Comment{Block: block, Text: strings.Repeat("é", roadmap.LongestComment+1)}, apperr.Invalid},
			"a block not here": {team("44"), roadmap.Comment{Block: "ailleurs", Text: "x"}, apperr.NotFound},
		} {
			if _, err := m.Comment(t.Context(), c.a, root.Thing(), root, c.x); apperr.KindOf(err) != c.want && !(c.want == apperr.NotFound && apperr.KindOf(err) == apperr.Forbidden) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if list, err := roadmap.Comments(t.Context(), d, root.ID); err != nil || len(list) != 0 {
			t.Errorf("%d comments (%v)", len(list), err)
		}
	})
}

// The articles of a consultation are the parts of the draft; what is not there yet is in
// none, and a sheet is its title.
func TestTheArticlesOfADraft(t *testing.T) {
	list := roadmap.Articles(document.Document{Parts: []document.Part{
		{Title: "Le mot", Chapter: "Préface", Blocks: document.Markdown("Nous **ferons** ceci.\n\n- un\n- deux")},
		{Title: "À venir", Blocks: []document.Block{document.Quote{Title: composition.Nothing, Spans: document.Plain("Rien.")}}},
		{Title: "Le plan", Blocks: []document.Block{document.Table{Caption: "Action n°\u00a01\u00a0: Planter", Detail: true}, document.Table{Caption: "Les thèmes", Columns: []document.Column{document.Heading("Thème"), document.NumberHeading("Apport", "kt")}, Rows: [][]document.Cell{{document.Word("Haies"), document.Word("3")}}},
			document.Table{Columns: []document.Column{document.Heading("N°"), document.Heading("Action"), document.Heading("Porteur")}, Rows: [][]document.Cell{{document.Word("7"), document.Linked("Planter", "/actions/a"), document.Word("Le parc.")}}}}},
	}})
	if len(list) != 2 || list[0].Title != "Préface\u00a0: Le mot" || !strings.Contains(list[0].Text, "- deux") || !strings.Contains(list[0].Text, "**ferons**") {
		t.Fatalf("%+v", list)
	}
	if want := "- Action n°\u00a01\u00a0: Planter\n\n**Les thèmes**\n\n- Haies (apport\u00a0: 3\u00a0kt)\n\n- n°\u00a07\u00a0: Planter (porteur\u00a0: Le parc)"; list[1].Text != want {
		t.Errorf("%q", list[1].Text)
	}
}

// begun is a draft roadmap with one text.
func begun(t *testing.T, d *db.DB) (*roadmap.Room, composition.Composition, string) {
	t.Helper()
	now := func() time.Time { return time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC) }
	tree, err := territory.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	ids := db.NewIDs(now, rand.Reader)
	log := journal.New(ids, now, db.NewCursors([]byte("essai")))
	cops := &cop.Room{DB: d, IDs: ids, Now: now, Journal: log, Cursors: db.NewCursors([]byte("essai")), Random: rand.Reader}
	if err := cops.Load(t.Context(), data.FS, tree); err != nil {
		t.Fatal(err)
	}
	composed := &composition.Room{DB: d, IDs: ids, Now: now, Journal: log, COPs: cops}
	root, err := composed.Begin(t.Context(), team("44"), composition.Roadmap, cop.RegionID(cop.First, "44"), "", nil, true)
	if err != nil {
		t.Fatal(err)
	}
	blocks, err := composition.Blocks(t.Context(), d, root)
	if err != nil {
		t.Fatal(err)
	}
	return &roadmap.Room{DB: d, IDs: ids, Now: now, Journal: log, COPs: cops, Composed: composed}, root, blocks[0].ID
}
