package action

import (
	"slices"

	"jalon/internal/cop"
	"jalon/internal/policy"
)

// Groups are the groups of fields that an action may keep from its public page, with
// their French names.
func Groups() [][2]string {
	return [][2]string{{"contact", "contact et élu référent"}, {"budget", "budget"}, {"funding", "plan de financement"}, {"tasks", "tâches"}, {"obstacles", "freins rencontrés"}, {"documents", "documents"}, {"grid", "grille de l’action COP"}, {"impact", "ce qu’elle apporte, tant qu’elle n’est pas retenue"}}
}

func groupNames(codes []string) []string {
	out := make([]string, 0, len(codes))
	for _, c := range codes {
		out = append(out, Named(Groups(), c))
	}
	return out
}

// keepsImpact reports whether what an action brings is not published yet.
func (x Action) keepsImpact() bool {
	return x.State != Retained && slices.Contains(x.Hidden, "impact")
}

// PublicImpact reports whether anyone may read what an action brings.
func (x Action) PublicImpact() bool { return x.State.Public() && !x.keepsImpact() }

// Inner reports whether somebody reads all of an action: whoever may change it, and
// those who read what the COP has not published.
func (x Action) Inner(a policy.Actor, c cop.COP) bool {
	t := x.Thing(c)
	t.Part = ""
	return policy.Can(a, policy.Read, t)
}

// For is an action as somebody may read it: without the groups of fields that it hides,
// nor its tasks, its address and its grid before they are given, for who only reads what
// is public.
func (x Action) For(a policy.Actor, c cop.COP) Action {
	if x.Inner(a, c) {
		return x
	}
	return x.Public()
}

// Public is an action as anyone reads it. An address of mail is never shown, nor who
// wrote; what the grid says is, but for the names of who said it.
func (x Action) Public() Action {
	hides := func(group string) bool { return slices.Contains(x.Hidden, group) }
	x.Author, x.Email, x.Origin = "", "", ""
	if hides("contact") {
		x.Contact, x.Referent = "", ""
	}
	if hides("budget") {
		x.Budget = Budget{}
	}
	if hides("funding") {
		x.Funding = nil
	}
	if hides("tasks") {
		x.Tasks = nil
	} else {
		x.Tasks = slices.Clone(x.Tasks)
		for i := range x.Tasks {
			x.Tasks[i].Who = ""
		}
	}
	if hides("obstacles") {
		x.Met = nil
	}
	if hides("documents") {
		x.Files = nil
	}
	if x.keepsImpact() {
		x.Impacts = nil // once retained, sums hold it and the list of both heads says it
	}
	x.Grid.Self, x.Grid.Opinion = nil, nil
	if d := x.Grid.Decision; d != nil && !hides("grid") {
		kept := *d
		kept.Person, kept.By = "", ""
		x.Grid.Decision = &kept
	} else {
		x.Grid.Decision = nil
	}
	return x
}
