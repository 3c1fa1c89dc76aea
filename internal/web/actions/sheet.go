package actions

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"jalon/internal/action"
	"jalon/internal/action/coverage"
	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/french"
	"jalon/internal/link"
	"jalon/internal/plan"
	"jalon/internal/policy"
	"jalon/internal/web/sections"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
	"jalon/internal/web/wording"
)

// readers are the pages that show actions.
func (d Deps) readers() map[string]shell.Handler {
	return map[string]shell.Handler{"actions": d.list, "action": d.sheet, "action-versions": d.history, "action-document": d.document}
}

// sheet is one action: what, where, who, when, how far, with which money, and where it
// comes from.
func (d Deps) sheet(w http.ResponseWriter, r *http.Request) error {
	x, a, err := d.one(r)
	if err != nil {
		return err
	}
	actor := shell.Actor(r)
	v := sections.View{Heading: ui.Heading{Overline: "Action " + number(a.Seq) + " de " + x.cop.SenderName(), Title: a.Title, Scope: x.scope(a)}}
	v.Notices = x.notices(a)
	if x.cop.Cycle != cop.First {
		v.Heading.Scope = append(v.Heading.Scope, "cycle "+x.cop.Cycle)
	}
	recorded, err := d.recorded(r, x, a)
	if err != nil {
		return err
	}
	v.Parts = append(v.Parts, sections.Part{ID: "en-bref", Bodies: []templ.Component{ui.KeyFigures(x.figures(a))}, Markdown: a.Summary, Links: recorded})
	if d.Adopted != nil && a.State == action.Retained {
		l, ok, err := d.Adopted(r.Context(), x.cop, a.ID)
		if err != nil {
			return err
		}
		if ok {
			v.Parts = append(v.Parts, sections.Part{ID: "feuille-de-route", Title: "Dans la feuille de route", Links: []ui.Link{l}})
		}
	}
	if d.Said != nil && a.State == action.Retained {
		said, err := d.Said(r, a, x.cop, x.lever)
		if err != nil {
			return err
		}
		v.Parts = append(v.Parts, said)
	}
	v.Parts = append(v.Parts, x.brings(a))
	v.Parts = append(v.Parts, sections.Part{ID: "qui", Title: "Qui la porte", Facts: x.people(a)})
	v.Parts = append(v.Parts, x.placesPart(a), x.calendar(a), x.money(a), indicators(a))
	slowed, err := d.met(r.Context(), actor, a)
	if err != nil {
		return err
	}
	v.Parts = append(v.Parts, slowed)
	around, err := d.around(r, x, a)
	if err != nil {
		return err
	}
	v.Parts = append(v.Parts, around...)
	next := d.next(actor, x, a)
	if d.Draw != nil {
		l, err := d.Draw(r.Context(), actor, a)
		if err != nil {
			return err
		}
		if l.Href != "" {
			next.Links = append([]ui.Link{l}, next.Links...)
		}
	}
	if len(next.Links) > 0 {
		v.Parts = append(v.Parts, next)
	}
	v.Parts = slices.DeleteFunc(v.Parts, func(p sections.Part) bool {
		return p.Title != "" && len(p.Facts)+len(p.Tables)+len(p.List)+len(p.Links)+len(p.Bodies) == 0 && p.Empty.Title == "" && p.Lead == ""
	})
	v.Foot = ui.Source{Text: "Ce que dit son porteur, tel que l’équipe de la COP l’a relu. Dernière modification le " + french.Date(a.Changed.In(x.cop.Location())) + ".", Print: true}
	return sections.Show(d.Shell, w, r, http.StatusOK, v, !a.State.Public(), x.trail(ui.Link{Label: "Action " + number(a.Seq)})...)
}

// scope bounds what the title says.
func (x where) scope(a action.Action) []string {
	out := []string{wording.ActionBadge(a)}
	switch {
	case a.Kind == action.CrossCutting:
		out = append(out, "action transversale")
	case a.Central() != "":
		out = append(out, "levier\u00a0: "+x.lever(a.Central()))
	}
	if a.RetainedOn != "" {
		out = append(out, "retenue par les deux têtes le "+french.Day(a.RetainedOn))
	}
	if a.Status != "" {
		out = append(out, join("projet "+action.Named(action.Statuses(), a.Status), dayOf(a.StatusOn)))
	}
	return out
}

// recorded leads to the «relevé de décisions» that retained the action.
func (d Deps) recorded(r *http.Request, x where, a action.Action) ([]ui.Link, error) {
	if a.List == "" || a.State != action.Retained {
		return nil, nil
	}
	l, err := action.FindListing(r.Context(), d.Q, shell.Actor(r), x.cop, a.List)
	if apperr.KindOf(err) == apperr.NotFound && err != nil {
		return nil, nil
	}
	return []ui.Link{{Label: wording.Upper(l.Name()) + ", validé par les deux têtes", Href: x.home() + "/actions/releves/" + strconv.FormatInt(l.Seq, 10)}}, err
}

func (x where) notices(a action.Action) (out []ui.Alert) {
	switch {
	case a.State == action.Merged:
		out = append(out, ui.Alert{State: "info", Title: "Cette action a été réunie à une autre", Text: "Elle reste ici avec ses versions\u00a0; c’est l’autre qui compte.", Links: []ui.Link{{Label: "Lire l’action qui la remplace", Href: wording.ActionPath(a.MergedInto)}}})
	case a.State == action.Withdrawn:
		out = append(out, ui.Alert{State: "warning", Title: "Cette action est retirée"})
	case a.State == action.Pool:
		out = append(out, ui.Alert{State: "info", Title: "Cette action est au vivier\u00a0: " + action.Named(action.PoolStates(), a.PoolState), Text: "Elle ne remplit pas encore la grille de l’action COP. Elle n’est pas perdue, et peut être proposée de nouveau."})
	case !a.State.Public():
		out = append(out, ui.Alert{State: "info", Title: "Cette action n’est pas publique", Text: "Elle l’est à partir du débat. Seuls la lisent qui la porte et l’équipe de la COP."})
	}
	if a.Status == "abandoned" {
		out = append(out, ui.Alert{State: "warning", Title: "Ce projet est abandonné", Text: join(a.StatusReason, dayOf(a.StatusOn))})
	}
	return out
}

// keptImpact is why what an action brings is not shown.
const keptImpact = "Son porteur ne publie pas ce qu’elle apporte tant que la COP ne l’a pas retenue."

// figures are the three numbers that a reader looks for first.
func (x where) figures(a action.Action) []ui.KeyFigure {
	gain := ui.KeyFigure{Label: "Ce qu’elle apporte"}
	var sum int64
	known, impact := false, action.Impact{}
	for _, p := range a.Impacts {
		if p.Kg != nil {
			if !known {
				impact = p
			}
			sum, known = sum+int64(*p.Kg), true
		}
	}
	counted := 0
	for _, p := range a.Impacts {
		if p.Kg != nil {
			counted++
		}
	}
	switch {
	case known:
		way := " en moins par an en 2030"
		if sum < 0 {
			way = " en plus par an en 2030"
		}
		value, unit := french.Mass(max(sum, -sum))
		gain.Value = ui.Value{Text: value, Unit: unit + way, Provenance: "declared", ProvenanceLabel: "déclaré", Name: "ce qu’apporte l’action"}
		switch {
		case counted > 1:
			gain.Meaning = "La somme de ce qu’elle apporte à " + french.Integer(counted) + nb + "leviers, chacun plus bas."
		case impact.Quantity != nil:
			gain.Meaning = quantity(impact) + gross(impact)
		}
		if counted == 1 && a.PublicImpact() {
			gain.Value.Explain = wording.FigurePath(coverage.ActionKey(a.ID, impact.Lever))
		}
	case a.Kind == action.CrossCutting:
		gain.Value = ui.Value{Missing: "Une action transversale sert plusieurs leviers et n’a pas de tonnes de CO₂ à elle."}
	case len(a.Impacts) > 0:
		gain.Value = ui.Value{Missing: "Ce qu’elle apporte n’est pas chiffré\u00a0: " + a.Impacts[0].Class.Name() + "."}
	case slices.Contains(a.Hidden, "impact") && a.State != action.Retained:
		gain.Value = ui.Value{Missing: keptImpact}
	default:
		gain.Value = ui.Value{Missing: "Son porteur n’a pas encore dit ce qu’elle apporte."}
	}
	cost := ui.KeyFigure{Label: "Ce qu’elle coûte", Value: ui.Value{Missing: "Aucun budget d’investissement n’est publié."}}
	if a.Budget.Invest != nil {
		cost.Value = ui.Value{Text: amount(*a.Budget.Invest), Unit: "€ d’investissement"}
		switch gap := x.gapOf(a); {
		case gap == nil:
		case len(a.Funding) == 0 && *gap > 0:
			cost.Meaning = "Aucun financement n’est encore dit\u00a0: tout reste à trouver."
		case *gap > 0:
			cost.Meaning = "Il reste " + action.Euros(*gap) + " à trouver."
		default:
			cost.Meaning = "Le financement est réuni."
		}
	}
	far := ui.KeyFigure{Label: "Où elle en est", Value: ui.Value{Missing: "Son porteur n’a pas dit où elle en est."}}
	if a.Phase != "" || a.Status != "" {
		far.Value = ui.Value{Text: cmp.Or(action.Named(action.Statuses(), a.Status), action.Named(action.Phases(), a.Phase))}
		var said []string
		if a.Status != "" && a.Phase != "" {
			said = append(said, "Phase\u00a0: "+action.Named(action.Phases(), a.Phase)+".")
		}
		if a.StatusReason != "" {
			said = append(said, a.StatusReason)
		}
		far.Meaning = strings.Join(said, " ")
		far.Trend = span(a)
	}
	return []ui.KeyFigure{gain, cost, far}
}

func amount(cents int64) string { return strings.TrimSuffix(action.Euros(cents), nb+"€") }

// gapOf is what an action still wants, nil when it is not known: no budget is said, or its
// reader does not see the funding.
func (x where) gapOf(a action.Action) *int64 {
	if !x.inner && slices.Contains(a.Hidden, "funding") {
		return nil
	}
	gap, _ := a.Gap()
	return gap
}

// span is the calendar of an action in words.
func span(a action.Action) string {
	switch {
	case a.Starts != "" && a.Ends != "":
		return since(a.Starts) + " " + until(a.Ends)
	case a.Starts != "":
		return "à partir " + since(a.Starts)
	case a.Ends != "":
		return "jusqu’" + strings.Replace(until(a.Ends), "à "+a.Ends, "en "+a.Ends, 1)
	}
	return ""
}

// since writes «du 14 mars 2025», «de mars 2025», «d’avril 2025», «de 2025».
func since(day string) string {
	text := french.When(day)
	switch {
	case len(day) == len("2006-01-02"):
		return "du " + text
	case strings.HasPrefix(text, "a"), strings.HasPrefix(text, "o"):
		return "d’" + text
	}
	return "de " + text
}

// until writes «au 2 mai 2026», «à mai 2026», «à 2030».
func until(day string) string {
	if len(day) == len("2006-01-02") {
		return "au " + french.When(day)
	}
	return "à " + french.When(day)
}

func dayOf(day string) string {
	if day == "" {
		return ""
	}
	return "le " + french.When(day)
}

func join(words ...string) string {
	return strings.Join(slices.DeleteFunc(words, func(s string) bool { return strings.TrimSpace(s) == "" }), ", ")
}

func decimal(v float64) string { return plan.Exact(v) }

// quantity writes what is done, with its range.
func quantity(p action.Impact) string {
	if p.Quantity == nil {
		return ""
	}
	text := decimal(*p.Quantity) + nb + p.Unit
	if p.Low != nil && p.High != nil {
		text += ", entre " + decimal(*p.Low) + " et " + decimal(*p.High)
	}
	return text
}

func gross(p action.Impact) string {
	if p.Gross {
		return " (brut\u00a0: ce qui disparaît pendant ce temps n’est pas retranché)"
	}
	return ""
}

// around is what an action is tied to: other actions, documents, things of other rooms.
func (d Deps) around(r *http.Request, x where, a action.Action) (out []sections.Part, err error) {
	actor := shell.Actor(r)
	ties, err := d.Room.Ties(r.Context(), d.Q, actor, x.cop, a.ID)
	if err != nil {
		return nil, err
	}
	p := sections.Part{ID: "autres-actions", Title: "Avec quelles autres actions"}
	for _, t := range ties {
		p.Links = append(p.Links, ui.Link{Label: wording.Upper(t.Name()) + nb + ": " + number(t.Row.Seq) + " " + t.Row.Title, Href: wording.ActionPath(t.Row.ID)})
	}
	out = append(out, p)
	from, err := link.From(r.Context(), d.Q, link.End{Kind: link.Action, ID: a.ID})
	if err != nil {
		return nil, err
	}
	to, err := link.To(r.Context(), d.Q, link.End{Kind: link.Action, ID: a.ID})
	if err != nil {
		return nil, err
	}
	p = sections.Part{ID: "origine", Title: "D’où elle vient, à quoi elle répond"}
	if d.Follows != nil {
		if p.Links, err = d.Follows(r.Context(), actor, a); err != nil {
			return nil, err
		}
	}
	ends := make([]link.End, 0, len(from)+len(to))
	for _, l := range from {
		ends = append(ends, l.To)
	}
	for _, l := range to {
		ends = append(ends, l.From)
	}
	for _, e := range ends {
		name, ok := d.Things[e.Kind]
		if !ok || e.Kind == link.Obstacle { // said by what slows the action
			continue
		}
		l, err := name(r.Context(), actor, e.ID)
		if err != nil {
			return nil, err
		}
		if l.Href != "" {
			p.Links = append(p.Links, l)
		}
	}
	out = append(out, p)
	p = sections.Part{ID: "documents", Title: "Documents"}
	for _, f := range a.Files {
		p.Links = append(p.Links, ui.Link{Label: cmp.Or(f.Title, f.Name), Href: wording.ActionPath(a.ID) + "/documents/" + f.ID})
	}
	return append(out, p), nil
}

// next is what its reader may do with it now.
func (d Deps) next(actor policy.Actor, x where, a action.Action) sections.Part {
	p := sections.Part{ID: "ensuite", Title: "Ce que vous pouvez faire"}
	if policy.Can(actor, policy.Edit, a.Thing(x.cop)) && a.State != action.Merged && a.State != action.Retaining {
		p.Links = append(p.Links, ui.Link{Label: "Compléter ou corriger l’action", Href: wording.ActionPath(a.ID) + "/modifier"})
	}
	p.Links = append(p.Links, wording.ActionSteps(actor, a, x.cop)...)
	if a.Inner(actor, x.cop) {
		p.Links = append(p.Links, ui.Link{Label: "Lire la grille de l’action COP", Href: wording.GridPath(a.ID)}, ui.Link{Label: "Ses versions, et qui l’a changée", Href: wording.ActionPath(a.ID) + "/versions"})
	}
	return p
}
