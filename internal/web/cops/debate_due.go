package cops

import (
	"net/http"

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
	desk.Due = append(due, desk.Due...)
	return nil
}

// debateLinks lead to the pages of the debate that the reader works on.
func debateLinks(a policy.Actor, c cop.COP) (out []ui.Link) {
	if c.Department() != "" {
		return nil
	}
	at := "/regions/" + c.Slug + "/bureau"
	if policy.Can(a, policy.Judge, c.Thing(policy.Post)) {
		out = append(out, ui.Link{Label: "La modération du débat", Href: at + "/moderation"})
	}
	if policy.Can(a, policy.Read, c.Thing(policy.Instruction)) {
		out = append(out, ui.Link{Label: "Les contributions à étudier", Href: at + "/contributions"})
	}
	return out
}
