package objectives

import (
	"slices"

	"jalon/internal/french"
	"jalon/internal/objective"
	"jalon/internal/panorama"
	"jalon/internal/territory"
	"jalon/internal/web/ui"
	"jalon/internal/web/wording"
)

// leverField lets the reader choose one lever, or all of them.
func leverField(all []objective.LeverClosure, lever string) ui.Field {
	f := ui.Field{ID: "levier", Label: "Levier", Type: "select", Options: []ui.Option{{Label: "Tous les leviers", Selected: lever == ""}}}
	for _, l := range all {
		f.Options = append(f.Options, ui.Option{Value: l.Lever.Code, Label: l.Lever.Name, Selected: l.Lever.Code == lever})
	}
	return f
}

// decimalsOf is how many decimals a table of closures shows.
func decimalsOf(all []objective.LeverClosure) int {
	var sum panorama.Kg
	for _, l := range all {
		if l.Region.Read.Known {
			sum += max(l.Region.Read.Kg, -l.Region.Read.Kg)
		}
	}
	return wording.TableDecimals(sum)
}

// closes counts the levers that close, those that do not, and those that cannot be
// read whole; apart is by how much the second are away from zero.
func closes(all []objective.LeverClosure) (shut, open, missing int, apart panorama.Kg) {
	for _, l := range all {
		switch {
		case !l.Gap.Known:
			missing++
		case l.Gap.Kg == 0:
			shut++
		default:
			open++
			apart += max(l.Gap.Kg, -l.Gap.Kg)
		}
	}
	return shut, open, missing, apart
}

// found is the title of a closure: what the reader learns first.
func found(who string, all []objective.LeverClosure) string {
	shut, open, _, apart := closes(all)
	switch {
	case shut+open == 0:
		return "aucun levier ne se répartit à cette échelle"
	case open == 0:
		return who + " bouclent avec la région, au kilogramme près, sur " + french.Integer(shut) + sp + french.Plural(shut, "levier", "leviers")
	}
	return french.Integer(open) + sp + french.Plural(open, "levier ne boucle pas", "leviers ne bouclent pas") + ", pour " + wording.Mass(apart) + " d’écart"
}

func (x place) figures(all []objective.LeverClosure) []ui.KeyFigure {
	shut, open, missing, apart := closes(all)
	gap := ui.KeyFigure{Label: "Leviers qui ne bouclent pas", Value: ui.Value{Text: french.Integer(open), Unit: french.Plural(open, "levier", "leviers")}, Meaning: "aucune autre valeur n’a été mise\u00a0: les parts suivent le panorama"}
	if open > 0 {
		gap.Meaning = "soit " + wording.Mass(apart) + " d’écart, sans compensation d’un levier à l’autre\u00a0; un écart se lit, il n’est pas corrigé"
	}
	return []ui.KeyFigure{
		{Label: "Leviers qui bouclent", Value: ui.Value{Text: french.Integer(shut), Unit: "sur" + sp + french.Integer(len(all))}, Meaning: "la somme est celle de la région, au kilogramme près"},
		gap,
		{Label: "Leviers sans somme", Value: ui.Value{Text: french.Integer(missing), Unit: french.Plural(missing, "levier", "leviers")}, Meaning: "une valeur manque au moins\u00a0: ce qui manque n’est jamais compté pour zéro"},
	}
}

// closingLine says a closure in one sentence of exact numbers.
func closingLine(l objective.LeverClosure, whole string, outside panorama.Amount) string {
	if !l.Gap.Known {
		return "La somme ne se lit pas pour ce levier" + sp + ": " + wording.Lower(l.Gap.Reason)
	}
	beside := ""
	if outside.Known {
		beside = "\u00a0; communes d’aucun CRTE" + sp + ": " + wording.Exact(outside.Kg)
	}
	s := whole + sp + ": " + wording.Exact(l.Sum.Kg) + beside + "\u00a0; région" + sp + ": " + wording.Exact(l.Region.Read.Kg) + "\u00a0; écart" + sp + ": " + french.Integer(int64(l.Gap.Kg)) + sp + "kg"
	if l.Gap.Kg == 0 {
		return s + ". Le compte est bon."
	}
	return s + "."
}

// makers names who made a gap.
func makers(l objective.LeverClosure) string {
	var out []string
	for _, c := range l.Makers() {
		sign := ""
		if c.Moved().Kg > 0 {
			sign = "+"
		}
		out = append(out, c.Territory.Name+" ("+sign+wording.Mass(c.Moved().Kg)+")")
	}
	return french.List(out)
}

// departments fills the page of a region beside its départements: all levers, or
// one with its map.
func (x place) departments(v *across, all []objective.LeverClosure, lever string) error {
	v.Filters = []ui.Field{leverField(all, lever)}
	v.Heading.Title = x.region.Name + sp + ": " + found("les départements", all)
	if x.region.Overseas {
		if _, open, _, _ := closes(all); open == 0 {
			v.Heading.Title = x.region.Name + sp + ": le département a les objectifs de la région"
		}
		v.Notices = append(v.Notices, ui.Alert{State: "info", Title: "Cette région n’a qu’un département", Text: "Il a le même territoire qu’elle\u00a0: ses objectifs sont les siens, et tout boucle tant que la COP ne lui en donne pas d’autres."})
	}
	if lever != "" {
		i := slices.IndexFunc(all, func(l objective.LeverClosure) bool { return l.Lever.Code == lever })
		if i < 0 {
			return unknownLever(lever)
		}
		x.oneLever(v, all[i], "Les départements ensemble", "département", panorama.Amount{}, wording.TableDecimals(all[i].Region.Read.Kg))
		v.Sections[0].Map = x.departmentMap(all[i])
		return nil
	}
	v.Figures = x.figures(all)
	divided, apart := x.apart(all, perimeterQuery(false))
	v.Sections = append(v.Sections, x.gaps(all, "départements", perimeterQuery(false))...)
	v.Sections = append(v.Sections, acrossSection{ID: "leviers", Title: "Levier par levier", Table: x.closureTable(divided, "Département"), Apart: apart, ApartOf: apartOf(apart, "entre les départements"),
		Lead: []string{"Chaque département a sa valeur quand la COP lui en a mis une, et sinon une part indicative de ce qui est lu pour la région, qui suit les parts du panorama. L’écart est la somme des départements moins la région."}})
	return nil
}

// closureTable is a region beside territories, a lever a line: the gap is near the
// lever, where a narrow screen still shows it.
func (x place) closureTable(all []objective.LeverClosure, what string) ui.Table {
	t := ui.Table{ID: "bouclage", Caption: "La région et chaque " + map[string]string{"Département": "département", "CRTE": "CRTE"}[what], Columns: []ui.Column{{Label: "Levier"}, {Label: "Région", Unit: "kt", Number: true}, {Label: "Écart", Unit: "kt", Number: true}}}
	if len(all) == 0 {
		return t
	}
	for _, c := range all[0].Cells {
		t.Columns = append(t.Columns, ui.Column{Label: c.Territory.Name, Unit: "kt", Number: true})
	}
	decimals := decimalsOf(all)
	for _, l := range all {
		open := public(l.Region)
		region := explained(amount(l.Region.Read, decimals), objective.Key(l.Lever.Code, "region:"+x.region.Code, x.cop.Cycle), l.Lever.ShortName+", "+x.region.Name, open)
		region.Sub = stateText(l.Region, true).Text
		gap := difference(l.Gap, decimals)
		if gap.Sub == "" && l.Gap.Known && l.Gap.Kg != 0 {
			gap.Sub = makers(l)
		}
		if what == "Département" {
			gap = explained(gap, objective.GapKey(l.Lever.Code, x.region.Code, x.cop.Cycle), "écart, "+l.Lever.ShortName, open && !slices.ContainsFunc(l.Cells, notPublic))
		}
		row := ui.Row{Cells: []ui.Cell{{Text: l.Lever.ShortName, Href: x.base() + x.query("levier", l.Lever.Code, "vue", perimeterQuery(what == "CRTE"))}, region, gap}}
		for _, c := range l.Cells {
			cell := explained(amount(c.Read, decimals), objective.Key(l.Lever.Code, c.Territory.Ref.String(), x.cop.Cycle), l.Lever.ShortName+", "+c.Territory.Name, open && public(c) && (what == "Département" || c.Objective == nil))
			cell.Mark = mark(c)
			if c.Objective != nil {
				cell.Sub = c.State.Name()
			}
			row.Cells = append(row.Cells, cell)
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// oneLever is the closure of one lever: a sentence of exact numbers, and a line for
// each territory.
func (x place) oneLever(v *across, l objective.LeverClosure, whole, what string, outside panorama.Amount, decimals int) {
	many := map[string]string{"département": "départements", "CRTE": "CRTE"}[what]
	title := l.Lever.Name + ", " + x.region.Name + sp + ": "
	switch {
	case !l.Gap.Known:
		title += "la somme des " + many + " ne se lit pas"
	case l.Gap.Kg == 0:
		title += "les " + many + " bouclent avec la région"
	default:
		title += "écart de " + wording.Mass(l.Gap.Kg) + " entre les " + many + " et la région"
	}
	v.Heading.Title = title
	s := acrossSection{ID: "un-levier", Title: l.Lever.Name, Lead: []string{closingLine(l, whole, outside)}}
	if made := makers(l); made != "" {
		s.Lead = append(s.Lead, "L’écart vient de "+made+".")
	}
	s.Table = ui.Table{ID: "territoires", Caption: "Chaque " + what, Columns: []ui.Column{{Label: wording.Upper(what), Wide: true}, {Label: "À ce jour", Unit: "kt", Number: true}, {Label: "État"}, {Label: "Part indicative", Unit: "kt", Number: true},
		{Label: "Écart apporté", Unit: "kt", Number: true}, {Label: "Proposé par le panorama", Unit: "kt", Number: true}}}
	open := public(l.Region)
	for _, c := range l.Cells {
		read := explained(amount(c.Read, decimals), objective.Key(l.Lever.Code, c.Territory.Ref.String(), x.cop.Cycle), c.Territory.Name, open && public(c) && (what != "CRTE" || c.Objective == nil))
		read.Mark = mark(c)
		offered := explained(amount(c.Offered, decimals), panorama.FigureKey(panorama.July, l.Lever.Code, c.Territory.Ref), c.Territory.Name+", proposé", what != "CRTE")
		s.Table.Rows = append(s.Table.Rows, ui.Row{Cells: []ui.Cell{{Text: c.Territory.Name, Href: c.Territory.Path + "/objectifs"}, read, stateText(c, false), amount(c.Part, decimals), moved(c, decimals), offered}})
	}
	s.Table.Foot = []ui.Row{{Cells: []ui.Cell{{Text: "Ensemble"}, amount(l.Sum, decimals), {}, {}, difference(l.Gap, decimals), {}}},
		{Cells: []ui.Cell{{Text: x.region.Name}, amount(l.Region.Read, decimals), stateText(l.Region, true), {}, {}, amount(l.Region.Offered, decimals)}}}
	v.Sections = append(v.Sections, s)
}

func (x place) departmentMap(l objective.LeverClosure) *ui.Map {
	if x.region.Overseas {
		return nil // one territory is no map
	}
	var all []spread
	for _, c := range l.Cells {
		all = append(all, spread{Code: c.Territory.Ref.Code, Name: c.Territory.Name, Href: c.Territory.Path + "/objectifs", Amount: c.Read, Mark: mark(c)})
	}
	return mapOf("carte", l.Lever.Name+sp+": ce qui est lu pour chaque département", "territoires", true, all)
}

// perimeters fills the page of a region beside its CRTE.
func (x place) perimeters(v *across, all objective.Perimeters, lever string) error {
	var levers []objective.LeverClosure
	for _, l := range all.Levers {
		levers = append(levers, l.LeverClosure)
	}
	v.Filters = []ui.Field{leverField(levers, lever)}
	if len(all.Zones) == 0 {
		v.Heading.Title, v.Filters = x.region.Name+sp+": aucun CRTE n’est enregistré dans la région", nil
		v.Empty = ui.Empty{Title: "Aucun CRTE en vigueur ne touche cette région", Text: "Un contrat pour la réussite de la transition écologique réunit des communes. L’opérateur de cette installation en crée un, ou en importe une liste\u00a0; le bouclage se lit alors ici.", Action: ui.Link{Label: "Les périmètres", Href: "/perimetres"}}
		return nil
	}
	v.Heading.Title = x.region.Name + sp + ": " + found("les CRTE et les communes qui n’en ont pas", levers)
	if lever != "" {
		i := slices.IndexFunc(all.Levers, func(l objective.PerimeterClosure) bool { return l.Lever.Code == lever })
		if i < 0 {
			return unknownLever(lever)
		}
		l, decimals := all.Levers[i], wording.TableDecimals(all.Levers[i].Region.Read.Kg)
		x.oneLever(v, l.LeverClosure, "Les CRTE ensemble, chaque commune une fois", "CRTE", l.Outside, decimals)
		v.Sections[0].Table.Foot = slices.Insert(v.Sections[0].Table.Foot, 1, ui.Row{Cells: []ui.Cell{{Text: "Communes d’aucun CRTE"}, amount(l.Outside, decimals), {}, {}, {}, {}}})
		v.Sections[0].Table.Foot[0].Cells[0].Sub = "chaque commune une fois"
		v.Sections = append(v.Sections, x.overlaps(all, &l))
		return nil
	}
	v.Figures = x.figures(levers)
	divided, apart := x.apart(levers, perimeterQuery(true))
	v.Sections = append(v.Sections, x.gaps(levers, "CRTE", perimeterQuery(true))...)
	v.Sections = append(v.Sections, acrossSection{ID: "leviers", Title: "Levier par levier", Table: x.closureTable(divided, "CRTE"), Apart: apart, ApartOf: apartOf(apart, "entre les CRTE"),
		Lead: []string{"Un CRTE (contrat pour la réussite de la transition écologique, signé par des intercommunalités avec l’État) compte la part de ses communes qui est dans la région. Une commune de deux CRTE compte une fois dans la somme\u00a0; l’écart est la somme des CRTE, plus les communes d’aucun, moins la région."}},
		x.overlaps(all, nil))
	return nil
}

// mostOverlaps bounds what one page names of overlaps.
const mostOverlaps = 40

// overlaps names the communes that two CRTE hold, and counts those that none does,
// with what they weigh for a lever.
func (x place) overlaps(all objective.Perimeters, l *objective.PerimeterClosure) acrossSection {
	s := acrossSection{ID: "recouvrements", Title: "Ce qui se recouvre, ce qui reste dehors"}
	tree := x.m.Tree()
	// The largest first, and no more than a reader reads.
	widest := make([]int, len(all.Twice))
	for i := range widest {
		widest[i] = i
	}
	slices.SortStableFunc(widest, func(a, b int) int { return len(all.Twice[b].Communes) - len(all.Twice[a].Communes) })
	for _, i := range widest[:min(mostOverlaps, len(widest))] {
		a := all.Twice[i]
		var names []string
		for _, z := range a.In {
			names = append(names, all.Zones[z].Name)
		}
		line := french.List(names) + sp + ": " + wording.Communes(tree, a.Communes, 8)
		if l != nil && l.Twice[i].Known {
			line += ", soit " + wording.Mass(l.Twice[i].Kg) + " qui ne " + "compte qu’une fois"
		}
		s.List = append(s.List, line+".")
	}
	if n := len(widest) - mostOverlaps; n > 0 {
		s.List = append(s.List, "Et "+french.Integer(n)+sp+french.Plural(n, "autre recouvrement, plus petit", "autres recouvrements, plus petits")+", comptés comme les premiers.")
	}
	if len(all.Twice) == 0 {
		s.Lead = append(s.Lead, "Aucune commune n’est dans deux CRTE.")
	} else if l != nil && l.CountedTwice.Known {
		s.Lead = append(s.Lead, "Additionner les CRTE compterait "+wording.Mass(l.CountedTwice.Kg)+" en trop.")
	}
	out := "Toutes les communes de la région sont dans un CRTE."
	if n := len(all.Outside.Communes); n > 0 {
		out = french.Integer(n) + sp + french.Plural(n, "commune n’est dans aucun CRTE", "communes ne sont dans aucun CRTE")
		if l != nil && l.Outside.Known {
			out += "\u00a0: " + wording.Mass(l.Outside.Kg)
		}
		out += ", par exemple " + wording.Communes(tree, all.Outside.Communes, 5) + "."
	}
	s.Lead = append(s.Lead, out)
	for i, z := range all.Zones {
		if beyond := len(z.Communes) - len(all.Inside[i]); beyond > 0 {
			s.List = append(s.List, z.Name+sp+": "+french.Integer(beyond)+sp+french.Plural(beyond, "de ses communes est", "de ses communes sont")+" dans une autre région, où "+french.Plural(beyond, "elle compte", "elles comptent")+".")
		}
	}
	return s
}

// leversSection is what is read for one territory, lever by lever; who may write
// there is led to the desk.
func (x place) leversSection(cells []leverCell, ref territory.Ref, whose string, write bool) acrossSection {
	s := acrossSection{ID: "leviers", Title: "Levier par levier", Lead: []string{"«\u00a0À ce jour\u00a0» est ce que la COP a partagé, sinon ce qui se discute si vous pouvez le lire, sinon la part indicative du territoire. Sans autre valeur mise par la COP, une part est indicative\u00a0: elle suit, au kilogramme près, les parts que le panorama donne à ce territoire."}}
	t := ui.Table{ID: "objectifs", Caption: "Les objectifs " + whose, Columns: []ui.Column{{Label: "Levier"}, {Label: "À ce jour", Unit: wording.Kilotonnes, Number: true}, {Label: "État"},
		{Label: "Écart à sa part", Unit: "kt", Number: true}, {Label: "Proposé par le panorama", Unit: "kt", Number: true}, {Label: "Région, à ce jour", Unit: "kt", Number: true}}}
	none := ui.Table{ID: "sans-part" + "-" + x.region.Slug, Caption: "Les leviers sans valeur " + whose, Columns: []ui.Column{{Label: "Levier"}, {Label: "Région, à ce jour", Unit: "kt", Number: true}, {Label: "Pourquoi", Wide: true}}}
	if write {
		t.Columns = append(t.Columns, ui.Column{Label: "Au bureau"})
		none.Columns = append(none.Columns, ui.Column{Label: "Au bureau"})
	}
	var sum panorama.Kg
	for _, c := range cells {
		if c.cell.Read.Known {
			sum += c.cell.Read.Kg
		}
	}
	decimals := wording.TableDecimals(sum)
	for _, c := range cells {
		lever, open := c.lever.Lever, public(c.lever.Region)
		read := explained(amount(c.cell.Read, decimals), objective.Key(lever.Code, ref.String(), x.cop.Cycle), lever.ShortName, open && public(c.cell) && (ref.Scale != territory.Perimeter || c.cell.Objective == nil))
		if read.Mark = mark(c.cell); c.cell.Objective != nil && c.cell.Read.Known {
			v := c.cell.Objective.Value
			if c.cell.State == objective.Shared {
				v = c.cell.Objective.SharedValue
			}
			if v.Level.Known {
				read.Sub = v.LevelText()
			}
		}
		region := explained(amount(c.lever.Region.Read, decimals), objective.Key(lever.Code, "region:"+x.region.Code, x.cop.Cycle), lever.ShortName+", "+x.region.Name, open)
		region.Sub = stateText(c.lever.Region, true).Text
		offered := explained(amount(c.cell.Offered, decimals), panorama.FigureKey(panorama.July, lever.Code, ref), lever.ShortName+", proposé", true)
		row := ui.Row{Cells: []ui.Cell{{Text: lever.ShortName, Href: wording.LeverPath(lever.Code)}, read, stateText(c.cell, false), apartFromPart(c.cell, decimals), offered, region}}
		without := c.cell.Objective == nil && !c.cell.Read.Known && !c.cell.Offered.Known
		if without {
			row.Cells = []ui.Cell{row.Cells[0], region, {Text: wording.Upper(c.cell.Read.Reason)}}
		}
		if write {
			row.Cells = append(row.Cells, ui.Cell{Text: "Discuter", Href: x.cop.Path() + "/bureau/objectifs/" + placeWord(ref) + "/" + lever.Code, Name: lever.ShortName})
		}
		if without {
			none.Rows = append(none.Rows, row)
		} else {
			t.Rows = append(t.Rows, row)
		}
	}
	s.Table, s.Apart, s.ApartOf = t, none, apartOf(none, "jusqu’à ce territoire")
	return s
}
