package renewals

import (
	"net/http"
	"strings"

	"jalon/internal/apperr"
	"jalon/internal/renewal"
	"jalon/internal/web/sections"
	"jalon/internal/web/shell"
)

// act keeps choices, or carries over what was chosen.
func (d Deps) act(w http.ResponseWriter, r *http.Request) error {
	if err := shell.ReadForm(r); err != nil {
		return err
	}
	x, err := d.at(r)
	if err != nil {
		return err
	}
	if len(x.earlier) == 0 {
		return d.nothing(w, r, http.StatusBadRequest, x)
	}
	rev, err := shell.Rev(r)
	if err != nil {
		return err
	}
	if x.from == "" {
		x.from = x.earlier[0].ID
	}
	if shell.Typed(r, "do") == "apply" {
		return d.doApply(w, r, x, rev)
	}
	return d.choose(w, r, x, rev)
}

func (d Deps) doApply(w http.ResponseWriter, r *http.Request, x where, rev int64) error {
	actor := shell.Actor(r)
	_, err := d.Room.Apply(r.Context(), actor, x.to.ID, rev, shell.Typed(r, "digest"))
	if err == nil {
		return shell.SeeOther(w, r, x.here(x.from)+"&repris=1#repris")
	}
	if !shell.Beside(err) {
		return err
	}
	p, again := d.Room.Propose(r.Context(), d.Q, actor, x.to, x.from)
	if again != nil {
		return again
	}
	return d.showDesk(w, r, apperr.Status(err), x, p, err, nil)
}

func (d Deps) choose(w http.ResponseWriter, r *http.Request, x where, rev int64) error {
	actor := shell.Actor(r)
	typed := typedChoices(r)
	_, err := d.Room.Choose(r.Context(), actor, x.to.ID, x.from, rev, typed)
	if err == nil {
		return shell.SeeOther(w, r, x.here(x.from)+"&fait=1#reprendre")
	}
	if !shell.Beside(err) {
		return err
	}
	// What was chosen comes back, on what is kept now.
	stored, again := d.Room.Propose(r.Context(), d.Q, actor, x.to, x.from)
	if again != nil {
		return again
	}
	mine := stored.Renewal
	mine.From, mine.Choices = x.from, typed
	p, again := d.Room.Preview(r.Context(), d.Q, actor, x.to, mine)
	if again != nil {
		return again
	}
	var met *conflict
	if apperr.KindOf(err) == apperr.Conflict {
		met = &conflict{stored, p}
	}
	return d.showDesk(w, r, apperr.Status(err), x, p, err, met)
}

// typedChoices reads the form: what was shown and is not ticked is left.
func typedChoices(r *http.Request) renewal.Choices {
	c := renewal.Choices{Left: map[string]bool{}, Levers: map[string]renewal.Settled{}, Theme: shell.Typed(r, "theme")}
	take := map[string]bool{}
	for _, v := range sections.Values(r, "take") {
		take[v] = true
	}
	for _, key := range strings.Fields(shell.Typed(r, "seen")) {
		if !take[key] {
			c.Left[key] = true
		}
	}
	for name := range r.PostForm {
		code, ok := strings.CutPrefix(name, "way.")
		if !ok {
			continue
		}
		s := renewal.Settled{Way: shell.Typed(r, name)}
		if s.Way == "" {
			// What is left open follows the choice for all that is.
			if rest := shell.Typed(r, "rest"); rest != "" {
				s = renewal.Settled{Way: rest}
				if rest == renewal.Behind {
					s.Reason = shell.Typed(r, "rest-why")
				}
				c.Levers[code] = s
			}
			continue
		}
		if to, ok := strings.CutPrefix(s.Way, "lever:"); ok {
			s.Way, s.To = renewal.ToLever, to
		}
		if s.Way == renewal.Behind {
			s.Reason = shell.Typed(r, "why."+code)
		}
		c.Levers[code] = s
	}
	return c
}
