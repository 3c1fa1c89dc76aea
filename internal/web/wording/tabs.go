package wording

import (
	"jalon/internal/panorama"
	"jalon/internal/territory"
	"jalon/internal/web/ui"
)

// The pages of a territory, as Tabs names the one that is read.
const (
	TabCOP       = "La COP"
	TabPanorama  = "Panorama"
	TabPlans     = "Plans"
	TabTrends    = "Tendances"
	TabNature    = "Biodiversité et ressources"
	TabSimulator = "Simulateur"
	TabCompare   = "Comparer"
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
func Tabs(tree *territory.Tree, p panorama.Panorama, current string) []ui.Link {
	t, ref, simulator := p.Territory, p.Territory.Ref, SimulatorPath(tree, p)
	var tabs []ui.Link
	add := func(label, href string) {
		tabs = append(tabs, ui.Link{Label: label, Href: href, Current: label == current})
	}
	switch ref.Scale {
	case territory.RegionS:
		add(TabCOP, t.Path)
	case territory.Department:
		add(TabCOP, t.Path+"/cop")
	}
	add(TabPanorama, PanoramaPath(t))
	switch ref.Scale {
	case territory.RegionS:
		add(TabPlans, t.Path+"/plans")
		add(TabTrends, t.Path+"/tendances")
		add(TabNature, t.Path+"/biodiversite-ressources")
	case territory.Department:
		add(TabTrends, t.Path+"/tendances")
	}
	if simulator != "" {
		add(TabSimulator, simulator)
	}
	add(TabCompare, "/comparer?a="+ref.String())
	return tabs
}
