package web_test

import (
	"net/http"
	"net/url"
	"strings"

	"jalon/internal/composition"
	"jalon/internal/policy"
)

// foreseenFollow are the routes of what a COP ends with and of what follows.
var foreseenFollow = map[string]need{
	"renewal-desk":   {kind: policy.Action, do: policy.Judge, over: theCOP},
	"renewal-act":    {kind: policy.Action, do: policy.Judge, over: theCOP, form: url.Values{"do": {"choose"}}},
	"crosswalks":     {kind: policy.Cycle, do: policy.Edit, over: admins, path: "/national/correspondances"},
	"crosswalk-try":  {kind: policy.Cycle, do: policy.Edit, over: admins, path: "/national/correspondances"},
	"crosswalk":      {kind: policy.Cycle, do: policy.Edit, over: admins, path: "/national/correspondances/absente", answer: http.StatusNotFound},
	"crosswalk-turn": {kind: policy.Cycle, do: policy.Edit, over: admins, path: "/national/correspondances/absente"},
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
