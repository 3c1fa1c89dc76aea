package web_test

import (
	"net/http"
	"net/url"
	"strings"

	"jalon/internal/composition"
	"jalon/internal/policy"
)

// foreseenFollow are the routes of what a COP ends with and of what follows.
var foreseenFollow = ofDocuments(map[string]need{
	"renewal-desk":           {kind: policy.Action, do: policy.Judge, over: theCOP},
	"renewal-act":            {kind: policy.Action, do: policy.Judge, over: theCOP, form: url.Values{"do": {"choose"}}},
	"crosswalks":             {kind: policy.Cycle, do: policy.Edit, over: admins, path: "/national/correspondances"},
	"crosswalk-table":        {kind: policy.Cycle, do: policy.Edit, over: admins, path: "/national/correspondances/table.csv"},
	"crosswalk-try":          {kind: policy.Cycle, do: policy.Edit, over: admins, path: "/national/correspondances"},
	"crosswalk":              {kind: policy.Cycle, do: policy.Edit, over: admins, path: "/national/correspondances/absente", answer: http.StatusNotFound},
	"crosswalk-turn":         {kind: policy.Cycle, do: policy.Edit, over: admins, path: "/national/correspondances/absente"},
	"followup-desk":          {kind: policy.FollowUp, do: policy.Edit, over: itsNote},
	"followup-round-add":     {kind: policy.FollowUp, do: policy.Create, over: itsNote},
	"followup-round":         {over: nobody, path: "/regions/grand-est/bureau/suivi/tours/absent"}, // its own tests read who sees a round
	"followup-round-act":     {over: nobody, path: "/regions/grand-est/bureau/suivi/tours/absent"},
	"followup-rules":         {kind: policy.FollowUp, do: policy.Edit, over: itsNote},
	"followup-rules-save":    {kind: policy.FollowUp, do: policy.Edit, over: itsNote, form: url.Values{"fresh": {"30"}, "aging": {"60"}, "silent": {"180"}, "pace": {"20"}, "aid": {"45"}}},
	"followup-alerts":        {kind: policy.FollowUp, do: policy.Judge, over: itsNote},
	"followup-alert-answer":  {kind: policy.FollowUp, do: policy.Judge, over: itsNote, form: url.Values{"id": {"absente"}, "state": {"taken"}}},
	"update":                 {over: nobody, path: "/actions/absente/point"},
	"update-say":             {over: nobody, path: "/actions/absente/point"},
	"practice-draw":          {over: nobody, path: "/actions/absente/bonne-pratique"}, // its own tests read who draws one
	"practice-draw-save":     {over: nobody, path: "/actions/absente/bonne-pratique"},
	"update-file":            {over: nobody, path: "/actions/absente/point/pieces/absente"},
	"adoption-desk":          {over: nobody, path: "/regions/guyane/bureau/feuille-de-route/adoption/99"}, // none is adopted: their own tests read who sees one
	"adoption-join":          {over: nobody, path: "/regions/guyane/bureau/feuille-de-route/adoption/99/preuves"},
	"adoption-turn":          {over: nobody, path: "/regions/guyane/bureau/feuille-de-route/adoption/99"},
	"adoption-mine":          {over: nobody, path: "/organismes/absent/engagements/guyane"},
	"adoption-commit":        {over: nobody, path: "/organismes/absent/engagements/guyane"},
	"exit-nation":            {kind: policy.Board, do: policy.Read, over: somewhere, path: "/national/points-de-sortie"},
	"exit-desk":              {kind: policy.Roadmap, do: policy.Read, over: itsNote},
	"exit-close":             {kind: policy.Roadmap, do: policy.Read, over: itsNote, answer: http.StatusNotFound}, // none is proposed
	"exit-subject-add":       {kind: policy.Roadmap, do: policy.Create, over: itsNote},
	"exit-arrangement-add":   {kind: policy.Roadmap, do: policy.Create, over: itsNote},
	"exit-propose":           {kind: policy.Roadmap, do: policy.Propose, over: itsNote},
	"exit-subject":           {over: nobody, path: "/regions/guyane/bureau/points-de-sortie/sujets/absent"}, // its own tests read who sees one
	"exit-subject-save":      {over: nobody, path: "/regions/guyane/bureau/points-de-sortie/sujets/absent"},
	"exit-arrangement":       {over: nobody, path: "/regions/guyane/bureau/points-de-sortie/suivi/absent"},
	"exit-arrangement-save":  {over: nobody, path: "/regions/guyane/bureau/points-de-sortie/suivi/absent"},
	"roadmap-comments":       {kind: policy.Roadmap, do: policy.Read, over: itsDraft},
	"roadmap-comment-add":    {kind: policy.Roadmap, do: policy.Read, over: itsDraft, form: url.Values{"texte": {"x"}}},
	"roadmap-comment-answer": {kind: policy.Roadmap, do: policy.Edit, over: itsDraft, made: "roadmap-block", form: url.Values{"reponse": {"x"}}},
	"roadmap-consult":        {kind: policy.Roadmap, do: policy.Edit, over: itsDraft},
	"reviews-desk":           {kind: policy.FollowUp, do: policy.Read, over: itsDraft},
	"review-of-edition":      {over: nobody, path: "/regions/guyane/bureau/suivi/editions/absente"}, // its own test leads to an edition
})

// ofDocuments adds the pages of the other documents of a COP to what is foreseen: what is
// foreseen of the diagnosis is foreseen of each.
func ofDocuments(out map[string]need) map[string]need {
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
			out[k.Name()+"-"+what] = mine
		}
	}
	return out
}
