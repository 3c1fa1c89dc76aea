package questionnaire

import (
	"strings"

	"jalon/internal/french"
)

// Words says in French when something is asked; nothing when it always is.
func (f Form) Words(c *Condition) string {
	if c == nil {
		return ""
	}
	return "posée " + f.words(c)
}

func (f Form) words(c *Condition) string {
	list := func(all []Condition, between string) string {
		var out []string
		for i := range all {
			out = append(out, f.words(&all[i]))
		}
		return strings.Join(out, between)
	}
	switch {
	case len(c.All) > 0:
		return list(c.All, " et ")
	case len(c.Any) > 0:
		return list(c.Any, " ou ")
	case c.Not != nil:
		return "sauf " + f.words(c.Not)
	case c.Rated != "":
		_, at := questionsOf(f)
		return "dès qu’une ligne de " + quote(at[c.Rated].title) + " est évaluée"
	}
	cell, ok := f.Cell(c.Key)
	what := quote(c.Key)
	if q, found := f.Question(cell.Question); ok && found && cell.Row == "" {
		what = quote(q.Label)
	}
	if len(c.In) == 0 {
		return "si l’on répond à " + what
	}
	var words []string
	for _, code := range c.In {
		word := code
		for _, o := range cell.Options {
			if o.Code == code {
				word = o.Label
			}
		}
		words = append(words, quote(word))
	}
	return "si la réponse à " + what + " est " + strings.ReplaceAll(french.List(words), " et ", " ou ")
}
