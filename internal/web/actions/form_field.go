package actions

import (
	"errors"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"jalon/internal/exchange"
	"jalon/internal/french"
	"jalon/internal/web/sections"
	"jalon/internal/web/ui"
)

// text, area, pick and numeric are fields of a form that v fills.
func text(v url.Values, id, label, help string) ui.Field {
	return ui.Field{ID: id, Label: label, Value: v.Get(id), Help: help}
}

func area(v url.Values, id, label, help string, rows int) ui.Field {
	return ui.Field{ID: id, Label: label, Value: v.Get(id), Help: help, Type: "textarea", Rows: rows}
}

func pick(v url.Values, id, label, none string, options [][2]string) ui.Field {
	return sections.Choose(id, label, v.Get(id), none, options)
}

func numeric(v url.Values, id, label, unit, help string) ui.Field {
	return ui.Field{ID: id, Label: label, Value: v.Get(id), Unit: unit, Help: help, Type: "number"}
}

func required(f ui.Field) ui.Field {
	f.Required = true
	return f
}

// options writes the names of a list as the first word of a line.
func options(list [][2]string) [][2]string {
	out := slices.Clone(list)
	for i := range out {
		out[i][1] = french.Upper(out[i][1])
	}
	return out
}

// at is the name of a field of a row.
func at(row string, i int, name string) string { return row + "." + strconv.Itoa(i) + "." + name }

// emptyRows are those that a form offers besides what is there.
const emptyRows = 2

// mostRows bounds what a form is read for.
const mostRows = 200

// rows counts those of a form that hold something.
func rows(v url.Values, row string) (n int) {
	for name, values := range v {
		rest, ok := strings.CutPrefix(name, row+".")
		if !ok || !slices.ContainsFunc(values, func(s string) bool { return s != "" }) {
			continue
		}
		i, field, _ := strings.Cut(rest, ".")
		if k, err := strconv.Atoi(i); err == nil && field != "id" && field != "state" && k >= 0 && k < mostRows {
			n = max(n, k+1)
		}
	}
	return n
}

// repeated draws the rows of a part, and two empty ones.
func repeated(v url.Values, row, title string, fields func(at func(name string) string) []ui.Field) (out []sections.Group) {
	for i := range rows(v, row) + emptyRows {
		g := sections.Group{Title: title + french.NoBreak + strconv.Itoa(i+1), Fields: fields(func(name string) string { return at(row, i, name) })}
		if id := v.Get(at(row, i, "id")); id != "" {
			g.Hidden = [][2]string{{at(row, i, "id"), id}}
		}
		out = append(out, g)
	}
	return out
}

// filled lists the rows that hold something in one of their fields.
func filled(v url.Values, row string, names ...string) (out []int) {
	for i := range rows(v, row) {
		if slices.ContainsFunc(names, func(name string) bool { return v.Get(at(row, i, name)) != "" }) {
			out = append(out, i)
		}
	}
	return out
}

// readDecimal reads a number that may be missing, as French people write it.
func readDecimal(v url.Values, id string, bad faults) *float64 {
	if v.Get(id) == "" {
		return nil
	}
	n, err := exchange.ParseNumber(v.Get(id), exchange.CommaDecimal)
	if err != nil {
		bad.add(id, reason(err)+" Écrivez par exemple 1\u202f234,5.")
		return nil
	}
	return &n
}

// readEuros reads an amount that may be missing, in cents.
func readEuros(v url.Values, id string, bad faults) *int64 {
	if v.Get(id) == "" {
		return nil
	}
	n, err := exchange.ParseEuros(v.Get(id), exchange.CommaDecimal)
	if err != nil {
		bad.add(id, reason(err)+" Écrivez un montant en euros, comme 21\u202f667,50 ou 1,2\u00a0M€.")
		return nil
	}
	return &n
}

// readWhen reads a day, a month or a year that may be missing.
func readWhen(v url.Values, id string, bad faults) string {
	if v.Get(id) == "" {
		return ""
	}
	s, err := exchange.ParseWhen(v.Get(id))
	if err != nil {
		bad.add(id, reason(err))
		return ""
	}
	return s
}

// reason is the sentence of a reader of files that refused a value.
func reason(err error) string {
	for inner := errors.Unwrap(err); inner != nil; inner = errors.Unwrap(err) {
		err = inner
	}
	s := french.Upper(err.Error())
	if !strings.HasSuffix(s, ".") {
		s += "."
	}
	return s
}

// plain writes a number for a field, read back as itself.
func plain(n *float64) string {
	if n == nil {
		return ""
	}
	return strings.ReplaceAll(strconv.FormatFloat(*n, 'f', -1, 64), ".", ",")
}

// cents writes an amount for a field, read back as itself.
func cents(n *int64) string {
	if n == nil {
		return ""
	}
	whole := french.Integer(*n / 100)
	if rest := *n % 100; rest != 0 {
		whole += "," + strconv.FormatInt(100+rest, 10)[1:]
	}
	return whole
}

// lines cuts a text in its lines that hold something, with their number.
func lines(text string) (out []string) {
	for _, l := range strings.Split(text, "\n") {
		if l = strings.TrimSpace(l); l != "" {
			out = append(out, l)
		}
	}
	return out
}

// cells cuts a line at its semicolons, in so many cells at least.
func cells(line string, n int) []string {
	out := strings.SplitN(line, ";", n)
	for i := range out {
		out[i] = strings.TrimSpace(out[i])
	}
	for len(out) < n {
		out = append(out, "")
	}
	return out
}
