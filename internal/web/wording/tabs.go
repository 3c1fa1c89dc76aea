package wording

import (
	"jalon/internal/panorama"
	"jalon/internal/territory"
	"jalon/internal/web/ui"
)

// The pages of a territory, as Tabs names the one that is read. Those after
// TabDiagnosis are its parts in a region: what is known before anyone is asked.
const (
	TabCOP           = "La COP"
	TabPanorama      = "Panorama"
	TabDiagnosis     = "Diagnostic"
	TabDebate        = "Débat"
	TabQuestionnaire = "Questionnaire"
	TabSimulator     = "Simulateur"
	TabCompare       = "Comparer"

	TabObjectives = "Objectifs"
	TabPlans      = "Plans"
	TabTrends     = "Tendances"
	TabNature     = "Biodiversité et ressources"
	TabStrengths  = "Points forts"
	TabObstacles  = "Freins"
	TabNotes      = "Notes d’expertise"
	TabAnswers    = "Restitution"
	TabThemes     = "Thèmes"
	TabCoverage   = "Couverture"
	TabActions    = "Actions"

	TabRoadmap  = "Feuille de route"
	TabFollowUp = "Suivi"
)

// SimulatorPath is the address of the simulator that a territory is read in,
// empty when it lies in several regions.
func SimulatorPath(tree *territory.Tree, p panorama.Panorama) string {
	if len(p.Regions) != 1 {
		return ""
	}
	ref := p.Territory.Ref
	if ref.Scale != territory.RegionS && ref.Scale != territory.Perimeter {
		return "/simulateur/" + ref.String()
	}
	region, err := tree.Region(p.Regions[0].Code)
	if err != nil {
		return "/simulateur"
	}
	return "/simulateur/" + region.Slug
}

// Tabs are the pages of a territory, the same on each of them.
func Tabs(tree *territory.Tree, p panorama.Panorama, current string) ui.Pages {
	t, ref := p.Territory, p.Territory.Ref
	if ref.Scale == territory.RegionS {
		if region, err := tree.Region(ref.Code); err == nil {
			return RegionTabs(region, current)
		}
	}
	list := pages{current: current}
	if ref.Scale == territory.Department {
		list.add(TabCOP, t.Path+"/cop")
	}
	list.add(TabPanorama, PanoramaPath(t))
	if ref.Scale == territory.Department {
		list.add(TabTrends, t.Path+"/tendances")
	}
	if ref.Scale == territory.Department || ref.Scale == territory.Perimeter {
		list.add(TabObjectives, t.Path+"/objectifs")
	}
	switch ref.Scale {
	case territory.Department, territory.EPCI, territory.EPT:
		list.add(TabCoverage, t.Path+"/couverture")
	}
	if simulator := SimulatorPath(tree, p); simulator != "" {
		list.add(TabSimulator, simulator)
	}
	list.add(TabCompare, "/comparer?a="+ref.String())
	return ui.Pages{Tabs: list.links}
}

// RegionTabs are the pages of a region, with the parts of its diagnosis on each of
// these.
func RegionTabs(r territory.Region, current string) ui.Pages {
	base := "/regions/" + r.Slug
	parts := pages{current: current}
	for _, x := range Parts(base) {
		parts.add(x.Label, x.Href)
	}
	list := pages{current: current}
	if parts.found {
		list.current = TabDiagnosis
	}
	list.add(TabCOP, base)
	list.add(TabPanorama, base+"/panorama")
	list.add(TabDiagnosis, base+"/diagnostic")
	list.add(TabDebate, base+"/debat")
	list.add(TabActions, base+"/actions")
	list.add(TabCoverage, base+"/couverture")
	list.add(TabRoadmap, base+"/feuille-de-route")
	list.add(TabFollowUp, base+"/suivi")
	list.add(TabQuestionnaire, base+"/questionnaire")
	list.add(TabSimulator, "/simulateur/"+r.Slug)
	list.add(TabCompare, "/comparer?a=region:"+r.Code)
	out := ui.Pages{Tabs: list.links}
	if parts.found {
		out.Parts = parts.links
	}
	return out
}

// Parts are the parts of the diagnosis of a region, whose pages begin with base.
func Parts(base string) []ui.Link {
	return []ui.Link{{Label: TabObjectives, Href: base + "/objectifs"}, {Label: TabPlans, Href: base + "/plans"}, {Label: TabTrends, Href: base + "/tendances"}, {Label: TabNature, Href: base + "/biodiversite-ressources"},
		{Label: TabStrengths, Href: base + "/points-forts"}, {Label: TabObstacles, Href: base + "/freins"}, {Label: TabNotes, Href: base + "/notes"},
		{Label: TabAnswers, Href: base + "/restitution"}, {Label: TabThemes, Href: base + "/themes"}}
}

type pages struct {
	current string
	found   bool
	links   []ui.Link
}

func (p *pages) add(label, href string) {
	p.found = p.found || label == p.current
	p.links = append(p.links, ui.Link{Label: label, Href: href, Current: label == p.current})
}
