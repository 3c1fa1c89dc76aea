package adaptation

import (
	"cmp"
	"slices"
)

// Count is how many priorities say a thing.
type Count struct {
	Code string // empty: they do not say
	N    int
}

// CountBy counts priorities by what of tells of each: the most frequent first, those
// that do not say last. It is the number of sheets, never a measure of anything else.
func CountBy(list []Priority, of func(Priority) string) (out []Count) {
	at := map[string]int{}
	for _, p := range list {
		code := of(p)
		i, ok := at[code]
		if !ok {
			i = len(out)
			at[code] = i
			out = append(out, Count{Code: code})
		}
		out[i].N++
	}
	slices.SortStableFunc(out, func(a, b Count) int {
		if (a.Code == "") != (b.Code == "") {
			return cmp.Compare(b.Code, a.Code) // what is not said, last
		}
		return cmp.Or(cmp.Compare(b.N, a.N), cmp.Compare(a.Code, b.Code))
	})
	return out
}

// Budgets adds the budgets that are one amount, and says how many others are in words
// or are not said: these are never zero.
func Budgets(list []Priority) (cents int64, known, words, missing int) {
	for _, p := range list {
		switch {
		case p.Cents != nil:
			cents, known = cents+*p.Cents, known+1
		case p.Budget != "":
			words++
		default:
			missing++
		}
	}
	return cents, known, words, missing
}
