package dashboards

import (
	"strconv"

	"github.com/a-h/templ"

	"jalon/internal/action"
	"jalon/internal/action/coverage"
	"jalon/internal/document"
	"jalon/internal/figure"
	"jalon/internal/followup"
	"jalon/internal/followup/outcome"
	"jalon/internal/french"
	"jalon/internal/panorama"
	"jalon/internal/web/paper"
	"jalon/internal/web/sections"
	"jalon/internal/web/ui"
	"jalon/internal/web/wording"
)

// reading is what a page shows, with the addresses around it.
type reading struct {
	outcome.Outcome
	base, actions string
	department    string
	nation        bool
}

// key is the address of a figure, empty for a part of the actions: its figure is told by
// its filter, not by an address of its own.
func (x reading) key(lever string, p outcome.Part) string {
	if x.Theme != "" || x.Holder != "" || x.department == "" && x.Department != "" {
		return ""
	}
	return wording.FigurePath(outcome.Key(lever, x.Place.Ref, p))
}

func howMany(n int64, one, many string) string {
	return french.Integer(n) + nb + french.Plural(n, one, many)
}

func actionsOf(n int64) string { return howMany(n, "action", "actions") }

// finding is what the reader learns first.
func (x reading) finding() string {
	switch {
	case x.Actions == 0:
		return "aucune action retenue à suivre"
	case x.Fresh == 0 && x.Awaited > 0:
		return actionsOf(x.Actions) + " à suivre, et aucune nouvelle depuis un an"
	case x.Awaited == 0:
		return howMany(x.Actions, "action retenue, terminée ou abandonnée", "actions retenues, toutes terminées ou abandonnées")
	}
	text := french.Integer(x.Fresh) + " des " + french.Integer(x.Awaited) + " actions en cours ont donné des nouvelles depuis un an"
	if x.Awaited == 1 {
		text = "la seule action en cours a donné des nouvelles depuis un an"
	}
	if n := x.Statuses["late"] + x.Statuses["blocked"]; n > 0 {
		text += ", " + howMany(n, "est en retard ou bloquée", "sont en retard ou bloquées")
	}
	return text
}

func (x reading) page() sections.View {
	scope := []string{"au " + french.Day(x.Day), "ktCO₂e par an, par rapport à 2019", "objectifs indicatifs"}
	if x.Holder != "" {
		scope = append(scope, "porteur"+nb+": "+x.Holder)
	}
	v := sections.View{Heading: ui.Heading{Title: x.Place.Name + nb + ": " + x.finding(), Scope: scope}, Style: paper.Stylesheet()}
	v.Parts = append(v.Parts, sections.Part{Lead: outcome.ThreeRule, Bodies: []templ.Component{ui.KeyFigures(x.figures())}})
	levers := sections.Part{ID: "par-levier", Title: "Levier par levier" + nb + ": prévu, dit fait, observé"}
	if t := x.table("leviers"); len(t.Rows) > 0 {
		levers.Tables = []ui.Table{t}
		levers.List = x.beside()
	} else {
		levers.Lead = "Aucune action retenue ne porte sur un levier ici, et aucune série ne l’observe" + nb + ": le tableau se remplira avec les relevés de décisions que les deux têtes valident."
	}
	v.Parts = append(v.Parts, levers)
	if c := x.Flow("flux-dessin"); c.Drawing.W > 0 {
		v.Parts = append(v.Parts, drawn(sections.Part{ID: "flux", Title: "Où va l’objectif"}, c))
	}
	v.Parts = append(v.Parts, x.burnUp(), x.gaps(), x.standing(), x.ages(), rules())
	return v
}

func (x reading) decimals() int {
	return wording.TableDecimals(max(x.Cover.Planned.Central, x.Total.Due.Kg))
}

func (x reading) kt(kg panorama.Kg, class figure.Class, key string, name string) ui.Value {
	p, label := wording.Class(class)
	return ui.Value{Text: french.Number(kg.Kt(), x.decimals()), Unit: kilotonnes, Exact: wording.Exact(kg), Provenance: p, ProvenanceLabel: label, Explain: key, Name: name}
}

// figures are the three things, apart.
func (x reading) figures() []ui.KeyFigure {
	due, dueMeaning := ui.Value{Missing: "Aucune action retenue, chiffrée et datée."}, ""
	if x.Total.Due.Actions > 0 {
		due = x.kt(x.Total.Due.Kg, figure.Computed, x.key(outcome.All, outcome.DueIs), "prévu à ce jour")
		dueMeaning = "Sur " + actionsOf(x.Total.Due.Actions) + " et " + strconv.Itoa(action.Horizon) + " en vue"
		if last := x.Years[len(x.Years)-1].Planned; last.Actions > 0 {
			dueMeaning = "Sur " + actionsOf(x.Total.Due.Actions) + nb + "; " + wording.Mass(last.Kg) + " par an en " + strconv.Itoa(action.Horizon)
		}
		if x.Total.Undated > 0 {
			dueMeaning += "; " + french.Integer(x.Total.Undated) + nb + "sans dates, comptées à part"
		}
		dueMeaning += "."
	}
	said, saidMeaning := ui.Value{Missing: "Aucun porteur n’a encore déclaré de quantité."}, ""
	if s := x.Total.Said[followup.Declared]; s.Actions > 0 {
		said = x.kt(s.Kg, figure.Declared, x.key(outcome.All, outcome.DeclaredIs), "déclaré par les porteurs")
		saidMeaning = "Par " + actionsOf(s.Actions) + "."
	}
	for _, c := range []followup.Class{followup.Estimated, followup.Observed} {
		if s := x.Total.Said[c]; s.Actions > 0 {
			saidMeaning += " À part" + nb + ": " + wording.Mass(s.Kg) + " " + outcome.ByHolders(c) + " (" + actionsOf(s.Actions) + ")."
		}
	}
	if x.Total.Silent > 0 {
		saidMeaning += " " + howMany(x.Total.Silent, "action n’a", "actions n’ont") + " dit aucune quantité" + nb + ": ce n’est pas zéro."
	}
	seen, seenMeaning := ui.Value{Missing: "Aucune série ne dit ce qui s’est fait depuis 2019."}, ""
	if x.Holder != "" {
		seen.Missing = "L’indicateur observe tout le territoire, pas ce que fait un porteur."
	} else if x.Cover.Measured > 0 {
		key := ""
		if x.key("", "") != "" {
			key = wording.FigurePath(coverage.Key(coverage.AllLevers, x.Place.Ref, coverage.DoneIs))
		}
		seen = x.kt(x.Cover.Done, figure.Computed, key, "observé par l’indicateur")
		seenMeaning = "Sur " + howMany(int64(x.Cover.Measured), "levier mesuré", "leviers mesurés") + " par une série, de " + french.Integer(x.Cover.Levers) + ", avec ou sans ces actions."
	}
	return []ui.KeyFigure{{Label: "Prévu à ce jour par les actions retenues", Value: due, Meaning: dueMeaning}, {Label: "Déclaré fait par les porteurs", Value: said, Meaning: saidMeaning}, {Label: "Observé depuis 2019 par l’indicateur", Value: seen, Meaning: seenMeaning}}
}

// about reports whether a lever has something to show.
func about(l outcome.Lever) bool {
	return l.Planned.Any() || len(l.Said) > 0 || l.Unweighed > 0 || l.Quantified > 0
}

func (x reading) cell(kg panorama.Kg, lever outcome.Lever, p outcome.Part, name string) ui.Cell {
	return ui.Cell{Text: french.Number(kg.Kt(), x.decimals()), Exact: wording.Exact(kg), Explain: x.key(lever.Line.Lever.Code, p), Name: lever.Line.Lever.ShortName + ", " + name}
}

// table is every lever that some action is about.
func (x reading) table(id string) ui.Table {
	t := ui.Table{ID: id, Caption: "Prévu, dit fait par les porteurs, observé par l’indicateur, par levier", Columns: []ui.Column{{Label: "Levier"}, {Label: "Objectif de 2030", Unit: kilotonnes, Number: true}, {Label: "Attendu en 2030", Unit: kilotonnes, Number: true}, {Label: "Prévu à ce jour", Unit: kilotonnes, Number: true},
		{Label: "Déclaré fait", Unit: kilotonnes, Number: true}, {Label: "Estimé fait", Unit: kilotonnes, Number: true}, {Label: "Mesuré par les porteurs", Unit: kilotonnes, Number: true}, {Label: "Observé par l’indicateur", Unit: kilotonnes, Number: true}}}
	for _, l := range x.Levers {
		if about(l) {
			t.Rows = append(t.Rows, ui.Row{Cells: x.cells(l)})
		}
	}
	return t
}

func (x reading) cells(l outcome.Lever) []ui.Cell {
	name := ui.Cell{Text: l.Line.Lever.ShortName, Href: wording.LeverPath(l.Line.Lever.Code)}
	if !x.nation {
		name.Href = x.base + "/" + l.Line.Lever.Code
	}
	aim := ui.Cell{Missing: l.Objective.Reason}
	if l.Objective.Known {
		aim = ui.Cell{Text: french.Number(l.Objective.Kg.Kt(), x.decimals()), Exact: wording.Exact(l.Objective.Kg)}
		if l.Objective.Key != "" {
			aim.Explain, aim.Name = wording.FigurePath(l.Objective.Key), l.Line.Lever.ShortName+", objectif"
		}
	}
	planned := ui.Cell{Missing: "Aucune action retenue et chiffrée, ou toutes supposées déjà dans l’observé."}
	if l.Planned.Actions > 0 {
		planned = ui.Cell{Text: french.Number(l.Planned.Kg.Central.Kt(), x.decimals()), Exact: wording.Exact(l.Planned.Kg.Central), Sub: actionsOf(l.Planned.Actions)}
		if x.key("", "") != "" && !x.nation {
			planned.Explain, planned.Name = wording.FigurePath(coverage.Key(l.Line.Lever.Code, x.Place.Ref, coverage.PlannedIs)), l.Line.Lever.ShortName+", attendu"
		}
	}
	due := ui.Cell{Missing: "Aucune action chiffrée et datée."}
	if l.Due.Actions > 0 {
		due = x.cell(l.Due.Kg, l, outcome.DueIs, "prévu à ce jour")
	}
	out := []ui.Cell{name, aim, planned, due}
	for _, c := range outcome.Classes() {
		s, ok := l.Said[c]
		if !ok {
			out = append(out, ui.Cell{Missing: "Aucun porteur n’a dit de quantité de cette sorte."})
			continue
		}
		y := x.cell(s.Kg, l, outcome.PartOf(c), outcome.ByHolders(c))
		y.Sub = actionsOf(s.Actions)
		out = append(out, y)
	}
	seen := ui.Cell{Missing: l.Done.Kg.Reason}
	if l.Done.Kg.Known {
		seen = ui.Cell{Text: french.Number(l.Done.Kg.Kg.Kt(), x.decimals()), Exact: wording.Exact(l.Done.Kg.Kg), Sub: "en " + strconv.Itoa(l.Done.Year)}
		if l.Done.Of > 0 {
			seen.Sub = french.Integer(l.Done.Summed) + nb + "sur" + nb + french.Integer(l.Done.Of) + nb + "régions"
		} else {
			seen.Explain, seen.Name = wording.FigurePath(coverage.Key(l.Line.Lever.Code, x.Place.Ref, coverage.DoneIs)), l.Line.Lever.ShortName+", observé"
		}
	}
	return append(out, seen)
}

// beside says what the table leaves out.
func (x reading) beside() (out []string) {
	say := func(n int64, one, many string) {
		if n > 0 {
			out = append(out, howMany(n, one, many))
		}
	}
	bare := int64(0)
	for _, l := range x.Levers {
		if !about(l) {
			bare++
		}
	}
	say(bare, "levier n’a aucune action retenue"+nb+": il n’est pas dans ce tableau.", "leviers n’ont aucune action retenue"+nb+": ils ne sont pas dans ce tableau.")
	say(x.Total.Silent, "action chiffrée dont aucune quantité n’a été dite"+nb+": ce n’est pas un zéro.", "actions chiffrées dont aucune quantité n’a été dite"+nb+": ce n’est pas un zéro.")
	say(x.Total.Undated, "action chiffrée sans dates"+nb+": rien ne dit ce qui devrait en être là.", "actions chiffrées sans dates"+nb+": rien ne dit ce qui devrait en être là.")
	say(x.Total.Unweighed, "action dont la quantité dite ne se convertit pas en kt, faute de facteur.", "actions dont la quantité dite ne se convertit pas en kt, faute de facteur.")
	say(x.Spread, "action de toute la région, dont rien ne dit la part dans ce département"+nb+": elle n’est pas répartie.", "actions de toute la région, dont rien ne dit la part dans ce département"+nb+": elles ne sont pas réparties.")
	return out
}

// drawn is a part with one picture and its table.
func drawn(p sections.Part, c document.Chart) sections.Part {
	part := document.Part{ID: p.ID, Blocks: []document.Block{c}}
	p.Bodies = []templ.Component{paper.Blocks(document.Document{Parts: []document.Part{part}}, part)}
	return p
}

func (x reading) burnUp() sections.Part {
	p := sections.Part{ID: "chemin", Title: "Le chemin jusqu’en 2030"}
	c := outcome.BurnUp("chemin-dessin", x.Years, x.Objective())
	if c.Drawing.W == 0 {
		p.Lead = "Aucune action chiffrée et datée, et aucune quantité dite" + nb + ": il n’y a pas encore de chemin à dessiner."
		return p
	}
	return drawn(p, c)
}

// gaps explain what stands between planned and said.
func (x reading) gaps() sections.Part {
	p := sections.Part{ID: "ecarts", Title: "D’où viennent les écarts", Lead: outcome.GapRule}
	t := ui.Table{ID: "ecarts-tableau", Caption: "Écart entre le prévu à ce jour et le dit fait, par levier et par sorte de parole", Columns: []ui.Column{{Label: "Levier"}, {Label: "Prévu à ce jour, au ratio", Unit: kilotonnes, Number: true}, {Label: "Dit fait", Unit: kilotonnes, Number: true}, {Label: "Écart", Unit: kilotonnes, Number: true},
		{Label: "dont délai", Unit: kilotonnes, Number: true}, {Label: "dont volume", Unit: kilotonnes, Number: true}, {Label: "dont facteur", Unit: kilotonnes, Number: true}}}
	for _, l := range x.Levers {
		for _, c := range outcome.Classes() {
			g, ok := l.Gaps[c]
			if !ok {
				continue
			}
			cells := []ui.Cell{{Text: l.Line.Lever.ShortName, Sub: outcome.ByHolders(c) + ", " + actionsOf(g.Actions)}}
			for i, kg := range []panorama.Kg{g.Due, g.Done, g.Done - g.Due, g.Delay, g.Volume, g.Factor} {
				y := ui.Cell{Text: french.Number(kg.Kt(), x.decimals()), Exact: wording.Exact(kg)}
				if i == 2 {
					y.Explain, y.Name = x.key(l.Line.Lever.Code, outcome.GapOf(c)), l.Line.Lever.ShortName+", écart"
				}
				cells = append(cells, y)
			}
			t.Rows = append(t.Rows, ui.Row{Cells: cells})
		}
	}
	if len(t.Rows) == 0 {
		p.Lead = "Un écart s’explique quand une action datée a dit une quantité" + nb + ": il n’y en a pas encore ici."
		return p
	}
	p.Tables = []ui.Table{t}
	return p
}

func (x reading) standing() sections.Part {
	p := sections.Part{ID: "statuts", Title: "Où en sont les actions"}
	if x.Actions == 0 {
		p.Lead = "Aucune action retenue."
		return p
	}
	t := ui.Table{ID: "statuts-tableau", Caption: "Actions retenues par statut", Columns: []ui.Column{{Label: "Statut"}, {Label: "Actions", Number: true}}}
	for _, s := range append(action.Statuses(), [2]string{"", "statut non dit"}) {
		n := x.Statuses[s[0]]
		if n == 0 {
			continue
		}
		c := ui.Cell{Text: french.Upper(s[1])}
		if x.actions != "" && s[0] != "" && x.Holder == "" && x.Theme == "" {
			c.Href = x.actions + "?statut=" + s[0]
			if x.department != "" {
				c.Href += "&departement=" + x.department
			}
		}
		number := ui.Cell{Text: french.Integer(n)}
		if s[0] == "done" {
			number.Explain, number.Name = x.key(outcome.All, outcome.StatusIs), "actions terminées"
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{c, number}})
	}
	t.Foot = []ui.Row{{Cells: []ui.Cell{{Text: "Total"}, {Text: french.Integer(x.Actions)}}}}
	p.Tables = []ui.Table{t}
	return p
}

func (x reading) ages() sections.Part {
	p := sections.Part{ID: "fraicheur", Title: "De quand datent les nouvelles", Lead: "L’âge du dernier point d’avancement de chaque action, terminées et abandonnées comprises."}
	if x.Actions == 0 {
		p.Lead = "Aucune action retenue."
		return p
	}
	t := ui.Table{ID: "fraicheur-tableau", Caption: "Actions retenues par âge de leur dernier point d’avancement", Columns: []ui.Column{{Label: "Dernier point"}, {Label: "Actions", Number: true}}}
	for i, name := range outcome.AgeNames() {
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: french.Upper(name)}, {Text: french.Integer(x.Ages[i])}}})
	}
	total := ui.Cell{Text: french.Integer(x.Fresh), Sub: "sur " + french.Integer(x.Awaited), Explain: x.key(outcome.All, outcome.FreshIs), Name: "actions en cours avec un point de moins d’un an"}
	t.Foot = []ui.Row{{Cells: []ui.Cell{{Text: "En cours, avec un point de moins d’un an"}, total}}}
	p.Tables = []ui.Table{t}
	return p
}

func rules() sections.Part {
	return sections.Part{ID: "regles", Title: "Ce qui est compté, et comment", List: []string{outcome.ThreeRule, outcome.DueRule,
		"Dit fait" + nb + ": le dernier point d’avancement de chaque action qui donne une quantité, mise en kt au facteur de l’action. Un même objet déclaré par deux actions ne compte qu’une fois, comme dans la couverture.",
		"Observé" + nb + ": la dernière valeur de la série moins celle de 2019. Elle dit ce qui a changé sur le territoire, pas ce que les actions y ont fait.",
		"Une action abandonnée n’est plus dans le prévu" + nb + "; ce qu’elle a dit fait le reste.", outcome.GapRule}}
}

// regions sets the regions side by side.
func regions(n outcome.Nation) sections.Part {
	t := ui.Table{ID: "regions-tableau", Caption: "Le suivi, région par région", Columns: []ui.Column{{Label: "Région"}, {Label: "Actions retenues", Number: true}, {Label: "Avec un point de moins d’un an", Number: true}, {Label: "En retard ou bloquées", Number: true}, {Label: "Terminées", Number: true},
		{Label: "Prévu à ce jour", Unit: kilotonnes, Number: true}, {Label: "Déclaré fait", Unit: kilotonnes, Number: true}, {Label: "Observé par l’indicateur", Unit: kilotonnes, Number: true}}}
	d := wording.TableDecimals(n.Total.Due.Kg)
	for _, r := range n.Regions {
		x := reading{Outcome: r}
		kt := func(kg panorama.Kg, known bool, why string, p outcome.Part, name string) ui.Cell {
			if !known {
				return ui.Cell{Missing: why}
			}
			c := ui.Cell{Text: french.Number(kg.Kt(), d), Exact: wording.Exact(kg)}
			if p != "" {
				c.Explain, c.Name = x.key(outcome.All, p), r.At.Name+", "+name
			}
			return c
		}
		said, ok := r.Total.Said[followup.Declared]
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: r.At.Name, Href: "/regions/" + r.At.Slug + "/suivi"}, {Text: french.Integer(r.Actions)}, {Text: french.Integer(r.Fresh)}, {Text: french.Integer(r.Statuses["late"] + r.Statuses["blocked"])}, {Text: french.Integer(r.Statuses["done"])},
			kt(r.Total.Due.Kg, r.Total.Due.Actions > 0, "Aucune action retenue, chiffrée et datée.", outcome.DueIs, "prévu à ce jour"), kt(said.Kg, ok, "Aucun porteur n’a déclaré de quantité.", outcome.DeclaredIs, "déclaré"),
			kt(r.Cover.Done, r.Cover.Measured > 0, "Aucune série ne dit ce qui s’est fait.", "", "")}})
	}
	return sections.Part{ID: "regions", Title: "Région par région", Tables: []ui.Table{t}}
}
