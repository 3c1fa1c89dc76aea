package action

import "strings"

// Completeness is how much of what readers expect an action says.
type Completeness struct {
	Points int // of 100
	Lacks  []string
}

// Completeness gives ten points to each of ten things that readers ask first.
func (x Action) Completeness() (c Completeness) {
	for _, t := range []struct {
		there bool
		name  string
	}{
		{strings.TrimSpace(x.Title) != "" && strings.TrimSpace(x.Summary) != "", "un résumé"},
		{len(x.Levers) > 0, "un levier"},
		{len(x.Places) > 0, "un territoire"},
		{x.Holder.Name != "", "un porteur"},
		{x.Contact != "" || x.Email != "", "un contact"},
		{x.Starts != "" && x.Ends != "", "des dates"},
		{x.Phase != "" && x.Status != "", "où en est le projet"},
		{x.Kind == CrossCutting || len(x.Impacts) > 0, "ce qu’elle apporte"},
		{x.Budget.Invest != nil || x.Budget.Operation != nil || x.Budget.FTE != nil, "un budget"},
		{len(x.Indicators) > 0, "un indicateur"},
	} {
		if t.there {
			c.Points += 10
		} else {
			c.Lacks = append(c.Lacks, t.name)
		}
	}
	return c
}
