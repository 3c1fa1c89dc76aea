package panoramas

import (
	"cmp"

	"jalon/internal/framework"
	"jalon/internal/french"
	"jalon/internal/panorama"
	"jalon/internal/web/ui"
	"jalon/internal/web/wording"
)

// partsTable shows the pieces of a territory that lies in several regions.
func (b *builder) partsTable() *ui.Table {
	if len(b.p.Parts) < 2 {
		return nil
	}
	t := ui.Table{ID: "parties", Caption: "Ce territoire s’étend sur plusieurs régions\u00a0: la part de chacune"}
	t.Columns = []ui.Column{{Label: "Région"}, {Label: "Objectif réparti", Unit: wording.Kilotonnes, Number: true}, {Label: "Leviers répartis", Number: true}}
	decimals := wording.TableDecimals(b.p.Total.Kg)
	for _, part := range b.p.Parts {
		row := ui.Row{Cells: []ui.Cell{{Text: part.Name}, {Text: french.Kt(int64(part.Total.Kg), decimals), Exact: wording.Exact(part.Total.Kg)}, {Text: french.Integer(part.Total.Known)}}}
		if part.Total.Known == 0 {
			row.Cells[1] = ui.Cell{Missing: "Aucun levier ne se répartit dans cette partie du territoire."}
		}
		if x, err := b.m.Tree().Lookup(part.Region); err == nil {
			row.Cells[0].Href = wording.PanoramaPath(x)
		}
		t.Rows = append(t.Rows, row)
	}
	t.Foot = []ui.Row{{Cells: []ui.Cell{{Text: "Ensemble"}, {Text: french.Kt(int64(b.p.Total.Kg), decimals), Exact: wording.Exact(b.p.Total.Kg)}, {Text: french.Integer(b.p.Total.Known)}}}}
	return &t
}

// methodsTable sets beside our division the State's second method, from the
// emissions of the EPCI, where these were imported.
func (b *builder) methodsTable() (*ui.Table, string) {
	t := ui.Table{ID: "deux-methodes", Caption: "Deux méthodes pour le même objectif"}
	t.Columns = []ui.Column{
		{Label: "Levier"},
		{Label: "Par la clé", Unit: wording.Kilotonnes, Number: true},
		{Label: "Par les émissions", Unit: wording.Kilotonnes, Number: true},
		{Label: "Part du levier dans la baisse", Unit: "%", Number: true},
	}
	decimals := wording.TableDecimals(b.p.Total.Kg)
	var sum panorama.Kg
	apart, some := false, false
	for i := range b.p.Lines {
		l := &b.p.Lines[i]
		e := l.Emissions
		if e == nil {
			continue
		}
		row := ui.Row{Cells: []ui.Cell{b.leverCell(l),
			amountCell(l.Objective, decimals), amountCell(e.Amount, decimals), percentCell(*e)}}
		row.Cells[1].Mark = wording.MarkOf(l.State)
		if l.State == panorama.Unallocated {
			row.Cells[1].Mark = ui.Plain
		}
		switch {
		case !e.InTotal:
			apart, row.Cells[0].Sub = true, "à part, hors du total"
		case e.Amount.Known:
			sum += e.Amount.Kg
			some = true
		}
		t.Rows = append(t.Rows, row)
	}
	for _, beside := range b.p.Beside {
		if e := beside.Share; e.InTotal && e.Amount.Known {
			sum += e.Amount.Kg
			some = true
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{
			{Text: beside.Lever.Name, Href: wording.LeverPath(beside.Lever.Code), Sub: "un seul levier dans cette méthode"},
			{Missing: "Cette méthode réunit ici plusieurs leviers en un seul\u00a0: sa part ne se divise pas entre eux."},
			amountCell(beside.Share.Amount, decimals), percentCell(beside.Share)}})
	}
	if len(t.Rows) == 0 {
		return nil, ""
	}
	if some {
		t.Foot = []ui.Row{{Cells: []ui.Cell{{Text: "Total des leviers connus", Sub: "hors énergie"},
			{}, {Text: french.Kt(int64(sum), decimals), Exact: wording.Exact(sum)}, {}}}}
	}
	if apart {
		return &t, "Les leviers de l’énergie sont montrés à part\u00a0: leur pourcentage se rapporte à la branche énergie, et n’entre dans aucun total."
	}
	return &t, ""
}

// percentCell is the lever's part in the fall of a sector, or of the sub-sectors
// that it names.
func percentCell(s panorama.EmissionShare) ui.Cell {
	c := ui.Cell{Text: french.Significant(s.Percent, 3)}
	if names := panorama.SubsectorNames(s.Subsector); names != "" {
		c.Sub = names
	}
	return c
}

func amountCell(a panorama.Amount, decimals int) ui.Cell {
	if !a.Known {
		return ui.Cell{Missing: a.Reason}
	}
	return ui.Cell{Text: french.Kt(int64(a.Kg), decimals), Exact: wording.Exact(a.Kg)}
}

// importedTable sets published values beside ours with the gap: closure is
// reported, not forced.
func (b *builder) importedTable() *ui.Table {
	t := ui.Table{ID: "publie-ailleurs", Caption: "Valeurs publiées pour ce territoire, à côté de celles de Jalon"}
	t.Columns = []ui.Column{
		{Label: "Levier"},
		{Label: "Publié", Unit: wording.Kilotonnes, Number: true},
		{Label: "Ordre de grandeur publié", Number: true},
		{Label: "Jalon", Unit: wording.Kilotonnes, Number: true},
		{Label: "Écart (Jalon − publié)", Unit: wording.Kilotonnes, Number: true},
		{Label: "Ordre de grandeur publié"},
		{Label: "Édition et source", Wide: true},
	}
	decimals := wording.TableDecimals(b.p.Total.Kg)
	for i := range b.p.Lines {
		l := &b.p.Lines[i]
		for _, v := range l.Imported {
			source := v.Source
			if v.Edition != "" {
				source = v.Edition + " – " + source
			}
			gap := amountCell(v.Gap, decimals)
			if v.Gap.Known && v.Gap.Kg > 0 {
				gap.Text = "+" + gap.Text
			}
			level := ui.Cell{Missing: v.Level.Reason}
			if v.Level.Known {
				level = ui.Cell{Text: french.Significant(v.Level.V, 6) + french.NoBreak + v.Unit}
			}
			t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{
				b.leverCell(l),
				{Text: french.Kt(int64(v.Kg), decimals), Exact: wording.Exact(v.Kg)}, levelCell(v),
				amountCell(l.Objective, decimals), gap, level, {Text: source},
			}})
		}
	}
	if len(t.Rows) == 0 {
		return nil
	}
	return &t
}

// levelCell is the equivalent that its publisher gives beside an objective.
func levelCell(v panorama.PublishedValue) ui.Cell {
	if !v.Level.Known {
		return ui.Cell{Missing: cmp.Or(v.Level.Reason, "Publié sans ordre de grandeur.")}
	}
	return ui.Cell{Text: plain(v.Level.V), Sub: v.Unit}
}

// axes lists the levers of the other axes: they have national targets, and no
// regional value yet.
func axes(fw *framework.Framework) []ui.Table {
	var out []ui.Table
	levers := append(fw.Levers(framework.March2025), fw.Levers(framework.Adaptation)...)
	for _, a := range fw.Axes() {
		if a.Code == "attenuation" {
			continue
		}
		t := ui.Table{ID: "axe-" + a.Code, Caption: a.Name, CaptionHidden: true}
		t.Columns = []ui.Column{{Label: "Levier"}, {Label: "Cible nationale", Wide: true}, {Label: "Dans ce territoire"}}
		for _, l := range levers {
			if !contains(l.Axes, a.Code) {
				continue
			}
			t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{
				{Text: l.Name, Href: wording.LeverPath(l.Code), Sub: l.Gloss}, targetCell(fw.Targets(l.Code)), {Text: "pas encore de valeur régionale"}}})
		}
		if len(t.Rows) > 0 {
			out = append(out, t)
		}
	}
	return out
}

func targetCell(targets []framework.Target) ui.Cell {
	if len(targets) == 0 {
		return ui.Cell{Missing: "Les plans nationaux lus par Jalon ne donnent pas de cible chiffrée à ce levier."}
	}
	c := ui.Cell{Text: targets[0].Text}
	for _, t := range targets[1:] {
		c.Sub += t.Text + " "
	}
	return c
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}
