package knowledge

import (
	"slices"
	"strings"

	"jalon/internal/french"
)

// mostWords bounds the words that one item is found by, and fewWords those of a
// search.
const (
	mostWords = 200
	fewWords  = 6
)

// empty are the words that say nothing of what a text is about.
var empty = func() map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields("a au aux avec ce ces cette dans de des du elle en est et il la le les leur leurs l d mais ne n nos notre ou par pas plus pour qu que qui s sa se ses son sont sur un une y") {
		m[w] = true
	}
	return m
}()

// stem brings the plural and the feminine of a folded word to one text: enough
// for «haies» to find «haie», «régionales» «régional», «travaux» «travail».
func stem(w string) string {
	if len(w) < 4 {
		return w
	}
	for _, x := range [][2]string{{"eaux", "eau"}, {"aux", "al"}, {"ails", "al"}, {"ail", "al"}, {"ives", "if"}, {"ive", "if"}, {"ees", "e"}, {"ee", "e"}, {"es", ""}, {"s", ""}, {"x", ""}, {"e", ""}} {
		if base, ok := strings.CutSuffix(w, x[0]); ok && len(base)+len(x[1]) >= 3 {
			return base + x[1]
		}
	}
	return w
}

// stems are the distinct stems of a text, sorted, at most n.
func stems(text string, n int) []string {
	seen := map[string]bool{}
	var out []string
	for _, w := range strings.Fields(french.Fold(text)) {
		if empty[w] || len(w) > 40 {
			continue
		}
		if s := stem(w); !seen[s] && len(out) < n {
			seen[s] = true
			out = append(out, s)
		}
	}
	slices.Sort(out)
	return out
}

// words is what an item is found by: its title first, for a long text is cut.
func (x Item) words() []string {
	return stems(strings.Join([]string{x.Title, x.Organisation, x.Result, x.Text, x.Replicable, x.Evidence}, " "), mostWords)
}
