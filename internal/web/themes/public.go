package themes

import (
	"net/http"

	"jalon/internal/cop"
	"jalon/internal/diagnosis"
	"jalon/internal/french"
	"jalon/internal/national"
	"jalon/internal/policy"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
	"jalon/internal/web/wording"
)

// public is the themes of a region as anyone reads them: those that both heads put
// first with their reason, the others, and the scores that the choice froze.
func (d Deps) public(w http.ResponseWriter, r *http.Request) error {
	x, err := d.seen(r)
	if err != nil {
		return err
	}
	themes, err := diagnosis.Themes(r.Context(), d.Q, x.cop.ID)
	if err != nil {
		return err
	}
	last, chosen, err := diagnosis.LastChoice(r.Context(), d.Q, x.cop.ID)
	if err != nil {
		return err
	}
	exist, err := d.Room.Exist(r.Context(), x.Code)
	if err != nil {
		return err
	}
	v := view{Heading: ui.Heading{Overline: "Thèmes de la COP", Title: x.Name + nb + ": " + found(themes), Scope: []string{"liste propre à la région", "cycle " + x.cop.Cycle}}, Tabs: wording.InCycles(wording.COPTabs(x.cop, x.Region, wording.TabThemes), policy.Actor{}, x.cop, x.all, "/themes"),
		Foot: ui.Source{Text: "équipe et têtes de la COP de la région.", Print: true}}
	if chosen {
		v.Heading.Scope = append(v.Heading.Scope, "priorités validées par les deux têtes le "+french.Day(last.EndedOn))
	}
	if len(themes) == 0 {
		v.Parts = []part{{ID: "liste", Title: "Les thèmes", Empty: ui.Empty{Title: "Aucun thème pour l’instant", Text: "L’équipe de la COP fera ici la liste des thèmes de la région, et ses deux têtes diront lesquels passent d’abord, et pourquoi."}}}
		return d.show(w, r, http.StatusOK, v, false, trail(x, ui.Link{Label: wording.TabThemes})...)
	}
	var first, others []diagnosis.Theme
	for _, t := range themes {
		if t.Priority {
			first = append(first, t)
		} else {
			others = append(others, t)
		}
	}
	if len(first) > 0 {
		p := part{ID: "priorites", Title: "Ce qui passe d’abord, et pourquoi", Body: themeCards(x.publicCards(first, exist, last))}
		v.Parts = append(v.Parts, p)
	}
	if len(others) > 0 {
		title := "Les autres thèmes"
		if len(first) == 0 {
			title = "Les thèmes"
		}
		v.Parts = append(v.Parts, part{ID: "autres", Title: title, Body: themeCards(x.publicCards(others, exist, last))})
	}
	if chosen {
		t, s := themesOf(last.Body)
		list := rulesOf(last.Body.Scoring.Weights)
		v.Parts = append(v.Parts,
			part{ID: "scores", Title: "Les scores le jour du choix", Lead: "Ils ont éclairé le choix, et ne l’ont pas fait. Figés le " + french.Day(last.Body.Day) + " (questionnaire\u00a0: " + last.Body.Scoring.Answers + "). " + last.Body.ThemeRule, Tables: []ui.Table{themeTable(t, s, "")}},
			part{ID: "leviers", Title: "Levier par levier, ce jour-là", Lead: "Le point est le rang de chaque levier, la barre les rangs qu’il prend dans neuf tirages sur dix quand on tire d’autres poids au sort.", Body: rankChart(last.Body.Scoring), Fold: "Le classement complet en tableau, et comment il se lit", Rules: []string{diagnosis.DrawsRule, possibleRule}, Tables: []ui.Table{rankTable("classement", last.Body.Scoring, "")}},
			part{ID: "regles", Title: "Les règles et les poids de ce jour", Fold: "Les six critères, leur règle et leur poids", Rules: list})
		v.Foot.Share = d.Shell.Absolute(x.base() + "/themes")
		v.Foot.Changed = french.Day(last.EndedOn)
	}
	return d.show(w, r, http.StatusOK, v, false, trail(x, ui.Link{Label: wording.TabThemes})...)
}

// publicCards draws themes with what the last choice says of them.
func (x where) publicCards(themes []diagnosis.Theme, exist map[string]bool, last diagnosis.Choice) []card {
	out := x.cards(themes, exist)
	for i, t := range themes {
		for _, was := range last.Body.Themes {
			if was.Theme.ID != t.ID {
				continue
			}
			out[i].Facts = append(out[i].Facts, scoreText(was.Score, "le jour du choix"))
			if !t.Priority {
				continue
			}
			out[i].Facts = append(out[i].Facts, "prioritaire depuis le "+french.Day(last.EndedOn))
			if len(was.Above) > 0 {
				out[i].Alerts = append(out[i].Alerts, departed(was))
			}
			if !t.Same(was.Theme) {
				out[i].Alerts = append(out[i].Alerts, ui.Alert{State: "info", Title: "Le thème a changé depuis le choix", Text: "Les deux têtes ont choisi " + quoted(was.Theme.Name) + " tel qu’il était alors."})
			}
		}
	}
	return out
}

// national is what the regions put first, by the six themes of the plan.
func (d Deps) national(w http.ResponseWriter, r *http.Request) error {
	if err := national.MayRead(shell.Actor(r)); err != nil {
		return err
	}
	m, err := d.Model(r.Context())
	if err != nil {
		return err
	}
	cycle := shell.Clean(r.URL.Query().Get("cycle"))
	if cycle == "" {
		cycle = cop.First
	}
	themes, err := diagnosis.ThemesOfCycle(r.Context(), d.Q, cycle)
	if err != nil {
		return err
	}
	of := map[string][]diagnosis.Theme{}
	for _, t := range themes {
		of[t.Region] = append(of[t.Region], t)
	}
	x := where{tree: m.Tree(), fw: m.Framework()}
	t, none, first := x.byRegion(of, cycle)
	v := view{Heading: ui.Heading{Overline: "Thèmes prioritaires des régions", Title: nationalFinding(x, themes, first), Scope: []string{"cycle " + cycle, "chaque région a sa propre liste", "lue par les six thèmes du plan"}},
		Tabs:  ui.Pages{Tabs: []ui.Link{{Label: "Tableau national", Href: "/national"}, {Label: "Thèmes prioritaires", Href: "/national/themes", Current: true}}},
		Parts: []part{{ID: "regions", Title: "Région par région", Lead: "Un thème rattaché à plusieurs des six est lu dans chacun. «\u00a0aucun\u00a0» dit que la région n’y a pas de thème prioritaire\u00a0; un tiret, qu’elle n’a pas encore choisi.", Tables: []ui.Table{t}}},
		Foot:  ui.Source{Text: "COP régionales.", Print: true}}
	if len(t.Rows) == 0 {
		v.Parts[0].Lead, v.Parts[0].Tables, v.Parts[0].Empty = "", nil, ui.Empty{Title: "Aucune région n’a encore de thème", Text: "Chaque équipe de COP fait la liste de sa région\u00a0; ce que les deux têtes mettent en priorité se lira ici."}
	} else if len(none) > 0 {
		v.Parts[0].List = []string{"Sans thème dans Jalon pour l’instant" + nb + ": " + french.List(none) + "."}
	}
	return d.show(w, r, http.StatusOK, v, true, ui.Link{Label: "Tableau national", Href: "/national"}, ui.Link{Label: "Thèmes prioritaires"})
}

// byRegion is one row a region that has themes, one column a theme of the plan; none
// are the others, and first counts the regions that chose.
func (x where) byRegion(of map[string][]diagnosis.Theme, cycle string) (t ui.Table, none []string, first int) {
	t = ui.Table{ID: "par-region", Caption: "Thèmes prioritaires de chaque région, par thème du plan", CaptionHidden: true, Columns: []ui.Column{{Label: "Région"}, {Label: "Thèmes", Number: true}}}
	for _, th := range x.fw.Themes() {
		t.Columns = append(t.Columns, ui.Column{Label: th.Name})
	}
	for _, region := range x.tree.Regions() {
		row := []ui.Cell{{Text: region.Name, Href: cop.RegionPath(region.Slug, cycle) + "/themes"}}
		list := of[region.Code]
		if len(list) == 0 {
			none = append(none, region.Name)
			continue
		}
		row = append(row, ui.Cell{Text: french.Integer(len(list))})
		chose := false
		for _, th := range list {
			chose = chose || th.Priority
		}
		if chose {
			first++
		}
		for _, six := range x.fw.Themes() {
			if !chose {
				row = append(row, ui.Cell{Missing: "les deux têtes de la COP n’ont pas encore choisi de priorité"})
				continue
			}
			row = append(row, ui.Cell{Text: named(list, string(six.Code))})
		}
		t.Rows = append(t.Rows, ui.Row{Cells: row})
	}
	return t, none, first
}

// named are the themes put first that answer to one of the six.
func named(list []diagnosis.Theme, code string) string {
	var out []string
	for _, t := range list {
		if t.Priority && has(t.Maps, code) {
			out = append(out, t.Name)
		}
	}
	return orNobody(out)
}

func nationalFinding(x where, themes []diagnosis.Theme, first int) string {
	if first == 0 {
		return "Aucune région n’a encore choisi ses thèmes prioritaires"
	}
	best, most := "", 0
	for _, six := range x.fw.Themes() {
		regions := map[string]bool{}
		for _, t := range themes {
			if t.Priority && has(t.Maps, string(six.Code)) {
				regions[t.Region] = true
			}
		}
		if len(regions) > most {
			best, most = six.Name, len(regions)
		}
	}
	if most < 2 {
		return french.Integer(first) + nb + french.Plural(first, "région a choisi ses priorités", "régions ont choisi leurs priorités")
	}
	return french.Integer(first) + nb + french.Plural(first, "région a choisi ses priorités", "régions ont choisi leurs priorités") + nb + "; " + quoted(best) + " revient le plus (" + french.Integer(most) + nb + french.Plural(most, "région", "régions") + ")"
}
