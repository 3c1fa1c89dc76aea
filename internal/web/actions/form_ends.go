package actions

import (
	"cmp"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"jalon/internal/action"
	"jalon/internal/apperr"
	"jalon/internal/debate"
	"jalon/internal/debate/minutes"
	"jalon/internal/french"
	"jalon/internal/knowledge"
	"jalon/internal/link"
	"jalon/internal/plan"
	"jalon/internal/policy"
	"jalon/internal/survey"
	"jalon/internal/web/sections"
	"jalon/internal/web/ui"
	"jalon/internal/web/wording"
)

// origin is a thing of another room that an action comes from, or is tied to.
type origin struct {
	end                                   link.End
	name, title, text, lever, place, href string
}

// readEnd reads the address of a thing that an action of the COP may be linked to, as far
// as somebody may read it.
func (w writing) readEnd(address string) (origin, error) {
	u, err := url.Parse(address)
	if err != nil {
		return origin{}, apperr.Invalidf("Ce n’est pas une adresse\u00a0: collez celle de la page que vous voulez lier.")
	}
	path := strings.Split(strings.Trim(u.Path, "/"), "/")
	for i, s := range path[:len(path)-1] {
		next := path[i+1]
		switch s {
		case "contributions":
			return w.ofContribution(next)
		case "decisions":
			return w.ofDecision(next)
		case "reponses":
			return w.ofEnd(link.End{Kind: link.Response, ID: next})
		case "plans":
			if aim := u.Query().Get("objectif"); aim != "" {
				return w.ofEnd(link.End{Kind: link.PlanAim, ID: aim})
			}
			return w.ofEnd(link.End{Kind: link.Plan, ID: next})
		case "bonnes-pratiques", "points-forts":
			return w.ofEnd(link.End{Kind: link.Practice, ID: next})
		case "freins":
			return w.ofEnd(link.End{Kind: link.Obstacle, ID: next})
		}
	}
	return origin{}, apperr.Invalidf("Cette adresse n’est pas celle d’une page qui se lie à une action\u00a0: contribution, décision, plan, fiche d’une collectivité, point fort, bonne pratique ou frein.")
}

// picked reads what was chosen in one of the lists that the page offers.
func (w writing) picked(value string) (origin, error) {
	kind, id, _ := strings.Cut(value, "/")
	if kind != link.Response && kind != link.Plan && kind != link.PlanAim && kind != link.Practice {
		return origin{}, apperr.Invalidf("Choisissez dans les listes ce à quoi l’action se lie.")
	}
	return w.ofEnd(link.End{Kind: kind, ID: id})
}

// ofContribution reads a contribution of the COP that somebody may read.
func (w writing) ofContribution(id string) (o origin, err error) {
	p, err := debate.FindPost(w.r.Context(), w.d.Q, id)
	if err == nil && (p.COP != w.cop.ID || !policy.Can(w.who, policy.Read, p.Thing(w.cop, ""))) {
		err = apperr.NotFoundf("Cette contribution n’existe pas dans cette COP, ou n’est pas publiée.")
	}
	return origin{end: link.End{Kind: link.Contribution, ID: p.ID}, name: "la contribution «\u00a0" + p.Title + "\u00a0»", title: p.Title, text: p.Text, lever: p.Lever, place: p.Territory, href: "/regions/" + w.region.Slug + "/contributions/" + p.ID}, err
}

// ofDecision reads a decision of the COP that somebody may read.
func (w writing) ofDecision(id string) (o origin, err error) {
	x, _, c, err := minutes.FindDecision(w.r.Context(), w.d.Q, w.who, id)
	if err == nil && c.ID != w.cop.ID {
		err = apperr.NotFoundf("Cette décision n’est pas de cette COP.")
	}
	o = origin{end: link.End{Kind: link.Decision, ID: x.ID}, name: "la décision «\u00a0" + x.Sentence + "\u00a0»", title: x.Sentence, href: "/reunions/" + x.Meeting + "/decisions"} // one alone is for who leads the meeting
	o.text = "Décision du " + french.Day(x.Day) + "\u00a0: " + x.Sentence
	if len(x.Levers) > 0 {
		o.lever = x.Levers[0]
	}
	return o, err
}

// tiedTo lists what an action is linked to, as far as somebody may read it.
func tiedTo(w writing) ([]sections.Part, error) {
	all, err := w.d.Room.Ties(w.r.Context(), w.d.Q, w.who, w.cop, w.x.ID)
	if err != nil {
		return nil, err
	}
	p := sections.Part{ID: "lies", Title: "Liée aujourd’hui à"}
	for _, t := range all {
		p.Links = append(p.Links, ui.Link{Label: t.Name() + french.NoBreak + ": n°" + french.NoBreak + french.Integer(t.Row.Seq) + ", " + t.Row.Title, Href: "/actions/" + t.Row.ID})
	}
	links, err := link.From(w.r.Context(), w.d.Q, link.End{Kind: link.Action, ID: w.x.ID})
	if err != nil {
		return nil, err
	}
	drop := ui.Field{ID: "unlink", Label: "Liens à retirer", Type: "checkbox"}
	for _, l := range links {
		if l.To.Kind == link.Obstacle && slices.ContainsFunc(w.x.Met, func(m action.Met) bool { return m.Item == l.To.ID }) {
			continue // said by the action itself, on the page of its obstacles
		}
		o, err := w.ofEnd(l.To)
		if err != nil && apperr.KindOf(err) != apperr.NotFound && apperr.KindOf(err) != apperr.Forbidden {
			return nil, err
		}
		if err != nil || o.href == "" {
			continue // not for this reader
		}
		p.Links = append(p.Links, ui.Link{Label: o.name, Href: o.href})
		drop.Options = append(drop.Options, ui.Option{Value: l.To.Kind + "/" + l.To.ID, Label: french.Upper(o.name)})
	}
	offered, err := w.offers()
	if err != nil {
		return nil, err
	}
	var out []sections.Part
	if len(offered) > 0 {
		out = append(out, sections.Part{ID: "proposes", Title: "Choisir dans une liste", Forms: []sections.Form{w.besides("choisir", "Lier", "pick", offered)}})
	}
	if len(drop.Options) > 0 {
		p.Forms, p.Fold = []sections.Form{w.besides("retirer", "Retirer ces liens", "unlink", []ui.Field{drop})}, "Retirer un lien"
	}
	if len(p.Links) > 0 {
		out = append(out, p)
	}
	return out, nil
}

// besides is a form of the page of links that leaves the relations as they are.
func (w writing) besides(id, submit, reason string, fields []ui.Field) sections.Form {
	f := sections.Form{ID: id, Action: w.base() + "/liens", Rev: strconv.FormatInt(w.x.Rev, 10), Submit: submit, Secondary: true, Fields: fields}
	for name, values := range tiesPart().values(w, w.x) {
		for _, s := range values {
			f.Hidden = append(f.Hidden, [2]string{name, s})
		}
	}
	slices.SortFunc(f.Hidden, func(a, b [2]string) int { return cmp.Compare(a[0], b[0]) })
	if w.x.State == action.Retained {
		f.Fields = append(f.Fields, ui.Field{ID: reason + "-reason", Name: "reason", Label: "Raison", Required: true})
	}
	return f
}

// ofEnd reads a thing that an action may be linked to, as far as somebody may read it: of
// the COP, of its region, or shared by another region.
func (w writing) ofEnd(e link.End) (origin, error) {
	ctx := w.r.Context()
	elsewhere := func(err error, here bool) error {
		if err == nil && !here {
			return apperr.NotFoundf("Cette page n’est pas de cette COP.")
		}
		return err
	}
	var err error
	switch e.Kind {
	case link.Contribution:
		return w.ofContribution(e.ID)
	case link.Decision:
		return w.ofDecision(e.ID)
	case link.Response:
		var r survey.Response
		r, err = survey.FindResponse(ctx, w.d.Q, e.ID)
		err = elsewhere(err, r.COP == w.cop.ID)
	case link.Plan:
		var p plan.Plan
		p, err = plan.Find(ctx, w.d.Q, e.ID)
		err = elsewhere(err, p.Region == w.region.Code)
	case link.PlanAim:
		var p plan.Plan
		_, p, err = plan.FindObjective(ctx, w.d.Q, e.ID)
		err = elsewhere(err, p.Region == w.region.Code)
	case link.Practice, link.Obstacle:
		var x knowledge.Item
		x, err = knowledge.Find(ctx, w.d.Q, w.who, e.ID)
		kind := knowledge.Strength
		if e.Kind == link.Obstacle {
			kind = knowledge.Obstacle
		}
		err = elsewhere(err, x.Kind == kind && (x.Region == w.region.Code || x.Shared))
	}
	name, ok := w.d.Things[e.Kind]
	if err != nil || !ok {
		return origin{}, err
	}
	l, err := name(ctx, w.who, e.ID)
	if err == nil && l.Href == "" {
		err = apperr.NotFoundf("Cette page n’existe pas, ou elle est réservée à d’autres rôles que les vôtres.")
	}
	return origin{end: e, name: wording.Lower(l.Label), title: l.Label, href: l.Href}, err
}

// mostOffered bounds a list of things to link.
const mostOffered = 200

// offers are the lists of what an action is most often linked to: the plans of the region
// and what they aim at for its levers, the good practices of its levers, the answers of
// who carries it.
func (w writing) offers() (out []ui.Field, err error) {
	ctx := w.r.Context()
	add := func(id, label, help string, options [][2]string) {
		if len(options) > 0 {
			f := sections.Choose(id, label, "", "aucun", options[:min(len(options), mostOffered)])
			f.Name, f.Help = "pick", help
			for i := range f.Options {
				f.Options[i].Selected = f.Options[i].Value != "" && slices.Contains(w.r.PostForm["pick"], f.Options[i].Value)
			}
			out = append(out, f)
		}
	}
	plans, err := plan.OfRegion(ctx, w.d.Q, w.region.Code)
	if err != nil {
		return nil, err
	}
	aims, err := plan.ObjectivesIn(ctx, w.d.Q, w.region.Code)
	if err != nil {
		return nil, err
	}
	var of [][2]string
	for _, p := range plans {
		if p.State != plan.Ended {
			of = append(of, [2]string{link.Plan + "/" + p.ID, p.Name + " (le plan entier)"})
		}
		for _, o := range aims {
			if o.Plan == p.ID && o.Lever != "" && slices.Contains(w.x.Levers, o.Lever) {
				of = append(of, [2]string{link.PlanAim + "/" + o.ID, p.Name + "\u00a0: " + wording.Clip(wording.PlanAim(w.model.Framework(), o), 120)})
			}
		}
	}
	add("pick-plan", "Plan, ou ce que vise un plan pour un levier de l’action", "", of)
	of = nil
	for _, lever := range w.x.Levers {
		list, err := w.d.Known.List(ctx, w.d.Q, policy.Actor{}, knowledge.Filter{Kind: knowledge.Strength, State: knowledge.Retained, Shared: true, Lever: lever}, "", mostOffered)
		if err != nil {
			return nil, err
		}
		for _, t := range list.Rows {
			if value := link.Practice + "/" + t.ID; !slices.ContainsFunc(of, func(o [2]string) bool { return o[0] == value }) {
				of = append(of, [2]string{value, t.Title + " (" + t.Organisation + ")"})
			}
		}
	}
	add("pick-practice", "Bonne pratique d’un levier de l’action", "Celles que les régions partagent. Une autre\u00a0: par son adresse.", of)
	of = nil
	for _, p := range append([]action.Party{w.x.Holder}, w.x.CoHolders...) {
		if p.Org == "" {
			continue
		}
		all, err := survey.ResponsesOf(ctx, w.d.Q, p.Org)
		if err != nil {
			return nil, err
		}
		for _, r := range all {
			if r.COP == w.cop.ID && policy.Can(w.who, policy.Read, r.Thing()) {
				of = append(of, [2]string{link.Response + "/" + r.ID, r.Name})
			}
		}
	}
	add("pick-answer", "Réponse au questionnaire de qui porte l’action", "Une réponse n’est montrée qu’à qui peut la lire, ou à tous quand elle est publiée seule.", of)
	return out, nil
}
