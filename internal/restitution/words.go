package restitution

import (
	"strings"

	"jalon/internal/french"
	"jalon/internal/questionnaire"
	"jalon/internal/survey"
	"jalon/internal/territory"
)

// Percent is a score as pages write it: out of 100, so that two numbers compare at
// a glance.
func (s Score) Percent() string { return french.Number(s.Value*100, 1) }

// Between is the confidence interval as pages write it.
func (s Score) Between() string {
	return "de " + french.Number(s.Low*100, 0) + " à " + french.Number(s.High*100, 0)
}

// KindName is the French name of a path, in the plural.
func KindName(k questionnaire.Kind) string {
	return map[questionnaire.Kind]string{questionnaire.Commune: "Communes", questionnaire.Group: "Intercommunalités", questionnaire.Department: "Départements", questionnaire.Region: "Région"}[k]
}

// Name is the French name of a group of a dimension.
func (g Group) Name(d Dimension, tree *territory.Tree) string {
	if d == "" || len(g.Codes) == 0 {
		return "Toutes les collectivités"
	}
	var out []string
	for i, code := range g.Codes {
		name := nameOf(d, code, tree)
		if i > 0 && d == ByKind {
			name = strings.ToLower(name)
		}
		out = append(out, name)
	}
	if len(out) > 4 {
		return strings.Join(out[:3], ", ") + " et " + french.Integer(len(out)-3) + nb + "autres, réunis"
	}
	if len(out) > 1 {
		return french.List(out) + ", réunis"
	}
	return out[0]
}

func nameOf(d Dimension, code string, tree *territory.Tree) string {
	switch d {
	case ByKind:
		return KindName(questionnaire.Kind(code))
	case ByRegion:
		if r, err := tree.Region(code); err == nil {
			return r.Name
		}
	case ByDepartment:
		if code == "" {
			return "Région et départements"
		}
		if t, err := tree.Lookup(territory.Ref{Scale: territory.Department, Code: code}); err == nil {
			return t.Name
		}
	case BySize:
		for _, s := range survey.Sizes() {
			if s.Code == code {
				return s.Name
			}
		}
	}
	return code
}

// Reason says why a score is not shown; empty when it is.
func (x LeverOf) Reason(a Axis) string {
	switch s := x.Scores[a]; {
	case x.Hidden:
		return "moins de cinq collectivités l’ont noté, ou le montrer permettrait d’en déduire moins de cinq"
	case x.Population == 0:
		return "ce levier ne leur est pas demandé"
	case !s.Known && s.N == 0:
		return "aucune ne l’a noté"
	case !s.Known:
		return "moins de cinq collectivités l’ont noté"
	}
	return ""
}
