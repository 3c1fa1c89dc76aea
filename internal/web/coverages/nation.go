package coverages

import (
	"net/http"

	"jalon/internal/action/coverage"
	"jalon/internal/french"
	"jalon/internal/territory"
	"jalon/internal/web/preview"
	"jalon/internal/web/ui"
	"jalon/internal/web/wording"
)

const (
	nationPath  = "/national/couverture"
	overlapRule = "Même objet déclaré deux fois dans une région" + nb + ": l’équipe de la COP dit laquelle des actions compte en entier et quelle part de l’autre compte encore."
)

func (d Deps) nation(w http.ResponseWriter, r *http.Request) error {
	m, err := d.Model(r.Context())
	if err != nil {
		return err
	}
	n, err := d.Coverage.OfNation(r.Context(), d.Q)
	if err != nil {
		return err
	}
	v := view{Heading: ui.Heading{Overline: "Les 18 régions, couverture des objectifs par les actions", Title: "France" + nb + ": " + finding(n.Total), Scope: []string{"ktCO₂e par an en 2030, par rapport à 2019", "objectifs indicatifs", "somme des régions, chaque objet une fois"}},
		Intro:   []string{"La somme des régions de l’Hexagone et de Corse, lever par lever. Les objectifs sont ceux que chaque COP a partagés, à défaut ceux que le panorama propose. Les leviers d’outre-mer sont comptés à part."},
		Figures: figures(n.Total, territory.France)}
	decimals := wording.TableDecimals(n.Total.Objective)
	var main, over []row
	hexagon, overseas := n.Sides()
	for _, c := range hexagon {
		main = append(main, nationRow(c))
	}
	for _, c := range overseas {
		over = append(over, nationRow(c))
	}
	byGap(main)
	byGap(over)
	levers := section{ID: "par-levier", Title: "Levier par levier, le plus à trouver d’abord", Chart: chartOf(main), Table: tableOf("Somme des régions, par levier", main, []total{{"Total hors forêts", n.WithoutForest, coverage.NoForest, territory.France}, {"Total, forêts comprises", n.Total, coverage.AllLevers, territory.France}}, decimals)}
	v.Sections = []section{regionsOf(n, decimals), levers}
	if len(over) > 0 {
		s := section{ID: "outre-mer", Title: "Leviers d’outre-mer et de Corse", Table: tableOf("Somme des régions, leviers d’outre-mer", over, []total{{"Total", n.Overseas, coverage.Overseas, territory.France}}, decimals)}
		s.Table.ID = "leviers-outre-mer"
		v.Sections = append(v.Sections, s)
	}
	common := rules(false)
	common.List = append(common.List, coverage.TwiceRule)
	v.Sections = append(v.Sections, heat(n, main), once(n, m.Tree()), common)
	v.Foot = ui.Source{Text: "actions retenues par les COP" + nb + "; séries observées" + nb + "; objectifs partagés, à défaut panorama de l’État (juillet 2024).", Print: true, Downloads: []ui.Link{{Label: "Toutes les régions, tous les leviers (CSV)", Href: nationPath + ".csv"}}}
	return d.show(w, r, v, "Ce que les actions retenues par les 18 COP régionales couvrent des objectifs de 2030.", ui.Link{Label: "France", Href: "/france/panorama"}, ui.Link{Label: "Couverture"})
}

func nationRow(c coverage.Cell) row {
	return row{c, territory.France, wording.LeverPath(c.Line.Lever.Code)}
}

// once lists what is declared in two regions and counted once.
func once(n *coverage.Nation, tree *territory.Tree) section {
	s := section{ID: "deux-regions", Title: "Déclarées dans deux régions, comptées une fois"}
	region := func(code string) string {
		if r, err := tree.Region(code); err == nil {
			return r.Name
		}
		return code
	}
	levers := map[string]string{}
	for _, c := range n.Cells {
		levers[c.Line.Lever.Code] = c.Line.Lever.ShortName
	}
	s.Table = ui.Table{ID: "deux-regions-table", Caption: "Ce que la somme nationale n’ajoute pas", Stack: true, Columns: []ui.Column{{Label: "Celle qui s’efface", Wide: true}, {Label: "Celle qui compte", Wide: true}, {Label: "Levier"}, {Label: "Non ajouté", Unit: kilotonnes, Number: true}, {Label: "Pourquoi", Wide: true}}}
	for _, t := range n.Twice {
		kg := ui.Cell{Missing: "Sa région ne l’ajoute pas non plus" + nb + ": elle est supposée déjà dans l’observé, ou comptée ailleurs."}
		if t.Kg != (coverage.Range{}) {
			kg = mass(t.Kg.Central, 3, coverage.ActionKey(t.Other.ID, t.Lever), t.Other.Title+", non ajouté")
			if t.Part > 0 {
				kg.Sub = partText(t.Part) + " compte encore"
			}
		}
		who := ui.Cell{Text: t.Reason, Sub: "reconnu par Jalon"}
		if t.Settled {
			who.Sub = "dit par l’équipe de la région"
		}
		s.Table.Rows = append(s.Table.Rows, ui.Row{Cells: []ui.Cell{{Text: t.Other.Title, Href: "/actions/" + t.Other.ID, Sub: region(t.Other.Region)}, {Text: t.Counts.Title, Href: "/actions/" + t.Counts.ID, Sub: region(t.Counts.Region)}, {Text: levers[t.Lever]}, kg, who}})
	}
	s.Lead = []string{"Les lignes des régions, plus haut, comptent chacune en entier ce que leur COP a retenu" + nb + "; seule la somme nationale retire ce qui suit."}
	if len(n.Twice) == 0 {
		s.Lead = []string{"Aucune action retenue n’est aujourd’hui reconnue comme déclarée dans deux régions."}
	}
	return s
}

// regionsOf sets the regions side by side.
func regionsOf(n *coverage.Nation, decimals int) section {
	s := section{ID: "regions", Title: "Région par région"}
	s.Table = ui.Table{ID: "regions-table", Caption: "Les trois parts, par région", Columns: []ui.Column{{Label: "Région"}, {Label: "Objectif", Unit: kilotonnes, Number: true}, {Label: "Déjà fait", Unit: kilotonnes, Number: true}, {Label: "Attendu des actions", Unit: kilotonnes, Number: true}, {Label: "Reste à trouver", Unit: kilotonnes, Number: true}, {Label: "Actions comptées", Number: true}}}
	for _, x := range n.Regions {
		if x.Total.Levers == 0 {
			continue
		}
		cells := totalCells(total{x.Region.Name, x.Total, coverage.AllLevers, x.Panorama.Territory.Ref}, decimals)
		cells[0].Href = "/regions/" + x.Region.Slug + "/couverture"
		s.Table.Rows = append(s.Table.Rows, ui.Row{Cells: cells})
	}
	return s
}

// heat is what retained actions cover of each objective, region by region, in words: a
// number is read as well without colour.
func heat(n *coverage.Nation, levers []row) section {
	s := section{ID: "croise", Title: "Régions et leviers croisés", Lead: []string{"Part de l’objectif de chaque région que couvrent ensemble l’observé et les actions retenues. «" + nb + "·" + nb + "»" + nb + ": aucune action retenue et aucune série" + nb + "; une case vide" + nb + ": pas d’objectif."}}
	s.Table = ui.Table{ID: "croise-table", Caption: "Part couverte de l’objectif, par levier et région", Columns: []ui.Column{{Label: "Levier"}}}
	var shown []coverage.Coverage
	for _, x := range n.Regions {
		if x.Total.Actions+x.Total.Qualitative+x.Total.Unassessed > 0 {
			shown = append(shown, x)
			s.Table.Columns = append(s.Table.Columns, ui.Column{Label: x.Region.Name, Number: true})
		}
	}
	if len(shown) == 0 {
		s.Lead = []string{"Aucune région n’a encore d’action retenue" + nb + ": le tableau croisé se remplira avec les listes que les deux têtes valident."}
		return s
	}
	if rest := len(n.Regions) - len(shown); rest > 0 {
		s.Lead = append(s.Lead, french.Integer(rest)+nb+french.Plural(rest, "région n’a encore aucune action retenue et n’y est pas.", "régions n’ont encore aucune action retenue et n’y sont pas."))
	}
	for _, l := range levers {
		cells := []ui.Cell{{Text: l.Line.Lever.ShortName, Href: l.href}}
		for _, x := range shown {
			c, ok := x.Cell(l.Line.Lever.Code)
			planned, known := c.PlannedPart()
			done, measured := c.DonePart()
			switch {
			case !ok || !known:
				cells = append(cells, ui.Cell{})
			case !measured && c.Planned.Actions == 0:
				cells = append(cells, ui.Cell{Text: "·"})
			default:
				cells = append(cells, ui.Cell{Text: percent(done + planned), Href: "/regions/" + x.Region.Slug + "/couverture/" + l.Line.Lever.Code})
			}
		}
		s.Table.Rows = append(s.Table.Rows, ui.Row{Cells: cells})
	}
	return s
}

func (d Deps) nationCSV(w http.ResponseWriter, r *http.Request) error {
	n, err := d.Coverage.OfNation(r.Context(), d.Q)
	if err != nil {
		return err
	}
	var all []reading
	for _, x := range n.Regions {
		all = append(all, reading{Coverage: x})
	}
	return preview.SendCSV(w, dataset("couverture-regions", all))
}
