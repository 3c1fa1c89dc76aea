package document

import (
	"fmt"
	"strings"
	"testing"

	"jalon/internal/office"
)

// slidesOf counts those of a deck.
func slidesOf(t *testing.T, d Document) int {
	t.Helper()
	n := 0
	for name := range parts(t, rendered(t, "pptx", d)) {
		if strings.HasPrefix(name, "ppt/slides/slide") {
			n++
		}
	}
	return n
}

// A short table under words takes smaller letters before it leaves its last row
// alone on another slide.
func TestATableStaysWithItsWords(t *testing.T) {
	table := Table{Caption: "Mentions", Columns: []Column{{Label: "Mention"}, {Label: "Ce qu’elle veut dire"}}}
	for i := range 8 {
		table.Rows = append(table.Rows, []Cell{{Text: fmt.Sprintf("Mention %d", i)}, {Text: "personne ne l’a donné ou rien ne le mesure"}})
	}
	words := List{}
	for range 8 {
		words.Items = append(words.Items, Plain("Une règle de lecture, en une ligne."))
	}
	alone := Document{Title: "T", Parts: []Part{{ID: "a", Title: "A", Blocks: []Block{words}}}}
	with := Document{Title: "T", Parts: []Part{{ID: "a", Title: "A", Blocks: []Block{words, table}}}}
	if a, b := slidesOf(t, alone), slidesOf(t, with); a != b {
		t.Errorf("%d slides without the table, %d with it", a, b)
	}
}

// A column of sentences breaks its lines before a name or a number does.
func TestAColumnHoldsWhatItIsMadeFor(t *testing.T) {
	table := Table{Columns: []Column{{Label: "Levier"}, {Label: "Objectif", Unit: "ktCO₂e par an", Number: true}, {Label: "En 2019", Number: true}, {Label: "En 2030", Number: true}, {Label: "Unité du levier"}}, Rows: [][]Cell{
		{{Text: "Logements\u00a0: sobriété et isolation"}, {Text: "616,5"}, {Text: "46,97"}, {Text: "+1\u202f055 depuis 2019"}, {Text: "milliers d’hectares d’espaces naturels, agricoles ou forestiers artificialisés par an, hors routes et voies ferrées"}}}}
	for _, size := range []float64{smallTable, tableText} {
		g := sheet{size: size, widths: table.columnWidths(office.Body().W, size)}
		for i, c := range table.Rows[0][:4] {
			if lines := g.wrap(sheetCell{text: c.Text, bold: i == 0}, i); len(lines) != 1 {
				t.Errorf("at %v: %q", size, lines)
			}
		}
	}
}
