package coverages

import (
	"net/http"
	"strings"

	"jalon/internal/french"
	"jalon/internal/panorama"
	"jalon/internal/territory"
	"jalon/internal/web/preview"
	"jalon/internal/web/ui"
	"jalon/internal/web/wording"
)

// ofGroup reads the EPCI, or the établissement public territorial, of an address.
func (d Deps) ofGroup(r *http.Request) (x reading, err error) {
	if x.model, err = d.Model(r.Context()); err != nil {
		return x, err
	}
	ref := territory.Ref{Scale: territory.EPCI, Code: r.PathValue("code")}
	if _, err := x.model.Tree().EPT(ref.Code); err == nil {
		ref.Scale = territory.EPT
	}
	if x.Coverage, err = d.Coverage.OfGroup(r.Context(), d.Q, ref); err != nil {
		return x, err
	}
	x.base = "/regions/" + x.Region.Slug + "/couverture"
	if len(x.Panorama.Regions) > 1 {
		x.base = "" // a lever is not read in one region
	}
	return x, nil
}

func (d Deps) group(w http.ResponseWriter, r *http.Request) error {
	x, err := d.ofGroup(r)
	if err != nil {
		return err
	}
	v, err := d.page(r, x)
	if err != nil {
		return err
	}
	tree, t := x.model.Tree(), x.Panorama.Territory
	path := "/epci/" + t.Ref.Code
	v.Heading.Overline = french.Upper(t.Kind) + ", couverture des objectifs par les actions"
	v.Heading.Scope = []string{"ktCO₂e par an en 2030, par rapport à 2019", "parts indicatives", "actions retenues par les deux têtes, pour ce qui est dans ses communes"}
	v.Pages = wording.Tabs(tree, x.Panorama, wording.TabCoverage)
	v.FilterTo = path + "/couverture"
	v.Intro = append(v.Intro, "La part indicative d’une intercommunalité dit l’ordre de grandeur de ce qui lui revient pour que l’objectif de la région soit atteint"+nb+": elle ne s’impose à personne.")
	spread, err := x.spread()
	if err != nil {
		return err
	}
	if spread.ID != "" {
		v.Sections = append(v.Sections, spread)
	}
	v.Sections = append(v.Sections, x.apart(), rules(true))
	v.Foot.Downloads = []ui.Link{{Label: "Cette couverture (CSV)", Href: path + "/couverture.csv"}}
	v.Foot.Sources = []ui.Link{{Label: "Les leviers et leurs parts ici", Href: path + "/panorama"}}
	for _, ref := range x.Panorama.Regions {
		region, err := tree.Region(ref.Code)
		if err != nil {
			return err
		}
		v.Foot.Sources = append(v.Foot.Sources, ui.Link{Label: "La couverture de la région " + region.Name, Href: "/regions/" + region.Slug + "/couverture"})
	}
	return d.show(w, r, v, "Levier par levier, ce que les actions retenues apportent dans cette intercommunalité.", append(wording.Trail(tree, t), ui.Link{Label: "Couverture"})...)
}

// spread says where an EPCI over several départements lies.
func (x reading) spread() (s section, err error) {
	tree := x.model.Tree()
	parts, err := tree.Parts(x.Panorama.Territory.Ref)
	if err != nil || len(parts) < 2 {
		return s, err
	}
	over := "départements"
	if len(x.Panorama.Regions) > 1 {
		over = "régions"
	}
	s = section{ID: "etendue", Title: "Une intercommunalité sur plusieurs " + over, Lead: []string{"Tout est lu commune par commune" + nb + ": ses parts d’objectifs s’ajoutent d’un département à l’autre, et les actions de chaque COP comptent pour ce qui est dans ses communes."}}
	s.Table = ui.Table{ID: "etendue-table", Caption: "Ses communes, par département", Columns: []ui.Column{{Label: "Département"}, {Label: "Région"}, {Label: "Communes", Number: true}, {Label: "Habitants", Number: true}}}
	for _, p := range parts {
		dept, err := tree.Dept(p.Dept)
		if err != nil {
			return s, err
		}
		name := ""
		if region, err := tree.Region(p.Region); err == nil {
			name = region.Name
		}
		people := ui.Cell{Missing: "La population d’une commune n’est pas connue."}
		if p.Population >= 0 {
			people = ui.Cell{Text: french.Integer(p.Population)}
		}
		s.Table.Rows = append(s.Table.Rows, ui.Row{Cells: []ui.Cell{{Text: dept.Name, Href: "/departements/" + dept.Code + "/couverture"}, {Text: name}, {Text: french.Integer(len(p.Communes))}, people}})
	}
	return s, nil
}

// apart lists, lever by lever, what is held apart here: what nobody divided, what a
// population estimates.
func (x reading) apart() section {
	s := section{ID: "a-part", Title: "Ce qui est compté à part, ou estimé ici"}
	for _, c := range x.Cells {
		if notes := c.Notes(); len(notes) > 0 {
			s.List = append(s.List, c.Line.Lever.ShortName+nb+": "+strings.Join(notes, " "))
		}
	}
	if len(s.List) == 0 {
		s.Lead = []string{"Rien" + nb + ": aucune action retenue n’est mise à part."}
	}
	return s
}

func (d Deps) groupCSV(w http.ResponseWriter, r *http.Request) error {
	x, err := d.ofGroup(r)
	if err != nil {
		return err
	}
	return preview.SendCSV(w, dataset("couverture-"+x.Panorama.Territory.Ref.Code, []reading{x}))
}

// leverPath is the page of a lever: in the region, or over all of them.
func (x reading) leverPath(line panorama.Line) string {
	if x.base == "" {
		return wording.LeverPath(line.Lever.Code)
	}
	return x.base + "/" + line.Lever.Code
}
