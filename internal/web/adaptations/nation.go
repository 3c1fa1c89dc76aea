package adaptations

import (
	"net/http"
	"slices"
	"strings"

	"jalon/data"
	"jalon/internal/adaptation"
	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/french"
	"jalon/internal/web/sections"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
)

// national reads what all départements adopted in a cycle.
func (d Deps) national(r *http.Request) (p place, list []adaptation.Priority, err error) {
	m, err := d.Model(r.Context())
	if err != nil {
		return p, nil, err
	}
	p = place{tree: m.Tree(), frame: m.Framework(), actor: shell.Actor(r), where: "France", cop: cop.COP{Cycle: cycleOf(r)}}
	if p.cop.Cycle == cop.First {
		return p, nil, apperr.NotFoundf("Le cycle de 2023-24 n’a pas de priorités d’adaptation\u00a0: elles commencent au cycle de 2025.")
	}
	if _, err := cop.FindCycle(r.Context(), d.Q, p.cop.Cycle); err != nil {
		return p, nil, err
	}
	if p.warming, err = adaptation.Mainland(data.FS); err != nil {
		return p, nil, err
	}
	list, err = adaptation.Adopted(r.Context(), d.Q, p.cop.Cycle, "", "")
	return p, list, err
}

// nation is what the départements of the country put first, and what they ask of it.
func (d Deps) nation(w http.ResponseWriter, r *http.Request) error {
	p, list, err := d.national(r)
	if err != nil {
		return err
	}
	depts := map[string]bool{}
	for _, x := range list {
		depts[x.Department] = true
	}
	title := french.Integer(len(list)) + nb + french.Plural(len(list), "priorité d’adaptation adoptée", "priorités d’adaptation adoptées") + " dans " + french.Integer(len(depts)) + nb + french.Plural(len(depts), "département", "départements")
	if len(list) == 0 {
		title = "Aucune priorité d’adaptation n’est encore adoptée"
	}
	v := sections.View{Heading: ui.Heading{Overline: "Adaptation au changement climatique", Title: title, Scope: []string{"France", p.cycleWord(), "fiches adoptées par les COP des départements"}}}
	warming := p.warmingPart()
	warming.Lead = "Hexagone et Corse" + nb + ": " + warming.Lead + " Outre-mer, chaque région a sa trajectoire, lue sur ses pages une fois importée."
	v.Parts = append(v.Parts, warming)
	if len(list) == 0 {
		v.Parts = append(v.Parts, sections.Part{ID: "vide", Empty: ui.Empty{Title: "Rien à rassembler pour l’instant", Text: "Les priorités paraîtront ici quand les COP des départements les auront adoptées.", Action: ui.Link{Label: "Les COP régionales", Href: "/regions"}}})
	} else {
		v.Parts = append(v.Parts, sections.Part{ID: "comptes", Title: "Ce que les départements mettent en avant", Lead: "Nombre de fiches adoptées, et rien d’autre" + nb + ": une fiche ne dit pas l’ampleur d’un risque.", Tables: append(p.counts(list), p.answers(list))},
			p.byRegion(list), p.obstacles(list), p.budgets(list))
	}
	part := sections.Part{ID: "fichiers", Title: "Emporter la table"}
	for _, f := range d.files()[:2] {
		part.Links = append(part.Links, ui.Link{Label: f[1], Href: "/national/adaptation/fichiers/" + f[0] + "?cycle=" + p.cop.Cycle})
	}
	v.Parts = append(v.Parts, part)
	v.Foot = ui.Source{Text: "fiches adoptées par les COP des départements, au modèle de la table de l’État.", Print: true}
	return sections.Show(d.Shell, w, r, http.StatusOK, v, false, ui.Link{Label: "France", Href: "/france/panorama"}, ui.Link{Label: "Adaptation, cycle " + p.cop.Cycle})
}

// byRegion leads to what each region gathers.
func (p place) byRegion(list []adaptation.Priority) sections.Part {
	t := ui.Table{ID: "par-region", Caption: "Fiches adoptées par région", CaptionHidden: true, Columns: []ui.Column{{Label: "Région", Wide: true}, {Label: "Fiches", Number: true}, {Label: "Départements", Number: true}, {Label: "Sans réponse de la région", Number: true}}}
	for _, region := range p.tree.Regions() {
		n, open, depts := 0, 0, map[string]bool{}
		for _, x := range list {
			if x.Region == region.Code {
				n++
				depts[x.Department] = true
				if x.State == cop.PriorityAdopted {
					open++
				}
			}
		}
		if n > 0 {
			t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: region.Name, Href: "/regions/" + region.Slug + "/cycles/" + p.cop.Cycle + "/priorites"}, {Text: french.Integer(n)}, {Text: french.Integer(len(depts))}, {Text: french.Integer(open)}}})
		}
	}
	return sections.Part{ID: "regions", Title: "Région par région", Tables: []ui.Table{t}}
}

// mostObstacles bounds those that the page shows; the table of the State has them all.
const mostObstacles = 60

// obstacles are what départements ask the nation to lift: what several say in the same words
// is one line, those that most fiches name first.
func (p place) obstacles(list []adaptation.Priority) sections.Part {
	type asked struct {
		text string
		from []adaptation.Priority
	}
	var all []*asked
	by := map[string]*asked{}
	for _, x := range list {
		text := oneLine(x.National)
		if text == "" {
			continue
		}
		key := french.Fold(text)
		if by[key] == nil {
			by[key] = &asked{text: text}
			all = append(all, by[key])
		}
		by[key].from = append(by[key].from, x)
	}
	part := sections.Part{ID: "freins", Title: "Les freins que les départements demandent à la nation de lever"}
	if len(all) == 0 {
		part.Empty = ui.Empty{Title: "Aucun frein remonté", Text: "Aucune fiche adoptée ne demande quelque chose à la nation."}
		return part
	}
	slices.SortStableFunc(all, func(a, b *asked) int { return len(b.from) - len(a.from) })
	t := ui.Table{ID: "freins-tableau", Caption: "Freins remontés à la nation", CaptionHidden: true, Stack: true, Columns: []ui.Column{{Label: "Frein", Wide: true}, {Label: "Fiches", Number: true}, {Label: "Départements", Wide: true}, {Label: "Effets"}, {Label: "Une fiche qui le dit", Wide: true}}}
	for _, o := range all[:min(len(all), mostObstacles)] {
		var depts, effects []string
		for _, x := range o.from {
			if name := p.deptName(x.Department); !slices.Contains(depts, name) {
				depts = append(depts, name)
			}
			if name := x.EffectName(); name != "" && !slices.Contains(effects, name) {
				effects = append(effects, name)
			}
		}
		if n := len(depts); n > 6 {
			depts = append(depts[:5:5], french.Integer(n-5)+nb+"autres")
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: o.text}, {Text: french.Integer(len(o.from))}, {Text: french.List(depts)}, cellOf(strings.Join(effects, ", "), unsaid), {Text: o.from[0].Title, Href: path(o.from[0])}}})
	}
	part.Lead = "Écrit dans les mêmes mots par plusieurs départements, un frein tient sur une ligne."
	if n := len(all) - mostObstacles; n > 0 {
		part.Lead += " Les " + french.Integer(mostObstacles) + nb + "plus cités sont ici, " + french.Integer(n) + nb + french.Plural(n, "autre est", "autres sont") + " dans la table à emporter."
	}
	part.Tables = []ui.Table{t}
	return part
}

// budgets says what the fiches come to, and what they do not say.
func (p place) budgets(list []adaptation.Priority) sections.Part {
	cents, known, words, missing := adaptation.Budgets(list)
	part := sections.Part{ID: "budgets", Title: "Les budgets annoncés", Lead: "Un budget est ce qu’une fiche évoque à sa date, ni un financement acquis ni un coût vérifié. Un budget qui manque n’est pas zéro."}
	sum := "–, aucune fiche ne dit un montant"
	if known > 0 {
		sum = adaptation.Euros(cents) + ", sur " + french.Integer(known) + nb + french.Plural(known, "fiche", "fiches")
	}
	part.Facts = [][2]string{{"Somme des montants dits", sum}, {"Fiches dont le budget est dit en mots", french.Integer(words)}, {"Fiches sans budget", french.Integer(missing)}}
	return part
}

func (d Deps) nationFile(w http.ResponseWriter, r *http.Request) error {
	p, list, err := d.national(r)
	if err != nil {
		return err
	}
	switch name := r.PathValue("fichier"); name {
	case "priorites.csv", "priorites.xlsx":
		return d.table(w, r, p, list, name)
	}
	return apperr.NotFoundf("Ce fichier n’existe pas.")
}
