package web_test

import (
	"net/url"
	"strings"

	"jalon/internal/composition"
	"jalon/internal/policy"
)

// foreseenFollow are the routes of what a COP ends with and of what follows.
var foreseenFollow = map[string]need{
	"roadmap-comments":       {kind: policy.Roadmap, do: policy.Read, over: itsDraft},
	"roadmap-comment-add":    {kind: policy.Roadmap, do: policy.Read, over: itsDraft, form: url.Values{"texte": {"x"}}},
	"roadmap-comment-answer": {kind: policy.Roadmap, do: policy.Edit, over: itsDraft, made: "roadmap-block", form: url.Values{"reponse": {"x"}}},
	"roadmap-consult":        {kind: policy.Roadmap, do: policy.Edit, over: itsDraft},
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
