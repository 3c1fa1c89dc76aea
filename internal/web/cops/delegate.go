package cops

import (
	"net/http"
	"slices"
	"strings"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/french"
	"jalon/internal/policy"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
)

// reaches are what a head may delegate in a COP: everything, a kind of acts, or
// an act that waits.
func reaches(c cop.COP, acts []cop.Act) []ui.Option {
	out := []ui.Option{{Value: "all", Label: "toutes mes validations"}, {Value: "kind:" + cop.StageAct, Label: "les étapes"}, {Value: "kind:" + cop.RetractAct, Label: "les retraits d’événements"},
		{Value: "kind:" + cop.RestitutionAct, Label: "la publication de la restitution"},
		{Value: "kind:" + cop.ObjectivesAct, Label: "le partage des objectifs"}, {Value: "kind:" + cop.ThemesAct, Label: "le choix des thèmes prioritaires"},
		{Value: "kind:" + cop.DiagnosisAct, Label: "la publication du diagnostic"}, {Value: "kind:" + cop.ActionsAct, Label: "les listes d’actions à retenir"}}
	if c.Parent != "" {
		out = append(out, ui.Option{Value: "kind:" + cop.PriorityAct, Label: "l’adoption des priorités"})
	}
	for _, x := range acts {
		if x.State == cop.ActPending {
			out = append(out, ui.Option{Value: "act:" + x.ID, Label: "cet acte\u00a0: " + x.Title})
		}
	}
	return out
}

// reachText says what a delegation covers.
func reachText(g cop.Delegation, c cop.COP, acts []cop.Act) string {
	if g.Reach == "all" {
		return "toutes ses validations"
	}
	for _, o := range reaches(c, nil) {
		if o.Value == g.Reach || o.Value == g.Reach+":"+g.Target {
			return o.Label
		}
	}
	for _, x := range acts {
		if x.ID == g.Target {
			return "l’acte «\u00a0" + x.Title + "\u00a0»"
		}
	}
	return "un acte"
}

func delegationFields(people map[string]string, self, wrong string, r *http.Request, reach []ui.Option) []ui.Field {
	to := ui.Field{ID: "person", Label: "Personne", Type: "select", Required: true, Error: wrong, Options: []ui.Option{{Label: "Choisissez une personne de la COP"}}}
	// By name: a list that moves at each reading is no list.
	ids := sortedKeys(people)
	slices.SortStableFunc(ids, func(a, b string) int { return strings.Compare(french.SortKey(people[a]), french.SortKey(people[b])) })
	for _, id := range ids {
		if id != self {
			to.Options = append(to.Options, ui.Option{Value: id, Label: people[id], Selected: r.PostForm.Get("person") == id})
		}
	}
	for i := range reach {
		reach[i].Selected = reach[i].Value == r.PostForm.Get("reach")
	}
	return []ui.Field{to, {ID: "reach", Label: "Ce que vous déléguez", Type: "select", Required: true, Options: reach}, {ID: "from", Label: "Du", Type: "date", Required: true, Value: r.PostForm.Get("from")}, {ID: "to", Label: "Au", Type: "date", Required: true, Value: r.PostForm.Get("to")},
		{ID: "decision", Label: "Décision qui la donne", Required: true, Value: r.PostForm.Get("decision"), Help: "Sa référence ou son adresse, par exemple «\u00a0arrêté n°\u00a02026-12\u00a0»."}}
}

func (d Deps) delegate(w http.ResponseWriter, r *http.Request) error {
	if err := form(r); err != nil {
		return err
	}
	c, _, err := d.find(r)
	if err != nil {
		return err
	}
	if err := policy.Check(shell.Actor(r), policy.Create, c.Thing(policy.Delegation)); err != nil {
		return d.refuseDelegation(w, r, err)
	}
	f := r.PostForm
	if id := f.Get("fin"); id != "" {
		err = d.Room.EndDelegation(r.Context(), shell.Actor(r), c.ID, id)
	} else {
		reach, target, _ := strings.Cut(f.Get("reach"), ":")
		people, perr := d.names(r, c)
		if perr != nil {
			return perr
		}
		if people[f.Get("person")] == "" {
			return d.refuseDelegation(w, r, apperr.Invalidf("Choisissez une personne de la COP dans la liste."))
		}
		_, err = d.Room.Delegate(r.Context(), shell.Actor(r), cop.Delegation{COP: c.ID, Person: f.Get("person"), Reach: reach, Target: target, From: f.Get("from"), To: f.Get("to"), Decision: strings.TrimSpace(f.Get("decision"))})
	}
	if err != nil {
		return d.refuseDelegation(w, r, err)
	}
	return d.back(w, r, c)
}

// refuseDelegation shows the desk again with what is wrong, and what was chosen.
func (d Deps) refuseDelegation(w http.ResponseWriter, r *http.Request, err error) error {
	if beside(err) {
		return d.showDesk(w, r, apperr.Status(err), cop.NewEvent{}, "delegation", apperr.Message(err))
	}
	return err
}
