package wording

import (
	"slices"
	"strings"

	"jalon/internal/cop"
	"jalon/internal/policy"
	"jalon/internal/territory"
	"jalon/internal/web/ui"
)

// COPTabs are the pages of a region as the COP of one of its cycles has them: its own
// actions, roadmap, objectives and themes; the rest is of the region. Those of the first
// COP are RegionTabs.
func COPTabs(c cop.COP, r territory.Region, current string) ui.Pages {
	out := RegionTabs(r, current)
	if c.Cycle == cop.First {
		return out
	}
	own := map[string]string{TabCOP: "", TabActions: "/actions", TabRoadmap: "/feuille-de-route", TabObjectives: "/objectifs", TabThemes: "/themes"}
	for _, list := range [][]ui.Link{out.Tabs, out.Parts} {
		for i, t := range list {
			if end, ok := own[t.Label]; ok {
				list[i].Href = c.Path() + end
			}
		}
	}
	return out
}

// COPTrail is the way down to a page of the COP of a region in a cycle.
func COPTrail(c cop.COP, r territory.Region, last ...ui.Link) []ui.Link {
	if c.Cycle != cop.First {
		last = append([]ui.Link{{Label: "COP " + c.Cycle, Href: c.Path()}}, last...)
	}
	return RegionTrail(r, last...)
}

// InCycles adds to the pages of a COP the way to the same one of the other COPs of the
// region, those whose desk a reader may open for a page of the desk. The page is the
// current tab, without what narrowed it, or the one at end under the address of a COP.
func InCycles(p ui.Pages, a policy.Actor, c cop.COP, all []cop.COP, end string) ui.Pages {
	if end == "" {
		for _, t := range p.Tabs {
			if t.Current {
				end, _, _ = strings.Cut(strings.TrimPrefix(t.Href, c.Path()), "?")
			}
		}
	}
	p.Cycles = Cycles(a, c, all, end)
	return p
}

// Cycles lead to the page at end under the address of each of several COPs of a territory,
// none when it had one: those whose desk a reader may open for a page of the desk.
func Cycles(a policy.Actor, c cop.COP, all []cop.COP, end string) (out []ui.Link) {
	private := strings.HasPrefix(end, "/bureau")
	for _, x := range slices.Backward(all) {
		if x.ID == c.ID || !private || policy.Can(a, policy.Read, x.Thing(policy.Desk)) {
			out = append(out, ui.Link{Label: "Cycle " + x.Cycle, Href: x.Path() + end, Current: x.ID == c.ID})
		}
	}
	if len(out) < 2 {
		return nil
	}
	return out
}
