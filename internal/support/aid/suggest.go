package aid

import (
	_ "embed"
	"encoding/csv"
	"slices"
	"strings"
	"sync"

	"jalon/internal/action"
	"jalon/internal/framework"
)

//go:embed words.csv
var wordTable string

// phrase is what suggests a lever: some words that follow each other.
type phrase struct {
	words []string
	lever string
}

// phrases are those of the table, by their first word.
var phrases = sync.OnceValue(func() map[string][]phrase {
	out := map[string][]phrase{}
	rows, err := csv.NewReader(strings.NewReader(wordTable)).ReadAll()
	if err != nil {
		panic("support/aid/words.csv: " + err.Error()) // it is built in: a test reads it
	}
	for _, r := range rows[1:] {
		for _, p := range strings.Split(r[1], "|") {
			words := strings.Fields(p)
			out[words[0]] = append(out[words[0]], phrase{words, r[0]})
		}
	}
	return out
})

// Suggest finds, by the words of its name, programmes and categories, the levers that an
// aid may serve: at most four, marked as suggested.
func Suggest(f Facts) []Serve {
	const most = 4
	table := phrases()
	var out []Serve
	words := strings.Fields(plain(strings.Join(append(append([]string{f.Name, f.Short, f.Initial}, f.Categories...), f.Programmes...), " . ")))
	for i, w := range words {
		for _, p := range table[w] {
			if len(out) < most && len(p.words) <= len(words)-i && slices.Equal(p.words, words[i:i+len(p.words)]) && !slices.ContainsFunc(out, func(s Serve) bool { return s.Lever == p.lever }) {
				out = append(out, Serve{Lever: p.lever, Suggested: true})
			}
		}
	}
	return out
}

// SuggestedSteps are the step types of an action that the moments of an aid lead to, when
// nobody said them: thinking serves decisions and studies, doing serves works and what an
// authority holds in its own hand, use serves follow-up.
func SuggestedSteps(moments []string) []string {
	of := map[string][]string{"preop": {"decision", "study"}, "op": {"infrastructure", "own"}, "postop": {"awareness"}}
	var out []string
	for _, s := range action.Steps() {
		if slices.ContainsFunc(moments, func(m string) bool { return slices.Contains(of[m], s[0]) }) {
			out = append(out, s[0])
		}
	}
	return out
}

// ServesStep reports whether an aid serves a lever at a step type, and whether that was
// suggested rather than said by somebody.
func (x Aid) ServesStep(lever, step string) (yes, suggested bool) {
	for _, s := range x.Serves {
		if s.Lever != lever {
			continue
		}
		if len(s.Steps) > 0 {
			return slices.Contains(s.Steps, step), s.Suggested
		}
		return slices.Contains(SuggestedSteps(x.Moments), step), true
	}
	return false, false
}

// WordLevers lists the levers that the table of words suggests.
func WordLevers() []string {
	var out []string
	for _, list := range phrases() {
		for _, p := range list {
			out = append(out, p.lever)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// Related are the levers of other versions of the framework that answer to one, directly.
func Related(fw *framework.Framework) func(lever string) []string {
	return func(lever string) []string {
		var out []string
		for _, k := range fw.Crosswalk(lever) {
			if o := k.Other(lever); o != "" && o != lever {
				out = append(out, o)
			}
		}
		return out
	}
}
