package panorama

import (
	"fmt"
	"strings"

	"jalon/internal/french"
	"jalon/internal/series"
	"jalon/internal/territory"
)

// Gaps says, after the last row, how far the keys of the file go in each region
// they touch: what is incomplete is kept, but divides nothing until it is whole.
func (in *Incoming) Gaps(rows []series.Observation) []string {
	received, err := InputsFrom(rows)
	if err != nil {
		return nil
	}
	var out []string
	sets := keySets(received.Keys)
	for _, key := range sortedKeys(sets) {
		for _, set := range sets[key] {
			for _, r := range in.m.tree.Regions() {
				c := in.m.coverage(set, r.Code)
				if c.Known == 0 || len(c.Missing) == 0 {
					continue
				}
				out = append(out, fmt.Sprintf("%s, clé «\u00a0%s\u00a0» %d\u00a0: couverture incomplète, %s territoire(s) manquent (%s). Une fois l’import appliqué, les valeurs lues restent, mais la clé ne répartit rien dans cette région tant que les autres manquent.",
					r.Name, key, set.year, french.Integer(len(c.Missing)), in.some(c.Missing)))
			}
		}
	}
	return out
}

// some names the first territories of a list.
func (in *Incoming) some(refs []territory.Ref) string {
	const most = 5
	var names []string
	for _, ref := range refs[:min(most, len(refs))] {
		name := ref.Code
		if t, err := in.m.tree.Lookup(ref); err == nil {
			name = t.Name + " " + ref.Code
		}
		names = append(names, name)
	}
	if len(refs) > most {
		names = append(names, "…")
	}
	return strings.Join(names, ", ")
}

// closest returns the word of the list that text most likely meant, or "".
func closest(text string, words []string) string {
	best, least := "", 4 // more than three letters apart is another word
	folded := french.Fold(text)
	for _, w := range words {
		if d := editDistance(folded, french.Fold(w)); d < least {
			best, least = w, d
		}
	}
	if best == "" && len(folded) >= 4 {
		for _, w := range words {
			if strings.Contains(french.Fold(w), folded) {
				return w
			}
		}
	}
	return best
}

// editDistance counts the letters to add, remove or change.
func editDistance(a, b string) int {
	if len(a) > 64 || len(b) > 64 {
		return 64
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, diagonal+1)
		}
	}
	return row[len(b)]
}

func digitsOnly(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

func valueOr0(v *float64) float64 {
	if v == nil {
		return 0
	}
	return *v
}
