package cops

import (
	"net/http"

	"jalon/internal/action"
	"jalon/internal/cop"
	"jalon/internal/debate/contribution"
	"jalon/internal/debate/moderation"
	"jalon/internal/french"
	"jalon/internal/policy"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
)

// debateDue adds to the desk what the debate asks of the reader: texts to moderate,
// contributions that they were given.
func (d Deps) debateDue(r *http.Request, c cop.COP, desk *cop.Desk) error {
	home, err := cop.OfRegion(r.Context(), d.Q, c.Region)
	if err != nil || home.ID != c.ID {
		return err // people contribute to the COP that the pages of the region speak of
	}
	a := shell.Actor(r)
	var due []cop.Due
	if policy.Can(a, policy.Judge, c.Thing(policy.Post)) {
		w, err := moderation.WaitingIn(r.Context(), d.Q, c.ID, d.Now())
		if err != nil {
			return err
		}
		if n := w.Read + w.Hidden + w.Reported + w.Appeals; n > 0 {
			due = append(due, cop.Due{Kind: "moderation", Text: french.Integer(n) + nb + french.Plural(n, "texte du débat attend un modérateur", "textes du débat attendent un modérateur"), Late: w.Late > 0})
		}
	}
	n, first, err := contribution.DueFor(r.Context(), d.Q, c.ID, a.Person)
	if err != nil {
		return err
	}
	if n > 0 {
		due = append(due, cop.Due{Kind: "study", Text: french.Integer(n) + nb + french.Plural(n, "contribution à étudier vous est confiée", "contributions à étudier vous sont confiées"), Day: first, Late: first != "" && first < d.now(c)})
	}
	if policy.Can(a, policy.Judge, c.Thing(policy.Action)) {
		waiting, err := action.WaitingIn(r.Context(), d.Q, c.ID)
		if err != nil {
			return err
		}
		if waiting > 0 {
			due = append(due, cop.Due{Kind: "qualify", Text: french.Integer(waiting) + nb + french.Plural(waiting, "action proposée attend votre avis", "actions proposées attendent votre avis")})
		}
	}
	desk.Due = append(due, desk.Due...)
	return nil
}

// debateLinks are the desks of the debate and of what it comes to, each for who works
// there: a newcomer of the team finds all of them on the desk of the COP.
func debateLinks(a policy.Actor, c cop.COP) (out []ui.Link) {
	if c.Department() != "" {
		return nil
	}
	region, own := cop.RegionPath(c.Slug, cop.First)+"/bureau", c.Path()+"/bureau" // the debate is the region's, what it comes to the COP's
	for _, x := range []struct {
		verb        policy.Verb
		kind        policy.Kind
		label, href string
	}{
		{policy.Judge, policy.Post, "La modération du débat", region + "/moderation"},
		{policy.Read, policy.Instruction, "Les contributions à étudier", region + "/contributions"},
		{policy.Judge, policy.Post, "Les thèmes des contributions", region + "/contributions/themes"},
		{policy.Edit, policy.Group, "Les groupes de travail", region + "/groupes"},
		{policy.Create, policy.Meeting, "Les réunions", own + "/reunions"},
		{policy.Edit, policy.Debate, "Les questions mises en débat", region + "/debats"},
		{policy.Edit, policy.Debate, "Les débats sur l’ambition", region + "/ambitions"},
		{policy.Edit, policy.Debate, "Les consultations sur un texte", own + "/consultations"},
		{policy.Create, policy.News, "La lettre", region + "/lettre"},
		{policy.Judge, policy.Action, "Le registre des actions", own + "/actions"},
		{policy.Edit, policy.Measure, "Ce qui aide chaque levier", region + "/mesures"},
		{policy.Edit, policy.Aid, "Les aides de la région", region + "/aides"},
		{policy.Read, policy.Need, "Les besoins sans aide", region + "/besoins"},
		{policy.Read, policy.Roadmap, "La feuille de route", own + "/feuille-de-route"},
		{policy.Read, policy.Roadmap, "Les points de sortie et la clôture", own + "/points-de-sortie"},
		{policy.Edit, policy.FollowUp, "Le suivi\u00a0: tours, alertes, réglages", own + "/suivi"},
		{policy.Read, policy.FollowUp, "Les revues annuelles", own + "/suivi/revues"},
	} {
		if policy.Can(a, x.verb, c.Thing(x.kind)) {
			out = append(out, ui.Link{Label: x.label, Href: x.href})
		}
	}
	return out
}
