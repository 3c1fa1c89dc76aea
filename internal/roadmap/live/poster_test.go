package live

import (
	"strconv"
	"testing"

	"jalon/internal/document"
)

// A poster holds what stands on one sheet, counts what it leaves out, writes nothing
// else, and leaves out what the edition left out.
func TestAPosterHoldsOneSheet(t *testing.T) {
	actions := func(id string, n int) document.Table {
		x := document.Table{ID: id, Caption: "Thème " + id, Columns: make([]document.Column, 6)}
		for i := range n {
			x.Rows = append(x.Rows, []document.Cell{{Text: strconv.Itoa(i + 1)}, {Text: "Action", Href: "/edition/actions/" + strconv.Itoa(i)}, {Text: "Porteur"}, {}, {}, {}})
		}
		return x
	}
	cover := document.Table{ID: "couverture", Columns: []document.Column{{Label: "Levier"}, {Label: "Objectif"}, {Label: "Fait"}, {Label: "Attendu"}, {Label: "Entre"}}}
	for i := range 30 {
		cover.Rows = append(cover.Rows, []document.Cell{{Text: "levier " + strconv.Itoa(i)}, {Text: "1"}, {Text: "2"}, {Missing: "aucune"}, {Text: "4"}})
	}
	k := &Kept{Frozen: document.Frozen{Document: document.Document{Title: "Feuille de route", Parts: []document.Part{
		{ID: "preface/essentiel", Title: "L’essentiel", Blocks: []document.Block{document.KeyFigures{}}},
		{ID: "plan/themes", Title: "Le plan", Blocks: []document.Block{document.Para("x"), actions("theme-1", 9), actions("theme-2", 1), actions("theme-3", 4), actions("theme-4", 5), actions("theme-5", 1), actions("theme-6", 1)}},
		{ID: "couverture/leviers", Title: "La couverture", Blocks: []document.Block{document.Chart{}, cover}},
		{ID: "besoins/financement", Title: "Il manque", Blocks: []document.Block{document.Para("x"), document.KeyFigures{}}},
		{ID: "suivi/modalites", Title: "Qui suit", Blocks: []document.Block{document.Quote{Title: "Pas encore de donnée à montrer ici"}}},
		{ID: "suivi/prochaine-cop", Title: "La suite", Blocks: []document.Block{document.List{Items: [][]document.Span{{{Text: "L’eau"}, {Text: " : beaucoup de mots"}}}}, document.Para("x")}},
		{ID: "texte", Title: "Un mot", Blocks: []document.Block{document.Para("long")}},
	}}}}
	d := k.Poster()
	var ids []string
	for _, p := range d.Parts {
		ids = append(ids, p.ID)
	}
	want := []string{"preface/essentiel", "besoins/financement", "plan/themes/theme-1", "plan/themes/theme-2", "plan/themes/theme-3", "plan/themes/theme-4", "couverture/leviers", "suivi/prochaine-cop"}
	if !d.Poster || len(ids) != len(want) {
		t.Fatalf("parts %v", ids)
	}
	for i := range want {
		if ids[i] != want[i] {
			t.Fatalf("parts %v, not %v", ids, want)
		}
	}
	l := d.Parts[2].Blocks[0].(document.List)
	if len(l.Items) != posterActions+1 || l.Items[0][0].Href != "/edition/actions/0" || l.Items[posterActions][0].Text != "et 5\u00a0autres actions" {
		t.Errorf("the first theme: %+v", l.Items)
	}
	if last := d.Parts[5].Blocks; len(last) != 2 || last[1].(document.Text).Spans[0].Text != "Et 2\u00a0autres thèmes, dans la feuille de route entière." {
		t.Errorf("themes left out: %+v", last)
	}
	table := d.Parts[6].Blocks[0].(document.Table)
	if len(table.Rows) != posterRows || len(table.Columns) != 3 || table.Rows[0][2].Missing != "aucune" || table.Note != "Et 23\u00a0autres lignes, dans la feuille de route entière." {
		t.Errorf("coverage: %+v", table)
	}
	if next := d.Parts[7].Blocks; len(next) != 1 || len(next[0].(document.List).Items[0]) != 1 {
		t.Errorf("subjects: %+v", next)
	}
	if len(k.Document.Parts) != 7 || len(k.Document.Parts[2].Blocks[1].(document.Table).Rows) != 30 {
		t.Error("the edition itself changed")
	}
	if empty := (&Kept{}).Poster(); len(empty.Parts) != 0 {
		t.Error("a poster of nothing")
	}
}
