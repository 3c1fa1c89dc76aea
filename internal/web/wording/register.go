package wording

import (
	"net/url"
	"strconv"

	"jalon/internal/action"
	"jalon/internal/apperr"
	"jalon/internal/web/ui"
)

// Holders are those that a list of actions may be narrowed to, and the one that is asked
// for when no action has it any more.
func Holders(all []action.Tally, asked string) (out [][2]string) {
	found := asked == ""
	for _, t := range all {
		if t.Code != "" {
			out, found = append(out, [2]string{t.Code, Clip(t.Code, 80)}), found || t.Code == asked
		}
	}
	if !found {
		out = append(out, [2]string{asked, Clip(asked, 80)})
	}
	return out
}

// Years reads the years that a list of actions is narrowed to: «de» and «a» in its address.
func Years(ask url.Values) (from, to int, err error) {
	for _, y := range []struct {
		name string
		to   *int
	}{{"de", &from}, {"a", &to}} {
		text := ask.Get(y.name)
		if text == "" {
			continue
		}
		n, err := strconv.Atoi(text)
		if err != nil || n < 1990 || n > 2100 {
			return 0, 0, apperr.Invalidf("«\u00a0%s\u00a0» n’est pas une année\u00a0: écrivez par exemple 2027.", Clip(text, 20))
		}
		*y.to = n
	}
	return from, to, nil
}

// YearField is where one types such a year.
func YearField(id, label, value string) ui.Field {
	return ui.Field{ID: id, Label: label, Type: "number", Value: value, Help: "Une année, comme 2027."}
}
