package renewal

import (
	"context"
	"slices"
	"strings"

	"jalon/internal/action"
	"jalon/internal/adaptation"
	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/framework"
	"jalon/internal/knowledge"
	"jalon/internal/policy"
	"jalon/internal/territory"
)

// Stay is one thing that a COP does not take, with who keeps it and why. Made is what the
// COP of the region made of an action, once it took it over.
type Stay struct{ Title, Why, Action, Made string }

// Kinds lists the kinds of what a COP may take: one of a département has priorities, and
// neither a register nor objectives of its own.
func (p Proposal) Kinds() []Kind {
	if p.To.Parent != "" {
		return []Kind{Priorities, Obstacles, Subjects, Contacts}
	}
	return []Kind{Actions, Obstacles, Objectives, Subjects, Contacts}
}

// ofDepartment reads what the COP of a département may take: from its own COP of an earlier
// cycle, or from that of its region, the part that is its own. What is not is listed.
func (m *Room) ofDepartment(ctx context.Context, q db.Q, a policy.Actor, p *Proposal) error {
	p.NoCoverage = "Les objectifs en tonnes de CO₂e et le registre des actions sont ceux de la région\u00a0: ils restent avec elle."
	if p.From.Parent != "" {
		if err := m.priorities(ctx, q, p); err != nil {
			return err
		}
	}
	if err := m.ownObstacles(ctx, q, p); err != nil {
		return err
	}
	if err := m.subjects(ctx, q, p); err != nil {
		return err
	}
	if p.From.Parent != "" {
		if err := m.contacts(ctx, q, p); err != nil {
			return err
		}
	}
	return m.stays(ctx, q, a, p)
}

// priorities are those that the département adopted, each with its sheet. A lever that the
// 22 of adaptation do not have goes through the crosswalk, and is left to be chosen when
// that does not name one.
func (m *Room) priorities(ctx context.Context, q db.Q, p *Proposal) error {
	list, err := adaptation.Adopted(ctx, q, p.From.Cycle, "", p.From.ID)
	if err != nil {
		return err
	}
	for _, x := range list {
		item := Item{Kind: Priorities, Source: x.ID, Title: x.Title, Rev: x.Rev, Public: true, sheet: x.Input()}
		notes := []string{x.State.Name()}
		if x.State == cop.Merged {
			p.Stays = append(p.Stays, Stay{Title: x.Title, Why: "La région l’a fusionnée avec une autre\u00a0: c’est celle-là qui continue."})
			continue
		}
		if code := x.Lever; code != "" {
			to, why, err := p.adapted(code)
			if err != nil {
				return err
			}
			if item.sheet.Lever = to; why != "" {
				notes = append(notes, why)
			}
		}
		if missing := len(item.sheet.Missing()); missing > 0 {
			notes = append(notes, "fiche à compléter")
		}
		item.Note = strings.Join(notes, "\u00a0; ")
		p.Items = append(p.Items, item)
	}
	return nil
}

// adapted is a lever among those of adaptation, empty when none answers to it, with what is
// to be said of it.
func (p *Proposal) adapted(code string) (to, why string, err error) {
	pass, err := p.framework.Passage(code, framework.Adaptation)
	if apperr.KindOf(err) == apperr.NotFound {
		return "", "son levier «\u00a0" + p.name(code) + "\u00a0» n’est plus connu\u00a0: à choisir dans la fiche", nil
	}
	if err != nil {
		return "", "", err
	}
	only, ok := pass.Only()
	switch {
	case !ok || pass.Way == framework.Split:
		return "", "son levier «\u00a0" + pass.From.Name + "\u00a0» n’a pas de correspondance unique\u00a0: à choisir dans la fiche", nil
	case only.Code != code:
		return only.Code, "levier\u00a0: «\u00a0" + only.Name + "\u00a0»", nil
	}
	return code, "", nil
}

// ownObstacles are those of the region that are of the département; those that are of none
// stay with the region.
func (m *Room) ownObstacles(ctx context.Context, q db.Q, p *Proposal) error {
	all := Proposal{To: p.To, From: p.From}
	if err := m.obstacles(ctx, q, &all); err != nil {
		return err
	}
	list, _, err := knowledge.Public(ctx, q, knowledge.Filter{Kind: knowledge.Obstacle, Region: p.To.Region}, mostObstacles)
	if err != nil {
		return err
	}
	of := map[string]string{}
	for _, x := range list {
		of[x.ID] = x.Department
	}
	for _, x := range all.Items {
		switch of[x.Source] {
		case p.To.Department():
			p.Items = append(p.Items, x)
		case "":
			p.Stays = append(p.Stays, Stay{Title: "Frein\u00a0: " + x.Title, Why: "Il vaut pour toute la région ou pour plusieurs départements\u00a0: la COP de la région le reprend."})
		}
	}
	return nil
}

// stays lists the actions of the region that touch the département: they go on in the
// register of the region, which says what became of each.
func (m *Room) stays(ctx context.Context, q db.Q, a policy.Actor, p *Proposal) error {
	home, err := cop.FindIn(ctx, q, p.From.Cycle, "region:"+p.To.Region)
	if apperr.KindOf(err) == apperr.NotFound && err != nil {
		return nil
	}
	if err != nil {
		return err
	}
	model, err := m.Model(ctx)
	if err != nil {
		return err
	}
	inside, err := action.Inside(model.Tree(), territory.Ref{Scale: territory.Department, Code: p.To.Department()})
	if err != nil {
		return err
	}
	list, err := action.InStates(ctx, q, home.ID, action.Retained)
	if err != nil {
		return err
	}
	went, err := CarriedTo(ctx, q, p.To.Parent)
	if err != nil {
		return err
	}
	for _, x := range list {
		n := 0
		for _, at := range x.Places {
			if slices.Contains(inside, at.Territory) {
				n++
			}
		}
		if n == 0 || x.Status == "done" || x.Status == "abandoned" || !policy.Can(a, policy.Read, x.Thing(home)) {
			continue
		}
		s := Stay{Title: x.Title, Action: x.ID, Why: "Elle se passe dans le département\u00a0: elle continue au registre de la région, où elle garde ce lieu."}
		if n < len(x.Places) {
			s.Why = "Elle se passe aussi ailleurs\u00a0: elle ne peut pas revenir à un seul département, et continue au registre de la région."
		}
		if i := slices.IndexFunc(went, func(c Carried) bool { return c.Kind == Actions && c.Source == x.ID }); i >= 0 {
			s.Made = went[i].Made
		}
		p.Stays = append(p.Stays, s)
	}
	return nil
}

// carryPriorities writes the priorities as drafts of the new COP, and says what each
// became. One that moved since it was read is a conflict.
func (m *Room) carryPriorities(ctx context.Context, tx db.Q, a policy.Actor, c cop.COP, p Proposal, goes []Item, made map[string]string) error {
	var list []adaptation.Input
	var from []string
	for _, x := range goes {
		if x.Kind == Priorities {
			list, from = append(list, x.sheet), append(from, x.Source)
		}
	}
	if len(list) == 0 {
		return nil
	}
	now, err := adaptation.Adopted(ctx, tx, p.From.Cycle, "", p.From.ID)
	if err != nil {
		return err
	}
	for _, x := range goes {
		if x.Kind == Priorities && !slices.ContainsFunc(now, func(y adaptation.Priority) bool { return y.ID == x.Source && y.Rev == x.Rev }) {
			return errMoved()
		}
	}
	kept, err := m.Adaptation.Carry(ctx, tx, a, c, p.framework, "reprise de la COP "+p.From.Cycle, list)
	if err != nil {
		return err
	}
	for i, x := range kept {
		made[from[i]] = x.ID
	}
	return nil
}

// Share is what an earlier COP of a region holds for one of its départements.
type Share struct {
	Dept    territory.Dept
	COP     cop.COP // of the département in the new cycle, empty when none was opened
	Actions int     // retained, that lie there and nowhere else
	Taken   int     // things that its COP took already
}

// Shares says département by département what a region's carry-over is about: the actions
// that lie in one alone, and whether a COP of it is there to take its part. Across is how
// many lie in several, or in the whole region.
func (m *Room) Shares(ctx context.Context, q db.Q, p Proposal) (out []Share, across int, err error) {
	model, err := m.Model(ctx)
	if err != nil {
		return nil, 0, err
	}
	list, err := cop.ListOfRegion(ctx, q, p.To.Region)
	if err != nil {
		return nil, 0, err
	}
	var inside []map[string]bool
	for _, d := range model.Tree().Departments() {
		if d.Region != p.To.Region {
			continue
		}
		s := Share{Dept: territory.Dept{Code: d.Code, Name: d.Name, Region: d.Region}}
		for _, c := range list {
			if c.Cycle == p.To.Cycle && c.Department() == d.Code {
				s.COP = c
			}
		}
		if s.COP.ID != "" {
			done, err := CarriedTo(ctx, q, s.COP.ID)
			if err != nil {
				return nil, 0, err
			}
			s.Taken = len(done)
		}
		places, err := action.Inside(model.Tree(), territory.Ref{Scale: territory.Department, Code: d.Code})
		if err != nil {
			return nil, 0, err
		}
		in := map[string]bool{}
		for _, place := range places {
			in[place] = true
		}
		out, inside = append(out, s), append(inside, in)
	}
	for _, x := range p.Of(Actions) {
		alone := -1
		for i := range out {
			if len(x.made.Places) > 0 && !slices.ContainsFunc(x.made.Places, func(at action.Place) bool { return !inside[i][at.Territory] }) {
				alone = i
			}
		}
		if alone < 0 {
			across++
			continue
		}
		out[alone].Actions++
	}
	return out, across, nil
}
