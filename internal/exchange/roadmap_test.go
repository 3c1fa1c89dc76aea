package exchange

import (
	"bytes"
	"testing"

	"github.com/xuri/excelize/v2"

	"jalon/internal/document"
)

// The workbook of an edition is frozen with it: made again, it is the same bytes, its
// head is styled and its numbers are numbers.
func TestARoadmapIsTheSameWorkbookEachTime(t *testing.T) {
	table := func(id string) document.Table {
		return document.Table{ID: id, Columns: []document.Column{{Label: "Levier"}, {Label: "Apport", Unit: "kt", Number: true}},
			Rows: [][]document.Cell{{{Text: "Haies"}, {Text: "4,5"}}, {{Text: "Vélo"}, {Missing: "pas encore chiffré"}}}}
	}
	d := document.Document{Title: "Feuille de route", Parts: []document.Part{{Title: "Tout", Blocks: []document.Block{table("objectifs-partages"), table("couverture"), table("a-financer"), table("freins-nationaux")}}}}
	first, err := RoadmapBook(d)
	if err != nil {
		t.Fatal(err)
	}
	for range 12 {
		again, err := RoadmapBook(d)
		if err != nil || !bytes.Equal(first, again) {
			t.Fatalf("other bytes, %v", err)
		}
	}
	f, err := excelize.OpenReader(bytes.NewReader(first))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := f.GetRows("Couverture", excelize.Options{RawCellValue: true})
	if err != nil || len(rows) != 3 || rows[0][1] != "Apport (kt)" || rows[1][1] != "4.5" || rows[2][1] != "– (pas encore chiffré)" {
		t.Errorf("%q %v", rows, err)
	}
	if style, err := f.GetCellStyle("Couverture", "A1"); err != nil || style == 0 {
		t.Errorf("the head has style %d, %v", style, err)
	}
}
