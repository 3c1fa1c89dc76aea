package web_test

import (
	"strings"

	"jalon/internal/composition"
	"jalon/internal/policy"
)

// foreseenFollow are the routes of what a COP ends with and of what follows.
var foreseenFollow = map[string]need{
	"reviews-desk":      {kind: policy.FollowUp, do: policy.Read, over: itsDraft},
	"review-of-edition": {over: nobody, path: "/regions/guyane/bureau/suivi/editions/absente"}, // its own test leads to an edition
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
