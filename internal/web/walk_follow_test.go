package web_test

import (
	"net/url"
	"strings"

	"jalon/internal/composition"
	"jalon/internal/policy"
)

// foreseenFollow are the routes of what a COP ends with and of what follows.
var foreseenFollow = map[string]need{
	"reviews-desk":          {kind: policy.FollowUp, do: policy.Read, over: itsDraft},
	"review-of-edition":     {over: nobody, path: "/regions/guyane/bureau/suivi/editions/absente"}, // its own test leads to an edition
	"followup-desk":         {kind: policy.FollowUp, do: policy.Edit, over: itsNote},
	"followup-round-add":    {kind: policy.FollowUp, do: policy.Create, over: itsNote},
	"followup-round":        {over: nobody, path: "/regions/grand-est/bureau/suivi/tours/absent"}, // its own tests read who sees a round
	"followup-round-act":    {over: nobody, path: "/regions/grand-est/bureau/suivi/tours/absent"},
	"followup-rules":        {kind: policy.FollowUp, do: policy.Edit, over: itsNote},
	"followup-rules-save":   {kind: policy.FollowUp, do: policy.Edit, over: itsNote, form: url.Values{"fresh": {"30"}, "aging": {"60"}, "silent": {"180"}, "pace": {"20"}, "aid": {"45"}}},
	"followup-alerts":       {kind: policy.FollowUp, do: policy.Judge, over: itsNote},
	"followup-alert-answer": {kind: policy.FollowUp, do: policy.Judge, over: itsNote, form: url.Values{"id": {"absente"}, "state": {"taken"}}},
	"update":                {over: nobody, path: "/actions/absente/point"},
	"update-say":            {over: nobody, path: "/actions/absente/point"},
	"update-file":           {over: nobody, path: "/actions/absente/point/pieces/absente"},
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
