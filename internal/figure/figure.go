// Package figure is the ledger: every number shown by Jalon is a Figure with
// its unit, territory, year, provenance class, source and version, and a key
// that is its permanent address and says how to compute it again.
package figure

import (
	"context"
	"sort"
	"strings"

	"jalon/internal/apperr"
)

// Class is the provenance of a figure. Missing is never zero.
type Class string

// The seven provenance classes, in the order of design: what the State or a
// producer published, what Jalon computed, what an authority declared, what
// stands in for better, and the two ways of having no quantity.
const (
	Reference     Class = "reference"
	Provider      Class = "provider"
	Computed      Class = "computed"
	Declared      Class = "declared"
	Estimated     Class = "estimated"
	ConfirmedZero Class = "confirmed_zero"
	Missing       Class = "missing"
)

// Label is the French word shown beside a figure of class c.
func (c Class) Label() string {
	switch c {
	case Reference:
		return "publié par l’État"
	case Provider:
		return "donnée d’un producteur"
	case Computed:
		return "calculé par Jalon"
	case Declared:
		return "déclaré"
	case Estimated:
		return "estimation"
	case ConfirmedZero:
		return "zéro confirmé"
	case Missing:
		return "non disponible"
	}
	return string(c)
}

// Figure is one number of the ledger. Value has a meaning only when Class is
// not Missing; Reason (French) says why there is none, and is then never empty.
type Figure struct {
	Key       string  `json:"key"`
	Value     float64 `json:"value"`
	Reason    string  `json:"reason,omitempty"`
	Unit      string  `json:"unit"`
	Territory string  `json:"territory"`
	Year      int     `json:"year"`
	Class     Class   `json:"class"`
	Source    string  `json:"source"`
	Version   string  `json:"version"`
}

// Known reports whether the figure has a value.
func (f Figure) Known() bool { return f.Class != Missing && f.Class != "" }

// Input is one term of an explanation: what it is, its value as text with its
// unit, where it comes from, and the key of its own figure when it has one.
type Input struct {
	Symbol string `json:"symbol"`
	Label  string `json:"label"`
	Value  string `json:"value"`
	Source string `json:"source"`
	Key    string `json:"key,omitempty"`
}

// Explanation answers «D'où vient ce chiffre ?»: the formula in words, the
// same formula with its numbers in it, and each term with its source.
type Explanation struct {
	Figure   Figure   `json:"figure"`
	Title    string   `json:"title"`
	Sentence string   `json:"sentence"`
	Formula  string   `json:"formula"`
	Numbers  string   `json:"numbers"`
	Inputs   []Input  `json:"inputs"`
	Notes    []string `json:"notes,omitempty"`
	Page     string   `json:"page,omitempty"`
}

// Explainer recomputes the figure of a key and says how. It returns an
// apperr.NotFound error for a key it cannot read.
type Explainer func(ctx context.Context, key string) (Explanation, error)

// Registry gives each key prefix to the room that owns it.
type Registry struct{ byPrefix map[string]Explainer }

// Register makes e answer for keys that start with prefix + "/". A prefix is
// registered once, at start-up; a second time is a programming error.
func (r *Registry) Register(prefix string, e Explainer) {
	if r.byPrefix == nil {
		r.byPrefix = map[string]Explainer{}
	}
	if _, dup := r.byPrefix[prefix]; dup {
		panic("figure: prefix registered twice: " + prefix)
	}
	r.byPrefix[prefix] = e
}

// Explain finds the room of a key and asks it.
func (r *Registry) Explain(ctx context.Context, key string) (Explanation, error) {
	prefix, _, _ := strings.Cut(key, "/")
	e, ok := r.byPrefix[prefix]
	if !ok {
		return Explanation{}, apperr.NotFoundf("Aucun chiffre ne porte l’adresse « %s ».", key)
	}
	return e(ctx, key)
}

// Prefixes lists the registered prefixes in order, for the method page.
func (r *Registry) Prefixes() []string {
	out := make([]string, 0, len(r.byPrefix))
	for p := range r.byPrefix {
		out = append(out, p)
	}
	sort.Strings(out)
	return out
}
