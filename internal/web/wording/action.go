package wording

import (
	"strconv"
	"strings"

	"jalon/internal/action"
	"jalon/internal/cop"
	"jalon/internal/framework"
	"jalon/internal/french"
	"jalon/internal/plan"
	"jalon/internal/policy"
	"jalon/internal/territory"
	"jalon/internal/web/ui"
)

// ActionPath is the page of an action, GridPath that of its grid.
func ActionPath(id string) string { return "/actions/" + id }

// GridPath is the page where the grid of an action is read, filled and decided.
func GridPath(id string) string { return ActionPath(id) + "/grille" }

// ProposePath is the page where an action of a COP is proposed; from and id name what it
// comes from, «contribution» or «decision», empty for nothing.
func ProposePath(c cop.COP, from, id string) string {
	path := c.Path() + "/actions/nouvelle"
	if from == "" {
		return path
	}
	return path + "?" + from + "=" + id
}

// ActionsPath is the public page of the actions of the COP of a region.
func ActionsPath(c cop.COP) string { return c.Path() + "/actions" }

// RegisterPath is the register of the actions of the COP of a region.
func RegisterPath(c cop.COP) string { return c.Path() + "/bureau/actions" }

// Proposes reports whether somebody is offered to propose an action: for the COP, for one
// of its départements, for an organisation. The page itself knows where that one is.
func Proposes(a policy.Actor, c cop.COP) bool {
	return policy.Can(a, policy.Create, c.Thing(policy.Action)) || len(policy.Where(a, policy.Create, policy.Action).Orgs) > 0
}

// ListingPath is the public page of a list that both heads retained.
func ListingPath(c cop.COP, n string) string { return c.Path() + "/actions/releves/" + n }

// ActionBadge says where an action is on its way to the list of the COP, with its
// status in the vivier or, retained, that it was given up.
func ActionBadge(x action.Action) string {
	switch {
	case x.State == action.Pool && x.PoolState != "":
		return x.State.Name() + nb + ": " + action.Named(action.PoolStates(), x.PoolState)
	case x.Status == "abandoned" && (x.State == action.Retained || x.State == action.Debated):
		return x.State.Name() + ", puis abandonnée"
	}
	return x.State.Name()
}

// GridBadge says what the grid says of an action: what its last reading concludes.
func GridBadge(x action.Action) string {
	for _, t := range []struct {
		a    *action.Assessment
		name string
	}{{x.Grid.Decision, "décision"}, {x.Grid.Opinion, "avis de l’équipe"}, {x.Grid.Self, "auto-évaluation"}} {
		if t.a == nil {
			continue
		}
		if ok, _ := action.Eligible(t.a, x.Kind); ok {
			return "grille remplie (" + t.name + ")"
		}
		return "grille non remplie (" + t.name + ")"
	}
	return "grille à remplir"
}

// ActionSteps are the next steps that a reader may take with an action, each to the
// form that takes it.
func ActionSteps(a policy.Actor, x action.Action, c cop.COP) (out []ui.Link) {
	t := x.Thing(c)
	add := func(label, anchor string) {
		out = append(out, ui.Link{Label: label, Href: GridPath(x.ID) + anchor})
	}
	edits, judges := policy.Can(a, policy.Edit, t), policy.Can(a, policy.Judge, t)
	switch {
	case (x.State == action.Draft || x.State == action.Pool) && edits:
		if len(x.Grid.Self.Unsaid(action.SelfTurn, x.Kind)) > 0 {
			add("Remplir l’auto-évaluation", "#auto-evaluation")
		}
		add(map[action.State]string{action.Draft: "Proposer l’action", action.Pool: "Proposer de nouveau l’action"}[x.State], "#proposer")
	case x.State == action.Proposed && judges && x.Grid.Opinion == nil:
		add("Donner l’avis de l’équipe", "#avis")
	case x.State == action.Proposed && judges:
		add("Décider\u00a0: qualifier, ou placer au vivier", "#decision")
	case x.State == action.Qualified && judges:
		add("Noter le débat", "#debat")
	case x.State == action.Debated && policy.Can(a, policy.Propose, c.Thing(policy.Action)):
		out = append(out, ui.Link{Label: "Composer la liste à retenir", Href: RegisterPath(c) + "/retenir"})
	case x.State == action.Merged && x.MergedInto != "":
		out = append(out, ui.Link{Label: "L’action qui la remplace", Href: ActionPath(x.MergedInto)})
	}
	return out
}

// The views of the register.
const (
	RegisterTable    = "Registre"
	RegisterBoard    = "Tableau par état"
	RegisterCalendar = "Calendrier"
	RegisterMap      = "Carte"
	RegisterRetain   = "À retenir"
	RegisterListings = "Relevés de décisions"
	RegisterPool     = "Vivier"
	RegisterPairs    = "Actions proches"
	RegisterOverlaps = "Recoupements"
	RegisterCross    = "Thèmes transversaux"
	RegisterImport   = "Importer"
	RegisterExport   = "Exporter"
	RegisterNeeds    = "Besoins sans aide"
)

// RegisterTabs lead from one page of the actions of a COP to the other ones that somebody
// may use; query is the filter that its views share.
func RegisterTabs(a policy.Actor, c cop.COP, query, current string) ui.Pages {
	desk := RegisterPath(c)
	if query != "" {
		query = "?" + query
	}
	t := c.Thing(policy.Action)
	reads, judges, proposes := policy.Can(a, policy.Read, c.Thing(policy.Desk)), policy.Can(a, policy.Judge, t), policy.Can(a, policy.Propose, t)
	var out []ui.Link
	for _, x := range []struct {
		may         bool
		label, href string
	}{{reads, "Bureau", c.Path() + "/bureau"}, {reads && judges, RegisterTable, desk + query}, {reads && judges, RegisterBoard, desk + "/tableau" + query}, {reads && judges, RegisterCalendar, desk + "/calendrier" + query}, {reads && judges, RegisterMap, desk + "/carte" + query},
		{proposes, RegisterRetain, desk + "/retenir"}, {true, RegisterListings, desk + "/releves"}, {judges, RegisterPool, desk + "/vivier"}, {judges, RegisterPairs, desk + "/doublons"}, {judges, RegisterOverlaps, desk + "/recoupements"}, {judges, RegisterCross, desk + "/transversales"},
		{judges, RegisterImport, desk + "/importer"}, {judges, RegisterExport, desk + "/exporter"}, {judges, RegisterNeeds, cop.RegionPath(c.Slug, cop.First) + "/bureau/besoins"}} {
		if x.may {
			out = append(out, ui.Link{Label: x.label, Href: x.href, Current: x.label == current})
		}
	}
	return ui.Pages{Tabs: out}
}

// ActionNumber is how pages name an action of a COP.
func ActionNumber(seq int64) string { return "n°" + nb + french.Integer(seq) }

// LeverName names a lever, by its code when nobody knows it.
func LeverName(fw *framework.Framework, code string) string {
	if l, err := fw.Lever(code); err == nil {
		return l.Name
	}
	return code
}

// LeversOf are the levers of the COP of a region: those of overseas have their own.
func LeversOf(fw *framework.Framework, region string) []framework.Lever {
	if strings.HasPrefix(region, "0") {
		return fw.Levers(framework.Overseas)
	}
	return fw.Levers(framework.National)
}

// LeversIn are the levers of a COP, whose cycle chose their list: for the first one, those
// of LeversOf.
func LeversIn(fw *framework.Framework, c cop.COP, version string) []framework.Lever {
	if c.Cycle == cop.First || version == "" {
		return LeversOf(fw, c.Region)
	}
	return fw.Levers(version)
}

// PlaceName names a territory where an action takes place, by its code when nobody knows
// it; a free perimeter is kept elsewhere.
func PlaceName(tree *territory.Tree, ref string) string {
	at, err := territory.ParseRef(ref)
	if err != nil {
		return ref
	}
	if at.Scale == territory.Perimeter {
		return "un périmètre de projet"
	}
	t, err := tree.Lookup(at)
	if err != nil {
		return ref
	}
	return t.Name
}

// PlanAim is what a plan aims at, in words: the lever or the indicator, and the target as
// the plan writes it.
func PlanAim(fw *framework.Framework, o plan.Objective) string {
	name := o.Indicator
	if name == "" {
		name = LeverName(fw, o.Lever)
	}
	return name + ", " + strings.TrimSpace(o.Written) + nb + o.Unit + " en " + strconv.Itoa(o.TargetYear)
}
