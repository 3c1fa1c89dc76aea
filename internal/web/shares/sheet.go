package shares

import (
	"net/http"
	"slices"
	"strings"

	"jalon/internal/action"
	"jalon/internal/action/coverage"
	"jalon/internal/cop"
	"jalon/internal/french"
	"jalon/internal/objective"
	"jalon/internal/panorama"
	"jalon/internal/policy"
	"jalon/internal/web/sections"
	"jalon/internal/web/ui"
	"jalon/internal/web/wording"
)

func (d Deps) department(w http.ResponseWriter, r *http.Request) error {
	x, err := d.ofDepartment(r)
	if err != nil {
		return err
	}
	return d.sheet(w, r, x)
}

func (d Deps) perimeter(w http.ResponseWriter, r *http.Request) error {
	x, err := d.ofPerimeter(r)
	if err != nil {
		return err
	}
	return d.sheet(w, r, x)
}

// sheet is the page that is printed for a meeting: two or three sheets of A4.
func (d Deps) sheet(w http.ResponseWriter, r *http.Request, x share) error {
	v := sections.View{Heading: ui.Heading{Overline: "Fiche de territoire, pour une réunion", Title: x.p.Territory.Name + nb + ": " + x.finding(),
		Scope: []string{x.cop.Name, "au " + french.Day(x.today), "ktCO₂e par an en 2030, par rapport à 2019", "parts indicatives"}}}
	if x.private {
		v.Notices = append(v.Notices, ui.Alert{State: "info", Title: "Cette fiche montre aussi ce qui est encore discuté", Text: "Ne la distribuez qu’à ceux qui y travaillent. Le public y lit ce que les deux têtes ont partagé, et ailleurs ce que le panorama propose."})
	}
	if x.p.SameAs != "" {
		v.Notices = append(v.Notices, ui.Alert{State: "info", Title: "Ce département est aussi une région", Text: "Sa part est celle de la région, tout entière."})
	}
	v.Parts = append(v.Parts, x.levers())
	for _, s := range []struct {
		id, title, none string
		states          []action.State
	}{
		{"retenues", "Les actions retenues ici", "Aucune action retenue n’a lieu ici.", []action.State{action.Retained}},
		{"en-debat", "Les actions proposées ou en débat ici", "Aucune action proposée ou en débat, que vous puissiez lire, n’a lieu ici.", []action.State{action.Proposed, action.Qualified, action.Debated, action.Retaining}},
	} {
		p, err := d.there(r, x, action.Filter{States: s.states, Order: action.ByTitle})
		if err != nil {
			return err
		}
		v.Parts = append(v.Parts, x.actions(s.id, s.title, s.none, p))
	}
	v.Parts = append(v.Parts, x.gaps())
	next, err := d.next(r, x)
	if err != nil {
		return err
	}
	v.Parts = append(v.Parts, next, x.without(), rules())
	v.Foot = ui.Source{Text: "panorama de l’État, juillet 2024" + nb + "; objectifs partagés et actions de la COP" + nb + "; séries observées.", Print: true}
	base := "/departements/" + x.p.Territory.Ref.Code
	if x.free != nil {
		base = "/perimetres/" + x.free.ID
		for _, ref := range x.regions {
			if ref.Code == x.region.Code {
				continue
			}
			other, err := x.m.Tree().Region(ref.Code)
			if err != nil {
				return err
			}
			v.Foot.Sources = append(v.Foot.Sources, ui.Link{Label: "La part qui est en " + other.Name, Href: base + "/fiche?region=" + other.Code})
		}
	} else {
		v.Foot.Sources = append(v.Foot.Sources, ui.Link{Label: "La couverture du département", Href: base + "/couverture"})
		if policy.Can(x.actor, policy.Read, x.deskThing()) {
			v.Foot.Sources = append(v.Foot.Sources, ui.Link{Label: "Le bureau du département", Href: base + "/bureau/partage"})
		}
	}
	v.Foot.Sources = append(v.Foot.Sources, ui.Link{Label: "Les objectifs ici", Href: base + "/objectifs"}, ui.Link{Label: "Le bouclage de la région", Href: "/regions/" + x.region.Slug + "/objectifs/bouclage"})
	return sections.Show(d.Shell, w, r, http.StatusOK, v, x.private, append(x.trail, ui.Link{Label: "Fiche"})...)
}

func (x share) finding() string {
	t := x.Total
	switch {
	case t.Objective <= 0:
		return "aucun objectif n’est connu"
	case t.Actions == 0:
		return "aucune action retenue et chiffrée ne répond encore à une part de " + wording.Mass(t.Objective)
	}
	return wording.Mass(t.Planned.Central) + " attendues d’actions retenues, sur une part indicative de " + wording.Mass(t.Objective)
}

// mass is a figure that leads to where it comes from.
func mass(kg panorama.Kg, decimals int, key, name string) ui.Cell {
	c := ui.Cell{Text: french.Number(kg.Kt(), decimals), Exact: wording.Exact(kg), Name: name}
	if key != "" {
		c.Explain = wording.FigurePath(key)
	}
	return c
}

// levers are the parts of objectives beside what covers them.
func (x share) levers() sections.Part {
	decimals := wording.TableDecimals(x.Total.Objective)
	part := sections.Part{ID: "parts", Title: "Part indicative de l’objectif, levier par levier", Lead: "Une part indicative ne s’impose à personne" + nb + ": elle dit l’ordre de grandeur de ce qui revient à ce territoire pour que l’objectif de la région soit atteint. Le plus à trouver d’abord."}
	t := ui.Table{ID: "parts-tableau", Caption: "Part de l’objectif, déjà fait, attendu et reste, par levier", CaptionHidden: true, Columns: []ui.Column{{Label: "Levier", Wide: true}, {Label: "Part de l’objectif", Unit: wording.Kilotonnes, Number: true},
		{Label: "Déjà fait", Unit: wording.Kilotonnes, Number: true}, {Label: "Attendu des actions", Unit: wording.Kilotonnes, Number: true}, {Label: "Reste à trouver", Unit: wording.Kilotonnes, Number: true}, {Label: "Actions", Number: true}}}
	for _, c := range x.byGap() {
		if apart(c) {
			continue
		}
		name := c.Line.Lever.ShortName
		row := []ui.Cell{{Text: name, Href: "/regions/" + x.region.Slug + "/couverture/" + c.Line.Lever.Code}}
		if !c.Objective.Known {
			row = append(row, ui.Cell{Missing: c.Objective.Reason})
		} else {
			o := mass(c.Objective.Kg, decimals, c.Objective.Key, name+", part de l’objectif")
			o.Sub = x.origin(c.Line.Lever.Code)
			row = append(row, o)
		}
		if !c.Done.Kg.Known {
			row = append(row, ui.Cell{Missing: c.Done.Kg.Reason})
		} else {
			row = append(row, mass(c.Done.Kg.Kg, decimals, c.Done.Key(), name+", déjà fait"))
		}
		if c.Planned.Actions == 0 {
			row = append(row, ui.Cell{Missing: "Aucune action retenue et chiffrée ici."})
		} else {
			key := ""
			if x.free == nil {
				key = coverage.Key(c.Line.Lever.Code, x.p.Territory.Ref, coverage.PlannedIs)
			}
			row = append(row, mass(c.Planned.Kg.Central, decimals, key, name+", attendu des actions"))
		}
		if !c.Rest.Known {
			row = append(row, ui.Cell{Missing: c.Rest.Reason})
		} else {
			rest := mass(c.Rest.Central, decimals, x.key(c.Line.Lever.Code, coverage.RestIs), name+", reste à trouver")
			switch {
			case c.Rest.Central <= 0:
				rest.Sub = "part dépassée"
			case c.Rest.WithoutDone:
				rest.Sub = "sans le déjà fait"
			}
			row = append(row, rest)
		}
		count := ui.Cell{Text: french.Integer(int(c.Planned.Actions + c.Planned.Qualitative + c.Planned.Unassessed))}
		if n := c.Planned.Regional.Actions; n > 0 {
			count.Sub = french.Integer(int(n)) + nb + "sans part dite ici"
		}
		t.Rows = append(t.Rows, ui.Row{Cells: append(row, count)})
	}
	if x.Total.Levers > 0 {
		total := x.Total
		done := ui.Cell{Missing: "Aucune série ne dit ce qui est déjà fait."}
		if total.Measured > 0 {
			done = mass(total.Done, decimals, x.key(coverage.AllLevers, coverage.DoneIs), "ensemble, déjà fait")
			done.Sub = "sur " + french.Integer(total.Measured) + nb + french.Plural(total.Measured, "levier", "leviers")
		}
		planned := ui.Cell{Missing: "Aucune action retenue et chiffrée ici."}
		if total.Actions > 0 {
			planned = mass(total.Planned.Central, decimals, x.key(coverage.AllLevers, coverage.PlannedIs), "ensemble, attendu des actions")
		}
		gap := mass(total.Gap, decimals, x.key(coverage.AllLevers, coverage.GapIs), "ensemble, reste à trouver")
		gap.Sub = "levier par levier"
		t.Foot = []ui.Row{{Cells: []ui.Cell{{Text: "Ensemble"}, mass(total.Objective, decimals, x.key(coverage.AllLevers, coverage.AimIs), "ensemble, part de l’objectif"), done, planned, gap, {Text: ""}}}}
	}
	part.Tables = []ui.Table{t}
	return part
}

// key is the address of a figure of the public sheet of a département: what is only
// discussed, and the part of a perimeter in a region, have none.
func (x share) key(scope string, part coverage.Part) string {
	if x.free != nil || x.private {
		return ""
	}
	return coverage.SheetKey(scope, x.p.Territory.Ref, part)
}

// apart tells of a lever that has neither a part here nor an action: it is listed with its
// reason, out of the table.
func apart(c coverage.Cell) bool { return !c.Objective.Known && !c.Planned.Any() && !c.Done.Kg.Known }

// without are the levers that nobody knows a part of here, each with its reason.
func (x share) without() sections.Part {
	p := sections.Part{ID: "sans-part", Title: "Les leviers dont la part n’est pas connue ici"}
	for _, c := range x.byGap() {
		if apart(c) {
			p.List = append(p.List, c.Line.Lever.ShortName+nb+": "+c.Objective.Reason)
		}
	}
	if p.Lead = "La part de chaque levier est connue ici."; len(p.List) > 0 {
		p.Lead = "Ils ne sont dans aucune somme de cette fiche" + nb + ": une part qui manque n’est pas zéro."
	}
	return p
}

// origin says whose the part of a lever is.
func (x share) origin(lever string) string {
	c, ok := x.cells[lever]
	switch {
	case !ok || c.Objective == nil && c.State == objective.Offered:
		return "part calculée"
	case c.State == objective.Shared:
		return "partagé"
	}
	return "en discussion"
}

func (x share) byGap() []coverage.Cell {
	all := slices.Clone(x.Cells)
	slices.SortStableFunc(all, func(a, b coverage.Cell) int {
		switch {
		case a.Rest.Known != b.Rest.Known:
			if a.Rest.Known {
				return -1
			}
			return 1
		case a.Rest.Central > b.Rest.Central:
			return -1
		case a.Rest.Central < b.Rest.Central:
			return 1
		}
		return strings.Compare(a.Line.Lever.Code, b.Line.Lever.Code)
	})
	return all
}

// actions lists those that take place here.
func (x share) actions(id, title, none string, p action.Page) sections.Part {
	part := sections.Part{ID: id, Title: title}
	if len(p.Rows) == 0 {
		part.Lead = none
		return part
	}
	if p.More || p.Total > int64(len(p.Rows)) {
		part.Lead = "Les " + french.Integer(len(p.Rows)) + " premières, par titre."
	}
	part.Tables = []ui.Table{x.table(id, title, p.Rows)}
	return part
}

func (x share) table(id, title string, rows []action.Row) ui.Table {
	t := ui.Table{ID: id + "-tableau", Caption: title, CaptionHidden: true, Stack: true, Columns: []ui.Column{{Label: "Action", Wide: true}, {Label: "Levier"}, {Label: "Porteur"}, {Label: "Calendrier"}, {Label: "Apport de toute l’action en 2030", Unit: wording.Kilotonnes, Number: true}, {Label: "État"}}}
	for _, a := range rows {
		lever := "transversale"
		if l, err := x.m.Framework().Lever(a.Lever); err == nil {
			lever = l.ShortName
		}
		brings := ui.Cell{Missing: "Aucun apport chiffré."}
		if kg, ok := a.Brings(); ok {
			brings = mass(kg, wording.TableDecimals(kg), "", "")
			if key := coverage.ActionKey(a.ID, a.Lever); len(a.Impacts) == 1 && a.State == action.Retained {
				brings.Explain, brings.Name = wording.FigurePath(key), a.Title
			}
		}
		state := a.State.Name()
		if a.Status != "" {
			state += ", " + action.Named(action.Statuses(), a.Status)
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: a.Title, Href: wording.ActionPath(a.ID)}, {Text: lever}, or(a.Holder, "Le porteur n’est pas dit."), or(between(a.Starts, a.Ends), "Les dates ne sont pas dites."), brings, {Text: state}}})
	}
	return t
}

func or(text, reason string) ui.Cell {
	if text == "" {
		return ui.Cell{Missing: reason}
	}
	return ui.Cell{Text: text}
}

func between(from, to string) string {
	switch {
	case from == "" && to == "":
		return ""
	case to == "":
		return "à partir de " + from
	case from == "":
		return "jusqu’à " + to
	}
	return from + " – " + to
}

// gaps are the levers that nothing retained is about here.
func (x share) gaps() sections.Part {
	p := sections.Part{ID: "a-trouver", Title: "Ce qui reste à trouver"}
	for _, c := range x.byGap() {
		if c.Objective.Known && c.Objective.Kg > 0 && !c.Planned.Any() {
			p.List = append(p.List, c.Line.Lever.ShortName+nb+": "+wording.Mass(c.Objective.Kg)+", aucune action retenue ici.")
		}
	}
	if p.Lead = "Chaque levier a au moins une action retenue ici."; len(p.List) > 0 {
		p.Lead = french.Integer(len(p.List)) + nb + french.Plural(len(p.List), "levier n’a", "leviers n’ont") + " encore aucune action retenue ici."
	}
	return p
}

// next are the dates that come, as anyone reads them.
func (d Deps) next(r *http.Request, x share) (p sections.Part, err error) {
	p = sections.Part{ID: "dates", Title: "Les prochaines dates"}
	all, err := cop.NextMeetings(r.Context(), d.Q, x.cop, x.today, 50)
	if err != nil {
		return p, err
	}
	var here []cop.Meeting
	for _, m := range all {
		if m.Department == "" || x.free == nil && m.Department == x.p.Territory.Ref.Code {
			here = append(here, m)
		}
	}
	for _, m := range here[:min(8, len(here))] {
		text := french.Day(m.Day)
		if m.Start != "" {
			text += ", " + m.Start
		}
		p.Facts = append(p.Facts, [2]string{text, m.Title + place(m.Place)})
	}
	if len(here) == 0 {
		p.Lead = "Aucune réunion publique n’est annoncée."
	}
	return p, nil
}

func place(text string) string {
	if text == "" {
		return ""
	}
	return " (" + text + ")"
}

func rules() sections.Part {
	return sections.Part{ID: "regles", Title: "Comment lire cette fiche", List: []string{
		"Part de l’objectif" + nb + ": ce que la COP a partagé ou discute pour ce territoire" + nb + "; à défaut, la part calculée de ce qui est lu pour la région, par la clé de répartition du panorama. La page de couverture d’un département tient, elle, à ce que le panorama lui propose" + nb + ": les deux restes peuvent différer.",
		coverage.ShareRule,
		"Apport de toute l’action" + nb + ": ce qu’elle annonce partout où elle a lieu, et non dans ce seul territoire.",
	}}
}
