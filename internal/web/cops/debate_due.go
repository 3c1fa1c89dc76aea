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

// debateLinks are the desks of the debate, each for who works there: a newcomer of the
// team finds all of them on the desk of the COP.
func debateLinks(a policy.Actor, c cop.COP) (out []ui.Link) {
	if c.Department() != "" {
		return nil
	}
	at := "/regions/" + c.Slug + "/bureau"
	for _, x := range []struct {
		verb        policy.Verb
		kind        policy.Kind
		label, path string
	}{
		{policy.Judge, policy.Post, "La modération du débat", "/moderation"},
		{policy.Read, policy.Instruction, "Les contributions à étudier", "/contributions"},
		{policy.Judge, policy.Post, "Les thèmes des contributions", "/contributions/themes"},
		{policy.Edit, policy.Group, "Les groupes de travail", "/groupes"},
		{policy.Create, policy.Meeting, "Les réunions", "/reunions"},
		{policy.Edit, policy.Debate, "Les questions mises en débat", "/debats"},
		{policy.Edit, policy.Debate, "Les débats sur l’ambition", "/ambitions"},
		{policy.Edit, policy.Debate, "Les consultations sur un texte", "/consultations"},
		{policy.Create, policy.News, "La lettre", "/lettre"},
		{policy.Judge, policy.Action, "Le registre des actions", "/actions"},
		{policy.Edit, policy.Measure, "Ce qui aide chaque levier", "/mesures"},
		{policy.Edit, policy.Aid, "Les aides de la région", "/aides"},
		{policy.Read, policy.Need, "Les besoins sans aide", "/besoins"},
	} {
		if policy.Can(a, x.verb, c.Thing(x.kind)) {
			out = append(out, ui.Link{Label: x.label, Href: at + x.path})
		}
	}
	return out
}
