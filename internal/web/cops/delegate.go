package cops

import (
	"net/http"
	"strings"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
)

func delegationFields(people map[string]string, self, wrong string, r *http.Request) []ui.Field {
	to := ui.Field{ID: "person", Label: "Personne", Type: "select", Required: true, Error: wrong, Options: []ui.Option{{Label: "Choisissez une personne de la COP"}}}
	for id, name := range people {
		if id != self {
			to.Options = append(to.Options, ui.Option{Value: id, Label: name, Selected: r.PostForm.Get("person") == id})
		}
	}
	return []ui.Field{to, {ID: "from", Label: "Du", Type: "date", Required: true, Value: r.PostForm.Get("from")}, {ID: "to", Label: "Au", Type: "date", Required: true, Value: r.PostForm.Get("to")},
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
	f := r.PostForm
	if id := f.Get("fin"); id != "" {
		err = d.Room.EndDelegation(r.Context(), shell.Actor(r), c.ID, id)
	} else {
		_, err = d.Room.Delegate(r.Context(), shell.Actor(r), cop.Delegation{COP: c.ID, Person: f.Get("person"), Reach: "all", From: f.Get("from"), To: f.Get("to"), Decision: strings.TrimSpace(f.Get("decision"))})
	}
	if err != nil && beside(err) {
		return d.showDesk(w, r, apperr.Status(err), cop.NewEvent{}, "delegation", apperr.Message(err))
	}
	if err != nil {
		return err
	}
	return d.back(w, r, c)
}
