package web_test

import (
	"net/http"
	"strings"

	"jalon/internal/composition"
	"jalon/internal/policy"
)

// foreseenFollow are the routes of what a COP ends with and of what follows.
var foreseenFollow = map[string]need{
	"adoption-desk":         {over: nobody, path: "/regions/guyane/bureau/feuille-de-route/adoption/99"}, // none is adopted: their own tests read who sees one
	"adoption-join":         {over: nobody, path: "/regions/guyane/bureau/feuille-de-route/adoption/99/preuves"},
	"adoption-turn":         {over: nobody, path: "/regions/guyane/bureau/feuille-de-route/adoption/99"},
	"adoption-mine":         {over: nobody, path: "/organismes/absent/engagements/guyane"},
	"adoption-commit":       {over: nobody, path: "/organismes/absent/engagements/guyane"},
	"exit-nation":           {kind: policy.Board, do: policy.Read, over: somewhere, path: "/national/points-de-sortie"},
	"exit-desk":             {kind: policy.Roadmap, do: policy.Read, over: itsNote},
	"exit-close":            {kind: policy.Roadmap, do: policy.Read, over: itsNote, answer: http.StatusNotFound}, // none is proposed
	"exit-subject-add":      {kind: policy.Roadmap, do: policy.Create, over: itsNote},
	"exit-arrangement-add":  {kind: policy.Roadmap, do: policy.Create, over: itsNote},
	"exit-propose":          {kind: policy.Roadmap, do: policy.Propose, over: itsNote},
	"exit-subject":          {over: nobody, path: "/regions/guyane/bureau/points-de-sortie/sujets/absent"}, // its own tests read who sees one
	"exit-subject-save":     {over: nobody, path: "/regions/guyane/bureau/points-de-sortie/sujets/absent"},
	"exit-arrangement":      {over: nobody, path: "/regions/guyane/bureau/points-de-sortie/suivi/absent"},
	"exit-arrangement-save": {over: nobody, path: "/regions/guyane/bureau/points-de-sortie/suivi/absent"},
}

// The documents of a COP have the same pages: what is foreseen of the diagnosis is
// foreseen of each.
func init() {
	for name, n := range foreseen {
		what, ok := strings.CutPrefix(name, "diagnosis-")
		if !ok {
			continue
		}
		for _, k := range []composition.Kind{composition.Roadmap, composition.Review} {
			mine := n
			mine.kind = k.Policy()
			if n.made != "" {
				mine.made = k.Name() + "-" + n.made
			}
			foreseenFollow[k.Name()+"-"+what] = mine
		}
	}
}
