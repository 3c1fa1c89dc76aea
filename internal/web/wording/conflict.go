package wording

import "jalon/internal/web/ui"

// Both is the table of what is kept and what was typed, where they differ: what the
// second writer of a thing compares.
func Both(kept, typed []ui.Field) ui.Table {
	t := ui.Table{ID: "deux-versions", Caption: "Ce qui est enregistré, et ce que vous avez écrit", Columns: []ui.Column{{Label: "Champ"}, {Label: "Enregistré", Wide: true}, {Label: "Le vôtre", Wide: true}}}
	for i := range kept {
		if a, b := saidBy(kept[i]), saidBy(typed[i]); a != b {
			t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: kept[i].Label}, {Text: a}, {Text: b}}})
		}
	}
	return t
}

func saidBy(f ui.Field) string {
	for _, o := range f.Options {
		if o.Selected {
			return o.Label
		}
	}
	return f.Value
}
