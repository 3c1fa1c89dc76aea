package renewal

import (
	"slices"
	"strings"

	"jalon/internal/action"
	"jalon/internal/framework"
	"jalon/internal/french"
	"jalon/internal/policy"
)

// carry makes what an action of the earlier COP would become: its levers in the new
// referential, and what it brings to them.
func (p *Proposal) carry(a policy.Actor, old action.Action) Item {
	x := Item{Kind: Actions, Source: old.ID, Title: old.Title, Rev: old.Rev, Public: true, made: old.FollowOf(p.To, a.Person)}
	var notes []string
	if old.Kind == action.Sectoral {
		l, ok := p.lever(old.Central())
		switch {
		case !ok:
			x.Lack = "elle ne dit pas son levier central\u00a0: complétez-la dans la COP " + p.From.Cycle
			return x
		case l.Open():
			x.Lack = "son levier central, «\u00a0" + l.From.Name + "\u00a0», attend votre choix"
			return x
		case l.Settled.Way == Behind:
			x.Lack = "son levier central, «\u00a0" + l.From.Name + "\u00a0», reste dans la COP " + p.From.Cycle + nb + ": " + l.Settled.Reason
			return x
		case l.Settled.Way == ToCross:
			x.made.Kind, x.made.Cross, x.made.Theme = action.CrossCutting, p.Renewal.Choices.Theme, ""
			notes = append(notes, "devient transversale, sans tonnes à elle")
		}
	}
	var lost []string
	for _, code := range old.Levers {
		l, ok := p.lever(code)
		if !ok || l.Settled.Way != ToLever {
			if l.Settled.Way != ToCross || code != old.Central() {
				lost = append(lost, p.name(code))
			}
			continue
		}
		if !slices.Contains(x.made.Levers, l.Settled.To) {
			x.made.Levers = append(x.made.Levers, l.Settled.To)
		}
	}
	if x.made.Kind == action.Sectoral {
		if to, err := p.framework.Lever(x.made.Central()); err == nil {
			x.made.Theme = string(to.Theme)
			if to.Code != old.Central() {
				notes = append(notes, "levier"+nb+": «"+nb+to.Name+nb+"»")
			}
		}
	}
	if len(lost) > 0 {
		notes = append(notes, french.Plural(len(lost), "levier secondaire laissé", "leviers secondaires laissés")+nb+": "+french.List(lost))
	}
	notes = append(notes, p.impacts(old, &x.made))
	x.Note = strings.Join(slices.DeleteFunc(notes, func(s string) bool { return s == "" }), "\u00a0; ")
	return x
}

func (p *Proposal) name(code string) string {
	if l, err := p.framework.Lever(code); err == nil {
		return l.Name
	}
	return code
}

// impacts computes again what an action brings to each lever that the crosswalk leads to
// as the same or as a part, and leaves the others unassessed, each with its reason.
func (p *Proposal) impacts(old action.Action, x *action.Action) string {
	if x.Kind == action.CrossCutting {
		return ""
	}
	again, left := 0, 0
	for _, was := range old.Impacts {
		l, ok := p.lever(was.Lever)
		if !ok || l.Settled.Way != ToLever {
			continue
		}
		now := p.impact(old, was, l)
		if at := slices.IndexFunc(x.Impacts, func(i action.Impact) bool { return i.Lever == now.Lever }); at >= 0 {
			if x.Impacts[at].Class == action.Quantified {
				again, left = again-1, left+1
			}
			x.Impacts[at] = unassessed(now.Lever, "Deux apports de la COP "+p.From.Cycle+" reviennent à ce levier\u00a0: additionnez-les s’ils se comptent dans la même unité.")
			continue
		}
		switch x.Impacts = append(x.Impacts, now); now.Class {
		case action.Quantified:
			again++
		case action.Unassessed:
			left++
		}
	}
	var words []string
	if again > 0 {
		words = append(words, french.Integer(again)+nb+french.Plural(again, "apport recalculé", "apports recalculés"))
	}
	if left > 0 {
		words = append(words, french.Integer(left)+nb+french.Plural(left, "apport laissé non évalué", "apports laissés non évalués"))
	}
	return french.List(words)
}

func unassessed(lever, why string) action.Impact {
	return action.Impact{Lever: lever, Class: action.Unassessed, How: why}
}

// impact is what an action brings to a lever, in the new referential.
func (p *Proposal) impact(old action.Action, was action.Impact, l LeverLine) action.Impact {
	to := l.Settled.To
	from := "Repris de la COP " + p.From.Cycle + ", levier «\u00a0" + l.From.Name + "\u00a0»."
	switch {
	case was.Class == action.Unassessed:
		return unassessed(to, strings.TrimSpace(was.How+" "+from))
	case was.Class == action.Qualitative:
		was.Lever, was.How = to, strings.TrimSpace(was.How+" "+from)
		return was
	case to == was.Lever:
		// The coverage of a region adds all its COPs up: the same lever would count twice.
		return unassessed(to, "Déjà compté dans la COP "+p.From.Cycle+"\u00a0: l’apport de cette action y reste, pour n’être pas compté deux fois.")
	case l.ByHand:
		return unassessed(to, "Ce levier a été choisi à la main\u00a0: rien ne dit que l’apport au levier «\u00a0"+l.From.Name+"\u00a0» s’y compte de la même manière.")
	case l.Way != framework.Same && l.Way != framework.Renamed && l.Way != framework.Merged:
		return unassessed(to, "Le levier «\u00a0"+l.From.Name+"\u00a0» est divisé\u00a0: l’apport est à chiffrer de nouveau.")
	}
	line, ok := p.line(was.Lever)
	if !ok {
		return unassessed(to, "Le panorama ne donne pas de ratio pour le levier «\u00a0"+l.From.Name+"\u00a0» dans cette région.")
	}
	whole := slices.ContainsFunc(old.Places, func(at action.Place) bool { return at.Territory == "region:"+old.Region })
	now, _, err := action.Compute(was, line, action.Against{Objective: line.Objective, Whole: whole, Confirmed: true})
	if err != nil {
		return unassessed(to, "L’apport n’a pas pu être recalculé\u00a0: "+err.Error())
	}
	now.Lever, now.Above = to, false
	now.How = strings.TrimSpace(was.How + " " + from)
	if l.Way == framework.Merged {
		now.How += " Ce levier est une partie du nouveau, qui est plus large."
	}
	return now
}
